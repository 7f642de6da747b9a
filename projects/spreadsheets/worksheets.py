"""Error values in the sheets of .xlsx files, which the spreadsheet library hands over as empty cells, and formulas
whose value nobody has computed: blank they are not either."""

import re
from collections.abc import Iterable

from projects.spreadsheets.extras import Place

_ERROR_CELL = re.compile(
    rb"""<(?:\w+:)?c\b([^>]*\bt=["']e["'][^>]*)(?<!/)>(.*?)</(?:\w+:)?c>""",
    re.DOTALL,
)
_FORMULA_CELL = re.compile(
    rb"""<(?:\w+:)?c\b([^>]*)(?<!/)>((?:(?!</(?:\w+:)?c>).)*?<(?:\w+:)?f\b.*?)</(?:\w+:)?c>""", re.DOTALL
)
_VALUE = re.compile(rb"<(?:\w+:)?(?:v\b[^>/]*>[^<]|is\b)")
_IS_TEXT = re.compile(rb"""\bt=["']str["']""")
NOT_COMPUTED = "#FORMULA!"
"""In place of the value of a formula that the program which wrote the file has not computed."""

_ADDRESS = re.compile(rb"""\br=["']([A-Z]{1,3})([0-9]{1,7})["']""")
_CODE = re.compile(rb"<(?:\w+:)?v>([^<]{1,40})</")
_MARKS = (b't="e"', b"t='e'")


def error_cells(pieces: Iterable[bytes]) -> dict[Place, str]:
    """The error values of one worksheet part, such as ``#N/A``, by their cell; for a formula without a
    value ``NOT_COMPUTED``.

    Programs that leave out the addresses of cells do not write errors; a cell without one is passed over.
    """
    found: dict[Place, str] = {}
    waiting = b""
    for piece in pieces:
        waiting += piece
        # A row is never cut: a cell stands in it whole.
        end = waiting.rfind(b"row>")
        if end < 0:
            continue
        _collect(waiting[:end], found)
        waiting = waiting[end:]
    _collect(waiting, found)
    return found


def _collect(markup: bytes, found: dict[Place, str]) -> None:
    if b"<f" in markup or b":f" in markup:
        for attributes, content in _FORMULA_CELL.findall(markup):
            address = _ADDRESS.search(attributes)
            # A text may be empty, and is computed all the same.
            if address is not None and not _VALUE.search(content) and not _IS_TEXT.search(attributes):
                found[Place(int(address[2]), column_number(address[1].decode()))] = NOT_COMPUTED
    if not any(mark in markup for mark in _MARKS):
        return
    for attributes, content in _ERROR_CELL.findall(markup):
        address, code = _ADDRESS.search(attributes), _CODE.search(content)
        if address is not None and code is not None:
            place = Place(int(address[2]), column_number(address[1].decode()))
            found[place] = code[1].decode("utf-8", "replace")


def column_number(letters: str) -> int:
    """``A`` is 1, ``Z`` 26, ``AA`` 27."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number
