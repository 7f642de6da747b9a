"""Which link of the chains is the weak one (哪个环节是薄弱项), and by how much.

Counting the nodes that are late today is not the answer. It blames whoever is busy: a link that two hundred projects
pass in a year has more late nodes than one that five pass, however quick it is. It counts a node one day over and one
a year over alike, and also the nodes that are late only because of others before them. It sees neither what was late
and is done, nor what is still open and not yet late. So the question is asked in working days: how many a link has
taken from the links behind it, by its own fault (``domain.chain_matrix.handed_on``). How long it takes against what it
is allowed, idle and blocked shares stand beside it as the evidence, with what is unfinished counted as censored
(``domain.survival``).

Days are working days.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from domain.chain_matrix import Mask
from domain.survival import Curve, curve_of_counts

MINIMUM_ENDED: Final = 10
"""Of a link with fewer ended nodes it is too early to say anything: it is listed and not ranked."""

NOT_KNOWN: Final = -1

Numbers: TypeAlias = npt.NDArray[np.int32]


class Cell(StrEnum):
    """Which nodes a number counts."""

    SAMPLE = "sample"
    """Begun, so that it is known how long it took or has taken so far."""
    ENDED = "ended"
    OPEN = "open"
    """Begun and not ended: has taken at least so much."""
    BEYOND = "beyond"
    """Took, or has taken so far, longer than it was allowed."""
    HANDED = "handed"
    """Pushed back what waits for it, in the period."""
    IDLE = "idle"
    """Could have been begun for a day or more before it was, or still is not."""
    WAITING = "waiting"
    """Could be begun and is not."""
    HELD = "held"
    """Was or is on hold."""
    REACHED = "reached"
    """Begun, or could be."""
    BLOCKED = "blocked"
    """Reached, and an issue stands or stood in its way."""
    UNDATED = "undated"
    """Ended, and nobody knows when it began: not in the sample."""


class Order(StrEnum):
    """What links are ranked by; each the more the weaker."""

    HANDED = "handed"
    """Days handed on in the period, altogether."""
    PER_NODE = "per-node"
    """The same for each node of the sample."""
    OVER = "over"
    """The median as a multiple of what is allowed."""
    BEYOND = "beyond"
    """The share that takes longer than it is allowed."""
    IDLE = "idle"
    """The share of the time in which nobody had begun."""
    BLOCKED = "blocked"
    """The share that an issue blocked."""


@dataclass(frozen=True, slots=True)
class Observations:
    """A row for each node. `took` and `idle` are NOT_KNOWN as in ``Spans``; `allowed` is its limit, or its plan where
    it has none; `has_limit` says which. `handed` are the days handed on in the period. `blocked` is true where an
    issue blocks or blocked it. `pair_rows` and `pair_words` are rows and numbers of the categories of those issues.
    """

    took: Numbers
    ended: Mask
    idle: Numbers
    held: Numbers
    allowed: Numbers
    has_limit: Mask
    handed: Numbers
    clock: Numbers
    pair_rows: npt.NDArray[np.int64]
    pair_words: Numbers

    def __len__(self) -> int:
        return len(self.took)

    def masks(self) -> dict[Cell, Mask]:
        """The rows that each number counts; what counts and what lists them take them from here."""
        begun = self.took != NOT_KNOWN
        waiting = ~begun & (self.idle != NOT_KNOWN) & ~self.ended
        reached = begun | waiting
        blocked = np.zeros(len(self), dtype=np.bool_)
        blocked[self.pair_rows] = True
        return {
            Cell.SAMPLE: begun,
            Cell.ENDED: begun & self.ended,
            Cell.OPEN: begun & ~self.ended,
            Cell.BEYOND: begun & (self.took > self.allowed),
            Cell.HANDED: self.handed > 0,
            Cell.IDLE: reached & (self.idle > 0),
            Cell.WAITING: waiting,
            Cell.HELD: reached & (self.held > 0),
            Cell.REACHED: reached,
            Cell.BLOCKED: reached & blocked,
            Cell.UNDATED: self.ended & ~begun,
        }


@dataclass(frozen=True, slots=True)
class Link:
    """What is known of one link: of a node kind, or of all nodes of a town, a unit, a sector.

    `counts` by cell. `allowed` is the median of what its nodes are allowed, `is_limit` whether most of those are limits
    and not plans. `beyond` is the share that takes longer than allowed, the unfinished censored; None where there is no
    sample. `handed` are days in the period, `clocks` the nodes by whose clock they are on, `categories` the blocked
    nodes by category (a node with two issues of one category counts once in it).
    """

    key: int
    curve: Curve
    allowed: float
    is_limit: bool
    counts: Mapping[Cell, int]
    beyond: float | None
    handed: int
    days_worked: int
    days_idle: int
    days_held: int
    idle_known: int
    clocks: Mapping[int, int]
    categories: Mapping[int, int]

    @property
    def is_sayable(self) -> bool:
        return self.curve.ends >= MINIMUM_ENDED

    @property
    def clock(self) -> int | None:
        """Whose clock most of its nodes are on."""
        return max(self.clocks, key=lambda clock: (self.clocks[clock], -clock), default=None)

    @property
    def mean_idle(self) -> float | None:
        """Days before anyone began, what has not begun yet counted so far."""
        return self.days_idle / self.idle_known if self.idle_known else None

    @property
    def idle_share(self) -> float | None:
        whole = self.days_worked + self.days_idle + self.days_held
        return self.days_idle / whole if whole else None

    @property
    def blocked_share(self) -> float | None:
        reached = self.counts[Cell.REACHED]
        return self.counts[Cell.BLOCKED] / reached if reached else None

    @property
    def per_node(self) -> float | None:
        sample = self.counts[Cell.SAMPLE]
        return self.handed / sample if sample else None

    @property
    def over(self) -> float | None:
        """The median as a multiple of what is allowed; where not half are seen to end, of the longest so far."""
        if not self.allowed or not self.curve.observations:
            return None
        median = self.curve.median
        return (self.curve.longest if median is None else median) / self.allowed

    def value(self, order: Order) -> float | None:
        """What it is ranked by; None where that is not known."""
        match order:
            case Order.HANDED:
                return self.handed
            case Order.PER_NODE:
                return self.per_node
            case Order.OVER:
                return self.over
            case Order.BEYOND:
                return self.beyond
            case Order.IDLE:
                return self.idle_share
            case Order.BLOCKED:
                return self.blocked_share


@dataclass(frozen=True, slots=True)
class Ranked:
    """A link with its place, counted from one; None where it is too early to say."""

    place: int | None
    link: Link


def rank(links: Sequence[Link], order: Order = Order.HANDED) -> list[Ranked]:
    """The weakest first, by the days handed on in the period unless another `order` is asked for.

    The total and not the days for each node is the usual order: it is what the district would gain if the link kept
    its limit. Equal values share a place, the next one is as many places behind; among them the one whose median is
    the larger multiple of what it is allowed stands first. Links with fewer than MINIMUM_ENDED ended nodes have no
    place, however large their values; they follow, by the same order. See the module on why late nodes are not counted.
    """

    def key(link: Link) -> tuple[float, float, int]:
        value = link.value(order)
        return -(NOT_KNOWN if value is None else value), -(link.over or 0), link.key

    said = sorted((link for link in links if link.is_sayable), key=key)
    few = sorted((link for link in links if not link.is_sayable), key=key)
    ranked: list[Ranked] = []
    for number, link in enumerate(said, start=1):
        is_equal = bool(ranked) and ranked[-1].link.value(order) == link.value(order)
        ranked.append(Ranked(ranked[-1].place if is_equal else number, link))
    return [*ranked, *(Ranked(None, link) for link in few)]


def measured(rows: Observations, groups: Numbers) -> list[Link]:
    """The link of each group that has a node, its `key` the number of the group; a row of group -1 is of none."""
    keys = np.flatnonzero(np.bincount(groups[groups >= 0]))
    places = np.full(int(keys.max(initial=NOT_KNOWN)) + 2, NOT_KNOWN, dtype=np.int32)
    places[keys] = np.arange(len(keys))
    links = _measured(rows, places[groups], len(keys))  # of group -1 the last place, which no group has
    return [replace(link, key=key) for link, key in zip(links, keys.tolist(), strict=True)]


def _measured(rows: Observations, groups: Numbers, size: int) -> list[Link]:
    """The links of the groups 0 … `size` - 1, each of which has a node."""
    masks = {cell: mask & (groups >= 0) for cell, mask in rows.masks().items()}
    counts = {cell: _count(groups[mask], size) for cell, mask in masks.items()}
    sample, reached = masks[Cell.SAMPLE], masks[Cell.REACHED]
    overrun = rows.took[sample] - rows.allowed[sample]
    lowest = int(overrun.min(initial=0))
    curves = curves_of(groups[sample], size, rows.took[sample], rows.ended[sample])
    beyond = curves_of(groups[sample], size, overrun - lowest, rows.ended[sample])
    is_known = reached & (rows.idle != NOT_KNOWN)
    days = {
        "worked": _sum(groups, sample, rows.took, size),
        "idle": _sum(groups, is_known, rows.idle, size),
        "held": _sum(groups, reached, rows.held, size),
        "handed": _sum(groups, masks[Cell.HANDED], rows.handed, size),
    }
    idle_known = _count(groups[is_known], size)
    limited = _count(groups[rows.has_limit & (groups >= 0)], size)
    nodes = _count(groups[groups >= 0], size)
    clocks = _table(groups, rows.clock, size)
    blocked = _unique_pairs(rows, masks[Cell.BLOCKED])
    categories = _table(groups[blocked[0]], blocked[1], size)
    allowed = _medians(groups, rows.allowed, size)
    return [
        Link(
            key=key, curve=curves[key], allowed=allowed[key], is_limit=bool(2 * limited[key] > nodes[key]),
            counts={cell: int(counts[cell][key]) for cell in Cell},
            beyond=beyond[key].survival(-lowest) if beyond[key].observations else None,
            handed=int(days["handed"][key]), days_worked=int(days["worked"][key]), days_idle=int(days["idle"][key]),
            days_held=int(days["held"][key]), idle_known=int(idle_known[key]),
            clocks=_counted(clocks[key]), categories=_counted(categories[key]),
        )
        for key in range(size)
    ]  # fmt: skip


def curves_of(groups: Numbers, size: int, days: Numbers, ended: Mask) -> list[Curve]:
    """The product-limit curve of each group, as ``domain.survival.product_limit`` makes it of one."""
    if not len(days):
        return [Curve((), 0, 0, 0)] * size
    width = int(days.max()) + 1
    places = groups.astype(np.int64) * width + days
    alls = np.bincount(places, minlength=size * width).reshape(size, width)
    ends = np.bincount(places[ended], minlength=size * width).reshape(size, width)
    return [
        curve_of_counts(list(zip(days.tolist(), count[days].tolist(), over[days].tolist(), strict=True)))
        for count, over in zip(alls, ends, strict=True)
        for days in [np.flatnonzero(count)]
    ]


def _count(groups: Numbers, size: int) -> npt.NDArray[np.int64]:
    return np.bincount(groups, minlength=size).astype(np.int64)


def _sum(groups: Numbers, mask: Mask, days: Numbers, size: int) -> npt.NDArray[np.int64]:
    taken = mask & (groups >= 0)
    return np.bincount(groups[taken], weights=days[taken], minlength=size).round().astype(np.int64)


def _table(groups: Numbers, words: Numbers, size: int) -> npt.NDArray[np.int64]:
    """How many rows there are of each group and each word."""
    mine = groups >= 0
    width = int(words.max(initial=0)) + 1
    places = groups[mine].astype(np.int64) * width + words[mine]
    return np.bincount(places, minlength=size * width).reshape(size, width)


def _counted(counts: npt.NDArray[np.int64]) -> dict[int, int]:
    """The most frequent first."""
    found = np.flatnonzero(counts)
    return {int(word): int(counts[word]) for word in found[np.argsort(-counts[found], kind="stable")]}


def _unique_pairs(rows: Observations, blocked: Mask) -> tuple[npt.NDArray[np.int64], Numbers]:
    """Rows and categories of the issues of the blocked nodes, each pair once."""
    mine = blocked[rows.pair_rows]
    pairs = np.unique(np.stack([rows.pair_rows[mine], rows.pair_words[mine].astype(np.int64)]), axis=1)
    return pairs[0], pairs[1].astype(np.int32)


def _medians(groups: Numbers, values: Numbers, size: int) -> list[float]:
    """The median of each group; 0 where there is no row of it. Values are not negative."""
    up_to = np.cumsum(_table(groups, values, size), axis=1)
    return [
        float(np.searchsorted(row, (row[-1] + 1) // 2) + np.searchsorted(row, row[-1] // 2 + 1)) / 2
        if row[-1]
        else 0.0
        for row in up_to
    ]


def within(
    end_rank: Numbers, handed: Numbers, before_rank: int, last_rank: int
) -> Numbers:  # fmt: skip
    """Of the days handed on, which lie directly before each end, those in a period.

    Ranks count working days (``domain.day_ranks``): of the end, of the day before the period, of its last day.
    """
    first = np.maximum(end_rank - handed, before_rank)
    return np.asarray(np.maximum(np.minimum(end_rank, last_rank) - first, 0), dtype=np.int32)
