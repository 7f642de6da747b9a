"""What was said of keeping dates against what happened, as a small picture."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from domain.forecast_score import Bin
from screen.forecast.words import share_words

SIDE: Final = 240
LEFT: Final = 44
TOP: Final = 16
FOOT: Final = 40
RIGHT: Final = 56


@dataclass(frozen=True, slots=True)
class Point:
    """`x` is the chance that was said, `y` the share that kept the date, `r` grows with the cases."""

    x: float
    y: float
    r: float
    bin: Bin

    @property
    def said(self) -> str:
        return share_words(self.bin.said)

    @property
    def kept(self) -> str:
        return share_words(self.bin.kept)


@dataclass(frozen=True, slots=True)
class Calibration:
    """`line` is where what was said is what happened; `marks` are the places of 0, 50 and 100 %."""

    width: int
    height: int
    line: str
    frame: str
    points: tuple[Point, ...]
    marks: tuple[tuple[float, float, str], ...]


def calibration_chart(bins: Sequence[Bin]) -> Calibration | None:
    """None where no date has come yet."""
    if not bins:
        return None
    most = max(one.cases for one in bins)
    bottom = TOP + SIDE
    points = tuple(
        Point(
            round(LEFT + SIDE * one.said, 1), round(bottom - SIDE * one.kept, 1),
            round(4 + 7 * (one.cases / most) ** 0.5, 1), one,
        )
        for one in bins
    )  # fmt: skip
    marks = tuple(
        (LEFT + SIDE * share, bottom - SIDE * share, share_words(share)) for share in (0.0, 0.5, 1.0)
    )
    return Calibration(
        LEFT + SIDE + RIGHT, bottom + FOOT, f"M{LEFT} {bottom}L{LEFT + SIDE} {TOP}",
        f"M{LEFT} {TOP}V{bottom}H{LEFT + SIDE}", points, marks,
    )  # fmt: skip
