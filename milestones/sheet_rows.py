"""The rows of a table, each written to the file as one piece of text.

XlsxWriter keeps every cell as an object and then looks what it might be. For the 30,000 rows of a weekly
workbook that takes three times as long as this, which knows what a column holds. What stands around the
rows, from styles to the page's margins, stays XlsxWriter's.
"""

from datetime import date
from decimal import Decimal
from math import isfinite
from typing import Any

from xlsxwriter.utility import xl_col_to_name, xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from domain.lights import Light
from milestones.sheet_cells import Cell, in_xml, serial

MOST_LINKS = 65_530
"""Excel takes no more hyperlinks in one sheet; a file with more is repaired, which loses all of them."""


class TableSheet(Worksheet):  # type: ignore[misc]  # XlsxWriter is not typed
    """A worksheet of a workbook in constant memory to which whole rows and links can be appended."""

    previous_row: int
    rel_count: int

    def __init__(self) -> None:
        super().__init__()
        self._links: list[tuple[int, int, str]] = []

    @property
    def takes_links(self) -> bool:
        """Whether the sheet may have one more."""
        return len(self._links) < MOST_LINKS

    def link(self, row: int, column: int, address: str) -> None:
        """Let the cell, counted from zero, lead to `address`; what it shows is written by itself."""
        self._links.append((row, column, address))

    def append_row(self, row: int, height: float, cells: str) -> None:
        """Write the `row`, counted from zero, below everything written so far; `height` is in points."""
        if row > self.previous_row:
            self._write_single_row(row)  # what has been written cell by cell goes to the file before
        self.fh.write(f'<row r="{row + 1}" ht="{height:g}" customHeight="1">{cells}</row>')
        self._check_dimensions(row, 0)
        self.previous_row = row

    def _write_hyperlinks(self) -> None:
        """XlsxWriter's own would keep an object for each; and rows with the same address can share it."""
        if not self._links:
            return
        numbers: dict[str, int] = {}
        self._xml_start_tag("hyperlinks")
        for row, column, address in self._links:
            number = numbers.get(address)
            if number is None:
                self.rel_count += 1
                number = numbers[address] = self.rel_count
                self.external_hyper_links.append(["/hyperlink", address, "External"])
            self.fh.write(f'<hyperlink ref="{xl_rowcol_to_cell(row, column)}" r:id="rId{number}"/>')
        self._xml_end_tag("hyperlinks")


class CellWriter:
    """Writes the cells of one column, from a value and the number of its row, counted from one."""

    __slots__ = ("_day", "_lights", "_place", "_style")

    def __init__(self, column: int, style: Any, day_style: Any, lights: dict[Light, tuple[str, Any]]) -> None:
        """A light stands there as its word and in its own style, a day in `day_style`."""
        self._place = f'<c r="{xl_col_to_name(column)}'
        self._style = f'" s="{_index(style)}"'
        self._day = f'" s="{_index(day_style)}"'
        self._lights = {
            light: f'" s="{_index(look)}" t="inlineStr"><is>{in_xml(word)}</is></c>'
            for light, (word, look) in lights.items()
        }

    def __call__(self, value: Cell, row: int) -> str:
        if value is None or value == "":
            return f"{self._place}{row}{self._style}/>"
        if isinstance(value, str):
            if isinstance(value, Light):
                return f"{self._place}{row}{self._lights[value]}"
            return f'{self._place}{row}{self._style} t="inlineStr"><is>{in_xml(value)}</is></c>'
        if isinstance(value, int):
            return f"{self._place}{row}{self._style}><v>{value}</v></c>"
        if isinstance(value, date):
            return self._written_day(value, row)
        return self._written_amount(value, row)

    def _written_day(self, day: date, row: int) -> str:
        number = serial(day)
        if number is None:
            return f'{self._place}{row}{self._style} t="inlineStr"><is><t>{day.isoformat()}</t></is></c>'
        return f"{self._place}{row}{self._day}><v>{number}</v></c>"

    def _written_amount(self, amount: float | Decimal, row: int) -> str:
        """No spreadsheet knows what is not a number, nor infinity: the cell stays empty."""
        if not isfinite(amount):
            return f"{self._place}{row}{self._style}/>"
        return f"{self._place}{row}{self._style}><v>{amount:.16G}</v></c>"


def _index(style: Any) -> int:
    """The number of a format in the workbook's list of styles."""
    number: int = style._get_xf_index()  # noqa: SLF001 - XlsxWriter's cell writer asks for it the same way
    return number
