"""Reading a workbook that comes back: is it one of ours, which rows does it hold, what do their cells say?

What is wrong with the file as a whole is refused with one sentence; what is wrong with a row is kept beside it.
"""

import json
import re
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final, NamedTuple

from django.utils.translation import gettext_noop
from xlsxwriter.utility import xl_col_to_name

from domain.errors import DomainError, InputError, RuleError
from meetings.round_trip.marks import (
    FORMAT,
    HIDDEN_SHEET,
    IS_A_LIGHT,
    Mark,
    check_of,
    installations,
    read_checks,
    read_mark,
    seal_fits,
)
from projects.spreadsheets import Cell, CellError, Sheet, Workbook, read_workbook
from projects.spreadsheets.limits import LARGEST_FILE, MEGABYTE

__all__ = [
    "LARGEST_WORKBOOK", "MEGABYTES", "Cell", "CellError", "FilledCell", "FilledIn", "FilledRow", "Layout", "Origin",
    "RefusedRow", "read_filled_in",
]  # fmt: skip

LARGEST_WORKBOOK: Final = LARGEST_FILE
MEGABYTES: Final = LARGEST_FILE // MEGABYTE

_MACRO_NAME: Final = re.compile(r"\.(xlsm|xltm|xlam)\Z", re.IGNORECASE)
_MACRO_PARTS: Final = ("vbaproject.bin", "vbadata.xml")
_LETTERS: Final = {"projects": "p", "issues": "i"}
"""How the keys of the rows of a sheet begin."""
_HEADER_WITHIN: Final = 20
"""The header is looked for in so many rows: people put lines above it."""


class Layout(NamedTuple):
    """A sheet as it was written: its name, the titles of its columns, and where those stand that may be filled in."""

    name: str
    titles: tuple[str, ...]
    editable: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a workbook comes from. `meeting` is the number of the meeting, blank where it belongs to none."""

    meeting: str
    made_at: datetime
    sheets: Mapping[str, Layout]


class FilledCell(NamedTuple):
    """What a cell says now. `is_as_written`: by its check, it is what was written."""

    place: str
    title: str
    value: Cell
    is_as_written: bool


@dataclass(frozen=True, slots=True)
class FilledRow:
    """A row with its key. `cells` are those that may be filled in, `altered` the others that were changed."""

    sheet: str
    number: int
    mark: Mark
    cells: Mapping[str, FilledCell]
    altered: Sequence[FilledCell]


class RefusedRow(NamedTuple):
    """A row that cannot be taken, whatever it says."""

    sheet: str
    number: int
    reason: DomainError


@dataclass(frozen=True, slots=True)
class FilledIn:
    """What came back."""

    origin: Origin
    rows: Sequence[FilledRow]
    refused: Sequence[RefusedRow]
    missing: Sequence[str]
    """The names of the sheets that could have been filled in and are not in the file."""


def read_filled_in(path: Path, *, name: str) -> FilledIn:
    """The workbook in the file, which is called `name`.

    Raises UnreadableFile where it cannot be read, InputError where it is no workbook of ours or holds macros,
    RuleError where it is one of another installation or format, or what travels with it was changed.
    """
    workbook = read_workbook(path, name=name)
    _refuse_macros(path, name)
    origin, text = _origin(workbook, name)
    sheets = {sheet.name: sheet for sheet in workbook.sheets}
    present = [(key, layout) for key, layout in origin.sheets.items() if layout.name in sheets]
    if not present:
        raise InputError(
            gettext_noop("“%(file)s” holds none of the sheets that can be filled in."), file=name
        )
    rows: list[FilledRow] = []
    refused: list[RefusedRow] = []
    for key, layout in present:
        for row in _rows(sheets[layout.name], layout, _LETTERS.get(key, key), text):
            if isinstance(row, FilledRow):
                rows.append(row)
            else:
                refused.append(row)
    rows, twice = _apart(rows)
    missing = [layout.name for layout in origin.sheets.values() if layout.name not in sheets]
    return FilledIn(origin, rows, sorted([*refused, *twice], key=lambda row: row[:2]), missing)


def _refuse_macros(path: Path, name: str) -> None:
    """By its name and by what is in it; a file that was renamed holds its macros still."""
    if not zipfile.is_zipfile(path):
        raise _not_ours(name)
    try:
        with zipfile.ZipFile(path) as archive:
            parts = [part.casefold() for part in archive.namelist()]
            types = next(
                (part for part in archive.namelist() if part.casefold() == "[content_types].xml"), ""
            )
            declared = archive.read(types).lower() if types else b""
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError, EOFError, ValueError) as error:
        raise _not_ours(name) from error
    if (
        _MACRO_NAME.search(name)
        or any(part.endswith(_MACRO_PARTS) or "/macrosheets/" in part for part in parts)
        or b"macroenabled" in declared
    ):
        raise InputError(
            gettext_noop("“%(file)s” holds macros; save it as .xlsx without them and send that."), file=name
        )
    if "xl/workbook.xml" not in parts:
        raise _not_ours(name)


def _not_ours(name: str) -> InputError:
    return InputError(gettext_noop("“%(file)s” is no weekly workbook of this platform."), file=name)


def _origin(workbook: Workbook, name: str) -> tuple[Origin, str]:
    """Where the workbook comes from, and the text by which its seals were set."""
    hidden = next((sheet for sheet in workbook.sheets if sheet.name == HIDDEN_SHEET), None)
    said = [cell for row in hidden.rows for cell in row if isinstance(cell, str)] if hidden else []
    if len(said) < 2:
        raise _not_ours(name)
    text, sealed = said[:2]
    try:
        read: Any = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _not_ours(name) from error
    if not isinstance(read, dict) or not {"installation", "format"} <= read.keys():
        raise _not_ours(name)
    if read["installation"] not in installations():
        raise RuleError(
            gettext_noop("“%(file)s” comes from another installation; only its own can take it back."),
            file=name,
        )
    if read["format"] != FORMAT:
        raise RuleError(
            gettext_noop("“%(file)s” was made by another version of the platform; download a new one."),
            file=name,
        )
    if not seal_fits(text, sealed):
        raise RuleError(
            gettext_noop("The hidden sheet of “%(file)s” was changed; download a new one."), file=name
        )
    sheets = {
        key: Layout(layout["name"], tuple(layout["titles"]), layout["editable"])
        for key, layout in read["sheets"].items()
    }
    return Origin(read["meeting"], datetime.fromisoformat(read["made_at"]), sheets), text


def _rows(sheet: Sheet, layout: Layout, letter: str, origin: str) -> Iterator[FilledRow | RefusedRow]:
    header = _header(sheet, layout)
    for number, row in enumerate(sheet.rows[header:], start=header + 1):
        mark_text, sealed = (_at(row, len(layout.titles) + place) for place in (0, 1))
        if mark_text is None and sealed is None and sum(cell is not None for cell in row) < 2:
            continue  # nothing, or a line of words below the table
        mark = _mark(mark_text, sealed, letter, origin)
        if isinstance(mark, DomainError):
            yield RefusedRow(layout.name, number, mark)
        else:
            yield _filled_row(row, number, mark, layout)


def _header(sheet: Sheet, layout: Layout) -> int:
    """The number of the row with the titles, as they were written. Raises RuleError where there is none."""
    wanted = tuple(title.strip() for title in layout.titles)
    nearest: tuple[str, ...] = ()
    for number, row in enumerate(sheet.rows[:_HEADER_WITHIN], start=1):
        titles = tuple("" if cell is None else str(cell).strip() for cell in row[: len(wanted)])
        if titles == wanted:
            return number
        nearest = max(nearest, titles, key=lambda some: len(set(some) & set(wanted)))
    moved = next(
        (title for place, title in enumerate(wanted) if place >= len(nearest) or nearest[place] != title),
        wanted[0] if wanted else "",
    )
    raise RuleError(
        gettext_noop(
            "In sheet “%(sheet)s” the column “%(column)s” is not where it was: columns were moved, renamed or removed."
        ),
        sheet=layout.name, column=moved,
    )  # fmt: skip


_NO_KEY: Final = gettext_noop("This row has no hidden key: it was added by hand, and new rows are not taken.")
_EDITED_KEY: Final = gettext_noop("The hidden key of this row was changed.")
_TORN: Final = gettext_noop(
    "The hidden key is not that of what the row names: it was sorted or moved without the hidden columns."
)
_TWICE: Final = gettext_noop("This row is in the sheet more than once, so it is not clear which one counts.")


def _mark(text: Cell, sealed: Cell, letter: str, origin: str) -> Mark | DomainError:
    if text is None and sealed is None:
        return RuleError(_NO_KEY)
    if not isinstance(text, str) or not isinstance(sealed, str) or not seal_fits(text, sealed, origin):
        return RuleError(_EDITED_KEY)
    try:
        mark = read_mark(text)
    except ValueError:
        return RuleError(_EDITED_KEY)
    return mark if mark.row.startswith(letter) else RuleError(_EDITED_KEY)


def _filled_row(row: Sequence[Cell], number: int, mark: Mark, layout: Layout) -> FilledRow | RefusedRow:
    checks = read_checks(mark.checks)
    said = []
    for place, title in enumerate(layout.titles):
        value = _at(row, place)
        check = checks[place] if place < len(checks) else None
        same = check is not None and (check == IS_A_LIGHT or check == check_of(value))
        said.append(FilledCell(f"{xl_col_to_name(place)}{number}", title, value, same))
    editable = set(layout.editable.values())
    locked = [cell for place, cell in enumerate(said) if place not in editable] if checks else []
    altered = [cell for cell in locked if not cell.is_as_written]
    if not set(mark.named) <= {check_of(cell) for cell in row}:
        return RefusedRow(layout.name, number, RuleError(_TORN))
    return FilledRow(
        layout.name, number, mark, {key: said[place] for key, place in layout.editable.items()}, altered
    )


def _apart(rows: Sequence[FilledRow]) -> tuple[list[FilledRow], list[RefusedRow]]:
    """The rows that stand alone, and those of which there are several."""
    often = Counter(row.mark.row for row in rows)
    alone = [row for row in rows if often[row.mark.row] == 1]
    twice = [RefusedRow(row.sheet, row.number, RuleError(_TWICE)) for row in rows if often[row.mark.row] > 1]
    return alone, twice


def _at(row: Sequence[Cell], place: int) -> Cell:
    return row[place] if place < len(row) else None
