"""The light of a node (design.md, section 3)."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.lifecycle import Status
from domain.lights import Light, LightRule, deadline, worst, yellow_window
from domain.workdays import WorkCalendar

MONDAY = date(2026, 3, 2)
RULE = LightRule.on(MONDAY, WorkCalendar())


def day(offset: int) -> date:
    return MONDAY + timedelta(days=offset)


@pytest.mark.parametrize(
    ("limit", "window"),
    [(None, 5), (0, 1), (1, 1), (5, 1), (6, 2), (10, 2), (11, 3), (20, 4), (21, 5), (60, 5)],
)
def test_the_yellow_window_is_a_fifth_of_the_limit_between_one_and_five(
    limit: int | None, window: int
) -> None:
    assert yellow_window(limit) == window


@pytest.mark.parametrize(
    ("status", "light"),
    [(Status.DONE, Light.BLUE), (Status.WAIVED, Light.WHITE), (Status.HELD, Light.VIOLET)],
)
def test_a_closed_or_held_node_is_never_late(status: Status, light: Light) -> None:
    assert RULE.light(status, day(-30), None, 5) == light
    assert not RULE.is_overdue(status, day(-30), None)


def test_overdue_begins_the_day_after_the_deadline() -> None:
    assert RULE.light(Status.RUNNING, day(-1), None, None) == Light.RED
    assert RULE.light(Status.RUNNING, day(0), None, None) == Light.YELLOW


def test_whichever_of_plan_and_limit_is_earlier_counts() -> None:
    assert RULE.light(Status.RUNNING, day(40), day(-1), None) == Light.RED
    assert RULE.light(Status.RUNNING, day(-1), day(40), None) == Light.RED
    assert deadline(day(3), None) == deadline(None, day(3)) == deadline(day(9), day(3)) == day(3)
    assert deadline(None, None) is None


@pytest.mark.parametrize(
    ("days", "limit", "light"),
    [
        (1, 5, Light.YELLOW), (2, 5, Light.GREEN), (4, 20, Light.YELLOW), (7, 20, Light.GREEN),
        (7, None, Light.YELLOW), (8, None, Light.GREEN),
    ],
)  # fmt: skip
def test_a_running_node_turns_yellow_within_its_window_of_working_days(
    days: int, limit: int | None, light: Light
) -> None:
    assert RULE.light(Status.RUNNING, day(days), None, limit) == light


def test_a_waiting_node_is_grey_until_its_deadline_is_near() -> None:
    assert RULE.light(Status.WAITING, day(60), None, None) == Light.GREY
    assert RULE.light(Status.WAITING, None, None, None) == Light.GREY
    assert RULE.light(Status.WAITING, day(3), None, None) == Light.YELLOW
    assert RULE.light(Status.WAITING, day(-1), None, None) == Light.RED


def test_days_late_and_left_are_working_days() -> None:
    assert RULE.days_late(date(2026, 2, 27)) == 1  # Friday, over the weekend
    assert RULE.days_late(MONDAY) == 0
    assert RULE.days_left(date(2026, 3, 9)) == 5
    assert RULE.days_left(date(2026, 2, 27)) == 0


def test_the_worst_light_is_the_one_that_wants_attention_most() -> None:
    assert worst([Light.GREEN, Light.RED, Light.YELLOW]) == Light.RED
    assert worst([Light.WHITE, Light.BLUE]) == Light.BLUE
    assert worst([]) == Light.BLUE


@given(st.integers(-400, 400), st.none() | st.integers(0, 100), st.integers(0, 400))
def test_a_later_day_never_makes_a_running_node_look_better(
    offset: int, limit: int | None, later: int
) -> None:
    order = [Light.GREEN, Light.YELLOW, Light.RED]
    today = RULE.light(Status.RUNNING, day(offset), None, limit)
    then = LightRule.on(day(later), WorkCalendar()).light(Status.RUNNING, day(offset), None, limit)
    assert order.index(then) >= order.index(today)
