"""Which period an address asks for: the same on the page and in the API."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import pgettext_lazy

from domain.issue_figures import Period
from milestones.filters import refuse_unreadable


class PeriodForm(forms.Form):
    """The fields are called ``from`` and ``to``; the first is no name in Python."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["from"] = forms.DateField(required=False, label=pgettext_lazy("a period", "from"))
        self.fields["to"] = forms.DateField(required=False, label=pgettext_lazy("a period", "to"))

    def period(self, today: date) -> Period:
        """Raises InputError where a date cannot be read, or the period ends before it begins."""
        refuse_unreadable(self)
        return Period.of(self.cleaned_data["from"], self.cleaned_data["to"], today)
