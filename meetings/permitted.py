"""What a reader may do with a decision now, and why not the rest: asked of the same rules that the actions ask."""

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext, gettext_lazy, gettext_noop, pgettext_lazy

from accounts.models import User
from accounts.permits import Permit, refusal_of, rights_over
from domain.meetings import DecisionStatus, DecisionStep, check_other_verifier, move_decision
from meetings.actions.holding import NOT_YOURS
from meetings.models import Decision

STEP_LABELS: Final[Mapping[str, object]] = {
    DecisionStep.REPORT_DONE: gettext_lazy("Report done"),
    DecisionStep.VERIFY: pgettext_lazy("a decision", "Verify"),
    DecisionStep.SEND_BACK: pgettext_lazy("a decision", "Send back"),
    DecisionStep.CHANGE: pgettext_lazy("a decision", "Change"),
    DecisionStep.REOPEN: gettext_lazy("Reopen"),
    DecisionStep.WITHDRAW: pgettext_lazy("a decision", "Withdraw"),
}
"""In the order in which a page offers them: what its state waits for first."""

_REPORTS: Final = gettext_noop("Only managers of its lead unit and of the bureau report a decision done.")


def permits(decision: Decision, user: User) -> Mapping[str, Permit]:
    """A permit for every step. One query.

    Of several reasons against a step the first that the action itself would give.
    """
    if user.role == User.Role.LEADER:
        why = gettext("Leaders see everything and change nothing.")
        return {step: _permit(step, why) for step in STEP_LABELS}
    rights = _rights(decision, user)
    return {step: _permit(step, _refusal(step, decision, user, rights)) for step in STEP_LABELS}


def _permit(step: str, refusal: str) -> Permit:
    return Permit(step, str(STEP_LABELS[step]), refusal)


def _refusal(step: str, decision: Decision, user: User, rights: Mapping[str, bool]) -> str:
    right, why_not = ("reports", _REPORTS) if step == DecisionStep.REPORT_DONE else ("runs", NOT_YOURS)
    if not rights[right]:
        return gettext(why_not)
    return refusal_of(lambda: _check(step, decision, user))


def _check(step: str, decision: Decision, user: User) -> None:
    """Raises RuleError as the action would."""
    move_decision(DecisionStatus(decision.status), DecisionStep(step), decision=decision.number)
    if step == DecisionStep.VERIFY:
        check_other_verifier(decision=decision.number, is_reporter=decision.done_by_id == user.pk)


def _rights(decision: Decision, user: User) -> Mapping[str, bool]:
    """Among which decisions of the user's this one is."""
    decisions = Decision.objects.order_by()
    theirs = {"runs": decisions.editable_by(user), "reports": decisions.reportable_by(user)}
    return rights_over(decision.pk, decisions, theirs)
