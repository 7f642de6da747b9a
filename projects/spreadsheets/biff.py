"""The records of an .xls workbook, for what the spreadsheet library does not tell: password, error values."""

import struct
from collections.abc import Iterator

from projects.spreadsheets.extras import Place

_FORMULA, _EOF, _FILE_PASSWORD, _SHEET, _BOOLEAN_OR_ERROR = 0x0006, 0x000A, 0x002F, 0x0085, 0x0205
_BEGINNINGS = {0x0009, 0x0209, 0x0409, 0x0809}
_CODES = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
}


def is_protected(stream: bytes) -> bool:
    """Whether the workbook's records are encrypted."""
    return any(kind == _FILE_PASSWORD for kind, _ in _records(stream, 0))


def error_cells(stream: bytes) -> dict[str, dict[Place, str]]:
    """The error values of each sheet by its name; empty where the records make no sense."""
    found: dict[str, dict[Place, str]] = {}
    modern = stream[4:6] == b"\x00\x06"
    for kind, record in _records(stream, 0):
        if kind == _SHEET and len(record) >= 8:
            (at,) = struct.unpack_from("<I", record)
            found[_sheet_name(record, modern=modern)] = dict(_errors_from(stream, at))
    return found


def _records(stream: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    """The records of one part of the stream, up to its end mark, with the parts within it such as charts."""
    depth = 0
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        yield kind, stream[at + 4 : at + 4 + length]
        depth += (kind in _BEGINNINGS) - (kind == _EOF)
        if depth <= 0:
            return
        at += 4 + length


def _errors_from(stream: bytes, at: int) -> Iterator[tuple[Place, str]]:
    for kind, record in _records(stream, at):
        if kind == _BOOLEAN_OR_ERROR and len(record) >= 8 and record[7] == 1:
            code = record[6]
        elif kind == _FORMULA and len(record) >= 14 and record[12:14] == b"\xff\xff" and record[6] == 2:
            code = record[8]
        else:
            continue
        row, column = struct.unpack_from("<HH", record)
        yield Place(row + 1, column + 1), _CODES.get(code, "#ERROR")


def _sheet_name(record: bytes, *, modern: bool) -> str:
    """Excel 97 and later write UTF-16 or Latin-1; before, the code page, which for Chinese sheets is GBK."""
    length = record[6]
    if not modern:
        return record[7 : 7 + length].decode("gb18030", "replace")
    if record[7] & 1:
        return record[8 : 8 + 2 * length].decode("utf-16-le", "replace")
    return record[8 : 8 + length].decode("latin-1")
