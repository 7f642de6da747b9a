"""What share of steps takes which multiple of its plan, from those that have ended and those that still run.

Product-limit estimator, as in ``domain.survival``, as a thousand equal slices of the distribution, so that it can be
drawn from. Beyond the longest that has ended nothing is known; there a constant rate of ending is assumed, that of all
time observed, which makes a forecast wider, never narrower.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import cache
from statistics import NormalDist
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt

Ratios: TypeAlias = npt.NDArray[np.float32]
"""Multiples of planned working days, or working days themselves."""

Places: TypeAlias = npt.NDArray[np.int64] | npt.NDArray[np.int32]

FEWEST_ENDS: Final = 10
"""With fewer that ended, nothing is said of such steps: the next wider group speaks for them."""

SLICES: Final = 1024
_SHARES: Final = (np.arange(SLICES) + 0.5) / SLICES
_THIN: Final = 8
"""With fewer slices than this beyond what a step has taken already, the constant rate speaks for it."""

_FEWEST_PAIRS: Final = 100
"""With fewer pairs of steps nothing is said of how alike they are."""

_MOST_ALIKE: Final = 0.9

_NO_TIME: Final = 1e-3
"""The multiple of what ended on the day on which it could begin."""

_LEAST_GUESS: Final = 0.1
"""Around at least so much of the plan an unseen step is guessed, where all that were seen took no time at all."""


@dataclass(frozen=True)
class Pace:
    """What share of steps takes which multiple of its plan.

    `slices` are the middles of equal slices of the distribution, ascending; `rate` is the rate of ending, per multiple
    of the plan, beyond what was observed. `observations` and those of them that `ended` are its evidence.
    """

    slices: Ratios
    rate: float
    observations: int
    ended: int

    @property
    def median(self) -> float:
        return self.within(0.5)

    def within(self, share: float) -> float:
        """The multiple that so large a share (0 … 1) does not exceed."""
        return float(self.slices[min(int(share * SLICES), SLICES - 1)])


@dataclass(frozen=True)
class PaceTable:
    """Paces one below the other, to draw from many of them at once."""

    slices: Ratios
    rates: npt.NDArray[np.float64]

    @classmethod
    def of(cls, paces: Sequence[Pace]) -> "PaceTable":
        """The place of a pace in `paces` is its row."""
        slices = np.stack([pace.slices for pace in paces]) if paces else np.zeros((0, SLICES), np.float32)
        return cls(slices, np.array([pace.rate for pace in paces], dtype=np.float64))

    def draw(self, which: Places, shares: npt.NDArray[np.float64]) -> Ratios:
        """The multiple that so large a share does not exceed, of steps that begin: a row for each of `which`."""
        drawn: Ratios = self.slices[which][:, (shares * SLICES).astype(np.int64)]
        return drawn

    def draw_beyond(
        self, which: Places, ratios: npt.NDArray[np.float64], shares: npt.NDArray[np.float64]
    ) -> Ratios:
        """The same of steps that have already taken `ratios`; `shares` are those of all rows, or a row for each."""
        shares = np.broadcast_to(shares, (len(which), shares.shape[-1]))
        own = self.slices[which]
        behind = (own <= ratios.astype(np.float32)[:, None]).sum(axis=1)
        left = SLICES - behind
        places = behind[:, None] + (shares * left[:, None]).astype(np.int64)
        np.minimum(places, SLICES - 1, out=places)
        drawn: Ratios = np.take_along_axis(own, places, axis=1)
        thin = left < _THIN
        if thin.any():
            further = -np.log1p(-shares[thin]) / self.rates[which][thin, None]
            drawn[thin] = (ratios[thin, None] + further).astype(np.float32)
        multiples: Ratios = np.maximum(drawn, ratios.astype(np.float32)[:, None])
        return multiples


def pace(ratios: npt.ArrayLike, ended: npt.ArrayLike, entered: npt.ArrayLike | None = None) -> Pace:
    """The pace of these steps; what ends where another is still running at the same multiple ends before it.

    Where the records begin at a day on which a step had run already, `entered` is the multiple it had taken by then:
    its like that ended before are not on record, so that up to there it says nothing (delayed entry). With few on
    record at a multiple, each end counts as if there were FEWEST_ENDS of those that came so far.

    Raises ValueError where none has ended: nothing is known of them then.
    """
    taken = np.asarray(ratios, dtype=np.float64)
    over = np.asarray(ended, dtype=bool)
    if not over.any():
        raise ValueError("none has ended")
    taken = np.maximum(taken, _NO_TIME)
    order = np.lexsort((~over, taken))
    taken, over = taken[order], over[order]
    at_risk = left_of = np.arange(len(taken), 0, -1)
    observed = float(taken.sum())
    if entered is not None:
        late = np.sort(
            np.minimum(np.asarray(entered, dtype=np.float64), np.asarray(ratios, dtype=np.float64))
        )
        not_yet = len(late) - np.searchsorted(late, taken, side="left")
        at_risk = np.maximum(left_of - not_yet, np.minimum(left_of, FEWEST_ENDS))
        observed = max(observed - float(late.sum()), _NO_TIME)
    survival = np.cumprod(1 - over / at_risk)
    rate = float(over.sum() / observed)
    # At the first end at which no more than 1 - share is left.
    ends, left = taken[over], survival[over]
    places = np.searchsorted(-left, -(1 - _SHARES) - 1e-12, side="left")
    slices = ends[np.minimum(places, len(ends) - 1)]
    beyond = places >= len(ends)
    if beyond.any():
        slices[beyond] = taken[-1] + np.log(left[-1] / (1 - _SHARES[beyond])) / rate
    return Pace(slices.astype(np.float32), rate, len(taken), int(over.sum()))


def cautious(found: Pace) -> Pace:
    """The pace that leaves room for one more step of which nothing is known: with n that ended, 1 share in n + 1.

    Ten steps that all took the same do not make it certain that the eleventh will, nor that none takes longer than the
    longest of them. The unseen one is drawn from ``assumed_pace`` around the median of the others; with hundreds that
    ended it counts for nothing.
    """
    guess = assumed_pace(max(found.median, _LEAST_GUESS)).slices
    of_guess = 1 / (found.ended + 1)
    values = np.concatenate([found.slices, guess])
    weights = np.repeat([(1 - of_guess) / SLICES, of_guess / SLICES], SLICES)
    order = np.argsort(values, kind="stable")
    places = np.searchsorted(np.cumsum(weights[order]), _SHARES)
    slices = values[order][np.minimum(places, len(values) - 1)]
    return Pace(slices, found.rate, found.observations, found.ended)


def assumed_pace(middle: float = 1.0) -> Pace:
    """Where there is no history at all: half of the steps within `middle` plans, 80 of 100 within twice as much.

    An assumption, not a finding, and wider than what bureaus of this kind have published of themselves; whoever shows
    a date that rests on it says so. Log-normal.
    """
    return Pace((middle * _assumed()).astype(np.float32), rate=1 / middle, observations=0, ended=0)


@cache
def _assumed() -> npt.NDArray[np.float64]:
    return np.asarray(np.exp(np.log(2.0) / NormalDist().inv_cdf(0.8) * _normal_scores()))


@cache
def _normal_scores() -> npt.NDArray[np.float64]:
    """The standard normal deviates of the middles of the slices."""
    return np.array([NormalDist().inv_cdf(float(share)) for share in _SHARES])


def likeness(ratios: npt.NDArray[Any], kind: npt.NDArray[Any], project: npt.NDArray[Any]) -> float:
    """How alike the steps of one project are, 0 … 0.9: the correlation of their places among steps of their kinds.

    Of steps that have ended. A project that is slow in one step tends to be slow in the next; a forecast of many steps
    that left this out would be too sure of itself, since slow and quick ones would make up for each other. The places
    are taken as normal scores, the correlation is the mean over all pairs of steps of one project.
    """
    order = np.lexsort((ratios, kind))
    kinds, owners = kind[order], project[order]
    first = np.searchsorted(kinds, kinds, side="left")
    many = np.searchsorted(kinds, kinds, side="right") - first
    places = ((np.arange(len(kinds)) - first + 0.5) / np.maximum(many, 1) * SLICES).astype(np.int64)
    enough = many >= FEWEST_ENDS
    scores, owners = _normal_scores()[places[enough]], owners[enough]
    _, owner, steps = np.unique(owners, return_inverse=True, return_counts=True)
    pairs = float((steps * (steps - 1)).sum())
    if pairs < _FEWEST_PAIRS:
        return 0.0
    of_project = np.bincount(owner, scores)
    shared = float((of_project**2).sum() - (scores**2).sum()) / pairs
    return min(max(shared / float(scores.var()), 0.0), _MOST_ALIKE)


class Basis(IntEnum):
    """What a step's pace rests on, from the nearest to the widest."""

    PLACE = 0
    """Steps of its kind in its own town."""
    KIND = 1
    ALL = 2
    """All steps together: little more than the plan, since of its kind too few have ended."""
    ASSUMED = 3


@dataclass(frozen=True)
class Paces:
    """The paces of all steps; ``of`` finds the place of one in `paces`."""

    paces: Sequence[Pace]
    bases: Sequence[Basis]
    by_place: dict[tuple[int, int], int]
    by_kind: dict[int, int]
    widest: int

    def of(self, place: int, kind: int) -> int:
        """By place and kind, where fewer than FEWEST_ENDS have ended by kind, else what all steps take of their plan.

        A kind that nothing is known of, because it is new or no longer exists, is taken for any step.
        """
        nearest = self.by_place.get((place, kind))
        return self.by_kind.get(kind, self.widest) if nearest is None else nearest


def paces_of(
    ratios: npt.NDArray[Any], ended: npt.NDArray[np.bool_], kind: npt.NDArray[Any], place: npt.NDArray[Any],
    *, entered: npt.NDArray[Any] | None = None, wanted: Collection[tuple[int, int]] | None = None,
) -> Paces:  # fmt: skip
    """The paces of steps: what each took of its plan, whether it has ended, of which kind it is and in which place.

    `entered` as in ``pace``. With `wanted` only those of these places and kinds, which is sooner done.
    """
    made = _Maker(ratios, ended, entered)
    by_place, by_kind = dict[tuple[int, int], int](), dict[int, int]()
    kinds = None if wanted is None else {this for _, this in wanted}
    for this, of_kind in _groups(kind):
        if kinds is not None and this not in kinds:
            continue
        for here, rows in _groups(place[of_kind]):
            asked = wanted is None or (here, this) in wanted
            if asked and (number := made.keep(of_kind[rows], Basis.PLACE)) is not None:
                by_place[here, this] = number
        if _need_kind(this, by_place, wanted) and (number := made.keep(of_kind, Basis.KIND)) is not None:
            by_kind[this] = number
    found = wanted is not None and all(one in by_place or one[1] in by_kind for one in wanted)
    return Paces(made.paces, made.bases, by_place, by_kind, 0 if found and made.paces else made.widest())


def _need_kind(
    kind: int, by_place: Collection[tuple[int, int]], wanted: Collection[tuple[int, int]] | None
) -> bool:
    """Whether the pace of the kind is asked for: not where each place that is wanted has its own."""
    return wanted is None or any(one[1] == kind and one not in by_place for one in wanted)


class _Maker:
    """Makes the paces of groups of steps in which enough have ended."""

    def __init__(
        self, ratios: npt.NDArray[Any], ended: npt.NDArray[np.bool_], entered: npt.NDArray[Any] | None
    ) -> None:
        self._ratios, self._ended, self._entered = ratios, ended, entered
        self.paces, self.bases = list[Pace](), list[Basis]()

    def keep(self, rows: npt.NDArray[Any], basis: Basis) -> int | None:
        """The place of the pace of these steps; None where too few of them have ended."""
        if self._ended[rows].sum() < FEWEST_ENDS:
            return None
        entered = None if self._entered is None else self._entered[rows]
        return self._add(cautious(pace(self._ratios[rows], self._ended[rows], entered)), basis)

    def widest(self) -> int:
        """The place of the pace of all steps; of the assumed one where too few of all have ended."""
        of_all = self.keep(np.arange(len(self._ratios)), Basis.ALL)
        return self._add(assumed_pace(), Basis.ASSUMED) if of_all is None else of_all

    def _add(self, made: Pace, basis: Basis) -> int:
        self.paces.append(made)
        self.bases.append(basis)
        return len(self.paces) - 1


def _groups(values: npt.NDArray[Any]) -> Iterator[tuple[int, npt.NDArray[Any]]]:
    """Each of the values, with the places where it stands."""
    order = np.argsort(values, kind="stable")
    for part in np.split(order, np.flatnonzero(np.diff(values[order])) + 1):
        if len(part):
            yield int(values[part[0]]), part
