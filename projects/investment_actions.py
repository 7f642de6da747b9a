"""Recording what projects invest by month, and what they plan to invest in a year. Amounts are in 万元."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_noop

from accounts.models import User
from domain.errors import InputError
from domain.investment import was_meant_in_yuan
from domain.periods import LATEST_YEAR
from domain.recorded_days import EARLIEST, refuse_future
from history.bulk_actions import ROWS_AT_ONCE, NewChange, insert_rows, record_changes
from history.models import Change
from projects.bulk_actions import hold_projects
from projects.investments import recorded_amounts
from projects.models import Investment, InvestmentPlan


class MonthAmount(NamedTuple):
    """What a project invested in the month that begins on `month`."""

    project_id: int
    month: date
    amount: Decimal


class YearPlan(NamedTuple):
    """What a project is to invest in a year."""

    project_id: int
    year: int
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Written:
    """How many amounts were new, changed, or stood there already."""

    created: int
    updated: int
    unchanged: int


@transaction.atomic
def record_investments(
    amounts: Iterable[MonthAmount], *, actor: User, today: date, batch: UUID | None = None,
    confirmed: bool = False,
) -> Written:  # fmt: skip
    """Set the investment of project-months; what stays the same is neither written nor recorded.

    Of a project-month that is named twice the last amount counts. An amount as no project spends it in a month is
    refused unless `confirmed`: it was meant in yuan. Raises PermissionDenied unless `actor` may change all of the
    projects, InputError for an amount below nought or one that was meant in yuan, RuleError for a month that has not
    begun or lies before the year 2000.
    """
    wanted: dict[int, dict[date, Decimal]] = defaultdict(dict)
    for project_id, month, amount in amounts:
        refuse_future(month, today)
        _refuse_amount(amount, confirmed=confirmed)
        wanted[project_id][month.replace(day=1)] = amount
    hold_projects(actor, wanted)
    return _write(
        Investment, "month", wanted, recorded_amounts(wanted, months=_keys(wanted)),
        Change.Verb.INVESTMENT_RECORDED, actor, batch,
    )  # fmt: skip


@transaction.atomic
def plan_investments(
    plans: Iterable[YearPlan], *, actor: User, batch: UUID | None = None, confirmed: bool = False
) -> Written:
    """Set what projects are to invest in a year. Raises as `record_investments` does."""
    wanted: dict[int, dict[int, Decimal]] = defaultdict(dict)
    for project_id, year, amount in plans:
        if not EARLIEST.year <= year <= LATEST_YEAR:
            raise InputError(gettext_noop("%(year)s is no year between 2000 and 2100."), year=year)
        _refuse_amount(amount / 12, confirmed=confirmed)
        wanted[project_id][year] = amount
    hold_projects(actor, wanted)
    return _write(
        InvestmentPlan, "year", wanted, recorded_amounts(wanted, years=_keys(wanted)),
        Change.Verb.INVESTMENT_PLANNED, actor, batch,
    )  # fmt: skip


def _refuse_amount(amount: Decimal, *, confirmed: bool) -> None:
    if amount < 0:
        raise InputError(gettext_noop("An investment of %(amount)s is below nought."), amount=amount)
    if not confirmed and was_meant_in_yuan(amount):
        raise InputError(
            gettext_noop(
                "%(amount)s 万元 in one month is more than any project spends; was it meant in yuan? Confirm it if not."
            ),
            amount=f"{amount:,.2f}",
        )


Amounts = Mapping[int, Mapping[Any, Decimal]]
"""By project, then by month or year."""


def _keys(wanted: Amounts) -> set[Any]:
    return {when for amounts in wanted.values() for when in amounts}


def _write(
    model: Any, key: str, wanted: Amounts, on_record: Mapping[tuple[int, Any], Decimal], verb: Change.Verb,
    actor: User, batch: UUID | None,
) -> Written:  # fmt: skip
    new: list[tuple[int, Any, Decimal]] = []
    changed: list[tuple[int, Any, Decimal]] = []
    history: list[NewChange] = []
    total = 0
    for project_id, amounts in wanted.items():
        before: dict[str, Decimal | None] = {}
        after: dict[str, Decimal] = {}
        for when, amount in sorted(amounts.items()):
            total += 1
            stood = on_record.get((project_id, when))
            if stood == amount:
                continue
            name = f"{when:%Y-%m}" if isinstance(when, date) else str(when)
            after[name] = amount
            if stood is None:
                new.append((project_id, when, amount))
            else:
                before[name] = stood
                changed.append((project_id, when, amount))
        if after:
            history.append(NewChange(verb, project_id, after, before))
    names = ("project_id", key, "amount")
    insert_rows(model, names, new)
    model.objects.bulk_create(
        [model(**dict(zip(names, row, strict=True))) for row in changed],
        update_conflicts=True, unique_fields=["project", key], update_fields=["amount"], batch_size=ROWS_AT_ONCE,
    )  # fmt: skip
    record_changes(history, actor=actor, batch=batch)
    return Written(len(new), len(changed), total - len(new) - len(changed))
