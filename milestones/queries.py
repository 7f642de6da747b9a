"""What lists, sheets and the API show of nodes: one dataclass a row, computed the same for all of them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from typing import NamedTuple

from django.db.models import Q

from domain.lifecycle import CLOSED, OPEN, Status
from domain.lights import Light, LightRule
from domain.workdays import ONE_DAY
from milestones import obstacles
from milestones.graph import graph_of, steps_of
from milestones.models import Node, TemplateNode, etag_of
from milestones.obstacles import Obstacle
from milestones.querysets import NodeQuerySet


@dataclass(frozen=True, slots=True)
class Neighbour:
    """Another node of the same project that matters to a row."""

    pk: int
    label: str
    unit: str


@dataclass(frozen=True, slots=True)
class NodeRow:
    """One node as a list shows it. Days late, left and on hold are working days.

    `ready_on`: since when it could be started, where it waits and nothing is before it any more. `is_idle`: that
    is more than 5 working days ago. `is_back_filled`: its
    start or its end was entered more than 5 working days later. `asked_due_on`: the due date that a pending
    request asks for. `lacks_proof`: it is done, but the proof that its template asks for is not there.
    `obstacles`: the open issues that block it.
    """

    pk: int
    label: str
    code: str
    stage: str
    is_key: bool
    is_unconfirmed: bool
    project_id: int
    project: str
    project_code: str
    enterprise: str
    kind: str
    tier_id: int | None
    industry: str
    town: str
    unit: str
    liaison: str
    status: Status
    light: Light
    baseline_on: date | None
    due_on: date | None
    limit_on: date | None
    deadline_on: date | None
    is_provisional: bool
    started_on: date | None
    finished_on: date | None
    is_back_filled: bool
    held_on: date | None
    days_held: int
    ready_on: date | None
    is_idle: bool
    asked_due_on: date | None
    lacks_proof: bool
    late_since: date | None
    days_late: int
    days_left: int | None
    blocked_by: tuple[Neighbour, ...]
    causes: tuple[Neighbour, ...]
    obstacles: tuple[Obstacle, ...]
    holds_up: int
    holds_up_keys: tuple[str, ...]
    knocked_on: int
    etag: str

    @property
    def is_knocked_on(self) -> bool:
        """Overdue while a hard predecessor is still open: something else is to blame."""
        return self.light == Light.RED and bool(self.blocked_by)


class _Facts(NamedTuple):
    """What is read of the node of a row; ``_PATHS`` says from where."""

    pk: int
    step: int
    template: int
    status: str
    limit: int | None
    baseline_on: date | None
    due_on: date | None
    limit_on: date | None
    deadline_on: date | None
    started_on: date | None
    finished_on: date | None
    start_entered_on: date | None
    finish_entered_on: date | None
    held_on: date | None
    version: int
    unit: str | None
    project_id: int
    project: str
    project_code: str
    enterprise: str
    kind: str
    tier_id: int | None
    industry: str
    town: str
    liaison: str | None
    liaison_username: str | None
    starts_on: date | None
    asked_due_on: date | None
    lacks_proof: bool


_PATHS = (
    "pk", "template_node_id", "template_node__template_id", "status", "limit",
    "baseline_on", "due_on", "limit_on", "deadline_on", "started_on", "finished_on", "start_entered_on",
    "finish_entered_on", "held_on", "version", "unit__name",
    "project_id", "project__name", "project__code", "project__enterprise", "project__kind",
    "project__tier_id", "project__industry", "project__town__name",
    "project__liaison__display_name", "project__liaison__username",
    "project__chain__starts_on", "asked_due_on", "lacks_proof",
)  # fmt: skip


_Member = tuple[int, int, int, str, date | None, str | None]
"""What ``_MEMBER`` reads of any node that a row may have to mention; left as it comes, for there are many."""

_MEMBER = ("project_id", "template_node_id", "pk", "status", "deadline_on", "unit__name")


@dataclass(frozen=True, slots=True)
class _Project:
    """The nodes of a project that a row may depend on, by template node."""

    statuses: dict[int, Status] = field(default_factory=dict)
    members: dict[int, _Member] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Place:
    """What follows for a node from the statuses around it alone; many projects stand at the same place."""

    before: tuple[int, ...]
    causes: tuple[int, ...]
    held: tuple[int, ...]
    held_keys: tuple[str, ...]


_NOWHERE = _Place((), (), (), ())
_STATUSES = {str(status): status for status in Status}


@dataclass(frozen=True, slots=True)
class _Reading:
    """What is looked up once for all rows of a list."""

    rule: LightRule
    labels: dict[int, str] = field(default_factory=dict)
    places: dict[tuple[int, tuple[tuple[int, Status], ...]], _Place] = field(default_factory=dict)

    def label(self, step: TemplateNode) -> str:
        found = self.labels.get(step.pk)
        if found is None:
            found = self.labels[step.pk] = step.label
        return found

    def place(self, node: _Facts, project: _Project) -> _Place:
        key = (node.step, tuple(project.statuses.items()))
        found = self.places.get(key)
        if found is None:
            found = self.places[key] = _place(node, project.statuses)
        return found

    def waits(self, node: _Facts, project: _Project) -> bool:
        """Whether anything before the node is open, be it only recommended to come before."""
        soft = graph_of(node.template).soft_before(node.step, project.statuses)
        return bool(soft or self.place(node, project).before)


def node_rows(nodes: Iterable[Node], rule: LightRule) -> list[NodeRow]:
    """Rows for `nodes`, in their order, with at most four queries however many.

    Only what a row shows is read, without an object for each node, town and liaison.
    """
    if isinstance(nodes, NodeQuerySet):
        facts = [_Facts(*row) for row in nodes.with_marks().values_list(*_PATHS)]
    else:
        facts = _facts_of(list(nodes))
    return _rows(facts, _Reading(rule))


def each_node_row(nodes: NodeQuerySet, rule: LightRule, *, at_once: int = 2000) -> Iterator[NodeRow]:
    """The same rows for a list of any length; only `at_once` of them are held in memory."""
    reading = _Reading(rule)
    facts = nodes.with_marks().values_list(*_PATHS).iterator(chunk_size=at_once)
    while batch := [_Facts(*row) for row in islice(facts, at_once)]:
        yield from _rows(batch, reading)


def _facts_of(nodes: list[Node]) -> list[_Facts]:
    """The facts of nodes in hand, in their order, as the database has them now."""
    found = Node.objects.filter(pk__in=[node.pk for node in nodes]).with_marks()
    facts = {row[0]: _Facts(*row) for row in found.values_list(*_PATHS)}
    return [facts[node.pk] for node in nodes]


def _rows(batch: list[_Facts], reading: _Reading) -> list[NodeRow]:
    projects = _projects(batch)
    ready = _ready_on(batch, projects, reading)
    still_open = [facts.pk for facts in batch if _STATUSES[facts.status] not in CLOSED]
    in_the_way = obstacles.source().of_nodes(still_open, reading.rule.today) if still_open else {}
    return [
        _row(
            facts, projects[facts.project_id], reading, ready.get(facts.pk), in_the_way.get(facts.pk, ())
        )
        for facts in batch
    ]  # fmt: skip


def _ready_on(
    batch: list[_Facts], projects: dict[int, _Project], reading: _Reading
) -> dict[int, date | None]:
    """Since when those nodes of these rows could be started that wait for nothing now."""
    free = [
        facts
        for facts in batch
        if facts.status == Status.WAITING and not reading.waits(facts, projects[facts.project_id])
    ]
    closings = _closings_before(free)
    return {
        node.pk: graph_of(node.template).ready_on(node.step, closings[node.project_id], node.starts_on)
        for node in free
        if node.starts_on
    }


def _closings_before(free: list[_Facts]) -> dict[int, dict[int, tuple[Status, date | None]]]:
    """How what comes before these nodes was closed, by project."""
    closings: dict[int, dict[int, tuple[Status, date | None]]] = {node.project_id: {} for node in free}
    before = {step for node in free for step in graph_of(node.template).before(node.step)}
    nodes = Node.objects.filter(project__in=closings, template_node__in=before).order_by()
    columns = nodes.values_list("project_id", "template_node_id", "status", "finished_on", "waived_on")
    for project, step, status, finished_on, waived_on in columns:
        closings[project][step] = (_STATUSES[status], finished_on or waived_on)
    return closings


def _projects(batch: list[_Facts]) -> dict[int, _Project]:
    """What is still open in the projects of these rows, and what any-of groups are made of."""
    projects = {facts.project_id: _Project() for facts in batch}
    graphs = (graph_of(template) for template in {facts.template for facts in batch})
    grouped = {
        key for graph in graphs for groups in graph.groups.values() for group in groups for key in group
    }
    wanted = Q(status__in=OPEN) | Q(template_node__in=grouped) if grouped else Q(status__in=OPEN)
    nodes = Node.objects.filter(wanted, project__in=projects).order_by("project_id", "template_node_id")
    for member in nodes.values_list(*_MEMBER):
        found = projects[member[0]]
        found.statuses[member[1]] = _STATUSES[member[3]]
        found.members[member[1]] = member
    return projects


def _place(node: _Facts, statuses: dict[int, Status]) -> _Place:
    graph = graph_of(node.template)
    before = graph.open_before(node.step, statuses)
    held = graph.held_up_by(node.step, statuses)
    causes = graph.causes(node.step, statuses) if before else []
    return _Place(tuple(before), tuple(causes), tuple(held), _key_labels(held, node.template))


def _row(
    node: _Facts, project: _Project, reading: _Reading, ready_on: date | None,
    in_the_way: tuple[Obstacle, ...],
) -> NodeRow:  # fmt: skip
    rule, step, day = reading.rule, steps_of(node.template)[node.step], node.deadline_on
    status = _STATUSES[node.status]
    light = rule.light(status, node.due_on, node.limit_on, node.limit)
    is_open, is_late = status not in CLOSED, light == Light.RED
    place = reading.place(node, project) if is_open else _NOWHERE
    return NodeRow(
        pk=node.pk, label=reading.label(step), code=step.code, stage=step.stage,
        is_key=step.is_key, is_unconfirmed=step.is_unconfirmed,
        project_id=node.project_id, project=node.project, project_code=node.project_code,
        enterprise=node.enterprise, kind=node.kind, tier_id=node.tier_id, industry=node.industry, town=node.town,
        unit=node.unit or "", liaison=node.liaison or node.liaison_username or "",
        status=status, light=light,
        baseline_on=node.baseline_on, due_on=node.due_on, limit_on=node.limit_on, deadline_on=day,
        is_provisional=day is not None and rule.calendar.is_provisional(day),
        started_on=node.started_on, finished_on=node.finished_on,
        is_back_filled=rule.is_back_filled(node.started_on, node.start_entered_on)
        or rule.is_back_filled(node.finished_on, node.finish_entered_on),
        held_on=node.held_on,
        days_held=rule.calendar.count(node.held_on - ONE_DAY, rule.today) if node.held_on else 0,
        ready_on=ready_on, is_idle=ready_on is not None and ready_on < rule.idle_before,
        asked_due_on=node.asked_due_on, lacks_proof=node.lacks_proof,
        late_since=day + ONE_DAY if day and is_late else None,
        days_late=rule.days_late(day) if is_late else 0,
        days_left=rule.days_left(day) if day and is_open and not is_late else None,
        blocked_by=_neighbours(place.before, node.template, project),
        causes=_neighbours(place.causes, node.template, project), obstacles=in_the_way,
        holds_up=len(place.held), holds_up_keys=place.held_keys,
        knocked_on=sum([_is_late(key, project, rule) for key in place.held]),
        etag=etag_of(node.pk, node.version),
    )  # fmt: skip


def _is_late(step: int, project: _Project, rule: LightRule) -> bool:
    return rule.is_overdue(project.statuses[step], project.members[step][4], None)


def _neighbours(steps: tuple[int, ...], template_id: int, project: _Project) -> tuple[Neighbour, ...]:
    if not steps:
        return ()
    labels = steps_of(template_id)
    found = [(labels[key].label, project.members[key]) for key in steps]
    return tuple([Neighbour(member[2], label, member[5] or "") for label, member in found])


def _key_labels(steps: set[int], template_id: int) -> tuple[str, ...]:
    """The key nodes among `steps`, in chain order."""
    return tuple(step.label for pk, step in steps_of(template_id).items() if pk in steps and step.is_key)
