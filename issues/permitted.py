"""What a reader may do with an issue now, and why not the rest: asked of the same rules that the actions ask."""

from collections.abc import Mapping
from typing import Final

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext, gettext_lazy, gettext_noop, pgettext_lazy

from accounts.access import verifies_for_all
from accounts.models import User
from accounts.permits import Permit, refusal_of, rights_over
from domain.errors import RuleError
from domain.issues import OPEN_ISSUES, IssueStatus, IssueStep, check_verifier, move_issue
from issues.models import Issue

CHANGE: Final = "change"
"""Another wording, category, level, topic, or other nodes; no step, since the state stays."""

STEP_LABELS: Final[Mapping[str, object]] = {
    IssueStep.ASSIGN: gettext_lazy("Assign"),
    IssueStep.NOTE: gettext_lazy("Note progress"),
    IssueStep.ASK_TO_CLOSE: gettext_lazy("Ask to close"),
    IssueStep.VERIFY: gettext_lazy("Verify and close"),
    IssueStep.SEND_BACK: pgettext_lazy("an issue", "Send back"),
    IssueStep.SUSPEND: gettext_lazy("Suspend"),
    IssueStep.TAKE_UP: gettext_lazy("Take up again"),
    IssueStep.REOPEN: gettext_lazy("Reopen"),
    IssueStep.RATE: gettext_lazy("Rate the answer"),
    CHANGE: gettext_lazy("Edit"),
}

_COORDINATES: Final = gettext_noop(
    "Only managers of the project's town or lead department, or of the bureau, decide about this."
)
_WORKS: Final = gettext_noop(
    "Only the lead unit, the supporting units, the liaison and who coordinates the project add to its record."
)
_EDITS: Final = gettext_noop(
    "Only the lead unit, the liaison and who coordinates the project ask to close it."
)
_CHANGES: Final = gettext_noop(
    "Only who coordinates the project changes it; who raised it, as long as nobody has it yet."
)
_RATES: Final = gettext_noop(
    "Only who may change the project rates for the enterprise, and no unit its own answer."
)

_NEEDED: Final[Mapping[str, tuple[str, str]]] = {
    IssueStep.ASSIGN: ("coordinates", _COORDINATES),
    IssueStep.NOTE: ("works", _WORKS),
    IssueStep.ASK_TO_CLOSE: ("edits", _EDITS),
    IssueStep.VERIFY: ("coordinates", _COORDINATES),
    IssueStep.SEND_BACK: ("coordinates", _COORDINATES),
    IssueStep.SUSPEND: ("coordinates", _COORDINATES),
    IssueStep.TAKE_UP: ("coordinates", _COORDINATES),
    IssueStep.REOPEN: ("coordinates", _COORDINATES),
    IssueStep.RATE: ("rates", _RATES),
    CHANGE: ("rewords", _CHANGES),
}
"""For each step, among whose issues it must be, and what is said to those among whose it is not."""

_FIRST: Final[Mapping[IssueStatus, tuple[str, ...]]] = {
    IssueStatus.RAISED: (IssueStep.ASSIGN,),
    IssueStatus.CLOSE_REQUESTED: (IssueStep.VERIFY, IssueStep.SEND_BACK),
    IssueStatus.SUSPENDED: (IssueStep.TAKE_UP,),
    IssueStatus.CLOSED: (IssueStep.RATE,),
}
"""What a state waits for; where it is not named, a note and the request to close."""
_USUALLY: Final = (IssueStep.NOTE, IssueStep.ASK_TO_CLOSE)


def permits(issue: Issue, user: User) -> Mapping[str, Permit]:
    """A permit for every step, and for changing the wording; what the state waits for comes first. One query.

    Of several reasons against a step the first that the action itself would give.
    """
    rights, status = _rights(issue, user), IssueStatus(issue.status)
    first = [*_FIRST.get(status, ()), *_USUALLY]
    steps = [*first, *(step for step in STEP_LABELS if step not in first)]
    if user.role == User.Role.LEADER:
        why = gettext("Leaders see everything and change nothing.")
        return {step: _permit(step, why) for step in steps}
    return {step: _permit(step, _refusal(step, issue, user, rights)) for step in steps}


def refuse_change(issue: Issue, user: User) -> None:
    """Raises PermissionDenied where `user` may not change what was entered of `issue`, RuleError where nobody can."""
    if user.role == User.Role.LEADER or not Issue.objects.changeable_by(user).filter(pk=issue.pk).exists():
        raise PermissionDenied(_CHANGES)
    _check(CHANGE, issue, user)


def _permit(step: str, refusal: str) -> Permit:
    return Permit(step, str(STEP_LABELS[step]), refusal)


def _refusal(step: str, issue: Issue, user: User, rights: Mapping[str, bool]) -> str:
    right, why_not = _NEEDED[step]
    if not rights[right]:
        return gettext(why_not)
    return refusal_of(lambda: _check(step, issue, user))


def _check(step: str, issue: Issue, user: User) -> None:
    """Raises RuleError as the action would."""
    if step == CHANGE:
        if issue.status not in OPEN_ISSUES:
            raise RuleError(
                gettext_noop("%(issue)s is closed; reopen it before adding to it."), issue=issue.number
            )
        return
    move_issue(IssueStatus(issue.status), IssueStep(step), issue=issue.number)
    if step == IssueStep.VERIFY:
        check_verifier(
            issue=issue.number,
            is_asker=issue.close_asked_by_id == user.pk,
            is_of_lead=issue.lead_unit_id == user.unit_id and not verifies_for_all(user),
        )
    if step == IssueStep.RATE and issue.rated_by_enterprise:
        raise RuleError(
            gettext_noop("The enterprise has rated the answer to %(issue)s itself; its word stands."),
            issue=issue.number,
        )


def _rights(issue: Issue, user: User) -> Mapping[str, bool]:
    """Among which issues of the user's this one is."""
    issues = Issue.objects.order_by()
    theirs = {
        "coordinates": issues.coordinated_by(user),
        "works": issues.workable_by(user),
        "edits": issues.editable_by(user),
        "rewords": issues.changeable_by(user),
        "rates": issues.ratable_by(user),
    }
    return rights_over(issue.pk, issues, theirs)
