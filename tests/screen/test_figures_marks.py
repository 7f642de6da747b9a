"""Dates that lie beyond the announced holidays say so wherever they are shown."""

from datetime import date

import pytest

from domain.lights import LightRule
from milestones.calendar_table import load_calendar
from screen.queries import Span

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_filled_calendar")]


def test_two_weeks_that_reach_into_an_unannounced_year_are_marked() -> None:
    before, across = (LightRule.on(day, load_calendar()) for day in (date(2026, 11, 2), date(2026, 12, 28)))

    assert Span.around(before).marked("Monday") == "Monday"
    assert Span.around(across).marked("Monday") == "Monday · provisional"
