import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Unit, User
from domain.lifecycle import Status
from history.models import Change
from milestones.models import Node
from projects.models import Project
from tests.make import make_node, make_nodes, make_project, make_template, make_unit, make_user
from tests.pages import client_of, tags_of, text_of

pytestmark = pytest.mark.django_db


def chain_of(project: Project, **due: int) -> dict[str, Node]:
    """Nodes a, b, c in a row; `due` in days from today."""
    today = timezone.localdate()
    return make_nodes(
        make_template("a", "b", "c"), project=project,
        **{code: today + timedelta(days=days) for code, days in due.items()},
    )  # fmt: skip


def forms_of(response: Any) -> set[str]:
    """The verbs of the forms that change a node."""
    actions = [str(attrs.get("action")) for tag, attrs in tags_of(response) if tag == "form"]
    return {found.group(1) for action in actions if (found := re.fullmatch(r"/nodes/\d+/(\w+)/", action))}


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


def test_the_page_of_a_project_begins_with_what_is_the_matter() -> None:
    nodes = chain_of(make_project(name="轮胎技改", enterprise="示例橡胶"), a=-10, b=-5, c=90)

    page = client_of(make_user()).get(f"/projects/{nodes['a'].project_id}/")

    words = text_of(page)
    assert "Node a is" in words
    assert "holds up 2 nodes behind it." in words
    assert "1 overdue node waits behind." in words
    assert "示例橡胶" in words


def test_the_chain_is_drawn_and_each_of_its_marks_opens_into_its_row() -> None:
    nodes = chain_of(make_project(), a=-10, b=5, c=90)

    tags = tags_of(client_of(make_user()).get(f"/projects/{nodes['a'].project_id}/"))

    rows = {attrs["id"] for tag, attrs in tags if tag == "tr" and "id" in attrs}
    marks = [attrs for tag, attrs in tags if tag == "a" and "mark" in str(attrs.get("class"))]
    assert {str(mark["href"]) for mark in marks} == {f"#{row}" for row in rows}
    assert len(marks) == 3
    across = [int(str(mark["transform"])[10:].split()[0]) for mark in marks]
    assert across == sorted(across)
    assert len(set(across)) == 3


def test_only_what_the_reader_may_do_now_is_offered() -> None:
    town = make_unit()
    liaison = make_user(User.Role.LIAISON, unit=town)
    done = chain_of(make_project(town=town, liaison=liaison))["a"]
    done.status, done.finished_on = Status.DONE, timezone.localdate()
    done.save()
    address = f"/projects/{done.project_id}/"

    assert forms_of(client_of(liaison).get(address)) == {"start", "waive"}
    assert forms_of(client_of(make_user()).get(address)) == {"start", "waive", "reopen"}
    assert forms_of(client_of(make_user(User.Role.LEADER)).get(address)) == set()
    assert forms_of(client_of(make_user(User.Role.LIAISON, unit=town)).get(address)) == set()


def post(node: Node, verb: str, user: User, **sent: Any) -> Any:
    return client_of(user).post(f"/nodes/{node.pk}/{verb}/", sent)


def test_a_node_is_started_finished_reopened_and_waived_from_the_page() -> None:
    boss, node = make_user(), make_node()
    said = []
    for verb, sent in [
        ("start", {}), ("finish", {"on": timezone.localdate().isoformat()}), ("reopen", {"reason": "误报"}),
        ("waive", {"reason": "企业无需求"}),
    ]:  # fmt: skip
        node.refresh_from_db()
        answer = post(node, verb, boss, version=node.version, **sent)
        node.refresh_from_db()
        said.append((answer.status_code, answer["Location"], Status(node.status)))

    back = f"/projects/{node.project_id}/#node-{node.pk}"
    statuses = [Status.RUNNING, Status.DONE, Status.RUNNING, Status.WAIVED]
    assert said == [(302, back, status) for status in statuses]
    words = text_of(client_of(boss).get(f"/projects/{node.project_id}/"))
    assert "误报" in words
    assert "reopened" in words


def test_going_back_stays_in_the_house() -> None:
    boss = make_user()

    assert post(make_node(), "start", boss, next="/my/")["Location"] == "/my/"
    assert post(make_node(), "start", boss, next="https://elsewhere.example/")["Location"].startswith(
        "/projects/"
    )


def test_a_stale_page_is_refused_with_a_sentence() -> None:
    node = make_node(version=2)

    answer = post(node, "start", make_user(), version=1)

    assert answer.status_code == 412
    assert "has changed since you read it" in text_of(answer)
    node.refresh_from_db()
    assert node.status == Status.WAITING


def test_a_start_before_its_predecessor_is_refused_with_a_sentence() -> None:
    nodes = chain_of(make_project())

    answer = post(nodes["b"], "start", make_user())

    assert answer.status_code == 409
    assert "cannot be started before" in text_of(answer)
    assert not Change.objects.filter(node=nodes["b"]).exists()


def test_a_recommended_predecessor_only_warns() -> None:
    nodes = make_nodes(make_template("a", "b", edges=(), soft=(("a", "b"),)))
    client = client_of(make_user())

    answer = client.post(f"/nodes/{nodes['b'].pk}/start/", follow=True)

    assert "Usually “Node a” is done first" in text_of(answer)


@pytest.mark.parametrize(
    ("verb", "sent"), [("start", {"on": "gestern"}), ("waive", {}), ("finish", {"version": "x"})]
)
def test_what_cannot_be_read_is_refused_with_a_sentence(verb: str, sent: dict[str, str]) -> None:
    node = make_node()

    answer = post(node, verb, make_user(), **sent)

    assert answer.status_code == 400
    assert "problem" in answer.content.decode()
    assert not Change.objects.filter(node=node).exists()


@pytest.mark.parametrize("verb", ["start", "finish", "waive", "reopen"])
def test_out_of_sight_is_404_and_in_sight_but_not_yours_is_403(verb: str) -> None:
    node = make_node()

    assert post(node, verb, make_user(unit=make_unit()), reason="x").status_code == 404
    assert post(node, verb, make_user(User.Role.LEADER), reason="x").status_code == 403
    assert client_of(make_user()).get(f"/nodes/{node.pk}/{verb}/").status_code == 405
    assert not Change.objects.filter(node=node).exists()


def test_names_are_shown_as_text_and_not_as_page() -> None:
    node = make_node(project=make_project(name="<script>alert(1)</script>"))
    client = client_of(make_user())

    for address in ("/projects/", f"/projects/{node.project_id}/", "/overdue/?light=grey", "/my/"):
        assert "<script>alert" not in client.get(address).content.decode()


def test_a_project_without_a_chain_has_a_page() -> None:
    project = make_project()

    words = text_of(client_of(make_user()).get(f"/projects/{project.pk}/"))

    assert "No chain has been laid yet." in words
