"""How many projects have not yet reached the next station: the six “not yet” (六未, domain.md 2.6)."""

from collections import Counter
from dataclasses import dataclass
from functools import reduce
from operator import add

from django.db.models import Case, IntegerField, Max, Q, Value, When

from domain.chains import NOT_YET, Milestone
from domain.lifecycle import OPEN, Status
from milestones.milestone_states import steps_of_milestone
from milestones.models import Node
from projects.querysets import ProjectQuerySet
from screen.keeping import COUNT_ANEW, MOVES_NO_NODE, Keeper, Projects

_BITS = [1 << place for place in range(len(NOT_YET))]
_STATIONS = sorted({milestone for pair in NOT_YET for milestone in pair})


@dataclass(frozen=True, slots=True)
class NotYet:
    """So many projects have reached what comes before `milestone`, and not yet `milestone` itself."""

    milestone: Milestone
    projects: int


def not_yet_counts(projects: ProjectQuerySet, *, narrowed: bool, keeper: Keeper = COUNT_ANEW) -> list[NotYet]:
    """All six, in the order of a project's life; `narrowed` False says that these are all projects there are."""
    by_project = keeper.by_project(
        "not-yet", MOVES_NO_NODE, lambda some: _pairs(projects, some, narrowed=narrowed)
    )
    counted = Counter(by_project.values())
    return [
        NotYet(after, sum(count for pairs, count in counted.items() if pairs & bit))
        for bit, (_before, after) in zip(_BITS, NOT_YET, strict=True)
    ]


def _pairs(projects: ProjectQuerySet, some: Projects, *, narrowed: bool) -> dict[int, int]:
    """By project in which of the six it is, a bit for each; those that are in any. In one query.

    Said as ``milestone_states.is_not_yet`` says it of each project; a test holds the two together.
    """
    steps: dict[str, list[int]] = {}
    for step, milestone in steps_of_milestone(*_STATIONS).values_list("pk", "milestone"):
        steps.setdefault(milestone, []).append(step)
    nodes = Node.objects.filter(template_node__in=[step for found in steps.values() for step in found])
    if some is not None:
        nodes = nodes.filter(project__in=some)
    if narrowed:
        nodes = nodes.filter(project__in=projects.order_by().values("pk"))

    def of(milestone: Milestone, status: Q) -> Max:
        """1 where a node of the milestone is so, else 0."""
        case = When(status & Q(template_node__in=steps.get(milestone, [])), then=Value(1))
        return Max(Case(case, default=Value(0), output_field=IntegerField()))

    reached, ahead = Q(status=Status.DONE), Q(status__in=OPEN)
    pairs = [
        of(before, reached) * of(after, ahead) * bit
        for bit, (before, after) in zip(_BITS, NOT_YET, strict=True)
    ]  # fmt: skip
    found = nodes.order_by().values_list("project").annotate(pairs=reduce(add, pairs))
    return {project: bits for project, bits in found if bits}
