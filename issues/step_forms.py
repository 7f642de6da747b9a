"""The forms of the steps of an issue, as its page shows them and reads what they send."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, Final

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, pgettext_lazy

from accounts.models import Unit
from domain.issues import IssueStep, Level
from issues.forms import RowsField
from issues.issue_page import IssuePage
from issues.models import LEVEL_LABELS
from milestones.forms import VersionForm

USUAL_DAYS: Final = 14
"""Calendar days that a unit is offered to remove what stands in the way [D]."""

RATING_LABELS: Final[Mapping[int, Promise]] = {
    5: gettext_lazy("5 · very satisfied"),
    4: gettext_lazy("4 · satisfied"),
    3: gettext_lazy("3 · so-so"),
    2: gettext_lazy("2 · dissatisfied"),
    1: gettext_lazy("1 · very dissatisfied"),
}

_LONGEST: Final = 500


class AssignForm(VersionForm):
    lead_unit = forms.ModelChoiceField(queryset=Unit.objects.all(), label=gettext_lazy("lead unit"))
    due_on = forms.DateField(label=pgettext_lazy("of an issue", "due"))
    supporting = RowsField(
        queryset=Unit.objects.all(), required=False, label=gettext_lazy("supporting units")
    )
    level = forms.TypedChoiceField(
        choices=list(LEVEL_LABELS.items()), coerce=lambda text: Level(int(text)), empty_value=None,
        required=False, label=gettext_lazy("level"),
    )  # fmt: skip
    leader = forms.CharField(required=False, max_length=60, label=gettext_lazy("leader in charge"))
    note = forms.CharField(
        required=False, max_length=_LONGEST, widget=forms.Textarea, label=gettext_lazy("what is to be done")
    )
    hold = forms.BooleanField(
        required=False, label=gettext_lazy("put the clocks of the nodes that it blocks on hold")
    )


class ProgressForm(VersionForm):
    """Its files are read apart: what they are, their content says."""

    text = forms.CharField(
        required=False, max_length=5000, widget=forms.Textarea, label=gettext_lazy("how it goes on")
    )


class CloseForm(VersionForm):
    text = forms.CharField(
        required=False, max_length=_LONGEST, widget=forms.Textarea, label=gettext_lazy("what was done")
    )
    document_no = forms.CharField(required=False, max_length=120, label=gettext_lazy("document number"))


class VerifyForm(VersionForm):
    note = forms.CharField(
        required=False, max_length=_LONGEST, widget=forms.Textarea, label=gettext_lazy("what you found")
    )
    resume = forms.BooleanField(required=False, label=gettext_lazy("let the nodes run again"))
    resume_on = forms.DateField(required=False, label=gettext_lazy("from"))

    def said(self, today: date) -> dict[str, Any]:
        """As the action takes it: the day only where the nodes are to run again, today where none is named."""
        data = dict(self.cleaned_data)
        resume, day = data.pop("resume"), data.pop("resume_on")
        return {**data, "resume_on": (day or today) if resume else None}


class WhyForm(VersionForm):
    reason = forms.CharField(
        required=False, max_length=_LONGEST, widget=forms.Textarea, label=gettext_lazy("reason")
    )


class SuspendForm(WhyForm):
    word_of = forms.CharField(
        required=False, max_length=60, label=gettext_lazy("which leader said that it can wait")
    )
    review_on = forms.DateField(required=False, label=gettext_lazy("to be looked at again on"))
    field_order = ("word_of", "review_on", "reason")


class TakeUpForm(VersionForm):
    due_on = forms.DateField(label=pgettext_lazy("of an issue", "new due date"))
    note = forms.CharField(required=False, max_length=_LONGEST, label=gettext_lazy("note"))


class ReopenForm(WhyForm):
    due_on = forms.DateField(label=pgettext_lazy("of an issue", "new due date"))
    field_order = ("due_on", "reason")


class RateForm(VersionForm):
    rating = forms.TypedChoiceField(
        choices=list(RATING_LABELS.items()),
        coerce=int,
        widget=forms.RadioSelect,
        label=gettext_lazy("rating"),
    )
    text = forms.CharField(
        required=False, max_length=_LONGEST, widget=forms.Textarea,
        label=gettext_lazy("what the enterprise says"),
    )  # fmt: skip


STEP_FORMS: Final[Mapping[str, type[VersionForm]]] = {
    IssueStep.ASSIGN: AssignForm,
    IssueStep.NOTE: ProgressForm,
    IssueStep.ASK_TO_CLOSE: CloseForm,
    IssueStep.VERIFY: VerifyForm,
    IssueStep.SEND_BACK: WhyForm,
    IssueStep.SUSPEND: SuspendForm,
    IssueStep.TAKE_UP: TakeUpForm,
    IssueStep.REOPEN: ReopenForm,
    IssueStep.RATE: RateForm,
}


def step_form(step: str, page: IssuePage, today: date) -> VersionForm:
    """The empty form of a step, with what is likely filled in; its fields are told apart by the step."""
    form = STEP_FORMS[step](initial=_likely(step, page, today), auto_id=f"{step}-%s")
    if step == IssueStep.ASSIGN and not page.can_hold:
        del form.fields["hold"]
    if step == IssueStep.VERIFY and not page.is_held:
        del form.fields["resume"], form.fields["resume_on"]
    return form


def _likely(step: str, page: IssuePage, today: date) -> dict[str, Any]:
    issue, later = page.issue, today + timedelta(days=USUAL_DAYS)
    match step:
        case IssueStep.ASSIGN:
            topic = issue.topic.lead_unit_id if issue.topic else None
            return {
                "lead_unit": issue.lead_unit_id or topic or issue.category.lead_unit_id,
                "supporting": [unit.pk for unit in page.supporting],
                "due_on": issue.due_on if issue.due_on and issue.due_on >= today else later,
                "level": issue.level,
                "leader": issue.leader,
            }
        case IssueStep.VERIFY:
            return {"resume": True, "resume_on": today}
        case IssueStep.TAKE_UP | IssueStep.REOPEN:
            return {"due_on": later}
        case _:
            return {}


def rating_word(rating: int) -> str:
    return str(RATING_LABELS.get(rating, rating))
