"""Which nodes an issue could block, as a form offers them: what runs or is late first, the rest folded away."""

from collections.abc import Sequence
from dataclasses import dataclass

from domain.lifecycle import OPEN, Status
from domain.lights import Light, LightRule
from milestones.queries import NodeRow, node_rows
from milestones.querysets import NodeQuerySet

_FIRST = (Light.RED, Light.YELLOW, Light.VIOLET, Light.GREEN)


@dataclass(frozen=True, slots=True)
class NodeChoices:
    """`first`: what runs, is on hold or late; `others`: what waits its turn."""

    first: Sequence[NodeRow]
    others: Sequence[NodeRow]

    @property
    def running(self) -> list[int]:
        return [row.pk for row in self.first if row.status is Status.RUNNING]


def node_choices(
    nodes: NodeQuerySet, rule: LightRule, *, ticked: frozenset[str] = frozenset()
) -> NodeChoices:
    """The open ones among the `nodes` of a project; those that are `ticked` stand among the first, closed or not."""
    rows = node_rows(nodes.order_by("template_node__position", "pk"), rule)
    rows = [row for row in rows if row.status in OPEN or str(row.pk) in ticked]
    first = [row for row in rows if str(row.pk) in ticked or _comes_first(row)]
    first.sort(key=lambda row: (str(row.pk) not in ticked, *_place(row)))
    shown = {row.pk for row in first}
    return NodeChoices(first, [row for row in rows if row.pk not in shown])


def _comes_first(row: NodeRow) -> bool:
    return row.status is not Status.WAITING or row.light is Light.RED


def _place(row: NodeRow) -> tuple[int, int]:
    """By light, and the latest first."""
    place = _FIRST.index(row.light) if row.light in _FIRST else len(_FIRST)
    return place, -row.days_late
