"""What stands in the way of nodes, as far as the chain shows it.

Issues lie above the chain, and nothing below may know them. So the chain says here what it wants to be told, and the
app that knows registers itself at the start (``issues.apps``). Without one nothing stands in the way.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Protocol

from django.db.models import Q, QuerySet

from accounts.models import User
from projects.models import Project

if TYPE_CHECKING:
    from milestones.models import Node


@dataclass(frozen=True, slots=True)
class Obstacle:
    """An open issue, as one that blocks a node or as one of a project.

    `unit` has it to work on (blank: nobody yet), `state` is a word. `is_late`: its own due date has passed.
    """

    number: str
    title: str
    category: str
    unit: str
    state: str
    due_on: date | None
    url: str
    is_late: bool


@dataclass(frozen=True, slots=True)
class ProjectObstacles:
    """The open issues of a project, the most pressing first, how many it had that are closed, and where to go on.

    The addresses are blank where the reader may not go there. `visited_on`: the last visit to the enterprise.
    """

    obstacles: tuple[Obstacle, ...] = ()
    closed: int = 0
    visited_on: date | None = None
    all_url: str = ""
    raise_url: str = ""
    visits_url: str = ""
    visit_url: str = ""
    enterprise_url: str = ""


@dataclass(frozen=True, slots=True)
class Share:
    """So many of the nodes are blocked by this category, or wait for this unit; `key` asks a list for them."""

    label: str
    key: str
    nodes: int


@dataclass(frozen=True, slots=True)
class Because:
    """Of so many nodes so many are blocked; by which category and at which lead unit, the most first.

    A node that two issues block counts once in `blocked`, and in each of the shares that fit.
    """

    nodes: int
    blocked: int
    categories: tuple[Share, ...] = ()
    units: tuple[Share, ...] = ()


class ObstacleSource(Protocol):
    def of_nodes(self, nodes: Collection[int], today: date) -> Mapping[int, tuple[Obstacle, ...]]:
        """The open issues that block these nodes, the oldest first; nodes without one are absent. One query."""

    def of_project(self, project: Project, reader: User, today: date, *, is_theirs: bool) -> ProjectObstacles:
        """What stands in the way of a project that `reader` may see, and may change where it `is_theirs`.

        Two queries.
        """

    def waiting_for(self, reader: User) -> tuple[int, str]:
        """How many issues wait for `reader` or the own unit, and the address where they are."""

    def raising(self, node: "Node", reader: User) -> str:
        """Where `reader` can raise an issue that blocks this node; blank where not."""

    def blocked(self, category: str = "", unit: int | None = None) -> Q:
        """Nodes that an open issue blocks: one of this category (its code), led by this unit, where given."""

    def because(self, nodes: QuerySet[Any]) -> Because:
        """Why these nodes do not get on, as far as issues say it."""

    def categories(self) -> list[tuple[str, str]]:
        """The codes of the categories and what they are called."""

    def on_record(self) -> Q:
        """Nodes that something on record speaks of, open or not: these are never deleted."""


class NothingInTheWay:
    def of_nodes(self, nodes: Collection[int], today: date) -> Mapping[int, tuple[Obstacle, ...]]:
        return {}

    def of_project(self, project: Project, reader: User, today: date, *, is_theirs: bool) -> ProjectObstacles:
        return ProjectObstacles()

    def waiting_for(self, reader: User) -> tuple[int, str]:
        return 0, ""

    def raising(self, node: "Node", reader: User) -> str:
        return ""

    def blocked(self, category: str = "", unit: int | None = None) -> Q:
        return Q(pk__in=[])

    def because(self, nodes: QuerySet[Any]) -> Because:
        return Because(nodes.order_by().count(), 0)

    def categories(self) -> list[tuple[str, str]]:
        return []

    def on_record(self) -> Q:
        return Q(pk__in=[])


_source: ObstacleSource = NothingInTheWay()


def register(source: ObstacleSource) -> None:
    global _source  # noqa: PLW0603 - set once, when the apps are ready
    _source = source


def source() -> ObstacleSource:
    return _source
