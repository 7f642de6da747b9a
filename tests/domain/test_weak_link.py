"""The weak link: durations with what is open counted, delay handed on, and the ranking."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.survival import Curve, Observed, product_limit
from domain.weak_link import (
    MINIMUM_ENDED,
    NOT_KNOWN,
    Cell,
    Link,
    Observations,
    Order,
    curves_of,
    measured,
    rank,
    within,
)


def rows(*nodes: dict[str, Any], pairs: tuple[tuple[int, int], ...] = ()) -> Observations:
    """Nodes that ended after five days of a plan of five, but for what is said of them."""
    usual = {
        "took": 5, "ended": True, "idle": 0, "held": 0, "allowed": 5, "has_limit": False, "handed": 0, "clock": 0
    }  # fmt: skip
    columns = {name: np.array([{**usual, **node}[name] for node in nodes]) for name in usual}
    numbers = {name: column.astype(np.int32) for name, column in columns.items() if column.dtype != np.bool_}
    return Observations(
        **{**columns, **numbers},
        pair_rows=np.array([row for row, _word in pairs], dtype=np.int64),
        pair_words=np.array([word for _row, word in pairs], dtype=np.int32),
    )


def groups(*numbers: int) -> Any:
    return np.array(numbers, dtype=np.int32)


def link(key: int, *, handed: int = 0, days: tuple[int, ...] = (5,) * MINIMUM_ENDED, **more: Any) -> Link:
    """A link whose nodes all ended after so many days."""
    (found,) = measured(rows(*({"took": one, **more} for one in days)), groups(*[0] * len(days)))
    return replace(found, key=key, handed=handed)


OBSERVED = st.lists(st.tuples(st.integers(0, 40), st.booleans(), st.integers(0, 3)), max_size=60)


@given(OBSERVED)
def test_the_curves_of_groups_are_those_of_each_group_alone(seen: list[tuple[int, bool, int]]) -> None:
    days = groups(*(one for one, _, _ in seen))
    ended = np.array([one for _, one, _ in seen], dtype=np.bool_)
    found = curves_of(groups(*(one for _, _, one in seen)), 4, days, ended)
    alone = [
        product_limit(Observed(took, over) for took, over, mine in seen if mine == group)
        for group in range(4)
    ]
    assert found == alone


@given(OBSERVED)
def test_every_count_is_as_many_rows_as_it_lists(seen: list[tuple[int, bool, int]]) -> None:
    nodes = rows(
        *(
            {"took": took - 1, "ended": ended, "idle": took % 3 - 1, "held": took % 2}
            for took, ended, _ in seen
        )
    )
    mine = groups(*(group for _, _, group in seen))
    for found in measured(nodes, mine):
        for cell, mask in nodes.masks().items():
            assert found.counts[cell] == int((mask & (mine == found.key)).sum()), cell


@given(
    end=st.integers(0, 40), handed=st.integers(0, 40), before=st.integers(0, 40), length=st.integers(0, 20)
)
def test_of_the_days_handed_on_those_of_the_period_count(
    end: int, handed: int, before: int, length: int
) -> None:
    days = [day for day in range(end - handed + 1, end + 1) if before < day <= before + length]
    assert within(groups(end), groups(handed), before, before + length).tolist() == [len(days)]


def test_what_is_open_makes_a_link_slower_and_is_not_left_out() -> None:
    ended = [{"took": 4}] * 10
    (alone,) = measured(rows(*ended), groups(*[0] * 10))
    (found,) = measured(rows(*ended, *[{"took": 30, "ended": False}] * 15), groups(*[0] * 25))

    assert alone.curve.median == 4
    assert found.curve.median is None, "not half are known to end"
    assert found.over == 30 / 5, "at least so many times what is allowed"
    assert (found.counts[Cell.SAMPLE], found.counts[Cell.ENDED], found.counts[Cell.OPEN]) == (25, 10, 15)
    assert found.beyond == pytest.approx(15 / 25)


def test_the_share_beyond_is_each_nodes_own_limit() -> None:
    nodes = [{"took": 8, "allowed": 10}, {"took": 8, "allowed": 7}, {"took": 3, "allowed": 2, "ended": False}]
    (found,) = measured(rows(*nodes, {"took": 1, "allowed": 9}), groups(0, 0, 0, 0))
    assert found.beyond == pytest.approx(0.5)
    assert found.counts[Cell.BEYOND] == 2


def test_what_is_open_and_within_its_limit_is_neither_beyond_nor_within() -> None:
    """Of those that are known, one of two is beyond."""
    nodes = [{"took": 3, "allowed": 5}, {"took": 9, "allowed": 5}, {"took": 0, "allowed": 5, "ended": False}]
    (found,) = measured(rows(*nodes), groups(0, 0, 0))
    assert found.beyond == pytest.approx(0.5)


def test_idle_blocked_and_whose_clock() -> None:
    nodes = [
        {"took": 6, "idle": 2, "held": 2, "clock": 2},
        {"took": NOT_KNOWN, "ended": False, "idle": 10, "clock": 2},
        {"took": NOT_KNOWN, "ended": False, "idle": NOT_KNOWN, "clock": 1},
    ]
    (found,) = measured(rows(*nodes, pairs=((0, 3), (0, 3), (0, 1), (2, 1))), groups(0, 0, 0))
    assert (found.mean_idle, found.idle_share) == (6, 12 / 20)
    assert (found.counts[Cell.REACHED], found.counts[Cell.BLOCKED], found.blocked_share) == (2, 1, 0.5)
    assert found.categories == {1: 1, 3: 1}, (
        "twice of one category counts once, and what cannot be begun yet not"
    )
    assert found.clock == 2


def test_ten_have_to_have_ended() -> None:
    nine = link(0, handed=900, days=(60,) * 9)
    ten = link(1, handed=1, days=(5,) * 10)
    found = rank([nine, ten])
    assert [(one.place, one.link.key) for one in found] == [(1, 1), (None, 0)]


def test_the_busy_link_with_more_late_nodes_is_not_the_weaker() -> None:
    busy = replace(link(0, days=(6,) * 200), handed=30)
    few = replace(link(1, days=(50,) * 12), handed=400)
    assert busy.counts[Cell.BEYOND] > few.counts[Cell.BEYOND]
    assert [one.link.key for one in rank([busy, few])] == [1, 0]


def test_equal_links_share_their_place_and_the_next_is_as_many_behind() -> None:
    found = rank([link(3, handed=5), link(1, handed=7), link(2, handed=7), link(4, handed=7, days=(9,) * 10)])
    assert [(one.place, one.link.key) for one in found] == [(1, 4), (1, 1), (1, 2), (4, 3)]


@pytest.mark.parametrize("order", Order)
def test_it_can_be_ranked_by_each_of_the_measures(order: Order) -> None:
    more = {"idle": 4, "handed": 3}
    weak = measured(rows(*({"took": 9, **more} for _ in range(10)), pairs=((0, 0),)), groups(*[0] * 10))
    strong = [replace(one, key=1) for one in measured(rows(*({} for _ in range(10))), groups(*[0] * 10))]
    assert [one.link.key for one in rank([*strong, *weak], order)] == [0, 1]


def test_nothing_at_all_is_no_link() -> None:
    assert measured(rows(), groups()) == []
    assert rank([]) == []


def test_one_finished_node_and_equal_durations_are_no_certainty() -> None:
    (one,) = measured(rows({"took": 5}), groups(0))
    assert (one.curve.median, one.is_sayable) == (5, False)
    same = link(0, days=(5,) * 40)
    assert (same.curve.median, same.curve.quantile_band(0.5)) == (5, (5, 5))


def test_where_none_has_ended_nothing_is_known() -> None:
    (found,) = measured(rows(*[{"took": 8, "ended": False}] * 12), groups(*[0] * 12))
    assert (found.curve.median, found.curve.quantile_band(0.5), found.is_sayable) == (
        None,
        (None, None),
        False,
    )
    assert rank([found])[0].place is None


def test_a_row_of_no_group_counts_nowhere_and_keys_may_be_far_apart() -> None:
    found = measured(rows({}, {}, {}), groups(-1, 70_000, 3))
    assert [(one.key, one.counts[Cell.SAMPLE]) for one in found] == [(3, 1), (70_000, 1)]


def test_the_curve_of_no_observation_is_empty() -> None:
    assert curves_of(groups(), 2, groups(), np.zeros(0, dtype=np.bool_)) == [Curve((), 0, 0, 0)] * 2
