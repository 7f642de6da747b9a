"""Weekly meetings over REST: their agenda, freezing, and the workbook."""

import logging
from collections.abc import Callable, Collection
from typing import Any, cast

import django_filters
from django.db.models import Count, Q
from django.http import FileResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_noop
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from kombu.exceptions import OperationalError
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from accounts.access import may_run_meetings, sees_the_district
from accounts.http import UserApiRequest
from domain.errors import RuleError
from domain.meetings import DecisionStatus
from issues.models import Issue
from meetings.actions import (
    add_item,
    ask_to_freeze,
    assign_speaker,
    change_meeting,
    draft_meeting,
    drop_item,
    order_items,
    restore_item,
)
from meetings.api.meeting_shapes import (
    AddingItemSerializer,
    AssigningSpeakerSerializer,
    ChangingMeetingSerializer,
    DraftingSerializer,
    DroppingItemSerializer,
    JobSerializer,
    MeetingDetailSerializer,
    MeetingSerializer,
    OrderingSerializer,
    RestoringItemSerializer,
    api_agenda,
    api_job,
    api_meeting,
    api_week,
)
from meetings.gathering import gather_week, one_moment
from meetings.meeting_page import frozen_week, shown_agenda
from meetings.models import AgendaItem, Decision, Job, Meeting, MeetingFile, Snapshot
from meetings.querysets import MeetingQuerySet
from meetings.rhythm import rhythm
from meetings.tasks import run_job
from milestones.api.requests import (
    CHANGE_HEADERS,
    IDEMPOTENCY_KEY,
    RuleOfTheDay,
    body_of,
    carry_out,
    once,
    version_asked_for,
)
from milestones.models import Node
from milestones.paging import RowPaging
from projects.file_responses import file_response
from projects.models import Project

log = logging.getLogger(__name__)


class MeetingFilter(django_filters.FilterSet):
    frozen = django_filters.BooleanFilter(
        field_name="frozen_at", lookup_expr="isnull", exclude=True, label="frozen"
    )
    year = django_filters.NumberFilter(field_name="year", min_value=1, max_value=9999, label="year")

    class Meta:
        model = Meeting
        fields: list[str] = []


def _step(request: Any) -> Any:
    """The schema of a change of a meeting or its agenda; ``If-Match`` is the ETag of the meeting."""
    return extend_schema(request=request, responses=MeetingDetailSerializer, parameters=CHANGE_HEADERS)


class MeetingViewSet(RuleOfTheDay, GenericViewSet):
    """Weekly meetings, the latest first. That there is one everybody may know; of its agenda and decisions everybody
    sees the own part."""

    serializer_class = MeetingSerializer
    filterset_class = MeetingFilter
    pagination_class = RowPaging
    request: UserApiRequest

    def get_queryset(self) -> MeetingQuerySet:
        return Meeting.objects.visible_to(self.request.user)

    def perform_content_negotiation(self, request: Request, force: bool = False) -> Any:  # noqa: FBT001, FBT002
        """Who asks for a workbook gets the workbook; refusals are JSON whatever was asked for."""
        return super().perform_content_negotiation(request, force=force or self.action == "workbook")

    def list(self, request: UserApiRequest) -> Response:
        page = cast("MeetingQuerySet", self.paginate_queryset(self.filter_queryset(self.get_queryset())))
        meetings = list(page)
        counts, figures = self._counts(meetings), self._figures(meetings)
        return self.get_paginated_response(
            [api_meeting(each, counts.get(each.pk, {}), figures.get(each.pk)) for each in meetings]
        )

    @extend_schema(responses=MeetingDetailSerializer)
    def retrieve(self, request: UserApiRequest, pk: str) -> Response:
        return self._answer(self._meeting())

    @extend_schema(
        request=DraftingSerializer,
        responses={200: MeetingDetailSerializer, 201: MeetingDetailSerializer},
        parameters=[IDEMPOTENCY_KEY],
    )
    def create(self, request: UserApiRequest) -> Response:
        """Draft the meeting of a week; 200 where there is one. ``Location`` is its address."""
        day = body_of(request, DraftingSerializer)["day"] or self.rule.today
        week = rhythm().week(day, self.rule.calendar)
        if week is None:
            raise RuleError(gettext_noop("That week has no working day to cut off on."))
        done = once(request, lambda: draft_meeting(week, actor=request.user, rule=self.rule))
        drafted = get_object_or_404(self.get_queryset(), year=week.year, week=week.week)
        return self._answer(drafted, status=201 if done and done[1] else 200)

    @_step(ChangingMeetingSerializer)
    def partial_update(self, request: UserApiRequest, pk: str) -> Response:
        """Another day, place, chair, recorder or other attendees; of a frozen meeting as well."""
        return self._changed(change_meeting, **body_of(request, ChangingMeetingSerializer, partial=True))

    @extend_schema(request=None, responses={202: JobSerializer}, parameters=[IDEMPOTENCY_KEY])
    @action(detail=True, methods=["post"])
    def freeze(self, request: UserApiRequest, pk: str) -> Response:
        """Have a worker freeze it and write its workbook. ``Location`` says how far the job is."""
        meeting = self._meeting()
        job = once(request, lambda: ask_to_freeze(meeting, actor=request.user, now=timezone.now()))
        if job is not None:
            _start(job)
        else:
            job = get_object_or_404(Job.objects.filter(meeting=meeting)[:1])
        address = reverse("meeting-job", args=[meeting.pk, job.pk])
        return Response(self._job(job), status=202, headers={"Location": address})

    @extend_schema(responses=JobSerializer, parameters=[OpenApiParameter("job", int, OpenApiParameter.PATH)])
    @action(detail=True, methods=["get"], url_path=r"jobs/(?P<job>\d{1,18})")
    def job(self, request: UserApiRequest, pk: str, job: str) -> Response:
        return Response(self._job(get_object_or_404(Job.objects.filter(meeting=self._meeting()), pk=job)))

    @extend_schema(responses={(200, "application/octet-stream"): OpenApiTypes.BINARY})
    @action(detail=True, methods=["get"])
    def workbook(self, request: UserApiRequest, pk: str) -> FileResponse:
        """The workbook that was kept when it was frozen, for who sees the whole district."""
        files = MeetingFile.objects.visible_to(request.user).filter(kind=MeetingFile.Kind.WORKBOOK)
        return file_response(get_object_or_404(files, meeting=self._meeting()))

    @_step(AddingItemSerializer)
    @action(detail=True, methods=["post"], url_path="agenda/add")
    def add(self, request: UserApiRequest, pk: str) -> Response:
        sent, user = body_of(request, AddingItemSerializer), request.user
        for name, seen in (("project", Project), ("node", Node), ("issue", Issue)):
            if sent[name] is not None:
                sent[name] = get_object_or_404(seen.objects.visible_to(user), pk=sent[name])
        return self._changed(add_item, **sent)

    @_step(DroppingItemSerializer)
    @action(detail=True, methods=["post"], url_path="agenda/drop")
    def drop(self, request: UserApiRequest, pk: str) -> Response:
        sent = body_of(request, DroppingItemSerializer)
        return self._changed_item(drop_item, sent["item"], reason=sent["reason"])

    @_step(RestoringItemSerializer)
    @action(detail=True, methods=["post"], url_path="agenda/restore")
    def restore(self, request: UserApiRequest, pk: str) -> Response:
        return self._changed_item(restore_item, body_of(request, RestoringItemSerializer)["item"])

    @_step(OrderingSerializer)
    @action(detail=True, methods=["post"], url_path="agenda/order")
    def order(self, request: UserApiRequest, pk: str) -> Response:
        return self._changed(order_items, **body_of(request, OrderingSerializer))

    @_step(AssigningSpeakerSerializer)
    @action(detail=True, methods=["post"], url_path="agenda/speaker")
    def speaker(self, request: UserApiRequest, pk: str) -> Response:
        """Who speaks about these items; also of a frozen meeting."""
        sent, meeting = body_of(request, AssigningSpeakerSerializer), self._meeting()
        items, version = self._items(meeting, sent["items"]), self._version(meeting)
        once(
            request,
            lambda: assign_speaker(items, actor=request.user, speaker=sent["speaker"], version=version),
        )
        return self._answer(self._meeting())

    def _changed(self, change: Callable[..., Any], **details: Any) -> Response:
        meeting = self._meeting()
        carry_out(self.request, change, meeting, **details)
        return self._answer(self._meeting())

    def _changed_item(self, change: Callable[..., Any], item: int, **details: Any) -> Response:
        meeting = self._meeting()
        (found,), details["version"] = self._items(meeting, [item]), self._version(meeting)
        once(self.request, lambda: change(found, actor=self.request.user, **details))
        return self._answer(self._meeting())

    def _version(self, meeting: Meeting) -> int | None:
        return version_asked_for(self.request.headers.get("If-Match", ""), meeting)

    def _items(self, meeting: Meeting, keys: Collection[int]) -> Collection[AgendaItem]:
        """Raises 404 where one of them is out of sight or on another agenda."""
        items = AgendaItem.objects.visible_to(self.request.user).filter(meeting=meeting, pk__in=keys)
        found = list(items.for_list())
        if len(found) != len(set(keys)):
            raise NotFound
        return found

    def _meeting(self) -> Meeting:
        return get_object_or_404(self.get_queryset(), pk=self.kwargs["pk"])

    def _counts(self, meetings: Collection[Meeting]) -> dict[int, dict[str, int]]:
        """Of each the decisions that the reader sees; withdrawn ones are not counted. One query."""
        verified = Q(status=DecisionStatus.VERIFIED)
        past = Q(status=DecisionStatus.OPEN, due_on__lt=self.rule.today)
        seen = Decision.objects.visible_to(self.request.user).filter(meeting__in=meetings)
        rows = seen.exclude(status=DecisionStatus.WITHDRAWN).order_by().values("meeting")
        counted = rows.annotate(
            taken=Count("pk"), settled=Count("pk", filter=verified), late=Count("pk", filter=past)
        )
        return {
            pk: {"taken": taken, "settled": settled, "late": late}
            for pk, taken, settled, late in counted.values_list("meeting", "taken", "settled", "late")
        }

    def _figures(self, meetings: Collection[Meeting]) -> dict[int, dict[str, float]]:
        if not sees_the_district(self.request.user):
            return {}
        snapshots = Snapshot.objects.filter(meeting__in=meetings).order_by()
        return dict(snapshots.values_list("meeting", "figures"))

    def _job(self, job: Job) -> dict[str, Any]:
        return api_job(job, may_run=may_run_meetings(self.request.user))

    def _answer(self, meeting: Meeting, *, status: int = 200) -> Response:
        counts, figures = self._counts([meeting]), self._figures([meeting])
        job = Job.objects.filter(meeting=meeting).first()
        shown = {
            **api_meeting(meeting, counts.get(meeting.pk, {}), figures.get(meeting.pk)),
            "week_in_figures": self._week(meeting),
            "agenda": api_agenda(shown_agenda(meeting, self.request.user, self.rule)),
            "job": self._job(job) if job else None,
        }
        headers = {"ETag": meeting.etag}
        if status == 201:
            headers["Location"] = reverse("meeting-detail", args=[meeting.pk])
        return Response(shown, status=status, headers=headers)

    def _week(self, meeting: Meeting) -> dict[str, Any] | None:
        user = self.request.user
        if meeting.is_frozen:
            if not sees_the_district(user):
                return None
            week = frozen_week(meeting)
        else:
            with one_moment():
                week = gather_week(user, self.rule, timezone.localtime(), meeting=meeting)
        return api_week(week.overview, week.versions)


def _start(job: Job) -> None:
    """A broker that does not answer costs some minutes: the schedule takes the job up as well."""
    try:
        run_job.delay(job.pk)
    except (OperationalError, OSError) as error:
        log.warning("job %d was not queued: %s", job.pk, error)
