from django.urls import path

from notices import views

app_name = "notices"
urlpatterns = [
    path("", views.calendar, name="calendar"),
    path("change/", views.change, name="change"),
    path("revoke/", views.revoke, name="revoke"),
    path("<str:secret>.ics", views.feed, name="feed"),
]
