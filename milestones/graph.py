"""The graph of a template, read once, and what follows from it for the nodes of one project.

A published template never changes, so its graph is kept for the life of the process. The same question,
"is something before it still open", is asked of the database in ``NodeQuerySet.held_up``; a test holds
the two answers together.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from domain.chains import EdgeKind
from domain.lifecycle import CLOSED, Status
from domain.schedule import downstream
from milestones.models import TemplateEdge, TemplateNode

Statuses = Mapping[int, Status]
"""The nodes that a project has: template node id → status. Steps it does not have are absent."""

Closings = Mapping[int, tuple[Status, date | None]]
"""The nodes that a project has: template node id → status and the day it was done or waived, where known."""


@dataclass(frozen=True)
class ChainGraph:
    """Template node ids and what each waits for."""

    hard: Mapping[int, tuple[int, ...]]
    groups: Mapping[int, tuple[tuple[int, ...], ...]]
    soft: Mapping[int, tuple[int, ...]]
    hard_after: Mapping[int, tuple[int, ...]]
    behind: Mapping[int, frozenset[int]]
    """All that waits for a node, hard or soft, near or far."""

    def open_before(self, node: int, statuses: Statuses) -> list[int]:
        """The hard predecessors that keep `node` from going on; of an unmet any-of group, each.

        One member done is enough; a waived one opens nothing while another is open.
        """
        still = [key for key in self.hard.get(node, ()) if key in statuses and statuses[key] not in CLOSED]
        for group in self.groups.get(node, ()):
            members = [key for key in group if key in statuses]
            if not any(statuses[key] == Status.DONE for key in members):
                still += [key for key in members if statuses[key] not in CLOSED]
        return still

    def soft_before(self, node: int, statuses: Statuses) -> list[int]:
        """The soft predecessors that are still open."""
        return [key for key in self.soft.get(node, ()) if key in statuses and statuses[key] not in CLOSED]

    def causes(self, node: int, statuses: Statuses) -> list[int]:
        """The open nodes at the root of what holds `node` up: those that themselves wait for nothing."""
        roots: dict[int, None] = {}
        seen: set[int] = set()
        waiting = self.open_before(node, statuses)
        while waiting:
            key = waiting.pop(0)
            if key in seen:
                continue
            seen.add(key)
            before = self.open_before(key, statuses)
            waiting += before
            if not before:
                roots[key] = None
        return list(roots)

    def ready_on(self, node: int, nodes: Closings, starts_on: date) -> date | None:
        """The day since when nothing before `node` is open, so that it could be started; None: something is.

        Hard and soft alike: as long as the recommended order is not kept nobody expects the node (domain.md
        5.2). Of an any-of group the first member done counts. Never before `starts_on`, the chain's own.
        """
        before = [nodes[key] for key in (*self.hard.get(node, ()), *self.soft.get(node, ())) if key in nodes]
        for group in self.groups.get(node, ()):
            members = [nodes[key] for key in group if key in nodes]
            done = [day for status, day in members if status == Status.DONE and day]
            before += [(Status.DONE, min(done))] if done else members
        if any(status not in CLOSED for status, _day in before):
            return None
        return max([starts_on, *(day for _status, day in before if day)])

    def before(self, node: int) -> set[int]:
        """All that `node` itself waits for, hard or soft, the members of any-of groups included."""
        members = (key for group in self.groups.get(node, ()) for key in group)
        return {*self.hard.get(node, ()), *self.soft.get(node, ()), *members}

    def held_up_by(self, node: int, statuses: Statuses) -> set[int]:
        """The open nodes that cannot go on, directly or further down, until `node` is closed."""
        held: set[int] = set()
        reached = [node]
        while reached:
            for key in self.hard_after.get(reached.pop(), ()):
                if key in statuses and key not in held and self._waits(key, statuses):
                    held.add(key)
                    reached.append(key)
        return held

    def _waits(self, node: int, statuses: Statuses) -> bool:
        return statuses[node] not in CLOSED and bool(self.open_before(node, statuses))


@lru_cache(maxsize=256)
def graph_of(template_id: int) -> ChainGraph:
    """The graph of a published template."""
    hard: dict[int, list[int]] = defaultdict(list)
    groups: dict[int, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    soft: dict[int, list[int]] = defaultdict(list)
    after: dict[int, list[int]] = defaultdict(list)
    any_after: dict[int, list[int]] = defaultdict(list)
    for source, target, kind, group in _edges(template_id):
        any_after[source].append(target)
        if kind == EdgeKind.SOFT:
            soft[target].append(source)
            continue
        after[source].append(target)
        if group:
            groups[target][group].append(source)
        else:
            hard[target].append(source)
    return ChainGraph(
        hard={key: tuple(value) for key, value in hard.items()},
        groups={key: tuple(tuple(members) for members in value.values()) for key, value in groups.items()},
        soft={key: tuple(value) for key, value in soft.items()},
        hard_after={key: tuple(value) for key, value in after.items()},
        behind=downstream(any_after),
    )


def _edges(template_id: int) -> Iterator[tuple[int, int, str, str]]:
    edges = TemplateEdge.objects.filter(target__template=template_id).order_by("pk")
    yield from edges.values_list("source_id", "target_id", "kind", "group")


@lru_cache(maxsize=256)
def steps_of(template_id: int) -> dict[int, TemplateNode]:
    """The nodes of a published template by id, in chain order, each with its template."""
    steps = TemplateNode.objects.filter(template=template_id).select_related("template")
    return {node.pk: node for node in steps.order_by("position")}
