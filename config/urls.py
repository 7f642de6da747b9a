"""Which address leads where; design.md, section 4, fixes them."""

from typing import NoReturn

from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest
from django.urls import include, path, re_path
from django.views.i18n import set_language

from config import views


@login_not_required
def not_here(_request: HttpRequest) -> NoReturn:
    """What allauth could do and the bureau does: accounts are made, and forgotten passwords set, by people."""
    raise Http404


urlpatterns = [
    re_path(r"^accounts/(?:signup|email|confirm-email|password/(?:set|reset))\b", not_here),
    path("favicon.ico", views.favicon, name="favicon"),
    path("search/", views.search, name="search"),
    path("search/hits/", views.hits, name="search_hits"),
    path("start/", views.start, name="start"),
    path("", include("screen.urls")),
    path("", include("accounts.urls")),
    path("", include("milestones.urls")),
    path("", include("issues.urls")),
    path("meetings/", include("meetings.urls")),
    path("ledger/", include("ledger.urls")),
    path("calendar/", include("notices.urls")),
    path("api/v1/", include("config.api")),
    path("accounts/", include("allauth.account.urls")),
    path("language/", login_not_required(set_language), name="set_language"),
    path("admin/", admin.site.urls),
]
