"""The REST interface under ``/api/v1/``: which resources there are."""

from csp.constants import SELF, UNSAFE_INLINE
from csp.decorators import csp_update
from django.urls import path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.routers import SimpleRouter

from accounts.api import UnitViewSet
from issues.api import (
    CategoryViewSet,
    EnterpriseLinksView,
    FindingViewSet,
    IssueFiguresView,
    IssueFileViewSet,
    IssueViewSet,
    RevokeLinkView,
    SupervisionViewSet,
    TopicViewSet,
    VisitPhotoViewSet,
    VisitViewSet,
)
from meetings.api import DecisionViewSet, MeetingViewSet
from milestones.api import (
    DateChangeViewSet,
    NodeProofsView,
    NodeViewSet,
    ProjectViewSet,
    ProofViewSet,
    TemplateViewSet,
)
from screen.api import (
    ForecastsView,
    IndicatorViewSet,
    InvestmentPlanViewSet,
    InvestmentViewSet,
    ProjectForecastView,
    RaceRowsView,
    RaceView,
    WeakLinkKindView,
    WeakLinksView,
)

router = SimpleRouter()
router.register("projects", ProjectViewSet, basename="project")
router.register("nodes", NodeViewSet, basename="node")
router.register("date-changes", DateChangeViewSet, basename="date-change")
router.register("proofs", ProofViewSet, basename="proof")
router.register("issues", IssueViewSet, basename="issue")
router.register("issue-files", IssueFileViewSet, basename="issue-file")
router.register("issue-categories", CategoryViewSet, basename="issue-category")
router.register("supervisions", SupervisionViewSet, basename="supervision")
router.register("topics", TopicViewSet, basename="topic")
router.register("visits", VisitViewSet, basename="visit")
router.register("visit-photos", VisitPhotoViewSet, basename="visit-photo")
router.register("findings", FindingViewSet, basename="finding")
router.register("meetings", MeetingViewSet, basename="meeting")
router.register("decisions", DecisionViewSet, basename="decision")
router.register("investments", InvestmentViewSet, basename="investment")
router.register("investment-plans", InvestmentPlanViewSet, basename="investment-plan")
router.register("indicators", IndicatorViewSet, basename="indicator")
router.register("units", UnitViewSet, basename="unit")
router.register("templates", TemplateViewSet, basename="template")

# Swagger UI writes styles into its page; no other page is allowed that.
docs = csp_update({"style-src": [SELF, UNSAFE_INLINE]})(
    SpectacularSwaggerSplitView.as_view(url_name="schema", template_name="api_docs.html")
)

urlpatterns = [
    path("issues/figures/", IssueFiguresView.as_view(), name="issue-figures"),  # no number of an issue
    *router.urls,
    path("forecasts/", ForecastsView.as_view(), name="forecasts"),
    path("forecasts/<int:project>/", ProjectForecastView.as_view(), name="forecasts-project"),
    path("race/", RaceView.as_view(), name="race"),
    path("weak-link/", WeakLinksView.as_view(), name="weak-links"),
    path("weak-link/<str:chain>/<str:node>/", WeakLinkKindView.as_view(), name="weak-link-kind"),
    path("race/<str:board>/<int:unit>/<str:measure>/", RaceRowsView.as_view(), name="race-rows"),
    path("nodes/<int:node>/proofs/", NodeProofsView.as_view(), name="node-proofs"),
    path("projects/<int:project>/enterprise-links/", EnterpriseLinksView.as_view(), name="enterprise-links"),
    path("enterprise-links/<int:pk>/revoke/", RevokeLinkView.as_view(), name="revoke-enterprise-link"),
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
    path("docs/", docs, name="api-docs"),
]
