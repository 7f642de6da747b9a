"""A sheet with several tables side by side, written from the top to the bottom as the file wants it."""

from collections.abc import Sequence
from operator import itemgetter
from typing import Any

from xlsxwriter.utility import xl_range_abs

from milestones.sheet import FONT, Book, Cell, Column, Kind, sheet_name
from milestones.sheet_cells import lines

ROW_PIXELS = 24


class Grid:
    """Collects cells in any order and writes them row by row."""

    def __init__(self, book: Book, sheet: Any, name: str, widths: Sequence[float]) -> None:
        """`widths` are those of the columns, in characters."""
        self.book, self.sheet, self.name, self.widths = book, sheet, sheet_name(name), widths
        for column, width in enumerate(widths):
            sheet.set_column(column, column, width)
        self._cells: list[tuple[int, int, Cell, Any]] = []
        self._lines: dict[int, int] = {}

    def heading(self, row: int, column: int, text: str) -> None:
        self._cells.append((row, column, text, "heading"))

    def say(self, row: int, column: int, text: str) -> None:
        """A line in small."""
        self._cells.append((row, column, text, "under"))

    def table(
        self, row: int, column: int, columns: Sequence[Column], rows: Sequence[Sequence[Cell]], *,
        when_empty: str = "",
    ) -> None:  # fmt: skip
        """A header at `row` and the rows below it; one line in words where there are none."""
        self._need(row, max(lines(each.title, each.width) for each in columns))
        for index, each in enumerate(columns):
            self._cells.append((row, column + index, each.title, "header"))
        for number, cells in enumerate(rows, start=row + 1):
            for index, (each, value) in enumerate(zip(columns, cells, strict=True)):
                self._cells.append((number, column + index, value, each.kind))
                if isinstance(value, str) and each.kind in {Kind.TEXT, Kind.WORD}:
                    self._need(number, lines(value, each.width))
        if not rows and when_empty:
            self._cells.append((row + 1, column, when_empty, "under"))

    def wide(self, row: int, columns: tuple[int, int], text: str) -> None:
        """A text of a table across several columns, from the first to the last."""
        first, last = columns
        self._need(row, lines(text, sum(self.widths[first : last + 1])))
        self._cells.append((row, first, text, last))

    def _need(self, row: int, needed: int) -> None:
        self._lines[row] = max(needed, self._lines.get(row, 1))

    def write(self) -> None:
        for row, needed in self._lines.items():
            self.book.set_height(self.sheet, row, needed)
        for row, column, value, look in sorted(self._cells, key=itemgetter(0, 1)):
            if isinstance(look, int):
                self.book.say_wide(self.sheet, row, (column, look), str(value))
            elif isinstance(look, Kind):
                self.book.write(self.sheet, row, column, value, look)
            else:
                self.book.say(self.sheet, row, column, str(value), look)

    def chart(self, kind: str, title: str) -> Any:
        chart = self.book.workbook.add_chart({"type": kind})
        font = {"name": FONT["font_name"], "size": 11, "bold": True}
        chart.set_title({"name": title, "name_font": font, "overlay": False})
        chart.set_legend({"none": True})
        return chart

    def series(
        self, row: int, columns: tuple[int, int], numbers: Sequence[tuple[str, int]]
    ) -> dict[str, Any]:
        """Where the names and numbers of a chart stand, from `row` down in two columns.

        What they say goes along, for readers of the file that do not look there.
        """
        last = row + len(numbers) - 1
        names, values = (f"='{self.name}'!{xl_range_abs(row, at, last, at)}" for at in columns)
        return {
            "categories": names, "categories_data": [name for name, _number in numbers],
            "values": values, "values_data": [number for _name, number in numbers],
        }  # fmt: skip

    def insert(self, chart: Any, row: int, column: int, *, rows: int, columns: int) -> None:
        """Place `chart` with its upper left corner in a cell, so many rows high and columns wide."""
        width = sum(int(self.widths[place] * 7 + 5) for place in range(column, column + columns))
        chart.set_size({"width": width - 8, "height": rows * ROW_PIXELS - 6})
        self.sheet.insert_chart(row, column, chart, {"object_position": 2, "x_offset": 4})
