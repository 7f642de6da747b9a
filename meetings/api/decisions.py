"""Decisions of the weekly meeting over REST."""

from collections.abc import Callable, Collection
from typing import Any, cast

import django_filters
from django.db.models import Case, Prefetch, When
from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound
from rest_framework.generics import get_object_or_404
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from accounts.http import UserApiRequest
from domain.meetings import UNSETTLED
from issues.models import Issue
from meetings.actions import (
    change_decision,
    reopen_decision,
    report_done,
    send_back_decision,
    take_decision,
    verify_decision,
    withdraw_decision,
)
from meetings.api.decision_shapes import (
    ChangingDecisionSerializer,
    DecisionSerializer,
    GivingReasonSerializer,
    ReopeningDecisionSerializer,
    ReportingDoneSerializer,
    TakingDecisionSerializer,
    VerifyingDecisionSerializer,
    api_decision,
)
from meetings.filters import DecisionFilter
from meetings.models import AgendaItem, Decision, Meeting
from meetings.querysets import DecisionQuerySet
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
from milestones.models import Node
from milestones.paging import RowPaging
from projects.models import Project

_SETTLED_LAST = Case(When(status__in=UNSETTLED, then=0), default=1)
_LINKED: dict[str, Any] = {"projects": Project, "nodes": Node, "issues": Issue}


class DecisionApiFilter(DecisionFilter):
    """The filters of the page; `open`: not settled, `late`: open and its due date has passed."""

    open = django_filters.BooleanFilter(method="is_open", label="open")
    late = django_filters.BooleanFilter(method="is_late", label="late")

    def is_open(self, decisions: DecisionQuerySet, _name: str, wanted: Any) -> DecisionQuerySet:
        return _either(decisions, decisions.unsettled(), wanted)

    def is_late(self, decisions: DecisionQuerySet, _name: str, wanted: Any) -> DecisionQuerySet:
        return _either(decisions, decisions.late(self.rule.today), wanted)


def _either(decisions: DecisionQuerySet, these: DecisionQuerySet, wanted: Any) -> DecisionQuerySet:
    return these if wanted else decisions.exclude(pk__in=these.order_by().values("pk"))


def _step(request: Any) -> Any:
    """The schema of a change of a decision."""
    return extend_schema(request=request, responses=DecisionSerializer, parameters=CHANGE_HEADERS)


class DecisionViewSet(RuleOfTheDay, GenericViewSet):
    """Decisions about projects that the reader sees, or led by the own unit: what is pressing first, what is settled
    last."""

    serializer_class = DecisionSerializer
    filterset_class = DecisionApiFilter
    filter_backends = [RuleFilterBackend]
    pagination_class = RowPaging
    request: UserApiRequest

    def get_queryset(self) -> DecisionQuerySet:
        return Decision.objects.visible_to(self.request.user)

    def list(self, request: UserApiRequest) -> Response:
        found = cast("DecisionQuerySet", self.filter_queryset(self.get_queryset()))
        pressing = found.pressing_first()
        ordered = pressing.order_by(_SETTLED_LAST, *pressing.query.order_by)
        page = cast("DecisionQuerySet", self.paginate_queryset(ordered))
        return self.get_paginated_response([api_decision(each, self.rule) for each in self._whole(page)])

    def retrieve(self, request: UserApiRequest, pk: str) -> Response:
        return self._answer(self._decision())

    @extend_schema(
        request=TakingDecisionSerializer, responses={201: DecisionSerializer}, parameters=[IDEMPOTENCY_KEY]
    )
    def create(self, request: UserApiRequest) -> Response:
        """Take down a decision. ``Location`` is its address; sent again with the same key, that of the first time."""
        sent, receipt = body_of(request, TakingDecisionSerializer), receipt_of(request)
        meeting = get_object_or_404(Meeting.objects.visible_to(request.user), pk=sent.pop("meeting"))
        if sent["item"] is not None:
            items = AgendaItem.objects.visible_to(request.user).filter(meeting=meeting)
            sent["item"] = get_object_or_404(items, pk=sent["item"])
        details = {**self._known(sent), "actor": request.user, "today": self.rule.today, "key": receipt}
        taken = once(request, lambda: take_decision(meeting, **details))
        wanted = {"pk": taken.pk} if taken else {"key": receipt}
        return self._answer(get_object_or_404(self._whole(self.get_queryset()), **wanted), status=201)

    @_step(ChangingDecisionSerializer)
    def partial_update(self, request: UserApiRequest, pk: str) -> Response:
        """Another wording, lead unit or due date, or other links; the state changes by steps only."""
        sent = self._known(body_of(request, ChangingDecisionSerializer, partial=True))
        return self._changed(change_decision, today=self.rule.today, **sent)

    @_step(ReportingDoneSerializer)
    @action(detail=True, methods=["post"], url_path="report-done")
    def report_done(self, request: UserApiRequest, pk: str) -> Response:
        """For the managers of its lead unit, and the bureau."""
        return self._changed(report_done, today=self.rule.today, **body_of(request, ReportingDoneSerializer))

    @_step(VerifyingDecisionSerializer)
    @action(detail=True, methods=["post"])
    def verify(self, request: UserApiRequest, pk: str) -> Response:
        """For the bureau, but not for who reported it done."""
        sent = body_of(request, VerifyingDecisionSerializer)
        return self._changed(verify_decision, today=self.rule.today, **sent)

    @_step(GivingReasonSerializer)
    @action(detail=True, methods=["post"], url_path="send-back")
    def send_back(self, request: UserApiRequest, pk: str) -> Response:
        return self._changed(send_back_decision, **body_of(request, GivingReasonSerializer))

    @_step(GivingReasonSerializer)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: UserApiRequest, pk: str) -> Response:
        return self._changed(withdraw_decision, **body_of(request, GivingReasonSerializer))

    @_step(ReopeningDecisionSerializer)
    @action(detail=True, methods=["post"])
    def reopen(self, request: UserApiRequest, pk: str) -> Response:
        sent = body_of(request, ReopeningDecisionSerializer)
        return self._changed(reopen_decision, today=self.rule.today, **sent)

    def _changed(self, change: Callable[..., Any], **details: Any) -> Response:
        carry_out(self.request, change, self._decision(), **details)
        return self._answer(self._decision())

    def _known(self, sent: dict[str, Any]) -> dict[str, Any]:
        """What was sent, with the rows that its numbers name. Raises 404 for those out of sight."""
        rows = {name: self._linked(name, sent[name]) for name in _LINKED if name in sent}
        return {**sent, **rows}

    def _linked(self, name: str, keys: Collection[int]) -> Collection[Any]:
        if not keys:
            return []
        found = list(_LINKED[name].objects.visible_to(self.request.user).filter(pk__in=keys))
        if len(found) != len(set(keys)):
            raise NotFound
        return found

    def _whole(self, decisions: DecisionQuerySet) -> DecisionQuerySet:
        """With all that an answer says of them; of what they are about only what the reader sees."""
        user = self.request.user
        people = decisions.select_related("meeting", "lead_unit", "taken_by", "done_by", "verified_by")
        return people.prefetch_related(
            Prefetch("projects", Project.objects.visible_to(user).order_by("pk")),
            Prefetch("nodes", Node.objects.visible_to(user).select_related("template_node").order_by("pk")),
            Prefetch("issues", Issue.objects.visible_to(user).order_by("pk")),
        )

    def _decision(self) -> Decision:
        return get_object_or_404(self._whole(self.get_queryset()), pk=self.kwargs["pk"])

    def _answer(self, decision: Decision, *, status: int = 200) -> Response:
        headers = {"ETag": decision.etag}
        if status == 201:
            headers["Location"] = reverse("decision-detail", args=[decision.pk])
        return Response(api_decision(decision, self.rule), status=status, headers=headers)
