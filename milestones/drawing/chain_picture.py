"""A chain as the plan of an underground railway: a track for each line of work, a station for each node.

Only where things are drawn is decided here, in pixels of the picture; ``templatetags.chain_map`` writes them
down. Left of the line of today stands what is closed or under way, right of it what lies ahead.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from domain.lights import Light
from milestones.drawing.chain_columns import Edge, Place, needed, places
from milestones.drawing.lettering import fitted

ROOM = 1212
"""What a laptop's page of 1280 px has inside a card; a picture is never narrower."""
WIDEST = 110.0
LEFT, RIGHT, TOP = 96, 46, 22
"""Beside the tracks stand their names; above them the day of today."""
_OVER, _NOTE, _UNDER, _LINE, _BELOW = 22, 8, 22, 14, 8
"""Above a station, more with a note; below it its name: first line, further lines, what is free after the last."""
_MOST_LINES, _LANE_ROOM = 3, 82
_BEND, _SPREAD, _BOW = 15, 5, 19


@dataclass(frozen=True, slots=True, kw_only=True)
class Station:
    """A node to draw; `lane` is the code of its line of work.

    `href` opens it, blank where nothing does. `title` says it all in words, `note` stands above it ("+12").
    """

    key: int
    lane: str
    label: str
    light: Light
    href: str = ""
    title: str = ""
    note: str = ""
    is_begun: bool = False
    is_idle: bool = False
    is_late: bool = False
    blocked_by_issue: str = ""


@dataclass(frozen=True, slots=True)
class Track:
    """The band of a line of work; `lines` is its name."""

    lines: tuple[str, ...]
    text_y: int
    top: int
    height: int
    is_shaded: bool


@dataclass(frozen=True, slots=True)
class Mark:
    """A station in its place; `lines` is its name."""

    x: int
    y: int
    station: Station
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """An edge as the path of an SVG; `kind` is soft, open, done, late or critical."""

    path: str
    kind: str


@dataclass(frozen=True, slots=True)
class ChainPicture:
    """`any_of`: where it is written that one of several is enough. `today_x`: None before and after the work."""

    width: int
    height: int
    tracks: tuple[Track, ...]
    lines: tuple[Line, ...]
    marks: tuple[Mark, ...]
    any_of: tuple[tuple[int, int], ...]
    today_x: int | None


def chain_picture(
    stations: Sequence[Station], edges: Iterable[Edge], lanes: Mapping[str, str],
    *, critical: Sequence[int] = (), narrowest: float = 62.0,
) -> ChainPicture:  # fmt: skip
    """Draw `stations`, given in chain order; `lanes` names the lines of work in the order they are drawn.

    `critical` are the keys along the critical path. Columns are as wide as there is room, but `narrowest` at
    least.
    """
    by_key = {station.key: station for station in stations}
    steps = {*pairwise(critical)}
    edges = needed([edge for edge in edges if edge.source in by_key and edge.target in by_key], kept=steps)
    placed, begun = places(
        {station.key: station.lane for station in stations},
        edges,
        {station.key for station in stations if station.is_begun},
    )
    grid = _Grid.of(by_key, placed, lanes, narrowest)
    kinds = {edge: _kind(edge, by_key, steps) for edge in edges}
    routes = _Routes(grid, edges)
    return ChainPicture(
        width=grid.width,
        height=grid.height,
        tracks=grid.tracks,
        lines=tuple(
            Line(routes.path(edge), kinds[edge])
            for edge in sorted(edges, key=lambda edge: _ORDER.index(kinds[edge]))
        ),
        marks=tuple(
            Mark(*grid.at[key], by_key[key], grid.names[key])
            for key in sorted(placed, key=lambda key: grid.at[key])
        ),
        any_of=tuple(sorted({grid.at[edge.target] for edge in edges if edge.group})),
        today_x=grid.beside(begun) if 0 < begun <= grid.last else None,
    )


@dataclass(frozen=True, slots=True)
class _Grid:
    """Where columns and rows lie."""

    placed: Mapping[int, Place]
    step: float
    last: int
    height: int
    tracks: tuple[Track, ...]
    names: Mapping[int, tuple[str, ...]]
    at: Mapping[int, tuple[int, int]]
    rows: Mapping[tuple[str, int], frozenset[int]]
    """The columns that are taken in each row of each lane."""

    @classmethod
    def of(
        cls,
        stations: Mapping[int, Station],
        placed: Mapping[int, Place],
        lanes: Mapping[str, str],
        narrowest: float,
    ) -> "_Grid":
        last = max((place.column for place in placed.values()), default=0)
        step = min(max((ROOM - LEFT - RIGHT) / max(last, 1), narrowest), WIDEST)
        rows: dict[tuple[str, int], set[int]] = defaultdict(set)
        for place in placed.values():
            rows[place.lane, place.row].add(place.column)
        names = {
            key: tuple(fitted(stations[key].label, _room(place, rows, step), _MOST_LINES))
            for key, place in placed.items()
        }
        levels, tracks, height = _tracks(placed, stations, names, lanes)
        at = {key: (_x(place.column, step), levels[place.lane, place.row]) for key, place in placed.items()}
        taken = {row: frozenset(columns) for row, columns in rows.items()}
        return cls(placed, step, last, height, tracks, names, at, taken)

    @property
    def width(self) -> int:
        return max(ROOM, _x(self.last, self.step) + RIGHT)

    def before(self, column: int) -> int:
        """The middle of the gap on the left of `column`."""
        return round(LEFT + (column - 0.5) * self.step)

    def beside(self, column: int) -> int:
        """Close on the left of the stations of `column`, where no edge turns."""
        return round(LEFT + (column - 0.3) * self.step)

    def in_the_way(self, row: Place, columns: Iterable[int]) -> int:
        """How many stations stand in these `columns` of a row."""
        return len(self.rows[row.lane, row.row].intersection(columns))


def _x(column: int, step: float) -> int:
    return round(LEFT + column * step)


def _room(place: Place, rows: Mapping[tuple[str, int], set[int]], step: float) -> float:
    """How wide the name of a station may be: up to halfway to its neighbours, and not far beyond itself."""
    gaps = [abs(place.column - other) for other in rows[place.lane, place.row] if other != place.column]
    return min(min(gaps, default=2) * step, 1.6 * step, WIDEST) - 2


def _tracks(
    placed: Mapping[int, Place], stations: Mapping[int, Station],
    names: Mapping[int, tuple[str, ...]], labels: Mapping[str, str],
) -> tuple[dict[tuple[str, int], int], tuple[Track, ...], int]:  # fmt: skip
    """How high the stations of each row lie, the bands of the lanes, and where the last one ends."""
    over: dict[tuple[str, int], int] = defaultdict(lambda: _OVER)
    under: dict[tuple[str, int], int] = defaultdict(int)
    for key, place in placed.items():
        row = place.lane, place.row
        over[row] = max(over[row], _OVER + (_NOTE if stations[key].note else 0))
        under[row] = max(under[row], _UNDER + _LINE * (len(names[key]) - 1) + _BELOW)
    used = {lane for lane, _row in under}
    levels: dict[tuple[str, int], int] = {}
    tracks, top = [], TOP
    for number, code in enumerate([code for code in labels if code in used] + sorted(used - labels.keys())):
        first = top
        for row in sorted(row for row in under if row[0] == code):
            levels[row] = top + over[row]
            top = levels[row] + under[row]
        name = tuple(fitted(labels.get(code, code), _LANE_ROOM, 2))
        text_y = levels[code, 0] + (5 if len(name) == 1 else -3)
        tracks.append(Track(name, text_y, first, top - first, number % 2 == 1))
    return levels, tuple(tracks), top


class _Routes:
    """Where the edges run: along the row of their source, down between two columns, along that of their target."""

    def __init__(self, grid: _Grid, edges: Sequence[Edge]) -> None:
        self._grid = grid
        self._turn = {edge: self._best_turn(edge) for edge in edges if self._changes_row(edge)}
        sources: dict[int, list[int]] = defaultdict(list)
        for edge, turn in self._turn.items():
            if edge.source not in sources[turn]:
                sources[turn].append(edge.source)
        self._sources = sources

    def path(self, edge: Edge) -> str:
        (x1, y1), (x2, y2) = self._grid.at[edge.source], self._grid.at[edge.target]
        if edge in self._turn:
            x = self._turn_x(edge)
            return f"M{x1} {y1}H{x - _BEND}C{x} {y1} {x} {y2} {x + _BEND} {y2}H{x2}"
        source, target = self._grid.placed[edge.source], self._grid.placed[edge.target]
        if self._grid.in_the_way(source, range(source.column + 1, target.column)):
            y, a, b = y1 - _BOW, x1 + 34, x2 - 34
            return (
                f"M{x1} {y1}C{x1 + 20} {y1} {x1 + 14} {y} {a} {y}H{b}C{x2 - 14} {y} {x2 - 20} {y2} {x2} {y2}"
            )
        return f"M{x1} {y1}H{x2}"

    def _changes_row(self, edge: Edge) -> bool:
        source, target = self._grid.placed[edge.source], self._grid.placed[edge.target]
        return (source.lane, source.row) != (target.lane, target.row)

    def _best_turn(self, edge: Edge) -> int:
        """The column before which the edge changes its row: where fewest stations are run through."""
        source, target = self._grid.placed[edge.source], self._grid.placed[edge.target]

        def run_through(turn: int) -> int:
            before = self._grid.in_the_way(source, range(source.column + 1, turn))
            return before + self._grid.in_the_way(target, range(turn, target.column))

        # At a tie the last, so that edges from several places come together shortly before their target.
        return min(range(target.column, source.column, -1), key=run_through)

    def _turn_x(self, edge: Edge) -> int:
        """Edges of different stations that turn in the same gap lie a little apart."""
        turn = self._turn[edge]
        beside = self._sources[turn]
        most = max(0.0, self._grid.step / 2 - _BEND - 12)
        apart = min(_SPREAD, 2 * most / max(1, len(beside) - 1))
        return round(self._grid.before(turn) + (beside.index(edge.source) - (len(beside) - 1) / 2) * apart)


_ORDER = ("soft", "open", "done", "late", "critical")
"""What is drawn later lies on top."""


def _kind(edge: Edge, stations: Mapping[int, Station], critical: set[tuple[int, int]]) -> str:
    source, target = stations[edge.source], stations[edge.target]
    if (edge.source, edge.target) in critical:
        return "critical"
    if source.is_begun and target.is_begun and source.light in _PASSED:
        return "done"
    if source.is_late and edge.is_hard:
        return "late"
    return "open" if edge.is_hard else "soft"


_PASSED = frozenset({Light.BLUE, Light.WHITE})
