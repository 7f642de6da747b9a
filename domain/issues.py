"""How an issue (问题) moves from "somebody noticed" to "somebody else has verified that it is gone".

Source: design.md section 3; domain.md sections 3 (states, exactly one lead unit) and 5.4 (销号 only after
independent verification).
"""

from collections.abc import Collection
from datetime import date
from enum import IntEnum, StrEnum
from typing import Final

from domain.errors import RuleError, gettext_noop


class IssueStatus(StrEnum):
    """What is stored of an issue's progress."""

    RAISED = "raised"
    ASSIGNED = "assigned"
    WORKING = "working"
    CLOSE_REQUESTED = "close_requested"
    RETURNED = "returned"
    SUSPENDED = "suspended"
    CLOSED = "closed"


class IssueStep(StrEnum):
    """NOTE is a note on progress; TAKE_UP ends a suspension; RATE is the enterprise's word on the answer."""

    ASSIGN = "assign"
    NOTE = "note"
    ASK_TO_CLOSE = "ask-to-close"
    VERIFY = "verify"
    SEND_BACK = "send-back"
    SUSPEND = "suspend"
    TAKE_UP = "take-up"
    REOPEN = "reopen"
    RATE = "rate"


class Level(IntEnum):
    """Who coordinates it: the four levels of 桐庐 (domain.md 1.2), from the daily desk to the head of the district."""

    DAILY = 1
    KEY = 2
    SPECIAL = 3
    HEAD = 4


OPEN_ISSUES: Final = frozenset(IssueStatus) - {IssueStatus.CLOSED}

WITH_THE_LEAD: Final = frozenset({IssueStatus.ASSIGNED, IssueStatus.WORKING, IssueStatus.RETURNED})
"""The lead unit has it and must act."""

TICKING_ISSUES: Final = OPEN_ISSUES - {IssueStatus.SUSPENDED}
"""Their due date counts: what is suspended with a leader's word is late for nobody."""

_STATUS = IssueStatus
_MOVES: Final[dict[IssueStep, dict[IssueStatus, IssueStatus]]] = {
    IssueStep.ASSIGN: dict.fromkeys(WITH_THE_LEAD | {_STATUS.RAISED}, _STATUS.ASSIGNED),
    IssueStep.NOTE: {
        **{status: status for status in OPEN_ISSUES},
        _STATUS.ASSIGNED: _STATUS.WORKING,
        _STATUS.RETURNED: _STATUS.WORKING,
    },
    IssueStep.ASK_TO_CLOSE: dict.fromkeys(WITH_THE_LEAD, _STATUS.CLOSE_REQUESTED),
    IssueStep.VERIFY: {_STATUS.CLOSE_REQUESTED: _STATUS.CLOSED},
    IssueStep.SEND_BACK: {_STATUS.CLOSE_REQUESTED: _STATUS.RETURNED},
    IssueStep.SUSPEND: dict.fromkeys(WITH_THE_LEAD, _STATUS.SUSPENDED),
    IssueStep.TAKE_UP: {_STATUS.SUSPENDED: _STATUS.WORKING},
    IssueStep.REOPEN: {_STATUS.CLOSED: _STATUS.ASSIGNED},
    IssueStep.RATE: {_STATUS.CLOSED: _STATUS.CLOSED},
}

_REFUSALS: Final[dict[IssueStep, str]] = {
    IssueStep.ASSIGN: gettext_noop(
        "%(issue)s cannot be assigned now: it waits for verification, is suspended or closed."
    ),
    IssueStep.NOTE: gettext_noop("%(issue)s is closed; reopen it before adding to it."),
    IssueStep.ASK_TO_CLOSE: gettext_noop(
        "Closing %(issue)s cannot be asked for now: no unit has it to work on."
    ),
    IssueStep.VERIFY: gettext_noop("%(issue)s cannot be closed: nobody has asked for it to be verified."),
    IssueStep.SEND_BACK: gettext_noop("%(issue)s cannot be sent back: nobody has asked to close it."),
    IssueStep.SUSPEND: gettext_noop("%(issue)s cannot be suspended now: no unit has it to work on."),
    IssueStep.TAKE_UP: gettext_noop("%(issue)s cannot be taken up again: it is not suspended."),
    IssueStep.REOPEN: gettext_noop("%(issue)s cannot be reopened: it is not closed."),
    IssueStep.RATE: gettext_noop("%(issue)s cannot be rated before it is closed."),
}


def move_issue(current: IssueStatus, step: IssueStep, *, issue: str) -> IssueStatus:
    """The status after `step`. Raises RuleError, naming the number of the `issue`, where there is no such step."""
    target = _MOVES[step].get(current)
    if target is None:
        raise RuleError(_REFUSALS[step], issue=issue)
    return target


def steps_from(current: IssueStatus) -> frozenset[IssueStep]:
    """The steps that an issue in this status can take, whoever takes them."""
    return frozenset(step for step, moves in _MOVES.items() if current in moves)


def check_units(lead: int, supporting: Collection[int], *, unit: str) -> None:
    """Raises RuleError where the lead unit, called `unit`, supports as well: who leads is never in doubt.

    Source: 主办/协办 (domain.md 3 and 7): exactly one unit leads.
    """
    if lead in supporting:
        raise RuleError(
            gettext_noop("%(unit)s cannot lead and support at once; take it out of the supporting units."),
            unit=unit,
        )


def check_due(due_on: date, today: date) -> None:
    """Raises RuleError where a due date that is given today has passed already."""
    if due_on < today:
        raise RuleError(gettext_noop("%(day)s has passed; the due date lies today or later."), day=due_on)


def check_verifier(*, issue: str, is_asker: bool, is_of_lead: bool) -> None:
    """Raises RuleError where whoever verifies asked for it, or works for the unit that led.

    `is_of_lead` does not hold for the bureau that runs the platform: somebody must be able to verify what the
    bureau led itself.
    """
    if is_asker:
        raise RuleError(
            gettext_noop("You asked to close %(issue)s yourself; somebody else has to verify it."),
            issue=issue,
        )
    if is_of_lead:
        raise RuleError(
            gettext_noop("Your unit leads %(issue)s; somebody outside it has to verify that it is gone."),
            issue=issue,
        )


def check_rating(rating: int) -> None:
    """Raises RuleError where a rating is not one to five."""
    if not 1 <= rating <= 5:
        raise RuleError(gettext_noop("A rating is a number from 1 to 5."))


def written_number(year: int, serial: int) -> str:
    """The number of an issue or a slip: ``2026-0137``, the year and its place in the year."""
    return f"{year}-{serial:04d}"


def is_issue_late(status: IssueStatus, due_on: date | None, today: date) -> bool:
    """Open, not suspended, and the due date has passed."""
    return status in TICKING_ISSUES and due_on is not None and due_on < today
