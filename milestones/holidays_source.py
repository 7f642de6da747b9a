"""What the State Council has announced, as the ``holidays`` package knows it.

It only fills the table of calendar days. Dates are computed from that table, which people edit, because the
yearly notice comes before any package knows it (design.md section 3, "Working days").
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from textwrap import shorten
from typing import Final

from holidays import country_holidays
from holidays.countries.china import China, ChinaStaticHolidays

_FIRST_YEAR: Final = 2004
_NOTICES: Final = ChinaStaticHolidays.special_public_holidays
_OBSERVED: Final = China.observed_label.removeprefix("%s")
_NAME_LENGTH: Final = 60


@dataclass(frozen=True, slots=True)
class CalendarEntry:
    """What is special about a day, and what it is called (at most 60 characters)."""

    is_working: bool
    name_zh: str
    name_en: str


def announced_exceptions() -> tuple[dict[date, CalendarEntry], date]:
    """All announced holidays and make-up working days since 2004, by date, and the last day announced.

    Holidays that fall on a weekend are among them: they change nothing, but pages can name them.
    For years without a notice the package guesses; guesses are left out.
    """
    last_year = max(_NOTICES)
    years = range(_FIRST_YEAR, last_year + 1)
    zh = country_holidays("CN", years=years, language="zh_CN")
    en = country_holidays("CN", years=years, language="en_US")
    entries = {day: _entry(zh[day], en[day], is_working=False) for day in zh}
    exchanged = {day_off: made_up_on for year in years for day_off, made_up_on in _exchanges(year)}
    festivals = [day for day in zh if day not in exchanged and not zh[day].endswith(_OBSERVED)]
    for day_off, made_up_on in exchanged.items():
        festival = _nearest(festivals, day_off)
        name, name_en = zh[festival], en[festival]
        entries[day_off] = _entry(f"{name}（调休）", f"{name_en}, day off in exchange", is_working=False)
        entries[made_up_on] = _entry(f"{name}（补班）", f"{name_en}, make-up working day", is_working=True)
    return dict(sorted(entries.items())), date(last_year, 12, 31)


def _entry(name_zh: str, name_en: str, *, is_working: bool) -> CalendarEntry:
    return CalendarEntry(is_working, name_zh, shorten(name_en, _NAME_LENGTH, placeholder="…"))


def _exchanges(year: int) -> Iterator[tuple[date, date]]:
    """The year's weekdays off that are paid for with a weekend day: (day off, made up on)."""
    for month, day, *rest in _NOTICES[year]:
        # A row is (month, day, month, day[, year]) for an exchange, (month, day, name) for a day given.
        if len(rest) > 1:
            made_up_month, made_up_day, made_up_year = (*rest, year)[:3]
            yield date(year, month, day), date(made_up_year, made_up_month, made_up_day)


def _nearest(days: list[date], target: date) -> date:
    return min(days, key=lambda day: abs(day - target))
