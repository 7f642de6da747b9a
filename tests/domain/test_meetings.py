"""The week of the meeting, how a decision moves, and what two weeks differ by."""

from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import RuleError
from domain.issues import Level
from domain.meetings import (
    UNSETTLED,
    DecisionStatus,
    DecisionStep,
    Marks,
    Rhythm,
    WeekMoment,
    check_other_verifier,
    decision_steps,
    differences,
    in_order,
    is_decision_late,
    move_decision,
    suggested_due,
    written_decision,
)
from domain.workdays import WorkCalendar

RHYTHM = Rhythm(
    drafted=WeekMoment(0, time(14)), cut_off=WeekMoment(4, time(12)), sent=WeekMoment(4, time(14)),
    held=WeekMoment(0, time(9)),
)  # fmt: skip
OPEN, DONE, VERIFIED, WITHDRAWN = (
    DecisionStatus.OPEN, DecisionStatus.DONE, DecisionStatus.VERIFIED, DecisionStatus.WITHDRAWN,
)  # fmt: skip


def test_a_moment_of_the_week_is_read_as_it_is_written() -> None:
    assert WeekMoment.read("fri 12:00") == WeekMoment(4, time(12))
    assert WeekMoment.read(" Mon 09:30 ") == WeekMoment(0, time(9, 30))
    for nonsense in ("friday 12:00", "fri", "12:00", "fri 25:00", ""):
        with pytest.raises(ValueError, match=r"."):
            WeekMoment.read(nonsense)


def test_friday_noon_is_the_cut_off_of_next_mondays_meeting() -> None:
    week = RHYTHM.week(date(2026, 3, 4), WorkCalendar())
    assert week is not None
    assert (week.year, week.week) == (2026, 10)
    assert week.drafted_at.isoformat() == "2026-03-02T14:00:00"
    assert week.cut_off_at.isoformat() == "2026-03-06T12:00:00"
    assert week.sent_at.isoformat() == "2026-03-06T14:00:00"
    assert week.held_at.isoformat() == "2026-03-09T09:00:00"


def test_the_week_of_the_turn_of_the_year_is_that_of_its_thursday() -> None:
    week = RHYTHM.week(date(2027, 1, 1), WorkCalendar())
    assert week is not None
    assert (week.year, week.week, week.held_at.date()) == (2026, 53, date(2027, 1, 4))


def test_a_cut_off_on_a_day_off_moves_back_and_a_meeting_forward() -> None:
    off = dict.fromkeys([date(2026, 3, 5), date(2026, 3, 6), date(2026, 3, 9)], False)
    week = RHYTHM.week(date(2026, 3, 3), WorkCalendar(off))
    assert week is not None
    assert week.cut_off_at.isoformat() == "2026-03-04T12:00:00"
    assert week.held_at.isoformat() == "2026-03-10T09:00:00", "Monday is off too"


def test_a_week_without_a_working_day_before_its_cut_off_has_no_meeting() -> None:
    off = {date(2026, 10, day): False for day in range(1, 11)} | dict.fromkeys([date(2026, 10, 10)], True)
    assert RHYTHM.week(date(2026, 10, 6), WorkCalendar(off)) is None


def test_a_make_up_day_is_no_day_off() -> None:
    saturday = Rhythm(RHYTHM.drafted, WeekMoment(5, time(12)), RHYTHM.sent, RHYTHM.held)
    week = saturday.week(date(2026, 3, 7), WorkCalendar({date(2026, 3, 7): True}))
    assert week is not None
    assert week.cut_off_at.date() == date(2026, 3, 7)


@given(
    st.dates(date(2020, 1, 1), date(2035, 12, 31)), st.integers(0, 6), st.integers(0, 6),
    st.lists(st.integers(0, 13), max_size=9),
)  # fmt: skip
def test_a_meeting_is_always_drafted_before_its_cut_off_and_held_after_it(
    day: date, cut_off: int, held: int, off: list[int]
) -> None:
    monday = day.toordinal() - day.weekday()
    calendar = WorkCalendar({date.fromordinal(monday + number): False for number in off})
    rhythm = Rhythm(RHYTHM.drafted, WeekMoment(cut_off, time(12)), RHYTHM.sent, WeekMoment(held, time(9)))
    week = rhythm.week(day, calendar)
    if week is None:
        return
    assert week.drafted_at.date() <= week.cut_off_at.date() < week.held_at.date()
    assert week.sent_at >= week.cut_off_at
    assert week.cut_off_at.isocalendar()[:2] == day.isocalendar()[:2] == (week.year, week.week)
    assert calendar.is_working_day(week.cut_off_at.date())
    assert calendar.is_working_day(week.held_at.date())


@pytest.mark.parametrize(
    ("current", "step", "target"),
    [
        (OPEN, DecisionStep.CHANGE, OPEN),
        (OPEN, DecisionStep.REPORT_DONE, DONE),
        (DONE, DecisionStep.VERIFY, VERIFIED),
        (DONE, DecisionStep.SEND_BACK, OPEN),
        (OPEN, DecisionStep.WITHDRAW, WITHDRAWN),
        (DONE, DecisionStep.WITHDRAW, WITHDRAWN),
        (VERIFIED, DecisionStep.REOPEN, OPEN),
        (WITHDRAWN, DecisionStep.REOPEN, OPEN),
    ],
)
def test_a_decision_takes_these_steps(
    current: DecisionStatus, step: DecisionStep, target: DecisionStatus
) -> None:
    assert move_decision(current, step, decision="2026-10-01") == target
    assert step in decision_steps(current)


@pytest.mark.parametrize("current", DecisionStatus)
def test_it_takes_no_other_step_and_the_refusal_names_it(current: DecisionStatus) -> None:
    for step in set(DecisionStep) - decision_steps(current):
        with pytest.raises(RuleError, match="2026-10-01"):
            move_decision(current, step, decision="2026-10-01")


def test_it_is_on_the_next_agenda_until_it_is_verified_or_withdrawn() -> None:
    assert set(DecisionStatus) - UNSETTLED == {VERIFIED, WITHDRAWN}


def test_nobody_verifies_the_own_word() -> None:
    check_other_verifier(decision="2026-10-01", is_reporter=False)
    with pytest.raises(RuleError, match="2026-10-01"):
        check_other_verifier(decision="2026-10-01", is_reporter=True)


def test_it_is_late_for_the_unit_alone() -> None:
    due, next_day = date(2026, 3, 6), date(2026, 3, 7)
    assert is_decision_late(OPEN, due, next_day)
    assert not is_decision_late(OPEN, due, due)
    assert not is_decision_late(OPEN, None, next_day)
    assert not is_decision_late(DONE, due, next_day), "it waits for the verifier, not for the unit"


def test_the_number_says_the_meeting() -> None:
    assert written_decision(2026, 7, 3) == "2026-07-03"


def test_the_higher_the_level_the_sooner_it_is_wanted() -> None:
    days = [suggested_due(level, date(2026, 3, 2), WorkCalendar()) for level in Level]
    assert days == sorted(days, reverse=True)
    assert days[0] == date(2026, 3, 16)


def marks(overdue: str = "", blocked: str = "", raised: str = "", closed: str = "") -> Marks:
    """A sign is a row; what was closed is a sign and the day."""
    days = frozenset((ord(row), day) for row, day in zip(closed[::2], closed[1::2], strict=True))
    late, stuck, new = (frozenset(map(ord, text)) for text in (overdue, blocked, raised))
    return Marks(overdue=late, blocked=stuck, raised=new, closed=days)


def test_two_weeks_differ_by_what_came_and_what_went() -> None:
    before = marks("ab", "p", "xyw", "v1u1")
    found = differences(before, marks("bc", "q", "xywz", "v1x2w2r2"))
    assert found.newly_overdue == {ord("c")}
    assert found.recovered == {ord("a")}
    assert found.newly_blocked == {ord("q")}
    assert found.unblocked == {ord("p")}
    assert found.issues_raised == {ord("z")}, "u is open again, not new"
    assert found.issues_closed == {ord("x"), ord("w"), ord("r")}, "v was closed the week before"


def test_what_is_closed_again_is_closed_anew() -> None:
    found = differences(marks(closed="v1"), marks(closed="v2"))
    assert found.issues_closed == {ord("v")}


def test_the_same_week_twice_does_not_differ() -> None:
    week = marks("ab", "p", "x", "v1")
    assert not any(getattr(differences(week, week), name) for name in differences(week, week).__slots__)


def test_what_is_named_comes_first_and_the_rest_keeps_its_order() -> None:
    assert in_order([3, 1], [1, 2, 3, 4]) == [3, 1, 2, 4]
    assert in_order([], [2, 1]) == [2, 1]
