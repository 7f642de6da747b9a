"""Holds, date changes and the forward view over REST; a change that is sent twice is done once."""

from datetime import date
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.test import Client

from accounts.models import Unit, User
from domain.lifecycle import Status
from history.models import Change
from milestones.actions import lay_chain
from milestones.models import DateChange, Hold, Node
from tests.make import FRIDAY, MONDAY, make_node, make_project, make_template, make_unit, make_user
from tests.rest import api, post, send

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_on_friday")]
NEXT_WEEK = date(2026, 3, 13)
IN_MAY, LATER_IN_MAY = date(2026, 5, 11), date(2026, 5, 18)


@pytest.fixture
def _on_friday() -> Any:
    with time_machine.travel("2026-03-06T10:00:00+08:00", tick=False):
        yield


def chain_of_three(user: User) -> dict[str, Node]:
    """Three nodes of five working days each, one after the other, planned from Monday on."""
    project = make_project()
    lay_chain(project, make_template("a", "b", "pile"), actor=user, starts_on=MONDAY)
    return {node.template_node.code: node for node in Node.objects.filter(project=project)}


def ask(client: Client, node: Node, **more: Any) -> Any:
    asked = {"due_on": LATER_IN_MAY.isoformat(), "reason": "procedure", **more}
    return post(client, node, "request-date-change", **asked)


def test_a_hold_stops_the_clock_and_its_end_moves_the_date() -> None:
    node, client = make_node(status=Status.RUNNING, due_on=NEXT_WEEK), api(make_user())

    held = post(client, node, "hold", on="2026-03-03", reason="补正材料", notice_no="补正〔2026〕3号").json()
    resumed = post(client, node, "resume", on="2026-03-05").json()

    assert (held["status"], held["light"], held["held_on"], held["days_held"]) == (
        "held", "violet", "2026-03-03", 4,
    )  # fmt: skip
    assert (resumed["status"], resumed["held_on"], resumed["due_on"]) == ("running", None, "2026-03-17")
    (hold,) = resumed["holds"]
    assert (hold["resumed_on"], hold["moved_days"], hold["notice_no"]) == ("2026-03-05", 2, "补正〔2026〕3号")


def test_one_of_two_holds_can_be_ended() -> None:
    node, client = make_node(status=Status.RUNNING), api(make_user())
    post(client, node, "hold", on="2026-03-03", reason="补正")
    first, second = post(client, node, "hold", on="2026-03-04", reason="公示").json()["holds"]

    after_first = post(client, node, "resume", hold=first["id"]).json()
    ended_before = post(client, node, "resume", hold=first["id"])
    after_second = post(client, node, "resume", hold=second["id"]).json()

    assert (after_first["status"], after_first["held_on"]) == ("held", "2026-03-04")
    assert ended_before.status_code == 409
    assert after_second["status"] == "running"


def test_a_hold_of_another_node_cannot_be_named() -> None:
    node, other, client = make_node(status=Status.RUNNING), make_node(status=Status.RUNNING), api(make_user())
    post(client, node, "hold", reason="补正")
    (hold,) = post(client, other, "hold", reason="补正").json()["holds"]

    assert post(client, node, "resume", hold=hold["id"]).status_code == 404
    assert Node.objects.get(pk=node.pk).status == Status.HELD


def test_a_hold_that_is_over_is_entered_afterwards_and_one_that_ends_before_it_begins_is_refused() -> None:
    node, client = make_node(status=Status.RUNNING, due_on=NEXT_WEEK), api(make_user())

    over = post(client, node, "hold", on="2026-03-03", until="2026-03-04", reason="公示").json()
    backwards = post(client, node, "hold", on="2026-03-05", until="2026-03-04", reason="公示")

    assert (over["status"], over["due_on"]) == ("running", "2026-03-16")
    assert backwards.status_code == 409
    assert "cannot end before" in backwards.json()["detail"]
    assert Hold.objects.count() == 1


def test_handing_over_and_reminding_are_for_managers() -> None:
    power = make_unit("供电公司", kind=Unit.Kind.DEPARTMENT)
    liaison = make_user(User.Role.LIAISON)
    node = make_node(project=make_project(liaison=liaison), status=Status.RUNNING)
    manager = api(make_user())

    assert post(api(liaison), node, "assign", unit=power.pk).status_code == 403
    assert post(manager, node, "assign", unit=power.pk, note="外线").json()["unit"] == "供电公司"
    assert post(manager, node, "assign", unit=999_999).status_code == 400
    assert post(manager, node, "remind", note="请本周办结").status_code == 200
    verbs = Change.objects.filter(node=node).order_by("pk").values_list("verb", "note")
    assert list(verbs) == [("node_assigned", "外线"), ("node_reminded", "请本周办结")]


def test_a_date_change_shows_the_whole_shifted_schedule_before_it_is_asked_for() -> None:
    nodes, client = chain_of_three(user := make_user()), api(make_user())
    assert user.is_manager
    address = f"/api/v1/nodes/{nodes['a'].pk}/date-change-preview/?due_on=2026-03-16"

    alone = client.get(address).json()
    following = client.get(f"{address}&following=true").json()

    assert alone["is_locked"] is True  # Monday + 5 working days is a week from now
    assert [item["due_after"] for item in alone["items"]] == ["2026-03-16", "2026-03-16", "2026-03-23"]
    assert [item["needs"] for item in alone["items"]] == [None, "2026-03-23", "2026-03-30"]
    assert [item["due_after"] for item in following["items"]] == ["2026-03-16", "2026-03-23", "2026-03-30"]
    assert client.get(address.partition("?")[0]).status_code == 400
    assert Node.objects.get(pk=nodes["a"].pk).due_on == date(2026, 3, 9)


def test_an_approved_date_change_moves_the_dates_and_keeps_the_baseline() -> None:
    node = make_node(status=Status.RUNNING, due_on=IN_MAY, baseline_on=IN_MAY)
    client = api(make_user())

    asked = ask(client, node, text="专项论证").json()
    pending = client.get(f"/api/v1/nodes/{node.pk}/").json()
    approved = send(client, f"date-changes/{asked['id']}/approve/", answer="同意").json()
    after = client.get(f"/api/v1/nodes/{node.pk}/").json()

    assert (asked["status"], asked["decisions"]) == ("asked", ["approve", "refuse", "return", "withdraw"])
    assert asked["items"] == [
        {"node": node.pk, "label": "Node only", "due_before": "2026-05-11", "due_after": "2026-05-18"}
    ]
    assert (pending["due_on"], pending["has_pending_change"], pending["asked_due_on"]) == (
        "2026-05-11", True, "2026-05-18",
    )  # fmt: skip
    assert (approved["status"], approved["answer"], approved["decisions"]) == ("approved", "同意", [])
    assert (after["due_on"], after["baseline_on"], after["has_pending_change"]) == (
        "2026-05-18", "2026-05-11", False,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("what", "status"), [("refuse", "refused"), ("return", "returned"), ("withdraw", "withdrawn")]
)
def test_a_date_change_that_is_not_approved_moves_nothing(what: str, status: str) -> None:
    node, client = make_node(status=Status.RUNNING, due_on=IN_MAY), api(make_user())
    asked = ask(client, node).json()

    answer = send(client, f"date-changes/{asked['id']}/{what}/", answer="材料不全")

    assert answer.json()["status"] == status
    assert Node.objects.get(pk=node.pk).due_on == IN_MAY
    assert send(client, f"date-changes/{asked['id']}/approve/").status_code == 409


def test_whoever_asks_does_not_decide_unless_a_manager() -> None:
    liaison = make_user(User.Role.LIAISON)
    node = make_node(project=make_project(liaison=liaison), status=Status.RUNNING, due_on=IN_MAY)

    asked = ask(api(liaison), node).json()
    approval = send(api(liaison), f"date-changes/{asked['id']}/approve/")
    strangers = send(api(make_user(unit=make_unit())), f"date-changes/{asked['id']}/approve/")

    assert asked["decisions"] == ["withdraw"]
    assert (approval.status_code, strangers.status_code) == (403, 404)
    assert DateChange.objects.get().status == "asked"


def test_date_changes_are_listed_for_those_who_see_the_project() -> None:
    node, client = make_node(status=Status.RUNNING, due_on=IN_MAY), api(make_user())
    other = make_node(status=Status.RUNNING, due_on=IN_MAY)
    first = ask(client, node).json()["id"]
    send(client, f"date-changes/{first}/withdraw/")
    second = ask(client, other).json()["id"]

    def found(query: str) -> list[int]:
        return [row["id"] for row in client.get(f"/api/v1/date-changes/?{query}").json()["results"]]

    assert found("") == [second, first]
    assert found("status=asked") == [second]
    assert found("status=asked&status=withdrawn") == [second, first]
    assert found(f"node={node.pk}") == found(f"project={node.project_id}") == [first]
    assert client.get("/api/v1/date-changes/?status=perhaps").status_code == 400
    assert api(make_user(unit=make_unit())).get("/api/v1/date-changes/").json()["count"] == 0


def test_a_waived_node_has_no_date_to_change() -> None:
    node, client = make_node(status=Status.WAIVED), api(make_user())

    answer = ask(client, node)

    assert answer.status_code == 409
    assert "no date to change" in answer.json()["detail"]


@pytest.mark.parametrize(
    "sent", [{"reason": "because"}, {"due_on": "soon"}, {"due_on": "2026-02-30"}, {"reason": "other"}]
)
def test_a_date_change_that_cannot_be_understood_is_400(sent: dict[str, str]) -> None:
    node = make_node(status=Status.RUNNING, due_on=IN_MAY)

    assert ask(api(make_user()), node, **sent).status_code == 400
    assert not DateChange.objects.exists()


def test_a_node_knows_its_place_in_the_forward_view() -> None:
    nodes, client = chain_of_three(make_user()), api(make_user())
    post(client, nodes["a"], "start", on="2026-03-02")

    row = client.get(f"/api/v1/nodes/{nodes['b'].pk}/").json()

    assert (row["expected_start_on"], row["expected_on"]) == ("2026-03-09", "2026-03-16")
    assert (row["slack"], row["is_critical"], row["drift"], row["is_open_ended"]) == (0, True, 0, False)


def test_a_finish_answers_with_its_effect_on_what_is_ahead() -> None:
    nodes, client = chain_of_three(make_user()), api(make_user())

    started = post(client, nodes["a"], "start", on="2026-03-02").json()
    finished = post(client, nodes["a"], "finish", on="2026-03-04").json()

    assert started["outlook"]["finishes_on"] == "2026-03-23"
    assert finished["outlook"]["finishes_on"] == "2026-03-20"  # what waits cannot start before today
    pile = finished["outlook"]["milestones"]["pile"]
    assert (pile["expected_on"], pile["baseline_on"], pile["drift"]) == ("2026-03-20", "2026-03-23", -1)
    assert (finished["expected_on"], finished["drift"]) == ("2026-03-04", -3)


def test_what_is_behind_a_hold_is_open_ended() -> None:
    nodes, client = chain_of_three(make_user()), api(make_user())
    post(client, nodes["a"], "start", on="2026-03-02")

    held = post(client, nodes["a"], "hold", on="2026-03-03", reason="补正").json()

    assert held["outlook"]["is_open_ended"] is True
    assert held["outlook"]["milestones"]["pile"]["is_open_ended"] is True


def test_a_change_sent_twice_is_done_once_and_answers_the_same_row() -> None:
    node, client, key = make_node(status=Status.RUNNING), api(make_user()), uuid4()

    first = post(client, node, "finish", key=key, if_match=node.etag)
    again = post(client, node, "finish", key=key, if_match=node.etag)

    assert (first.status_code, again.status_code) == (200, 200)
    assert first.json() == again.json()
    assert first.headers["ETag"] == again.headers["ETag"]
    assert Change.objects.filter(node=node).count() == 1


def test_a_request_sent_twice_asks_once() -> None:
    node, client, key = make_node(status=Status.RUNNING, due_on=IN_MAY), api(make_user()), uuid4()

    first, again = ask(client, node, key=key), ask(client, node, key=key)

    assert first.json() == again.json()
    assert DateChange.objects.count() == 1
    approve = f"date-changes/{first.json()['id']}/approve/"
    assert send(client, approve, key=key).json() == send(client, approve, key=key).json()
    assert Node.objects.get(pk=node.pk).version == 2


def test_the_same_key_for_something_else_is_not_swallowed() -> None:
    node, other, client = make_node(status=Status.RUNNING), make_node(status=Status.RUNNING), api(make_user())
    key = uuid4()
    post(client, node, "hold", key=key, reason="补正")

    post(client, other, "hold", key=key, reason="补正")
    post(client, node, "hold", key=key, reason="公示")

    assert Hold.objects.filter(node=other).count() == 1
    assert Hold.objects.filter(node=node).count() == 2


def test_a_refused_change_leaves_its_key_free() -> None:
    node, client, key = make_node(), api(make_user()), uuid4()
    assert post(client, node, "finish", key=key).status_code == 409
    post(client, node, "start")

    assert post(client, node, "finish", key=key).json()["status"] == "done"


def test_a_key_that_is_no_uuid_is_400() -> None:
    node = make_node(status=Status.RUNNING)
    address = f"/api/v1/nodes/{node.pk}/finish/"

    answer = api(make_user()).post(
        address, {}, "application/json", headers={"Idempotency-Key": "once, please"}
    )

    assert answer.status_code == 400
    assert Node.objects.get(pk=node.pk).status == Status.RUNNING


@pytest.mark.parametrize("what", ["hold", "resume", "request-date-change", "assign", "remind"])
def test_a_strangers_node_is_not_found_and_a_leader_changes_nothing(what: str) -> None:
    node = make_node(status=Status.HELD if what == "resume" else Status.RUNNING, due_on=IN_MAY)
    sent = {"reason": "procedure", "due_on": "2026-05-18", "unit": make_unit().pk}

    assert post(api(make_user(unit=make_unit())), node, what, **sent).status_code == 404
    assert post(api(make_user(User.Role.LEADER)), node, what, **sent).status_code == 403
    assert Node.objects.get(pk=node.pk).version == 1
    assert not Change.objects.filter(node=node).exists()


def test_a_row_that_nobody_worked_on_for_a_week_is_marked() -> None:
    nodes, client = chain_of_three(make_user()), api(make_user())
    with time_machine.travel("2026-03-20T10:00:00+08:00", tick=False):
        rows = client.get(f"/api/v1/nodes/?project={nodes['a'].project_id}&ordering=node").json()["results"]
        late = post(client, nodes["a"], "start", on=FRIDAY.isoformat()).json()

    assert [row["is_idle"] for row in rows] == [True, False, False]
    assert late["is_back_filled"] is True
