"""The weekly workbook: a week as sheets that can be printed, handed round and, two of them, filled in offline.

It is written from a ``Week`` alone: of a draft as it is gathered, of a frozen meeting as its snapshot keeps it.
"""

from collections.abc import Callable, Iterator
from typing import IO

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from meetings.round_trip.marks import HIDDEN_SHEET, origin_of, seal
from meetings.sheets.overview import write_overview
from meetings.sheets.titles import titles
from meetings.week import Table, Week
from milestones.sheet import Book, Entry, Line, plain

SHEETS = 12
"""How many sheets there are; each is a step of the work."""

UNSEEN = ("_mark", "_seal")
"""The titles of the hidden columns of a sheet that can be filled in."""


def write_workbook(file: IO[bytes], week: Week, *, on_sheet: Callable[[], None] = lambda: None) -> None:
    """Write the workbook of `week`, reading the rows of its tables once; `on_sheet` is called after each sheet."""
    origin = origin_of(week)
    with Book(file) as book:
        write_overview(
            book, week.overview, name=titles().overview, title=_("Weekly meeting: overview"), under=week.under
        )
        on_sheet()
        for table in week.tables:
            _write_table(book, table, origin)
            on_sheet()
        _write_origin(book, origin)


def _write_table(book: Book, table: Table, origin: str) -> None:
    book.lines(
        table.name, table.columns, _lines(table, origin), title=table.title, under=table.under,
        freeze_columns=table.freeze_columns, when_empty=table.when_empty, linked=table.project_column,
        entries=[Entry(each.column, each.choices) for each in table.editable],
        unseen=UNSEEN if table.editable else (), is_locked=True, pages_wide=table.pages_wide,
    )  # fmt: skip


def _lines(table: Table, origin: str) -> Iterator[Line]:
    """The rows with the address of their project and, where they can be filled in, with their sealed marks."""
    pages = projects_address()
    for row in table.rows:
        address = "" if row.project is None else f"{pages}{row.project}/"
        yield Line(row.cells, address, (row.mark, seal(row.mark, origin)) if row.mark else ())


def projects_address() -> str:
    """Where the list of projects is reached from outside; the page of each stands below it, under its number."""
    return settings.SITE_URL + reverse("milestones:projects")


def _write_origin(book: Book, origin: str) -> None:
    """Where the workbook comes from, for when it is brought back; nobody has to see it."""
    sheet = book.workbook.add_worksheet(HIDDEN_SHEET)
    sheet.very_hidden()
    sheet.protect()
    sheet.write_string(0, 0, plain(origin))
    sheet.write_string(1, 0, seal(origin))
