"""What a cell can hold, and how it is written: text always as text, dates as dates, numbers as numbers."""

import re
from datetime import date
from decimal import Decimal
from enum import StrEnum
from html import escape
from math import ceil

from domain.lights import Light

Cell = str | int | float | Decimal | date | Light | None

LONGEST_TEXT = 32_767
_FIRST_SERIAL = date(1899, 12, 30)
_FIRST_DATE = date(1900, 3, 1)  # Excel believes in a 29 February 1900 and knows no day before that year
_NO_CELL_HOLDS = "\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff"
_UNWRITABLE = re.compile(f"[{_NO_CELL_HOLDS}]")
_UNEASY = re.compile(f"[{_NO_CELL_HOLDS}&<>]|^\\s|\\s\\Z|_x[0-9A-Fa-f]{{4}}_")
_LOOKS_ESCAPED = re.compile("_(?=x[0-9A-Fa-f]{4}_)")


class Kind(StrEnum):
    """What the cells of a column are: ``WORD`` is a short text in the middle, ``AMOUNT`` has two decimals, ``CHANGE``
    is a number with its sign."""

    TEXT = "text"
    WORD = "word"
    NUMBER = "number"
    AMOUNT = "amount"
    CHANGE = "change"
    DAY = "day"
    LIGHT = "light"


def plain(text: str) -> str:
    """`text` without what no cell can hold: control characters, halves of characters, the overlong rest."""
    text = _UNWRITABLE.sub("", text) if _UNWRITABLE.search(text) else text
    return text if len(text) <= LONGEST_TEXT else text[: LONGEST_TEXT - 1] + "…"


def unmarked(text: str) -> str:
    """`text` as XlsxWriter is to write it: it takes <r>…</r> for markup of its own and would not escape it."""
    text = plain(text)
    return f"{text} " if text.endswith("</r>") else text


def in_xml(text: str) -> str:
    """`text` as the element that a cell's string consists of."""
    if len(text) <= LONGEST_TEXT and not _UNEASY.search(text):
        return f"<t>{text}</t>"
    escaped = escape(_LOOKS_ESCAPED.sub("_x005F_", plain(text)), quote=False)
    return f'<t xml:space="preserve">{escaped}</t>'


def serial(day: date) -> int | None:
    """The number that a spreadsheet keeps for `day`; None where it knows none."""
    return None if day < _FIRST_DATE else day.toordinal() - _FIRST_SERIAL.toordinal()


def lines(text: str, width: float) -> int:
    """About how many lines `text` takes in a column of this width; a Chinese sign is two letters wide."""
    return sum(max(1, ceil(_width(part) / max(1.0, width - 2))) for part in text.split("\n"))


def _width(text: str) -> float:
    """In letters; what takes three bytes in UTF-8 is a Chinese sign or as wide as one."""
    return 1.05 * len(text) + 0.43 * (len(text.encode("utf-8", "replace")) - len(text))
