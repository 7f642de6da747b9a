"""The week of the coordination meeting: when it is drafted, cut off and held, and when a decision is late.

Source: design.md section 3 (Meeting); domain.md 1.2 (周报, 周调度: compiled on Friday, to leaders and units on Monday)
and 7.1 (cut-off Friday noon, meeting Monday).
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Final

from domain.errors import RuleError, gettext_noop
from domain.issues import Level
from domain.workdays import WorkCalendar

WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True)
class WeekMoment:
    """A day of the week, 0 for Monday, and an hour of it."""

    weekday: int
    at: time

    @classmethod
    def read(cls, text: str) -> "WeekMoment":
        """``fri 12:00``. Raises ValueError for anything else."""
        day, _space, hour = text.strip().lower().partition(" ")
        if day not in WEEKDAYS:
            raise ValueError(f"“{text}” is no day of the week with an hour, such as “fri 12:00”")
        return cls(WEEKDAYS.index(day), time.fromisoformat(hour.strip()))


@dataclass(frozen=True, slots=True)
class Rhythm:
    """When in the week the meeting is drafted, its figures are cut off and sent, and when it is held after that.

    All but `held` lie in the week of the cut-off; `held` is the first such day after it.
    """

    drafted: WeekMoment
    cut_off: WeekMoment
    sent: WeekMoment
    held: WeekMoment

    def week(self, day: date, calendar: WorkCalendar) -> "MeetingWeek | None":
        """The meeting of the ISO week in which `day` lies; None where that week has no working day to cut off on.

        A cut-off that falls on a day off moves back to the last working day of its week, a meeting forward to the
        next working day: nobody is in the office.
        """
        try:
            return self._week(day, calendar)
        except OverflowError:  # the first and the last weeks that a calendar knows
            return None

    def _week(self, day: date, calendar: WorkCalendar) -> "MeetingWeek | None":
        monday = day - timedelta(days=day.weekday())
        cut_off_on = calendar.on_or_before(monday + timedelta(days=self.cut_off.weekday))
        if cut_off_on < monday:
            return None
        ahead = (self.held.weekday - cut_off_on.weekday() - 1) % 7 + 1
        held_on = calendar.on_or_after(cut_off_on + timedelta(days=ahead))
        drafted_on = min(monday + timedelta(days=self.drafted.weekday), cut_off_on)
        sent_on = max(monday + timedelta(days=self.sent.weekday), cut_off_on)
        year, week, _weekday = monday.isocalendar()
        return MeetingWeek(
            year=year, week=week,
            drafted_at=datetime.combine(drafted_on, self.drafted.at),
            cut_off_at=datetime.combine(cut_off_on, self.cut_off.at),
            sent_at=datetime.combine(sent_on, self.sent.at),
            held_at=datetime.combine(held_on, self.held.at),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class MeetingWeek:
    """The moments of one week's meeting, by the clock on the wall."""

    year: int
    week: int
    drafted_at: datetime
    cut_off_at: datetime
    sent_at: datetime
    held_at: datetime


class DecisionStatus(StrEnum):
    """What is stored of a decision: DONE is somebody's word, VERIFIED somebody else's."""

    OPEN = "open"
    DONE = "done"
    VERIFIED = "verified"
    WITHDRAWN = "withdrawn"


class DecisionStep(StrEnum):
    """CHANGE is another wording, unit or date; WITHDRAW: it is no longer wanted, with a reason."""

    CHANGE = "change"
    REPORT_DONE = "report-done"
    VERIFY = "verify"
    SEND_BACK = "send-back"
    WITHDRAW = "withdraw"
    REOPEN = "reopen"


UNSETTLED: Final = frozenset({DecisionStatus.OPEN, DecisionStatus.DONE})
"""On the next agenda until it is verified or withdrawn."""

_STATUS = DecisionStatus
_MOVES: Final[Mapping[DecisionStep, Mapping[DecisionStatus, DecisionStatus]]] = {
    DecisionStep.CHANGE: {_STATUS.OPEN: _STATUS.OPEN},
    DecisionStep.REPORT_DONE: {_STATUS.OPEN: _STATUS.DONE},
    DecisionStep.VERIFY: {_STATUS.DONE: _STATUS.VERIFIED},
    DecisionStep.SEND_BACK: {_STATUS.DONE: _STATUS.OPEN},
    DecisionStep.WITHDRAW: dict.fromkeys(UNSETTLED, _STATUS.WITHDRAWN),
    DecisionStep.REOPEN: dict.fromkeys({_STATUS.VERIFIED, _STATUS.WITHDRAWN}, _STATUS.OPEN),
}

_REFUSALS: Final[Mapping[DecisionStep, str]] = {
    DecisionStep.CHANGE: gettext_noop("%(decision)s cannot be changed now: it is not open."),
    DecisionStep.REPORT_DONE: gettext_noop("%(decision)s cannot be reported done: it is not open."),
    DecisionStep.VERIFY: gettext_noop("%(decision)s cannot be verified: nobody has reported it done."),
    DecisionStep.SEND_BACK: gettext_noop("%(decision)s cannot be sent back: nobody has reported it done."),
    DecisionStep.WITHDRAW: gettext_noop("%(decision)s cannot be withdrawn: it is settled already."),
    DecisionStep.REOPEN: gettext_noop("%(decision)s cannot be reopened: it is not settled."),
}


def move_decision(current: DecisionStatus, step: DecisionStep, *, decision: str) -> DecisionStatus:
    """The status after `step`. Raises RuleError, naming the number of the `decision`, where there is no such step."""
    target = _MOVES[step].get(current)
    if target is None:
        raise RuleError(_REFUSALS[step], decision=decision)
    return target


def decision_steps(current: DecisionStatus) -> frozenset[DecisionStep]:
    """The steps that a decision in this status can take, whoever takes them."""
    return frozenset(step for step, moves in _MOVES.items() if current in moves)


def check_other_verifier(*, decision: str, is_reporter: bool) -> None:
    """Raises RuleError where whoever verifies reported it done: nobody verifies the own word."""
    if is_reporter:
        raise RuleError(
            gettext_noop("You reported %(decision)s done yourself; somebody else has to verify it."),
            decision=decision,
        )


def is_decision_late(status: DecisionStatus, due_on: date | None, today: date) -> bool:
    """Open and its due date has passed; what is reported done waits for the verifier, not for the unit."""
    return status == DecisionStatus.OPEN and due_on is not None and due_on < today


def written_decision(year: int, week: int, serial: int) -> str:
    """The number of a decision: ``2026-48-03``, the third of the meeting of the 48th week."""
    return f"{year}-{week:02d}-{serial:02d}"


SUGGESTED_WITHIN: Final[Mapping[Level, int]] = {
    Level.DAILY: 10,
    Level.KEY: 7,
    Level.SPECIAL: 5,
    Level.HEAD: 3,
}
"""Working days that 问题交办建议 proposes for an issue of this level [D]: the higher, the sooner."""

RAISE_BEYOND: Final = 15
"""Working days late beyond which a cause without an open issue should become one [D]: with the red slip."""


RAISED_AT: Final = Level.KEY
"""The level that is proposed for an issue that such a node should become [D]: its unit alone has not managed."""


def next_level(level: Level) -> Level:
    """The level that is proposed for an issue that is late: one higher, as long as there is one."""
    return Level(min(level + 1, Level.HEAD))


def suggested_due(level: Level, today: date, calendar: WorkCalendar) -> date:
    """The due date that is proposed for an issue of this level that is assigned today."""
    return calendar.add(today, SUGGESTED_WITHIN[level])


@dataclass(frozen=True, slots=True)
class Marks:
    """What two snapshots are compared by: what was overdue, blocked and open at the cut-off, by row number.

    `overdue` are causes and knocked-on nodes alike; `raised` are the issues raised, `closed` those closed in the month
    before or since the last snapshot, whichever began earlier, the latter with the day, for one may be closed again.
    """

    overdue: frozenset[int]
    blocked: frozenset[int]
    raised: frozenset[int]
    closed: frozenset[tuple[int, str]]


@dataclass(frozen=True, slots=True)
class Differences:
    """From one week to the next: row numbers of nodes, of issues where the name says so."""

    newly_overdue: frozenset[int]
    recovered: frozenset[int]
    newly_blocked: frozenset[int]
    unblocked: frozenset[int]
    issues_raised: frozenset[int]
    issues_closed: frozenset[int]


def differences(before: Marks | None, now: Marks) -> Differences:
    """What has changed since the snapshot `before`; without one everything is new and nothing has gone."""
    if before is None:
        before = Marks(frozenset(), frozenset(), frozenset(), frozenset())
    return Differences(
        newly_overdue=now.overdue - before.overdue,
        recovered=before.overdue - now.overdue,
        newly_blocked=now.blocked - before.blocked,
        unblocked=before.blocked - now.blocked,
        issues_raised=now.raised - before.raised,
        issues_closed=frozenset(pk for pk, _day in now.closed - before.closed),
    )


def in_order(wanted: Collection[int], present: Collection[int]) -> list[int]:
    """`present` in the order in which `wanted` names them; what it does not name keeps its place behind them."""
    place = {pk: number for number, pk in enumerate(wanted)}
    return sorted(present, key=lambda pk: place.get(pk, len(place)))
