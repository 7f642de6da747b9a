"""What happens in the demonstration district, told day by day, so that a meeting of the past saw only what was then."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from operator import attrgetter
from typing import Final

from django.utils import timezone

from history.moments import told_of

_AT_TEN: Final = time(10)


@dataclass(frozen=True, slots=True)
class Event:
    """Something that somebody does on a day."""

    on: date
    do: Callable[[], object]


def working_hour(on: date) -> datetime:
    """The moment of a day with which what is told of it is recorded."""
    return timezone.make_aware(datetime.combine(on, _AT_TEN))


def live(events: Iterable[Event]) -> Iterator[date]:
    """Let everything happen, day by day and on a day in the order given; each day after what happens on it."""
    today: date | None = None
    for event in sorted(events, key=attrgetter("on")):
        if today is not None and event.on != today:
            yield today
        today = event.on
        with told_of(working_hour(event.on)):
            event.do()
    if today is not None:
        yield today
