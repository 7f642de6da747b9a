"""问题交办建议: whom an issue should be given to, which should be raised to a higher level, and what should become one.

Proposed by rules that ``domain.meetings`` states, each with why; people decide.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import chain

from accounts.models import User
from domain.issues import IssueStatus, Level
from domain.lights import LightRule
from domain.meetings import RAISE_BEYOND, RAISED_AT, next_level, suggested_due
from issues.models import Category, Issue
from issues.queries import IssueRow, each_issue_row
from milestones.models import Node
from milestones.queries import NodeRow, each_node_row
from milestones.querysets import NodeQuerySet
from screen.queries import overdue_causes


class Advice(StrEnum):
    """Give an issue to a unit, lift one to a higher level, or raise one for a node that is late without any."""

    ASSIGN = "assign"
    LIFT = "lift"
    RAISE = "raise"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What is proposed: that `unit` takes it at this `level` until a day. Exactly one of `issue` and `node` is there.

    `level_now` is that of the issue. `is_highest`: it is at the highest level already.
    """

    advice: Advice
    issue: IssueRow | None
    node: NodeRow | None
    unit: str
    level_now: Level | None
    level: Level
    due_on: date

    @property
    def project_id(self) -> int:
        return self.issue.project_id if self.issue else self.late_node.project_id

    @property
    def is_highest(self) -> bool:
        return self.advice == Advice.LIFT and self.level_now == self.level

    @property
    def late_node(self) -> NodeRow:
        """Raises ValueError where it is about an issue."""
        if self.node is None:
            raise ValueError("this suggestion is about an issue")
        return self.node


def suggestions(reader: User, rule: LightRule) -> Iterator[Suggestion]:
    """Issues that nobody has, then those that are late, the highest level first, then nodes that are late for long."""
    return chain(_to_assign(reader, rule), _to_lift(reader, rule), _to_raise(reader, rule))


def long_late(nodes: NodeQuerySet, rule: LightRule) -> NodeQuerySet:
    """Overdue causes that are late for more than ``RAISE_BEYOND`` working days and that no open issue blocks."""
    late = nodes.late_by_more_than(RAISE_BEYOND, rule)
    return overdue_causes(late, rule).exclude(pk__in=late.blocked().order_by().values("pk"))


def _to_assign(reader: User, rule: LightRule) -> Iterator[Suggestion]:
    usual = dict(Category.objects.order_by().values_list("code", "lead_unit__name"))
    raised = Issue.objects.visible_to(reader).filter(status=IssueStatus.RAISED)
    for row in each_issue_row(raised.order_by("-level", "raised_on", "pk"), rule):
        due_on = suggested_due(row.level, rule.today, rule.calendar)
        unit = usual[row.category_code] or ""
        yield Suggestion(Advice.ASSIGN, row, None, unit, row.level, row.level, due_on)


def _to_lift(reader: User, rule: LightRule) -> Iterator[Suggestion]:
    late = Issue.objects.visible_to(reader).late(rule.today).exclude(status=IssueStatus.RAISED)
    for row in each_issue_row(late.order_by("-level", "due_on", "pk"), rule):
        level = next_level(row.level)
        due_on = suggested_due(level, rule.today, rule.calendar)
        yield Suggestion(Advice.LIFT, row, None, row.unit, row.level, level, due_on)


def _to_raise(reader: User, rule: LightRule) -> Iterator[Suggestion]:
    due_on = suggested_due(RAISED_AT, rule.today, rule.calendar)
    for row in each_node_row(long_late(Node.objects.visible_to(reader), rule), rule):
        yield Suggestion(Advice.RAISE, None, row, row.unit or row.town, None, RAISED_AT, due_on)
