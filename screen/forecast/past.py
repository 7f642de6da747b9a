"""Past forecasts against what happened: each kept reckoning scored by what the newest one knows."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt

from accounts.models import User
from domain.day_ranks import UNKNOWN, DayRanks, Days
from domain.forecast_score import Bin, Score, calibration, score
from domain.workdays import WorkCalendar
from screen.forecast.outlooks import KEYS, Outlooks
from screen.forecast.queries import in_sight
from screen.models import Reckoning
from screen.narrowing import Narrowing
from screen.reckoning.queries import kept, outlooks_of, projects_in_sight

MOST: Final = 24
"""Of so many months the first forecast is scored."""

LEADS: Final = ((0, 20), (21, 60), (61, 120), (121, None))
"""Working days from the forecast to its 50 % date, by which forecasts are pooled."""

_FARTHEST: Final = timedelta(days=80 * 366)


@dataclass(frozen=True, slots=True)
class ScoredDay:
    """The forecast of one day, and how right it was."""

    day: date
    score: Score


@dataclass(frozen=True, slots=True)
class ScoredLead:
    """All forecasts whose 50 % date lay from `first` to `last` working days ahead (None: without end)."""

    first: int
    last: int | None
    score: Score


@dataclass(frozen=True, slots=True)
class Past:
    """How right the forecasts of `days` were, as known at the end of `as_of`; the latest first."""

    as_of: date
    days: Sequence[ScoredDay]
    leads: Sequence[ScoredLead]
    all: Score
    bins: Sequence[Bin]


@dataclass(frozen=True)
class _Cases:
    """What was forecast on `made_on`, of what had not been reached then; beside it what happened."""

    made_on: Days
    half: Days
    most: Days
    planned: Days
    medians: Days
    chance: npt.NDArray[np.float32]
    happened: Days

    def __len__(self) -> int:
        return len(self.half)

    def some(self, rows: npt.NDArray[np.bool_]) -> "_Cases":
        return _Cases(**{name: getattr(self, name)[rows] for name in self.__dataclass_fields__})


def past(reader: User, narrowing: Narrowing, calendar: WorkCalendar) -> Past | None:
    """None where there is no forecast older than the newest. Two queries, and one for each forecast not yet read."""
    reckonings = kept()
    before = _monthly(reckonings[1:])
    if not before:
        return None
    newest = reckonings[0]
    projects = projects_in_sight(reader, narrowing)
    now = in_sight(outlooks_of(newest), projects)
    days = [(one.day, _cases(one.day, in_sight(outlooks_of(one), projects), now)) for one in before]
    ranks = _ranks(calendar, before[-1].day, newest.day)
    as_of = newest.day.toordinal()
    together = _together([cases for _, cases in days])
    return Past(
        newest.day,
        [ScoredDay(day, _score(cases, as_of, ranks)) for day, cases in days],
        list(_by_lead(together, as_of, ranks)),
        _score(together, as_of, ranks),
        calibration(together.chance, together.planned, together.happened, as_of),
    )


def _monthly(reckonings: Sequence[Reckoning]) -> list[Reckoning]:
    """The first of each month, the latest first."""
    first = {(one.day.year, one.day.month): one for one in reckonings}
    return list(first.values())[:MOST]


def _ranks(calendar: WorkCalendar, first: date, last: date) -> DayRanks:
    return _ranks_of(calendar, first.year, last.year)


@lru_cache(maxsize=2)
def _ranks_of(calendar: WorkCalendar, first: int, last: int) -> DayRanks:
    return DayRanks(calendar, date(first, 1, 1), date(last, 12, 31) + _FARTHEST)


def _cases(day: date, then: Outlooks, now: Outlooks) -> _Cases:
    """What was still to be reached on the day, and what happened.

    What had been reached by then is no forecast, nor is what had been and was entered later: of that nothing was to be
    foreseen. A project that is gone since leaves nothing to compare with.
    """
    order = np.argsort(_names(now), kind="stable")
    known = _names(now)[order]
    ahead = then.some(then.reached_on == UNKNOWN)
    found = np.searchsorted(known, _names(ahead))
    there = np.flatnonzero(found < len(known))
    there = there[known[found[there]] == _names(ahead)[there]] if len(known) else there
    happened = now.reached_on[order[found[there]]]
    to_come = (happened == UNKNOWN) | (happened > day.toordinal())
    some, happened = ahead.some(there[to_come]), happened[to_come]
    return _Cases(
        np.full(len(happened), day.toordinal(), dtype=np.int32), some.half_on, some.most_on, some.due_on,
        some.medians_on, some.chance, happened,
    )  # fmt: skip


def _names(outlooks: Outlooks) -> npt.NDArray[np.int64]:
    """A number for each project and key node."""
    return outlooks.project * len(KEYS) + outlooks.key


def _together(all_cases: Sequence[_Cases]) -> _Cases:
    names: Mapping[str, object] = _Cases.__dataclass_fields__
    return _Cases(**{name: np.concatenate([getattr(one, name) for one in all_cases]) for name in names})


def _by_lead(cases: _Cases, as_of: int, ranks: DayRanks) -> Iterator[ScoredLead]:
    ahead = ranks.count(cases.made_on, cases.half)
    for first, last in LEADS:
        rows = (ahead >= first) & (ahead <= (last or np.iinfo(np.int32).max))
        yield ScoredLead(first, last, _score(cases.some(rows), as_of, ranks))


def _score(cases: _Cases, as_of: int, ranks: DayRanks) -> Score:
    others = {"planned": cases.planned, "median": cases.medians}
    return score(cases.half, cases.most, others, cases.happened, as_of, ranks)
