"""What another date does to the nodes behind it, and when it may no longer be asked for."""

from datetime import date

import pytest

from domain.date_changes import (
    Decision,
    Planned,
    RequestStatus,
    Shift,
    decide,
    decisions_on,
    is_locked,
    shifted,
)
from domain.errors import RuleError
from domain.workdays import WorkCalendar

CALENDAR = WorkCalendar()
A, B, C = date(2026, 3, 20), date(2026, 3, 27), date(2026, 4, 24)
LATER = date(2026, 3, 27)
BEHIND = [Planned("b", B, 5, ("a",)), Planned("c", C, 5, ("b",))]


def after(behind: list[Planned[str]], *, following: bool = False, to: date = LATER) -> list[Shift[str]]:
    return shifted("a", A, to, behind, following=following, calendar=CALENDAR)


def test_the_lead_comes_first_and_the_others_keep_their_dates() -> None:
    assert after(BEHIND)[0] == Shift("a", A, LATER)
    assert [shift.after for shift in after(BEHIND)] == [LATER, B, C]


def test_a_date_that_became_too_tight_says_what_the_node_needs() -> None:
    _lead, second, third = after(BEHIND)

    assert second.needs == date(2026, 4, 3)  # five working days after the new date of what it waits for
    assert third.needs is None  # there is room enough


def test_following_nodes_move_by_the_same_working_days_and_stay_possible() -> None:
    shifts = after(BEHIND, following=True)

    assert [shift.after for shift in shifts] == [LATER, date(2026, 4, 3), date(2026, 5, 1)]
    assert all(shift.needs is None for shift in shifts)


def test_an_earlier_date_takes_the_following_nodes_along() -> None:
    shifts = after(BEHIND, following=True, to=date(2026, 3, 13))

    assert [shift.after for shift in shifts] == [date(2026, 3, 13), date(2026, 3, 20), date(2026, 4, 17)]


def test_of_an_any_of_group_one_that_did_not_move_is_enough() -> None:
    one_moved = [Planned("x", B, 5, any_of=(("a", "other"),))]
    all_moved = [Planned("x", B, 5, any_of=(("a",),))]

    assert after(one_moved)[1].needs is None
    assert after(all_moved)[1].needs == date(2026, 4, 3)


def test_a_node_without_a_date_stays_without_but_hands_on_what_it_needs() -> None:
    behind = [Planned("b", None, 5, ("a",)), Planned("c", date(2026, 3, 30), 1, ("b",))]

    _lead, second, third = after(behind, following=True)

    assert (second.after, second.needs) == (None, None)
    assert third.needs is None or third.needs > date(2026, 3, 30)


@pytest.mark.parametrize(
    ("today", "locked"), [(date(2026, 3, 12), False), (date(2026, 3, 13), True), (date(2026, 4, 1), True)]
)
def test_the_last_five_working_days_and_what_has_passed_are_locked(today: date, *, locked: bool) -> None:
    assert is_locked(A, today, CALENDAR) is locked


def test_what_has_no_date_is_not_locked() -> None:
    assert is_locked(None, A, CALENDAR) is False


def test_what_is_decided_stays_decided() -> None:
    assert decide(RequestStatus.ASKED, Decision.APPROVE, node="桩基施工") == RequestStatus.APPROVED
    assert decisions_on(RequestStatus.RETURNED) == {Decision.WITHDRAW}
    for status in (RequestStatus.APPROVED, RequestStatus.REFUSED, RequestStatus.WITHDRAWN):
        assert decisions_on(status) == frozenset()
        with pytest.raises(RuleError, match="“桩基施工” does not wait for this any more"):
            decide(status, Decision.APPROVE, node="桩基施工")
