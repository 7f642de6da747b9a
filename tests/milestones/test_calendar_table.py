"""The calendar as the table says it."""

from datetime import date

import pytest

from milestones.calendar_table import calendar_version, fill_calendar, load_calendar
from milestones.models import CalendarDay

pytestmark = pytest.mark.django_db


def test_an_empty_table_knows_weekends_and_calls_everything_provisional() -> None:
    calendar = load_calendar()

    assert calendar.is_working_day(date(2026, 10, 1))
    assert calendar.is_provisional(date(2026, 10, 1))


def test_filling_enters_what_is_announced_and_again_changes_nothing() -> None:
    first, again = fill_calendar(), fill_calendar()

    assert first.added > 600
    assert (again.added, again.changed) == (0, 0)
    calendar = load_calendar()
    assert not calendar.is_working_day(date(2026, 10, 1))
    assert calendar.is_working_day(date(2026, 10, 10))
    assert not calendar.is_provisional(date(2026, 12, 31))
    assert calendar.is_provisional(date(2027, 1, 1))


def test_what_is_set_by_hand_counts_at_once_and_survives_a_filling() -> None:
    fill_calendar()
    assert not load_calendar().is_working_day(date(2026, 10, 2))

    day = CalendarDay.objects.get(on=date(2026, 10, 2))
    day.is_working, day.source = True, CalendarDay.Source.OVERRIDE
    day.save()
    fill_calendar()

    assert load_calendar().is_working_day(date(2026, 10, 2))


def test_a_day_by_hand_in_an_unannounced_year_leaves_the_year_provisional() -> None:
    fill_calendar()
    CalendarDay.objects.create(on=date(2027, 5, 1), is_working=False)

    assert load_calendar().is_provisional(date(2027, 5, 1))
    assert not load_calendar().is_working_day(date(2027, 5, 1))


def test_every_state_of_the_table_has_a_version_of_its_own() -> None:
    fill_calendar()
    filled = calendar_version()
    by_hand = CalendarDay.objects.create(on=date(2027, 5, 3), is_working=False)
    with_a_day_more = calendar_version()
    CalendarDay.objects.earliest("on").delete()
    another_day_less = calendar_version()
    by_hand.is_working = True
    by_hand.save()

    assert len({"0", filled, with_a_day_more, another_day_less, calendar_version()}) == 5
