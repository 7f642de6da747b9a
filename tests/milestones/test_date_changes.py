"""Asking for another due date: nothing moves before it is approved, the baseline never does."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied

from accounts.models import Unit, User
from domain.date_changes import RequestStatus
from domain.errors import InputError, RuleError
from domain.lifecycle import Status
from domain.lights import Light, LightRule
from domain.workdays import WorkCalendar
from history.models import Change
from milestones.actions import (
    approve_date_change,
    finish_node,
    hold_node,
    refuse_date_change,
    request_date_change,
    return_date_change,
    start_node,
    waive_node,
    withdraw_date_change,
)
from milestones.models import DateChange, Node
from milestones.queries import node_rows
from tests.make import make_node, make_nodes, make_project, make_template, make_unit, make_user

pytestmark = pytest.mark.django_db

TODAY = date(2026, 3, 2)
A_DUE, B_DUE, C_DUE = date(2026, 3, 20), date(2026, 3, 27), date(2026, 4, 24)
NEW = date(2026, 3, 27)  # five working days after A_DUE
REASON = DateChange.Reason.ENTERPRISE


def chain(project: object = None) -> dict[str, Node]:
    """Three nodes that wait for one another and take 5 working days each."""
    return make_nodes(make_template("a", "b", "c"), project=project, a=A_DUE, b=B_DUE, c=C_DUE)  # type: ignore[arg-type]


def ask(node: Node, due_on: date = NEW, *, actor: User | None = None, **more: object) -> DateChange:
    more = {"reason": REASON, "today": TODAY, **more}
    return request_date_change(node, actor=actor or make_user(), due_on=due_on, **more)  # type: ignore[arg-type]


def due(node: Node) -> date | None:
    return Node.objects.get(pk=node.pk).due_on


def test_a_request_moves_nothing_and_hides_nothing() -> None:
    node = chain()["a"]

    ask(node, text="企业调整方案")

    rule = LightRule.on(date(2026, 3, 23), WorkCalendar())
    (row,) = node_rows([node], rule)
    assert (row.due_on, row.light, row.asked_due_on) == (A_DUE, Light.RED, NEW)
    assert Change.objects.get(node=node).verb == Change.Verb.DATE_CHANGE_ASKED


def test_an_approved_request_moves_the_due_date_and_keeps_the_baseline() -> None:
    node, manager = chain()["a"], make_user()

    approve_date_change(ask(node), actor=manager, answer="同意")

    stored = Node.objects.get(pk=node.pk)
    assert (stored.due_on, stored.baseline_on, stored.version) == (NEW, A_DUE, 2)
    change = DateChange.objects.get()
    assert (change.status, change.decided_by, change.answer) == (RequestStatus.APPROVED, manager, "同意")
    moved = Change.objects.get(verb=Change.Verb.DATE_CHANGE_APPROVED)
    assert (moved.node, moved.before["due_on"], moved.after["due_on"]) == (node, "2026-03-20", "2026-03-27")


def test_all_that_follow_move_by_as_many_working_days() -> None:
    nodes = chain()

    approve_date_change(ask(nodes["a"], following=True), actor=make_user())

    assert [due(nodes[code]) for code in "abc"] == [NEW, date(2026, 4, 3), date(2026, 5, 1)]


def test_without_them_the_following_nodes_keep_their_dates() -> None:
    nodes = chain()

    approve_date_change(ask(nodes["a"]), actor=make_user())

    assert [due(nodes[code]) for code in "abc"] == [NEW, B_DUE, C_DUE]


def test_closed_nodes_do_not_move_with_the_others() -> None:
    nodes = chain()
    waive_node(nodes["b"], actor=make_user(), reason="免", today=TODAY)

    approve_date_change(ask(nodes["a"], following=True), actor=make_user())

    assert [due(nodes[code]) for code in "abc"] == [NEW, B_DUE, date(2026, 5, 1)]


def test_refusing_and_sending_back_want_an_answer() -> None:
    change = ask(chain()["a"])

    for answer_with in (refuse_date_change, return_date_change):
        with pytest.raises(InputError, match="Say why"):
            answer_with(change, actor=make_user(), answer=" ")

    refuse_date_change(change, actor=make_user(), answer="理由不足")
    assert DateChange.objects.get().status == RequestStatus.REFUSED
    assert due(change.node) == A_DUE


def test_a_request_that_was_sent_back_makes_room_for_a_better_one() -> None:
    node = chain()["a"]
    return_date_change(ask(node), actor=make_user(), answer="请附会议纪要")

    second = ask(node, date(2026, 4, 3))

    assert set(DateChange.objects.values_list("status", flat=True)) == {"withdrawn", "asked"}
    approve_date_change(second, actor=make_user())
    assert due(node) == date(2026, 4, 3)


def test_a_request_waits_for_one_answer_at_a_time() -> None:
    node = chain()["a"]
    change = ask(node)

    with pytest.raises(RuleError, match="has been asked for already"):
        ask(node, date(2026, 4, 3))

    approve_date_change(change, actor=make_user())
    with pytest.raises(RuleError, match="does not wait for this any more"):
        refuse_date_change(change, actor=make_user(), answer="晚了")


def test_only_who_asked_takes_a_request_back() -> None:
    asker = make_user()
    change = ask(chain()["a"], actor=asker)

    with pytest.raises(PermissionDenied):
        withdraw_date_change(change, actor=make_user())

    withdraw_date_change(change, actor=asker)
    assert DateChange.objects.get().status == RequestStatus.WITHDRAWN


def test_in_the_last_five_working_days_only_a_manager_may_ask() -> None:
    liaison = make_user(User.Role.LIAISON, unit=make_unit())
    node = chain(make_project(liaison=liaison))["a"]
    inside, outside = date(2026, 3, 13), date(2026, 3, 12)

    with pytest.raises(RuleError, match="only a manager may ask for another date now"):
        ask(node, actor=liaison, today=inside)
    with pytest.raises(RuleError, match="only a manager"):
        ask(node, actor=liaison, today=date(2026, 3, 25))

    assert ask(node, actor=liaison, today=outside).pk
    withdraw_date_change(DateChange.objects.get(), actor=liaison)
    assert ask(node, today=inside).pk


def test_who_only_has_the_duty_of_a_node_may_ask_but_not_approve_the_own_delay() -> None:
    power = make_unit("供电公司", kind=Unit.Kind.DEPARTMENT)
    node = chain()["a"]
    Node.objects.filter(pk=node.pk).update(unit=power)
    engineer = make_user(unit=power)

    change = ask(node, actor=engineer)

    with pytest.raises(PermissionDenied):
        approve_date_change(change, actor=engineer)
    assert list(DateChange.objects.decidable_by(engineer)) == []
    assert list(DateChange.objects.decidable_by(make_user())) == [change]
    assert due(node) == A_DUE


def test_a_liaison_does_not_approve() -> None:
    liaison = make_user(User.Role.LIAISON, unit=make_unit())
    change = ask(chain(make_project(liaison=liaison))["a"], actor=liaison)

    with pytest.raises(PermissionDenied):
        approve_date_change(change, actor=liaison)
    assert list(DateChange.objects.decidable_by(liaison)) == []


def test_what_has_changed_since_it_was_asked_for_is_not_approved() -> None:
    nodes = chain()
    change = ask(nodes["a"], following=True)
    waive_node(nodes["b"], actor=make_user(), reason="免", today=TODAY)

    with pytest.raises(RuleError, match="“Node b” has changed since the date was asked for"):
        approve_date_change(change, actor=make_user())

    assert [due(nodes[code]) for code in "abc"] == [A_DUE, B_DUE, C_DUE]
    assert DateChange.objects.get().status == RequestStatus.ASKED


@pytest.mark.parametrize(
    ("status", "refusal"),
    [
        (Status.WAIVED, "is waived; it has no date to change"),
        (Status.DONE, "is closed already"),
        (Status.HELD, "is on hold; its date is settled when it is resumed"),
    ],
)
def test_what_has_no_date_to_change_is_refused(status: Status, refusal: str) -> None:
    with pytest.raises(RuleError, match=refusal):
        ask(make_node(status=status, due_on=A_DUE))
    assert not DateChange.objects.exists()


def test_the_same_date_again_and_a_slip_of_the_keyboard_are_refused() -> None:
    node = chain()["a"]

    with pytest.raises(RuleError, match="is due on 2026-03-20 already"):
        ask(node, A_DUE)
    with pytest.raises(RuleError, match="lies before the year 2000"):
        ask(node, date(226, 3, 20))


def test_a_reason_is_one_of_the_list_and_other_is_explained() -> None:
    node = chain()["a"]

    with pytest.raises(InputError, match="is none of the reasons"):
        ask(node, reason="because")
    with pytest.raises(InputError, match="Say why"):
        ask(node, reason=DateChange.Reason.OTHER)
    assert ask(node, reason=DateChange.Reason.OTHER, text="台风").pk


def test_a_hold_between_asking_and_approving_is_noticed() -> None:
    node = chain()["a"]
    start_node(node, actor=make_user(), on=TODAY, today=TODAY)
    change = ask(node)
    hold_node(
        node, actor=make_user(), on=TODAY, until=date(2026, 3, 4), today=date(2026, 3, 4), reason="听证"
    )

    with pytest.raises(RuleError, match="has changed since the date was asked for"):
        approve_date_change(change, actor=make_user())


def test_a_request_falls_away_with_the_node_it_is_about() -> None:
    nodes, actor = chain(), make_user()
    for code in "ab":
        ask(nodes[code], date(2026, 4, 10))
    start_node(nodes["a"], actor=actor, on=TODAY, today=TODAY)
    finish_node(nodes["a"], actor=actor, on=TODAY, today=TODAY)
    waive_node(nodes["b"], actor=actor, reason="免", today=TODAY)

    assert set(DateChange.objects.values_list("status", flat=True)) == {RequestStatus.WITHDRAWN}
    assert not DateChange.objects.pending().exists()
