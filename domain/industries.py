"""What a project makes: the national classification of industries, GB/T 4754-2017.

A class is written with the letter of its section before its digits, ``C3985``: the digits alone (two for a
division, three for a group, four for a class) already say the section, so the letter is added where it is missing.
Only the ranges of the sections are known here, not the 1,381 names.
"""

import re
from typing import Final

from domain.errors import InputError, gettext_noop

SECTIONS: Final = {
    "A": (1, 5), "B": (6, 12), "C": (13, 43), "D": (44, 46), "E": (47, 50), "F": (51, 52), "G": (53, 60),
    "H": (61, 62), "I": (63, 65), "J": (66, 69), "K": (70, 70), "L": (71, 72), "M": (73, 75), "N": (76, 79),
    "O": (80, 82), "P": (83, 83), "Q": (84, 85), "R": (86, 90), "S": (91, 96), "T": (97, 97),
}  # fmt: skip
"""The first and the last division of each section (门类)."""

MANUFACTURING: Final = frozenset({"C"})
INDUSTRY: Final = frozenset({"B", "C", "D"})
"""Mining, manufacturing, and supply of power, heat, gas and water: what industrial investment (工业投资) counts."""

_CODE: Final = re.compile(r"([A-T]?)([0-9]{2,4})")


class IndustryError(InputError):
    """What was written is no class of the classification."""


def read_industry(text: str) -> str:
    """The class in its normal form, ``C3985``; blank stays blank.

    Raises IndustryError where it has another form, lies in no section, or names another section than its digits.
    """
    written = "".join(text.split()).upper()
    if not written:
        return ""
    match = _CODE.fullmatch(written)
    section = _section_of(int(match.group(2)[:2])) if match else ""
    if match is None or not section or match.group(1) not in {"", section}:
        raise IndustryError(
            gettext_noop("“%(code)s” is no class of GB/T 4754; it looks like C3985 or 3985."),
            code=text.strip()[:40],
        )
    return section + match.group(2)


def _section_of(division: int) -> str:
    return next((letter for letter, (first, last) in SECTIONS.items() if first <= division <= last), "")
