"""The picture of one node kind: the share that is not over after so many days, and the medians of its quarters."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final, TypeAlias

from domain.survival import Curve
from screen.weak_link.queries import Quarter

WIDTH: Final = 1160
TOP, TALL, FOOT, LEFT, RIGHT = 24, 220, 30, 48, 24
_POINTS: Final = 24
"""So many days can be pointed at; between them the line says enough."""

_TICKS: Final = 8
TREND_TALL: Final = 150

Scale: TypeAlias = Callable[[float], float]


@dataclass(frozen=True, slots=True)
class Point:
    """After so many `days` the `share` is not over, with 95 % confidence between `low` and `high`, in per cent."""

    left: float
    width: float
    x: float
    y: float
    days: int
    share: int
    low: int
    high: int


@dataclass(frozen=True, slots=True)
class Chart:
    width: int
    height: int
    base: int
    line: str
    band: str
    limit: float
    limit_anchor: str
    median: float | None
    points: tuple[Point, ...]
    ticks: tuple[tuple[float, int], ...]
    levels: tuple[tuple[float, int], ...]


def survival_chart(curve: Curve, allowed: float) -> Chart | None:
    """None where nothing has ended. Days run to the right, the share that is not over from 100 % at the top to 0."""
    if not curve.steps:
        return None
    longest = max(curve.steps[-1].days, int(allowed), 1)
    across = (WIDTH - LEFT - RIGHT) / longest

    def x(days: float) -> float:
        return round(LEFT + min(days, longest) * across, 1)

    def y(share: float) -> float:
        return round(TOP + TALL * (1 - share), 1)

    line, upper, lower = [f"M{x(0)} {y(1)}"], [f"{x(0)} {y(1)}"], [f"{x(0)} {y(1)}"]
    high = low = 1.0
    for step in curve.steps:
        line.append(f"H{x(step.days)}V{y(step.survival)}")
        upper.append(f"{x(step.days)} {y(high)}")
        lower.append(f"{x(step.days)} {y(low)}")
        low, high = curve.band(step.days)
        upper.append(f"{x(step.days)} {y(high)}")
        lower.append(f"{x(step.days)} {y(low)}")
    line.append(f"H{x(longest)}")
    upper.append(f"{x(longest)} {y(high)}")
    lower.append(f"{x(longest)} {y(low)}")
    median = curve.median
    return Chart(
        WIDTH, TOP + TALL + FOOT, TOP + TALL, "".join(line), f"M{'L'.join([*upper, *reversed(lower)])}Z",
        x(allowed), "end" if x(allowed) > WIDTH * 0.8 else "start", None if median is None else x(median),
        tuple(_points(curve, longest, x, y)), tuple((x(days), days) for days in _ticks(longest)),
        tuple((y(share / 100), share) for share in (100, 50, 20, 0)),
    )  # fmt: skip


def _points(curve: Curve, longest: int, x: Scale, y: Scale) -> Iterable[Point]:
    apart = max(1, -(-longest // _POINTS))
    for days in range(0, longest + 1, apart):
        survival = curve.survival(days)
        low, high = curve.band(days)
        shown = [round(share * 100) for share in (survival, low, high)]
        yield Point(x(days), round(max(x(days + apart) - x(days), 1), 1), x(days), y(survival), days, *shown)


def _ticks(longest: int) -> list[int]:
    """Round numbers, about eight of them."""
    for size in (1, 2, 5, 10, 20, 25, 50, 100, 200, 250, 500, 1000, 2000):
        if longest / size <= _TICKS:
            return list(range(0, longest + 1, size))
    return [0, longest]


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """The median of one quarter; `top` and `foot` are its band. `y` is None where half are not known to end."""

    x: float
    y: float | None
    top: float
    foot: float
    left: float
    quarter: Quarter


@dataclass(frozen=True, slots=True)
class Trend:
    width: int
    height: int
    base: int
    step: float
    limit: float
    points: tuple[TrendPoint, ...]


def trend_chart(quarters: Iterable[Quarter], allowed: float) -> Trend | None:
    """None where no node began in any of the quarters."""
    quarters = list(quarters)
    if not any(quarter.curve.observations for quarter in quarters):
        return None
    highest = max([allowed, *(_reach(quarter.curve) for quarter in quarters)]) or 1
    step = (WIDTH - LEFT - RIGHT) / len(quarters)

    def y(days: float) -> float:
        return round(TOP + TREND_TALL * (1 - min(days, highest) / highest), 1)

    points = []
    for place, quarter in enumerate(quarters):
        median, (low, high) = quarter.curve.median, quarter.curve.quantile_band(0.5)
        points.append(
            TrendPoint(
                round(LEFT + step * (place + 0.5), 1), None if median is None else y(median),
                y(highest if high is None else high), y(low or 0), round(LEFT + step * place, 1), quarter,
            )
        )  # fmt: skip
    return Trend(WIDTH, TOP + TREND_TALL + FOOT, TOP + TREND_TALL, round(step, 1), y(allowed), tuple(points))


def _reach(curve: Curve) -> float:
    """How high the picture of this curve's median and band goes."""
    _low, high = curve.quantile_band(0.5)
    return max(curve.median or 0, high or 0)
