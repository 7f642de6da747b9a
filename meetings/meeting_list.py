"""What the page of all meetings shows: the drafts that are next, and every frozen one with its figures and files."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from django.db.models import Count, Prefetch
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from accounts.access import sees_the_district
from accounts.models import User
from domain.meetings import MeetingWeek
from domain.workdays import WorkCalendar
from meetings.models import AgendaItem, Delivery, Job, Meeting, MeetingFile, Snapshot
from meetings.querysets import AgendaItemQuerySet, MeetingQuerySet
from meetings.rhythm import rhythm

MAIN_FIGURES: Final[Mapping[str, Promise]] = {
    "causes": pgettext_lazy("figure of a meeting", "overdue causes"),
    "knocked_on": pgettext_lazy("figure of a meeting", "knocked on"),
    "issues": pgettext_lazy("figure of a meeting", "open issues"),
}
_A_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class ListedFigure:
    """`change` since the frozen meeting before; None where there is none."""

    label: str
    value: int
    change: int | None


@dataclass(frozen=True, slots=True)
class MeetingLine:
    """A frozen meeting. What only those see who see the whole district is empty for the others."""

    meeting: Meeting
    figures: Sequence[ListedFigure] = ()
    workbook: MeetingFile | None = None
    deliveries: Sequence[Delivery] = ()

    @property
    def sent(self) -> int:
        return self._counted[Delivery.State.SENT]

    @property
    def failed(self) -> int:
        return self._counted[Delivery.State.FAILED]

    @property
    def waiting(self) -> int:
        return self._counted[Delivery.State.WAITING]

    @property
    def _counted(self) -> Counter[str]:
        return Counter(delivery.state for delivery in self.deliveries)


@dataclass(frozen=True, slots=True)
class DraftLine:
    """A draft with what the reader sees on its agenda; `job`: it is being frozen."""

    meeting: Meeting
    items: int
    dropped: int
    job: Job | None


def frozen_lines(meetings: MeetingQuerySet, reader: User) -> list[MeetingLine]:
    """Lines for some frozen `meetings`, the latest first; as many queries however many there are."""
    found = list(meetings.prefetch_related(Prefetch("deliveries", Delivery.objects.order_by("pk"))))
    if not found or not sees_the_district(reader):
        return [MeetingLine(meeting) for meeting in found]
    earlier = Meeting.objects.frozen().before(found[-1]).values_list("pk", flat=True).first()
    keys = [meeting.pk for meeting in found]
    figures = dict(
        Snapshot.objects.filter(meeting__in=[*keys, earlier]).order_by().values_list("meeting", "figures")
    )
    workbooks = {
        file.meeting_id: file
        for file in MeetingFile.objects.visible_to(reader).filter(
            meeting__in=keys, kind=MeetingFile.Kind.WORKBOOK
        )
    }
    before = [*keys[1:], earlier]
    return [
        MeetingLine(
            meeting, _figures(figures.get(meeting.pk, {}), figures.get(last or 0, {})), workbooks.get(meeting.pk),
            list(meeting.deliveries.all()),
        )
        for meeting, last in zip(found, before, strict=True)
    ]  # fmt: skip


def _figures(now: Mapping[str, float], last: Mapping[str, float]) -> list[ListedFigure]:
    return [
        ListedFigure(str(label), int(now[key]), int(now[key] - last[key]) if key in last else None)
        for key, label in MAIN_FIGURES.items()
        if key in now
    ]


def to_be_held(meetings: MeetingQuerySet, today: date) -> Meeting | None:
    """The frozen one of `meetings` that is held next, or today: until the day on which it was held is over."""
    begins = timezone.make_aware(datetime.combine(today, time.min))
    return meetings.frozen().filter(held_at__gte=begins).order_by("held_at").first()


def draft_lines(meetings: MeetingQuerySet, reader: User) -> list[DraftLine]:
    """Lines for `meetings` that are drafts; three queries."""
    drafts = list(meetings.drafts().order_by("year", "week"))
    items = AgendaItem.objects.visible_to(reader).filter(meeting__in=drafts).order_by()
    standing = _counted(items.standing())
    dropped = _counted(items.dropped())
    jobs = {job.meeting_id: job for job in Job.objects.open().filter(meeting__in=drafts)}
    return [
        DraftLine(draft, standing.get(draft.pk, 0), dropped.get(draft.pk, 0), jobs.get(draft.pk))
        for draft in drafts
    ]


def _counted(items: AgendaItemQuerySet) -> dict[int, int]:
    return dict(items.values_list("meeting").annotate(rows=Count("pk", distinct=True)))


def week_to_draft(today: date, calendar: WorkCalendar) -> MeetingWeek | None:
    """The first week, of this one and the next, that has no meeting yet and a day to cut off on."""
    for day in (today, today + _A_WEEK):
        week = rhythm().week(day, calendar)
        if week and not Meeting.objects.filter(year=week.year, week=week.week).exists():
            return week
    return None
