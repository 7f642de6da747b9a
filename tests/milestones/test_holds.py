"""Holds: the clock stands still, and what moves when it runs again (design.md section 3)."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied

from accounts.models import User
from domain.errors import InputError, RuleError
from domain.lifecycle import Status
from history.models import Change
from milestones.actions import finish_node, hold_node, reopen_node, resume_node, start_node, waive_node
from milestones.models import Hold, Node
from tests.make import make_node, make_nodes, make_template, make_user

pytestmark = pytest.mark.django_db

MON, TUE, WED, THU, FRI = (date(2026, 3, day) for day in range(2, 7))
NEXT_MON, NEXT_TUE, NEXT_WED = (date(2026, 3, day) for day in range(9, 12))
LATER = date(2026, 4, 30)


def running(*, due: date | None = FRI, limit: int | None = None) -> Node:
    """A node that runs since Monday, with its approval clock where it has a limit."""
    node = make_nodes(make_template("a", limit=limit), a=due)["a"]
    start_node(node, actor=make_user(), on=MON, today=LATER)
    return node


def stored(node: Node) -> Node:
    return Node.objects.get(pk=node.pk)


def hold(node: Node, on: date, until: date | None = None, **more: object) -> None:
    hold_node(node, actor=make_user(), on=on, until=until, today=LATER, reason="听证", **more)  # type: ignore[arg-type]


def test_a_held_node_stands_still_and_the_reason_and_the_notice_are_on_record() -> None:
    node, actor = running(), make_user()

    hold_node(node, actor=actor, on=TUE, today=LATER, reason=" 专家评审 ", notice_no=" 杭规资〔2026〕12号 ")

    assert (stored(node).status, stored(node).held_on) == (Status.HELD, TUE)
    kept = Hold.objects.get(node=node)
    assert (kept.held_on, kept.resumed_on, kept.reason) == (TUE, None, "专家评审")
    assert (kept.notice_no, kept.held_by) == ("杭规资〔2026〕12号", actor)
    change = Change.objects.get(verb=Change.Verb.NODE_HELD)
    assert (change.note, change.after["held_from"], change.after["status"]) == (
        "专家评审",
        "2026-03-03",
        "held",
    )


def test_the_due_date_moves_by_the_working_days_held() -> None:
    node = running(due=FRI)
    hold(node, TUE)

    resume_node(node, actor=make_user(), on=NEXT_MON, today=LATER)  # Tuesday to Friday: four working days

    assert (stored(node).status, stored(node).held_on) == (Status.RUNNING, None)
    assert stored(node).due_on == date(2026, 3, 12)
    assert stored(node).baseline_on == FRI
    assert Hold.objects.get().moved_days == 4
    change = Change.objects.get(verb=Change.Verb.NODE_RESUMED)
    assert (change.before["due_on"], change.after["due_on"]) == ("2026-03-06", "2026-03-12")


def test_the_approval_clock_ends_as_the_law_counts() -> None:
    """domain.md 5.1: accepted 2026-03-02, 7 working days, on hold 03-05 … 03-10 inclusive: 2026-03-17."""
    node = running(due=None, limit=7)
    assert stored(node).limit_on == NEXT_WED

    hold(node, THU)
    resume_node(node, actor=make_user(), on=NEXT_WED, today=LATER)

    assert stored(node).limit_on == stored(node).deadline_on == date(2026, 3, 17)


def test_days_that_lie_in_two_holds_count_once() -> None:
    node = running(due=FRI)
    hold(node, TUE)
    hold(node, WED)
    assert stored(node).held_on == TUE

    resume_node(node, actor=make_user(), on=NEXT_MON, today=LATER)

    assert stored(node).due_on == date(2026, 3, 12)
    assert sum(Hold.objects.values_list("moved_days", flat=True)) == 4


def test_a_node_goes_on_when_the_last_of_its_holds_has_ended() -> None:
    node = running(due=FRI)
    hold(node, TUE)
    hold(node, THU)
    first, second = Hold.objects.order_by("pk")

    resume_node(node, actor=make_user(), on=FRI, today=LATER, hold=first)
    assert (stored(node).status, stored(node).held_on) == (Status.HELD, THU)

    resume_node(node, actor=make_user(), on=NEXT_TUE, today=LATER, hold=second)
    assert stored(node).status == Status.RUNNING
    assert stored(node).due_on == date(2026, 3, 13)  # Tuesday to Monday: five working days


def test_a_hold_that_is_over_is_entered_afterwards_and_moves_the_dates_at_once() -> None:
    node = running(due=FRI)

    hold(node, TUE, until=THU)

    assert (stored(node).status, stored(node).due_on) == (Status.RUNNING, NEXT_TUE)
    assert Hold.objects.get().resumed_on == THU


def test_a_hold_that_ends_on_the_day_it_begins_moves_nothing() -> None:
    node = running(due=FRI)

    hold(node, TUE, until=TUE)

    assert (stored(node).due_on, Hold.objects.get().moved_days) == (FRI, 0)


@pytest.mark.parametrize(
    ("on", "until", "refusal"),
    [
        (WED, TUE, "begins on 2026-03-04 cannot end before, on 2026-03-03"),
        (date(2026, 2, 27), None, "before its start on 2026-03-02"),
        (date(2026, 5, 1), None, "lies in the future"),
        (TUE, date(2026, 5, 1), "lies in the future"),
    ],
)
def test_an_impossible_hold_is_refused_and_changes_nothing(
    on: date, until: date | None, refusal: str
) -> None:
    node = running()

    with pytest.raises(RuleError, match=refusal):
        hold(node, on, until)

    assert stored(node).status == Status.RUNNING
    assert not Hold.objects.exists()


def test_a_node_does_not_run_again_before_its_hold_began() -> None:
    node = running()
    hold(node, WED)

    with pytest.raises(RuleError, match="cannot end before, on 2026-03-03"):
        resume_node(node, actor=make_user(), on=TUE, today=LATER)

    assert stored(node).status == Status.HELD


@pytest.mark.parametrize("status", [Status.WAITING, Status.DONE, Status.WAIVED])
def test_only_what_runs_can_be_held(status: Status) -> None:
    with pytest.raises(RuleError, match="cannot be put on hold"):
        hold(make_node(status=status), TUE)


def test_only_what_is_held_can_be_resumed() -> None:
    with pytest.raises(RuleError, match="it is not on hold"):
        resume_node(running(), actor=make_user(), on=TUE, today=LATER)


def test_nothing_is_held_without_a_reason() -> None:
    with pytest.raises(InputError, match="Say why"):
        hold_node(running(), actor=make_user(), on=TUE, today=LATER, reason=" ")


def test_a_stranger_holds_nothing() -> None:
    with pytest.raises(PermissionDenied):
        hold_node(running(), actor=make_user(User.Role.LEADER), on=TUE, today=LATER, reason="听证")


def test_what_is_on_hold_cannot_be_finished() -> None:
    node = running()
    hold(node, TUE)

    with pytest.raises(RuleError, match="it is not running"):
        finish_node(node, actor=make_user(), on=WED, today=LATER)


def test_waiving_ends_the_hold() -> None:
    node = running()
    hold(node, TUE)

    waive_node(node, actor=make_user(), reason="企业无需求", today=THU)

    assert (stored(node).status, stored(node).held_on, stored(node).waived_on) == (Status.WAIVED, None, THU)
    assert Hold.objects.get().resumed_on == THU


def test_a_start_by_mistake_is_undone() -> None:
    node = running(limit=7)

    reopen_node(node, actor=make_user(), reason="点错了")

    assert (stored(node).status, stored(node).started_on, stored(node).limit_on) == (
        Status.WAITING,
        None,
        None,
    )


def test_nothing_is_finished_before_the_end_of_a_hold() -> None:
    node = running()
    hold(node, TUE, until=THU)

    for day in (MON, TUE, WED):
        with pytest.raises(RuleError, match="was on hold until 2026-03-05"):
            finish_node(node, actor=make_user(), on=day, today=LATER)

    finish_node(node, actor=make_user(), on=THU, today=LATER)
    assert stored(node).finished_on == THU
