"""The steps of an issue over REST, and why one is refused."""

from typing import Any
from uuid import UUID

import pytest
import time_machine

from accounts.models import Unit, User
from domain.issues import IssueStatus
from domain.lifecycle import Status
from history.models import Change
from issues.actions import ask_to_close, rate_issue
from issues.models import Block, Issue, IssueNote
from milestones.models import Hold, Node
from tests.make import FRIDAY, MONDAY, make_issue, make_node, make_project, make_unit, make_user
from tests.rest import api, send

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_on_friday")]

KEY = UUID("5a6f64b4-11c0-4a19-8ce5-3d7c2d0b0a03")
LATER = "2026-03-20"

STEPS: dict[str, dict[str, Any]] = {
    "assign": {"due_on": LATER},
    "note": {"text": "已进场勘察"},
    "ask-to-close": {"document_no": "钱电〔2026〕3号"},
    "verify": {},
    "send-back": {"reason": "现场仍未通电"},
    "suspend": {"word_of": "陈副区长", "reason": "规划调整"},
    "take-up": {"due_on": LATER},
    "reopen": {"reason": "又停电", "due_on": LATER},
    "rate": {"rating": 4},
}
FROM = {
    "assign": "raised", "note": "assigned", "ask-to-close": "working", "verify": "close_requested",
    "send-back": "close_requested", "suspend": "working", "take-up": "suspended", "reopen": "closed",
    "rate": "closed",
}  # fmt: skip
TO = {
    "assign": "assigned", "note": "working", "ask-to-close": "close_requested", "verify": "closed",
    "send-back": "returned", "suspend": "suspended", "take-up": "working", "reopen": "assigned", "rate": "closed",
}  # fmt: skip
REFUSED_IN = {
    "assign": "closed", "note": "closed", "ask-to-close": "close_requested", "verify": "working",
    "send-back": "working", "suspend": "suspended", "take-up": "working", "reopen": "working", "rate": "working",
}  # fmt: skip


@pytest.fixture
def _on_friday() -> Any:
    with time_machine.travel("2026-03-06T10:00:00+08:00", tick=False):
        yield


def standing(status: str, **fields: Any) -> Issue:
    return make_issue(**fields) if status == "raised" else make_issue(status=status, **fields)


def take(user: User, issue: Issue, step: str, **more: Any) -> Any:
    said = dict(STEPS[step])
    if step == "assign" and "lead_unit" not in more:
        said["lead_unit"] = make_unit(kind=Unit.Kind.DEPARTMENT).pk
    return send(api(user), f"issues/{issue.pk}/{step}/", **{**said, **more})


def unchanged(issue: Issue) -> bool:
    stored = Issue.objects.get(pk=issue.pk)
    return (stored.version, stored.status) == (issue.version, issue.status)


@pytest.mark.parametrize("step", STEPS)
def test_a_step_is_taken_and_answered_with_what_has_become_of_the_issue(step: str) -> None:
    issue = standing(FROM[step])

    answer = take(make_user(), issue, step, if_match=issue.etag)

    assert (answer.status_code, answer.json().get("status")) == (200, TO[step])
    assert answer.headers["ETag"] == answer.json()["etag"] == f'"{issue.pk}-{issue.version + 1}"'
    assert Issue.objects.get(pk=issue.pk).status == TO[step]


@pytest.mark.parametrize("step", STEPS)
def test_a_step_that_does_not_follow_is_409_with_a_sentence(step: str) -> None:
    issue = standing(REFUSED_IN[step])

    answer = take(make_user(), issue, step)

    assert answer.status_code == 409
    assert issue.number in answer.json()["detail"]
    assert unchanged(issue)


@pytest.mark.parametrize("step", STEPS)
def test_a_strangers_issue_is_not_found(step: str) -> None:
    issue = standing(FROM[step])
    assert take(make_user(unit=make_unit()), issue, step).status_code == 404
    assert unchanged(issue)


@pytest.mark.parametrize("step", STEPS)
def test_in_sight_but_not_yours_is_403(step: str) -> None:
    issue = standing(FROM[step])
    assert take(make_user(User.Role.LEADER), issue, step).status_code == 403
    assert take(make_user(User.Role.LIAISON, unit=issue.project.town), issue, step).status_code == 403
    assert unchanged(issue)


@pytest.mark.parametrize("step", sorted(STEPS.keys() - {"note", "ask-to-close", "rate"}))
def test_whose_only_duty_is_the_issue_does_not_decide_about_it(step: str) -> None:
    power = make_unit(kind=Unit.Kind.DEPARTMENT)
    issue = make_issue(lead_unit=power, status=None if FROM[step] == "raised" else FROM[step])
    assert take(make_user(unit=power), issue, step).status_code == 403


@pytest.mark.parametrize("step", STEPS)
def test_a_stale_or_foreign_etag_is_412_and_changes_nothing(step: str) -> None:
    issue, other = standing(FROM[step]), make_issue()
    stale = f'"{issue.pk}-{issue.version - 1}"'

    assert take(make_user(), issue, step, if_match=stale).status_code == 412
    assert take(make_user(), issue, step, if_match=other.etag).status_code == 412
    assert take(make_user(), issue, step, if_match="nonsense").status_code == 400
    assert unchanged(issue)
    assert not IssueNote.objects.exists()


@pytest.mark.parametrize("step", STEPS)
def test_a_step_that_is_sent_twice_with_one_key_is_taken_once(step: str) -> None:
    issue, user, lead = standing(FROM[step]), make_user(), make_unit(kind=Unit.Kind.DEPARTMENT)
    more = {"lead_unit": lead.pk} if step == "assign" else {}

    first = take(user, issue, step, key=KEY, if_match=issue.etag, **more)
    again = take(user, issue, step, key=KEY, if_match=issue.etag, **more)

    assert (first.status_code, again.status_code) == (200, 200)
    assert again.json() == first.json()
    assert Issue.objects.get(pk=issue.pk).version == issue.version + 1


def test_a_refused_step_leaves_its_key_free() -> None:
    issue, user = make_issue(status="working"), make_user()

    assert take(user, issue, "ask-to-close", key=KEY, document_no="").status_code == 400
    assert take(user, issue, "verify", key=KEY).status_code == 409
    ask_to_close(issue, actor=make_user(), today=FRIDAY, document_no="1")
    assert take(user, issue, "verify", key=KEY).status_code == 200
    assert take(user, issue, "verify", key="no uuid").status_code == 400


@pytest.mark.parametrize(
    ("step", "wrong"),
    [
        ("assign", {"lead_unit": 999_999}), ("assign", {"lead_unit": None}), ("assign", {"due_on": "2026-02-30"}),
        ("assign", {"due_on": None}), ("assign", {"level": 5}), ("assign", {"supporting": [999_999]}),
        ("assign", {"supporting": "all"}), ("assign", {"leader": "长" * 61}), ("assign", {"note": "长" * 501}),
        ("note", {"text": " "}), ("note", {"text": "长" * 5001}), ("note", {"files": ["a.pdf"]}),
        ("ask-to-close", {"document_no": "1" * 121}), ("ask-to-close", {"text": "长" * 501}),
        ("verify", {"resume_on": "soon"}), ("verify", {"note": "长" * 501}),
        ("send-back", {"reason": ""}), ("send-back", {"reason": None}),
        ("suspend", {"word_of": ""}), ("suspend", {"word_of": "长" * 61}), ("suspend", {"reason": " "}),
        ("suspend", {"review_on": "x"}), ("take-up", {"due_on": ""}),
        ("reopen", {"due_on": "x"}), ("reopen", {"reason": ""}),
        ("rate", {"rating": "good"}), ("rate", {"rating": None}), ("rate", {"text": "长" * 501}),
    ],
)  # fmt: skip
def test_what_cannot_be_understood_is_400_names_its_field_and_changes_nothing(
    step: str, wrong: dict[str, Any]
) -> None:
    issue = standing(FROM[step])

    answer = take(make_user(), issue, step, **wrong)

    assert answer.status_code == 400
    assert set(answer.json()) == set(wrong)
    assert unchanged(issue)


@pytest.mark.parametrize(
    ("step", "wrong", "says"),
    [
        ("assign", {"due_on": "2026-03-05"}, "has passed"),
        ("suspend", {"review_on": "2026-03-05"}, "has passed"),
        ("take-up", {"due_on": "2026-03-05"}, "has passed"),
        ("reopen", {"due_on": "2026-03-05"}, "has passed"),
        ("rate", {"rating": 6}, "from 1 to 5"),
        ("rate", {"rating": -1}, "from 1 to 5"),
    ],
)
def test_what_breaks_a_rule_is_409(step: str, wrong: dict[str, Any], says: str) -> None:
    issue = standing(FROM[step])

    answer = take(make_user(), issue, step, **wrong)

    assert answer.status_code == 409
    assert says in answer.json()["detail"]
    assert unchanged(issue)


def test_a_unit_cannot_lead_and_support() -> None:
    issue, unit = make_issue(), make_unit("供电公司")
    answer = take(make_user(), issue, "assign", lead_unit=unit.pk, supporting=[make_unit().pk, unit.pk])
    assert answer.status_code == 409
    assert "供电公司 cannot lead and support" in answer.json()["detail"]
    assert unchanged(issue)
    assert not issue.supporting.exists()


def test_closing_needs_a_proof() -> None:
    issue = make_issue(status="working")
    answer = take(make_user(), issue, "ask-to-close", document_no=" ", text="好了")
    assert (answer.status_code, unchanged(issue)) == (400, True)
    assert "needs a proof" in answer.json()["detail"]


def test_nobody_closes_what_he_asked_for_nor_the_unit_that_led() -> None:
    project, manager = make_project(), make_user()
    issue = make_issue(project, lead_unit=project.town)
    take(manager, issue, "ask-to-close")

    own = take(manager, issue, "verify")
    lead = take(make_user(unit=project.town), issue, "verify")

    assert (own.status_code, lead.status_code) == (409, 409)
    assert "somebody else has to verify" in own.json()["detail"]
    assert "Your unit leads" in lead.json()["detail"]
    assert take(make_user(), issue, "verify").json()["verified_by"]


def test_supporting_units_note_and_ask_for_nothing() -> None:
    helper = make_unit(kind=Unit.Kind.DEPARTMENT)
    issue, user = make_issue(lead_unit=make_unit(), supporting=[helper]), make_user(unit=helper)

    assert take(user, issue, "note").json()["notes"][0]["text"] == "已进场勘察"
    assert take(user, issue, "ask-to-close").status_code == 403
    issue.supporting.clear()
    assert take(user, issue, "note").status_code == 403


def test_who_is_assigned_sees_the_project_from_then_on() -> None:
    power = make_unit(kind=Unit.Kind.DEPARTMENT)
    issue, clerk = make_issue(), make_user(unit=power)
    assert take(clerk, issue, "note").status_code == 404

    told = take(
        make_user(), issue, "assign", lead_unit=power.pk, supporting=[make_unit("住建局").pk], level=2,
        leader="陈副区长", note="尽快",
    ).json()  # fmt: skip

    assert (told["lead_unit"], told["supporting"], told["level"], told["leader"]) == (
        power.pk, ["住建局"], 2, "陈副区长",
    )  # fmt: skip
    assert (told["due_on"], told["assigned_on"]) == (LATER, "2026-03-06")
    assert len(told["supporting_ids"]) == 1
    assert take(clerk, issue, "note").status_code == 200
    assert Change.objects.get(verb=Change.Verb.ISSUE_ASSIGNED).note == "尽快"


def test_the_clock_of_a_node_stands_still_and_runs_again_when_the_issue_is_gone() -> None:
    node = make_node(status=Status.RUNNING, due_on=FRIDAY)
    issue = make_issue(node.project, nodes=[node])

    held = take(make_user(), issue, "assign", hold=True).json()
    take(make_user(), issue, "ask-to-close")
    future = take(make_user(), issue, "verify", resume_on="2026-03-07")
    gone = take(make_user(), issue, "verify", resume_on="2026-03-06").json()

    assert (held["blocks"][0]["status"], held["nodes"][0]["is_held"]) == ("held", True)
    assert future.status_code == 409
    assert (gone["status"], gone["blocks"][0]["status"]) == ("closed", "running")
    assert gone["blocks"][0]["hold"]["resumed_on"] == "2026-03-06"
    assert Node.objects.get(pk=node.pk).status == Status.RUNNING


def test_what_came_back_can_put_its_node_on_hold_again() -> None:
    node, manager = make_node(status=Status.RUNNING), make_user()
    issue = make_issue(node.project, nodes=[node], hold=True, lead_unit=make_unit(), today=MONDAY)
    first = Block.objects.get(issue=issue).hold
    ask_to_close(issue, actor=make_user(), today=FRIDAY, document_no="1")
    take(manager, issue, "verify", resume_on="2026-03-06")
    take(manager, issue, "reopen")

    answer = take(manager, issue, "assign", hold=True)

    assert answer.status_code == 200
    assert answer.json()["blocks"][0]["status"] == "held"
    assert Hold.objects.filter(node=node).count() == 2
    assert Block.objects.get(issue=issue).hold != first


def test_the_clock_is_not_stopped_where_no_node_runs() -> None:
    issue = make_issue()
    answer = take(make_user(), issue, "assign", hold=True)
    assert answer.status_code == 409
    assert "only running nodes" in answer.json()["detail"]
    assert unchanged(issue)


def test_what_the_enterprise_said_itself_stands() -> None:
    issue = make_issue(status="closed")
    rate_issue(issue, actor=User.objects.system(), rating=2, today=FRIDAY, by_enterprise=True)

    answer = take(make_user(), issue, "rate", rating=5)

    assert answer.status_code == 409
    stored = Issue.objects.get(pk=issue.pk)
    assert (stored.rating, stored.rated_by_enterprise) == (2, True)


def test_nobody_says_over_the_interface_that_the_enterprise_has_said_it_itself() -> None:
    issue = make_issue(status="closed")
    told = take(make_user(), issue, "rate", rating=5, text="很满意", by_enterprise=True).json()
    assert (told["rating"], told["rating_text"], told["rated_by_enterprise"]) == (5, "很满意", False)


def test_the_unit_that_led_does_not_rate_its_own_answer() -> None:
    project = make_project()
    issue = make_issue(project, lead_unit=project.town, status="closed")
    assert take(make_user(unit=project.town), issue, "rate").status_code == 403


def test_suspended_it_says_by_whose_word_and_is_late_for_nobody() -> None:
    issue = make_issue(status="working", due_on=MONDAY)
    told = take(make_user(), issue, "suspend", review_on=LATER).json()
    assert (told["suspended_word"], told["suspended_on"], told["review_on"]) == (
        "陈副区长", "2026-03-06", LATER,
    )  # fmt: skip
    assert told["is_late"] is False
    assert take(make_user(), issue, "note").json()["status"] == "suspended"


def test_reopened_it_keeps_its_number_and_loses_its_rating() -> None:
    issue = make_issue(status="closed")
    take(make_user(), issue, "rate")
    told = take(make_user(), issue, "reopen").json()
    assert (told["number"], told["reopened"], told["rating"], told["closed_on"], told["due_on"]) == (
        issue.number, 1, None, None, LATER,
    )  # fmt: skip
    assert Issue.objects.get(pk=issue.pk).status == IssueStatus.ASSIGNED
