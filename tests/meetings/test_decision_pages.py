"""Decisions from their pages: taken down and saved as typed, listed, and brought to their end step by step."""

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Unit, User
from domain.lifecycle import Status
from domain.meetings import DecisionStatus, DecisionStep
from meetings.actions import report_done, take_decision
from meetings.meeting_page import due_choices
from meetings.models import AgendaItem, Decision, Meeting
from meetings.permitted import STEP_LABELS, permits
from tests.make import FRIDAY, make_issue, make_node, make_project, make_unit, make_user
from tests.meetings.drafts import NOON, freeze, make_meeting, rule_on
from tests.pages import client_of, tags_of, text_of

pytestmark = pytest.mark.django_db

NEXT_FRIDAY = FRIDAY + timedelta(days=7)


@pytest.fixture(autouse=True)
def _at_noon(time_machine: "time_machine.TimeMachineFixture") -> None:
    time_machine.move_to(NOON, tick=False)


@pytest.fixture
def manager() -> User:
    return make_user()


@pytest.fixture
def power() -> Unit:
    return make_unit("供电公司", kind=Unit.Kind.DEPARTMENT)


@pytest.fixture
def meeting() -> Meeting:
    make_node(
        project=make_project(name="晶圆材料二期"), status=Status.RUNNING, due_on=FRIDAY - timedelta(days=4)
    )
    return make_meeting()


def decide(meeting: Meeting, **fields: Any) -> Decision:
    fields = {"actor": make_user(), "text": "周三前供图", "today": FRIDAY, **fields}
    return take_decision(meeting, **fields)


def actions_of(client: Client, path: str) -> list[str]:
    return [str(attributes["action"]) for tag, attributes in tags_of(client.get(path)) if tag == "form"]


def test_what_was_due_yesterday_is_overdue_on_a_day_off_too_unless_it_was_reported_done(
    manager: User, time_machine: "time_machine.TimeMachineFixture"
) -> None:
    last = make_meeting(NOON - timedelta(days=7))
    late, done = (decide(last, text=text, due_on=FRIDAY) for text in ("未办的事", "已办的事"))
    report_done(done, actor=manager, outcome="已供图", today=FRIDAY)
    saturday = NOON + timedelta(days=1)
    time_machine.move_to(saturday, tick=False)
    meeting, client = make_meeting(), client_of(manager)
    late_item, done_item = (AgendaItem.objects.get(meeting=meeting, decision=one) for one in (late, done))

    for _state in ("draft", "frozen"):
        page = client.get(f"/meetings/{meeting.pk}/").context["page"]
        assert {line.row.pk: line.is_late for group in page.groups for line in group.lines} == {
            late_item.pk: True, done_item.pk: False,
        }  # fmt: skip
        said = text_of(client.get(f"/meetings/{meeting.pk}/mode/?item={late_item.pk}"))
        assert "未办的事 overdue" in said
        said = text_of(client.get(f"/meetings/{meeting.pk}/mode/?item={done_item.pk}"))
        assert "已办的事 overdue" not in said
        if not meeting.is_frozen:
            meeting = freeze(meeting, saturday)


def test_in_two_weeks_is_at_most_fourteen_days_away(meeting: Meeting) -> None:
    (friday,) = (choice.day for choice in due_choices(meeting, rule_on()) if choice.key == "w")
    saturday = rule_on(NOON + timedelta(days=1))
    (from_saturday,) = (choice.day for choice in due_choices(meeting, saturday) if choice.key == "w")
    assert friday == from_saturday == FRIDAY + timedelta(days=14)


class TestTaking:
    def test_it_is_saved_as_it_is_typed_and_stays_one(
        self, manager: User, meeting: Meeting, power: Unit
    ) -> None:
        client, path, key = client_of(manager), f"/meetings/{meeting.pk}/decisions/save/", str(uuid4())

        first = client.post(path, {"key": key, "text": "供电"})
        second = client.post(
            path,
            {
                "key": key, "text": "供电公司周三前供图", "lead_unit": power.name, "due_on": "2026-03-11",
                "version": first.json()["version"],
            },
        )  # fmt: skip

        decision = Decision.objects.get()
        assert first.json()["url"] == decision.get_absolute_url()
        assert first.json()["number"] == second.json()["number"] == "2026-10-01"
        assert "saved 12:00:00" in second.json()["said"]
        assert (decision.text, decision.lead_unit, decision.due_on) == (
            "供电公司周三前供图", power, date(2026, 3, 11),
        )  # fmt: skip
        assert second.json()["version"] == decision.version

    def test_what_somebody_else_changed_meanwhile_is_not_overwritten(
        self, manager: User, meeting: Meeting
    ) -> None:
        decision = decide(meeting)
        answer = client_of(manager).post(
            f"/meetings/{meeting.pk}/decisions/save/",
            {"key": decision.key, "text": "旧窗口里的话", "version": decision.version + 1},
            headers={"HX-Request": "true"},
        )
        assert answer.status_code == 412
        assert "<html" not in answer.content.decode(), "one sentence, for the mark beside the button"
        decision.refresh_from_db()
        assert decision.text == "周三前供图"

    def test_about_an_item_it_is_linked_to_project_and_node(self, manager: User, meeting: Meeting) -> None:
        item = AgendaItem.objects.get(meeting=meeting)

        client_of(manager).post(
            f"/meetings/{meeting.pk}/decisions/save/", {"key": uuid4(), "text": "供图", "item": item.pk}
        )

        decision = Decision.objects.get()
        assert decision.item == item
        assert [project.name for project in decision.projects.all()] == ["晶圆材料二期"]
        assert list(decision.nodes.all()) == [item.node]

    def test_without_a_script_the_form_takes_it_down_once_and_leads_back(
        self, manager: User, meeting: Meeting
    ) -> None:
        client, path = client_of(manager), f"/meetings/{meeting.pk}/decisions/take/"
        sent = {
            "text": "周三前供图",
            "key": uuid4(),
            "once": uuid4(),
            "next": f"/meetings/{meeting.pk}/mode/?item=1",
        }

        assert client.post(path, sent)["Location"] == sent["next"]
        assert client.post(path, sent)["Location"] == sent["next"]

        assert Decision.objects.count() == 1

    def test_what_cannot_be_read_comes_back_with_what_was_typed(
        self, manager: User, meeting: Meeting
    ) -> None:
        answer = client_of(manager).post(
            f"/meetings/{meeting.pk}/decisions/take/",
            {"text": "不能丢的话", "lead_unit": "没有的单位", "due_on": "周三"},
        )
        assert answer.status_code == 400
        assert "不能丢的话" in text_of(answer)
        assert "No unit is called “没有的单位”" in text_of(answer)

    def test_what_was_decided_is_not_lost_with_an_item_that_was_settled_meanwhile(
        self, manager: User, meeting: Meeting
    ) -> None:
        answer = client_of(manager).post(
            f"/meetings/{meeting.pk}/decisions/save/", {"text": "送电", "item": "4711"}
        )
        assert answer.status_code == 200
        assert Decision.objects.get().item is None

    def test_it_leads_to_no_other_place(self, manager: User, meeting: Meeting) -> None:
        answer = client_of(manager).post(
            f"/meetings/{meeting.pk}/decisions/take/", {"text": "去别处", "next": "https://example.org/"}
        )
        assert answer["Location"] == f"/meetings/{meeting.pk}/"

    @pytest.mark.parametrize(
        ("sent", "status"),
        [({"text": ""}, 400), ({"text": "x", "key": "k"}, 400), ({"text": "x", "due_on": "2026-03-01"}, 409),
         ({"text": "x" * 2001}, 400)],
    )  # fmt: skip
    def test_what_is_no_decision_is_refused(
        self, manager: User, meeting: Meeting, sent: dict[str, str], status: int
    ) -> None:
        path = f"/meetings/{meeting.pk}/decisions/save/"
        assert client_of(manager).post(path, sent).status_code == status
        assert not Decision.objects.exists()

    def test_a_frozen_meeting_decides_as_well(self, manager: User, meeting: Meeting) -> None:
        freeze(meeting)
        client_of(manager).post(
            f"/meetings/{meeting.pk}/decisions/save/", {"text": "会上定的", "key": uuid4()}
        )
        assert "会上定的" in text_of(client_of(manager).get(f"/meetings/{meeting.pk}/"))

    def test_only_who_runs_the_meeting_takes_down(self, meeting: Meeting, power: Unit) -> None:
        client = client_of(make_user(unit=power))
        assert client.post(f"/meetings/{meeting.pk}/decisions/save/", {"text": "我定"}).status_code == 403
        assert client.post(f"/meetings/{meeting.pk}/decisions/take/", {"text": "我定"}).status_code == 403

    def test_the_page_offers_the_next_meeting_two_weeks_and_the_end_of_the_month(
        self, manager: User, meeting: Meeting
    ) -> None:
        page = client_of(manager).get(f"/meetings/{meeting.pk}/")
        offered = {
            attributes["data-key"]: attributes["data-due"]
            for _tag, attributes in tags_of(page)
            if attributes.get("data-due")
        }
        assert offered == {"n": "2026-03-16", "w": "2026-03-20", "m": "2026-03-31"}


class TestList:
    def test_it_shows_what_is_not_settled_and_says_how_much_is_late(
        self, manager: User, meeting: Meeting
    ) -> None:
        decide(meeting, text="已经晚了", today=FRIDAY - timedelta(days=9), due_on=FRIDAY - timedelta(days=2))
        decide(meeting, text="还没到期", due_on=NEXT_FRIDAY)
        report_done(decide(meeting, text="报过了"), actor=manager, outcome="办好了", today=FRIDAY)
        settled = decide(meeting, text="办完的")
        report_done(settled, actor=make_user(), outcome="好", today=FRIDAY)
        Decision.objects.filter(pk=settled.pk).update(
            status=DecisionStatus.VERIFIED, verified_on=FRIDAY, verified_by=manager
        )
        client = client_of(manager)

        said = text_of(client.get("/meetings/decisions/"))
        assert "3 decisions are not settled yet" in said
        assert "1 is overdue" in said
        assert "办完的" not in said
        assert _found(client, "state=late") == ["已经晚了"]
        assert _found(client, "state=done") == ["报过了"]
        assert _found(client, "state=settled") == ["办完的"]
        assert len(_found(client, "state=all")) == 4

    def test_it_is_narrowed_by_unit_meeting_number_and_words(
        self, manager: User, meeting: Meeting, power: Unit
    ) -> None:
        other = make_meeting(NOON + timedelta(days=7))
        decide(meeting, text="供电公司供图", lead_unit=power)
        decide(meeting, text="住建局开会")
        decide(other, text="下周的事")
        client = client_of(manager)

        assert _found(client, f"unit={power.pk}") == ["供电公司供图"]
        assert _found(client, f"meeting={other.pk}") == ["下周的事"]
        assert _found(client, "search=住建") == ["住建局开会"]
        assert _found(client, "search=2026-10-02") == ["住建局开会"]
        assert sorted(_found(client, "search=2026-10")) == sorted(["供电公司供图", "住建局开会"])
        assert client.get("/meetings/decisions/?unit=nobody").status_code == 400
        assert client.get("/meetings/decisions/?state=nonsense").status_code == 400

    def test_others_see_those_of_their_unit_and_projects(self, meeting: Meeting, power: Unit) -> None:
        decide(meeting, text="供电公司的事", lead_unit=power)
        decide(meeting, text="别人的事")
        assert _found(client_of(make_user(unit=power)), "") == ["供电公司的事"]

    def test_as_many_queries_however_many_there_are(self, manager: User, meeting: Meeting) -> None:
        client, item = client_of(manager), AgendaItem.objects.get(meeting=meeting)
        decide(meeting, item=item)
        client.get("/meetings/decisions/")
        one = _queries(client, "/meetings/decisions/")
        for _number in range(4):
            decide(meeting, item=item, lead_unit=make_unit())
        assert _queries(client, "/meetings/decisions/") == one


def _found(client: Client, query: str) -> list[str]:
    page = client.get(f"/meetings/decisions/?{query}")
    assert page.status_code == 200
    return [row.text for row in page.context["rows"]]


def _queries(client: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as asked:
        assert client.get(path).status_code == 200
    return len(asked)


class TestOne:
    def test_it_is_reported_done_by_its_unit_and_verified_by_somebody_else(
        self, manager: User, meeting: Meeting, power: Unit
    ) -> None:
        decision = decide(meeting, lead_unit=power)
        path = f"/meetings/decisions/{decision.pk}/"
        clerk, verifier = client_of(make_user(unit=power)), client_of(manager)

        assert clerk.post(f"{path}report-done/", {"outcome": "图纸已交"})["Location"] == path
        assert clerk.post(f"{path}verify/").status_code == 403
        verifier.post(f"{path}verify/", {"note": "看过了"})

        decision.refresh_from_db()
        assert (decision.status, decision.verified_by) == (DecisionStatus.VERIFIED, manager)
        said = text_of(verifier.get(path))
        assert "图纸已交" in said
        assert "verified a decision" in said
        assert "看过了" in said

    def test_it_is_sent_back_changed_withdrawn_and_reopened_under_its_number(
        self, manager: User, meeting: Meeting, power: Unit
    ) -> None:
        decision = decide(meeting, lead_unit=power, due_on=NEXT_FRIDAY)
        report_done(decision, actor=make_user(unit=power), outcome="说好了", today=FRIDAY)
        client, path = client_of(manager), f"/meetings/decisions/{decision.pk}/"

        client.post(f"{path}send-back/", {"reason": "图纸不全"})
        client.post(
            f"{path}change/", {"text": "周四前供齐图纸", "lead_unit": "供电公司", "due_on": "2026-03-12"}
        )
        client.post(f"{path}withdraw/", {"reason": "项目停了"})
        client.post(f"{path}reopen/", {"reason": "项目又动了", "due_on": "2026-03-20"})

        decision.refresh_from_db()
        assert (decision.status, decision.returned, decision.due_on) == ("open", 1, date(2026, 3, 20))
        record = text_of(client.get(path))
        for told in ("图纸不全", "周四前供齐图纸", "项目停了", "项目又动了", "12 Mar"):
            assert told in record[record.index("Record") :], told

    def test_what_it_is_about_is_ticked_off_and_added_by_number_or_name(
        self, manager: User, meeting: Meeting
    ) -> None:
        decision = decide(meeting, item=AgendaItem.objects.get(meeting=meeting))
        first, issue = decision.projects.get(), make_issue(make_project(name="轮胎技改"))
        make_project(name="抗体基地一期")
        client, path = client_of(manager), f"/meetings/decisions/{decision.pk}/change/"
        node = decision.nodes.get()
        kept = {"text": decision.text, "links": "true", "projects": first.pk, "nodes": node.pk}

        client.post(path, {**kept, "more": issue.number})
        assert [one.name for one in decision.projects.order_by("pk")] == ["晶圆材料二期", "轮胎技改"]
        assert list(decision.issues.all()) == [issue]

        client.post(path, {"text": decision.text, "links": "true", "more": "抗体"})
        assert [one.name for one in decision.projects.all()] == ["抗体基地一期"]
        assert not decision.nodes.exists()

        assert client.post(path, {**kept, "more": "没有这个"}).status_code == 400
        client.post(path, {"text": "只改了措辞"})
        assert decision.projects.count() == 1, "a form without links leaves them"

    def test_a_page_that_is_no_longer_true_changes_nothing(self, manager: User, meeting: Meeting) -> None:
        decision = decide(meeting)
        path, read = f"/meetings/decisions/{decision.pk}/withdraw/", decision.version
        client_of(manager).post(
            f"/meetings/decisions/{decision.pk}/change/", {"text": "另一句话", "version": read}
        )
        assert client_of(manager).post(path, {"reason": "不要了", "version": read}).status_code == 412

    def test_its_history_is_told_once_though_it_is_about_two_projects(
        self, manager: User, meeting: Meeting
    ) -> None:
        decision = decide(meeting, projects=[make_project(), make_project()])
        page = client_of(manager).get(f"/meetings/decisions/{decision.pk}/")
        assert text_of(page).count("took down a decision") == 1
        assert len(page.context["page"].projects) == 2

    @pytest.mark.parametrize("step", list(STEP_LABELS))
    @pytest.mark.parametrize("status", list(DecisionStatus))
    def test_what_the_page_offers_the_action_takes_and_what_it_does_not_the_action_refuses(
        self, manager: User, meeting: Meeting, power: Unit, step: DecisionStep, status: DecisionStatus
    ) -> None:
        decision = _standing_at(decide(meeting, lead_unit=power), status)
        sent = {"reason": "为何", "outcome": "结果", "text": "另一句", "note": ""}
        for user in (manager, make_user(unit=power), make_user(User.Role.LEADER)):
            fresh = Decision.objects.get(pk=decision.pk)
            is_open = permits(fresh, user)[step].is_open
            client, path = client_of(user), f"/meetings/decisions/{decision.pk}/"
            assert (f"{path}{step}/" in actions_of(client, path)) is is_open
            answer = client.post(f"{path}{step}/", sent)
            assert answer.status_code == 302 if is_open else answer.status_code in {403, 409}
            if is_open:
                return

    def test_why_a_step_is_not_open_is_said(self, manager: User, meeting: Meeting) -> None:
        decision = decide(meeting)
        report_done(decision, actor=manager, outcome="自己报的", today=FRIDAY)
        said = text_of(client_of(manager).get(f"/meetings/decisions/{decision.pk}/"))
        assert "somebody else has to verify it" in said

    def test_out_of_sight_it_is_not_found(self, meeting: Meeting) -> None:
        decision = decide(meeting)
        stranger = client_of(make_user(unit=make_unit()))
        assert stranger.get(f"/meetings/decisions/{decision.pk}/").status_code == 404
        assert (
            stranger.post(f"/meetings/decisions/{decision.pk}/withdraw/", {"reason": "x"}).status_code == 404
        )

    def test_a_step_that_there_is_not_is_not_found(self, manager: User, meeting: Meeting) -> None:
        decision = decide(meeting)
        assert client_of(manager).post(f"/meetings/decisions/{decision.pk}/burn/").status_code == 404


def _standing_at(decision: Decision, status: DecisionStatus) -> Decision:
    fields: dict[str, Any] = {"status": status}
    if status in {DecisionStatus.DONE, DecisionStatus.VERIFIED}:
        fields |= {"done_on": FRIDAY, "done_by": make_user(), "outcome": "好"}
    if status == DecisionStatus.VERIFIED:
        fields |= {"verified_on": FRIDAY, "verified_by": make_user()}
    if status == DecisionStatus.WITHDRAWN:
        fields |= {"withdrawn_reason": "不要了"}
    Decision.objects.filter(pk=decision.pk).update(**fields)
    return decision
