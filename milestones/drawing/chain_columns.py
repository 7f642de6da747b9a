"""Which column and which row of its lane each node of a drawn chain gets."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from graphlib import TopologicalSorter
from itertools import count

from domain.schedule import downstream


@dataclass(frozen=True, slots=True)
class Edge:
    """`target` waits for `source`: hard or only recommended; of the edges of a `group` one is enough."""

    source: int
    target: int
    is_hard: bool = True
    group: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    column: int
    lane: str
    row: int


def needed(edges: Sequence[Edge], *, kept: Collection[tuple[int, int]] = ()) -> list[Edge]:
    """Without the edges that a longer way says already: they would only make the picture dense.

    A hard edge is only said by hard ones, one of a group by none; those named in `kept` stay.
    """
    hard = _said(edge for edge in edges if edge.is_hard and not edge.group)
    all_said = hard | _said(edge for edge in edges if not edge.group)
    return [
        edge for edge in edges
        if edge.group
        or (edge.source, edge.target) in kept
        or (edge.source, edge.target) not in (hard if edge.is_hard else all_said)
    ]  # fmt: skip


def _said(edges: Iterable[Edge]) -> set[tuple[int, int]]:
    """The pairs that are joined by a way over something else."""
    after: dict[int, set[int]] = defaultdict(set)
    for edge in edges:
        after[edge.source].add(edge.target)
    behind = downstream(after)
    return {(key, far) for key, near in after.items() for one in near for far in behind[one]}


def places(
    lanes: Mapping[int, str], edges: Sequence[Edge], begun: Collection[int]
) -> tuple[dict[int, Place], int]:
    """The place of each node of `lanes` (key → lane, in chain order), and the first column of what lies ahead.

    Each node stands right of all it waits for and left of all that wait for it, and what is `begun`, with all
    before it, left of the rest. Between the two it takes the first place of its lane that is free, so that a
    lane gets a second row only where a first cannot hold all.
    """
    order, before, after = _in_order(lanes, edges)
    passed = _with_all_before(begun, order, after)
    earliest: dict[int, int] = {}
    for key in order:
        if key in passed:
            earliest[key] = max((earliest[source] + 1 for source in before[key]), default=0)
    ahead = max(earliest.values(), default=-1) + 1
    for key in order:
        if key not in passed:
            earliest[key] = max((earliest[source] + 1 for source in before[key]), default=ahead)
            earliest[key] = max(earliest[key], ahead)
    last = max(earliest.values(), default=0)
    latest: dict[int, int] = {}
    for key in reversed(order):
        most = ahead - 1 if key in passed else last
        latest[key] = min((most, *(latest[target] - 1 for target in after[key])))
    return _free_places(lanes, before, earliest, latest), ahead


def _free_places(
    lanes: Mapping[int, str],
    before: "_Neighbours",
    earliest: Mapping[int, int],
    latest: Mapping[int, int],
) -> dict[int, Place]:
    """Those that must stand farthest left choose first; of several, the one with the least room."""
    taken: set[Place] = set()
    found: dict[int, Place] = {}
    for key in sorted(lanes, key=lambda key: (latest[key], latest[key] - earliest[key])):
        first = max((earliest[key], *(found[source].column + 1 for source in before[key])))
        room = (Place(column, lanes[key], row) for row in count() for column in range(first, latest[key] + 1))
        found[key] = next(place for place in room if place not in taken)
        taken.add(found[key])
    return found


_Neighbours = Mapping[int, list[int]]


def _in_order(lanes: Mapping[int, str], edges: Sequence[Edge]) -> tuple[list[int], _Neighbours, _Neighbours]:
    """The nodes so that each comes after all it waits for, what each waits for, and what waits for each."""
    before: dict[int, list[int]] = defaultdict(list)
    after: dict[int, list[int]] = defaultdict(list)
    for edge in edges:
        before[edge.target].append(edge.source)
        after[edge.source].append(edge.target)
    sorter = TopologicalSorter({key: before[key] for key in lanes})
    return list(sorter.static_order()), before, after


def _with_all_before(begun: Collection[int], order: Sequence[int], after: _Neighbours) -> set[int]:
    passed = set(begun)
    for key in reversed(order):
        if not passed.isdisjoint(after[key]):
            passed.add(key)
    return passed
