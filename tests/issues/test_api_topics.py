"""Topics and the figures of issues over REST."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest
import time_machine

from accounts.models import Unit, User
from domain.issues import IssueStatus
from domain.lifecycle import Status
from history.models import Change
from issues.models import Issue, IssueNote, Topic
from milestones.models import Node
from tests.make import (
    FRIDAY,
    MONDAY,
    make_category,
    make_issue,
    make_node,
    make_nodes,
    make_project,
    make_template,
    make_topic,
    make_unit,
    make_user,
)
from tests.rest import api, send

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_on_friday")]

KEY = UUID("5a6f64b4-11c0-4a19-8ce5-3d7c2d0b0a04")
LATER = "2026-03-20"


@pytest.fixture
def _on_friday() -> Any:
    with time_machine.travel("2026-03-06T10:00:00+08:00", tick=False):
        yield


def department(name: str = "") -> Unit:
    return make_unit(name, kind=Unit.Kind.DEPARTMENT)


def at(topic: Topic, what: str = "") -> str:
    return f"topics/{topic.pk}/{what + '/' if what else ''}"


def test_the_list_says_of_each_topic_what_the_page_says() -> None:
    late = make_node(status=Status.RUNNING, started_on=MONDAY, due_on=date(2026, 3, 3))
    topic = make_topic(
        make_issue(late.project), make_issue(status=IssueStatus.CLOSED), name="电力接口",
        category=make_category(), due_on=date(2026, 3, 4),
    )  # fmt: skip
    make_topic(name="已解决", closed_on=FRIDAY)
    answer = api(make_user()).get("/api/v1/topics/?open=true").json()
    assert answer["count"] == 1
    (row,) = answer["results"]
    assert row["id"] == topic.pk
    assert (row["category"], row["light"], row["is_late"], row["days_late"]) == ("power", "red", True, 2)
    assert (row["projects"], row["waiting"], row["open"], row["closed"], row["to_assign"]) == (2, 1, 1, 1, 1)
    assert row["stages"] == {
        "raised": 1, "working": 0, "close_requested": 0, "suspended": 0, "closed": 1,
    }  # fmt: skip
    assert row["oldest"] == 4
    assert row["sentence"] == (
        "1 of 2 projects still wait for “电力接口”: 1 not assigned, 1 closed; the oldest for 4 days"
    )
    assert row["etag"] == topic.etag
    make_topic(name="未定期限")
    everything = api(make_user()).get("/api/v1/topics/").json()
    assert [one["name"] for one in everything["results"]] == ["电力接口", "未定期限", "已解决"]


@pytest.mark.parametrize(
    ("query", "names"),
    [("category=power", ["电力"]), ("search=道", ["道路"]), ("unit={unit}", ["道路"]), ("open=false", [])],
)
def test_the_list_is_narrowed(query: str, names: list[str]) -> None:
    unit = department()
    make_topic(name="电力", category=make_category())
    make_topic(name="道路", lead_unit=unit)
    answer = api(make_user()).get(f"/api/v1/topics/?{query.format(unit=unit.pk)}").json()
    assert [one["name"] for one in answer["results"]] == names


def test_one_topic_shows_each_project_with_its_light_and_its_issue() -> None:
    node = make_node(status=Status.HELD, started_on=MONDAY, held_on=date(2026, 3, 4))
    issue = make_issue(node.project, nodes=[node], lead_unit=department("供电公司"), due_on=FRIDAY)
    topic = make_topic(issue)
    answer = api(make_user()).get(f"/api/v1/{at(topic)}")
    assert answer.headers["ETag"] == topic.etag
    shown = answer.json()
    assert (shown["blocked"], shown["held"], shown["page"], shown["pages"], shown["notes"]) == (
        1,
        1,
        1,
        1,
        [],
    )
    (row,) = shown["rows"]
    assert (row["id"], row["name"], row["light"]) == (node.project_id, node.project.name, "violet")
    (line,) = row["issues"]
    assert (line["id"], line["lead_unit_name"], line["status"]) == (issue.pk, "供电公司", "assigned")
    assert line["nodes"] == [{"id": node.pk, "label": node.template_node.label, "days_held": 3}]


def test_a_topic_is_opened_once_however_often_it_is_sent() -> None:
    issue, power, client = make_issue(), department(), api(make_user())
    details: dict[str, Any] = {
        "name": "电力接口", "category": "power", "lead_unit": power.pk, "due_on": LATER, "issues": [issue.pk],
    }  # fmt: skip
    first = send(client, "topics/", key=KEY, **details)
    again = send(client, "topics/", key=KEY, **details)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    topic = Topic.objects.get()
    assert first.headers["Location"] == f"/api/v1/{at(topic)}"
    assert (topic.name, topic.lead_unit, str(topic.due_on)) == ("电力接口", power, LATER)
    assert Issue.objects.get().topic == topic


def test_what_was_read_may_be_changed_and_an_old_reading_not() -> None:
    topic, client = make_topic(name="电力接口"), api(make_user())
    changed = send(client, at(topic), method="patch", if_match=topic.etag, name="用电接口", key=KEY)
    assert (changed.status_code, changed.json()["name"]) == (200, "用电接口")
    stale = send(client, at(topic), method="patch", if_match=topic.etag, name="x")
    assert stale.status_code == 412
    foreign = send(client, at(topic), method="patch", if_match=make_topic().etag, name="x")
    assert foreign.status_code == 412
    assert send(client, at(topic), method="patch", if_match='"x"', name="x").status_code == 400
    assert Topic.objects.get(pk=topic.pk).name == "用电接口"


@pytest.mark.parametrize("what", ["assign", "note", "add-issues", "take-out-issues", "close", "reopen"])
def test_no_step_is_taken_from_an_old_reading(what: str) -> None:
    issue = make_issue()
    topic = make_topic(issue)
    Topic.objects.filter(pk=topic.pk).update(version=2)
    body: dict[str, Any] = {
        "lead_unit": department().pk, "due_on": LATER, "text": "x", "reason": "x", "issues": [issue.pk],
    }  # fmt: skip
    refused = send(api(make_user()), at(topic, what), if_match=topic.etag, **body)
    assert refused.status_code == 412
    assert "look at it again" in refused.json()["detail"]


def test_assigning_says_what_it_reached_and_is_done_once() -> None:
    power = department()
    topic = make_topic(make_issue(), make_issue(), make_issue(status=IssueStatus.SUSPENDED))
    body: dict[str, Any] = {"lead_unit": power.pk, "due_on": LATER, "level": 2, "note": "月底前通电"}
    client = api(make_user())
    done = send(client, at(topic, "assign"), key=KEY, **body)
    assert done.status_code == 200
    assert done.json()["assigned"] == 2
    assert done.json()["left"] == [{"status": "suspended", "issues": 1}]
    assert done.json()["put_on_hold"] == 0
    assert done.json()["lead_unit"] == power.pk
    assert Issue.objects.filter(lead_unit=power, level=2, status=IssueStatus.ASSIGNED).count() == 2
    again = send(client, at(topic, "assign"), key=KEY, **body)
    assert (again.status_code, again.json()["assigned"]) == (200, None)
    assert Change.objects.filter(verb=Change.Verb.TOPIC_ASSIGNED).count() == 1


def test_assigning_can_put_running_nodes_on_hold() -> None:
    node = make_node(status=Status.RUNNING, started_on=MONDAY)
    topic = make_topic(make_issue(node.project, nodes=[node]))
    body: dict[str, Any] = {"lead_unit": department().pk, "due_on": LATER, "hold": True}
    done = send(api(make_user()), at(topic, "assign"), **body)
    assert (done.json()["put_on_hold"], done.json()["held"]) == (1, 1)
    assert Node.objects.get(pk=node.pk).status == Status.HELD


def test_a_note_stands_at_every_open_issue() -> None:
    topic = make_topic(make_issue(), make_issue())
    noted = send(api(make_user()), at(topic, "note"), text="方案已定", key=KEY)
    assert [note["text"] for note in noted.json()["notes"]] == ["方案已定"]
    assert IssueNote.objects.filter(topic_note__topic=topic).count() == 2


def test_issues_join_leave_and_a_topic_is_closed_and_opened_again() -> None:
    issue, topic, client = make_issue(), make_topic(), api(make_user())
    joined = send(client, at(topic, "add-issues"), issues=[issue.pk])
    assert joined.json()["open"] == 1
    refused = send(client, at(topic, "close"))
    assert refused.status_code == 409
    assert "still open" in refused.json()["detail"]
    left = send(client, at(topic, "take-out-issues"), issues=[issue.pk])
    assert left.json()["open"] == 0
    closed = send(client, at(topic, "close"))
    assert closed.json()["closed_on"] == "2026-03-06"
    assert send(client, at(topic, "note"), text="x").status_code == 409
    opened = send(client, at(topic, "reopen"), reason="又断了")
    assert opened.json()["closed_on"] is None
    assert send(client, at(topic, "reopen"), reason="x").status_code == 409


@pytest.mark.parametrize(
    ("what", "body", "status"),
    [
        ("assign", {}, 400),
        ("assign", {"lead_unit": 999999, "due_on": LATER}, 400),
        ("assign", {"due_on": "morgen"}, 400),
        ("note", {"text": " "}, 400),
        ("note", {}, 400),
        ("add-issues", {"issues": []}, 400),
        ("add-issues", {"issues": ["x"]}, 400),
        ("add-issues", {"issues": [999999]}, 404),
        ("take-out-issues", {"issues": [2**63]}, 400),
        ("reopen", {"reason": ""}, 400),
    ],
)
def test_what_cannot_be_understood_changes_nothing(what: str, body: dict[str, Any], status: int) -> None:
    topic = make_topic()
    assert send(api(make_user()), at(topic, what), **body).status_code == status
    topic.refresh_from_db()
    assert topic.version == 1


def test_a_due_date_that_has_passed_and_a_lead_that_supports_are_refused() -> None:
    power = department()
    topic, client = make_topic(make_issue()), api(make_user())
    past = send(client, at(topic, "assign"), lead_unit=power.pk, due_on="2026-03-05")
    both = send(client, at(topic, "assign"), lead_unit=power.pk, due_on=LATER, supporting=[power.pk])
    opened = send(client, "topics/", name="x", due_on="2026-03-05")
    assert [answer.status_code for answer in (past, both, opened)] == [409, 409, 409]
    assert Topic.objects.count() == 1


def test_a_topic_out_of_sight_is_not_found_and_one_in_sight_is_the_bureaus() -> None:
    power = department()
    topic = make_topic(make_issue(lead_unit=power))
    stranger, theirs = api(make_user(unit=make_unit())), api(make_user(unit=power))
    assert stranger.get(f"/api/v1/{at(topic)}").status_code == 404
    assert stranger.get("/api/v1/topics/").json()["count"] == 0
    assert send(stranger, at(topic, "close")).status_code == 404
    assert theirs.get(f"/api/v1/{at(topic)}").status_code == 200
    steps: list[tuple[str, dict[str, Any]]] = [
        ("close", {}),
        ("note", {"text": "x"}),
        ("assign", {"lead_unit": power.pk, "due_on": LATER}),
    ]
    for what, body in steps:
        assert send(theirs, at(topic, what), **body).status_code == 403
    assert send(theirs, "topics/", name="x").status_code == 403
    assert send(theirs, at(topic), method="patch", name="x").status_code == 403
    leader = api(make_user(User.Role.LEADER))
    assert send(leader, "topics/", name="x").status_code == 403


def test_an_issue_out_of_sight_cannot_be_named() -> None:
    """Whoever is not of the bureau may lead no topic; whether an issue exists is not told either."""
    town = make_unit()
    topic = make_topic(make_issue(make_project(town=town)))
    foreign = make_issue()
    theirs = api(make_user(unit=town))
    assert send(theirs, at(topic, "add-issues"), issues=[foreign.pk]).status_code == 404


@pytest.mark.parametrize("where", ["", "{pk}/"])
def test_the_number_of_questions_does_not_grow(where: str, django_assert_max_num_queries: Any) -> None:
    client, template, power = api(make_user()), make_template("only"), department()
    first = make_topic(name="x")

    def some(number: int) -> None:
        for _ in range(number):
            node = make_nodes(template)["only"]
            issue = make_issue(node.project, nodes=[node], lead_unit=power, supporting=[make_unit()])
            Issue.objects.filter(pk=issue.pk).update(topic=first)
            make_topic(make_issue(), name="y")

    def asked() -> int:
        with django_assert_max_num_queries(100) as found:
            assert client.get(f"/api/v1/topics/{where.format(pk=first.pk)}").status_code == 200
        return len(found)

    some(2)
    asked()
    before = asked()
    some(4)
    assert asked() == before


def test_the_figures_are_those_of_the_page() -> None:
    power = department("供电公司")
    node = make_node(status=Status.RUNNING, started_on=MONDAY, due_on=date(2026, 3, 3))
    issue = make_issue(node.project, nodes=[node], lead_unit=power)
    nobody = make_issue()
    topic = make_topic(issue, nobody, name="电力接口")
    answer = api(make_user()).get("/api/v1/issues/figures/?from=2026-03-01&to=2026-03-31")
    assert answer.status_code == 200
    shown = answer.json()
    assert (shown["first"], shown["last_year_earlier"]) == ("2026-03-01", "2025-03-31")
    assert shown["whole"]["now"] == {
        "raised": 2, "closed": 0, "open": 2, "on_time": 0, "median_days": None, "slow_days": None,
        "on_time_percent": None,
    }  # fmt: skip
    assert [(one["unit"], one["name"], one["now"]["raised"]) for one in shown["units"]] == [
        (power.pk, "供电公司", 1),
        (None, "", 1),
    ]
    assert [(one["category"], one["now"]["open"]) for one in shown["categories"]] == [("power", 2)]
    assert shown["topics"] == {
        "projects": 2, "topics": 1,
        "top": [{"id": topic.pk, "name": "电力接口", "projects": 2, "issues": 2}],
    }  # fmt: skip
    assert (shown["overdue"]["nodes"], shown["overdue"]["blocked"]) == (1, 1)
    assert shown["overdue"]["units"] == [{"key": str(power.pk), "name": "供电公司", "nodes": 1}]


def test_the_figures_are_of_what_the_reader_sees_and_of_the_year_to_date() -> None:
    town = make_unit()
    make_issue(make_project(town=town))
    make_issue()
    shown = api(make_user(unit=town)).get("/api/v1/issues/figures/").json()
    assert (shown["first"], shown["last"]) == ("2026-01-01", "2026-03-06")
    assert shown["whole"]["now"]["raised"] == 1


@pytest.mark.parametrize(
    "query", ["from=2026-03-02&to=2026-03-01", "from=x", "to=2026-02-30", "from=1999-01-01"]
)
def test_a_period_that_is_none_is_refused(query: str) -> None:
    answer = api(make_user()).get(f"/api/v1/issues/figures/?{query}")
    assert answer.status_code == 400
    assert answer.json()["detail"]


def test_the_figures_are_not_for_everybody() -> None:
    from django.test import Client

    assert Client().get("/api/v1/issues/figures/").status_code in {401, 403}
    assert Client().get("/api/v1/topics/").status_code in {401, 403}
