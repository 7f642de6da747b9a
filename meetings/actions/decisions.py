"""Every change of a decision (议定事项), from the first word typed to "somebody else has seen that it is done".

Decisions of a frozen meeting too: it decides after its cut-off. What is locked is the meeting.
"""

from collections.abc import Collection, Iterable
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext_noop

from accounts.models import Unit, User
from domain.errors import InputError, RuleError, StaleError
from domain.issues import check_due
from domain.meetings import DecisionStatus, DecisionStep, check_other_verifier, move_decision
from history.models import Change
from issues.models import Issue
from meetings.actions.holding import NOT_YOURS, lock_meeting, refuse_others
from meetings.models import AgendaItem, Decision, Meeting
from meetings.querysets import DecisionQuerySet
from milestones.actions.holding import reason_given
from milestones.models import Node
from projects.models import Project

SAY_WHAT = gettext_noop("Say what was decided.")


@transaction.atomic
def take_decision(
    meeting: Meeting, *, actor: User, text: str, today: date, key: UUID | None = None,
    item: AgendaItem | None = None, lead_unit: Unit | None = None, due_on: date | None = None,
    projects: Collection[Project] = (), nodes: Collection[Node] = (), issues: Collection[Issue] = (),
    version: int | None = None,
) -> Decision:  # fmt: skip
    """Take down what the meeting decides, under the next number of the meeting.

    It is saved as it is typed: a `key` that exists names a decision that is then changed, so that however often and
    from however many windows it arrives there is one. With an `item` it is about the item's project, node and issue;
    nodes and issues bring their projects. For whoever runs the meeting: PermissionDenied for others. Raises InputError
    without a text, RuleError where the due date has passed.
    """
    refuse_others(actor)
    meeting = lock_meeting(meeting.pk)
    known = Decision.objects.filter(key=key).first() if key else None
    if known is not None:
        if known.meeting_id != meeting.pk:
            raise RuleError(gettext_noop("This decision belongs to another meeting."))
        if (known.text, known.lead_unit_id, known.due_on) == (
            text.strip(), lead_unit.pk if lead_unit else None, due_on,
        ):  # fmt: skip
            return known  # sent again, since the answer was lost: whatever version it was made from
        return change_decision(
            known, actor=actor, today=today, version=version, text=text, lead_unit=lead_unit, due_on=due_on
        )
    text = _text_given(text)
    if due_on is not None:
        check_due(due_on, today)
    if item is not None and item.meeting_id != meeting.pk:
        raise RuleError(gettext_noop("This item is on the agenda of another meeting."))
    meeting.last_decision += 1
    meeting.save(update_fields=["last_decision"])
    decision = Decision.objects.create(
        meeting=meeting, serial=meeting.last_decision, key=key or uuid4(), item=item, text=text,
        lead_unit=lead_unit, due_on=due_on, taken_by=actor, taken_on=today,
    )  # fmt: skip
    _link(decision, item, projects, nodes, issues)
    _record(
        decision, Change.Verb.DECISION_TAKEN, actor=actor, more={"text": text, **_said(lead_unit, due_on)}
    )
    return decision


@transaction.atomic
def change_decision(
    decision: Decision, *, actor: User, today: date, version: int | None = None,
    projects: Collection[Project] | None = None, nodes: Collection[Node] | None = None,
    issues: Collection[Issue] | None = None, **fields: Any,
) -> Decision:  # fmt: skip
    """Another wording, lead unit or due date (`text`, `lead_unit`, `due_on`), or other links where these are given.

    For whoever runs the meeting. Raises InputError without a text, RuleError where it is not open or the new due date
    has passed, StaleError where it is no longer at `version`.
    """
    decision = _held(decision, Decision.objects.editable_by(actor), version)
    move_decision(DecisionStatus(decision.status), DecisionStep.CHANGE, decision=decision.number)
    if "text" in fields:
        fields["text"] = _text_given(fields["text"])
    if fields.get("due_on") and fields["due_on"] != decision.due_on:
        check_due(fields["due_on"], today)
    linked = _linked_otherwise(decision, projects, nodes, issues)
    if linked or any(getattr(decision, name) != value for name, value in fields.items()):
        _write(decision, Change.Verb.DECISION_CHANGED, actor=actor, more=linked, **fields)
    return decision


@transaction.atomic
def report_done(
    decision: Decision, *, actor: User, outcome: str, today: date, version: int | None = None
) -> Decision:
    """Say that it is done and what came of it. For the lead unit's managers and the bureau.

    Raises InputError without an `outcome`, RuleError where it is not open.
    """
    decision = _held(decision, Decision.objects.reportable_by(actor), version)
    target = move_decision(
        DecisionStatus(decision.status), DecisionStep.REPORT_DONE, decision=decision.number
    )
    if not outcome.strip():
        raise InputError(gettext_noop("Say what came of it."))
    _write(
        decision, Change.Verb.DECISION_DONE, actor=actor, note=outcome.strip(),
        status=target, outcome=outcome.strip(), done_on=today, done_by=actor,
    )  # fmt: skip
    return decision


@transaction.atomic
def verify_decision(
    decision: Decision, *, actor: User, today: date, note: str = "", version: int | None = None
) -> Decision:
    """It is done indeed: off the next agenda. For whoever runs the meeting, but not for who reported it done.

    Raises RuleError for him, and where nobody has.
    """
    decision = _held(decision, Decision.objects.editable_by(actor), version)
    target = move_decision(DecisionStatus(decision.status), DecisionStep.VERIFY, decision=decision.number)
    check_other_verifier(decision=decision.number, is_reporter=decision.done_by_id == actor.pk)
    _write(
        decision, Change.Verb.DECISION_VERIFIED, actor=actor, note=note.strip(),
        status=target, verified_on=today, verified_by=actor,
    )  # fmt: skip
    return decision


@transaction.atomic
def send_back_decision(
    decision: Decision, *, actor: User, reason: str, version: int | None = None
) -> Decision:
    """It is not done: open again. Raises InputError without a `reason`, RuleError where nobody has reported it done."""
    decision = _held(decision, Decision.objects.editable_by(actor), version)
    target = move_decision(DecisionStatus(decision.status), DecisionStep.SEND_BACK, decision=decision.number)
    _write(
        decision, Change.Verb.DECISION_RETURNED, actor=actor, note=reason_given(reason),
        status=target, returned=decision.returned + 1, done_on=None, done_by=None, outcome="",
    )  # fmt: skip
    return decision


@transaction.atomic
def withdraw_decision(
    decision: Decision, *, actor: User, reason: str, version: int | None = None
) -> Decision:
    """It is no longer wanted. Raises InputError without a `reason`, RuleError where it is settled already."""
    decision = _held(decision, Decision.objects.editable_by(actor), version)
    target = move_decision(DecisionStatus(decision.status), DecisionStep.WITHDRAW, decision=decision.number)
    reason = reason_given(reason)[:500]
    _write(
        decision, Change.Verb.DECISION_WITHDRAWN, actor=actor, note=reason,
        status=target, withdrawn_reason=reason,
    )  # fmt: skip
    return decision


@transaction.atomic
def reopen_decision(
    decision: Decision, *, actor: User, reason: str, today: date, due_on: date | None = None,
    version: int | None = None,
) -> Decision:  # fmt: skip
    """It was not done after all, or is wanted again: open under its number, with a new due date where one is given.

    Raises InputError without a `reason`, RuleError where it is not settled or the date has passed.
    """
    decision = _held(decision, Decision.objects.editable_by(actor), version)
    target = move_decision(DecisionStatus(decision.status), DecisionStep.REOPEN, decision=decision.number)
    if due_on is not None:
        check_due(due_on, today)
    _write(
        decision, Change.Verb.DECISION_REOPENED, actor=actor, note=reason_given(reason),
        status=target, due_on=due_on or decision.due_on, withdrawn_reason="", done_on=None, done_by=None,
        outcome="", verified_on=None, verified_by=None,
    )  # fmt: skip
    return decision


def _held(decision: Decision, among: DecisionQuerySet, version: int | None) -> Decision:
    """The decision as it is now, its meeting locked. Raises PermissionDenied where it is not `among` those that the
    actor may change so, StaleError where it is no longer at `version`."""
    lock_meeting(decision.meeting_id)
    mine = among.select_related("meeting", "lead_unit").filter(pk=decision.pk).first()
    if mine is None:
        raise PermissionDenied(NOT_YOURS)
    if version is not None and mine.version != version:
        raise StaleError(
            gettext_noop("%(decision)s has changed since you read it; look at it again."),
            decision=mine.number,
        )
    return mine


def _write(
    decision: Decision, verb: Change.Verb, *, actor: User, note: str = "", more: dict[str, Any] | None = None,
    **fields: Any,
) -> None:  # fmt: skip
    changed = {name: value for name, value in fields.items() if getattr(decision, name) != value}
    before = {name: _plain(getattr(decision, name)) for name in changed}
    for name, value in changed.items():
        setattr(decision, name, value)
    decision.version += 1
    decision.save(update_fields=[*changed, "version"])
    after = {name: _plain(value) for name, value in changed.items()} | (more or {})
    _record(decision, verb, actor=actor, note=note, before=before, more=after)


def _record(
    decision: Decision, verb: Change.Verb, *, actor: User, note: str = "", before: dict[str, Any] | None = None,
    more: dict[str, Any] | None = None,
) -> None:  # fmt: skip
    """An entry for each project that the decision is about, so that its timeline tells of it; one where it has none."""
    projects: Iterable[Project | None] = [*decision.projects.order_by("pk")] or [None]
    batch = uuid4()
    for project in projects:
        Change.objects.create(
            verb=verb, actor=actor, project=project, decision=decision, before=before or {},
            after={**_of(project, more or {}), "decision": decision.number, "text": decision.text}, note=note,
            batch=batch,
        )  # fmt: skip


def _link(
    decision: Decision, item: AgendaItem | None, projects: Collection[Project], nodes: Collection[Node],
    issues: Collection[Issue],
) -> None:  # fmt: skip
    """What it is about, with the projects of its nodes and issues."""
    of_nodes, of_issues = {node.pk for node in nodes}, {issue.pk for issue in issues}
    of_projects = {project.pk for project in projects}
    if item is not None:
        of_nodes |= {pk for pk in [item.node_id] if pk}
        of_issues |= {pk for pk in [item.issue_id] if pk}
        of_projects |= {pk for pk in [item.project_id] if pk}
    of_projects |= set(Node.objects.filter(pk__in=of_nodes).values_list("project", flat=True))
    of_projects |= set(Issue.objects.filter(pk__in=of_issues).values_list("project", flat=True))
    decision.nodes.set(of_nodes)
    decision.issues.set(of_issues)
    decision.projects.set(of_projects)


def _linked_otherwise(
    decision: Decision, projects: Collection[Project] | None, nodes: Collection[Node] | None,
    issues: Collection[Issue] | None,
) -> dict[str, Any]:  # fmt: skip
    """Set the links that are given; what history says of them, nothing where they stay as they are."""
    if projects is None and nodes is None and issues is None:
        return {}
    before = _linked(decision)
    _link(
        decision, None,
        list(decision.projects.all()) if projects is None else projects,
        list(decision.nodes.all()) if nodes is None else nodes,
        list(decision.issues.all()) if issues is None else issues,
    )  # fmt: skip
    after = _linked(decision)
    return {"linked": after} if after != before else {}


def _linked(decision: Decision) -> dict[int, dict[str, list[str]]]:
    """By project, the names of the nodes and issues that the decision is about."""
    found: dict[int, dict[str, list[str]]] = {
        pk: {"nodes": [], "issues": []}
        for pk in decision.projects.order_by("pk").values_list("pk", flat=True)
    }
    for node in decision.nodes.order_by("pk").select_related("template_node"):
        found[node.project_id]["nodes"].append(node.template_node.name)
    for number, project in decision.issues.order_by("pk").values_list("number", "project_id"):
        found[project]["issues"].append(number)
    return found


def _of(project: Project | None, more: dict[str, Any]) -> dict[str, Any]:
    """What an entry says: of other projects, which who reads it may not see, it does not tell."""
    said = {name: value for name, value in more.items() if name != "linked"}
    linked = more.get("linked", {})
    return {**said, **linked.get(project.pk, {})} if project else said


def _said(lead_unit: Unit | None, due_on: date | None) -> dict[str, Any]:
    said: dict[str, Any] = {"lead_unit": _plain(lead_unit), "due_on": due_on}
    return {name: value for name, value in said.items() if value is not None}


def _plain(value: Any) -> Any:
    """A value as history keeps it: units and people by name, since names outlive row numbers."""
    return str(value) if isinstance(value, Unit | User) else value


def _text_given(text: str) -> str:
    if not text.strip():
        raise InputError(SAY_WHAT)
    return text.strip()
