"""Asking for another due date: who may when, and what it does to the nodes behind (design.md, section 3)."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final, Generic, TypeVar

from domain.errors import RuleError, gettext_noop
from domain.lifecycle import CLOSED, Status
from domain.workdays import WorkCalendar, near_until

Key = TypeVar("Key", bound=Hashable)

LOCKED_DAYS: Final = 5
"""In the last so many working days before the due date, and after it, only a manager may change it.

FAST-41 locks 30 days (domain.md 5.4); five is our default.
"""


class RequestStatus(StrEnum):
    """Where a request for another date stands; only an approved one has moved anything."""

    ASKED = "asked"
    RETURNED = "returned"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


PENDING: Final = frozenset({RequestStatus.ASKED, RequestStatus.RETURNED})


class Decision(StrEnum):
    APPROVE = "approve"
    REFUSE = "refuse"
    RETURN = "return"
    WITHDRAW = "withdraw"


_DECISIONS: Final = {
    (Decision.APPROVE, RequestStatus.ASKED): RequestStatus.APPROVED,
    (Decision.REFUSE, RequestStatus.ASKED): RequestStatus.REFUSED,
    (Decision.RETURN, RequestStatus.ASKED): RequestStatus.RETURNED,
    (Decision.WITHDRAW, RequestStatus.ASKED): RequestStatus.WITHDRAWN,
    (Decision.WITHDRAW, RequestStatus.RETURNED): RequestStatus.WITHDRAWN,
}


def decide(current: RequestStatus, decision: Decision, *, node: str) -> RequestStatus:
    """The status after `decision`. Raises RuleError where the request for `node` no longer waits for it."""
    after = _DECISIONS.get((decision, current))
    if after is None:
        raise RuleError(
            gettext_noop("The request for another date of “%(node)s” does not wait for this any more."),
            node=node,
        )
    return after


def decisions_on(current: RequestStatus) -> frozenset[Decision]:
    """What can be said of a request in this status."""
    return frozenset(decision for decision, status in _DECISIONS if status == current)


def is_locked(due_on: date | None, today: date, calendar: WorkCalendar) -> bool:
    """Whether the due date lies at most ``LOCKED_DAYS`` working days ahead, or has passed."""
    return due_on is not None and due_on <= near_until(calendar, today, LOCKED_DAYS)


def check_request(status: Status, *, node: str, is_pending: bool, is_manager: bool, is_locked: bool) -> None:
    """Raises RuleError where another date of a node cannot be asked for, whichever it is.

    `is_pending`: a request for it waits for an answer; `is_locked`: the due date is too near for anybody but
    a manager.
    """
    for applies, sentence in (
        (status is Status.WAIVED, gettext_noop("“%(node)s” is waived; it has no date to change.")),
        (status in CLOSED, gettext_noop("“%(node)s” is closed already.")),
        (
            status is Status.HELD,
            gettext_noop("“%(node)s” is on hold; its date is settled when it is resumed."),
        ),
        (
            is_pending,
            gettext_noop("Another date of “%(node)s” has been asked for already; it waits for an answer."),
        ),
        (
            is_locked and not is_manager,
            gettext_noop(
                "“%(node)s” falls due within 5 working days or is overdue; only a manager may ask for "
                "another date now."
            ),
        ),
    ):
        if applies:
            raise RuleError(sentence, node=node)


@dataclass(frozen=True, slots=True)
class Planned(Generic[Key]):
    """An open node behind the one whose date is to change; `duration` in working days."""

    key: Key
    due_on: date | None
    duration: int
    waits_for: tuple[Key, ...] = ()
    any_of: tuple[tuple[Key, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Shift(Generic[Key]):
    """What a new date does to one node.

    `needs`: the date before which it can hardly be done when the new dates hold, where that is later than
    `after`; the plan has become too tight there.
    """

    key: Key
    before: date | None
    after: date | None
    needs: date | None = None


def shifted(
    lead: Key, due_before: date | None, due_after: date, behind: Sequence[Planned[Key]],
    *, following: bool, calendar: WorkCalendar,
) -> list[Shift[Key]]:  # fmt: skip
    """The shifted schedule: the lead node, then those `behind` it, which are given in chain order.

    With `following` all of them move by the working days that the lead moves by (from its old date, which it
    then must have); without, they keep their dates, and `needs` says which of them become too tight.
    """
    moved = calendar.count(due_before, due_after) if following and due_before else 0
    shifts = [Shift(lead, due_before, due_after)]
    ends: dict[Key, date] = {lead: due_after}
    for node in behind:
        after = _moved(node.due_on, moved, calendar)
        needs = _needs(node, ends, calendar)
        late = needs is not None and (after is None or needs > after)
        end = needs if late else after
        if end is not None:
            ends[node.key] = end
        shifts.append(Shift(node.key, node.due_on, after, needs if late and after else None))
    return shifts


def _moved(due_on: date | None, days: int, calendar: WorkCalendar) -> date | None:
    if due_on is None or days == 0:
        return due_on
    return calendar.add(due_on, days)


def _needs(node: Planned[Key], ends: Mapping[Key, date], calendar: WorkCalendar) -> date | None:
    """When `node` can be done at the earliest after what it waits for and what was moved."""
    before = [ends[key] for key in node.waits_for if key in ends]
    # A member that did not move keeps a group as early as it was.
    before += [min(ends[key] for key in group) for group in node.any_of if ends.keys() >= set(group)]
    return calendar.add(max(before), node.duration) if before else None
