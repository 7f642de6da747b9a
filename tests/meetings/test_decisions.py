"""What a meeting decides: taken down as it is typed, done by the unit, verified by somebody else."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from accounts.models import Unit, User
from domain.errors import InputError, RuleError, StaleError
from domain.meetings import DecisionStatus, is_decision_late
from history.models import Change
from meetings.actions import (
    add_item,
    change_decision,
    reopen_decision,
    report_done,
    send_back_decision,
    take_decision,
    verify_decision,
    withdraw_decision,
)
from meetings.models import Decision, Meeting
from tests.make import FRIDAY, make_issue, make_node, make_project, make_unit, make_user
from tests.meetings.drafts import NOON, freeze, make_meeting

pytestmark = pytest.mark.django_db

NEXT_WEEK = FRIDAY + timedelta(days=7)


def make_decision(**fields: object) -> Decision:
    meeting = Meeting.objects.first() or make_meeting()
    fields = {"text": "供电公司本周内送电", "today": FRIDAY, "actor": make_user(), **fields}
    return take_decision(meeting, **fields)  # type: ignore[arg-type]


def test_numbers_follow_one_another_in_each_meeting() -> None:
    first, second = make_decision(), make_decision()
    other = take_decision(make_meeting(NOON + timedelta(days=7)), actor=make_user(), text="甲", today=FRIDAY)
    assert [each.number for each in (first, second, other)] == ["2026-10-01", "2026-10-02", "2026-11-01"]


def test_it_is_saved_as_it_is_typed_and_stays_one_decision() -> None:
    boss, key = make_user(), uuid4()
    meeting = make_meeting()
    power = make_unit("供电公司", kind=Unit.Kind.DEPARTMENT)
    take_decision(meeting, actor=boss, text="供电", today=FRIDAY, key=key)
    typed = take_decision(
        meeting, actor=boss, text="供电公司本周内送电", today=FRIDAY, key=key, lead_unit=power
    )
    assert Decision.objects.get() == typed
    assert (typed.text, typed.lead_unit, typed.version) == ("供电公司本周内送电", power, 2)
    again = take_decision(
        meeting, actor=boss, text="供电公司本周内送电", today=FRIDAY, key=key, lead_unit=power
    )
    assert again.version == 2, "what says the same is no change"
    with pytest.raises(StaleError, match="2026-10-01"):
        take_decision(meeting, actor=boss, text="别的", today=FRIDAY, key=key, version=1)


def test_a_key_of_another_meeting_is_refused() -> None:
    key = uuid4()
    make_decision(key=key)
    with pytest.raises(RuleError, match="another meeting"):
        take_decision(
            make_meeting(NOON + timedelta(days=7)), actor=make_user(), text="甲", today=FRIDAY, key=key
        )


def test_it_is_about_what_the_item_is_about_and_the_projects_of_its_nodes_and_issues() -> None:
    boss, meeting = make_user(), make_meeting()
    node, issue, project = make_node(), make_issue(), make_project()
    item = add_item(meeting, actor=boss, node=node)
    decision = make_decision(item=item, issues=[issue], projects=[project])
    assert set(decision.projects.all()) == {node.project, issue.project, project}
    assert (decision.nodes.get(), decision.issues.get()) == (node, issue)
    told = Change.objects.filter(verb="decision_taken")
    assert {change.project_id for change in told} == {node.project_id, issue.project_id, project.pk}
    assert {change.decision for change in told} == {decision}


def test_links_change_with_their_projects() -> None:
    decision = make_decision(projects=[make_project()])
    node = make_node()
    changed = change_decision(decision, actor=make_user(), today=FRIDAY, projects=[], nodes=[node])
    assert list(changed.projects.all()) == [node.project]
    change = Change.objects.get(verb="decision_changed")
    assert change.after["nodes"] == [node.template_node.name]
    same = change_decision(changed, actor=make_user(), today=FRIDAY, nodes=[node])
    assert same.version == changed.version


def test_the_history_of_a_project_tells_nothing_of_another() -> None:
    mine, other = make_node(project=make_project(name="甲")), make_node(project=make_project(name="保密项目"))
    decision = make_decision()
    change_decision(decision, actor=make_user(), today=FRIDAY, nodes=[mine, other])
    told = Change.objects.get(verb="decision_changed", project=mine.project)
    assert told.after["nodes"] == [mine.template_node.name]
    assert "保密项目" not in str(told.after)


def test_what_is_sent_again_since_the_answer_was_lost_is_no_stale_edit() -> None:
    boss, key, meeting = make_user(), uuid4(), make_meeting()
    take_decision(meeting, actor=boss, text="供电", today=FRIDAY, key=key)
    saved = take_decision(meeting, actor=boss, text="供电公司", today=FRIDAY, key=key, version=1)
    again = take_decision(meeting, actor=boss, text="供电公司", today=FRIDAY, key=key, version=1)
    assert (again.pk, again.version) == (saved.pk, 2)


def test_an_item_of_another_meeting_is_refused() -> None:
    other = make_meeting(NOON + timedelta(days=7))
    item = add_item(other, actor=make_user(), text="甲")
    make_meeting()
    with pytest.raises(RuleError, match="another meeting"):
        take_decision(Meeting.objects.get(week=10), actor=make_user(), text="乙", today=FRIDAY, item=item)


def test_from_the_first_word_to_the_word_of_somebody_else() -> None:
    power = make_unit("供电公司", kind=Unit.Kind.DEPARTMENT)
    of_power, boss = make_user(User.Role.MANAGER, unit=power), make_user()
    decision = make_decision(lead_unit=power, due_on=NEXT_WEEK)
    decision = report_done(decision, actor=of_power, outcome="3月10日已送电", today=FRIDAY)
    assert (decision.status, decision.done_by, decision.outcome) == ("done", of_power, "3月10日已送电")
    decision = send_back_decision(decision, actor=boss, reason="现场未见")
    assert (decision.status, decision.returned, decision.done_by, decision.outcome) == ("open", 1, None, "")
    decision = report_done(decision, actor=of_power, outcome="已送电", today=FRIDAY)
    decision = verify_decision(decision, actor=boss, today=NEXT_WEEK)
    assert (decision.status, decision.verified_by, decision.verified_on) == ("verified", boss, NEXT_WEEK)
    decision = reopen_decision(
        decision, actor=boss, reason="又停电", today=NEXT_WEEK, due_on=date(2026, 3, 20)
    )
    assert (decision.status, decision.verified_by, decision.due_on) == ("open", None, date(2026, 3, 20))
    decision = withdraw_decision(decision, actor=boss, reason="企业自建电站")
    assert (decision.status, decision.withdrawn_reason) == ("withdrawn", "企业自建电站")
    verbs = Change.objects.filter(decision=decision).order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == [
        "decision_taken", "decision_done", "decision_returned", "decision_done", "decision_verified",
        "decision_reopened", "decision_withdrawn",
    ]  # fmt: skip


def test_nobody_verifies_what_he_reported_himself_and_the_database_holds_it_too() -> None:
    boss = make_user()
    decision = report_done(make_decision(), actor=boss, outcome="好了", today=FRIDAY)
    with pytest.raises(RuleError, match="somebody else"):
        verify_decision(decision, actor=boss, today=FRIDAY)
    with pytest.raises(IntegrityError), transaction.atomic():
        Decision.objects.filter(pk=decision.pk).update(
            status="verified", verified_on=FRIDAY, verified_by=boss
        )


def test_each_step_is_refused_where_it_makes_no_sense() -> None:
    boss = make_user()
    with pytest.raises(InputError, match="Say what"):
        make_decision(text=" ")
    with pytest.raises(RuleError, match="has passed"):
        make_decision(due_on=date(2026, 3, 5))
    decision = make_decision(due_on=FRIDAY)
    with pytest.raises(RuleError, match="has passed"):
        change_decision(decision, actor=boss, today=FRIDAY, due_on=date(2026, 3, 5))
    change_decision(decision, actor=boss, today=NEXT_WEEK, text="别的话", due_on=FRIDAY)
    with pytest.raises(InputError, match="what came of it"):
        report_done(decision, actor=boss, outcome=" ", today=FRIDAY)
    with pytest.raises(InputError, match="Say why"):
        withdraw_decision(decision, actor=boss, reason="")
    with pytest.raises(RuleError, match="nobody has reported"):
        verify_decision(decision, actor=boss, today=FRIDAY)
    with pytest.raises(StaleError, match="2026-10-01"):
        report_done(decision, actor=boss, outcome="好了", today=FRIDAY, version=99)
    assert Meeting.objects.get().last_decision == 1, "a refused one takes no number"


def test_only_the_lead_unit_and_the_bureau_report_it_done() -> None:
    power, town = make_unit("供电公司", kind=Unit.Kind.DEPARTMENT), make_unit()
    decision = make_decision(lead_unit=power, projects=[make_project(town=town)])
    for stranger in (
        make_user(User.Role.MANAGER, unit=town), make_user(User.Role.LIAISON, unit=power),
        make_user(User.Role.LEADER),
    ):  # fmt: skip
        with pytest.raises(PermissionDenied):
            report_done(decision, actor=stranger, outcome="好了", today=FRIDAY)
    of_power = make_user(User.Role.MANAGER, unit=power)
    with pytest.raises(PermissionDenied):
        change_decision(decision, actor=of_power, today=FRIDAY, text="别的")
    with pytest.raises(PermissionDenied):
        withdraw_decision(decision, actor=of_power, reason="不要")


def test_it_is_seen_by_its_unit_and_by_who_sees_its_projects() -> None:
    power, town = make_unit("供电公司", kind=Unit.Kind.DEPARTMENT), make_unit()
    decision = make_decision(lead_unit=power, projects=[make_project(town=town)])
    make_decision(text="与他们无关")
    for unit in (power, town):
        assert list(Decision.objects.visible_to(make_user(User.Role.MANAGER, unit=unit))) == [decision]
    assert Decision.objects.visible_to(make_user(User.Role.LEADER)).count() == 2
    assert not Decision.objects.visible_to(make_user(User.Role.LIAISON, unit=make_unit())).exists()


def test_sql_and_python_agree_on_what_is_late() -> None:
    boss = make_user()
    for due_on in (None, FRIDAY, NEXT_WEEK):
        for status in DecisionStatus:
            decision = make_decision(due_on=due_on)
            if status == DecisionStatus.WITHDRAWN:
                withdraw_decision(decision, actor=boss, reason="不要")
            elif status != DecisionStatus.OPEN:
                report_done(decision, actor=boss, outcome="好了", today=FRIDAY)
                if status == DecisionStatus.VERIFIED:
                    verify_decision(decision, actor=make_user(), today=FRIDAY)
    for today in (FRIDAY, date(2026, 3, 7), date(2026, 3, 14)):
        late = set(Decision.objects.late(today))
        expected = {
            each for each in Decision.objects.all()
            if is_decision_late(DecisionStatus(each.status), each.due_on, today)
        }  # fmt: skip
        assert late == expected
    assert Decision.objects.late(date(2026, 3, 14)).count() == 2


def test_completion_counts_what_was_taken_settled_and_late() -> None:
    boss = make_user()
    settled = report_done(make_decision(), actor=boss, outcome="好了", today=FRIDAY)
    verify_decision(settled, actor=make_user(), today=FRIDAY)
    make_decision(due_on=FRIDAY)
    withdraw_decision(make_decision(), actor=boss, reason="不要")
    meeting = Meeting.objects.with_completion(NEXT_WEEK).get()
    assert vars(meeting) | {"taken": 2, "settled": 1, "late": 1} == vars(meeting)


def test_a_frozen_meeting_takes_decisions() -> None:
    meeting = freeze(make_meeting())
    assert take_decision(meeting, actor=make_user(), text="甲", today=FRIDAY).number == "2026-10-01"
