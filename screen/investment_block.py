"""Investment as the one screen shows it: of the period, against the plan, with filings and new starts."""

from dataclasses import dataclass
from datetime import date

from domain.periods import Months
from projects.investments import InvestmentTotals, PlanTotals, investment_totals, plan_totals
from projects.querysets import ProjectQuerySet
from screen.keeping import COUNT_ANEW, MOVES_NO_MONEY, Keeper
from screen.narrowing import Narrowing
from screen.reached import Reached, reached_in


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
    plan = keeper.kept(
        "plan", MOVES_NO_MONEY, lambda: plan_totals(projects, months, narrowed=narrowed), key=key
    )
    reached = reached_in(projects, months, narrowed=narrowed, keeper=keeper)
    return InvestmentBlock(
        months, totals, plan, reached.filed, reached.filed_renovation, reached.started
    )  # fmt: skip
