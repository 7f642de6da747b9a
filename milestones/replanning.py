"""What another due date of one node does to the plan of those behind it."""

from collections.abc import Collection
from datetime import date
from graphlib import TopologicalSorter

from domain.date_changes import Planned, Shift, shifted
from domain.lifecycle import OPEN, Status
from domain.workdays import WorkCalendar
from milestones.calendar_table import load_calendar
from milestones.graph import ChainGraph, graph_of, steps_of
from milestones.models import Node


def shifted_schedule(
    node: Node, due_on: date, *, following: bool, calendar: WorkCalendar | None = None
) -> list[Shift[int]]:
    """The whole shifted schedule, by number of the node: `node` first, then the open nodes behind it.

    Behind it is what waits for it, hard or soft, near or far. One query, and one for the calendar where none
    is given; nothing is written.
    """
    template_id = node.template_node.template_id
    graph, steps = graph_of(template_id), steps_of(template_id)
    rows = Node.objects.filter(project=node.project_id).order_by()
    columns = rows.values_list("template_node_id", "pk", "due_on", "status")
    behind = graph.behind.get(node.template_node_id, frozenset())
    pks, dues, done = {}, {}, set()
    for step, pk, due, status in columns:
        pks[step] = pk
        if status == Status.DONE:
            done.add(step)
        if status in OPEN and step in behind:
            dues[step] = due
    planned = [
        Planned(
            key=pks[step], due_on=dues[step], duration=steps[step].plan_days,
            waits_for=tuple(pks[key] for key in _waits_for(graph, step) if key in pks),
            any_of=tuple(
                tuple(pks[key] for key in group if key in pks)
                for group in graph.groups.get(step, ())
                if not done.intersection(group)
            ),
        )
        for step in _in_order(graph, dues)
    ]  # fmt: skip
    calendar = calendar or load_calendar()
    return shifted(node.pk, node.due_on, due_on, planned, following=following, calendar=calendar)


def _waits_for(graph: ChainGraph, step: int) -> tuple[int, ...]:
    return (*graph.hard.get(step, ()), *graph.soft.get(step, ()))


def _in_order(graph: ChainGraph, steps: Collection[int]) -> list[int]:
    """`steps` so that each comes after those of them that it waits for."""
    return list(
        TopologicalSorter(
            {
                step: [
                    key
                    for key in (*_waits_for(graph, step), *sum(graph.groups.get(step, ()), ()))
                    if key in steps
                ]
                for step in steps
            }
        ).static_order()
    )
