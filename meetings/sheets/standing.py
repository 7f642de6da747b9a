"""待启动超期, 停表免办 and 延期申请: where nothing is done, and which dates are to move."""

from collections.abc import Iterable, Iterator

from django.utils.translation import gettext as _

from domain.lights import LONG_HOLD, LightRule
from meetings.queries import ChangeRow, StandingRow, Standstill
from meetings.sheets.nodes import Remarks
from milestones.models import REQUEST_LABELS
from milestones.queries import NodeRow
from milestones.sheet import Cell, Column, Kind


def idle_columns() -> list[Column]:
    return [
        Column(_("No."), 5, Kind.NUMBER),
        Column(_("Light"), 10, Kind.LIGHT),
        Column(_("Project"), 28),
        Column(_("Town"), 14, Kind.WORD),
        Column(_("Node"), 24),
        Column(_("Key node"), 8, Kind.WORD),
        Column(_("Responsible unit"), 17),
        Column(_("Liaison"), 9, Kind.WORD),
        Column(_("Could be started since"), 12, Kind.DAY),
        Column(_("Working days since then"), 9, Kind.NUMBER),
        Column(_("Due"), 12, Kind.DAY),
        Column(_("Nodes it holds up"), 8, Kind.NUMBER),
        Column(_("Key nodes it holds up"), 22),
        Column(_("Remark"), 9, Kind.WORD),
    ]


def idle_cells(rows: Iterable[NodeRow], rule: LightRule) -> Iterator[list[Cell]]:
    key, remarks = _("key node"), Remarks(is_idle_said=False)
    for number, row in enumerate(rows, start=1):
        days = rule.calendar.count(row.ready_on, rule.today) if row.ready_on else None
        yield [
            number, row.light, row.project, row.town, row.label, key if row.is_key else "", row.unit,
            row.liaison, row.ready_on, days, row.deadline_on, row.holds_up, "、".join(row.holds_up_keys),
            remarks.of(row),
        ]  # fmt: skip


def standing_columns() -> list[Column]:
    return [
        Column(_("No."), 5, Kind.NUMBER),
        Column(_("What"), 14, Kind.WORD),
        Column(_("Project"), 26),
        Column(_("Town"), 13, Kind.WORD),
        Column(_("Node"), 22),
        Column(_("Responsible unit"), 15),
        Column(_("Liaison"), 9, Kind.WORD),
        Column(_("Since"), 12, Kind.DAY),
        Column(_("Days since then"), 8, Kind.NUMBER),
        Column(_("Working days on hold"), 8, Kind.NUMBER),
        Column(_("Due until now"), 12, Kind.DAY),
        Column(_("Reason"), 34),
        Column(_("Number of the notice"), 16),
        Column(_("Nodes it holds up"), 8, Kind.NUMBER),
        Column(_("Key nodes it holds up"), 20),
    ]


def standing_cells(rows: Iterable[StandingRow]) -> Iterator[list[Cell]]:
    words = {
        Standstill.LONG_HELD: _("on hold over %(days)s days") % {"days": LONG_HOLD},
        Standstill.HELD: _("on hold"),
        Standstill.WAIVED: _("waived this week"),
    }
    for number, standing in enumerate(rows, start=1):
        row = standing.row
        yield [
            number, words[standing.kind], row.project, row.town, row.label, row.unit, row.liaison,
            standing.since, standing.days, row.days_held if row.held_on else None, row.deadline_on,
            standing.reason, standing.notice_no, row.holds_up or None, "、".join(row.holds_up_keys),
        ]  # fmt: skip


def change_columns() -> list[Column]:
    return [
        Column(_("No."), 5, Kind.NUMBER),
        Column(_("Status"), 10, Kind.WORD),
        Column(_("Project"), 24),
        Column(_("Town"), 13, Kind.WORD),
        Column(_("Node"), 20),
        Column(_("Responsible unit"), 14),
        Column(_("Due until now"), 12, Kind.DAY),
        Column(_("Asked for"), 12, Kind.DAY),
        Column(_("Working days later"), 8, Kind.NUMBER),
        Column(_("Nodes that move"), 7, Kind.NUMBER),
        Column(_("Reason"), 16),
        Column(_("Explanation"), 24),
        Column(_("Asked by"), 10, Kind.WORD),
        Column(_("Asked on"), 12, Kind.DAY),
        Column(_("Decided by"), 10, Kind.WORD),
        Column(_("Decided on"), 12, Kind.DAY),
        Column(_("Answer"), 18),
    ]


def change_cells(rows: Iterable[ChangeRow]) -> Iterator[list[Cell]]:
    for number, row in enumerate(rows, start=1):
        yield [
            number, str(REQUEST_LABELS[row.status]), row.project, row.town, row.node, row.unit, row.due_before,
            row.due_after, row.days, row.moved, row.reason, row.text, row.asked_by, row.asked_on,
            row.decided_by, row.decided_on, row.answer,
        ]  # fmt: skip
