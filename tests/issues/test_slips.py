"""Supervision slips: what the sweep proposes, who issues and answers, and what is refused."""

from datetime import date, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from pytest_django import DjangoAssertNumQueries

from accounts.models import Unit, User
from config import celery_app
from domain.errors import InputError, RuleError, StaleError
from domain.issues import IssueStatus
from domain.lifecycle import Status
from domain.supervision import SlipLevel, is_answer_late
from domain.workdays import WorkCalendar
from history.models import Change
from issues.actions import (
    Proposals,
    answer_slip,
    dismiss_slip,
    issue_slip,
    issue_slips,
    propose_slips,
)
from issues.models import Issue, NumberSeries, Supervision
from issues.tasks import propose_slips as propose_slips_task
from milestones.models import Node
from projects.models import Project
from tests.make import MONDAY, make_issue, make_node, make_nodes, make_template, make_unit, make_user

pytestmark = pytest.mark.django_db

CALENDAR = WorkCalendar()
BLUE, YELLOW, RED = SlipLevel.BLUE, SlipLevel.YELLOW, SlipLevel.RED
State = Supervision.State


def after(working_days: int) -> date:
    """So many working days after the Monday by which everything here is due."""
    return CALENDAR.add(MONDAY, working_days)


def sweep(working_days: int) -> Proposals:
    return propose_slips(after(working_days), CALENDAR)


def late_node(**fields: Any) -> Node:
    return make_node(status=Status.RUNNING, **{"due_on": MONDAY, **fields})


def late_issue(**fields: Any) -> Issue:
    return make_issue(lead_unit=make_unit(kind=Unit.Kind.DEPARTMENT), due_on=MONDAY, **fields)


def proposal(working_days: int = 3, node: Node | None = None) -> Supervision:
    """What the sweep proposes for a late node."""
    node = node or late_node()
    sweep(working_days)
    return Supervision.objects.proposed().get(node=node)


def issued(working_days: int = 3, **more: Any) -> Supervision:
    slip = proposal(working_days, more.pop("node", None))
    return issue_slip(slip, actor=make_user(), today=after(working_days), **more)


def steps(subject: Node | Issue) -> list[tuple[date, int, str]]:
    slips = Supervision.objects.filter(**{type(subject).__name__.lower(): subject}).order_by("pk")
    return list(slips.values_list("deadline_on", "level", "state"))


# What the sweep proposes


@pytest.mark.parametrize(
    ("days", "level"), [(1, BLUE), (5, BLUE), (6, YELLOW), (15, YELLOW), (16, RED), (60, RED)]
)
def test_a_late_node_and_a_late_issue_get_the_slip_of_the_ladder(days: int, level: SlipLevel) -> None:
    node, issue = late_node(), late_issue()

    assert sweep(days) == Proposals(proposed=2, raised=0, lapsed=0, open=2)

    assert steps(node) == steps(issue) == [(MONDAY, level, State.PROPOSED)]
    for slip in Supervision.objects.all():
        assert (slip.days_late, slip.proposed_on, slip.number) == (days, after(days), "")
    assert {slip.project_id for slip in Supervision.objects.all()} == {node.project_id, issue.project_id}
    assert not Change.objects.filter(verb__startswith="slip").exists()


def test_a_sweep_that_runs_again_changes_nothing() -> None:
    late_node()
    late_issue()
    sweep(3)
    before = list(Supervision.objects.order_by("pk").values())

    assert sweep(3) == Proposals(0, 0, 0, open=2)
    assert sweep(4) == Proposals(0, 0, 0, open=2)

    assert list(Supervision.objects.order_by("pk").values()) == before


def test_only_causes_get_slips() -> None:
    nodes = make_nodes(make_template("a", "b"), a=MONDAY, b=MONDAY)

    sweep(3)

    assert list(Supervision.objects.values_list("node", flat=True)) == [nodes["a"].pk]


@pytest.mark.parametrize("status", [Status.DONE, Status.WAIVED, Status.HELD])
def test_what_is_done_waived_or_on_hold_gets_none(status: Status) -> None:
    make_node(status=status, due_on=MONDAY)

    assert sweep(3) == Proposals(0, 0, 0, 0)


@pytest.mark.parametrize("status", ["closed", "suspended"])
def test_issues_that_are_closed_or_suspended_get_none(status: str) -> None:
    make_issue(status=status, due_on=MONDAY)

    assert sweep(3) == Proposals(0, 0, 0, 0)


def test_on_the_due_day_and_on_a_weekend_right_after_it_nothing_is_proposed() -> None:
    friday, saturday = date(2026, 3, 6), date(2026, 3, 7)
    late_node(due_on=friday)

    assert propose_slips(friday, CALENDAR).proposed == 0
    assert propose_slips(saturday, CALENDAR).proposed == 0
    assert propose_slips(saturday + timedelta(days=2), CALENDAR).proposed == 1


def test_what_nobody_decided_about_is_raised_not_proposed_beside() -> None:
    node = late_node()
    sweep(5)

    assert sweep(6) == Proposals(proposed=0, raised=1, lapsed=0, open=1)

    slip = Supervision.objects.get(node=node)
    assert (slip.level, slip.days_late, slip.proposed_on, slip.version) == (YELLOW, 6, after(6), 2)


def test_after_a_slip_was_issued_only_a_more_severe_one_is_proposed() -> None:
    node = late_node()
    issued(3, node=node)

    assert sweep(5).proposed == 0
    assert sweep(6).proposed == 1

    assert steps(node) == [(MONDAY, BLUE, State.ISSUED), (MONDAY, YELLOW, State.PROPOSED)]


def test_a_dismissed_step_stays_dismissed_and_a_more_severe_one_still_comes() -> None:
    node = late_node()
    dismiss_slip(proposal(3, node), actor=make_user(), reason="企业已到场")

    assert sweep(5).proposed == 0
    assert sweep(6).proposed == 1

    assert steps(node) == [(MONDAY, BLUE, State.DISMISSED), (MONDAY, YELLOW, State.PROPOSED)]


def test_a_proposal_lapses_with_the_lateness_and_comes_back_with_it() -> None:
    node = late_node()
    sweep(3)
    Node.objects.filter(pk=node.pk).update(status=Status.DONE, finished_on=after(3))

    assert sweep(4) == Proposals(proposed=0, raised=0, lapsed=1, open=0)
    assert sweep(4) == Proposals(0, 0, 0, 0)
    Node.objects.filter(pk=node.pk).update(status=Status.RUNNING, finished_on=None)
    assert sweep(7) == Proposals(proposed=1, raised=0, lapsed=0, open=1)

    slip = Supervision.objects.get(node=node)
    assert (slip.state, slip.level, slip.days_late, slip.version) == (State.PROPOSED, YELLOW, 7, 3)


def test_with_another_deadline_the_steps_begin_anew() -> None:
    node = late_node()
    issued(3, node=node)
    sweep(6)
    Node.objects.filter(pk=node.pk).update(due_on=after(6))

    assert sweep(7) == Proposals(proposed=1, raised=0, lapsed=1, open=1)

    assert steps(node) == [
        (MONDAY, BLUE, State.ISSUED), (MONDAY, YELLOW, State.LAPSED), (after(6), BLUE, State.PROPOSED),
    ]  # fmt: skip


def test_after_two_yellow_slips_the_next_is_red_whatever_the_deadline() -> None:
    node = late_node()
    issued(6, node=node)
    Node.objects.filter(pk=node.pk).update(due_on=after(6))
    assert proposal(12, node).level == YELLOW
    issued(12, node=node)
    Node.objects.filter(pk=node.pk).update(due_on=after(12))

    assert proposal(13, node).level == RED


def test_yellow_slips_of_another_node_do_not_count() -> None:
    for _ in range(2):
        issued(6)

    late = late_node(due_on=after(6))
    assert proposal(7, late).level == BLUE


def test_a_sweep_as_of_an_earlier_day_leaves_alone_what_was_proposed_after_it() -> None:
    node = late_node()
    sweep(6)

    assert sweep(-5) == Proposals(0, 0, 0, open=1)
    assert sweep(2) == Proposals(0, 0, 0, open=1)

    assert Supervision.objects.get(node=node).level == YELLOW


@pytest.mark.parametrize("subjects", [1, 5])
def test_a_sweep_takes_the_same_number_of_queries_however_many(
    subjects: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(subjects):
        late_node()
        late_issue()

    # What is read twice (late nodes, late issues, slips, agendas), the lock, the rows, the count, savepoint and release
    with django_assert_num_queries(13):
        assert sweep(5).proposed == 2 * subjects
    with django_assert_num_queries(13):
        assert sweep(6).raised == 2 * subjects
    with django_assert_num_queries(7):
        assert sweep(6).open == 2 * subjects


def test_the_command_ends_with_the_four_counts() -> None:
    late_node()
    out = StringIO()

    call_command("propose_slips", "--on", after(2).isoformat(), stdout=out)

    assert out.getvalue().splitlines()[-1] == "proposed 1, raised 0, lapsed 0, open 1"
    assert Supervision.objects.get().proposed_on == after(2)


def test_the_command_says_that_a_day_is_too_late_to_count_from() -> None:
    with pytest.raises(CommandError, match="outside the years 1 to 9999"):
        call_command("propose_slips", "--on", "9999-12-31")


def test_the_task_sweeps_as_of_today_after_the_flags() -> None:
    late_node()

    propose_slips_task()

    assert Supervision.objects.proposed().count() == 1
    entries = {entry["task"]: entry["schedule"] for entry in celery_app.conf.beat_schedule.values()}
    schedule = entries["issues.tasks.propose_slips"]
    assert (schedule.hour, schedule.minute) == ({6}, {10})


# Issuing


def test_an_issued_slip_has_a_number_and_what_is_usual() -> None:
    unit = make_unit("供电公司", kind=Unit.Kind.DEPARTMENT)
    node, manager = late_node(unit=unit), make_user()

    issue_slip(proposal(3, node), actor=manager, today=after(4), text="请说明原因")

    slip = Supervision.objects.get()
    assert (slip.number, slip.state, slip.level, slip.days_late) == ("2026-0001", State.ISSUED, BLUE, 4)
    assert (slip.addressee, slip.reply_by, slip.text) == (unit, after(9), "请说明原因")
    assert (slip.issued_on, slip.issued_by, slip.version) == (after(4), manager, 2)
    assert unit in node.project.units.all()
    change = Change.objects.get(verb=Change.Verb.SLIP_ISSUED)
    assert (change.actor, change.project, change.node, change.issue) == (manager, node.project, node, None)
    assert (change.before, change.note) == ({"state": "proposed", "level": BLUE}, "请说明原因")
    assert change.after == {
        "state": "issued", "days_late": 4, "slip": "2026-0001", "level": 1, "addressee": "供电公司",
        "reply_by": after(9).isoformat(),
    }  # fmt: skip


def test_without_a_unit_the_town_answers_and_for_an_issue_its_lead_unit() -> None:
    node, issue = late_node(unit=None), late_issue()
    sweep(3)
    for slip in Supervision.objects.all():
        issue_slip(slip, actor=make_user(), today=after(3))

    assert Supervision.objects.get(node=node).addressee == node.project.town
    assert Supervision.objects.get(issue=issue).addressee == issue.lead_unit
    assert issue.lead_unit in issue.project.units.all()
    assert Change.objects.get(verb=Change.Verb.SLIP_ISSUED, issue=issue).project == issue.project


def test_what_is_urgent_goes_straight_to_a_more_severe_slip_never_to_a_milder() -> None:
    slip = proposal(3)
    issue_slip(slip, actor=make_user(), today=after(3), level=RED)
    assert (Supervision.objects.get().level, Supervision.objects.get().reply_by) == (RED, after(5))
    assert sweep(20).proposed == 0, "nothing is more severe"

    with pytest.raises(RuleError, match="not milder"):
        issue_slip(proposal(7), actor=make_user(), today=after(7), level=BLUE)


def test_numbers_are_gapless_and_a_refused_slip_takes_none() -> None:
    assert issued().number == "2026-0001"
    with pytest.raises(RuleError):
        issued(reply_by=after(2))
    Supervision.objects.proposed().delete()
    assert issued().number == "2026-0002"
    assert NumberSeries.objects.get(of=NumberSeries.Of.SLIPS).last == 2


def test_a_step_is_issued_once() -> None:
    slip = proposal()
    issue_slip(slip, actor=make_user(), today=after(3))

    with pytest.raises(RuleError, match=r"issued already: 2026-0001"):
        issue_slip(slip, actor=make_user(), today=after(3))


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"status": Status.DONE, "finished_on": MONDAY}, "is closed"),
        ({"status": Status.WAIVED, "waived_reason": "企业无需求"}, "is closed"),
        ({"status": Status.HELD, "held_on": MONDAY}, "no longer late"),
        ({"due_on": date(2026, 12, 1)}, "no longer late"),
        ({"due_on": date(2026, 2, 20)}, "no longer late by 2026-03-02"),
    ],
)
def test_no_slip_goes_out_for_a_node_that_is_closed_or_no_longer_late(
    changed: dict[str, Any], sentence: str
) -> None:
    slip = proposal()
    Node.objects.filter(supervisions=slip).update(**changed)

    with pytest.raises(RuleError, match=sentence):
        issue_slip(slip, actor=make_user(), today=after(3))
    assert Supervision.objects.get().state == State.PROPOSED


def test_no_slip_goes_out_for_a_node_that_waits_for_another() -> None:
    nodes = make_nodes(make_template("a", "b"), a=date(2027, 1, 1), b=MONDAY)
    Node.objects.filter(pk=nodes["a"].pk).update(status=Status.DONE, finished_on=MONDAY)
    slip = proposal(3, nodes["b"])
    Node.objects.filter(pk=nodes["a"].pk).update(status=Status.RUNNING, finished_on=None, started_on=MONDAY)

    with pytest.raises(RuleError, match="no longer late"):
        issue_slip(slip, actor=make_user(), today=after(3))


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        (
            {"status": IssueStatus.SUSPENDED, "suspended_on": MONDAY, "suspended_word": "陈副区长"},
            "no longer late",
        ),
        ({"due_on": date(2026, 12, 1)}, "no longer late"),
        ({"status": IssueStatus.CLOSED, "closed_on": MONDAY, "verified_by": True}, "is closed"),
    ],
)
def test_no_slip_goes_out_for_an_issue_that_is_closed_or_no_longer_late(
    changed: dict[str, Any], sentence: str
) -> None:
    issue = late_issue()
    sweep(3)
    if "verified_by" in changed:
        changed = {**changed, "verified_by": make_user()}
    Issue.objects.filter(pk=issue.pk).update(**changed)

    with pytest.raises(RuleError, match=sentence):
        issue_slip(Supervision.objects.get(), actor=make_user(), today=after(3))


def test_a_reply_date_that_has_passed_is_refused() -> None:
    with pytest.raises(RuleError, match="has passed"):
        issued(3, reply_by=after(2))


def test_a_text_that_does_not_fit_on_the_page_is_refused() -> None:
    with pytest.raises(InputError, match="at most 500 characters"):
        issued(3, text="请" * 501)


def test_only_who_coordinates_the_project_issues_and_dismisses() -> None:
    unit = make_unit(kind=Unit.Kind.DEPARTMENT)
    slip = proposal(3, late_node(unit=unit))
    slip.project.units.add(unit)
    liaison = make_user(User.Role.LIAISON)
    Project.objects.filter(pk=slip.project_id).update(liaison=liaison)

    for other in (make_user(unit=unit), liaison, make_user(User.Role.LEADER), make_user(unit=make_unit())):
        with pytest.raises(PermissionDenied):
            issue_slip(slip, actor=other, today=after(3))
        with pytest.raises(PermissionDenied):
            dismiss_slip(slip, actor=other, reason="x")
    issue_slip(slip, actor=make_user(unit=slip.project.town), today=after(3))


def test_a_slip_that_has_changed_since_it_was_read_is_not_issued() -> None:
    slip = proposal(5)
    sweep(6)

    with pytest.raises(StaleError, match="has changed since"):
        issue_slip(slip, actor=make_user(), today=after(6), version=slip.version)
    assert Supervision.objects.get().state == State.PROPOSED


def test_many_are_issued_at_once_and_those_refused_are_told() -> None:
    nodes = [late_node() for _ in range(3)]
    sweep(3)
    slips = list(Supervision.objects.order_by("pk"))
    Node.objects.filter(pk=nodes[1].pk).update(status=Status.DONE, finished_on=MONDAY)

    out, refused = issue_slips([(slip, slip.version) for slip in slips], actor=make_user(), today=after(3))

    assert [slip.number for slip in out] == ["2026-0001", "2026-0002"]
    assert [(one.slip, str(one.refusal)) for one in refused] == [
        (slips[1], "“Node only” is closed; no slip is issued for it.")
    ]
    assert steps(nodes[1]) == [(MONDAY, BLUE, State.PROPOSED)]


def test_among_many_a_strangers_slip_stops_them_all() -> None:
    mine = late_node()
    late_node()
    sweep(3)

    with pytest.raises(PermissionDenied):
        issue_slips(
            [(slip, None) for slip in Supervision.objects.order_by("pk")],
            actor=make_user(unit=mine.project.town), today=after(3),
        )  # fmt: skip
    assert not Supervision.objects.issued().exists()


# Dismissing


def test_dismissing_needs_a_reason_and_is_on_record() -> None:
    slip = proposal()
    with pytest.raises(InputError, match="Say why"):
        dismiss_slip(slip, actor=make_user(), reason=" ")

    dismiss_slip(slip, actor=make_user(), reason="企业已到场")

    stored = Supervision.objects.get()
    assert (stored.state, stored.dismissed_reason, stored.number) == (State.DISMISSED, "企业已到场", "")
    change = Change.objects.get(verb=Change.Verb.SLIP_DISMISSED)
    assert (change.note, change.node, change.after["level"]) == ("企业已到场", slip.node, BLUE)


def test_what_is_dismissed_issued_or_lapsed_is_neither_issued_nor_dismissed() -> None:
    for state, sentence in (("dismissed", "was dismissed"), ("lapsed", "no longer late")):
        slip = proposal(3)
        Supervision.objects.filter(pk=slip.pk).update(state=state)
        with pytest.raises(RuleError, match=sentence):
            issue_slip(slip, actor=make_user(), today=after(3))
        with pytest.raises(RuleError, match=sentence):
            dismiss_slip(slip, actor=make_user(), reason="x")
    with pytest.raises(RuleError, match="issued already"):
        dismiss_slip(issued(), actor=make_user(), reason="x")


# Answering


def test_the_addressee_answers_with_a_plan() -> None:
    unit = make_unit(kind=Unit.Kind.DEPARTMENT)
    slip, clerk = issued(node=late_node(unit=unit)), make_user(unit=unit)

    answer_slip(slip, actor=clerk, answer="外线未到货", plan="本周进场", planned_on=after(9), today=after(5))

    stored = Supervision.objects.get()
    assert (stored.state, stored.answer, stored.plan) == (State.ANSWERED, "外线未到货", "本周进场")
    assert (stored.planned_on, stored.answered_on, stored.answered_by) == (after(9), after(5), clerk)
    change = Change.objects.get(verb=Change.Verb.SLIP_ANSWERED)
    assert (change.note, change.node, change.actor) == ("外线未到货", slip.node, clerk)
    assert (change.after["slip"], change.after["plan"], change.after["is_late"]) == (
        "2026-0001", "本周进场", False,
    )  # fmt: skip


def test_an_answer_needs_a_cause_and_a_plan_that_lies_ahead() -> None:
    slip, boss = issued(), make_user()
    for answer, plan, sentence in ((" ", "x", "why it is late"), ("x", "", "by which plan")):
        with pytest.raises(InputError, match=sentence):
            answer_slip(slip, actor=boss, answer=answer, plan=plan, today=after(4))
    with pytest.raises(RuleError, match="has passed"):
        answer_slip(slip, actor=boss, answer="x", plan="x", planned_on=after(3), today=after(4))
    assert Supervision.objects.get().state == State.ISSUED


def test_a_late_answer_is_taken_and_stays_late() -> None:
    slip = issued(3)
    assert slip.reply_by is not None
    assert not Supervision.objects.with_late_answer(after(8)).exists()

    answer_slip(slip, actor=make_user(), answer="x", plan="x", today=after(9))

    assert Supervision.objects.with_late_answer(after(9)).get() == slip
    assert not Supervision.objects.late(after(9)).exists()
    assert Change.objects.get(verb=Change.Verb.SLIP_ANSWERED).after["is_late"] is True


def test_a_slip_is_answered_once_and_a_proposal_not_at_all() -> None:
    slip, boss = issued(), make_user()
    answer_slip(slip, actor=boss, answer="x", plan="x", today=after(4))

    with pytest.raises(RuleError, match="answered already"):
        answer_slip(slip, actor=boss, answer="y", plan="y", today=after(4))
    with pytest.raises(RuleError, match="not issued"):
        answer_slip(proposal(3), actor=boss, answer="y", plan="y", today=after(4))


def test_who_coordinates_the_project_does_not_answer_for_another_unit() -> None:
    unit = make_unit(kind=Unit.Kind.DEPARTMENT)
    slip = issued(node=late_node(unit=unit))

    others = (
        make_user(unit=slip.project.town), make_user(User.Role.LEADER), make_user(User.Role.LIAISON, unit=unit),
        make_user(unit=make_unit()),
    )  # fmt: skip
    for other in others:
        with pytest.raises(PermissionDenied):
            answer_slip(slip, actor=other, answer="x", plan="x", today=after(4))
    answer_slip(slip, actor=make_user(), answer="x", plan="x", today=after(4))


def test_an_answer_to_what_has_changed_since_is_refused() -> None:
    slip = issued()
    with pytest.raises(StaleError):
        answer_slip(slip, actor=make_user(), answer="x", plan="x", today=after(4), version=1)


# Which slips


def test_proposals_are_seen_by_those_who_decide_about_them() -> None:
    unit = make_unit(kind=Unit.Kind.DEPARTMENT)
    slip = proposal(3, late_node(unit=unit))
    slip.project.units.add(unit)
    town, clerk, leader = (
        make_user(unit=slip.project.town), make_user(unit=unit), make_user(User.Role.LEADER),
    )  # fmt: skip

    def seen() -> list[bool]:
        readers = (make_user(), town, clerk, leader, make_user(unit=make_unit()))
        return [Supervision.objects.seen_by(reader).exists() for reader in readers]

    assert seen() == [True, True, False, False, False]
    issue_slip(slip, actor=make_user(), today=after(3))
    assert seen() == [True, True, True, True, False]
    assert Supervision.objects.to_answer(clerk).get() == slip
    assert not Supervision.objects.to_answer(town).exists()


def test_late_answers_are_the_same_in_sql_and_in_python() -> None:
    slip = issued(3)
    for answered_on in (None, after(7), after(8), after(9)):
        Supervision.objects.filter(pk=slip.pk).update(
            answered_on=answered_on, state=State.ANSWERED if answered_on else State.ISSUED
        )
        for today in (after(7), after(8), after(9)):
            assert Supervision.objects.with_late_answer(today).exists() == is_answer_late(
                after(8), answered_on, today
            )
