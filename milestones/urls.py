from django.http import HttpResponse
from django.urls import path

app_name = "milestones"


def _none(request, **kw):
    return HttpResponse("")


urlpatterns = [
    path("my/", _none, name="my"),
    path("overdue/", _none, name="overdue"),
    path("projects/", _none, name="projects"),
    path("projects/<int:pk>/", _none, name="project"),
]
