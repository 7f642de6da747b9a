"""Moving a project to another version of its chain, or to other facts: what is added, dropped and kept."""

from dataclasses import replace
from datetime import date

import pytest
from django.core.exceptions import PermissionDenied

from accounts.models import User
from domain.chains import ChainSpec, FactSpec
from domain.errors import RuleError
from domain.lifecycle import Status
from history.models import Change
from milestones.actions import finish_node, lay_chain, relay_chain, reopen_node, start_node, waive_node
from milestones.models import Chain, ChainTemplate, Node
from milestones.publishing import publish_template
from milestones.querysets import NodeQuerySet
from projects.models import Project
from tests.make import MONDAY, make_chain, make_project, make_template, make_user

pytestmark = pytest.mark.django_db

TODAY = date(2026, 6, 1)


def publish(spec: ChainSpec) -> ChainTemplate:
    template, _ = publish_template(spec, actor=User.objects.system())
    return template


def versions(old: tuple[str, ...], new: tuple[str, ...]) -> tuple[ChainTemplate, ChainTemplate]:
    return publish(make_chain(*old, code="road")), publish(make_chain(*new, code="road"))


def laid(template: ChainTemplate, *conditions: str) -> Project:
    project = make_project()
    lay_chain(project, template, actor=make_user(), starts_on=MONDAY, conditions=conditions)
    return project


def nodes(project: Project) -> NodeQuerySet:
    return Node.objects.filter(project=project)


def node(project: Project, code: str) -> Node:
    return nodes(project).get(template_node__code=code)


def statuses(project: Project) -> dict[str, str]:
    return dict(nodes(project).values_list("template_node__code", "status"))


def test_kept_nodes_keep_their_dates_and_what_is_recorded() -> None:
    old, new = versions(("a", "b"), ("a", "b", "c"))
    project, actor = laid(old), make_user()
    start_node(node(project, "a"), actor=actor, on=MONDAY, today=TODAY)
    finish_node(node(project, "a"), actor=actor, on=MONDAY, today=TODAY)
    due = node(project, "b").due_on

    moved = relay_chain(project, new, actor=actor, conditions=(), today=TODAY)

    assert [one.step.code for one in moved.added] == ["c"]
    assert statuses(project) == {"a": "done", "b": "waiting", "c": "waiting"}
    assert node(project, "a").finished_on == MONDAY
    assert node(project, "b").due_on == due
    assert set(nodes(project).values_list("template_node__template", flat=True)) == {new.pk}
    assert Chain.objects.get(project=project).template == new


def test_an_added_node_is_not_born_overdue() -> None:
    old, new = versions(("a",), ("a", "b"))
    project = laid(old)

    relay_chain(project, new, actor=make_user(), conditions=(), today=TODAY)

    assert node(project, "b").due_on == node(project, "b").baseline_on == date(2026, 6, 8)


def test_a_dropped_node_that_nothing_is_recorded_of_goes() -> None:
    old, new = versions(("a", "b"), ("a",))
    project = laid(old)

    moved = relay_chain(project, new, actor=make_user(), conditions=(), today=TODAY)

    assert [str(one) for one in moved.dropped] == ["Node b"]
    assert statuses(project) == {"a": "waiting"}
    assert Change.objects.get(verb=Change.Verb.CHAIN_MOVED).after["dropped"] == ["节点b"]


def test_a_dropped_node_with_a_history_stays_as_waived() -> None:
    old, new = versions(("a", "b"), ("b",))
    project, actor = laid(old), make_user()
    start_node(node(project, "a"), actor=actor, on=MONDAY, today=TODAY)
    reopen_node(node(project, "a"), actor=actor, reason="点错了")

    relay_chain(project, new, actor=actor, conditions=(), today=TODAY, note="新版流程取消")

    assert statuses(project) == {"a": "waived", "b": "waiting"}
    assert node(project, "a").waived_reason == "新版流程取消"


def test_a_closed_node_that_the_new_version_lacks_stays_on_record() -> None:
    old, new = versions(("a", "b"), ("b",))
    project, actor = laid(old), make_user()
    start_node(node(project, "a"), actor=actor, on=MONDAY, today=TODAY)
    finish_node(node(project, "a"), actor=actor, on=MONDAY, today=TODAY)

    moved = relay_chain(project, new, actor=actor, conditions=(), today=TODAY)

    assert [str(one) for one in moved.left] == ["Node a"]
    assert statuses(project) == {"a": "done", "b": "waiting"}


def test_what_the_chain_has_left_behind_stays_closed() -> None:
    old, new = versions(("a", "b"), ("a",))
    project, actor = laid(old), make_user()
    waive_node(node(project, "b"), actor=actor, reason="无需", today=TODAY)
    relay_chain(project, new, actor=actor, conditions=(), today=TODAY)

    with pytest.raises(RuleError, match="no part of the project's chain"):
        reopen_node(node(project, "b"), actor=actor, reason="更正")

    relay_chain(project, old, actor=actor, conditions=(), today=TODAY)
    reopen_node(node(project, "b"), actor=actor, reason="更正")
    assert node(project, "b").status == Status.WAITING


def test_what_is_being_worked_on_is_not_dropped() -> None:
    old, new = versions(("a", "b"), ("b",))
    project, actor = laid(old), make_user()
    start_node(node(project, "a"), actor=actor, on=MONDAY, today=TODAY)

    with pytest.raises(RuleError, match="“Node a” would be dropped while being worked on"):
        relay_chain(project, new, actor=actor, conditions=(), today=TODAY)

    assert statuses(project) == {"a": "running", "b": "waiting"}
    assert Chain.objects.get(project=project).template == old


def test_other_facts_switch_nodes_on_and_off() -> None:
    spec = make_chain("a", "b", "c")
    civil_defence = replace(spec.nodes[1], condition="civil_defence")
    template = publish(
        replace(
            spec,
            nodes=(spec.nodes[0], civil_defence, spec.nodes[2]),
            facts=(FactSpec("civil_defence", "涉及人防"),),
        )
    )
    project, actor = laid(template), make_user()
    assert set(statuses(project)) == {"a", "c"}

    relay_chain(project, template, actor=actor, conditions={"civil_defence"}, today=TODAY)
    assert set(statuses(project)) == {"a", "b", "c"}
    assert Chain.objects.get(project=project).conditions == ["civil_defence"]

    waive_node(node(project, "a"), actor=actor, reason="免", today=TODAY)
    relay_chain(project, template, actor=actor, conditions=(), today=TODAY)
    assert statuses(project) == {"a": "waived", "c": "waiting"}


def test_a_limit_that_has_not_begun_to_run_follows_the_new_version() -> None:
    old = publish(make_chain("a", "b", code="road", limit=5))
    new = publish(make_chain("a", "b", code="road", limit=10))
    project, actor = laid(old), make_user()
    start_node(node(project, "a"), actor=actor, on=MONDAY, today=TODAY)

    relay_chain(project, new, actor=actor, conditions=(), today=TODAY)

    assert dict(nodes(project).values_list("template_node__code", "limit")) == {"a": 5, "b": 10}


def test_another_chain_a_draft_and_a_project_without_a_chain_are_refused() -> None:
    old, new = versions(("a",), ("a", "b"))
    project, actor = laid(old), make_user()

    with pytest.raises(RuleError, match="is another chain, not a version of this one"):
        relay_chain(project, make_template(), actor=actor, conditions=(), today=TODAY)
    with pytest.raises(RuleError, match="has no chain yet"):
        relay_chain(make_project(), new, actor=actor, conditions=(), today=TODAY)
    new.published_at = None
    new.save()
    with pytest.raises(RuleError, match="is a draft"):
        relay_chain(project, new, actor=actor, conditions=(), today=TODAY)


def test_a_chain_that_would_begin_before_the_year_2000_is_refused() -> None:
    with pytest.raises(RuleError, match="1999-12-31 lies before the year 2000"):
        lay_chain(make_project(), make_template(), actor=make_user(), starts_on=date(1999, 12, 31))


def test_who_may_not_change_the_project_moves_nothing() -> None:
    old, new = versions(("a",), ("a", "b"))

    with pytest.raises((PermissionDenied, Project.DoesNotExist)):
        relay_chain(laid(old), new, actor=make_user(User.Role.LEADER), conditions=(), today=TODAY)


def test_a_node_that_waits_for_one_of_an_earlier_version_is_not_held_up_by_it() -> None:
    old, new = versions(("a", "b"), ("b",))
    project, actor = laid(old), make_user()
    waive_node(node(project, "a"), actor=actor, reason="免", today=TODAY)
    relay_chain(project, new, actor=actor, conditions=(), today=TODAY)

    start_node(node(project, "b"), actor=actor, on=TODAY, today=TODAY)

    assert node(project, "b").status == Status.RUNNING
