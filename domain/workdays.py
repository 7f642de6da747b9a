"""Working days, limits counted in them, and the dates that limits end on.

Sources: domain.md 5.1 (limits, day 1 is the day after acceptance, holds) and design.md section 3.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from enum import StrEnum
from itertools import accumulate
from typing import Final

from domain.errors import InputError, gettext_noop

ONE_DAY: Final = timedelta(days=1)
_AFTER_EVERY_DATE: Final = date.max.toordinal() + 1


class DateRangeError(InputError):
    """Counting led to a date that does not exist (before the year 1 or after 9999)."""


class WorkCalendar:
    """Which days are worked: Monday to Friday, except where a notice says otherwise.

    ``exceptions`` says of a day whether it is worked (``True``: a make-up working day, ``False``: a holiday);
    an exception that says what the weekday says anyway is allowed and changes nothing.
    Days up to and including ``announced_through`` are certain; later ones (all, with ``None``) are
    provisional (暂定): they are counted like any other, by weekday and by the exceptions known so far.

    A calendar never changes and can be shared. Every question costs O(log n) in the number of exceptions,
    however far it reaches. Two calendars are equal only when they are the same object.
    """

    __slots__ = ("_days", "_ranks", "_shifts", "_turned", "announced_through")

    # A working day's *rank* is how many working days there are from 0001-01-01 up to and including it.
    # It is the rank by weekday plus the shift of all exceptions so far; both directions are arithmetic.
    def __init__(
        self, exceptions: Mapping[date, bool] = {}, *, announced_through: date | None = None
    ) -> None:
        turned = sorted(
            (day.toordinal(), works) for day, works in exceptions.items() if works != _is_weekday(day)
        )
        self.announced_through: Final = announced_through
        self._turned: Final = frozenset(day for day, _ in turned)
        self._shifts: Final = tuple(accumulate((1 if works else -1 for _, works in turned), initial=0))
        self._ranks: Final = tuple(
            _weekdays_through(day) + shift for (day, _), shift in zip(turned, self._shifts[1:], strict=True)
        )
        self._days: Final = (*(day for day, _ in turned), _AFTER_EVERY_DATE)

    def is_working_day(self, day: date) -> bool:
        return _is_weekday(day) != (day.toordinal() in self._turned)

    def is_provisional(self, day: date) -> bool:
        """Whether a notice that has not come yet may still change this day (暂定)."""
        return self.announced_through is None or day > self.announced_through

    def add(self, day: date, days: int) -> date:
        """The date ``days`` working days after ``day``; the working day that follows ``day`` is number 1.

        A negative number goes back: ``add(day, -1)`` is the last working day before ``day``.
        Nought gives ``day`` itself, worked or not.

        Raises DateRangeError when the result is outside the years 1 to 9999.
        """
        if days > 0:
            return self._of_rank(self._rank(day.toordinal()) + days)
        if days < 0:
            return self._of_rank(self._rank(day.toordinal() - 1) + 1 + days)
        return day

    def count(self, start: date, end: date) -> int:
        """The working days after ``start`` up to and including ``end``; negative when ``end`` comes first.

        ``count(a, b) == -count(b, a)``.
        """
        return self._rank(end.toordinal()) - self._rank(start.toordinal())

    def on_or_after(self, day: date) -> date:
        """``day`` if it is worked, otherwise the next working day."""
        return self._of_rank(self._rank(day.toordinal() - 1) + 1)

    def on_or_before(self, day: date) -> date:
        """``day`` if it is worked, otherwise the last working day before it."""
        return self._of_rank(self._rank(day.toordinal()))

    def _rank(self, day: int) -> int:
        """How many working days there are up to and including ``day`` (an ordinal)."""
        return _weekdays_through(day) + self._shifts[bisect_right(self._days, day)]

    def _of_rank(self, rank: int) -> date:
        """The working day of this rank."""
        exception = bisect_left(self._ranks, rank)
        by_weekday = _nth_weekday(rank - self._shifts[exception])
        # Either a weekday before the next exception or, if the weekdays before it do not suffice,
        # that exception itself, which then is a make-up working day.
        return _date(min(by_weekday, self._days[exception]))


class LimitUnit(StrEnum):
    """What a limit is counted in; laws differ, so every node says it (domain.md 5.1)."""

    WORKING = "working"
    CALENDAR = "calendar"


def deadline(
    calendar: WorkCalendar,
    accepted_on: date,
    limit: int,
    unit: LimitUnit,
    holds: Iterable[tuple[date, date]] = (),
) -> date:
    """The last day of a limit: the ``limit``-th day that counts after ``accepted_on`` (domain.md 5.1).

    A day counts if it is a working day (any day, for a limit in calendar days) and lies in no hold.
    Holds are pairs (first, last), both inclusive, in any order; they may overlap. A hold before acceptance or
    after the deadline moves nothing, nor does a pair that ends before it begins. A limit of nought ends on
    the day of acceptance.

    Raises InputError for a negative limit, DateRangeError when there is no such date.
    """
    if limit < 0:
        raise InputError(gettext_noop("A limit cannot be negative: %(limit)d."), limit=limit)
    add, count = (
        (calendar.add, calendar.count)
        if unit is LimitUnit.WORKING
        else (_add_calendar_days, _count_calendar_days)
    )
    due = add(accepted_on, limit)
    looked_at = accepted_on
    # `looked_at` stays before `due`: a hold that reaches `due` contains it and so pushes it beyond itself.
    for first, last in sorted(holds):
        first = max(first, looked_at + ONE_DAY)
        if first > due:
            break
        if last >= first:
            due = add(due, count(first - ONE_DAY, last))
            looked_at = last
    return due


def days_held(calendar: WorkCalendar, holds: Iterable[tuple[date, date]]) -> int:
    """The working days that lie in any of the holds, each once.

    Holds are pairs (first, last), both inclusive, in any order; a pair that ends before it begins holds nothing.
    """
    held = 0
    looked_at = date.min
    for first, last in sorted(holds):
        first = max(first, looked_at)
        if last >= first:
            held += calendar.count(first - ONE_DAY, last)
            looked_at = last + ONE_DAY
    return held


def late_cutoff(calendar: WorkCalendar, today: date, days: int) -> date:
    """What was due before this date is more than ``days`` working days late today.

    For every ``due`` up to today and ``days`` from nought, ``due < late_cutoff(calendar, today, days)`` says
    the same as ``calendar.count(due, today) > days``; being a date, it serves SQL and Python alike.
    """
    return calendar.add(today + ONE_DAY, -(days + 1))


def near_until(calendar: WorkCalendar, today: date, days: int) -> date:
    """What is due up to and including this date has at most ``days`` working days left.

    For every ``due`` from today on and ``days`` from nought, ``due <= near_until(calendar, today, days)``
    says the same as ``calendar.count(today, due) <= days``; being a date, it serves SQL and Python alike.
    """
    return calendar.add(today, days + 1) - ONE_DAY


def _is_weekday(day: date) -> bool:
    return day.weekday() < 5


def _weekdays_through(day: int) -> int:
    """Mondays to Fridays up to and including the ordinal ``day``; ordinal 1, 0001-01-01, was a Monday."""
    weeks, rest = divmod(day, 7)
    return 5 * weeks + min(rest, 5)


def _nth_weekday(number: int) -> int:
    """The ordinal of weekday ``number``, the first being 0001-01-01."""
    weeks, rest = divmod(number - 1, 5)
    return 7 * weeks + rest + 1


def _date(ordinal: int) -> date:
    try:
        return date.fromordinal(ordinal)
    except (ValueError, OverflowError):
        raise DateRangeError(gettext_noop("The date lies outside the years 1 to 9999.")) from None


def _add_calendar_days(day: date, days: int) -> date:
    return _date(day.toordinal() + days)


def _count_calendar_days(start: date, end: date) -> int:
    return (end - start).days
