"""The ladder of supervision, and which answers are late."""

from datetime import date

import pytest

from domain.errors import RuleError
from domain.supervision import (
    SlipLevel,
    answer_days_late,
    check_level,
    check_reply_by,
    is_answer_late,
    level_for,
    next_slip,
    reply_by,
)
from domain.workdays import WorkCalendar

BLUE, YELLOW, RED = SlipLevel.BLUE, SlipLevel.YELLOW, SlipLevel.RED
THURSDAY, FRIDAY, SATURDAY, MONDAY = (date(2026, 3, day) for day in (5, 6, 7, 9))
CALENDAR = WorkCalendar()


@pytest.mark.parametrize(
    ("days_late", "on_agenda", "yellows", "level"),
    [
        (-3, 0, 0, None),
        (0, 2, 2, None),  # nothing is late: neither meetings nor earlier slips make it so
        (1, 0, 0, BLUE),
        (5, 1, 1, BLUE),
        (6, 0, 0, YELLOW),
        (15, 0, 1, YELLOW),
        (16, 0, 0, RED),
        (400, 0, 0, RED),
        (1, 2, 0, YELLOW),
        (1, 2, 2, RED),
        (1, 0, 2, RED),
        (6, 0, 2, RED),
        (1, 0, 3, RED),
    ],
)
def test_the_ladder_follows_the_days_late_the_meetings_and_the_yellow_slips(
    days_late: int, on_agenda: int, yellows: int, level: SlipLevel | None
) -> None:
    assert level_for(days_late, on_agenda=on_agenda, yellows=yellows) == level


@pytest.mark.parametrize(
    ("days_late", "decided", "level"),
    [
        (3, [], BLUE),
        (3, [BLUE], None),
        (3, [YELLOW], None),  # who went straight to yellow does not go back to blue
        (6, [BLUE], YELLOW),
        (6, [BLUE, YELLOW], None),
        (16, [BLUE], RED),
        (16, [YELLOW], RED),
        (90, [RED], None),
        (0, [], None),
    ],
)
def test_a_step_is_taken_once_and_only_a_more_severe_one_follows(
    days_late: int, decided: list[SlipLevel], level: SlipLevel | None
) -> None:
    assert next_slip(days_late, decided) == level


@pytest.mark.parametrize(
    ("level", "day"), [(BLUE, date(2026, 3, 13)), (YELLOW, date(2026, 3, 11)), (RED, date(2026, 3, 10))]
)
def test_the_more_severe_a_slip_the_sooner_its_answer_is_wanted(level: SlipLevel, day: date) -> None:
    assert reply_by(level, FRIDAY, CALENDAR) == day


@pytest.mark.parametrize(
    ("answered_on", "today", "is_late", "days"),
    [
        (None, FRIDAY, False, 0),  # the day itself is in time
        (None, SATURDAY, True, 0),  # late, though no working day has passed
        (None, MONDAY, True, 1),
        (FRIDAY, MONDAY, False, 0),
        (MONDAY, date(2026, 4, 1), True, 1),
    ],
)
def test_an_answer_is_late_after_the_reply_date(
    answered_on: date | None, today: date, is_late: bool, days: int
) -> None:
    assert is_answer_late(FRIDAY, answered_on, today) is is_late
    assert answer_days_late(FRIDAY, answered_on, today, CALENDAR) == days


def test_a_slip_can_be_more_severe_than_proposed_but_not_milder() -> None:
    check_level(YELLOW, YELLOW)
    check_level(RED, BLUE)
    with pytest.raises(RuleError, match="not milder"):
        check_level(BLUE, YELLOW)


def test_an_answer_cannot_be_wanted_by_a_day_that_has_passed() -> None:
    check_reply_by(FRIDAY, FRIDAY)
    with pytest.raises(RuleError, match="2026-03-05 has passed"):
        check_reply_by(THURSDAY, FRIDAY)
