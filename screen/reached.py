"""How many projects were filed and begun in a period, and a year earlier: for the one screen, the page and the API."""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from functools import reduce
from operator import add, or_
from sys import intern
from typing import Final

from django.db.models import Case, Max, Q, Value, When

from domain.chains import Milestone
from domain.lifecycle import Status
from domain.periods import Months
from milestones.milestone_states import steps_of_milestone
from milestones.models import Node
from milestones.querysets import NodeQuerySet
from projects.models import Kind
from projects.querysets import ProjectQuerySet
from screen.keeping import COUNT_ANEW, MOVES_NO_NODE, Keeper


@dataclass(frozen=True, slots=True)
class Reached:
    """How many projects reached a milestone in the period, and a year earlier where that is known.

    Of a period that has not begun (`has_begun`) there is nothing to compare.
    """

    now: int = 0
    before: int | None = None
    has_begun: bool = True

    @property
    def change(self) -> int | None:
        return self.now - self.before if self.before is not None and self.has_begun else None


@dataclass(frozen=True, slots=True)
class ReachedInPeriod:
    """Of the filed those that are renovations stand apart as well."""

    filed: Reached
    filed_renovation: Reached
    started: Reached


def reached_in(
    projects: ProjectQuerySet, months: Months, *, narrowed: bool, has_begun: bool = True,
    keeper: Keeper = COUNT_ANEW,
) -> ReachedInPeriod:  # fmt: skip
    """Of `projects`, over the whole months; `narrowed` False says that these are all there are.

    One query, and one more for each milestone of which nothing is on record of a year earlier.
    """
    nodes = Node.objects.filter(
        template_node__in=steps_of_milestone(*_BITS), status=Status.DONE
    ).order_by()  # fmt: skip
    if narrowed:
        nodes = nodes.filter(project__in=projects.order_by().values("pk"))
    by_project = keeper.by_project(
        "reached", MOVES_NO_NODE, key=f"{months.first}-{months.last}",
        count=lambda some: _marks(nodes if some is None else nodes.filter(project__in=some), months),
    )  # fmt: skip
    counted = Counter(by_project.values())
    year_ago = months.year_earlier().last_day
    is_known = {
        milestone
        for milestone, (_now, before) in _BITS.items()
        if any(marks & before for _kind, marks in counted) or _is_recorded(nodes, milestone, year_ago)
    }

    def reached(milestone: Milestone, kind: str = "") -> Reached:
        now, before = (
            sum(many for (of, marks), many in counted.items() if marks & bit and kind in {"", of})
            for bit in _BITS[milestone]
        )
        return Reached(now, before if milestone in is_known else None, has_begun)

    return ReachedInPeriod(
        reached(Milestone.FILED), reached(Milestone.FILED, Kind.RENOVATION), reached(Milestone.STARTED)
    )


_BITS: Final = {Milestone.FILED: (1, 2), Milestone.STARTED: (4, 8)}
"""Of a milestone that was reached in the period, and in the same months a year earlier."""


def _is_recorded(nodes: NodeQuerySet, milestone: Milestone, until: date) -> bool:
    """Whether anything on record reached the milestone by that day, so that none in a period is a figure."""
    return nodes.filter(template_node__in=steps_of_milestone(milestone), finished_on__lte=until).exists()


def _marks(nodes: NodeQuerySet, months: Months) -> dict[int, tuple[str, int]]:
    """By project its kind and the bits of what it has reached: a chain may have two nodes for one milestone."""
    periods = [Q(finished_on__range=(each.first, each.last_day)) for each in (months, months.year_earlier())]
    marks = [
        Max(Case(When(period, template_node__milestone=milestone, then=Value(bit)), default=Value(0)))
        for milestone, bits in _BITS.items()
        for period, bit in zip(periods, bits, strict=True)
    ]
    found = nodes.filter(reduce(or_, periods)).values_list("project", "project__kind")
    return {project: (intern(kind), bits) for project, kind, bits in found.annotate(marks=reduce(add, marks))}
