"""What the page, the workbook and the API show of the investment of a period. Amounts are in 万元.

The figures, the picture and the rows come from the same three questions, so they add up to one another.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from operator import attrgetter
from typing import Final, NamedTuple

from django.db.models import Q, Sum

from domain.investment import investment_light, planned_to_date, points_behind
from domain.lights import Light
from domain.periods import Months
from projects.investment_months import ByMonth, investment_by_month, totals_of
from projects.investments import GROUPS, InvestmentTotals, PlanTotals
from projects.models import Investment, InvestmentPlan, Project
from projects.querysets import ProjectQuerySet
from screen.investment.form import Asked
from screen.reached import Reached, reached_in

_NOTHING: Final = Decimal(0)


class Line(NamedTuple):
    """The investment of one project: in the period, a year earlier, and in the year so far against its plan.

    `to_date`: what the plan wants by the end of the period; `behind`: percentage points of the plan that are missing.
    Without a plan `planned`, `to_date` and `behind` are None.
    """

    pk: int
    now: Decimal
    before: Decimal
    made: Decimal
    planned: Decimal | None = None
    to_date: Decimal | None = None
    behind: Decimal | None = None
    light: Light = Light.GREY


@dataclass(frozen=True, slots=True)
class NamedLine:
    """A line with what its project is called."""

    line: Line
    name: str
    enterprise: str
    town: str
    kind: str


@dataclass(frozen=True, slots=True)
class ListSum:
    """The last row of the list: the sum of all its lines, on all pages."""

    now: Decimal
    before: Decimal
    made: Decimal
    planned: Decimal
    to_date: Decimal


@dataclass(frozen=True, slots=True)
class InvestmentPage:
    """`filed` and `started` count projects of the group, as `plan` does; `filed_renovation` are those of the filed that
    are renovations."""

    asked: Asked
    totals: InvestmentTotals
    by_month: ByMonth
    plan: PlanTotals
    lines: list[Line]
    sum: ListSum
    filed: Reached
    filed_renovation: Reached
    started: Reached

    @property
    def is_year_so_far(self) -> bool:
        """Whether the period begins in January of the year in which it ends: then `made` is `now`."""
        return _year_so_far(self.asked.months) == self.asked.months


def investment_page(
    projects: ProjectQuerySet, asked: Asked, *, narrowed: bool = True, has_begun: bool = True
) -> InvestmentPage:
    """Of `projects`; `narrowed` False says that these are all there are.

    Of a period that has not begun (`has_begun`) only what has a plan is listed.
    """
    by_month = investment_by_month(projects, asked.months, narrowed=narrowed)
    lines = _lines(projects, asked, narrowed=narrowed)
    plan = _plan_of(lines, asked.months)
    if not has_begun:  # there is nothing to compare yet, only plans
        lines = [line for line in lines if line.planned is not None]
    if asked.light:
        lines = [line for line in lines if line.light == asked.light]
    of_group = projects.filter(GROUPS[asked.group](""))
    reached = reached_in(
        of_group, asked.months, narrowed=narrowed or asked.group != "all", has_begun=has_begun
    )
    return InvestmentPage(
        asked=asked, totals=totals_of(by_month, asked.months), by_month=by_month, plan=plan,
        lines=lines, sum=_sum(lines),
        filed=reached.filed, filed_renovation=reached.filed_renovation, started=reached.started,
    )  # fmt: skip


def named(lines: Iterable[Line], projects: ProjectQuerySet) -> list[NamedLine]:
    """The lines with the names of their projects, in their order; one query however many."""
    lines = list(lines)
    if len(lines) <= 1_000:
        projects = Project.objects.filter(pk__in=[line.pk for line in lines])
    found = {
        pk: (name, enterprise, town, kind)
        for pk, name, enterprise, town, kind in projects.order_by().values_list(
            "pk", "name", "enterprise", "town__name", "kind"
        )
    }
    return [NamedLine(line, *found[line.pk]) for line in lines if line.pk in found]


def _year_so_far(months: Months) -> Months:
    return Months(date(months.last.year, 1, 1), months.last)


def _lines(projects: ProjectQuerySet, asked: Asked, *, narrowed: bool) -> list[Line]:
    """Those with a plan or with an amount, furthest behind their plan first, then what has no plan by its amount."""
    amounts = _amounts(projects, asked, narrowed=narrowed)
    plans = _plans(projects, asked, narrowed=narrowed)
    months_gone = planned_to_date(Decimal(12), asked.months.last.year, asked.months.last)
    nothing = (_NOTHING, _NOTHING, _NOTHING)
    with_plan = []
    for pk, plan in plans.items():
        now, before, made = amounts.get(pk, nothing)
        to_date = plan * months_gone / 12  # the same for all, so asked of the calendar once
        behind = points_behind(made, plan, to_date)
        with_plan.append(Line(pk, now, before, made, plan, to_date, behind, investment_light(behind)))
    without = [Line(pk, *sums) for pk, sums in amounts.items() if pk not in plans]
    with_plan.sort(key=attrgetter("behind", "planned", "pk"), reverse=True)
    without.sort(key=attrgetter("now", "before", "pk"), reverse=True)
    return with_plan + without


def _amounts(
    projects: ProjectQuerySet, asked: Asked, *, narrowed: bool
) -> dict[int, tuple[Decimal, Decimal, Decimal]]:
    """By project: in the period, a year earlier, and in the year up to the end of the period."""
    rows = Investment.objects.filter(GROUPS[asked.group]("project__"))
    if narrowed:
        rows = rows.filter(project__in=projects.order_by().values("pk"))
    so_far = _year_so_far(asked.months)
    now, before, made = (
        Q(month__range=(each.first, each.last))
        for each in (asked.months, asked.months.year_earlier(), so_far)
    )
    sums = {"now": Sum("amount", filter=now), "before": Sum("amount", filter=before)}
    if so_far != asked.months:
        sums["made"] = Sum("amount", filter=made)
    found = rows.filter(now | before | made).order_by().values_list("project_id").annotate(**sums)
    return {
        pk: (of_period or _NOTHING, earlier or _NOTHING, (rest[0] if rest else of_period) or _NOTHING)
        for pk, of_period, earlier, *rest in found
    }


def _plans(projects: ProjectQuerySet, asked: Asked, *, narrowed: bool) -> Mapping[int, Decimal]:
    """The plans for the year in which the period ends, by project."""
    rows = InvestmentPlan.objects.filter(
        GROUPS[asked.group]("project__"), year=asked.months.last.year, amount__gt=0
    )
    if narrowed:
        rows = rows.filter(project__in=projects.order_by().values("pk"))
    return dict(rows.order_by().values_list("project_id", "amount"))


def _plan_of(lines: Iterable[Line], months: Months) -> PlanTotals:
    """What `plan_totals` says, from the lines."""
    with_plan = [line for line in lines if line.planned is not None]
    planned, made = _total(with_plan, "planned"), _total(with_plan, "made")
    return PlanTotals.to_the_end_of(months, planned, made, Counter(map(attrgetter("light"), with_plan)))


def _sum(lines: Sequence[Line]) -> ListSum:
    with_plan = [line for line in lines if line.planned is not None]
    return ListSum(
        *(_total(lines, name) for name in ("now", "before", "made")),
        *(_total(with_plan, name) for name in ("planned", "to_date")),
    )


def _total(lines: Iterable[Line], name: str) -> Decimal:
    return sum(map(attrgetter(name), lines), _NOTHING)
