"""What lists, sheets and the API show of nodes: one dataclass a row, computed the same for all of them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import reduce
from itertools import islice
from typing import Any, NamedTuple

from domain.lifecycle import CLOSED, Status
from domain.lights import Light, LightRule
from milestones.graph import ChainGraph, graph_of, steps_of
from milestones.models import Node, etag_of
from milestones.querysets import NodeQuerySet


@dataclass(frozen=True, slots=True)
class Neighbour:
    """Another node of the same project that matters to a row."""

    pk: int
    label: str
    unit: str


@dataclass(frozen=True, slots=True)
class NodeRow:
    """One node as a list shows it. Days late and left are working days."""

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
    late_since: date | None
    days_late: int
    days_left: int | None
    blocked_by: tuple[Neighbour, ...]
    causes: tuple[Neighbour, ...]
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
    version: int
    unit: str | None
    project_id: int
    project: str
    project_code: str
    enterprise: str
    kind: str
    town: str
    liaison: str | None
    liaison_username: str | None


_PATHS = (
    "pk", "template_node_id", "template_node__template_id", "status", "limit",
    "baseline_on", "due_on", "limit_on", "deadline_on", "started_on", "finished_on", "version", "unit__name",
    "project_id", "project__name", "project__code", "project__enterprise", "project__kind",
    "project__town__name", "project__liaison__display_name", "project__liaison__username",
)  # fmt: skip


class _Member(NamedTuple):
    """What is known of any node of a project that a row may have to mention."""

    pk: int
    deadline_on: date | None
    unit: str


@dataclass(frozen=True, slots=True)
class _Project:
    """The nodes of a project by template node."""

    statuses: dict[int, Status]
    members: dict[int, _Member]


_STATUSES = {str(status): status for status in Status}


def node_rows(nodes: Iterable[Node], rule: LightRule) -> list[NodeRow]:
    """Rows for `nodes` (with ``for_list()``), in their order, with one query more however many.

    Of a QuerySet only what a row shows is read, without an object for each node, town and liaison.
    """
    if isinstance(nodes, NodeQuerySet):
        return _rows([_Facts(*row) for row in nodes.values_list(*_PATHS)], rule)
    return _rows([_facts_of(node) for node in nodes], rule)


def each_node_row(nodes: NodeQuerySet, rule: LightRule, *, at_once: int = 2000) -> Iterator[NodeRow]:
    """The same rows for a list of any length; only `at_once` of them are held in memory."""
    facts = nodes.values_list(*_PATHS).iterator(chunk_size=at_once)
    while batch := [_Facts(*row) for row in islice(facts, at_once)]:
        yield from _rows(batch, rule)


def _facts_of(node: Node) -> _Facts:
    row: Any = node
    return _Facts(*(reduce(_follow, path.split("__"), row) for path in _PATHS))


def _follow(thing: Any, name: str) -> Any:
    return None if thing is None else getattr(thing, name)


def _rows(batch: list[_Facts], rule: LightRule) -> list[NodeRow]:
    projects = _projects({facts.project_id for facts in batch})
    return [_row(facts, projects[facts.project_id], rule) for facts in batch]


def _projects(pks: set[int]) -> dict[int, _Project]:
    projects = {pk: _Project({}, {}) for pk in pks}
    nodes = Node.objects.filter(project__in=pks).order_by()
    for project, step, pk, status, deadline_on, unit in nodes.values_list(
        "project_id", "template_node_id", "pk", "status", "deadline_on", "unit__name"
    ):
        projects[project].statuses[step] = _STATUSES[status]
        projects[project].members[step] = _Member(pk, deadline_on, unit or "")
    return projects


def _row(node: _Facts, project: _Project, rule: LightRule) -> NodeRow:
    step, graph = steps_of(node.template)[node.step], graph_of(node.template)
    status = _STATUSES[node.status]
    light = rule.light(status, node.due_on, node.limit_on, node.limit)
    is_open, is_late = status not in CLOSED, light == Light.RED
    before = graph.open_before(node.step, project.statuses) if is_open else []
    held = graph.held_up_by(node.step, project.statuses) if is_open else set()
    day = node.deadline_on
    return NodeRow(
        pk=node.pk, label=step.label, code=step.code, stage=step.stage,
        is_key=step.is_key, is_unconfirmed=step.is_unconfirmed,
        project_id=node.project_id, project=node.project, project_code=node.project_code,
        enterprise=node.enterprise, kind=node.kind, town=node.town,
        unit=node.unit or "", liaison=node.liaison or node.liaison_username or "",
        status=status, light=light,
        baseline_on=node.baseline_on, due_on=node.due_on, limit_on=node.limit_on, deadline_on=day,
        is_provisional=day is not None and rule.calendar.is_provisional(day),
        started_on=node.started_on, finished_on=node.finished_on,
        late_since=day + timedelta(days=1) if day and is_late else None,
        days_late=rule.days_late(day) if is_late else 0,
        days_left=rule.days_left(day) if day and is_open and not is_late else None,
        blocked_by=_neighbours(before, node.template, project),
        causes=_neighbours(_causes(graph, node.step, project, before), node.template, project),
        holds_up=len(held), holds_up_keys=_key_labels(held, node.template),
        knocked_on=sum(_is_late(key, project, rule) for key in held), etag=etag_of(node.pk, node.version),
    )  # fmt: skip


def _causes(graph: ChainGraph, step: int, project: _Project, before: list[int]) -> list[int]:
    return graph.causes(step, project.statuses) if before else []


def _is_late(step: int, project: _Project, rule: LightRule) -> bool:
    return rule.is_overdue(project.statuses[step], project.members[step].deadline_on, None)


def _neighbours(steps: Iterable[int], template_id: int, project: _Project) -> tuple[Neighbour, ...]:
    labels, members = steps_of(template_id), project.members
    return tuple(Neighbour(members[key].pk, labels[key].label, members[key].unit) for key in steps)


def _key_labels(steps: set[int], template_id: int) -> tuple[str, ...]:
    """The key nodes among `steps`, in chain order."""
    return tuple(step.label for pk, step in steps_of(template_id).items() if pk in steps and step.is_key)
