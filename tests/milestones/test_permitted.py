"""What a reader may do with a node now, and the sentence that says why not the rest."""

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from accounts.models import User
from accounts.permits import Permit
from accounts.refusals import sentence
from domain.errors import RuleError
from domain.lifecycle import Status
from domain.lights import LightRule
from domain.workdays import WorkCalendar
from milestones.actions import (
    assign_node,
    finish_node,
    hold_node,
    lay_chain,
    relay_chain,
    remind,
    reopen_node,
    request_date_change,
    resume_node,
    start_node,
    waive_node,
)
from milestones.models import DateChange, Node
from milestones.permitted import Deed, permits
from milestones.publishing import publish_template
from milestones.queries import node_rows
from tests.make import make_chain, make_node, make_nodes, make_project, make_template, make_unit, make_user

pytestmark = pytest.mark.django_db

TODAY, FAR = date(2026, 3, 6), date(2026, 6, 1)


def asked(node: Node, user: User) -> dict[Deed, Permit]:
    rule = LightRule.on(TODAY, WorkCalendar())
    (row,) = node_rows([node], rule)
    return permits(row, user, rule, is_theirs=Node.objects.editable_by(user).filter(pk=node.pk).exists())


def open_to(node: Node, user: User) -> set[str]:
    return {deed.value for deed, permit in asked(node, user).items() if permit.is_open}


def test_a_manager_may_do_what_the_status_allows() -> None:
    boss = make_user()

    waiting = {"start", "waive", "date-change", "assign", "remind"}
    assert open_to(make_node(due_on=FAR), boss) == waiting
    running = {"finish", "hold", "waive", "reopen", "date-change", "assign", "remind"}
    assert open_to(make_node(status=Status.RUNNING, due_on=FAR), boss) == running
    assert open_to(make_node(status=Status.HELD), boss) == {"hold", "resume", "waive", "assign", "remind"}
    assert open_to(make_node(status=Status.DONE), boss) == {"reopen"}
    assert open_to(make_node(status=Status.WAIVED), boss) == {"reopen"}


def test_a_liaison_reopens_nothing_and_hands_nothing_over() -> None:
    town = make_unit()
    liaison = make_user(User.Role.LIAISON, unit=town)
    node = make_node(project=make_project(town=town, liaison=liaison), status=Status.RUNNING, due_on=FAR)

    assert open_to(node, liaison) == {"finish", "hold", "waive", "date-change"}
    assert asked(node, liaison)[Deed.REOPEN].refusal == "Only a manager may reopen a node."


@pytest.mark.parametrize(
    ("role", "why"),
    [
        (User.Role.LEADER, "Leaders see everything and change nothing."),
        (User.Role.LIAISON, "Only the liaison of the project may change it."),
        (User.Role.MANAGER, "Only managers of the project's town"),
    ],
)
def test_who_may_not_change_the_project_is_told_so_of_everything(role: str, why: str) -> None:
    stranger = make_user(role, unit=make_unit())

    told = {permit.refusal for permit in asked(make_node(), stranger).values()}

    assert len(told) == 1
    assert told.pop().startswith(why)


def test_a_start_is_refused_with_the_names_of_what_comes_first() -> None:
    nodes = make_nodes(make_template("a", "b", "c", edges=(("a", "c"), ("b", "c"))))

    refusal = asked(nodes["c"], make_user())[Deed.START].refusal

    assert refusal == "“Node c” cannot be started before “Node a”, “Node b” is done."


def test_another_date_waits_for_the_answer_to_the_first_request() -> None:
    node, boss = make_node(due_on=FAR), make_user()
    request_date_change(
        node, actor=boss, due_on=date(2026, 7, 1), reason=DateChange.Reason.POLICY, today=TODAY
    )

    assert "has been asked for already" in asked(node, boss)[Deed.DATE_CHANGE].refusal


def test_close_to_the_date_only_a_manager_asks_for_another() -> None:
    town = make_unit()
    liaison = make_user(User.Role.LIAISON, unit=town)
    node = make_node(project=make_project(town=town, liaison=liaison), due_on=date(2026, 3, 10))

    assert "only a manager may ask" in asked(node, liaison)[Deed.DATE_CHANGE].refusal
    assert asked(node, make_user())[Deed.DATE_CHANGE].is_open


def attempt(deed: Deed, node: Node, actor: User) -> str:
    """Do it; what the action says against it, blank where it is done."""
    sent: dict[Deed, tuple[Any, dict[str, Any]]] = {
        Deed.START: (start_node, {"on": TODAY, "today": TODAY}),
        Deed.FINISH: (finish_node, {"on": TODAY, "today": TODAY}),
        Deed.HOLD: (hold_node, {"on": TODAY, "today": TODAY, "reason": "听证"}),
        Deed.RESUME: (resume_node, {"on": TODAY, "today": TODAY}),
        Deed.WAIVE: (waive_node, {"today": TODAY, "reason": "无需求"}),
        Deed.REOPEN: (reopen_node, {"reason": "误报"}),
        Deed.DATE_CHANGE: (
            request_date_change,
            {"due_on": date(2026, 7, 1), "reason": DateChange.Reason.POLICY, "today": TODAY},
        ),
        Deed.ASSIGN: (assign_node, {"unit": make_unit()}),
        Deed.REMIND: (remind, {}),
    }
    act, fields = sent[deed]
    try:
        act(node, actor=actor, **fields)
    except RuleError as error:
        return sentence(error)
    except PermissionDenied as error:
        return str(error)
    return ""


@pytest.mark.parametrize("deed", list(Deed))
@pytest.mark.parametrize("status", list(Status))
@pytest.mark.parametrize("role", [User.Role.MANAGER, User.Role.LIAISON])
def test_what_is_said_beforehand_is_what_the_action_says(role: str, status: Status, deed: Deed) -> None:
    town = make_unit()
    actor = make_user(role, unit=town)
    node = make_node(
        project=make_project(town=town, liaison=actor if role == User.Role.LIAISON else None),
        status=status, due_on=FAR,
    )  # fmt: skip

    assert asked(node, actor)[deed].refusal == attempt(deed, node, actor)


def test_what_the_chain_has_left_behind_is_not_reopened() -> None:
    boss, project = make_user(), make_project()
    old, new = (publish_template(make_chain(*codes, code="road"), actor=boss)[0] for codes in ("ab", "a"))
    lay_chain(project, old, actor=boss, starts_on=TODAY)
    left = Node.objects.get(template_node__code="b")
    waive_node(left, actor=boss, reason="无需", today=TODAY)
    left.refresh_from_db()
    assert open_to(left, boss) == {"reopen"}

    relay_chain(project, new, actor=boss, conditions=(), today=TODAY)

    assert "no part of the project's chain" in asked(left, boss)[Deed.REOPEN].refusal
