"""Nodes, projects and templates over REST."""

import os
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from accounts.models import Unit, User
from domain.lifecycle import Status
from history.models import Change
from milestones.models import Node
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
from tests.pages import client_of
from tests.rest import api, post

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_on_friday")]
TUESDAY = MONDAY.replace(day=3)


@pytest.fixture
def _on_friday() -> Any:
    with time_machine.travel("2026-03-06T10:00:00+08:00", tick=False):
        yield


def test_nobody_reads_without_logging_in() -> None:
    for address in ("nodes", "projects", "units", "templates", "schema", "docs"):
        assert Client().get(f"/api/v1/{address}/").status_code == 401


def test_a_row_says_who_since_when_and_what_is_in_the_way() -> None:
    nodes = make_nodes(a=MONDAY, b=TUESDAY)
    Node.objects.filter(pk=nodes["a"].pk).update(status=Status.RUNNING, started_on=MONDAY)

    first, second = api(make_user()).get("/api/v1/nodes/?light=red").json()["results"]

    assert (first["code"], first["days_late"], first["late_since"]) == ("a", 4, "2026-03-03")
    assert (first["is_knocked_on"], first["holds_up"], first["knocked_on"]) == (False, 2, 1)
    assert (second["is_knocked_on"], [cause["label"] for cause in second["causes"]]) == (True, ["Node a"])
    assert first["unit"] == nodes["a"].project.town.name


def test_a_stranger_sees_nothing_and_a_strangers_node_is_not_found() -> None:
    node = make_node(status=Status.RUNNING, due_on=MONDAY)
    stranger = api(make_user(unit=make_unit()))

    assert stranger.get("/api/v1/nodes/").json()["count"] == 0
    assert stranger.get(f"/api/v1/nodes/{node.pk}/").status_code == 404
    assert post(stranger, node, "finish").status_code == 404
    assert stranger.get(f"/api/v1/projects/{node.project_id}/").status_code == 404


def test_in_sight_but_not_yours_is_403() -> None:
    node = make_node(status=Status.RUNNING)

    answer = post(api(make_user(User.Role.LEADER)), node, "finish")

    assert answer.status_code == 403
    assert Node.objects.get(pk=node.pk).status == Status.RUNNING


def test_a_node_is_started_and_finished_and_says_its_new_etag() -> None:
    node, client = make_node(), api(make_user())

    started = post(client, node, "start", on="2026-03-02")
    finished = post(client, node, "finish", if_match=started.headers["ETag"])

    assert (started.status_code, started.json()["status"], started.json()["started_on"]) == (
        200,
        "running",
        "2026-03-02",
    )
    assert (finished.status_code, finished.json()["status"], finished.json()["finished_on"]) == (
        200,
        "done",
        "2026-03-06",
    )
    assert started.headers["ETag"] != finished.headers["ETag"] == f'"{node.pk}-3"'


def test_soft_predecessors_come_back_as_warnings() -> None:
    nodes = make_nodes(make_template("a", "b", edges=(), soft=(("a", "b"),)))

    assert post(api(make_user()), nodes["b"], "start").json()["warnings"] == ["Node a"]


def test_a_broken_rule_is_409_with_a_sentence() -> None:
    nodes = make_nodes()

    answer = post(api(make_user()), nodes["b"], "start")

    assert answer.status_code == 409
    assert "Node a" in answer.json()["detail"]
    assert not Change.objects.filter(node=nodes["b"]).exists()


def test_a_stale_etag_is_412_and_changes_nothing() -> None:
    node, client = make_node(status=Status.RUNNING), api(make_user())
    etag = client.get(f"/api/v1/nodes/{node.pk}/").headers["ETag"]
    assert post(client, node, "finish", if_match=etag).status_code == 200

    answer = post(client, node, "reopen", if_match=etag, reason="误操作")

    assert answer.status_code == 412
    assert Node.objects.get(pk=node.pk).status == Status.DONE


@pytest.mark.parametrize(("tag", "status"), [("*", 200), ("nonsense", 400), ('"999999-1"', 412)])
def test_if_match_is_read_strictly(tag: str, status: int) -> None:
    node = make_node(status=Status.RUNNING)

    assert post(api(make_user()), node, "finish", if_match=tag).status_code == status


@pytest.mark.parametrize(
    ("what", "data"), [("finish", {"on": "2026-02-30"}), ("waive", {}), ("reopen", {"reason": ""})]
)
def test_what_cannot_be_understood_is_400(what: str, data: dict[str, str]) -> None:
    node = make_node(status=Status.RUNNING)

    assert post(api(make_user()), node, what, **data).status_code == 400
    assert Node.objects.get(pk=node.pk).version == 1


def test_status_is_never_patched() -> None:
    node = make_node(status=Status.RUNNING)
    client = api(make_user())

    for method in (client.patch, client.put, client.delete):
        assert method(f"/api/v1/nodes/{node.pk}/", {"status": "done"}, "application/json").status_code == 405


def test_filters_narrow_the_list() -> None:
    power = make_unit("供电公司", kind=Unit.Kind.DEPARTMENT)
    town = make_unit("义蓬街道")
    project = make_project(name="晶圆材料二期", code="2505-330354-04-01-274607", town=town, kind="expansion")
    node = make_node(project=project, unit=power, status=Status.RUNNING, due_on=MONDAY)
    make_node(status=Status.RUNNING, due_on=FRIDAY)
    make_node(status=Status.DONE)
    client = api(make_user())

    for query in (
        "light=red", f"unit={power.pk}", f"town={town.pk}", "kind=expansion", "due_before=2026-03-05",
        "late_from=4&light=red", "search=晶圆", "search=330354", f"project={project.pk}",
        "light=red&knocked_on=false", "late_to=4",
    ):  # fmt: skip
        found = client.get(f"/api/v1/nodes/?{query}").json()
        assert [row["id"] for row in found["results"]] == [node.pk], query
        assert found["count"] == 1
    assert client.get("/api/v1/nodes/?late_from=5").json()["count"] == 0
    assert client.get("/api/v1/nodes/?light=red&light=blue").json()["count"] == 2


@pytest.mark.parametrize("query", ["light=purple", "unit=999999", "due_before=soon", "ordering=nothing"])
def test_a_filter_that_means_nothing_is_400(query: str) -> None:
    assert api(make_user()).get(f"/api/v1/nodes/?{query}").status_code == 400


def test_causes_can_come_first_and_the_rest_after_them() -> None:
    nodes = make_nodes(a=FRIDAY.replace(day=5), b=MONDAY)
    Node.objects.filter(pk=nodes["a"].pk).update(status=Status.RUNNING, started_on=MONDAY)

    rows = api(make_user()).get("/api/v1/nodes/?light=red&ordering=cause").json()["results"]

    assert [row["code"] for row in rows] == ["a", "b"]


@pytest.mark.parametrize("projects", [1, 5])
def test_a_list_takes_the_same_number_of_queries_however_many_projects(
    projects: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    template = make_template()
    for _ in range(projects):
        make_nodes(template, a=MONDAY, b=TUESDAY)
    client = api(make_user())
    client.get("/api/v1/nodes/?light=red")  # the graph of the template is read once for all

    with django_assert_num_queries(7):
        assert client.get("/api/v1/nodes/?light=red").json()["count"] == 2 * projects


def test_a_doubtful_project_code_stays_visible() -> None:
    project = make_project(code="2208-330114-04-01-123456")

    assert api(make_user()).get(f"/api/v1/projects/{project.pk}/").json()["code_warnings"] == ["check_digit"]


def test_templates_and_units_can_be_read_by_whoever_is_logged_in() -> None:
    make_template("a", "b", code="short")
    client = api(make_user(unit=make_unit("义蓬街道")))

    (template,) = client.get("/api/v1/templates/").json()
    assert [node["code"] for node in template["nodes"]] == ["a", "b"]
    assert template["edges"] == [{"source": "a", "target": "b", "kind": "hard", "group": ""}]
    assert "义蓬街道" in [unit["name"] for unit in client.get("/api/v1/units/").json()]


def test_the_schema_is_valid_and_describes_every_resource() -> None:
    call_command("spectacular", validate=True, fail_on_warn=True, file=os.devnull)
    schema = api(make_user()).get("/api/v1/schema/?format=json").json()

    assert schema["openapi"].startswith("3.1")
    for address in ("nodes/", "nodes/{id}/finish/", "projects/", "units/", "templates/"):
        assert f"/api/v1/{address}" in schema["paths"]


def test_a_light_that_is_asked_for_a_thousand_times_is_asked_of_the_database_once() -> None:
    client = client_of(make_user())

    for address in ("/api/v1/nodes/", "/projects/"):
        with CaptureQueriesContext(connection) as captured:
            client.get(f"{address}?{'light=red&' * 900}")
        assert max(len(query["sql"]) for query in captured) < 10_000
