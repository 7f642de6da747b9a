"""Periods of whole months, as investment is counted: January to August, this year and a year earlier."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, date, timedelta
from typing import Final

from domain.errors import InputError, gettext_noop
from domain.recorded_days import EARLIEST

LATEST_YEAR: Final = 2100
LONGEST: Final = 120
"""Months; who asks for more has mistyped a year."""

_WRITTEN: Final = re.compile(r"(\d{4})-(\d{1,2})")


def first_of_month(day: date) -> date:
    return day.replace(day=1)


def first_of_quarter(day: date) -> date:
    return date(day.year, 3 * ((day.month - 1) // 3) + 1, 1)


def months_later(month: date, months: int) -> date:
    """The first day of the month so many months later; earlier where the number is negative.

    Raises OverflowError beyond the years 1 to 9999, as dates do.
    """
    years, index = divmod(month.year * 12 + month.month - 1 + months, 12)
    if not MINYEAR <= years <= MAXYEAR:
        raise OverflowError("month out of range")
    return date(years, index + 1, 1)


def last_full_month(today: date) -> date:
    """The first day of the last month that is over."""
    return months_later(first_of_month(today), -1)


def read_month(text: str) -> date:
    """``2022-08`` as the first day of that month. Raises InputError where it is no month from 2000 to 2100."""
    match = _WRITTEN.fullmatch(text.strip())
    if match and 1 <= int(match.group(2)) <= 12 and EARLIEST.year <= int(match.group(1)) <= LATEST_YEAR:
        return date(int(match.group(1)), int(match.group(2)), 1)
    raise InputError(
        gettext_noop("“%(month)s” is no month between 2000 and 2100; it looks like 2022-08."), month=text[:40]
    )


@dataclass(frozen=True, slots=True)
class Months:
    """From one month to another, both counted; each is given by its first day."""

    first: date
    last: date

    @classmethod
    def of(cls, first: str, last: str, today: date) -> "Months":
        """What was asked for; silence means the year up to the last full month.

        Only one end given: the other is the beginning, or the end so far, of its year; of the month that is running,
        this month. Raises InputError where a month
        cannot be read, the period ends before it begins, or it is longer than ten years.
        """
        so_far = cls.year_to_date(today)
        if not first.strip() and not last.strip():
            return so_far
        begin = read_month(first) if first.strip() else None
        end = read_month(last) if last.strip() else None
        if end is None:
            begin = begin or so_far.first
            end = _end_so_far(begin, so_far.last, today)
        begin = begin or date(end.year, 1, 1)
        if end < begin:
            raise InputError(
                gettext_noop("The period ends in %(last)s, before it begins in %(first)s."),
                first=f"{begin:%Y-%m}", last=f"{end:%Y-%m}",
            )  # fmt: skip
        months = cls(begin, end)
        if len(months) > LONGEST:
            raise InputError(
                gettext_noop("The period has %(count)d months; at most %(most)d can be looked at."),
                count=len(months), most=LONGEST,
            )  # fmt: skip
        return months

    @classmethod
    def year_to_date(cls, today: date) -> "Months":
        """From January to the last full month; in January the whole year before."""
        last = last_full_month(today)
        return cls(date(last.year, 1, 1), last)

    def __len__(self) -> int:
        return (self.last.year - self.first.year) * 12 + self.last.month - self.first.month + 1

    def __iter__(self) -> Iterator[date]:
        for number in range(len(self)):
            yield months_later(self.first, number)

    @property
    def last_day(self) -> date:
        return months_later(self.last, 1) - timedelta(days=1)

    def year_earlier(self) -> "Months":
        return Months(months_later(self.first, -12), months_later(self.last, -12))

    def is_over(self, today: date) -> bool:
        return self.last_day < today

    def has_begun(self, today: date) -> bool:
        return self.first <= today


def _end_so_far(begin: date, last_full: date, today: date) -> date:
    """The last full month of the year of `begin`; the running month where that is the first, else December."""
    if begin.year == last_full.year and begin <= last_full:
        return last_full
    return begin if begin == first_of_month(today) else date(begin.year, 12, 1)
