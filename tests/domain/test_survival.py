"""The product-limit estimator, held against the published example and against another way to compute it."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.survival import Curve, Observed, product_limit

REMISSION = "6 6 6 6+ 7 9+ 10 10+ 11+ 13 16 17+ 19+ 20+ 22 23 25+ 32+ 32+ 34+ 35+"
"""Weeks of remission under 6-MP: Freireich et al., Blood 21 (1963), the example of most textbooks; + not ended."""


def curve(text: str) -> Curve:
    return product_limit(Observed(int(word.rstrip("+")), not word.endswith("+")) for word in text.split())


@pytest.mark.parametrize(
    ("weeks", "survival", "error"),
    [
        (6, 0.857, 0.0764), (7, 0.807, 0.0869), (10, 0.753, 0.0963), (13, 0.690, 0.1068), (16, 0.627, 0.1141),
        (22, 0.538, 0.1282), (23, 0.448, 0.1346),
    ],
)  # fmt: skip
def test_the_curve_of_the_textbook_is_found(weeks: int, survival: float, error: float) -> None:
    found = curve(REMISSION)
    assert found.survival(weeks) == pytest.approx(survival, abs=0.0005)
    assert found.error(weeks) == pytest.approx(error, abs=0.0001)
    assert found.survival(weeks) == found.survival(weeks + 0)


def test_the_median_counts_what_has_not_ended() -> None:
    found = curve(REMISSION)
    assert found.median == 23
    assert curve("6 6 6 7 10 13 16 22 23").median == 10, "of those that ended alone it would be 10"
    assert (found.observations, found.ends, found.longest) == (21, 9, 35)
    assert found.quantile(0.8) is None, "fewer than four fifths were seen to end"
    low, high = found.quantile_band(0.5)
    assert (low, high) == (13, None)


def test_what_has_already_taken_long_takes_longer() -> None:
    found = curve("1 2 3 4 10 20 30 40")
    assert found.quantile(0.5) == 4
    assert found.quantile(0.5, after=4) == 20
    assert found.quantile(0.5, after=40) is None
    assert found.quantile(1.0) == 40


def test_without_censoring_it_is_the_plain_share_and_mean() -> None:
    found = curve("1 2 2 5")
    assert [found.survival(day) for day in (0, 1, 2, 4, 5, 9)] == [1, 0.75, 0.25, 0.25, 0, 0]
    assert found.mean() == 2.5
    assert curve("1 2 2 5+").mean() == 2.5, "at least so much"


@pytest.mark.parametrize("text", ["", "5+ 7+"])
def test_where_nothing_has_ended_nothing_is_known(text: str) -> None:
    found = curve(text)
    assert found.median is None
    assert found.survival(100) == 1.0
    assert found.band(100) == (1.0, 1.0)
    assert found.quantile_band(0.5) == (None, None)


observed = st.builds(Observed, st.integers(0, 30), st.booleans())


@given(st.lists(observed, max_size=40))
def test_it_agrees_with_the_product_written_out(observations: list[Observed]) -> None:
    found = product_limit(observations)
    for day in range(-1, 32):
        share = Fraction(1)
        for earlier in {each.days for each in observations if each.ended and each.days <= day}:
            at_risk = sum(each.days >= earlier for each in observations)
            ends = sum(each.ended and each.days == earlier for each in observations)
            share *= Fraction(at_risk - ends, at_risk)
        assert found.survival(day) == pytest.approx(float(share))
        low, high = found.band(day)
        assert 0 <= low <= found.survival(day) + 1e-9
        assert found.survival(day) <= high + 1e-9 <= 1 + 1e-9
