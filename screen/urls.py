from django.http import HttpResponse
from django.urls import path

app_name = "screen"
urlpatterns = [path("", lambda request: HttpResponse(""), name="home")]
