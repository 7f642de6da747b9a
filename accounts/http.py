"""The request as views get it: nobody reaches a view without having logged in."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails
from rest_framework.request import Request

from accounts.models import User


class UserRequest(HttpRequest):
    """True because of LoginRequiredMiddleware."""

    user: User
    htmx: HtmxDetails


class UserApiRequest(Request):
    """True because of DRF's default permission."""

    user: User
