"""What a reader may do with a node now, and why not the rest: asked of the same rules that the actions ask."""

from collections.abc import Callable
from enum import StrEnum

from django.utils.translation import gettext, gettext_lazy, pgettext

from accounts.access import refusal
from accounts.models import User
from accounts.permits import Permit, refusal_of
from domain.date_changes import check_request, is_locked
from domain.lifecycle import Move, check_start, move
from domain.lights import LightRule
from milestones.actions.nodes import (
    refuse_closed,
    refuse_left_behind,
    refuse_others_to_assign,
    refuse_others_to_reopen,
)
from milestones.queries import NodeRow


class Deed(StrEnum):
    """What can be done with a node: its moves, and what leaves its status as it is."""

    START = "start"
    FINISH = "finish"
    HOLD = "hold"
    RESUME = "resume"
    WAIVE = "waive"
    REOPEN = "reopen"
    DATE_CHANGE = "date-change"
    ASSIGN = "assign"
    REMIND = "remind"


DEED_LABELS = {
    Deed.START: gettext_lazy("Start"),
    Deed.FINISH: gettext_lazy("Finish"),
    Deed.HOLD: gettext_lazy("Put on hold"),
    Deed.RESUME: gettext_lazy("Resume"),
    Deed.WAIVE: gettext_lazy("Waive"),
    Deed.REOPEN: gettext_lazy("Reopen"),
    Deed.DATE_CHANGE: gettext_lazy("Ask for another date"),
    Deed.ASSIGN: gettext_lazy("Hand over"),
    Deed.REMIND: gettext_lazy("Remind"),
}


def permits(row: NodeRow, user: User, rule: LightRule, *, is_theirs: bool) -> dict[Deed, Permit]:
    """A permit for every deed. `is_theirs`: the row is among those that ``editable_by(user)`` gives.

    Of several reasons against a deed the first that the action itself would give.
    """
    if not is_theirs:
        why = gettext(refusal(user))
        return {deed: _permit(deed, why) for deed in Deed}
    named, status = row.label, row.status
    before = pgettext("between quoted names", "”, “").join(near.label for near in row.blocked_by)

    def may(step: Move) -> None:
        move(status, step, node=named)

    def start() -> None:
        may(Move.START)
        check_start(before, node=named)

    def reopen() -> None:
        refuse_others_to_reopen(user)
        may(Move.REOPEN)
        refuse_left_behind(row.pk, node=named)

    def change_date() -> None:
        check_request(
            status, node=named, is_pending=row.asked_due_on is not None, is_manager=user.is_manager,
            is_locked=is_locked(row.due_on, rule.today, rule.calendar),
        )  # fmt: skip

    def assign() -> None:
        refuse_others_to_assign(user)
        refuse_closed(status, node=named)

    checks: dict[Deed, Callable[[], None]] = {
        Deed.START: start,
        Deed.FINISH: lambda: may(Move.FINISH),
        Deed.HOLD: lambda: may(Move.HOLD),
        Deed.RESUME: lambda: may(Move.RESUME),
        Deed.WAIVE: lambda: may(Move.WAIVE),
        Deed.REOPEN: reopen,
        Deed.DATE_CHANGE: change_date,
        Deed.ASSIGN: assign,
        Deed.REMIND: assign,
    }
    return {deed: _permit(deed, refusal_of(check)) for deed, check in checks.items()}


def _permit(deed: Deed, refusal: str) -> Permit:
    return Permit(deed, str(DEED_LABELS[deed]), refusal)
