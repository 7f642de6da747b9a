"""What a project invested this year and last, month by month, beside its plan. Amounts are in 万元."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from domain.investment import investment_light, planned_to_date, points_behind
from domain.lights import Light
from domain.periods import Months, last_full_month
from projects.investment_years import InvestmentYear, investment_years
from projects.models import Project

TALL: Final = 64


@dataclass(frozen=True, slots=True)
class CardMonth:
    """One month of this year and of last; None where nothing is recorded. The bars are in units of the picture."""

    month: date
    now: Decimal | None
    before: Decimal | None
    high: int
    high_before: int

    @property
    def top(self) -> int:
        return TALL - self.high

    @property
    def top_before(self) -> int:
        return TALL - self.high_before


@dataclass(frozen=True, slots=True)
class InvestmentCard:
    """`plan` of the year, what it wants by the end of the last full month, and what was made by then.

    `made` and `made_before` are of the same months of this year and of last.
    """

    year: int
    until: date
    plan: Decimal | None
    to_date: Decimal | None
    made: Decimal
    made_before: Decimal
    behind: Decimal | None
    months: tuple[CardMonth, ...]
    is_empty: bool

    @property
    def light(self) -> Light:
        return investment_light(self.behind)

    @property
    def period(self) -> Months:
        return Months(date(self.year, 1, 1), self.until)


def investment_card(project: Project, today: date) -> InvestmentCard:
    """Of the year up to the last full month; in January of the whole year before. Two queries."""
    until = last_full_month(today)
    years = investment_years(project, until.year, until.year - 1)
    now, before = years[until.year], years[until.year - 1]
    to_date = None if now.plan is None else planned_to_date(now.plan, until.year, until)
    made = now.made_until(until.month)
    behind = points_behind(made, now.plan, to_date) if now.plan and to_date is not None else None
    return InvestmentCard(
        year=until.year, until=until, plan=now.plan, to_date=to_date, made=made,
        made_before=before.made_until(until.month), behind=behind, months=_months(now, before),
        is_empty=now.is_empty and before.is_empty,
    )  # fmt: skip


def _months(now: InvestmentYear, before: InvestmentYear) -> tuple[CardMonth, ...]:
    most = max([*now.amounts.values(), *before.amounts.values()], default=Decimal(0)) or Decimal(1)

    def high(amount: Decimal | None) -> int:
        return max(1, round(TALL * amount / most)) if amount else 0

    found = []
    for number in range(1, 13):
        mine, earlier = now.amounts.get(number), before.amounts.get(number)
        month = date(now.year, number, 1)
        found.append(CardMonth(month, mine, earlier, high(mine), high(earlier)))
    return tuple(found)
