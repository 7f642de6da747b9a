"""Dates as people write them: 2022-08-15, 2022.8.15, 20220815, 2022年8月, 8月底, 2022年三季度, 计划11月开工.

A text that names a month, quarter, half-year or year means its last day; the precision says what was written.
"""

import calendar
import datetime as dt
import enum
import re
from dataclasses import dataclass
from typing import Literal

from domain.errors import gettext_noop
from domain.written import WrittenError, fold, says_nothing, shown, squeeze

Order = Literal["mdy", "dmy"]

# A project's date outside these years is a slip of the pen (1022) or a number that is no date.
FIRST_YEAR, LAST_YEAR = 1950, 2100
# Day 0 of a spreadsheet's 1900 calendar; right for every day from 1900-03-01.
_SERIAL_ZERO = dt.date(1899, 12, 30)


class Precision(enum.StrEnum):
    """What the writer named; ``WrittenDate.on`` is its last day."""

    DAY = "day"
    TEN_DAYS = "ten_days"
    MONTH = "month"
    QUARTER = "quarter"
    HALF_YEAR = "half_year"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class WrittenDate:
    """A date somebody wrote and how exactly they wrote it."""

    on: dt.date
    precision: Precision


def read_date(
    value: object, *, default_year: int | None = None, order: Order | None = None
) -> WrittenDate | None:
    """The date in a cell, or None where the cell says that there is none (empty, dash, 无, 待定).

    ``default_year`` is the year of texts that name none (8月底, 四季度) and of 今年; 明年 is the one after.
    ``order`` says how 8/9/2022 is to be read; without it only 8/15/2022 can be, because 15 is no month.
    A number is a spreadsheet's day number (1900 calendar), or 20220815, 202208, 2022.8 typed as a number.
    月初 and 上旬 mean the 10th, 月中 and 中旬 the 20th, 下旬, 月底 and the bare month the last day.
    前 behind a day or 月底 includes it; 8月前 is ambiguous. Raises WrittenError for impossible and
    ambiguous dates, for ranges, for years outside 1950 to 2100, and for anything else.
    """
    if value is None:
        return None
    if isinstance(value, dt.date):
        on = value.date() if isinstance(value, dt.datetime) else value
        return _in_years(value, WrittenDate(on, Precision.DAY))
    if isinstance(value, str):
        return _read_text(value, default_year, order)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _in_years(value, _read_number(value))
    raise WrittenError(gettext_noop("“%(text)s” is not a date."), text=shown(value))


def _read_number(value: float) -> WrittenDate:
    first, last = (dt.date(year, 1, 1) - _SERIAL_ZERO for year in (FIRST_YEAR, LAST_YEAR + 1))
    if first.days <= value < last.days:
        return WrittenDate(_SERIAL_ZERO + dt.timedelta(days=int(value)), Precision.DAY)
    text = f"{value:.15g}"
    if re.fullmatch(r"[0-9]{4}\.1", text):
        raise WrittenError(gettext_noop("The number %(text)s may mean January or October."), text=text)
    if re.fullmatch(r"[0-9]{4}\.[0-9]{1,2}|[0-9]{6}|[0-9]{8}", text):
        return _read_core(text, _Reading(text, None, None))
    raise WrittenError(gettext_noop("The number %(text)s is not a date."), text=text)


def _read_text(value: str, default_year: int | None, order: Order | None) -> WrittenDate | None:
    if says_nothing(value):
        return None
    if len(value) > _LONGEST:
        raise WrittenError(gettext_noop("“%(text)s” is not a date."), text=shown(value))
    text = _BEFORE.sub("", squeeze(_TIME_OF_DAY.sub("", fold(value))), count=1)
    after = _AFTER.search(text)
    core, bound = (text[: after.start()], after["bound"]) if after else (text, None)
    if bound == "后":
        raise WrittenError(gettext_noop("“%(text)s” has no end; one date is needed."), text=shown(value))
    found = _read_core(core, _Reading(value, default_year, order))
    if bound == "前" and found.precision is not Precision.DAY and not core.endswith(("底", "末", "旬")):
        raise WrittenError(
            gettext_noop("“%(text)s” may mean before it begins or before it ends."), text=shown(value)
        )
    return _in_years(value, found)


def _in_years(value: object, found: WrittenDate) -> WrittenDate:
    if not FIRST_YEAR <= found.on.year <= LAST_YEAR:
        raise WrittenError(
            gettext_noop("“%(text)s” lies in the year %(year)s."), text=shown(value), year=str(found.on.year)
        )
    return found


# Longer texts are sentences, and the patterns below need not be fast on them.
_LONGEST = 60
_TIME_OF_DAY = re.compile(r"(?<=[0-9日号])(?:T|\s+)[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?Z?$")
_BEFORE = re.compile(
    r"^(?:本?项目|该项目|将|力争|争取|确保|计划|预计|拟|目标|要求|约|已|于|在|到|截至|开工|竣工|完成|投产|时间|日期|:)*"
)
_AFTER = re.compile(
    r"(?:(?:以|之)?(?P<bound>前|后)|左右|前后)?"
    r"(?:上午|下午|集中|正式|全面|全部|完成|完工|开工|动工|启动|竣工|投产|达产|试生产|开业|开通|投用|建成|封顶|结顶|交付|"
    r"验收|签约|备案|办结|取得|办理|挂牌|摘牌|供地|入库|建设|施工|并|[。.;,!])*$"
)
_SPAN = re.compile(r"[0-9年月日号底末度].{0,2}[-~—–―−至到].{0,2}[0-9]")

_YEAR = r"(?:(?P<y>[0-9]{4})年?|(?P<this>今年|本年|当年)|(?P<next>明年)|)"
_FORMS = tuple(
    re.compile(form)
    for form in (
        r"(?P<y>[0-9]{4})(?P<sep>[-./])(?P<m>[0-9]{1,2})(?P=sep)(?P<d>[0-9]{1,2})日?",
        r"(?P<y>[0-9]{4})(?P<m>[0-9]{2})(?P<d>[0-9]{2})",
        r"(?P<y>[0-9]{4})(?P<m>[0-9]{2})",
        r"(?P<y>[0-9]{4})[-./](?P<m>[0-9]{1,2})月?(?P<part>底|末|初|中|上旬|中旬|下旬)?",
        r"(?P<a>[0-9]{1,2})(?P<sep>[-./])(?P<b>[0-9]{1,2})(?P=sep)(?P<y>[0-9]{4})",
        rf"{_YEAR}(?P<m>[0-9]{{1,2}})月(?:份)?(?:(?P<d>[0-9]{{1,2}})[日号]?|(?P<part>底|末|初|中|上旬|中旬|下旬))?",
        rf"{_YEAR}-?(?:第?(?P<q>[一二三四1-4])季度?|[Qq](?P<qn>[1-4]))[底末]?",
        rf"{_YEAR}(?P<half>[上下])半年[底末]?",
        r"(?P<y>[0-9]{4})年[底末]?",
        r"(?:(?P<this>今年|本年|当年)|(?P<next>明年))[底末]?",
        r"(?P<end>年[底末])",
    )
)
_QUARTERS = {"一": 1, "二": 2, "三": 3, "四": 4, "1": 1, "2": 2, "3": 3, "4": 4}
_TENTHS = {"初": 10, "上旬": 10, "中": 20, "中旬": 20}


@dataclass(frozen=True, slots=True)
class _Reading:
    """What is being read: the text as written, and what the column says about it."""

    written: object
    default_year: int | None
    order: Order | None

    def refuse(self, template: str) -> WrittenError:
        return WrittenError(template, text=shown(self.written))


def _read_core(core: str, reading: _Reading) -> WrittenDate:
    match = next((found for form in _FORMS if (found := form.fullmatch(core))), None)
    if match is None:
        if _SPAN.search(core):
            raise reading.refuse(gettext_noop("“%(text)s” is a span of time; one date is needed."))
        raise reading.refuse(gettext_noop("“%(text)s” is not a date."))
    parts = {name: text for name, text in match.groupdict().items() if text is not None}
    if "a" in parts:
        parts["m"], parts["d"] = _month_and_day(parts["a"], parts["b"], reading)
    return _build(_year(parts, reading), parts, reading)


def _year(parts: dict[str, str], reading: _Reading) -> int:
    if "y" in parts:
        return int(parts["y"])
    if reading.default_year is None:
        raise reading.refuse(gettext_noop("“%(text)s” does not say in which year."))
    return reading.default_year + (1 if "next" in parts else 0)


def _build(year: int, parts: dict[str, str], reading: _Reading) -> WrittenDate:
    if "d" in parts:
        return WrittenDate(_day(year, int(parts["m"]), int(parts["d"]), reading), Precision.DAY)
    if "part" in parts and parts["part"] not in {"底", "末"}:
        month, last = int(parts["m"]), _TENTHS.get(parts["part"])
        on = _month_end(year, month, reading) if last is None else _day(year, month, last, reading)
        return WrittenDate(on, Precision.TEN_DAYS)
    if "m" in parts:
        return WrittenDate(_month_end(year, int(parts["m"]), reading), Precision.MONTH)
    if "q" in parts or "qn" in parts:
        quarter = _QUARTERS[parts.get("q") or parts["qn"]]
        return WrittenDate(_month_end(year, 3 * quarter, reading), Precision.QUARTER)
    if "half" in parts:
        month = 6 if parts["half"] == "上" else 12
        return WrittenDate(_month_end(year, month, reading), Precision.HALF_YEAR)
    return WrittenDate(_month_end(year, 12, reading), Precision.YEAR)


def _month_and_day(first: str, second: str, reading: _Reading) -> tuple[str, str]:
    if reading.order == "mdy":
        return first, second
    if reading.order == "dmy":
        return second, first
    if int(first) == int(second) or int(second) > 12:
        return first, second
    if int(first) > 12:
        return second, first
    raise reading.refuse(gettext_noop("“%(text)s” may begin with the month or with the day."))


def _day(year: int, month: int, day: int, reading: _Reading) -> dt.date:
    try:
        return dt.date(year, month, day)
    except ValueError:
        raise reading.refuse(gettext_noop("There is no day “%(text)s” in the calendar.")) from None


def _month_end(year: int, month: int, reading: _Reading) -> dt.date:
    if not 1 <= month <= 12 or year < 1:
        raise reading.refuse(gettext_noop("There is no month “%(text)s” in the calendar."))
    return dt.date(year, month, calendar.monthrange(year, month)[1])
