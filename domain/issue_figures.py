"""How fast issues are closed, and which periods are compared with each other.

Sources: issue 4, point 7 (median and 90th percentile days to close, share closed on time, any period against the same
period a year earlier).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from domain.errors import InputError, gettext_noop
from domain.recorded_days import EARLIEST


@dataclass(frozen=True, slots=True)
class Period:
    """From its `first` day to its `last`, both counted."""

    first: date
    last: date

    @classmethod
    def of(cls, first: date | None, last: date | None, today: date) -> "Period":
        """What was asked for; silence means the year to date, or the year of the day that was said.

        Raises InputError where it ends before it begins, or begins before the year 2000.
        """
        last = last or today
        first = first or date(last.year, 1, 1)
        if last < first:
            raise InputError(
                gettext_noop("The period ends on %(last)s, before it begins on %(first)s."),
                first=first, last=last,
            )  # fmt: skip
        if first < EARLIEST:
            raise InputError(gettext_noop("%(on)s lies before the year 2000; check the year."), on=first)
        return cls(first, last)

    def year_earlier(self) -> "Period":
        """The same dates a year earlier; for 29 February, which that year does not have, the 28th."""
        return Period(year_earlier(self.first), year_earlier(self.last))


def year_earlier(day: date) -> date:
    try:
        return day.replace(year=day.year - 1)
    except ValueError:
        return day.replace(year=day.year - 1, day=28)


def percentile(counts: Mapping[int, int], percent: int) -> int | None:
    """The value that `percent` of 100 observations do not exceed, by nearest rank: None where there are none.

    `counts` says how often each value occurs. Of n observations in order it is the one in place ⌈n · percent / 100⌉,
    so always one that occurs. 0 < percent ≤ 100.
    """
    rank = -(-sum(counts.values()) * percent // 100)
    seen = 0
    for value in sorted(counts):
        seen += counts[value]
        if counts[value] and seen >= rank:
            return value
    return None


def median(counts: Mapping[int, int]) -> int | None:
    """The 50th percentile: of an even number of observations the lower of the two in the middle."""
    return percentile(counts, 50)


def added_up(many: Iterable[Mapping[int, int]]) -> dict[int, int]:
    """Counts of several groups as those of all of them together."""
    total: dict[int, int] = {}
    for counts in many:
        for value, count in counts.items():
            total[value] = total.get(value, 0) + count
    return total


def share(part: int, whole: int) -> int | None:
    """`part` of `whole` in whole percent, halves up; None of nothing."""
    return (200 * part + whole) // (2 * whole) if whole else None
