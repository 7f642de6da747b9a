"""The newest forecast as far as a reader sees it: rows of key nodes, and how many of them stand how."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property, lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt

from accounts.models import User
from domain.chains import Milestone
from domain.day_ranks import UNKNOWN
from projects.models import Project
from screen.forecast.outlooks import KEYS, Outlooks
from screen.forecast.words import Due, State
from screen.models import Reckoning
from screen.narrowing import Narrowing
from screen.reckoning.queries import latest, outlooks_of, projects_in_sight

LIKELY: Final = 0.5
"""From this chance on a date is likely to be kept."""

THIN: Final = 0.5
"""From this share on of steps to go of whose kind too few have ended, a date rests mostly on the plan."""

SOON: Final = timedelta(days=90)

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class KeyDate:
    """A key node of a project; `chance` is that of keeping `due_on` (0 … 1), None where it is reached or undated.

    Where it is reached all dates but `due_on` are `reached_on`. `is_thin`: the dates rest mostly on the plan.
    """

    project: int
    name: str
    town: str
    key: Milestone
    due_on: date | None
    half_on: date
    most_on: date
    reached_on: date | None
    chance: float | None
    is_thin: bool

    @property
    def is_likely_missed(self) -> bool:
        return self.chance is not None and self.chance < LIKELY


@dataclass(frozen=True)
class Standing:
    """What `reckoning` forecasts of the projects in sight."""

    reckoning: Reckoning
    outlooks: Outlooks

    @cached_property
    def _day(self) -> int:
        return self.reckoning.day.toordinal()

    @cached_property
    def _reached(self) -> Mask:
        return np.asarray(self.outlooks.reached_on != UNKNOWN)

    @cached_property
    def _dated(self) -> Mask:
        return np.asarray(self.outlooks.due_on != UNKNOWN)

    @cached_property
    def _states(self) -> dict[State, Mask]:
        due = self.outlooks.due_on
        running = self._dated & ~self._reached
        ahead = running & (due >= self._day)
        likely = np.nan_to_num(self.outlooks.chance) >= LIKELY
        return {
            State.MISS: ahead & ~likely,
            State.KEEP: (ahead & likely) | (self._dated & self._reached & (self.outlooks.reached_on <= due)),
            State.LATE: running & (due < self._day),
            State.ALL: np.ones(len(due), dtype=bool),
        }

    def mask(self, *, key: Milestone | None = None, due: Due = Due.ALL, state: State = State.ALL) -> Mask:
        """Which rows are of this key node, due then, and stand so."""
        rows = self._states[state] & self._dues[due]
        return rows if key is None else rows & self._keys[key]

    def count(self, *, key: Milestone | None = None, due: Due = Due.ALL, state: State = State.ALL) -> int:
        return int(self.mask(key=key, due=due, state=state).sum())

    @cached_property
    def _keys(self) -> dict[Milestone, Mask]:
        return {key: self.outlooks.key == number for number, key in enumerate(KEYS)}

    @cached_property
    def _dues(self) -> dict[Due, Mask]:
        on, year = self.outlooks.due_on, self.reckoning.day.year
        first, last = date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal()
        return {
            Due.SOON: (on >= self._day) & (on <= self._day + SOON.days),
            Due.YEAR: (on >= first) & (on <= last),
            Due.ALL: np.ones(len(on), dtype=bool),
        }

    def worst_first(self, rows: Mask) -> npt.NDArray[np.int64]:
        """The places of these rows: the smallest chance first, of equal ones what is due first; reached ones last."""
        places = np.flatnonzero(rows)
        some = self.outlooks.some(places)
        chance = np.where(np.isnan(some.chance), 2.0, some.chance)
        order = np.lexsort((some.key, some.project, some.due_on, np.round(chance, 2)))
        return np.asarray(places[order])

    def rows(self, places: npt.NDArray[np.int64]) -> list[KeyDate]:
        """These rows with the names of their projects. One query."""
        some = self.outlooks.some(places)
        wanted = {int(pk) for pk in some.project}
        names = {
            pk: (name, town)
            for pk, name, town in Project.objects.filter(pk__in=wanted).values_list(
                "pk", "name", "town__name"
            )
        }
        return [
            _row(some, number, *names[pk]) for number, pk in enumerate(some.project.tolist()) if pk in names
        ]


def standing(reader: User, narrowing: Narrowing) -> Standing | None:
    """None before anything has been reckoned. One query where all is in sight and nothing narrowed, else two."""
    reckoning = latest()
    if reckoning is None:
        return None
    projects = projects_in_sight(reader, narrowing)
    if projects is None:
        return _of_all(reckoning, reckoning.made_at.isoformat())
    return Standing(reckoning, in_sight(outlooks_of(reckoning), projects))


@lru_cache(maxsize=2)
def _of_all(reckoning: Reckoning, made_at: str) -> Standing:  # noqa: ARG001 - made anew on the same day it is another
    """Its states are made out once in a process."""
    return Standing(reckoning, outlooks_of(reckoning))


def in_sight(outlooks: Outlooks, projects: npt.NDArray[np.int64] | None) -> Outlooks:
    """The rows of these projects."""
    return outlooks if projects is None else outlooks.some(np.isin(outlooks.project, projects))


def of_project(reckoning: Reckoning, project: Project) -> list[KeyDate]:
    """The key nodes of one project, in the order in which they come."""
    return dates_of(outlooks_of(reckoning), project)


def dates_of(outlooks: Outlooks, project: Project) -> list[KeyDate]:
    """The rows of one project; what of it is not forecast is absent."""
    some = outlooks.some(np.flatnonzero(outlooks.project == project.pk))
    order: Sequence[int] = np.argsort(some.key, kind="stable").tolist()
    return [_row(some, number, project.name, project.town.name) for number in order]


def _row(some: Outlooks, number: int, name: str, town: str) -> KeyDate:
    chance = float(some.chance[number])
    return KeyDate(
        project=int(some.project[number]), name=name, town=town, key=KEYS[int(some.key[number])],
        due_on=_date(some.due_on[number]), half_on=date.fromordinal(int(some.half_on[number])),
        most_on=date.fromordinal(int(some.most_on[number])), reached_on=_date(some.reached_on[number]),
        chance=None if np.isnan(chance) else chance, is_thin=bool(some.thin[number] >= THIN),
    )  # fmt: skip


def _date(ordinal: int) -> date | None:
    return date.fromordinal(int(ordinal)) if ordinal != UNKNOWN else None
