"""Pages that belong to no part: the search, the picture beside the address."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.http import UserRequest
from config.search import AT_ONCE, LONGEST, MOST_ON_THE_PAGE, found
from domain.lights import LightRule
from milestones.calendar_table import load_calendar


@login_not_required
@require_safe
def favicon(_request: HttpRequest) -> HttpResponse:
    """What browsers ask for on pages that name no picture of their own, such as the administration."""
    return redirect(static("onescreen.svg"))


@require_safe
def start(request: UserRequest) -> HttpResponse:
    """The steps from an empty installation to the first projects."""
    return render(request, "start.html")


@require_safe
def search(request: UserRequest) -> HttpResponse:
    """The page of what was found, for a shared address and without a script."""
    return render(request, "search.html", _found(request, MOST_ON_THE_PAGE))


@require_safe
def hits(request: UserRequest) -> HttpResponse:
    """The list under the field while somebody types."""
    return render(request, "_search_hits.html", _found(request, AT_ONCE))


def _found(request: UserRequest, most: int) -> dict[str, Any]:
    text = " ".join(request.GET.get("q", "").replace("\x00", "").split())[:LONGEST]
    rule = LightRule.on(timezone.localdate(), load_calendar())
    return {"searched": text, "found": list(found(request.user, text, most, rule)) if text else []}
