"""`/wall/`: for a screen on a wall, which nobody touches, logs in at or reloads.

It is open to whoever is logged in and to a wall screen with its token (``screen.wall.kiosks``); each sees what a
person may see. Without a right there is a page that says so, never the login: a wall has no keyboard. It asks on.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers, get_conditional_response
from django.views.decorators.http import require_safe

from accounts.models import User
from domain.lights import LightRule
from milestones.calendar_table import load_calendar
from screen import keeping
from screen.models import Kiosk
from screen.wall.freshness import AT_MOST, etag, wall_release
from screen.wall.kiosk_actions import note_seen
from screen.wall.kiosk_throttles import KioskGuessThrottle
from screen.wall.kiosks import Held, Refusal, held_by
from screen.wall.pictures import wall_of
from screen.wall.refusals import said_in_all_languages

COOKIE = "wall"
COOKIE_DAYS = 400
"""Browsers keep none longer. Each day that the screen is on makes it as long again."""

USUAL_SECONDS, SHORTEST, LONGEST = 20, 5, 600
"""For one picture."""

_VERSION, _MOMENT = "Onescreen-Version", "Onescreen-Time"
"""Answers carry the version of the script and the server's time in milliseconds: the wall's own clock may be wrong."""


@dataclass(frozen=True, slots=True)
class Before:
    """Who stands before the wall: a person who has logged in, or a screen with a token, good or not."""

    reader: User | None
    kiosk: Kiosk | None = None
    refusal: Refusal | None = None


def of_the_wall(view: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Open without logging in, kept by nobody, told to nobody."""

    @login_not_required
    @require_safe
    @wraps(view)
    def answered(request: HttpRequest, **more: str) -> HttpResponse:
        answer = view(request, **more)
        add_never_cache_headers(answer)
        answer["Referrer-Policy"] = "no-referrer"
        answer["X-Robots-Tag"] = "noindex, nofollow"
        return answer

    return answered


@of_the_wall
def wall(request: HttpRequest) -> HttpResponse:
    """The page with the pictures of this moment; it asks for the next ones itself."""
    now, before = timezone.localtime(), _before(request)
    if before.reader is None:
        return _refused_page(request, before)
    tag = etag(before.reader, now)
    context = {
        "every": _seconds(request.GET.get("every", "")), "version": wall_release(), "zone": settings.TIME_ZONE,
        "kiosk": before.kiosk, "etag": tag, "at": _ms(now), "content": _pictures(before.reader, now, tag),
    }  # fmt: skip
    return _seen(render(request, "screen/wall.html", context), request, before, now)


@of_the_wall
def pictures(request: HttpRequest) -> HttpResponse:
    """All pictures as one piece of HTML; 304 where they are those that the wall has."""
    now, before = timezone.localtime(), _before(request)
    if before.reader is None:
        status, refused = _refused(request, before)
        return _stamped(HttpResponse(refused, status=status), now)
    tag = etag(before.reader, now)
    answer = get_conditional_response(request, etag=tag)
    if answer is None:
        answer = HttpResponse(_pictures(before.reader, now, tag))
    answer["ETag"] = tag
    return _seen(_stamped(answer, now), request, before, now)


@of_the_wall
def enter(request: HttpRequest, token: str = "") -> HttpResponse:
    """The address of a wall screen: the token moves into a cookie, so that it stands on no screen in a lobby."""
    now, held = timezone.localtime(), held_by(token, timezone.now())
    if held.kiosk is None:
        return _refused_page(request, Before(None, None, held.refusal), guessed=True)
    asked = request.META.get("QUERY_STRING", "")
    answer = HttpResponseRedirect(f"{reverse('screen:wall')}?{asked}" if asked else reverse("screen:wall"))
    _keep(answer, token)
    if held.reader is not None:
        note_seen(held.kiosk, at=now)
    return answer


@of_the_wall
def worker(request: HttpRequest) -> HttpResponse:
    """The script that keeps the page for a reload while the server is away; only wall screens have it."""
    if _before(request).reader is None:
        return HttpResponse(status=401)
    files = ["onescreen.css", "wall.js", "onescreen.svg"]
    return render(request, "screen/wall_worker.js", {"files": files}, content_type="text/javascript")


def _before(request: HttpRequest) -> Before:
    """A person who has logged in comes first: where the session ends, the token of the screen still holds."""
    if isinstance(request.user, User):
        return Before(request.user)
    held: Held = held_by(request.COOKIES.get(COOKIE, ""), timezone.now())
    return Before(held.reader, held.kiosk, held.refusal)


def _refused_page(request: HttpRequest, before: Before, *, guessed: bool = False) -> HttpResponse:
    status, refused = _refused(request, before, guessed=guessed)
    context = {
        "every": USUAL_SECONDS, "version": wall_release(), "zone": settings.TIME_ZONE,
        "at": _ms(timezone.localtime()), "is_refused": True, "content": refused,
    }  # fmt: skip
    return render(request, "screen/wall.html", context, status=status)


def _refused(request: HttpRequest, before: Before, *, guessed: bool = False) -> tuple[int, str]:
    """The status and, in all languages, why there is nothing to see. Tokens that open nothing are counted."""
    refusal = before.refusal or Refusal.UNKNOWN
    tried = guessed or bool(request.COOKIES.get(COOKIE))
    if before.kiosk is not None:
        status = 403
    elif tried and not KioskGuessThrottle(request).takes(request):
        status = 429
    else:
        status = 401
    said = said_in_all_languages(refusal, before.kiosk)
    return status, render_to_string("screen/wall_refused.html", {"said": said, "asks": before.kiosk is None})


def _pictures(reader: User, now: datetime, tag: str) -> str:
    """What `tag` names, kept under it: a hundred walls on which something has changed cost one rendering."""
    kept = f"{keeping.PREFIX}wall.{tag.strip(chr(34))}"
    found: str | None = cache.get(kept)
    if found is None:
        found = _rendered(reader, now)
        cache.set(kept, found, AT_MOST * 60)
    return found


def _rendered(reader: User, now: datetime) -> str:
    rule = LightRule.on(now.date(), load_calendar())
    context = {"wall": wall_of(reader, rule), "reader": reader, "week": now.isocalendar().week}
    return render_to_string("screen/wall_pictures.html", context)


def _stamped(answer: HttpResponse, now: datetime) -> HttpResponse:
    answer[_VERSION], answer[_MOMENT] = wall_release(), str(_ms(now))
    return answer


def _seen(answer: HttpResponse, request: HttpRequest, before: Before, now: datetime) -> HttpResponse:
    """With each note that a wall screen is alive, its cookie is good for another 400 days."""
    if before.kiosk is not None and note_seen(before.kiosk, at=now):
        _keep(answer, request.COOKIES[COOKIE])
    return answer


def _keep(answer: HttpResponse, token: str) -> None:
    answer.set_cookie(
        COOKIE, token, max_age=COOKIE_DAYS * 24 * 60 * 60, path=reverse("screen:wall"),
        secure=settings.SESSION_COOKIE_SECURE, httponly=True, samesite="Strict",
    )  # fmt: skip


def _seconds(asked: str) -> int:
    """Nonsense is not refused: nobody stands before the wall who could correct it."""
    if not (asked.isascii() and asked.isdecimal() and len(asked) < 6):
        return USUAL_SECONDS
    return min(LONGEST, max(SHORTEST, int(asked)))


def _ms(now: datetime) -> int:
    return int(now.timestamp() * 1000)
