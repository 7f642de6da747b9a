"""Lists of nodes as sheets."""

from collections.abc import Iterable
from typing import IO

from django.utils.translation import gettext as _

from domain.lifecycle import Status
from milestones.models import STATUS_LABELS
from milestones.obstacles import Obstacle
from milestones.queries import Neighbour, NodeRow
from milestones.sheet import Book, Cell, Column, Kind
from projects.models import Project, Tier


def node_columns() -> list[Column]:
    """What a sheet of nodes says of each, in the reader's language."""
    return [
        Column(_("Light"), 11, Kind.LIGHT),
        Column(_("Project"), 28),
        Column(_("Project code"), 27),
        Column(_("Enterprise"), 26),
        Column(_("Project kind"), 13, Kind.WORD),
        Column(_("Tier"), 13, Kind.WORD),
        Column(_("Industry class"), 10, Kind.WORD),
        Column(_("Town"), 14, Kind.WORD),
        Column(_("Node"), 22),
        Column(_("Key node"), 9, Kind.WORD),
        Column(_("To be confirmed"), 10, Kind.WORD),
        Column(_("Responsible unit"), 18),
        Column(_("Liaison"), 12, Kind.WORD),
        Column(_("Baseline"), 12, Kind.DAY),
        Column(_("Due"), 12, Kind.DAY),
        Column(_("Limit ends"), 12, Kind.DAY),
        Column(_("Late since"), 12, Kind.DAY),
        Column(_("Working days late"), 10, Kind.NUMBER),
        Column(_("Date asked for"), 12, Kind.DAY),
        Column(_("State"), 10, Kind.WORD),
        Column(_("Started"), 12, Kind.DAY),
        Column(_("Back-filled"), 9, Kind.WORD),
        Column(_("Could be started since"), 12, Kind.DAY),
        Column(_("Idle"), 9, Kind.WORD),
        Column(_("On hold since"), 12, Kind.DAY),
        Column(_("Working days on hold"), 10, Kind.NUMBER),
        Column(_("Waits for"), 30),
        Column(_("Cause"), 30),
        Column(_("Blocked by issues"), 30),
        Column(_("Nodes it holds up"), 10, Kind.NUMBER),
        Column(_("Key nodes it holds up"), 30),
        Column(_("Knocked-on nodes"), 10, Kind.NUMBER),
    ]


def write_nodes(
    target: IO[bytes], rows: Iterable[NodeRow], *, name: str, title: str, under: str, when_empty: str
) -> int:
    """A workbook of one sheet with these rows; how many they were."""
    kinds = {value: str(label) for value, label in Project.Kind.choices}
    states = {status: str(label) for status, label in STATUS_LABELS.items()}
    tiers = {tier.pk: str(tier) for tier in Tier.objects.all()}
    yes = _("yes")
    with Book(target) as book:
        return book.table(
            name, node_columns(), (_cells(row, kinds, tiers, states, yes) for row in rows),
            title=title, under=under, freeze_columns=2, when_empty=when_empty,
        )  # fmt: skip


def _cells(
    row: NodeRow, kinds: dict[str, str], tiers: dict[int, str], states: dict[Status, str], yes: str
) -> list[Cell]:
    return [
        row.light, row.project, row.project_code, row.enterprise, kinds.get(row.kind, row.kind),
        tiers.get(row.tier_id or 0, ""), row.industry, row.town, row.label,
        yes if row.is_key else "", yes if row.is_unconfirmed else "", row.unit, row.liaison,
        row.baseline_on, row.due_on, row.limit_on, row.late_since, row.days_late or None, row.asked_due_on,
        states[row.status], row.started_on, yes if row.is_back_filled else "", row.ready_on,
        yes if row.is_idle else "", row.held_on, row.days_held if row.held_on else None,
        _names(row.blocked_by), _names(row.causes), issues_in_words(row.obstacles), row.holds_up,
        "、".join(row.holds_up_keys), row.knocked_on,
    ]  # fmt: skip


def issues_in_words(obstacles: Iterable[Obstacle]) -> str:
    """The issues that block a node, each with whose turn it is."""
    return "、".join(f"{one.number} {one.title}（{one.unit or _('not assigned yet')}）" for one in obstacles)


def _names(neighbours: Iterable[Neighbour]) -> str:
    return "、".join(f"{near.label}（{near.unit}）" if near.unit else near.label for near in neighbours)
