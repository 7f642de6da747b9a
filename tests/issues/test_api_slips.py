"""Supervision slips over REST: the list, issuing, dismissing, answering, and why one is refused."""

from datetime import date
from typing import Any
from uuid import uuid4

import pytest
import time_machine

from accounts.models import Unit, User
from domain.lifecycle import Status
from domain.workdays import WorkCalendar
from history.models import Change
from issues.actions import issue_slip, propose_slips
from issues.models import Supervision
from milestones.models import Node
from tests.make import MONDAY, make_issue, make_node, make_unit, make_user
from tests.rest import api, send

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_on_friday")]

FRIDAY = date(2026, 3, 6)  # four working days after the Monday by which everything here is due
CALENDAR = WorkCalendar()
State = Supervision.State


@pytest.fixture
def _on_friday() -> Any:
    with time_machine.travel("2026-03-06T10:00:00+08:00", tick=False):
        yield


def late_node(**fields: Any) -> Node:
    return make_node(status=Status.RUNNING, **{"due_on": MONDAY, **fields})


def proposal(**fields: Any) -> Supervision:
    node = late_node(**fields)
    propose_slips(FRIDAY, CALENDAR)
    return Supervision.objects.get(node=node)


def issued(**fields: Any) -> Supervision:
    return issue_slip(proposal(**fields), actor=make_user(), today=FRIDAY)


def listed(user: User, query: str = "") -> list[int]:
    return [row["id"] for row in api(user).get(f"/api/v1/supervisions/?{query}").json()["results"]]


def test_a_proposal_shows_who_would_answer_and_what_the_reader_can_do() -> None:
    unit = make_unit("供电公司", kind=Unit.Kind.DEPARTMENT)
    slip = proposal(unit=unit)

    answer = api(make_user()).get(f"/api/v1/supervisions/{slip.pk}/")

    shown = answer.json()
    assert answer["ETag"] == shown["etag"] == f'"{slip.pk}-1"'
    assert (shown["number"], shown["level"], shown["state"], shown["days_late"]) == ("", 1, "proposed", 4)
    assert (shown["addressee"], shown["addressee_name"]) == (unit.pk, "供电公司")
    assert (shown["node"], shown["issue"], shown["subject"]) == (slip.node_id, None, "Node only")
    assert (shown["deadline_on"], shown["attention"]) == ("2026-03-02", "deputy head of the responsible unit")
    assert shown["steps"] == ["issue", "dismiss"]


def test_issued_with_what_is_usual_and_answered_by_the_addressee() -> None:
    unit = make_unit("供电公司", kind=Unit.Kind.DEPARTMENT)
    slip, clerk = proposal(unit=unit), api(make_user(unit=unit))

    out = send(api(make_user()), f"supervisions/{slip.pk}/issue/").json()
    seen = clerk.get(f"/api/v1/supervisions/{slip.pk}/").json()
    answered = send(
        clerk,
        f"supervisions/{slip.pk}/answer/",
        answer="外线未到货",
        plan="本周进场",
        planned_on="2026-03-20",
    ).json()

    assert (out["state"], out["number"], out["reply_by"], out["issued_on"]) == (
        "issued", "2026-0001", "2026-03-13", "2026-03-06",
    )  # fmt: skip
    assert (out["steps"], seen["steps"]) == (["answer"], ["answer"])  # the bureau may, on its behalf
    assert (answered["state"], answered["answer"], answered["plan"], answered["planned_on"]) == (
        "answered", "外线未到货", "本周进场", "2026-03-20",
    )  # fmt: skip
    assert (answered["is_answer_late"], answered["answered_on"], answered["steps"]) == (
        False, "2026-03-06", [],
    )  # fmt: skip


def test_issued_as_it_is_sent() -> None:
    slip, other = proposal(), make_unit("住建局", kind=Unit.Kind.DEPARTMENT)

    out = send(
        api(make_user()), f"supervisions/{slip.pk}/issue/", addressee=other.pk, level=3, reply_by="2026-03-09",
        attention="陈副区长", text="请专题研究",
    ).json()  # fmt: skip

    assert (out["addressee"], out["level"], out["reply_by"]) == (other.pk, 3, "2026-03-09")
    assert (out["attention"], out["text"]) == ("陈副区长", "请专题研究")


def test_a_dismissed_proposal_says_why() -> None:
    slip, client = proposal(), api(make_user())

    assert send(client, f"supervisions/{slip.pk}/dismiss/").status_code == 400
    shown = send(client, f"supervisions/{slip.pk}/dismiss/", reason="企业已到场").json()

    assert (shown["state"], shown["dismissed_reason"], shown["steps"]) == ("dismissed", "企业已到场", [])


@pytest.mark.parametrize(
    ("what", "sent", "status"),
    [
        ("issue", {"reply_by": "2026-03-05"}, 409),
        ("issue", {"reply_by": "bald"}, 400),
        ("issue", {"level": 4}, 400),
        ("issue", {"addressee": 999_999}, 400),
        ("issue", {"text": "请" * 501}, 400),
        ("issue", {"attention": "陈" * 61}, 400),
        ("dismiss", {"reason": " "}, 400),
        ("answer", {"answer": "x", "plan": "x"}, 409),
        ("answer", {"answer": "x"}, 400),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_changes(what: str, sent: dict[str, Any], status: int) -> None:
    slip = proposal()

    assert send(api(make_user()), f"supervisions/{slip.pk}/{what}/", **sent).status_code == status
    assert Supervision.objects.get().version == 1


def test_a_slip_for_a_closed_node_is_refused_with_a_sentence() -> None:
    slip = proposal()
    Node.objects.filter(supervisions=slip).update(status=Status.DONE, finished_on=MONDAY)

    refused = send(api(make_user()), f"supervisions/{slip.pk}/issue/")

    assert refused.status_code == 409
    assert refused.json()["detail"] == "“Node only” is closed; no slip is issued for it."


def test_a_step_is_issued_once_and_answered_once() -> None:
    slip, client = proposal(), api(make_user())
    send(client, f"supervisions/{slip.pk}/issue/")

    again = send(client, f"supervisions/{slip.pk}/issue/")
    send(client, f"supervisions/{slip.pk}/answer/", answer="x", plan="x")
    answered = send(client, f"supervisions/{slip.pk}/answer/", answer="y", plan="y")

    assert (again.status_code, answered.status_code) == (409, 409)
    assert "issued already: 2026-0001" in again.json()["detail"]
    assert Supervision.objects.get().answer == "x"


def test_an_old_reading_is_refused_and_the_newest_is_taken() -> None:
    slip, client = proposal(), api(make_user())
    address = f"supervisions/{slip.pk}/issue/"

    assert send(client, address, if_match=f'"{slip.pk}-7"').status_code == 412
    assert send(client, address, if_match=f'"{slip.pk + 1}-1"').status_code == 412
    assert send(client, address, if_match="rot").status_code == 400
    assert Supervision.objects.get().state == State.PROPOSED
    assert send(client, address, if_match=slip.etag).status_code == 200


def test_a_change_that_is_sent_again_with_its_key_is_done_once() -> None:
    slip, client, key = proposal(), api(make_user()), uuid4()

    first = send(client, f"supervisions/{slip.pk}/issue/", key=key)
    second = send(client, f"supervisions/{slip.pk}/issue/", key=key)

    assert (first.status_code, second.status_code) == (200, 200)
    assert second.json()["number"] == "2026-0001"
    assert Change.objects.filter(verb=Change.Verb.SLIP_ISSUED).count() == 1


def test_out_of_sight_is_404_and_not_yours_403() -> None:
    unit = make_unit(kind=Unit.Kind.DEPARTMENT)
    slip = issued(unit=unit)
    stranger, leader, town = (
        make_user(unit=make_unit()), make_user(User.Role.LEADER), make_user(unit=slip.project.town),
    )  # fmt: skip
    address = f"supervisions/{slip.pk}/answer/"
    sent: dict[str, Any] = {"answer": "x", "plan": "x"}

    assert api(stranger).get(f"/api/v1/supervisions/{slip.pk}/").status_code == 404
    assert send(api(stranger), address, **sent).status_code == 404
    assert send(api(leader), address, **sent).status_code == 403
    assert send(api(town), address, **sent).status_code == 403
    assert send(api(leader), f"supervisions/{slip.pk}/dismiss/", reason="x").status_code == 403
    assert api(make_user()).get("/api/v1/supervisions/9999999/").status_code == 404
    assert Supervision.objects.get().state == State.ISSUED


def test_proposals_are_no_business_of_those_who_do_not_decide() -> None:
    unit = make_unit(kind=Unit.Kind.DEPARTMENT)
    slip = proposal(unit=unit)
    slip.project.units.add(unit)
    clerk, leader = make_user(unit=unit), make_user(User.Role.LEADER)

    assert listed(clerk) == listed(leader) == []
    assert send(api(clerk), f"supervisions/{slip.pk}/issue/").status_code == 404
    assert listed(make_user(unit=slip.project.town)) == [slip.pk]


def test_the_list_is_narrowed_by_state_level_unit_project_node_issue_and_lateness() -> None:
    power, boss = make_unit("供电公司", kind=Unit.Kind.DEPARTMENT), make_user()
    out = issued(unit=power)
    red = proposal(due_on=date(2026, 1, 5), unit=power)
    issue = make_issue(lead_unit=make_unit(), due_on=MONDAY)
    propose_slips(FRIDAY, CALENDAR)
    of_issue = Supervision.objects.get(issue=issue)

    assert listed(boss) == [of_issue.pk, red.pk, out.pk]
    assert listed(boss, "state=issued") == [out.pk]
    assert listed(boss, "state=issued&state=proposed") == [of_issue.pk, red.pk, out.pk]
    assert listed(boss, "level=3") == [red.pk]
    assert listed(boss, f"unit={power.pk}") == [red.pk, out.pk]
    assert listed(boss, f"unit={issue.lead_unit_id}") == [of_issue.pk]
    assert listed(boss, f"project={issue.project_id}") == [of_issue.pk]
    assert listed(boss, f"node={red.node_id}") == [red.pk]
    assert listed(boss, f"issue={issue.pk}") == [of_issue.pk]
    assert listed(boss, "late=true") == []
    with time_machine.travel("2026-03-16T10:00:00+08:00", tick=False):
        assert listed(boss, "late=true") == [out.pk]
        assert listed(boss, "late=false") == [of_issue.pk, red.pk]


@pytest.mark.parametrize("query", ["state=rot", "level=9", "unit=x", "node=x", "project=0"])
def test_a_filter_that_cannot_be_read_is_refused(query: str) -> None:
    assert api(make_user()).get(f"/api/v1/supervisions/?{query}").status_code == 400


@pytest.mark.parametrize("many", [1, 5])
def test_more_slips_cost_no_more_queries(many: int, django_assert_max_num_queries: Any) -> None:
    client = api(make_user())
    for _ in range(many):
        issued()
        proposal()

    with django_assert_max_num_queries(8):
        assert len(client.get("/api/v1/supervisions/").json()["results"]) == 2 * many
