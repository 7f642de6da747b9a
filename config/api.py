"""The REST interface under ``/api/v1/``: which resources there are."""

from csp.constants import SELF, UNSAFE_INLINE
from csp.decorators import csp_update
from django.urls import path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.routers import SimpleRouter

from accounts.api import UnitViewSet
from milestones.api import (
    DateChangeViewSet,
    NodeProofsView,
    NodeViewSet,
    ProjectViewSet,
    ProofViewSet,
    TemplateViewSet,
)

router = SimpleRouter()
router.register("projects", ProjectViewSet, basename="project")
router.register("nodes", NodeViewSet, basename="node")
router.register("date-changes", DateChangeViewSet, basename="date-change")
router.register("proofs", ProofViewSet, basename="proof")
router.register("units", UnitViewSet, basename="unit")
router.register("templates", TemplateViewSet, basename="template")

# Swagger UI writes styles into its page; no other page is allowed that.
docs = csp_update({"style-src": [SELF, UNSAFE_INLINE]})(
    SpectacularSwaggerSplitView.as_view(url_name="schema")
)

urlpatterns = [
    *router.urls,
    path("nodes/<int:node>/proofs/", NodeProofsView.as_view(), name="node-proofs"),
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
    path("docs/", docs, name="api-docs"),
]
