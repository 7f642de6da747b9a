"""Asking for another due date, and saying yes or no to it. Only what was approved moves a date."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_noop

from accounts.models import User
from domain.date_changes import Decision, RequestStatus, Shift, check_request, decide, is_locked
from domain.errors import InputError, RuleError
from domain.lifecycle import CLOSED, Status
from domain.recorded_days import refuse_too_early
from history.models import Change
from milestones.actions.holding import held_node, hold_project, reason_given
from milestones.calendar_table import load_calendar
from milestones.models import DateChange, DateChangeItem, Node
from milestones.replanning import shifted_schedule
from projects.models import Project


@transaction.atomic
def request_date_change(
    node: Node, *, actor: User, due_on: date, reason: str, today: date, text: str = "",
    following: bool = False, schedule: Sequence[Shift[int]] = (), version: int | None = None,
    batch: UUID | None = None,
) -> DateChange:  # fmt: skip
    """Ask for `due_on` as the new due date of an open node; with `following`, for those behind it too.

    All that follow move by as many working days as the node itself; what moves says ``shifted_schedule``, or
    a `schedule` made from it. A request that was sent back is replaced by the new one. Nothing moves before
    somebody approves it.

    Raises InputError where the reason is none of the list or “other” goes without a text; RuleError where the
    node is closed or on hold, has the date already, a request for it is pending, or its due date is at most 5
    working days away and `actor` is no manager.
    """
    node = held_node(node, actor, version)
    reason = _known_reason(reason, text)
    _refuse_unfit(node, due_on, actor=actor, today=today)
    DateChange.objects.filter(node=node, status=RequestStatus.RETURNED).update(status=RequestStatus.WITHDRAWN)
    moved = [
        (shift.key, shift.before, shift.after)
        for shift in schedule or shifted_schedule(node, due_on, following=following)
        if shift.after is not None and shift.after != shift.before
    ]
    change = DateChange.objects.create(
        node=node, reason=reason, text=text.strip(), following=following, asked_by=actor
    )
    DateChangeItem.objects.bulk_create(
        DateChangeItem(change=change, node_id=pk, due_before=before, due_after=after)
        for pk, before, after in moved
    )
    Change.objects.create(
        verb=Change.Verb.DATE_CHANGE_ASKED, actor=actor, project=node.project, node=node, note=text, batch=batch,
        before={"due_on": node.due_on}, after={"asked_due_on": due_on, "reason": reason, "nodes": len(moved)},
    )  # fmt: skip
    return change


@transaction.atomic
def approve_date_change(
    change: DateChange, *, actor: User, answer: str = "", batch: UUID | None = None
) -> DateChange:
    """Move the dates as asked. The baselines stay.

    Raises PermissionDenied unless `actor` is a manager who may change the project; RuleError where the
    request no longer waits, or one of its nodes was closed or got another date since it was asked.
    """
    change = _held_change(change, actor, Decision.APPROVE)
    for item in change.items.select_related("node__template_node__template"):
        _refuse_outdated(item)
    return _approved(change, actor=actor, answer=answer, batch=batch)


@transaction.atomic
def move_date(
    node: Node, *, actor: User, due_on: date, reason: str, today: date, batch: UUID | None = None, **asked: Any
) -> DateChange:  # fmt: skip
    """Another due date at once: asked for and approved in one, by somebody who may decide.

    Takes what `request_date_change` takes, and raises what it raises; PermissionDenied as approving does.
    """
    change = request_date_change(
        node, actor=actor, due_on=due_on, reason=reason, today=today, batch=batch, **asked
    )
    if not may_decide(actor, change.node.project):
        raise PermissionDenied
    return _approved(change, actor=actor, answer="", batch=batch)


@transaction.atomic
def refuse_date_change(change: DateChange, *, actor: User, answer: str) -> DateChange:
    """Say no, with the reason. Raises as `approve_date_change` does, InputError without an `answer`."""
    return _answered(change, Decision.REFUSE, Change.Verb.DATE_CHANGE_REFUSED, actor, answer)


@transaction.atomic
def return_date_change(change: DateChange, *, actor: User, answer: str) -> DateChange:
    """Send the request back to be completed; a new one for the node takes its place. Raises as refusing does."""
    return _answered(change, Decision.RETURN, Change.Verb.DATE_CHANGE_RETURNED, actor, answer)


@transaction.atomic
def withdraw_date_change(change: DateChange, *, actor: User) -> DateChange:
    """Take back what one has asked for. Raises PermissionDenied for others, RuleError where it is decided."""
    return _answered(change, Decision.WITHDRAW, Change.Verb.DATE_CHANGE_WITHDRAWN, actor, "")


def may_decide(actor: User, project: Project) -> bool:
    """Whether `actor` says yes or no to date changes of this project."""
    return actor.is_manager and Project.objects.editable_by(actor).filter(pk=project.pk).exists()


def _approved(change: DateChange, *, actor: User, answer: str, batch: UUID | None) -> DateChange:
    """The dates moved, in one statement for all: a whole chain may move. The project is locked."""
    _decided(change, Decision.APPROVE, actor=actor, answer=answer)
    moved = list(change.items.values_list("node_id", "due_before", "due_after", "node__baseline_on"))
    asked = Subquery(change.items.filter(node=OuterRef("pk")).values("due_after"))
    Node.objects.filter(pk__in=[pk for pk, *_rest in moved]).update(
        due_on=asked, baseline_on=Coalesce("baseline_on", asked), version=F("version") + 1
    )
    Change.objects.bulk_create(
        Change(
            verb=Change.Verb.DATE_CHANGE_APPROVED, actor=actor, project=change.node.project, node_id=pk,
            before={"due_on": before, "baseline_on": baseline},
            after={"due_on": after, "baseline_on": baseline or after}, note=answer, batch=batch,
        )
        for pk, before, after, baseline in moved
    )  # fmt: skip
    return change


def _answered(
    change: DateChange, decision: Decision, verb: Change.Verb, actor: User, answer: str
) -> DateChange:
    change = _held_change(change, actor, decision)
    if decision is not Decision.WITHDRAW:
        answer = reason_given(answer)
    _decided(change, decision, actor=actor, answer=answer)
    Change.objects.create(verb=verb, actor=actor, project=change.node.project, node=change.node, note=answer)
    return change


def _held_change(change: DateChange, actor: User, decision: Decision) -> DateChange:
    """The request as it is now, with its project locked."""
    hold_project(change.node.project_id)
    found = DateChange.objects.select_related("node__project", "node__template_node__template")
    now = found.get(pk=change.pk)
    is_theirs = (
        now.asked_by_id == actor.pk if decision is Decision.WITHDRAW else may_decide(actor, now.node.project)
    )
    if not is_theirs:
        raise PermissionDenied
    return now


def _decided(change: DateChange, decision: Decision, *, actor: User, answer: str) -> None:
    change.status = decide(RequestStatus(change.status), decision, node=change.node.template_node.label)
    change.decided_by, change.decided_at, change.answer = actor, timezone.now(), answer.strip()
    change.save(update_fields=["status", "decided_by", "decided_at", "answer"])


def _known_reason(reason: str, text: str) -> DateChange.Reason:
    if reason not in DateChange.Reason.values:
        raise InputError(
            gettext_noop("“%(reason)s” is none of the reasons for another date."), reason=reason[:40]
        )
    if reason == DateChange.Reason.OTHER:
        reason_given(text)
    return DateChange.Reason(reason)


def _refuse_unfit(node: Node, due_on: date, *, actor: User, today: date) -> None:
    label = node.template_node.label
    check_request(
        Status(node.status), node=label, is_manager=actor.is_manager,
        is_pending=DateChange.objects.filter(node=node, status=RequestStatus.ASKED).exists(),
        is_locked=is_locked(node.due_on, today, load_calendar()),
    )  # fmt: skip
    if node.due_on == due_on:
        raise RuleError(gettext_noop("“%(node)s” is due on %(on)s already."), node=label, on=due_on)
    refuse_too_early(due_on)


def _refuse_outdated(item: DateChangeItem) -> None:
    if item.node.status in CLOSED or item.node.due_on != item.due_before:
        raise RuleError(
            gettext_noop("“%(node)s” has changed since the date was asked for; send the request back."),
            node=item.node.template_node.label,
        )
