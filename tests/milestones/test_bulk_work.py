"""One piece of work on many nodes: said before it is done, done on all of them or on none, and once."""

from collections.abc import Iterable
from datetime import date
from functools import partial
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Unit, User
from domain.date_changes import RequestStatus
from domain.errors import DomainError, InputError, RuleError, StaleError
from domain.lifecycle import Status
from history.models import Change
from milestones.actions import (
    MOST_AT_ONCE,
    BulkRow,
    BulkWork,
    HandOver,
    Picked,
    PutOnHold,
    Remind,
    Resume,
    ShiftDates,
    carry_out,
    finish_node,
    move_date,
    rehearse,
)
from milestones.models import DateChange, Hold, Node
from tests.make import make_node, make_nodes, make_project, make_template, make_unit, make_user
from tests.milestones.test_races import at_once

pytestmark = pytest.mark.django_db

TODAY = date(2026, 3, 10)
DUE, NEW = date(2026, 3, 2), date(2026, 3, 9)
"""Five working days apart; both have passed."""

SHIFT = ShiftDates(days=5, reason="enterprise")
FOLLOWING = ShiftDates(days=5, reason="enterprise", following=True)


def late(**fields: object) -> Node:
    return make_node(
        status=Status.RUNNING, started_on=date(2026, 2, 2), due_on=DUE, baseline_on=DUE, **fields
    )


def picked(*nodes: Node) -> list[Picked]:
    return [Picked(node.pk, node.version) for node in nodes]


def do(work: BulkWork, nodes: Iterable[Node], actor: User) -> tuple[BulkRow, ...]:
    """Look at the rehearsal and confirm it."""
    rows = picked(*nodes)
    seen = rehearse(work, rows, actor=actor, today=TODAY).fingerprint
    return carry_out(work, rows, actor=actor, today=TODAY, seen=seen)


def dues(*nodes: Node) -> list[date | None]:
    return [Node.objects.get(pk=node.pk).due_on for node in nodes]


def test_what_a_manager_may_decide_moves_at_once_and_stands_in_the_history_of_each_node() -> None:
    boss, nodes = make_user(), [late(), late()]

    rows = do(SHIFT, nodes, boss)

    assert dues(*nodes) == [NEW, NEW]
    assert [(row.due_after, row.is_decided) for row in rows] == [(NEW, True), (NEW, True)]
    changes = Change.objects.exclude(node=None)
    assert len({change.batch for change in changes}) == 1
    assert None not in {change.batch for change in changes}
    for node in nodes:
        verbs = changes.filter(node=node).order_by("pk").values_list("verb", flat=True)
        assert list(verbs) == [Change.Verb.DATE_CHANGE_ASKED, Change.Verb.DATE_CHANGE_APPROVED]
    assert Node.objects.get(pk=nodes[0].pk).baseline_on == DUE


def test_what_others_decide_is_only_asked_for() -> None:
    power = make_unit("供电公司", kind=Unit.Kind.DEPARTMENT)
    of_power = make_user(unit=power)
    theirs, own = late(unit=power), late(project=make_project(department=power), unit=power)

    first, second = do(SHIFT, [theirs, own], of_power)

    assert [first.is_decided, second.is_decided] == [False, True]
    assert dues(theirs, own) == [DUE, NEW]
    assert DateChange.objects.get(node=theirs).status == RequestStatus.ASKED


def test_a_node_behind_moves_once_however_many_of_those_before_it_are_picked() -> None:
    nodes = make_nodes(
        make_template("d", "c", "b", "a", edges=(("a", "c"), ("b", "c"), ("c", "d"))),
        a=DUE,
        b=DUE,
        c=DUE,
        d=DUE,
    )

    rows = {row.node.pk: row for row in do(FOLLOWING, [nodes[code] for code in "dcba"], make_user())}

    assert dues(*nodes.values()) == [NEW] * 4
    assert rows[nodes["c"].pk].moved_with == nodes["b"].template_node.label
    assert not rows[nodes["a"].pk].moved_with
    assert DateChange.objects.count() == 2


def test_nodes_behind_that_were_not_picked_move_along_only_if_asked_to() -> None:
    nodes = make_nodes(make_template("a", "b"), a=DUE, b=DUE)

    (row,) = rehearse(SHIFT, picked(nodes["a"]), actor=make_user(), today=TODAY).done
    (following,) = do(FOLLOWING, [nodes["a"]], make_user())

    assert (row.along, row.tight) == ((), 1)
    assert [(each.node_id, each.after) for each in following.along] == [(nodes["b"].pk, NEW)]
    assert dues(*nodes.values()) == [NEW, NEW]


def test_a_node_whose_lead_is_refused_moves_by_itself() -> None:
    nodes = make_nodes(make_template("a", "b"), a=None, b=DUE)

    rehearsal = rehearse(FOLLOWING, picked(*nodes.values()), actor=make_user(), today=TODAY)

    assert "no due date" in str(rehearsal.refused[0].refusal)
    assert [(row.node.pk, row.moved_with) for row in rehearsal.done] == [(nodes["b"].pk, "")]


def test_holds_begin_and_end_on_many_at_once() -> None:
    boss, nodes = make_user(), [late(), late()]

    do(PutOnHold(on=date(2026, 3, 3), reason="等待电力方案", notice_no="停〔2026〕3号"), nodes, boss)

    assert set(Node.objects.values_list("status", flat=True)) == {Status.HELD}
    assert set(Hold.objects.values_list("reason", "notice_no")) == {("等待电力方案", "停〔2026〕3号")}

    held = [Node.objects.get(pk=node.pk) for node in nodes]
    rows = do(Resume(on=TODAY), held, boss)

    assert set(Node.objects.values_list("status", flat=True)) == {Status.RUNNING}
    assert [row.due_after for row in rows] == dues(*nodes) == [NEW, NEW]


def test_another_unit_gets_them_and_sees_their_projects() -> None:
    nodes, power = [late(), late()], make_unit("供电公司", kind=Unit.Kind.DEPARTMENT)

    do(HandOver(unit=power), nodes, make_user())

    assert set(Node.objects.values_list("unit", flat=True)) == {power.pk}
    assert Node.objects.visible_to(make_user(unit=power)).count() == 2


def test_a_reminder_is_recorded_and_changes_nothing() -> None:
    nodes = [late(), late()]

    do(Remind(note="周五前回复"), nodes, make_user())

    assert Change.objects.filter(verb=Change.Verb.NODE_REMINDED, note="周五前回复").count() == 2
    assert [Node.objects.get(pk=node.pk).version for node in nodes] == [node.version for node in nodes]


@pytest.mark.parametrize(
    ("work", "sentence"),
    [
        (PutOnHold(on=TODAY, reason="听证"), "not running"),
        (Resume(on=TODAY), "not on hold"),
        (Remind(), "closed already"),
        (SHIFT, "closed already"),
    ],
)
def test_what_cannot_be_done_is_said_of_each_row_before_anything_happens(
    work: BulkWork, sentence: str
) -> None:
    done, other = make_node(status=Status.DONE, due_on=DUE), late()

    rehearsal = rehearse(work, picked(done, other), actor=make_user(), today=TODAY)

    (refused,) = [row for row in rehearsal.refused if row.node.pk == done.pk]
    assert sentence in str(refused.refusal)
    assert len(rehearsal.done) + len(rehearsal.refused) == 2


def test_a_rehearsal_changes_nothing() -> None:
    nodes = make_nodes(make_template("a", "b"), a=DUE, b=DUE)
    before = list(Node.objects.order_by("pk").values())

    rehearse(FOLLOWING, picked(*nodes.values()), actor=make_user(), today=TODAY)

    assert list(Node.objects.order_by("pk").values()) == before
    assert not Change.objects.filter(node__isnull=False).exists()
    assert not DateChange.objects.exists()


def test_one_refused_row_stops_all_of_them() -> None:
    first, second = late(), late()
    actor, rows = make_user(), picked(first, second)
    seen = rehearse(SHIFT, rows, actor=actor, today=TODAY).fingerprint
    DateChange.objects.create(node=second, reason="enterprise", asked_by=actor)

    with pytest.raises(RuleError, match="asked for already"):
        carry_out(SHIFT, rows, actor=actor, today=TODAY, seen=seen)

    assert dues(first, second) == [DUE, DUE]
    assert not Change.objects.filter(node__isnull=False).exists()


def test_a_row_that_changed_since_it_was_picked_stops_all_of_them_by_its_name() -> None:
    first, second = late(), late(project=make_project(name="盾构装备基地"))
    actor, rows = make_user(), picked(first, second)
    seen = rehearse(SHIFT, rows, actor=actor, today=TODAY).fingerprint
    finish_node(second, actor=actor, on=TODAY, today=TODAY)

    with pytest.raises(StaleError, match="盾构装备基地"):
        carry_out(SHIFT, rows, actor=actor, today=TODAY, seen=seen)

    assert dues(first) == [DUE]


def test_a_node_behind_that_changed_since_stops_it_too() -> None:
    nodes, actor = make_nodes(make_template("a", "b"), a=DUE, b=DUE), make_user()
    rows = picked(nodes["a"])
    seen = rehearse(FOLLOWING, rows, actor=actor, today=TODAY).fingerprint
    do(SHIFT, [nodes["b"]], actor)

    with pytest.raises(StaleError, match="something else"):
        carry_out(FOLLOWING, rows, actor=actor, today=TODAY, seen=seen)

    assert dues(*nodes.values()) == [DUE, NEW]


def test_what_is_not_theirs_is_said_before_and_forbidden_after() -> None:
    town = make_unit()
    of_town, own, foreign = make_user(unit=town), late(project=make_project(town=town)), late()

    rehearsal = rehearse(SHIFT, picked(own, foreign), actor=of_town, today=TODAY)

    assert [row.node.pk for row in rehearsal.done] == [own.pk]
    assert "neither your unit's" in str(rehearsal.refused[0].refusal)
    with pytest.raises(PermissionDenied):
        carry_out(SHIFT, picked(own, foreign), actor=of_town, today=TODAY, seen=rehearsal.fingerprint)
    assert dues(own) == [DUE]


def test_a_date_is_moved_at_once_by_nobody_who_may_only_ask() -> None:
    power = make_unit("供电公司", kind=Unit.Kind.DEPARTMENT)
    theirs = late(unit=power)

    with pytest.raises(PermissionDenied):
        move_date(theirs, actor=make_user(unit=power), due_on=NEW, reason="enterprise", today=TODAY)

    assert dues(theirs) == [DUE]
    assert not DateChange.objects.exists()


@pytest.mark.parametrize("role", [User.Role.LIAISON, User.Role.LEADER])
def test_only_managers_change_many_at_once(role: str) -> None:
    person = make_user(role, unit=make_unit())
    node = late(project=make_project(liaison=person))

    with pytest.raises(PermissionDenied):
        rehearse(Remind(), picked(node), actor=person, today=TODAY)


@pytest.mark.parametrize("count", [0, MOST_AT_ONCE + 1])
def test_nothing_and_too_much_are_refused(count: int) -> None:
    with pytest.raises(InputError):
        rehearse(Remind(), [Picked(pk, 1) for pk in range(count)], actor=make_user(), today=TODAY)


def test_a_reason_that_asks_for_words_is_refused_as_a_whole() -> None:
    with pytest.raises(InputError, match="Say why"):
        rehearse(ShiftDates("other", days=5), picked(late()), actor=make_user(), today=TODAY)


def test_a_moved_date_costs_no_query_of_its_own_for_each_node_behind() -> None:
    actor = make_user()

    def queries(*codes: str) -> int:
        dues: dict[str, Any] = dict.fromkeys(codes, DUE)
        first = make_nodes(make_template(*codes), **dues)[codes[0]]
        rehearse(FOLLOWING, picked(first), actor=actor, today=TODAY)
        with CaptureQueriesContext(connection) as seen:
            (row,) = rehearse(FOLLOWING, picked(first), actor=actor, today=TODAY).done
        assert len(row.along) == len(codes) - 1
        return len(seen)

    assert queries("a", "b") == queries("a", "b", "c", "d", "e", "f")


def test_a_refusal_is_a_sentence() -> None:
    (row,) = rehearse(Resume(on=TODAY), picked(late()), actor=make_user(), today=TODAY).refused

    assert isinstance(row.refusal, DomainError)
    assert row.refusal.params["node"]


@pytest.mark.services
@pytest.mark.django_db(transaction=True)
def test_two_managers_who_move_the_same_rows_at_once_move_them_once() -> None:
    _skip_without_locks()
    for _round in range(4):
        nodes = [late() for _ in range(6)]
        rows = picked(*nodes)
        managers = [make_user(), make_user()]
        seen = {boss.pk: rehearse(SHIFT, rows, actor=boss, today=TODAY).fingerprint for boss in managers}

        def shift(boss: User, rows: list[Picked], seen: str) -> object:
            return carry_out(SHIFT, rows, actor=boss, today=TODAY, seen=seen)

        found = at_once(
            partial(shift, managers[0], rows, seen[managers[0].pk]),
            partial(shift, managers[1], rows[::-1], seen[managers[1].pk]),
        )

        assert sorted(type(one).__name__ for one in found) == ["StaleError", "tuple"]
        assert dues(*nodes) == [NEW] * 6
        assert Change.objects.filter(node__in=nodes, verb=Change.Verb.DATE_CHANGE_APPROVED).count() == 6


def _skip_without_locks() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite writes one transaction at a time")
