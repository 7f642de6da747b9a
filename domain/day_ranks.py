"""Working days for whole columns of dates: the same answers as ``domain.workdays``, a million at a time.

Dates are ordinals (``date.toordinal``); UNKNOWN, nought, is no date.
"""

from datetime import date, timedelta
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from domain.workdays import WorkCalendar

Days: TypeAlias = npt.NDArray[np.int32]
"""Ordinals of dates, or numbers of working days."""

UNKNOWN: Final = 0

_MARGIN: Final = timedelta(days=366)


class DayRanks:
    """The rank of each day from a year before `first` to a year after `last`: how many working days there are up to it.

    Ranks begin at an arbitrary number, so that only differences mean something. Days outside are counted by the
    first and the last day.
    """

    def __init__(self, calendar: WorkCalendar, first: date, last: date) -> None:
        first = max(first, date.min + _MARGIN) - _MARGIN
        last = min(last, date.max - _MARGIN) + _MARGIN
        self._first = first.toordinal()
        worked = [
            calendar.is_working_day(first + timedelta(days=number))
            for number in range((last - first).days + 1)
        ]
        self._ranks = np.cumsum(np.array(worked, dtype=np.int32), dtype=np.int32)
        self._days = np.flatnonzero(worked).astype(np.int32) + self._first

    def rank(self, days: npt.ArrayLike) -> Days:
        """How many working days there are up to and including each of the days."""
        places = np.clip(np.asarray(days, dtype=np.int64) - self._first, 0, len(self._ranks) - 1)
        return self._ranks[places]

    def count(self, start: npt.ArrayLike, end: npt.ArrayLike) -> Days:
        """The working days after `start` up to and including `end`, negative where the end lies before."""
        return np.asarray(self.rank(end) - self.rank(start), dtype=np.int32)

    def of_rank(self, ranks: npt.ArrayLike) -> Days:
        """The working day of each rank; beyond the table, the first or the last working day in it."""
        return self._days[np.clip(np.asarray(ranks, dtype=np.int64) - 1, 0, len(self._days) - 1)]
