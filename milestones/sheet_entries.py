"""What may be filled in in a sheet that is locked: in which column, from which words, and what is refused there.

It refuses what cannot be meant as soon as it is typed; whoever reads the sheet back checks it again.
"""

import re
from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from django.utils.translation import gettext as _
from xlsxwriter.utility import xl_range_abs

from milestones.sheet_cells import Kind, plain, unmarked

LONGEST_LIST = 255
"""Excel keeps the words of a drop-down in one text of so many characters; longer lists stand in a sheet."""

_EASY = re.compile(r"[^\s,\"=&<>][^,\"&<>]*")
"""Words that mean nothing else in that text."""

MOST_AMOUNT = 9_999_999_999
_FIRST_DAY, _LAST_DAY = date(2000, 1, 1), date(2099, 12, 31)


class Entry(NamedTuple):
    """A column that may be filled in, from `choices` where there are any."""

    column: int
    choices: tuple[str, ...] = ()


class Lists:
    """The lists of a workbook from which cells are chosen, each once: short ones at the cells, long ones in a hidden
    sheet under a name."""

    SHEET = "_lists"

    def __init__(self) -> None:
        self._places: dict[tuple[str, ...], int] = {}

    def source(self, choices: Sequence[str]) -> list[str] | str:
        """What a validation names as its list."""
        words = tuple(plain(each) for each in choices)
        if len(",".join(words)) <= LONGEST_LIST and all(_EASY.fullmatch(word) for word in words):
            return list(words)
        place = self._places.setdefault(words, len(self._places))
        return f"={self._name(place)}"

    def write(self, workbook: Any) -> None:
        """The hidden sheet, behind all others, where a list needs it."""
        if not self._places:
            return
        sheet = workbook.add_worksheet(self.SHEET)
        sheet.very_hidden()
        sheet.protect()
        longest = max(map(len, self._places))
        for row in range(longest):
            for words, place in self._places.items():
                if row < len(words):
                    sheet.write_string(row, place, unmarked(words[row]))
        for words, place in self._places.items():
            cells = xl_range_abs(0, place, len(words) - 1, place)
            workbook.define_name(self._name(place), f"='{self.SHEET}'!{cells}")

    def _name(self, place: int) -> str:
        return f"list_of_choices_{place + 1}"


def allow(sheet: Any, entry: Entry, kind: Kind, rows: tuple[int, int], lists: Lists) -> None:
    """Let only fitting values be typed into the column, in the rows from the first to the last, counted from zero."""
    rule = _rule(entry, kind, lists)
    if rule:
        first, last = rows
        sheet.data_validation(first, entry.column, last, entry.column, {**rule, "ignore_blank": True})


def _rule(entry: Entry, kind: Kind, lists: Lists) -> dict[str, Any]:
    if entry.choices:
        return {
            "validate": "list", "source": lists.source(entry.choices),
            "error_title": _("Not in the list"), "error_message": _("Choose one of the list."),
        }  # fmt: skip
    if kind == Kind.DAY:
        return {
            "validate": "date", "criteria": "between", "minimum": _FIRST_DAY, "maximum": _LAST_DAY,
            "error_title": _("No date"), "error_message": _("Write a date such as 2026-03-06."),
        }  # fmt: skip
    if kind in {Kind.AMOUNT, Kind.NUMBER}:
        return {
            "validate": "decimal", "criteria": "between", "minimum": 0, "maximum": MOST_AMOUNT,
            "error_title": _("No number"), "error_message": _("Write a number that is not negative."),
        }  # fmt: skip
    return {}
