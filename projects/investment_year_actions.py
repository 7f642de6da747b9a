"""Recording the months of one project's year and its plan together, as one form sends them. Amounts are in 万元."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_noop

from accounts.models import User
from domain.errors import StaleError
from projects.bulk_actions import hold_projects
from projects.investment_actions import MonthAmount, Written, YearPlan, plan_investments, record_investments
from projects.investment_years import investment_years
from projects.models import Project


@transaction.atomic
def record_year(
    project: Project, year: int, *, months: Mapping[int, Decimal], plan: Decimal | None, actor: User,
    today: date, etag: str | None = None, confirmed: bool = False,
) -> Written:  # fmt: skip
    """Set the investment of months, given by their numbers, and the plan of `year` where one is given.

    Raises as `record_investments` and `plan_investments` do, StaleError where the year is no longer what `etag` names.
    """
    hold_projects(actor, [project.pk])
    if etag is not None and investment_years(project, year)[year].etag != etag:
        raise StaleError(
            gettext_noop("“%(project)s” has changed since you read it; look at it again."),
            project=project.name,
        )
    amounts = [MonthAmount(project.pk, date(year, month, 1), amount) for month, amount in months.items()]
    plans = [] if plan is None else [YearPlan(project.pk, year, plan)]
    written = [
        record_investments(amounts, actor=actor, today=today, confirmed=confirmed),
        plan_investments(plans, actor=actor, confirmed=confirmed),
    ]
    return Written(*(sum(counts) for counts in zip(*map(_counts, written), strict=True)))


def _counts(written: Written) -> tuple[int, int, int]:
    return written.created, written.updated, written.unchanged
