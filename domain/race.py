"""The race (赛马亮晒): how towns and, apart from them, departments are scored, ranked and compared with last time.

Sources: domain.md 6.2 (the two boards, their measures and weights, the rules of fairness) and design.md section 3
(rates, not sums; holds taken out; waived nodes excluded; too few are listed, not ranked; weights are versioned data).

Everything can be recomputed by hand. A measure has a numerator and a denominator; ``value_of`` makes a share from 0 to
1 of them. Its points are weight × value, rounded to hundredths, halves up. A measure of which a unit has nothing is
left out, and the weights of the others are raised in proportion, so that they add up to 100 again. The score is the sum
of the rounded points, 100 at most, and of what is added or deducted.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any, Final

from domain.errors import InputError, gettext_noop

WHOLE: Final = 100
"""What the weights of a board add up to."""

MINIMUM_SAMPLE: Final = 3
"""A unit with fewer scored nodes is listed and not ranked."""

PLAN_FULL: Final = Fraction(6, 5)
"""From so many times the plan to date on investment earns all its points."""

AGE_NONE: Final = 30
"""Working days: where half of the open issues are as old as this, their age earns nothing."""

PACE_FULL, PACE_NONE = Fraction(1, 2), Fraction(3, 2)
"""Approvals that take half of their limit earn all points of their pace, those that take one and a half times it none;
between the two in proportion: exactly the limit earns half."""

HIGHEST_RATING: Final = 5
RED_SLIP: Final = Decimal(2)
"""What each red slip to a unit deducts (domain.md 6.2, 广元)."""

MOST_POINTS: Final = 20
"""The most that may be said of one adjustment, or of all of a unit."""


class Board(StrEnum):
    """Towns move projects along, departments serve them: they are not compared with one another (萧山, S110)."""

    TOWNS = "towns"
    DEPARTMENTS = "departments"


class Measure(StrEnum):
    """What is measured; ISSUES are those of a town's projects, for departments those that they lead."""

    NODES = "nodes"
    INVESTMENT = "investment"
    MILESTONES = "milestones"
    ISSUES = "issues"
    ISSUE_AGE = "issue_age"
    ENTRIES = "entries"
    UPDATES = "updates"
    PACE = "pace"
    RETURNS = "returns"
    RATING = "rating"


class Mark(StrEnum):
    """What may make a score look better than the work: shown beside it, never deducted."""

    BACK_FILLED = "back_filled"
    MOVED = "moved"
    REOPENED = "reopened"
    HELD = "held"


MEASURES: Final[Mapping[Board, tuple[Measure, ...]]] = {
    Board.TOWNS: (
        Measure.NODES, Measure.INVESTMENT, Measure.MILESTONES, Measure.ISSUES, Measure.ISSUE_AGE, Measure.ENTRIES,
        Measure.UPDATES,
    ),
    Board.DEPARTMENTS: (Measure.NODES, Measure.PACE, Measure.ISSUES, Measure.RETURNS, Measure.RATING),
}  # fmt: skip

DEFAULT_WEIGHTS: Final[Mapping[Board, Mapping[Measure, int]]] = {
    Board.TOWNS: {
        Measure.NODES: 30, Measure.INVESTMENT: 20, Measure.MILESTONES: 20, Measure.ISSUES: 12,
        Measure.ISSUE_AGE: 8, Measure.ENTRIES: 7, Measure.UPDATES: 3,
    },
    Board.DEPARTMENTS: {
        Measure.NODES: 40, Measure.PACE: 15, Measure.ISSUES: 30, Measure.RETURNS: 10, Measure.RATING: 5,
    },
}  # fmt: skip
"""Of the 20 for issues 0.6 are for those closed on time and 0.4 for the age of the open ones (domain.md 6.2).

The 10 for the quality of entries name three things there: updated this week, not back-filled late, with their proof.
Two of them are said of an entry, which is in order where both hold (ENTRIES); one is said of a project (UPDATES).
Shares of different rows are not added up, so each is a measure of its own: two thirds and one third of 10, in whole
points.
"""

REPORTED_WITHIN: Final = 7
"""A project is up to date where something was reported of it in so many days, the last one of the period among them."""

DEFAULT_MOST_ADJUSTED: Final[Mapping[Board, int]] = {Board.TOWNS: 10, Board.DEPARTMENTS: 0}


@dataclass(frozen=True, slots=True)
class Rules:
    """One version of the weights; `most_adjusted` is by how many points at most a score is raised or lowered."""

    version: int = 1
    weights: Mapping[Board, Mapping[Measure, int]] = field(default_factory=lambda: DEFAULT_WEIGHTS)
    most_adjusted: Mapping[Board, int] = field(default_factory=lambda: DEFAULT_MOST_ADJUSTED)
    minimum: int = MINIMUM_SAMPLE

    def as_data(self) -> dict[str, Any]:
        """As it is stored; ``read`` reads it back."""
        return {
            "weights": {
                board.value: {one.value: weight for one, weight in weights.items()}
                for board, weights in self.weights.items()
            },
            "most_adjusted": {board.value: most for board, most in self.most_adjusted.items()},
            "minimum": self.minimum,
        }

    @classmethod
    def read(cls, data: Mapping[str, Any], version: int) -> "Rules":
        """What ``as_data`` wrote. Raises InputError where that cannot be a set of rules."""
        # A version that is older than a measure gives it no weight.
        weights = {
            board: {one: _whole(data["weights"][board].get(one, 0)) for one in MEASURES[board]}
            for board in Board
        }
        most = {board: _whole(data["most_adjusted"][board]) for board in Board}
        rules = cls(version, weights, most, _whole(data["minimum"]))
        rules.check()
        return rules

    def check(self) -> None:
        """Raises InputError where weights are negative or do not add up to 100, or another number is out of range."""
        for board in Board:
            weights = [self.weights[board][one] for one in MEASURES[board]]
            if min(weights) < 0:
                raise InputError(
                    gettext_noop("A weight cannot be negative: %(weight)s."), weight=min(weights)
                )
            if sum(weights) != WHOLE:
                raise InputError(
                    gettext_noop("The weights of a board add up to 100; these add up to %(total)s."),
                    total=sum(weights),
                )
            if not 0 <= self.most_adjusted[board] <= MOST_POINTS:
                raise InputError(
                    gettext_noop("What is added or deducted at most lies between 0 and %(most)s."),
                    most=MOST_POINTS,
                )
        if not 1 <= self.minimum <= WHOLE:
            raise InputError(gettext_noop("The smallest sample lies between 1 and 100 nodes."))


def _whole(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise InputError(gettext_noop("“%(value)s” is no whole number."), value=str(value)[:40])
    return value


@dataclass(frozen=True, slots=True)
class Counted:
    """What was counted of one measure: so many `rows`, and the two numbers that are divided.

    Shares count rows in both. INVESTMENT divides 万元 made by 万元 planned to date; PACE days used by days of the
    limits; RATING the stars given by the stars there could have been; ISSUE_AGE the median age in working days by
    AGE_NONE.
    """

    numerator: Decimal = Decimal(0)
    denominator: Decimal = Decimal(0)
    rows: int = 0

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to judge: no rows, or nothing planned."""
        return not self.rows or self.denominator <= 0


def value_of(measure: Measure, counted: Counted) -> Fraction | None:
    """What part of its weight a measure earns, from 0 to 1; None where there is nothing to judge."""
    if counted.is_empty:
        return None
    share = Fraction(counted.numerator) / Fraction(counted.denominator)
    match measure:
        case Measure.INVESTMENT:
            share = min(share, PLAN_FULL) / PLAN_FULL
        case Measure.PACE:
            share = (PACE_NONE - share) / (PACE_NONE - PACE_FULL)
        case Measure.ISSUE_AGE:
            share = 1 - share
    return min(max(share, Fraction(0)), Fraction(1))


@dataclass(frozen=True, slots=True)
class Part:
    """One measure of one unit. `weight` is the rules' own, `raised` what it comes to where others are left out; of a
    measure that is left out `value` and `points` are None."""

    measure: Measure
    weight: int
    counted: Counted
    raised: Decimal | None = None
    value: Decimal | None = None
    points: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """What was found of one unit before any weight: what is scored again with other weights.

    `adjustments` and `red_slips` are before the cap; the slips are a count. `marks` are shown and not deducted.
    `knocked_on`: how many nodes are not scored because another one held them up.
    """

    unit: int
    name: str
    counted: Mapping[Measure, Counted]
    adjustments: Decimal = Decimal(0)
    red_slips: int = 0
    knocked_on: int = 0
    marks: Mapping[Mark, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Line:
    """One unit on a board. `rank` is None where it has too few scored nodes; `rise` is by how many places it stands
    higher than last time, None where one of the two places does not exist."""

    found: Found
    parts: tuple[Part, ...]
    adjusted: Decimal
    score: Decimal
    rank: int | None = None
    rise: int | None = None

    def part(self, measure: Measure) -> Part:
        """Raises StopIteration for a measure that is not the board's."""
        return next(part for part in self.parts if part.measure == measure)


def scored(found: Found, board: Board, rules: Rules) -> Line:
    """The score of one unit, not ranked yet."""
    empty = Counted()
    values = {one: value_of(one, found.counted.get(one, empty)) for one in MEASURES[board]}
    weights = rules.weights[board]
    present = sum(weights[one] for one, value in values.items() if value is not None)
    parts = tuple(
        _part(one, weights[one], found.counted.get(one, empty), values[one], present)
        for one in MEASURES[board]
    )
    adjusted = adjusted_by(found.adjustments, found.red_slips, rules.most_adjusted[board])
    # Six raised weights, each rounded, can come to a hundredth more than there is.
    earned = min(sum((part.points or Decimal(0) for part in parts), Decimal("0.00")), Decimal("100.00"))
    return Line(found, parts, adjusted, earned + adjusted)


def _part(measure: Measure, weight: int, counted: Counted, value: Fraction | None, present: int) -> Part:
    if value is None:
        return Part(measure, weight, counted)
    # Where all that is there has no weight, nothing is earned by it.
    raised = Fraction(weight * WHOLE, present) if present else Fraction(0)
    return Part(measure, weight, counted, rounded(raised), rounded(value, 4), rounded(raised * value))


def adjusted_by(adjustments: Decimal, red_slips: int, most: int) -> Decimal:
    """What is added or deducted: the adjustments less two points a red slip, at most `most` either way."""
    return rounded(Fraction(min(max(adjustments - RED_SLIP * red_slips, Decimal(-most)), Decimal(most))))


def rounded(value: Fraction, places: int = 2) -> Decimal:
    """To so many decimals, halves away from nought."""
    scale = 10**places
    whole = (2 * abs(value) * scale + 1) // 2
    return Decimal(int(whole) if value >= 0 else -int(whole)).scaleb(-places)


def ranked(
    found: Iterable[Found], board: Board, rules: Rules, before: Mapping[int, int] | None = None
) -> tuple[Line, ...]:
    """The board: the best first, who has too few scored nodes behind them all, by name.

    Equal scores share a rank, and the next one is as far down as there are units before it: 1, 2, 2, 4. `before`
    gives the ranks of last time by unit.
    """
    lines = [scored(each, board, rules) for each in found]
    enough = [line for line in lines if line.part(Measure.NODES).counted.rows >= rules.minimum]
    few = [line for line in lines if line.part(Measure.NODES).counted.rows < rules.minimum]
    enough.sort(key=lambda line: (-line.score, line.found.name, line.found.unit))
    few.sort(key=lambda line: (line.found.name, line.found.unit))
    last = before or {}
    placed = []
    for line in enough:
        rank = 1 + sum(other.score > line.score for other in enough)
        was = last.get(line.found.unit)
        placed.append(replace(line, rank=rank, rise=None if was is None else was - rank))
    return (*placed, *few)


def ranks_of(lines: Iterable[Line]) -> dict[int, int]:
    """The ranks by unit, of those that have one."""
    return {line.found.unit: line.rank for line in lines if line.rank is not None}


def improved(lines: Sequence[Line]) -> tuple[Line, ...]:
    """Who gets the prize for improvement (争先进位): whoever rose by most places; several share it, nobody where none
    rose."""
    most = max((line.rise or 0 for line in lines), default=0)
    return tuple(line for line in lines if line.rise == most) if most > 0 else ()


def leaders(lines: Sequence[Line]) -> tuple[Line, ...]:
    """Who stands first."""
    return tuple(line for line in lines if line.rank == 1)


def check_points(points: Decimal) -> None:
    """Raises InputError where an adjustment adds nothing, or more than could ever count."""
    if not points or abs(points) > MOST_POINTS:
        raise InputError(
            gettext_noop("The points lie between −%(most)s and %(most)s and are not 0."), most=MOST_POINTS
        )


def line_as_data(line: Line) -> dict[str, Any]:
    """A line as a frozen board keeps it: everything that is needed to show it and to score it again."""
    found = line.found
    return {
        "unit": found.unit, "name": found.name, "rank": line.rank, "rise": line.rise, "score": str(line.score),
        "adjusted": str(line.adjusted), "adjustments": str(found.adjustments), "red_slips": found.red_slips,
        "knocked_on": found.knocked_on,
        "marks": {mark.value: count for mark, count in found.marks.items()},
        "parts": [
            {
                "measure": part.measure.value, "weight": part.weight,
                "numerator": str(part.counted.numerator), "denominator": str(part.counted.denominator),
                "rows": part.counted.rows, "raised": _text(part.raised), "value": _text(part.value),
                "points": _text(part.points),
            }
            for part in line.parts
        ],
    }  # fmt: skip


def read_line(data: Mapping[str, Any]) -> Line:
    """What ``line_as_data`` wrote: as it was, computed by nothing of today."""
    parts = tuple(
        Part(
            Measure(part["measure"]), part["weight"],
            Counted(Decimal(part["numerator"]), Decimal(part["denominator"]), part["rows"]),
            _number(part["raised"]), _number(part["value"]), _number(part["points"]),
        )
        for part in data["parts"]
    )  # fmt: skip
    found = Found(
        data["unit"], data["name"], {part.measure: part.counted for part in parts}, Decimal(data["adjustments"]),
        data["red_slips"], data["knocked_on"], Counter({Mark(mark): n for mark, n in data["marks"].items()}),
    )  # fmt: skip
    return Line(found, parts, Decimal(data["adjusted"]), Decimal(data["score"]), data["rank"], data["rise"])


def _text(value: Decimal | None) -> str | None:
    return None if value is None else str(value)


def _number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
