"""Issues and what goes with them over REST: the same filters, rows and actions as the pages."""

from issues.api.figures import IssueFiguresView
from issues.api.issues import CategoryViewSet, IssueFileViewSet, IssueViewSet
from issues.api.links import EnterpriseLinksView, RevokeLinkView
from issues.api.slips import SupervisionViewSet
from issues.api.topics import TopicViewSet
from issues.api.visits import FindingViewSet, VisitPhotoViewSet, VisitViewSet

__all__ = [
    "CategoryViewSet",
    "EnterpriseLinksView",
    "FindingViewSet",
    "IssueFiguresView",
    "IssueFileViewSet",
    "IssueViewSet",
    "RevokeLinkView",
    "SupervisionViewSet",
    "TopicViewSet",
    "VisitPhotoViewSet",
    "VisitViewSet",
]
