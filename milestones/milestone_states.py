"""Which milestones projects have reached, said once: for counting, for filters and for lists.

A milestone is reached when a node that stands for it is done (``domain.chains.Milestone``). A node that is waived or
that the chain does not have says nothing: the project is counted neither among those that have nor that have not yet.
"""

from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from domain.chains import NOT_YET, Milestone
from domain.lifecycle import CLOSED, Status
from milestones.models import Node, TemplateNode

BEFORE = {after: before for before, after in NOT_YET}
"""By what has not been reached yet: what has."""


def steps_of_milestone(*milestones: Milestone) -> QuerySet[TemplateNode, Any]:
    """The numbers of the template nodes that stand for one of these, in all chains and versions."""
    return TemplateNode.objects.filter(milestone__in=milestones).order_by().values("pk")


def nodes_of_milestone(milestone: Milestone) -> Any:
    """The nodes that stand for it, of all projects; to be narrowed to those in sight."""
    return Node.objects.filter(template_node__in=steps_of_milestone(milestone)).order_by()


def has_reached(milestone: Milestone, first: date | None = None, last: date | None = None) -> Q:
    """Projects that have reached it, from `first` to `last` where these are given, both days counted."""
    nodes = nodes_of_milestone(milestone).filter(project=OuterRef("pk"), status=Status.DONE)
    days = {"finished_on__gte": first, "finished_on__lte": last}
    return Q(Exists(nodes.filter(**{name: day for name, day in days.items() if day})))


def is_not_yet(milestone: Milestone) -> Q:
    """Projects that have reached what comes before `milestone` and not yet `milestone` itself, one of the six 未."""
    still = nodes_of_milestone(milestone).filter(project=OuterRef("pk")).exclude(status__in=CLOSED)
    return has_reached(BEFORE[milestone]) & Q(Exists(still))
