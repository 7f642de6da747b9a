"""A frozen meeting is the same for ever; what is killed on the way leaves a draft; of two who freeze one does."""

from datetime import date, timedelta
from io import BytesIO
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.utils import timezone, translation

from accounts.models import User
from domain.errors import RuleError
from domain.lifecycle import Status
from domain.supervision import SlipLevel
from history.models import Change
from issues.actions import propose_slips
from issues.models import Issue, Supervision
from meetings import snapshot, tasks
from meetings.actions import (
    TakenOverError,
    add_item,
    agenda,
    ask_to_freeze,
    carry_out,
    drop_item,
    take_decision,
    take_job,
)
from meetings.actions import freezing as freezing_actions
from meetings.gathering import week_of
from meetings.models import AgendaItem, Job, Meeting, MeetingFile, Snapshot
from meetings.querysets import SILENT_AFTER
from meetings.snapshot import dump, figures_of, unpack
from meetings.week import Week
from meetings.workbook import write_workbook
from milestones.actions.holding import hold_project
from milestones.models import CalendarDay, Node
from projects.models import Project
from tests.issues.test_races import at_once
from tests.make import FRIDAY, make_issue, make_node, make_unit, make_user
from tests.meetings.drafts import NOON, freeze, make_meeting, rule_on
from tests.screen.small_district import make_small_district, put

pytestmark = pytest.mark.django_db

NEXT_NOON = NOON + timedelta(days=7)


def kept(meeting: Meeting) -> Week:
    return week_of(Snapshot.objects.get(meeting=meeting))


def cells_of(week: Week) -> list[Any]:
    return [[row.cells for row in table.rows] for table in week.tables]


def change_everything() -> None:
    """Other names, dates, states, issues: whatever a meeting shows is another a week later."""
    Project.objects.update(name="改名", investment=1)
    for node in Node.objects.filter(status=Status.RUNNING):
        put(node, Status.DONE, FRIDAY)
    Issue.objects.update(title="改题")
    make_issue(title="后来的")


def test_whatever_happens_to_the_data_a_frozen_meeting_shows_the_same() -> None:
    make_small_district()
    make_issue(Project.objects.get(name="晶圆材料二期"), title="开闭所未建")
    meeting = freeze(make_meeting())
    before, document = kept(meeting), unpack(bytes(meeting.snapshot.content), meeting.snapshot.sha256)
    with MeetingFile.objects.get(meeting=meeting).file.open() as file:
        workbook = file.read()
    change_everything()
    tasks.keep_meetings()
    after = kept(Meeting.objects.get(pk=meeting.pk))
    assert after == before
    assert dump(after) == document, "byte for byte"
    assert "开闭所未建" in document.decode()
    assert "改题" not in document.decode()
    with MeetingFile.objects.get(meeting=meeting).file.open() as file:
        assert file.read() == workbook


def test_the_document_keeps_every_cell_as_what_it_is() -> None:
    make_small_district()
    meeting = freeze(make_meeting())
    week = kept(meeting)
    kinds = {type(cell).__name__ for rows in cells_of(week) for cells in rows for cell in cells}
    assert {"Light", "date", "str", "int", "Decimal"} <= kinds
    assert meeting.snapshot.figures == figures_of(week)
    assert week.versions.calendar
    assert week.versions.rules
    assert [label.rpartition(" ")[2] for label in week.versions.templates] == ["v1", "v1"]


def test_a_workbook_written_from_the_snapshot_says_what_the_kept_one_says() -> None:
    from python_calamine import CalamineWorkbook

    make_small_district()
    meeting = freeze(make_meeting())
    again = BytesIO()
    with translation.override("zh-hans"):
        write_workbook(again, kept(meeting))
    again.seek(0)
    with MeetingFile.objects.get(meeting=meeting).file.open() as file:
        first = CalamineWorkbook.from_filelike(BytesIO(file.read()))
    second = CalamineWorkbook.from_filelike(again)
    assert len(first.sheet_names) > 5
    for name in first.sheet_names:
        assert first.get_sheet_by_name(name).to_python() == second.get_sheet_by_name(name).to_python()


def test_an_altered_snapshot_is_not_shown() -> None:
    meeting = freeze(make_meeting())
    Snapshot.objects.filter(meeting=meeting).update(sha256="0" * 64)
    with pytest.raises(RuleError, match="altered"):
        kept(meeting)


def test_the_next_week_says_what_came_and_what_went() -> None:
    make_small_district()
    issue = make_issue(Project.objects.get(name="晶圆材料二期"), title="开闭所未建")
    freeze(make_meeting())
    for node in Node.objects.filter(status=Status.RUNNING, template_node__code="b", project__name="轮胎技改"):
        put(node, Status.DONE, FRIDAY)
    Issue.objects.filter(pk=issue.pk).update(
        status="closed", lead_unit=make_unit(), due_on=FRIDAY, closed_on=FRIDAY, verified_by=make_user(),
        close_asked_by=make_user(),
    )  # fmt: skip
    make_issue(title="后来的")
    with time_machine.travel(NEXT_NOON, tick=False):
        second = freeze(make_meeting(NEXT_NOON), NEXT_NOON)
    changes = {change.key: change for change in kept(second).overview.changes}
    assert changes["recovered"].rows == 1, "the node that was done"
    assert changes["newly_overdue"].rows > 0
    assert changes["issues_closed"].named == (f"{issue.number} 开闭所未建",)
    assert changes["issues_raised"].rows == 1
    causes = {figure.key: figure for figure in kept(second).overview.figures}["causes"]
    assert causes.before == 2
    assert causes.change == causes.value - 2


def test_the_first_meeting_compares_with_nothing() -> None:
    make_small_district()
    week = kept(freeze(make_meeting()))
    assert week.overview.changes == ()
    assert {figure.before for figure in week.overview.figures} == {None}


def test_freezing_is_in_the_history_and_the_job_says_that_it_is_done() -> None:
    boss = make_user()
    meeting = freeze(make_meeting(), actor=boss)
    assert (meeting.frozen_by, meeting.frozen_at) == (boss, NOON)
    change = Change.objects.get(verb="meeting_frozen")
    assert (change.actor, change.after["sha256"]) == (boss, meeting.snapshot.sha256)
    job = Job.objects.get()
    assert (job.state, job.done) == (Job.State.DONE, job.steps)


def test_it_is_frozen_once() -> None:
    boss, meeting = make_user(), make_meeting()
    ask_to_freeze(meeting, actor=boss, now=NOON)
    with pytest.raises(RuleError, match="being frozen already"):
        ask_to_freeze(meeting, actor=boss, now=NOON)
    tasks.run_job(Job.objects.get().pk)
    with pytest.raises(RuleError, match="frozen"):
        ask_to_freeze(meeting, actor=boss, now=NOON)
    assert Snapshot.objects.count() == MeetingFile.objects.count() == 1


@pytest.mark.parametrize("role", [User.Role.LIAISON, User.Role.LEADER])
def test_only_the_bureau_freezes(role: str) -> None:
    meeting = make_meeting()
    with pytest.raises(PermissionDenied):
        ask_to_freeze(meeting, actor=make_user(role, unit=make_unit()), now=NOON)
    assert not Job.objects.exists()


def test_killed_while_writing_it_leaves_a_draft_no_file_and_a_job_that_is_taken_up_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    make_small_district()
    meeting = make_meeting()
    job = take_job(ask_to_freeze(meeting, actor=make_user(), now=NOON).pk, now=NOON)
    assert job is not None

    def killed(*_args: Any, **_more: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(freezing_actions, "dump", killed)  # the workbook lies in the storage already
        with pytest.raises(KeyboardInterrupt):
            carry_out(job, rule=rule_on(), now=NOON)
    meeting.refresh_from_db()
    assert not meeting.is_frozen
    assert not Snapshot.objects.exists()
    assert default_storage.listdir("meetings")[1] == []
    assert Job.objects.get().state == Job.State.RUNNING, "a killed worker says nothing"
    assert take_job(job.pk, now=timezone.now()) is None, "it may be at work still"
    with time_machine.travel(timezone.now() + SILENT_AFTER + timedelta(seconds=1)):
        tasks.keep_meetings()
    assert Meeting.objects.get(pk=meeting.pk).is_frozen
    assert Job.objects.get(pk=job.pk).tries == 2


def test_a_worker_that_was_thought_dead_keeps_nothing() -> None:
    meeting = make_meeting()
    asked = ask_to_freeze(meeting, actor=make_user(), now=NOON)
    slow = take_job(asked.pk, now=NOON)
    assert slow is not None
    Job.objects.update(beat_at=NOON - SILENT_AFTER - timedelta(seconds=1))
    quick = take_job(asked.pk, now=NOON)
    assert quick is not None
    carry_out(quick, rule=rule_on(), now=NOON)
    with pytest.raises(TakenOverError):
        carry_out(slow, rule=rule_on(), now=NOON)
    assert Snapshot.objects.count() == 1


def test_an_agenda_that_is_edited_meanwhile_is_gathered_again(monkeypatch: pytest.MonkeyPatch) -> None:
    make_small_district()
    meeting, boss = make_meeting(), make_user()
    item = meeting.items.first()
    assert item is not None
    real, edits = snapshot.pack, iter([True])

    def edited(document: bytes) -> tuple[bytes, str]:
        if next(edits, False):
            drop_item(item, actor=boss, reason="临时撤下")
        return real(document)

    monkeypatch.setattr(freezing_actions, "pack", edited)
    frozen = freeze(meeting)
    dropped = [row.dropped_reason for row in kept(frozen).agenda if row.pk == item.pk]
    assert dropped == ["临时撤下"]


def test_an_agenda_that_never_stands_still_is_not_frozen(monkeypatch: pytest.MonkeyPatch) -> None:
    meeting, boss = make_meeting(), make_user()
    real = snapshot.pack

    def edited(document: bytes) -> tuple[bytes, str]:
        from meetings.actions import add_item

        add_item(meeting, actor=boss, text="又一件")
        return real(document)

    monkeypatch.setattr(freezing_actions, "pack", edited)
    with pytest.raises(RuleError, match="again and again"):
        freeze(meeting)
    job = Job.objects.get()
    assert job.state == Job.State.FAILED
    assert job.error
    assert default_storage.listdir("meetings")[1] == []


def test_progress_is_seen_while_it_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    meeting, seen = make_meeting(), []
    real = freezing_actions._beat

    def watched(job: Job, done: int) -> None:
        real(job, done)
        seen.append(Job.objects.get(pk=job.pk).done)

    monkeypatch.setattr(freezing_actions, "_beat", watched)
    freeze(meeting)
    job = Job.objects.get()
    assert seen == list(range(job.steps))
    assert job.done == job.steps


def test_one_meeting_that_misbehaves_does_not_hinder_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    boss = make_user()
    jobs = [ask_to_freeze(make_meeting(NOON + timedelta(days=days)), actor=boss, now=NOON) for days in (0, 7)]
    first = jobs[0].meeting_id
    real = agenda.refresh_agenda

    def broken(meeting: Meeting, **more: Any) -> Meeting:
        if meeting.pk == first:
            raise ZeroDivisionError
        return real(meeting, **more)

    monkeypatch.setattr(freezing_actions, "refresh_agenda", broken)
    with time_machine.travel(NOON, tick=False):
        tasks.keep_meetings()
    assert [job.state for job in Job.objects.order_by("pk")] == [Job.State.FAILED, Job.State.DONE]


def test_a_meeting_frozen_late_stands_under_its_own_week_in_the_trend() -> None:
    meeting = make_meeting()
    later = NOON + timedelta(days=4)
    with time_machine.travel(later, tick=False):
        frozen = freeze(meeting, later)
    assert [week.label for week in kept(frozen).overview.trend] == ["26-10"]


def test_the_clock_drafts_freezes_and_leaves_alone_what_is_done() -> None:
    make_small_district()
    with time_machine.travel("2026-03-02 13:59+08:00"):
        tasks.keep_meetings()
    assert not Meeting.objects.exists()
    with time_machine.travel("2026-03-02 14:00+08:00"):
        tasks.keep_meetings()
        tasks.keep_meetings()
    meeting = Meeting.objects.get()
    assert (meeting.number, meeting.is_frozen) == ("2026-10", False)
    with time_machine.travel("2026-03-06 11:59+08:00"):
        tasks.keep_meetings()
    assert Meeting.objects.drafts().exists()
    with time_machine.travel("2026-03-06 12:00+08:00"):
        tasks.keep_meetings()
        tasks.keep_meetings()
    meeting.refresh_from_db()
    assert meeting.is_frozen
    assert meeting.frozen_by == User.objects.system()
    assert Snapshot.objects.count() == 1


def test_what_two_meetings_found_unsolved_gets_a_yellow_slip() -> None:
    boss = make_small_district()
    late = Node.objects.get(template_node__code="b", project__name="轮胎技改")
    Node.objects.filter(pk=late.pk).update(due_on=FRIDAY - timedelta(days=1))
    # Days off, so that two meetings later it is late by few working days still.
    for number in range(3, 7):
        CalendarDay.objects.create(on=FRIDAY + timedelta(days=number), is_working=False)

    def level(today: date) -> SlipLevel:
        Supervision.objects.all().delete()
        propose_slips(today, rule_on().calendar)
        return SlipLevel(Supervision.objects.get(node=late).level)

    freeze(make_meeting())
    second = make_meeting(NEXT_NOON)
    item = second.items.get(node=late)
    drop_item(item, actor=boss, reason="撤下")
    with time_machine.travel(NEXT_NOON, tick=False):
        freeze(second, NEXT_NOON)
    held_on = second.held_at.date()
    assert level(held_on) == SlipLevel.BLUE, "what was dropped was not talked about"
    second.items.filter(pk=item.pk).update(dropped_reason="")
    assert level(held_on) == SlipLevel.YELLOW
    assert level(held_on - timedelta(days=1)) == SlipLevel.BLUE, "the second meeting has not been held"
    AgendaItem.objects.filter(node=late).update(deadline_on=FRIDAY)
    Node.objects.filter(pk=late.pk).update(due_on=FRIDAY)
    assert level(held_on) == SlipLevel.BLUE, "it was not late when the first meeting was cut off"


@pytest.mark.services
@pytest.mark.django_db(transaction=True)
def test_two_who_freeze_at_once_make_one_snapshot() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite writes one transaction at a time")
    boss, meeting = make_user(), make_meeting()
    found = at_once(*[lambda: ask_to_freeze(meeting, actor=boss, now=NOON)] * 6)
    assert sum(isinstance(each, Job) for each in found) == 1
    pk = Job.objects.get().pk
    at_once(*[lambda: tasks.run_job(pk)] * 4)
    assert Snapshot.objects.count() == MeetingFile.objects.count() == 1
    assert Meeting.objects.get().is_frozen
    assert len(default_storage.listdir("meetings")[1]) == 1


@pytest.mark.services
@pytest.mark.django_db(transaction=True)
def test_who_puts_a_project_on_the_agenda_does_not_wait_for_who_changes_it() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite writes one transaction at a time")
    boss, meeting, node = make_user(), make_meeting(), make_node()
    with transaction.atomic():
        hold_project(node.project_id)
        (item,) = at_once(lambda: add_item(meeting, actor=boss, node=node))
    assert isinstance(item, AgendaItem)


@pytest.mark.services
@pytest.mark.django_db(transaction=True)
def test_decisions_taken_at_once_have_numbers_without_gaps_and_one_key_is_one_decision() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite writes one transaction at a time")
    from uuid import uuid4

    boss, meeting, key = make_user(), make_meeting(), uuid4()
    at_once(*[lambda: take_decision(meeting, actor=boss, text="甲", today=FRIDAY)] * 6)
    at_once(*[lambda: take_decision(meeting, actor=boss, text="乙", today=FRIDAY, key=key)] * 6)
    assert list(meeting.decisions.order_by("serial").values_list("serial", flat=True)) == list(range(1, 8))
