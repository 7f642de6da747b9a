"""What the weekly meeting looks at beside the one screen: holds, waivers, idle nodes, other dates."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from django.db.models import Count, OuterRef, Subquery
from django.utils import timezone

from accounts.models import User
from domain.date_changes import RequestStatus
from domain.lifecycle import Status
from domain.lights import LONG_HOLD, LightRule
from issues.models import Issue
from issues.querysets import IssueQuerySet
from meetings.models import Decision
from milestones.models import DateChange, DateChangeItem, Hold, Node, in_reader_language
from milestones.queries import NodeRow, node_rows
from milestones.querysets import DateChangeQuerySet, NodeQuerySet
from screen.queries import Span, overdue_causes


@dataclass(frozen=True, slots=True)
class Agenda:
    """How many rows there are of each. `held` includes `long_held`, what is on hold for more than 30 days.

    `decisions` are still to be done or verified, `decisions_late` of them overdue. `waiting` date changes have been
    asked for or sent back; `waived` and `decided` count since `first`. `issues_late`
    are among the `issues`, which are open; `blocked` are the overdue causes that an open issue blocks.
    """

    span: Span
    first: date
    idle: int
    held: int
    long_held: int
    waived: int
    waiting: int
    decided: int
    issues: int
    issues_late: int
    blocked: int
    decisions: int
    decisions_late: int


def agenda_of(reader: User, rule: LightRule, first: date | None = None) -> Agenda:
    """The counts of what `reader` may see on the day of `rule`; the week began on the day `first`, or on Monday."""
    span, nodes = Span.around(rule), Node.objects.visible_to(reader)
    changes = DateChange.objects.visible_to(reader)
    held = nodes.filter(status=Status.HELD).order_by()
    issues = Issue.objects.visible_to(reader).order_by()
    decisions = Decision.objects.visible_to(reader).order_by()
    first = first or span.monday
    return Agenda(
        span=span,
        first=first,
        idle=nodes.idle(rule).order_by().count(),
        held=held.count(),
        long_held=held.held_longer_than(LONG_HOLD, rule.today).count(),
        waived=nodes.waived_between(first, span.today).order_by().count(),
        waiting=changes.pending().order_by().count(),
        decided=changes.decided_between(first, span.today).order_by().count(),
        issues=issues.open().count(),
        issues_late=issues.late(rule.today).count(),
        blocked=overdue_causes(nodes, rule).blocked().order_by().count(),
        decisions=decisions.unsettled().count(),
        decisions_late=decisions.late(rule.today).count(),
    )


def agenda_issues(issues: IssueQuerySet) -> IssueQuerySet:
    """The open ones of `issues`: the highest level first, of each the oldest."""
    return issues.open().order_by("-level", "raised_on", "pk")


def idle_rows(nodes: NodeQuerySet, rule: LightRule) -> list[NodeRow]:
    """The idle ones of `nodes`, those first that could have been started longest ago."""
    rows = node_rows(nodes.idle(rule).order_by("pk"), rule)
    return sorted(rows, key=lambda row: row.ready_on or rule.today)


class Standstill(StrEnum):
    """Why nothing is done at a node: on hold for more than 30 days, on hold, not started though it could be for more
    than 5 working days, or waived this week."""

    LONG_HELD = "long_held"
    HELD = "held"
    IDLE = "idle"
    WAIVED = "waived"


@dataclass(frozen=True, slots=True)
class StandingRow:
    """A node at a standstill `since` a day, so many calendar days ago, and the reason on record.

    Several open holds of a node are one row: the first day of all, and each reason.
    """

    kind: Standstill
    row: NodeRow
    since: date
    days: int
    reason: str
    notice_no: str


def standing_rows(nodes: NodeQuerySet, rule: LightRule, first: date) -> Iterator[StandingRow]:
    """What is on hold, the longest first, what could have been started long ago, then what was waived since `first`."""
    held = node_rows(nodes.filter(status=Status.HELD).order_by("held_on", "pk"), rule)
    reasons = _reasons([row.pk for row in held])
    for row in held:
        since = row.held_on or rule.today
        days = (rule.today - since).days
        kind = Standstill.LONG_HELD if days > LONG_HOLD else Standstill.HELD
        yield StandingRow(kind, row, since, days, *reasons[row.pk])
    for row in idle_rows(nodes, rule):
        since = row.ready_on or rule.today
        yield StandingRow(Standstill.IDLE, row, since, (rule.today - since).days, "", "")
    waived = nodes.waived_between(first, rule.today).order_by("waived_on", "pk")
    why = {pk: (on, reason) for pk, on, reason in waived.values_list("pk", "waived_on", "waived_reason")}
    for row in node_rows(waived, rule):
        on, reason = why[row.pk]
        since = on or rule.today
        yield StandingRow(Standstill.WAIVED, row, since, (rule.today - since).days, reason, "")


def _reasons(nodes: Sequence[int]) -> dict[int, tuple[str, str]]:
    """Why each node is on hold, and the numbers of the notices."""
    found: dict[int, list[tuple[str, str]]] = defaultdict(list)
    holds = Hold.objects.open().filter(node__in=nodes).order_by("held_on", "pk")
    for node, reason, notice_no in holds.values_list("node_id", "reason", "notice_no"):
        found[node].append((reason, notice_no))
    return {
        pk: ("；".join(reason for reason, _no in found[pk]), "、".join(no for _reason, no in found[pk] if no))
        for pk in nodes
    }


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """A request for another date of a node, and what became of it.

    It moves the node's own date by `days` working days, and the dates of `moved` nodes, itself included.
    """

    status: RequestStatus
    project_id: int
    project: str
    town: str
    node: str
    unit: str
    due_before: date | None
    due_after: date | None
    days: int | None
    moved: int
    reason: str
    text: str
    asked_by: str
    asked_on: date
    decided_by: str
    decided_on: date | None
    answer: str


def change_rows(changes: DateChangeQuerySet, rule: LightRule, first: date) -> Iterator[ChangeRow]:
    """What waits for an answer, the longest first, then what was decided since `first`, the latest first."""
    waiting = changes.pending().order_by("asked_at", "pk")
    decided = changes.decided_between(first, rule.today).order_by("-decided_at", "-pk")
    for found in (waiting, decided):
        own = DateChangeItem.objects.filter(change=OuterRef("pk"), node=OuterRef("node"))
        read = found.annotate(
            before=Subquery(own.values("due_before")), after=Subquery(own.values("due_after")),
            moved=Count("items"),
        )  # fmt: skip
        for values in read.values_list(*_CHANGE_PATHS).iterator(chunk_size=2000):
            yield _change_row(values, rule)


_CHANGE_PATHS = (
    "status", "node__project_id", "node__project__name", "node__project__town__name", "node__template_node__name",
    "node__template_node__name_en", "node__unit__name", "before", "after", "moved", "reason", "text",
    "asked_by__display_name", "asked_by__username", "asked_at", "decided_by__display_name",
    "decided_by__username", "decided_at", "answer",
)  # fmt: skip


def _change_row(values: Sequence[Any], rule: LightRule) -> ChangeRow:
    (
        status, project_id, project, town, name, name_en, unit, before, after, moved, reason, text,
        asker, asker_login, asked_at, decider, decider_login, decided_at, answer,
    ) = values  # fmt: skip
    return ChangeRow(
        status=RequestStatus(status), project_id=project_id, project=project, town=town,
        node=in_reader_language(name, name_en), unit=unit or "", due_before=before, due_after=after,
        days=rule.calendar.count(before, after) if before and after else None, moved=moved,
        reason=str(DateChange.Reason(reason).label), text=text, asked_by=asker or asker_login,
        asked_on=timezone.localdate(asked_at), decided_by=decider or decider_login or "",
        decided_on=timezone.localdate(decided_at) if decided_at else None, answer=answer,
    )  # fmt: skip
