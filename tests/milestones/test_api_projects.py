"""Projects over REST: added and changed; their chains laid and moved; what is ahead, whose the days were."""

from datetime import date
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import pytest
import time_machine
from django.test import Client

from accounts.models import Unit, User
from domain.lifecycle import Status
from history.models import Change
from milestones.actions import lay_chain
from milestones.models import Chain, ChainTemplate, Node
from projects.models import Project
from tests.make import (
    MONDAY,
    make_choosy_template,
    make_project,
    make_template,
    make_unit,
    make_user,
)
from tests.rest import api, post, send

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_on_friday")]
CODE = "2505-330354-04-01-274607"


@pytest.fixture
def _on_friday() -> Any:
    with time_machine.travel("2026-03-06T10:00:00+08:00", tick=False):
        yield


def add(client: Client, in_town: Unit, **more: Any) -> Any:
    sent = {"name": "晶圆材料二期", "kind": "new_build", "town": in_town.pk, **more}
    return send(client, "projects/", **sent)


def laid(template: ChainTemplate, *conditions: str) -> Project:
    project = make_project()
    lay_chain(project, template, actor=make_user(), starts_on=MONDAY, conditions=conditions)
    return project


def move(client: Client, project: Project, *, preview: bool = False, **more: Any) -> Any:
    return send(client, f"projects/{project.pk}/move-chain/{'?preview=1' if preview else ''}", **more)


def codes(project: Project) -> list[str]:
    nodes = Node.objects.filter(project=project).order_by("template_node__position")
    return list(nodes.values_list("template_node__code", flat=True))


def test_a_project_is_added_with_its_units_and_its_liaison() -> None:
    town, lead = make_unit("义蓬街道"), make_unit("住建局", kind=Unit.Kind.DEPARTMENT)
    liaison = make_user(User.Role.LIAISON, username="lin", display_name="林立")

    answer = add(
        api(make_user()), town, code=f" {CODE.replace('-', '－')} ", department=lead.pk, liaison="lin",
        investment="124000.5",
    )  # fmt: skip

    row = answer.json()
    assert answer.status_code == 201
    assert (row["code"], row["town"], row["town_id"]) == (CODE, "义蓬街道", town.pk)
    assert (row["department"], row["liaison"], row["investment"]) == ("住建局", "林立", "124000.50")
    assert row["chain"] is None
    assert answer.headers["ETag"] == row["etag"] == Project.objects.get().etag
    assert Project.objects.get().liaison == liaison


def test_a_project_sent_twice_is_added_once() -> None:
    town, client, key = make_unit(), api(make_user()), uuid4()

    first, again = add(client, town, key=key), add(client, town, key=key)

    assert first.json() == again.json()
    assert Project.objects.count() == 1


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({"name": ""}, 400),
        ({"kind": "palace"}, 400),
        ({"town": 999_999}, 400),
        ({"land_mu": "1e400"}, 400),
        ({"liaison": "nobody"}, 400),
        ({"code": "2513-330354-04-01-274607"}, 400),
        ({"code": CODE}, 409),
    ],
)
def test_a_project_that_cannot_be_is_not_added(sent: dict[str, Any], status: int) -> None:
    make_project(code=CODE)

    assert add(api(make_user()), make_unit(), **sent).status_code == status
    assert Project.objects.count() == 1


def test_the_town_of_a_project_is_no_department() -> None:
    department = make_unit(kind=Unit.Kind.DEPARTMENT)

    assert add(api(make_user()), department).status_code == 400


def test_nobody_adds_a_project_that_is_not_theirs() -> None:
    town = make_unit()

    assert add(api(make_user(unit=make_unit())), town).status_code == 403
    assert add(api(make_user(User.Role.LEADER)), town).status_code == 403
    assert add(api(make_user(User.Role.LIAISON, unit=town)), town).status_code == 403
    assert not Project.objects.exists()
    assert add(api(make_user(unit=town)), town).status_code == 201


def test_a_change_of_a_project_names_what_it_changes_and_is_recorded() -> None:
    project, client = make_project(name="甲", sector="半导体"), api(make_user())

    row = send(client, f"projects/{project.pk}/", method="patch", sector="新材料").json()

    assert (row["name"], row["sector"]) == ("甲", "新材料")
    change = Change.objects.get(project=project)
    assert (change.before, change.after) == ({"sector": "半导体"}, {"sector": "新材料"})


def test_a_change_of_something_newer_is_412() -> None:
    project, client = make_project(name="甲"), api(make_user())
    address = f"projects/{project.pk}/"
    etag = client.get(f"/api/v1/{address}").headers["ETag"]
    assert send(client, address, method="patch", if_match=etag, name="乙").status_code == 200

    answer = send(client, address, method="patch", if_match=etag, name="丙")

    assert answer.status_code == 412
    assert Project.objects.get().name == "乙"


def test_a_strangers_project_is_not_found_and_a_leader_changes_nothing() -> None:
    project = laid(make_choosy_template())
    stranger, leader = api(make_user(unit=make_unit())), api(make_user(User.Role.LEADER))

    for method, what in (("patch", ""), ("post", "lay-chain/"), ("post", "move-chain/")):
        sent: dict[str, Any] = {"name": "乙", "template": "choosy", "starts_on": "2026-03-02", "version": 1}
        assert send(stranger, f"projects/{project.pk}/{what}", method=method, **sent).status_code == 404
        assert send(leader, f"projects/{project.pk}/{what}", method=method, **sent).status_code == 403
    for what in ("outlook", "clocks", "history"):
        assert stranger.get(f"/api/v1/projects/{project.pk}/{what}/").status_code == 404
        assert leader.get(f"/api/v1/projects/{project.pk}/{what}/").status_code == 200
    assert send(leader, f"projects/{project.pk}/", method="delete").status_code == 405
    assert Project.objects.get().name == project.name


def test_a_chain_is_laid_with_the_facts_of_the_project_and_the_nodes_it_asks_for() -> None:
    make_choosy_template()
    project, client, key = make_project(), api(make_user()), uuid4()
    sent: dict[str, Any] = {"template": "choosy", "starts_on": "2026-03-02", "conditions": ["d", "basement"]}

    answer = send(client, f"projects/{project.pk}/lay-chain/", key=key, **sent)
    again = send(client, f"projects/{project.pk}/lay-chain/", key=key, **sent)

    assert answer.status_code == 201
    assert answer.json() == again.json() == {
        "template": "choosy", "version": 1, "starts_on": "2026-03-02", "conditions": ["basement", "d"],
    }  # fmt: skip
    assert codes(project) == ["a", "b", "d", "e"]
    assert client.get(f"/api/v1/projects/{project.pk}/").json()["chain"] == answer.json()


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({"template": "nowhere"}, 404),
        ({"version": 9}, 404),
        ({"starts_on": "someday"}, 400),
        ({"conditions": ["moat"]}, 400),
        ({"conditions": ["a"]}, 400),
    ],
)
def test_a_chain_that_there_is_not_is_not_laid(sent: dict[str, Any], status: int) -> None:
    make_choosy_template()
    project = make_project()
    asked = {"template": "choosy", "starts_on": "2026-03-02", **sent}

    assert send(api(make_user()), f"projects/{project.pk}/lay-chain/", **asked).status_code == status
    assert not Chain.objects.exists()


def test_a_second_chain_is_409() -> None:
    project = laid(make_choosy_template())

    answer = send(
        api(make_user()), f"projects/{project.pk}/lay-chain/", template="choosy", starts_on="2026-03-02"
    )

    assert answer.status_code == 409


def test_an_older_version_can_be_laid() -> None:
    make_choosy_template()
    make_choosy_template("f")
    project = make_project()

    send(
        api(make_user()), f"projects/{project.pk}/lay-chain/", template="choosy", version=1,
        starts_on="2026-03-02",
    )  # fmt: skip

    assert codes(project) == ["a", "c", "e"]


def test_a_move_is_shown_before_it_is_made() -> None:
    project, client = laid(make_choosy_template()), api(make_user())
    make_choosy_template("f")

    shown = move(client, project, preview=True, version=2, conditions=["basement"])
    assert codes(project) == ["a", "c", "e"]
    made = move(client, project, version=2, conditions=["basement"], if_match=shown.headers["ETag"])

    row = shown.json()
    assert row == made.json()
    assert [(one["code"], one["due_on"]) for one in row["added"]] == [
        ("b", "2026-03-13"), ("f", "2026-03-13"),
    ]  # fmt: skip
    assert [one["code"] for one in row["dropped"]] == ["c"]
    assert [one["code"] for one in row["kept"]] == ["a", "e"]
    assert (row["left"], row["in_the_way"]) == ([], [])
    assert codes(project) == ["a", "b", "e", "f"]


def test_a_move_that_would_come_out_otherwise_than_shown_is_412() -> None:
    project, client = laid(make_choosy_template()), api(make_user())
    shown = move(client, project, preview=True, conditions=["basement"])
    post(client, Node.objects.get(project=project, template_node__code="c"), "waive", reason="不涉及")

    made = move(client, project, conditions=["basement"], if_match=shown.headers["ETag"])

    assert made.status_code == 412
    assert codes(project) == ["a", "c", "e"]


def test_a_node_that_is_being_worked_on_is_in_the_way_of_a_move() -> None:
    project, client = laid(make_choosy_template()), api(make_user())
    post(client, Node.objects.get(project=project, template_node__code="c"), "start")

    shown = move(client, project, preview=True, conditions=["basement"]).json()
    made = move(client, project, conditions=["basement"])

    assert [(one["code"], one["status"]) for one in shown["in_the_way"]] == [("c", "running")]
    assert made.status_code == 409


def test_a_move_to_another_version_keeps_the_facts_that_it_knows() -> None:
    project, client = laid(make_choosy_template(), "basement", "d"), api(make_user())
    make_choosy_template("f")

    row = move(client, project, version=2).json()

    assert row["conditions"] == ["basement", "d"]
    assert codes(project) == ["a", "b", "d", "e", "f"]
    assert Chain.objects.get().template.version == 2


def test_a_move_sent_twice_is_made_once() -> None:
    project, client, key = laid(make_choosy_template()), api(make_user()), uuid4()

    move(client, project, conditions=["basement"], key=key)
    again = move(client, project, conditions=["basement"], key=key)

    assert again.status_code == 200
    assert Change.objects.filter(project=project, verb=Change.Verb.CHAIN_MOVED).count() == 1


def test_forms_of_one_key_that_differ_in_any_value_are_two_requests() -> None:
    client, project, key = api(make_user()), laid(make_choosy_template()), uuid4()
    address, headers = f"/api/v1/projects/{project.pk}/move-chain/", {"Idempotency-Key": str(key)}

    for facts in (["basement", "d"], ["d", "d"]):
        assert client.post(
            address, urlencode({"conditions": facts}, doseq=True), "application/x-www-form-urlencoded",
            headers=headers,
        ).status_code == 200  # fmt: skip

    assert codes(project) == ["a", "c", "d", "e"]


@pytest.mark.parametrize("what", ["outlook", "clocks"])
def test_without_a_chain_there_is_nothing_ahead(what: str) -> None:
    project = make_project()

    assert api(make_user()).get(f"/api/v1/projects/{project.pk}/{what}/").status_code == 404
    assert move(api(make_user()), project, version=1).status_code == 404


def test_the_forward_view_names_every_node_and_what_decides_the_end() -> None:
    project, client = laid(make_template("a", "b", "prod")), api(make_user())
    a, b, prod = Node.objects.filter(project=project).order_by("template_node__position")
    post(client, a, "start", on="2026-03-02")
    post(client, a, "finish", on="2026-03-04")

    outlook = client.get(f"/api/v1/projects/{project.pk}/outlook/").json()

    assert outlook["finishes_on"] == "2026-03-20"
    assert outlook["critical_path"] == [b.pk, prod.pk]
    assert [(one["code"], one["expected_on"], one["drift"]) for one in outlook["nodes"]] == [
        ("a", "2026-03-04", -3), ("b", "2026-03-13", -1), ("prod", "2026-03-20", -1),
    ]  # fmt: skip
    assert outlook["milestones"]["prod"]["baseline_on"] == "2026-03-23"


def test_the_clocks_say_whose_the_days_were() -> None:
    project, client = laid(make_template("a", "b")), api(make_user())
    first, _second = Node.objects.filter(project=project).order_by("template_node__position")
    post(client, first, "start", on="2026-03-02")
    post(client, first, "hold", on="2026-03-04", until="2026-03-05", reason="补正")

    clocks = client.get(f"/api/v1/projects/{project.pk}/clocks/").json()

    assert clocks["split"] == {
        "total": 4, "government": 3, "agency": 0, "utility": 0, "enterprise": 0, "held": 1, "idle": 0,
        "promised": 3,
    }  # fmt: skip
    assert clocks["nodes"] == [
        {"id": first.pk, "code": "a", "label": "Node a", "clock": "government", "worked": 3, "held": 1}
    ]
    assert clocks["promise"] is None


def test_the_history_tells_what_was_done_the_latest_first() -> None:
    project, client = laid(make_template("a")), api(make_user(display_name="沈一"))
    node = Node.objects.get(project=project)
    post(client, node, "start", on="2026-03-02", note="已受理")

    answer = client.get(f"/api/v1/projects/{project.pk}/history/?page_size=1").json()

    assert answer["count"] == 2
    (row,) = answer["results"]
    assert (row["by"], row["verb"], row["node"], row["node_label"], row["note"]) == (
        "沈一", "node_started", node.pk, "Node a", "已受理",
    )  # fmt: skip
    assert (row["before"]["status"], row["after"]["status"]) == (Status.WAITING, Status.RUNNING)
    assert date.fromisoformat(row["at"][:10]) == date(2026, 3, 6)


@pytest.mark.parametrize("field", ["name", "kind", "liaison", "another"])
@pytest.mark.parametrize("text", ["a\x00b", "a\ud800b"])
def test_text_that_cannot_be_kept_is_refused_wherever_it_stands(field: str, text: str) -> None:
    answer = add(api(make_user()), make_unit(), **{field: text})

    assert answer.status_code == 400
    assert answer.json() == {"detail": "The JSON holds characters that cannot be kept."}
    assert not Project.objects.exists()
