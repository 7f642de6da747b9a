"""What changed since the snapshot before, in words: how many, and the names of the first."""

from collections.abc import Collection

from django.utils.translation import gettext as _

from domain.meetings import Differences
from issues.models import Issue
from meetings.week import Change
from milestones.models import Node

NAMED = 8
"""So many of each are named; the sheets hold them all."""


def changes_in_words(found: Differences) -> tuple[Change, ...]:
    """Newly overdue, recovered, newly blocked, unblocked nodes; issues raised and closed."""
    return (
        Change("newly_overdue", _("Newly overdue"), len(found.newly_overdue), _nodes(found.newly_overdue)),
        Change("recovered", _("Recovered"), len(found.recovered), _nodes(found.recovered)),
        Change("newly_blocked", _("Newly blocked"), len(found.newly_blocked), _nodes(found.newly_blocked)),
        Change("unblocked", _("No longer blocked"), len(found.unblocked), _nodes(found.unblocked)),
        Change("issues_raised", _("Issues raised"), len(found.issues_raised), _issues(found.issues_raised)),
        Change("issues_closed", _("Issues closed"), len(found.issues_closed), _issues(found.issues_closed)),
    )


def _nodes(pks: Collection[int]) -> tuple[str, ...]:
    first = Node.objects.filter(pk__in=sorted(pks)[:NAMED]).select_related("project", "template_node")
    return tuple(f"{node.project.name}：{node.template_node.label}" for node in first.order_by("pk"))


def _issues(pks: Collection[int]) -> tuple[str, ...]:
    first = Issue.objects.filter(pk__in=sorted(pks)[:NAMED]).order_by("pk")
    return tuple(f"{issue.number} {issue.title}" for issue in first)
