"""Since when idle nodes could have been started."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from domain.lifecycle import Status
from domain.lights import LightRule
from milestones.graph import Closings, graph_of
from milestones.models import Node
from milestones.queries import NodeRow, node_rows
from milestones.querysets import NodeQuerySet


@dataclass(frozen=True, slots=True)
class IdleRow:
    """An idle node (待启动超期), since when it could have been started, and the working days after that day."""

    row: NodeRow
    ready_on: date
    days_idle: int


def idle_rows(nodes: NodeQuerySet, rule: LightRule) -> list[IdleRow]:
    """The idle ones of `nodes`, those first that could have been started longest ago."""
    rows = node_rows(nodes.idle(rule).order_by("pk"), rule)
    ready = _ready_on([row.pk for row in rows])
    found = [IdleRow(row, ready[row.pk], rule.calendar.count(ready[row.pk], rule.today)) for row in rows]
    return sorted(found, key=lambda idle: (idle.ready_on, idle.row.pk))


def _ready_on(nodes: Sequence[int]) -> dict[int, date]:
    """The day since when nothing before each of these nodes is open."""
    found = (
        Node.objects.filter(pk__in=nodes)
        .order_by()
        .values_list(
            "pk", "project_id", "template_node_id", "template_node__template_id", "project__chain__starts_on"
        )
    )
    waiting = list(found)
    closings = _closings({project for _pk, project, *_rest in waiting})
    ready = {
        pk: graph_of(template).ready_on(step, closings[project], starts_on)
        for pk, project, step, template, starts_on in waiting
    }
    return {pk: day for pk, day in ready.items() if day is not None}


def _closings(projects: set[int]) -> Mapping[int, Closings]:
    """How the nodes of these projects stand, and when they were done or waived."""
    closings: dict[int, dict[int, tuple[Status, date | None]]] = defaultdict(dict)
    rows = Node.objects.filter(project__in=projects).order_by()
    columns = rows.values_list("project_id", "template_node_id", "status", "finished_on", "waived_on")
    for project, step, status, finished_on, waived_on in columns:
        closings[project][step] = (Status(status), finished_on or waived_on)
    return closings
