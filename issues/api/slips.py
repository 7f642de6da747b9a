"""Supervision slips over REST."""

from collections.abc import Callable
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.generics import get_object_or_404
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from accounts.http import UserApiRequest
from issues.actions import answer_slip, dismiss_slip, issue_slip
from issues.api.slip_shapes import (
    AnsweringSerializer,
    DismissingSerializer,
    IssuingSerializer,
    SlipSerializer,
    api_slips,
    level_of,
)
from issues.models import Supervision
from issues.querysets import SupervisionQuerySet
from issues.slip_filters import SlipFilter
from milestones.api.requests import (
    CHANGE_HEADERS,
    RuleFilterBackend,
    RuleOfTheDay,
    body_of,
    carry_out,
)
from milestones.paging import Paging


def _change(request: Any) -> Any:
    """The schema of a decision about a slip."""
    return extend_schema(request=request, responses=SlipSerializer, parameters=CHANGE_HEADERS)


class SupervisionViewSet(RuleOfTheDay, GenericViewSet):
    """Slips of the projects that the reader may see, the newest first; proposals for those who decide about them."""

    serializer_class = SlipSerializer
    filterset_class = SlipFilter
    filter_backends = [RuleFilterBackend]
    pagination_class = Paging
    request: UserApiRequest

    def get_queryset(self) -> SupervisionQuerySet:
        seen = Supervision.objects.seen_by(self.request.user)
        return seen.for_list().select_related("issued_by", "answered_by")

    def list(self, request: UserApiRequest) -> Response:
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        return self.get_paginated_response(api_slips(list(page or ()), request.user, self.rule))

    def retrieve(self, request: UserApiRequest, pk: str) -> Response:
        return self._answer()

    @_change(IssuingSerializer)
    @action(detail=True, methods=["post"])
    def issue(self, request: UserApiRequest, pk: str) -> Response:
        sent = level_of(body_of(request, IssuingSerializer))
        return self._changed(issue_slip, today=self.rule.today, **sent)

    @_change(DismissingSerializer)
    @action(detail=True, methods=["post"])
    def dismiss(self, request: UserApiRequest, pk: str) -> Response:
        return self._changed(dismiss_slip, **body_of(request, DismissingSerializer))

    @_change(AnsweringSerializer)
    @action(detail=True, methods=["post"])
    def answer(self, request: UserApiRequest, pk: str) -> Response:
        return self._changed(answer_slip, today=self.rule.today, **body_of(request, AnsweringSerializer))

    def _changed(self, change: Callable[..., Supervision], **details: Any) -> Response:
        slip = self._slip()
        carry_out(self.request, change, slip, **details)
        return self._answer()

    def _answer(self) -> Response:
        (shown,) = api_slips([self._slip()], self.request.user, self.rule)
        return Response(shown, headers={"ETag": shown["etag"]})

    def _slip(self) -> Supervision:
        return get_object_or_404(self.get_queryset(), pk=self.kwargs["pk"])
