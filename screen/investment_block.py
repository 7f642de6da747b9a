"""Investment as the one screen shows it: of the period, against the plan, with filings and new starts."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.db.models import Count, DecimalField, ExpressionWrapper, F, FilteredRelation, Q, Sum, Value
from django.db.models.functions import Coalesce

from domain.chains import Milestone
from domain.investment import RED_ABOVE, YELLOW_FROM, planned_to_date
from domain.lifecycle import Status
from domain.lights import Light
from domain.periods import Months
from milestones.milestone_states import steps_of_milestone
from milestones.models import Node
from projects.investments import InvestmentTotals, PlanTotals, investment_totals
from projects.models import InvestmentPlan, Kind
from projects.querysets import ProjectQuerySet
from screen.keeping import COUNT_ANEW, MOVES_NO_MONEY, MOVES_NO_NODE, Keeper
from screen.narrowing import Narrowing

_NOTHING: Final = Decimal(0)
_MONEY: Final = DecimalField(max_digits=20, decimal_places=2)


@dataclass(frozen=True, slots=True)
class Reached:
    """How many projects reached a milestone in the period, and a year earlier where that is known."""

    now: int
    before: int | None

    @property
    def change(self) -> int | None:
        return None if self.before is None else self.now - self.before


@dataclass(frozen=True, slots=True)
class InvestmentBlock:
    months: Months
    totals: InvestmentTotals
    plan: PlanTotals
    filings: Reached
    renovation_filings: Reached
    starts: Reached

    @property
    def has_amounts(self) -> bool:
        return bool(self.totals.all.now or self.totals.all.before)

    @property
    def has_plan(self) -> bool:
        return self.plan.planned > 0

    @property
    def is_empty(self) -> bool:
        """Nothing has been entered that could be shown."""
        reached = self.filings.now or self.starts.now or self.filings.before or self.starts.before
        return not (self.has_amounts or self.has_plan or reached)


def investment_block(
    projects: ProjectQuerySet, narrowing: Narrowing, today: date, *, narrowed: bool, keeper: Keeper = COUNT_ANEW
) -> InvestmentBlock | None:  # fmt: skip
    """Of `projects`; `narrowed` False says that these are all there are. None where the period has not begun."""
    months = narrowing.period
    if not months.has_begun(today):
        return None
    key = f"{months.first}-{months.last}"
    totals = keeper.kept(
        "investment", MOVES_NO_MONEY, lambda: investment_totals(projects, months, narrowed=narrowed), key=key
    )
    plan = keeper.kept("plan", MOVES_NO_MONEY, lambda: plan_of(projects, months, narrowed=narrowed), key=key)
    filings, renovations, starts = keeper.kept(
        "reached", MOVES_NO_NODE, lambda: _reached(projects, months, narrowed=narrowed), key=key
    )
    return InvestmentBlock(months, totals, plan, filings, renovations, starts)


def plan_of(projects: ProjectQuerySet, months: Months, *, narrowed: bool) -> PlanTotals:
    """What ``projects.investments.plan_totals`` says, added up by the database: a test holds the two together."""
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
        # What is missing, times twelve: products of whole hundredths compare exactly where quotients would not.
        .annotate(missing=_money(F("amount") * gone - F("made") * 12))
    )  # fmt: skip
    red = Q(missing__gt=_money(F("amount") * (RED_ABOVE * 12 / 100)))
    yellow = Q(missing__gte=_money(F("amount") * (YELLOW_FROM * 12 / 100))) & ~red
    found = with_made.aggregate(
        planned=Sum("amount"), total=Sum("made"), plans=Count("pk"),
        red=Count("pk", filter=red), yellow=Count("pk", filter=yellow),
    )  # fmt: skip
    planned = found["planned"] or _NOTHING
    lights = {
        Light.RED: found["red"], Light.YELLOW: found["yellow"],
        Light.GREEN: found["plans"] - found["red"] - found["yellow"],
    }  # fmt: skip
    return PlanTotals(year, planned, planned_to_date(planned, year, last), found["total"] or _NOTHING, lights)


def _money(expression: Any) -> ExpressionWrapper:
    return ExpressionWrapper(expression, _MONEY)


def _reached(
    projects: ProjectQuerySet, months: Months, *, narrowed: bool
) -> tuple[Reached, Reached, Reached]:
    """Filings of all projects and of renovations, and new starts: three queries."""
    earlier = months.year_earlier()
    now, before = (Q(finished_on__range=(each.first, each.last_day)) for each in (months, earlier))
    nodes = Node.objects.filter(
        template_node__in=steps_of_milestone(Milestone.FILED, Milestone.STARTED), status=Status.DONE
    ).order_by()
    if narrowed:
        nodes = nodes.filter(project__in=projects.order_by().values("pk"))
    # A chain may have two nodes for one milestone, but a project is counted once.
    counted = list(
        nodes.filter(now | before)
        .values_list("template_node__milestone", "project__kind")
        .annotate(
            now=Count("project", distinct=True, filter=now),
            before=Count("project", distinct=True, filter=before),
        )
    )
    known = {
        milestone: nodes.filter(
            template_node__in=steps_of_milestone(milestone), finished_on__lte=earlier.last_day
        ).exists()
        for milestone in (Milestone.FILED, Milestone.STARTED)
    }

    def reached(milestone: Milestone, *kinds: str) -> Reached:
        rows = [row for row in counted if row[0] == milestone and (not kinds or row[1] in kinds)]
        was = sum(row[3] for row in rows) if known[milestone] else None
        return Reached(sum(row[2] for row in rows), was)

    return reached(Milestone.FILED), reached(Milestone.FILED, Kind.RENOVATION), reached(Milestone.STARTED)
