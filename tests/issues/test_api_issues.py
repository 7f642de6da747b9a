"""Issues over REST: listed, read, raised and reworded. Their steps: ``test_api_issue_steps``."""

from typing import Any
from uuid import UUID

import pytest
import time_machine
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import Unit, User
from domain.issues import IssueStatus
from domain.lifecycle import Status
from history.models import Change
from issues.actions import note_issue, open_topic
from issues.models import Block, Issue, NumberSeries
from milestones.models import Node
from tests.make import (
    FRIDAY,
    MONDAY,
    make_category,
    make_issue,
    make_node,
    make_project,
    make_template,
    make_unit,
    make_user,
)
from tests.rest import api, send

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_on_friday")]

KEY = UUID("5a6f64b4-11c0-4a19-8ce5-3d7c2d0b0a02")
TUESDAY = MONDAY.replace(day=3)


@pytest.fixture
def _on_friday() -> Any:
    with time_machine.travel("2026-03-06T10:00:00+08:00", tick=False):
        yield


def raising(client: Client, project: int, *, key: UUID | None = None, **more: Any) -> Any:
    said = {"title": "开闭所未建", "category": "power", "source": "liaison", **more}
    return send(client, "issues/", key=key, project=project, **said)


def numbers(client: Client, query: str = "") -> list[str]:
    return [row["number"] for row in client.get(f"/api/v1/issues/?{query}").json()["results"]]


def test_nobody_reads_issues_without_logging_in() -> None:
    for address in ("issues", "issue-categories", "issue-files/1"):
        assert Client().get(f"/api/v1/{address}/").status_code == 401


def test_a_row_says_what_is_in_the_way_who_has_it_and_since_when() -> None:
    node, power = make_node(status=Status.HELD), make_unit("供电公司", kind=Unit.Kind.DEPARTMENT)
    helper = make_unit("住建局", kind=Unit.Kind.DEPARTMENT)
    issue = make_issue(
        node.project, nodes=[node], title="开闭所未建", lead_unit=power, supporting=[helper], due_on=TUESDAY
    )

    (row,) = api(make_user()).get("/api/v1/issues/").json()["results"]

    assert row["number"] == issue.number
    assert (row["title"], row["project"], row["town"]) == (
        "开闭所未建", node.project_id, node.project.town.name,
    )  # fmt: skip
    assert (row["category"], row["lead_unit"], row["lead_unit_name"]) == ("power", power.pk, "供电公司")
    assert (row["status"], row["level"], row["supporting"]) == ("assigned", 1, ["住建局"])
    assert (row["raised_on"], row["age"], row["due_on"]) == ("2026-03-02", 4, "2026-03-03")
    assert (row["is_late"], row["days_late"]) == (True, 3)
    assert row["nodes"] == [{"id": node.pk, "label": node.template_node.label, "is_held": True}]
    assert row["etag"] == f'"{issue.pk}-{issue.version}"'


def test_without_a_filter_the_list_is_of_what_is_open_the_first_due_first() -> None:
    late, closed = make_issue(lead_unit=make_unit(), due_on=TUESDAY), make_issue(status="closed")
    raised, suspended = make_issue(), make_issue(status="suspended")
    client = api(make_user())

    assert numbers(client) == [late.number, suspended.number, raised.number]
    assert numbers(client, "status=closed") == numbers(client, "open=false") == [closed.number]
    assert numbers(client, "late=true") == [late.number]
    assert numbers(client, "turn=assign") == [raised.number]
    assert numbers(client, f"search={suspended.number}") == [suspended.number]
    assert numbers(client, "ordering=-raised&page_size=1") == [suspended.number]


@pytest.mark.parametrize(
    "query", ["status=gone", "category=none", "level=9", "unit=999999", "raised_after=soon"]
)
def test_a_filter_that_means_nothing_is_400(query: str) -> None:
    assert api(make_user()).get(f"/api/v1/issues/?{query}").status_code == 400


def test_a_stranger_sees_nothing_and_a_strangers_issue_is_not_found() -> None:
    issue, stranger = make_issue(), api(make_user(unit=make_unit()))

    assert numbers(stranger) == []
    assert stranger.get(f"/api/v1/issues/{issue.pk}/").status_code == 404
    assert send(stranger, f"issues/{issue.pk}/", method="patch", title="x").status_code == 404
    assert raising(stranger, issue.project_id).status_code == 404
    assert Issue.objects.count() == 1


@pytest.mark.parametrize("issues", [1, 5])
def test_a_list_takes_the_same_number_of_queries_however_many(
    issues: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    template, topic_owner = make_template("only"), make_user()
    for _ in range(issues):
        node = Node.objects.create(project=make_project(), template_node=template.nodes.get())
        issue = make_issue(node.project, nodes=[node], lead_unit=make_unit(), supporting=[make_unit()])
        open_topic(actor=topic_owner, name="电力接入", today=MONDAY, issues=[issue])
    client = api(make_user())
    client.get("/api/v1/issues/")  # the calendar is read once for all

    with django_assert_num_queries(8):
        assert client.get("/api/v1/issues/").json()["count"] == issues


@pytest.mark.parametrize("lines", [1, 5])
def test_one_issue_takes_the_same_number_of_queries_however_long_its_record(
    lines: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    issue = make_issue(lead_unit=make_unit())
    for _ in range(lines):
        note_issue(issue, actor=make_user(), text="进展")
        Block.objects.create(issue=issue, node=make_node(project=issue.project))
    client = api(make_user())
    client.get(f"/api/v1/issues/{issue.pk}/")

    with django_assert_num_queries(13):
        assert len(client.get(f"/api/v1/issues/{issue.pk}/").json()["notes"]) == lines


def test_an_issue_is_raised_found_at_its_address_and_stands_in_the_history() -> None:
    town = make_unit()
    liaison = make_user(User.Role.LIAISON, unit=town)
    node = make_node(project=make_project(town=town, liaison=liaison), status=Status.RUNNING)
    client = api(liaison)

    answer = raising(
        client, node.project_id, nodes=[node.pk], description="红线外", raised_for="王经理", hold=True
    )

    assert answer.status_code == 201
    told = answer.json()
    assert (told["number"], told["status"], told["source"]) == ("2026-0001", "raised", "liaison")
    assert (told["description"], told["raised_for"], told["raised_by"]) == ("红线外", "王经理", str(liaison))
    assert told["steps"] == ["change", "note"]
    (block,) = told["blocks"]
    assert (block["node"], block["status"], block["hold"]["resumed_on"]) == (node.pk, "held", None)
    assert answer.headers["Location"] == f"/api/v1/issues/{told['id']}/"
    found = client.get(answer.headers["Location"])
    assert found.json() == told
    assert found.headers["ETag"] == answer.headers["ETag"] == told["etag"]
    verbs = Change.objects.filter(issue=told["id"]).values_list("verb", flat=True)
    assert list(verbs) == [Change.Verb.ISSUE_RAISED]


def test_what_is_raised_twice_with_one_key_is_raised_once() -> None:
    project, client = make_project(), api(make_user())
    make_category()

    first, again = raising(client, project.pk, key=KEY), raising(client, project.pk, key=KEY)
    other = raising(client, project.pk, key=KEY, title="外线未架设")

    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    assert other.json()["number"] == "2026-0002"
    assert send(client, "issues/", title="x", method="post").status_code == 400


def test_leaders_raise_nothing() -> None:
    project = make_project()
    answer = raising(api(make_user(User.Role.LEADER)), project.pk)
    assert (answer.status_code, Issue.objects.count()) == (403, 0)
    assert answer.json() == {"detail": "Leaders see everything and change nothing."}


@pytest.mark.parametrize(
    "wrong",
    [
        {"title": ""}, {"title": "  "}, {"title": "长" * 121}, {"category": "nothing"}, {"category": None},
        {"source": "rumour"}, {"level": 5}, {"level": "high"}, {"nodes": "all"}, {"nodes": [0]}, {"project": "x"},
        {"description": "长" * 5001}, {"raised_for": "长" * 121}, {"hold": "perhaps"}, {"topic": -1},
    ],
)  # fmt: skip
def test_what_cannot_be_understood_is_400_and_raises_nothing(wrong: dict[str, Any]) -> None:
    make_category()
    sent = {
        "title": "开闭所未建",
        "category": "power",
        "source": "town",
        "project": make_project().pk,
        **wrong,
    }

    answer = send(api(make_user()), "issues/", **sent)

    assert answer.status_code == 400
    assert set(answer.json()) == set(wrong)
    assert not Issue.objects.exists()


def test_a_category_that_can_no_longer_be_chosen_is_400() -> None:
    make_category("old", is_active=False)
    client = api(make_user())

    assert raising(client, make_project().pk, category="old").status_code == 400
    codes = {row["code"]: row["is_active"] for row in client.get("/api/v1/issue-categories/").json()}
    assert codes["old"] is False
    assert codes["power"] is True
    assert client.get("/api/v1/issues/?category=old").status_code == 200


def test_a_category_says_who_usually_removes_what_is_in_the_way() -> None:
    power = make_unit("供电公司", kind=Unit.Kind.DEPARTMENT)
    make_category("power", name="电力接入", name_en="Power supply", lead_unit=power)

    (row,) = [
        row
        for row in api(make_user(User.Role.LIAISON)).get("/api/v1/issue-categories/").json()
        if row["code"] == "power"
    ]

    assert row == {
        "code": "power", "name": "电力接入", "name_en": "Power supply", "lead_unit": power.pk,
        "lead_unit_name": "供电公司", "is_active": True,
    }  # fmt: skip
    assert send(api(make_user()), "issue-categories/", code="x", name="x").status_code == 405


def test_projects_nodes_and_topics_out_of_sight_are_not_found() -> None:
    town = make_unit()
    project, elsewhere = make_project(town=town), make_node()
    topic = open_topic(actor=make_user(), name="电力接入", today=MONDAY)
    client = api(make_user(unit=town))
    make_category()

    assert raising(client, elsewhere.project_id).status_code == 404
    assert raising(client, project.pk, nodes=[elsewhere.pk]).status_code == 404
    assert raising(client, project.pk, topic=topic.pk).status_code == 404
    assert raising(client, 999_999_999).status_code == 404
    assert not Issue.objects.exists()


def test_a_node_of_another_project_in_sight_is_409() -> None:
    elsewhere, project = make_node(), make_project(name="晶圆材料二期")
    make_category()

    answer = raising(api(make_user()), project.pk, nodes=[elsewhere.pk])

    assert answer.status_code == 409
    assert answer.json()["detail"].endswith("is no node of 晶圆材料二期.")
    assert not Issue.objects.exists()


def test_a_refused_issue_takes_no_number() -> None:
    node, client = make_node(), api(make_user())
    make_category()

    assert raising(client, node.project_id, nodes=[node.pk], hold=True).status_code == 409
    assert not NumberSeries.objects.filter(last__gt=0).exists()
    assert raising(client, node.project_id, nodes=[node.pk, node.pk]).json()["number"] == "2026-0001"


def test_a_clock_that_is_not_theirs_a_reader_does_not_stop() -> None:
    town = make_unit()
    node = make_node(project=make_project(town=town), status=Status.RUNNING)
    other = api(make_user(User.Role.LIAISON, unit=town))
    make_category()

    assert raising(other, node.project_id, nodes=[node.pk], hold=True).status_code == 403
    assert not Issue.objects.exists()
    assert raising(other, node.project_id, nodes=[node.pk]).status_code == 201


def test_the_topic_is_the_bureaus_to_say_and_the_level_a_managers() -> None:
    town = make_unit()
    project = make_project(town=town)
    topic = open_topic(
        actor=make_user(), name="电力接入", today=MONDAY, lead_unit=town, issues=[make_issue(project)]
    )
    manager, liaison = api(make_user(unit=town)), api(make_user(User.Role.LIAISON, unit=town))

    assert raising(manager, project.pk, topic=topic.pk).status_code == 403
    assert raising(manager, project.pk, level=3).status_code == 201
    assert raising(liaison, project.pk, level=3).status_code == 403
    assert raising(api(make_user()), project.pk, topic=topic.pk).json()["topic_name"] == "电力接入"


def test_what_stays_the_same_is_said_and_what_is_reworded_too() -> None:
    first, issue, _category = make_node(), make_issue(), make_category("design")
    second = make_node(project=issue.project)
    client = api(make_user())
    read = client.get(f"/api/v1/issues/{issue.pk}/").headers["ETag"]

    answer = send(
        client, f"issues/{issue.pk}/", method="patch", if_match=read, title="外线未架设", level=3,
        category="design", nodes=[second.pk],
    )  # fmt: skip

    told = answer.json()
    assert answer.status_code == 200
    assert (told["title"], told["level"], told["category"]) == ("外线未架设", 3, "design")
    assert [block["node"] for block in told["blocks"]] == [second.pk]
    assert answer.headers["ETag"] != read
    change = Change.objects.get(verb=Change.Verb.ISSUE_CHANGED)
    assert (change.before["title"], change.after["title"]) == (issue.title, "外线未架设")
    assert send(client, f"issues/{issue.pk}/", method="patch", nodes=[first.pk]).status_code == 409
    assert send(client, f"issues/{issue.pk}/", method="patch", if_match=read, title="x").status_code == 412
    assert Issue.objects.get(pk=issue.pk).title == "外线未架设"


def test_its_state_and_what_belongs_to_a_step_is_never_patched() -> None:
    issue, client = make_issue(), api(make_user())

    answer = send(
        client, f"issues/{issue.pk}/", method="patch", title="x", status="closed", due_on="2026-04-01"
    )

    assert answer.status_code == 400
    assert answer.json() == {"non_field_errors": ["Not changed here: due_on, status."]}
    for method in ("put", "delete"):
        assert send(client, f"issues/{issue.pk}/", method=method, status="closed").status_code == 405
    stored = Issue.objects.get(pk=issue.pk)
    assert (stored.status, stored.title) == (IssueStatus.RAISED, issue.title)


def test_who_raised_it_rewords_it_until_somebody_has_it() -> None:
    town = make_unit()
    liaison = make_user(User.Role.LIAISON, unit=town)
    project = make_project(town=town)
    raised, taken = (
        make_issue(project, raised_by=liaison),
        make_issue(project, raised_by=make_user(), lead_unit=town),
    )
    mine, other = api(liaison), api(make_user(User.Role.LIAISON, unit=town))

    assert send(mine, f"issues/{raised.pk}/", method="patch", title="外线未架设").status_code == 200
    assert send(mine, f"issues/{raised.pk}/", method="patch", level=4).status_code == 403
    assert send(other, f"issues/{raised.pk}/", method="patch", title="x").status_code == 403
    assert send(mine, f"issues/{taken.pk}/", method="patch", title="x").status_code == 403


def test_a_closed_issue_is_not_reworded() -> None:
    issue = make_issue(status="closed")
    answer = send(api(make_user()), f"issues/{issue.pk}/", method="patch", title="x")
    assert answer.status_code == 409
    assert "reopen it before" in answer.json()["detail"]


def test_the_steps_that_are_told_are_those_that_can_be_taken() -> None:
    town, power = make_unit(), make_unit(kind=Unit.Kind.DEPARTMENT)
    project = make_project(town=town)
    asked = make_issue(project, status="close_requested", lead_unit=power)
    own = make_issue(project, status="close_requested", lead_unit=town)
    closed = make_issue(project, status="closed", lead_unit=power)

    def steps(user: User, issue: Issue) -> list[str]:
        told: list[str] = api(user).get(f"/api/v1/issues/{issue.pk}/").json()["steps"]
        return told

    manager, lead = make_user(unit=town), make_user(unit=power)
    assert steps(manager, asked) == ["change", "note", "send-back", "verify"]
    assert steps(manager, own) == ["change", "note", "send-back"]
    assert steps(lead, asked) == ["note"]
    assert steps(manager, closed) == ["rate", "reopen"]
    assert steps(make_user(User.Role.LEADER), asked) == []
    assert steps(asked.close_asked_by or manager, asked) == ["change", "note", "send-back"]


def test_the_schema_describes_issues_and_how_files_are_sent() -> None:
    schema = api(make_user()).get("/api/v1/schema/?format=json").json()

    for step in (
        "assign", "note", "ask-to-close", "verify", "send-back", "suspend", "take-up", "reopen", "rate",
    ):  # fmt: skip
        assert "post" in schema["paths"][f"/api/v1/issues/{{id}}/{step}/"]
    for address in ("issues/", "issues/{id}/note/", "issues/{id}/ask-to-close/"):
        body = schema["paths"][f"/api/v1/{address}"]["post"]["requestBody"]["content"]
        assert set(body) == {"multipart/form-data", "application/json"}
    assert {"get", "patch"} <= set(schema["paths"]["/api/v1/issues/{id}/"])
    assert "/api/v1/issue-files/{id}/file/" in schema["paths"]
    assert "closed" in schema["components"]["schemas"]["IssueStatusEnum"]["enum"]


def test_dates_are_of_the_day_in_the_district() -> None:
    make_category()
    assert raising(api(make_user()), make_project().pk).json()["raised_on"] == FRIDAY.isoformat()
