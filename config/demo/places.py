"""Where demonstration projects lie: somewhere inside the outline of their town."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from random import Random

from domain.geojson import Point, read_outline
from screen.map.outline_files import BUILT_IN

_EXACTLY = Decimal("0.000001")


@dataclass(frozen=True)
class Places:
    """The outer rings of the towns, by name."""

    rings: Mapping[str, tuple[Point, ...]]

    def somewhere_in(self, town: str, random: Random) -> dict[str, Decimal]:
        """The fields of a project that lies there; none where the outline does not know the town."""
        ring = self.rings.get(town)
        if ring is None:
            return {}
        longitudes, latitudes = zip(*ring, strict=True)
        while True:
            x, y = (
                random.uniform(min(longitudes), max(longitudes)),
                random.uniform(min(latitudes), max(latitudes)),
            )
            if _is_inside(x, y, ring):
                return {"longitude": Decimal(x).quantize(_EXACTLY), "latitude": Decimal(y).quantize(_EXACTLY)}


def read_places() -> Places:
    outline = read_outline(BUILT_IN.read_bytes())
    return Places({shape.name: shape.rings[0] for shape in outline.shapes})


def _is_inside(x: float, y: float, ring: tuple[Point, ...]) -> bool:
    """Whether a ray to the east crosses the ring an odd number of times."""
    inside = False
    for (x1, y1), (x2, y2) in zip(ring, (*ring[1:], ring[0]), strict=True):
        if (y1 > y) != (y2 > y) and x < x1 + (y - y1) / (y2 - y1) * (x2 - x1):
            inside = not inside
    return inside
