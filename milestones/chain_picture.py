"""A project's chain drawn from left to right: a lane for each line of work, a place for each node.

Only where things are drawn is decided here, in pixels of the picture; the template draws them.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from graphlib import TopologicalSorter
from itertools import count
from typing import Protocol

from domain.lifecycle import CLOSED, Status
from domain.lights import Light

LEFT, STEP, ROW, TOP = 128, 106, 72, 32
_BEND, _REACH, _BOW = 54, 15, 24
_LINE_OF_HAN, _LINE_OF_LATIN, _LINES = 7, 15, 2
_OPENING, _CLOSING = "（(“", "）)”、，/"


class Row(Protocol):
    """What a picture asks of a node: of a project's, or of a template's."""

    @property
    def pk(self) -> int: ...
    @property
    def label(self) -> str: ...
    @property
    def status(self) -> Status: ...
    @property
    def light(self) -> Light: ...
    @property
    def started_on(self) -> date | None: ...
    @property
    def blocked_by(self) -> Sequence[object]: ...
    @property
    def days_late(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Step:
    """A node to draw; `lane` is the code of its line of work."""

    key: int
    lane: str
    row: Row


@dataclass(frozen=True, slots=True)
class Edge:
    source: int
    target: int
    is_hard: bool


@dataclass(frozen=True, slots=True)
class Lane:
    label: str
    top: int
    height: int
    is_shaded: bool

    @property
    def text_y(self) -> int:
        return self.top + TOP + 5


@dataclass(frozen=True, slots=True)
class Mark:
    """A node in its place; `lines` is its name, `note` what stands above it."""

    x: int
    y: int
    row: Row
    lines: tuple[str, ...]
    note: str


@dataclass(frozen=True, slots=True)
class Line:
    """An edge as the path of an SVG; `kind` is done, late, open or soft."""

    path: str
    kind: str


@dataclass(frozen=True, slots=True)
class ChainPicture:
    width: int
    height: int
    lanes: tuple[Lane, ...]
    lines: tuple[Line, ...]
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class _Place:
    column: int
    lane: str
    row: int


def chain_picture(steps: Sequence[Step], edges: Iterable[Edge], lanes: Mapping[str, str]) -> ChainPicture:
    """Draw `steps` (in chain order); `lanes` names the lines of work in the order they are drawn."""
    keys = {step.key for step in steps}
    edges = _needed([edge for edge in edges if edge.source in keys and edge.target in keys])
    places = _places(steps, edges)
    tops, drawn_lanes, height = _lanes(places, lanes)
    at = {
        key: (LEFT + place.column * STEP, tops[place.lane] + TOP + place.row * ROW)
        for key, place in places.items()
    }
    rows = {step.key: step.row for step in steps}
    taken = set(at.values())
    return ChainPicture(
        width=LEFT + max((place.column for place in places.values()), default=0) * STEP + 84,
        height=height,
        lanes=drawn_lanes,
        lines=tuple(
            Line(_path(at[edge.source], at[edge.target], taken), _kind(edge, rows))
            for edge in sorted(edges, key=lambda edge: _ORDER.index(_kind(edge, rows)))
        ),
        marks=tuple(_mark(step.row, *at[step.key]) for step in steps),
    )


def _needed(edges: list[Edge]) -> list[Edge]:
    """Without the edges that a longer way says already: they would only make the picture dense."""
    after: dict[int, set[int]] = defaultdict(set)
    for edge in edges:
        after[edge.source].add(edge.target)
    reached: dict[int, set[int]] = {}

    def reach(key: int) -> set[int]:
        if key not in reached:
            reached[key] = set()
            for target in after[key]:
                reached[key] |= {target, *reach(target)}
        return reached[key]

    return [
        edge for edge in edges
        if not any(edge.target in reach(other) for other in after[edge.source] - {edge.target})
    ]  # fmt: skip


def _places(steps: Sequence[Step], edges: list[Edge]) -> dict[int, _Place]:
    """Each node right of all it waits for and left of all that wait for it.

    Between the two it takes the first place of its lane that is free, so that a lane gets a second row only
    where a first cannot hold all.
    """
    lane = {step.key: step.lane for step in steps}
    order, before, after = _in_order(steps, edges)
    earliest: dict[int, int] = {}
    for key in order:
        earliest[key] = max((earliest[source] + 1 for source in before[key]), default=0)
    last = max(earliest.values(), default=0)
    latest: dict[int, int] = {}
    for key in reversed(order):
        latest[key] = min((latest[target] - 1 for target in after[key]), default=last)
    taken: set[tuple[str, int, int]] = set()
    places: dict[int, _Place] = {}
    for key in order:
        first = max((places[source].column + 1 for source in before[key]), default=0)
        room = ((lane[key], row, column) for row in count() for column in range(first, latest[key] + 1))
        _, row, column = found = next(place for place in room if place not in taken)
        taken.add(found)
        places[key] = _Place(column, lane[key], row)
    return places


_Neighbours = Mapping[int, list[int]]


def _in_order(steps: Sequence[Step], edges: list[Edge]) -> tuple[list[int], _Neighbours, _Neighbours]:
    """The nodes so that each comes after all it waits for, what each waits for, and what waits for each."""
    before: dict[int, list[int]] = defaultdict(list)
    after: dict[int, list[int]] = defaultdict(list)
    for edge in edges:
        before[edge.target].append(edge.source)
        after[edge.source].append(edge.target)
    sorter = TopologicalSorter({step.key: before[step.key] for step in steps})
    return list(sorter.static_order()), before, after


def _lanes(
    places: dict[int, _Place], labels: Mapping[str, str]
) -> tuple[dict[str, int], tuple[Lane, ...], int]:
    rows: dict[str, int] = {}
    for place in places.values():
        rows[place.lane] = max(rows.get(place.lane, 0), place.row + 1)
    order = [code for code in labels if code in rows] + [code for code in rows if code not in labels]
    tops, lanes, top = {}, [], 0
    for number, code in enumerate(order):
        height = rows[code] * ROW + 8
        tops[code] = top
        lanes.append(Lane(labels.get(code, code), top, height, number % 2 == 0))
        top += height
    return tops, tuple(lanes), top


def _path(start: tuple[int, int], end: tuple[int, int], taken: set[tuple[int, int]]) -> str:
    (x1, y1), (x2, y2) = start, end
    if y1 != y2:
        bend = x2 - _BEND
        return f"M{x1} {y1}H{bend}C{bend + 26} {y1} {bend + 6} {y2} {x2 - _REACH} {y2}H{x2}"
    if any((x, y1) in taken for x in range(x1 + STEP, x2, STEP)):
        return f"M{x1} {y1}C{x1 + 30} {y1 - _BOW} {x1 + 40} {y1 - _BOW} {x1 + _BEND} {y1 - _BOW}H{x2 - _BEND}C{x2 - 40} {y1 - _BOW} {x2 - 30} {y1 - _BOW} {x2} {y2}"  # noqa: E501
    return f"M{x1} {y1}H{x2}"


_ORDER = ("soft", "open", "done", "late")


def _kind(edge: Edge, rows: dict[int, Row]) -> str:
    source, target = rows[edge.source], rows[edge.target]
    if source.status in CLOSED:
        return "done" if target.status in CLOSED or target.started_on else "open"
    if source.light == Light.RED and edge.is_hard and not source.blocked_by:
        return "late"
    return "open" if edge.is_hard else "soft"


def _mark(row: Row, x: int, y: int) -> Mark:
    note = f"+{row.days_late}" if row.days_late else ""
    return Mark(x, y, row, tuple(_broken(row.label)), note)


def _broken(text: str) -> Iterator[str]:
    """The name in up to two short lines; what does not fit is said by the title of the mark."""
    long = _LINE_OF_HAN if any(sign > "\u2e7f" for sign in text) else _LINE_OF_LATIN
    for number in range(_LINES):
        if len(text) <= long:
            yield text
            return
        space = text.rfind(" ", 0, long + 1)
        cut = space if space > 0 else _cut(text, long)
        line, text = text[:cut], text[cut:].strip()
        yield line + "…" if number == _LINES - 1 and text else line


def _cut(text: str, long: int) -> int:
    """Where a line of at most `long` signs ends: before a bracket that fits the next, never before a mark."""
    bracket = max(text.rfind(sign, 1, long + 1) for sign in _OPENING)
    if bracket > 0 and len(text) - bracket <= long:
        return bracket
    if text[long] in _CLOSING:
        long -= 1
    return long - 1 if text[long - 1] in _OPENING else long
