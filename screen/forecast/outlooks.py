"""The dates by which projects will have started piling, completed, and produce: forecasts of one day, in columns."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from domain.chain_matrix import DONE
from domain.chains import Milestone
from domain.day_ranks import UNKNOWN
from domain.forecast import Wait, Work, by_medians, simulate
from domain.pace import Basis, Paces
from screen.forecast.histories import Histories, read_histories
from screen.reckoning.facts import Batch, Facts
from screen.reckoning.spans import Spans

KEYS: Final = (Milestone.STARTED, Milestone.COMPLETED, Milestone.PRODUCING)
"""What is forecast of each project; `key` in the columns is a place in it."""

DRAWS: Final = 1000
SEED: Final = 20220915
"""Of the random order of the draws; the same facts always give the same forecast."""

Days = npt.NDArray[np.int32]
Shares = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Outlooks:
    """A row for each project and key node that it has; days are ordinals.

    ``half_on`` and `most_on` are the days by which 50 and 80 of 100 draws have got there, `chance` the share that does
    by `due_on` (NaN without one). `medians_on` is the naive forecast, each step the median of its kind. Where it had
    been reached all of them are `reached_on`; else that is UNKNOWN. `thin` is the share of the steps still to go whose
    pace is not that of their kind, because too few of it have ended.
    """

    project: npt.NDArray[np.int64]
    key: Days
    due_on: Days
    half_on: Days
    most_on: Days
    medians_on: Days
    reached_on: Days
    chance: Shares
    thin: Shares

    def __len__(self) -> int:
        return len(self.project)

    def some(self, rows: npt.NDArray[Any]) -> "Outlooks":
        """These of the rows: a mask or places."""
        return Outlooks(**{name: getattr(self, name)[rows] for name in _COLUMNS})


def outlooks_of(facts: Facts, spans: Spans, *, draws: int = DRAWS) -> Outlooks:
    """The forecasts of all projects in `facts`, with what the steps in `spans` have taken."""
    return forecast(facts, read_histories(facts, spans), draws=draws)


def forecast(
    facts: Facts, histories: Histories, *, draws: int = DRAWS, solved: Mapping[int, float] | None = None
) -> Outlooks:
    """The forecasts of all projects in `facts`.

    `solved` are working days from today in which an issue is to be solved, by its primary key.
    """
    parts = [
        part for batch in facts.batches for part in _of_batch(facts, batch, histories, draws, solved or {})
    ]
    return Outlooks(
        **{
            name: np.concatenate([np.zeros(0, dtype=dtype), *(part[name] for part in parts)]).astype(dtype)
            for name, dtype in _COLUMNS.items()
        }
    )


_COLUMNS: dict[str, Any] = {
    "project": np.int64,
    **dict.fromkeys(("key", "due_on", "half_on", "most_on", "medians_on", "reached_on"), np.int32),
    **dict.fromkeys(("chance", "thin"), np.float32),
}


def _of_batch(
    facts: Facts, batch: Batch, histories: Histories, draws: int, solved: Mapping[int, float]
) -> Iterator[dict[str, npt.NDArray[Any]]]:
    matrix = batch.matrix
    steps = {key: step for key, mark in enumerate(KEYS) if (step := _step_of(batch, mark)) is not None}
    work, thin = _work(facts, batch, histories, solved, list(steps.values()))
    outlooks = simulate(work, list(steps.values()), draws=draws, seed=SEED)
    medians = by_medians(work, list(steps.values()))
    today = facts.ranks.rank(facts.today.toordinal())
    for key, step in steps.items():
        reached = np.where(matrix.status[:, step] == DONE, matrix.closed_on[:, step], UNKNOWN)

        def day(working_days: npt.NDArray[np.float64], there: Days = reached) -> npt.NDArray[Any]:
            later = facts.ranks.of_rank(today + np.ceil(np.nan_to_num(working_days)).astype(np.int64))
            return np.where(np.isnan(working_days), there, later)

        outlook = outlooks[step]
        # What was waived, or is not in the chain of the project, will not be reached.
        kept = (reached != UNKNOWN) | ~np.isnan(outlook.half)
        columns = {
            "project": batch.projects, "key": np.full(len(batch.projects), key),
            "due_on": matrix.due_on[:, step], "reached_on": reached,
            "half_on": day(outlook.half), "most_on": day(outlook.most), "medians_on": day(medians[step]),
            "chance": outlook.chance, "thin": thin[step],
        }  # fmt: skip
        yield {name: column[kept] for name, column in columns.items()}


def _step_of(batch: Batch, mark: Milestone) -> int | None:
    """The column of the milestone; of several the one that comes last."""
    return next(
        (step for step in reversed(batch.matrix.graph.order) if batch.steps[step].milestone == mark), None
    )


def _work(
    facts: Facts, batch: Batch, histories: Histories, solved: Mapping[int, float], steps: Sequence[int]
) -> tuple[Work, Mapping[int, Shares]]:
    """What is simulated for this batch; and for each of `steps` the share of the way to it that is `thin`."""
    matrix, paces = batch.matrix, histories.paces
    cells = np.zeros(matrix.status.shape, dtype=np.int32)
    towns = np.array([histories.towns.get(int(pk), 0) for pk in batch.projects], dtype=np.int64)
    different, place = np.unique(towns, return_inverse=True)
    for column, step in enumerate(batch.steps):
        kind = histories.kinds.get(f"{step.template.code}/{step.code}", -1)
        cells[:, column] = np.array([paces.of(int(town), kind) for town in different], dtype=np.int32)[place]
    ready = matrix.ready_on()
    began = matrix.began_on(ready)
    since = np.where(began != UNKNOWN, np.minimum(began, ready), ready)
    today = facts.today.toordinal()
    taken = np.where(since <= today, facts.ranks.count(np.minimum(since, today), today) - matrix.held, 0)
    work = Work(
        matrix, paces.paces, cells, np.maximum(taken, 0).astype(np.int32),
        waits=list(_waits(batch.nodes, histories, solved)),
        due_in=facts.ranks.count(today, matrix.due_on),
        not_before=np.maximum(facts.ranks.count(today, matrix.starts_on), 0),
        likeness=histories.likeness,
    )  # fmt: skip
    return work, _thin(work, paces, steps)


def _waits(nodes: npt.NDArray[np.int64], histories: Histories, solved: Mapping[int, float]) -> Iterator[Wait]:
    """A hold that was begun because of an issue, or that one of them blocks besides, ends with that issue."""
    waiting = np.array([*histories.held_for, *histories.obstacles], dtype=np.int64)
    for row, step in zip(*map(np.ndarray.tolist, np.nonzero(np.isin(nodes, waiting))), strict=True):
        node = int(nodes[row, step])
        obstacles = histories.obstacles.get(node, ())
        for obstacle in obstacles:
            yield Wait(row, step, obstacle.pace, obstacle.days, solved.get(obstacle.issue))
        if not obstacles:
            yield Wait(row, step, histories.hold, histories.held_for[node])


def _thin(work: Work, paces: Paces, steps: Sequence[int]) -> Mapping[int, Shares]:
    graph = work.matrix.graph
    is_thin = np.array([basis >= Basis.ALL for basis in paces.bases])[work.cells]
    is_open = work.matrix.is_open
    way: dict[int, set[int]] = {}
    for step in graph.order:
        way[step] = {step}.union(*(way[earlier] for earlier in graph.before(step)))
    shares = {}
    for step in steps:
        columns = sorted(way[step])
        still = is_open[:, columns].sum(axis=1)
        thin = (is_open[:, columns] & is_thin[:, columns]).sum(axis=1)
        shares[step] = (thin / np.maximum(still, 1)).astype(np.float32)
    return shares
