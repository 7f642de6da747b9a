from datetime import date, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from openpyxl import load_workbook

from accounts.models import Unit, User
from domain.lifecycle import Status
from milestones.models import Node, TemplateNode
from projects.models import Project
from tests.make import make_nodes, make_project, make_template, make_unit, make_user
from tests.pages import client_of, tags_of, text_of

pytestmark = pytest.mark.django_db


def days_ago(days: int) -> date:
    return timezone.localdate() - timedelta(days=days)


def late_chain(**project: Any) -> dict[str, Node]:
    """a is late and running, b is late and waits for it, c is in time."""
    nodes = make_nodes(
        make_template("a", "b", "c"), project=make_project(**project),
        a=days_ago(30), b=days_ago(20), c=days_ago(-200),
    )  # fmt: skip
    nodes["a"].status, nodes["a"].started_on = Status.RUNNING, days_ago(60)
    nodes["a"].save()
    return nodes


def names(response: Any) -> list[str]:
    """The rows of the list by the key of their node."""
    rows = {
        f"row-{node.pk}": node.template_node.code for node in Node.objects.select_related("template_node")
    }
    return [
        rows[str(attrs["id"])] for tag, attrs in tags_of(response) if tag == "tr" and attrs.get("id") in rows
    ]


def overdue(address: str = "", *, user: User | None = None, htmx: bool = False) -> Any:
    headers = {"hx-request": "true"} if htmx else {}
    return client_of(user or make_user(username="boss")).get(f"/overdue/{address}", headers=headers)


def test_causes_are_listed_and_what_they_knock_on_is_counted_apart() -> None:
    late_chain()

    page = overdue()

    assert names(page) == ["a"]
    assert "1 node is overdue and could be worked on now; 1 more is knocked on behind." in text_of(page)
    assert "1 knocked on" in text_of(page)


def test_a_row_says_who_since_when_what_is_in_the_way_and_what_waits() -> None:
    nodes = late_chain(name="轮胎技改", liaison=make_user(User.Role.LIAISON, display_name="李明"))
    nodes["a"].unit = make_unit("供电公司", kind=Unit.Kind.DEPARTMENT)
    nodes["a"].save()

    words = text_of(overdue("?knocked_on=all"))

    for word in (
        "轮胎技改",
        "供电公司",
        "Liaison 李明",
        "working days late",
        "since",
        "running since",
        "2 nodes",
    ):
        assert word in words
    assert "waits for Node a (供电公司)" in words


def test_all_and_only_the_knocked_on_nodes_can_be_shown() -> None:
    late_chain()

    both, behind = overdue("?knocked_on=all"), overdue("?knocked_on=true", user=make_user(username="other"))

    assert names(both) == ["a", "b"]
    assert "2 nodes are overdue : 1 could be worked on now, 1 are knocked on behind them." in text_of(both)
    assert names(behind) == ["b"]
    assert "1 overdue node is knocked on: it waits for another; 1 more could be worked on now." in text_of(
        behind
    )


def test_what_is_knocked_on_opens_under_its_cause_with_and_without_htmx() -> None:
    nodes = late_chain()
    client = client_of(make_user())
    address = f"/overdue/behind/{nodes['a'].pk}/"

    whole, part = client.get(address), client.get(address, headers={"hx-request": "true"})

    assert "Node b" in text_of(whole)
    assert "<html" in whole.content.decode()
    assert "Node b" in text_of(part)
    assert "<html" not in part.content.decode()
    assert client_of(make_user(unit=make_unit())).get(address).status_code == 404


def filters() -> list[tuple[str, str]]:
    return [
        ("unit", "{town}"), ("town", "{town}"), ("department", "{department}"), ("kind", "expansion"),
        ("node_kind", "mine"), ("late_from", "100"), ("late_to", "3"), ("due_after", "{late}"),
        ("due_before", "{early}"), ("search", "氢能"),
    ]  # fmt: skip


@pytest.mark.parametrize(("name", "value"), filters())
def test_each_filter_narrows_the_list(name: str, value: str) -> None:
    late = {"late_to": 1, "due_after": 1}.get(name, 400)
    department = make_unit(kind=Unit.Kind.DEPARTMENT)
    mine = make_project(name="氢能", kind=Project.Kind.EXPANSION, department=department)
    make_nodes(make_template("mine"), project=mine, mine=days_ago(late))
    make_nodes(make_template("other"), other=days_ago(40))
    value = value.format(
        town=mine.town_id, department=department.pk, late=days_ago(10), early=days_ago(100)
    )  # fmt: skip

    page = overdue(f"?{name}={value}")

    assert names(page) == ["mine"]
    assert len(names(overdue(user=make_user(username="other")))) == 2


def test_an_order_can_be_asked_for() -> None:
    make_nodes(make_template("long"), long=days_ago(90))
    make_nodes(make_template("short"), short=days_ago(9))

    assert names(overdue()) == ["long", "short"]
    assert names(overdue("?ordering=-deadline", user=make_user(username="other"))) == ["short", "long"]


@pytest.mark.parametrize(
    "wrong",
    ["late_from=soon", "late_to=99999999999", "due_after=31.2.", "unit=999999", "kind=x", "search=%00"],
)
def test_a_value_that_cannot_be_read_is_told_at_its_field_and_narrows_nothing(wrong: str) -> None:
    late_chain()

    page = overdue(f"?{wrong}")

    name = wrong.partition("=")[0]
    assert page.status_code == 200
    assert names(page) == ["a"]
    assert [
        attrs for tag, attrs in tags_of(page) if attrs.get("id") == f"id_{name}" and "aria-invalid" in attrs
    ] or name == "search"
    assert f'<span class="wrong" id="wrong-{name}"></span>' not in page.content.decode()


def test_htmx_gets_the_rows_and_keeps_the_address_shareable() -> None:
    late_chain()

    page = overdue("?search=&late_from=5&unit=", htmx=True)

    assert "<html" not in page.content.decode()
    assert names(page) == ["a"]
    assert page["HX-Push-Url"] == "/overdue/?late_from=5"
    assert "HX-Request" in page["Vary"]


def test_nothing_overdue_and_nothing_found_are_different_things() -> None:
    assert "Nothing is overdue." in text_of(overdue())
    late_chain()
    assert "Nothing overdue matches these filters." in text_of(
        overdue("?search=zzz", user=make_user(username="b"))
    )


def test_a_link_may_ask_for_other_lights() -> None:
    late_chain()

    page = overdue("?light=grey")

    assert names(page) == ["c"]
    assert ("input", {"type": "hidden", "name": "light", "value": "grey"}) in tags_of(page)


def test_a_stranger_sees_no_node_of_others() -> None:
    late_chain()

    assert names(overdue(user=make_user(unit=make_unit()))) == []


def test_whatever_comes_from_data_is_shown_as_text() -> None:
    bad = "<b onclick='x'>&"
    nodes = late_chain(name=bad, liaison=make_user(User.Role.LIAISON, display_name=bad))
    unit = make_unit(bad)
    for node in nodes.values():
        node.unit = unit
        node.save()
    TemplateNode.objects.filter(nodes__in=[node.pk for node in nodes.values()]).update(
        name=bad, name_en=bad, is_key=True
    )

    page = overdue("?knocked_on=all").content.decode()

    assert bad not in page
    assert page.count("&lt;b onclick=") >= 10


def test_long_lists_come_in_pages() -> None:
    template = make_template("only")
    for _ in range(101):
        make_nodes(template, only=days_ago(9))
    client = client_of(make_user())

    assert len(names(client.get("/overdue/"))) == 100
    assert len(names(client.get("/overdue/?page=2"))) == 1
    assert len(names(client.get("/overdue/?page=77"))) == 1
    assert len(names(client.get("/overdue/?page=x"))) == 100


def test_more_rows_cost_no_more_queries() -> None:
    client = client_of(make_user())
    template = make_template("a", "b")

    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert client.get("/overdue/?knocked_on=all").status_code == 200
        return len(seen)

    make_nodes(template, a=days_ago(9), b=days_ago(8))
    queries()
    one = queries()
    for _ in range(4):
        make_nodes(template, a=days_ago(9), b=days_ago(8))

    assert queries() == one


def exported(address: str, user: User) -> Any:
    response = client_of(user).get(f"/overdue/export/{address}")
    assert response.status_code == 200
    content = b"".join(response.streaming_content)  # type: ignore[attr-defined]
    return load_workbook(BytesIO(content)).active


def test_the_export_holds_exactly_what_the_page_shows() -> None:
    late_chain(name="=cmd|' /C calc'!A0")
    late_chain(name="另一个")
    boss = make_user()

    sheet = exported("?search=cmd", boss)
    every = exported("?knocked_on=all", boss)

    assert [sheet.cell(row, 2).value for row in range(4, sheet.max_row + 1)] == ["=cmd|' /C calc'!A0"]
    assert sheet.cell(4, 2).data_type == "s"
    assert "◆" in sheet.cell(4, 1).value
    assert every.max_row == 3 + 4


def test_the_export_says_its_filters_in_words() -> None:
    nodes = late_chain()
    chain = nodes["a"].template_node.template

    sheet = exported(f"?light=red&kind=renovation&node_kind=a&status=running&chain={chain.code}", make_user())

    said = sheet.cell(2, 1).value
    assert "project kind: Technical renovation" in said
    assert "node kind: Node a" in said
    assert "status: Running" in said
    assert f"process template: {chain.label}" in said


def test_a_stranger_exports_nothing_of_others() -> None:
    late_chain(name="机密")

    sheet = exported("", make_user(unit=make_unit()))

    assert "机密" not in [cell.value for row in sheet.iter_rows() for cell in row]
