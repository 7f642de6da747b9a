"""Supervision (督办): the ladder from a light to a red slip (design.md section 3; domain.md section 5.3).

Yellow light: a reminder, which is the light itself. Then slips: blue for 1 to 5 working days late, yellow for 6 to 15
or where it stood on the agenda twice unsolved, red beyond 15 or after two yellows.
"""

from collections.abc import Collection
from datetime import date
from enum import IntEnum
from typing import Final

from domain.errors import RuleError, gettext_noop
from domain.workdays import WorkCalendar


class SlipLevel(IntEnum):
    """From the least to the most severe."""

    BLUE = 1
    YELLOW = 2
    RED = 3


BLUE_UNTIL: Final = 5
YELLOW_UNTIL: Final = 15
"""Working days late up to which a slip is blue or yellow."""

REPLY_WITHIN: Final = {SlipLevel.BLUE: 5, SlipLevel.YELLOW: 3, SlipLevel.RED: 2}
"""Working days for the answer with its plan [D]: the more severe, the sooner. Editable on each slip."""


def level_for(days_late: int, *, on_agenda: int = 0, yellows: int = 0) -> SlipLevel | None:
    """What the ladder asks for; None where nothing is late.

    `days_late` in working days; `on_agenda` is how many weekly meetings found it unsolved, `yellows` how many
    yellow slips were issued for it before, for this deadline or an earlier one.
    """
    if days_late < 1:
        return None
    if days_late > YELLOW_UNTIL or yellows >= 2:
        return SlipLevel.RED
    if days_late > BLUE_UNTIL or on_agenda >= 2:
        return SlipLevel.YELLOW
    return SlipLevel.BLUE


def next_slip(
    days_late: int, issued: Collection[SlipLevel], *, on_agenda: int = 0, yellows: int = 0
) -> SlipLevel | None:
    """The slip to propose: what the ladder asks for, unless one as severe was issued for the same deadline."""
    level = level_for(days_late, on_agenda=on_agenda, yellows=yellows)
    if level is None or any(level <= one for one in issued):
        return None
    return level


def reply_by(level: SlipLevel, today: date, calendar: WorkCalendar) -> date:
    """The day by which a slip of this level that is issued today wants its answer."""
    return calendar.add(today, REPLY_WITHIN[level])


def is_answer_late(reply_by: date, answered_on: date | None, today: date) -> bool:
    """The answer came after the day by which it was wanted, or has not come and that day has passed."""
    return (answered_on or today) > reply_by


def answer_days_late(reply_by: date, answered_on: date | None, today: date, calendar: WorkCalendar) -> int:
    """Working days by which the answer came too late, or is too late so far; 0 where it is in time."""
    if not is_answer_late(reply_by, answered_on, today):
        return 0
    return calendar.count(reply_by, answered_on or today)


def check_level(level: SlipLevel, proposed: SlipLevel) -> None:
    """Raises RuleError where a slip is to be milder than the ladder proposes.

    More severe it may be: what is urgent goes straight to yellow or red (domain.md 5.3, after 三明).
    """
    if level < proposed:
        raise RuleError(gettext_noop("A slip can be more severe than proposed, but not milder."))


def check_reply_by(reply_by: date, today: date) -> None:
    """Raises RuleError where the answer would be wanted by a day that has passed."""
    if reply_by < today:
        raise RuleError(
            gettext_noop("%(day)s has passed; an answer can be wanted by today or later."), day=reply_by
        )
