"""When a node is overdue, and which light it shows: computed, never typed (design.md, section 3).

The rule must hold in Python for one node and in SQL for a hundred thousand. So it is stated once as dates
to compare with: ``LightRule`` turns a day and a calendar into cut-off dates, and both sides compare with
these. ``milestones.querysets`` holds the SQL side; a Hypothesis test shows that the two agree.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from math import ceil

from domain.lifecycle import Status
from domain.workdays import WorkCalendar, late_cutoff, near_until

MAX_WINDOW = 5
"""The longest yellow window in working days, and the one of a node that has no limit."""

IDLE_AFTER = 5
"""A node that could have been started for more than so many working days, and was not, is idle (待启动超期).

It catches the gap that neither of two departments owns (domain.md 5.2).
"""

BACK_FILLED_AFTER = 5
"""What is entered more than so many working days after it happened is marked as back-filled (补录)."""

LONG_HOLD = 30
"""What has been on hold for more than so many days comes back on the weekly list (domain.md 5.2, after FAST-41).

Calendar days: over a long holiday too a hold is forgotten.
"""

TICKING = frozenset({Status.WAITING, Status.RUNNING})
"""Not done, not waived, not on hold: only these can be overdue."""


class Light(StrEnum):
    """From what wants attention most to what wants none."""

    RED = "red"
    YELLOW = "yellow"
    VIOLET = "violet"
    GREEN = "green"
    GREY = "grey"
    BLUE = "blue"
    WHITE = "white"


def worst(lights: "list[Light]") -> Light:
    """The light that wants attention most; blue where nothing is left to do."""
    order = list(Light)
    return min(lights, key=order.index, default=Light.BLUE)


def deadline(due_on: date | None, limit_on: date | None) -> date | None:
    """The day that counts: the earlier of the approved plan date and the end of the approval clock."""
    if due_on is None or (limit_on is not None and limit_on < due_on):
        return limit_on
    return due_on


def yellow_window(limit: int | None) -> int:
    """How many working days before the deadline a node turns yellow.

    max(1, min(5, ceil(20 % of the limit))), and 5 where there is no limit. The limit is taken in its own
    unit, working or calendar days.
    """
    return MAX_WINDOW if limit is None else max(1, min(MAX_WINDOW, ceil(limit / 5)))


@dataclass(frozen=True, slots=True)
class LightRule:
    """The rule of one day: the dates that deadlines are compared with."""

    today: date
    calendar: WorkCalendar
    near_until: tuple[date, ...]
    """For a window of 1 … 5 working days, the last deadline that is yellow today."""

    @property
    def idle_before(self) -> date:
        """What could have been started before this day, and was not, is idle today."""
        return late_cutoff(self.calendar, self.today, IDLE_AFTER)

    @classmethod
    def on(cls, today: date, calendar: WorkCalendar) -> "LightRule":
        windows = range(1, MAX_WINDOW + 1)
        return cls(today, calendar, tuple(near_until(calendar, today, days) for days in windows))

    def is_overdue(self, status: Status, due_on: date | None, limit_on: date | None) -> bool:
        """Not done, waived or held, and today is after the plan date or after the limit."""
        day = deadline(due_on, limit_on)
        return status in TICKING and day is not None and day < self.today

    def light(self, status: Status, due_on: date | None, limit_on: date | None, limit: int | None) -> Light:
        """The light of a node; `limit` is the length of its approval limit in its own unit."""
        match status:
            case Status.DONE:
                return Light.BLUE
            case Status.WAIVED:
                return Light.WHITE
            case Status.HELD:
                return Light.VIOLET
        day = deadline(due_on, limit_on)
        if day is not None and day < self.today:
            return Light.RED
        if day is not None and day <= self.near_until[yellow_window(limit) - 1]:
            return Light.YELLOW
        return Light.GREY if status == Status.WAITING else Light.GREEN

    def days_late(self, day: date | None) -> int:
        """Working days that have passed since the deadline; 0 on or before it."""
        return 0 if day is None or day >= self.today else self.calendar.count(day, self.today)

    def is_back_filled(self, happened_on: date | None, entered_on: date | None) -> bool:
        """Whether the entry came more than ``BACK_FILLED_AFTER`` working days after the day itself."""
        if happened_on is None or entered_on is None:
            return False
        return self.calendar.count(happened_on, entered_on) > BACK_FILLED_AFTER

    def days_left(self, day: date) -> int:
        """Working days from today to the deadline, the deadline's day counted, today not."""
        return max(0, self.calendar.count(self.today, day))
