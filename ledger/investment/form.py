"""The form in which people fill in what projects invest by month: what is on record, ready to be brought back."""

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import islice
from typing import IO, Final

from django.utils.translation import gettext as _

from history.bulk_actions import ROWS_AT_ONCE
from milestones.sheet import Book, Cell, Column, Kind
from projects.investments import recorded_amounts
from projects.querysets import ProjectQuerySet

_MONTHS: Final = range(1, 13)


def write_investment_form(target: IO[bytes], projects: ProjectQuerySet, year: int) -> int:
    """A workbook with a row for each of `projects` and a column for each month of `year`; how many rows.

    Whoever brings it back unchanged changes nothing.
    """
    columns = [
        Column(_("Project code"), 27),
        Column(_("Project"), 30),
        Column(_("Enterprise"), 26),
        Column(_("Plan for %(year)s") % {"year": year}, 14, Kind.AMOUNT),
        *(Column(f"{year}-{month:02}", 12, Kind.AMOUNT) for month in _MONTHS),
    ]
    with Book(target) as book:
        return book.table(
            _("Investment"), columns, _rows(projects, year),
            title=_("Investment by month, %(year)s") % {"year": year},
            under=_("Unit: 万元 (10,000 yuan). A blank cell changes nothing; a month that has not begun is not taken."),
            freeze_columns=2,
        )  # fmt: skip


def _rows(projects: ProjectQuerySet, year: int) -> Iterator[Sequence[Cell]]:
    months = [date(year, month, 1) for month in _MONTHS]
    keys: list[date | int] = [year, *months]
    wanted = projects.order_by("name", "pk").values_list("pk", "code", "name", "enterprise").iterator()
    while some := list(islice(wanted, ROWS_AT_ONCE)):
        amounts = recorded_amounts([pk for pk, *_rest in some], months=months, years=[year])
        for pk, code, name, enterprise in some:
            yield [code, name, enterprise, *(amounts.get((pk, key)) for key in keys)]
