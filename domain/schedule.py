"""The plan of a chain: when each activity can start and must finish, and what decides the end.

The critical path method over a graph of activities, in whole working days from the start of the chain
(design.md section 3, "Dates"). Whoever turns the days into dates needs a WorkCalendar; nothing here does.
"""

from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from heapq import heappop, heappush
from itertools import chain as joined
from types import MappingProxyType
from typing import TypeVar

from domain.errors import RuleError, gettext_noop

Key = TypeVar("Key", bound=Hashable)


class ChainError(RuleError):
    """The activities do not make a chain: a circle, an unknown predecessor, a key given twice."""


class CircleError(ChainError):
    """The activities wait for one another in a circle; ``keys`` ends with the one it begins with."""

    def __init__(self, keys: tuple[str, ...]) -> None:
        super().__init__(gettext_noop("The chain runs in a circle: %(circle)s."), circle=" → ".join(keys))
        self.keys = keys


@dataclass(frozen=True, slots=True)
class Activity:
    """One step of ``duration`` working days.

    It starts when all of ``waits_for`` have finished and, of every group in ``any_of``, at least one.
    """

    key: str
    duration: int
    waits_for: tuple[str, ...] = ()
    any_of: tuple[tuple[str, ...], ...] = ()

    @property
    def predecessors(self) -> tuple[str, ...]:
        """Everything it waits for, wholly or as one of a group, each once."""
        return tuple(dict.fromkeys(joined(self.waits_for, *self.any_of)))


@dataclass(frozen=True, slots=True)
class Slot:
    """The room an activity has, in working days after the start of the chain.

    An activity of 5 days that starts at 10 finishes at 15, and what waits for it can start at 15.
    ``latest`` means: without making the whole chain longer.
    """

    earliest_start: int
    earliest_finish: int
    latest_start: int
    latest_finish: int

    @property
    def slack(self) -> int:
        """Working days it can slip before the chain gets longer."""
        return self.latest_start - self.earliest_start

    @property
    def critical(self) -> bool:
        return self.slack == 0


@dataclass(frozen=True)
class Schedule:
    """``slots`` in the given order of the activities; ``length`` in working days.

    ``critical_path`` is one longest path from a beginning to an end, in order; others may be as long.
    """

    slots: Mapping[str, Slot]
    length: int
    critical_path: tuple[str, ...]


def plan(activities: Iterable[Activity]) -> Schedule:
    """The schedule in which every activity starts as early as it can.

    Of an any-of group the member that finishes first decides (at a tie, the one named first), and only that
    one is bound by what follows; the others may take until the end of the chain.

    Raises ChainError for a circle (also one that passes through an any-of group), for a predecessor that
    does not exist, a key given twice, an empty any-of group and a negative duration.
    """
    chain = _by_key(activities)
    sequence = tuple(_sequence(chain))
    deciding, finishes = _forward(chain, sequence)
    length = max(finishes.values(), default=0)
    deadlines = _backward(chain, sequence, deciding, length)
    slots = {
        key: Slot(
            earliest_start=finishes[key] - activity.duration,
            earliest_finish=finishes[key],
            latest_start=deadlines[key] - activity.duration,
            latest_finish=deadlines[key],
        )
        for key, activity in chain.items()
    }
    return Schedule(MappingProxyType(slots), length, _longest_path(sequence, deciding, finishes, length))


def order(activities: Iterable[Activity]) -> tuple[str, ...]:
    """The keys in an order that puts every predecessor before what waits for it.

    Wherever several could come next, the one given first does, so an order that is right already stays.
    Raises ChainError as ``plan`` does.
    """
    return tuple(_sequence(_by_key(activities)))


def downstream(edges: Mapping[Key, Collection[Key]]) -> dict[Key, frozenset[Key]]:
    """For every key all keys behind it, near and far; ``edges`` name those directly behind.

    Keys that only occur behind others are in the answer too. Raises ChainError for a circle.
    """
    reached: dict[Key, frozenset[Key]] = {}
    try:
        # To the sorter "behind" is "before": it yields a key once all keys behind it are known.
        for key in TopologicalSorter(edges).static_order():
            behind = edges.get(key, ())
            reached[key] = frozenset(behind).union(*(reached[near] for near in behind))
    except CycleError as error:
        raise _circle(map(str, reversed(error.args[1]))) from None
    return reached


def _by_key(activities: Iterable[Activity]) -> dict[str, Activity]:
    chain: dict[str, Activity] = {}
    for activity in activities:
        if activity.key in chain:
            raise ChainError(gettext_noop("“%(key)s” is in the chain twice."), key=activity.key)
        chain[activity.key] = activity
    for activity in chain.values():
        _check(activity, chain)
    return chain


def _check(activity: Activity, chain: Mapping[str, Activity]) -> None:
    if activity.duration < 0:
        raise ChainError(
            gettext_noop("“%(key)s” cannot take %(duration)d days."),
            key=activity.key,
            duration=activity.duration,
        )
    if not all(activity.any_of):
        raise ChainError(gettext_noop("“%(key)s” waits for one of an empty group."), key=activity.key)
    for earlier in activity.predecessors:
        if earlier not in chain:
            raise ChainError(
                gettext_noop("“%(key)s” waits for “%(earlier)s”, which is not in the chain."),
                key=activity.key,
                earlier=earlier,
            )


def _sequence(chain: Mapping[str, Activity]) -> Iterator[str]:
    """Topological order; among the activities that could come next, the first given comes first."""
    sorter = TopologicalSorter({key: activity.predecessors for key, activity in chain.items()})
    try:
        sorter.prepare()
    except CycleError as error:
        raise _circle(error.args[1]) from None
    keys = tuple(chain)
    position = {key: index for index, key in enumerate(keys)}
    ready: list[int] = []
    while sorter:
        for key in sorter.get_ready():
            heappush(ready, position[key])
        first = keys[heappop(ready)]
        yield first
        sorter.done(first)


def _circle(ring: Iterable[str]) -> CircleError:
    """The error that names a circle, its smallest key first; ``ring`` ends where it begins."""
    _, *keys = ring
    lead = keys.index(min(keys))
    return CircleError((*keys[lead:], *keys[:lead], keys[lead]))


def _forward(
    chain: Mapping[str, Activity], sequence: Iterable[str]
) -> tuple[dict[str, tuple[str, ...]], dict[str, int]]:
    """For every activity the predecessors that decide when it starts, and its earliest finish."""
    deciding: dict[str, tuple[str, ...]] = {}
    finishes: dict[str, int] = {}
    for key in sequence:
        activity = chain[key]
        first_of_groups = (min(group, key=finishes.__getitem__) for group in activity.any_of)
        deciding[key] = (*activity.waits_for, *first_of_groups)
        finishes[key] = max((finishes[earlier] for earlier in deciding[key]), default=0) + activity.duration
    return deciding, finishes


def _backward(
    chain: Mapping[str, Activity],
    sequence: tuple[str, ...],
    deciding: Mapping[str, tuple[str, ...]],
    length: int,
) -> dict[str, int]:
    """For every activity its latest finish."""
    deadlines = dict.fromkeys(sequence, length)
    for key in reversed(sequence):
        latest_start = deadlines[key] - chain[key].duration
        for earlier in deciding[key]:
            deadlines[earlier] = min(deadlines[earlier], latest_start)
    return deadlines


def _longest_path(
    sequence: tuple[str, ...],
    deciding: Mapping[str, tuple[str, ...]],
    finishes: Mapping[str, int],
    length: int,
) -> tuple[str, ...]:
    """Found backwards, always to the predecessor that finished last (at a tie, the one named first)."""
    # Of all that finish with the chain, the last in order: what follows it would finish later or be later.
    key = next((key for key in reversed(sequence) if finishes[key] == length), None)
    path: list[str] = []
    while key is not None:
        path.append(key)
        key = max(deciding[key], key=finishes.__getitem__, default=None)
    return tuple(reversed(path))
