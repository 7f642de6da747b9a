"""How the reading process hands over what it found: one JSON value on each line.

JSON and not pickle, because the writer has just read a file that nobody trusts. Lines are: a sheet's head
(an object with "sheet"), its rows (arrays), at the very end ``{"end": true}``; or one with "unreadable".
"""

import datetime as dt
import json
import os
from collections.abc import Callable, Iterable, Sequence
from typing import IO, Any

from projects.spreadsheets.errors import UnreadableFile
from projects.spreadsheets.sheets import Cell, CellError, Merge, Row, Sheet, Workbook

END = {"end": True}
_LONGEST_END = 65_536


def tag(value: Any) -> dict[str, Any]:
    """A cell that JSON has no word for, as an object with one key."""
    if isinstance(value, dt.datetime):
        return {"at": value.isoformat()}
    if isinstance(value, dt.date):
        return {"on": value.isoformat()}
    if isinstance(value, dt.time):
        return {"time": value.isoformat()}
    if isinstance(value, dt.timedelta):
        return {"seconds": value.total_seconds()}
    if isinstance(value, CellError):
        return {"error": value.code}
    raise TypeError(type(value))


_UNTAG: dict[str, Callable[[Any], Cell]] = {
    "at": dt.datetime.fromisoformat,
    "on": dt.date.fromisoformat,
    "time": dt.time.fromisoformat,
    "seconds": lambda seconds: dt.timedelta(seconds=seconds),
    "error": CellError,
}


def untag(value: dict[str, Any]) -> Any:
    """The cell that ``tag`` was given; other objects stay what they are."""
    if len(value) == 1:
        ((name, inner),) = value.items()
        if name in _UNTAG:
            return _UNTAG[name](inner)
    return value


_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=tag)
_DECODER = json.JSONDecoder(object_hook=untag)


def line(value: object) -> bytes:
    """One line."""
    return _ENCODER.encode(value).encode() + b"\n"


def head(name: str, merged: Sequence[Merge], *, visible: bool) -> bytes:
    """The line before a sheet's rows."""
    return line({"sheet": name, "visible": visible, "merged": merged})


def refusal(error: UnreadableFile) -> bytes:
    """The line that says why there is no workbook."""
    return line({"unreadable": error.template, "params": dict(error.params)})


def workbook(file: IO[bytes]) -> Workbook:
    """The workbook from the file of its lines.

    Raises UnreadableFile where the lines say so, ValueError where they end too early or are not ours.
    """
    _check_end(file)
    file.seek(0)
    return _workbook(file)


def _check_end(file: IO[bytes]) -> None:
    """The last line first: no memory is spent on the rows before a refusal."""
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - _LONGEST_END))
    *_, last = [b"", *file.read().splitlines()]
    value = json.loads(last)
    if isinstance(value, dict) and "unreadable" in value:
        raise UnreadableFile(value["unreadable"], **value["params"])
    if value != END:
        raise ValueError("the lines end before the workbook does")


def _workbook(lines: Iterable[bytes]) -> Workbook:
    sheets: list[Sheet] = []
    seen: dict[str, str] = {}
    rows: list[Row] = []
    current: dict[str, Any] | None = None
    for text in lines:
        value = _DECODER.decode(text.decode())
        if isinstance(value, list):
            rows.append(tuple(_shared(value, seen)))
            continue
        if current is not None:
            sheets.append(_sheet(current, rows))
        if value == END:
            return Workbook(tuple(sheets))
        current, rows = value, []
    raise ValueError("the lines end before the workbook does")


def _shared(cells: list[Cell], seen: dict[str, str]) -> list[Cell]:
    """The same cells with one object for all texts that are equal: a ledger repeats itself."""
    return [seen.setdefault(cell, cell) if type(cell) is str else cell for cell in cells]


def _sheet(head: dict[str, Any], rows: list[Row]) -> Sheet:
    merged = tuple(Merge(*corners) for corners in head["merged"])
    return Sheet(name=head["sheet"], visible=head["visible"], rows=tuple(rows), merged=merged)
