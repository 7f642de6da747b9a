from django.urls import path

from screen import views
from screen.forecast import views as forecast_views
from screen.indicators import views as indicator_views
from screen.investment import views as investment_views
from screen.map import views as map_views
from screen.programmes import views as programme_views
from screen.race import views as race_views
from screen.wall import kiosk_views
from screen.wall import views as wall_views
from screen.weak_link import views as weak_link_views

app_name = "screen"
urlpatterns = [
    path("", views.home, name="home"),
    path("forecast/", forecast_views.forecast, name="forecast"),
    path("forecast/past/", forecast_views.past, name="forecast_past"),
    path("investment/", investment_views.investment, name="investment"),
    path("investment/export/", investment_views.export, name="investment_export"),
    path("indicators/", indicator_views.indicators, name="indicators"),
    path("indicators/<slug:code>/", indicator_views.indicator, name="indicator"),
    path("indicators/<slug:code>/record/", indicator_views.record, name="indicator_record"),
    path("programmes/", programme_views.programmes, name="programmes"),
    path("map/", map_views.map_of_projects, name="map"),
    path("map/outline/", map_views.map_outline, name="map_outline"),
    path("map/outline/file/", map_views.map_outline_file, name="map_outline_file"),
    path("race/", race_views.race, name="race"),
    path("race/export/", race_views.export, name="race_export"),
    path("race/weights/", race_views.weights, name="race_weights"),
    path("race/adjustments/", race_views.adjustments, name="race_adjustments"),
    path("race/adjustments/<int:pk>/withdraw/", race_views.withdraw, name="race_withdraw"),
    path("race/<str:board>/<int:pk>/", race_views.unit, name="race_unit"),
    path("race/<str:board>/<int:pk>/marks/<str:mark>/", race_views.mark, name="race_mark"),
    path("race/<str:board>/<int:pk>/<str:measure>/", race_views.rows, name="race_rows"),
    path("weak-link/", weak_link_views.weak_link, name="weak_link"),
    path("weak-link/export/", weak_link_views.export, name="weak_link_export"),
    path("weak-link/nodes/", weak_link_views.nodes, name="weak_link_nodes"),
    path("weak-link/<str:chain>/<str:node>/", weak_link_views.kind, name="weak_link_kind"),
    path("wall/", wall_views.wall, name="wall"),
    path("wall/pictures/", wall_views.pictures, name="wall_pictures"),
    path("wall/worker.js", wall_views.worker, name="wall_worker"),
    path("wall/k/<str:token>/", wall_views.enter, name="wall_enter"),
    path("wall/screens/", kiosk_views.kiosks, name="kiosks"),
    path("wall/screens/<int:pk>/end/", kiosk_views.set_end, name="kiosk_end"),
    path("wall/screens/<int:pk>/revoke/", kiosk_views.revoke, name="kiosk_revoke"),
]
