"""Days as pixels: the scale of a picture of time, the columns of its header, the days on which nobody works."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple

from domain.workdays import ONE_DAY, WorkCalendar

Span = tuple[date, date]
"""First and last day, both inclusive."""

ROOM = 976
"""What a laptop's page has beside the names; a picture is never narrower."""
_MARGIN = 44
"""To the right of the last day, for a number."""
_THINNEST = 3.0
_LONGEST = 6 * 366
"""So many days are drawn at most; a date that is wrong by a decade must not make the others a smear."""
_FARTHEST = timedelta(days=20 * 366)


class Zoom(StrEnum):
    """What a column of the header is."""

    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"


_SCALES = {Zoom.WEEK: (11.2, 11.2), Zoom.MONTH: (0.8, 3.0), Zoom.QUARTER: (0.5, 0.5)}
"""Pixels for a day, at least and at most: months take the room there is, so that most projects fit."""
_WEEK = 0
_COLUMNS = {Zoom.WEEK: (_WEEK, 1), Zoom.MONTH: (1, 12), Zoom.QUARTER: (3, 12)}
"""What the lower and the upper line of the header count, in months."""


class Box(NamedTuple):
    """A piece of time from left to right."""

    x: float
    width: float

    @property
    def end(self) -> float:
        return self.x + self.width


class Tick(NamedTuple):
    """A column of the header, and the day it begins with."""

    x: float
    width: float
    day: date


@dataclass(frozen=True, slots=True)
class TimeScale:
    """Turns days into pixels; what lies outside `first` … `last` is cut off or left out."""

    zoom: Zoom
    first: date
    last: date
    per_day: float
    width: int

    @classmethod
    def of(cls, wanted: Span, zoom: Zoom, today: date) -> "TimeScale":
        """The scale on which all of `wanted` is seen or, where it is too long, the years around today."""
        begin, end = _window(wanted, today)
        first = _start(begin, _COLUMNS[zoom][0])
        days = (end - first).days + 1
        least, most = _SCALES[zoom]
        per_day = min(max((ROOM - _MARGIN) / days, least), most)
        width = max(ROOM, round(days * per_day) + _MARGIN)
        return cls(zoom, first, first + timedelta(days=int(width / per_day) - 1), per_day, width)

    def left(self, day: date) -> float:
        """Where `day` begins."""
        return (day - self.first).days * self.per_day

    def right(self, day: date) -> float:
        """Where `day` ends."""
        return self.left(day) + self.per_day

    def middle(self, day: date) -> float | None:
        """The middle of `day`; None where it is out of sight."""
        return self.left(day) + self.per_day / 2 if self.first <= day <= self.last else None

    def box(self, first: date, last: date) -> Box | None:
        """The piece from the morning of `first` to the evening of `last` that is in sight."""
        if last < self.first or first > self.last:
            return None
        x = max(0.0, self.left(first))
        return Box(x, max(_THINNEST, min(float(self.width), self.right(last)) - x))

    def columns(self) -> Iterator[Tick]:
        """The lower line of the header: weeks, months or quarters."""
        return self._ticks(_COLUMNS[self.zoom][0])

    def years(self) -> Iterator[Tick]:
        """The upper line of the header: years or, above weeks, months."""
        return self._ticks(_COLUMNS[self.zoom][1])

    def days_off(self, calendar: WorkCalendar) -> Iterator[Box]:
        """Weekends and holidays, those side by side as one."""
        begun: date | None = None
        day = self.first
        while day <= self.last:
            if calendar.is_working_day(day):
                if begun:
                    yield Box(self.left(begun), self.left(day) - self.left(begun))
                begun = None
            else:
                begun = begun or day
            day += ONE_DAY
        if begun:
            yield Box(self.left(begun), self.width - self.left(begun))

    def provisional_x(self, calendar: WorkCalendar) -> float | None:
        """Where the days begin whose holidays have not been announced; None where none is in sight."""
        through = calendar.announced_through
        if through is None or through < self.first:
            return 0.0
        return self.right(through) if through < self.last else None

    def _ticks(self, months: int) -> Iterator[Tick]:
        day = _start(self.first, months)
        while day <= self.last:
            after = _next(day, months)
            x = max(0.0, self.left(day))
            yield Tick(x, min(float(self.width), self.left(after)) - x, max(day, self.first))
            day = after


def hull(spans: Iterable[Span]) -> Span:
    """From the first day of any to the last day of any; there must be one."""
    firsts, lasts = zip(*spans, strict=True)
    return min(firsts), max(lasts)


def _window(wanted: Span, today: date) -> Span:
    first = min(max(wanted[0], today - _FARTHEST), today + _FARTHEST)
    last = max(wanted[1], first)
    longest = timedelta(days=_LONGEST)
    if last - first > longest:
        first = min(max(first, today - longest / 3), last - longest)
        last = first + longest
    return first, last


def _start(day: date, months: int) -> date:
    """The first day of the week (nought months) or of the month, quarter or year that `day` lies in."""
    if months == _WEEK:
        return day - timedelta(days=day.weekday())
    return date(day.year, (day.month - 1) // months * months + 1, 1)


def _next(start: date, months: int) -> date:
    if months == _WEEK:
        return start + timedelta(days=7)
    month = start.month - 1 + months
    return date(start.year + month // 12, month % 12 + 1, 1)
