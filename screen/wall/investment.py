"""Investment against plan as the wall shows it, where anybody has entered either."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.access import sees_the_district
from accounts.models import User
from domain.investment import share
from domain.lights import Light
from domain.periods import Months
from projects.investments import InvestmentTotals, PlanTotals, investment_totals, plan_totals
from projects.models import Project
from screen.investment.form import LIGHT_LABELS


@dataclass(frozen=True, slots=True)
class WallInvestment:
    """From January to the last full month; percents are of the year's plan."""

    totals: InvestmentTotals
    plan: PlanTotals

    @property
    def months(self) -> Months:
        return self.totals.months

    @property
    def has_plan(self) -> bool:
        return self.plan.planned > 0

    @property
    def made_percent(self) -> Decimal:
        return share(self.plan.made, self.plan.planned) or Decimal(0)

    @property
    def to_date_percent(self) -> Decimal:
        return share(self.plan.to_date, self.plan.planned) or Decimal(0)

    @property
    def bar(self) -> float:
        """As far as the bar of what was made reaches, of a hundred."""
        return round(min(100.0, float(self.made_percent)), 1)

    @property
    def mark(self) -> float:
        """Where the plan to date stands on it."""
        return round(min(100.0, float(self.to_date_percent)), 1)

    @property
    def light(self) -> Light:
        return self.plan.light

    @property
    def counts(self) -> list[tuple[Light, str, int]]:
        """How many projects are how far behind their plan, the furthest first; a light, its word, the number."""
        shown = (Light.RED, Light.YELLOW, Light.GREEN)
        return [(light, str(LIGHT_LABELS[light]), self.plan.lights[light]) for light in shown]


def wall_investment(reader: User, today: date) -> WallInvestment | None:
    """Two queries; None where nothing was entered of this year."""
    projects, months = Project.objects.visible_to(reader), Months.year_to_date(today)
    narrowed = not sees_the_district(reader)
    totals = investment_totals(projects, months, narrowed=narrowed)
    plan = plan_totals(projects, months, narrowed=narrowed)
    return WallInvestment(totals, plan) if plan.planned or totals.all.now else None


def money(amount: Decimal) -> tuple[str, str]:
    """`amount`, in 万元, as people say large sums, and in what: Chinese counts hundred millions, English billions."""
    if (get_language() or "").startswith("zh"):
        return f"{amount / 10_000:,.1f}", _("hundred million yuan")
    return f"{amount / 100_000:,.2f}", _("bn yuan")
