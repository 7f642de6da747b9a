"""What lists, sheets and the API show of nodes: one dataclass a row, computed the same for all of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from domain.lifecycle import CLOSED, Status
from domain.lights import Light, LightRule
from milestones.graph import ChainGraph, graph_of, steps_of
from milestones.models import Node


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


@dataclass(frozen=True, slots=True)
class _Member:
    """What is known of any node of a project that a row may have to mention."""

    pk: int
    status: Status
    deadline_on: date | None
    unit: str


_Members = dict[int, _Member]


def node_rows(nodes: Iterable[Node], rule: LightRule) -> list[NodeRow]:
    """Rows for `nodes` (loaded with ``for_list()``), in their order, with two queries however many."""
    nodes = list(nodes)
    projects = _members({node.project_id for node in nodes})
    return [_row(node, projects[node.project_id], rule) for node in nodes]


def _members(project_ids: set[int]) -> dict[int, _Members]:
    """By project, its nodes by template node."""
    members: dict[int, _Members] = {pk: {} for pk in project_ids}
    fields = ("project_id", "template_node_id", "pk", "status", "deadline_on", "unit__name")
    for project, step, *facts in Node.objects.filter(project__in=project_ids).values_list(*fields).order_by():
        pk, status, deadline_on, unit = facts
        members[project][step] = _Member(pk, Status(status), deadline_on, unit or "")
    return members


def _row(node: Node, members: _Members, rule: LightRule) -> NodeRow:
    step, project = node.template_node, node.project
    graph = graph_of(step.template_id)
    statuses = {key: member.status for key, member in members.items()}
    status = Status(node.status)
    light = rule.light(status, node.due_on, node.limit_on, node.limit)
    is_open = status not in CLOSED
    before = graph.open_before(step.pk, statuses) if is_open else []
    held = graph.held_up_by(step.pk, statuses) if is_open else set()
    day = node.deadline_on
    return NodeRow(
        pk=node.pk, label=step.label, code=step.code, stage=step.stage,
        is_key=step.is_key, is_unconfirmed=step.is_unconfirmed,
        project_id=project.pk, project=project.name, project_code=project.code,
        enterprise=project.enterprise, kind=project.kind, town=project.town.name,
        unit=node.unit.name if node.unit else "", liaison=str(project.liaison or ""),
        status=status, light=light,
        baseline_on=node.baseline_on, due_on=node.due_on, limit_on=node.limit_on, deadline_on=day,
        is_provisional=day is not None and rule.calendar.is_provisional(day),
        started_on=node.started_on, finished_on=node.finished_on,
        late_since=day + timedelta(days=1) if day and light == Light.RED else None,
        days_late=rule.days_late(day) if light == Light.RED else 0,
        days_left=rule.days_left(day) if day and is_open and light != Light.RED else None,
        blocked_by=_neighbours(before, step.template_id, members),
        causes=_neighbours(_causes(graph, step.pk, statuses, before), step.template_id, members),
        holds_up=len(held), holds_up_keys=_key_labels(held, step.template_id),
        knocked_on=sum(_is_late(members[key], rule) for key in held), etag=node.etag,
    )  # fmt: skip


def _causes(graph: ChainGraph, step: int, statuses: dict[int, Status], before: list[int]) -> list[int]:
    return graph.causes(step, statuses) if before else []


def _is_late(member: _Member, rule: LightRule) -> bool:
    return rule.is_overdue(member.status, member.deadline_on, None)


def _neighbours(steps: Iterable[int], template_id: int, members: _Members) -> tuple[Neighbour, ...]:
    labels = steps_of(template_id)
    return tuple(Neighbour(members[key].pk, labels[key].label, members[key].unit) for key in steps)


def _key_labels(steps: set[int], template_id: int) -> tuple[str, ...]:
    """The key nodes among `steps`, in chain order."""
    return tuple(step.label for pk, step in steps_of(template_id).items() if pk in steps and step.is_key)
