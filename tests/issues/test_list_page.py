"""The list of issues: what it says first, how it is narrowed, what a row tells, and what it costs."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Unit, User
from domain.issues import Level
from domain.lifecycle import Status
from issues.models import Issue, Topic
from projects.models import Project
from tests.make import make_category, make_issue, make_node, make_project, make_unit, make_user
from tests.pages import client_of, tags_of, text_of

pytestmark = pytest.mark.django_db


def days_ago(days: int) -> date:
    return timezone.localdate() - timedelta(days=days)


def raised(days: int = 10, *, due_in: int = 14, **fields: Any) -> Issue:
    """Raised so many days ago; with a lead unit it was assigned then, due so many days later."""
    return make_issue(today=days_ago(days), due_on=days_ago(days) + timedelta(days=due_in), **fields)


def power() -> Unit:
    return Unit.objects.filter(name="供电公司").first() or make_unit("供电公司", kind=Unit.Kind.DEPARTMENT)


def listed(address: str = "", *, user: User | None = None, htmx: bool = False) -> Any:
    headers = {"hx-request": "true"} if htmx else {}
    return client_of(user or make_user()).get(f"/issues/{address}", headers=headers)


def numbers(response: Any) -> list[str]:
    """The rows of the list by the number of their issue."""
    known = {f"issue-{pk}": number for pk, number in Issue.objects.values_list("pk", "number")}
    return [
        known[str(attrs["id"])]
        for tag, attrs in tags_of(response)
        if tag == "tr" and attrs.get("id") in known
    ]


def test_the_sentence_comes_from_the_rows_below_it() -> None:
    land = make_category("land", name_en="Land")
    raised(lead_unit=power(), due_in=5)
    raised(lead_unit=power())
    raised(category=land)
    raised(status="closed")

    page = listed()

    words = text_of(page)
    assert "3 issues are open, 1 is overdue , 1 not assigned yet." in words
    assert f"Most are about {make_category().label} : 2, 2 of them with 供电公司 ." in words
    assert len(numbers(page)) == 3


def test_the_sentence_begins_with_the_number_of_rows() -> None:
    raised(lead_unit=power(), due_in=5)
    raised(status="closed")

    page = listed("?open=all")

    assert len(numbers(page)) == 2
    assert "2 issues, 1 of them open" in text_of(page)


def test_closed_issues_are_shown_when_they_are_asked_for() -> None:
    raised()
    closed = raised(status="closed")

    page = listed("?status=closed")

    assert numbers(page) == [closed.number]
    assert "1 issue, and it is closed." in text_of(page)


def test_a_row_says_what_stands_in_whose_way_and_who_has_it() -> None:
    node = make_node(status=Status.HELD, project=make_project(name="轮胎技改"))
    helper = make_unit("住建局", kind=Unit.Kind.DEPARTMENT)
    topic = Topic.objects.create(name="供电接口", opened_on=days_ago(9), opened_by=make_user())
    issue = raised(
        40, due_in=10, project=node.project, nodes=[node], lead_unit=power(), supporting=[helper],
        topic=topic, level=Level.KEY,
    )  # fmt: skip

    page = listed()

    words = text_of(page)
    for word in (
        issue.number, issue.title, "轮胎技改", "assigned", "2 · heads of units", "供电公司", "with 住建局",
        "working days late", "40 days", "Node only", "on hold", "供电接口",
    ):  # fmt: skip
        assert word in words, word
    links = [attrs.get("href") for tag, attrs in tags_of(page) if tag == "a"]
    assert issue.get_absolute_url() in links
    assert f"/projects/{node.project_id}/#node-{node.pk}" in links
    assert topic.get_absolute_url() in links


def filters() -> list[tuple[str, str]]:
    return [
        ("category", "land"), ("unit", "{unit}"), ("level", "3"), ("town", "{town}"), ("source", "meeting"),
        ("age_from", "50"), ("late", "true"), ("topic", "{topic}"), ("search", "民房"), ("search", "{number}"),
        ("kind", "expansion"), ("raised_before", "{long_ago}"), ("turn", "raised"), ("project", "{project}"),
        ("status", "working"),
    ]  # fmt: skip


@pytest.mark.parametrize(("name", "value"), filters())
def test_each_filter_narrows_the_list(name: str, value: str) -> None:
    boss = make_user()
    topic = Topic.objects.create(name="供电接口", opened_on=days_ago(9), opened_by=boss)
    mine = raised(
        60, project=make_project(kind=Project.Kind.EXPANSION), title="民房未腾空", level=Level.SPECIAL,
        category=make_category("land"), source=Issue.Source.MEETING, topic=topic, lead_unit=power(),
        raised_by=boss, status="working",
    )  # fmt: skip
    raised(lead_unit=make_unit(kind=Unit.Kind.DEPARTMENT))
    value = value.format(
        unit=mine.lead_unit_id, town=mine.project.town_id, topic=topic.pk, number=mine.number,
        long_ago=days_ago(50), project=mine.project_id,
    )  # fmt: skip

    assert numbers(listed(f"?{name}={value}", user=boss)) == [mine.number]
    assert len(numbers(listed(user=boss))) == 2


def test_several_states_can_be_asked_for_at_once() -> None:
    first, second = raised(status="working"), raised(status="suspended")
    raised()

    page = listed("?status=working&status=suspended&ordering=raised")

    assert set(numbers(page)) == {first.number, second.number}
    ticked = {
        attrs["value"] for tag, attrs in tags_of(page) if attrs.get("name") == "status" and "checked" in attrs
    }
    assert ticked == {"working", "suspended"}


@pytest.mark.parametrize(
    "wrong", ["status=gone", "category=x", "unit=999999", "level=9", "turn=mine", "topic=x", "open_on=soon"]
)
def test_an_address_that_asks_for_what_there_is_not_is_refused_in_one_sentence(wrong: str) -> None:
    page = listed(f"?{wrong}")

    assert page.status_code == 400
    assert page.content.decode().count('class="problem"') == 1


@pytest.mark.parametrize(
    "wrong", ["age_from=soon", "closed_after=31.2.", "search=%00", "age_from=99999999999"]
)
def test_what_was_typed_and_cannot_be_read_is_told_at_its_field(wrong: str) -> None:
    issue = raised()

    page = listed(f"?{wrong}")

    name = wrong.partition("=")[0]
    assert page.status_code == 200
    assert numbers(page) == [issue.number] if name != "closed_after" else True
    assert f'<span class="wrong" id="wrong-{name}"></span>' not in page.content.decode()


def test_the_lists_that_are_asked_for_most_are_a_click_away_and_keep_what_narrows() -> None:
    raised()

    page = listed("?search=x&status=raised")

    links = {
        attrs["href"]: attrs
        for tag, attrs in tags_of(page)
        if attrs.get("class") == "chip" and "href" in attrs
    }
    assert links["/issues/?status=raised&search=x"].get("aria-current") == "page"
    assert {
        "/issues/?search=x", "/issues/?late=true&search=x", "/issues/?status=close_requested&search=x",
        f"/issues/?closed_after={timezone.localdate().year}-01-01&search=x",
    } < links.keys()  # fmt: skip


def test_htmx_gets_the_rows_and_keeps_the_address_shareable() -> None:
    issue = raised()

    page = listed("?search=&age_from=5&unit=&nonsense=1&ordering=due&late=False", htmx=True)

    assert "<html" not in page.content.decode()
    assert numbers(page) == [issue.number]
    assert page["HX-Push-Url"] == "/issues/?age_from=5&late=false"
    assert "HX-Request" in page["Vary"]


def test_what_the_address_asks_for_beside_the_fields_is_kept_and_said() -> None:
    page = listed("?raised_after=2026-01-01&search=x")

    assert (
        "input",
        {"type": "hidden", "name": "raised_after", "value": "2026-01-01"},
    ) in tags_of(page)
    assert "raised from: 2026-01-01" in text_of(page)


def test_nothing_open_and_nothing_found_are_different_things() -> None:
    assert "No issue is open." in text_of(listed())
    raised()
    assert "No issue matches these filters." in text_of(listed("?search=zzz"))


def test_a_stranger_sees_no_issue_of_others_and_the_lead_unit_does() -> None:
    issue = raised(lead_unit=power())

    assert numbers(listed(user=make_user(unit=make_unit()))) == []
    assert "No issue is open." in text_of(listed(user=make_user(unit=make_unit())))
    assert numbers(listed(user=make_user(unit=power()))) == [issue.number]


def test_whatever_comes_from_data_is_shown_as_text() -> None:
    bad = "<b onclick='x'>&"
    node = make_node(project=make_project(name=bad))
    node.template_node.name = node.template_node.name_en = bad
    type(node.template_node).objects.filter(pk=node.template_node_id).update(name=bad, name_en=bad)
    topic = Topic.objects.create(name=bad, opened_on=days_ago(9), opened_by=make_user())
    lead, helper = make_unit(bad, kind=Unit.Kind.DEPARTMENT), make_unit(bad + "2", kind=Unit.Kind.DEPARTMENT)
    issue = raised(
        project=node.project, nodes=[node], title=bad, topic=topic, lead_unit=lead, supporting=[helper],
        category=make_category("x", name=bad, name_en=bad), status="suspended",
    )  # fmt: skip
    Issue.objects.filter(pk=issue.pk).update(suspended_word=bad)

    page = listed().content.decode()

    assert bad not in page
    assert page.count("&lt;b onclick=") >= 8


def test_long_lists_come_in_pages() -> None:
    project, boss, category = make_project(), make_user(), make_category()
    for _ in range(101):
        make_issue(project, raised_by=boss, category=category, today=days_ago(3))
    client = client_of(boss)

    assert len(numbers(client.get("/issues/"))) == 100
    assert len(numbers(client.get("/issues/?page=2"))) == 1
    assert len(numbers(client.get("/issues/?page=77"))) == 1


def test_more_rows_cost_no_more_queries() -> None:
    client = client_of(make_user())

    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert client.get("/issues/").status_code == 200
        return len(seen)

    def one_more() -> None:
        node = make_node()
        raised(project=node.project, nodes=[node], lead_unit=power(), supporting=[make_unit()])

    one_more()
    queries()
    one = queries()
    for _ in range(4):
        one_more()

    assert queries() == one
