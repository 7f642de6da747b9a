"""What is made of amounts of investment: growth, share, change in points, and the light of a project against its plan.

Amounts are in 万元 (ten thousand yuan), shares and growth in percent, differences of shares in percentage points.
"""

from datetime import date
from decimal import Decimal
from typing import Final

from domain.lights import Light

YELLOW_FROM: Final = Decimal(10)
RED_ABOVE: Final = Decimal(30)
"""Percentage points behind the plan to date: from 10 yellow, above 30 red (domain.md 5.2, 银川 2025, S*14)."""

MOST_OF_A_MONTH: Final = Decimal(1_000_000)
"""10 billion yuan in 万元. No project of a district spends so much in a month: the amount was meant in yuan."""

_HUNDRED: Final = Decimal(100)


def growth(now: Decimal, before: Decimal) -> Decimal | None:
    """By how many percent `now` exceeds `before`; None where there was nothing before."""
    return (now - before) / before * _HUNDRED if before > 0 else None


def share(part: Decimal, whole: Decimal) -> Decimal | None:
    """How many percent `part` is of `whole`; None where there is no whole."""
    return part / whole * _HUNDRED if whole > 0 else None


def planned_to_date(plan: Decimal, year: int, last_month: date) -> Decimal:
    """What the plan of a year wants by the end of `last_month`: a twelfth a month (序时进度).

    Nothing before the year begins, all of it after it has ended.
    """
    months = (last_month.year - year) * 12 + last_month.month
    return plan * min(12, max(0, months)) / 12


def points_behind(made: Decimal, plan: Decimal, to_date: Decimal) -> Decimal | None:
    """How many points of the year's `plan` are missing `to_date`; negative where it is ahead, None without a plan."""
    return (to_date - made) / plan * _HUNDRED if plan > 0 else None


def investment_light(behind: Decimal | None) -> Light:
    """Grey without a plan, green up to 10 points behind, yellow from 10 to 30, red above (domain.md 5.2)."""
    if behind is None:
        return Light.GREY
    if behind > RED_ABOVE:
        return Light.RED
    return Light.YELLOW if behind >= YELLOW_FROM else Light.GREEN


def was_meant_in_yuan(amount: Decimal) -> bool:
    """Whether an amount of one project and month is so large that yuan were taken for 万元."""
    return abs(amount) >= MOST_OF_A_MONTH
