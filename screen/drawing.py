"""Where everything of a chain's picture stands, in pixels: late above the line, on its way below it.

The template only writes the numbers down. A chain fits a page of 1,280 px; fifty node kinds are drawn as wide as one of
1,360 px and made smaller below that, so their names stand upright where they are too long to lie side by side.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby
from math import floor

from django.utils.translation import gettext as _

from domain.lights import Light
from milestones.drawing.lettering import LETTER, cut, length, lines
from screen.addresses import ON_TIME, column_url
from screen.chains import Band, Column

WIDTH = 1166
"""What a card has inside on a page of 1,280 px."""
FULL = 1000
"""A picture that is at least as wide is made just as wide as its card."""
GUTTER = 52
"""To the left of the first column: what the two rows of numbers below the names are called."""
NARROWEST, WIDEST = 25.0, 110.0
THICKEST = 26.0
THINNEST = 4.0
FOR_EACH = 7.0
"""The height of a bar for each node, as long as the fullest column finds room."""
TOP = 28
ABOVE, BELOW = 92, 62
LONGEST_NAME = 176
MOST_LINES = 3
LINE, ROW = 15, 19


@dataclass(frozen=True, slots=True)
class Bar:
    """A piece of a column's stack; `look` is a class of the stylesheet."""

    look: str
    y: float
    height: float


@dataclass(frozen=True, slots=True)
class Name:
    """A line of a node kind's name."""

    text: str
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class DrawnColumn:
    """`url` opens `count` rows; all nodes of the column are where `rows` leads."""

    column: Column
    rows: str
    url: str
    count: int
    x: float
    left: float
    bars: tuple[Bar, ...]
    late: str
    late_y: float
    moving: str
    moving_y: float
    waiting: str
    done: str
    names: tuple[Name, ...]
    is_fullest: bool

    @property
    def cells(self) -> tuple["Cell", ...]:
        """In the order of the table's header."""
        column, rows = self.column, self.rows
        return (
            Cell(column.waiting, f"{rows}&light=grey"),
            Cell(column.running, f"{rows}&light=green"),
            Cell(column.soon, f"{rows}&light=yellow"),
            Cell(column.causes, f"{rows}&light=red&knocked_on=false", is_late=True),
            Cell(column.knocked_on, f"{rows}&light=red&knocked_on=true"),
            Cell(column.held, f"{rows}&light=violet"),
            Cell(column.done, f"{rows}&light=blue"),
            Cell(column.waived, f"{rows}&light=white"),
        )


@dataclass(frozen=True, slots=True)
class Cell:
    """A number of the table below the picture, and where its rows are."""

    count: int
    url: str
    is_late: bool = False


@dataclass(frozen=True, slots=True)
class Heading:
    """A stage over its columns."""

    text: str
    left: float
    right: float


@dataclass(frozen=True, slots=True)
class Drawing:
    """One band, ready to be written as SVG."""

    band: Band
    columns: tuple[DrawnColumn, ...]
    headings: tuple[Heading, ...]
    step: float
    thick: float
    is_upright: bool
    width: float
    height: float
    top: float
    base: float
    waiting_y: float
    done_y: float
    mark: str
    mark_x: float
    mark_y: float

    @property
    def gutter(self) -> int:
        return GUTTER

    @property
    def is_full(self) -> bool:
        return self.width >= FULL

    @property
    def half(self) -> float:
        return self.thick / 2

    @property
    def tall(self) -> float:
        """The height of a column, headings aside."""
        return self.height - self.top


@dataclass(frozen=True, slots=True)
class _Frame:
    """What the columns of a band have in common: pixels for a node, where the line is, how names stand."""

    step: float
    above: float
    below: float
    base: float
    names_y: float
    is_upright: bool

    @classmethod
    def of(cls, columns: tuple[Column, ...]) -> "_Frame":
        late = max(column.late + column.soon for column in columns)
        moving = max(column.running + column.held for column in columns)
        above, below = min(FOR_EACH, ABOVE / max(1, late)), min(FOR_EACH, BELOW / max(1, moving))
        step = floor(10 * min(WIDEST, max(NARROWEST, (WIDTH - GUTTER - 2) / len(columns)))) / 10
        base = round(TOP + 46 + max(THINNEST, above * late))
        return cls(
            step=step, above=above, below=below, base=base,
            names_y=round(base + 38 + max(THINNEST, below * moving)),
            is_upright=any(lines(column.label, step - 6, MOST_LINES) is None for column in columns),
        )  # fmt: skip


def draw(band: Band, carried: Callable[[str], str] = str) -> Drawing:
    """The picture of a band; its addresses are `carried` on, narrowed as the screen is."""
    columns, frame, fullest = band.columns, _Frame.of(band.columns), band.fullest
    drawn = tuple(
        _column(
            column, carried(column_url(band, column)), GUTTER + frame.step * (place + 0.5), frame,
            is_fullest=column is fullest,
        )
        for place, column in enumerate(columns)
    )  # fmt: skip
    width = round(GUTTER + frame.step * len(columns) + 2)
    waiting_y = round(frame.names_y + _depth(drawn, frame) + ROW)
    stands_at = next((each.x for each in drawn if each.is_fullest), 0.0)
    mark, half = _("most overdue"), length(_("most overdue")) / 2 + 2
    return Drawing(
        band=band, columns=drawn, headings=tuple(_headings(columns, frame.step)),
        step=frame.step, thick=min(THICKEST, frame.step - 9), is_upright=frame.is_upright,
        width=width, height=waiting_y + ROW + 8, top=TOP, base=frame.base,
        waiting_y=waiting_y, done_y=waiting_y + ROW,
        mark=mark, mark_x=round(min(max(stands_at, half), width - half), 1), mark_y=TOP + 15,
    )  # fmt: skip


def _depth(drawn: tuple[DrawnColumn, ...], frame: _Frame) -> float:
    """How far the names reach down."""
    if frame.is_upright:
        return max(length(name.text) for each in drawn for name in each.names)
    return LINE * max(len(each.names) for each in drawn) - LINE


def _column(column: Column, rows: str, x: float, frame: _Frame, *, is_fullest: bool) -> DrawnColumn:
    above = tuple(_stack(frame.base - 6, -frame.above, _late_parts(column)))
    below = tuple(_stack(frame.base + 6, frame.below, _moving_parts(column)))
    url, count = _opens(rows, column)
    return DrawnColumn(
        column=column, rows=rows, url=url, count=count, x=round(x, 1), left=round(x - frame.step / 2, 1),
        bars=(*above, *below),
        late=_short(column.causes or column.late), late_y=round(min((b.y for b in above), default=0) - 5, 1),
        moving=_short(column.running + column.held),
        moving_y=round(max((b.y + b.height for b in below), default=0) + 13, 1),
        waiting=_short(column.waiting), done=_short(column.done),
        names=tuple(_names(column.label, x, frame)),
        is_fullest=is_fullest,
    )  # fmt: skip


def _late_parts(column: Column) -> tuple[tuple[str, int], ...]:
    return (("of-red", column.causes), ("knocked-on", column.knocked_on), ("of-yellow", column.soon))


def _moving_parts(column: Column) -> tuple[tuple[str, int], ...]:
    return (("of-green", column.running), ("of-violet", column.held))


def _stack(start: float, scale: float, parts: tuple[tuple[str, int], ...]) -> Iterator[Bar]:
    """Bars one after the other away from the line; `scale` is negative upwards."""
    y = start
    for look, count in parts:
        if count:
            height = max(THINNEST, abs(scale) * count)
            yield Bar(look, round(y if scale > 0 else y - height, 1), round(height - 1, 1))
            y += height if scale > 0 else -height


def _names(label: str, x: float, frame: _Frame) -> Iterator[Name]:
    """Lying, in a few lines; upright, in two where one would be too long."""
    if not frame.is_upright:
        for place, text in enumerate(lines(label, frame.step - 6, MOST_LINES) or [label]):
            yield Name(text, round(x, 1), frame.names_y + LINE * place)
        return
    texts = [label] if length(label) <= LONGEST_NAME else lines(label, LONGEST_NAME, 2)
    texts = texts or [cut(label, LONGEST_NAME)]
    first = x + (len(texts) - 1) * LETTER / 2
    for place, text in enumerate(texts):
        yield Name(text, round(first - LETTER * place, 1), frame.names_y - LETTER)


def _opens(rows: str, column: Column) -> tuple[str, int]:
    """What is late there; where nothing is, what is still to be done; else what has been. How many that are."""
    if column.late:
        return f"{rows}&light=red&knocked_on={'all' if column.causes else 'true'}", column.late
    if to_do := column.total - column.done - column.waived:
        return rows + "".join(f"&light={light}" for light in (*ON_TIME, Light.VIOLET.value)), to_do
    return f"{rows}&light=blue", column.done


def _headings(columns: tuple[Column, ...], step: float) -> Iterator[Heading]:
    left = float(GUTTER)
    for stage, group in groupby(columns, key=lambda column: column.stage):
        right = left + step * len(list(group))
        yield Heading(cut(stage, right - left - 6), round(left + 2, 1), round(right - 3, 1))
        left = right


def _short(count: int) -> str:
    if not count:
        return ""
    return str(count) if count < 10_000 else f"{count / 1000:.0f}k"
