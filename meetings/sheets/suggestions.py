"""问题交办建议: what is proposed for issues and for nodes that are late for long, each row with why."""

from collections.abc import Iterable, Iterator

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from domain.issues import Level
from domain.meetings import RAISE_BEYOND
from issues.models import LEVEL_LABELS
from issues.queries import IssueRow
from meetings.suggestions import Advice, Suggestion
from milestones.queries import NodeRow
from milestones.sheet import Cell, Column, Kind

PROJECT_COLUMN = 4
"""Where the name of the project stands."""


def suggestion_columns() -> list[Column]:
    return [
        Column(_("No."), 5, Kind.NUMBER),
        Column(_("Suggestion"), 12, Kind.WORD),
        Column(_("Number of the issue"), 12, Kind.WORD),
        Column(_("What it is about"), 30),
        Column(_("Project"), 26),
        Column(_("Town"), 13, Kind.WORD),
        Column(_("Category"), 14, Kind.WORD),
        Column(_("Level now"), 15, Kind.WORD),
        Column(_("Suggested level"), 15, Kind.WORD),
        Column(_("Suggested lead unit"), 16),
        Column(_("Suggested due date"), 12, Kind.DAY),
        Column(pgettext("of a suggestion", "Why"), 40),
    ]


def suggestion_cells(rows: Iterable[Suggestion]) -> Iterator[list[Cell]]:
    words = {
        Advice.ASSIGN: pgettext("suggestion", "assign it"),
        Advice.LIFT: pgettext("suggestion", "raise its level"),
        Advice.RAISE: pgettext("suggestion", "raise an issue"),
    }
    levels: dict[Level | None, str] = {level: str(label) for level, label in LEVEL_LABELS.items()}
    for number, row in enumerate(rows, start=1):
        yield [
            number, words[row.advice], row.issue.number if row.issue else "", *_subject(row),
            levels.get(row.level_now, ""), levels[row.level], row.unit, row.due_on, why(row),
        ]  # fmt: skip


def _subject(row: Suggestion) -> list[Cell]:
    """What it is about, the project, the town, the category."""
    if row.issue:
        return [row.issue.title, row.issue.project, row.issue.town, row.issue.category]
    node = row.late_node
    return [node.label, node.project, node.town, ""]


def why(row: Suggestion) -> str:
    """The rule that proposes it, with the figures of the row."""
    if row.issue is None:
        return _why_raise(row.late_node)
    return _why_assign(row, row.issue) if row.advice == Advice.ASSIGN else _why_lift(row, row.issue)


def _why_assign(row: Suggestion, issue: IssueRow) -> str:
    said = {"day": issue.raised_on.isoformat(), "days": issue.age, "unit": row.unit}
    if not row.unit:
        return (
            _("Raised on %(day)s, %(days)s days ago; nobody has it, and its category names no lead unit.")
            % said
        )
    return (
        _("Raised on %(day)s, %(days)s days ago; nobody has it. %(unit)s usually leads this category.") % said
    )


def _why_lift(row: Suggestion, issue: IssueRow) -> str:
    said = {"day": issue.due_on.isoformat() if issue.due_on else "", "days": issue.days_late}
    if row.is_highest:
        return _("Due on %(day)s, %(days)s working days late; it is at the highest level already.") % said
    return _("Due on %(day)s, %(days)s working days late: one level higher.") % said


def _why_raise(node: NodeRow) -> str:
    said = {"days": node.days_late, "beyond": RAISE_BEYOND, "nodes": node.holds_up}
    late = _("%(days)s working days late, more than %(beyond)s, without an open issue.") % said
    if not node.holds_up:
        return late
    behind = (
        ngettext("%(nodes)s node waits behind it.", "%(nodes)s nodes wait behind it.", node.holds_up) % said
    )
    return f"{late} {behind}"
