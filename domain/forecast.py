"""When a chain will have got where: simulation through its graph, with what such steps have really taken.

A step takes some multiple of its planned working days (``domain.pace``). A step that runs already takes what those
take that have taken as long; what stands in its way, a hold or an issue, is waited for besides.

The draws of a step are the same for all projects (common random numbers), each of them one of `draws` equal slices of
the distribution in random order: what is asked of one project at a time is not changed by that, a thousand draws lie
closer to the distribution than chance would have them, and one project alone gets the same answer as among all. Steps
of one project are drawn as alike as they have been (``Work.likeness``).

Working days are counted from the day of the forecast: 0 is that day, a step that still takes a day ends on 1.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from domain.chain_matrix import DONE, HELD, WAITING, ChainMatrix
from domain.day_ranks import Days
from domain.pace import Pace, PaceTable, Places, Ratios

_TURN: Final = 37
"""By so many draws the waits of a step differ from one another."""

_LONGEST: Final = 20_000
"""Working days; some eighty years. Nothing is forecast beyond."""

_AT_ONCE: Final = 256
"""Projects simulated together: their draws of one step are a megabyte, which a processor keeps at hand."""


@dataclass(frozen=True)
class Wait:
    """What one step of one project waits for besides its chain, and since so many days: its hold's end or an issue's.

    A step on hold goes on after it; one that is blocked does not end before it. `fixed` is the number of working days
    from today, where that is not to be drawn ("what if it were solved by …").
    """

    row: int
    step: int
    pace: Pace
    days: float
    fixed: float | None = None


@dataclass(frozen=True)
class Outlook:
    """Of each project (row) the days until a step ends: half of the draws end within `half`, 80 of 100 within `most`.

    `chance` is the share of draws that end by the due date, NaN where there is none. Only for steps that are open;
    elsewhere NaN.
    """

    half: npt.NDArray[np.float64]
    most: npt.NDArray[np.float64]
    chance: npt.NDArray[np.float64]


@dataclass(frozen=True)
class Work:
    """The chains to be forecast, their steps' paces and what each has taken so far.

    `cells` says for each project and step which of `paces` is its own; `taken` the working days since it could begin,
    on-hold days taken out, nought where it cannot yet.
    """

    matrix: ChainMatrix
    paces: Sequence[Pace]
    cells: npt.NDArray[np.int32]
    taken: Days
    waits: Sequence[Wait] = ()
    due_in: npt.NDArray[np.int32] | None = None
    """Working days from today to the due date of each step, where the chance is asked for."""
    not_before: npt.NDArray[np.int32] | None = None
    """Working days from today to the start of each project, nought where it has started."""
    likeness: float = 0.0
    """How alike the steps of one project are (``domain.pace.likeness``)."""


Finish: TypeAlias = Callable[[int], Ratios]
"""For a step: the working days it still takes once it can go on, a row for each project, a column for each draw."""

Delay: TypeAlias = Callable[[int, Ratios], None]
"""For a step and its ends: puts off those that something stands in the way of."""


def simulate(work: Work, steps: Sequence[int], *, draws: int = 1000, seed: int = 1) -> dict[int, Outlook]:
    """The outlook for each of `steps`; the same seed gives the same answer."""
    projects = len(work.matrix.status)
    drawn = _Drawn(work, draws, seed)
    outlooks = {step: Outlook(*(np.full(projects, np.nan) for _ in range(3))) for step in steps}
    # Projects that are equally far together: of most steps either all of them or none still have to do it.
    order = np.argsort(work.matrix.is_open.sum(axis=1), kind="stable")
    for rows in np.split(order, range(_AT_ONCE, projects, _AT_ONCE)):
        matrix = work.matrix.part(rows)
        ends = _walk(matrix, _of(work.not_before, rows), draws, drawn.finish(rows), drawn.delay(rows), steps)
        for step in steps:
            half, most, chance = _shares(ends[step], matrix, step, _of(work.due_in, rows))
            outlooks[step].half[rows] = half
            outlooks[step].most[rows] = most
            outlooks[step].chance[rows] = chance
    return outlooks


def by_medians(work: Work, steps: Sequence[int]) -> dict[int, npt.NDArray[np.float64]]:
    """The naive forecast: each step takes the median of its kind, at least a day more where it has taken that long."""
    matrix = work.matrix
    medians = np.array([pace.median for pace in work.paces], dtype=np.float32)

    def finish(step: int) -> Ratios:
        whole = medians[work.cells[:, step]] * matrix.plan[:, step]
        still: Ratios = np.maximum(whole - work.taken[:, step], 1).astype(np.float32)
        return still[:, None]

    ends = _walk(matrix, work.not_before, 1, finish, lambda _step, _ends: None, steps)
    return {step: np.where(matrix.is_open[:, step], ends[step][:, 0], np.nan) for step in steps}


class _Drawn:
    """The draws of each step, for whichever projects are asked for."""

    def __init__(self, work: Work, draws: int, seed: int) -> None:
        self.work, self.draws = work, draws
        self.table = PaceTable.of(work.paces)
        self.shares = _draws(work.matrix.status.shape[1], draws, work.likeness, seed)
        self._fresh: dict[int, tuple[Ratios, Places]] = {}
        self._pace_of_wait: dict[int, int] = {}
        paces = list[Pace]()
        for wait in work.waits:
            if id(wait.pace) not in self._pace_of_wait:
                self._pace_of_wait[id(wait.pace)] = len(paces)
                paces.append(wait.pace)
        self._table_of_waits = PaceTable.of(paces)
        self._waits: dict[tuple[int, int], list[Wait]] = defaultdict(list)
        for wait in work.waits:
            self._waits[wait.step, wait.row].append(wait)
        self._rows_waiting: dict[int, set[int]] = defaultdict(set)
        for step, row in self._waits:
            self._rows_waiting[step].add(row)

    def finish(self, rows: Places) -> Finish:
        """What the steps of these projects still take."""
        plans = self.work.matrix.plan[rows].astype(np.float32)
        all_taken, cells = self.work.taken[rows], self.work.cells[rows]
        is_open = self.work.matrix.is_open[rows]

        def remaining(step: int) -> Ratios:
            fresh, which = self._of_step(step)
            still = fresh[which[rows]]
            still *= plans[:, step, None]
            begun = np.flatnonzero((all_taken[:, step] > 0) & is_open[:, step])
            if len(begun):
                taken, plan = all_taken[begun, step].astype(np.float64), plans[begun, step]
                whole = self.table.draw_beyond(cells[begun, step], taken / plan, self.shares[step])
                still[begun] = np.maximum(whole * plan[:, None] - taken[:, None], 0)
            return still

        return remaining

    def delay(self, rows: Places) -> Delay:
        """Puts off the ends of the steps that are on hold or blocked."""
        places = {int(row): place for place, row in enumerate(rows)}

        def put_off(step: int, ends: Ratios) -> None:
            if not (waiting := self._rows_waiting.get(step)):
                return
            found = [row for row in places if row in waiting]
            if not found:
                return
            for row, days in zip(found, self._over_in(step, found), strict=True):
                place = places[row]
                if self.work.matrix.status[row, step] == HELD:
                    ends[place] += days
                else:
                    np.maximum(ends[place], days, out=ends[place])

        return put_off

    def _of_step(self, step: int) -> tuple[Ratios, Places]:
        """What such steps take from the start, a row for each pace among them; and which row is each project's."""
        if step not in self._fresh:
            cells, which = np.unique(self.work.cells[:, step], return_inverse=True)
            self._fresh[step] = self.table.draw(cells, self.shares[step]), which
        return self._fresh[step]

    def _over_in(self, step: int, rows: Sequence[int]) -> list[Ratios]:
        """Of each of these projects the days until the last that the step waits for is over."""
        waits = [(place, number, wait) for place, row in enumerate(rows)
                 for number, wait in enumerate(self._waits[step, row])]  # fmt: skip
        # Each of them turned by as much as no other, so that what a draw means for one it does not for all.
        turns = np.array([1 + number * _TURN for _, number, _ in waits])
        shares = self.shares[step][(np.arange(self.draws)[None, :] - turns[:, None]) % self.draws]
        which = np.array([self._pace_of_wait[id(wait.pace)] for *_, wait in waits])
        so_far = np.array([wait.days for *_, wait in waits], dtype=np.float64)
        drawn = self._table_of_waits.draw_beyond(which, so_far, shares) - so_far[:, None].astype(np.float32)
        over = list[Ratios | None]([None] * len(rows))
        for days, (place, _, wait) in zip(drawn, waits, strict=True):
            own = days if wait.fixed is None else np.full_like(days, wait.fixed)
            before = over[place]
            over[place] = own if before is None else np.maximum(before, own)
        return [days for days in over if days is not None]


def _draws(steps: int, draws: int, likeness: float, seed: int) -> list[npt.NDArray[np.float64]]:
    """For each step its draws as shares of the distribution, each of the equal slices once, in random order.

    What is high in one step is high in another as often as steps of one project are alike.
    """
    of_project = np.random.default_rng((seed, steps)).standard_normal(draws) * likeness**0.5
    shares = []
    for step in range(steps):
        own = np.random.default_rng((seed, step)).standard_normal(draws) * (1 - likeness) ** 0.5
        places = np.empty(draws, dtype=np.int64)
        places[np.argsort(of_project + own)] = np.arange(draws)
        shares.append((places + 0.5) / draws)
    return shares


def _walk(
    matrix: ChainMatrix, not_before: npt.NDArray[np.int32] | None, draws: int, finish: Finish, delay: Delay,
    steps: Sequence[int],
) -> dict[int, Ratios]:  # fmt: skip
    """The days on which `steps` end in each project and draw; nought for what is closed or absent."""
    is_open = matrix.is_open
    nought = np.zeros((len(is_open), draws), dtype=np.float32)
    ends: dict[int, Ratios] = {}
    kept = _last_needed(matrix, steps)
    for place, step in enumerate(matrix.graph.order):
        if is_open[:, step].any():
            end = finish(step)
            if (start := _can_go_on(matrix, step, ends, not_before)) is not None:
                end += start
            delay(step, end)
            np.clip(end, 1, _LONGEST, out=end)
            end[~is_open[:, step]] = 0
            ends[step] = end
        for done_with in kept.get(place, ()):
            ends.pop(done_with, None)
    return {step: ends.get(step, nought) for step in steps}


def _last_needed(matrix: ChainMatrix, steps: Sequence[int]) -> Mapping[int, list[int]]:
    """Which steps nothing after each place of the order looks at any more: their draws are large."""
    places = {step: place for place, step in enumerate(matrix.graph.order)}
    last = dict(places)
    for step in matrix.graph.order:
        for earlier in matrix.graph.before(step):
            last[earlier] = max(last[earlier], places[step])
    free: dict[int, list[int]] = {}
    for step, place in last.items():
        if step not in steps:
            free.setdefault(place, []).append(step)
    return free


def _can_go_on(
    matrix: ChainMatrix, step: int, ends: Mapping[int, Ratios], not_before: npt.NDArray[np.int32] | None
) -> Ratios | None:
    """When all that the step waits for has ended, today (None: all of them) at the earliest.

    What has begun waits for nothing.
    """
    waited = [
        ends[before] for before in (*matrix.graph.hard[step], *matrix.graph.soft[step]) if before in ends
    ]
    waited += [
        _first_of(matrix, group, ends)
        for group in matrix.graph.groups[step]
        if not ends.keys().isdisjoint(group)
    ]
    if not_before is not None and not_before.any():
        waited.append(np.maximum(not_before, 0).astype(np.float32)[:, None])
    if not waited:
        return None
    start = np.maximum(waited[0], waited[1]) if len(waited) > 1 else waited[0].copy()
    for other in waited[2:]:
        np.maximum(start, other, out=start)
    start[matrix.status[:, step] != WAITING] = 0
    return start


def _first_of(matrix: ChainMatrix, group: Sequence[int], ends: Mapping[int, Ratios]) -> Ratios:
    """When the first open member of an any-of group ends; nought where one is done, or all are closed."""
    is_open, columns = matrix.is_open, list(group)
    first: Ratios | None = None
    for member in columns:
        if member in ends:
            end = np.where(is_open[:, member, None], ends[member], np.float32(np.inf))
            first = end if first is None else np.minimum(first, end)
    assert first is not None  # noqa: S101 - asked only where one of them is open
    first[(matrix.status[:, columns] == DONE).any(axis=1) | ~is_open[:, columns].any(axis=1)] = 0
    return first


def _shares(
    ends: Ratios, matrix: ChainMatrix, step: int, due_in: npt.NDArray[np.int32] | None
) -> tuple[npt.NDArray[np.float64], ...]:
    """The days of half and of most of the draws, and the share that ends by the due date."""
    draws = ends.shape[1]
    # The smallest day within which at least so many of the draws end.
    half, most = -(-draws // 2) - 1, -(-draws * 8 // 10) - 1
    ordered = np.full((len(ends), 2), np.nan)
    chance = np.full(len(ends), np.nan)
    is_open = matrix.is_open[:, step]
    # Of a thousand, all of them are put in order sooner than two are picked.
    ordered[is_open] = np.ceil(np.sort(ends[is_open], axis=1)[:, [half, most]])
    if due_in is not None:
        dated = is_open & (matrix.due_on[:, step] > 0)
        chance[dated] = (ends[dated] <= due_in[dated, step][:, None]).mean(axis=1)
    return ordered[:, 0], ordered[:, 1], chance


def _of(values: npt.NDArray[np.int32] | None, rows: Places) -> npt.NDArray[np.int32] | None:
    return None if values is None else values[rows]
