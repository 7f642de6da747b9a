"""What the page of forecasts is asked for."""

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from domain.chains import Milestone
from milestones.filters import refuse_unreadable
from screen.forecast.words import DUE_LABELS, KEY_LABELS, STATE_LABELS, Due, State


class ForecastForm(forms.Form):
    """Which key node, when it is due, and how its date stands; silence asks for those likely to miss their date."""

    key = forms.ChoiceField(
        required=False, label=_("key node"),
        choices=[("", pgettext_lazy("key nodes", "all")), *((key.value, label) for key, label in KEY_LABELS.items())],
    )  # fmt: skip
    state = forms.ChoiceField(
        required=False,
        label=_("how it stands"),
        choices=[(one.value, label) for one, label in STATE_LABELS.items()],
    )
    due = forms.ChoiceField(
        required=False, label=pgettext_lazy("of a key node", "due"),
        choices=[(Due.ALL.value, DUE_LABELS[Due.ALL]), *((one.value, DUE_LABELS[one]) for one in (Due.SOON, Due.YEAR))],
    )  # fmt: skip

    def asked(self) -> tuple[Milestone | None, Due, State]:
        """Raises InputError where a value is none of these."""
        refuse_unreadable(self)
        said: dict[str, Any] = self.cleaned_data
        key = cast("str", said.get("key", ""))
        return (
            Milestone(key) if key else None,
            Due(said.get("due") or Due.ALL),
            State(said.get("state") or State.MISS),
        )
