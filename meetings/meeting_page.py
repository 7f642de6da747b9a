"""What the page of one meeting shows: of a draft the agenda as it stands, of a frozen one what its snapshot keeps."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import groupby
from typing import NamedTuple

from django.conf import settings
from django.db.models import Count
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from accounts.access import sees_the_district
from accounts.models import User
from domain.date_changes import PENDING
from domain.issues import IssueStatus
from domain.lights import LONG_HOLD, LightRule
from domain.meetings import UNSETTLED, DecisionStatus
from domain.workdays import ONE_DAY
from issues.models import ISSUE_LABELS
from meetings.agenda import MOST_OF_A_KIND, waiting_counts
from meetings.agenda_rows import agenda_rows
from meetings.gathering import week_of
from meetings.models import DECISION_LABELS, AgendaItem, Decision, Job, Meeting, Snapshot
from meetings.querysets import AgendaItemQuerySet
from meetings.rhythm import rhythm
from meetings.settled import DecisionRow, decision_rows
from meetings.week import AgendaRow, Figure, Week
from projects.models import Project
from screen.addresses import causes_url, changes_url, held_over_url, issues_url
from screen.race.queries import Race, board_of_meeting

Kind = AgendaItem.Kind
_A_WEEK, _TWO_WEEKS = timedelta(days=7), timedelta(days=14)


@dataclass(frozen=True, slots=True)
class AgendaLine:
    """An item with its place on the agenda, counted from one. `same_unit`: it stands under the unit of the one before.

    `taken`: how many decisions the meeting took about it; `is_late`: also where no working day has passed since.
    """

    number: int
    row: AgendaRow
    same_unit: bool
    taken: int
    is_late: bool


@dataclass(frozen=True, slots=True)
class AgendaGroup:
    """Items of one kind that stand together."""

    label: str
    lines: tuple[AgendaLine, ...]


@dataclass(frozen=True, slots=True)
class Beyond:
    """How many of a kind there are that an agenda does not take, and where all of them are."""

    label: str
    more: int
    url: str


@dataclass(frozen=True, slots=True)
class DueChoice:
    """A date that decisions are often given; `key` is the letter that enters it."""

    key: str
    label: str
    day: date


class CalendarState(NamedTuple):
    """By which calendar figures were computed: how many days it names, and when one of them changed last."""

    days: int
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class MeetingPage:
    """`week` is what was frozen, None of a draft and for who does not see the whole district.

    `rows` are the standing items in their order, which `groups` hold as well; `job` is the last one there was.
    """

    meeting: Meeting
    week: Week | None
    rows: Sequence[AgendaRow]
    groups: Sequence[AgendaGroup]
    dropped: Sequence[AgendaRow]
    beyond: Sequence[Beyond]
    decisions: Sequence[DecisionRow]
    job: Job | None
    is_partial: bool
    race: Race | None = None
    """The board that was frozen with it, None where there is none."""

    @property
    def unsettled(self) -> int:
        return sum(row.status in UNSETTLED for row in self.decisions)

    @property
    def late(self) -> int:
        return sum(row.is_late for row in self.decisions)

    @property
    def figures(self) -> Sequence[Figure]:
        """Those that were frozen, under their names in the reader's language where they are known by their keys."""
        return [
            replace(figure, label=str(FIGURE_LABELS.get(figure.key, figure.label)))
            for figure in (self.week.overview.figures if self.week else ())
        ]

    @property
    def calendar(self) -> CalendarState | None:
        """None where the snapshot names its calendar in another way."""
        return calendar_state(self.week.versions.calendar) if self.week else None


def meeting_page(meeting: Meeting, reader: User, rule: LightRule) -> MeetingPage:
    """The page of `meeting` as `reader` sees it on the day of `rule`; as many queries however long its agenda is."""
    is_whole = sees_the_district(reader)
    rows = shown_agenda(meeting, reader, rule)
    standing = [row for row in rows if not row.dropped_reason]
    job: Job | None = Job.objects.filter(meeting=meeting).select_related("asked_by").first()
    return MeetingPage(
        meeting=meeting,
        week=frozen_week(meeting) if is_whole and meeting.is_frozen else None,
        rows=standing,
        groups=tuple(
            _groups(standing, _taken(meeting, reader), late_items(standing, judged_on(meeting, rule)))
        ),
        dropped=[row for row in rows if row.dropped_reason],
        beyond=_beyond(meeting, rule) if is_whole and not meeting.is_frozen else (),
        decisions=decisions_of(meeting, reader, rule),
        job=job,
        is_partial=not is_whole,
        race=board_of_meeting(meeting.number) if meeting.is_frozen else None,
    )


def shown_agenda(
    meeting: Meeting, reader: User, rule: LightRule, among: Collection[int] | None = None
) -> list[AgendaRow]:
    """The agenda as far as `reader` sees it, dropped items among it: of a draft as it stands on the day of `rule`, of a
    frozen meeting as its snapshot keeps it, with who speaks now. With `among` only the items of these numbers."""
    items = AgendaItem.objects.visible_to(reader).filter(meeting=meeting)
    if among is not None:
        items = items.filter(pk__in=among)
    rows = _frozen_rows(meeting, items) if meeting.is_frozen else agenda_rows(meeting, rule, items=items)
    return rows if sees_the_district(reader) else _in_sight(rows, reader)


def _in_sight(rows: Sequence[AgendaRow], reader: User) -> list[AgendaRow]:
    """The same rows without the names of projects that `reader` may not see: a unit is told what it has to do, not of
    whom else it is about."""
    seen = Project.objects.seen_among((row.project_id for row in rows), by=reader)
    return [
        row
        if row.project_id in seen
        else replace(
            row, project_id=None, project="", town="", node_id=None, issue_id=None,
            url=row.url if row.kind == AgendaItem.Kind.DECISION else "",
        )
        for row in rows
    ]  # fmt: skip


def _frozen_rows(meeting: Meeting, items: AgendaItemQuerySet) -> list[AgendaRow]:
    speakers = dict(items.order_by().values_list("pk", "speaker"))
    rows = frozen_week(meeting).agenda
    return [replace(row, speaker=speakers[row.pk]) for row in rows if row.pk in speakers]


def frozen_week(meeting: Meeting) -> Week:
    """What was frozen, without its tables. Raises RuleError where it is no longer what was frozen."""
    digest = Snapshot.objects.values_list("sha256", flat=True).get(meeting=meeting)
    return _read(meeting.pk, digest)


@lru_cache(maxsize=8)
def _read(meeting: int, _digest: str) -> Week:
    """Remembered by its digest: what is frozen never changes, and ten thousand projects are long to read."""
    return replace(week_of(Snapshot.objects.get(meeting=meeting)), tables=())


def judged_on(meeting: Meeting, rule: LightRule) -> LightRule:
    """The rule of the day on which its agenda is judged: of a frozen one that of its snapshot."""
    return LightRule.on(frozen_week(meeting).day, rule.calendar) if meeting.is_frozen else rule


def late_items(rows: Iterable[AgendaRow], rule: LightRule) -> frozenset[int]:
    """Which items are late on the day of `rule`, also where no working day has passed since: due on Friday, looked at
    on Saturday."""
    return frozenset(row.pk for row in rows if row.days_late or _is_just_late(row, rule))


_WITH_A_DAY = frozenset({Kind.DECISION, Kind.ISSUE, Kind.SLIP})


def _is_just_late(row: AgendaRow, rule: LightRule) -> bool:
    """Where working days have passed and none is counted, it is not late at all: reported done, or suspended."""
    if row.kind not in _WITH_A_DAY or row.due_on is None or row.due_on >= rule.today:
        return False
    return rule.days_late(row.due_on) == 0 and not _waits_for_others(row)


def _waits_for_others(row: AgendaRow) -> bool:
    """Whether its facts say so, in whichever language they were kept."""
    said = {value for _label, value in row.facts}
    return any(label in said for label in _labels_of_waiting())


@lru_cache(maxsize=1)
def _labels_of_waiting() -> frozenset[str]:
    labels: set[str] = set()
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            labels |= {str(DECISION_LABELS[DecisionStatus.DONE]), str(ISSUE_LABELS[IssueStatus.SUSPENDED])}
    return frozenset(labels)


def calendar_state(version: str) -> CalendarState | None:
    """What ``milestones.calendar_table.calendar_version`` wrote, to be read by people."""
    days, _at, moment = version.partition("@")
    try:
        changed_at = datetime.strptime(moment, "%Y%m%dT%H%M%S.%f").replace(tzinfo=UTC)
        return CalendarState(int(days), changed_at)
    except ValueError:
        return None


def decisions_of(
    meeting: Meeting, reader: User, rule: LightRule, item: int | None = None
) -> list[DecisionRow]:
    """What `meeting` decided, in the order in which it did, as far as `reader` sees it; about one `item` or all."""
    decisions = Decision.objects.visible_to(reader).filter(meeting=meeting)
    if item is not None:
        decisions = decisions.filter(item=item)
    return sorted(decision_rows(decisions, reader, rule), key=lambda row: row.pk)


def due_choices(meeting: Meeting, rule: LightRule) -> list[DueChoice]:
    """The day of the next meeting, two weeks from today, the end of the month; none of them on a day off."""
    calendar, today = rule.calendar, rule.today
    held_on = max(timezone.localtime(meeting.held_at).date(), today)
    following = rhythm().week(held_on, calendar) or rhythm().week(held_on + _A_WEEK, calendar)
    last = calendar.on_or_before(_last_of_month(today))
    end = last if last > today else calendar.on_or_before(_last_of_month(today + _TWO_WEEKS))
    choices = [
        DueChoice("m", str(_END_OF_MONTH), end),
        DueChoice("w", str(_IN_TWO_WEEKS), calendar.on_or_before(today + _TWO_WEEKS)),
    ]
    if following:
        choices.append(DueChoice("n", str(_NEXT_MEETING), following.held_at.date()))
    return choices[::-1]


_NEXT_MEETING = gettext_lazy("next meeting")
_IN_TWO_WEEKS = gettext_lazy("in two weeks")
_END_OF_MONTH = gettext_lazy("end of the month")


def _last_of_month(day: date) -> date:
    first_of_next = (day.replace(day=28) + timedelta(days=4)).replace(day=1)
    return first_of_next - ONE_DAY


def _taken(meeting: Meeting, reader: User) -> dict[int, int]:
    taken = Decision.objects.visible_to(reader).filter(meeting=meeting, item__isnull=False)
    taken = taken.exclude(status=DecisionStatus.WITHDRAWN)
    return dict(taken.order_by().values_list("item").annotate(rows=Count("pk")))


def _groups(
    rows: Iterable[AgendaRow], taken: Mapping[int, int], late: Collection[int]
) -> Iterator[AgendaGroup]:
    numbered = enumerate(rows, start=1)
    for kind, group in groupby(numbered, key=lambda pair: pair[1].kind):
        lines, before = [], None
        for number, row in group:
            lines.append(
                AgendaLine(number, row, row.unit == before, taken.get(row.pk, 0), is_late=row.pk in late)
            )
            before = row.unit
        yield AgendaGroup(str(GROUP_LABELS[Kind(kind)]), tuple(lines))


GROUP_LABELS: Mapping[Kind, Promise] = {
    Kind.DECISION: gettext_lazy("Decisions that are still open"),
    Kind.OVERDUE: gettext_lazy("Overdue nodes"),
    Kind.ISSUE: gettext_lazy("Issues that need a decision"),
    Kind.DATE_CHANGE: gettext_lazy("Date changes that wait for an answer"),
    Kind.HOLD: gettext_lazy("On hold for more than 30 days"),
    Kind.SLIP: gettext_lazy("Supervision slips without an answer"),
    Kind.OTHER: gettext_lazy("Added by hand"),
}


FIGURE_LABELS: Mapping[str, Promise] = {
    "causes": gettext_lazy("Overdue causes"),
    "blocked": gettext_lazy("Blocked by issues"),
    "knocked_on": gettext_lazy("Knocked on"),
    "due_soon": gettext_lazy("Due within two weeks"),
    "idle": gettext_lazy("Idle"),
    "held": gettext_lazy("On hold"),
    "waived": gettext_lazy("Waived this week"),
    "changes_waiting": gettext_lazy("Date changes waiting"),
    "done": gettext_lazy("Done this week"),
    "issues": gettext_lazy("Open issues"),
    "closed": gettext_lazy("Issues closed"),
    "decisions": gettext_lazy("Decisions to be done"),
    "decisions_late": gettext_lazy("Decisions overdue"),
    "projects": gettext_lazy("Projects under way"),
    "investment": gettext_lazy("Total investment under way"),
}
"""As ``meetings.sheets.figures`` names them: a snapshot keeps those names in the house's language alone."""


def _beyond(meeting: Meeting, rule: LightRule) -> list[Beyond]:
    urls = {
        Kind.DECISION: f"{reverse('meetings:decisions')}?state=open",
        Kind.OVERDUE: causes_url(),
        Kind.ISSUE: issues_url(open="true"),
        Kind.DATE_CHANGE: changes_url(*sorted(PENDING)),
        Kind.HOLD: held_over_url(LONG_HOLD),
        Kind.SLIP: f"{reverse('issues:slips')}?state=issued",
    }
    return [
        Beyond(str(GROUP_LABELS[Kind(kind)]), count - MOST_OF_A_KIND, urls[Kind(kind)])
        for kind, count in waiting_counts(meeting, rule).items()
        if count > MOST_OF_A_KIND
    ]
