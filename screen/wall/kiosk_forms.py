"""What is entered of a wall screen, read before any action is called."""

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class EndForm(forms.Form):
    """`until` is the last day on which the screen shows anything; blank: until it is revoked."""

    until = forms.DateField(
        required=False, label=_("last day"), help_text=_("Blank: until it is revoked."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )  # fmt: skip

    @property
    def expires_at(self) -> datetime | None:
        """The first moment after the last day."""
        until = self.cleaned_data["until"]
        if until is None:
            return None
        return timezone.make_aware(datetime.combine(until + timedelta(days=1), time()))


class KioskForm(EndForm):
    name = forms.CharField(
        max_length=80, label=_("where it hangs"), help_text=_("For example: lobby of the town hall."),
    )  # fmt: skip

    field_order = ("name", "until")

    def said(self) -> dict[str, Any]:
        return {"name": self.cleaned_data["name"], "expires_at": self.expires_at}
