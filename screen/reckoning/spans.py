"""How long each node took, or has taken so far: a row for each, in columns."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from domain.chain_matrix import ABSENT, DONE, OPEN, WAITING, WAIVED, handed_on
from domain.chains import ClockOwner
from domain.day_ranks import UNKNOWN
from issues.models import Block
from projects.models import Project
from screen.reckoning.facts import Batch, Facts

CLOCKS = tuple(ClockOwner)
"""What the numbers in `clock` stand for."""

NOT_KNOWN = -1

_COLUMNS: dict[str, Any] = {
    "node": np.int64, "project": np.int64, "ended": np.bool_,
    **dict.fromkeys(
        (
            "kind", "unit", "town", "department", "sector", "clock", "status", "ready_on", "began_on", "end_on",
            "took", "idle", "held", "plan", "limit", "due_on", "handed",
        ),
        np.int32,
    ),
}  # fmt: skip
"""What is read of each node, and how wide it is."""

Numbers = npt.NDArray[np.int32]
Ids = npt.NDArray[np.int64]
Words = npt.NDArray[np.str_]


@dataclass(frozen=True)
class Spans:
    """A row for each node that is neither absent nor waived; days are ordinals, durations working days.

    `took` is the time since it was begun, up to its end or to `today`, days on hold (`held`) taken out; `idle` the time
    before that in which it could have been begun. Both are NOT_KNOWN where a day is missing, and `took` also where it
    has not begun. What has not `ended` has taken at least so much. `plan` and `limit` are those of the template and of
    the node, the limit NOT_KNOWN where there is none. `handed` is by how much it pushed back what waits for it
    (``domain.chain_matrix.handed_on``); those are the working days up to its end.

    `kind` and `sector` are places in `kinds` (``template/node``) and `sectors`, `clock` one in CLOCKS. `blocked` and
    `by_category` are pairs: the row of a node that an issue blocks or blocked, and the place of the issue's category
    in `categories` (codes).
    """

    node: Ids
    project: Ids
    kind: Numbers
    unit: Numbers
    town: Numbers
    department: Numbers
    sector: Numbers
    clock: Numbers
    status: Numbers
    ready_on: Numbers
    began_on: Numbers
    end_on: Numbers
    ended: npt.NDArray[np.bool_]
    took: Numbers
    idle: Numbers
    held: Numbers
    plan: Numbers
    limit: Numbers
    due_on: Numbers
    handed: Numbers
    blocked: Numbers
    by_category: Numbers
    kinds: Words
    sectors: Words
    categories: Words

    def __len__(self) -> int:
        return len(self.node)

    @property
    def lead(self) -> Numbers:
        """Working days since a node could be begun, idle ones included; NOT_KNOWN where it could not yet."""
        since_begun = np.where(self.took == NOT_KNOWN, NOT_KNOWN, self.took + np.maximum(self.idle, 0))
        return np.where(self.began_on == UNKNOWN, self.idle, since_begun).astype(np.int32)


@dataclass
class _Words:
    """Words by the order in which they come."""

    places: dict[str, int] = field(default_factory=dict)

    def place(self, word: str) -> int:
        return self.places.setdefault(word, len(self.places))

    @property
    def all(self) -> Words:
        return np.array(list(self.places), dtype=np.str_)


def spans_of(facts: Facts) -> Spans:
    """The spans of all nodes."""
    kinds, sectors = _Words(), _Words()
    projects = {
        pk: (town, department or 0, sectors.place(sector))
        for pk, town, department, sector in Project.objects.values_list(
            "pk", "town_id", "department_id", "sector"
        )
    }
    parts = [_of_batch(facts, batch, kinds, projects) for batch in facts.batches]
    columns: dict[str, Any] = {
        name: np.concatenate([np.zeros(0, dtype=dtype), *(part[name] for part in parts)])
        for name, dtype in _COLUMNS.items()
    }
    blocked, by_category, categories = _blocks(facts, columns["node"])
    return Spans(
        **columns, blocked=blocked, by_category=by_category,
        kinds=kinds.all, sectors=sectors.all, categories=categories,
    )  # fmt: skip


def _of_batch(
    facts: Facts, batch: Batch, kinds: _Words, projects: dict[int, tuple[int, int, int]]
) -> dict[str, npt.NDArray[Any]]:
    matrix, ranks, today = batch.matrix, facts.ranks, facts.today.toordinal()
    ready = matrix.ready_on()
    began = matrix.began_on(ready)
    ended = (matrix.status == DONE) & (matrix.closed_on != UNKNOWN)
    end = np.where(ended, matrix.closed_on, today).astype(np.int32)
    could = (ready < OPEN) & (ready <= end)
    begun = (began != UNKNOWN) & (matrix.status != WAITING)
    took = np.where(begun, np.maximum(ranks.count(began, end) - matrix.held, 0), NOT_KNOWN)
    idle = np.where(could, np.maximum(ranks.count(ready, np.where(begun, began, end)), 0), NOT_KNOWN)
    rows = np.nonzero((matrix.status != ABSENT) & (matrix.status != WAIVED))
    kind = [kinds.place(f"{step.template.code}/{step.code}") for step in batch.steps]
    clock = [CLOCKS.index(ClockOwner(step.clock)) for step in batch.steps]
    of_project = np.array([projects[int(pk)] for pk in batch.projects], dtype=np.int32).reshape(-1, 3)

    columns = {
        "node": batch.nodes[rows],
        "project": batch.projects[rows[0]],
        "kind": np.array(kind)[rows[1]],
        "unit": batch.units[rows],
        "town": of_project[rows[0], 0],
        "department": of_project[rows[0], 1],
        "sector": of_project[rows[0], 2],
        "clock": np.array(clock)[rows[1]],
        "status": matrix.status[rows],
        "ready_on": np.where(ready < OPEN, ready, UNKNOWN)[rows],
        "began_on": np.where(begun, began, UNKNOWN)[rows],
        "end_on": end[rows],
        "ended": ended[rows],
        "took": took[rows],
        "idle": idle[rows],
        "held": matrix.held[rows],
        "plan": matrix.plan[rows],
        "limit": np.where(matrix.limit >= 0, matrix.limit, NOT_KNOWN)[rows],
        "due_on": matrix.due_on[rows],
        "handed": handed_on(matrix, ready, today, ranks)[rows],
    }
    return {name: columns[name].astype(dtype) for name, dtype in _COLUMNS.items()}


def _blocks(facts: Facts, nodes: Ids) -> tuple[Numbers, Numbers, Words]:
    """The rows of nodes that issues block or blocked, each with the category; an issue of later is not known."""
    categories = _Words()
    order = np.argsort(nodes)
    rows, places = list[int](), list[int]()
    blocks = Block.objects.filter(issue__raised_on__lte=facts.today).order_by(
        "issue__category__position", "pk"
    )
    known = list(blocks.values_list("node_id", "issue__category__code"))
    found = np.searchsorted(nodes[order], np.array([node for node, _ in known], dtype=np.int64))
    for (node, category), place in zip(known, found, strict=True):
        if place < len(nodes) and nodes[order[place]] == node:
            rows.append(int(order[place]))
            places.append(categories.place(category))
    return np.array(rows, dtype=np.int32), np.array(places, dtype=np.int32), categories.all
