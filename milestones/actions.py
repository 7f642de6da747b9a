"""Every change to a node or a chain. Each action holds, checks, writes and records, in that order."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext_noop, pgettext

from accounts.models import User
from domain.chains import ClockOwner
from domain.errors import InputError, RuleError, StaleError
from domain.lifecycle import Move, Status, move
from domain.lights import LightRule
from domain.lights import deadline as earlier_of
from domain.workdays import LimitUnit, WorkCalendar, deadline
from history.models import Change
from milestones.calendar_table import load_calendar
from milestones.graph import Statuses, graph_of, steps_of
from milestones.laying import nodes_for, units_by_name
from milestones.models import Chain, ChainTemplate, Node, OverdueFlag
from projects.actions import join_units
from projects.models import Project

EARLIEST = date(2000, 1, 1)
"""No project of today was begun before; an earlier date is a slip of the keyboard."""


@dataclass(frozen=True)
class Outcome:
    """The changed node, and what the rules would rather have seen (names of soft predecessors)."""

    node: Node
    missing: tuple[str, ...] = ()


@transaction.atomic
def lay_chain(
    project: Project, template: ChainTemplate, *,
    actor: User, starts_on: date, conditions: Collection[str] = (), batch: UUID | None = None,
) -> Chain:  # fmt: skip
    """Pin `project` to a published `template` and give it nodes, with dates planned from `starts_on`.

    Raises RuleError where the project has a chain already or the template is a draft.
    """
    project = Project.objects.lock_for(actor, project.pk)
    if template.published_at is None:
        raise RuleError(gettext_noop("“%(template)s” is a draft; publish it first."), template=template.name)
    if Chain.objects.filter(project=project).exists():
        raise RuleError(gettext_noop("“%(project)s” has a chain already."), project=project.name)
    chain = Chain.objects.create(project=project, template=template, starts_on=starts_on)
    nodes = Node.objects.bulk_create(
        nodes_for(
            project, template, starts_on=starts_on, conditions=frozenset(conditions),
            calendar=load_calendar(), units=units_by_name(),
        )
    )  # fmt: skip
    join_units(project, {node.unit_id for node in nodes})
    Change.objects.create(
        verb=Change.Verb.CHAIN_LAID, actor=actor, project=project, batch=batch,
        after={"template": template.code, "version": template.version, "starts_on": starts_on, "nodes": len(nodes)},
    )  # fmt: skip
    return chain


@transaction.atomic
def start_node(
    node: Node, *, actor: User, on: date, today: date, version: int | None = None, note: str = ""
) -> Outcome:
    """The node is being worked on since `on`; where it has an approval limit, its clock runs from then.

    Raises RuleError where the node is not waiting, a hard predecessor is open or was finished after `on`.
    Soft predecessors that are open come back as names.
    """
    node = _hold(node, actor, version)
    target = move(Status(node.status), Move.START, node=node.template_node.label)
    _refuse_future(on, today)
    statuses = _statuses(node.project)
    graph = graph_of(node.template_node.template_id)
    if before := graph.open_before(node.template_node_id, statuses):
        raise RuleError(
            gettext_noop("“%(node)s” cannot be started before “%(before)s” is done."),
            node=node.template_node.label, before=_names(node, before),
        )  # fmt: skip
    _refuse_before_predecessors(node, graph.hard.get(node.template_node_id, ()), on)
    missing = graph.soft_before(node.template_node_id, statuses)
    _write(
        node, Change.Verb.NODE_STARTED, actor=actor, note=note,
        status=target, started_on=on, limit_on=_limit_on(node, on),
    )  # fmt: skip
    return Outcome(node, tuple(steps_of(node.template_node.template_id)[key].label for key in missing))


@transaction.atomic
def finish_node(
    node: Node, *, actor: User, on: date, today: date, version: int | None = None, note: str = ""
) -> Outcome:
    """The node was done on `on`. Raises RuleError where it is not running or `on` lies before its start."""
    node = _hold(node, actor, version)
    target = move(Status(node.status), Move.FINISH, node=node.template_node.label)
    _refuse_future(on, today)
    if node.started_on and on < node.started_on:
        raise RuleError(
            gettext_noop("“%(node)s” cannot be finished on %(on)s, before its start on %(start)s."),
            node=node.template_node.label, on=on, start=node.started_on,
        )  # fmt: skip
    _write(node, Change.Verb.NODE_FINISHED, actor=actor, note=note, status=target, finished_on=on)
    return Outcome(node)


@transaction.atomic
def waive_node(node: Node, *, actor: User, reason: str, version: int | None = None) -> Outcome:
    """The project does not need this node. Raises InputError without a `reason`, RuleError where it is closed."""
    node = _hold(node, actor, version)
    target = move(Status(node.status), Move.WAIVE, node=node.template_node.label)
    reason = _reason(reason)
    _write(
        node, Change.Verb.NODE_WAIVED, actor=actor, note=reason,
        status=target, waived_reason=reason, limit_on=None,
    )  # fmt: skip
    return Outcome(node)


@transaction.atomic
def reopen_node(node: Node, *, actor: User, reason: str, version: int | None = None) -> Outcome:
    """Undo a finish (the node runs again) or a waiver (it waits again).

    Only for managers: PermissionDenied for others. Raises InputError without a `reason`, RuleError where
    the node is open.
    """
    node = _hold(node, actor, version)
    if not actor.is_manager:
        raise PermissionDenied(gettext_noop("Only a manager may reopen a node."))
    target = move(Status(node.status), Move.REOPEN, node=node.template_node.label)
    reason = _reason(reason)
    _write(node, Change.Verb.NODE_REOPENED, actor=actor, note=reason, **_as_before_closing(node, target))
    return Outcome(node)


@dataclass(frozen=True)
class Sweep:
    """How many flags a sweep raised and cleared, and how many are open after it."""

    raised: int
    cleared: int
    open: int


@transaction.atomic
def sweep_overdue(today: date, calendar: WorkCalendar) -> Sweep:
    """Raise a flag for every overdue node without one; clear those of nodes that no longer are overdue.

    Three statements however many nodes. A flag is its own record of when and by which deadline it was
    raised, so nothing is written to the history. Two sweeps at once raise each flag once.
    """
    overdue = Node.objects.overdue(LightRule.on(today, calendar))
    raised = OverdueFlag.objects.raise_for(overdue, on=today)
    # NOT IN, not NOT EXISTS: the overdue nodes are read once from their index, whatever the planner expects.
    stale = OverdueFlag.objects.open().exclude(node__in=overdue.values("pk"))
    # A sweep as of an earlier day knows nothing of flags that were raised after it.
    cleared = stale.filter(raised_on__lte=today).update(cleared_on=today)
    return Sweep(raised, cleared, OverdueFlag.objects.open().count())


def _hold(node: Node, actor: User, version: int | None) -> Node:
    """The node as it is now, with its project locked until the transaction ends.

    Raises PermissionDenied where `actor` may not change it, StaleError where it is no longer at `version`.
    """
    Project.objects.select_for_update(of=("self",)).only("pk").get(pk=node.project_id)
    mine: Node | None = Node.objects.editable_by(actor).for_list().filter(pk=node.pk).first()
    if mine is None:
        raise PermissionDenied
    if version is not None and mine.version != version:
        raise StaleError(
            gettext_noop("“%(node)s” has changed since you read it; look at it again."),
            node=mine.template_node.label,
        )
    return mine


def _write(node: Node, verb: Change.Verb, *, actor: User, note: str, **fields: Any) -> None:
    before = {name: getattr(node, name) for name in fields}
    for name, value in fields.items():
        setattr(node, name, value)
    node.version += 1
    node.save(update_fields=[*fields, "version"])
    # What the database generates from the two, without asking for it again.
    node.deadline_on = earlier_of(node.due_on, node.limit_on)
    Change.objects.create(
        verb=verb, actor=actor, project=node.project, node=node, before=before, after=fields, note=note
    )


def _as_before_closing(node: Node, target: Status) -> dict[str, Any]:
    """A reopened node has no end; one that was finished without a known start began when it ended."""
    if target == Status.RUNNING:
        return {"status": target, "started_on": node.started_on or node.finished_on, "finished_on": None}
    return {"status": target, "waived_reason": "", "started_on": None}


def _statuses(project: Project) -> Statuses:
    rows = Node.objects.filter(project=project).values_list("template_node_id", "status")
    return {key: Status(status) for key, status in rows}


def _names(node: Node, steps: Collection[int]) -> str:
    labels = steps_of(node.template_node.template_id)
    return pgettext("between quoted names", "”, “").join(labels[key].label for key in steps)


def _limit_on(node: Node, accepted_on: date) -> date | None:
    """The end of the approval clock; what an enterprise does itself has a plan, not a clock."""
    step = node.template_node
    if node.limit is None or step.clock == ClockOwner.ENTERPRISE:
        return None
    return deadline(load_calendar(), accepted_on, node.limit, LimitUnit(step.limit_unit))


def _refuse_future(on: date, today: date) -> None:
    if on < EARLIEST:
        raise RuleError(gettext_noop("%(on)s lies before the year 2000; check the year."), on=on)
    if on > today:
        raise RuleError(gettext_noop("%(on)s lies in the future; only what has happened is recorded."), on=on)


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


def _reason(text: str) -> str:
    if not text.strip():
        raise InputError(gettext_noop("Say why."))
    return text.strip()
