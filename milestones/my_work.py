"""What one person can do now, the most urgent first."""

from dataclasses import dataclass, field

from accounts.models import User
from domain.lifecycle import OPEN, Status
from domain.lights import Light, LightRule
from milestones.models import Node
from milestones.queries import NodeRow, node_rows
from milestones.querysets import NodeQuerySet

MOST = 200
"""So many rows of a kind are shown; who has more to do works from the lists."""


@dataclass(frozen=True)
class MyWork:
    """Rows of nodes that the reader may change; `waiting` ones wait for somebody else."""

    urgent: list[NodeRow] = field(default_factory=list)
    running: list[NodeRow] = field(default_factory=list)
    startable: list[NodeRow] = field(default_factory=list)
    waiting: list[NodeRow] = field(default_factory=list)
    waiting_count: int = 0
    is_cut: bool = False


def my_nodes(user: User) -> NodeQuerySet:
    """The open nodes that are this person's to move: the own projects', or for managers the own unit's."""
    mine = Node.objects.editable_by(user).filter(status__in=OPEN)
    return mine if user.role == User.Role.LIAISON else mine.filter(unit=user.unit_id)


def my_work(user: User, rule: LightRule) -> MyWork:
    mine = my_nodes(user).order_by("deadline_on", "pk")
    ready = mine.exclude(status=Status.HELD).not_held_up()
    others = mine.exclude(pk__in=ready.order_by().values("pk"))
    rows = node_rows(ready.for_list()[: MOST + 1], rule)
    urgent = {Light.RED, Light.YELLOW}
    return MyWork(
        urgent=[row for row in rows[:MOST] if row.light in urgent],
        running=[row for row in rows[:MOST] if row.light == Light.GREEN],
        startable=[row for row in rows[:MOST] if row.light == Light.GREY],
        waiting=node_rows(others.for_list()[:MOST], rule),
        waiting_count=others.order_by().count(),
        is_cut=len(rows) > MOST,
    )
