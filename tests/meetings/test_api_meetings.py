"""Weekly meetings over REST."""

from datetime import timedelta
from io import BytesIO
from typing import Any
from uuid import UUID

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from accounts.models import User
from meetings.actions import take_decision, withdraw_decision
from meetings.models import AgendaItem, Job, Meeting
from meetings.tasks import run_job
from projects.models import Project
from tests.make import FRIDAY, make_issue, make_project, make_unit, make_user
from tests.meetings.drafts import NOON, freeze, make_meeting
from tests.rest import api, send
from tests.screen.small_district import make_small_district

pytestmark = pytest.mark.django_db

KEY = UUID("5a6f64b4-11c0-4a19-8ce5-3d7c2d0b0a04")


@pytest.fixture(autouse=True)
def _on_friday(time_machine: "time_machine.TimeMachineFixture") -> None:
    time_machine.move_to(NOON, tick=False)


def at(meeting: Meeting, what: str = "") -> str:
    return f"meetings/{meeting.pk}/{what + '/' if what else ''}"


def read(user: User, address: str) -> Any:
    return api(user).get(f"/api/v1/{address}")


def items_of(meeting: Meeting) -> list[AgendaItem]:
    return list(meeting.items.order_by("position"))


def test_nobody_reads_without_logging_in() -> None:
    for address in ("meetings", "decisions"):
        assert Client().get(f"/api/v1/{address}/").status_code == 401


def test_the_list_says_of_each_meeting_how_far_its_decisions_are() -> None:
    first = freeze(make_meeting())
    draft = make_meeting(NOON + timedelta(days=7))
    user, today = make_user(), FRIDAY
    take_decision(first, actor=user, text="通电", today=today, due_on=today)
    gone = take_decision(first, actor=user, text="通水", today=today)
    withdraw_decision(gone, actor=user, reason="不要了")
    with time_machine.travel(NOON + timedelta(days=3), tick=False):
        answer = read(user, "meetings/").json()
    assert answer["count"] == 2
    newest, oldest = answer["results"]
    assert (newest["id"], newest["number"], newest["is_frozen"], newest["figures"]) == (
        draft.pk, "2026-11", False, None,
    )  # fmt: skip
    assert (oldest["taken"], oldest["settled"], oldest["late"]) == (1, 0, 1)
    assert oldest["figures"]["causes"] == 0
    assert oldest["etag"] == Meeting.objects.get(pk=first.pk).etag
    frozen = read(user, "meetings/?frozen=true&year=2026").json()
    assert [row["id"] for row in frozen["results"]] == [first.pk]


def test_one_meeting_shows_its_agenda_and_figures() -> None:
    reader = make_small_district()
    meeting = make_meeting()
    answer = read(reader, at(meeting))
    assert answer.headers["ETag"] == meeting.etag
    shown = answer.json()
    assert [row["kind"] for row in shown["agenda"]] == ["overdue", "overdue"]
    assert {row["project_name"] for row in shown["agenda"]} == {"晶圆材料二期", "轮胎技改"}
    figures = {figure["key"]: figure["value"] for figure in shown["week_in_figures"]["figures"]}
    assert (figures["causes"], figures["knocked_on"]) == (2, 2)
    assert shown["week_in_figures"]["computed_by"]["rules"]
    assert shown["job"] is None


def test_a_frozen_meeting_answers_from_its_snapshot() -> None:
    reader = make_small_district()
    meeting = freeze(make_meeting())
    before = read(reader, at(meeting)).json()
    assert before["job"]["state"] == "done"
    Project.objects.update(name="改名")
    make_issue()
    assert read(reader, at(meeting)).json() == before
    assert before["figures"] == {
        figure["key"]: figure["value"] for figure in before["week_in_figures"]["figures"]
    }


def test_others_see_the_part_that_is_theirs() -> None:
    make_small_district()
    meeting = make_meeting()
    town = Project.objects.get(name="晶圆材料二期").town
    mine, stranger = make_user(unit=town), make_user(unit=make_unit())
    take_decision(
        meeting, actor=make_user(), text="通电", today=FRIDAY, projects=[Project.objects.get(name="轮胎技改")]
    )
    assert len(read(stranger, at(meeting)).json()["agenda"]) == 0
    freeze(meeting)
    seen, unseen = read(mine, at(meeting)).json(), read(stranger, at(meeting)).json()
    assert (len(seen["agenda"]), seen["taken"], seen["figures"], seen["week_in_figures"]) == (
        2,
        1,
        None,
        None,
    )
    assert (unseen["agenda"], unseen["taken"]) == ([], 0)
    assert read(mine, at(meeting, "workbook")).status_code == 404


def test_the_kept_workbook_is_a_file() -> None:
    reader = make_small_district()
    meeting = make_meeting()
    assert read(reader, at(meeting, "workbook")).status_code == 404
    freeze(meeting)
    answer = api(reader).get(f"/api/v1/{at(meeting, 'workbook')}", headers={"Accept": "application/xlsx"})
    assert answer.status_code == 200
    assert ".xlsx" in answer["Content-Disposition"]
    content = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    assert load_workbook(BytesIO(content)).sheetnames
    answer.close()


def test_the_meeting_of_a_week_is_drafted_once() -> None:
    client = api(make_user())
    first = send(client, "meetings/", key=KEY)
    again = send(client, "meetings/", key=KEY)
    other = send(client, "meetings/", day="2026-03-02")
    assert (first.status_code, again.status_code, other.status_code) == (201, 200, 200)
    meeting = Meeting.objects.get()
    assert first.headers["Location"] == f"/api/v1/{at(meeting)}"
    assert first.json()["number"] == "2026-10"
    later = send(client, "meetings/", day="2026-03-11")
    assert (later.status_code, later.json()["number"]) == (201, "2026-11")


def test_where_and_with_whom_it_is_held_is_changed() -> None:
    meeting, client = make_meeting(), api(make_user())
    changed = send(client, at(meeting), method="patch", if_match=meeting.etag, place="三号会议室", key=KEY)
    assert (changed.status_code, changed.json()["place"]) == (200, "三号会议室")
    assert send(client, at(meeting), method="patch", if_match=meeting.etag, chair="x").status_code == 412
    early = send(client, at(meeting), method="patch", held_at="2026-03-01T09:00:00+08:00")
    assert early.status_code == 409
    assert Meeting.objects.get().place == "三号会议室"


def test_freezing_is_a_job_that_a_worker_does() -> None:
    make_small_district()
    meeting, client = make_meeting(), api(make_user())
    asked = send(client, at(meeting, "freeze"), key=KEY)
    assert (asked.status_code, asked.json()["state"]) == (202, "queued")
    assert send(client, at(meeting, "freeze"), key=KEY).json() == asked.json()
    assert send(client, at(meeting, "freeze")).status_code == 409
    job = Job.objects.get()
    assert asked.headers["Location"] == f"/api/v1/{at(meeting)}jobs/{job.pk}/"
    run_job(job.pk)
    done = client.get(asked.headers["Location"]).json()
    assert (done["state"], done["done"], done["error"]) == ("done", done["steps"], "")
    assert client.get(f"/api/v1/{at(meeting)}").json()["is_frozen"] is True
    assert client.get(f"/api/v1/{at(meeting)}jobs/{job.pk + 1}/").status_code == 404
    assert send(client, at(meeting, "freeze")).status_code == 409


def test_what_went_wrong_with_a_job_only_the_bureau_reads() -> None:
    meeting = make_meeting()
    job = Job.objects.create(
        meeting=meeting, state=Job.State.FAILED, asked_by=make_user(), asked_at=NOON, error="disk full"
    )
    assert read(make_user(), at(meeting, f"jobs/{job.pk}")).json()["error"] == "disk full"
    assert read(make_user(unit=make_unit()), at(meeting, f"jobs/{job.pk}")).json()["error"] == ""


def test_the_agenda_is_added_to_ordered_dropped_from_and_spoken_to() -> None:
    make_small_district()
    meeting, client, issue = make_meeting(), api(make_user()), make_issue(make_project(name="新厂"))
    added = send(client, at(meeting, "agenda/add"), issue=issue.pk, speaker="王镇长", key=KEY)
    assert added.status_code == 200
    send(client, at(meeting, "agenda/add"), issue=issue.pk, speaker="王镇长", key=KEY)
    assert [row["issue"] for row in added.json()["agenda"]].count(issue.pk) == 1
    assert send(client, at(meeting, "agenda/add"), issue=issue.pk).status_code == 409
    assert send(client, at(meeting, "agenda/add")).status_code == 400
    last = items_of(meeting)[-1]
    ordered = send(client, at(meeting, "agenda/order"), order=[last.pk])
    assert ordered.json()["agenda"][0]["id"] == last.pk
    dropped = send(client, at(meeting, "agenda/drop"), item=last.pk, reason="已协调")
    assert dropped.json()["agenda"][0]["dropped_reason"] == "已协调"
    restored = send(client, at(meeting, "agenda/restore"), item=last.pk)
    assert restored.json()["agenda"][0]["dropped_reason"] == ""
    spoken = send(client, at(meeting, "agenda/speaker"), items=[last.pk], speaker="张局长")
    assert spoken.json()["agenda"][0]["speaker"] == "张局长"
    freeze(meeting)
    assert send(client, at(meeting, "agenda/drop"), item=last.pk, reason="x").status_code == 409
    late = send(client, at(meeting, "agenda/speaker"), items=[last.pk], speaker="李局长")
    assert (late.status_code, late.json()["agenda"][0]["speaker"]) == (200, "李局长")


@pytest.mark.parametrize("what", ["add", "drop", "restore", "order", "speaker"])
def test_no_step_is_taken_from_an_old_reading(what: str) -> None:
    make_small_district()
    meeting = make_meeting()
    item = items_of(meeting)[0]
    body: dict[str, Any] = {
        "text": "x", "item": item.pk, "reason": "x", "order": [item.pk], "items": [item.pk], "speaker": "x",
    }  # fmt: skip
    Meeting.objects.filter(pk=meeting.pk).update(version=99)
    address = at(meeting, f"agenda/{what}")
    refused = send(api(make_user()), address, if_match=meeting.etag, **body)
    assert refused.status_code == 412
    foreign = make_meeting(NOON + timedelta(days=7))
    assert send(api(make_user()), address, if_match=foreign.etag, **body).status_code == 412


def test_only_the_bureau_changes_anything() -> None:
    make_small_district()
    meeting, town = make_meeting(), Project.objects.get(name="晶圆材料二期").town
    item = items_of(meeting)[0]
    body: dict[str, Any] = {
        "text": "x",
        "item": item.pk,
        "reason": "x",
        "order": [],
        "items": [item.pk],
        "speaker": "x",
    }
    for user in (make_user(unit=town), make_user(User.Role.LEADER)):
        client = api(user)
        for what in ("add", "drop", "restore", "order", "speaker"):
            assert send(client, at(meeting, f"agenda/{what}"), **body).status_code == 403
        assert send(client, at(meeting, "freeze")).status_code == 403
        assert send(client, at(meeting), method="patch", place="x").status_code == 403
        assert send(client, "meetings/", day="2026-03-11").status_code == 403
    assert not Job.objects.exists()


def test_what_is_out_of_sight_or_of_another_agenda_is_not_found() -> None:
    make_small_district()
    meeting, other = make_meeting(), make_meeting(NOON + timedelta(days=7))
    stranger, item = api(make_user(unit=make_unit())), items_of(meeting)[0]
    assert send(stranger, at(meeting, "agenda/drop"), item=item.pk, reason="x").status_code == 404
    assert send(stranger, at(meeting, "agenda/add"), project=item.project_id, text="x").status_code == 404
    assert send(api(make_user()), at(other, "agenda/drop"), item=item.pk, reason="x").status_code == 404
    assert read(make_user(), "meetings/999/").status_code == 404


def test_it_asks_as_often_however_many_there_are() -> None:
    make_small_district()
    meeting, client = make_meeting(), api(make_user())

    def asked(address: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(f"/api/v1/{address}").status_code == 200
        return len(captured)

    asked("meetings/")
    before = asked("meetings/"), asked(at(meeting))
    for week in range(1, 4):
        make_meeting(NOON + timedelta(days=7 * week))
        take_decision(meeting, actor=make_user(), text="x", today=FRIDAY, projects=[make_project()])
    assert before[0] == asked("meetings/") < 8
    assert asked(at(meeting)) <= before[1]
