"""The simulation through a chain: by hand where the answer is known, else against another simulation, step by step."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from domain.chain_matrix import ABSENT, DONE, HELD, RUNNING, WAITING, WAIVED, ChainMatrix, StepGraph
from domain.forecast import Wait, Work, by_medians, simulate
from domain.pace import Pace, assumed_pace, pace

DAY = 738_000
PLAN = 10


def certain(multiple: float) -> Pace:
    """Steps that always take so much of their plan."""
    return pace([multiple] * 50, [True] * 50)


def chain(
    status: Sequence[Sequence[int]], *, hard: Sequence[Sequence[int]], groups: Any = None, soft: Any = None,
    due_on: int = 0,
) -> ChainMatrix:  # fmt: skip
    steps = len(hard)
    graph = StepGraph(hard, groups or [()] * steps, soft or [()] * steps, tuple(range(steps)))
    codes = np.array(status, dtype=np.int8)
    days = np.zeros(codes.shape, dtype=np.int32)
    return ChainMatrix(
        graph=graph, starts_on=np.full(len(codes), DAY - 100, dtype=np.int32), status=codes,
        started_on=days, closed_on=np.where(codes == DONE, DAY - 5, days), due_on=days + due_on,
        plan=days + PLAN, limit=days - 1, held=days,
    )  # fmt: skip


def work_of(matrix: ChainMatrix, *paces: Pace, taken: Any = 0, **more: Any) -> Work:
    """Each step has the pace of its column, or the only one."""
    shape = matrix.status.shape
    columns = np.arange(shape[1]) if len(paces) > 1 else np.zeros(shape[1])
    cells = np.broadcast_to(columns, shape).astype(np.int32)
    so_far = np.broadcast_to(np.array(taken, dtype=np.int32), shape)
    return Work(matrix, list(paces), cells, so_far, **more)


def half(work: Work, step: int) -> list[float]:
    found: list[float] = simulate(work, [step])[step].half.tolist()
    return found


def test_steps_in_a_row_take_the_sum_and_beside_each_other_the_longest() -> None:
    matrix = chain([[WAITING] * 4], hard=[(), (0,), (0,), (1, 2)])
    work = work_of(matrix, certain(1), certain(2), certain(0.5), certain(1))

    assert half(work, 3) == [10 + 20 + 10]


def test_a_soft_predecessor_is_waited_for_and_what_has_begun_waits_for_nothing() -> None:
    waiting = chain([[WAITING, WAITING], [WAITING, RUNNING]], hard=[(), ()], soft=[(), (0,)])

    assert half(work_of(waiting, certain(1)), 1) == [20, 10]


def test_of_an_any_of_group_the_first_counts() -> None:
    states = [
        [WAITING, WAITING, WAITING],
        [DONE, WAITING, WAITING],
        [ABSENT, WAITING, WAITING],
        [WAIVED, WAIVED, WAITING],
    ]
    matrix = chain(states, hard=[(), (), ()], groups=[(), (), ((0, 1),)])

    assert half(work_of(matrix, certain(3), certain(2), certain(1)), 2) == [30, 10, 30, 10]


def test_what_has_been_taken_already_is_not_taken_again() -> None:
    matrix = chain([[RUNNING, WAITING]], hard=[(), (0,)])

    assert half(work_of(matrix, certain(1), taken=[[4, 0]]), 1) == [6 + 10]


def test_closed_and_absent_steps_have_no_outlook() -> None:
    matrix = chain([[DONE, WAITING], [WAITING, ABSENT], [WAIVED, WAIVED]], hard=[(), (0,)])

    found = simulate(work_of(matrix, certain(1)), [0, 1])

    assert np.isnan(found[0].half).tolist() == [True, False, True]
    assert np.isnan(found[1].most).tolist() == [False, True, True]


def test_nothing_ends_before_the_next_working_day() -> None:
    matrix = chain([[RUNNING]], hard=[()])

    assert half(work_of(matrix, certain(0.01)), 0) == [1]


def test_a_hold_is_sat_out_and_an_issue_only_put_off_to() -> None:
    matrix = chain([[HELD], [RUNNING], [RUNNING]], hard=[()])
    waits = [Wait(0, 0, certain(1), 0, 15), Wait(1, 0, certain(1), 0, 15), Wait(2, 0, certain(1), 0, 3)]

    assert half(work_of(matrix, certain(1), waits=waits), 0) == [15 + 10, 15, 10]


def test_of_several_issues_the_last_counts() -> None:
    matrix = chain([[RUNNING]], hard=[()])
    waits = [Wait(0, 0, certain(1), 0, 12), Wait(0, 0, certain(1), 0, 30), Wait(0, 0, certain(1), 0, 5)]

    assert half(work_of(matrix, certain(1), waits=waits), 0) == [30]


def test_the_end_of_a_hold_of_a_year_is_drawn_and_is_not_near() -> None:
    matrix = chain([[HELD]], hard=[()])
    usual = pace(np.linspace(1, 40, 40), np.ones(40, dtype=bool))

    fresh = half(work_of(matrix, certain(1), waits=[Wait(0, 0, usual, 0)]), 0)[0]
    after_a_year = simulate(work_of(matrix, certain(1), waits=[Wait(0, 0, usual, 250)]), [0])[0]

    assert fresh == pytest.approx(10 + 20, abs=2)
    # Beyond all holds that ended they end at the constant rate of one in 20.5 days: half in 14, most in 33.
    assert after_a_year.half[0] == pytest.approx(10 + 14, abs=2)
    assert after_a_year.most[0] == pytest.approx(10 + 33, abs=2)


def test_a_chain_that_begins_later_does_not_begin_before() -> None:
    matrix = chain([[WAITING], [WAITING]], hard=[()])
    work = work_of(matrix, certain(1), not_before=np.array([30, 0], dtype=np.int32))

    assert half(work, 0) == [40, 10]
    assert by_medians(work, [0])[0].tolist() == [40, 10]


def test_the_chance_is_the_share_of_draws_that_keep_the_date() -> None:
    matrix = chain([[WAITING]] * 4, hard=[()], due_on=DAY)
    paces = pace(np.arange(1, 101) / 10, np.ones(100, dtype=bool))  # 1 … 100 days
    due_in = np.array([[25], [80], [0], [-3]], dtype=np.int32)

    chance = simulate(work_of(matrix, paces, due_in=due_in), [0])[0].chance

    assert chance[:2] == pytest.approx([0.25, 0.80], abs=0.011)
    assert chance[2:].tolist() == [0, 0]
    undated = chain([[WAITING]], hard=[()])
    assert np.isnan(simulate(work_of(undated, paces, due_in=due_in[:1]), [0])[0].chance[0])


def test_the_same_seed_gives_the_same_answer_and_one_project_that_among_all() -> None:
    random = np.random.default_rng(4)
    status = random.choice(
        [WAITING, RUNNING, HELD, DONE, WAIVED, ABSENT], (700, 6), p=[0.4, 0.2, 0.1, 0.2, 0.05, 0.05]
    )
    matrix = chain(
        status.tolist(), hard=[(), (0,), (0,), (1,), (), (3, 4)], groups=[(), (), (), (), ((2, 3),), ()]
    )
    taken = random.integers(0, 30, status.shape)
    usual = assumed_pace(12)
    waits = [Wait(row, step, usual, 4) for row, step in zip(*np.nonzero(status == HELD), strict=True)]
    work = work_of(matrix, assumed_pace(), taken=taken, waits=waits, likeness=0.3)

    whole, again = simulate(work, [5])[5], simulate(work, [5])[5]

    assert np.array_equal(whole.half, again.half, equal_nan=True)
    for row in (0, 13, 699):
        own = [Wait(0, wait.step, wait.pace, wait.days) for wait in waits if wait.row == row]
        alone = work_of(
            matrix.part(slice(row, row + 1)),
            assumed_pace(),
            taken=taken[row : row + 1],
            waits=own,
            likeness=0.3,
        )
        found = simulate(alone, [5])[5]
        assert np.array_equal(found.half, whole.half[[row]], equal_nan=True)
        assert np.array_equal(found.most, whole.most[[row]], equal_nan=True)


def slowly(
    samples: Sequence[npt.NDArray[Any]], so_far: Sequence[int], runs: int, likeness: float
) -> tuple[float, float]:
    """P50 and P80 of a -> (b, c) -> d, by another code: one run after the other, real durations drawn one by one.

    `so_far` days have been taken of each. The likeness is drawn as normal scores that are looked up in the samples.
    """
    from math import erf

    random = np.random.default_rng(99)
    ordered = [np.sort(sample) for sample in samples]
    ends = []
    for _ in range(runs):
        shared = random.standard_normal()
        took = []
        for sample, days in zip(ordered, so_far, strict=True):
            score = likeness**0.5 * shared + (1 - likeness) ** 0.5 * random.standard_normal()
            share = (1 + erf(score / 2**0.5)) / 2
            rest = sample[sample > days]
            took.append(rest[int(share * len(rest))] - days)
        a, b, c, d = took
        ends.append(a + max(b, c) + d)
    return float(np.quantile(ends, 0.5)), float(np.quantile(ends, 0.8))


@pytest.mark.parametrize("likeness", [0.0, 0.5])
def test_a_chain_of_log_normal_steps_agrees_with_another_simulation(likeness: float) -> None:
    random = np.random.default_rng(8)
    samples = [
        PLAN * random.lognormal(mean, spread, 8000)
        for mean, spread in ((0, 0.6), (0.3, 0.8), (0.5, 0.3), (-0.5, 1))
    ]
    paces = [pace(sample / PLAN, np.ones(8000, dtype=bool)) for sample in samples]
    matrix = chain([[RUNNING, WAITING, WAITING, WAITING]], hard=[(), (0,), (0,), (1, 2)])
    work = work_of(matrix, *paces, taken=[[12, 0, 0, 0]], likeness=likeness)

    found = simulate(work, [3], draws=4000)[3]

    half_slowly, most_slowly = slowly(samples, [12, 0, 0, 0], 12_000, likeness)
    assert found.half[0] == pytest.approx(half_slowly, rel=0.03)
    assert found.most[0] == pytest.approx(most_slowly, rel=0.03)


def test_steps_that_are_alike_make_the_band_wider() -> None:
    matrix = chain([[WAITING] * 6], hard=[(), (0,), (1,), (2,), (3,), (4,)])
    apart, alike = (simulate(work_of(matrix, assumed_pace(), likeness=value), [5])[5] for value in (0.0, 0.6))

    assert alike.most[0] - alike.half[0] > 1.4 * (apart.most[0] - apart.half[0])


def test_few_draws_are_counted_as_they_are() -> None:
    matrix = chain([[WAITING]], hard=[()])
    work = work_of(matrix, pace(np.arange(1, 101) / 10, np.ones(100, dtype=bool)))

    found = simulate(work, [0], draws=5)[0]  # the middles of five slices: 10, 30, 50, 70, 90 days

    assert found.half[0] == pytest.approx(50, abs=1)
    assert found.most[0] == pytest.approx(70, abs=1)


def test_no_project_is_no_error() -> None:
    matrix = chain([[WAITING]], hard=[()]).part(slice(0, 0))

    assert len(simulate(work_of(matrix, assumed_pace()), [0])[0].half) == 0


def test_the_naive_forecast_takes_the_median_and_at_least_a_day() -> None:
    matrix = chain([[RUNNING, WAITING], [RUNNING, WAITING]], hard=[(), (0,)])
    work = work_of(matrix, certain(2), taken=[[5, 0], [90, 0]])

    assert by_medians(work, [1])[1].tolist() == [15 + 20, 1 + 20]
