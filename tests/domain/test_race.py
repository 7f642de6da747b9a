"""The race: values, points, ranks and the prize, each added up by hand here."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import InputError
from domain.race import (
    DEFAULT_WEIGHTS,
    MEASURES,
    Board,
    Counted,
    Found,
    Line,
    Mark,
    Measure,
    Rules,
    adjusted_by,
    check_points,
    improved,
    line_as_data,
    ranked,
    ranks_of,
    read_line,
    rounded,
    scored,
    value_of,
)

RULES = Rules()


def counted(numerator: str | int, denominator: str | int, rows: int | None = None) -> Counted:
    return Counted(
        Decimal(numerator), Decimal(denominator), int(Decimal(denominator)) if rows is None else rows
    )


def found(unit: int, on_time: int = 10, due: int = 10, **more: Counted) -> Found:
    return Found(
        unit,
        f"单位{unit}",
        {Measure.NODES: counted(on_time, due), **{Measure(k): v for k, v in more.items()}},
    )


def units(lines: tuple[Line, ...]) -> list[tuple[int, int | None]]:
    return [(line.found.unit, line.rank) for line in lines]


@pytest.mark.parametrize(
    ("measure", "numerator", "denominator", "value"),
    [
        (Measure.NODES, 11, 12, Fraction(11, 12)),
        (Measure.INVESTMENT, 60, 100, Fraction(1, 2)),  # 0.6 of the most that counts, 1.2
        (Measure.INVESTMENT, 120, 100, Fraction(1)),
        (Measure.INVESTMENT, 500, 100, Fraction(1)),  # more than 1.2 times the plan earns no more
        (Measure.ISSUE_AGE, 0, 30, Fraction(1)),
        (Measure.ISSUE_AGE, 12, 30, Fraction(3, 5)),
        (Measure.ISSUE_AGE, 45, 30, Fraction(0)),
        (Measure.PACE, 5, 10, Fraction(1)),
        (Measure.PACE, 10, 10, Fraction(1, 2)),
        (Measure.PACE, 15, 10, Fraction(0)),
        (Measure.PACE, 1, 10, Fraction(1)),
        (Measure.PACE, 40, 10, Fraction(0)),
        (Measure.RATING, 17, 20, Fraction(17, 20)),
    ],
)
def test_what_part_of_its_weight_a_measure_earns(
    measure: Measure, numerator: int, denominator: int, value: Fraction
) -> None:
    assert value_of(measure, counted(numerator, denominator, rows=3)) == value


@pytest.mark.parametrize("nothing", [Counted(), counted(5, 0, rows=4), counted(0, 30, rows=0)])
def test_where_there_is_nothing_to_judge_there_is_no_value(nothing: Counted) -> None:
    assert all(value_of(measure, nothing) is None for measure in Measure)


def test_points_are_weight_times_value_and_the_score_is_their_sum() -> None:
    line = scored(
        found(
            1, 22, 28,
            investment=counted("111219.00", "118736.67", rows=31), milestones=counted(12, 13),
            issues=counted(2, 5), issue_age=counted(13, 30, rows=5), entries=counted(9, 21),
            updates=counted(9, 12),
        ),
        Board.TOWNS, RULES,
    )  # fmt: skip
    # 30 × 22/28, 20 × 0.93669 / 1.2, 20 × 12/13, 12 × 2/5, 8 × (1 − 13/30), 7 × 9/21, 3 × 9/12
    by_hand = ["23.57", "15.61", "18.46", "4.80", "4.53", "3.00", "2.25"]
    assert [part.points for part in line.parts] == [Decimal(points) for points in by_hand]
    assert line.score == Decimal("72.22") == sum(map(Decimal, by_hand))


def test_what_is_left_out_raises_the_weights_of_the_rest() -> None:
    line = scored(found(1, 3, 4, pace=counted(10, 10, rows=3)), Board.DEPARTMENTS, RULES)
    nodes, pace = line.part(Measure.NODES), line.part(Measure.PACE)
    # 40 and 15 of 55: 72.73 and 27.27
    assert (nodes.weight, nodes.raised, nodes.points) == (40, Decimal("72.73"), Decimal("54.55"))
    assert (pace.weight, pace.raised, pace.points) == (15, Decimal("27.27"), Decimal("13.64"))
    assert line.part(Measure.RATING).points is None
    assert line.score == Decimal("68.19")


def test_halves_are_rounded_away_from_nought() -> None:
    assert rounded(Fraction(5, 1000)) == Decimal("0.01")
    assert rounded(Fraction(-5, 1000)) == Decimal("-0.01")
    assert rounded(Fraction(4999, 1_000_000)) == Decimal("0.00")


@pytest.mark.parametrize(
    ("points", "red", "most", "adjusted"),
    [
        ("3", 0, 10, "3"), ("0", 2, 10, "-4"), ("5", 1, 10, "3"), ("-8", 3, 10, "-10"), ("18", 0, 10, "10"),
        ("18", 0, 0, "0"), ("-2.5", 0, 10, "-2.5"),
    ],
)  # fmt: skip
def test_adjustments_and_red_slips_are_capped_together(
    points: str, red: int, most: int, adjusted: str
) -> None:
    assert adjusted_by(Decimal(points), red, most) == Decimal(adjusted)


def test_an_adjustment_moves_the_score_of_a_town_and_none_of_a_department() -> None:
    praised = replace(found(1), adjustments=Decimal(4), red_slips=1)
    assert scored(praised, Board.TOWNS, RULES).score == Decimal(102)
    assert scored(praised, Board.DEPARTMENTS, RULES).score == Decimal(100), (
        "its board has none, unless so weighed"
    )


def test_equal_scores_share_a_rank_and_the_next_is_further_down() -> None:
    lines = ranked([found(1, 5), found(2, 9), found(3, 7), found(4, 7)], Board.TOWNS, RULES)
    assert units(lines) == [(2, 1), (3, 2), (4, 2), (1, 4)]


def test_who_has_too_few_scored_nodes_is_listed_and_not_ranked() -> None:
    lines = ranked([found(1, 2, 2), found(2, 1, 3), found(3, 0, 0)], Board.TOWNS, RULES)
    assert units(lines) == [(2, 1), (1, None), (3, None)]
    assert units(ranked([found(1, 2, 2)], Board.TOWNS, replace(RULES, minimum=2))) == [(1, 1)]


def test_ranks_are_compared_with_last_time_by_the_number_of_the_unit() -> None:
    lines = ranked([found(1, 9), found(2, 8), found(3, 7)], Board.TOWNS, RULES, {1: 3, 2: 2, 9: 1})
    assert [(line.found.unit, line.rise) for line in lines] == [(1, 2), (2, 0), (3, None)]


def test_the_prize_for_improvement_is_shared_by_those_who_rose_most() -> None:
    four = [found(1, 9), found(2, 8), found(3, 7), found(4, 6)]
    lines = ranked(four, Board.TOWNS, RULES, {1: 3, 2: 4, 3: 2, 4: 1})
    assert [line.found.unit for line in improved(lines)] == [1, 2]
    assert improved(ranked(four, Board.TOWNS, RULES, {1: 1, 2: 2, 3: 3, 4: 4})) == (), "nobody rose"
    assert improved(ranked(four, Board.TOWNS, RULES)) == (), "there was no board before"


def test_a_frozen_line_is_read_as_it_was() -> None:
    town = replace(
        found(7, 22, 28, issues=counted(2, 5)), adjustments=Decimal("1.5"), red_slips=1, knocked_on=3,
        marks={Mark.MOVED: 2},
    )  # fmt: skip
    (line,) = ranked([town], Board.TOWNS, RULES, {7: 4})
    read = read_line(line_as_data(line))
    assert (read.score, read.rank, read.rise, read.adjusted) == (line.score, 1, 3, line.adjusted)
    assert read.parts == line.parts
    assert read.found.marks == {Mark.MOVED: 2}
    assert ranked([read.found], Board.TOWNS, RULES)[0].score == line.score, "it can be scored again"
    assert ranks_of([read]) == {7: 1}


def test_the_first_weights_add_up_and_are_read_back() -> None:
    RULES.check()
    assert {board: sum(weights.values()) for board, weights in DEFAULT_WEIGHTS.items()} == {
        Board.TOWNS: 100,
        Board.DEPARTMENTS: 100,
    }
    assert Rules.read(RULES.as_data(), 1) == RULES


def _weighed(**weights: int) -> Rules:
    towns = {**RULES.weights[Board.TOWNS], **{Measure(one): weight for one, weight in weights.items()}}
    return replace(RULES, weights={**RULES.weights, Board.TOWNS: towns})


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        (_weighed(nodes=31), "add up to 101"),
        (_weighed(nodes=-5, entries=45), "negative: -5"),
        (replace(RULES, most_adjusted={Board.TOWNS: 50, Board.DEPARTMENTS: 0}), "between 0 and 20"),
        (replace(RULES, minimum=0), "smallest sample"),
    ],
)
def test_weights_that_cannot_be_are_refused(rules: Rules, said: str) -> None:
    with pytest.raises(InputError, match=said):
        rules.check()


def test_text_is_no_weight() -> None:
    data = RULES.as_data()
    data["weights"]["towns"]["nodes"] = "dreißig"
    with pytest.raises(InputError, match="“dreißig” is no whole number"):
        Rules.read(data, 1)


@pytest.mark.parametrize("points", ["0", "21", "-20.5"])
def test_points_that_cannot_count_are_refused(points: str) -> None:
    with pytest.raises(InputError, match="points lie between"):
        check_points(Decimal(points))


@given(
    st.lists(st.tuples(st.integers(0, 30), st.integers(3, 30)), min_size=1, max_size=8),
    st.sampled_from(list(Board)),
)
def test_better_is_never_behind_and_nobody_earns_more_than_there_is(
    nodes: list[tuple[int, int]], board: Board
) -> None:
    lines = ranked(
        [found(number, min(on_time, due), due) for number, (on_time, due) in enumerate(nodes)], board, RULES
    )
    assert all(Decimal(0) <= line.score <= Decimal(100) for line in lines)
    for one in lines:
        assert one.rank == 1 + sum(other.score > one.score for other in lines)
    assert all(len(line.parts) == len(MEASURES[board]) for line in lines)


def test_rounding_gives_nobody_more_than_there_is() -> None:
    full = {one: counted(1, 1) for one in (Measure.NODES, Measure.MILESTONES, Measure.ISSUES)}
    weights = dict(zip(MEASURES[Board.TOWNS], (2, 0, 2, 2, 90, 4, 0), strict=True))
    rules = replace(RULES, weights={**RULES.weights, Board.TOWNS: weights})
    assert [part.points for part in scored(Found(1, "", full), Board.TOWNS, rules).parts if part.points] == [
        Decimal("33.33")
    ] * 3
    full[Measure.NODES], weights[Measure.NODES] = counted(1, 1), 3
    # 3/7 and twice 2/7: 42.86 + 28.57 + 28.57
    assert scored(Found(1, "", full), Board.TOWNS, rules).score == Decimal("100.00")
    six = Found(
        1, "", {one: counted(0 if one == Measure.ISSUE_AGE else 6, 5) for one in MEASURES[Board.TOWNS][:4]}
    )
    odd = dict(zip(MEASURES[Board.TOWNS], (1, 1, 1, 3, 94, 0, 0), strict=True))
    line = scored(six, Board.TOWNS, replace(RULES, weights={**RULES.weights, Board.TOWNS: odd}))
    assert sum(part.points or 0 for part in line.parts) == Decimal("100.01")
    assert line.score == Decimal("100.00")
