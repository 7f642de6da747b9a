"""The working-day calendar as it stands in the table; nothing else is asked for working days."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from django.db import transaction
from django.db.models import Count, Max
from django.utils import timezone

from domain.workdays import WorkCalendar
from milestones.holidays_source import announced_exceptions
from milestones.models import CalendarDay


def load_calendar() -> WorkCalendar:
    """The calendar of now. Read from the table once for each state of the table."""
    return _read(calendar_version())


def calendar_version() -> str:
    """Names the state of the table; figures that are frozen keep it."""
    state = CalendarDay.objects.aggregate(days=Count("pk"), changed_at=Max("updated_at"))
    return f"{state['days']}@{state['changed_at']:%Y%m%dT%H%M%S.%f}" if state["days"] else "0"


@lru_cache(maxsize=2)
def _read(version: str) -> WorkCalendar:  # noqa: ARG001 - the version is the key of the cache
    days = list(CalendarDay.objects.values_list("on", "is_working", "source"))
    announced = max((on.year for on, _, source in days if source == CalendarDay.Source.NOTICE), default=None)
    return WorkCalendar(
        {on: is_working for on, is_working, _ in days},
        announced_through=date(announced, 12, 31) if announced else None,
    )


@dataclass(frozen=True)
class Filled:
    """What a filling changed, in days."""

    added: int
    changed: int
    announced_through: date


@transaction.atomic
def fill_calendar() -> Filled:
    """Enter the announced holidays and make-up days from the ``holidays`` package.

    Days that were set by hand stay as they are; doing it again changes nothing.
    """
    entries, through = announced_exceptions()
    known = {day.on: day for day in CalendarDay.objects.all()}
    added, changed = [], []
    for on, entry in entries.items():
        said = {"is_working": entry.is_working, "name": entry.name_zh, "name_en": entry.name_en}
        day = known.get(on)
        if day is None:
            added.append(CalendarDay(on=on, source=CalendarDay.Source.NOTICE, **said))
        elif day.source == CalendarDay.Source.NOTICE and any(getattr(day, k) != v for k, v in said.items()):
            for name, value in said.items():
                setattr(day, name, value)
            day.updated_at = timezone.now()
            changed.append(day)
    CalendarDay.objects.bulk_create(added)
    CalendarDay.objects.bulk_update(changed, ["is_working", "name", "name_en", "updated_at"])
    return Filled(len(added), len(changed), through)
