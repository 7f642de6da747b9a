"""Topics over REST: one cause, many projects, and what is done with all of their issues at once."""

from collections.abc import Callable, Collection
from typing import Any, cast

import django_filters
from django.urls import reverse
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound
from rest_framework.generics import get_object_or_404
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from accounts.http import UserApiRequest
from domain.issues import Level
from history.models import Change
from issues.actions import (
    TopicAssigned,
    add_to_topic,
    assign_topic,
    change_topic,
    close_topic,
    note_topic,
    open_topic,
    reopen_topic,
    take_out_of_topic,
)
from issues.api.topic_shapes import (
    AssignedTopicSerializer,
    AssigningTopicSerializer,
    NotingTopicSerializer,
    OpeningTopicSerializer,
    OpeningWithIssuesSerializer,
    PickedIssuesSerializer,
    ReopeningTopicSerializer,
    TopicDetailSerializer,
    TopicSerializer,
    api_topic,
    api_topic_detail,
)
from issues.models import Issue, Topic
from issues.querysets import TopicQuerySet
from issues.topic_queries import topic_page, topic_rows
from milestones.api.requests import (
    CHANGE_HEADERS,
    IDEMPOTENCY_KEY,
    RuleOfTheDay,
    body_of,
    carry_out,
    once,
    receipt_of,
)
from milestones.filters import units
from milestones.paging import RowPaging
from projects.models import Project


class TopicFilter(django_filters.FilterSet):
    open = django_filters.BooleanFilter(field_name="closed_on", lookup_expr="isnull", label="open")
    category = django_filters.CharFilter(field_name="category__code", label="the code of the category")
    unit = django_filters.ModelChoiceFilter(field_name="lead_unit", queryset=units(), label="lead unit")
    search = django_filters.CharFilter(
        field_name="name", lookup_expr="icontains", max_length=120, label="part of the name"
    )

    class Meta:
        model = Topic
        fields: list[str] = []


def _step(request: Any, answers: Any = TopicDetailSerializer) -> Any:
    """The schema of a change of a topic."""
    return extend_schema(request=request, responses=answers, parameters=CHANGE_HEADERS)


class TopicViewSet(RuleOfTheDay, GenericViewSet):
    """Topics of which the reader sees an issue, or whose lead unit he or she manages; open ones first."""

    serializer_class = TopicSerializer
    filterset_class = TopicFilter
    pagination_class = RowPaging
    request: UserApiRequest

    def get_queryset(self) -> TopicQuerySet:
        return Topic.objects.visible_to(self.request.user).pressing_first()

    def list(self, request: UserApiRequest) -> Response:
        page = cast("TopicQuerySet", self.paginate_queryset(self.filter_queryset(self.get_queryset())))
        rows = topic_rows(
            page, Issue.objects.visible_to(request.user), Project.objects.visible_to(request.user), self.rule
        )
        return self.get_paginated_response([api_topic(row) for row in rows])

    @extend_schema(responses=TopicDetailSerializer, parameters=[OpenApiParameter("page", int)])
    def retrieve(self, request: UserApiRequest, pk: str) -> Response:
        return self._answer(self._topic())

    @extend_schema(
        request=OpeningWithIssuesSerializer,
        responses={201: TopicDetailSerializer},
        parameters=[IDEMPOTENCY_KEY],
    )
    def create(self, request: UserApiRequest) -> Response:
        """Open a topic. ``Location`` is its address; sent again with the same key, the topic of the first time."""
        sent, receipt = body_of(request, OpeningWithIssuesSerializer), receipt_of(request)
        sent["issues"] = self._issues(sent["issues"])
        details = {**sent, "actor": request.user, "today": self.rule.today, "batch": receipt}
        opened = once(request, lambda: open_topic(**details))
        pk = opened.pk if opened else self._opened_before(receipt)
        return self._answer(get_object_or_404(self.get_queryset(), pk=pk), status=201)

    @_step(OpeningTopicSerializer)
    def partial_update(self, request: UserApiRequest, pk: str) -> Response:
        """Another name, description, category, lead unit or due date of the topic itself; its issues keep theirs."""
        return self._changed_today(change_topic, **body_of(request, OpeningTopicSerializer, partial=True))

    @_step(AssigningTopicSerializer, AssignedTopicSerializer)
    @action(detail=True, methods=["post"])
    def assign(self, request: UserApiRequest, pk: str) -> Response:
        """Give all its issues that can be assigned now to one lead unit with one due date."""
        sent = body_of(request, AssigningTopicSerializer)
        if "level" in sent:
            sent["level"] = Level(sent["level"])
        done: TopicAssigned | None = self._change(assign_topic, today=self.rule.today, **sent)
        left = done and [{"status": str(status), "issues": n} for status, n in sorted(done.left.items())]
        reached: dict[str, Any] = {
            "assigned": done and done.assigned, "left": left, "put_on_hold": done and done.held,
        }  # fmt: skip
        return self._answer(self._topic(), **reached)

    @_step(NotingTopicSerializer)
    @action(detail=True, methods=["post"])
    def note(self, request: UserApiRequest, pk: str) -> Response:
        """How it goes on; it stands at each of its open issues as well."""
        return self._changed(note_topic, **body_of(request, NotingTopicSerializer))

    @_step(PickedIssuesSerializer)
    @action(detail=True, methods=["post"], url_path="add-issues")
    def add_issues(self, request: UserApiRequest, pk: str) -> Response:
        picked = self._issues(body_of(request, PickedIssuesSerializer)["issues"])
        return self._changed(add_to_topic, issues=picked)

    @_step(PickedIssuesSerializer)
    @action(detail=True, methods=["post"], url_path="take-out-issues")
    def take_out_issues(self, request: UserApiRequest, pk: str) -> Response:
        picked = self._issues(body_of(request, PickedIssuesSerializer)["issues"])
        return self._changed(take_out_of_topic, issues=picked)

    @_step(None)
    @action(detail=True, methods=["post"])
    def close(self, request: UserApiRequest, pk: str) -> Response:
        return self._changed_today(close_topic)

    @_step(ReopeningTopicSerializer)
    @action(detail=True, methods=["post"])
    def reopen(self, request: UserApiRequest, pk: str) -> Response:
        return self._changed(reopen_topic, **body_of(request, ReopeningTopicSerializer))

    def _changed_today(self, change: Callable[..., Any], **details: Any) -> Response:
        return self._changed(change, today=self.rule.today, **details)

    def _changed(self, change: Callable[..., Any], **details: Any) -> Response:
        self._change(change, **details)
        return self._answer(self._topic())

    def _change(self, change: Callable[..., Any], **details: Any) -> Any:
        """What `change` gives; None where the same request has been carried out before."""
        return carry_out(self.request, change, self._topic(), **details)

    def _issues(self, keys: Collection[int]) -> Collection[Issue]:
        """Raises 404 where one of them is out of sight."""
        issues = list(Issue.objects.visible_to(self.request.user).filter(pk__in=keys))
        if len(issues) != len(set(keys)):
            raise NotFound
        return issues

    def _opened_before(self, receipt: Any) -> int | None:
        mine = Change.objects.visible_to(self.request.user).filter(actor=self.request.user, batch=receipt)
        opened = mine.filter(verb=Change.Verb.TOPIC_OPENED).first()
        return int(opened.after["topic"]) if opened else None

    def _topic(self) -> Topic:
        return get_object_or_404(
            self.get_queryset().select_related("category", "lead_unit"), pk=self.kwargs["pk"]
        )

    def _answer(self, topic: Topic, *, status: int = 200, **more: Any) -> Response:
        user = self.request.user
        page = topic_page(
            topic, Issue.objects.visible_to(user), Project.objects.visible_to(user), self.rule,
            number=self.request.query_params.get("page", ""),
        )  # fmt: skip
        headers = {"ETag": topic.etag}
        if status == 201:
            headers["Location"] = reverse("topic-detail", args=[topic.pk])
        return Response({**api_topic_detail(page), **more}, status=status, headers=headers)
