"""Topics as people read and change them."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import DjangoAssertNumQueries

from accounts.models import Unit, User
from domain.issues import IssueStatus
from domain.lifecycle import Status
from issues.actions import (
    add_to_topic,
    change_topic,
    close_topic,
    note_topic,
    open_topic,
    reopen_topic,
    take_out_of_topic,
)
from issues.models import Issue, IssueNote, Topic
from issues.topic_queries import TopicCounts
from issues.topic_record import topic_record
from issues.topic_sentence import topic_sentence
from milestones.models import Node
from tests.make import (
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
from tests.pages import client_of, tags_of, text_of
from tests.rest import api

pytestmark = pytest.mark.django_db


def days_ago(days: int) -> Any:
    return timezone.localdate() - timedelta(days=days)


def sent(client: Client, topic: Topic, what: str, **fields: Any) -> Any:
    fields.setdefault("version", topic.version)
    return client.post(f"/topics/{topic.pk}/{what}/", fields)


def links_of(page: Any) -> set[str | None]:
    return {attrs.get("href") for tag, attrs in tags_of(page) if tag == "a"}


def test_the_sentence_says_where_the_projects_stand() -> None:
    counts = TopicCounts(
        stages={IssueStatus.WORKING: 11, IssueStatus.RAISED: 3, IssueStatus.CLOSED: 2}, oldest=43
    )
    assert topic_sentence("电力接口", counts) == (
        "14 of 16 projects still wait for “电力接口”: 3 not assigned, 11 being worked on, 2 closed; "
        "the oldest for 43 days"
    )


def test_the_sentence_says_so_where_nobody_waits() -> None:
    assert topic_sentence("x", TopicCounts(stages={})) == "No project waits for “x” yet"
    done = TopicCounts(stages={IssueStatus.CLOSED: 2})
    assert topic_sentence("x", done) == "None of the 2 projects that waited for “x” waits any longer"
    one = TopicCounts(stages={IssueStatus.SUSPENDED: 1}, oldest=1)
    assert topic_sentence("x", one) == "1 project waits for “x”: 1 suspended; the oldest for 1 day"


def test_a_project_with_several_issues_counts_by_the_one_that_is_least_far() -> None:
    project = make_project()
    topic = make_topic(
        make_issue(project, status=IssueStatus.CLOSED),
        make_issue(project, status=IssueStatus.RETURNED),
        make_issue(project, status=IssueStatus.SUSPENDED),
    )
    page = client_of(make_user()).get(f"/topics/{topic.pk}/")
    assert "1 project waits for “电力接口”: 1 being worked on;" in text_of(page)


def test_the_page_shows_each_project_with_its_light_its_issue_and_what_is_on_hold() -> None:
    power = make_unit("供电公司", kind=Unit.Kind.DEPARTMENT)
    node = make_node(status=Status.HELD, started_on=days_ago(40), held_on=days_ago(10), due_on=days_ago(-30))
    late = make_node(status=Status.RUNNING, started_on=days_ago(40), due_on=days_ago(20))
    issues = [
        make_issue(
            node.project,
            nodes=[node],
            lead_unit=power,
            today=days_ago(43),
            due_on=days_ago(8),
            title="开闭所",
        ),
        make_issue(late.project, today=days_ago(3), title="电缆沟"),
    ]
    topic = make_topic(*issues, lead_unit=power, due_on=days_ago(5))
    page = client_of(make_user()).get(f"/topics/{topic.pk}/")
    text = text_of(page)
    assert "2 projects wait for “电力接口”: 1 not assigned, 1 being worked on; the oldest for 43 days" in text
    assert "working days on hold" in text
    assert "working days late" in text
    for words in ("On hold", "Overdue", "开闭所", "电缆沟", "供电公司 leads", "not assigned yet"):
        assert words in text
    assert {
        f"/issues/{issues[0].pk}/",
        f"/projects/{node.project_id}/",
        f"/projects/{node.project_id}/#node-{node.pk}",
        f"/issues/?topic={topic.pk}&blocking=true",
    } <= links_of(page)


def test_whoever_sees_few_projects_reads_and_counts_only_those() -> None:
    town = make_unit()
    mine, foreign = make_issue(make_project(town=town), title="甲"), make_issue(title="乙")
    topic = make_topic(mine, foreign)
    client = client_of(make_user(unit=town))
    page = client.get(f"/topics/{topic.pk}/")
    text = text_of(page)
    assert "1 project waits" in text
    assert "those that you may see" in text
    assert foreign.title not in text
    assert foreign.project.name not in text
    assert f"/topics/{topic.pk}/assign/" not in page.content.decode()
    listed = text_of(client.get("/topics/"))
    assert "1 not assigned" in listed


def test_a_topic_out_of_sight_is_not_found() -> None:
    topic = make_topic(make_issue())
    client = client_of(make_user(unit=make_unit()))
    assert client.get(f"/topics/{topic.pk}/").status_code == 404
    for what in ("edit", "add"):
        assert client.get(f"/topics/{topic.pk}/{what}/").status_code == 404
    for what in ("assign", "note", "close", "reopen", "add", "take-out", "edit"):
        fields = {"lead_unit": make_unit().pk, "due_on": days_ago(-9)}
        assert sent(client, topic, what, **fields).status_code == 404
    assert client_of(make_user()).get("/topics/999999/").status_code == 404


def test_in_sight_but_not_the_bureaus_is_forbidden() -> None:
    power = make_unit(kind=Unit.Kind.DEPARTMENT)
    topic = make_topic(make_issue(lead_unit=power))
    client = client_of(make_user(unit=power))
    assert client.get(f"/topics/{topic.pk}/").status_code == 200
    assert client.get("/topics/new/").status_code == 403
    assert client.get(f"/topics/{topic.pk}/edit/").status_code == 403
    assert client.get(f"/topics/{topic.pk}/add/").status_code == 403
    assert sent(client, topic, "close").status_code == 403
    assert sent(client, topic, "note", text="x").status_code == 403
    given = sent(client, topic, "assign", lead_unit=power.pk, due_on=days_ago(-9))
    assert given.status_code == 403


def test_the_list_says_what_each_topic_is_about_and_where_its_worst_light_is() -> None:
    late = make_node(status=Status.RUNNING, started_on=days_ago(40), due_on=days_ago(20))
    topic = make_topic(
        make_issue(late.project), make_issue(), make_issue(status=IssueStatus.CLOSED), name="电力接口",
        due_on=days_ago(5), category=make_category(),
    )  # fmt: skip
    make_topic(name="已解决", closed_on=days_ago(1))
    client = client_of(make_user())
    page = client.get("/topics/")
    text = text_of(page)
    assert "1 topic is open; 1 is overdue ; 2 projects wait for “电力接口”" in text
    assert "Overdue" in text
    assert "2 open" in text
    assert "1 closed" in text
    assert "已解决" not in text
    assert f"/topics/{topic.pk}/" in links_of(page)
    closed = text_of(client.get("/topics/?closed=true"))
    assert "1 topic is closed" in closed
    assert "已解决" in closed


def test_without_a_topic_the_list_says_what_one_is() -> None:
    assert "No topic is open" in text_of(client_of(make_user()).get("/topics/"))


def test_the_bureau_opens_a_topic_and_adds_issues_of_its_category() -> None:
    power, other = make_category(), make_category("utilities")
    waiting, foreign = make_issue(), make_issue(category=other)
    taken = make_issue()
    make_topic(taken, name="道路")
    client = client_of(make_user())
    opened: Any = client.post(
        "/topics/new/", {"name": "电力接口", "category": power.pk, "once": str(uuid4())}
    )
    topic = Topic.objects.get(name="电力接口")
    assert opened.url == f"/topics/{topic.pk}/add/"
    page = client.get(opened.url)
    assert waiting.title in text_of(page)
    for not_offered in (foreign, taken):
        assert not_offered.title not in text_of(page)
    assert waiting.title not in text_of(client.get(f"{opened.url}?search=nirgends"))
    added = client.post(opened.url, {"issue": [waiting.pk], "version": topic.version}, follow=True)
    assert "1 issue belongs to “电力接口” now." in text_of(added)
    assert waiting.title in text_of(added)


def test_a_form_that_is_sent_twice_opens_one_topic() -> None:
    client, fields = client_of(make_user()), {"name": "电力接口", "once": str(uuid4())}
    for _ in range(2):
        assert client.post("/topics/new/", fields).status_code == 302
    assert Topic.objects.count() == 1


def test_what_cannot_be_read_comes_back_with_the_reason() -> None:
    client = client_of(make_user())
    page = client.post("/topics/new/", {"name": "", "due_on": "morgen", "description": "屋顶"})
    assert page.status_code == 400
    assert "屋顶" in page.content.decode()
    assert "Enter a valid date" in text_of(page)
    assert not Topic.objects.exists()
    past = client.post("/topics/new/", {"name": "x", "due_on": days_ago(1)})
    assert past.status_code == 409
    assert "has passed" in text_of(past)


def test_ticks_that_name_no_issue_in_sight_are_not_found() -> None:
    topic, client = make_topic(), client_of(make_user())
    for key in ("999999", "x", "9" * 30, "-1"):
        assert sent(client, topic, "add", issue=[key]).status_code == 404
    nothing = sent(client, topic, "add")
    assert nothing.status_code == 400
    assert "at least one issue" in text_of(nothing)


def test_an_edit_of_what_has_changed_since_is_refused() -> None:
    topic, client = make_topic(), client_of(make_user())
    page = client.get(f"/topics/{topic.pk}/edit/")
    assert "电力接口" in page.content.decode()
    saved = sent(client, topic, "edit", name="用电接口")
    assert saved.url == f"/topics/{topic.pk}/"
    stale = sent(client, topic, "edit", name="别的")
    assert stale.status_code == 412
    topic.refresh_from_db()
    assert topic.name == "用电接口"


def test_assigning_all_says_how_many_and_why_not_the_others() -> None:
    power = make_unit("供电公司", kind=Unit.Kind.DEPARTMENT)
    topic = make_topic(make_issue(), make_issue(), make_issue(status=IssueStatus.CLOSE_REQUESTED))
    client = client_of(make_user())
    fields = {"lead_unit": power.pk, "due_on": days_ago(-9), "level": "", "once": str(uuid4())}
    page = sent(client, topic, "assign", **fields)
    text = text_of(client.get(page.url))
    assert "2 issues are with 供电公司 now. The others stay as they are: waits for verification 1." in text
    assert Issue.objects.filter(lead_unit=power, status=IssueStatus.ASSIGNED).count() == 2
    again: Any = client.post(f"/topics/{topic.pk}/assign/", {**fields, "version": topic.version})
    assert "it was done once" in text_of(client.get(again.url))
    passed = sent(client, topic, "assign", lead_unit=power.pk, due_on=days_ago(1), version="")
    assert passed.status_code == 409


def test_a_note_stands_at_all_and_the_lead_unit_may_note_too() -> None:
    power = make_unit(kind=Unit.Kind.DEPARTMENT)
    topic = make_topic(make_issue(lead_unit=power), make_issue(), lead_unit=power)
    page = sent(client_of(make_user()), topic, "note", text="方案已定")
    shown = client_of(make_user()).get(page.url)
    assert "stands at the topic and at 2 issues" not in text_of(shown)  # said to the other reader only
    assert "方案已定" in text_of(shown)
    assert IssueNote.objects.filter(text="方案已定").count() == 2
    topic.refresh_from_db()
    theirs = client_of(make_user(unit=power))
    noted = sent(theirs, topic, "note", text="已进场")
    assert "stands at the topic and at 1 issue." in text_of(theirs.get(noted.url))
    empty = sent(client_of(make_user()), topic, "note", text=" ", version="")
    assert empty.status_code == 400


def test_closing_waits_for_the_last_issue_and_can_be_taken_back() -> None:
    issue = make_issue()
    topic, client = make_topic(issue), client_of(make_user())
    refused = sent(client, topic, "close")
    assert refused.status_code == 409
    assert "1 of its issues are still open" in text_of(refused)
    sent(client, topic, "take-out", issue=[issue.pk])
    topic.refresh_from_db()
    assert sent(client, topic, "close").status_code == 302
    topic.refresh_from_db()
    assert topic.closed_on == timezone.localdate()
    page = client.get(f"/topics/{topic.pk}/")
    assert "Open it again" in text_of(page)
    assert "Assign all" not in text_of(page)
    sent(client, topic, "reopen", reason="又断了")
    topic.refresh_from_db()
    assert topic.closed_on is None


def test_a_leader_reads_and_has_no_forms() -> None:
    topic = make_topic(make_issue())
    page = client_of(make_user(User.Role.LEADER)).get(f"/topics/{topic.pk}/")
    forms = [attrs for tag, attrs in tags_of(page) if tag == "form" and "topics" in str(attrs.get("action"))]
    assert page.status_code == 200
    assert forms == []


def test_what_people_typed_is_escaped() -> None:
    node = make_node(status=Status.RUNNING)
    node.project.name = "<b>x</b>"
    node.project.save()
    topic = make_topic(make_issue(node.project, nodes=[node], title="<i>y</i>"), name="<u>z</u>")
    page = client_of(make_user()).get(f"/topics/{topic.pk}/").content.decode()
    for raw in ("<b>x", "<i>y", "<u>z"):
        assert raw not in page


@pytest.mark.parametrize("where", ["/topics/", "/topics/{pk}/", "/topics/{pk}/add/"])
def test_the_number_of_questions_does_not_grow(where: str, django_assert_max_num_queries: Any) -> None:
    power, bureau = make_unit(kind=Unit.Kind.DEPARTMENT), make_user()
    client, template = client_of(bureau), make_template("only")

    def some(number: int, topic: Topic | None = None) -> Topic:
        for _ in range(number):
            node = make_nodes(template)["only"]
            Node.objects.filter(pk=node.pk).update(
                status=Status.HELD, started_on=days_ago(9), held_on=days_ago(2)
            )
            issue = make_issue(node.project, nodes=[node], lead_unit=power, supporting=[make_unit()])
            topic = topic or make_topic(name="x")
            Issue.objects.filter(pk=issue.pk).update(topic=topic)
            make_topic(make_issue(), name="y")
            make_issue(lead_unit=power)
        assert topic is not None
        return topic

    def asked(topic: Topic) -> int:
        with django_assert_max_num_queries(100) as found:
            assert client.get(where.format(pk=topic.pk)).status_code == 200
        return len(found)

    topic = some(2)
    asked(topic)
    before = asked(topic)
    some(5, topic)
    assert asked(topic) == before


def record_of(client: Client, topic: Topic) -> str:
    """What stands in the record of the topic's page."""
    said = text_of(client.get(f"/topics/{topic.pk}/"))
    return said[said.rindex("Record of changes latest first") :]


def test_the_record_says_what_became_of_a_topic_by_whom_and_when() -> None:
    power, gas = (make_unit(name, kind=Unit.Kind.DEPARTMENT) for name in ("供电公司", "燃气公司"))
    boss = make_user(display_name="王科长")
    client, issue = client_of(boss), make_issue()
    due = timezone.localdate() + timedelta(days=20)
    topic = open_topic(
        actor=boss, name="电力接口", today=days_ago(3), lead_unit=power, issues=[issue], due_on=due
    )
    change_topic(topic, actor=boss, today=days_ago(1), name="电力接口（二期）", lead_unit=gas)
    note_topic(topic, actor=boss, text="一句进展")
    take_out_of_topic(topic, [issue], actor=boss)
    close_topic(topic, actor=boss, today=timezone.localdate())
    reopen_topic(topic, actor=boss, reason="又出现了")
    said = record_of(client, topic)
    steps = [
        "opened the topic again 又出现了",
        "closed a topic",
        f"changed a topic issues taken out: {issue.number}",
        "changed a topic topic: 电力接口 → 电力接口（二期）lead unit: 供电公司 → 燃气公司",
        "opened a topic lead unit: 供电公司",
        f"issues added: {issue.number}",
    ]
    places = [said.replace("）lead", "）lead").replace("） lead", "）lead").index(step) for step in steps]
    assert places == sorted(places), "the latest first"
    assert said.count("王科长") == 5
    assert "一句进展" not in said, "notes stand apart"
    found = api(boss).get(f"/api/v1/topics/{topic.pk}/").json()["record"]
    assert [one["verb"] for one in found] == [
        "topic_opened", "topic_closed", "topic_changed", "topic_changed", "topic_opened",
    ]  # fmt: skip
    assert found[3]["changed"] == [
        {"name": "name", "before": "电力接口", "after": "电力接口（二期）"},
        {"name": "lead_unit", "before": "供电公司", "after": "燃气公司"},
    ]
    other = make_topic(name="别的")
    assert "供电公司" not in record_of(client, other), "of another topic nothing is told"


def test_the_record_names_only_issues_in_sight() -> None:
    town = make_unit()
    mine, theirs = make_issue(make_project(town=town)), make_issue(make_project(town=make_unit()))
    topic = open_topic(actor=make_user(), name="电力接口", today=days_ago(0), issues=[mine, theirs])
    said = record_of(client_of(make_user(unit=town)), topic)
    assert mine.number in said
    assert theirs.number not in said


@pytest.mark.parametrize("more", [0, 4])
def test_a_longer_record_asks_no_more_questions(
    more: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    boss, topic = make_user(), make_topic()
    for number in range(1 + more):
        change_topic(topic, actor=boss, today=days_ago(0), name=f"专题{number}")
        add_to_topic(topic, [make_issue()], actor=boss)
    with django_assert_num_queries(2):
        assert len(topic_record(topic, Issue.objects.visible_to(boss))) == 2 + 2 * more
