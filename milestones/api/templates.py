"""Published chain templates over REST. Templates are no secret: whoever is logged in may read them."""

from typing import Any

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.viewsets import ReadOnlyModelViewSet

from accounts.http import UserApiRequest
from milestones.editing.files import toml_file
from milestones.models import ChainTemplate, TemplateEdge, TemplateNode
from milestones.publishing import spec_of


class TemplateNodeSerializer(serializers.ModelSerializer):
    class Meta:
        model = TemplateNode
        exclude = ["template"]


class TemplateEdgeSerializer(serializers.ModelSerializer):
    source = serializers.CharField(source="source.code")  # type: ignore[assignment]  # named as one of DRF's
    target = serializers.CharField(source="target.code")

    class Meta:
        model = TemplateEdge
        fields = ["source", "target", "kind", "group"]


class FactSerializer(serializers.Serializer):
    """Something that is true of a project or is not, and decides which nodes it has."""

    code = serializers.CharField()
    name = serializers.CharField()
    name_en = serializers.CharField()


class TemplateSerializer(serializers.ModelSerializer):
    nodes = TemplateNodeSerializer(many=True)
    edges = serializers.SerializerMethodField()
    facts = FactSerializer(many=True)

    class Meta:
        model = ChainTemplate
        fields = [
            "id", "code", "version", "kind", "name", "name_en", "source", "note", "stages", "lanes", "facts",
            "promise", "published_at", "nodes", "edges",
        ]  # fmt: skip

    def get_edges(self, template: ChainTemplate) -> list[dict[str, Any]]:
        edges = TemplateEdge.objects.filter(target__template=template).select_related("source", "target")
        return list(TemplateEdgeSerializer(edges.order_by("pk"), many=True).data)


class TemplateViewSet(ReadOnlyModelViewSet):
    """Published chain templates, newest version first."""

    serializer_class = TemplateSerializer
    pagination_class = None
    queryset = ChainTemplate.objects.published().prefetch_related("nodes").order_by("code", "-version")

    @extend_schema(responses={(200, "application/toml"): OpenApiTypes.STR})
    @action(detail=True, methods=["get"])
    def toml(self, request: UserApiRequest, pk: str) -> HttpResponse:
        """The definition as the file that it could be published from."""
        template: ChainTemplate = self.get_object()
        return toml_file(spec_of(template), f"{template.code}-v{template.version}.toml")
