"""Chains and node dates of many projects at once, as a ledger brings them.

A ledger tells what has happened, so nothing is refused for its order: a node may be recorded as done though
one before it is open. What it must not do is contradict what is on record; ``recorded_fields`` says when.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from accounts.models import User
from domain.date_changes import RequestStatus
from domain.errors import RuleError
from domain.lifecycle import Status
from domain.lights import LightRule
from domain.workdays import ONE_DAY, WorkCalendar
from history.bulk_actions import ROWS_AT_ONCE, NewChange, insert_rows, record_changes
from history.models import Change
from milestones.calendar_table import load_calendar
from milestones.laying import layout, units_by_name
from milestones.models import Chain, ChainTemplate, DateChange, DateChangeItem, Hold, Node, TemplateNode
from projects.bulk_actions import hold_projects, join_units_of_many
from projects.models import Project


class Recorded(NamedTuple):
    """What a ledger says of a node; what is None it does not say.

    `status` (WAITING, RUNNING or DONE) moves nothing by itself: the dates do. It must not contradict what is
    on record.
    """

    due_on: date | None = None
    started_on: date | None = None
    finished_on: date | None = None
    status: Status | None = None


class NodeState(NamedTuple):
    """A node on record, as far as recording asks."""

    pk: int | None
    project_id: int
    step_id: int
    status: Status
    baseline_on: date | None
    due_on: date | None
    limit_on: date | None
    started_on: date | None
    finished_on: date | None
    start_entered_on: date | None
    finish_entered_on: date | None
    limit: int | None
    version: int

    @classmethod
    def new(cls, project_id: int, step: TemplateNode, due: date | None = None) -> "NodeState":
        """A step that the project does not have yet, planned for the day `due`."""
        nothing_yet = (None,) * 5
        return cls(None, project_id, step.pk, Status.WAITING, due, due, *nothing_yet, step.limit, 1)


_COLUMNS = (
    "pk", "project_id", "template_node_id", "status", "baseline_on", "due_on", "limit_on", "started_on",
    "finished_on", "start_entered_on", "finish_entered_on", "limit", "version",
)  # fmt: skip
_WRITTEN = (
    "status", "baseline_on", "due_on", "limit_on", "started_on", "finished_on", "start_entered_on",
    "finish_entered_on",
)  # fmt: skip
_FIRST_WRITTEN = NodeState._fields.index(_WRITTEN[0])
_PAST_WRITTEN = _FIRST_WRITTEN + len(_WRITTEN)
"""The written columns stand together in a state, in this order."""


def node_states(projects: Collection[int], steps: Collection[int]) -> Iterator[NodeState]:
    """The nodes on record of these projects, as far as they are nodes of these steps of templates."""
    wanted = sorted(projects)
    for start in range(0, len(wanted), ROWS_AT_ONCE):
        nodes = Node.objects.filter(
            project__in=wanted[start : start + ROWS_AT_ONCE], template_node__in=steps
        ).order_by()
        for row in nodes.values_list(*_COLUMNS):
            yield NodeState._make((*row[:3], Status(row[3]), *row[4:]))


DaysHeld = tuple[date, date]
"""The first and the last day of a hold."""


def _closed_holds(pks: Sequence[int]) -> dict[int, list[DaysHeld]]:
    """The holds of these nodes that have ended."""
    found: dict[int, list[DaysHeld]] = defaultdict(list)
    for start in range(0, len(pks), ROWS_AT_ONCE):
        ended = Hold.objects.filter(node__in=pks[start : start + ROWS_AT_ONCE], resumed_on__isnull=False)
        for pk, first, resumed in ended.order_by().values_list("node_id", "held_on", "resumed_on"):
            if resumed is not None:
                found[pk].append((first, resumed - ONE_DAY))
    return found


def may_move_dates(actor: User) -> bool:
    """Whether a plan date that `actor` brings replaces the one on record: it is an approved date change."""
    return actor.is_manager or actor.role == User.Role.SYSTEM


def recorded_fields(
    state: NodeState, said: Recorded, *,
    step: TemplateNode, today: date, calendar: WorkCalendar, may_move: bool = True,
    holds: Sequence[DaysHeld] = (),
) -> dict[str, Any]:  # fmt: skip
    """The fields of a node that `said` changes, with their new values; empty where it says what is known.

    A finish makes the node done, a start lets it run, and with the start its approval clock begins, which stands
    still in the node's closed `holds`. A plan date replaces ``due_on``, as an approved date change; the baseline
    stays what it is, or becomes the plan date where there is none.

    Raises RuleError for a start or finish after `today`, a finish before the start, a node on hold or waived
    of which the ledger says otherwise, a status that lies behind the one on record, and another plan date
    than the one on record where the ledger's bringer `may_move` none.
    """
    _refuse_contradiction(state, said, step)
    if not may_move and state.due_on and said.due_on not in {None, state.due_on}:
        raise RuleError(
            gettext_noop("“%(node)s” is due on %(on)s; ask for another date, a ledger does not move it."),
            node=step.name, on=state.due_on,
        )  # fmt: skip
    started, finished = said.started_on or state.started_on, said.finished_on or state.finished_on
    for day in (said.started_on, said.finished_on):
        if day and day > today:
            raise RuleError(
                gettext_noop("%(on)s lies in the future; only what has happened is recorded."), on=day
            )
    if started and finished and finished < started:
        raise RuleError(
            gettext_noop("“%(node)s” cannot be finished on %(on)s, before its start on %(start)s."),
            node=step.name, on=finished, start=started,
        )  # fmt: skip
    due = said.due_on or state.due_on
    fields = {
        "status": _status_after(state.status, started, finished),
        "baseline_on": state.baseline_on or due,
        "due_on": due,
        "limit_on": step.clock_ends_on(started, state.limit, calendar, holds)
        if started and started != state.started_on
        else state.limit_on,
        "started_on": started,
        "finished_on": finished,
        "start_entered_on": _entered(state.start_entered_on, state.started_on, started, today),
        "finish_entered_on": _entered(state.finish_entered_on, state.finished_on, finished, today),
    }
    return {name: value for name, value in fields.items() if value != getattr(state, name)}


def _entered(entered: date | None, known: date | None, day: date | None, today: date) -> date | None:
    """The day on which what happened on `day` was entered: today, unless it was `known` already."""
    return entered if day == known else today


def _status_after(status: Status, started: date | None, finished: date | None) -> Status:
    if status is Status.HELD or status is Status.WAIVED:
        return status
    return Status.DONE if finished else Status.RUNNING if started else Status.WAITING


def _refuse_contradiction(state: NodeState, said: Recorded, step: TemplateNode) -> None:
    match state.status:
        case Status.WAIVED if _differs(state, said):
            raise RuleError(gettext_noop("“%(node)s” is waived; reopen it first."), node=step.name)
        case Status.HELD if _differs(state, said):
            raise RuleError(gettext_noop("“%(node)s” is on hold; resume it first."), node=step.name)
        case Status.DONE if said.status in {Status.WAITING, Status.RUNNING}:
            raise RuleError(
                gettext_noop("“%(node)s” is done on record, since %(on)s; reopen it first."),
                node=step.name, on=state.finished_on,
            )  # fmt: skip
        case Status.RUNNING if said.status is Status.WAITING:
            raise RuleError(
                gettext_noop("“%(node)s” is running on record, since %(on)s."),
                node=step.name, on=state.started_on,
            )  # fmt: skip


def _differs(state: NodeState, said: Recorded) -> bool:
    return any(
        new is not None and new != old
        for new, old in (
            (said.due_on, state.due_on),
            (said.started_on, state.started_on),
            (said.finished_on, state.finished_on),
        )
    )


@dataclass(frozen=True, slots=True)
class Laying:
    """A chain for a project that has none, with what is known of its nodes, by template node number.

    Where it `plans`, each node's dates are reckoned from `starts_on` (``milestones.laying``) and a recorded
    plan date replaces that of its node; otherwise the recorded dates are the only ones.
    """

    project_id: int
    template: ChainTemplate
    starts_on: date
    conditions: frozenset[str] = frozenset()
    plans: bool = True
    recorded: Mapping[int, Recorded] = field(default_factory=dict)


_NODE_COLUMNS = (
    "project_id", "template_node_id", "unit_id", "limit", "waived_reason", "version", *_WRITTEN
)  # fmt: skip


@transaction.atomic
def lay_chains(layings: Sequence[Laying], *, actor: User, today: date, batch: UUID | None = None) -> int:
    """Pin each project to its template and give it its nodes; how many nodes.

    Raises RuleError where a project has a chain already, a template is a draft, or a recorded date is refused
    by ``recorded_fields``; PermissionDenied where `actor` may not change one of the projects.
    """
    projects = hold_projects(actor, [laying.project_id for laying in layings])
    _refuse_unfit(layings, projects)
    layer = _Layer(today)
    rows: list[tuple[Any, ...]] = []
    history: list[NewChange] = []
    for laying in layings:
        laid, after = layer.lay(laying, projects[laying.project_id])
        rows += laid
        history += _laying_changes(laying, len(laid), after)
    Chain.objects.bulk_create(
        [
            Chain(
                project_id=laying.project_id,
                template=laying.template,
                starts_on=laying.starts_on,
                conditions=sorted(laying.conditions),
            )
            for laying in layings
        ],
        batch_size=ROWS_AT_ONCE,
    )
    insert_rows(Node, _NODE_COLUMNS, rows)
    join_units_of_many((row[0], row[2]) for row in rows)
    record_changes(history, actor=actor, batch=batch)
    return len(rows)


def late_when_laid(layings: Iterable[Laying], *, today: date) -> tuple[int, int]:
    """How many nodes, and of how many projects, would be overdue on the day `today` if these chains were laid; nothing
    is written."""
    layer, rule = _Layer(today), LightRule.on(today, load_calendar())
    at = [_NODE_COLUMNS.index(name) for name in ("status", "due_on", "limit_on")]
    late = [
        sum(
            rule.is_overdue(*(row[column] for column in at))
            for row in layer.lay(laying, Project(town_id=0))[0]
        )
        for laying in layings
    ]
    return sum(late), sum(map(bool, late))


def _refuse_unfit(layings: Sequence[Laying], projects: Mapping[int, Project]) -> None:
    for laying in layings:
        if laying.template.published_at is None:
            raise RuleError(
                gettext_noop("“%(chain)s” is a draft; publish it first."), chain=laying.template.name
            )
    taken = Chain.objects.filter(project__in=list(projects)).first()
    if taken is not None:
        raise RuleError(
            gettext_noop("“%(project)s” has a chain already."), project=projects[taken.project_id].name
        )


class _Place(NamedTuple):
    """A step of a layout, with what is the same for every project that gets it."""

    pk: int
    key: str
    step: TemplateNode
    unit_id: int | None
    after_days: int
    """Working days from the start of the chain to the step's planned end."""


class _Layer:
    """Computes the nodes of one project after the other; what many have in common is computed once."""

    def __init__(self, today: date) -> None:
        self._today = today
        self._calendar = load_calendar()
        self._units = {name: unit.pk for name, unit in units_by_name().items()}
        self._places: dict[tuple[int, frozenset[str]], list[_Place]] = {}

    def lay(self, laying: Laying, project: Project) -> tuple[list[tuple[Any, ...]], dict[str, Any]]:
        """The rows of the project's nodes, and by node what the ledger recorded."""
        start = self._calendar.on_or_after(laying.starts_on)
        rows, after = [], {}
        for place in self._places_of(laying):
            said = laying.recorded.get(place.pk)
            due = None
            if laying.plans and not (said and said.due_on):
                due = self._calendar.add(start, place.after_days)
            state = NodeState.new(project.pk, place.step, due)
            if said and (fields := self._recorded(state, said, place.step)):
                state = state._replace(**fields)
                after[place.key] = fields
            unit = place.unit_id or project.town_id
            rows.append(
                (project.pk, place.pk, unit, state.limit, "", 1, *state[_FIRST_WRITTEN:_PAST_WRITTEN])
            )
        return rows, after

    def _places_of(self, laying: Laying) -> list[_Place]:
        key = (laying.template.pk, laying.conditions)
        if key not in self._places:
            plan = layout(*key)
            self._places[key] = [
                _Place(
                    step.pk, step.name, step, self._units.get(step.unit_name),
                    plan.schedule.slots[step.code].earliest_finish,
                )
                for step in plan.steps
            ]  # fmt: skip
        return self._places[key]

    def _recorded(self, state: NodeState, said: Recorded, step: TemplateNode) -> dict[str, Any]:
        return recorded_fields(state, said, step=step, today=self._today, calendar=self._calendar)


def _laying_changes(laying: Laying, nodes: int, recorded: dict[str, Any]) -> Iterator[NewChange]:
    template = laying.template
    after = {
        "template": template.code, "version": template.version, "starts_on": laying.starts_on, "nodes": nodes,
    }  # fmt: skip
    yield NewChange(Change.Verb.CHAIN_LAID, laying.project_id, after)
    if recorded:
        yield NewChange(Change.Verb.NODES_RECORDED, laying.project_id, recorded)


@transaction.atomic
def record_nodes(
    said: Mapping[int, Mapping[int, Recorded]], *, actor: User, today: date, batch: UUID | None = None
) -> int:
    """Record what a ledger says of projects that have chains: by project, by template node number.

    A step that its template has and the project has not (an optional one) is added. Returns how many nodes
    were added or changed; a changed node's version counts on, and each project gets one entry in the
    history. Raises RuleError as ``recorded_fields`` does, PermissionDenied where `actor` may not change
    one of the projects.
    """
    projects = hold_projects(actor, said)
    calendar, units = load_calendar(), units_by_name()
    wanted = {step for nodes in said.values() for step in nodes}
    steps = TemplateNode.objects.in_bulk(wanted)
    states = {(state.project_id, state.step_id): state for state in node_states(said, wanted)}
    holds = _closed_holds(_begun_on_another_day(states, said))
    added: list[Node] = []
    changed: list[Node] = []
    history: list[NewChange] = []
    for pk, nodes in said.items():
        before: dict[str, Any] = {}
        after: dict[str, Any] = {}
        for step_id, facts in nodes.items():
            step = steps[step_id]
            state = states.get((pk, step_id)) or NodeState.new(pk, step)
            fields = recorded_fields(
                state, facts, step=step, today=today, calendar=calendar, may_move=may_move_dates(actor),
                holds=holds.get(state.pk or 0, ()),
            )  # fmt: skip
            if state.pk is None:
                unit = units.get(step.unit_name)
                added.append(_node(state, fields, unit_id=unit.pk if unit else projects[pk].town_id))
            elif fields:
                changed.append(_node(state, fields))
                before[step.name] = {name: getattr(state, name) for name in fields}
            if fields or state.pk is None:
                after[step.name] = fields
        if after:
            history.append(NewChange(Change.Verb.NODES_RECORDED, pk, after, before))
    Node.objects.bulk_create(added, batch_size=ROWS_AT_ONCE)
    join_units_of_many((node.project_id, node.unit_id) for node in added if node.unit_id)
    if changed:
        Node.objects.bulk_update(changed, [*_WRITTEN, "version"], batch_size=ROWS_AT_ONCE)
    _note_moved_dates(changed, states, actor)
    record_changes(history, actor=actor, batch=batch)
    return len(added) + len(changed)


def _begun_on_another_day(
    states: Mapping[tuple[int, int], NodeState], said: Mapping[int, Mapping[int, Recorded]]
) -> list[int]:
    """The numbers of the nodes whose start on record is another than the ledger's."""
    known = (
        (state, said[project][step].started_on)
        for (project, step), state in states.items()
        if step in said[project]
    )
    return [
        state.pk
        for state, day in known
        if state.pk and state.started_on and day not in {None, state.started_on}
    ]


def _note_moved_dates(
    changed: Sequence[Node], states: Mapping[tuple[int, int], NodeState], actor: User
) -> None:
    """The plan dates that a ledger moved, as date changes that were asked for and approved at once."""
    known = [(node, states[node.project_id, node.template_node_id].due_on, node.due_on) for node in changed]
    moved = [(node, before, after) for node, before, after in known if before and after and after != before]
    now = timezone.now()
    changes = DateChange.objects.bulk_create(
        [
            DateChange(
                node_id=node.pk, reason=DateChange.Reason.LEDGER, status=RequestStatus.APPROVED,
                asked_by=actor, asked_at=now, decided_by=actor, decided_at=now,
            )
            for node, _before, _after in moved
        ],
        batch_size=ROWS_AT_ONCE,
    )  # fmt: skip
    DateChangeItem.objects.bulk_create(
        [
            DateChangeItem(change=change, node_id=node.pk, due_before=before, due_after=after)
            for change, (node, before, after) in zip(changes, moved, strict=True)
        ],
        batch_size=ROWS_AT_ONCE,
    )


def _node(state: NodeState, fields: Mapping[str, Any], **more: Any) -> Node:
    """The row as it is to be written; of a row on record, only the written columns are known."""
    values = {name: getattr(state, name) for name in _WRITTEN} | dict(fields)
    version = state.version + 1 if state.pk else 1
    return Node(
        pk=state.pk, project_id=state.project_id, template_node_id=state.step_id, limit=state.limit,
        version=version, **values, **more,
    )  # fmt: skip
