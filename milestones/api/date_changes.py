"""Requests for other due dates over REST; a node's own address is where they are made."""

from collections.abc import Callable
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.generics import get_object_or_404
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from accounts.http import UserApiRequest
from milestones.actions import (
    approve_date_change,
    refuse_date_change,
    return_date_change,
    withdraw_date_change,
)
from milestones.api.date_change_shapes import (
    AnswerSerializer,
    ConsentSerializer,
    DateChangeSerializer,
    api_date_changes,
)
from milestones.api.requests import IDEMPOTENCY_KEY, body_of, once
from milestones.date_change_filters import DateChangeFilter
from milestones.models import DateChange
from milestones.paging import Paging
from milestones.querysets import DateChangeQuerySet


def _decision(request: Any) -> Any:
    """The schema of a decision."""
    return extend_schema(request=request, responses=DateChangeSerializer, parameters=[IDEMPOTENCY_KEY])


class DateChangeViewSet(GenericViewSet):
    """Requests for other due dates of the nodes that the reader may see, the newest first."""

    serializer_class = DateChangeSerializer
    filterset_class = DateChangeFilter
    pagination_class = Paging
    request: UserApiRequest

    def get_queryset(self) -> DateChangeQuerySet:
        return DateChange.objects.visible_to(self.request.user).for_list()

    def list(self, request: UserApiRequest) -> Response:
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        return self.get_paginated_response(api_date_changes(list(page or ()), request.user))

    def retrieve(self, request: UserApiRequest, pk: str) -> Response:
        return self._answer()

    @_decision(ConsentSerializer)
    @action(detail=True, methods=["post"])
    def approve(self, request: UserApiRequest, pk: str) -> Response:
        return self._decided(approve_date_change, **body_of(request, ConsentSerializer))

    @_decision(AnswerSerializer)
    @action(detail=True, methods=["post"])
    def refuse(self, request: UserApiRequest, pk: str) -> Response:
        return self._decided(refuse_date_change, **body_of(request, AnswerSerializer))

    @_decision(AnswerSerializer)
    @action(detail=True, methods=["post"], url_path="return")
    def send_back(self, request: UserApiRequest, pk: str) -> Response:
        return self._decided(return_date_change, **body_of(request, AnswerSerializer))

    @_decision(None)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: UserApiRequest, pk: str) -> Response:
        return self._decided(withdraw_date_change)

    def _decided(self, decide: Callable[..., DateChange], **details: Any) -> Response:
        change = self._change()
        once(self.request, lambda: decide(change, actor=self.request.user, **details))
        return self._answer()

    def _answer(self) -> Response:
        return Response(api_date_changes([self._change()], self.request.user)[0])

    def _change(self) -> DateChange:
        return get_object_or_404(self.get_queryset(), pk=self.kwargs["pk"])
