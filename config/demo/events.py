"""What happens in the demonstration district, told day by day, so that a meeting of the past saw only what was then."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from operator import attrgetter


@dataclass(frozen=True, slots=True)
class Event:
    """Something that somebody does on a day."""

    on: date
    do: Callable[[], object]


def live(events: Iterable[Event]) -> Iterator[date]:
    """Let everything happen, day by day and on a day in the order given; each day after what happens on it."""
    today: date | None = None
    for event in sorted(events, key=attrgetter("on")):
        if today is not None and event.on != today:
            yield today
        today = event.on
        event.do()
    if today is not None:
        yield today
