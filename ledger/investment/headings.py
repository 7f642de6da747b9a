"""What the headers of investment by month say: which month, the plan of which year, or neither.

Only what says nothing but a month is one: 1-8月累计, 8月计划, 8月同比 are columns of something else.
"""

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from domain.written import squeeze
from domain.written_amounts import AMOUNT_UNITS
from ledger.columns import taken_apart

_SOMETHING_ELSE: Final = re.compile(
    r"累计|同比|环比|增长|增速|增幅|占比|比重|比例|完成率|进度|排名|去年|上年|同期|剩余|余额|结余|%|‰"
    r"|cumulative|ytd|yoy|growth|share|percent|lastyear"
)
_PLANNED: Final = re.compile(r"计划|预计|目标|拟|安排|plan|target|forecast|expected")
_YEAR: Final = re.compile(r"(?<![0-9])(20[0-9]{2})(?![0-9])")

_AMOUNT: Final = (
    r"(?:的)?(?:当月|单月|实际|新增)?(?:完成)?(?:固定资产|工业|项目)?(?:投资|固投)?"
    r"(?:完成)?(?:额|数|量|值|金额|情况)?"
)
_NUMERALS: Final = {
    "一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10, "十一": 11, "十二": 12,
}  # fmt: skip
_NAMES: Final = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
)  # fmt: skip
_SHORT: Final = tuple(name[:3] for name in _NAMES)
_CHINESE: Final = re.compile(
    rf"(?:(?P<year>20[0-9]{{2}}|[0-9]{{2}}(?=年))年?(?:度)?)?(?P<month>0?[1-9]|1[0-2]|十[一二]?|[一二三四五六七八九])月(?:份|度)?{_AMOUNT}"
)
_DIGITS: Final = re.compile(
    r"(?P<year>20[0-9]{2})(?:[-./](?P<month>0?[1-9]|1[0-2])|(?P<closed>0[1-9]|1[0-2]))(?:[-./]0?1)?(?:00:00:00)?"
)
_ENGLISH: Final = re.compile(
    rf"(?:(?P<before>20[0-9]{{2}})[-./,']?)?(?P<month>{'|'.join((*_NAMES, 'sept', *_SHORT))})\.?"
    r"[-./,']?(?P<after>20[0-9]{2}|[0-9]{2})?"
)
_PLAN: Final = re.compile(
    r"(?:(?P<year>20[0-9]{2})年?|今年|本年|当年|全年|年)?(?:度)?(?:全年)?"
    r"(?:(?:计划|目标)(?:完成|安排)?(?:固定资产|工业|项目)?(?:投资|固投)?|(?:固定资产|工业|项目)?(?:投资|固投)(?:计划|目标))(?:额|数|任务|金额)?"
    r"|(?P<year_en>20[0-9]{2})?(?:annual|yearly)?(?:investment)?plan(?:oftheyear|for(?:the)?year)?(?:(?:for)?(?P<after>20[0-9]{2}))?"
    r"|plannedinvestment"
)
_UNIT_ABOVE: Final = re.compile(r"(?:单位|units?)\s*[:：]?\s*[(（]?\s*([^\s)）;；:：]{1,16})", re.IGNORECASE)
_CURRENCY: Final = re.compile(r"美元|美金|欧元|港元|港币|日元|英镑|usd|eur|hkd|jpy|[$€£]", re.IGNORECASE)


class MonthHeading(NamedTuple):
    """A month; the year is None where the header leaves it to the title."""

    year: int | None
    month: int


class PlanHeading(NamedTuple):
    """The plan of a year; None where the header leaves it to the title."""

    year: int | None


def read_heading(parts: Sequence[str]) -> MonthHeading | PlanHeading | None:
    """What a header says, its lines from the top down; None where it is something else.

    An upper line may say the year (2022年 over 1月), or that the months below it are something else (累计).
    """
    if not parts or any(_SOMETHING_ELSE.search(squeeze(part).casefold()) for part in parts):
        return None
    *above, own = parts
    year = years[0] if len(years := _years(above)) == 1 else None
    if (plan := _PLAN.fullmatch(taken_apart(own)[1])) and own:
        named = plan["year"] or plan["year_en"] or plan["after"]
        return PlanHeading(int(named) if named else year)
    if any(_PLANNED.search(squeeze(part).casefold()) for part in above):
        return None
    found = read_month_of_year(taken_apart(own)[1]) or read_month_of_year(taken_apart("".join(parts))[1])
    return found and MonthHeading(found.year or year, found.month)


def read_month_of_year(text: str) -> MonthHeading | None:
    """``1月``, ``2022年1月份``, ``2022-01``, ``202201``, ``Jan 2022``, ``一月``; None for anything else."""
    text = squeeze(text).casefold()
    if match := _CHINESE.fullmatch(text):
        month = match["month"]
        return MonthHeading(_full_year(match["year"]), _NUMERALS.get(month) or int(month))
    if match := _DIGITS.fullmatch(text):
        return MonthHeading(int(match["year"]), int(match["month"] or match["closed"]))
    if match := _ENGLISH.fullmatch(text):
        return MonthHeading(
            _full_year(match["before"] or match["after"]), _SHORT.index(match["month"][:3]) + 1
        )
    return None


def unit_in_brackets(parts: Sequence[str]) -> str | None:
    """The unit that a header gives in brackets, the lowest line first: ``""`` none, None a currency."""
    for part in reversed(parts):
        inside = taken_apart(part)[2].removeprefix("单位:").removeprefix("unit:")
        if inside in AMOUNT_UNITS:
            return inside
        if inside and _CURRENCY.search(inside):
            return None
    return ""


def unit_above(texts: Sequence[str]) -> str | None:
    """The unit that stands above the table (单位：亿元); ``""`` for none, None for a foreign currency."""
    for text in texts:
        for found in _UNIT_ABOVE.findall(text):
            for word in re.split(r"[、,，/]", found):
                word = squeeze(word).casefold().removeprefix("人民币")
                if word in AMOUNT_UNITS:
                    return word
                if _CURRENCY.search(word):
                    return None
        for inside in re.findall(r"[(（]([^()（）]{1,8})[)）]", text):
            if squeeze(inside).casefold() in AMOUNT_UNITS:
                return squeeze(inside).casefold()
    return ""


def only_year(text: str) -> int | None:
    """The one year that a text names."""
    years = _years([text])
    return years[0] if len(years) == 1 else None


def _years(texts: Sequence[str]) -> list[int]:
    return sorted({int(year) for text in texts for year in _YEAR.findall(text)})


def _full_year(digits: str | None) -> int | None:
    if not digits:
        return None
    return int(digits) if len(digits) == 4 else 2000 + int(digits)
