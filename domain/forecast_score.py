"""How right forecasts were, where some of what was forecast has not happened yet.

**Coverage.** Of the dates that were to hold in 50 or 80 of 100 cases the share that did. Only dates that have come are
counted, whether or not it happened meanwhile: to count what came early, and to wait for the rest, would flatter. On a
date that has come everything is decided: what has not happened by then is a miss, however late it will be.

**Error.** Working days between the forecast and what happened. What has not happened yet is wrong by at least the
working days since its date, and counts with these, a lower bound; by nothing where the date has not come. All forecasts
are compared over the same cases: what happened, and what has not though a date of at least one of them has passed.
Beside it stands the error over what happened alone, which leaves out the worst.

Days are ordinals (``date.toordinal``); UNKNOWN, nought, is no date: not happened, or not forecast.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from domain.day_ranks import UNKNOWN, DayRanks, Days

FEW: Final = 10
"""With fewer cases nothing is said of a share."""

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Coverage:
    """Of `decided` dates that have come `held` held."""

    held: int
    decided: int

    @property
    def share(self) -> float | None:
        """0 … 1; None where no date has come."""
        return self.held / self.decided if self.decided else None


@dataclass(frozen=True, slots=True)
class Error:
    """Mean absolute error in working days over `cases`, `open` of them with a lower bound; `happened` over the others.

    None where there are none.
    """

    mean: float | None
    cases: int
    open: int
    happened: float | None


@dataclass(frozen=True, slots=True)
class Score:
    """How right the forecasts of `cases` key nodes or steps were; `errors` by the name of the forecast."""

    cases: int
    half: Coverage
    most: Coverage
    errors: Mapping[str, Error]


def coverage(forecast: Days, happened: Days, as_of: int) -> Coverage:
    """The coverage of these dates, as known at the end of the day `as_of`."""
    decided = (forecast != UNKNOWN) & (forecast <= as_of)
    held = decided & (happened != UNKNOWN) & (happened <= np.minimum(forecast, as_of))
    return Coverage(int(held.sum()), int(decided.sum()))


def errors(
    forecasts: Mapping[str, Days], happened: Days, as_of: int, ranks: DayRanks
) -> dict[str, Error]:  # fmt: skip
    """The error of each of the forecasts, over the cases of which all of them named a date."""
    is_over = (happened != UNKNOWN) & (happened <= as_of)
    all_named = np.logical_and.reduce([days != UNKNOWN for days in forecasts.values()])
    one_passed = np.logical_or.reduce([days <= as_of for days in forecasts.values()])
    counted = all_named & (is_over | one_passed)
    return {name: _error(days[counted], happened[counted], is_over[counted], as_of, ranks)
            for name, days in forecasts.items()}  # fmt: skip


def _error(forecast: Days, happened: Days, is_over: Mask, as_of: int, ranks: DayRanks) -> Error:
    if not len(forecast):
        return Error(None, 0, 0, None)
    apart = np.abs(ranks.count(forecast, happened))
    since = np.maximum(ranks.count(forecast, np.full(len(forecast), as_of)), 0)
    days = np.where(is_over, apart, since)
    return Error(
        float(days.mean()), len(days), int((~is_over).sum()),
        float(days[is_over].mean()) if is_over.any() else None,
    )  # fmt: skip


def score(
    half: Days, most: Days, others: Mapping[str, Days], happened: Days, as_of: int, ranks: DayRanks
) -> Score:
    """The score of 50 % and 80 % dates; the 50 % date is the forecast whose error stands beside the `others`."""
    return Score(
        len(half), coverage(half, happened, as_of), coverage(most, happened, as_of),
        errors({OURS: half, **others}, happened, as_of, ranks),
    )  # fmt: skip


OURS: Final = "forecast"


@dataclass(frozen=True, slots=True)
class Bin:
    """Of `cases` whose chance was said to be from `low` to `high`, on average `said`, the share `kept` their date."""

    low: float
    high: float
    said: float
    kept: float
    cases: int

    @property
    def is_few(self) -> bool:
        return self.cases < FEW


def calibration(
    chance: npt.NDArray[np.float32], due: Days, happened: Days, as_of: int, *, bins: int = 5
) -> Sequence[Bin]:
    """What was said of due dates against what happened, of those that have come; empty bins are left out."""
    known = ~np.isnan(chance) & (due != UNKNOWN) & (due <= as_of)
    said, kept = chance[known].astype(np.float64), (happened != UNKNOWN)[known] & (happened <= due)[known]
    place = np.minimum((said * bins).astype(np.int64), bins - 1)
    return [
        Bin(
            number / bins,
            (number + 1) / bins,
            float(said[mine].mean()),
            float(kept[mine].mean()),
            int(mine.sum()),
        )
        for number in range(bins)
        if (mine := place == number).any()
    ]
