"""The workbook of the rows that were not taken: as they stood, with what is wrong, ready to be mended."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ledger.drafts import Verdict
from ledger.investment.plan import InvestmentChanges
from ledger.plan import Plan, PlannedRow
from milestones.sheet import Book, Cell, Column, Kind
from projects.spreadsheets import Cell as ReadCell


def write_rejects(plan: Plan | InvestmentChanges, target: Path, *, file_name: str) -> int:
    """Write the rejected rows to `target`, unless there are none; how many they are.

    The columns of the ledger keep their headers behind four of ours, so that the mended workbook can be
    imported as it is.
    """
    rejected = [row for row in plan.rows if row.verdict is Verdict.REJECTED]
    if not rejected:
        return 0
    columns = [
        Column(_("Row"), 6, Kind.WORD),
        Column(_("Column"), 18),
        Column(_("Value"), 22),
        Column(_("Reason"), 60),
        *(Column(column.name, 16) for column in plan.opened.table.columns),
    ]
    count = ngettext("%(count)d row was not taken", "%(count)d rows were not taken", len(rejected))
    target.parent.mkdir(parents=True, exist_ok=True)
    with Book(str(target)) as book:
        book.table(
            _("Rejected rows"), columns, _rows(plan, rejected), title=_("Rejected rows"),
            under=f"{file_name} · {count % {'count': len(rejected)}}", freeze_columns=4,
        )  # fmt: skip
    return len(rejected)


def _rows(plan: Plan | InvestmentChanges, rejected: list[PlannedRow]) -> Iterator[list[Cell]]:
    cells = {row.number: row.cells for row in plan.opened.table.rows}
    for row in rejected:
        problems = row.problems
        yield [
            row.number,
            "\n".join(problem.column for problem in problems),
            "\n".join(problem.value for problem in problems),
            "\n".join(str(problem.reason) for problem in problems),
            *map(_plain, cells[row.number]),
        ]


def _plain(cell: ReadCell) -> Cell:
    """A cell that a sheet can hold; moments and durations are written out."""
    if cell is None or isinstance(cell, str):
        return cell
    if isinstance(cell, dt.datetime):
        return cell.date() if cell.time() == dt.time() else cell.isoformat(sep=" ")
    if isinstance(cell, int | float | dt.date) and not isinstance(cell, bool):
        return cell
    return str(cell)
