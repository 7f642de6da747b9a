"""Every change of a topic (专题), and what is done at once with all its issues.

Locks are taken in one order: the projects of the issues by number, then the topic, so that nobody who raises an issue
of the topic meanwhile (project, topic, number) waits in a circle.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext_noop

from accounts.access import may_lead_topics
from accounts.models import Unit, User
from domain.errors import InputError, RuleError, StaleError
from domain.issues import OPEN_ISSUES, IssueStatus, IssueStep, Level, check_due, check_units, steps_from
from history.models import Change
from issues.actions.blocks import to_be_held
from issues.actions.holding import said, text_given
from issues.actions.issues import assign_issue, change_issue, note_issue
from issues.models import Category, Issue, Topic, TopicNote
from issues.querysets import IssueQuerySet, TopicQuerySet
from milestones.actions.holding import hold_projects

SAY_THE_CAUSE = gettext_noop("Say what all these projects wait for.")
CHOOSE_ISSUES = gettext_noop("Choose at least one issue.")
NOT_YOURS = gettext_noop("Topics are led by the bureau; this is not yours to decide.")


@dataclass(frozen=True, slots=True)
class TopicAssigned:
    """What assigning at a topic reached: how many issues it gave to the lead unit, how many stay as they are because
    they wait for verification, are suspended or closed (`left`), and because of how many nodes were put on hold."""

    topic: Topic
    assigned: int
    left: Mapping[IssueStatus, int]
    held: int = 0


@transaction.atomic
def open_topic(
    *, actor: User, name: str, today: date, description: str = "", category: Category | None = None,
    lead_unit: Unit | None = None, due_on: date | None = None, issues: Collection[Issue] = (),
    batch: UUID | None = None,
) -> Topic:  # fmt: skip
    """One cause, many projects: a topic, with these `issues` in it.

    For the bureau: PermissionDenied for others. Raises InputError without a name, RuleError where the due date has
    passed, or an issue is closed or belongs to another topic.
    """
    if not may_lead_topics(actor):
        raise PermissionDenied(NOT_YOURS)
    hold_projects(issue.project_id for issue in issues)
    name = text_given(name, SAY_THE_CAUSE)
    if due_on is not None:
        check_due(due_on, today)
    topic = Topic.objects.create(
        name=name, description=description.strip(), category=category, lead_unit=lead_unit, due_on=due_on,
        opened_on=today, opened_by=actor,
    )  # fmt: skip
    batch = batch or uuid4()
    _join(topic, issues, actor=actor, batch=batch)
    _record(
        topic, Change.Verb.TOPIC_OPENED, actor=actor, batch=batch,
        more={"lead": said(lead_unit), "due": due_on, "added": [issue.number for issue in issues]},
    )  # fmt: skip
    return topic


@transaction.atomic
def change_topic(
    topic: Topic, *, actor: User, today: date, version: int | None = None, **fields: Any
) -> Topic:
    """Another name, description, category, lead unit or due date of the topic itself; its issues keep theirs.

    `fields`: name, description, category, lead_unit, due_on. Raises as ``open_topic`` does, and RuleError where the
    topic is closed.
    """
    topic = _held_topic(topic, Topic.objects.editable_by(actor), version)
    _refuse_closed(topic)
    if "name" in fields:
        fields["name"] = text_given(fields["name"], SAY_THE_CAUSE)
    if "description" in fields:
        fields["description"] = fields["description"].strip()
    if fields.get("due_on") and fields["due_on"] != topic.due_on:
        check_due(fields["due_on"], today)
    if any(getattr(topic, name) != value for name, value in fields.items()):
        _write(topic, Change.Verb.TOPIC_CHANGED, actor=actor, **fields)
    return topic


@transaction.atomic
def add_to_topic(
    topic: Topic, issues: Collection[Issue], *, actor: User, version: int | None = None
) -> Topic:
    """Let open issues belong to the topic.

    Raises InputError without one, RuleError where one is closed or belongs to another topic, or the topic is closed.
    """
    hold_projects(issue.project_id for issue in issues)
    topic = _held_topic(topic, Topic.objects.editable_by(actor), version)
    _refuse_closed(topic)
    if not issues:
        raise InputError(CHOOSE_ISSUES)
    batch = uuid4()
    _join(topic, issues, actor=actor, batch=batch)
    numbers = [issue.number for issue in issues]
    _write(topic, Change.Verb.TOPIC_CHANGED, actor=actor, batch=batch, more={"added": numbers})
    return topic


@transaction.atomic
def take_out_of_topic(
    topic: Topic, issues: Collection[Issue], *, actor: User, version: int | None = None
) -> Topic:
    """Let open issues no longer belong to the topic: the cause is another one.

    Raises InputError without one, RuleError where one is closed or does not belong to the topic, or the topic is
    closed.
    """
    hold_projects(issue.project_id for issue in issues)
    topic = _held_topic(topic, Topic.objects.editable_by(actor), version)
    _refuse_closed(topic)
    if not issues:
        raise InputError(CHOOSE_ISSUES)
    batch = uuid4()
    for issue in _as_they_are(issues):
        if issue.topic_id != topic.pk:
            raise RuleError(
                gettext_noop("%(issue)s does not belong to the topic “%(topic)s”."),
                issue=issue.number, topic=topic.name,
            )  # fmt: skip
        change_issue(issue, actor=actor, topic=None, batch=batch)
    numbers = [issue.number for issue in issues]
    _write(topic, Change.Verb.TOPIC_CHANGED, actor=actor, batch=batch, more={"taken_out": numbers})
    return topic


@transaction.atomic
def assign_topic(
    topic: Topic, *, actor: User, lead_unit: Unit, due_on: date, today: date, supporting: Collection[Unit] = (),
    level: Level | None = None, note: str = "", hold: bool = False, version: int | None = None,
) -> TopicAssigned:  # fmt: skip
    """Give the topic, and with it all its issues that can be assigned now, to one lead unit with one due date (交办).

    The units in `supporting` support beside those that support an issue already. With `hold` the blocked nodes
    that run are put on hold. Those that wait for verification, are suspended or closed stay as they are.

    Raises RuleError where the lead unit would support, the due date has passed or the topic is closed.
    """
    topic = _held_with_issues(topic, Topic.objects.editable_by(actor), version)
    _refuse_closed(topic)
    check_units(lead_unit.pk, [unit.pk for unit in supporting], unit=lead_unit.name)
    check_due(due_on, today)
    issues, batch = _issues_of(topic), uuid4()
    assignable = [one for one in issues if IssueStep.ASSIGN in steps_from(IssueStatus(one.status))]
    left = Counter(IssueStatus(one.status) for one in issues if one not in assignable)
    holds = list(to_be_held(assignable).values_list("issue_id", "node_id")) if hold else []
    holdable, nodes = {issue for issue, _node in holds}, {node for _issue, node in holds}
    for issue in assignable:
        units = {unit.pk: unit for unit in (*issue.supporting.all(), *supporting) if unit != lead_unit}
        assign_issue(
            issue, actor=actor, lead_unit=lead_unit, due_on=due_on, today=today, supporting=list(units.values()),
            level=level, note=note, hold=issue.pk in holdable, batch=batch,
        )  # fmt: skip
    _write(
        topic, Change.Verb.TOPIC_ASSIGNED, actor=actor, note=note.strip(), batch=batch,
        more={
            "lead": lead_unit.name, "due": due_on, "supporting": [unit.name for unit in supporting],
            "issues": len(assignable),
        },
        lead_unit=lead_unit, due_on=due_on,
    )  # fmt: skip
    return TopicAssigned(topic, len(assignable), dict(left), len(nodes))


@transaction.atomic
def note_topic(topic: Topic, *, actor: User, text: str, version: int | None = None) -> TopicNote:
    """How it goes on, noted once: it stands at the topic and at each of its open issues whose record is the actor's.

    For the bureau that is all of them, for the managers of the lead unit those that their unit leads or supports.
    Raises InputError without a text, RuleError where the topic is closed.
    """
    topic = _held_with_issues(topic, Topic.objects.notable_by(actor), version)
    _refuse_closed(topic)
    text = text_given(text, gettext_noop("Say how it goes on."))
    note, batch = TopicNote.objects.create(topic=topic, text=text, by=actor), uuid4()
    issues = Issue.objects.workable_by(actor).filter(topic=topic, status__in=OPEN_ISSUES).order_by("pk")
    copies = [note_issue(issue, actor=actor, text=text, topic_note=note, batch=batch) for issue in issues]
    _write(topic, Change.Verb.TOPIC_NOTED, actor=actor, note=text, batch=batch, more={"issues": len(copies)})
    return note


@transaction.atomic
def close_topic(topic: Topic, *, actor: User, today: date, version: int | None = None) -> Topic:
    """The cause is gone. Raises RuleError, with how many, while issues are open, and where it is closed already."""
    topic = _held_topic(topic, Topic.objects.editable_by(actor), version)
    _refuse_closed(topic)
    still_open = Issue.objects.filter(topic=topic, status__in=OPEN_ISSUES).count()
    if still_open:
        raise RuleError(
            gettext_noop("“%(topic)s” cannot be closed: %(count)s of its issues are still open."),
            topic=topic.name, count=still_open,
        )  # fmt: skip
    _write(topic, Change.Verb.TOPIC_CLOSED, actor=actor, closed_on=today)
    return topic


@transaction.atomic
def reopen_topic(topic: Topic, *, actor: User, reason: str, version: int | None = None) -> Topic:
    """The cause is back. Raises InputError without a `reason`, RuleError where the topic is not closed."""
    topic = _held_topic(topic, Topic.objects.editable_by(actor), version)
    if topic.closed_on is None:
        raise RuleError(gettext_noop("The topic “%(topic)s” is open."), topic=topic.name)
    reason = text_given(reason, gettext_noop("Say why."))
    _write(topic, Change.Verb.TOPIC_OPENED, actor=actor, note=reason, closed_on=None)
    return topic


def _held_topic(topic: Topic, among: TopicQuerySet, version: int | None) -> Topic:
    """The topic as it is now, locked until the transaction ends.

    Raises PermissionDenied where it is not `among` those that the actor may change so, StaleError where it is no
    longer at `version`.
    """
    Topic.objects.select_for_update(of=("self",)).only("pk").get(pk=topic.pk)
    mine: Topic | None = among.filter(pk=topic.pk).select_related("category", "lead_unit").first()
    if mine is None:
        raise PermissionDenied(NOT_YOURS)
    if version is not None and mine.version != version:
        raise _has_changed(mine)
    return mine


def _held_with_issues(topic: Topic, among: TopicQuerySet, version: int | None) -> Topic:
    """The same, with the projects of all its issues locked before it.

    An issue that joins between the two locks is noticed: StaleError, since its project would be locked too late.
    """
    of_topic = Issue.objects.filter(topic=topic).order_by()
    projects = set(of_topic.values_list("project_id", flat=True))
    hold_projects(projects)
    topic = _held_topic(topic, among, version)
    if not projects.issuperset(of_topic.values_list("project_id", flat=True)):
        raise _has_changed(topic)
    return topic


def _has_changed(topic: Topic) -> StaleError:
    return StaleError(
        gettext_noop("“%(topic)s” has changed since you read it; look at it again."), topic=topic.name
    )


def _refuse_closed(topic: Topic) -> None:
    if topic.closed_on is not None:
        raise RuleError(gettext_noop("The topic “%(topic)s” is closed."), topic=topic.name)


def _issues_of(topic: Topic) -> list[Issue]:
    return list(Issue.objects.filter(topic=topic).order_by("pk").prefetch_related("supporting"))


def _as_they_are(issues: Iterable[Issue]) -> IssueQuerySet:
    chosen: IssueQuerySet = Issue.objects.filter(pk__in=[issue.pk for issue in issues])
    return chosen.order_by("pk")


def _join(topic: Topic, issues: Collection[Issue], *, actor: User, batch: UUID) -> None:
    """Let `issues` belong to `topic`, whose row is locked as their projects are."""
    for issue in _as_they_are(issues).select_related("topic"):
        if issue.topic is not None and issue.topic_id != topic.pk:
            raise RuleError(
                gettext_noop("%(issue)s belongs to the topic “%(topic)s”; take it out there first."),
                issue=issue.number, topic=issue.topic.name,
            )  # fmt: skip
        change_issue(issue, actor=actor, topic=topic, batch=batch)


def _write(
    topic: Topic, verb: Change.Verb, *, actor: User, note: str = "", batch: UUID | None = None,
    more: dict[str, Any] | None = None, **fields: Any,
) -> None:  # fmt: skip
    """Set `fields` of the topic and record those that change, with `more` that belongs to the change."""
    changed = {name: value for name, value in fields.items() if getattr(topic, name) != value}
    before = {name: said(getattr(topic, name)) for name in changed}
    for name, value in changed.items():
        setattr(topic, name, value)
    topic.version += 1
    topic.save(update_fields=[*changed, "version"])
    after = {name: said(value) for name, value in changed.items()}
    _record(topic, verb, actor=actor, note=note, batch=batch, before=before, more={**after, **(more or {})})


def _record(
    topic: Topic, verb: Change.Verb, *, actor: User, batch: UUID | None, more: dict[str, Any], note: str = "",
    before: dict[str, Any] | None = None,
) -> None:  # fmt: skip
    """A topic belongs to no project, so neither does its history; what it does to an issue stands there as well."""
    Change.objects.create(
        verb=verb, actor=actor, before=before or {}, note=note, batch=batch,
        after={**more, "topic": topic.pk, "name": topic.name},
    )  # fmt: skip
