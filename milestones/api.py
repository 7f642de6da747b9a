"""Projects, nodes and templates over REST: read through the filters of the pages, changed by the actions."""

from collections.abc import Callable
from datetime import date
from typing import Any, cast

from django.utils import timezone
from django.utils.functional import cached_property
from django_filters.rest_framework import DjangoFilterBackend
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet, ReadOnlyModelViewSet

from accounts.http import UserApiRequest
from domain.errors import InputError, StaleError, gettext_noop
from domain.lights import LightRule
from domain.project_code import read_project_code
from milestones.actions import Outcome, finish_node, reopen_node, start_node, waive_node
from milestones.calendar_table import load_calendar
from milestones.filters import NodeFilter
from milestones.models import ChainTemplate, Node, TemplateEdge, TemplateNode
from milestones.paging import Paging, RowPaging
from milestones.project_filters import ProjectFilter
from milestones.queries import NodeRow, node_rows
from milestones.querysets import NodeQuerySet
from projects.models import Project
from projects.querysets import ProjectQuerySet


class NeighbourSerializer(serializers.Serializer):
    id = serializers.IntegerField(source="pk")
    label = serializers.CharField()  # type: ignore[assignment]  # a field of ours named as one of DRF's
    unit = serializers.CharField()


class NodeSerializer(serializers.Serializer):
    """One node; dates are ISO, days late and left are working days."""

    id = serializers.IntegerField(source="pk")
    code = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    project = serializers.IntegerField(source="project_id")
    project_name = serializers.CharField(source="project")
    project_code = serializers.CharField()
    town = serializers.CharField()
    unit = serializers.CharField()
    liaison = serializers.CharField()
    status = serializers.CharField()
    light = serializers.CharField()
    is_key = serializers.BooleanField()
    is_unconfirmed = serializers.BooleanField()
    baseline_on = serializers.DateField()
    due_on = serializers.DateField()
    limit_on = serializers.DateField()
    deadline_on = serializers.DateField()
    is_provisional = serializers.BooleanField()
    started_on = serializers.DateField()
    finished_on = serializers.DateField()
    late_since = serializers.DateField()
    days_late = serializers.IntegerField()
    days_left = serializers.IntegerField(allow_null=True)
    is_knocked_on = serializers.BooleanField()
    blocked_by = NeighbourSerializer(many=True)
    causes = NeighbourSerializer(many=True)
    holds_up = serializers.IntegerField()
    holds_up_keys = serializers.ListField(child=serializers.CharField())
    knocked_on = serializers.IntegerField()
    etag = serializers.CharField()


class DateSerializer(serializers.Serializer):
    on = serializers.DateField(required=False, help_text="The day it happened; today where absent.")
    note = serializers.CharField(required=False, allow_blank=True, default="", max_length=500)


class ReasonSerializer(serializers.Serializer):
    reason = serializers.CharField(max_length=500)


class ChangedNodeSerializer(NodeSerializer):
    warnings = serializers.ListField(child=serializers.CharField(), help_text="Soft predecessors still open.")


class RuleFilterBackend(DjangoFilterBackend):
    """Gives the filter the rule of the day."""

    def get_filterset_kwargs(self, request: Request, queryset: Any, view: Any) -> dict[str, Any]:
        return {**super().get_filterset_kwargs(request, queryset, view), "rule": view.rule}


class RuleOfTheDay:
    @cached_property
    def rule(self) -> LightRule:
        return LightRule.on(timezone.localdate(), load_calendar())


IF_MATCH = OpenApiParameter("If-Match", str, OpenApiParameter.HEADER, description="The row's ETag.")


class NodeViewSet(RuleOfTheDay, GenericViewSet):
    """Nodes of the projects that the reader may see."""

    serializer_class = NodeSerializer
    filterset_class = NodeFilter
    filter_backends = [RuleFilterBackend]
    pagination_class = RowPaging
    request: UserApiRequest

    def get_queryset(self) -> NodeQuerySet:
        return Node.objects.visible_to(self.request.user)

    def list(self, request: UserApiRequest) -> Response:
        page = cast(
            "NodeQuerySet", self.paginate_queryset(self.filter_queryset(self.get_queryset().for_list()))
        )
        return self.get_paginated_response([api_node(row) for row in node_rows(page, self.rule)])

    def retrieve(self, request: UserApiRequest, pk: str) -> Response:
        return self._answer(get_object_or_404(self.get_queryset().for_list(), pk=pk))

    @extend_schema(request=DateSerializer, responses=ChangedNodeSerializer, parameters=[IF_MATCH])
    @action(detail=True, methods=["post"])
    def start(self, request: UserApiRequest, pk: str) -> Response:
        return self._on_a_day(start_node)

    @extend_schema(request=DateSerializer, responses=ChangedNodeSerializer, parameters=[IF_MATCH])
    @action(detail=True, methods=["post"])
    def finish(self, request: UserApiRequest, pk: str) -> Response:
        return self._on_a_day(finish_node)

    @extend_schema(request=ReasonSerializer, responses=ChangedNodeSerializer, parameters=[IF_MATCH])
    @action(detail=True, methods=["post"])
    def waive(self, request: UserApiRequest, pk: str) -> Response:
        return self._with_reason(waive_node, today=timezone.localdate())

    @extend_schema(request=ReasonSerializer, responses=ChangedNodeSerializer, parameters=[IF_MATCH])
    @action(detail=True, methods=["post"])
    def reopen(self, request: UserApiRequest, pk: str) -> Response:
        return self._with_reason(reopen_node)

    def _on_a_day(self, change: Callable[..., Outcome]) -> Response:
        data = self._input(DateSerializer)
        today = timezone.localdate()
        on: date = data.get("on", today)
        return self._changed(change, on=on, today=today, note=data["note"])

    def _with_reason(self, change: Callable[..., Outcome], **more: Any) -> Response:
        return self._changed(change, reason=self._input(ReasonSerializer)["reason"], **more)

    def _changed(self, change: Callable[..., Outcome], **details: Any) -> Response:
        node = self.get_object()
        version = version_asked_for(self.request.headers.get("If-Match", ""), node)
        outcome = change(node, actor=self.request.user, version=version, **details)
        return self._answer(outcome.node, warnings=list(outcome.missing))

    def _input(self, serializer: type[serializers.Serializer]) -> dict[str, Any]:
        read = serializer(data=self.request.data)
        read.is_valid(raise_exception=True)
        data: dict[str, Any] = read.validated_data
        return data

    def _answer(self, node: Node, **more: Any) -> Response:
        (row,) = node_rows([node], self.rule)
        return Response({**api_node(row), **more}, headers={"ETag": row.etag})


def version_asked_for(if_match: str, node: Node) -> int | None:
    """The version that ``If-Match`` names; None where any will do.

    Raises StaleError where the tag belongs to another row, InputError where it is not one of ours.
    """
    tag = if_match.strip()
    if not tag or tag == "*":
        return None
    pk, _dash, version = tag.removeprefix("W/").strip('"').partition("-")
    if not all(part.isascii() and part.isdigit() and len(part) < 19 for part in (pk, version)):
        raise InputError(gettext_noop("If-Match: %(tag)s is not an ETag of this interface."), tag=tag)
    if int(pk) != node.pk:
        raise StaleError(gettext_noop("If-Match: %(tag)s is the ETag of another node."), tag=tag)
    return int(version)


_DIRECT = (
    "code", "label", "project_code", "town", "unit", "liaison", "is_key", "is_unconfirmed", "baseline_on",
    "due_on", "limit_on", "deadline_on", "is_provisional", "started_on", "finished_on", "late_since",
    "days_late", "days_left", "is_knocked_on", "holds_up", "knocked_on", "etag",
)  # fmt: skip


def api_node(row: NodeRow) -> dict[str, Any]:
    """A row as ``NodeSerializer`` describes it, without its cost of a field object for every cell."""
    return {
        "id": row.pk,
        "project": row.project_id,
        "project_name": row.project,
        "status": row.status.value,
        "light": row.light.value,
        "blocked_by": [{"id": near.pk, "label": near.label, "unit": near.unit} for near in row.blocked_by],
        "causes": [{"id": near.pk, "label": near.label, "unit": near.unit} for near in row.causes],
        "holds_up_keys": list(row.holds_up_keys),
        **{name: getattr(row, name) for name in _DIRECT},
    }


class ProjectSerializer(serializers.ModelSerializer):
    town = serializers.CharField(source="town.name")
    department = serializers.CharField(source="department.name", default="")
    liaison = serializers.CharField(default="")
    code_warnings = serializers.SerializerMethodField()

    class Meta:
        model = Project
        fields = [
            "id", "name", "code", "code_warnings", "enterprise", "kind", "sector", "town", "department",
            "leader", "liaison", "land_mu", "floor_area_m2", "investment", "fixed_investment", "note",
        ]  # fmt: skip

    def get_code_warnings(self, project: Project) -> list[str]:
        return [warning.value for warning in read_project_code(project.code).warnings] if project.code else []


class ProjectViewSet(RuleOfTheDay, ReadOnlyModelViewSet):
    serializer_class = ProjectSerializer
    filterset_class = ProjectFilter
    filter_backends = [RuleFilterBackend]
    pagination_class = Paging
    request: UserApiRequest

    def get_queryset(self) -> ProjectQuerySet:
        return Project.objects.visible_to(self.request.user).for_list()


class TemplateNodeSerializer(serializers.ModelSerializer):
    class Meta:
        model = TemplateNode
        exclude = ["template"]


class TemplateEdgeSerializer(serializers.ModelSerializer):
    source = serializers.CharField(source="source.code")  # type: ignore[assignment]
    target = serializers.CharField(source="target.code")

    class Meta:
        model = TemplateEdge
        fields = ["source", "target", "kind", "group"]


class TemplateSerializer(serializers.ModelSerializer):
    nodes = TemplateNodeSerializer(many=True)
    edges = serializers.SerializerMethodField()

    class Meta:
        model = ChainTemplate
        fields = [
            "id",
            "code",
            "version",
            "kind",
            "name",
            "name_en",
            "stages",
            "lanes",
            "published_at",
            "nodes",
            "edges",
        ]

    def get_edges(self, template: ChainTemplate) -> list[dict[str, Any]]:
        edges = TemplateEdge.objects.filter(target__template=template).select_related("source", "target")
        return list(TemplateEdgeSerializer(edges.order_by("pk"), many=True).data)


class TemplateViewSet(ReadOnlyModelViewSet):
    """Published chain templates, newest version first. Templates are no secret."""

    serializer_class = TemplateSerializer
    pagination_class = None
    queryset = ChainTemplate.objects.published().prefetch_related("nodes").order_by("code", "-version")
