"""The rows of a Gantt chart are made of what the page has read already."""

from dataclasses import replace
from datetime import date

import pytest
from pytest_django import DjangoAssertNumQueries

from domain.chains import StageSpec
from domain.lights import Light, LightRule
from domain.workdays import WorkCalendar
from milestones.actions import finish_node, hold_node, lay_chain, resume_node, start_node, waive_node
from milestones.chain_states import chain_state
from milestones.drawing.gantt import GanttRow
from milestones.drawing.gantt_rows import gantt_rows
from milestones.models import Node
from milestones.publishing import publish_template
from milestones.queries import node_rows
from projects.models import Project
from tests.make import make_chain, make_project, make_user

pytestmark = pytest.mark.django_db

MON, TUE, WED, THU, FRI = (date(2026, 3, day) for day in (2, 3, 4, 5, 6))
NEXT_FRI = date(2026, 3, 13)


def laid() -> Project:
    """Nodes a, b and c of five working days, one after the other from 2 March; b is of an earlier stage."""
    spec = make_chain("a", "b", "c")
    spec = replace(
        spec,
        stages=(StageSpec("land", "用地", "Land"), StageSpec("all", "全程", "All")),
        nodes=tuple(replace(node, stage="land") if node.code == "b" else node for node in spec.nodes),
    )
    template, _ = publish_template(spec, actor=make_user())
    project = make_project()
    lay_chain(project, template, actor=make_user(), starts_on=MON)
    return project


def node(project: Project, code: str) -> Node:
    return Node.objects.get(project=project, template_node__code=code)


def rows(project: Project, today: date, asserts: DjangoAssertNumQueries | None = None) -> dict[str, GanttRow]:
    rule = LightRule.on(today, WorkCalendar(announced_through=date(2026, 3, 16)))
    state = chain_state(project.pk)
    assert state is not None
    codes = dict(Node.objects.values_list("pk", "template_node__code"))
    read = node_rows(Node.objects.filter(project=project).order_by("template_node__position"), rule)
    expected = state.outlook(rule)
    if asserts is None:
        made = gantt_rows(read, state, expected, rule, lambda pk: f"/nodes/{pk}/")
    else:
        with asserts(0):
            made = gantt_rows(read, state, expected, rule, lambda pk: f"/nodes/{pk}/")
    return {codes[row.pk]: row for row in made}


def test_rows_come_by_stage_with_their_address_and_without_a_query(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    project = laid()

    found = rows(project, MON, django_assert_num_queries)

    assert list(found) == ["b", "a", "c"]
    assert found["b"].stage in {"用地", "Land"}
    assert found["a"].href == f"/nodes/{node(project, 'a').pk}/"


def test_the_baseline_and_the_plan_of_what_has_not_begun_reach_back_by_the_planned_days() -> None:
    found = rows(laid(), MON)

    assert found["a"].baseline == found["a"].plan == (TUE, date(2026, 3, 9))
    assert found["b"].plan == (date(2026, 3, 10), date(2026, 3, 16))
    assert [found[code].expected_on for code in "ab"] == [date(2026, 3, 9), date(2026, 3, 16)]


def test_a_plan_that_ends_on_a_weekend_counts_back_from_the_friday_before() -> None:
    project = laid()
    Node.objects.filter(pk=node(project, "a").pk).update(due_on=date(2026, 3, 8))

    assert rows(project, MON)["a"].plan == (MON, date(2026, 3, 8))


def test_the_plan_of_what_has_begun_reaches_from_its_start_to_the_day_due_now() -> None:
    project = laid()
    start_node(node(project, "a"), actor=make_user(), on=WED, today=WED)
    Node.objects.filter(pk=node(project, "a").pk).update(due_on=NEXT_FRI)

    row = rows(project, THU)["a"]

    assert row.plan == (WED, NEXT_FRI)
    assert row.baseline == (TUE, date(2026, 3, 9))


def test_what_began_after_it_was_due_keeps_a_plan() -> None:
    project = laid()
    Node.objects.filter(pk=node(project, "a").pk).update(due_on=MON)
    start_node(node(project, "a"), actor=make_user(), on=WED, today=WED)

    assert rows(project, THU)["a"].plan == (date(2026, 2, 24), MON)


def test_holds_are_days_that_did_not_count_and_one_that_held_no_day_is_none() -> None:
    project, actor = laid(), make_user()
    start_node(node(project, "a"), actor=actor, on=MON, today=MON)
    hold_node(node(project, "a"), actor=actor, on=TUE, reason="补正", today=TUE)
    resume_node(node(project, "a"), actor=actor, on=TUE, today=TUE)
    hold_node(node(project, "a"), actor=actor, on=WED, reason="补正", today=WED)
    resume_node(node(project, "a"), actor=actor, on=FRI, today=FRI)
    hold_node(node(project, "a"), actor=actor, on=NEXT_FRI, reason="停电", today=NEXT_FRI)

    row = rows(project, NEXT_FRI)["a"]

    assert row.holds == ((WED, THU), (NEXT_FRI, None))
    assert row.light == Light.VIOLET
    assert row.is_open_ended
    assert rows(project, NEXT_FRI)["c"].is_open_ended


def test_the_critical_path_and_what_is_closed_are_marked() -> None:
    project, actor = laid(), make_user()
    start_node(node(project, "a"), actor=actor, on=MON, today=MON)
    finish_node(node(project, "a"), actor=actor, on=FRI, today=FRI)
    waive_node(node(project, "c"), actor=actor, reason="无需", today=FRI)

    found = rows(project, FRI)

    assert found["b"].is_critical
    assert not found["c"].is_critical
    assert (found["a"].is_done, found["c"].is_waived) == (True, True)
    assert found["a"].expected_on is found["c"].expected_on is None


def test_the_plan_of_an_open_node_beyond_the_announced_holidays_is_provisional() -> None:
    found = rows(laid(), MON)

    assert {code: row.is_provisional for code, row in found.items()} == {"a": False, "b": False, "c": True}


def test_of_a_waived_node_only_what_was_planned_is_shown() -> None:
    project, actor = laid(), make_user()
    start_node(node(project, "a"), actor=actor, on=MON, today=MON)
    hold_node(node(project, "a"), actor=actor, on=TUE, reason="补正", today=TUE)
    waive_node(node(project, "a"), actor=actor, reason="无需", today=FRI)

    row = rows(project, FRI)["a"]

    assert (row.started_on, row.holds) == (None, ())
    assert row.baseline == (TUE, date(2026, 3, 9))


def test_the_plan_of_what_was_waived_is_not_provisional_any_more() -> None:
    project = laid()
    waive_node(node(project, "c"), actor=make_user(), reason="无需", today=MON)

    assert not rows(project, MON)["c"].is_provisional


def test_a_node_without_dates_and_one_of_an_earlier_version_have_a_row_too() -> None:
    project = laid()
    Node.objects.filter(pk=node(project, "a").pk).update(due_on=None, baseline_on=None)
    spec = make_chain("old")
    earlier, _ = publish_template(spec, actor=make_user())
    Node.objects.create(
        project=project, template_node=earlier.nodes.get(), unit=project.town, due_on=FRI, baseline_on=FRI
    )

    found = rows(project, MON)

    assert (found["a"].baseline, found["a"].plan) == (None, None)
    assert found["old"].plan == (FRI, FRI)
    assert found["old"].expected_on is None
