"""项目台账: one row a project, with the columns of the ledger (domain.md 1.3) that are kept here."""

from collections.abc import Iterable, Iterator

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from domain.lights import LightRule
from milestones.project_queries import CurrentNode, ProjectRow
from milestones.sheet import Cell, Column, Kind


def project_columns() -> list[Column]:
    return [
        Column(_("No."), 5, Kind.NUMBER),
        Column(_("Project code"), 18),
        Column(_("Project"), 25),
        Column(_("Enterprise"), 20),
        Column(_("Project kind"), 9, Kind.WORD),
        Column(_("Sector"), 9, Kind.WORD),
        Column(_("Town"), 11, Kind.WORD),
        Column(_("Lead department"), 13),
        Column(_("Leader in charge"), 8, Kind.WORD),
        Column(_("Responsible unit"), 13),
        Column(_("Liaison"), 8, Kind.WORD),
        Column(_("Land (mu)"), 9, Kind.AMOUNT),
        Column(_("Floor area (m²)"), 12, Kind.AMOUNT),
        Column(_("Total investment (10,000 yuan)"), 13, Kind.AMOUNT),
        Column(_("Fixed-asset investment (10,000 yuan)"), 13, Kind.AMOUNT),
        Column(_("Present stage"), 13),
        Column(_("Present node"), 18),
        Column(_("Due"), 12, Kind.DAY),
        Column(_("Mark of the date"), 7, Kind.WORD),
        Column(_("Working days left (− late)"), 9, Kind.NUMBER),
        Column(_("Light"), 10, Kind.LIGHT),
        Column(_("Remark"), 14),
    ]


PROJECT_COLUMN = 2
"""Where its name stands."""


def project_cells(rows: Iterable[ProjectRow], rule: LightRule) -> Iterator[list[Cell]]:
    """The last one is the note as it was entered and nothing else: it may be filled in and comes back."""
    provisional = _("provisional")
    for number, row in enumerate(rows, start=1):
        node = row.current[0] if row.current else None
        yield [
            number, row.code, row.name, row.enterprise, row.kind_label, row.sector, row.town,
            row.department, row.leader, node.unit if node else "", row.liaison, row.land_mu,
            row.floor_area_m2, row.investment, row.fixed_investment, node.stage if node else "",
            _present(row), node.deadline_on if node else None,
            provisional if node and node.is_provisional else "", _days(node, rule), row.light, row.note,
        ]  # fmt: skip


def _present(row: ProjectRow) -> str:
    """The most urgent of the nodes that could be worked on now, and how many more there are."""
    if not row.current:
        return ""
    more = len(row.current) - 1
    if not more:
        return row.current[0].label
    said = {"node": row.current[0].label, "count": more}
    return ngettext("%(node)s and %(count)s more", "%(node)s and %(count)s more", more) % said


def _days(node: CurrentNode | None, rule: LightRule) -> int | None:
    """Working days left to the present node's deadline; negative, how many it is late."""
    if node is None or node.deadline_on is None:
        return None
    return -node.days_late if node.days_late else rule.days_left(node.deadline_on)
