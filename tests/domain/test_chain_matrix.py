"""All chains at once: what a step waits for is what ``milestones.graph`` says of one; the delay handed on, by hand."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.chain_matrix import (
    ABSENT,
    CODES,
    DONE,
    OPEN,
    RUNNING,
    WAITING,
    WAIVED,
    ChainMatrix,
    StepGraph,
    handed_on,
)
from domain.day_ranks import UNKNOWN, DayRanks
from domain.lifecycle import CLOSED, Status
from domain.workdays import WorkCalendar
from milestones.graph import ChainGraph

MONDAY = date(2026, 3, 2).toordinal()
TODAY = MONDAY + 28
STEPS = 7


def graph_of(edges: list[tuple[int, int, str]]) -> tuple[StepGraph, ChainGraph]:
    """The same graph for a matrix and for one chain; an edge leads to a later step, `hard`, `soft` or of a group."""
    hard: dict[int, list[int]] = {step: [] for step in range(STEPS)}
    soft: dict[int, list[int]] = {step: [] for step in range(STEPS)}
    groups: dict[int, dict[str, list[int]]] = {step: {} for step in range(STEPS)}
    for source, target, sort in edges:
        if sort == "hard":
            hard[target].append(source)
        elif sort == "soft":
            soft[target].append(source)
        else:
            groups[target].setdefault(sort, []).append(source)
    members = {step: tuple(tuple(group) for group in of.values()) for step, of in groups.items()}
    matrix = StepGraph(list(hard.values()), list(members.values()), list(soft.values()), range(STEPS))
    one = ChainGraph(
        {step: tuple(of) for step, of in hard.items()},
        members,
        {step: tuple(of) for step, of in soft.items()},
        {},
        {},
    )
    return matrix, one


edges = st.lists(
    st.tuples(st.integers(0, STEPS - 1), st.integers(0, STEPS - 1), st.sampled_from(["hard", "soft", "one", "two"])),
    unique_by=lambda edge: edge[:2], max_size=12,
).map(lambda found: [edge for edge in found if edge[0] < edge[1]])  # fmt: skip
states = st.lists(
    st.tuples(st.sampled_from([None, *Status]), st.integers(0, 40)), min_size=STEPS, max_size=STEPS
)


def matrix_of(
    graph: StepGraph, chains: Sequence[Sequence[tuple[Status | None, int]]], **more: Any
) -> ChainMatrix:
    """Chains that began on a Monday; each step by its status and, where it is closed, the days since then."""
    shape = (len(chains), len(chains[0]))
    status = np.array(
        [[CODES[said] if said else ABSENT for said, _ in chain] for chain in chains], dtype=np.int8
    )
    closed = np.array([[MONDAY + days for _, days in chain] for chain in chains], dtype=np.int32)
    closed[~np.isin(status, (DONE, WAIVED))] = UNKNOWN
    fields: dict[str, Any] = {
        "started_on": np.zeros(shape, dtype=np.int32), "due_on": np.zeros(shape, dtype=np.int32),
        "plan": np.full(shape, 5, dtype=np.int32), "limit": np.full(shape, -1, dtype=np.int32),
        "held": np.zeros(shape, dtype=np.int32),
    }  # fmt: skip
    fields |= {name: np.array(value, dtype=np.int32) for name, value in more.items()}
    return ChainMatrix(
        graph=graph,
        starts_on=np.full(len(chains), MONDAY, dtype=np.int32),
        status=status,
        closed_on=closed,
        **fields,
    )


@given(edges=edges, chains=st.lists(states, min_size=1, max_size=3))
def test_a_step_could_be_begun_when_the_graph_says(
    edges: list[tuple[int, int, str]], chains: list[list[tuple[Status | None, int]]]
) -> None:
    steps, graph = graph_of(edges)
    found = matrix_of(steps, chains).ready_on()
    for row, chain in enumerate(chains):
        nodes = {
            step: (status, date.fromordinal(MONDAY + days) if status in CLOSED else None)
            for step, (status, days) in enumerate(chain)
            if status
        }
        for step in range(STEPS):
            expected = graph.ready_on(step, nodes, date.fromordinal(MONDAY))
            assert found[row, step] == (OPEN if expected is None else expected.toordinal()), (row, step)
            assert steps.before(step) == graph.before(step)


RANKS = DayRanks(WorkCalendar(), date(2026, 1, 1), date(2026, 12, 31))


def handed(
    chain: Sequence[tuple[Status | None, int]], links: list[tuple[int, int, str]], **more: Any
) -> list[int]:
    """What each step of one chain has handed on by the 30th; all are planned for five days, one after another."""
    steps, _graph = graph_of([])
    hard: list[list[int]] = [[] for _ in chain]
    for source, target, _sort in links:
        hard[target].append(source)
    steps = StepGraph(hard, [[] for _ in chain], [[] for _ in chain], range(len(chain)))
    due = {"due_on": [[MONDAY + 7 * (step + 1) for step in range(len(chain))]], **more}
    matrix = matrix_of(steps, [chain], **due)
    found: list[int] = handed_on(matrix, matrix.ready_on(), TODAY, RANKS)[0].tolist()
    return found


LINE = [(0, 1, "hard"), (1, 2, "hard")]


def test_a_step_that_takes_longer_than_planned_hands_on_what_is_beyond() -> None:
    """Five days were planned, ten taken: the next one begins five working days later than keeps its date."""
    chain = [(Status.DONE, 14), (Status.RUNNING, 0), (Status.WAITING, 0)]
    assert handed(chain, LINE)[0] == 5


def test_an_open_step_hands_on_what_it_has_taken_so_far() -> None:
    chain = [(Status.RUNNING, 0), (Status.WAITING, 0), (Status.WAITING, 0)]
    assert handed(chain, LINE) == [15, 0, 0], "four weeks since it could begin, one of them planned"


def test_what_a_step_inherited_is_the_earlier_ones() -> None:
    """The second is done as late as the first, in its own five days: it adds nothing."""
    chain = [(Status.DONE, 14), (Status.DONE, 21), (Status.WAITING, 0)]
    assert handed(chain, LINE)[:2] == [5, 0]


def test_days_on_hold_are_nobodys_fault() -> None:
    chain = [(Status.DONE, 14), (Status.RUNNING, 0), (Status.WAITING, 0)]
    assert handed(chain, LINE, held=[[5, 0, 0]])[0] == 0


def test_what_the_next_one_has_time_for_is_not_handed_on() -> None:
    chain = [(Status.DONE, 14), (Status.RUNNING, 0), (Status.WAITING, 0)]
    late_due = [[MONDAY + 7, MONDAY + 18, MONDAY + 25]]
    assert handed(chain, LINE, due_on=late_due)[0] == 1


def test_a_limit_counts_before_the_plan() -> None:
    chain = [(Status.DONE, 14), (Status.RUNNING, 0), (Status.WAITING, 0)]
    assert handed(chain, LINE, limit=[[8, -1, -1]])[0] == 2


def test_of_two_the_one_that_was_done_last_held_it_up() -> None:
    chain = [(Status.DONE, 21), (Status.DONE, 14), (Status.WAITING, 0)]
    due = [[MONDAY + 7, MONDAY + 7, MONDAY + 14]]
    assert handed(chain, [(0, 2, "hard"), (1, 2, "hard")], due_on=due) == [10, 0, 0]


def test_a_waived_step_holds_nobody_up_and_is_held_up_by_nobody() -> None:
    chain = [(Status.DONE, 14), (Status.WAIVED, 0), (Status.WAITING, 0)]
    assert handed(chain, LINE) == [0, 0, 0]


def test_the_last_step_hands_nothing_on() -> None:
    chain = [(Status.DONE, 7), (Status.DONE, 14), (Status.RUNNING, 0)]
    assert handed(chain, LINE)[2] == 0


def test_a_step_that_nobody_started_began_when_it_could() -> None:
    steps, _graph = graph_of([(0, 1, "hard")])
    chain: list[tuple[Status | None, int]] = [(Status.DONE, 7), (Status.DONE, 20), *[(Status.WAITING, 0)] * 5]
    matrix = matrix_of(steps, [chain])
    assert matrix.began_on(matrix.ready_on())[0, :3].tolist() == [MONDAY, MONDAY + 7, UNKNOWN]


def test_a_part_holds_the_same_rows() -> None:
    steps, _graph = graph_of([])
    chains: list[list[tuple[Status | None, int]]] = [
        [(status, 3)] * STEPS for status in (Status.DONE, Status.RUNNING)
    ]
    part = matrix_of(steps, chains).part(slice(1, 2))
    assert (part.status == RUNNING).all()
    assert part.is_open.all()
    assert WAITING not in part.status


@pytest.mark.parametrize("days", [0, 1, 400])
def test_a_step_done_in_the_future_is_counted_up_to_today(days: int) -> None:
    chain = [(Status.DONE, 28 + days), (Status.WAITING, 0), (Status.WAITING, 0)]
    assert handed(chain, LINE)[0] == 15
