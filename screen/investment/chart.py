"""The months of a period as columns, each beside the same month a year earlier; a column opens its month."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from math import ceil
from typing import Final

from domain.periods import Months, months_later
from projects.investment_months import ByMonth

GUTTER: Final = 56
TOP: Final = 24
TALL: Final = 180
FOOT: Final = 28
_WIDEST, _NARROWEST, _WHOLE = 138, 34, 1110
_FULL = 1000


@dataclass(frozen=True, slots=True)
class ChartBar:
    x: int
    y: int
    width: int
    height: int
    look: str


@dataclass(frozen=True, slots=True)
class ChartMonth:
    """Amounts in 万元; `left` and `x` are where the column begins and its middle, `top` that of its higher bar."""

    month: date
    now: Decimal
    before: Decimal
    left: int
    x: int
    top: int
    bars: tuple[ChartBar, ...]
    url: str
    is_named: bool
    """Whether there is room to write the amount above it."""


@dataclass(frozen=True, slots=True)
class Tick:
    y: int
    amount: Decimal


@dataclass(frozen=True, slots=True)
class InvestmentChart:
    width: int
    height: int
    base: int
    step: int
    gutter: int
    columns: tuple[ChartMonth, ...]
    ticks: tuple[Tick, ...]

    @property
    def is_full(self) -> bool:
        """A picture of many months is made just as wide as its card; one of a few would become very tall."""
        return self.width >= _FULL


def investment_chart(
    by_month: ByMonth, months: Months, group: str, address: Callable[[date], str]
) -> InvestmentChart | None:
    """None where there is no amount to draw."""
    pairs = [
        (month, _of(by_month, month, group), _of(by_month, months_later(month, -12), group))
        for month in months
    ]
    most = max((max(now, before) for _month, now, before in pairs), default=Decimal(0))
    if most <= 0:
        return None
    step = max(_NARROWEST, min(_WIDEST, _WHOLE // len(pairs)))
    ceiling, ticks = _ticks(most)
    base = TOP + TALL

    def high(amount: Decimal) -> int:
        return max(1, round(TALL * amount / ceiling)) if amount > 0 else 0

    columns = []
    for place, (month, now, before) in enumerate(pairs):
        left = GUTTER + place * step
        thick = step * 3 // 8
        bars = tuple(
            ChartBar(x, base - high(amount), thick, high(amount), look)
            for x, amount, look in (
                (left + step // 2 - thick, before, "earlier"),
                (left + step // 2, now, "of-now"),
            )
            if amount > 0
        )
        top = min((bar.y for bar in bars), default=base)
        columns.append(
            ChartMonth(
                month, now, before, left, left + step // 2, top, bars, address(month), step >= 56 and now > 0
            )
        )
    return InvestmentChart(
        width=GUTTER + step * len(pairs), height=base + FOOT, base=base, step=step, gutter=GUTTER,
        columns=tuple(columns), ticks=tuple(Tick(base - high(amount), amount) for amount in ticks),
    )  # fmt: skip


def _of(by_month: ByMonth, month: date, group: str) -> Decimal:
    return by_month[month][group] if month in by_month else Decimal(0)


def _ticks(most: Decimal) -> tuple[Decimal, list[Decimal]]:
    """The top of the scale, a round number, and two or more lines below it."""
    size = Decimal(10) ** (len(str(int(most))) - 1) if most >= 1 else Decimal(1)
    for step in (size / 5, size / 2, size, size * 2):
        if most <= step * 5:
            count = ceil(most / step)
            return step * count, [step * number for number in range(1, count + 1)]
    return most, [most]  # unreachable: ten times `size` is more than `most`
