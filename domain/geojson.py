"""The outline of a district from a GeoJSON file: its towns as polygons, with their names.

Source: RFC 7946 (GeoJSON). Coordinates are degrees, longitude first. Whoever brings the file is told in one sentence
what is wrong with it and where.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from math import isfinite
from typing import Any, NoReturn

from domain.errors import InputError, gettext_noop

MOST_BYTES = 2 * 1024 * 1024
MOST_POINTS = 50_000
MOST_SHAPES = 1_000
MOST_LATITUDE = 85.0
"""Web Mercator, the projection of the map, ends there."""

_LONGEST_NAME = 60
_FEWEST_IN_A_RING = 4  # the first point is said again at the end

Point = tuple[float, float]
"""Longitude and latitude in degrees."""


@dataclass(frozen=True, slots=True)
class Shape:
    """A town, or the whole district: its rings, outer ones and holes alike. `name` is blank where it has none."""

    name: str
    name_en: str
    rings: tuple[tuple[Point, ...], ...]


@dataclass(frozen=True, slots=True)
class Outline:
    shapes: tuple[Shape, ...]

    @property
    def points(self) -> int:
        return sum(len(ring) for shape in self.shapes for ring in shape.rings)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(shape.name for shape in self.shapes if shape.name)


def read_outline(data: bytes) -> Outline:
    """The polygons of a FeatureCollection, a Feature or a geometry; what is no polygon in it is passed over.

    Raises InputError where `data` is not such a file, has no polygon, more than MOST_BYTES, MOST_SHAPES or MOST_POINTS,
    or coordinates that are no degrees.
    """
    if len(data) > MOST_BYTES:
        raise InputError(
            gettext_noop("The file is larger than %(megabytes)d MB."), megabytes=MOST_BYTES // 1024**2
        )
    shapes: list[Shape] = []
    points = 0
    for shape in _shapes(_document(data)):
        points += sum(len(ring) for ring in shape.rings)
        if points > MOST_POINTS or len(shapes) == MOST_SHAPES:
            raise InputError(
                gettext_noop("The outline has more than %(points)d points or %(shapes)d areas; simplify it first."),
                points=MOST_POINTS, shapes=MOST_SHAPES,
            )  # fmt: skip
        shapes.append(shape)
    if not shapes:
        raise InputError(gettext_noop("The file holds no area: a Polygon or MultiPolygon is needed."))
    return Outline(tuple(shapes))


def _document(data: bytes) -> Any:
    try:
        return json.loads(data.decode("utf-8-sig"), parse_constant=_no_number)
    except UnicodeDecodeError as error:
        raise InputError(
            gettext_noop("The file is no text in UTF-8; byte %(byte)d does not fit."), byte=error.start + 1
        ) from error
    except json.JSONDecodeError as error:
        raise InputError(
            gettext_noop("The file is no JSON: line %(line)d, column %(column)d."),
            line=error.lineno, column=error.colno,
        ) from error  # fmt: skip
    except (RecursionError, ValueError) as error:  # nested without end; a number of thousands of digits
        raise InputError(
            gettext_noop("The file is no GeoJSON: it is nested too deep, or a number is none.")
        ) from error


def _no_number(_text: str) -> NoReturn:
    raise ValueError("NaN and Infinity are no JSON")


def _shapes(document: Any) -> Iterator[Shape]:
    match document:
        case {"type": "FeatureCollection", "features": [*features]}:
            for number, feature in enumerate(features, start=1):
                yield from _feature(feature, number)
        case {"type": "Feature"}:
            yield from _feature(document, 1)
        case {"type": "Polygon" | "MultiPolygon" | "GeometryCollection"}:
            yield from _feature({"geometry": document}, 1)
        case _:
            raise InputError(
                gettext_noop(
                    "The file is JSON but no GeoJSON: its “type” is no FeatureCollection, Feature or Polygon."
                )
            )


def _feature(feature: Any, number: int) -> Iterator[Shape]:
    if not isinstance(feature, dict):
        raise _not_understood(number)
    said = feature.get("properties")
    said = said if isinstance(said, dict) else {}
    name, name_en = _name(said.get("name")), _name(said.get("name_en"))
    rings = tuple(_rings(feature.get("geometry"), number))
    if rings:
        yield Shape(name, name_en, rings)


def _name(said: Any) -> str:
    """Blank where it is no text; without what no page can be written with (half a character that JSON allows)."""
    if not isinstance(said, str):
        return ""
    writable = said.encode("utf-8", "replace").decode()
    return " ".join(writable.replace("\x00", "").split())[:_LONGEST_NAME]


def _rings(geometry: Any, number: int) -> Iterator[tuple[Point, ...]]:
    match geometry:
        case {"type": "Polygon", "coordinates": rings}:
            yield from (_ring(ring, number) for ring in _listed(rings, number))
        case {"type": "MultiPolygon", "coordinates": polygons}:
            for polygon in _listed(polygons, number):
                yield from (_ring(ring, number) for ring in _listed(polygon, number))
        case {"type": "GeometryCollection", "geometries": parts}:
            for part in _listed(parts, number):
                yield from _rings(part, number)
        case {"type": "Polygon" | "MultiPolygon" | "GeometryCollection"}:
            raise _not_understood(number)
        case _:
            return  # a point or a line is no part of an outline


def _listed(value: Any, number: int) -> list[Any]:
    if not isinstance(value, list):
        raise _not_understood(number)
    return value


def _ring(ring: Any, number: int) -> tuple[Point, ...]:
    if not isinstance(ring, list) or len(ring) < _FEWEST_IN_A_RING:
        raise _not_understood(number)
    return tuple(_point(pair, number, place) for place, pair in enumerate(ring, start=1))


def _point(pair: Any, number: int, place: int) -> Point:
    if isinstance(pair, list) and len(pair) >= 2 and all(_is_number(value) for value in pair[:2]):
        longitude, latitude = float(pair[0]), float(pair[1])
        if abs(longitude) <= 180 and abs(latitude) <= MOST_LATITUDE:
            return longitude, latitude
    raise InputError(
        gettext_noop(
            "Area %(number)d, point %(place)d: “%(said)s” is no longitude and latitude in degrees, longitude first."
        ),
        number=number, place=place, said=_shortened(pair),
    )  # fmt: skip


def _is_number(value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    try:
        return isfinite(value)
    except OverflowError:  # a whole number that no float can hold
        return False


def _shortened(value: Any) -> str:
    try:
        text = json.dumps(value, ensure_ascii=False)
    except (RecursionError, ValueError):
        return "…"
    return text if len(text) <= _LONGEST_NAME else f"{text[:_LONGEST_NAME]}…"


def _not_understood(number: int) -> InputError:
    return InputError(
        gettext_noop("Area %(number)d is no Polygon: rings of at least four points are needed."),
        number=number,
    )
