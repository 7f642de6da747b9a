"""Projects over REST, what they are and what has happened to them."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.generics import get_object_or_404
from rest_framework.mixins import ListModelMixin
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from accounts.http import UserApiRequest
from history.models import Change
from milestones.api.chains import ChainEndpoints
from milestones.api.project_shapes import ChangeSerializer, EnteredProjectSerializer, ProjectSerializer
from milestones.api.requests import (
    CHANGE_HEADERS,
    IDEMPOTENCY_KEY,
    RuleFilterBackend,
    RuleOfTheDay,
    body_of,
    once,
    receipt_of,
    tag_asked_for,
)
from milestones.paging import Paging
from milestones.project_filters import ProjectFilter
from projects.actions import add_project, change_project
from projects.models import Project
from projects.querysets import ProjectQuerySet


class ProjectViewSet(ChainEndpoints, ListModelMixin, RuleOfTheDay, GenericViewSet):
    """Projects that the reader may see."""

    serializer_class = ProjectSerializer
    filterset_class = ProjectFilter
    filter_backends = [RuleFilterBackend]
    pagination_class = Paging
    request: UserApiRequest

    def get_queryset(self) -> ProjectQuerySet:
        return (
            Project.objects.visible_to(self.request.user).for_list().select_related("tier", "chain__template")
        )

    def retrieve(self, request: UserApiRequest, pk: str) -> Response:
        return self._answer(self.project())

    @extend_schema(
        request=EnteredProjectSerializer, responses={201: ProjectSerializer}, parameters=[IDEMPOTENCY_KEY]
    )
    def create(self, request: UserApiRequest) -> Response:
        sent, receipt = body_of(request, EnteredProjectSerializer), receipt_of(request)
        added = once(request, lambda: add_project(actor=request.user, batch=receipt, **sent))
        pk = added.pk if added else self._added_before(receipt)
        return self._answer(get_object_or_404(self.get_queryset(), pk=pk), status=201)

    @extend_schema(request=EnteredProjectSerializer, responses=ProjectSerializer, parameters=CHANGE_HEADERS)
    def partial_update(self, request: UserApiRequest, pk: str) -> Response:
        project = self.project()
        sent = body_of(request, EnteredProjectSerializer, partial=True, of=project)
        etag = tag_asked_for(request.headers.get("If-Match", ""))
        once(request, lambda: change_project(project, actor=request.user, etag=etag, **sent))
        return self._answer(self.project())

    @extend_schema(responses=ChangeSerializer(many=True))
    @action(detail=True, methods=["get"], filterset_class=None)
    def history(self, request: UserApiRequest, pk: str) -> Response:
        """What was changed of the project and of its nodes, the latest first."""
        changes = Change.objects.visible_to(request.user).filter(project=self.project())
        page = self.paginate_queryset(changes.select_related("actor", "node__template_node"))
        return self.get_paginated_response(ChangeSerializer(page, many=True).data)

    def project(self) -> Project:
        return get_object_or_404(self.get_queryset(), pk=self.kwargs["pk"])

    def _added_before(self, receipt: Any) -> int | None:
        mine = Change.objects.visible_to(self.request.user).filter(actor=self.request.user, batch=receipt)
        return mine.filter(verb=Change.Verb.PROJECT_ADDED).values_list("project", flat=True).first()

    def _answer(self, project: Project, status: int = 200) -> Response:
        return Response(ProjectSerializer(project).data, status=status, headers={"ETag": project.etag})
