"""Which meetings, agenda items, decisions and files."""

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Self

from django.apps import apps
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Count, Exists, F, OuterRef, Q
from django.db.models.functions import Coalesce

from accounts.access import may_run_meetings, sees_the_district, visible
from accounts.models import User
from domain.meetings import UNSETTLED, DecisionStatus

if TYPE_CHECKING:
    from meetings.models import AgendaItem, Decision, Job, Meeting, MeetingFile, Upload

SILENT_AFTER = timedelta(minutes=3)
"""A worker that has given no sign for so long has been killed."""


class MeetingQuerySet(models.QuerySet["Meeting"]):
    """That there is a meeting anybody may know who may log in; of what it says everybody sees the own part."""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        return self.all() if isinstance(user, User) and user.is_active else self.none()

    def frozen(self) -> Self:
        return self.filter(frozen_at__isnull=False)

    def drafts(self) -> Self:
        return self.filter(frozen_at__isnull=True)

    def before(self, meeting: "Meeting") -> Self:
        """Those of earlier weeks, the latest first."""
        earlier = Q(year__lt=meeting.year) | Q(year=meeting.year, week__lt=meeting.week)
        return self.filter(earlier).order_by("-year", "-week")

    def to_send(self, now: datetime) -> Self:
        """Frozen ones whose workbook is to go out by now."""
        return self.frozen().filter(send_at__lte=now)

    def with_completion(self, today: date) -> Self:
        """Each with its numbers of decisions: ``taken``, ``settled``, ``late``; withdrawn ones are not counted."""
        is_late = Q(decisions__status=DecisionStatus.OPEN, decisions__due_on__lt=today)
        return self.annotate(
            taken=Count("decisions", filter=~Q(decisions__status=DecisionStatus.WITHDRAWN)),
            settled=Count("decisions", filter=Q(decisions__status=DecisionStatus.VERIFIED)),
            late=Count("decisions", filter=is_late),
        )


class AgendaItemQuerySet(models.QuerySet["AgendaItem"]):
    """Seen by whoever sees the project, and by the unit under which it stands."""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        if sees_the_district(user):
            return self.all()
        if not isinstance(user, User) or not user.is_active:
            return self.none()
        # Asked for by number: a join over the units of a project would give an item once for each of them.
        projects = apps.get_model("projects", "Project")._default_manager
        seen = projects.filter(visible(user)).order_by().values("pk")
        own = Q(unit=user.unit_id) if user.unit_id else Q(pk__in=[])
        return self.filter(own | Q(project__in=seen))

    def editable_by(self, user: User | AnonymousUser) -> Self:
        return self.all() if may_run_meetings(user) else self.none()

    def standing(self) -> Self:
        """Those that were not dropped."""
        return self.filter(dropped_reason="")

    def dropped(self) -> Self:
        return self.exclude(dropped_reason="")

    def for_list(self) -> Self:
        return self.select_related(
            "unit",
            "project__town",
            "node__template_node",
            "issue",
            "date_change",
            "slip",
            "decision__meeting",
        )


class DecisionQuerySet(models.QuerySet["Decision"]):
    """Seen by whoever sees one of its projects, and by its lead unit; done by the lead unit, run by the bureau."""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        if sees_the_district(user):
            return self.all()
        if not isinstance(user, User) or not user.is_active:
            return self.none()
        through = self.model.projects.through._default_manager
        seen = Q(Exists(through.filter(visible(user, "project__"), decision=OuterRef("pk"))))
        led = Q(lead_unit=user.unit_id) if user.unit_id else Q(pk__in=[])
        return self.filter(seen | led)

    def editable_by(self, user: User | AnonymousUser) -> Self:
        """Those whose wording, unit, date and links `user` may change, and that `user` may verify."""
        return self.all() if may_run_meetings(user) else self.none()

    def reportable_by(self, user: User | AnonymousUser) -> Self:
        """Those that `user` may report done: for the own unit or, as the bureau, for any."""
        if may_run_meetings(user):
            return self.all()
        if isinstance(user, User) and user.is_active and user.is_manager and user.unit_id:
            return self.filter(lead_unit=user.unit_id)
        return self.none()

    def unsettled(self) -> Self:
        return self.filter(status__in=UNSETTLED)

    def late(self, today: date) -> Self:
        """The SQL side of ``domain.meetings.is_decision_late``."""
        return self.filter(status=DecisionStatus.OPEN, due_on__lt=today)

    def pressing_first(self) -> Self:
        return self.order_by(
            Coalesce(F("due_on"), date(9999, 12, 31)), "meeting__year", "meeting__week", "serial"
        )

    def for_list(self) -> Self:
        return self.select_related("meeting", "lead_unit", "done_by", "verified_by").prefetch_related(
            "projects", "nodes__template_node", "issues"
        )


class JobQuerySet(models.QuerySet["Job"]):
    def open(self) -> Self:
        return self.filter(state__in=["queued", "running"])

    def to_run(self, now: datetime) -> Self:
        """Those that nobody has begun, and those whose worker has been silent for too long."""
        silent = Q(state="running", beat_at__lt=now - SILENT_AFTER)
        return self.filter(Q(state="queued") | silent)


class MeetingFileQuerySet(models.QuerySet["MeetingFile"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """A workbook holds everything of the district; it is for those who may see everything."""
        return self.all() if sees_the_district(user) else self.none()


class UploadQuerySet(models.QuerySet["Upload"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Everybody sees the own ones; who runs the meeting sees all."""
        if may_run_meetings(user):
            return self.all()
        return self.filter(added_by=user) if isinstance(user, User) and user.is_active else self.none()
