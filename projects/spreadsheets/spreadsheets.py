"""Binary spreadsheets through the calamine library; runs in the reading process only."""

import math
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import IO, Any

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from domain.errors import gettext_noop
from projects.spreadsheets import limits, wire
from projects.spreadsheets.archives import protected
from projects.spreadsheets.errors import DamagedFileError, UnreadableFile
from projects.spreadsheets.extras import Extras, Place
from projects.spreadsheets.sheets import Cell, CellError, Merge

# Integers beyond this are not exact in a spreadsheet.
_LARGEST_EXACT = 2**53


def write_sheets(path: Path, name: str, extras: Mapping[str, Extras], out: IO[bytes]) -> int:
    """Write the worksheets; the number of cells that are not empty comes back.

    Raises UnreadableFile for a password or a sheet that is too large, DamagedFileError.
    """
    try:
        with path.open("rb") as file, CalamineWorkbook.from_filelike(file) as book:
            cells = 0
            for about in book.sheets_metadata:
                if about.typ != SheetTypeEnum.WorkSheet:
                    continue
                sheet = book.get_sheet_by_name(about.name)
                _check_size(sheet, name)
                found = extras.get(about.name, Extras())
                visible = about.visible == SheetVisibleEnum.Visible
                out.write(wire.head(about.name, _merges(sheet, found, name), visible=visible))
                cells += _write_rows(sheet, found.errors, out)
                if cells > limits.MOST_CELLS:
                    raise UnreadableFile(
                        gettext_noop("“%(file)s” has more than %(cells)d cells."),
                        file=name,
                        cells=limits.MOST_CELLS,
                    )
            return cells
    except PasswordError:
        raise protected(name) from None
    except CalamineError as error:
        raise DamagedFileError from error


def _check_size(sheet: CalamineSheet, name: str) -> None:
    rows, columns = (0, 0) if sheet.end is None else sheet.end
    if rows >= limits.MOST_ROWS:
        raise UnreadableFile(
            gettext_noop("Sheet “%(sheet)s” of “%(file)s” has more than %(rows)d rows."),
            sheet=sheet.name,
            file=name,
            rows=limits.MOST_ROWS,
        )
    if columns >= limits.MOST_COLUMNS:
        raise UnreadableFile(
            gettext_noop("Sheet “%(sheet)s” of “%(file)s” has more than %(columns)d columns."),
            sheet=sheet.name,
            file=name,
            columns=limits.MOST_COLUMNS,
        )


def _merges(sheet: CalamineSheet, extras: Extras, name: str) -> list[Merge]:
    """The merged ranges that begin in the used area, cut to it."""
    if sheet.end is None:
        return []
    rows, columns = sheet.end[0] + 1, sheet.end[1] + 1
    merged = sheet.merged_cell_ranges
    if merged is None:
        merges: Iterable[Merge] = extras.merged
    else:
        merges = (Merge(top + 1, left + 1, bottom + 1, right + 1) for (top, left), (bottom, right) in merged)
    kept = [
        merge._replace(last_row=min(merge.last_row, rows), last_column=min(merge.last_column, columns))
        for merge in merges
        if merge.first_row <= rows and merge.first_column <= columns
    ]
    covered = sum(
        (merge.last_row - merge.first_row + 1) * (merge.last_column - merge.first_column + 1)
        for merge in kept
    )
    if covered > limits.MOST_CELLS:
        raise UnreadableFile(
            gettext_noop("“%(file)s” has more than %(cells)d cells."), file=name, cells=limits.MOST_CELLS
        )
    return kept


def _write_rows(sheet: CalamineSheet, errors: Mapping[Place, str], out: IO[bytes]) -> int:
    """Rows without their empty ends, the sheet without its empty rows at the end."""
    cells = waiting = 0
    in_row = _by_row(errors)
    for number, values in enumerate(_rows(sheet), start=1):
        row = [_cell(value) for value in values]
        for column, code in in_row.get(number, ()):
            if column <= len(row):
                row[column - 1] = CellError(code)
        while row and row[-1] is None:
            row.pop()
        if not row:
            waiting += 1
            continue
        out.write(b"[]\n" * waiting + wire.line(row))
        waiting = 0
        cells += len(row) - row.count(None)
    return cells


def _rows(sheet: CalamineSheet) -> Iterator[list[Any]]:
    """From row 1 and column A on: the library begins with row 1, but with the first column that is used."""
    if sheet.start is None:
        return
    before = [""] * sheet.start[1]
    for values in sheet.iter_rows():
        yield before + values


def _by_row(errors: Mapping[Place, str]) -> dict[int, list[tuple[int, str]]]:
    rows: dict[int, list[tuple[int, str]]] = {}
    for place, code in errors.items():
        rows.setdefault(place.row, []).append((place.column, code))
    return rows


def _cell(value: Any) -> Cell:
    """The library's value as a ``Cell``: the empty text is None, 3500.0 is 3500."""
    if value == "" and isinstance(value, str):
        return None
    if isinstance(value, float):
        if not math.isfinite(value):
            return CellError("#NUM!")
        if value.is_integer() and abs(value) < _LARGEST_EXACT:
            return int(value)
    return value  # type: ignore[no-any-return]
