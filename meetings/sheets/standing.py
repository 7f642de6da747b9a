"""停表免办 and 延期申请: where nothing is done, and which dates are to move."""

from collections.abc import Iterable, Iterator

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from domain.lights import IDLE_AFTER, LONG_HOLD
from meetings.queries import ChangeRow, StandingRow, Standstill
from milestones.models import REQUEST_LABELS
from milestones.sheet import Cell, Column, Kind

PROJECT_COLUMN = 2
"""Where the name of the project stands, in both sheets."""


def standing_columns() -> list[Column]:
    return [
        Column(_("No."), 5, Kind.NUMBER),
        Column(_("What"), 14, Kind.WORD),
        Column(_("Project"), 24),
        Column(_("Town"), 13, Kind.WORD),
        Column(_("Node"), 19),
        Column(_("Responsible unit"), 15),
        Column(_("Liaison"), 9, Kind.WORD),
        Column(_("Since"), 12, Kind.DAY),
        Column(_("Days since then"), 8, Kind.NUMBER),
        Column(_("Working days on hold"), 8, Kind.NUMBER),
        Column(_("Due until now"), 12, Kind.DAY),
        Column(_("Reason"), 28),
        Column(_("Number of the notice"), 14),
        Column(_("Nodes it holds up"), 8, Kind.NUMBER),
        Column(_("Key nodes it holds up"), 16),
    ]


def standing_cells(rows: Iterable[StandingRow]) -> Iterator[list[Cell]]:
    words = {
        Standstill.LONG_HELD: _("on hold over %(days)s days") % {"days": LONG_HOLD},
        Standstill.HELD: _("on hold"),
        Standstill.IDLE: pgettext("mark of a node", "idle"),
        Standstill.WAIVED: _("waived this week"),
    }
    startable = _("could be started, and was not for more than %(days)s working days") % {"days": IDLE_AFTER}
    for number, standing in enumerate(rows, start=1):
        row = standing.row
        reason = startable if standing.kind == Standstill.IDLE else standing.reason
        yield [
            number, words[standing.kind], row.project, row.town, row.label, row.unit, row.liaison,
            standing.since, standing.days, row.days_held if row.held_on else None, row.deadline_on,
            reason, standing.notice_no, row.holds_up or None, "、".join(row.holds_up_keys),
        ]  # fmt: skip


def change_columns() -> list[Column]:
    return [
        Column(_("No."), 5, Kind.NUMBER),
        Column(_("Status"), 10, Kind.WORD),
        Column(_("Project"), 24),
        Column(_("Town"), 13, Kind.WORD),
        Column(_("Node"), 18),
        Column(_("Responsible unit"), 14),
        Column(_("Due until now"), 12, Kind.DAY),
        Column(_("Asked for"), 12, Kind.DAY),
        Column(_("Working days later"), 8, Kind.NUMBER),
        Column(_("Nodes that move"), 7, Kind.NUMBER),
        Column(_("Reason"), 13),
        Column(_("Explanation"), 22),
        Column(_("Asked by"), 8, Kind.WORD),
        Column(_("Asked on"), 12, Kind.DAY),
        Column(_("Decided by"), 8, Kind.WORD),
        Column(_("Decided on"), 12, Kind.DAY),
        Column(_("Answer"), 16),
    ]


def change_cells(rows: Iterable[ChangeRow]) -> Iterator[list[Cell]]:
    for number, row in enumerate(rows, start=1):
        yield [
            number, str(REQUEST_LABELS[row.status]), row.project, row.town, row.node, row.unit, row.due_before,
            row.due_after, row.days, row.moved, row.reason, row.text, row.asked_by, row.asked_on,
            row.decided_by, row.decided_on, row.answer,
        ]  # fmt: skip
