"""All chains of one template as matrices: a row for a project, a column for a step.

The rules are those of ``milestones.graph`` (what a step waits for, since when it could begin), for ten thousand
projects at once; a test holds the two together. Days are ordinals, durations working days.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from domain.day_ranks import UNKNOWN, DayRanks, Days
from domain.lifecycle import Status

ABSENT: Final = 0
"""The project does not have the step."""

CODES: Final = {status: code for code, status in enumerate(Status, start=1)}
"""What stands for a status in a matrix."""

WAITING, RUNNING, HELD, DONE, WAIVED = (
    CODES[status] for status in (Status.WAITING, Status.RUNNING, Status.HELD, Status.DONE, Status.WAIVED)
)

OPEN: Final = np.int32(2**30)
"""Stands for the day of what has not happened; later than every date."""

Codes: TypeAlias = npt.NDArray[np.int8]
Mask: TypeAlias = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class StepGraph:
    """What each step waits for, as numbers of columns; `order` puts every step behind what it waits for."""

    hard: Sequence[Sequence[int]]
    groups: Sequence[Sequence[Sequence[int]]]
    soft: Sequence[Sequence[int]]
    order: Sequence[int]

    def before(self, step: int) -> set[int]:
        """All that `step` waits for itself, hard or soft, the members of any-of groups included."""
        members = (member for group in self.groups[step] for member in group)
        return {*self.hard[step], *self.soft[step], *members}


@dataclass(frozen=True)
class ChainMatrix:
    """The state of the chains on one day.

    `starts_on` is one day for each project, the others one entry for each project and step: `status` by CODES;
    `started_on`, `closed_on` (done or waived) and `due_on` are UNKNOWN where there is no such day; `plan` and `limit`
    are working days, the limit -1 where there is none; `held` the working days it was on hold since it began.
    """

    graph: StepGraph
    starts_on: Days
    status: Codes
    started_on: Days
    closed_on: Days
    due_on: Days
    plan: Days
    limit: Days
    held: Days

    def part(self, rows: slice | npt.NDArray[np.int64]) -> "ChainMatrix":
        """The same of some of the projects: a slice of them, or their places."""
        return replace(
            self, starts_on=self.starts_on[rows], status=self.status[rows], started_on=self.started_on[rows],
            closed_on=self.closed_on[rows], due_on=self.due_on[rows], plan=self.plan[rows],
            limit=self.limit[rows], held=self.held[rows],
        )  # fmt: skip

    @property
    def is_open(self) -> Mask:
        return np.isin(self.status, (WAITING, RUNNING, HELD))

    def closings(self) -> Days:
        """The day each step was closed; OPEN where it is not, UNKNOWN where it is absent or nobody knows."""
        return np.where(self.is_open, OPEN, self.closed_on)

    def ready_on(self) -> Days:
        """The day since when nothing before a step is open; OPEN where something is (``ChainGraph.ready_on``)."""
        closings = self.closings()
        ready = np.repeat(self.starts_on[:, None], self.status.shape[1], axis=1)
        for step in self.graph.order:
            for earlier in (*self.graph.hard[step], *self.graph.soft[step]):
                np.maximum(ready[:, step], closings[:, earlier], out=ready[:, step])
            for group in self.graph.groups[step]:
                np.maximum(ready[:, step], self._group_closed_on(closings, group), out=ready[:, step])
        return ready

    def _group_closed_on(self, closings: Days, group: Sequence[int]) -> Days:
        """The first member done counts; where none is, the last of them closed."""
        columns = list(group)
        done = np.where(self.status[:, columns] == DONE, closings[:, columns], OPEN).min(axis=1)
        closed: Days = np.where(done < OPEN, done, closings[:, columns].max(axis=1))
        return closed

    def began_on(self, ready: Days) -> Days:
        """The day a step was begun; of a finished one that nobody started, the day it could; else UNKNOWN."""
        unstarted = (self.started_on == UNKNOWN) & (self.status == DONE) & (ready < OPEN)
        begun: Days = np.where(unstarted, np.minimum(ready, self.closed_on), self.started_on)
        return begun


def handed_on(matrix: ChainMatrix, ready: Days, today: int, ranks: DayRanks) -> Days:
    """The working days by which each step has pushed back what waits for it, by its own fault, up to `today`.

    By its own fault is what it took beyond its limit (the plan, where there is no limit) since it could begin, days
    on hold taken out: what it inherited from steps before it is theirs. It has pushed a step back where of all that
    this one waits for it was the last to be closed, by the days that lie between the latest start that keeps the due
    date of that step and the day it was closed, or today. Of several steps behind it the one pushed back farthest
    counts, once.

    Source: design.md section 3, "Cause and knock-on": the cause answers for the delay.
    """
    steps = matrix.status.shape[1]
    closed = matrix.status == DONE
    own_turn = (ready < OPEN) & (matrix.is_open | closed)
    end = np.where(closed, np.minimum(matrix.closed_on, today), np.int32(today))
    allowed = np.where(matrix.limit >= 0, matrix.limit, matrix.plan)
    overrun = ranks.count(np.where(own_turn, ready, end), end) - matrix.held - allowed
    own = np.where(own_turn, np.maximum(overrun, 0), 0)
    end_rank = ranks.rank(end)
    latest_start = ranks.rank(matrix.due_on) - matrix.plan
    closings = np.minimum(matrix.closings(), np.int32(today))
    handed = np.zeros_like(own)
    for target in range(steps):
        before = sorted(matrix.graph.before(target))
        if not before:
            continue
        waits = (matrix.status[:, target] != ABSENT) & (matrix.status[:, target] != WAIVED)
        waits &= matrix.due_on[:, target] != UNKNOWN
        last = closings[:, before].max(axis=1)
        for source in before:
            binding = waits & (own[:, source] > 0) & (end[:, source] >= last)
            pushed = np.minimum(own[:, source], end_rank[:, source] - latest_start[:, target])
            np.maximum(handed[:, source], np.where(binding, pushed, 0), out=handed[:, source])
    return np.asarray(handed, dtype=np.int32)
