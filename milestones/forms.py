"""What a page sends with a change of a node, read before any action is called."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from domain.errors import InputError


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


class ReasonForm(VersionForm):
    reason = forms.CharField(required=False, max_length=500, label=_("reason"))


def read_form(form: forms.Form) -> dict[str, Any]:
    """What was sent. Raises InputError with a sentence that names the first field that cannot be read."""
    if form.is_valid():
        return form.cleaned_data
    name, errors = next(iter(form.errors.items()))
    raise InputError(
        gettext_noop("%(field)s: “%(text)s” cannot be read. %(why)s"),
        field=form.fields[name].label or name, text=form.data.get(name, "")[:60], why=errors[0],
    )  # fmt: skip
