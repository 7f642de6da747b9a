"""A workbook as plain values."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import NamedTuple, TypeAlias


@dataclass(frozen=True, slots=True)
class CellError:
    """An error value such as ``#N/A`` or ``#DIV/0!``: not text, and not empty."""

    code: str

    def __str__(self) -> str:
        return self.code


Cell: TypeAlias = str | int | float | bool | dt.date | dt.datetime | dt.time | dt.timedelta | CellError | None
Row: TypeAlias = tuple[Cell, ...]


class Merge(NamedTuple):
    """A merged range, corners included; rows and columns count from 1."""

    first_row: int
    first_column: int
    last_row: int
    last_column: int


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet. ``rows[0]`` is row 1 of the sheet; a row ends with its last cell that is not empty.

    In a merged range only the first cell has the value, as in the file; see ``filled``. The empty text is
    None, a number without a fraction is an int. Text is as it was typed, white space included.
    """

    name: str
    visible: bool
    rows: tuple[Row, ...]
    merged: tuple[Merge, ...] = ()

    @property
    def width(self) -> int:
        """How many columns the widest row has."""
        return max(map(len, self.rows), default=0)


@dataclass(frozen=True, slots=True)
class Workbook:
    """The worksheets of a file in their order, hidden ones too; sheets that are only a chart are left out."""

    sheets: tuple[Sheet, ...]


def filled(sheet: Sheet) -> Sheet:
    """The sheet with the value of each merged range in every cell of it that lies within the used area."""
    if not sheet.merged:
        return sheet
    rows, width = list(sheet.rows), sheet.width
    changed: dict[int, list[Cell]] = {}
    for merge in sheet.merged:
        if merge.first_row > len(rows) or merge.first_column > len(rows[merge.first_row - 1]):
            continue
        value = rows[merge.first_row - 1][merge.first_column - 1]
        for index in range(merge.first_row - 1, min(merge.last_row, len(rows))):
            row = changed.setdefault(index, list(rows[index]))
            _fill(row, range(merge.first_column - 1, min(merge.last_column, width)), value)
    for index, row in changed.items():
        rows[index] = tuple(row)
    return replace(sheet, rows=tuple(rows))


def _fill(row: list[Cell], columns: Iterable[int], value: Cell) -> None:
    for column in columns:
        while len(row) <= column:
            row.append(None)
        row[column] = value
