"""One piece of work on many nodes: rehearsed first, then done on all of them or on none.

The work itself is that of the actions on one node. A rehearsal does it and undoes it, so that what it says
of each row, and why it refuses one, is exactly what doing it says.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from typing import NamedTuple
from uuid import UUID, uuid4

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext_noop

from accounts.models import Unit, User
from domain.errors import DomainError, InputError, RuleError, StaleError
from domain.workdays import WorkCalendar
from milestones.actions.date_changes import move_date, request_date_change
from milestones.actions.holding import hold_projects
from milestones.actions.holds import hold_node, resume_node
from milestones.actions.nodes import assign_node, remind
from milestones.calendar_table import load_calendar
from milestones.graph import graph_of, steps_of
from milestones.models import Node
from milestones.replanning import shifted_schedule
from projects.models import Project

MOST_AT_ONCE = 500
"""Nodes; who has more to move changes the plan, not rows of a list."""


@dataclass(frozen=True, slots=True)
class ShiftDates:
    """Another due date: so many working days later, or the day `to`, whichever is given.

    With `following`, which goes with `days`, the nodes behind move along: one that is picked too moves with
    the one before it, and none moves twice. It takes effect at once where the actor may approve date changes,
    else it is asked for.
    """

    reason: str
    days: int | None = None
    to: date | None = None
    text: str = ""
    following: bool = False

    def due_on(self, node: Node, calendar: WorkCalendar) -> date:
        """Raises RuleError where the node has no date, or falls due later than `to` already."""
        label = node.template_node.label
        if node.due_on is None:
            raise RuleError(gettext_noop("“%(node)s” has no due date that could move."), node=label)
        if self.to is None:
            return calendar.add(node.due_on, self.days or 0)
        if node.due_on > self.to:
            raise RuleError(
                gettext_noop("“%(node)s” falls due on %(due)s, later than %(on)s."),
                node=label, due=node.due_on, on=self.to,
            )  # fmt: skip
        return self.to


@dataclass(frozen=True, slots=True)
class PutOnHold:
    """The clocks stand still since `on`, the first day that does not count."""

    on: date
    reason: str
    notice_no: str = ""


@dataclass(frozen=True, slots=True)
class Resume:
    """The clocks run again from `on`, the first day that counts."""

    on: date
    note: str = ""


@dataclass(frozen=True, slots=True)
class HandOver:
    """Another unit is responsible."""

    unit: Unit
    note: str = ""


@dataclass(frozen=True, slots=True)
class Remind:
    note: str = ""


BulkWork = ShiftDates | PutOnHold | Resume | HandOver | Remind


class Picked(NamedTuple):
    """A node, and the version of it that was read when it was picked."""

    pk: int
    version: int


@dataclass(frozen=True, slots=True)
class MovedDate:
    """A due date that moves; of the picked node itself, or of one that moves along."""

    node_id: int
    label: str
    before: date | None
    after: date | None


@dataclass(frozen=True, slots=True)
class BulkRow:
    """What the work does to one picked node, which is shown as it was before.

    `moved` begins with the node's own date, those that move along come after it. `is_decided`: it takes
    effect, it is not only asked for. `moved_with` names the picked node with which this one moves. `tight` is
    how many nodes behind have too little time left. `refusal` says why nothing is done.
    """

    node: Node
    moved: tuple[MovedDate, ...] = ()
    is_decided: bool = True
    moved_with: str = ""
    tight: int = 0
    refusal: DomainError | None = None

    @property
    def due_after(self) -> date | None:
        return self.moved[0].after if self.moved else None

    @property
    def along(self) -> tuple[MovedDate, ...]:
        return self.moved[1:]


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What the work would do now."""

    done: tuple[BulkRow, ...]
    refused: tuple[BulkRow, ...]

    @property
    def fingerprint(self) -> str:
        """Names what would be done; another one says that something else would be done by now."""
        return _fingerprint(self.done)


@dataclass
class _Run:
    """What all rows of one piece of work share.

    `decides`: the projects whose date changes the actor approves. `labels`: what the nodes of all projects are
    called. `leads`: by node, which one moved it and from when to when.
    """

    actor: User
    today: date
    batch: UUID
    calendar: WorkCalendar
    decides: frozenset[int]
    labels: Mapping[int, str]
    leads: dict[int, tuple[str, MovedDate]] = field(default_factory=dict)


def rehearse(work: BulkWork, picked: Collection[Picked], *, actor: User, today: date) -> Rehearsal:
    """What `carry_out` would do, and what it would refuse, in the order picked; nothing is changed.

    Raises PermissionDenied unless `actor` is a manager; InputError where nothing or more than
    ``MOST_AT_ONCE`` nodes are picked, or what is asked for is incomplete.
    """
    with transaction.atomic():
        rows = [*_each(work, picked, actor=actor, today=today, batch=uuid4(), is_rehearsal=True)]
        transaction.set_rollback(True)
    place = {pk: number for number, (pk, _version) in enumerate(picked)}
    rows.sort(key=lambda row: place[row.node.pk])
    return Rehearsal(
        done=tuple(row for row in rows if row.refusal is None),
        refused=tuple(row for row in rows if row.refusal is not None),
    )


@transaction.atomic
def carry_out(
    work: BulkWork, picked: Collection[Picked], *, actor: User, today: date, seen: str
) -> tuple[BulkRow, ...]:
    """Do `work` on all the picked nodes, each with its entry in the history, all in one batch.

    `seen` is the fingerprint of the rehearsal that was looked at.

    Raises as `rehearse` does; StaleError, naming the node, where one has changed since it was picked, or
    where something else would be done than what was looked at; and whatever the action on one node raises.
    Then nothing is done at all.
    """
    rows = tuple(_each(work, picked, actor=actor, today=today, batch=uuid4(), is_rehearsal=False))
    if _fingerprint(rows) != seen:
        raise StaleError(
            gettext_noop("Meanwhile this would do something else than what you looked at; look again.")
        )
    return rows


def _each(
    work: BulkWork, picked: Collection[Picked], *, actor: User, today: date, batch: UUID, is_rehearsal: bool
) -> Iterable[BulkRow]:  # fmt: skip
    """Row by row, with all projects locked; in a rehearsal what is refused is a row too."""
    if not actor.is_manager:
        raise PermissionDenied(gettext_noop("Only a manager may change many nodes at once."))
    _refuse_wrong_number(picked)
    versions = dict(picked)
    nodes = _held_nodes(versions)
    projects = {node.project_id for node in nodes}
    decides = Project.objects.editable_by(actor).filter(pk__in=projects).values_list("pk", flat=True)
    labels = _labels(projects) if isinstance(work, ShiftDates) else {}
    run = _Run(actor, today, batch, load_calendar(), frozenset(decides), labels)
    for node in nodes:
        try:
            _refuse_changed(node, versions[node.pk])
            yield _row(work, node, run)
        except (RuleError, StaleError) as refusal:
            if not is_rehearsal:
                raise
            yield BulkRow(node, refusal=refusal)
        except PermissionDenied:
            if not is_rehearsal:
                raise
            yield BulkRow(node, refusal=_not_yours(node))


def _held_nodes(versions: Collection[int]) -> list[Node]:
    """The nodes, with their projects locked; in a chain those before come before those behind."""
    picked = Node.objects.filter(pk__in=versions)
    hold_projects(picked.order_by().values_list("project_id", flat=True))
    nodes = picked.for_list().select_related("template_node__template")
    return sorted(nodes, key=lambda node: (node.project_id, -_how_many_behind(node), node.pk))


def _labels(projects: Collection[int]) -> dict[int, str]:
    """What the nodes of these projects are called, by number."""
    rows = Node.objects.filter(project__in=projects).order_by()
    columns = rows.values_list("pk", "template_node_id", "template_node__template_id")
    return {pk: steps_of(template)[step].label for pk, step, template in columns}


def _how_many_behind(node: Node) -> int:
    """More than behind any node that is behind it."""
    return len(graph_of(node.template_node.template_id).behind.get(node.template_node_id, ()))


def _row(work: BulkWork, node: Node, run: _Run) -> BulkRow:
    if isinstance(work, ShiftDates):
        return _shifted(work, node, run)
    actor, today, batch = run.actor, run.today, run.batch
    match work:
        case PutOnHold(on, reason, notice_no):
            hold_node(node, actor=actor, on=on, today=today, reason=reason, notice_no=notice_no, batch=batch)
        case Resume(on, note):
            outcome = resume_node(node, actor=actor, on=on, today=today, note=note, batch=batch)
            label = node.template_node.label
            return BulkRow(node, (MovedDate(node.pk, label, node.due_on, outcome.node.due_on),))
        case HandOver(unit, note):
            assign_node(node, actor=actor, unit=unit, note=note, batch=batch)
        case Remind(note):
            remind(node, actor=actor, note=note, batch=batch)
    return BulkRow(node)


def _shifted(work: ShiftDates, node: Node, run: _Run) -> BulkRow:
    """The node's date moved or asked for; the other picked nodes that move along are rows of their own."""
    is_decided = node.project_id in run.decides
    if node.pk in run.leads:
        lead, own = run.leads[node.pk]
        return BulkRow(node, (own,), is_decided, moved_with=lead)
    due_on = work.due_on(node, run.calendar)
    whole = shifted_schedule(node, due_on, following=work.following, calendar=run.calendar)
    schedule = [shift for shift in whole if shift.key not in run.leads]
    act = move_date if is_decided else request_date_change
    act(
        node, actor=run.actor, due_on=due_on, reason=work.reason, today=run.today, text=work.text,
        following=work.following, schedule=schedule, batch=run.batch,
    )  # fmt: skip
    moved = tuple(
        MovedDate(shift.key, run.labels[shift.key], shift.before, shift.after)
        for shift in schedule
        if shift.after != shift.before
    )
    run.leads.update((each.node_id, (node.template_node.label, each)) for each in moved)
    return BulkRow(node, moved, is_decided, tight=sum(shift.needs is not None for shift in whole))


def _refuse_wrong_number(picked: Collection[Picked]) -> None:
    if not picked:
        raise InputError(gettext_noop("Nothing is selected; tick at least one row."))
    if len(picked) > MOST_AT_ONCE:
        raise InputError(
            gettext_noop("%(count)s rows are selected; at most %(most)s can be changed at once."),
            count=len(picked), most=MOST_AT_ONCE,
        )  # fmt: skip


def _refuse_changed(node: Node, version: int) -> None:
    if node.version != version:
        raise StaleError(
            gettext_noop("“%(node)s” of %(project)s has changed since you read it; look at it again."),
            node=node.template_node.label, project=node.project.name,
        )  # fmt: skip


def _not_yours(node: Node) -> RuleError:
    return RuleError(
        gettext_noop("“%(node)s” is neither your unit's nor in a project that it leads."),
        node=node.template_node.label,
    )


def _fingerprint(rows: Iterable[BulkRow]) -> str:
    """Without words: these are in the reader's language."""
    effects = sorted(
        (
            row.node.pk,
            row.is_decided,
            [(each.node_id, str(each.before), str(each.after)) for each in row.moved],
        )
        for row in rows
    )
    return sha256(repr(effects).encode()).hexdigest()
