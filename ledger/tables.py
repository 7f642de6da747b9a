"""The table in a sheet: its header wherever it stands, rows with their true numbers, what was left out."""

import enum
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from domain.errors import gettext_noop
from ledger.headers import Header, Known, find_header, knower, normal_header
from projects.spreadsheets import Cell, Sheet, UnreadableFile, Workbook, filled
from projects.spreadsheets.sheets import Row


class NoTable(UnreadableFile):
    """No header row is recognised; the sentence lists what was found instead."""


class Skip(enum.StrEnum):
    """Why a row that is not blank is no row of the table."""

    TOTAL = "total"
    HEADER = "header"
    SECTION = "section"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Skipped:
    """A row that was left out: its number in the sheet and its first text."""

    number: int
    why: Skip
    text: str


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its letter in the sheet and its name, unlike that of any other column of the table.

    ``parts`` are the header's lines from the top down: ``投资(万元)/总投资`` has two. A second column of the
    same name is ``金额 (2)``; one with values but without a name is ``column AK``.
    """

    letter: str
    name: str
    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row: its number in the sheet, and its cells in the order of the table's columns."""

    number: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table in a sheet. Merged cells have their value in every row and column that they cover."""

    sheet: str
    header_rows: tuple[int, int]
    columns: tuple[Column, ...]
    rows: tuple[TableRow, ...]
    skipped: tuple[Skipped, ...]

    def values(self, row: TableRow) -> dict[str, Cell]:
        """The row's cells by the names of their columns."""
        return {column.name: cell for column, cell in zip(self.columns, row.cells, strict=True)}


def find_table(sheet: Sheet, known_headers: Known | Collection[str], *, least: int = 2) -> Table:
    """The table whose header has the most known names, at least ``least`` of them.

    ``known_headers`` are normal headers (``ledger.headers.normal_header``) or the question whether one is
    known; a header on two lines is known by its joined name or by one of its parts. Blank rows are left out
    without a word; totals, repeated headers, section titles and notes are left out and reported.
    Raises NoTable.
    """
    found = find_header(sheet, knower(known_headers), least)
    if found is None:
        raise _no_table([sheet])
    return _table(sheet, found[0])


def find_table_in(
    workbook: Workbook,
    known_headers: Known | Collection[str],
    *,
    sheet_name: str | None = None,
    least: int = 2,
) -> Table:
    """The table of the named sheet, else the one with the most known headers in any visible sheet.

    Hidden sheets are looked at only by name, or where none is visible. Raises NoTable, and UnreadableFile
    where no sheet has the name.
    """
    sheets = _candidates(workbook, sheet_name)
    known = knower(known_headers)
    best: tuple[Sheet, Header] | None = None
    most = 0
    for sheet in sheets:
        found = find_header(sheet, known, least)
        if found is not None and found[1] > most:
            best, most = (sheet, found[0]), found[1]
    if best is None:
        raise _no_table(sheets)
    return _table(*best)


def _candidates(workbook: Workbook, sheet_name: str | None) -> list[Sheet]:
    if sheet_name is None:
        return [sheet for sheet in workbook.sheets if sheet.visible] or list(workbook.sheets)
    named = [sheet for sheet in workbook.sheets if sheet.name == sheet_name]
    if not named:
        raise UnreadableFile(
            gettext_noop("There is no sheet “%(sheet)s”; the sheets are: %(found)s."),
            sheet=sheet_name,
            found=", ".join(sheet.name for sheet in workbook.sheets),
        )
    return named


def _table(sheet: Sheet, header: Header) -> Table:
    full = filled(sheet).rows
    columns = _columns(header, full[header.last_row :])
    indexes = [index for index, _ in columns]
    rows: list[TableRow] = []
    skipped: list[Skipped] = []
    for number, typed in enumerate(sheet.rows[header.last_row :], start=header.last_row + 1):
        texts = dict(_filled_cells(typed))
        if not texts:
            continue
        why = _why_skipped(sheet, number, texts, header)
        if why is not None:
            skipped.append(Skipped(number, why, str(next(iter(texts.values()))).strip()))
            continue
        row = full[number - 1]
        rows.append(TableRow(number, tuple(row[index] if index < len(row) else None for index in indexes)))
    return Table(
        sheet=sheet.name,
        header_rows=(header.first_row, header.last_row),
        columns=tuple(column for _, column in columns),
        rows=tuple(rows),
        skipped=tuple(skipped),
    )


def _columns(header: Header, data: tuple[Row, ...]) -> list[tuple[int, Column]]:
    """The columns that have a name or any value, with their place in the row."""
    used = {index for row in data for index, _ in _filled_cells(row)}
    columns: list[tuple[int, Column]] = []
    taken: set[str] = set()
    for index, parts in enumerate(header.parts):
        if not parts and index not in used:
            continue
        letter = column_letter(index + 1)
        name = _distinct("/".join(parts) or f"column {letter}", taken)
        taken.add(name)
        columns.append((index, Column(letter, name, parts)))
    return columns


def _distinct(name: str, taken: Collection[str]) -> str:
    number, distinct = 1, name
    while distinct in taken:
        number += 1
        distinct = f"{name} ({number})"
    return distinct


def column_letter(number: int) -> str:
    """1 is ``A``, 27 is ``AA``."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _filled_cells(row: Row) -> Iterator[tuple[int, Cell]]:
    for index, cell in enumerate(row):
        if cell is not None and not (isinstance(cell, str) and not cell.strip()):
            yield index, cell


_TOTAL_WORDS = r"(?:合计|总计|共计|小计|累计|总合计|本页小计|本页合计|grand total|sub-?total|total|sum)"
_TOTAL = re.compile(rf"{_TOTAL_WORDS}s?(?:[(:].*)?", re.IGNORECASE)
_TOTAL_OF_A_UNIT = re.compile(r".{1,10}(?:合计|小计|总计)(?:[(:].*)?")
_SECTION = re.compile(
    r"(?:[一二三四五六七八九十]{1,3}[、.,:]|\([一二三四五六七八九十]{1,3}\)|[IVX]{1,4}[.、]).*"
)
_NOTE = re.compile(r"(?:注|备注|说明|附注|note)[0-9]?[:.].*", re.IGNORECASE)
_SIGNATURE = re.compile(r"(?:填报|填表|制表|审核|联系|负责|单位|日期|报送).{0,8}:.*")


def _why_skipped(sheet: Sheet, number: int, cells: dict[int, Cell], header: Header) -> Skip | None:
    texts = [normal_header(cell) for cell in list(cells.values())[:2] if isinstance(cell, str)]
    first = next(iter(cells.values()))
    lead = normal_header(first) if isinstance(first, str) else ""
    if any(_TOTAL.fullmatch(text) for text in texts) or _TOTAL_OF_A_UNIT.fullmatch(lead):
        return Skip.TOTAL
    if _repeats(cells, header):
        return Skip.HEADER
    if all(isinstance(cell, str) for cell in cells.values()):
        if len(cells) == 1 and (_SECTION.fullmatch(lead) or _spans_the_table(sheet, number)):
            return Skip.NOTE if _is_note(first) else Skip.SECTION
        if len(cells) <= 4 and all(map(_is_note, cells.values())):
            return Skip.NOTE
    return None


def _is_note(cell: Cell) -> bool:
    # The colon decides here, and ``normal_header`` drops one that ends the text.
    text = normal_header(f"{cell}.")
    return _NOTE.fullmatch(text) is not None or _SIGNATURE.fullmatch(text) is not None


def _repeats(cells: dict[int, Cell], header: Header) -> bool:
    if len(cells) < 2:
        return False
    return all(
        isinstance(cell, str) and normal_header(cell) in header.parts[index] for index, cell in cells.items()
    )


def _spans_the_table(sheet: Sheet, number: int) -> bool:
    """Whether the row's one cell is merged over at least half of the table."""
    return any(
        merge.first_row == number == merge.last_row
        and (merge.last_column - merge.first_column + 1) * 2 >= sheet.width
        for merge in sheet.merged
    )


def _no_table(sheets: list[Sheet]) -> NoTable:
    found = "; ".join(filter(None, map(_beginning, sheets))) or "-"
    return NoTable(
        gettext_noop("No row with known column headers was found. What is there: %(found)s."), found=found
    )


def _beginning(sheet: Sheet) -> str:
    """``Sheet1 row 1: a, b, c`` of the first rows that are not blank."""
    lines: list[str] = []
    for number, row in enumerate(sheet.rows, start=1):
        texts = [" ".join(str(cell).split())[:20] for _, cell in _filled_cells(row)]
        if texts:
            lines.append(
                f"{sheet.name} row {number}: {', '.join(texts[:8])}{', …' if len(texts) > 8 else ''}"
            )
        if len(lines) == 3:
            break
    return "; ".join(lines)
