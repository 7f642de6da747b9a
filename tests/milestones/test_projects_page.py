"""The list of projects."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Unit
from milestones.models import Node
from projects.models import Project
from tests.make import make_nodes, make_project, make_template, make_unit, make_user
from tests.pages import client_of, text_of

pytestmark = pytest.mark.django_db


def chain_of(project: Project, **due: int) -> dict[str, Node]:
    """Nodes a, b, c in a row; `due` in days from today."""
    today = timezone.localdate()
    return make_nodes(
        make_template("a", "b", "c"), project=project,
        **{code: today + timedelta(days=days) for code, days in due.items()},
    )  # fmt: skip


def test_projects_are_listed_with_light_and_the_nodes_of_now() -> None:
    chain_of(make_project(name="轮胎技改", code="2201-330114-07-02-154329"), a=-10, b=-5, c=90)

    words = text_of(client_of(make_user()).get("/projects/"))

    for word in (
        "1 project; 1 is overdue",
        "轮胎技改",
        "Overdue",
        "Node a",
        "1 late, 1 behind",
        "0 / 3",
        "check digit",
    ):
        assert word in words


@pytest.mark.parametrize(
    "asked",
    [
        "light=red",
        "kind=expansion",
        "town={town}",
        "department={unit}",
        "unit={unit}",
        "search=氢",
        "state=under_way",
    ],
)
def test_the_list_of_projects_can_be_narrowed(asked: str) -> None:
    department = make_unit(kind=Unit.Kind.DEPARTMENT)
    mine = make_project(name="氢能", kind=Project.Kind.EXPANSION, department=department)
    chain_of(mine, a=-10)
    make_project(name="另一个")

    words = text_of(
        client_of(make_user()).get("/projects/?" + asked.format(town=mine.town_id, unit=department.pk))
    )

    assert "氢能" in words
    assert "另一个" not in words


def test_a_filter_that_cannot_be_read_is_told_and_narrows_nothing() -> None:
    make_project(name="氢能")

    page = client_of(make_user()).get("/projects/?town=x&light=purple")

    assert page.status_code == 200
    assert "氢能" in text_of(page)
    assert '<span class="wrong" id="wrong-town"></span>' not in page.content.decode()


def test_a_stranger_sees_no_project_of_others() -> None:
    project = make_project(name="氢能")
    stranger = client_of(make_user(unit=make_unit()))

    assert "氢能" not in text_of(stranger.get("/projects/"))
    assert stranger.get(f"/projects/{project.pk}/").status_code == 404


def test_more_projects_cost_no_more_queries() -> None:
    client = client_of(make_user())
    template = make_template("a", "b")

    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            client.get("/projects/")
        return len(seen)

    make_nodes(template)
    queries()
    one = queries()
    for _ in range(4):
        make_nodes(template)

    assert queries() == one
