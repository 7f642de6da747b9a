"""Which due dates stand in a person's calendar."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from accounts.models import User
from domain.lifecycle import Status
from domain.lights import Light, LightRule
from milestones.graph import steps_of
from milestones.models import Node
from milestones.my_work import my_nodes
from milestones.querysets import NodeQuerySet
from notices.models import CalendarFeed

DAYS_BACK, DAYS_AHEAD = 60, 400
"""Calendar days around today. What has been overdue for longer is counted on today's date instead: nobody
turns a calendar back that far, and it must not be forgotten."""

MOST_PAST, MOST_AHEAD = 500, 1500
"""So many dates on either side of today, the nearest first: in a district of 400,000 nodes the overdue ones
alone would leave no room for what is to come."""

_PATHS = (
    "pk", "template_node_id", "template_node__template_id", "status", "limit", "due_on", "limit_on",
    "deadline_on", "held_on", "version", "unit__name", "project_id", "project__name", "project__town__name",
)  # fmt: skip


class _Facts(NamedTuple):
    """What is read of a node; ``_PATHS`` says from where."""

    pk: int
    step: int
    template: int
    status: str
    limit: int | None
    due_on: date | None
    limit_on: date | None
    deadline_on: date
    held_on: date | None
    version: int
    unit: str | None
    project_id: int
    project: str
    town: str


@dataclass(frozen=True, slots=True)
class DueDate:
    """One open node on the day that counts for it, `on`. Days late are working days."""

    pk: int
    on: date
    label: str
    is_key: bool
    project_id: int
    project: str
    town: str
    unit: str
    light: Light
    days_late: int
    is_knocked_on: bool
    held_on: date | None
    due_on: date | None
    is_due_provisional: bool
    limit_on: date | None
    is_limit_provisional: bool
    version: int


@dataclass(frozen=True, slots=True)
class DueDates:
    """The dates of a calendar as of `today`; `older` nodes have been overdue since before `first`."""

    today: date
    first: date
    rows: tuple[DueDate, ...]
    older: int
    is_cut: bool


def default_scope(user: User) -> CalendarFeed.Scope:
    """One's own duty; who has none by his or her role sees all."""
    is_leader = user.role == User.Role.LEADER
    return CalendarFeed.Scope.SEEN if is_leader else CalendarFeed.Scope.OWN


def due_dates(user: User, scope: str, rule: LightRule) -> DueDates:
    """What `user` may see now, in the language that is active. Four queries, however many dates there are."""
    nodes, first = _open_nodes(user, scope), rule.today - timedelta(days=DAYS_BACK)
    past, ahead = _past(nodes, rule.today), _ahead(nodes, rule.today)
    before = [_Facts(*row) for row in past.values_list(*_PATHS)[: MOST_PAST + 1]]
    after = [_Facts(*row) for row in ahead.values_list(*_PATHS)[: MOST_AHEAD + 1]]
    facts = [*reversed(before[:MOST_PAST]), *after[:MOST_AHEAD]]
    waiting = _knocked_on(facts, rule)
    return DueDates(
        today=rule.today,
        first=first,
        rows=tuple([_due_date(row, rule, is_knocked_on=row.pk in waiting) for row in facts]),
        older=nodes.overdue(rule).filter(deadline_on__lt=first).count(),
        is_cut=len(before) > MOST_PAST or len(after) > MOST_AHEAD,
    )


def count_due_dates(user: User, scope: str, today: date) -> int:
    """How many rows ``due_dates`` would have."""
    nodes = _open_nodes(user, scope)
    past, ahead = _past(nodes, today).order_by(), _ahead(nodes, today).order_by()
    return past[:MOST_PAST].count() + ahead[:MOST_AHEAD].count()


def _open_nodes(user: User, scope: str) -> NodeQuerySet:
    if scope == CalendarFeed.Scope.OWN:
        # A unit's managers may change its nodes also where the unit does not take part in the project.
        return my_nodes(user).visible_to(user)
    return Node.objects.visible_to(user).open()


def _past(nodes: NodeQuerySet, today: date) -> NodeQuerySet:
    first = today - timedelta(days=DAYS_BACK)
    return nodes.filter(deadline_on__gte=first, deadline_on__lt=today).order_by("-deadline_on", "-pk")


def _ahead(nodes: NodeQuerySet, today: date) -> NodeQuerySet:
    last = today + timedelta(days=DAYS_AHEAD)
    return nodes.filter(deadline_on__gte=today, deadline_on__lte=last).order_by("deadline_on", "pk")


def _knocked_on(facts: list[_Facts], rule: LightRule) -> set[int]:
    """Those that are overdue only because something before them is still open."""
    late = [row.pk for row in facts if row.deadline_on < rule.today and row.status != Status.HELD]
    return set(Node.objects.filter(pk__in=late).held_up().values_list("pk", flat=True)) if late else set()


def _due_date(row: _Facts, rule: LightRule, *, is_knocked_on: bool) -> DueDate:
    step = steps_of(row.template)[row.step]
    light = rule.light(Status(row.status), row.due_on, row.limit_on, row.limit)
    return DueDate(
        pk=row.pk, on=row.deadline_on, label=step.label, is_key=step.is_key,
        project_id=row.project_id, project=row.project, town=row.town, unit=row.unit or "",
        light=light, days_late=rule.days_late(row.deadline_on) if light == Light.RED else 0,
        is_knocked_on=is_knocked_on, held_on=row.held_on,
        due_on=row.due_on, is_due_provisional=_is_provisional(row.due_on, rule),
        limit_on=row.limit_on, is_limit_provisional=_is_provisional(row.limit_on, rule),
        version=row.version,
    )  # fmt: skip


def _is_provisional(day: date | None, rule: LightRule) -> bool:
    return day is not None and rule.calendar.is_provisional(day)
