"""Reading project codes (项目代码, GB/T 40058), the new form and the one before November 2020.

Source: domain.md section 4. Where that only infers a meaning, a code is doubted with a warning, never
refused: a code stays with its project for life, and refusing a real one is worse than keeping a doubtful one.
"""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, NamedTuple

from domain.errors import InputError, gettext_noop

_OLD_YEARS: Final = range(2014, 2021)
_FIRST_NEW: Final = (2020, 11)
_GROUP_LENGTHS: Final = (4, 6, 2, 2)
_SERIAL_LENGTH: Final = 6
_SHORT_OLD_SERIAL_LENGTH: Final = 5

# The province-level codes of GB/T 2260. Development zones have codes of their own below them (330354, 330391)
# that no published table lists, so no more than the province can be known.
_PROVINCES: Final = frozenset(
    [
        *("11", "12", "13", "14", "15"),
        *("21", "22", "23"),
        *("31", "32", "33", "34", "35", "36", "37"),
        *("41", "42", "43", "44", "45", "46"),
        *("50", "51", "52", "53", "54"),
        *("61", "62", "63", "64", "65"),
        *("71", "81", "82"),
    ]
)
# 基本建设, 技术改造, 单纯购置, 信息化, 其他
_TYPES: Final = frozenset({"01", "02", "03", "04", "05"})

_FULL_WIDTH_DIGITS: Final = {ord("０") + digit: str(digit) for digit in range(10)}
_MINUS_SIGN: Final = "\u2212"
_CHINESE_DASH: Final = "——"


class ProjectCodeError(InputError):
    """The text has not the form of a project code; the sentence says what is wrong and where."""


class CodeForm(StrEnum):
    """Which of the two forms a code has. Old codes (旧码) stay valid."""

    NEW = "new"
    OLD = "old"


class CodeWarning(StrEnum):
    """What is doubtful about a code of the right form."""

    CHECK_DIGIT = "check_digit"
    UNKNOWN_REGION = "unknown_region"
    UNKNOWN_TYPE = "unknown_type"
    TOO_EARLY = "too_early"
    """A new-form code that claims a month before the new form began, November 2020."""


class AssignedIn(NamedTuple):
    """When a code was assigned; the old form tells the year only."""

    year: int
    month: int | None


@dataclass(frozen=True, slots=True)
class ProjectCode:
    """A project code taken apart. ``text`` is its one normal spelling; store and compare that.

    ``department`` (中央业务指导部门) is None in the old form, whose third group is the ``industry`` division
    (国民经济行业大类) that the new form does not have. ``kind`` is the type of project (项目类型). Old codes
    have no check digit: ``check_digit_ok`` is None.
    """

    text: str
    form: CodeForm
    assigned: AssignedIn
    region: str
    department: str | None
    industry: str | None
    kind: str
    serial: str
    check_digit_ok: bool | None
    warnings: tuple[CodeWarning, ...]


def read_project_code(text: str) -> ProjectCode:
    """Take a project code apart (domain.md 4.1).

    It may come as people type it: with spaces around it, full-width, with any kind of dash.
    Raises ProjectCodeError when the form is wrong. What is merely doubtful is in ``warnings``.
    """
    code = _normalised(text)
    date, region, third, kind, serial = _groups(code)
    form, assigned = _assigned(date)
    _check_serial(serial, form)
    new = form is CodeForm.NEW
    check_digit_ok = _check_digit_fits(code) if new else None
    return ProjectCode(
        text=code,
        form=form,
        assigned=assigned,
        region=region,
        department=third if new else None,
        industry=None if new else third,
        kind=kind,
        serial=serial,
        check_digit_ok=check_digit_ok,
        warnings=tuple(
            warning
            for warning, applies in (
                (CodeWarning.CHECK_DIGIT, check_digit_ok is False),
                (CodeWarning.UNKNOWN_REGION, region[:2] not in _PROVINCES),
                (CodeWarning.UNKNOWN_TYPE, new and kind not in _TYPES),
                (CodeWarning.TOO_EARLY, new and assigned < _FIRST_NEW),
            )
            if applies
        ),
    )


def check_digit(nineteen: str) -> int:
    """The check digit that belongs behind these nineteen digits.

    ISO 7064 MOD 11,10 = GB/T 17710; that project codes use it was found by trial (domain.md 4.2).
    Raises ValueError for anything but nineteen ASCII digits.
    """
    if not re.fullmatch(r"[0-9]{19}", nineteen):
        raise ValueError(f"nineteen digits are needed, not {nineteen!r}")
    product = 10
    for digit in nineteen:
        product = ((product + int(digit)) % 10 or 10) * 2 % 11
    return (11 - product) % 10


def _normalised(text: str) -> str:
    text = text.strip().replace(_CHINESE_DASH, "-").translate(_FULL_WIDTH_DIGITS)
    return "".join(
        "-" if unicodedata.category(sign) == "Pd" or sign == _MINUS_SIGN else sign for sign in text
    )


def _groups(code: str) -> list[str]:
    """The five groups of digits; the length of the last is left to be checked, it depends on the form."""
    if not code:
        raise ProjectCodeError(gettext_noop("The project code is empty."))
    if strange := re.search(r"[^0-9-]", code):
        raise ProjectCodeError(
            gettext_noop(
                "A project code has only digits and hyphens; number %(position)d in “%(code)s” is “%(sign)s”."
            ),
            position=strange.start() + 1,
            code=code,
            sign=strange.group(),
        )
    groups = code.split("-")
    if len(groups) != len(_GROUP_LENGTHS) + 1:
        raise ProjectCodeError(
            gettext_noop(
                "A project code has five groups of digits joined by hyphens; “%(code)s” has %(found)d."
            ),
            code=code,
            found=len(groups),
        )
    for number, (digits, length) in enumerate(zip(groups, _GROUP_LENGTHS, strict=False), start=1):
        _check_length(number, digits, length)
    return groups


def _check_length(number: int, digits: str, length: int) -> None:
    if len(digits) != length:
        raise ProjectCodeError(
            gettext_noop(
                "Group %(number)d of a project code has %(length)d digits; “%(digits)s” has %(found)d."
            ),
            number=number,
            length=length,
            digits=digits,
            found=len(digits),
        )


def _assigned(date: str) -> tuple[CodeForm, AssignedIn]:
    """Which form the first group has: YYMM or, where that gives no month, YYYY.

    ``2011`` and ``2012`` are November and December 2020; ``2014`` to ``2020`` are years, having no month.
    """
    year, month = 2000 + int(date[:2]), int(date[2:])
    if 1 <= month <= 12:
        return CodeForm.NEW, AssignedIn(year, month)
    if int(date) in _OLD_YEARS:
        return CodeForm.OLD, AssignedIn(int(date), None)
    raise ProjectCodeError(
        gettext_noop(
            "A project code begins with year and month, or in its old form with a year "
            "from %(first)d to %(last)d; “%(date)s” would be month %(month)d."
        ),
        first=_OLD_YEARS[0],
        last=_OLD_YEARS[-1],
        date=date,
        month=month,
    )


def _check_serial(serial: str, form: CodeForm) -> None:
    if form is CodeForm.OLD and len(serial) == _SHORT_OLD_SERIAL_LENGTH:
        return
    _check_length(len(_GROUP_LENGTHS) + 1, serial, _SERIAL_LENGTH)


def _check_digit_fits(code: str) -> bool:
    digits = code.replace("-", "")
    return check_digit(digits[:-1]) == int(digits[-1])
