"""The distribution of durations that forecasts draw from, against the curve of ``domain.survival`` and by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.pace import (
    FEWEST_ENDS,
    SLICES,
    Basis,
    PaceTable,
    assumed_pace,
    cautious,
    likeness,
    pace,
    paces_of,
)
from domain.survival import Observed, product_limit

observations = st.lists(st.tuples(st.integers(1, 60), st.booleans()), min_size=1, max_size=80).filter(
    lambda rows: any(ended for _, ended in rows)
)


@given(rows=observations, share=st.integers(0, SLICES - 1))
def test_the_slices_are_the_quantiles_of_the_product_limit_curve(
    rows: list[tuple[int, bool]], share: int
) -> None:
    found = pace([days for days, _ in rows], [ended for _, ended in rows])
    curve = product_limit(Observed(days, ended) for days, ended in rows)

    quantile = curve.quantile((share + 0.5) / SLICES)
    if quantile is not None:
        assert found.slices[share] == pytest.approx(quantile)
    else:
        assert found.slices[share] >= curve.longest


@given(rows=observations)
def test_slices_ascend_and_tell_their_evidence(rows: list[tuple[int, bool]]) -> None:
    found = cautious(pace([days for days, _ in rows], [ended for _, ended in rows]))

    assert (np.diff(found.slices) >= 0).all()
    assert np.isfinite(found.slices).all()
    assert (found.observations, found.ended) == (len(rows), sum(ended for _, ended in rows))


def test_beyond_the_last_that_ended_the_constant_rate_speaks() -> None:
    found = pace([10, 20, 30, 30], [True, False, False, False])

    # One in 90 days has ended; of those that took more than 30, half are over after 90 ln 2 days more.
    assert found.rate == pytest.approx(1 / 90)
    left = 0.75
    assert found.within(1 - left / 2) == pytest.approx(30 + 90 * np.log(2), rel=0.01)


def test_without_any_end_there_is_no_pace() -> None:
    with pytest.raises(ValueError, match="none has ended"):
        pace([5, 7], [False, False])


def test_equal_durations_leave_room_for_another() -> None:
    equal = pace([1.0] * 10, [True] * 10)
    found = cautious(equal)

    assert equal.within(0.999) == pytest.approx(1.0)
    assert found.median == pytest.approx(1.0)
    assert 0.90 < np.mean(found.slices <= 1.0) < 0.96
    assert found.within(0.99) > 1.5


def test_room_for_another_vanishes_with_many() -> None:
    draws = np.random.default_rng(3).lognormal(0, 0.5, 4000)
    found = pace(draws, np.ones(4000, dtype=bool))

    assert cautious(found).within(0.8) == pytest.approx(found.within(0.8), rel=0.01)


def test_what_runs_takes_what_those_take_that_have_taken_as_long() -> None:
    draws = np.random.default_rng(1).lognormal(0, 0.7, 20_000)
    table = PaceTable.of([pace(draws, np.ones(len(draws), dtype=bool))])
    shares = (np.arange(1000) + 0.5) / 1000
    for so_far in (0.5, 1.0, 2.0):
        drawn = table.draw_beyond(np.array([0]), np.array([so_far]), shares)[0]
        rest = draws[draws > so_far]

        assert (drawn > so_far).all()
        for share in (0.5, 0.8):
            assert np.quantile(drawn, share) == pytest.approx(np.quantile(rest, share), rel=0.05)


def test_what_has_taken_longer_than_all_ends_at_the_constant_rate() -> None:
    table = PaceTable.of([pace([1.0] * 50, [True] * 50)])
    shares = (np.arange(1000) + 0.5) / 1000

    drawn = table.draw_beyond(np.array([0]), np.array([7.0]), shares)[0]

    assert np.median(drawn) == pytest.approx(7 + np.log(2), rel=0.01)


def test_rows_of_a_table_do_not_mix() -> None:
    table = PaceTable.of([pace([1.0] * 10, [True] * 10), pace([5.0] * 10, [True] * 10)])

    drawn = table.draw(np.array([1, 0, 1]), np.array([0.1, 0.9]))

    assert drawn.tolist() == [[5, 5], [1, 1], [5, 5]]


def test_the_assumed_pace_is_as_said() -> None:
    found = assumed_pace(15)

    assert found.within(0.5) == pytest.approx(15, rel=0.01)
    assert found.within(0.8) == pytest.approx(30, rel=0.01)
    assert found.ended == 0


def test_too_few_of_a_town_fall_back_to_the_kind_then_to_all_then_to_an_assumption() -> None:
    many, few = FEWEST_ENDS, FEWEST_ENDS - 1
    kind = np.array([1] * (many + few) + [2] * few)
    town = np.array([7] * many + [8] * few + [7] * few)
    ratios = np.where(kind == 1, np.where(town == 7, 1.0, 3.0), 9.0)

    found = paces_of(ratios, np.ones(len(kind), dtype=bool), kind, town)

    def basis(place: int, of_kind: int) -> Basis:
        return found.bases[found.of(place, of_kind)]

    assert basis(7, 1) == Basis.PLACE
    assert basis(8, 1) == Basis.KIND
    assert basis(7, 2) == Basis.ALL
    assert basis(7, 99) == Basis.ALL  # a kind that does not exist any more
    assert found.paces[found.of(7, 1)].median == pytest.approx(1.0)
    nothing = paces_of(ratios[:3], np.zeros(3, dtype=bool), kind[:3], town[:3])
    assert nothing.bases[nothing.of(7, 1)] == Basis.ASSUMED
    empty = np.zeros(0)
    assert paces_of(empty, empty.astype(bool), empty.astype(int), empty.astype(int)).bases == [Basis.ASSUMED]


def test_the_paces_of_one_project_are_those_among_all() -> None:
    random = np.random.default_rng(5)
    kind, town = random.integers(0, 6, 900), random.integers(0, 4, 900)
    ratios, ended = random.lognormal(0, 1, 900), random.random(900) < 0.7
    whole = paces_of(ratios, ended, kind, town)
    wanted = {(2, 0), (2, 1), (2, 77)}
    some = paces_of(ratios, ended, kind, town, wanted=wanted)

    for place, of_kind in wanted:
        assert (
            some.paces[some.of(place, of_kind)].slices == whole.paces[whole.of(place, of_kind)].slices
        ).all()
    assert len(some.paces) < len(whole.paces)


@pytest.mark.parametrize("true", [0.0, 0.4])
def test_likeness_finds_how_alike_the_steps_of_a_project_are(true: float) -> None:
    random = np.random.default_rng(2)
    project, kind = np.repeat(np.arange(400), 10), np.tile(np.arange(10), 400)
    scores = true**0.5 * random.standard_normal(400)[project] + (1 - true) ** 0.5 * random.standard_normal(
        4000
    )
    ratios = np.exp((kind + 1) * scores)  # of another spread in each kind

    assert likeness(ratios, kind, project) == pytest.approx(true, abs=0.05)


def test_of_too_few_steps_nothing_is_said_of_likeness() -> None:
    assert likeness(np.ones(30), np.zeros(30), np.repeat(np.arange(15), 2)) == 0
    assert likeness(np.zeros(0), np.zeros(0), np.zeros(0)) == 0


def test_what_ran_before_the_records_begin_does_not_make_all_look_slow() -> None:
    """Of steps that began before the records do, only those are on record that had not ended by then."""
    random = np.random.default_rng(6)
    begun, took = random.uniform(0, 300, 6000), 40 * random.lognormal(0, 0.8, 6000)
    begin, today = 200.0, 300.0
    known = begun + took >= begin
    begun, took = begun[known], took[known]
    ended = begun + took <= today
    so_far = np.where(ended, took, today - begun)

    naive, found = pace(so_far, ended), pace(so_far, ended, np.maximum(begin - begun, 0))

    assert found.median == pytest.approx(40, rel=0.06)
    assert naive.median > 48
    assert (pace(so_far, ended, np.zeros(len(took))).slices == naive.slices).all()
