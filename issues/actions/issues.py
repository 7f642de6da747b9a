"""Every change of one issue, from raising it to rating the answer."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext_noop

from accounts.access import may_lead_topics, verifies_for_all
from accounts.models import Unit, User
from domain.errors import InputError, RuleError
from domain.issues import (
    OPEN_ISSUES,
    IssueStatus,
    IssueStep,
    Level,
    check_due,
    check_rating,
    check_units,
    check_verifier,
    move_issue,
    written_number,
)
from history.models import Change
from issues.actions.blocks import block_nodes, hold_blocked, resume_blocked
from issues.actions.holding import held_issue, keep_files, text_given, write
from issues.actions.numbering import take_number
from issues.models import Block, Category, Issue, IssueFile, IssueNote, NumberSeries, Topic, TopicNote
from milestones.actions.holding import hold_project, reason_given
from milestones.models import Node
from projects.actions import join_units
from projects.file_actions import StoredFile
from projects.models import Finding, Project

SAY_WHAT = gettext_noop("Say what stands in the way.")


@transaction.atomic
def raise_issue(
    project: Project, *, actor: User, title: str, category: Category, source: Issue.Source, today: date,
    description: str = "", nodes: Collection[Node] = (), level: Level = Level.DAILY, topic: Topic | None = None,
    raised_for: str = "", finding: Finding | None = None, files: Sequence[StoredFile] = (), hold: bool = False,
    batch: UUID | None = None,
) -> Issue:  # fmt: skip
    """Somebody noticed: an issue of `project` with the next number of the year, which blocks `nodes`.

    With `hold` the clocks of those that run stand still as of `today`. Anybody may raise one who may see the
    project, leaders aside; the topic is the bureau's to say, the level a manager's: PermissionDenied for others.
    Raises InputError without a title, RuleError where a node is of another project or closed, or the topic is closed.

    In a transaction that raises issues of several projects these must be locked first (``hold_projects``).
    """
    hold_project(project.pk)
    if not Project.objects.raisable_by(actor).filter(pk=project.pk).exists():
        raise PermissionDenied(gettext_noop("Leaders see everything and change nothing."))
    title = text_given(title, SAY_WHAT)
    _refuse_to_place(actor, topic=topic is not None, level=level != Level.DAILY)
    refuse_closed_topic(topic)
    serial = take_number(NumberSeries.Of.ISSUES, today.year)
    issue = Issue.objects.create(
        year=today.year, serial=serial, number=written_number(today.year, serial), project=project, title=title,
        description=description.strip(), category=category, topic=topic, source=source, level=level,
        raised_on=today, raised_by=actor, raised_for=raised_for.strip(), finding=finding,
    )  # fmt: skip
    block_nodes(issue, nodes)
    keep_files(issue, files, actor=actor, purpose=IssueFile.Purpose.FOUND)
    Change.objects.create(
        verb=Change.Verb.ISSUE_RAISED, actor=actor, project=project, issue=issue,
        after={
            "issue": issue.number, "title": title, "category": category.name, "source": str(source),
            "raised_for": issue.raised_for, "nodes": [node.template_node.name for node in nodes],
        },
        batch=batch,
    )  # fmt: skip
    if hold:
        hold_blocked(issue, actor=actor, today=today)
    return issue


@transaction.atomic
def change_issue(
    issue: Issue,
    *,
    actor: User,
    nodes: Collection[Node] | None = None,
    version: int | None = None,
    batch: UUID | None = None,
    **fields: Any,
) -> Issue:
    """Another wording, category, level or topic, or other blocked nodes.

    `fields`: title, description, category, level, topic. For whoever coordinates the project, and for who raised the
    issue while nobody has it yet; topic and level as when it is raised: PermissionDenied for others. Raises RuleError
    where the issue is closed.
    """
    issue = held_issue(issue, Issue.objects.changeable_by(actor), version)
    if issue.status not in OPEN_ISSUES:
        raise RuleError(
            gettext_noop("%(issue)s is closed; reopen it before adding to it."), issue=issue.number
        )
    if "title" in fields:
        fields["title"] = text_given(fields["title"], SAY_WHAT)
    if "description" in fields:
        fields["description"] = fields["description"].strip()
    changed = {name for name, value in fields.items() if getattr(issue, name) != value}
    _refuse_to_place(actor, topic="topic" in changed, level="level" in changed)
    if "topic" in changed:
        refuse_closed_topic(fields["topic"])
    more = {}
    if nodes is not None and {node.pk for node in nodes} != set(
        Block.objects.filter(issue=issue).values_list("node", flat=True)
    ):
        block_nodes(issue, nodes)
        more["nodes"] = [node.template_node.name for node in nodes]
    if more or changed:
        write(issue, Change.Verb.ISSUE_CHANGED, actor=actor, batch=batch, more=more, **fields)
    return issue


@transaction.atomic
def assign_issue(
    issue: Issue, *, actor: User, lead_unit: Unit, due_on: date, today: date,
    supporting: Collection[Unit] = (), level: Level | None = None, leader: str | None = None, note: str = "",
    hold: bool = False, version: int | None = None, batch: UUID | None = None,
) -> Issue:  # fmt: skip
    """Give the issue to exactly one lead unit, with units that support it and a due date (交办).

    Again for another unit, it begins anew there; for the same one its state stays. Their managers see the project from
    now on. None for `level` or `leader` leaves it as it is. With `hold` the blocked nodes are put on hold. For whoever
    coordinates the project.

    Raises RuleError where the lead unit would support itself, the due date has passed, or the issue waits for
    verification, is suspended or closed.
    """
    issue = held_issue(issue, Issue.objects.coordinated_by(actor), version)
    target = move_issue(IssueStatus(issue.status), IssueStep.ASSIGN, issue=issue.number)
    check_units(lead_unit.pk, [unit.pk for unit in supporting], unit=lead_unit.name)
    check_due(due_on, today)
    if issue.lead_unit_id == lead_unit.pk:
        target = IssueStatus(issue.status)
    issue.supporting.set(supporting)
    join_units(issue.project, {lead_unit.pk, *(unit.pk for unit in supporting)})
    write(
        issue, Change.Verb.ISSUE_ASSIGNED, actor=actor, note=note.strip(), batch=batch,
        more={"lead": lead_unit.name, "due": due_on, "supporting": [unit.name for unit in supporting]},
        status=target, lead_unit=lead_unit, due_on=due_on, level=level or issue.level,
        leader=issue.leader if leader is None else leader.strip(), assigned_on=today,
    )  # fmt: skip
    if hold:
        hold_blocked(issue, actor=actor, today=today)
    return issue


@transaction.atomic
def note_issue(
    issue: Issue, *, actor: User, text: str, files: Sequence[StoredFile] = (), version: int | None = None,
    topic_note: TopicNote | None = None, batch: UUID | None = None,
) -> IssueNote:  # fmt: skip
    """A line of the record, with files. The first of a unit that has just got the issue shows that it works on it.

    With `topic_note` it was noted at the topic. For the lead unit, the supporting units, the liaison and whoever
    coordinates. Raises InputError without a text, RuleError where the issue is closed.
    """
    issue = held_issue(issue, Issue.objects.workable_by(actor), version)
    target = move_issue(IssueStatus(issue.status), IssueStep.NOTE, issue=issue.number)
    text = text_given(text, gettext_noop("Say how it goes on."))
    note = IssueNote.objects.create(issue=issue, text=text, by=actor, topic_note=topic_note)
    keep_files(issue, files, actor=actor, purpose=IssueFile.Purpose.NOTE, note=note)
    write(
        issue, Change.Verb.ISSUE_NOTED, actor=actor, note=text, batch=batch, more={"files": len(files)},
        status=target,
    )  # fmt: skip
    return note


@transaction.atomic
def ask_to_close(
    issue: Issue, *, actor: User, today: date, text: str = "", document_no: str = "",
    files: Sequence[StoredFile] = (), version: int | None = None,
) -> Issue:  # fmt: skip
    """Say that it is gone, with a proof: files, or the number of a document (申请销号).

    For the lead unit, the liaison and whoever coordinates; units that support do not decide that. Raises InputError
    without a proof, RuleError where no unit has the issue to work on.
    """
    issue = held_issue(issue, Issue.objects.editable_by(actor), version)
    target = move_issue(IssueStatus(issue.status), IssueStep.ASK_TO_CLOSE, issue=issue.number)
    document_no = document_no.strip()
    if not files and not document_no:
        raise InputError(gettext_noop("Closing needs a proof: a file, or the number of a document."))
    keep_files(issue, files, actor=actor, purpose=IssueFile.Purpose.PROOF, document_no=document_no)
    write(
        issue, Change.Verb.ISSUE_CLOSE_ASKED, actor=actor, note=text.strip(),
        more={"document_no": document_no, "files": len(files)},
        status=target, close_asked_on=today, close_asked_by=actor,
    )  # fmt: skip
    return issue


@transaction.atomic
def verify_issue(
    issue: Issue, *, actor: User, today: date, note: str = "", resume_on: date | None = None,
    version: int | None = None,
) -> Issue:  # fmt: skip
    """It is gone indeed: closed as of `today` (销号). With `resume_on` what it held runs again from that day.

    For whoever coordinates the project, but neither for who asked for it nor, the bureau aside, for the unit that led.
    Raises RuleError for these, and where nobody has asked.
    """
    issue = held_issue(issue, Issue.objects.coordinated_by(actor), version)
    target = move_issue(IssueStatus(issue.status), IssueStep.VERIFY, issue=issue.number)
    check_verifier(
        issue=issue.number,
        is_asker=issue.close_asked_by_id == actor.pk,
        is_of_lead=issue.lead_unit_id == actor.unit_id and not verifies_for_all(actor),
    )
    resumed = resume_blocked(issue, actor=actor, on=resume_on, today=today) if resume_on else []
    write(
        issue, Change.Verb.ISSUE_CLOSED, actor=actor, note=note.strip(), more={"resumed": resumed},
        status=target, closed_on=today, verified_by=actor,
    )  # fmt: skip
    return issue


@transaction.atomic
def send_back_issue(issue: Issue, *, actor: User, reason: str, version: int | None = None) -> Issue:
    """It is not gone: the lead unit goes on (退回办理). Raises InputError without a `reason`, RuleError where nobody
    has asked to close it."""
    issue = held_issue(issue, Issue.objects.coordinated_by(actor), version)
    target = move_issue(IssueStatus(issue.status), IssueStep.SEND_BACK, issue=issue.number)
    write(
        issue, Change.Verb.ISSUE_RETURNED, actor=actor, note=reason_given(reason),
        status=target, returned=issue.returned + 1, close_asked_on=None, close_asked_by=None,
    )  # fmt: skip
    return issue


@transaction.atomic
def suspend_issue(
    issue: Issue, *, actor: User, word_of: str, reason: str, today: date, review_on: date | None = None,
    version: int | None = None,
) -> Issue:  # fmt: skip
    """It can wait, as the leader `word_of` has said (挂起); it is late for nobody until it is taken up again.

    Raises InputError without the leader's name or a `reason`; RuleError where no unit has it to work on, or the day to
    look at it again has passed.
    """
    issue = held_issue(issue, Issue.objects.coordinated_by(actor), version)
    target = move_issue(IssueStatus(issue.status), IssueStep.SUSPEND, issue=issue.number)
    word_of = text_given(word_of, gettext_noop("Name the leader who said that it can wait."))
    if review_on is not None:
        check_due(review_on, today)
    write(
        issue, Change.Verb.ISSUE_SUSPENDED, actor=actor, note=reason_given(reason), more={"word": word_of},
        status=target, suspended_on=today, suspended_word=word_of, review_on=review_on,
    )  # fmt: skip
    return issue


@transaction.atomic
def take_up_issue(
    issue: Issue, *, actor: User, due_on: date, today: date, note: str = "", version: int | None = None
) -> Issue:
    """It waits no longer: the lead unit goes on, with a new due date. Raises RuleError where it is not suspended or
    the date has passed."""
    issue = held_issue(issue, Issue.objects.coordinated_by(actor), version)
    target = move_issue(IssueStatus(issue.status), IssueStep.TAKE_UP, issue=issue.number)
    check_due(due_on, today)
    write(
        issue, Change.Verb.ISSUE_TAKEN_UP, actor=actor, note=note.strip(), more={"due": due_on},
        status=target, due_on=due_on, suspended_on=None, suspended_word="", review_on=None,
    )  # fmt: skip
    return issue


@transaction.atomic
def reopen_issue(
    issue: Issue, *, actor: User, reason: str, due_on: date, today: date, version: int | None = None
) -> Issue:
    """It has come back: open again under its number, with the same lead unit and a new due date.

    The rating of the answer that did not hold goes with it, and a topic that was closed is open again: its cause is
    back. Raises InputError without a `reason`, RuleError where it is not closed or the date has passed.
    """
    issue = held_issue(issue, Issue.objects.coordinated_by(actor), version)
    target = move_issue(IssueStatus(issue.status), IssueStep.REOPEN, issue=issue.number)
    check_due(due_on, today)
    write(
        issue, Change.Verb.ISSUE_REOPENED, actor=actor, note=reason_given(reason), more={"due": due_on},
        status=target, due_on=due_on, reopened=issue.reopened + 1, closed_on=None, verified_by=None,
        close_asked_on=None, close_asked_by=None, rating=None, rating_text="", rated_on=None,
        rated_by_enterprise=False,
    )  # fmt: skip
    _open_topic_again(issue, actor=actor, reason=reason)
    return issue


@transaction.atomic
def rate_issue(
    issue: Issue, *, actor: User, rating: int, today: date, text: str = "", by_enterprise: bool = False,
    version: int | None = None,
) -> Issue:  # fmt: skip
    """The enterprise's word on the answer, 1 to 5, said by itself (`by_enterprise`, through its link) or to whoever
    may change the project. The last word counts, but nobody speaks over what the enterprise said itself.

    Raises RuleError where the issue is not closed, `rating` is none, or the enterprise has rated it itself already.
    """
    issue = held_issue(issue, Issue.objects.ratable_by(actor), version)
    move_issue(IssueStatus(issue.status), IssueStep.RATE, issue=issue.number)
    check_rating(rating)
    if issue.rated_by_enterprise and not by_enterprise:
        raise RuleError(
            gettext_noop("The enterprise has rated the answer to %(issue)s itself; its word stands."),
            issue=issue.number,
        )
    write(
        issue, Change.Verb.ISSUE_RATED, actor=actor, note=text.strip(), more={"rating": rating},
        rating=rating, rating_text=text.strip(), rated_on=today, rated_by_enterprise=by_enterprise,
    )  # fmt: skip
    return issue


def _open_topic_again(issue: Issue, *, actor: User, reason: str) -> None:
    """No open issue belongs to a closed topic. Its row is locked: it is not closed meanwhile."""
    if issue.topic_id is None:
        return
    topic = Topic.objects.select_for_update(of=("self",)).get(pk=issue.topic_id)
    if topic.closed_on is None:
        return
    before = {"closed_on": topic.closed_on}
    topic.closed_on, topic.version = None, topic.version + 1
    topic.save(update_fields=["closed_on", "version"])
    Change.objects.create(
        verb=Change.Verb.TOPIC_OPENED, actor=actor, before=before, note=reason.strip(),
        after={"topic": topic.pk, "name": topic.name, "issue": issue.number},
    )  # fmt: skip


def _refuse_to_place(actor: User, *, topic: bool, level: bool) -> None:
    """Which topic an issue belongs to the bureau decides, at which level it is coordinated a manager.

    Raises PermissionDenied where either is to be said by somebody else.
    """
    if topic and not may_lead_topics(actor):
        raise PermissionDenied(gettext_noop("Topics are led by the bureau; this is not yours to decide."))
    if level and not actor.is_manager:
        raise PermissionDenied(gettext_noop("At which level an issue is coordinated, a manager decides."))


def refuse_closed_topic(topic: Topic | None) -> None:
    """Raises RuleError where no issue can join `topic` any more. Its row is locked: it is not closed meanwhile."""
    if topic is None:
        return
    held = Topic.objects.select_for_update(of=("self",)).get(pk=topic.pk)
    if held.closed_on is not None:
        raise RuleError(gettext_noop("The topic “%(topic)s” is closed."), topic=held.name)
