"""Projects, chains, nodes, date changes and templates over REST: the same filters, rows and actions as the pages."""

from milestones.api.date_changes import DateChangeViewSet
from milestones.api.nodes import NodeViewSet
from milestones.api.projects import ProjectViewSet
from milestones.api.proofs import NodeProofsView, ProofViewSet
from milestones.api.templates import TemplateViewSet

__all__ = [
    "DateChangeViewSet",
    "NodeProofsView",
    "NodeViewSet",
    "ProjectViewSet",
    "ProofViewSet",
    "TemplateViewSet",
]
