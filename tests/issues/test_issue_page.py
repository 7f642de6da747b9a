"""The page of one issue: what it says, what is open to whom, every step from it, and its files."""

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Unit, User
from domain.lifecycle import Status
from issues.actions import ask_to_close, note_issue
from issues.models import Issue, IssueFile, Supervision, Topic
from issues.permitted import permits
from milestones.models import Node
from tests.make import (
    make_category,
    make_issue,
    make_node,
    make_nodes,
    make_project,
    make_template,
    make_unit,
    make_user,
)
from tests.pages import client_of, tags_of, text_of
from tests.projects.file_samples import PDF, photo, stored_paths

pytestmark = pytest.mark.django_db

TODAY = timezone.localdate


def raised(days: int = 10, **fields: Any) -> Issue:
    """Raised so many days ago; with a lead unit it is due in two weeks, or by `due_on`."""
    due_on = fields.pop("due_on", TODAY() + timedelta(days=14))
    return make_issue(today=TODAY() - timedelta(days=days), due_on=due_on, **fields)


def department(name: str = "供电公司") -> Unit:
    return Unit.objects.filter(name=name).first() or make_unit(name, kind=Unit.Kind.DEPARTMENT)


def page_of(issue: Issue, user: User | None = None) -> Any:
    return client_of(user or make_user()).get(f"/issues/{issue.pk}/")


def step(issue: Issue, name: str, user: User | None = None, **fields: Any) -> Any:
    sent = {"version": Issue.objects.get(pk=issue.pk).version, **fields}
    return client_of(user or make_user()).post(f"/issues/{issue.pk}/{name}/", sent)


def now(issue: Issue) -> Issue:
    return Issue.objects.get(pk=issue.pk)


def forms(page: Any) -> set[str]:
    """The steps that the page has a form for."""
    return {
        str(attrs["action"]).strip("/").rpartition("/")[2]
        for tag, attrs in tags_of(page)
        if tag == "form" and str(attrs.get("action", "")).startswith("/issues/")
    }


# What it says


def test_the_page_opens_with_a_sentence_of_who_until_when_and_what_waits() -> None:
    node = make_node(status=Status.RUNNING, started_on=TODAY() - timedelta(days=60))
    issue = raised(
        40, project=node.project, nodes=[node], lead_unit=department(), due_on=TODAY() - timedelta(days=20),
        raised_by=make_user(display_name="李明"), raised_for="王总", source="enterprise", hold=True,
    )  # fmt: skip

    words = text_of(page_of(issue))

    assert f"{issue.number} {issue.title}" in words
    assert "李明 raised it on" in words
    assert "(enterprise), told by 王总" in words
    assert "供电公司 leads since" in words
    assert "working days late , it was due on" in words
    assert "it blocks Node only" in words
    assert "Node only has been on hold for" in words
    assert "because of it, since" in words


@pytest.mark.parametrize(
    ("status", "said"),
    [
        ("raised", "no unit has it yet"),
        ("working", "it is due on"),
        ("close_requested", "somebody else has to verify that"),
        ("suspended", "it waits since"),
        ("closed", "that was in time"),
    ],
)
def test_the_sentence_says_where_it_stands(status: str, said: str) -> None:
    assert said in text_of(page_of(raised(0, status=status, lead_unit=department())))


def test_notes_stand_in_the_record_with_the_files_that_came_with_them() -> None:
    clerk = make_user(unit=department(), display_name="小陈")
    issue = raised(lead_unit=department())
    client = client_of(clerk)
    client.post(f"/issues/{issue.pk}/note/", {"text": "先勘察", "files": [SimpleUploadedFile("甲.pdf", PDF)]})
    client.post(f"/issues/{issue.pk}/note/", {"text": "没有照片"})
    client.post(
        f"/issues/{issue.pk}/note/", {"text": "再施工", "files": [SimpleUploadedFile("乙.jpg", photo())]}
    )

    page = page_of(issue)

    words = text_of(page)
    assert words.index("再施工") < words.index("没有照片") < words.index("先勘察")
    html = page.content.decode()
    record = html[html.index('id="record"') :]
    first, second = IssueFile.objects.order_by("pk")
    assert record.index("再施工") < record.index(f"/issues/files/{second.pk}/") < record.index("没有照片")
    assert record.index("先勘察") < record.index(f"/issues/files/{first.pk}/")
    assert f"/issues/files/{second.pk}/thumbnail/" in html
    assert "小陈" in words


def test_slips_about_it_are_shown() -> None:
    issue = raised(lead_unit=department())
    Supervision.objects.create(
        project=issue.project, issue=issue, level=2, deadline_on=TODAY(), days_late=8, proposed_on=TODAY(),
        state="issued", number="2026-0007", addressee=department(), reply_by=TODAY(), issued_on=TODAY(),
    )  # fmt: skip
    assert "2026-0007 yellow slip" in text_of(page_of(issue))


def test_whatever_comes_from_data_is_shown_as_text() -> None:
    bad = "<b onclick='x'>&"
    topic = Topic.objects.create(name=bad, opened_on=TODAY(), opened_by=make_user())
    issue = raised(
        title=bad, description=bad, raised_for=bad, topic=topic, lead_unit=make_unit(bad),
        category=make_category("x", name=bad, name_en=bad), project=make_project(name=bad),
    )  # fmt: skip
    note_issue(issue, actor=make_user(display_name=bad), text=bad)

    html = page_of(issue).content.decode()

    assert bad not in html
    assert html.count("&lt;b onclick=") >= 9


def test_more_nodes_notes_and_files_cost_no_more_queries() -> None:
    client = client_of(make_user())

    def queries(many: int) -> int:
        nodes = list(make_nodes(make_template("a", "b", "c", "d", "e")).values())[:many]
        units = [make_unit() for _ in nodes]
        issue = raised(project=nodes[0].project, nodes=nodes, lead_unit=department(), supporting=units)
        for number in range(many):
            note_issue(issue, actor=make_user(), text=str(number))
            IssueFile.objects.create(
                issue=issue, purpose="found", document_no=str(number), added_by=make_user()
            )
        with CaptureQueriesContext(connection) as seen:
            assert client.get(f"/issues/{issue.pk}/").status_code == 200
        return len(seen)

    queries(1)
    assert queries(1) == queries(5)


# What is open to whom


def test_the_forms_of_the_page_are_the_steps_that_its_state_and_its_reader_allow() -> None:
    issue = raised()
    assert forms(page_of(issue)) == {"assign", "note"}
    assert forms(page_of(raised(lead_unit=department()))) == {"assign", "note", "ask-to-close", "suspend"}
    assert forms(page_of(raised(status="close_requested"))) == {"verify", "send-back", "note"}
    assert forms(page_of(raised(status="suspended"))) == {"take-up", "note"}
    assert forms(page_of(raised(status="closed"))) == {"rate", "reopen"}


def test_a_lead_unit_works_on_it_and_does_not_decide_about_it() -> None:
    issue = raised(lead_unit=department())

    page = page_of(issue, make_user(unit=department()))

    assert forms(page) == {"note", "ask-to-close"}
    assert "decide about this" in text_of(page)


def test_leaders_are_told_once_why_nothing_is_open() -> None:
    page = page_of(raised(), make_user(User.Role.LEADER))

    assert forms(page) == set()
    assert text_of(page).count("Leaders see everything and change nothing.") == 1


def test_a_permit_says_what_the_action_would_say() -> None:
    boss = make_user()
    issue = raised(lead_unit=department())
    ask_to_close(issue, actor=boss, today=TODAY(), document_no="1")
    issue = now(issue)

    refused = {step: permit.refusal for step, permit in permits(issue, boss).items()}

    assert "You asked to close" in refused["verify"]
    assert step(issue, "verify", boss).status_code == 409
    assert refused["assign"] == (
        f"{issue.number} cannot be assigned now: it waits for verification, is suspended or closed."
    )
    assert refused["note"] == ""
    assert permits(issue, make_user())["verify"].is_open


def test_every_step_that_a_permit_refuses_is_refused_by_the_action() -> None:
    unit = department()
    people = [make_user(), make_user(unit=unit), make_user(User.Role.LEADER)]
    sent: dict[str, dict[str, Any]] = {
        "assign": {"lead_unit": unit.pk, "due_on": TODAY()}, "note": {"text": "x"},
        "ask-to-close": {"document_no": "1"}, "verify": {}, "send-back": {"reason": "x"},
        "suspend": {"word_of": "x", "reason": "x"}, "take-up": {"due_on": TODAY()},
        "reopen": {"reason": "x", "due_on": TODAY()}, "rate": {"rating": 4},
    }  # fmt: skip
    for status in ("raised", "working", "close_requested", "suspended", "closed"):
        for person in people:
            issue = raised(status=status, lead_unit=unit)
            for name, fields in sent.items():
                permit = permits(issue, person)[name]
                status_code = step(issue, name, person, **fields).status_code
                assert (status_code == 302) == permit.is_open, (status, person.role, name, status_code)
                if permit.is_open:  # it has moved on
                    issue = raised(status=status, lead_unit=unit)


# The steps


def test_the_usual_lead_unit_and_two_weeks_are_filled_in() -> None:
    usual = department()
    issue = raised(category=make_category(lead_unit=usual))
    topic = Topic.objects.create(name="供电", opened_on=TODAY(), opened_by=make_user(), lead_unit=make_unit())

    html = page_of(issue).content.decode()
    of_topic = page_of(raised(topic=topic, category=issue.category)).content.decode()

    assert f'<option value="{usual.pk}" selected>' in html
    assert f'value="{(TODAY() + timedelta(days=14)).isoformat()}"' in html
    assert f'<option value="{topic.lead_unit_id}" selected>' in of_topic


def test_assigning_with_supporting_units_and_the_clock_on_hold() -> None:
    node = make_node(status=Status.RUNNING, started_on=TODAY() - timedelta(days=3))
    issue, helper = raised(0, project=node.project, nodes=[node]), make_unit()

    assert 'name="hold"' in page_of(issue).content.decode()
    response = step(
        issue, "assign", lead_unit=department().pk, due_on=TODAY(), supporting=[helper.pk], level=2,
        leader="陈副区长", note="尽快", hold="on",
    )  # fmt: skip

    assert response["Location"] == issue.get_absolute_url()
    issue = now(issue)
    assert (issue.lead_unit, list(issue.supporting.all()), issue.level) == (department(), [helper], 2)
    assert Node.objects.get(pk=node.pk).status == Status.HELD
    assert 'name="hold"' not in page_of(raised()).content.decode()
    again = page_of(issue).content.decode()
    assert f'name="supporting" value="{helper.pk}" checked' in again


@pytest.mark.parametrize(
    ("fields", "status", "said"),
    [
        ({"due_on": "2020-01-01"}, 409, "has passed"),
        ({"due_on": "soon"}, 400, "cannot be read"),
        ({"lead_unit": "999999"}, 400, "cannot be read"),
        ({"level": "9"}, 400, "cannot be read"),
        ({"supporting": "{lead}"}, 409, "cannot lead and support"),
        ({"version": "0"}, 412, "has changed since you read it"),
        ({"once": "x"}, 400, "is not a UUID"),
    ],
)
def test_an_assignment_that_cannot_be_is_refused_in_one_sentence(
    fields: dict[str, str], status: int, said: str
) -> None:
    issue, lead = raised(), department()
    fields = {name: value.format(lead=lead.pk) for name, value in fields.items()}

    sent: dict[str, Any] = {"lead_unit": lead.pk, "due_on": TODAY(), **fields}
    page = step(issue, "assign", **sent)

    assert page.status_code == status
    assert said in text_of(page)
    assert now(issue).status == "raised"


def test_closing_takes_a_proof_and_somebody_else_and_lets_the_nodes_run_again() -> None:
    node = make_node(status=Status.RUNNING, started_on=TODAY() - timedelta(days=30))
    clerk = make_user(unit=department())
    issue = raised(5, project=node.project, nodes=[node], lead_unit=department(), hold=True)

    bare = step(issue, "ask-to-close", clerk, text="好了")
    assert (bare.status_code, "needs a proof" in text_of(bare)) == (400, True)
    step(issue, "ask-to-close", clerk, text="已通电", files=[SimpleUploadedFile("通电.jpg", photo())])
    assert step(issue, "verify", clerk).status_code == 403
    page = page_of(issue)
    assert 'name="resume"' in page.content.decode()
    response = step(issue, "verify", resume="on", resume_on=TODAY())

    assert response.status_code == 302
    assert now(issue).status == "closed"
    assert Node.objects.get(pk=node.pk).status == Status.RUNNING
    assert "proof that it is gone" in text_of(page_of(issue))


def test_closed_without_the_tick_the_nodes_stay_on_hold() -> None:
    node = make_node(status=Status.RUNNING, started_on=TODAY() - timedelta(days=30))
    issue = raised(5, project=node.project, nodes=[node], lead_unit=department(), hold=True)
    step(issue, "ask-to-close", document_no="1")

    step(issue, "verify", resume_on=TODAY())

    assert now(issue).status == "closed"
    assert Node.objects.get(pk=node.pk).status == Status.HELD


def test_sending_back_suspending_taking_up_reopening_and_rating() -> None:
    issue, boss = raised(status="close_requested"), make_user()

    assert step(issue, "send-back", boss, reason=" ").status_code == 400
    assert step(issue, "send-back", boss, reason="仍未通电").status_code == 302
    assert now(issue).status == "returned"
    assert step(issue, "suspend", boss, reason="x").status_code == 400
    assert step(issue, "suspend", boss, word_of="陈副区长", reason="等规划").status_code == 302
    assert now(issue).suspended_word == "陈副区长"
    assert step(issue, "take-up", boss, due_on=TODAY()).status_code == 302
    assert now(issue).status == "working"
    closed = raised(status="closed")
    assert step(closed, "rate", boss, rating=7).status_code == 400
    assert step(closed, "rate", boss, rating=4, text="快").status_code == 302
    assert "4 · satisfied" in text_of(page_of(closed))
    assert step(closed, "reopen", boss, reason="又断电", due_on=date(2020, 1, 1)).status_code == 409
    assert step(closed, "reopen", boss, reason="又断电", due_on=TODAY()).status_code == 302
    assert (now(closed).status, now(closed).rating) == ("assigned", None)


@pytest.mark.parametrize(
    "name",
    ["assign", "note", "ask-to-close", "verify", "send-back", "suspend", "take-up", "reopen", "rate"],
)
def test_a_step_is_sent_and_not_asked_for_and_a_stranger_finds_nothing(name: str) -> None:
    issue = raised()

    assert client_of(make_user()).get(f"/issues/{issue.pk}/{name}/").status_code == 405
    assert step(issue, name, make_user(unit=make_unit())).status_code == 404
    assert page_of(issue, make_user(unit=make_unit())).status_code == 404


def test_a_form_that_arrives_twice_is_done_once_and_both_are_told_so() -> None:
    issue, client = raised(lead_unit=department()), client_of(make_user())
    sent = {"text": "已进场", "once": str(uuid4()), "version": issue.version}

    first = client.post(f"/issues/{issue.pk}/note/", sent, follow=True)
    again = client.post(f"/issues/{issue.pk}/note/", sent, follow=True)

    assert "stands in the record" in text_of(first)
    assert "had arrived already" in text_of(again)
    assert issue.notes.count() == 1


def test_what_a_building_site_sends_is_kept_without_a_connection() -> None:
    page = page_of(raised(lead_unit=department()))

    kept = [attrs["action"] for tag, attrs in tags_of(page) if tag == "form" and "data-outbox" in attrs]
    assert [str(address).strip("/").rpartition("/")[2] for address in kept] == ["note", "ask-to-close"]


# Files


def test_a_file_is_shown_to_whoever_sees_the_project_and_runs_nowhere() -> None:
    issue = raised(lead_unit=department())
    step(issue, "note", text="x", files=[SimpleUploadedFile("现场.jpg", photo())])
    file = IssueFile.objects.get()
    address = f"/issues/files/{file.pk}/"

    shown = client_of(make_user()).get(address)
    small = client_of(make_user()).get(f"{address}thumbnail/")

    assert (shown.status_code, shown["Content-Type"]) == (200, "image/jpeg")
    assert "sandbox" in shown["Content-Security-Policy"]
    assert small["Content-Type"] == "image/webp"
    stranger = client_of(make_user(unit=make_unit()))
    assert stranger.get(address).status_code == 404
    assert stranger.get(f"{address}thumbnail/").status_code == 404
    assert client_of(make_user()).post(address).status_code == 405


def test_a_proof_that_is_a_number_alone_has_no_file() -> None:
    issue = raised(lead_unit=department())
    step(issue, "ask-to-close", document_no="钱电〔2026〕3号")
    file = IssueFile.objects.get()

    assert "钱电〔2026〕3号" in text_of(page_of(issue))
    assert client_of(make_user()).get(f"/issues/files/{file.pk}/").status_code == 404


def test_a_file_that_is_not_taken_changes_nothing() -> None:
    issue = raised(lead_unit=department())

    page = step(issue, "note", text="x", files=[SimpleUploadedFile("病毒.exe", b"MZ" + b"x" * 40)])

    assert page.status_code == 400
    assert "none of what is taken" in text_of(page)
    assert not issue.notes.exists()
    assert not stored_paths()
