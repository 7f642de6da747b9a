"""The boards as a sheet: the same rows in the export of the page and, as 赛马榜, in the weekly workbook."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import IO, Final

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from domain.race import Board, Line, Measure
from milestones.sheet import Book, Cell, Column, Kind
from screen.race.periods import preset_period
from screen.race.queries import Race
from screen.race.words import BOARD_LABELS, MEASURE_LABELS, formula_text, fraction, mark_words

FREEZE: Final = 4


def race_columns() -> list[Column]:
    return [
        Column(pgettext("in the race", "Board"), 16, Kind.WORD),
        Column(pgettext("in the race", "Place"), 8, Kind.NUMBER),
        Column(pgettext("in the race", "Places gained"), 10, Kind.CHANGE),
        Column(pgettext("in the race", "Unit"), 26),
        Column(pgettext("in the race", "Score"), 10, Kind.AMOUNT),
        Column(_("Scored nodes"), 10, Kind.NUMBER),
        *(Column(str(MEASURE_LABELS[one]), 11, Kind.AMOUNT) for one in Measure),
        Column(_("Added or deducted"), 11, Kind.AMOUNT),
        Column(_("Numerator / denominator"), 52),
        Column(_("Remark"), 36),
    ]


def race_cells(race: Race) -> Iterator[Sequence[Cell]]:
    """A row for each unit, the towns first; points are empty where a measure is left out or is not the board's."""
    for board in Board:
        prized = {line.found.unit for line in race.improved(board)}
        for line in race.boards[board]:
            yield _cells(board, line, is_prized=line.found.unit in prized)


def _cells(board: Board, line: Line, *, is_prized: bool) -> Sequence[Cell]:
    points = {part.measure: part.points for part in line.parts}
    made_of = pgettext("between two statements", "; ").join(
        f"{MEASURE_LABELS[part.measure]} {fraction(part)} × {part.raised}"
        for part in line.parts
        if part.points is not None
    )
    return (
        str(BOARD_LABELS[board]), line.rank, line.rise, line.found.name, line.score,
        line.part(Measure.NODES).counted.rows, *(points.get(one) for one in Measure), line.adjusted, made_of,
        remark(line, is_prized=is_prized),
    )  # fmt: skip


def remark(line: Line, *, is_prized: bool) -> str:
    """Too few nodes, the prize for improvement, and what may make the score look better than the work."""
    said = [_("too few nodes to rank")] if line.rank is None else []
    said += [_("prize for improvement")] if is_prized else []
    said += [mark_words(mark, count) for mark, count in line.found.marks.items() if count]
    return pgettext("between two statements", "; ").join(said)


def race_under(race: Race) -> str:
    """Of which days, by which version of the weights."""
    return _("%(first)s to %(last)s · weights version %(version)s") % {
        "first": race.period.first.isoformat(), "last": race.period.last.isoformat(), "version": race.rules.version,
    }  # fmt: skip


def quarter_under(today: date) -> str:
    """Of which days the board of a meeting is that is cut off on `today`: of the quarter to date."""
    period = preset_period("quarter", today)
    return _("%(first)s to %(last)s") % {"first": period.first.isoformat(), "last": period.last.isoformat()}


def write_race(target: IO[bytes], race: Race) -> int:
    """A workbook of the boards and of how they are made; how many units."""
    with Book(target) as book:
        units = book.table(
            pgettext("sheet", "Race"), race_columns(), race_cells(race), title=_("Race of towns and departments"),
            under=race_under(race), freeze_columns=FREEZE, when_empty=_("No unit has anything to be scored by."),
        )  # fmt: skip
        book.table(
            pgettext("sheet", "Formula"),
            [Column(pgettext("in the race", "Board"), 16, Kind.WORD), Column(_("How a score is made"), 120)],
            ([str(BOARD_LABELS[board]), sentence] for board in Board for sentence in formula_text(board, race.rules)),
            title=_("How a score is made"), under=race_under(race),
        )  # fmt: skip
    return units
