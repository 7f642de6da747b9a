"""What a broken rule looks like: one sentence with the right status, for a page and for the API alike.

Which status that is says ``accounts.refusals``.
"""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from rest_framework.response import Response
from rest_framework.views import exception_handler

from accounts.refusals import sentence, status_of
from domain.errors import DomainError


def api_error(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's handler, with the domain's refusals added."""
    if isinstance(error, DomainError):
        return Response({"detail": sentence(error)}, status=status_of(error))
    return exception_handler(error, context)


class ErrorPageMiddleware:
    """Shows a domain error as a page, or as a fragment where htmx asked."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, DomainError):
            return None
        template = "parts/problem.html" if request.headers.get("HX-Request") else "problem.html"
        return render(request, template, {"sentence": sentence(error)}, status=status_of(error))
