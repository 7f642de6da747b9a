"""Changing nodes: each success, each refusal."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied

from accounts.models import Unit, User
from domain.errors import InputError, RuleError, StaleError
from domain.lifecycle import Status
from history.models import Change
from milestones.actions import finish_node, lay_chain, reopen_node, start_node, waive_node
from milestones.models import Chain, Node
from tests.make import (
    FRIDAY,
    MONDAY,
    make_node,
    make_nodes,
    make_project,
    make_template,
    make_unit,
    make_user,
)

pytestmark = pytest.mark.django_db


def stored(node: Node) -> Node:
    return Node.objects.get(pk=node.pk)


def test_a_started_node_runs_since_that_day_and_the_change_is_on_record() -> None:
    node, actor = make_nodes()["a"], make_user()

    start_node(node, actor=actor, on=MONDAY, today=FRIDAY, note="已受理")

    assert (stored(node).status, stored(node).started_on, stored(node).version) == (Status.RUNNING, MONDAY, 2)
    change = Change.objects.get(node=node)
    assert (change.verb, change.actor, change.note) == (Change.Verb.NODE_STARTED, actor, "已受理")
    assert (change.before["status"], change.after["status"]) == ("waiting", "running")


def test_a_node_waits_for_the_one_before_it() -> None:
    nodes = make_nodes()

    with pytest.raises(RuleError, match="“Node b” cannot be started before “Node a” is done"):
        start_node(nodes["b"], actor=make_user(), on=FRIDAY, today=FRIDAY)

    assert stored(nodes["b"]).status == Status.WAITING
    assert not Change.objects.filter(node=nodes["b"]).exists()


def test_a_waived_predecessor_lets_the_next_node_start() -> None:
    nodes, actor = make_nodes(), make_user()
    waive_node(nodes["a"], actor=actor, reason="企业无需求", today=FRIDAY)

    start_node(nodes["b"], actor=actor, on=FRIDAY, today=FRIDAY)

    assert stored(nodes["b"]).status == Status.RUNNING


def test_one_member_of_an_any_of_group_is_enough() -> None:
    template = make_template(
        "cp1", "cp", "pile", edges=(), any_of=(("cp1", "pile", "permit"), ("cp", "pile", "permit"))
    )
    nodes, actor = make_nodes(template), make_user()
    with pytest.raises(RuleError, match="before “Node cp1”, “Node cp” is done"):
        start_node(nodes["pile"], actor=actor, on=FRIDAY, today=FRIDAY)
    start_node(nodes["cp"], actor=actor, on=MONDAY, today=FRIDAY)
    finish_node(nodes["cp"], actor=actor, on=FRIDAY, today=FRIDAY)

    start_node(nodes["pile"], actor=actor, on=FRIDAY, today=FRIDAY)

    assert stored(nodes["pile"]).status == Status.RUNNING


def test_a_waived_member_of_an_any_of_group_opens_nothing_while_another_is_open() -> None:
    template = make_template(
        "cp1", "cp", "pile", edges=(), any_of=(("cp1", "pile", "permit"), ("cp", "pile", "permit"))
    )
    nodes, actor = make_nodes(template), make_user()
    waive_node(nodes["cp1"], actor=actor, reason="不分期", today=FRIDAY)

    with pytest.raises(RuleError, match="before “Node cp” is done"):
        start_node(nodes["pile"], actor=actor, on=FRIDAY, today=FRIDAY)


def test_a_missing_soft_predecessor_warns_and_does_not_refuse() -> None:
    nodes = make_nodes(make_template("a", "b", edges=(), soft=(("a", "b"),)))

    outcome = start_node(nodes["b"], actor=make_user(), on=FRIDAY, today=FRIDAY)

    assert outcome.missing == ("Node a",)
    assert stored(nodes["b"]).status == Status.RUNNING


def test_a_node_cannot_start_before_the_day_its_predecessor_was_done() -> None:
    nodes, actor = make_nodes(), make_user()
    start_node(nodes["a"], actor=actor, on=MONDAY, today=FRIDAY)
    finish_node(nodes["a"], actor=actor, on=FRIDAY, today=FRIDAY)

    with pytest.raises(RuleError, match="“Node a” was done on 2026-03-06"):
        start_node(nodes["b"], actor=actor, on=MONDAY, today=FRIDAY)


@pytest.mark.usefixtures("_filled_calendar")
def test_starting_sets_the_end_of_the_approval_clock() -> None:
    node = make_nodes(make_template("cp", limit=3))["cp"]

    start_node(node, actor=make_user(), on=date(2026, 9, 30), today=date(2026, 10, 12))

    assert stored(node).limit_on == date(2026, 10, 10)  # a make-up Saturday, domain.md 5.1


def test_a_finished_node_is_done_on_that_day() -> None:
    node, actor = make_node(status=Status.RUNNING), make_user()

    finish_node(node, actor=actor, on=FRIDAY, today=FRIDAY)

    assert (stored(node).status, stored(node).finished_on) == (Status.DONE, FRIDAY)
    assert Change.objects.get(node=node).verb == Change.Verb.NODE_FINISHED


@pytest.mark.parametrize("status", [Status.WAITING, Status.HELD, Status.DONE, Status.WAIVED])
def test_only_a_running_node_can_be_finished(status: Status) -> None:
    node = make_node(status=status)

    with pytest.raises(RuleError, match="it is not running"):
        finish_node(node, actor=make_user(), on=FRIDAY, today=FRIDAY)

    assert stored(node).status == status


def test_the_future_cannot_be_recorded() -> None:
    node = make_node(status=Status.RUNNING)

    with pytest.raises(RuleError, match="2026-03-06 lies in the future"):
        finish_node(node, actor=make_user(), on=FRIDAY, today=MONDAY)


def test_a_node_is_not_finished_before_it_started() -> None:
    node = make_node(status=Status.RUNNING, started_on=FRIDAY)

    with pytest.raises(RuleError, match="before its start on 2026-03-06"):
        finish_node(node, actor=make_user(), on=MONDAY, today=FRIDAY)


def test_waiving_keeps_the_reason() -> None:
    node = make_node()

    waive_node(node, actor=make_user(), reason=" 企业无需求 ", today=FRIDAY)

    assert (stored(node).status, stored(node).waived_reason) == (Status.WAIVED, "企业无需求")


def test_nothing_is_waived_without_a_reason() -> None:
    node = make_node()

    with pytest.raises(InputError, match="Say why"):
        waive_node(node, actor=make_user(), reason="  ", today=FRIDAY)

    assert stored(node).status == Status.WAITING


def test_reopening_undoes_a_finish_and_a_waiver() -> None:
    done, waived, actor = (
        make_node(status=Status.DONE, started_on=MONDAY),
        make_node(status=Status.WAIVED),
        make_user(),
    )

    reopen_node(done, actor=actor, reason="材料不全")
    reopen_node(waived, actor=actor, reason="需要办理")

    assert (stored(done).status, stored(done).started_on, stored(done).finished_on) == (
        Status.RUNNING,
        MONDAY,
        None,
    )
    assert (stored(waived).status, stored(waived).waived_reason) == (Status.WAITING, "")


def test_a_liaison_may_not_reopen_what_he_or_she_finished() -> None:
    liaison = make_user(User.Role.LIAISON, unit=make_unit())
    node = make_node(project=make_project(liaison=liaison), status=Status.DONE)

    with pytest.raises(PermissionDenied):
        reopen_node(node, actor=liaison, reason="误操作")

    assert stored(node).status == Status.DONE


def test_a_stale_version_changes_nothing() -> None:
    node, actor = make_node(status=Status.RUNNING), make_user()
    finish_node(node, actor=actor, on=FRIDAY, today=FRIDAY, version=1)

    with pytest.raises(StaleError, match="has changed since you read it"):
        reopen_node(node, actor=actor, reason="误操作", version=1)

    assert stored(node).status == Status.DONE


def test_a_leader_sees_everything_and_changes_nothing() -> None:
    node = make_node(status=Status.RUNNING)

    with pytest.raises(PermissionDenied):
        finish_node(node, actor=make_user(User.Role.LEADER), on=FRIDAY, today=FRIDAY)


def test_a_department_does_its_own_nodes_in_a_project_that_others_lead() -> None:
    power = make_unit("供电公司", kind=Unit.Kind.DEPARTMENT)
    manager = make_user(unit=power)
    own, other = make_node(status=Status.RUNNING, unit=power), make_node(status=Status.RUNNING)

    finish_node(own, actor=manager, on=FRIDAY, today=FRIDAY)
    with pytest.raises(PermissionDenied):
        finish_node(other, actor=manager, on=FRIDAY, today=FRIDAY)

    assert (stored(own).status, stored(other).status) == (Status.DONE, Status.RUNNING)


@pytest.mark.usefixtures("_filled_calendar")
def test_laying_a_chain_plans_every_node_forward_in_working_days() -> None:
    project, actor = make_project(), make_user()

    lay_chain(project, make_template("a", "b", "c"), actor=actor, starts_on=date(2026, 2, 13))

    due = dict(project.nodes.values_list("template_node__code", "due_on"))
    assert due == {"a": date(2026, 2, 27), "b": date(2026, 3, 5), "c": date(2026, 3, 12)}
    assert all(node.baseline_on == node.due_on for node in project.nodes.all())
    assert Change.objects.get(verb=Change.Verb.CHAIN_LAID).after["nodes"] == 3


def test_the_units_of_the_nodes_take_part_in_the_project() -> None:
    unit = make_unit("住房和城乡建设局", kind=Unit.Kind.DEPARTMENT)
    template, project = make_template("cp"), make_project()
    template.nodes.update(unit_name=unit.name)

    lay_chain(project, template, actor=make_user(), starts_on=MONDAY)

    assert project.nodes.get().unit == unit
    assert project in unit.projects.all()


def test_a_project_has_one_chain() -> None:
    project, actor, template = make_project(), make_user(), make_template()
    lay_chain(project, template, actor=actor, starts_on=MONDAY)

    with pytest.raises(RuleError, match="has a chain already"):
        lay_chain(project, template, actor=actor, starts_on=MONDAY)

    assert Chain.objects.count() == 1


def test_a_draft_is_not_laid() -> None:
    template, project = make_template(), make_project()
    template.published_at = None
    template.save()

    with pytest.raises(RuleError, match="“链” is a draft; publish it first"):
        lay_chain(project, template, actor=make_user(), starts_on=MONDAY)

    assert not project.nodes.exists()
