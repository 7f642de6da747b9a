"""Names what the one screen would show, so that an unchanged page costs no more than asking for its name."""

from datetime import date
from hashlib import sha256

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.middleware.csrf import get_token
from django.utils.cache import patch_vary_headers
from django.utils.http import parse_etags
from django.utils.translation import get_language

from accounts.models import User
from screen.narrowing import Narrowing
from screen.on_record import OnRecord
from screen.release import release


def page_tag(
    request: HttpRequest, reader: User, narrowing: Narrowing, today: date, record: OnRecord
) -> str:  # fmt: skip
    """The entity tag of the page, quotes included.

    Besides what is on record: who reads, in which language, on which day, and which release answers. The secret of the
    forms belongs to it, for a page that is kept beyond the next login could not log out.
    """
    get_token(request)  # so that there is one, from the first page on
    parts = (
        record, today, narrowing, get_language(), release(),
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
