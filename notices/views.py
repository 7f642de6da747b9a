"""The page of one's calendar feed, and the feed itself, which needs no login: its address is the key."""

from dataclasses import dataclass
from hashlib import sha256

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers, get_conditional_response, patch_cache_control
from django.utils.http import http_date
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import UserRequest
from domain.lights import LightRule
from milestones.calendar_table import load_calendar
from milestones.forms import read_form
from notices.actions import change_feed, make_feed, note_reading, revoke_feed
from notices.forms import FeedForm, NewFeedForm
from notices.ics import Frame, calendar_text
from notices.models import CalendarFeed
from notices.queries import (
    DAYS_AHEAD,
    DAYS_BACK,
    MOST_AHEAD,
    MOST_PAST,
    count_due_dates,
    default_scope,
    due_dates,
)

ICS = "text/calendar; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Choice:
    """A scope that can be chosen and how many dates it has now."""

    value: str
    label: str
    dates: int
    is_chosen: bool


@require_http_methods(["GET", "HEAD", "POST"])
def calendar(request: UserRequest) -> HttpResponse:
    """One's own address: whether there is one, and what it holds; making it answers with the address."""
    if request.method == "POST":
        return _make(request)
    return _page(request)


def _make(request: UserRequest) -> HttpResponse:
    """The only answer that ever holds the address; no browser keeps it, and sent again it is refused."""
    secret = make_feed(actor=request.user, **read_form(NewFeedForm(request.POST)))
    answer = _page(request, address=request.build_absolute_uri(reverse("notices:feed", args=[secret])))
    add_never_cache_headers(answer)
    return answer


@require_POST
def change(request: UserRequest) -> HttpResponse:
    change_feed(actor=request.user, **read_form(FeedForm(request.POST)))
    messages.success(request, _("Your calendar shows it the next time it asks."))
    return redirect("notices:calendar")


@require_POST
def revoke(request: UserRequest) -> HttpResponse:
    revoke_feed(actor=request.user)
    messages.success(request, _("The address is revoked; nobody can read it any more."))
    return redirect("notices:calendar")


def _page(request: UserRequest, *, address: str = "") -> HttpResponse:
    feed, today = CalendarFeed.objects.of(request.user), timezone.localdate()
    chosen = feed.scope if feed else default_scope(request.user)
    context = {
        "feed": feed,
        "address": address,
        "webcal": f"webcal{address[address.index(':') :]}" if address else "",
        "choices": [
            Choice(value, str(label), count_due_dates(request.user, value, today), is_chosen=value == chosen)
            for value, label in CalendarFeed.Scope.choices
        ],
        "language": feed.language if feed else get_language(),
        "days_back": DAYS_BACK, "days_ahead": DAYS_AHEAD, "most": MOST_PAST + MOST_AHEAD,
    }  # fmt: skip
    return render(request, "notices/calendar.html", context)


@login_not_required
@csrf_exempt  # programs that try to write are to hear 405 like everybody, not to be asked for a cookie
@require_safe
def feed(request: HttpRequest, secret: str) -> HttpResponse:
    """The dates behind this secret. Whatever is wrong with it, the answer is the same 404."""
    found = CalendarFeed.objects.behind(secret)
    if found is None:
        return HttpResponseNotFound("Not found.\n", content_type="text/plain; charset=utf-8")
    with override(found.language):
        answer = _feed(request, found)
    answer["Content-Language"] = found.language
    return answer


def _feed(request: HttpRequest, found: CalendarFeed) -> HttpResponse:
    """The text, or that it is still the one that the program has. Writing it is most of the work, so what it
    would be written from is compared first."""
    site = request.build_absolute_uri("/")
    dates = due_dates(found.user, found.scope, LightRule.on(timezone.localdate(), load_calendar()))
    tag = sha256(repr((found.scope, found.language, site, dates)).encode()).hexdigest()
    since = note_reading(found, tag=tag, at=timezone.now())
    answer = get_conditional_response(request, etag=f'"{tag}"', last_modified=int(since.timestamp()))
    if answer is None:
        frame = Frame(found, request.get_host(), request.build_absolute_uri, since)
        answer = HttpResponse(calendar_text(dates, frame), content_type=ICS)
    answer["ETag"], answer["Last-Modified"] = f'"{tag}"', http_date(since.timestamp())
    patch_cache_control(answer, private=True, no_cache=True)
    return answer
