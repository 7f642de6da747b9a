"""超期节点 and 临期节点: the overdue nodes, causes first, and those that fall due within two weeks."""

from collections.abc import Iterable, Iterator

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from milestones.models import STATUS_LABELS
from milestones.queries import Neighbour, NodeRow
from milestones.sheet import Cell, Column, Kind
from milestones.workbook import issues_in_words

PROJECT_COLUMN = 2
"""Where the name of the project stands, in both sheets."""


def overdue_columns() -> list[Column]:
    return [
        Column(_("No."), 5, Kind.NUMBER),
        Column(_("Cause or knocked on"), 9, Kind.WORD),
        Column(_("Project"), 25),
        Column(_("Town"), 12, Kind.WORD),
        Column(_("Node"), 19),
        Column(_("Responsible unit"), 15),
        Column(_("Liaison"), 9, Kind.WORD),
        Column(_("Due"), 12, Kind.DAY),
        Column(_("Late since"), 12, Kind.DAY),
        Column(_("Working days late"), 9, Kind.NUMBER),
        Column(_("Held up by"), 18),
        Column(_("Blocked by issues"), 20),
        Column(_("Nodes it holds up"), 8, Kind.NUMBER),
        Column(_("Key nodes it holds up"), 17),
        Column(_("Remark"), 9, Kind.WORD),
    ]


def overdue_cells(rows: Iterable[NodeRow]) -> Iterator[list[Cell]]:
    """Without their light: it is the same on all of them."""
    cause, knocked_on, remarks = _("cause"), _("knocked on"), Remarks()
    for number, row in enumerate(rows, start=1):
        yield [
            number, knocked_on if row.is_knocked_on else cause, row.project, row.town,
            row.label, row.unit, row.liaison, row.deadline_on, row.late_since, row.days_late,
            names(row.causes), issues_in_words(row.obstacles), row.holds_up, "、".join(row.holds_up_keys),
            remarks.of(row),
        ]  # fmt: skip


def due_columns() -> list[Column]:
    return [
        Column(_("No."), 5, Kind.NUMBER),
        Column(_("Light"), 10, Kind.LIGHT),
        Column(_("Project"), 28),
        Column(_("Town"), 14, Kind.WORD),
        Column(_("Node"), 24),
        Column(_("Key node"), 8, Kind.WORD),
        Column(_("Responsible unit"), 17),
        Column(_("Liaison"), 9, Kind.WORD),
        Column(_("Due"), 12, Kind.DAY),
        Column(_("Working days left"), 9, Kind.NUMBER),
        Column(_("State"), 9, Kind.WORD),
        Column(_("Waits for"), 30),
        Column(_("Remark"), 9, Kind.WORD),
    ]


def due_cells(rows: Iterable[NodeRow]) -> Iterator[list[Cell]]:
    key, remarks = _("key node"), Remarks()
    states = {status: str(label) for status, label in STATUS_LABELS.items()}
    for number, row in enumerate(rows, start=1):
        yield [
            number, row.light, row.project, row.town, row.label, key if row.is_key else "", row.unit,
            row.liaison, row.deadline_on, row.days_left, states[row.status], names(row.blocked_by),
            remarks.of(row),
        ]  # fmt: skip


def names(nodes: Iterable[Neighbour]) -> str:
    """Nodes with the units that must do them."""
    return "、".join(f"{node.label}（{node.unit}）" if node.unit else node.label for node in nodes)


class Remarks:
    """The marks of a row in words, looked up once a sheet."""

    def __init__(self) -> None:
        self.unconfirmed, self.provisional = _("to be confirmed"), _("provisional")
        self.idle = pgettext("mark of a node", "idle")
        self.back_filled, self.asked = _("back-filled"), _("asked: %(day)s")

    def of(self, row: NodeRow) -> str:
        marks = [self.unconfirmed] if row.is_unconfirmed else []
        if row.is_provisional:
            marks.append(self.provisional)
        if row.is_idle:
            marks.append(self.idle)
        if row.is_back_filled:
            marks.append(self.back_filled)
        if row.asked_due_on:
            marks.append(self.asked % {"day": row.asked_due_on.isoformat()})
        return "、".join(marks)
