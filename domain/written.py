"""What people write into a cell by hand: the parts that amounts, areas and dates have in common.

The readers are in ``domain.written_amounts`` and ``domain.written_dates``. They never guess: what can be
read in two ways, or not at all, is a ``WrittenError`` whose sentence shows the text as it was written.
"""

import re
import unicodedata

from domain.errors import DomainError

# What stands in a cell that says "nothing here" (domain.md 1.3 shows the ledgers people keep).
_NOTHING = frozenset(
    {"", "/", "\\", "无", "暂无", "没有", "待定", "未定", "暂未确定", "待确定", "不详", "暂缺", "空"}
    | {"na", "n/a", "none", "nil", "null"}
)
_DASHES = re.compile(r"[-‐-―−─ー_/.\\]+")
_LONGEST_SHOWN = 60


class WrittenError(DomainError):
    """A written amount, area or date cannot be read; the sentence names the text and says why."""


def fold(text: str) -> str:
    """The text with full-width digits, letters and brackets made narrow, and without white space around."""
    return unicodedata.normalize("NFKC", text).replace("\u200b", "").replace("\ufeff", "").strip()


def squeeze(text: str) -> str:
    """``fold`` without any white space at all: ``1.2 亿`` and ``1.2亿`` are the same."""
    return re.sub(r"\s+", "", fold(text))


def says_nothing(text: str) -> bool:
    """Whether the text only says that there is nothing: empty, dashes, a slash, 无, 待定, N/A."""
    folded = squeeze(text).casefold()
    return folded in _NOTHING or _DASHES.fullmatch(folded) is not None


def shown(value: object) -> str:
    """The value as a sentence can show it: on one line, cut after 60 characters."""
    text = re.sub(r"\s+", " ", str(value)).strip()
    return text if len(text) <= _LONGEST_SHOWN else text[:_LONGEST_SHOWN] + "…"
