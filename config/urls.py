"""Which address leads where; design.md, section 4, fixes them."""

from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.urls import include, path
from django.views.i18n import set_language

urlpatterns = [
    path("", include("screen.urls")),
    path("", include("milestones.urls")),
    path("meetings/", include("meetings.urls")),
    path("ledger/", include("ledger.urls")),
    path("api/v1/", include("config.api")),
    path("accounts/", include("allauth.account.urls")),
    path("language/", login_not_required(set_language), name="set_language"),
    path("admin/", admin.site.urls),
]
