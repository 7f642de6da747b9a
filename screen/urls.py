from django.urls import path

from screen import views
from screen.indicators import views as indicator_views
from screen.investment import views as investment_views
from screen.map import views as map_views
from screen.programmes import views as programme_views
from screen.wall import kiosk_views
from screen.wall import views as wall_views

app_name = "screen"
urlpatterns = [
    path("", views.home, name="home"),
    path("investment/", investment_views.investment, name="investment"),
    path("investment/export/", investment_views.export, name="investment_export"),
    path("indicators/", indicator_views.indicators, name="indicators"),
    path("indicators/<slug:code>/", indicator_views.indicator, name="indicator"),
    path("indicators/<slug:code>/record/", indicator_views.record, name="indicator_record"),
    path("programmes/", programme_views.programmes, name="programmes"),
    path("map/", map_views.map_of_projects, name="map"),
    path("map/outline/", map_views.map_outline, name="map_outline"),
    path("map/outline/file/", map_views.map_outline_file, name="map_outline_file"),
    path("wall/", wall_views.wall, name="wall"),
    path("wall/pictures/", wall_views.pictures, name="wall_pictures"),
    path("wall/worker.js", wall_views.worker, name="wall_worker"),
    path("wall/k/<str:token>/", wall_views.enter, name="wall_enter"),
    path("wall/screens/", kiosk_views.kiosks, name="kiosks"),
    path("wall/screens/<int:pk>/end/", kiosk_views.set_end, name="kiosk_end"),
    path("wall/screens/<int:pk>/revoke/", kiosk_views.revoke, name="kiosk_revoke"),
]
