"""The minutes of a meeting as a page to print and as a document: what they say, and to whom."""

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Unit, User
from meetings.actions import (
    assign_speaker,
    change_meeting,
    drop_item,
    report_done,
    take_decision,
    verify_decision,
    withdraw_decision,
)
from meetings.models import Decision, Meeting
from projects.models import Project
from tests.make import FRIDAY, make_issue, make_project, make_unit, make_user
from tests.meetings.drafts import NOON, freeze, make_meeting
from tests.meetings.papers import lines_of, rows_of
from tests.pages import client_of, tags_of, text_of
from tests.screen.small_district import make_small_district

pytestmark = pytest.mark.django_db

NEXT_NOON = NOON + timedelta(days=7)
NEXT_FRIDAY = date(2026, 3, 13)


@pytest.fixture(autouse=True)
def _on_friday(time_machine: "time_machine.TimeMachineFixture") -> None:
    time_machine.move_to(NOON, tick=False)


def take(meeting: Meeting, text: str = "月底前送电", **more: Any) -> Decision:
    return take_decision(meeting, actor=make_user(), text=text, today=FRIDAY, **more)


def page_of(meeting: Meeting, user: User | None = None) -> Any:
    return client_of(user or make_user()).get(f"/meetings/{meeting.pk}/minutes/")


def document_of(meeting: Meeting, user: User | None = None) -> bytes:
    answer = client_of(user or make_user()).get(f"/meetings/{meeting.pk}/minutes.docx")
    assert answer.status_code == 200
    data: bytes = answer.content
    return data


def test_page_and_document_say_the_same() -> None:
    make_small_district()
    meeting = freeze(
        make_meeting(place="三号会议室", chair="陈副区长", recorder="李科长", attendees="经信局\n供电公司")
    )
    power = Unit.objects.get(name="供电公司")
    take(meeting, lead_unit=power, due_on=NEXT_FRIDAY, projects=[Project.objects.get(name="轮胎技改")])
    said, document = text_of(page_of(meeting)), document_of(meeting)
    for fact in (
        "三号会议室",
        "陈副区长",
        "李科长",
        "经信局",
        "2026-10-01",
        "月底前送电",
        "供电公司",
        "轮胎技改",
    ):
        assert fact in said
    (row,) = rows_of(document, 1)[1:]
    assert row[:4] == ["2026-10-01", "月底前送电", "供电公司", "2026年3月13日"]
    assert "会议地点：三号会议室" in lines_of(document)
    agenda = rows_of(document, 3)[1:]
    assert len(agenda) == meeting.items.count()
    assert sum(text.startswith(("晶圆材料二期", "轮胎技改")) for _no, _kind, _unit, text, _who in agenda) == 2


def test_the_document_is_in_the_language_of_the_house_and_named_after_the_meeting() -> None:
    meeting = make_meeting()
    answer = client_of(make_user(), language="en").get(f"/meetings/{meeting.pk}/minutes.docx")
    assert "2026-10.docx" in answer["Content-Disposition"]
    assert answer["Content-Type"].endswith("wordprocessingml.document")
    assert lines_of(answer.content)[0] == "产业项目协调推进周例会纪要"


def test_a_draft_has_minutes_that_say_so() -> None:
    meeting = make_meeting()
    assert "(draft)" in text_of(page_of(meeting))
    assert "(draft)" not in text_of(page_of(freeze(meeting)))


def test_a_frozen_meeting_says_the_same_whatever_happens_to_the_data() -> None:
    make_small_district()
    meeting = freeze(make_meeting())
    reader = make_user()
    page, document = text_of(page_of(meeting, reader)), document_of(meeting)
    Project.objects.update(name="改名")
    make_issue(make_project(name="后来的"))
    assert text_of(page_of(meeting, reader)) == page
    assert [rows_of(document_of(meeting), n) for n in range(4)] == [rows_of(document, n) for n in range(4)]


def test_who_came_who_speaks_and_what_was_decided_is_said_as_it_is_known() -> None:
    make_small_district()
    meeting, actor = freeze(make_meeting()), make_user()
    change_meeting(meeting, actor=actor, attendees="全体成员单位")
    assign_speaker(list(meeting.items.all())[:1], actor=actor, speaker="张镇长")
    take(meeting)
    said = text_of(page_of(meeting))
    assert all(word in said for word in ("全体成员单位", "张镇长", "月底前送电"))
    assert rows_of(document_of(meeting), 3)[1][4] == "张镇长"


def test_what_was_dropped_was_not_talked_about() -> None:
    make_small_district()
    meeting = make_meeting()
    item = meeting.items.order_by("position").first()
    assert item is not None
    drop_item(item, actor=make_user(), reason="已协调")
    rows = rows_of(document_of(freeze(meeting)), 2)[1:]
    assert len(rows) == meeting.items.count() - 1


def test_earlier_decisions_are_said_with_what_came_of_them() -> None:
    last, reporter, verifier = freeze(make_meeting()), make_user(), make_user()
    done, open_, gone = take(last, "通电"), take(last, "通水", due_on=date(2026, 3, 9)), take(last, "通气")
    report_done(done, actor=reporter, outcome="已通电", today=FRIDAY)
    verify_decision(done, actor=verifier, today=FRIDAY)
    withdraw_decision(gone, actor=reporter, reason="企业不要了")
    with time_machine.travel(NEXT_NOON, tick=False):
        meeting = freeze(make_meeting(NEXT_NOON), NEXT_NOON)
        rows = {row[0]: row for row in rows_of(document_of(meeting), 2)[1:]}
        said = text_of(page_of(meeting))
    assert set(rows) == {done.number, open_.number, gone.number}
    assert "已通电" in rows[done.number][4]
    assert "企业不要了" in rows[gone.number][4]
    assert "超期 4 工作日" in rows[open_.number][4]
    assert all(word in said for word in ("已通电", "企业不要了", "4 working days late"))


def test_what_comes_of_an_earlier_decision_later_is_not_said_of_a_frozen_meeting() -> None:
    last = freeze(make_meeting())
    decision = take(last, "通水")
    meeting = freeze(make_meeting(NEXT_NOON), NEXT_NOON)
    before = rows_of(document_of(meeting), 2)
    report_done(decision, actor=make_user(), outcome="后来通了", today=NEXT_NOON.date())
    assert rows_of(document_of(meeting), 2) == before
    assert "后来通了" in str(rows_of(document_of(make_meeting(NEXT_NOON + timedelta(days=7))), 2))


def test_texts_are_texts() -> None:
    meeting = make_meeting(chair="<script>x</script>")
    take(meeting, "<b>送电</b> {{chair}}")
    page = page_of(meeting)
    assert "<script>x" not in page.content.decode()
    assert "&lt;b&gt;送电&lt;/b&gt; {{chair}}" in page.content.decode()


def test_the_page_leads_to_the_document_and_the_bureau_to_the_template() -> None:
    meeting = make_meeting()

    def links(user: User) -> set[str | None]:
        return {attributes.get("href") for _tag, attributes in tags_of(page_of(meeting, user))}

    assert {f"/meetings/{meeting.pk}/minutes.docx", "/meetings/minutes-template/"} <= links(make_user())
    assert "/meetings/minutes-template/" not in links(make_user(User.Role.LEADER))


def test_minutes_are_for_those_who_see_the_whole_district() -> None:
    meeting, leader = freeze(make_meeting()), make_user(User.Role.LEADER)
    assert page_of(meeting, leader).status_code == 200
    for user in (make_user(unit=make_unit()), make_user(User.Role.LIAISON, unit=make_unit())):
        for what in ("minutes/", "minutes.docx"):
            refused = client_of(user).get(f"/meetings/{meeting.pk}/{what}")
            assert refused.status_code == 403
            assert "Minutes hold the whole district; they are for those who may see all of it." in text_of(
                refused
            )
    assert client_of(leader).get("/meetings/999/minutes/").status_code == 404


@pytest.mark.parametrize("is_frozen", [True, False])
def test_the_page_asks_as_often_however_much_was_decided(is_frozen: bool) -> None:
    make_small_district()
    meeting = make_meeting()
    if is_frozen:
        freeze(meeting)
    client = client_of(make_user())

    def asked() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(f"/meetings/{meeting.pk}/minutes/").status_code == 200
        return len(captured)

    take(meeting, lead_unit=make_unit(), projects=[make_project()])
    asked()
    first = asked()
    for _n in range(5):
        take(meeting, lead_unit=make_unit(), projects=[make_project(), make_project()])
    assert asked() == first
