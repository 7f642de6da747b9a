"""What a page sends with a change of a node, read before any action is called."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from accounts.models import Unit
from domain.errors import InputError
from milestones.models import DateChange


class VersionForm(forms.Form):
    """`version`: the one that the page showed, so that a change of something newer is refused."""

    version = forms.IntegerField(required=False)


class DayForm(VersionForm):
    on = forms.DateField(required=False, label=_("date"))
    note = forms.CharField(required=False, max_length=500, label=_("note"))


class FinishForm(DayForm):
    """Its files are read apart: what they are, their content says."""

    document_no = forms.CharField(required=False, max_length=120, label=_("document number"))


class ProofForm(forms.Form):
    document_no = forms.CharField(required=False, max_length=120, label=_("document number"))
    note = forms.CharField(required=False, max_length=500, label=_("note"))


class NoteForm(forms.Form):
    note = forms.CharField(required=False, max_length=500, label=_("note"))


class AssignForm(NoteForm, VersionForm):
    unit = forms.ModelChoiceField(queryset=Unit.objects.all(), label=_("responsible unit"))


class HoldForm(VersionForm):
    """`until`: the day that the clock ran again, of a hold that is over."""

    on = forms.DateField(required=False, label=_("first day on hold"))
    until = forms.DateField(required=False, label=_("runs again from"))
    reason = forms.CharField(required=False, max_length=500, label=_("reason"))
    notice_no = forms.CharField(required=False, max_length=80, label=_("number of the notice"))


class ResumeForm(DayForm):
    """`hold`: the number of the one that has ended; blank for all."""

    hold = forms.IntegerField(required=False, label=_("hold"))


class ReasonForm(VersionForm):
    reason = forms.CharField(required=False, max_length=500, label=_("reason"))


class DateChangeForm(VersionForm):
    due_on = forms.DateField(label=_("new due date"))
    reason = forms.ChoiceField(choices=DateChange.Reason.choices, label=_("reason"))
    following = forms.BooleanField(required=False, label=_("move all nodes behind it by as many days"))
    text = forms.CharField(required=False, max_length=500, label=_("explanation"))


class AnswerForm(forms.Form):
    answer = forms.CharField(required=False, max_length=500, label=_("answer"))


def read_form(form: forms.Form) -> dict[str, Any]:
    """What was sent. Raises InputError with a sentence that names the first field that cannot be read."""
    if form.is_valid():
        return form.cleaned_data
    name, errors = next(iter(form.errors.items()))
    raise InputError(
        gettext_noop("%(field)s: “%(text)s” cannot be read. %(why)s"),
        field=form.fields[name].label or name, text=form.data.get(name, "")[:60], why=errors[0],
    )  # fmt: skip
