"""Visits over REST: recording them, with what was found and brought back, and what becomes an issue."""

from typing import Any

from django.http import FileResponse
from django.urls import reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound
from rest_framework.generics import get_object_or_404
from rest_framework.mixins import ListModelMixin
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from accounts.http import UserApiRequest
from history.models import Change
from issues.actions import raise_from_finding, record_visit_with_issues
from issues.api.issue_shapes import IssueSerializer, api_issue
from issues.api.visit_shapes import (
    RaisingFromFindingSerializer,
    RecordingSerializer,
    VisitPhotoSerializer,
    VisitSerializer,
)
from issues.models import Issue
from issues.queries import issue_rows
from issues.visit_filters import VisitFilter
from milestones.api.node_shapes import ReasonSerializer
from milestones.api.requests import IDEMPOTENCY_KEY, RuleOfTheDay, body_of, once, receipt_of
from milestones.models import Node
from milestones.paging import Paging
from projects.file_actions import stored_files
from projects.file_responses import file_response
from projects.models import Finding, Project, Visit, VisitPhoto
from projects.querysets import FindingQuerySet, VisitPhotoQuerySet, VisitQuerySet
from projects.visit_actions import withdraw_visit_file


class VisitViewSet(RuleOfTheDay, ListModelMixin, GenericViewSet):
    """Visits to the projects that the reader may see, the latest first."""

    serializer_class = VisitSerializer
    filterset_class = VisitFilter
    pagination_class = Paging
    parser_classes = [*GenericViewSet.parser_classes, MultiPartParser]
    request: UserApiRequest

    def get_queryset(self) -> VisitQuerySet:
        visits = Visit.objects.visible_to(self.request.user).for_list()
        return visits.prefetch_related("photos__added_by")

    def retrieve(self, request: UserApiRequest, pk: str) -> Response:
        return Response(VisitSerializer(self.get_object()).data)

    @extend_schema(
        request={"multipart/form-data": RecordingSerializer, "application/json": RecordingSerializer},
        responses={201: VisitSerializer},
        parameters=[IDEMPOTENCY_KEY],
    )
    def create(self, request: UserApiRequest) -> Response:
        """Record a visit; a finding with a category becomes an issue at once. ``Location`` is its address.

        Sent again with the same key, the visit of the first time comes back.
        """
        sent, receipt = body_of(request, RecordingSerializer), receipt_of(request)
        project = get_object_or_404(Project.objects.visible_to(request.user), pk=sent.pop("project"))
        details = {**sent, "actor": request.user, "today": self.rule.today, "batch": receipt}
        with stored_files(details.pop("files", [])) as files:
            made = once(request, lambda: record_visit_with_issues(project, files=files, **details))
        pk = made.pk if made else self._recorded_before(receipt)
        visit = get_object_or_404(self.get_queryset(), pk=pk)
        headers = {"Location": reverse("visit-detail", args=[visit.pk])}
        return Response(VisitSerializer(visit).data, status=201, headers=headers)

    def _recorded_before(self, receipt: Any) -> int | None:
        mine = Change.objects.visible_to(self.request.user).filter(actor=self.request.user, batch=receipt)
        first = mine.filter(verb=Change.Verb.VISIT_RECORDED).first()
        return first.after["visit"] if first else None


class VisitPhotoViewSet(GenericViewSet):
    """What was brought back from the visits that the reader may see."""

    serializer_class = VisitPhotoSerializer
    request: UserApiRequest

    def get_queryset(self) -> VisitPhotoQuerySet:
        return VisitPhoto.objects.visible_to(self.request.user).live().select_related("added_by")

    def perform_content_negotiation(self, request: Request, force: bool = False) -> Any:  # noqa: FBT001, FBT002
        """Who asks for an image gets the image; refusals are JSON whatever was asked for."""
        return super().perform_content_negotiation(request, force=True)

    def retrieve(self, request: UserApiRequest, pk: str) -> Response:
        return Response(VisitPhotoSerializer(self.get_object()).data)

    @extend_schema(responses={(200, "application/octet-stream"): OpenApiTypes.BINARY})
    @action(detail=True, methods=["get"])
    def file(self, request: UserApiRequest, pk: str) -> FileResponse:
        return file_response(self.get_object())

    @extend_schema(request=ReasonSerializer, responses={204: None}, parameters=[IDEMPOTENCY_KEY])
    @action(detail=True, methods=["post"])
    def withdraw(self, request: UserApiRequest, pk: str) -> Response:
        """The file is shown and found no more; the history keeps it."""
        kept = get_object_or_404(VisitPhoto.objects.visible_to(request.user), pk=pk)
        sent = body_of(request, ReasonSerializer)
        once(request, lambda: withdraw_visit_file(kept, actor=request.user, **sent))
        return Response(status=204)


class FindingViewSet(RuleOfTheDay, GenericViewSet):
    """What visits found."""

    serializer_class = IssueSerializer
    request: UserApiRequest

    def get_queryset(self) -> FindingQuerySet:
        return Finding.objects.visible_to(self.request.user)

    @extend_schema(
        request=RaisingFromFindingSerializer, responses={201: IssueSerializer}, parameters=[IDEMPOTENCY_KEY]
    )
    @action(detail=True, methods=["post"], url_path="raise-issue")
    def raise_issue(self, request: UserApiRequest, pk: str) -> Response:
        """The finding becomes an issue, once; the issue comes back."""
        finding, sent = self.get_object(), body_of(request, RaisingFromFindingSerializer)
        sent["nodes"] = self._nodes(sent["nodes"])
        details = {**sent, "actor": request.user, "today": self.rule.today}
        once(request, lambda: raise_from_finding(finding, **details))
        (row,) = issue_rows(Issue.objects.visible_to(request.user).filter(finding=finding), self.rule)
        headers = {"ETag": row.etag, "Location": reverse("issue-detail", args=[row.pk])}
        return Response(api_issue(row), status=201, headers=headers)

    def _nodes(self, keys: list[int]) -> list[Node]:
        seen = Node.objects.visible_to(self.request.user).filter(pk__in=keys)
        nodes = list(seen.select_related("template_node").order_by("template_node__position", "pk"))
        if len(nodes) != len(set(keys)):
            raise NotFound
        return nodes
