"""Idle nodes, holds, waivers and date changes: the same rows and numbers in the workbook, on the page and over REST."""

import re
from collections.abc import Iterator
from datetime import date, datetime
from html import unescape
from io import BytesIO
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import Workbook, load_workbook

from accounts.models import User
from domain.date_changes import RequestStatus
from domain.lifecycle import Status
from meetings.gathering import gather_week, one_moment
from meetings.queries import agenda_of
from meetings.workbook import write_workbook
from milestones.models import DateChange, DateChangeItem, Hold, Node
from tests.make import MONDAY, make_project, make_template, make_unit, make_user
from tests.pages import client_of
from tests.screen.small_district import LATER, LONG_AGO, NOON, RULE, make_laid, put

pytestmark = pytest.mark.django_db

LONG, SHORT = date(2026, 2, 3), date(2026, 2, 4)
"""31 and 30 days before Friday, 6 March 2026."""

READY = date(2026, 2, 26)
"""Six working days before that Friday."""


@pytest.fixture(autouse=True)
def _on_friday() -> Iterator[None]:
    with time_machine.travel(NOON, tick=False):
        yield


def make_standing_district(town: str = "义蓬街道") -> User:
    """One idle node, two on hold, two waived, and requests for other dates in every state."""
    boss, of_town = make_user(display_name="王科长"), make_unit(town)
    template = make_template("a", "b", "c")

    def chain(name: str) -> dict[str, Node]:
        return make_laid(template, project=make_project(name=name, town=of_town), a=LATER, b=LATER, c=LATER)

    idle = chain("轮胎技改")
    put(idle["a"], Status.DONE, READY)
    for name, since, reasons in (("晶圆二期", SHORT, ["听证"]), ("抗体基地", LONG, ["补正材料", "等待电力"])):
        held = chain(name)["a"]
        put(held, Status.HELD, since)
        for number, reason in enumerate(reasons):
            Hold.objects.create(
                node=held, held_on=since, reason=reason, notice_no=f"停{number}号", held_by=boss
            )
        Hold.objects.create(node=held, held_on=LONG_AGO, resumed_on=LONG_AGO, reason="已结束", held_by=boss)
    for name, on in (("老厂房", MONDAY), ("新厂房", date(2026, 2, 27))):
        waived = chain(name)
        Node.objects.filter(pk=waived["a"].pk).update(
            status=Status.WAIVED, waived_on=on, waived_reason="企业无需求", limit_on=None
        )
        put(waived["b"], Status.RUNNING, on)
    for status, decided_at in (
        (RequestStatus.ASKED, None), (RequestStatus.RETURNED, "2026-03-05 09:00+08:00"),
        (RequestStatus.APPROVED, "2026-03-02 00:30+08:00"), (RequestStatus.REFUSED, "2026-03-06 09:00+08:00"),
        (RequestStatus.APPROVED, "2026-03-01 23:30+08:00"), (RequestStatus.WITHDRAWN, "2026-03-05 09:00+08:00"),
    ):  # fmt: skip
        ask(chain("盾构基地"), boss, status, decided_at)
    return boss


def ask(nodes: dict[str, Node], boss: User, status: RequestStatus, decided_at: str | None) -> None:
    put(nodes["a"], Status.RUNNING)
    change = DateChange.objects.create(
        node=nodes["a"], reason="enterprise", text="企业调整方案", asked_by=boss, status=status,
        decided_by=boss if decided_at else None, decided_at=decided_at, answer="按会议意见" if decided_at else "",
    )  # fmt: skip
    for code in ("a", "b"):
        DateChangeItem.objects.create(
            change=change, node=nodes[code], due_before=LATER, due_after=date(2026, 5, 8)
        )


def book_for(reader: User) -> Workbook:
    file = BytesIO()
    with one_moment():
        write_workbook(file, gather_week(reader, RULE, datetime.fromisoformat(NOON)))
    return load_workbook(file)


def rows_of(book: Workbook, name: str) -> list[dict[str, Any]]:
    titles, *rows = book[name].iter_rows(min_row=3, values_only=True)
    return [dict(zip(map(str, titles), row, strict=True)) for row in rows]


def test_idle_nodes_are_listed_with_the_day_since_when_they_could_be_started() -> None:
    rows = rows_of(book_for(make_standing_district()), "Holds and waivers")

    (row,) = [row for row in rows if row["What"] == "idle"]
    assert (row["Project"], row["Node"], row["Town"]) == ("轮胎技改", "Node b", "义蓬街道")
    assert (row["Since"].date(), row["Days since then"], row["Working days on hold"]) == (READY, 8, None)
    assert row["Reason"] == "could be started, and was not for more than 5 working days"
    assert row["Nodes it holds up"] == 1


def test_holds_stand_longest_first_with_every_open_reason_then_what_is_idle_then_the_weeks_waivers() -> None:
    rows = rows_of(book_for(make_standing_district()), "Holds and waivers")

    assert [(row["What"], row["Project"]) for row in rows] == [
        ("on hold over 30 days", "抗体基地"), ("on hold", "晶圆二期"), ("idle", "轮胎技改"),
        ("waived this week", "老厂房"),
    ]  # fmt: skip
    first, second, _idle, waived = rows
    assert (first["Since"].date(), first["Days since then"], second["Days since then"]) == (LONG, 31, 30)
    assert first["Working days on hold"] == 24
    assert (first["Reason"], first["Number of the notice"]) == ("补正材料；等待电力", "停0号、停1号")
    assert (waived["Since"].date(), waived["Reason"], waived["Working days on hold"]) == (
        MONDAY, "企业无需求", None,
    )  # fmt: skip


def test_date_changes_stand_with_what_waits_first_then_what_was_decided_since_monday() -> None:
    rows = rows_of(book_for(make_standing_district()), "Date changes")

    assert [row["Status"] for row in rows] == ["asked for", "sent back", "refused", "approved"]
    asked, _returned, refused, _approved = rows
    assert (asked["Due until now"].date(), asked["Asked for"].date()) == (LATER, date(2026, 5, 8))
    assert (asked["Working days later"], asked["Nodes that move"]) == (5, 2)
    assert (asked["Reason"], asked["Explanation"]) == ("the enterprise changed its mind", "企业调整方案")
    assert (asked["Asked by"], asked["Asked on"].date(), asked["Decided on"]) == (
        "王科长", date(2026, 3, 6), None,
    )  # fmt: skip
    assert (refused["Decided by"], refused["Answer"]) == ("王科长", "按会议意见")


def test_page_overview_sheets_and_interface_say_the_same_numbers() -> None:
    reader = make_standing_district()
    client, book, agenda = client_of(reader), book_for(reader), agenda_of(reader, RULE)
    figures = {row[0].value: row[2].value for row in book["Overview"].iter_rows(min_row=7, max_row=21)}
    standing = [row["What"] for row in rows_of(book, "Holds and waivers")]

    page = client.get("/meetings/").content.decode()
    linked = {unescape(url): int(rows) for url, rows in re.findall(r'<a href="([^"]+)">(\d+)</a></td>', page)}

    assert (agenda.idle, agenda.held, agenda.long_held, agenda.waived) == (1, 2, 1, 1)
    assert (agenda.waiting, agenda.decided) == (2, 2)
    assert (figures["Idle"], figures["On hold"], figures["Waived this week"]) == (1, 2, 1)
    assert figures["Date changes waiting"] == 2
    assert standing.count("waived this week") == agenda.waived
    assert standing.count("idle") == agenda.idle
    assert len(standing) == agenda.held + agenda.idle + agenda.waived
    assert len(rows_of(book, "Date changes")) == agenda.waiting + agenda.decided
    for url, rows in linked.items():
        assert count_in(client.get(url)) == rows, url
        address = url.replace("/overdue/", "/nodes/").replace("&knocked_on=all", "")
        if not url.startswith(("/projects/", "/meetings/")):
            assert client.get(f"/api/v1{address}").json()["count"] == rows, url
    assert len(linked) == 13


def count_in(page: Any) -> int:
    """How many rows the list of a page has."""
    content: str = page.content.decode()
    return content.partition("<tbody")[2].count("<tr")


def test_another_reader_gets_none_of_it() -> None:
    make_standing_district()
    stranger = make_user(User.Role.LIAISON, unit=make_unit("别处"))

    book, agenda = book_for(stranger), agenda_of(stranger, RULE)

    assert rows_of(book, "Holds and waivers")[0]["No."].startswith("Nothing is on hold")
    assert rows_of(book, "Date changes")[0]["No."].startswith("No other date")
    assert (agenda.idle, agenda.held, agenda.waived, agenda.waiting, agenda.decided) == (0, 0, 0, 0, 0)


def test_the_definitions_say_what_counts() -> None:
    said = {row["Term"]: row["Meaning"] for row in rows_of(book_for(make_standing_district()), "Definitions")}

    assert "more than 5 working days" in said["Idle"]
    assert "More than 30 calendar days" in said["On hold over 30 days"]
    assert "2026-03-02" in said["Date changes"]
    assert "2026-03-02" in said["Waived this week"]
    assert "Back-filled" in said


def test_marks_stand_in_the_remarks_of_overdue_nodes() -> None:
    boss = make_user()
    nodes = make_laid(make_template("a", "b"), project=make_project(), a=LONG_AGO, b=LONG_AGO)
    Node.objects.filter(pk=nodes["a"].pk).update(
        status=Status.RUNNING, started_on=LONG_AGO, start_entered_on=date(2026, 3, 4)
    )
    change = DateChange.objects.create(node=nodes["a"], reason="policy", asked_by=boss)
    DateChangeItem.objects.create(change=change, node=nodes["a"], due_after=LATER)

    first, _second = rows_of(book_for(boss), "Overdue nodes")

    assert first["Remark"] == "provisional、back-filled、asked: 2026-05-01"


def test_the_sheets_take_the_same_number_of_queries_however_many_rows() -> None:
    reader = make_standing_district()

    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            book_for(reader)
        return len(seen)

    queries()  # templates are read once for all
    once = queries()
    make_standing_district("河庄街道")
    queries()

    assert queries() == once
