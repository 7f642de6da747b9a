"""How far a project is as a whole, said once: for counting, for filters and for lists."""

from django.db import models
from django.db.models import Case, CharField, Exists, OuterRef, Q, Value, When
from django.utils.translation import gettext_lazy as _

from milestones.models import Node


class ProjectState(models.TextChoices):
    """Every project is in exactly one of these."""

    UNDER_WAY = "under_way", _("under way")
    FINISHED = "finished", _("finished")
    WITHOUT_CHAIN = "without_chain", _("without a chain")


def in_state(state: ProjectState) -> Q:
    """Projects under way have an open node, finished ones only closed ones, those without a chain none."""
    nodes = Node.objects.filter(project=OuterRef("pk")).order_by()
    match state:
        case ProjectState.UNDER_WAY:
            return Q(Exists(nodes.open()))
        case ProjectState.FINISHED:
            return Q(Exists(nodes)) & ~Q(Exists(nodes.open()))
        case ProjectState.WITHOUT_CHAIN:
            return ~Q(Exists(nodes))


def state_of_project() -> Case:
    """The state as an expression on rows of projects; each next condition is asked only where none held."""
    cases = [When(in_state(state), then=Value(state.value)) for state in ProjectState]
    return Case(*cases, output_field=CharField())
