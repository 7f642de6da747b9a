"""Workbooks of investment for tests."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import xlsxwriter

from accounts.models import User
from ledger.actions import import_investment
from ledger.investment.opening import open_investment
from ledger.investment.plan import InvestmentChanges, plan_changes
from ledger.keeping import chunks_of
from projects.models import Investment, InvestmentPlan

TODAY = date(2022, 9, 15)
HEAD = ("项目名称", "建设单位", "1月", "2月", "8月")


def write_book(
    folder: Path, *rows: Sequence[Any], name: str = "投资.xlsx", sheet: str = "Sheet1",
    merged: Sequence[tuple[Any, ...]] = (),
) -> Path:  # fmt: skip
    """A workbook with these rows from its first one on; `merged` are ranges, as the writer takes them."""
    path = folder / name
    with xlsxwriter.Workbook(str(path), {"default_date_format": "yyyy-mm"}) as book:
        page = book.add_worksheet(sheet)
        for number, row in enumerate(rows):
            for column, value in enumerate(row):
                if isinstance(value, date):
                    page.write_datetime(number, column, value)
                elif value is not None:
                    page.write(number, column, value)
        for range_ in merged:
            page.merge_range(*range_)
    return path


def changes_of(path: Path, *, actor: User | None = None, **how: Any) -> InvestmentChanges:
    opened = open_investment(path, **how)
    return plan_changes(opened, actor=actor or User.objects.system(), today=TODAY)


def bring(path: Path, *, actor: User | None = None, **how: Any) -> InvestmentChanges:
    """Import a file as the command does."""
    _, plan = import_investment(
        chunks_of(path), file_name=path.name, actor=actor or User.objects.system(), today=TODAY, **how
    )
    return plan


def counts(plan: InvestmentChanges) -> tuple[int, ...]:
    """Created, updated, unchanged, rejected."""
    return tuple(plan.counts.values())


def reasons(plan: InvestmentChanges) -> list[tuple[int, str, str, str]]:
    return [(one.row, one.column, one.value, str(one.reason)) for one in plan.problems]


def recorded() -> dict[tuple[str, str], float]:
    """Everything on record, by the project's name and the month or year."""
    months = {
        (row.project.name, f"{row.month:%Y-%m}"): float(row.amount)
        for row in Investment.objects.select_related("project")
    }
    plans = {
        (row.project.name, str(row.year)): float(row.amount)
        for row in InvestmentPlan.objects.select_related("project")
    }
    return months | plans
