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
from typing import IO, Any, NamedTuple, Self

import xlsxwriter
from django.utils.translation import gettext as _

from domain.lights import Light
from milestones.filters import LIGHT_LABELS
from milestones.sheet_cells import Cell, Kind, lines, plain, unmarked
from milestones.sheet_entries import Entry, Lists, allow
from milestones.sheet_rows import CellWriter, TableSheet

__all__ = ["Book", "Cell", "Column", "Entry", "Kind", "Line", "plain", "sheet_name"]

FONT = {"font_name": "Microsoft YaHei", "font_size": 10, "valign": "vcenter"}
EDGE = {"border": 1, "border_color": "#C5CED7"}
ONE_LINE, NEXT_LINE = 18, 14
"""The height in points of a row with one line of text, and what every further line adds."""

HIGHEST = 409
"""No spreadsheet shows a higher row."""

HEADER_ROW = 2
"""The title stands in row 0, what the rows are and when they were computed in row 1."""

_ALLOWED = {
    "format_columns": True, "format_rows": True, "sort": True, "autofilter": True, "select_locked_cells": True,
}  # fmt: skip
"""What stays possible in a protected sheet, besides filling in what is open to it."""

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


class Line(NamedTuple):
    """A row of a table; `address` is where its linked cell leads, `unseen` the cells behind its last column."""

    cells: Sequence[Cell]
    address: str = ""
    unseen: Sequence[str] = ()


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
            Kind.CHANGE: add({**cell, "num_format": "+#,##0;-#,##0;0", "align": "center"}),
            Kind.LIGHT: add({**cell, "indent": 1}),
            Kind.DAY: add({**cell, "num_format": "yyyy-mm-dd", "align": "center"}),
            **{
                light: add({**cell, "align": "center", "bold": True, "font_color": ink, "bg_color": ground})
                for light, (ink, ground) in _INKS.items()
            },
        }
        entry = {**cell, "bg_color": "#FFFBE3", "locked": False}
        self.entry_styles: dict[Kind, Any] = {
            Kind.TEXT: add({**entry, "text_wrap": True, "indent": 1}),
            Kind.WORD: add({**entry, "text_wrap": True, "align": "center"}),
            Kind.NUMBER: add({**entry, "num_format": "#,##0", "align": "right", "indent": 1}),
            Kind.AMOUNT: add({**entry, "num_format": "#,##0.00", "align": "right", "indent": 1}),
            Kind.DAY: add({**entry, "num_format": "yyyy-mm-dd", "align": "center"}),
        }
        self.link_style = add(
            {**cell, "text_wrap": True, "indent": 1, "font_color": "#1F4FA3", "underline": 1}
        )
        self.plain_style = add({})
        self.lists = Lists()
        self.light_words = {light: f"{SHAPES[light]} {LIGHT_LABELS[light]}" for light in Light}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self.lists.write(self.workbook)
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
        return self.lines(
            name, columns, map(Line, rows),
            title=title, under=under, freeze_columns=freeze_columns, when_empty=when_empty,
        )  # fmt: skip

    def lines(
        self, name: str, columns: Sequence[Column], lines: Iterable[Line], *,
        title: str, under: str = "", freeze_columns: int = 0, when_empty: str = "", linked: int | None = None,
        entries: Sequence[Entry] = (), unseen: Sequence[str] = (), is_locked: bool = False, pages_wide: int = 1,
    ) -> int:  # fmt: skip
        """The same, where rows lead somewhere, can be filled in, or carry what nobody sees.

        `linked` is the place of the column that leads to the address of its row, `unseen` the titles of the hidden
        columns behind the last one. A sheet that `is_locked` can be read, sorted, filtered and printed, and only its
        `entries` can be written into; without a password: it guards against slips of the hand. Where it is printed on
        several pages side by side, the columns that stay in sight stand on each.
        """
        sheet = self.sheet(name, title=title, under=under)
        self._header(sheet, columns, unseen)
        at = HEADER_ROW
        writers = self._writers(columns, entries)
        for at, (height, cells) in enumerate(
            self._rows(sheet, columns, lines, writers, linked, len(unseen)), start=HEADER_ROW + 1
        ):
            sheet.append_row(at, height, cells)
        if at == HEADER_ROW and when_empty:
            self.say(sheet, at + 1, 0, when_empty, "under")
        sheet.freeze_panes(HEADER_ROW + 1, freeze_columns)
        sheet.repeat_rows(HEADER_ROW)
        # What nobody sees would be in the text of a PDF all the same.
        sheet.print_area(0, 0, max(at, HEADER_ROW + 1), len(columns) - 1)
        if pages_wide > 1:
            sheet.fit_to_pages(pages_wide, 0)
            sheet.repeat_columns(0, max(freeze_columns, 1) - 1)
        # What nobody sees belongs to its row however the rows are sorted.
        sheet.autofilter(HEADER_ROW, 0, max(at, HEADER_ROW), len(columns) + len(unseen) - 1)
        if at > HEADER_ROW:
            for entry in entries:
                allow(sheet, entry, columns[entry.column].kind, (HEADER_ROW + 1, at), self.lists)
        if is_locked:
            self.lock(sheet)
        return at - HEADER_ROW

    def lock(self, sheet: Any) -> None:
        """Only what is open to be filled in can be written."""
        sheet.protect("", _ALLOWED)

    def _header(self, sheet: Any, columns: Sequence[Column], unseen: Sequence[str]) -> None:
        for index, column in enumerate(columns):
            sheet.set_column(index, index, column.width)
        for index, _title in enumerate(unseen, start=len(columns)):
            sheet.set_column(index, index, None, None, {"hidden": True})
        self.set_height(sheet, HEADER_ROW, max(lines(column.title, column.width) for column in columns))
        for index, title in enumerate([*(column.title for column in columns), *unseen]):
            self.say(sheet, HEADER_ROW, index, title, "header")

    def _writers(self, columns: Sequence[Column], entries: Sequence[Entry]) -> list[CellWriter]:
        lights = {light: (word, self.styles[light]) for light, word in self.light_words.items()}
        open_to = {entry.column for entry in entries}
        writers = []
        for index, column in enumerate(columns):
            styles = self.entry_styles if index in open_to else self.styles
            writers.append(CellWriter(index, styles[column.kind], styles[Kind.DAY], lights))
        return writers

    def _rows(
        self, sheet: TableSheet, columns: Sequence[Column], rows: Iterable[Line],
        writers: Sequence[CellWriter], linked: int | None, unseen_columns: int,
    ) -> Iterator[tuple[float, str]]:  # fmt: skip
        """The height and the cells of each row."""
        wrapped = [
            (index, column.width, int(column.width / 2) - 1)
            for index, column in enumerate(columns)
            if column.kind in {Kind.TEXT, Kind.WORD}
        ]
        link = CellWriter(linked or 0, self.link_style, self.link_style, {})
        hidden = [
            CellWriter(len(columns) + place, self.plain_style, self.plain_style, {})
            for place in range(unseen_columns)
        ]
        for number, (row, address, unseen) in enumerate(rows, start=HEADER_ROW + 2):
            most = 1
            for index, width, surely_one_line in wrapped:
                text = row[index]
                if isinstance(text, str) and (len(text) > surely_one_line or "\n" in text):
                    most = max(most, lines(text, width))
            cells = [write(value, number) for write, value in zip(writers, row, strict=True)]
            if address and linked is not None and row[linked] and sheet.takes_links:
                cells[linked] = link(row[linked], number)
                sheet.link(number - 1, linked, address)
            if unseen:
                cells += [write(value, number) for write, value in zip(hidden, unseen, strict=True)]
            yield height_of(most), "".join(cells)

    def set_height(self, sheet: Any, row: int, lines: int) -> None:
        """Room for so many lines of text; before the row is written."""
        if lines > 1:
            sheet.set_row(row, height_of(lines))

    def say(self, sheet: Any, row: int, column: int, text: str, style: str) -> None:
        """A text in one of the named styles."""
        sheet.write_string(row, column, unmarked(text), self.styles[style])

    def say_wide(self, sheet: Any, row: int, columns: tuple[int, int], text: str) -> None:
        """A text of a table across several columns, from the first to the last."""
        first, last = columns
        if first < last:
            sheet.merge_range(row, first, row, last, "", self.styles[Kind.TEXT])
        self.say(sheet, row, first, text, Kind.TEXT)

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
    """The height in points of a row with so many lines of text, as far as there are such rows."""
    return min(HIGHEST, ONE_LINE + (lines - 1) * NEXT_LINE)
