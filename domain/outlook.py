"""The forward view: when what is left of a chain will end, after all that has really happened to it so far.

``domain.schedule`` plans a chain before it begins. Here some of its nodes are done, some run, some are on hold
(停表) and some fell away, and the day is ``today`` (design.md section 3, "Dates" and "Working days").
"""

from collections.abc import Collection, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from graphlib import TopologicalSorter
from itertools import chain as joined
from types import MappingProxyType
from typing import Final, Generic, TypeVar

from domain.lifecycle import OPEN, Status
from domain.workdays import WorkCalendar

Key = TypeVar("Key", bound=Hashable)

_AT_ONCE: Final = date.min
"""The end of what takes no time and has nothing before it: nobody waits for that."""

_DECIDES: Final = {Status.DONE: 0, Status.RUNNING: 1, Status.HELD: 1, Status.WAITING: 1, Status.WAIVED: 2}
"""Which member of an any-of group decides: one that is done, or else an open one, or else a waived one."""


@dataclass(frozen=True, slots=True)
class Fact(Generic[Key]):
    """One node of one project as it stands.

    ``duration`` are the working days planned. ``started_on`` is known of what runs or is on hold,
    ``finished_on`` of what is done; of the rest both are ignored. ``limit_on`` is the end of the approval
    clock, holds included; of a node on hold, the end it would have if the hold were over now. ``held_days``
    are the working days after the start on which the node was on hold, up to today where it still is
    (``domain.elapsed.node_time`` counts them).

    It waits for all of ``waits_for`` and for one of each group of ``any_of``, hard and soft alike. Keys of
    nodes that the project does not have are passed over.
    """

    key: Key
    status: Status
    duration: int
    started_on: date | None = None
    finished_on: date | None = None
    limit_on: date | None = None
    held_days: int = 0
    waits_for: tuple[Key, ...] = ()
    any_of: tuple[tuple[Key, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Expected:
    """When an open node starts (or did) and finishes, as things stand.

    ``slack``: working days it can finish later before the project does; without any it is critical.
    ``is_open_ended``: it or something it waits for is on hold, so that nobody knows (待定); its dates and
    slack are those that hold if work goes on today.
    """

    starts_on: date
    finishes_on: date
    slack: int
    is_open_ended: bool

    @property
    def is_critical(self) -> bool:
        return self.slack == 0


@dataclass(frozen=True)
class Outlook(Generic[Key]):
    """``expected`` of the open nodes, in the given order; ``finishes_on`` is when the last of them does.

    ``critical_path`` is one row of neighbours that decides that day, in order. It may lead through waived
    nodes and begin with one that is done: the one whose end let the next start. Where all nodes are closed
    there is nothing in it, and ``finishes_on`` is ``None``.
    """

    expected: Mapping[Key, Expected]
    critical_path: tuple[Key, ...]
    finishes_on: date | None


@dataclass(slots=True)
class _Course(Generic[Key]):
    """What becomes of one node; ``deciding`` are the nodes that decide when it starts."""

    fact: Fact[Key]
    starts_on: date
    ends_on: date
    deciding: "tuple[_Course[Key], ...]" = ()
    is_open_ended: bool = False

    @property
    def follows(self) -> "_Course[Key] | None":
        """What it starts right after: of several that end together rather one that can still slip."""
        ending = [before for before in self.deciding if before.ends_on == self.starts_on]
        return max(ending, key=lambda before: before.fact.status is not Status.DONE, default=None)


def outlook(
    facts: Sequence[Fact[Key]], *, starts_on: date, today: date, calendar: WorkCalendar
) -> Outlook[Key]:
    """The forward view of one project on the day ``today``; its chain starts on ``starts_on``.

    - What is done ended on its day.
    - What runs ends on ``limit_on`` or, without a clock, ``duration`` working days after its start, moved by
      the days held; never before today.
    - What is on hold ends as if it went on today: by its clock, or with what it has not yet worked of its
      ``duration``.
    - What waits starts when all it waits for has ended, not before today nor before the first working day of
      the chain, and ends ``duration`` working days later (day 1 is the day after, as in ``domain.schedule``).
      Of an any-of group the member that was done first decides, or else the open one that ends first (at a
      tie, the one named first).
    - What was waived takes no time: behind it things start when all before it has ended.

    Raises graphlib.CycleError for a circle, which no checked chain has, and DateRangeError for an end beyond
    the year 9999.
    """
    day = _Day(today, max(today, calendar.on_or_after(starts_on)), calendar)
    courses: dict[Key, _Course[Key]] = {}
    for fact in _in_order(facts):
        courses[fact.key] = day.course(fact, _deciding(fact, courses))
    slack = day.slack(courses)
    expected = {
        fact.key: _expected(courses[fact.key], slack[fact.key]) for fact in facts if fact.status in OPEN
    }
    last = _last(courses)
    return Outlook(MappingProxyType(expected), _path_to(last), None if last is None else last.ends_on)


def drift(calendar: WorkCalendar, baseline_on: date, expected_on: date) -> int:
    """By how many working days it is expected later than the baseline had it; negative: earlier."""
    return calendar.count(baseline_on, expected_on)


def _in_order(facts: Sequence[Fact[Key]]) -> Iterator[Fact[Key]]:
    """Every fact after those it waits for."""
    by_key = {fact.key: fact for fact in facts}
    before = {fact.key: joined(fact.waits_for, *fact.any_of) for fact in facts}
    for key in TopologicalSorter(before).static_order():
        if key in by_key:
            yield by_key[key]


def _deciding(fact: Fact[Key], courses: Mapping[Key, _Course[Key]]) -> tuple[_Course[Key], ...]:
    singles = (courses[key] for key in fact.waits_for if key in courses)
    groups = ([courses[key] for key in group if key in courses] for group in fact.any_of)
    return (*singles, *(_first(members) for members in groups if members))


def _first(members: Collection[_Course[Key]]) -> _Course[Key]:
    return min(members, key=lambda member: (_DECIDES[member.fact.status], member.ends_on))


def _expected(course: _Course[Key], slack: int) -> Expected:
    return Expected(course.starts_on, course.ends_on, slack, course.is_open_ended)


def _last(courses: Mapping[Key, _Course[Key]]) -> _Course[Key] | None:
    """Of the open nodes the one that ends last; of several the last in order: others may lead to it."""
    ahead = [course for course in courses.values() if course.fact.status in OPEN]
    return max(reversed(ahead), key=lambda course: course.ends_on, default=None)


def _path_to(course: _Course[Key] | None) -> tuple[Key, ...]:
    path: list[Key] = []
    while course is not None:
        path.append(course.fact.key)
        course = course.follows
    return tuple(reversed(path))


@dataclass(frozen=True, slots=True)
class _Day:
    """The day of the reckoning; ``earliest`` is when at the soonest something new can start."""

    today: date
    earliest: date
    calendar: WorkCalendar

    def course(self, fact: Fact[Key], before: tuple[_Course[Key], ...]) -> _Course[Key]:
        match fact.status:
            case Status.DONE:
                finished_on = fact.finished_on or _AT_ONCE
                return _Course(fact, finished_on, finished_on)
            case Status.RUNNING | Status.HELD:
                return self._begun(fact)
        free = max((earlier.ends_on for earlier in before), default=_AT_ONCE)
        is_open_ended = any(earlier.is_open_ended for earlier in before)
        if fact.status is Status.WAIVED:
            return _Course(fact, free, free, before, is_open_ended)
        start = max(self.earliest, free)
        return _Course(fact, start, self.calendar.add(start, fact.duration), before, is_open_ended)

    def _begun(self, fact: Fact[Key]) -> _Course[Key]:
        started_on = fact.started_on or self.today
        due = fact.limit_on or self.calendar.add(started_on, fact.duration + fact.held_days)
        return _Course(fact, started_on, max(self.today, due), is_open_ended=fact.status is Status.HELD)

    def slack(self, courses: Mapping[Key, _Course[Key]]) -> dict[Key, int]:
        """Of every open node the working days it can finish later; ``courses`` stand in order."""
        finishes = {
            key: self.calendar.count(self.today, course.ends_on)
            for key, course in courses.items()
            if course.fact.status in OPEN
        }
        latest = dict.fromkeys(courses, max(finishes.values(), default=0))
        for key in reversed(latest):
            course = courses[key]
            # What is waived takes no time but hands on to what is before it how late that may end.
            latest_start = latest[key] - (course.fact.duration if key in finishes else 0)
            for before in course.deciding:
                latest[before.fact.key] = min(latest[before.fact.key], latest_start)
        return {key: latest[key] - finish for key, finish in finishes.items()}
