"""The investment of projects as a sheet. Amounts are in 万元."""

from collections.abc import Iterable
from typing import IO

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from domain.lights import Light
from milestones.sheet import Book, Cell, Column, Kind
from milestones.templatetags.amounts import months
from projects.models import Project
from screen.investment.form import LIGHT_LABELS
from screen.investment.page import InvestmentPage, NamedLine


def write_investment(
    target: IO[bytes], shown: InvestmentPage, rows: Iterable[NamedLine], *, under: str
) -> int:
    """A workbook of one sheet with these rows; how many they were."""
    kinds = {value: str(label) for value, label in Project.Kind.choices}
    words = {light: str(label) for light, label in LIGHT_LABELS.items()}
    with Book(target) as book:
        return book.table(
            pgettext("name of a sheet", "Investment"), _columns(shown), (_cells(row, kinds, words) for row in rows),
            title=_("Investment of projects (10,000 yuan)"), under=under, freeze_columns=2,
            when_empty=_("Nothing matches."),
        )  # fmt: skip


def _columns(shown: InvestmentPage) -> list[Column]:
    period = shown.asked.months
    return [
        Column(_("Against the plan"), 20, Kind.WORD),
        Column(_("Project"), 30),
        Column(_("Enterprise"), 26),
        Column(_("Project kind"), 13, Kind.WORD),
        Column(_("Town"), 14, Kind.WORD),
        Column(months(period), 16, Kind.AMOUNT),
        Column(months(period.year_earlier()), 16, Kind.AMOUNT),
        Column(_("Plan of %(year)s") % {"year": shown.plan.year}, 16, Kind.AMOUNT),
        Column(_("Planned to date"), 16, Kind.AMOUNT),
        Column(_("Made since January"), 16, Kind.AMOUNT),
        Column(_("Points behind the plan"), 12, Kind.AMOUNT),
    ]


def _cells(row: NamedLine, kinds: dict[str, str], words: dict[Light, str]) -> list[Cell]:
    line = row.line
    return [
        words[line.light], row.name, row.enterprise, kinds.get(row.kind, row.kind), row.town, line.now, line.before,
        line.planned, line.to_date, line.made, line.behind,
    ]  # fmt: skip
