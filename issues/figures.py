"""How many issues were raised and closed in a period, how fast, and against the same period a year earlier.

All figures are of the facts as they stand today: a reopened issue counts as open since it was raised, and an issue
counts for the unit that leads it and the category that it has now. Days are calendar days.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import connections, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Count, F, Func, Q
from django.db.models.sql.compiler import SQLCompiler

from accounts.models import Unit
from domain.issue_figures import Period, added_up, median, percentile, share
from domain.lights import LightRule
from issues.models import Category
from issues.querysets import IssueQuerySet
from milestones import obstacles
from milestones.obstacles import Because
from milestones.querysets import NodeQuerySet

TOP_TOPICS = 5
SLOWEST = 90
"""The percentile that says how long it takes where it takes long."""


@dataclass(frozen=True, slots=True)
class Figures:
    """Of one period. `open` is at the end of its last day; `on_time` were closed on or before their due date.

    `median_days` and `slow_days` (the 90th percentile) are calendar days from raised to closed, by nearest rank; None
    where nothing was closed.
    """

    raised: int = 0
    closed: int = 0
    open: int = 0
    on_time: int = 0
    median_days: int | None = None
    slow_days: int | None = None

    @property
    def on_time_percent(self) -> int | None:
        return share(self.on_time, self.closed)


@dataclass(frozen=True, slots=True)
class Compared:
    """The figures of a period, and those of the same period a year earlier."""

    now: Figures
    before: Figures


@dataclass(frozen=True, slots=True)
class FiguresOf:
    """The figures of one lead unit or category; `key` asks a list for its issues, blank for no unit yet."""

    key: str
    label: str
    figures: Compared


@dataclass(frozen=True, slots=True)
class TopicFigures:
    """How many projects have an open issue of a topic at the end of the period, and how many issues these are."""

    pk: int
    name: str
    projects: int
    issues: int


@dataclass(frozen=True, slots=True)
class OnTopics:
    """So many projects wait for so many topics; `top` are those with the most projects."""

    projects: int
    topics: int
    top: tuple[TopicFigures, ...]


@dataclass(frozen=True, slots=True)
class IssueFigures:
    """What the page of figures shows of a period, beside the same period a year earlier."""

    period: Period
    before: Period
    whole: Compared
    units: tuple[FiguresOf, ...]
    categories: tuple[FiguresOf, ...]
    topics: OnTopics


class _DaysBetween(Func):
    """Calendar days from the second date to the first, by the database: a whole number, no interval."""

    output_field = models.IntegerField()
    arity = 2
    template, arg_joiner = "(%(expressions)s)", " - "

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **more: Any) -> Any:
        return self.as_sql(
            compiler, connection, template="CAST(julianday(%(expressions)s) AS INTEGER)",
            arg_joiner=") - julianday(", **more,
        )  # fmt: skip


@dataclass(slots=True)
class _Tally:
    """What is counted of one period of one group: days to close → how many, and the rest."""

    raised: int = 0
    open: int = 0
    on_time: int = 0
    days: dict[int, int] = field(default_factory=dict)

    def figures(self) -> Figures:
        return Figures(
            raised=self.raised, open=self.open, on_time=self.on_time, closed=sum(self.days.values()),
            median_days=median(self.days), slow_days=percentile(self.days, SLOWEST),
        )  # fmt: skip


_Tallies = tuple[_Tally, _Tally]
"""Of the period and of the one a year earlier."""


def issue_figures(issues: IssueQuerySet, period: Period) -> IssueFigures:
    """The figures of `issues` in `period`; thirteen questions, however many there are."""
    before = period.year_earlier()
    units, categories = _tallied(issues, (period, before))
    # Both in the order in which they are offered everywhere.
    names = dict(Unit.objects.values_list("pk", "name"))
    return IssueFigures(
        period=period,
        before=before,
        whole=_compared(_sum(pair[0] for pair in units.values()), _sum(pair[1] for pair in units.values())),
        units=tuple(
            FiguresOf(str(pk or ""), names[pk] if pk else "", _compared(*units[pk]))
            for pk in (*names, None)
            if pk in units
        ),
        categories=tuple(
            FiguresOf(one.code, one.label, _compared(*categories[one.pk]))
            for one in Category.objects.all()
            if one.pk in categories
        ),
        topics=_on_topics(issues.open_on(period.last)),
    )


def why_overdue(nodes: NodeQuerySet, rule: LightRule) -> Because:
    """Of the overdue ones among `nodes` that wait for no other, which the overdue list opens with: how many are
    blocked, by which category, at which lead unit. Two questions."""
    return obstacles.source().because(nodes.overdue(rule).not_held_up())


def _tallied(
    issues: IssueQuerySet, periods: tuple[Period, Period]
) -> tuple[dict[Any, _Tallies], dict[Any, _Tallies]]:
    """The tallies of both periods by lead unit, and by category."""
    units: dict[Any, _Tallies] = defaultdict(lambda: (_Tally(), _Tally()))
    categories: dict[Any, _Tallies] = defaultdict(lambda: (_Tally(), _Tally()))
    for place, period in enumerate(periods):
        for unit, category, raised in _counted(issues.raised_between(period.first, period.last)):
            units[unit][place].raised += raised
            categories[category][place].raised += raised
        for still_open in _open_on(issues, period.last):
            for unit, category, count in _counted(still_open):
                units[unit][place].open += count
                categories[category][place].open += count
        closed = issues.closed_between(period.first, period.last)
        for group, found in (("lead_unit_id", units), ("category_id", categories)):
            for key, days, count, on_time in _durations(closed, group):
                found[key][place].days[days] = count
                found[key][place].on_time += on_time
    return units, categories


def _counted(issues: IssueQuerySet) -> Any:
    return issues.order_by().values_list("lead_unit_id", "category_id").annotate(count=Count("*"))


def _open_on(issues: IssueQuerySet, day: date) -> tuple[IssueQuerySet, IssueQuerySet]:
    """What ``IssueQuerySet.open_on`` says in one, in two: each a range of an index (a tenth of the time)."""
    raised = issues.filter(raised_on__lte=day)
    return raised.filter(closed_on__isnull=True), raised.filter(closed_on__gt=day)


def _durations(closed: IssueQuerySet, group: str) -> list[tuple[int, int, int, int]]:
    """How often it took so many days, and how many of these were in time, by unit or by category.

    Not by both at once: that would be a row for almost every issue.
    """
    rows: Any = closed.order_by().annotate(days=_DaysBetween("closed_on", "raised_on"))
    # The count is of a column of the index, so that the database reads nothing else.
    rows = rows.values_list(group, "days").annotate(
        count=Count("*"), on_time=Count("closed_on", filter=Q(closed_on__lte=F("due_on")))
    )
    # Thousands of rows of nothing but whole numbers: converting each of them takes as long as finding them.
    with connections[rows.db].cursor() as cursor:
        cursor.execute(*rows.query.sql_with_params())
        found: list[tuple[int, int, int, int]] = cursor.fetchall()
    return found


def _sum(tallies: Iterable[_Tally]) -> _Tally:
    parts = list(tallies)
    return _Tally(
        raised=sum(one.raised for one in parts), open=sum(one.open for one in parts),
        on_time=sum(one.on_time for one in parts), days=added_up(one.days for one in parts),
    )  # fmt: skip


def _compared(now: _Tally, before: _Tally) -> Compared:
    return Compared(now.figures(), before.figures())


def _on_topics(issues: IssueQuerySet) -> OnTopics:
    rows: Any = issues.filter(topic__isnull=False).order_by()
    by_topic: dict[tuple[int, str], dict[int, int]] = defaultdict(dict)
    for topic, name, project, count in rows.values_list("topic_id", "topic__name", "project_id").annotate(
        count=Count("pk")
    ):
        by_topic[topic, name][project] = count
    topics = [TopicFigures(pk, name, len(of), sum(of.values())) for (pk, name), of in by_topic.items()]
    topics.sort(key=lambda one: (-one.projects, one.pk))
    projects = {project for of in by_topic.values() for project in of}
    return OnTopics(len(projects), len(topics), tuple(topics[:TOP_TOPICS]))


def change(now: int | None, before: int | None) -> int | None:
    """How much more it is than a year earlier; None where one of the two does not exist."""
    return None if now is None or before is None else now - before
