"""Decisions of the weekly meeting over REST."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Unit, User
from history.models import Change
from meetings.actions import report_done, take_decision
from meetings.models import Decision, Meeting
from tests.make import FRIDAY, make_issue, make_node, make_project, make_unit, make_user
from tests.meetings.drafts import NOON, make_meeting
from tests.rest import api, send

pytestmark = pytest.mark.django_db

KEY = UUID("5a6f64b4-11c0-4a19-8ce5-3d7c2d0b0a04")
SOON = date(2026, 3, 9)


@pytest.fixture(autouse=True)
def _on_friday(time_machine: "time_machine.TimeMachineFixture") -> None:
    time_machine.move_to(NOON, tick=False)


def department(name: str = "") -> Unit:
    return make_unit(name, kind=Unit.Kind.DEPARTMENT)


def take(text: str = "月底前送电", *, meeting: Meeting | None = None, **more: Any) -> Decision:
    return take_decision(meeting or make_meeting(), actor=make_user(), text=text, today=FRIDAY, **more)


def at(decision: Decision, what: str = "") -> str:
    return f"decisions/{decision.pk}/{what + '/' if what else ''}"


def read(user: User, address: str) -> Any:
    return api(user).get(f"/api/v1/{address}")


def test_one_decision_says_who_does_what_by_when_and_about_what() -> None:
    power, issue, node = department("供电公司"), make_issue(), make_node()
    decision = take(lead_unit=power, due_on=SOON, issues=[issue], nodes=[node])
    with time_machine.travel("2026-03-12T10:00:00+08:00", tick=False):
        answer = read(make_user(), at(decision))
    assert answer.headers["ETag"] == decision.etag
    shown = answer.json()
    assert (shown["number"], shown["text"], shown["lead_unit_name"]) == (
        "2026-10-01",
        "月底前送电",
        "供电公司",
    )
    assert (shown["due_on"], shown["status"], shown["is_late"], shown["days_late"]) == (
        "2026-03-09", "open", True, 3,
    )  # fmt: skip
    assert {each["id"] for each in shown["projects"]} == {issue.project_id, node.project_id}
    assert [each["id"] for each in shown["nodes"]] == [node.pk]
    assert [each["number"] for each in shown["issues"]] == [issue.number]


def test_the_list_has_what_is_pressing_first_and_what_is_settled_last() -> None:
    gone = take("不要了", due_on=FRIDAY)
    take("以后"), take("马上", due_on=SOON)
    send(api(make_user()), at(gone, "withdraw"), reason="不要了")
    answer = read(make_user(), "decisions/").json()
    assert (answer["count"], [row["text"] for row in answer["results"]]) == (3, ["马上", "以后", "不要了"])


@pytest.mark.parametrize(
    ("query", "texts"),
    [
        ("open=true", ["通电", "通水"]),
        ("open=false", ["通气"]),
        ("late=true", ["通电"]),
        ("late=false", ["通水", "通气"]),
        ("state=settled", ["通气"]),
        ("unit={unit}", ["通水"]),
        ("project={project}", ["通气"]),
        ("meeting={meeting}", ["通电", "通水", "通气"]),
        ("meeting=999", []),
        ("search=水", ["通水"]),
        ("search=2026-10-03", ["通气"]),
    ],
)
def test_the_list_is_narrowed(query: str, texts: list[str]) -> None:
    meeting, unit, project = make_meeting(), department(), make_project()
    take("通电", meeting=meeting, due_on=SOON)
    take("通水", meeting=meeting, lead_unit=unit)
    gone = take("通气", meeting=meeting, projects=[project])
    send(api(make_user()), at(gone, "withdraw"), reason="不要了")
    asked = query.format(unit=unit.pk, project=project.pk, meeting=meeting.pk)
    with time_machine.travel("2026-03-12T10:00:00+08:00", tick=False):
        answer = read(make_user(), f"decisions/?{asked}").json()
    assert sorted(row["text"] for row in answer["results"]) == sorted(texts)


def test_what_cannot_be_read_of_a_filter_is_refused() -> None:
    for query in ("open=perhaps", "meeting=x", "unit=999999", "state=x"):
        assert read(make_user(), f"decisions/?{query}").status_code in {200, 400}
    assert read(make_user(), "decisions/?unit=999999").status_code == 400


def test_a_decision_is_taken_once_however_often_it_is_sent() -> None:
    meeting, unit, issue, client = make_meeting(), department(), make_issue(), api(make_user())
    body: dict[str, Any] = {
        "meeting": meeting.pk, "text": "月底前送电", "lead_unit": unit.pk, "due_on": str(SOON), "issues": [issue.pk],
    }  # fmt: skip
    first, again = send(client, "decisions/", key=KEY, **body), send(client, "decisions/", key=KEY, **body)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    decision = Decision.objects.get()
    assert first.headers["Location"] == f"/api/v1/{at(decision)}"
    assert (decision.lead_unit, decision.due_on) == (unit, SOON)
    assert [project.pk for project in decision.projects.all()] == [issue.project_id]
    assert send(client, "decisions/", meeting=meeting.pk, text="").status_code == 400
    assert send(client, "decisions/", meeting=meeting.pk, text="x", due_on="2026-03-01").status_code == 409
    assert send(client, "decisions/", meeting=999, text="x").status_code == 404
    assert send(client, "decisions/", meeting=meeting.pk, text="x", projects=[999]).status_code == 404


def test_under_an_item_of_the_agenda_it_is_about_what_that_is_about() -> None:
    issue = make_issue()
    meeting = make_meeting()
    item = meeting.items.get(issue=issue)
    taken = send(api(make_user()), "decisions/", meeting=meeting.pk, text="x", item=item.pk).json()
    assert (taken["item"], taken["issues"][0]["id"]) == (item.pk, issue.pk)
    other = make_meeting(NOON.replace(day=13))
    assert send(api(make_user()), "decisions/", meeting=other.pk, text="x", item=item.pk).status_code == 404


def test_what_was_read_may_be_changed_and_an_old_reading_not() -> None:
    decision, client, project = take(), api(make_user()), make_project()
    changed = send(
        client,
        at(decision),
        method="patch",
        if_match=decision.etag,
        text="月中",
        projects=[project.pk],
        key=KEY,
    )
    assert (changed.status_code, changed.json()["text"]) == (200, "月中")
    assert [each["id"] for each in changed.json()["projects"]] == [project.pk]
    stale = send(client, at(decision), method="patch", if_match=decision.etag, text="x")
    assert stale.status_code == 412
    assert "look at it again" in stale.json()["detail"]
    assert send(client, at(decision), method="patch", if_match=take().etag, text="x").status_code == 412
    assert send(client, at(decision), method="patch", status="verified").status_code == 400
    assert send(client, at(decision), method="patch", lead_unit=None).json()["lead_unit"] is None
    assert Decision.objects.get(pk=decision.pk).text == "月中"


def test_it_is_done_verified_and_opened_again() -> None:
    unit = department("供电公司")
    decision, theirs, bureau = take(lead_unit=unit), api(make_user(unit=unit)), api(make_user())
    assert send(theirs, at(decision, "report-done"), outcome=" ").status_code == 400
    done = send(theirs, at(decision, "report-done"), outcome="已送电", key=KEY)
    assert (done.json()["status"], done.json()["outcome"], done.json()["done_on"]) == (
        "done",
        "已送电",
        "2026-03-06",
    )
    back = send(bureau, at(decision, "send-back"), reason="没电")
    assert (back.json()["status"], back.json()["returned"]) == ("open", 1)
    send(theirs, at(decision, "report-done"), outcome="真的送了")
    verified = send(bureau, at(decision, "verify"), note="去看过")
    assert (verified.json()["status"], verified.json()["verified_on"]) == ("verified", "2026-03-06")
    assert send(bureau, at(decision, "withdraw"), reason="x").status_code == 409
    reopened = send(bureau, at(decision, "reopen"), reason="又停了", due_on=str(SOON))
    assert (reopened.json()["status"], reopened.json()["due_on"]) == ("open", str(SOON))
    withdrawn = send(bureau, at(decision, "withdraw"), reason="不要了")
    assert withdrawn.json()["withdrawn_reason"] == "不要了"


def test_nobody_verifies_the_own_word() -> None:
    decision, user = take(), make_user()
    report_done(decision, actor=user, outcome="x", today=FRIDAY)
    refused = send(api(user), at(decision, "verify"))
    assert (refused.status_code, "somebody else has to verify" in refused.json()["detail"]) == (409, True)


@pytest.mark.parametrize("what", ["report-done", "verify", "send-back", "withdraw", "reopen"])
def test_no_step_is_taken_from_an_old_reading(what: str) -> None:
    decision = take()
    Decision.objects.filter(pk=decision.pk).update(version=9)
    refused = send(
        api(make_user()), at(decision, what), if_match=decision.etag, outcome="x", reason="x", note="x"
    )
    assert refused.status_code == 412


def test_a_step_that_is_sent_twice_is_taken_once() -> None:
    decision, client = take(), api(make_user())
    for _n in range(2):
        assert send(client, at(decision, "report-done"), outcome="已送电", key=KEY).status_code == 200
    assert Change.objects.filter(verb=Change.Verb.DECISION_DONE).count() == 1


def test_everybody_sees_the_own_part_and_of_its_links_no_more() -> None:
    town, unit = make_unit(), department()
    mine, hidden = make_project(town=town), make_project(name="别人的")
    about, led, other = take(projects=[mine, hidden]), take(lead_unit=unit), take()
    seen = read(make_user(unit=town), "decisions/").json()["results"]
    assert [row["id"] for row in seen] == [about.pk]
    assert [each["id"] for each in seen[0]["projects"]] == [mine.pk]
    assert [row["id"] for row in read(make_user(unit=unit), "decisions/").json()["results"]] == [led.pk]
    assert read(make_user(unit=town), at(other)).status_code == 404
    assert read(make_user(User.Role.LEADER), "decisions/").json()["count"] == 3


def test_others_change_nothing() -> None:
    town = make_unit()
    decision = take(projects=[make_project(town=town)])
    for user in (make_user(unit=town), make_user(User.Role.LEADER)):
        client = api(user)
        assert send(client, at(decision), method="patch", text="x").status_code == 403
        assert send(client, "decisions/", meeting=decision.meeting_id, text="x").status_code == 403
        for what in ("report-done", "verify", "send-back", "withdraw", "reopen"):
            assert send(client, at(decision, what), outcome="x", reason="x").status_code == 403
    assert Decision.objects.get().text == "月底前送电"


def test_the_list_asks_as_often_however_many_there_are() -> None:
    client = api(make_user())

    def asked() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get("/api/v1/decisions/").status_code == 200
        return len(captured)

    take(issues=[make_issue()], nodes=[make_node()], lead_unit=department())
    asked()
    first = asked()
    for _n in range(4):
        take(issues=[make_issue(), make_issue()], nodes=[make_node()], lead_unit=department())
    assert asked() == first < 12
