"""What the map shows: towns, points, what falls together, and which projects it cannot show."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise, product
from math import hypot
from typing import NamedTuple
from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse
from django.utils.translation import get_language, ngettext, pgettext

from domain.geojson import Outline, Shape
from domain.lights import Light
from domain.map_frame import Box, Cluster, Frame, Tile, clusters, snapped
from milestones.drawing.lettering import LETTER, length
from milestones.filters import LIGHT_LABELS
from milestones.project_lights import PROJECT_LIGHTS
from projects.querysets import ProjectQuerySet
from screen.map.filters import said_of
from screen.map.outline_files import OutlineInUse

MOST_MARKS = 320
"""Each weighs some 250 bytes, and nobody tells more of them apart."""

CELL = 44
"""Units: marks that are closer than that, or six tenths of it in height, cover each other."""

MOST_DRAWN = 6_000
"""Points of the outline on the page, each some ten bytes."""

LONG = 12
"""Letters of a town's name that stand on one line."""

LETTERS = 14
"""The height of a town's name."""

_AWAY = sorted(product(range(-42, 43, 14), range(-63, 64, 7)), key=lambda way: hypot(*way))
"""So many units to the right and down it may stand aside, the nearest first."""

_URGENCY = {light: place for place, light in enumerate(PROJECT_LIGHTS)}


@dataclass(frozen=True, slots=True)
class Town:
    """An area of the outline; `url` narrows the map to its projects, blank where no town has this name."""

    path: str
    label: str
    x: float
    y: float
    url: str

    @property
    def lines(self) -> list[str]:
        """The label, before its last word broken where it is long: English names are."""
        words = self.label.split()
        if len(self.label) <= LONG or len(words) == 1:
            return [self.label]
        return [" ".join(words[:-1]), words[-1]]


@dataclass(frozen=True, slots=True)
class Mark:
    """A project, or several that fall together: then `count` says how many, and `url` opens their part of the map."""

    x: float
    y: float
    light: Light
    count: int
    url: str
    title: str


@dataclass(frozen=True, slots=True)
class TilePicture:
    """A square of the tile server."""

    url: str
    x: float
    y: float
    side: float


@dataclass(frozen=True, slots=True)
class Map:
    """`outside` counts the projects whose place lies beyond the outline, mistyped or elsewhere."""

    width: int
    height: int
    towns: tuple[Town, ...]
    marks: tuple[Mark, ...]
    tiles: tuple[TilePicture, ...]
    lights: tuple[tuple[Light, int], ...]
    placed: int
    outside: int
    without_place: int
    has_outline: bool

    @property
    def all(self) -> int:
        return self.placed + self.outside + self.without_place

    @property
    def red(self) -> int:
        return dict(self.lights).get(Light.RED, 0)


class _Place(NamedTuple):
    pk: int
    name: str
    longitude: float
    latitude: float
    rank: int


def map_of(
    projects: ProjectQuerySet,
    lights: Mapping[int, Light],
    outline: OutlineInUse,
    towns: Mapping[str, int],
    *,
    part: Box | None = None,
    asked: Iterable[tuple[str, str]] = (),
) -> Map:
    """The map of these projects, whole or a `part`. `towns` gives units by name, `asked` what the page is narrowed by.

    One question, and three looks at what is remembered, however many projects there are.
    """
    facts = list(projects.order_by().values_list("pk", "name", "longitude", "latitude"))
    places = [
        _Place(pk, name, float(longitude), float(latitude), _URGENCY[lights.get(pk, Light.GREY)])
        for pk, name, longitude, latitude in facts
        if longitude is not None and latitude is not None
    ]
    whole = _whole(outline.outline, places)
    shown = [place for place in places if whole.holds(place.longitude, place.latitude)]
    frame = Frame(part.widened(1) if part else whole)
    asked = [pair for pair in asked if pair[0] not in {"within", "page", "placed"}]
    counted = Counter([place.rank for place in shown])
    marks = tuple(_marks(shown, frame, asked))
    return Map(
        width=frame.width, height=frame.height,
        towns=tuple(_beside(town, marks) for town in _towns(outline, frame, towns)), marks=marks,
        tiles=tuple(_tile(tile) for tile in frame.tiles()) if settings.TILES_URL else (),
        lights=tuple((light, counted[rank]) for rank, light in enumerate(PROJECT_LIGHTS) if counted[rank]),
        placed=len(shown),
        outside=len(places) - len(shown),
        without_place=len(facts) - len(places),
        has_outline=outline.outline is not None,
    )  # fmt: skip


def _whole(outline: Outline | None, places: list[_Place]) -> Box:
    """What the whole map shows: the outline and a little around it; without one, all points."""
    if outline is not None:
        points = (point for shape in outline.shapes for ring in shape.rings for point in ring)
        box = Box.around(points)
    else:
        box = Box.around((place.longitude, place.latitude) for place in places)
    return (box or Box(-180, -60, 180, 75)).widened(0.04)


def _towns(outline: OutlineInUse, frame: Frame, towns: Mapping[str, int]) -> tuple[Town, ...]:
    if outline.outline is None:
        return ()
    is_english = (get_language() or "").startswith("en")
    address = reverse("screen:map")
    return tuple(
        Town(
            path, shape.name_en if is_english and shape.name_en else shape.name, x, y,
            f"{address}?town={towns[shape.name]}" if shape.name in towns else "",
        )
        for shape, path, x, y in _drawn(outline.outline, frame)
    )  # fmt: skip


def _beside(town: Town, marks: Iterable[Mark]) -> Town:
    """The town with its name as near to its middle as marks, which are drawn over it, leave it to be read."""
    half, high = max(map(length, town.lines)) * LETTERS / LETTER / 2, LETTERS * 1.2 * len(town.lines)
    near = [
        (mark.x - town.x, mark.y - town.y, half + (21 if mark.count > 1 else 11))
        for mark in marks
        if abs(mark.x - town.x) < half + 63 and abs(mark.y - town.y) < high + 75
    ]

    def covered(way: tuple[int, int]) -> float:
        """How much of it, in square units: each mark is 24 high, and `wide` from where it begins to touch the name."""
        right, top = way[0], way[1] - LETTERS
        return sum(
            max(0, wide - abs(x - right)) * max(0, min(y + 12, top + high) - max(y - 12, top))
            for x, y, wide in near
        )

    right, down = min(_AWAY, key=covered)
    return replace(town, x=round(town.x + right, 1), y=round(town.y + down, 1))


@lru_cache(maxsize=8)
def _drawn(outline: Outline, frame: Frame) -> list[tuple[Shape, str, float, float]]:
    """Each area as a path and where its name stands; coarser where it would be too much for a page."""
    placed = [
        (shape, [[frame.place(*point) for point in ring] for ring in shape.rings]) for shape in outline.shapes
    ]
    grid = 0.5
    while True:
        drawn = [(shape, rings, snapped(rings, grid)) for shape, rings in placed]
        if sum(len(ring) for _shape, _rings, kept in drawn for ring in kept) <= MOST_DRAWN or grid > CELL:
            break
        grid *= 1.5
    return [(shape, _path(kept), *_middle(rings)) for shape, rings, kept in drawn]


def _path(rings: list[list[tuple[float, float]]]) -> str:
    return "".join("M" + "L".join(f"{x:g} {y:g}" for x, y in ring[:-1]) + "Z" for ring in _rounded(rings))


def _rounded(rings: list[list[tuple[float, float]]]) -> list[list[tuple[float, float]]]:
    return [[(round(x, 1), round(y, 1)) for x, y in ring] for ring in rings]


def _middle(rings: list[list[tuple[float, float]]]) -> tuple[float, float]:
    """The middle of the largest ring's area."""
    best = (0.0, rings[0][0][0], rings[0][0][1])
    for ring in rings:
        area = x = y = 0.0
        for (x0, y0), (x1, y1) in pairwise([*ring, ring[0]]):
            cross = x0 * y1 - x1 * y0
            area, x, y = area + cross, x + (x0 + x1) * cross, y + (y0 + y1) * cross
        if abs(area) > best[0]:
            best = (abs(area), x / (3 * area), y / (3 * area))
    return round(best[1], 1), round(best[2], 1)


def _marks(places: list[_Place], frame: Frame, asked: list[tuple[str, str]]) -> Iterable[Mark]:
    """The points in sight, those that are worst drawn last, over the others."""
    located = [(place, frame.place(place.longitude, place.latitude)) for place in places]
    located = [
        (place, at) for place, at in located if 0 <= at[0] <= frame.width and 0 <= at[1] <= frame.height
    ]
    found = clusters([at for _place, at in located], CELL, MOST_MARKS)
    marks = [_mark(cluster, [located[number][0] for number in cluster.members], asked) for cluster in found]
    return sorted(marks, key=lambda mark: -_URGENCY[mark.light])


def _mark(cluster: Cluster, places: list[_Place], asked: list[tuple[str, str]]) -> Mark:
    x, y = round(cluster.x, 1), round(cluster.y, 1)
    comma = pgettext("between names", ", ")
    if len(places) == 1:
        place = places[0]
        light = PROJECT_LIGHTS[place.rank]
        title = f"{place.name}{comma}{LIGHT_LABELS[light]}"
        return Mark(x, y, light, 1, reverse("milestones:project", args=[place.pk]), title)
    counted = Counter([place.rank for place in places])
    worst = PROJECT_LIGHTS[min(counted)]
    text = ngettext("%(count)s project", "%(count)s projects", len(places)) % {"count": len(places)}
    each = comma.join(f"{LIGHT_LABELS[PROJECT_LIGHTS[rank]]} {counted[rank]}" for rank in sorted(counted))
    box = Box.around((place.longitude, place.latitude) for place in places)
    assert box is not None  # noqa: S101 - there are places
    url = f"{reverse('screen:map')}?{urlencode([*asked, ('within', said_of(box))])}"
    return Mark(x, y, worst, len(places), url, f"{text}{pgettext('before a list', ': ')}{each}")


def _tile(tile: Tile) -> TilePicture:
    url = settings.TILES_URL.replace("{z}", str(tile.zoom)).replace("{x}", str(tile.column))
    return TilePicture(
        url.replace("{y}", str(tile.row)), round(tile.x, 1), round(tile.y, 1), round(tile.side + 0.5, 1)
    )
