"""The chain as the wall shows it: the bars of the one screen's picture, large, and the fullest node kinds in words.

The names below fifty columns cannot be read from four metres; those of the five where it is stuck can.
"""

from dataclasses import dataclass

from domain.lights import Light
from milestones.drawing.lettering import LETTER, cut
from screen.chains import Band, Column
from screen.drawing import Bar, Drawing, draw
from screen.wall.words import without_brackets

NAMED = 5
MOST_CHAINS = 3

GAP = 6.0
"""Between the line and the bars, as ``screen.drawing`` leaves it."""

SIGN = 22.0
"""The size of what is written in the picture, in its own units: it is shown at 1.36 times its size."""

HEAD = 74.0
"""Room above the bars for the stages and the numbers of the named columns."""

TALL, MOST_STRETCHED = 306.0, 3.5
"""What the picture has room for, and how much taller its bars are at most than on the one screen."""


@dataclass(frozen=True, slots=True)
class FullColumn:
    """A node kind that is named; `place` is its number in the picture, counted from 1."""

    place: int
    label: str
    causes: int
    knocked_on: int
    soon: int

    @property
    def light(self) -> Light:
        return Light.RED if self.causes else Light.YELLOW


@dataclass(frozen=True, slots=True)
class WallColumn:
    """The bars of a node kind around the line; `mark` is its number where it is named."""

    x: float
    bars: tuple[Bar, ...]
    is_key: bool
    mark: int | None
    mark_y: float

    @property
    def ring_y(self) -> float:
        """The middle of the ring around the number, so that it is read as a place and not as a count."""
        return round(self.mark_y - SIGN / 3, 1)


@dataclass(frozen=True, slots=True)
class WallStage:
    text: str
    left: float
    right: float


@dataclass(frozen=True, slots=True)
class WallChain:
    """`causes`, `soon` and the like are of the whole chain."""

    code: str
    label: str
    short: str
    projects: int
    causes: int
    knocked_on: int
    soon: int
    running: int
    held: int
    done: int
    named: tuple[FullColumn, ...]
    columns: tuple[WallColumn, ...]
    stages: tuple[WallStage, ...]
    left: float
    top: float
    width: float
    height: float
    base: float
    thick: float

    @property
    def half(self) -> float:
        return self.thick / 2

    @property
    def stage_text(self) -> float:
        return self.top + SIGN

    @property
    def stage_line(self) -> float:
        return self.top + SIGN + 8

    @property
    def right(self) -> float:
        return self.left + self.width


def wall_chains(bands: tuple[Band, ...]) -> tuple[WallChain, ...]:
    """The chains where something is overdue, at most three, as ``bands``: most causes first; else the first of all."""
    late = [band for band in bands if any(column.late for column in band.columns)]
    return tuple(_chain(band) for band in (late or list(bands[:1]))[:MOST_CHAINS])


def _chain(band: Band) -> WallChain:
    drawing = draw(band)
    named = _fullest(band.columns)
    places = {column.code: place for place, column in enumerate(named, start=1)}
    columns = tuple(_column(each, places) for each in _drawn(drawing, _stretch(drawing)))
    lowest = max((bar.y + bar.height for each in columns for bar in each.bars), default=drawing.base)
    highest = min((bar.y for each in columns for bar in each.bars), default=drawing.base)
    top = min(highest, drawing.base - 12) - HEAD
    return WallChain(
        code=band.code, label=band.label, short=without_brackets(band.label), projects=band.projects,
        causes=band.causes,
        knocked_on=sum(column.knocked_on for column in band.columns),
        soon=sum(column.soon for column in band.columns),
        running=sum(column.running for column in band.columns),
        held=sum(column.held for column in band.columns),
        done=sum(column.done for column in band.columns),
        named=tuple(
            FullColumn(places[column.code], column.label, column.causes, column.knocked_on, column.soon)
            for column in named
        ),
        columns=columns, stages=_stages(drawing),
        left=drawing.gutter, top=round(top, 1), width=round(drawing.width - drawing.gutter, 1),
        height=round(max(lowest, drawing.base + 12) + 8 - top, 1), base=drawing.base, thick=drawing.thick,
    )  # fmt: skip


def _fullest(columns: tuple[Column, ...]) -> list[Column]:
    """The node kinds with most overdue causes, the earliest of equals first; then those with most due soon."""
    stuck = [column for column in columns if column.causes or column.soon]
    return sorted(stuck, key=lambda column: (-column.causes, -column.soon))[:NAMED]


def _stretch(drawing: Drawing) -> float:
    """How much taller the bars become, so that they fill the picture."""
    away = [_away(bar, drawing) for each in drawing.columns for bar in each.bars]
    reach = max((end for is_above, _start, end in away if is_above), default=0.0) + max(
        (end for is_above, _start, end in away if not is_above), default=0.0
    )
    return min(MOST_STRETCHED, max(1.0, (TALL - HEAD - 2 * GAP - 8) / reach)) if reach else 1.0


def _away(bar: Bar, drawing: Drawing) -> tuple[bool, float, float]:
    """Whether a bar is above the line, and from where to where it reaches, away from the gap at the line."""
    if bar.y < drawing.base:
        return True, drawing.base - GAP - bar.y - bar.height, drawing.base - GAP - bar.y
    return False, bar.y - drawing.base - GAP, bar.y + bar.height - drawing.base - GAP


def _drawn(drawing: Drawing, stretch: float) -> list[tuple[float, tuple[Bar, ...], Column]]:
    return [
        (each.x, tuple(_stretched(bar, drawing, stretch) for bar in each.bars), each.column)
        for each in drawing.columns
    ]


def _stretched(bar: Bar, drawing: Drawing, stretch: float) -> Bar:
    is_above, start, end = (*_away(bar, drawing),)
    y = drawing.base - GAP - end * stretch if is_above else drawing.base + GAP + start * stretch
    return Bar(bar.look, round(y, 1), round((end - start + 1) * stretch - 1, 1))


def _column(drawn: tuple[float, tuple[Bar, ...], Column], places: dict[str, int]) -> WallColumn:
    x, bars, column = drawn
    highest = min((bar.y for bar in bars), default=0.0)
    return WallColumn(x, bars, column.is_key, places.get(column.code), round(highest - 12, 1))


def _stages(drawing: Drawing) -> tuple[WallStage, ...]:
    """Over their columns, named where there is room for the whole name at the size of the wall."""
    rooms: list[tuple[str, float, float]] = []
    for each in drawing.columns:
        left, right = each.x - drawing.step / 2, each.x + drawing.step / 2
        if rooms and rooms[-1][0] == each.column.stage:
            rooms[-1] = (rooms[-1][0], rooms[-1][1], right)
        else:
            rooms.append((each.column.stage, left, right))
    return tuple(
        WallStage(_fitting(text, right - left - 8), round(left + 3, 1), round(right - 3, 1))
        for text, left, right in rooms
    )


def _fitting(text: str, room: float) -> str:
    """A name that does not fit is left out: from four metres half of one is no name."""
    return text if cut(text, room * LETTER / SIGN) == text else ""
