"""How long something takes when some of it is not over yet: the product-limit estimator.

What is still running has taken at least so many days; leaving it out would make every link look faster than it is, and
the slow ones most. Durations are whole working days; an observation that has not ended is censored at its days so far.

Source: E. L. Kaplan, P. Meier, *Nonparametric estimation from incomplete observations*, JASA 53 (1958); the variance
is Greenwood's, the band is drawn on the log(-log) scale, so that it never leaves 0 … 1.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import exp, log, sqrt
from typing import Final, NamedTuple

NORMAL_95: Final = 1.959963984540054
"""So many standard deviations to either side hold 95 of 100."""


class Observed(NamedTuple):
    """One observation: it took so many days, or, where it `ended` is False, at least so many."""

    days: int
    ended: bool


class Step(NamedTuple):
    """Up to the next step so large a share is not over: `survival`, with the sum of Greenwood's formula so far."""

    days: int
    survival: float
    at_risk: int
    ends: int
    greenwood: float


@dataclass(frozen=True, slots=True)
class Curve:
    """The share that is not over after so many days, as steps at the days on which something ended.

    `observations` are all, `ends` those of them that have ended, `longest` the longest observation of either sort.
    """

    steps: tuple[Step, ...]
    observations: int
    ends: int
    longest: int

    def survival(self, days: int) -> float:
        """The share that takes more than so many days, 0 … 1."""
        step = self._at(days)
        return step.survival if step else 1.0

    def _at(self, days: int) -> Step | None:
        """The last step up to so many days; None before the first."""
        place = bisect_right(self.steps, days, key=lambda step: step.days)
        return self.steps[place - 1] if place else None

    def quantile(self, share: float, *, after: int = -1) -> int | None:
        """The days within which `share` of all are over; None where that is not known.

        With `after`, of those that have already taken more than so many days. The last steps may leave some that are
        never seen to end: what lies beyond is not known, it is not the last day.
        """
        left = (1 - share) * self.survival(after)
        for step in self.steps:
            if step.days > after and step.survival <= left + 1e-12:
                return step.days
        return None

    @property
    def median(self) -> int | None:
        return self.quantile(0.5)

    def mean(self) -> float:
        """The mean days, up to the longest observation: where the longest has not ended, it is at least so much."""
        total, days, survival = 0.0, 0, 1.0
        for step in self.steps:
            total += (step.days - days) * survival
            days, survival = step.days, step.survival
        return total + (self.longest - days) * survival

    def error(self, days: int) -> float:
        """The standard error of `survival`, by Greenwood's formula."""
        step = self._at(days)
        return step.survival * sqrt(step.greenwood) if step else 0.0

    def band(self, days: int, *, deviations: float = NORMAL_95) -> tuple[float, float]:
        """Between which shares `survival` lies with 95 % confidence; the estimate itself where it is 0 or 1."""
        step = self._at(days)
        survival = step.survival if step else 1.0
        if step is None or not 0 < survival < 1:
            return survival, survival
        spread = deviations * sqrt(step.greenwood) / log(survival)
        return survival ** exp(-spread), survival ** exp(spread)

    def quantile_band(self, share: float) -> tuple[int | None, int | None]:
        """The days between which the quantile lies with 95 % confidence; None where an end is not known.

        Brookmeyer and Crowley (1982): all days at which the band holds the share that is left.
        """
        left = 1 - share
        low = next((step.days for step in self.steps if self.band(step.days)[0] <= left), None)
        high = next((step.days for step in self.steps if self.band(step.days)[1] <= left), None)
        return low, high


def product_limit(observations: Iterable[Observed]) -> Curve:
    """The curve of these observations. What ends on the day another is censored is taken to end before it."""
    ends, all_days = Counter[int](), Counter[int]()
    for days, ended in observations:
        all_days[days] += 1
        ends[days] += ended
    return curve_of_counts([(days, all_days[days], ends[days]) for days in sorted(all_days)])


def curve_of_counts(counts: Sequence[tuple[int, int, int]]) -> Curve:
    """The same of counted observations: the days, ascending, how many took so many, how many of those have ended."""
    at_risk = total = sum(count for _, count, _ in counts)
    steps: list[Step] = []
    survival, greenwood = 1.0, 0.0
    for days, count, over in counts:
        if over:
            survival *= 1 - over / at_risk
            if at_risk > over:
                greenwood += over / (at_risk * (at_risk - over))
            steps.append(Step(days, survival, at_risk, over, greenwood))
        at_risk -= count
    return Curve(tuple(steps), total, sum(over for *_, over in counts), counts[-1][0] if counts else 0)
