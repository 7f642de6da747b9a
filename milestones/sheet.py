"""Sheets that a bureau would print: one way to write a table, for every export and for the weekly workbook.

Rows are written as they come and not kept, so a sheet costs no memory by its length: write from the top
to the bottom, one sheet after the other. Text is always text, whatever it begins with; dates are dates
and numbers numbers.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from types import TracebackType
from typing import IO, Any, Self

import xlsxwriter
from django.utils.translation import gettext as _

from domain.lights import Light
from milestones.filters import LIGHT_LABELS

Cell = str | int | float | Decimal | date | Light | None

FONT = {"font_name": "Microsoft YaHei", "font_size": 10, "valign": "vcenter"}
EDGE = {"border": 1, "border_color": "#C5CED7"}
HEADER_ROW = 2
"""The title stands in row 0, what the rows are and when they were computed in row 1."""

LONGEST_TEXT = 32_767
_FIRST_SERIAL = date(1899, 12, 30)
_FIRST_DATE = date(1900, 3, 1)  # Excel believes in a 29 February 1900 and knows no day before that year
_UNWRITABLE = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")
_NOT_IN_A_NAME = re.compile(r"[\[\]:*?/\\\x00-\x1f]")

SHAPES = {
    Light.GREY: "○", Light.GREEN: "●", Light.YELLOW: "▲", Light.RED: "◆",
    Light.VIOLET: "‖", Light.BLUE: "✓", Light.WHITE: "◌",
}  # fmt: skip
_INKS = {
    Light.GREY: ("#56616E", "#FFFFFF"),
    Light.GREEN: ("#1B6B48", "#E3F4EB"),
    Light.YELLOW: ("#7A5600", "#FCF0CF"),
    Light.RED: ("#A81E18", "#FBDEDC"),
    Light.VIOLET: ("#553399", "#ECE5F8"),
    Light.BLUE: ("#1F5FBF", "#E1ECFA"),
    Light.WHITE: ("#697582", "#F6F8FA"),
}
"""The colour of the word and of the ground it stands on."""


class Kind(StrEnum):
    """What the cells of a column are: ``WORD`` is a short text in the middle, ``AMOUNT`` has two decimals."""

    TEXT = "text"
    WORD = "word"
    NUMBER = "number"
    AMOUNT = "amount"
    DAY = "day"
    LIGHT = "light"


@dataclass(frozen=True, slots=True)
class Column:
    """A column; `width` in characters of the default font."""

    title: str
    width: float
    kind: Kind = Kind.TEXT


def plain(text: str) -> str:
    """`text` without what no cell can hold: control characters, halves of characters, the overlong rest."""
    text = _UNWRITABLE.sub("", text) if _UNWRITABLE.search(text) else text
    return text if len(text) <= LONGEST_TEXT else text[: LONGEST_TEXT - 1] + "…"


def sheet_name(text: str) -> str:
    """`text` as the name of a sheet: without the signs that Excel forbids, at most 31 characters."""
    return _NOT_IN_A_NAME.sub(" ", text).strip(" '")[:31] or "-"


class Book:
    """A workbook being written to a path or a binary file; a context manager, complete when it is left.

    `workbook` and `styles` (title, under, header, heading and one for each ``Kind`` and ``Light``) are open
    for sheets that are no tables.
    """

    def __init__(self, target: str | IO[bytes]) -> None:
        self.workbook = xlsxwriter.Workbook(
            target, {"constant_memory": True, "default_date_format": "yyyy-mm-dd"}
        )
        add = self.workbook.add_format
        cell = {**FONT, **EDGE}
        self.styles: dict[str, Any] = {
            "title": add({**FONT, "font_size": 16, "bold": True}),
            "under": add({**FONT, "font_color": "#56616E"}),
            "heading": add({**FONT, "font_size": 12, "bold": True}),
            "header": add(
                {**cell, "bold": True, "bg_color": "#E8EEF6", "align": "center", "text_wrap": True}
            ),
            Kind.TEXT: add({**cell, "text_wrap": True}),
            Kind.WORD: add({**cell, "align": "center"}),
            Kind.NUMBER: add({**cell, "num_format": "#,##0"}),
            Kind.AMOUNT: add({**cell, "num_format": "#,##0.00"}),
            Kind.LIGHT: add(cell),
            Kind.DAY: add({**cell, "num_format": "yyyy-mm-dd", "align": "center"}),
            **{
                light: add({**cell, "align": "center", "bold": True, "font_color": ink, "bg_color": ground})
                for light, (ink, ground) in _INKS.items()
            },
        }
        self.light_words = {light: f"{SHAPES[light]} {LIGHT_LABELS[light]}" for light in Light}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.workbook.close()

    def sheet(self, name: str, *, title: str, under: str = "") -> Any:
        """A new sheet, ready to print on A4 across, with its title and the line under it."""
        sheet = self.workbook.add_worksheet(sheet_name(name))
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        sheet.center_horizontally()
        sheet.fit_to_pages(1, 0)
        sheet.set_footer("&C" + _("Page %(page)s of %(pages)s") % {"page": "&P", "pages": "&N"})
        sheet.hide_gridlines(2)
        sheet.set_row(0, 30)
        sheet.write_string(0, 0, plain(title), self.styles["title"])
        sheet.write_string(1, 0, plain(under), self.styles["under"])
        return sheet

    def table(
        self, name: str, columns: Sequence[Column], rows: Iterable[Sequence[Cell]], *,
        title: str, under: str = "", freeze_columns: int = 0, when_empty: str = "",
    ) -> int:  # fmt: skip
        """A sheet with one table, its header frozen, repeated on each page, with a filter; how many rows."""
        sheet = self.sheet(name, title=title, under=under)
        for index, column in enumerate(columns):
            sheet.set_column(index, index, column.width)
        sheet.set_row(HEADER_ROW, 24)
        for index, column in enumerate(columns):
            sheet.write_string(HEADER_ROW, index, plain(column.title), self.styles["header"])
        writers = [self._writer(sheet, column.kind) for column in columns]
        at = HEADER_ROW
        for at, row in enumerate(rows, start=HEADER_ROW + 1):
            for index, (write, value) in enumerate(zip(writers, row, strict=True)):
                write(at, index, value)
        if at == HEADER_ROW and when_empty:
            sheet.write_string(at + 1, 0, when_empty, self.styles["under"])
        sheet.freeze_panes(HEADER_ROW + 1, freeze_columns)
        sheet.repeat_rows(HEADER_ROW)
        sheet.autofilter(HEADER_ROW, 0, max(at, HEADER_ROW), len(columns) - 1)
        return at - HEADER_ROW

    def write(self, sheet: Any, row: int, column: int, value: Cell, kind: Kind = Kind.TEXT) -> None:
        """One cell of a sheet that is no table."""
        self._writer(sheet, kind)(row, column, value)

    def _writer(self, sheet: Any, kind: Kind) -> Callable[[int, int, Cell], None]:
        style = self.styles[kind]

        def write(row: int, column: int, value: Cell) -> None:
            if value is None or value == "":
                sheet.write_blank(row, column, None, style)
            elif isinstance(value, Light):
                sheet.write_string(row, column, self.light_words[value], self.styles[value])
            elif isinstance(value, str):
                sheet.write_string(row, column, plain(value), style)
            elif isinstance(value, date):
                self._write_date(sheet, row, column, value)
            else:
                sheet.write_number(row, column, value, style)

        return write

    def _write_date(self, sheet: Any, row: int, column: int, value: date) -> None:
        if value < _FIRST_DATE:
            sheet.write_string(row, column, value.isoformat(), self.styles[Kind.WORD])
        else:
            days = value.toordinal() - _FIRST_SERIAL.toordinal()
            sheet.write_number(row, column, days, self.styles[Kind.DAY])
