"""One list of nodes as an address asks for it: the overdue page, its export and whatever opens into it."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count
from django.http import HttpRequest, QueryDict

from domain.lifecycle import Status
from domain.lights import Light, LightRule
from milestones.filters import NodeFilter
from milestones.graph import graph_of
from milestones.models import Node
from milestones.queries import NodeRow, node_rows
from milestones.querysets import NodeQuerySet

CAUSES, KNOCKED_ON, ALL = "false", "true", "all"
"""What ``knocked_on`` may say in an address."""

_OTHER_LISTS = ("light", "chain", "status", "finished_after", "finished_before", "proof")
"""Who says one of these asks for more than what is overdue."""


@dataclass(frozen=True)
class NodeList:
    """`nodes` are the rows to show; `found` are those before causes and knocked-on nodes part."""

    filter: NodeFilter
    found: NodeQuerySet
    nodes: NodeQuerySet
    is_overdue: bool
    knocked_on: str


def asked_for(params: QueryDict) -> QueryDict:
    """What an address asks for, silence filled in: overdue nodes, and of these the causes."""
    asked = params.copy()
    if not any(asked.get(name) for name in _OTHER_LISTS):
        asked["light"] = Light.RED
    if asked.getlist("light") == [Light.RED] and not asked.get("knocked_on"):
        asked["knocked_on"] = CAUSES
    return asked


def node_list(params: QueryDict, visible: NodeQuerySet, rule: LightRule, request: HttpRequest) -> NodeList:
    """The nodes among `visible` that the address asks for."""
    asked = asked_for(params)
    knocked_on = asked.get("knocked_on", ALL)
    is_overdue = asked.getlist("light") == [Light.RED]
    asked.pop("knocked_on", None)
    narrowed = NodeFilter(asked, queryset=visible, request=request, rule=rule)
    found: NodeQuerySet = narrowed.qs
    match knocked_on:
        case "false":
            nodes = found.not_held_up()
        case "true":
            nodes = found.held_up()
        case _:
            nodes, knocked_on = found, ALL
    return NodeList(narrowed, found, nodes, is_overdue, knocked_on)


@dataclass(frozen=True)
class NodeCount:
    """How many nodes a list found; for overdue ones, which of them are causes and who has most of these."""

    found: int
    causes: int = 0
    unit: str = ""
    of_unit: int = 0

    @property
    def knocked_on(self) -> int:
        return self.found - self.causes

    def shown(self, knocked_on: str) -> int:
        return {CAUSES: self.causes, KNOCKED_ON: self.knocked_on}.get(knocked_on, self.found)


def count_nodes(listed: NodeList) -> NodeCount:
    """Two questions, however many nodes there are."""
    found = listed.found.order_by().count()
    if not listed.is_overdue and listed.knocked_on == ALL:
        return NodeCount(found)
    by_unit: Any = listed.found.not_held_up().order_by().values_list("unit__name").annotate(nodes=Count("pk"))
    units = sorted(by_unit, key=lambda row: (-row[1], row[0] or ""))
    unit, of_unit = units[0] if units else ("", 0)
    return NodeCount(found, sum(nodes for _, nodes in units), unit or "", of_unit)


def rows_of_page(listed: NodeList, part: slice, rule: LightRule) -> list[NodeRow]:
    """The rows of one page. Its keys are asked for first: so the database need not carry whole rows while
    it looks for what is held up (a fifth of the time for the first of a hundred pages)."""
    keys = list(listed.nodes.values_list("pk", flat=True)[part])
    place = {pk: number for number, pk in enumerate(keys)}
    rows = node_rows(Node.objects.filter(pk__in=keys).for_list(), rule)
    return sorted(rows, key=lambda row: place[row.pk])


def rows_behind(node: Node, visible: NodeQuerySet, rule: LightRule) -> list[NodeRow]:
    """The overdue ones among `visible` that cannot go on until `node` is closed."""
    of_project = visible.filter(project=node.project_id).order_by()
    statuses = {key: Status(status) for key, status in of_project.values_list("template_node_id", "status")}
    held = graph_of(node.template_node.template_id).held_up_by(node.template_node_id, statuses)
    late = of_project.filter(template_node__in=held).overdue(rule)
    return node_rows(late.for_list().order_by("deadline_on", "pk"), rule)
