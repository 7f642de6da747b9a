"""Nodes over REST."""

from collections.abc import Callable, Collection
from typing import Any, cast

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.generics import get_object_or_404
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from accounts.http import UserApiRequest
from milestones.actions import (
    Outcome,
    assign_node,
    finish_node,
    hold_node,
    remind,
    reopen_node,
    request_date_change,
    resume_node,
    start_node,
    waive_node,
)
from milestones.api.date_change_shapes import (
    AskingSerializer,
    DateChangeSerializer,
    PreviewQuerySerializer,
    PreviewSerializer,
    api_date_changes,
    api_preview,
)
from milestones.api.node_shapes import (
    AssigningSerializer,
    ChangedNodeSerializer,
    DateSerializer,
    FinishingSerializer,
    HoldingSerializer,
    HoldSerializer,
    NodeDetailSerializer,
    NodeSerializer,
    NoteSerializer,
    ReasonSerializer,
    ResumingSerializer,
    api_node,
)
from milestones.api.outlook_shapes import Ahead, api_outlook, place_in
from milestones.api.requests import (
    CHANGE_HEADERS,
    IDEMPOTENCY_KEY,
    RuleFilterBackend,
    RuleOfTheDay,
    body_of,
    carry_out,
    once,
)
from milestones.filters import NodeFilter
from milestones.models import DateChange, Hold, Node
from milestones.paging import RowPaging
from milestones.queries import node_rows
from milestones.querysets import NodeQuerySet


def _changes(request: Any) -> Any:
    """The schema of a change of a node."""
    return extend_schema(request=request, responses=ChangedNodeSerializer, parameters=CHANGE_HEADERS)


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

    @extend_schema(responses=NodeDetailSerializer)
    def retrieve(self, request: UserApiRequest, pk: str) -> Response:
        return self._answer(self._node())

    @_changes(DateSerializer)
    @action(detail=True, methods=["post"])
    def start(self, request: UserApiRequest, pk: str) -> Response:
        return self._on_a_day(start_node, body_of(request, DateSerializer))

    @_changes(FinishingSerializer)
    @action(detail=True, methods=["post"])
    def finish(self, request: UserApiRequest, pk: str) -> Response:
        return self._on_a_day(finish_node, body_of(request, FinishingSerializer))

    @_changes(HoldingSerializer)
    @action(detail=True, methods=["post"])
    def hold(self, request: UserApiRequest, pk: str) -> Response:
        return self._on_a_day(hold_node, body_of(request, HoldingSerializer))

    @_changes(ResumingSerializer)
    @action(detail=True, methods=["post"])
    def resume(self, request: UserApiRequest, pk: str) -> Response:
        sent = body_of(request, ResumingSerializer)
        if "hold" in sent:
            holds = Hold.objects.visible_to(request.user).filter(node=self._node())
            sent["hold"] = get_object_or_404(holds, pk=sent["hold"])
        return self._on_a_day(resume_node, sent)

    @_changes(ReasonSerializer)
    @action(detail=True, methods=["post"])
    def waive(self, request: UserApiRequest, pk: str) -> Response:
        return self._changed(waive_node, today=self.rule.today, **body_of(request, ReasonSerializer))

    @_changes(ReasonSerializer)
    @action(detail=True, methods=["post"])
    def reopen(self, request: UserApiRequest, pk: str) -> Response:
        return self._changed(reopen_node, **body_of(request, ReasonSerializer))

    @_changes(AssigningSerializer)
    @action(detail=True, methods=["post"])
    def assign(self, request: UserApiRequest, pk: str) -> Response:
        return self._changed(assign_node, **body_of(request, AssigningSerializer))

    @extend_schema(request=NoteSerializer, responses=ChangedNodeSerializer, parameters=[IDEMPOTENCY_KEY])
    @action(detail=True, methods=["post"])
    def remind(self, request: UserApiRequest, pk: str) -> Response:
        node, sent = self._node(), body_of(request, NoteSerializer)
        once(request, lambda: remind(node, actor=request.user, **sent))
        return self._answer_change(node, ())

    @extend_schema(request=AskingSerializer, responses={201: DateChangeSerializer}, parameters=CHANGE_HEADERS)
    @action(detail=True, methods=["post"], url_path="request-date-change")
    def request_date_change(self, request: UserApiRequest, pk: str) -> Response:
        node, sent = self._node(), body_of(request, AskingSerializer)
        carry_out(request, request_date_change, node, today=self.rule.today, **sent)
        mine = DateChange.objects.visible_to(request.user).filter(node=node, asked_by=request.user)
        (answer,) = api_date_changes(mine.for_list().order_by("-pk")[:1], request.user)
        return Response(answer, status=201)

    @extend_schema(parameters=[PreviewQuerySerializer], responses=PreviewSerializer)
    @action(detail=True, methods=["get"], url_path="date-change-preview")
    def date_change_preview(self, request: UserApiRequest, pk: str) -> Response:
        """What another due date would do to this node and to those behind it."""
        asked = PreviewQuerySerializer(data=request.query_params)
        asked.is_valid(raise_exception=True)
        nodes = self.get_queryset()
        return Response(api_preview(self._node(), nodes, self.rule, **asked.validated_data))

    def _on_a_day(self, change: Callable[..., Outcome], sent: dict[str, Any]) -> Response:
        return self._changed(change, **{"on": self.rule.today, "today": self.rule.today, **sent})

    def _changed(self, change: Callable[..., Outcome], **details: Any) -> Response:
        node = self._node()
        outcome = carry_out(self.request, change, node, **details)
        return self._answer_change(node, outcome.missing if outcome else ())

    def _node(self) -> Node:
        return get_object_or_404(self.get_queryset().for_list(), pk=self.kwargs["pk"])

    def _answer(self, node: Node) -> Response:
        return self._shown(node, Ahead.of(node.project_id, self.rule))

    def _answer_change(self, node: Node, warnings: Collection[str]) -> Response:
        """The node as it is now, with what is ahead of its project now."""
        ahead = Ahead.of(node.project_id, self.rule)
        return self._shown(node, ahead, warnings=list(warnings), outlook=ahead and api_outlook(ahead))

    def _shown(self, node: Node, ahead: Ahead | None, **more: Any) -> Response:
        (row,) = node_rows([node], self.rule)
        holds = HoldSerializer(Hold.objects.visible_to(self.request.user).filter(node=node), many=True)
        shown = {**api_node(row), **place_in(ahead, node.pk), "holds": holds.data, **more}
        return Response(shown, headers={"ETag": row.etag})
