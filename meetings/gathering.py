"""Gathering a week from the database: what its workbook and the page of its meeting show, of one moment.

The figures come from where the pages take them: ``screen_of``, ``agenda_of``, ``each_node_row`` and ``project_rows``.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache

from django.db import connection, transaction
from django.db.models import Count
from django.utils import timezone

from accounts.access import sees_the_district
from accounts.models import User
from domain.lights import LightRule
from domain.meetings import Marks, differences
from issues.models import Category, Issue
from meetings.agenda_rows import agenda_rows
from meetings.changes import changes_in_words
from meetings.models import Meeting, Snapshot
from meetings.queries import agenda_of
from meetings.settled import CLOSED_WITHIN, Since, closed_since
from meetings.sheets.definitions import scope_of, templates_in_use
from meetings.sheets.overview import Compared, overview_of
from meetings.sheets.tables import Reading, since_in_words, tables
from meetings.snapshot import load, load_marks, unpack
from meetings.week import Trend, Versions, Week
from milestones.calendar_table import calendar_version
from milestones.models import Node
from screen.queries import screen_of
from screen.race.queries import meeting_race

RULES = "2026-11.2"
"""Names the rules of ``domain/`` by which figures are computed; a change of a rule that moves a figure changes it."""

WEEKS_OF_TREND = 12
"""How many weeks the trend shows, this one among them."""


@dataclass(frozen=True, slots=True)
class Before:
    """What is compared with: the marks of the last snapshot, the day it was taken, the figures of those before."""

    day: date | None = None
    marks: Marks | None = None
    figures: tuple[tuple[str, Mapping[str, float]], ...] = ()
    """Of each week its name and its figures, the oldest first."""


def gather_week(reader: User, rule: LightRule, now: datetime, *, meeting: Meeting | None = None) -> Week:
    """The week of what `reader` may see on the day of `rule`, made at `now`, for a `meeting` or for none.

    The rows of its tables are read as they are written: within ``one_moment``, or ``kept`` there.
    """
    screen = screen_of(reader, rule)
    before = _before(meeting, rule.today)
    since = _since(before, screen.span.monday)
    agenda = agenda_of(reader, rule, since.first)
    marks = marks_of(reader, rule, since)
    closed = closed_since(Issue.objects.visible_to(reader), since, rule.today).order_by().count()
    race = cache(lambda: meeting_race(rule, now))
    of = Reading(reader, rule, now, meeting, since, screen, agenda, closed, race)
    # A snapshot is of the whole district: beside the figures of a part its figures would say nothing, and too much.
    comparable = before if sees_the_district(reader) else Before()
    overview = overview_of(
        screen, agenda, closed=closed, since=since_in_words(of), categories=open_by_category(reader),
        compared=Compared(
            figures=comparable.figures[-1][1] if comparable.figures else {},
            changes=changes_in_words(differences(comparable.marks, marks)) if comparable.marks else (),
            trend=_trend(comparable, meeting or _meeting_on(rule.today), causes=screen.causes, issues=agenda.issues),
        ),
    )  # fmt: skip
    return Week(
        name=meeting.number if meeting else "",
        made_at=now, day=rule.today, scope=scope_of(reader),
        versions=Versions(
            calendar_version(), RULES, tuple(template.label for template in templates_in_use(reader))
        ),
        overview=overview,
        tables=tuple(tables(of)),
        agenda=tuple(agenda_rows(meeting, rule)) if meeting else (),
        marks=marks,
        race=race,
    )  # fmt: skip


def week_of(snapshot: Snapshot) -> Week:
    """The week that was frozen. Raises RuleError where it is no longer what was frozen."""
    return load(unpack(bytes(snapshot.content), snapshot.sha256))


def marks_of(reader: User, rule: LightRule, since: Since) -> Marks:
    """By what this week is compared with the one before, which was cut off `since` then, and with the next."""
    nodes, issues = Node.objects.visible_to(reader), Issue.objects.visible_to(reader).order_by()
    first = min(rule.today - CLOSED_WITHIN, since.day)
    closed = issues.closed_between(first, rule.today).values_list("pk", "closed_on")
    return Marks(
        overdue=frozenset(nodes.overdue(rule).order_by().values_list("pk", flat=True)),
        blocked=frozenset(nodes.open().blocked().order_by().values_list("pk", flat=True)),
        raised=frozenset(issues.raised_between(first, rule.today).values_list("pk", flat=True)),
        closed=frozenset((pk, str(closed_on)) for pk, closed_on in closed),
    )


def open_by_category(reader: User) -> list[tuple[str, int]]:
    """How many issues of each category are open, the category with most of them first."""
    opened = Issue.objects.visible_to(reader).open().order_by().values_list("category")
    counts = dict(opened.annotate(issues=Count("pk")))
    labels = {category.pk: category.label for category in Category.objects.filter(pk__in=counts)}
    return sorted(((labels[pk], count) for pk, count in counts.items()), key=lambda pair: (-pair[1], pair[0]))


@contextmanager
def one_moment() -> Iterator[None]:
    """All that is read sees the same state of the database, whatever is changed meanwhile."""
    is_outermost = not connection.in_atomic_block
    with _only_reading() if is_outermost else nullcontext(), transaction.atomic():
        if is_outermost and connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


@contextmanager
def _only_reading() -> Iterator[None]:
    """SQLite has one writer at a time, and elsewhere here every transaction begins as one; who only reads must not."""
    begins = getattr(connection, "transaction_mode", None)
    if begins is None:
        yield
        return
    connection.transaction_mode = "DEFERRED"  # type: ignore[attr-defined]
    try:
        yield
    finally:
        connection.transaction_mode = begins  # type: ignore[attr-defined]


def _before(meeting: Meeting | None, today: date) -> Before:
    """The snapshots of the weeks before this one; of the last one also its marks."""
    earlier = Meeting.objects.frozen().before(meeting or _meeting_on(today)).filter(snapshot__isnull=False)
    weeks = earlier.values_list("year", "week", "snapshot__figures", "snapshot", "snapshot__taken_at")
    found = list(weeks[: WEEKS_OF_TREND - 1])
    if not found:
        return Before()
    _year, _week, _figures, last, taken_at = found[0]
    snapshot = Snapshot.objects.get(pk=last)
    return Before(
        day=timezone.localdate(taken_at), marks=load_marks(unpack(bytes(snapshot.content), snapshot.sha256)),
        figures=tuple((_week_name(year, week), figures) for year, week, figures, *_rest in reversed(found)),
    )  # fmt: skip


def _meeting_on(day: date) -> Meeting:
    """The week of a day, as if it had its meeting."""
    year, week, _weekday = day.isocalendar()
    return Meeting(year=year, week=week)


def _since(before: Before, monday: date) -> Since:
    if before.day is None or before.marks is None:
        return Since(monday - timedelta(days=1))
    return Since(before.day, before.marks.closed, is_cut_off=True)


def _trend(before: Before, meeting: Meeting, *, causes: int, issues: int) -> tuple[Trend, ...]:
    return (
        *(
            Trend(name, int(kept.get("causes", 0)), int(kept.get("issues", 0)))
            for name, kept in before.figures
        ),
        Trend(_week_name(meeting.year, meeting.week), causes, issues),
    )


def _week_name(year: int, week: int) -> str:
    """Two signs of the year: twelve of them stand side by side."""
    return f"{year % 100:02d}-{week:02d}"
