"""The REST interface under ``/api/v1/``: which resources there are."""

from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.routers import SimpleRouter
from django.urls import path

from accounts.api import UnitViewSet
from milestones.api import NodeViewSet, ProjectViewSet, TemplateViewSet

router = SimpleRouter()
router.register("projects", ProjectViewSet, basename="project")
router.register("nodes", NodeViewSet, basename="node")
router.register("units", UnitViewSet, basename="unit")
router.register("templates", TemplateViewSet, basename="template")

urlpatterns = [
    *router.urls,
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
    path("docs/", SpectacularSwaggerSplitView.as_view(url_name="schema"), name="api-docs"),
]
