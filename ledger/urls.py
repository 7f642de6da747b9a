from django.urls import path

from ledger import views

app_name = "ledger"
urlpatterns = [
    path("", views.index, name="index"),
    path("investment.xlsx", views.investment_form, name="investment-form"),
    path("<int:pk>/", views.show, name="import"),
    path("<int:pk>/confirm/", views.confirm, name="confirm"),
    path("<int:pk>/again/", views.again, name="again"),
    path("<int:pk>/rejects.xlsx", views.rejects, name="rejects"),
    path("<int:pk>/file/", views.original, name="file"),
]
