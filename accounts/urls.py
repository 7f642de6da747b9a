from django.urls import path

from accounts import views

app_name = "people"
urlpatterns = [
    path("units/", views.units, name="units"),
    path("units/<int:pk>/", views.unit, name="unit"),
    path("units/<int:pk>/move/", views.unit_move, name="unit_move"),
    path("units/<int:pk>/join/", views.unit_join, name="unit_join"),
    path("people/", views.people, name="people"),
    path("people/invite/", views.person_invite, name="invite"),
    path("people/<int:pk>/", views.person, name="person"),
    path("people/<int:pk>/link/", views.person_link, name="link"),
    path("join/<str:token>/", views.join, name="join"),
]
