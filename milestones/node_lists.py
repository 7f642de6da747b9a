"""One list of nodes as an address asks for it: the overdue page, its export and whatever opens into it."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db.models import Count, Value
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _

from domain.lifecycle import Status
from domain.lights import LONG_HOLD, Light, LightRule
from milestones import obstacles
from milestones.filters import NodeFilter
from milestones.graph import graph_of
from milestones.models import Node
from milestones.queries import NodeRow, node_rows
from milestones.querysets import MOST_NAMED, NodeQuerySet

CAUSES, KNOCKED_ON, ALL = "false", "true", "all"
"""What ``knocked_on`` may say in an address."""

_OTHER_LISTS = (
    "light", "chain", "status", "finished_after", "finished_before", "waived_after", "waived_before", "proof",
    "idle", "held_over",
)  # fmt: skip
"""Who says one of these asks for more than what is overdue."""

_EVERYWHERE = (
    "search", "unit", "department", "town", "kind", "sector", "leader", "node_kind", "chain", "project", "blocked",
    "issue_category", "issue_unit",
)  # fmt: skip
"""What narrows one list narrows the others as well."""


class ListKind(StrEnum):
    """What a list is about; HELD is about what has been on hold for long."""

    OVERDUE = "overdue"
    IDLE = "idle"
    HELD = "held"
    OTHER = "other"


_ASKING = {
    ListKind.OVERDUE: {"light": Light.RED.value, "knocked_on": ALL},
    ListKind.IDLE: {"idle": "true"},
    ListKind.HELD: {"held_over": str(LONG_HOLD)},
}
"""The lists that are a click away from each other, and what an address says to ask for one."""


@dataclass(frozen=True)
class NodeList:
    """`nodes` are the rows to show; `found` are those before causes and knocked-on nodes part."""

    filter: NodeFilter
    found: NodeQuerySet
    nodes: NodeQuerySet
    kind: ListKind
    knocked_on: str

    @property
    def is_overdue(self) -> bool:
        return self.kind is ListKind.OVERDUE

    @property
    def title(self) -> str:
        return list_title(self.kind)


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
    return NodeList(narrowed, found, nodes, _kind_of(narrowed.form.cleaned_data), knocked_on)


def list_title(kind: ListKind) -> str:
    match kind:
        case ListKind.OVERDUE:
            return _("Overdue")
        case ListKind.IDLE:
            return _("Idle")
        case ListKind.HELD:
            return _("On hold over %(days)s days") % {"days": LONG_HOLD}
        case ListKind.OTHER:
            return _("Nodes")


def _kind_of(asked: dict[str, Any]) -> ListKind:
    if asked.get("idle"):
        return ListKind.IDLE
    if asked.get("held_over") is not None:
        return ListKind.HELD
    return ListKind.OVERDUE if asked.get("light") == [Light.RED] else ListKind.OTHER


@dataclass(frozen=True, slots=True)
class ListLink:
    """One of the lists that are a click away; `rows` where they have been counted."""

    kind: ListKind
    query: str
    is_here: bool
    rows: int | None = None

    @property
    def title(self) -> str:
        return list_title(self.kind)


def list_links(params: QueryDict, here: ListKind, rows: Mapping[ListKind, int] = {}) -> list[ListLink]:
    """Overdue, idle and long on hold, each narrowed as the list of the address is, with the `rows` if known."""
    return [
        ListLink(kind, _query(params, asking), kind is here, rows.get(kind))
        for kind, asking in _ASKING.items()
    ]


def _query(params: QueryDict, asking: dict[str, str]) -> str:
    query = QueryDict(mutable=True)
    for name in _EVERYWHERE:
        if any(params.getlist(name)):
            query.setlist(name, params.getlist(name))
    query.update(asking)
    return query.urlencode()


@dataclass(frozen=True, slots=True)
class BecauseLink:
    """So many nodes of a list are blocked by issues, or by those of one category or lead unit."""

    label: str
    query: str
    nodes: int


@dataclass(frozen=True, slots=True)
class BecauseLinks:
    """Why a list is as long as it is, as far as issues say it; each part opens into its nodes."""

    all: BecauseLink
    nodes: int
    categories: tuple[BecauseLink, ...]
    units: tuple[BecauseLink, ...]


def because_links(params: QueryDict, listed: NodeList, most: int = 4) -> BecauseLinks | None:
    """What issues say about the nodes of a list; None where they block none of them. Two questions."""
    because = obstacles.source().because(listed.nodes)
    if not because.blocked:
        return None

    def link(label: str, nodes: int, **asking: str) -> BecauseLink:
        query = params.copy()
        query.pop("page", None)
        for name, value in asking.items():
            query[name] = value
        return BecauseLink(label, query.urlencode(), nodes)

    return BecauseLinks(
        all=link("", because.blocked, blocked="true"),
        nodes=because.nodes,
        categories=tuple(
            link(one.label, one.nodes, issue_category=one.key) for one in because.categories[:most]
        ),
        # What nobody has yet has no unit to ask for.
        units=tuple(
            link(one.label, one.nodes, issue_unit=one.key) for one in because.units[:most] if one.key
        ),
    )


def count_lists(
    params: QueryDict, visible: NodeQuerySet, rule: LightRule, request: HttpRequest
) -> dict[ListKind, int]:
    """How many rows each of these lists has: one question."""
    counted = []
    for kind, asking in _ASKING.items():
        asked = QueryDict(_query(params, asking), mutable=True)
        asked.pop("knocked_on", None)
        found: NodeQuerySet = NodeFilter(asked, queryset=visible, request=request, rule=rule).qs
        of_kind = found.order_by().annotate(of_kind=Value(kind.value)).values_list("of_kind")
        counted.append(of_kind.annotate(rows=Count("pk")))
    rows: dict[str, int] = dict(counted[0].union(*counted[1:], all=True))
    return {kind: rows.get(kind, 0) for kind in _ASKING}


@dataclass(frozen=True)
class NodeCount:
    """How many nodes a list found, which of them are causes and who has most of these.

    What is idle or on hold waits for no other node: each is its own cause.
    """

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
    """At most three questions, however many nodes there are."""
    if listed.knocked_on == ALL and listed.kind is ListKind.OTHER:
        return NodeCount(listed.found.order_by().count())
    if listed.knocked_on == ALL and listed.kind is not ListKind.OVERDUE:
        return _by_unit(listed.found)
    found = listed.found.order_by().count()
    if found > MOST_NAMED:
        return _by_unit(listed.found.not_held_up(), found=found)
    units = dict(listed.found.order_by().values_list("pk", "unit__name"))
    waiting = listed.found.held_up_among(units)
    causes = Counter(unit for pk, unit in units.items() if pk not in waiting)
    return _node_count(causes.items(), found=len(units))


def _by_unit(causes: NodeQuerySet, *, found: int | None = None) -> NodeCount:
    by_unit: Any = causes.order_by().values_list("unit__name").annotate(nodes=Count("pk"))
    return _node_count(by_unit, found)


def _node_count(by_unit: Iterable[tuple[str | None, int]], found: int | None) -> NodeCount:
    units = sorted(by_unit, key=lambda row: (-row[1], row[0] or ""))
    unit, of_unit = units[0] if units else ("", 0)
    counted = sum(nodes for _, nodes in units)
    return NodeCount(counted if found is None else found, counted, unit or "", of_unit)


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
