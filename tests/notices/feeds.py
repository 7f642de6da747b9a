"""What tests of the feed share: making one, reading it as a calendar program does."""

from typing import Any

from django.test import Client
from icalendar import Calendar

from accounts.models import User
from notices.actions import make_feed
from notices.models import CalendarFeed


def address_of(user: User, *, scope: str = CalendarFeed.Scope.OWN, language: str = "en") -> str:
    """The path of a new feed."""
    return f"/calendar/{make_feed(actor=user, scope=scope, language=language)}.ics"


def read(path: str, **headers: str) -> Any:
    """The answer that a program without a session gets."""
    return Client(headers=headers).get(path)


def calendar_in(answer: Any) -> Any:
    assert answer.status_code == 200
    return Calendar.from_ical(answer.content)


def events_in(answer: Any) -> dict[str, Any]:
    """The events by the part of their name that stands before the host."""
    return {str(event["uid"]).partition("@")[0]: event for event in calendar_in(answer).events}


def summaries(path: str) -> list[str]:
    return [str(event["summary"]) for event in events_in(read(path)).values()]
