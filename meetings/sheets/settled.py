"""本周销号 and 议定事项: what was closed since the last meeting, and what meetings have decided."""

from collections.abc import Iterable, Iterator

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from issues.models import LEVEL_LABELS
from meetings.models import DECISION_LABELS
from meetings.settled import ClosedRow, DecisionRow
from milestones.sheet import Cell, Column, Kind

CLOSED_PROJECT = 2
DECISION_PROJECT = 3
"""Where the name of the project stands."""


def closed_columns() -> list[Column]:
    return [
        Column(pgettext("of an issue", "Number"), 11, Kind.WORD),
        Column(pgettext("of an issue", "What stands in the way"), 26),
        Column(_("Project"), 26),
        Column(_("Town"), 12, Kind.WORD),
        Column(_("Category"), 14, Kind.WORD),
        Column(_("Level"), 14, Kind.WORD),
        Column(_("Lead unit"), 15),
        Column(_("Raised"), 12, Kind.DAY),
        Column(pgettext("of an issue", "Due"), 12, Kind.DAY),
        Column(_("Closed"), 12, Kind.DAY),
        Column(_("Days it took"), 8, Kind.NUMBER),
        Column(_("Proof"), 22),
        Column(_("Verified by"), 10, Kind.WORD),
        Column(_("Rating"), 8, Kind.NUMBER),
        Column(_("What the enterprise says"), 22),
    ]


def closed_cells(rows: Iterable[ClosedRow]) -> Iterator[list[Cell]]:
    levels = {level: str(label) for level, label in LEVEL_LABELS.items()}
    for row in rows:
        yield [
            row.number, row.title, row.project, row.town, row.category, levels[row.level], row.unit, row.raised_on,
            row.due_on, row.closed_on, row.days, "、".join(row.proofs), row.verifier, row.rating, row.rating_text,
        ]  # fmt: skip


def decision_columns() -> list[Column]:
    return [
        Column(pgettext("of a decision", "Number"), 12, Kind.WORD),
        Column(_("What was decided"), 40),
        Column(pgettext("of a decision", "Decided on"), 12, Kind.DAY),
        Column(_("Project"), 26),
        Column(_("Lead unit"), 16),
        Column(pgettext("of a decision", "Due"), 12, Kind.DAY),
        Column(_("State"), 11, Kind.WORD),
        Column(_("Working days late"), 8, Kind.NUMBER),
        Column(_("What came of it"), 30),
        Column(_("Reported by"), 10, Kind.WORD),
        Column(_("Reported on"), 12, Kind.DAY),
        Column(_("Verified by"), 10, Kind.WORD),
        Column(_("Verified on"), 12, Kind.DAY),
        Column(_("Times sent back"), 8, Kind.NUMBER),
    ]


def decision_cells(rows: Iterable[DecisionRow]) -> Iterator[list[Cell]]:
    states = {status: str(label) for status, label in DECISION_LABELS.items()}
    for row in rows:
        yield [
            row.number, row.text, row.taken_on, "、".join(row.projects), row.unit, row.due_on, states[row.status],
            row.days_late if row.is_late else None, row.outcome, row.done_by, row.done_on, row.verified_by,
            row.verified_on, row.returned or None,
        ]  # fmt: skip
