"""Whose clock ran: the working days that a project took, split by who had them.

The "most 90 days" promise (最多90天) counts government approval, agencies that the government commissioned and
utility connections; the enterprise's own preparation and what is on hold (停表) it does not count (domain.md
2.1, S56). Work runs side by side, so days are not added up node by node: each day of the project belongs to one
owner.
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Final, Generic, TypeVar

from domain.chains import ClockOwner
from domain.workdays import ONE_DAY, WorkCalendar

Key = TypeVar("Key", bound=Hashable)

PROMISED: Final = (ClockOwner.GOVERNMENT, ClockOwner.AGENCY, ClockOwner.UTILITY)
"""Whose days count to the promise (S56)."""

_TURNS: Final = (*PROMISED, ClockOwner.ENTERPRISE)
"""Of all who worked on a day, the first of these had it: a day never counts as the enterprise's own while a
promised clock ran."""


@dataclass(frozen=True, slots=True)
class Work(Generic[Key]):
    """The time of one node that was started; ``ended_on`` is ``None`` while it still runs or is on hold.

    ``holds`` are pairs (held_on, resumed_on): the first day that does not count and the first that counts
    again, ``None`` while the hold is open. They may overlap; a pair of the same day holds nothing.
    """

    key: Key
    owner: ClockOwner
    started_on: date
    ended_on: date | None = None
    holds: tuple[tuple[date, date | None], ...] = ()


@dataclass(frozen=True, slots=True)
class NodeTime:
    """The working days of a node, day 1 being the day after its start; ``worked`` are those not ``held``."""

    worked: int
    held: int


@dataclass(frozen=True)
class Split:
    """Working days of a project, each counted once: ``total`` is the sum of ``by_owner``, held and idle.

    ``held``: nothing was at work and something was on hold. ``idle``: nothing was begun, or all that was
    begun had ended.
    """

    total: int
    by_owner: Mapping[ClockOwner, int]
    held: int
    idle: int

    @property
    def promised(self) -> int:
        """The days that count to the promise."""
        return sum(self.by_owner[owner] for owner in PROMISED)


def node_time(work: Work, today: date, calendar: WorkCalendar) -> NodeTime:
    """How long a node has been at work and on hold, up to its end or ``today``."""
    worked, held = _Days.between(work.started_on, today, calendar).of(work)
    return NodeTime(worked.bit_count(), held.bit_count())


def split(
    works: Sequence[Work], *,
    first: date | None = None, last: date | None = None, today: date, calendar: WorkCalendar,
) -> Split:  # fmt: skip
    """Whose the days after ``first`` up to and including ``last`` were.

    ``first`` is by default the start of what was started first, ``last`` by default ``today``; what lies
    after today has not elapsed. So periods that follow one another add up to the whole.

    A day belongs to the first of government, agency, utility and enterprise that had a node at work on it;
    else it was held, if a node was on hold, and else idle.
    """
    first = first or min((work.started_on for work in works), default=today)
    days = _Days.between(first, min(last or today, today), calendar)
    worked = dict.fromkeys(_TURNS, 0)
    held = 0
    for work in works:
        at_work, on_hold = days.of(work)
        worked[work.owner] |= at_work
        held |= on_hold
    left = days.all
    by_owner = {}
    for owner in _TURNS:
        by_owner[owner] = (left & worked[owner]).bit_count()
        left &= ~worked[owner]
    return Split(
        days.all.bit_count(),
        MappingProxyType(by_owner),
        (left & held).bit_count(),
        (left & ~held).bit_count(),
    )


@dataclass(frozen=True, slots=True)
class _Days:
    """The working days after ``first``, ``number`` of them. Sets of these days are numbers, a bit for each."""

    first: date
    number: int
    calendar: WorkCalendar

    @classmethod
    def between(cls, first: date, last: date, calendar: WorkCalendar) -> "_Days":
        return cls(first, max(0, calendar.count(first, last)), calendar)

    @property
    def all(self) -> int:
        return (1 << self.number) - 1

    def of(self, work: Work) -> tuple[int, int]:
        """The days on which it was at work, and those on which it was on hold."""
        taken = self._after(work.started_on, work.ended_on)
        held = 0
        for held_on, resumed_on in work.holds:
            held |= taken & self._after(held_on - ONE_DAY, resumed_on and resumed_on - ONE_DAY)
        return taken & ~held, held

    def _after(self, day: date, through: date | None) -> int:
        """The days after ``day`` up to and including ``through``, or all there are."""
        skipped = self._place(day)
        end = self.number if through is None else self._place(through)
        return (1 << end) - (1 << skipped) if end > skipped else 0

    def _place(self, day: date) -> int:
        """How many of the days have passed at the end of ``day``."""
        return min(max(self.calendar.count(self.first, day), 0), self.number)
