"""Pinyin initials of Chinese names: who types jypg on a keyboard finds 晶圆抛光材料二期项目."""

import re

from pypinyin import Style, lazy_pinyin

LONGEST = 500
_NOT_TYPED = re.compile(r"[^0-9a-z]+")


def initials_of(*names: str) -> str:
    """The initials of each name with the letters and digits in it, in lower case, the names apart by a space.

    The reading of a sign is that of the word it stands in (重庆: cq); signs without a reading are left out.
    """
    return " ".join(filter(None, map(_initials, names)))[:LONGEST]


def _initials(name: str) -> str:
    return _NOT_TYPED.sub("", "".join(lazy_pinyin(name, style=Style.FIRST_LETTER)).lower())


def could_be_initials(text: str) -> bool:
    """Whether `text` may be meant as initials: two or more Latin letters or digits, a letter among them."""
    return len(text) > 1 and re.fullmatch(r"[0-9A-Za-z]*[A-Za-z][0-9A-Za-z]*", text) is not None
