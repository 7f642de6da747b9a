"""Starting, finishing, waiving, reopening and handing over one node."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_noop

from accounts.models import Unit, User
from domain.date_changes import RequestStatus
from domain.errors import RuleError
from domain.lifecycle import CLOSED, Move, Status, check_start, move
from domain.recorded_days import refuse_future
from history.models import Change
from milestones.actions.holding import (
    closed_holds,
    held_node,
    names_of,
    reason_given,
    statuses_of,
    write,
)
from milestones.actions.proofs import record_proofs
from milestones.calendar_table import load_calendar
from milestones.graph import graph_of, steps_of
from milestones.models import DateChange, Hold, Node
from projects.actions import join_units
from projects.file_actions import StoredFile


@dataclass(frozen=True)
class Outcome:
    """The changed node, and what the rules would rather have seen (names of soft predecessors)."""

    node: Node
    missing: tuple[str, ...] = ()


@transaction.atomic
def start_node(
    node: Node, *, actor: User, on: date, today: date, version: int | None = None, note: str = ""
) -> Outcome:
    """The node is being worked on since `on`; where it has an approval limit, its clock runs from then.

    Raises RuleError where the node is not waiting, a hard predecessor is open or was finished after `on`.
    Soft predecessors that are open come back as names.
    """
    node = held_node(node, actor, version)
    target = move(Status(node.status), Move.START, node=node.template_node.label)
    refuse_future(on, today)
    statuses = statuses_of(node.project)
    graph = graph_of(node.template_node.template_id)
    before = graph.open_before(node.template_node_id, statuses)
    check_start(names_of(node, before), node=node.template_node.label)
    _refuse_before_predecessors(node, graph.hard.get(node.template_node_id, ()), on)
    missing = graph.soft_before(node.template_node_id, statuses)
    write(
        node, Change.Verb.NODE_STARTED, actor=actor, note=note,
        status=target, started_on=on, start_entered_on=today,
        limit_on=node.template_node.clock_ends_on(on, node.limit, load_calendar(), closed_holds(node)),
    )  # fmt: skip
    return Outcome(node, tuple(steps_of(node.template_node.template_id)[key].label for key in missing))


@transaction.atomic
def finish_node(
    node: Node, *, actor: User, on: date, today: date, version: int | None = None, note: str = "",
    document_no: str = "", files: Sequence[StoredFile] = (),
) -> Outcome:  # fmt: skip
    """The node was done on `on`, as a document of this number and these files prove.

    A request for another date of it falls away. Raises RuleError where it is not running, or `on` lies before
    its start or before the end of a hold.
    """
    node = held_node(node, actor, version)
    target = move(Status(node.status), Move.FINISH, node=node.template_node.label)
    refuse_future(on, today)
    if node.started_on and on < node.started_on:
        raise RuleError(
            gettext_noop("“%(node)s” cannot be finished on %(on)s, before its start on %(start)s."),
            node=node.template_node.label, on=on, start=node.started_on,
        )  # fmt: skip
    _refuse_within_holds(node, on)
    write(
        node, Change.Verb.NODE_FINISHED, actor=actor, note=note,
        status=target, finished_on=on, finish_entered_on=today,
    )  # fmt: skip
    _drop_requests(node, actor)
    record_proofs(node, actor=actor, document_no=document_no, files=files)
    return Outcome(node)


@transaction.atomic
def waive_node(
    node: Node,
    *,
    actor: User,
    reason: str,
    today: date,
    version: int | None = None,
    batch: UUID | None = None,
) -> Outcome:
    """The project does not need this node, as of `today`; a hold that it is on ends with it, and a request for
    another date of it falls away.

    Raises InputError without a `reason`, RuleError where it is closed.
    """
    node = held_node(node, actor, version)
    target = move(Status(node.status), Move.WAIVE, node=node.template_node.label)
    reason = reason_given(reason)
    Hold.objects.filter(node=node).open().update(
        resumed_on=max(today, node.held_on or today), resumed_by=actor
    )
    write(
        node, Change.Verb.NODE_WAIVED, actor=actor, note=reason, batch=batch,
        status=target, waived_on=today, waived_reason=reason, limit_on=None, held_on=None,
    )  # fmt: skip
    _drop_requests(node, actor)
    return Outcome(node)


@transaction.atomic
def reopen_node(node: Node, *, actor: User, reason: str, version: int | None = None) -> Outcome:
    """Take one step back: undo a finish (the node runs again), a waiver or a start (it waits again).

    Only for managers: PermissionDenied for others. Raises InputError without a `reason`, RuleError where
    there is nothing to undo, or the chain has left the node behind.
    """
    node = held_node(node, actor, version)
    refuse_others_to_reopen(actor)
    target = move(Status(node.status), Move.REOPEN, node=node.template_node.label)
    refuse_left_behind(node.pk, node=node.template_node.label)
    reason = reason_given(reason)
    write(node, Change.Verb.NODE_REOPENED, actor=actor, note=reason, **_as_before(node, target))
    return Outcome(node)


@transaction.atomic
def assign_node(
    node: Node, *, actor: User, unit: Unit, note: str = "", version: int | None = None,
    batch: UUID | None = None,
) -> Outcome:  # fmt: skip
    """Make `unit` responsible for an open node; its managers see the project from now on.

    Only for managers: PermissionDenied for others. Raises RuleError where the node is closed or the unit
    has it already.
    """
    node = held_node(node, actor, version)
    refuse_others_to_assign(actor)
    refuse_closed(Status(node.status), node=node.template_node.label)
    if node.unit_id == unit.pk:
        raise RuleError(
            gettext_noop("“%(node)s” is with %(unit)s already."),
            node=node.template_node.label,
            unit=unit.name,
        )
    before = node.unit.name if node.unit else ""
    node.unit = unit
    node.version += 1
    node.save(update_fields=["unit", "version"])
    join_units(node.project, [unit.pk])
    Change.objects.create(
        verb=Change.Verb.NODE_ASSIGNED, actor=actor, project=node.project, node=node,
        before={"unit": before}, after={"unit": unit.name}, note=note, batch=batch,
    )  # fmt: skip
    return Outcome(node)


@transaction.atomic
def remind(node: Node, *, actor: User, note: str = "", batch: UUID | None = None) -> Outcome:
    """Ask those who have an open node to get on with it; it stands on their page until the node is closed.

    Only for managers: PermissionDenied for others. Raises RuleError where the node is closed. The node itself
    does not change.
    """
    node = held_node(node, actor, None)
    refuse_others_to_assign(actor)
    refuse_closed(Status(node.status), node=node.template_node.label)
    Change.objects.create(
        verb=Change.Verb.NODE_REMINDED, actor=actor, project=node.project, node=node, note=note, batch=batch
    )
    return Outcome(node)


def refuse_others_to_reopen(actor: User) -> None:
    if not actor.is_manager:
        raise PermissionDenied(gettext_noop("Only a manager may reopen a node."))


def refuse_left_behind(node_id: int, *, node: str) -> None:
    """A node of an earlier version of its chain stays closed: the forward view knows it no more."""
    laid = Node.objects.filter(pk=node_id, project__chain__isnull=False)
    if laid.exclude(template_node__template=F("project__chain__template")).exists():
        raise RuleError(
            gettext_noop("“%(node)s” is no part of the project's chain any more; it stays as it is."),
            node=node,
        )


def refuse_others_to_assign(actor: User) -> None:
    if not actor.is_manager:
        raise PermissionDenied(gettext_noop("Only a manager may hand over nodes and remind of them."))


def refuse_closed(status: Status, *, node: str) -> None:
    if status in CLOSED:
        raise RuleError(gettext_noop("“%(node)s” is closed already."), node=node)


def _as_before(node: Node, target: Status) -> dict[str, Any]:
    """The fields after one step back; a node finished without a known start began when it ended."""
    if target == Status.RUNNING:
        return {
            "status": target, "started_on": node.started_on or node.finished_on,
            "finished_on": None, "finish_entered_on": None,
        }  # fmt: skip
    return {
        "status": target, "waived_on": None, "waived_reason": "",
        "started_on": None, "start_entered_on": None, "limit_on": None,
    }  # fmt: skip


def _refuse_within_holds(node: Node, on: date) -> None:
    """What stood still on a day was not finished before that day."""
    holds = Hold.objects.filter(node=node, resumed_on__gt=on).exclude(resumed_on=F("held_on"))
    if hold := holds.order_by("-resumed_on").first():
        raise RuleError(
            gettext_noop("“%(node)s” was on hold until %(resumed)s; it cannot have been finished on %(on)s."),
            node=node.template_node.label, on=on, resumed=hold.resumed_on,
        )  # fmt: skip


def _drop_requests(node: Node, actor: User) -> None:
    """A node that is closed has no date to change any more."""
    DateChange.objects.filter(node=node).pending().update(
        status=RequestStatus.WITHDRAWN, decided_by=actor, decided_at=timezone.now()
    )


def _refuse_before_predecessors(node: Node, steps: Collection[int], on: date) -> None:
    last = (
        Node.objects.filter(project=node.project_id, template_node__in=steps, finished_on__gt=on)
        .select_related("template_node")
        .order_by("-finished_on")
        .first()
    )
    if last:
        raise RuleError(
            gettext_noop("“%(node)s” cannot start on %(on)s: “%(before)s” was done on %(done)s."),
            node=node.template_node.label, on=on, before=last.template_node.label, done=last.finished_on,
        )  # fmt: skip
