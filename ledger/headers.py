"""Header rows: what they are called, wherever they are, on one line or on two."""

import re
import unicodedata
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from projects.spreadsheets import Cell, Merge, Sheet, filled

Known: TypeAlias = Callable[[str], bool]

_ROWS_SEARCHED = 100
_MOST_LINES = 4
_AROUND_CHINESE = re.compile(
    r"(?<=[^\x00-\x7f()]) | (?=[^\x00-\x7f()])|(?<=\() | (?=[()])|(?<=\)) (?=[^\x00-\x7f])"
)
# A line above the header that tells whose table it is, until when, in which unit.
_ABOUT_THE_TABLE = re.compile(r":|[0-9]{4}[年.-]")


def normal_header(text: object) -> str:
    """How a header is compared: brackets and digits narrow, no line breaks, spaces between Latin words only.

    ``项目 名称`` is ``项目名称``, ``总投资（亿元）`` is ``总投资(亿元)``; the mark of a required
    column (*) is dropped.
    """
    folded = unicodedata.normalize("NFKC", str(text)).replace("\u200b", "").replace("\ufeff", "")
    spaced = re.sub(r"\s+", " ", folded).strip()
    return _AROUND_CHINESE.sub("", spaced).strip("*: ")


def knower(headers: Known | Collection[str]) -> Known:
    """The question whether a normal header is known; a collection is asked without regard to case."""
    if callable(headers):
        return headers
    names = frozenset(normal_header(header).casefold() for header in headers)
    return lambda header: header.casefold() in names


@dataclass(frozen=True, slots=True)
class Header:
    """Where the header is (row numbers from 1) and what each column from A on is called, line by line."""

    first_row: int
    last_row: int
    parts: tuple[tuple[str, ...], ...]


def find_header(sheet: Sheet, known: Known, least: int) -> tuple[Header, int] | None:
    """The header and how many of its names are known; None where no row of the first 100 has ``least``.

    The row with the most different known names wins, the first of several. Lines joined to it by merged
    cells, or by gaps that the next line fills, belong to it.
    """
    rows = filled(sheet).rows
    best = _anchor(rows, known, least)
    if best is None:
        return None
    first, last = _with_vertical_merges(sheet, best, best)
    if _is_group_line(sheet, first - 1, below=first):
        first -= 1
    if last + 1 <= len(rows) and last - first + 1 < _MOST_LINES and _goes_on(sheet, last, known):
        last += 1
    parts = _parts(sheet, rows, first, last)
    header = Header(first, last, parts)
    return header, len({name for name in map(_best_name(known), parts) if name})


def _best_name(known: Known) -> Callable[[tuple[str, ...]], str]:
    def name(parts: tuple[str, ...]) -> str:
        return next((name for name in ("/".join(parts), *reversed(parts)) if name and known(name)), "")

    return name


def _anchor(rows: Sequence[tuple[Cell, ...]], known: Known, least: int) -> int | None:
    best, most = None, least - 1
    for number, row in enumerate(rows[:_ROWS_SEARCHED], start=1):
        # Months may stand in a header as dates.
        names = {normal_header(cell) for cell in row if isinstance(cell, str | date)}
        count = sum(map(known, names - {""}))
        if count > most:
            best, most = number, count
    return best


def _with_vertical_merges(sheet: Sheet, first: int, last: int) -> tuple[int, int]:
    """The lines that cells merged downwards tie together."""
    changed = True
    while changed:
        changed = False
        for merge in sheet.merged:
            height = merge.last_row - merge.first_row + 1
            if not 1 < height <= _MOST_LINES or merge.first_row > last or merge.last_row < first:
                continue
            low, high = min(first, merge.first_row), max(last, merge.last_row)
            if (low, high) != (first, last) and high - low < _MOST_LINES:
                first, last, changed = low, high, True
    return first, last


def _groups(sheet: Sheet, row: int) -> list[Merge]:
    """The row's cells merged sideways over a part of the table; over most of it, one is a title."""
    return [
        merge
        for merge in sheet.merged
        if merge.first_row == row == merge.last_row
        and 1 < merge.last_column - merge.first_column + 1 <= max(2, sheet.width * 0.6)
    ]


def _filled_columns(sheet: Sheet, row: int) -> dict[int, Cell]:
    """The cells of the row that are not blank, by their column from 1."""
    if not 1 <= row <= len(sheet.rows):
        return {}
    cells = enumerate(sheet.rows[row - 1], start=1)
    return {column: cell for column, cell in cells if cell is not None and str(cell).strip()}


def _is_group_line(sheet: Sheet, row: int, *, below: int) -> bool:
    """Whether the line above a header has names of groups, and does not say what the table is about."""
    cells, groups = _filled_columns(sheet, row), _groups(sheet, row)
    if not groups or any(_ABOUT_THE_TABLE.search(normal_header(cell)) for cell in cells.values()):
        return False
    covered = {column for merge in groups for column in range(merge.first_column, merge.last_column + 1)}
    under = _filled_columns(sheet, below)
    return (
        all(isinstance(cell, str) for cell in cells.values())
        and all(column in covered or column not in under for column in cells)
        and len(covered & under.keys()) > len(groups)
    )


def _goes_on(sheet: Sheet, row: int, known: Known) -> bool:
    """Whether the next line names what is in this line's groups: text, only where a group is above."""
    above, below = _filled_columns(sheet, row), _filled_columns(sheet, row + 1)
    if not below or not all(isinstance(cell, str) for cell in below.values()):
        return False
    if groups := _groups(sheet, row):
        covered = {column for merge in groups for column in range(merge.first_column, merge.last_column + 1)}
        return below.keys() <= covered
    if sheet.merged or not below.keys() - above.keys():
        return False
    starts = {column for column in above if column + 1 not in above and column + 1 in below}
    only_in_groups = all(column in starts or column not in above for column in below)
    return only_in_groups and any(known(normal_header(cell)) for cell in below.values())


def _parts(
    sheet: Sheet, rows: Sequence[tuple[Cell, ...]], first: int, last: int
) -> tuple[tuple[str, ...], ...]:
    """For each column the different texts of the header's lines, from the top down."""
    columns: list[tuple[str, ...]] = []
    group = ""
    for index in range(sheet.width):
        lines = [_header_cell(rows, number, index) for number in range(first, last + 1)]
        if lines[0]:
            group = lines[0]
        elif len(lines) > 1 and lines[-1] and not sheet.merged:
            # Without merges, as in a text file, a group's name stands over its first column only.
            lines[0] = group
        columns.append(tuple(dict.fromkeys(filter(None, lines))))
    return tuple(columns)


def _header_cell(rows: Sequence[tuple[Cell, ...]], number: int, index: int) -> str:
    row = rows[number - 1]
    cell = row[index] if index < len(row) else None
    return "" if cell is None else normal_header(cell)
