"""Investment of a period beside the same months a year earlier, and of projects beside their plan. Amounts are in 万元.

One question to the database each. Manufacturing, industrial and renovation investment are no parts of a whole:
manufacturing lies within industry, renovation is counted by what a project is (domain.md 7.2, issue 6).
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import reduce
from operator import or_
from typing import Any, Final, Self

from django.db.models import (
    Case,
    Count,
    DecimalField,
    ExpressionWrapper,
    F,
    FilteredRelation,
    FloatField,
    OuterRef,
    Q,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce
from django.utils.translation import pgettext_lazy

from domain.industries import INDUSTRY, MANUFACTURING
from domain.investment import (
    RED_ABOVE,
    YELLOW_FROM,
    growth,
    investment_light,
    planned_to_date,
    points_behind,
    share,
)
from domain.lights import Light
from domain.periods import Months
from history.bulk_actions import ROWS_AT_ONCE
from projects.models import Investment, InvestmentPlan, Kind
from projects.querysets import ProjectQuerySet

_NOTHING: Final = Decimal(0)
_MONEY: Final = DecimalField(max_digits=20, decimal_places=2)


def _in_sections(sections: frozenset[str], path: str = "") -> Q:
    return reduce(or_, [Q((f"{path}industry__startswith", section)) for section in sorted(sections)])


GROUPS: Final[dict[str, Callable[[str], Q]]] = {
    "all": lambda _path: Q(),
    "manufacturing": lambda path: _in_sections(MANUFACTURING, path),
    "industrial": lambda path: _in_sections(INDUSTRY, path),
    "renovation": lambda path: Q((f"{path}kind", Kind.RENOVATION)) & _in_sections(INDUSTRY, path),
}
"""Which projects a total is of, as a condition along a path to the project."""

GROUP_LABELS: Final = {
    "all": pgettext_lazy("investment", "All investment"),
    "manufacturing": pgettext_lazy("investment", "Manufacturing"),
    "industrial": pgettext_lazy("investment", "Industrial"),
    "renovation": pgettext_lazy("investment", "Technical renovation"),
}


@dataclass(frozen=True, slots=True)
class Amount:
    """A total of a period and of the same months a year earlier."""

    now: Decimal
    before: Decimal

    @property
    def growth(self) -> Decimal | None:
        """Percent more than a year earlier; None where there was nothing."""
        return growth(self.now, self.before)


@dataclass(frozen=True, slots=True)
class InvestmentTotals:
    """What the projects invested in `months`."""

    months: Months
    all: Amount
    manufacturing: Amount
    industrial: Amount
    renovation: Amount

    @property
    def renovation_share(self) -> Decimal | None:
        """Percent of the industrial investment."""
        return share(self.renovation.now, self.industrial.now)

    @property
    def renovation_share_change(self) -> Decimal | None:
        """In percentage points, against the same months a year earlier."""
        now, before = self.renovation_share, share(self.renovation.before, self.industrial.before)
        return None if now is None or before is None else now - before


def investment_totals(
    projects: ProjectQuerySet, months: Months, *, narrowed: bool = True
) -> InvestmentTotals:
    """Totals over `projects`; `narrowed` False says that these are all there are, which needs no look at them."""
    rows = (
        Investment.objects.filter(project__in=projects.order_by().values("pk"))
        if narrowed
        else Investment.objects.all()
    )
    earlier = months.year_earlier()
    now, before = (Q(month__range=(each.first, each.last)) for each in (months, earlier))
    sums = {
        f"{name}_{when}": Sum("amount", filter=period & of("project__"))
        for name, of in GROUPS.items()
        for when, period in (("now", now), ("before", before))
    }
    found = rows.filter(now | before).aggregate(**sums)
    return InvestmentTotals(
        months,
        *(Amount(found[f"{name}_now"] or _NOTHING, found[f"{name}_before"] or _NOTHING) for name in GROUPS),
    )


@dataclass(frozen=True, slots=True)
class PlanTotals:
    """The projects with a plan for the year: what it wants to date, what was made, how many show which light."""

    year: int
    planned: Decimal
    to_date: Decimal
    made: Decimal
    lights: dict[Light, int]

    @property
    def behind(self) -> Decimal | None:
        """Percentage points of the year's plan that are missing to date; negative where it is ahead."""
        return points_behind(self.made, self.planned, self.to_date)

    @property
    def light(self) -> Light:
        return investment_light(self.behind)

    @classmethod
    def to_the_end_of(
        cls, months: Months, planned: Decimal, made: Decimal, lights: Mapping[Light, int]
    ) -> Self:  # fmt: skip
        """Of the year in which `months` ends; `lights` that none shows may be left out."""
        year = months.last.year
        shown = {light: lights.get(light, 0) for light in (Light.RED, Light.YELLOW, Light.GREEN)}
        return cls(year, planned, planned_to_date(planned, year, months.last), made, shown)


def with_investment_plan(projects: ProjectQuerySet, months: Months) -> Any:
    """Those of `projects` that have a plan for the year in which `months` ends.

    Each with ``planned`` (the year's), ``made`` (from January to the end of `months`), ``behind`` (percentage points of
    the plan missing to date) and ``investment_light``; `domain.investment` says the same in Python.
    """
    year, last = months.last.year, months.last
    plan = (
        InvestmentPlan.objects.filter(project=OuterRef("pk"), year=year, amount__gt=0)
        .order_by()
        .values("amount")
    )
    made = (
        Investment.objects.filter(project=OuterRef("pk"), month__range=(date(year, 1, 1), last))
        .order_by().values("project").annotate(total=Sum("amount")).values("total")
    )  # fmt: skip
    months_gone = planned_to_date(Decimal(12), year, last)
    made_up_to = Coalesce(Subquery(made, output_field=_MONEY), Value(_NOTHING, output_field=_MONEY))
    return (
        projects.annotate(planned=Subquery(plan, output_field=_MONEY))
        .filter(planned__isnull=False)
        .annotate(made=made_up_to)
        # What is missing, times twelve: products of whole hundredths compare exactly where quotients would not.
        .annotate(missing=_money(F("planned") * months_gone - F("made") * 12))
        .annotate(
            behind=ExpressionWrapper(
                Cast("missing", FloatField()) * (100 / 12) / Cast("planned", FloatField()), FloatField()
            ),
            investment_light=Case(
                When(missing__gt=_money(F("planned") * (RED_ABOVE * 12 / 100)), then=Value(Light.RED.value)),
                When(
                    missing__gte=_money(F("planned") * (YELLOW_FROM * 12 / 100)),
                    then=Value(Light.YELLOW.value),
                ),
                default=Value(Light.GREEN.value),
            ),
        )
    )


def _money(expression: Any) -> ExpressionWrapper:
    return ExpressionWrapper(expression, _MONEY)


def plan_totals(projects: ProjectQuerySet, months: Months, *, narrowed: bool = True) -> PlanTotals:
    """Of the year in which `months` ends, to the end of `months`: what ``with_investment_plan`` says of each project,
    added up by the database (a test holds the two together). `narrowed` False says that `projects` are all there are.
    """
    year, last = months.last.year, months.last
    plans = InvestmentPlan.objects.filter(year=year, amount__gt=0)
    if narrowed:
        plans = plans.filter(project__in=projects.order_by().values("pk"))
    gone = planned_to_date(Decimal(12), year, last)
    in_the_year = FilteredRelation(
        "project__investments", condition=Q(project__investments__month__range=(date(year, 1, 1), last))
    )
    made: Any = Coalesce(Sum("spent__amount"), Value(_NOTHING), output_field=_MONEY)
    with_made = (
        plans.order_by().annotate(spent=in_the_year)
        .values("pk", "amount").annotate(made=made)
        .annotate(missing=_money(F("amount") * gone - F("made") * 12))
    )  # fmt: skip
    red = Q(missing__gt=_money(F("amount") * (RED_ABOVE * 12 / 100)))
    yellow = Q(missing__gte=_money(F("amount") * (YELLOW_FROM * 12 / 100))) & ~red
    found = with_made.aggregate(
        planned=Sum("amount"), total=Sum("made"), plans=Count("pk"),
        red=Count("pk", filter=red), yellow=Count("pk", filter=yellow),
    )  # fmt: skip
    lights = {
        Light.RED: found["red"], Light.YELLOW: found["yellow"],
        Light.GREEN: found["plans"] - found["red"] - found["yellow"],
    }  # fmt: skip
    return PlanTotals.to_the_end_of(months, found["planned"] or _NOTHING, found["total"] or _NOTHING, lights)


def recorded_amounts(
    projects: Collection[int], *, months: Collection[date] = (), years: Collection[int] = ()
) -> dict[tuple[int, date | int], Decimal]:
    """What is on record of projects, by their numbers and by months (investment) or years (plan)."""
    found: dict[tuple[int, date | int], Decimal] = {}
    wanted = sorted(projects)
    for start in range(0, len(wanted), ROWS_AT_ONCE):
        some = wanted[start : start + ROWS_AT_ONCE]
        made = Investment.objects.filter(project__in=some, month__in=sorted(months)).order_by()
        planned = InvestmentPlan.objects.filter(project__in=some, year__in=sorted(years)).order_by()
        if months:
            found |= {
                (pk, month): amount for pk, month, amount in made.values_list("project_id", "month", "amount")
            }
        if years:
            found |= {
                (pk, year): amount for pk, year, amount in planned.values_list("project_id", "year", "amount")
            }
    return found
