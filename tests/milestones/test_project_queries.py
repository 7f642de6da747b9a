from collections.abc import Iterable
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from domain.lifecycle import Status
from domain.lights import Light, LightRule
from domain.project_code import CodeWarning
from domain.workdays import WorkCalendar
from milestones import project_lights
from milestones.models import Node
from milestones.project_filters import ProjectFilter
from milestones.project_lights import PROJECT_LIGHTS
from milestones.project_queries import ProjectRow, project_rows
from projects.models import Project
from tests.make import FRIDAY, MONDAY, make_nodes, make_project, make_template

RULE = LightRule.on(FRIDAY, WorkCalendar())
LATE = FRIDAY - timedelta(days=14)
LATER = FRIDAY + timedelta(days=60)

pytestmark = pytest.mark.django_db


def row(project: Project) -> ProjectRow:
    (found,) = project_rows(Project.objects.filter(pk=project.pk), RULE)
    return found


def found_by(**asked: Any) -> Iterable[Project]:
    found: Iterable[Project] = ProjectFilter(asked, queryset=Project.objects.all(), rule=RULE).qs
    return found


def set_status(node: Node, status: Status) -> None:
    node.status = status
    node.started_on = MONDAY if status in {Status.RUNNING, Status.HELD} else None
    node.held_on = MONDAY if status == Status.HELD else None
    node.finished_on = MONDAY if status == Status.DONE else None
    node.waived_reason = "无需" if status == Status.WAIVED else ""
    node.save()


def test_a_late_node_that_nothing_waits_for_does_not_colour_the_project() -> None:
    template = make_template("a", "b", "aside", edges=(("a", "b"),))
    nodes = make_nodes(template, a=LATER, b=LATER, aside=LATE)
    set_status(nodes["a"], Status.RUNNING)

    assert row(nodes["a"].project).light == Light.GREEN


def test_the_last_node_colours_the_project_when_it_is_all_that_is_left() -> None:
    nodes = make_nodes(make_template("a", "b"), a=LATE, b=LATE)
    set_status(nodes["a"], Status.DONE)

    assert row(nodes["a"].project).light == Light.RED


def test_a_finished_project_is_blue_and_one_without_a_chain_is_grey() -> None:
    nodes = make_nodes(make_template("a"))
    set_status(nodes["a"], Status.DONE)

    assert row(nodes["a"].project).light == Light.BLUE
    assert row(make_project()).light == Light.GREY


def test_a_row_says_what_could_be_worked_on_and_what_is_late_behind_it() -> None:
    nodes = make_nodes(make_template("a", "b", "c"), a=LATE, b=LATE, c=LATER)
    set_status(nodes["a"], Status.RUNNING)

    found = row(nodes["a"].project)

    assert [(node.label, node.light, node.days_late) for node in found.current] == [("Node a", Light.RED, 10)]
    assert (found.causes, found.knocked_on, found.days_late) == (1, 1, 10)
    assert (found.next_due_on, found.is_provisional) == (LATER, True)
    assert (found.nodes, found.done, found.running) == (3, 0, 1)


def test_a_doubtful_code_is_told() -> None:
    assert row(make_project(code="2201-330114-07-02-154329")).code_warnings == (CodeWarning.CHECK_DIGIT,)


@pytest.mark.parametrize("most_named", [5_000, 3], ids=["named", "not named"])
def test_the_light_asked_of_the_database_is_the_light_that_is_shown(
    most_named: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(project_lights, "MOST_NAMED", most_named)
    random = Random(7)
    template = make_template(
        "a", "b", "c", "d", "e",
        edges=(("a", "b"), ("b", "d")), soft=(("a", "e"),), any_of=(("b", "c", "g"), ("e", "c", "g")),
    )  # fmt: skip
    make_project()
    for _ in range(60):
        due: dict[str, Any] = {
            code: FRIDAY + timedelta(days=random.choice([-9, 1, 90]))
            for code in "abcde"
            if random.random() < 0.8
        }
        for node in make_nodes(template, **due).values():
            set_status(node, random.choice([*Status, Status.DONE, Status.DONE]))
    shown = {found.pk: found.light for found in project_rows(Project.objects.all(), RULE)}

    asked = {light: {project.pk for project in found_by(light=[light])} for light in PROJECT_LIGHTS}

    assert asked == {light: {pk for pk, value in shown.items() if value == light} for light in PROJECT_LIGHTS}
    assert all(asked.values()), "the sample shows every light"
    for one in PROJECT_LIGHTS:
        for other in PROJECT_LIGHTS:
            both = {project.pk for project in found_by(light=[one, other])}
            assert both == asked[one] | asked[other], (one, other)


def test_many_projects_cost_as_many_queries_as_few() -> None:
    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as seen:
            project_rows(Project.objects.all(), RULE)
        return len(seen)

    template = make_template("a", "b")
    make_nodes(template)
    queries()  # reads the template once
    one = queries()
    for _ in range(4):
        make_nodes(template)

    assert queries() == one


def search(**asked: Any) -> list[str]:
    return [project.name for project in found_by(**asked)]


def test_projects_are_found_by_kind_town_department_unit_and_text() -> None:
    new = make_project(name="甲", kind=Project.Kind.NEW_BUILD, enterprise="示例橡胶")
    make_project(name="乙", kind=Project.Kind.EXPANSION)

    assert search(kind="new_build") == ["甲"]
    assert search(town=new.town_id) == ["甲"]
    assert search(unit=new.town_id) == ["甲"]
    assert search(search="橡胶") == ["甲"]
    assert search(ordering="-created") == ["乙", "甲"]
    assert len(search()) == 2
