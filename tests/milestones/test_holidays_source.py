"""What the package says is announced, against two independent tables."""

import csv
from datetime import date, timedelta
from pathlib import Path

import chinese_calendar
import pytest
from holidays.countries.china import ChinaStaticHolidays

from domain.workdays import WorkCalendar
from milestones.holidays_source import CalendarEntry, announced_exceptions

Entries = dict[date, CalendarEntry]
# What the other table calls the festivals of make-up days, and what this one does.
FESTIVALS = {
    "New Year's Day": "元旦",
    "Spring Festival": "春节",
    "Tomb-sweeping Day": "清明节",
    "Labour Day": "劳动节",
    "Dragon Boat Festival": "端午节",
    "Mid-autumn Festival": "中秋节",
    "National Day": "国庆节",
}


@pytest.fixture(scope="module")
def entries() -> Entries:
    return announced_exceptions()[0]


@pytest.fixture(scope="module")
def rows(shared_data: Path) -> dict[date, dict[str, str]]:
    with (shared_data / "china" / "cn_holidays_2004_on.csv").open(encoding="utf-8", newline="") as table:
        return {date.fromisoformat(row["date"]): row for row in csv.DictReader(table)}


def days_of_2006_to_2026() -> list[date]:
    first = date(2006, 1, 1)
    return [first + timedelta(days=n) for n in range((date(2026, 12, 31) - first).days + 1)]


def calendar_of(entries: Entries) -> WorkCalendar:
    return WorkCalendar({day: entry.is_working for day, entry in entries.items()})


def test_every_day_of_2006_to_2026_is_worked_as_the_other_package_says(entries: Entries) -> None:
    calendar = calendar_of(entries)

    for day in days_of_2006_to_2026():
        assert calendar.is_working_day(day) == chinese_calendar.is_workday(day), day


def test_every_day_of_2006_to_2026_is_worked_as_the_table_says(
    entries: Entries, rows: dict[date, dict[str, str]]
) -> None:
    calendar = calendar_of(entries)
    table = WorkCalendar({day: row["kind"] == "adjusted_workday" for day, row in rows.items()})

    for day in days_of_2006_to_2026():
        assert calendar.is_working_day(day) == table.is_working_day(day), day


def test_it_reaches_to_the_end_of_the_last_year_the_package_has_a_notice_for(entries: Entries) -> None:
    _, announced_through = announced_exceptions()

    assert announced_through == date(max(ChinaStaticHolidays.special_public_holidays), 12, 31)
    assert announced_through >= date(2026, 12, 31)
    assert min(entries) == date(2004, 1, 1)
    assert max(entries) <= announced_through


def test_a_year_without_a_notice_has_no_rows_and_is_provisional(monkeypatch: pytest.MonkeyPatch) -> None:
    notices = ChinaStaticHolidays.special_public_holidays
    for year in [year for year in notices if year > 2026]:
        monkeypatch.delitem(notices, year)

    entries, announced_through = announced_exceptions()
    calendar = WorkCalendar({}, announced_through=announced_through)

    assert not any(day.year == 2027 for day in entries)
    assert calendar.is_provisional(date(2027, 1, 1))
    assert not calendar.is_provisional(date(2026, 12, 31))


def test_a_new_notice_in_the_package_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    last = max(ChinaStaticHolidays.special_public_holidays)
    monkeypatch.setitem(ChinaStaticHolidays.special_public_holidays, last + 1, ())

    entries, announced_through = announced_exceptions()

    assert announced_through == date(last + 1, 12, 31)
    assert max(entries).year == last + 1


def test_days_are_named_in_both_languages(entries: Entries) -> None:
    assert entries[date(2026, 10, 1)] == CalendarEntry(False, "国庆节", "National Day")
    assert entries[date(2026, 10, 7)] == CalendarEntry(
        False, "国庆节（调休）", "National Day, day off in exchange"
    )
    assert entries[date(2026, 9, 20)] == CalendarEntry(
        True, "国庆节（补班）", "National Day, make-up working day"
    )
    assert entries[date(2026, 4, 5)] == CalendarEntry(False, "清明节", "Tomb-Sweeping Day")  # a Sunday


def test_make_up_days_are_named_after_the_holiday_they_pay_for(
    entries: Entries, rows: dict[date, dict[str, str]]
) -> None:
    # In these years two festivals were one holiday, or the table names the holiday in its own way.
    mixed = {2015, 2017, 2025}
    for day, row in rows.items():
        if row["kind"] == "adjusted_workday" and day.year not in mixed:
            assert FESTIVALS[row["holiday"]] in entries[day].name_zh, day


def test_names_fit_their_column_and_days_are_in_order(entries: Entries) -> None:
    assert list(entries) == sorted(entries)
    for entry in entries.values():
        assert 0 < len(entry.name_zh) <= 60
        assert 0 < len(entry.name_en) <= 60
