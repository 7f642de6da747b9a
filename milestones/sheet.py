"""Sheets that a bureau would print: one way to write a table, for every export and for the weekly workbook.

Rows are written as they come and not kept, so a sheet costs no memory by its length: write from the top
to the bottom, one sheet after the other. Text is always text, whatever it begins with; dates are dates
and numbers numbers.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from types import TracebackType
from typing import IO, Any, Self

import xlsxwriter
from django.utils.translation import gettext as _

from domain.lights import Light
from milestones.filters import LIGHT_LABELS
from milestones.sheet_cells import Cell, Kind, lines, plain
from milestones.sheet_rows import CellWriter, TableSheet

__all__ = ["Book", "Cell", "Column", "Kind", "plain", "sheet_name"]

FONT = {"font_name": "Microsoft YaHei", "font_size": 10, "valign": "vcenter"}
EDGE = {"border": 1, "border_color": "#C5CED7"}
ONE_LINE, NEXT_LINE = 18, 14
"""The height in points of a row with one line of text, and what every further line adds."""

HEADER_ROW = 2
"""The title stands in row 0, what the rows are and when they were computed in row 1."""

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


@dataclass(frozen=True, slots=True)
class Column:
    """A column; `width` in characters of the default font."""

    title: str
    width: float
    kind: Kind = Kind.TEXT


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
            Kind.TEXT: add({**cell, "text_wrap": True, "indent": 1}),
            Kind.WORD: add({**cell, "text_wrap": True, "align": "center"}),
            Kind.NUMBER: add({**cell, "num_format": "#,##0", "align": "right", "indent": 1}),
            Kind.AMOUNT: add({**cell, "num_format": "#,##0.00", "align": "right", "indent": 1}),
            Kind.LIGHT: add({**cell, "indent": 1}),
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
        sheet = self.workbook.add_worksheet(sheet_name(name), TableSheet)
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        sheet.center_horizontally()
        sheet.fit_to_pages(1, 0)
        sheet.set_footer("&C" + _("Page %(page)s of %(pages)s") % {"page": "&P", "pages": "&N"})
        sheet.hide_gridlines(2)
        sheet.set_default_row(ONE_LINE)
        sheet.set_row(0, 30)
        self.say(sheet, 0, 0, title, "title")
        self.say(sheet, 1, 0, under, "under")
        return sheet

    def table(
        self, name: str, columns: Sequence[Column], rows: Iterable[Sequence[Cell]], *,
        title: str, under: str = "", freeze_columns: int = 0, when_empty: str = "",
    ) -> int:  # fmt: skip
        """A sheet with one table, its header frozen, repeated on each page, with a filter; how many rows."""
        sheet = self.sheet(name, title=title, under=under)
        for index, column in enumerate(columns):
            sheet.set_column(index, index, column.width)
        self.set_height(sheet, HEADER_ROW, max(lines(column.title, column.width) for column in columns))
        for index, column in enumerate(columns):
            self.say(sheet, HEADER_ROW, index, column.title, "header")
        at = HEADER_ROW
        for at, (height, cells) in enumerate(self._rows(columns, rows), start=HEADER_ROW + 1):
            sheet.append_row(at, height, cells)
        if at == HEADER_ROW and when_empty:
            self.say(sheet, at + 1, 0, when_empty, "under")
        sheet.freeze_panes(HEADER_ROW + 1, freeze_columns)
        sheet.repeat_rows(HEADER_ROW)
        sheet.autofilter(HEADER_ROW, 0, max(at, HEADER_ROW), len(columns) - 1)
        return at - HEADER_ROW

    def _rows(self, columns: Sequence[Column], rows: Iterable[Sequence[Cell]]) -> Iterator[tuple[float, str]]:
        """The height and the cells of each row."""
        lights = {light: (word, self.styles[light]) for light, word in self.light_words.items()}
        writers = [
            CellWriter(index, self.styles[column.kind], self.styles[Kind.DAY], lights)
            for index, column in enumerate(columns)
        ]
        wrapped = [
            (index, column.width, int(column.width / 2) - 1)
            for index, column in enumerate(columns)
            if column.kind in {Kind.TEXT, Kind.WORD}
        ]
        for number, row in enumerate(rows, start=HEADER_ROW + 2):
            most = 1
            for index, width, surely_one_line in wrapped:
                text = row[index]
                if isinstance(text, str) and (len(text) > surely_one_line or "\n" in text):
                    most = max(most, lines(text, width))
            cells = [write(value, number) for write, value in zip(writers, row, strict=True)]
            yield height_of(most), "".join(cells)

    def set_height(self, sheet: Any, row: int, lines: int) -> None:
        """Room for so many lines of text; before the row is written."""
        if lines > 1:
            sheet.set_row(row, height_of(lines))

    def say(self, sheet: Any, row: int, column: int, text: str, style: str) -> None:
        """A text in one of the named styles."""
        text = plain(text)
        if text.endswith("</r>"):
            text += " "  # XlsxWriter takes <r>…</r> for markup of its own and would not escape it
        sheet.write_string(row, column, text, self.styles[style])

    def write(self, sheet: Any, row: int, column: int, value: Cell, kind: Kind = Kind.TEXT) -> None:
        """One cell of a sheet that is no table."""
        style = self.styles[kind]
        if value is None or value == "":
            sheet.write_blank(row, column, None, style)
        elif isinstance(value, Light):
            sheet.write_string(row, column, self.light_words[value], self.styles[value])
        elif isinstance(value, str):
            self.say(sheet, row, column, value, kind)
        elif isinstance(value, date):
            sheet.write_datetime(row, column, value, self.styles[Kind.DAY])
        else:
            sheet.write_number(row, column, value, style)


def height_of(lines: int) -> float:
    """The height in points of a row with so many lines of text."""
    return ONE_LINE + (lines - 1) * NEXT_LINE
