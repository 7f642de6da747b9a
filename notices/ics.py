"""Due dates as an iCalendar text (RFC 5545, RFC 7986), in the language that is active."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import get_language, gettext, ngettext
from icalendar import Calendar, Event

from domain.lights import Light
from milestones.filters import LIGHT_LABELS
from milestones.templatetags.lights import day_text
from milestones.templatetags.lights import days_late as days_late_text
from notices.models import CalendarFeed
from notices.queries import DAYS_BACK, DueDate, DueDates

PRODUCT = "-//Onescreen//Calendar feed//EN"
ASK_AGAIN_AFTER = timedelta(hours=1)
ONE_DAY = timedelta(days=1)

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
"""What a TEXT of RFC 5545 may not hold; a line feed it escapes."""


@dataclass(frozen=True, slots=True)
class Frame:
    """What the text needs beside its dates: `absolute` makes an address of a path, `host` keeps the names of
    events apart from those of another installation, `since` is when the feed was first seen to say this."""

    feed: CalendarFeed
    host: str
    absolute: Callable[[str], str]
    since: datetime


def calendar_text(dates: DueDates, frame: Frame) -> bytes:
    """The whole feed. The same dates in the same frame make the same bytes."""
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", PRODUCT)
    calendar.add("calscale", "GREGORIAN")
    calendar.calendar_name = calendar_name(frame.feed)
    calendar.description = _about(dates)
    calendar.refresh_interval = ASK_AGAIN_AFTER
    calendar.add("x-published-ttl", "PT1H")
    calendar.last_modified = frame.since
    for event in _events(dates, frame):
        calendar.add_component(event)
    text: bytes = calendar.to_ical()
    return text


def calendar_name(feed: CalendarFeed) -> str:
    """What a calendar program calls it."""
    if feed.scope == CalendarFeed.Scope.OWN:
        return gettext("Onescreen: my due dates")
    return gettext("Onescreen: all due dates")


def _about(dates: DueDates) -> str:
    text = gettext("Due dates of open nodes as of %(day)s.") % {"day": _day(dates.today)}
    cut = gettext("There are more than fit; these are the nearest to today.")
    return f"{text} {cut}" if dates.is_cut else text


def _events(dates: DueDates, frame: Frame) -> Iterator[Event]:
    if dates.older:
        yield _older(dates, frame)
    for row in dates.rows:
        yield _event(row, dates.today, frame)


def _event(row: DueDate, today: date, frame: Frame) -> Event:
    url = frame.absolute(f"{reverse('milestones:project', args=[row.project_id])}#node-{row.pk}")
    event = _all_day(row.on, f"node-{row.pk}", frame)
    event.add("summary", _clean(_summary(row)))
    event.add("description", _clean("\n".join([*_facts(row, today), url])))
    event.add("categories", _categories(row))
    event.add("sequence", row.version)
    event.add("status", "TENTATIVE" if row.light == Light.VIOLET else "CONFIRMED")
    event.add("url", url)
    return event


def _older(dates: DueDates, frame: Frame) -> Event:
    """What is overdue for longer than the calendar goes back, as one thing of today."""
    counted = {"nodes": dates.older, "days": DAYS_BACK}
    event = _all_day(dates.today, f"older-{frame.feed.user_id}", frame)
    event.add(
        "summary",
        ngettext(
            "%(nodes)d node overdue for more than %(days)d days",
            "%(nodes)d nodes overdue for more than %(days)d days",
            dates.older,
        )
        % counted,
    )
    url = frame.absolute(_older_path(dates, frame.feed))
    event.add("description", url)
    event.add("categories", [str(LIGHT_LABELS[Light.RED])])
    event.add("status", "CONFIRMED")
    event.add("url", url)
    return event


def _older_path(dates: DueDates, feed: CalendarFeed) -> str:
    """Where these nodes are listed: the own ones with what else there is to do, the others by their dates."""
    if feed.scope == CalendarFeed.Scope.OWN:
        return reverse("milestones:my")
    asked = {"light": Light.RED, "knocked_on": "all", "due_before": dates.first - ONE_DAY}
    return f"{reverse('milestones:overdue')}?{urlencode(asked)}"


def _all_day(on: date, name: str, frame: Frame) -> Event:
    event = Event()
    event.add("uid", f"{name}@{frame.host}")
    event.add("dtstamp", frame.since)
    event.add("dtstart", on)
    event.add("dtend", on + ONE_DAY)
    event.add("transp", "TRANSPARENT")  # a due date keeps nobody from meeting that day
    event.add("x-microsoft-cdo-busystatus", "FREE")
    return event


def _summary(row: DueDate) -> str:
    """Node and project; where something is the matter, the word for it too, since a calendar shows no lights."""
    named = {"node": row.label, "project": row.project, "light": LIGHT_LABELS[row.light]}
    if row.light in {Light.RED, Light.VIOLET}:
        return gettext("%(node)s · %(project)s (%(light)s)") % named
    return gettext("%(node)s · %(project)s") % named


def _categories(row: DueDate) -> list[str]:
    words = [str(LIGHT_LABELS[row.light])]
    return [*words, gettext("key node")] if row.is_key else words


def _facts(row: DueDate, today: date) -> Iterator[str]:
    """The description, a line each."""
    yield _state(row, today)
    if row.is_knocked_on:
        yield gettext("Knocked on: something before it is still open.")
    if row.unit:
        yield gettext("Responsible unit: %(unit)s") % {"unit": row.unit}
    yield gettext("Town: %(town)s") % {"town": row.town}
    if row.due_on:
        yield gettext("Due: %(day)s") % {"day": _marked(row.due_on, is_provisional=row.is_due_provisional)}
    if row.limit_on:
        ends = _marked(row.limit_on, is_provisional=row.is_limit_provisional)
        yield gettext("Limit ends: %(day)s") % {"day": ends}


def _state(row: DueDate, today: date) -> str:
    """The word of the light, with what a program that has not asked for days must not pass off as of now."""
    said = {"light": LIGHT_LABELS[row.light], "late": days_late_text(row.days_late), "day": _day(today)}
    match row.light:
        case Light.RED:
            return gettext("%(late)s (as of %(day)s)") % said
        case Light.VIOLET if row.held_on:
            said["since"] = _day(row.held_on)
            return gettext("%(light)s since %(since)s: the date moves when it is resumed") % said
        case _:
            return gettext("%(light)s (as of %(day)s)") % said


def _marked(day: date, *, is_provisional: bool) -> str:
    text = _day(day)
    return gettext("%(day)s (provisional)") % {"day": text} if is_provisional else text


def _day(day: date) -> str:
    """With its year: a calendar is read in any year."""
    return day_text(day, get_language() or "en", 0)


def _clean(text: str) -> str:
    return _CONTROL.sub("", text)
