"""Idle nodes, long holds and late entries in the lists: marked, found, counted and exported."""

import re
from datetime import date, timedelta
from html import unescape
from io import BytesIO
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from openpyxl import load_workbook

from accounts.models import Unit
from domain.lifecycle import Status
from domain.lights import LONG_HOLD
from milestones.models import Chain, DateChange, DateChangeItem, Node
from tests.make import make_nodes, make_project, make_template, make_unit, make_user
from tests.pages import client_of, tags_of, text_of

pytestmark = pytest.mark.django_db


def days_ago(days: int) -> date:
    return timezone.localdate() - timedelta(days=days)


def node(**fields: Any) -> Node:
    """The only node of a chain that began long ago."""
    project = fields.pop("project", None) or make_project()
    template = make_template("only")
    Chain.objects.create(project=project, template=template, starts_on=days_ago(100))
    one = make_nodes(template, project=project)["only"]
    Node.objects.filter(pk=one.pk).update(**fields)
    return Node.objects.get(pk=one.pk)


def idle(**fields: Any) -> Node:
    return node(**{"due_on": days_ago(-90), **fields})


def held(days: int, **fields: Any) -> Node:
    return node(
        status=Status.HELD, started_on=days_ago(80), held_on=days_ago(days), due_on=days_ago(9), **fields
    )


def get(address: str = "", **more: Any) -> Any:
    return client_of(more.pop("user", None) or make_user()).get(f"/overdue/{address}", **more)


def shown(page: Any) -> list[int]:
    ids = [str(attrs.get("id", "")) for tag, attrs in tags_of(page) if tag == "tr"]
    return [int(found.removeprefix("row-")) for found in ids if found.startswith("row-")]


def links(page: Any) -> dict[str, str]:
    """The words of the quick links, numbers included, and where they lead."""
    inside = page.content.decode().partition('class="chips lists"')[2].partition("</nav>")[0]
    found = re.findall(r'<a class="chip" href="([^"]*)".*?</svg>(.*?)</a>', inside)
    return {re.sub(r"</?b>", "", words): unescape(address) for address, words in found}


def test_an_idle_node_is_marked_by_shape_and_word_and_listed_by_itself() -> None:
    one = idle()
    node(status=Status.RUNNING, started_on=days_ago(9), due_on=days_ago(-90))

    page = get("?idle=true")

    assert shown(page) == [one.pk]
    assert "#mark-idle" in page.content.decode().partition("<tbody>")[2]
    assert "1 node could have been started more than 5 working days ago and was not." in text_of(page)


def test_what_has_been_on_hold_for_long_comes_longest_first_with_its_days() -> None:
    short, longer, longest = held(LONG_HOLD), held(LONG_HOLD + 1), held(60)

    page = get(f"?held_over={LONG_HOLD}")

    assert shown(page) == [longest.pk, longer.pk]
    assert "2 nodes have been on hold for more than 30 days." in text_of(page)
    assert "working days on hold" in text_of(page)
    assert "moves when it is resumed" in text_of(page)
    assert shown(get("?light=violet", user=make_user())) == [short.pk, longer.pk, longest.pk]


def test_the_sentence_says_who_has_most_of_them() -> None:
    power = make_unit("供电公司", kind=Unit.Kind.DEPARTMENT)
    for _ in range(2):
        idle(unit=power)
    idle()

    assert "Most of them, 2, are with 供电公司 ." in text_of(get("?idle=true"))


def test_nothing_idle_and_nothing_on_hold_is_said_as_such() -> None:
    assert "Nothing is idle" in text_of(get("?idle=true"))
    assert "Nothing has been on hold for more than 30 days." in text_of(get("?held_over=30"))


def test_late_entries_and_dates_asked_for_are_marked() -> None:
    late = node(
        status=Status.RUNNING, started_on=days_ago(40), start_entered_on=days_ago(2), due_on=days_ago(9)
    )
    change = DateChange.objects.create(node=late, reason="enterprise", asked_by=make_user())
    asked = days_ago(-9)
    DateChangeItem.objects.create(change=change, node=late, due_before=late.due_on, due_after=asked)

    words = text_of(get())

    assert "back-filled" in words
    assert f"asked: {asked:%-d %b}" in words


def test_the_lists_beside_this_one_are_counted_after_the_page_and_open_what_they_count() -> None:
    late = node(status=Status.RUNNING, started_on=days_ago(40), due_on=days_ago(9))
    one, two, hold, _short = idle(), idle(), held(60), held(LONG_HOLD)
    client = client_of(make_user())

    before, counted = client.get("/overdue/"), client.get("/overdue/lists/")

    assert list(links(before)) == ["Overdue", "Idle", "On hold over 30 days"]
    assert 'hx-get="/overdue/lists/?"' in before.content.decode()
    assert list(links(counted)) == ["Overdue 1", "Idle 2", "On hold over 30 days 1"]
    assert [shown(client.get(address)) for address in links(counted).values()] == [
        [late.pk], [one.pk, two.pk], [hold.pk],
    ]  # fmt: skip


def test_what_narrows_one_list_narrows_the_others() -> None:
    mine, other = idle(), idle()

    page = get(f"lists/?idle=true&unit={mine.unit_id}&late_from=3")

    assert list(links(page)) == ["Overdue 0", "Idle 1", "On hold over 30 days 0"]
    assert all(f"unit={mine.unit_id}" in address for address in links(page).values())
    assert other.pk not in shown(get(links(page)["Idle 1"].removeprefix("/overdue/"), user=make_user()))


def test_the_lists_are_counted_in_one_question() -> None:
    idle(), held(60)
    client = client_of(make_user())
    client.get("/overdue/lists/")

    with CaptureQueriesContext(connection) as seen:
        client.get("/overdue/lists/")

    # One for the three lists, one for how many of this one issues block.
    assert sum("COUNT(" in query["sql"] and "milestones_node" in query["sql"] for query in seen) == 2


def test_a_stranger_counts_nothing_of_others() -> None:
    idle(), held(60)

    page = get("lists/", user=make_user(unit=make_unit()))

    assert list(links(page)) == ["Overdue 0", "Idle 0", "On hold over 30 days 0"]


def test_the_export_says_the_same_of_each_row() -> None:
    one = idle()
    Node.objects.filter(pk=one.pk).update(limit=None)
    hold = held(40)
    client = client_of(make_user())

    def exported(address: str) -> dict[str, Any]:
        answer = client.get(f"/overdue/export/{address}")
        sheet: Any = load_workbook(BytesIO(b"".join(answer.streaming_content))).active  # type: ignore[attr-defined]
        return {
            "said": sheet.cell(2, 1).value, "title": sheet.cell(1, 1).value,
            **{sheet.cell(3, at).value: sheet.cell(4, at).value for at in range(1, sheet.max_column + 1)},
        }  # fmt: skip

    of_idle, of_held = exported("?idle=true"), exported("?held_over=30")

    assert (of_idle["Idle"], of_idle["On hold since"]) == ("yes", None)
    assert "idle: yes" in of_idle["said"]
    assert of_idle["title"] == "Idle: nodes"
    assert of_held["On hold since"].date() == hold.held_on
    assert of_held["Working days on hold"] > 25
    assert "days on hold, more than: 30" in of_held["said"]


@pytest.mark.parametrize("wrong", ["held_over=x", "held_over=-1", "held_over=99999999"])
def test_a_number_of_days_that_cannot_be_read_is_refused(wrong: str) -> None:
    assert get(f"?{wrong}").status_code == 400
