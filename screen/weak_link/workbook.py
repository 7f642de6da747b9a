"""The links as a sheet: the same rows as the page."""

from collections.abc import Iterable
from typing import IO

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from domain.weak_link import Cell
from milestones.sheet import Book, Column, Kind
from milestones.sheet import Cell as SheetCell
from screen.weak_link.lines import Line


def write_links(target: IO[bytes], lines: Iterable[Line], *, under: str) -> int:
    """A workbook of one sheet with these lines; how many they were. Days are working days."""
    with Book(target) as book:
        return book.table(
            pgettext("name of a sheet", "Weak link"), _columns(), (_cells(line) for line in lines),
            title=_("Where the chains lose their days (working days)"), under=under, freeze_columns=2,
            when_empty=_("Nothing matches."),
        )  # fmt: skip


def _columns() -> list[Column]:
    return [
        Column(pgettext("in a ranking", "Place"), 8, Kind.NUMBER),
        Column(pgettext("of a chain", "Link"), 26),
        Column(_("Process template"), 22),
        Column(_("Whose clock"), 14, Kind.WORD),
        Column(_("Days handed on"), 11, Kind.NUMBER),
        Column(_("Nodes begun"), 11, Kind.NUMBER),
        Column(_("Of them open"), 11, Kind.NUMBER),
        Column(_("Median"), 14, Kind.WORD),
        Column(_("95 % band of the median"), 16, Kind.WORD),
        Column(_("Mean"), 14, Kind.WORD),
        Column(_("80 % are over within"), 14, Kind.WORD),
        Column(_("Limit or plan"), 12, Kind.WORD),
        Column(_("Beyond the limit, share"), 12, Kind.WORD),
        Column(_("Idle, mean days"), 12, Kind.WORD),
        Column(_("Idle, share"), 12, Kind.WORD),
        Column(_("Blocked, share"), 12, Kind.WORD),
        Column(_("Remark"), 30),
    ]


def _cells(line: Line) -> list[SheetCell]:
    counts = line.link.counts
    return [
        line.place, line.name.name, line.name.chain, line.clock, line.link.handed, counts[Cell.SAMPLE],
        counts[Cell.OPEN], line.median, line.band, line.mean, line.most, line.allowed, line.beyond, line.idle,
        line.idle_share, line.blocked, line.few,
    ]  # fmt: skip
