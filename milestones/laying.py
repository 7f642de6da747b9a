"""Laying a template onto a project: which nodes it gets, whose they are, and when each is planned."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from accounts.models import Unit
from domain.chains import EdgeKind, EdgeSpec, activities, is_met
from domain.schedule import Schedule, plan
from domain.workdays import WorkCalendar
from milestones.models import ChainTemplate, Node, TemplateEdge, TemplateNode
from projects.models import Project


@dataclass(frozen=True)
class Layout:
    """The steps of a template that apply under certain conditions, with their schedule in working days."""

    steps: tuple[TemplateNode, ...]
    schedule: Schedule


@lru_cache(maxsize=64)
def layout(template_id: int, conditions: frozenset[str]) -> Layout:
    """The steps of a published template that apply to a project of which `conditions` are true.

    A step with a condition applies where that is met; an optional one where its own code is named.
    The plan follows hard and soft edges alike: soft ones are the recommended order.
    """
    steps = tuple(
        step
        for step in TemplateNode.objects.filter(template=template_id).order_by("position")
        if _applies(step, conditions)
    )
    edges = TemplateEdge.objects.filter(target__template=template_id).order_by("pk")
    columns = edges.values_list("source__code", "target__code", "kind", "group")
    specs = [EdgeSpec(source, target, EdgeKind(kind), group) for source, target, kind, group in columns]
    return Layout(steps, plan(activities(steps, specs)))


def _applies(step: TemplateNode, conditions: Collection[str]) -> bool:
    if step.condition:
        return is_met(step.condition, conditions)
    return not step.is_optional or step.code in conditions


def nodes_for(
    project: Project, template: ChainTemplate, *,
    starts_on: date, conditions: frozenset[str], calendar: WorkCalendar, units: Mapping[str, Unit],
) -> list[Node]:  # fmt: skip
    """The nodes, not yet saved, that `project` gets; baseline and due dates lie in working days.

    Day 0 of the plan is `starts_on`, moved to the first working day. A step without a responsible unit,
    or with one that the district does not have, is the duty of the project's town.
    """
    plan_of = layout(template.pk, conditions)
    start = calendar.on_or_after(starts_on)
    nodes = []
    for step in plan_of.steps:
        due = calendar.add(start, plan_of.schedule.slots[step.code].earliest_finish)
        unit = units.get(step.unit_name)
        nodes.append(
            Node(
                project=project, template_node=step, unit_id=unit.pk if unit else project.town_id,
                baseline_on=due, due_on=due, limit=step.limit,
            )
        )  # fmt: skip
    return nodes


def units_by_name() -> dict[str, Unit]:
    """The district's units by name, as templates and ledgers call them."""
    return {unit.name: unit for unit in Unit.objects.all()}
