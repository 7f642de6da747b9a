"""Issues over REST."""

from collections.abc import Callable, Collection
from typing import Any, cast

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
from rest_framework.serializers import Serializer
from rest_framework.viewsets import GenericViewSet

from accounts.http import UserApiRequest
from domain.issues import Level
from history.models import Change
from issues.actions import (
    ask_to_close,
    assign_issue,
    change_issue,
    note_issue,
    raise_issue,
    rate_issue,
    reopen_issue,
    send_back_issue,
    suspend_issue,
    take_up_issue,
    verify_issue,
)
from issues.api.issue_bodies import (
    AskingToCloseSerializer,
    ChangingSerializer,
    GivingSerializer,
    NotingSerializer,
    RaisingSerializer,
    RatingSerializer,
    ReopeningSerializer,
    SendingBackSerializer,
    SuspendingSerializer,
    TakingUpSerializer,
    VerifyingSerializer,
)
from issues.api.issue_shapes import (
    CategorySerializer,
    IssueDetailSerializer,
    IssueFileSerializer,
    IssueSerializer,
    api_issue,
    api_issue_detail,
)
from issues.filters import IssueFilter, asked_for
from issues.models import Category, Issue, IssueFile, Topic
from issues.queries import rows_of_page
from issues.querysets import IssueFileQuerySet, IssueQuerySet
from milestones.api.requests import (
    CHANGE_HEADERS,
    IDEMPOTENCY_KEY,
    RuleFilterBackend,
    RuleOfTheDay,
    body_of,
    carry_out,
    once,
    receipt_of,
)
from milestones.models import Hold, Node
from milestones.paging import RowPaging
from projects.file_actions import stored_files
from projects.file_responses import file_response
from projects.models import Project


class IssueFilterBackend(RuleFilterBackend):
    """Lists what is open, unless it is said otherwise: as the page does."""

    def get_filterset_kwargs(self, request: Request, queryset: Any, view: Any) -> dict[str, Any]:
        return {
            **super().get_filterset_kwargs(request, queryset, view),
            "data": asked_for(request.query_params),
        }


def _body(shape: type[Serializer]) -> dict[str, type[Serializer]]:
    """What may bring files, and need not."""
    return {"multipart/form-data": shape, "application/json": shape}


def _step(request: Any) -> Any:
    """The schema of a step."""
    return extend_schema(request=request, responses=IssueDetailSerializer, parameters=CHANGE_HEADERS)


class IssueViewSet(RuleOfTheDay, GenericViewSet):
    """Issues of the projects that the reader may see; without a filter those that are open."""

    serializer_class = IssueSerializer
    filterset_class = IssueFilter
    filter_backends = [IssueFilterBackend]
    pagination_class = RowPaging
    parser_classes = [*GenericViewSet.parser_classes, MultiPartParser]
    request: UserApiRequest

    def get_queryset(self) -> IssueQuerySet:
        return Issue.objects.visible_to(self.request.user)

    def list(self, request: UserApiRequest) -> Response:
        page = cast("IssueQuerySet", self.paginate_queryset(self.filter_queryset(self.get_queryset())))
        return self.get_paginated_response(
            [api_issue(row) for row in rows_of_page(page, slice(None), self.rule)]
        )

    @extend_schema(responses=IssueDetailSerializer)
    def retrieve(self, request: UserApiRequest, pk: str) -> Response:
        return self._answer(self._issue())

    @extend_schema(
        request=_body(RaisingSerializer), responses={201: IssueDetailSerializer}, parameters=[IDEMPOTENCY_KEY]
    )
    def create(self, request: UserApiRequest) -> Response:
        """Raise an issue. ``Location`` is its address; sent again with the same key, the issue of the first time."""
        sent, receipt = body_of(request, RaisingSerializer), receipt_of(request)
        project = get_object_or_404(Project.objects.visible_to(request.user), pk=sent.pop("project"))
        details = {**self._known(sent), "actor": request.user, "today": self.rule.today, "batch": receipt}
        with stored_files(details.pop("files", [])) as files:
            raised = once(request, lambda: raise_issue(project, files=files, **details))
        pk = raised.pk if raised else self._raised_before(receipt)
        return self._answer(get_object_or_404(self._whole(), pk=pk), status=201)

    @_step(ChangingSerializer)
    def partial_update(self, request: UserApiRequest, pk: str) -> Response:
        """Another wording, category, level or topic, or other blocked nodes; the state changes by steps only."""
        return self._changed(change_issue, **self._known(body_of(request, ChangingSerializer, partial=True)))

    @_step(GivingSerializer)
    @action(detail=True, methods=["post"])
    def assign(self, request: UserApiRequest, pk: str) -> Response:
        return self._changed_today(assign_issue, **_level_of(body_of(request, GivingSerializer)))

    @_step(_body(NotingSerializer))
    @action(detail=True, methods=["post"])
    def note(self, request: UserApiRequest, pk: str) -> Response:
        return self._changed(note_issue, **body_of(request, NotingSerializer))

    @_step(_body(AskingToCloseSerializer))
    @action(detail=True, methods=["post"], url_path="ask-to-close")
    def ask_to_close(self, request: UserApiRequest, pk: str) -> Response:
        return self._changed_today(ask_to_close, **body_of(request, AskingToCloseSerializer))

    @_step(VerifyingSerializer)
    @action(detail=True, methods=["post"])
    def verify(self, request: UserApiRequest, pk: str) -> Response:
        return self._changed_today(verify_issue, **body_of(request, VerifyingSerializer))

    @_step(SendingBackSerializer)
    @action(detail=True, methods=["post"], url_path="send-back")
    def send_back(self, request: UserApiRequest, pk: str) -> Response:
        return self._changed(send_back_issue, **body_of(request, SendingBackSerializer))

    @_step(SuspendingSerializer)
    @action(detail=True, methods=["post"])
    def suspend(self, request: UserApiRequest, pk: str) -> Response:
        return self._changed_today(suspend_issue, **body_of(request, SuspendingSerializer))

    @_step(TakingUpSerializer)
    @action(detail=True, methods=["post"], url_path="take-up")
    def take_up(self, request: UserApiRequest, pk: str) -> Response:
        return self._changed_today(take_up_issue, **body_of(request, TakingUpSerializer))

    @_step(ReopeningSerializer)
    @action(detail=True, methods=["post"])
    def reopen(self, request: UserApiRequest, pk: str) -> Response:
        return self._changed_today(reopen_issue, **body_of(request, ReopeningSerializer))

    @_step(RatingSerializer)
    @action(detail=True, methods=["post"])
    def rate(self, request: UserApiRequest, pk: str) -> Response:
        """What the enterprise told the sender of the answer; it rates itself through its own link."""
        return self._changed_today(rate_issue, **body_of(request, RatingSerializer))

    def _changed_today(self, change: Callable[..., Any], **details: Any) -> Response:
        return self._changed(change, today=self.rule.today, **details)

    def _changed(self, change: Callable[..., Any], **details: Any) -> Response:
        with stored_files(details.pop("files", [])) as files:
            if files:
                details["files"] = files
            carry_out(self.request, change, self._issue(), **details)
        return self._answer(self._issue())

    def _known(self, sent: dict[str, Any]) -> dict[str, Any]:
        """What was sent, with the rows that its numbers name. Raises 404 for those out of sight."""
        user, known = self.request.user, _level_of(sent)
        if sent.get("topic") is not None:
            known["topic"] = get_object_or_404(Topic.objects.visible_to(user), pk=sent["topic"])
        if "nodes" in sent:
            known["nodes"] = self._nodes(sent["nodes"])
        return known

    def _nodes(self, keys: Collection[int]) -> Collection[Node]:
        seen = Node.objects.visible_to(self.request.user).filter(pk__in=keys)
        nodes = list(seen.select_related("template_node").order_by("template_node__position", "pk"))
        if len(nodes) != len(set(keys)):
            raise NotFound
        return nodes

    def _raised_before(self, receipt: Any) -> int | None:
        mine = Change.objects.visible_to(self.request.user).filter(actor=self.request.user, batch=receipt)
        return mine.filter(verb=Change.Verb.ISSUE_RAISED).values_list("issue", flat=True).first()

    def _whole(self) -> IssueQuerySet:
        return self.get_queryset().select_related("raised_by", "close_asked_by", "verified_by")

    def _issue(self) -> Issue:
        return get_object_or_404(self._whole(), pk=self.kwargs["pk"])

    def _answer(self, issue: Issue, *, status: int = 200) -> Response:
        user = self.request.user
        files = IssueFile.objects.visible_to(user).filter(issue=issue).select_related("added_by")
        holds = Hold.objects.visible_to(user)
        shown = api_issue_detail(issue, user, self.rule, files=list(files), holds=holds)
        headers = {"ETag": shown["etag"]}
        if status == 201:
            headers["Location"] = reverse("issue-detail", args=[issue.pk])
        return Response(shown, status=status, headers=headers)


class IssueFileViewSet(GenericViewSet):
    """The files of the issues that the reader may see."""

    serializer_class = IssueFileSerializer
    request: UserApiRequest

    def get_queryset(self) -> IssueFileQuerySet:
        return IssueFile.objects.visible_to(self.request.user).select_related("added_by")

    def perform_content_negotiation(self, request: Request, force: bool = False) -> Any:  # noqa: FBT001, FBT002
        """Who asks for an image gets the image; refusals are JSON whatever was asked for."""
        return super().perform_content_negotiation(request, force=True)

    def retrieve(self, request: UserApiRequest, pk: str) -> Response:
        return Response(IssueFileSerializer(self.get_object()).data)

    @extend_schema(responses={(200, "application/octet-stream"): OpenApiTypes.BINARY})
    @action(detail=True, methods=["get"])
    def file(self, request: UserApiRequest, pk: str) -> FileResponse:
        return file_response(self.get_object())


class CategoryViewSet(ListModelMixin, GenericViewSet):
    """What kinds of issues there are, also those that can no longer be chosen. They are no secret."""

    serializer_class = CategorySerializer
    queryset = Category.objects.select_related("lead_unit")
    pagination_class = None
    filter_backends = []


def _level_of(sent: dict[str, Any]) -> dict[str, Any]:
    """What was sent, its level as the actions take it."""
    return {**sent, "level": Level(sent["level"])} if "level" in sent else sent
