"""How forecasts are scored where some of what was forecast has not happened yet."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.day_ranks import UNKNOWN, DayRanks, Days
from domain.forecast_score import OURS, calibration, coverage, errors, score
from domain.workdays import WorkCalendar

MONDAY = date(2026, 3, 2).toordinal()
RANKS = DayRanks(WorkCalendar(), date(2026, 1, 1), date(2026, 12, 31))


def days(*offsets: int | None) -> Days:
    """Days after Monday, 2 March 2026; None is no date."""
    return np.array([UNKNOWN if one is None else MONDAY + one for one in offsets], dtype=np.int32)


def test_a_date_counts_once_it_has_come_and_not_before() -> None:
    forecast = days(1, 1, 1, 30, 30)
    happened = days(1, 2, None, 0, None)

    found = coverage(forecast, happened, MONDAY + 10)

    # Early on a date that has not come is no hit yet: its like that will be late cannot be counted either.
    assert (found.held, found.decided) == (1, 3)
    assert found.share == pytest.approx(1 / 3)
    assert coverage(days(30), days(None), MONDAY).share is None


@given(
    st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), min_size=1, max_size=40),
    st.integers(0, 60), st.integers(0, 60),
)  # fmt: skip
def test_what_has_been_decided_stays_decided(rows: list[tuple[int, int]], one: int, other: int) -> None:
    earlier, later = sorted((one, other))
    forecast = days(*(row[0] for row in rows))
    truth = np.array([MONDAY + row[1] for row in rows], dtype=np.int32)

    def known(as_of: int) -> Days:
        return np.where(truth <= as_of, truth, UNKNOWN).astype(np.int32)

    then = coverage(forecast, known(MONDAY + earlier), MONDAY + earlier)
    now = coverage(forecast, known(MONDAY + later), MONDAY + later)

    assert now.held >= then.held
    assert now.decided - now.held >= then.decided - then.held


def test_what_has_not_happened_counts_with_the_days_since_its_date() -> None:
    found = errors({"a": days(0), "b": days(7)}, days(None), MONDAY + 11, RANKS)

    # Friday of the next week: nine working days after the Monday, four after the next.
    assert (found["a"].mean, found["b"].mean) == (9, 4)
    assert (found["a"].cases, found["a"].open, found["a"].happened) == (1, 1, None)


def test_a_date_that_has_not_come_is_wrong_by_nothing_yet_while_another_is() -> None:
    found = errors({"a": days(0), "b": days(90)}, days(None), MONDAY + 11, RANKS)

    assert (found["a"].mean, found["b"].mean) == (9, 0)
    assert errors({"a": days(80), "b": days(90)}, days(None), MONDAY + 11, RANKS)["a"].cases == 0


def test_errors_are_working_days_to_either_side_over_the_same_cases() -> None:
    forecasts = {"a": days(0, 7, 0), "b": days(1, 7, None)}

    found = errors(forecasts, days(7, 0, 4), MONDAY + 60, RANKS)

    # The third has no forecast of b, and counts for neither.
    assert (found["a"].mean, found["b"].mean) == (5, 4.5)
    assert found["a"].cases == found["b"].cases == 2


def test_a_score_holds_the_fifty_per_cent_date_against_the_others() -> None:
    found = score(days(0), days(14), {"planned": days(7)}, days(7), MONDAY + 60, RANKS)

    assert found.cases == 1
    assert (found.half.held, found.most.held) == (0, 1)
    assert (found.errors[OURS].mean, found.errors["planned"].mean) == (5, 0)


def test_no_case_is_no_error() -> None:
    found = score(days(), days(), {"planned": days()}, days(), MONDAY, RANKS)

    assert (found.cases, found.half.share, found.errors[OURS].mean) == (0, None, None)


def test_chances_are_held_against_what_came_of_due_dates_that_have_come() -> None:
    chance = np.array([0.1, 0.1, 0.9, 0.9, 1.0, np.nan, 0.5], dtype=np.float32)
    due = days(5, 5, 5, 5, 5, 5, 50)
    happened = days(None, 4, 4, 9, 5, 1, 1)

    found = calibration(chance, due, happened, MONDAY + 20)

    assert [(one.low, one.cases) for one in found] == [(0.0, 2), (0.8, 3)]
    assert [one.kept for one in found] == [0.5, pytest.approx(2 / 3)]
    assert found[1].said == pytest.approx(0.9333, abs=1e-3)
    assert all(one.is_few for one in found)
