"""Working days against hand-made vectors, two independent calendars and counting day by day."""

import csv
from datetime import date, timedelta
from pathlib import Path

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import InputError
from domain.workdays import (
    ONE_DAY,
    DateRangeError,
    LimitUnit,
    WorkCalendar,
    deadline,
    late_cutoff,
    near_until,
)

EPOCH = date(2024, 1, 1)
PLAIN = WorkCalendar()

days = st.integers(0, 120).map(lambda offset: EPOCH + timedelta(days=offset))
exception_maps = st.dictionaries(days, st.booleans(), max_size=60)
spans = st.tuples(days, days)
units = st.sampled_from(LimitUnit)

VECTORS = [
    (date(2026, 2, 13), 1, date(2026, 2, 14)),
    (date(2026, 2, 13), 3, date(2026, 2, 25)),
    (date(2026, 4, 30), 5, date(2026, 5, 11)),
    (date(2026, 9, 18), 5, date(2026, 9, 24)),
    (date(2026, 9, 30), 3, date(2026, 10, 10)),
    (date(2026, 3, 2), 7, date(2026, 3, 11)),
]


def works(exceptions: dict[date, bool], day: date) -> bool:
    return exceptions.get(day, day.weekday() < 5)


def walk(exceptions: dict[date, bool], day: date, number: int) -> date:
    """The slow and obvious way to add working days."""
    step = ONE_DAY if number > 0 else -ONE_DAY
    while number:
        day += step
        if works(exceptions, day):
            number -= 1 if number > 0 else -1
    return day


def slow_count(exceptions: dict[date, bool], start: date, end: date) -> int:
    if end < start:
        return -slow_count(exceptions, end, start)
    return sum(works(exceptions, start + timedelta(days=n)) for n in range(1, (end - start).days + 1))


def all_days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


@pytest.fixture(scope="module")
def announced(shared_data: Path) -> dict[date, bool]:
    """Every announced exception from 2004 on, from a table nobody here typed."""
    with (shared_data / "china" / "cn_holidays_2004_on.csv").open(encoding="utf-8", newline="") as table:
        rows = {date.fromisoformat(row["date"]): row["kind"] for row in csv.DictReader(table)}
    assert set(rows.values()) == {"holiday", "adjusted_workday"}
    return {day: kind == "adjusted_workday" for day, kind in rows.items()}


@pytest.fixture(scope="module")
def china(announced: dict[date, bool]) -> WorkCalendar:
    return WorkCalendar(announced, announced_through=date(2026, 12, 31))


@pytest.mark.parametrize(("accepted_on", "limit", "due_on"), VECTORS)
def test_a_limit_ends_where_the_law_says(
    china: WorkCalendar, accepted_on: date, limit: int, due_on: date
) -> None:
    assert china.add(accepted_on, limit) == due_on
    assert deadline(china, accepted_on, limit, LimitUnit.WORKING) == due_on
    assert china.count(accepted_on, due_on) == limit


def test_a_hold_moves_the_deadline_by_the_working_days_held(china: WorkCalendar) -> None:
    hold = (date(2026, 3, 5), date(2026, 3, 10))

    assert deadline(china, date(2026, 3, 2), 7, LimitUnit.WORKING, [hold]) == date(2026, 3, 17)


def test_every_day_of_2006_to_2026_is_worked_or_not_as_both_tables_say(
    china: WorkCalendar, announced: dict[date, bool]
) -> None:
    for day in all_days(date(2006, 1, 1), date(2026, 12, 31)):
        assert china.is_working_day(day) == works(announced, day), day
        assert china.is_working_day(day) == chinese_calendar.is_workday(day), day


def test_2026_has_248_working_days(china: WorkCalendar) -> None:
    assert china.count(date(2025, 12, 31), date(2026, 12, 31)) == 248


def test_without_exceptions_monday_to_friday_are_worked() -> None:
    monday = date(2026, 11, 23)

    assert [PLAIN.is_working_day(monday + timedelta(days=n)) for n in range(7)] == [True] * 5 + [False] * 2


def test_going_back_from_a_saturday_finds_friday() -> None:
    saturday = date(2026, 11, 21)

    assert PLAIN.add(saturday, -1) == date(2026, 11, 20)
    assert PLAIN.add(saturday, 0) == saturday
    assert PLAIN.add(saturday, 1) == date(2026, 11, 23)
    assert PLAIN.on_or_before(saturday) == date(2026, 11, 20)
    assert PLAIN.on_or_after(saturday) == date(2026, 11, 23)


def test_counting_reaches_any_year() -> None:
    assert PLAIN.count(date(1, 1, 1), date(9999, 12, 31)) == PLAIN.count(date(1, 1, 1), EPOCH) + PLAIN.count(
        EPOCH, date(9999, 12, 31)
    )
    assert PLAIN.add(date(1, 1, 1), PLAIN.count(date(1, 1, 1), EPOCH)) == EPOCH


@pytest.mark.parametrize("number", [3_000_000, -3_000_000, 10**30, -(10**30)])
def test_a_result_outside_the_calendar_is_a_broken_rule(number: int) -> None:
    with pytest.raises(DateRangeError, match="1 to 9999"):
        PLAIN.add(EPOCH, number)


def test_days_after_the_last_notice_are_provisional_and_still_counted() -> None:
    calendar = WorkCalendar({date(2026, 10, 1): False}, announced_through=date(2026, 12, 31))

    assert not calendar.is_provisional(date(2026, 12, 31))
    assert calendar.is_provisional(date(2027, 1, 1))
    assert calendar.add(date(2026, 12, 31), 1) == date(2027, 1, 1)


def test_without_any_notice_every_day_is_provisional() -> None:
    assert WorkCalendar({EPOCH: False}).is_provisional(EPOCH)


def test_a_calendar_does_not_follow_the_mapping_it_was_made_from() -> None:
    exceptions = {EPOCH: False}
    calendar = WorkCalendar(exceptions)

    exceptions[EPOCH] = True

    assert not calendar.is_working_day(EPOCH)


def test_a_calendar_is_equal_to_itself_only() -> None:
    assert len({PLAIN, PLAIN, WorkCalendar()}) == 2


@given(exception_maps, days)
def test_a_day_is_worked_if_the_exceptions_or_else_the_weekday_say_so(
    exceptions: dict[date, bool], day: date
) -> None:
    assert WorkCalendar(exceptions).is_working_day(day) == works(exceptions, day)


@given(exception_maps, days, st.integers(-80, 80))
def test_adding_days_is_walking_day_by_day(exceptions: dict[date, bool], day: date, number: int) -> None:
    assert WorkCalendar(exceptions).add(day, number) == walk(exceptions, day, number)


@given(exception_maps, days, days)
def test_counting_days_is_walking_day_by_day(exceptions: dict[date, bool], start: date, end: date) -> None:
    calendar = WorkCalendar(exceptions)

    assert calendar.count(start, end) == slow_count(exceptions, start, end)
    assert calendar.count(start, end) == -calendar.count(end, start)


@given(exception_maps, days, st.integers(1, 80))
def test_counting_undoes_adding(exceptions: dict[date, bool], day: date, number: int) -> None:
    calendar = WorkCalendar(exceptions)

    assert calendar.count(day, calendar.add(day, number)) == number
    assert calendar.add(calendar.on_or_after(day), number - 1) == calendar.add(day - ONE_DAY, number)
    assert calendar.add(calendar.add(day, number), -number) == calendar.on_or_before(day)


@given(exception_maps, days)
def test_the_nearest_working_day_is_the_first_one_met(exceptions: dict[date, bool], day: date) -> None:
    calendar = WorkCalendar(exceptions)

    assert calendar.on_or_after(day) == walk(exceptions, day - ONE_DAY, 1)
    assert calendar.on_or_before(day) == walk(exceptions, day + ONE_DAY, -1)


@given(exception_maps, days, st.integers(0, 60), st.integers(0, 15))
def test_due_before_the_late_cutoff_is_more_than_that_many_days_late(
    exceptions: dict[date, bool], due: date, passed: int, limit: int
) -> None:
    calendar = WorkCalendar(exceptions)
    today = due + timedelta(days=passed)

    assert (due < late_cutoff(calendar, today, limit)) == (calendar.count(due, today) > limit)


@given(exception_maps, days, st.integers(0, 60), st.integers(0, 15))
def test_due_up_to_near_until_has_at_most_that_many_days_left(
    exceptions: dict[date, bool], today: date, ahead: int, limit: int
) -> None:
    calendar = WorkCalendar(exceptions)
    due = today + timedelta(days=ahead)

    assert (due <= near_until(calendar, today, limit)) == (calendar.count(today, due) <= limit)


def slow_deadline(
    exceptions: dict[date, bool],
    accepted_on: date,
    limit: int,
    unit: LimitUnit,
    holds: list[tuple[date, date]],
) -> date:
    """The limit-th day after acceptance that counts, found by looking at every day."""
    day = accepted_on
    while limit:
        day += ONE_DAY
        counts = unit is LimitUnit.CALENDAR or works(exceptions, day)
        if counts and not any(first <= day <= last for first, last in holds):
            limit -= 1
    return day


@given(exception_maps, days, st.integers(0, 40), units, st.lists(spans, max_size=6))
def test_a_deadline_is_the_last_day_that_counts(
    exceptions: dict[date, bool],
    accepted_on: date,
    limit: int,
    unit: LimitUnit,
    holds: list[tuple[date, date]],
) -> None:
    expected = slow_deadline(exceptions, accepted_on, limit, unit, holds)

    assert deadline(WorkCalendar(exceptions), accepted_on, limit, unit, holds) == expected


def test_a_calendar_limit_counts_weekends() -> None:
    friday = date(2026, 11, 20)

    assert deadline(PLAIN, friday, 3, LimitUnit.CALENDAR) == date(2026, 11, 23)
    assert deadline(PLAIN, friday, 3, LimitUnit.WORKING) == date(2026, 11, 25)


def test_a_calendar_limit_is_moved_by_the_calendar_days_held() -> None:
    weekend = (date(2026, 11, 21), date(2026, 11, 22))

    assert deadline(PLAIN, date(2026, 11, 20), 3, LimitUnit.CALENDAR, [weekend]) == date(2026, 11, 25)
    assert deadline(PLAIN, date(2026, 11, 20), 3, LimitUnit.WORKING, [weekend]) == date(2026, 11, 25)


def test_overlapping_holds_count_once() -> None:
    holds = [(date(2026, 11, 24), date(2026, 11, 25)), (date(2026, 11, 24), date(2026, 11, 26))]

    assert deadline(PLAIN, date(2026, 11, 20), 2, LimitUnit.WORKING, holds) == date(2026, 11, 27)


def test_a_hold_after_the_deadline_or_before_acceptance_moves_nothing() -> None:
    before = (date(2026, 11, 10), date(2026, 11, 20))
    after = (date(2026, 11, 25), date(2026, 11, 30))

    assert deadline(PLAIN, date(2026, 11, 20), 2, LimitUnit.WORKING, [after, before]) == date(2026, 11, 24)


def test_a_hold_that_pushes_the_deadline_into_another_hold_brings_that_one_in() -> None:
    first = (date(2026, 11, 24), date(2026, 11, 24))
    second = (date(2026, 11, 25), date(2026, 11, 26))

    assert deadline(PLAIN, date(2026, 11, 20), 2, LimitUnit.WORKING, [second]) == date(2026, 11, 24)
    assert deadline(PLAIN, date(2026, 11, 20), 2, LimitUnit.WORKING, [second, first]) == date(2026, 11, 27)


def test_a_hold_that_ends_before_it_begins_holds_nothing() -> None:
    backwards = (date(2026, 11, 24), date(2026, 11, 23))

    assert deadline(PLAIN, date(2026, 11, 20), 2, LimitUnit.WORKING, [backwards]) == date(2026, 11, 24)


def test_a_negative_limit_is_a_broken_rule() -> None:
    with pytest.raises(InputError, match="cannot be negative: -1"):
        deadline(PLAIN, EPOCH, -1, LimitUnit.WORKING)


@pytest.mark.parametrize("unit", LimitUnit)
def test_a_limit_beyond_the_calendar_is_a_broken_rule(unit: LimitUnit) -> None:
    with pytest.raises(DateRangeError):
        deadline(PLAIN, EPOCH, 10**9, unit)
