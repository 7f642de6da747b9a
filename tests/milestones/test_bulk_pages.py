"""Rows are ticked in a list, what will happen is looked at, then confirmed; without any script."""

from datetime import date, timedelta
from html import unescape
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.models import Unit, User
from domain.lifecycle import Status
from history.models import Change
from milestones.models import Node
from tests.make import make_node, make_project, make_template, make_unit, make_user
from tests.milestones.test_races import at_once
from tests.pages import client_of, tags_of, text_of

pytestmark = pytest.mark.django_db

SHIFT = {"do": "shift", "shift-days": "5", "shift-reason": "enterprise"}


def late(days: int = 30, **fields: Any) -> Node:
    due = timezone.localdate() - timedelta(days=days)
    return make_node(
        status=Status.RUNNING, started_on=date(2026, 2, 2), due_on=due, baseline_on=due, **fields
    )


def rows(*nodes: Node) -> list[str]:
    return [f"{node.pk}-{node.version}" for node in nodes]


def look(client: Client, nodes: list[Node], **fields: str) -> Any:
    return client.post("/overdue/bulk/", {**SHIFT, **fields, "row": rows(*nodes)})


def form_of(page: Any) -> dict[str, Any]:
    """What the form that confirms would send."""
    sent: dict[str, Any] = {"row": []}
    inside = False
    for tag, attrs in tags_of(page):
        if tag == "form":
            inside = attrs.get("action") == "/overdue/bulk/confirm/"
        elif inside and tag in {"input", "button"} and attrs.get("name"):
            name, value = str(attrs["name"]), unescape(str(attrs.get("value") or ""))
            if name == "row":
                sent["row"].append(value)
            else:
                sent[name] = value
    return sent


def confirm(client: Client, page: Any, **more: Any) -> Any:
    return client.post("/overdue/bulk/confirm/", {**form_of(page), **more}, follow=True)


def due(node: Node) -> date | None:
    return Node.objects.get(pk=node.pk).due_on


def test_managers_tick_rows_and_others_do_not() -> None:
    node = late(project=make_project(liaison=make_user(User.Role.LIAISON, username="li")))

    page = client_of(make_user()).get("/overdue/")
    ticks = [attrs for tag, attrs in tags_of(page) if tag == "input" and attrs.get("name") == "row"]
    theirs = client_of(User.objects.get(username="li")).get("/overdue/")

    assert [tick["value"] for tick in ticks] == rows(node)
    assert ticks[0]["form"] == "bulk"
    assert "checked" not in ticks[0]
    assert "/overdue/bulk/" not in theirs.content.decode()
    assert 'name="row"' not in theirs.content.decode()


def test_all_rows_of_a_page_are_ticked_by_a_link() -> None:
    late(), late()
    client = client_of(make_user())
    (link,) = [
        str(attrs["href"])
        for tag, attrs in tags_of(client.get("/overdue/"))
        if tag == "a" and "picked" in str(attrs.get("href"))
    ]

    page = client.get(f"/overdue/{unescape(link)}")

    ticks = [attrs for tag, attrs in tags_of(page) if attrs.get("name") == "row"]
    assert ["checked" in tick for tick in ticks] == [True, True]
    part = client.get(f"/overdue/{unescape(link)}", headers={"hx-request": "true"})
    assert "HX-Push-Url" not in part


@pytest.mark.parametrize(
    ("address", "back"),
    [("", "/overdue/"), ("?knocked_on=all&page=7", "/overdue/?knocked_on=all"), ("?picked=all", "/overdue/")],
)
def test_the_list_says_where_to_come_back_to(address: str, back: str) -> None:
    late()

    page = client_of(make_user()).get(f"/overdue/{address}")

    (field,) = [attrs for _tag, attrs in tags_of(page) if attrs.get("name") == "next" and attrs.get("form")]
    assert field["value"] == back


def test_what_will_happen_is_said_first_and_nothing_is_changed() -> None:
    power = make_unit("供电公司", kind=Unit.Kind.DEPARTMENT)
    town = make_unit("义蓬街道")
    theirs = late(project=make_project(name="轮胎技改", town=town), unit=power)
    theirs.project.units.add(power)
    own = late(project=make_project(name="晶圆二期", department=power), unit=power)
    held = make_node(status=Status.HELD, due_on=date(2026, 3, 2), project=make_project(department=power))
    before = due(own)

    words = text_of(look(client_of(make_user(unit=power)), [theirs, own, held]))

    assert "1 due date moves by 5 working days at once" in words
    assert "a move of 1 due date by 5 working days is asked for and waits for an answer" in words
    assert "1 selected row is left out" in words
    assert "2 of them stay overdue" in words
    assert "is on hold; its date is settled when it is resumed." in words
    assert "you, at once" in words
    assert "义蓬街道 asked for; nothing moves before the answer" in words
    assert due(own) == before
    assert not Change.objects.filter(node__isnull=False).exists()


def test_confirmed_it_is_done_and_the_list_is_shown_again() -> None:
    node, other = late(), late()
    client = client_of(make_user())
    page = look(client, [node], next="/overdue/?knocked_on=all&page=1")

    answer = confirm(client, page)

    assert answer.redirect_chain == [("/overdue/?knocked_on=all&page=1", 302)]
    assert "Done: 1 due date moves by 5 working days at once." in text_of(answer)
    assert due(node) != node.due_on
    assert due(other) == other.due_on


def test_rows_that_cannot_be_changed_are_left_out_of_what_is_confirmed() -> None:
    node, held = late(), make_node(status=Status.HELD, due_on=date(2026, 3, 2))
    client = client_of(make_user())

    confirm(client, look(client, [held, node]))

    assert due(node) != node.due_on
    assert due(held) == held.due_on


def test_confirmed_twice_it_is_done_once() -> None:
    node, client = late(), client_of(make_user())
    page = look(client, [node])

    confirm(client, page)
    moved = due(node)
    answer = confirm(client, page)

    assert "This has been done already." in text_of(answer)
    assert due(node) == moved


def test_a_row_that_changed_since_it_was_ticked_stops_it_all_with_its_name() -> None:
    first, second = late(), late(project=make_project(name="盾构装备基地"))
    client = client_of(make_user())
    page = look(client, [first, second])
    Node.objects.filter(pk=second.pk).update(version=7)

    answer = confirm(client, page)

    assert answer.status_code == 412
    assert "盾构装备基地" in text_of(answer)
    assert due(first) == first.due_on


@pytest.mark.parametrize(
    ("sent", "done"),
    [
        ({"do": "hold", "hold-on": "2026-03-03", "hold-reason": "听证"}, Change.Verb.NODE_HELD),
        ({"do": "remind", "remind-note": "周五前"}, Change.Verb.NODE_REMINDED),
        ({"do": "assign", "assign-unit": "{unit}"}, Change.Verb.NODE_ASSIGNED),
        ({"do": "resume", "resume-on": "{today}"}, Change.Verb.NODE_RESUMED),
        (
            {"do": "shift", "shift-to": "2100-01-04", "shift-reason": "policy"},
            Change.Verb.DATE_CHANGE_APPROVED,
        ),
    ],
)
def test_every_kind_of_work_goes_the_same_way(sent: dict[str, str], done: Change.Verb) -> None:
    status = Status.HELD if sent["do"] == "resume" else Status.RUNNING
    nodes = [make_node(status=status, due_on=date(2026, 3, 2)) for _ in range(2)]
    unit, client = make_unit("供电公司"), client_of(make_user())
    filled = {
        name: value.format(unit=unit.pk, today=timezone.localdate().isoformat())
        for name, value in sent.items()
    }

    page = client.post("/overdue/bulk/", {**filled, "row": rows(*nodes)})
    answer = confirm(client, page)

    assert page.status_code == answer.status_code == 200
    assert "Done:" in text_of(answer)
    assert Change.objects.filter(verb=done, node__in=nodes).count() == 2
    assert Change.objects.filter(verb=done).values("batch").distinct().count() == 1


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"shift-days": ""}, "shift-days"),
        ({"shift-days": "0"}, "shift-days"),
        ({"shift-days": "5", "shift-to": "2100-01-04"}, "shift-days"),
        ({"shift-days": "", "shift-to": "2100-01-04", "shift-following": "on"}, "shift-following"),
        ({"shift-reason": "other"}, "shift-text"),
        ({"shift-reason": "whatever"}, "shift-reason"),
        ({"do": "hold", "hold-on": "2026-03-03"}, "hold-reason"),
        ({"do": "assign", "assign-unit": "999"}, "assign-unit"),
    ],
)
def test_what_cannot_be_read_is_told_at_its_field(wrong: dict[str, str], field: str) -> None:
    page = look(client_of(make_user()), [late()], **wrong)

    told = page.content.decode().partition(f'id="wrong-{field}">')[2]
    assert page.status_code == 400
    assert "1 row selected" in text_of(page)
    assert told
    assert not told.startswith("</span>")
    assert "/overdue/bulk/confirm/" not in page.content.decode()


@pytest.mark.parametrize("wrong", [{"row": []}, {"row": ["x"]}, {"row": ["1-1"] * 501}, {"do": "burn"}])
def test_nonsense_is_refused_with_a_sentence(wrong: dict[str, Any]) -> None:
    node = late()
    sent = {**SHIFT, "row": rows(node), **wrong}
    if len(sent["row"]) > 500:
        template, town = make_template("only"), make_unit()
        many = [late(template=template, project=make_project(town=town)) for _ in range(501)]
        sent["row"] = rows(*many)

    assert client_of(make_user()).post("/overdue/bulk/", sent).status_code == 400


def test_out_of_sight_is_404_and_not_a_manager_403() -> None:
    node = late(project=make_project(liaison=make_user(User.Role.LIAISON, username="li")))

    assert look(client_of(make_user(unit=make_unit())), [node]).status_code == 404
    assert look(client_of(User.objects.get(username="li")), [node]).status_code == 403
    assert look(client_of(make_user(User.Role.LEADER)), [node]).status_code == 403


def test_who_comes_without_rows_is_sent_to_the_list() -> None:
    assert client_of(make_user()).get("/overdue/bulk/")["Location"] == "/overdue/"


def test_it_leads_back_to_this_site_alone() -> None:
    client = client_of(make_user())
    page = look(client, [late()], next="https://elsewhere.example/")

    assert "elsewhere" not in page.content.decode()
    assert confirm(client, page, next="//elsewhere.example/").redirect_chain == [("/overdue/", 302)]


def test_what_comes_from_data_is_shown_as_text() -> None:
    bad = "<b onclick='x'>&"
    node = late(project=make_project(name=bad), unit=make_unit(bad))

    page = look(client_of(make_user()), [node]).content.decode()

    assert bad not in page
    assert "&lt;b onclick=" in page


@pytest.mark.services
@pytest.mark.django_db(transaction=True)
def test_two_sendings_that_arrive_at_once_are_one() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite writes one transaction at a time")
    node, boss = late(), make_user()
    form = form_of(look(client_of(boss), [node]))
    clients = [client_of(boss) for _ in range(3)]

    found = at_once(*[lambda one=one: one.post("/overdue/bulk/confirm/", form) for one in clients])

    assert [answer.status_code for answer in found] == [302] * 3  # type: ignore[attr-defined]
    assert Change.objects.filter(node=node, verb=Change.Verb.DATE_CHANGE_APPROVED).count() == 1


def test_a_form_with_another_key_is_another_form() -> None:
    node, client = late(), client_of(make_user())
    page = look(client, [node])
    confirm(client, page)

    answer = confirm(client, page, once=str(uuid4()))

    assert answer.status_code == 412, "what it was about has changed"
