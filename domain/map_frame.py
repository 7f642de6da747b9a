"""Where a place lies on the map: Web Mercator, in units of a picture that is at most WIDTH wide.

Source: the projection of map tiles (EPSG:3857); tiles of a server lie under the points without any further sum.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from math import atan, ceil, cos, floor, log, log2, pi, radians, sinh, tan

from domain.geojson import MOST_LATITUDE, Point

WIDTH, HIGHEST, SMALLEST, MARGIN = 1000, 760, 400, 28
"""Units of the picture."""

_SMALLEST = 0.004
"""Degrees that a map shows at least: of one point alone, some hundred metres around it."""

_TILE = 256
_DEEPEST = 18
_MOST_TILES = 40


@dataclass(frozen=True, slots=True)
class Box:
    """Degrees."""

    west: float
    south: float
    east: float
    north: float

    @classmethod
    def around(cls, points: Iterable[Point]) -> "Box | None":
        """The smallest box that holds them all; nothing where there is none."""
        places = list(points)
        if not places:
            return None
        longitudes, latitudes = zip(*places, strict=True)
        return cls(min(longitudes), min(latitudes), max(longitudes), max(latitudes))

    def holds(self, longitude: float, latitude: float) -> bool:
        return self.west <= longitude <= self.east and self.south <= latitude <= self.north

    def widened(self, share: float) -> "Box":
        """With so much of its width and height more on each side, and large enough to be looked at."""
        across = max(self.east - self.west, _SMALLEST) * share
        along = max(self.north - self.south, _SMALLEST) * share
        return Box(
            max(-180, self.west - across), max(-MOST_LATITUDE, self.south - along),
            min(180, self.east + across), min(MOST_LATITUDE, self.north + along),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Tile:
    """A picture of the tile server and where it lies; all lengths in units of the picture."""

    zoom: int
    column: int
    row: int
    x: float
    y: float
    side: float


@dataclass(frozen=True)
class Frame:
    """The picture of what lies in `box`."""

    box: Box

    @cached_property
    def _edges(self) -> tuple[float, float, float, float]:
        left, bottom = _mercator(self.box.west, self.box.south)
        right, top = _mercator(self.box.east, self.box.north)
        return left, top, right, bottom

    @cached_property
    def scale(self) -> float:
        """Units of the picture for the whole world."""
        left, top, right, bottom = self._edges
        smallest = _SMALLEST / 360
        across, down = max(right - left, smallest), max(bottom - top, smallest)
        return min((WIDTH - 2 * MARGIN) / across, (HIGHEST - 2 * MARGIN) / down)

    @cached_property
    def width(self) -> int:
        left, _top, right, _bottom = self._edges
        return max(SMALLEST, ceil((right - left) * self.scale) + 2 * MARGIN)

    @cached_property
    def height(self) -> int:
        _left, top, _right, bottom = self._edges
        return max(SMALLEST, ceil((bottom - top) * self.scale) + 2 * MARGIN)

    @cached_property
    def _origin(self) -> tuple[float, float]:
        """Where the upper left corner of the picture lies in the world."""
        left, top, right, bottom = self._edges
        return (left + right) / 2 - self.width / 2 / self.scale, (
            top + bottom
        ) / 2 - self.height / 2 / self.scale

    def place(self, longitude: float, latitude: float) -> tuple[float, float]:
        x, y = _mercator(longitude, latitude)
        left, top = self._origin
        return (x - left) * self.scale, (y - top) * self.scale

    def degrees(self, x: float, y: float) -> Point:
        """What ``place`` takes there."""
        left, top = self._origin
        return 360 * (left + x / self.scale) - 180, _latitude(top + y / self.scale)

    def tiles(self) -> Iterator[Tile]:
        """Tiles that cover the picture, each shown between once and twice as large as it is, at most forty."""
        zoom = min(_DEEPEST, max(0, floor(log2(self.scale / _TILE))))
        left, top = self._origin
        while True:
            side = self.scale / 2**zoom
            columns = range(floor(left * 2**zoom), floor(left * 2**zoom + self.width / side) + 1)
            rows = range(floor(top * 2**zoom), floor(top * 2**zoom + self.height / side) + 1)
            if len(columns) * len(rows) <= _MOST_TILES or not zoom:
                break
            zoom -= 1
        for column in columns:
            for row in rows:
                if 0 <= row < 2**zoom:
                    x, y = column * side - left * self.scale, row * side - top * self.scale
                    yield Tile(zoom, column % 2**zoom, row, x, y, side)


def _mercator(longitude: float, latitude: float) -> tuple[float, float]:
    """Both as a share of the world's width, from the west and from the north."""
    angle = radians(max(-MOST_LATITUDE, min(MOST_LATITUDE, latitude)))
    return (longitude + 180) / 360, (1 - log(tan(angle) + 1 / cos(angle)) / pi) / 2


def _latitude(y: float) -> float:
    return atan(sinh(pi * (1 - 2 * y))) * 180 / pi


def snapped(rings: Iterable[Iterable[tuple[float, float]]], grid: float) -> list[list[tuple[float, float]]]:
    """The rings, already placed, with their points on a grid of so many units and none twice in a row.

    Two towns that share a border still share it afterwards. What is smaller than the grid goes.
    """
    drawn = []
    for ring in rings:
        points: list[tuple[float, float]] = []
        for x, y in ring:
            point = (round(x / grid) * grid, round(y / grid) * grid)
            if not points or points[-1] != point:
                points.append(point)
        if len(points) > 3:
            drawn.append(points)
    return drawn


@dataclass(frozen=True, slots=True)
class Cluster:
    """Places that fall together: the numbers of their entries, and the middle of them in units of the picture."""

    x: float
    y: float
    members: tuple[int, ...]


def clusters(places: Iterable[tuple[float, float]], cell: float, most: int) -> list[Cluster]:
    """Places by the square of `cell` units that they lie in, from the upper left; larger squares where there would be
    more than `most`. Those whose middles are closer than `cell`, and than six tenths of it in height, are one: a mark
    with a number is wider than it is tall."""
    placed = list(places)
    while True:
        squares: dict[tuple[int, int], list[int]] = {}
        for number, (x, y) in enumerate(placed):
            squares.setdefault((int(y // cell), int(x // cell)), []).append(number)
        if len(squares) <= most:
            break
        cell *= 1.5
    waiting = [_cluster(placed, tuple(members)) for _square, members in sorted(squares.items(), reverse=True)]
    found: list[Cluster] = []
    while waiting:
        made = waiting.pop()
        near = next((other for other in found if _covers(made, other, cell)), None)
        if near is None:
            found.append(made)
        else:  # together they lie elsewhere, where they may cover a third
            found.remove(near)
            waiting.append(_cluster(placed, (*near.members, *made.members)))
    return found


def _covers(one: Cluster, other: Cluster, cell: float) -> bool:
    return abs(one.x - other.x) < cell and abs(one.y - other.y) < cell * 0.6


def _cluster(placed: list[tuple[float, float]], members: tuple[int, ...]) -> Cluster:
    x = sum(placed[number][0] for number in members) / len(members)
    y = sum(placed[number][1] for number in members) / len(members)
    return Cluster(x, y, members)
