from django.http import HttpResponse
from django.urls import path

app_name = "ledger"
urlpatterns = [path("", lambda request: HttpResponse(""), name="index")]
