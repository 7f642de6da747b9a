"""Names what the one screen would show, so that an unchanged page costs no more than asking for its name."""

from datetime import date
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from django.contrib.admin.models import LogEntry
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.middleware.csrf import get_token
from django.templatetags.static import static
from django.utils.cache import patch_vary_headers
from django.utils.http import parse_etags
from django.utils.translation import get_language

from accounts.models import User
from history.models import Change
from milestones.calendar_table import calendar_version
from screen.narrowing import Narrowing

_HERE = Path(__file__).parent


def page_tag(request: HttpRequest, reader: User, narrowing: Narrowing, today: date) -> str:
    """The entity tag of the page, quotes included. Three short queries, none of which counts.

    Besides what actions record: what is edited under *Administration*, the calendar, who reads, in which language, on
    which day, and which release answers. The secret of the forms belongs to it, for a page that is kept beyond the next
    login could not log out. Asked before counting: what is changed meanwhile has a newer name.
    """
    get_token(request)  # so that there is one, from the first page on
    edited = LogEntry.objects.order_by("-pk").values_list("pk", flat=True).first()
    parts = (
        Change.objects.version(), edited, calendar_version(), today, narrowing, get_language(), release(),
        reader.pk, reader.role, reader.unit_id, str(reader), reader.is_staff, request.META["CSRF_COOKIE"],
    )  # fmt: skip
    return f'W/"{sha256(repr(parts).encode()).hexdigest()[:32]}"'


def not_modified(request: HttpRequest, tag: str) -> HttpResponse | None:
    """The short answer where the browser has just this page; None where it has to be made."""
    known = parse_etags(request.headers.get("If-None-Match", ""))
    return fresh(HttpResponseNotModified(), tag) if tag in known else None


def fresh(response: HttpResponse, tag: str) -> HttpResponse:
    """May be kept by the reader's own browser, which asks each time whether it still holds."""
    response["ETag"] = tag
    response["Cache-Control"] = "private, no-cache"
    patch_vary_headers(response, ["Cookie", "Accept-Language"])
    return response


@lru_cache(maxsize=1)
def release() -> str:
    """Names the code and the words that make the page; another one after an upgrade."""
    digest = sha256("".join(static(name) for name in ("onescreen.css", "refresh.js")).encode())
    ours = (
        path.parent
        for path in _HERE.parent.glob("*/__init__.py")
        if path.parent.name not in {"tests", "bench"}
    )
    for path in sorted(path for folder in ours for path in folder.rglob("*")):
        if path.suffix in {".py", ".html", ".mo"}:
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]
