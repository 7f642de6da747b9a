"""Median, 90th percentile and the periods that are compared."""

import statistics
from collections import Counter
from datetime import date
from fractions import Fraction
from math import ceil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import InputError
from domain.issue_figures import Period, added_up, median, percentile, share, year_earlier

DAYS = st.lists(st.integers(0, 800), min_size=1, max_size=200)


def test_of_an_odd_number_the_median_is_the_one_in_the_middle() -> None:
    assert median({3: 1, 10: 1, 40: 1}) == 10


def test_of_an_even_number_the_median_is_the_lower_of_the_two() -> None:
    assert median({3: 1, 10: 1, 40: 1, 90: 1}) == 10


def test_the_90th_percentile_of_ten_is_the_ninth() -> None:
    assert percentile({1: 8, 30: 1, 99: 1}, 90) == 30


def test_the_90th_percentile_of_eleven_is_the_tenth() -> None:
    assert percentile({1: 9, 30: 1, 99: 1}, 90) == 30


def test_the_hundredth_percentile_is_the_longest() -> None:
    assert percentile({0: 5, 12: 1}, 100) == 12


def test_of_nothing_there_is_none() -> None:
    assert percentile({}, 90) is None
    assert median({4: 0}) is None


@given(DAYS)
def test_the_median_is_the_low_median_of_statistics(days: list[int]) -> None:
    assert median(Counter(days)) == statistics.median_low(days)


@given(DAYS, st.integers(1, 100))
def test_a_percentile_is_the_observation_at_its_rank(days: list[int], percent: int) -> None:
    found = percentile(Counter(days), percent)
    assert found == sorted(days)[ceil(Fraction(len(days) * percent, 100)) - 1]


@given(DAYS, st.integers(1, 100))
def test_so_many_percent_do_not_exceed_it_and_fewer_lie_below(days: list[int], percent: int) -> None:
    found = percentile(Counter(days), percent)
    assert found is not None
    assert 100 * sum(day <= found for day in days) >= percent * len(days)
    assert 100 * sum(day < found for day in days) < percent * len(days)


@given(st.lists(DAYS, max_size=5))
def test_groups_add_up_to_the_whole(groups: list[list[int]]) -> None:
    assert added_up(Counter(group) for group in groups) == Counter(day for group in groups for day in group)


def test_a_share_is_rounded_to_whole_percent_halves_up() -> None:
    assert (share(1, 8), share(1, 3), share(2, 3), share(5, 5), share(0, 0)) == (13, 33, 67, 100, None)


def test_silence_means_the_year_to_date() -> None:
    assert Period.of(None, None, date(2026, 3, 2)) == Period(date(2026, 1, 1), date(2026, 3, 2))


def test_a_last_day_alone_means_its_year() -> None:
    assert Period.of(None, date(2025, 6, 30), date(2026, 3, 2)) == Period(date(2025, 1, 1), date(2025, 6, 30))


def test_a_period_of_one_day_is_one() -> None:
    day = date(2026, 3, 2)
    assert Period.of(day, day, day) == Period(day, day)


def test_a_period_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(InputError, match="before it begins"):
        Period.of(date(2026, 3, 3), date(2026, 3, 2), date(2026, 3, 2))


def test_a_first_day_in_the_future_ends_before_it_begins() -> None:
    with pytest.raises(InputError, match="before it begins"):
        Period.of(date(2026, 3, 3), None, date(2026, 3, 2))


def test_a_slip_of_the_year_is_refused() -> None:
    with pytest.raises(InputError, match="before the year 2000"):
        Period.of(date(206, 1, 1), None, date(2026, 3, 2))


def test_a_year_before_a_leap_day_is_the_28th() -> None:
    assert year_earlier(date(2028, 2, 29)) == date(2027, 2, 28)
    assert Period(date(2028, 2, 1), date(2028, 2, 29)).year_earlier() == Period(
        date(2027, 2, 1), date(2027, 2, 28)
    )


def test_a_year_after_a_leap_day_its_year_is_compared_without_it() -> None:
    assert year_earlier(date(2029, 2, 28)) == date(2028, 2, 28)


@given(st.dates(min_value=date(2001, 1, 1)))
def test_a_year_earlier_is_the_same_day_of_the_month_before(day: date) -> None:
    earlier = year_earlier(day)
    assert earlier.year == day.year - 1
    assert earlier.month == day.month
    assert earlier.day == day.day or (day.month, day.day, earlier.day) == (2, 29, 28)
