"""How many projects have not yet reached the next station: the six “not yet” (六未, domain.md 2.6)."""

from dataclasses import dataclass

from django.db.models import Case, Count, IntegerField, Max, Q, Value, When

from domain.chains import NOT_YET, Milestone
from domain.lifecycle import OPEN, Status
from milestones.milestone_states import steps_of_milestone
from milestones.models import Node
from projects.querysets import ProjectQuerySet
from screen.keeping import COUNT_ANEW, MOVES_NO_NODE, Keeper

_STATIONS = sorted({milestone for pair in NOT_YET for milestone in pair})


@dataclass(frozen=True, slots=True)
class NotYet:
    """So many projects have reached what comes before `milestone`, and not yet `milestone` itself."""

    milestone: Milestone
    projects: int


def not_yet_counts(projects: ProjectQuerySet, *, narrowed: bool, keeper: Keeper = COUNT_ANEW) -> list[NotYet]:
    """All six, in the order of a project's life; `narrowed` False says that these are all projects there are."""
    return keeper.kept("not-yet", MOVES_NO_NODE, lambda: _count(projects, narrowed=narrowed))


def _count(projects: ProjectQuerySet, *, narrowed: bool) -> list[NotYet]:
    """In one query: by project which stations are reached and which still ahead, then how many have which pair.

    Said as ``milestone_states.is_not_yet`` says it of each project; a test holds the two together.
    """
    steps: dict[str, list[int]] = {}
    for step, milestone in steps_of_milestone(*_STATIONS).values_list("pk", "milestone"):
        steps.setdefault(milestone, []).append(step)
    nodes = Node.objects.filter(template_node__in=[step for found in steps.values() for step in found])
    if narrowed:
        nodes = nodes.filter(project__in=projects.order_by().values("pk"))
    marks = {}
    for milestone in _STATIONS:
        of = Q(template_node__in=steps.get(milestone, []))
        marks[f"{milestone}_reached"] = _any(of & Q(status=Status.DONE))
        marks[f"{milestone}_ahead"] = _any(of & Q(status__in=OPEN))
    by_project = nodes.order_by().values("project").annotate(**marks)
    pairs = {
        str(after): Count("project", filter=Q((f"{before}_reached", 1), (f"{after}_ahead", 1)))
        for before, after in NOT_YET
    }
    found = by_project.aggregate(**pairs)
    return [NotYet(after, found[after]) for _before, after in NOT_YET]


def _any(condition: Q) -> Max:
    return Max(Case(When(condition, then=Value(1)), default=Value(0), output_field=IntegerField()))
