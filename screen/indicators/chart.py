"""The series of an indicator as a line over its periods, a point for each value."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from screen.indicators.queries import MOST_PERIODS, IndicatorRow, IndicatorSeries, Reading
from screen.querysets import IndicatorValueQuerySet

WIDTH: Final = 1160
TOP, TALL, FOOT, SIDE = 28, 150, 28, 40


TREND_WIDTH: Final = 150
TREND_TALL: Final = 40
_EDGE: Final = 5


@dataclass(frozen=True, slots=True)
class Trend:
    """The district's last periods as a small line; `x` and `y` are its end."""

    path: str
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Point:
    x: int
    y: int
    period: date
    reading: Reading


@dataclass(frozen=True, slots=True)
class SeriesChart:
    """`lines`: a path for each run of periods without a gap."""

    width: int
    height: int
    base: int
    points: tuple[Point, ...]
    lines: tuple[str, ...]
    labels: tuple[tuple[int, date], ...]


def series_chart(series: IndicatorSeries, unit: int | None) -> SeriesChart | None:
    """None where the unit, or the district for None, has no value to draw. The scale begins at nought or below."""
    row = next((one for one in series.rows if one.pk == unit), None)
    known = [reading.now for reading in row.readings if reading.now is not None] if row else []
    if row is None or not known:
        return None
    low, high = min(Decimal(0), *known), max(Decimal(0), *known)
    span = high - low or Decimal(1)
    apart = (WIDTH - 2 * SIDE) // max(1, len(series.periods) - 1)
    labels: list[tuple[int, date]] = []
    points: list[Point] = []
    runs: list[list[Point]] = [[]]
    for place, (period, reading) in enumerate(zip(series.periods, row.readings, strict=True)):
        x = SIDE + place * apart
        labels.append((x, period))
        if reading.now is None:
            runs.append([])
            continue
        point = Point(x, TOP + TALL - round(TALL * (reading.now - low) / span), period, reading)
        points.append(point)
        runs[-1].append(point)
    lines = tuple("M" + "L".join(f"{point.x} {point.y}" for point in run) for run in runs if len(run) > 1)
    base = TOP + TALL - round(TALL * -low / span)
    return SeriesChart(WIDTH, TOP + TALL + FOOT, base, tuple(points), lines, tuple(labels))


def with_trends(
    rows: Iterable[IndicatorRow], values: IndicatorValueQuerySet
) -> list[tuple[IndicatorRow, Trend | None]]:
    """Each row with its line up to the period it shows; None where there are no two values. One query."""
    known: dict[int, list[tuple[date, Decimal]]] = {}
    found = values.filter(unit__isnull=True).order_by("period")
    for indicator, period, value in found.values_list("indicator", "period", "value"):
        known.setdefault(indicator, []).append((period, value))
    return [(row, _trend(row, known.get(row.indicator.pk, []))) for row in rows]


def _trend(row: IndicatorRow, known: list[tuple[date, Decimal]]) -> Trend | None:
    shown = [(on, value) for on, value in known if row.period and on <= row.period]
    shown = shown[-MOST_PERIODS[row.indicator.frequency] :]
    if len(shown) < 2:
        return None
    first, last = shown[0][0], shown[-1][0]
    lowest, highest = (edge(value for _on, value in shown) for edge in (min, max))
    wide, tall = TREND_WIDTH - 2 * _EDGE, TREND_TALL - 2 * _EDGE
    points = [
        (
            round(_EDGE + wide * (on - first).days / (last - first).days, 1),
            round(_EDGE + tall * float((highest - value) / (highest - lowest or 1)), 1),
        )
        for on, value in shown
    ]
    return Trend("M" + "L".join(f"{x:g} {y:g}" for x, y in points), *points[-1])
