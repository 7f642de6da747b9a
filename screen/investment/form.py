"""What an address asks of investment: the period, the group of projects, the light; page and API alike."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from domain.lights import Light
from domain.periods import Months
from milestones.filters import refuse_unreadable
from projects.investments import GROUP_LABELS, GROUPS

LIGHTS: Final = (Light.RED, Light.YELLOW, Light.GREEN, Light.GREY)

LIGHT_LABELS: Final = {
    Light.RED: _("more than 30 points behind"),
    Light.YELLOW: _("10 to 30 points behind"),
    Light.GREEN: _("within 10 points of the plan"),
    Light.GREY: _("without a plan"),
}
"""What the light of a project's investment says (domain.md 5.2)."""


@dataclass(frozen=True, slots=True)
class Asked:
    months: Months
    group: str
    light: Light | None


class InvestmentForm(forms.Form):
    """The period is called ``from`` and ``to``; the first is no name in Python."""

    group = forms.ChoiceField(required=False, choices=list(GROUP_LABELS.items()), label=_("investment of"))
    investment_light = forms.ChoiceField(
        required=False, choices=[("", "---"), *LIGHT_LABELS.items()], label=_("against the plan")
    )

    def __init__(self, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data)
        self.fields["from"] = forms.CharField(
            required=False, max_length=40, label=pgettext_lazy("a period", "from")
        )
        self.fields["to"] = forms.CharField(
            required=False, max_length=40, label=pgettext_lazy("a period", "to")
        )

    def asked(self, today: date) -> Asked:
        """Raises InputError where something cannot be read or the period ends before it begins."""
        refuse_unreadable(self)
        said = self.cleaned_data
        light = Light(said["investment_light"]) if said["investment_light"] else None
        group = said["group"] if said["group"] in GROUPS else "all"
        return Asked(Months.of(said["from"], said["to"], today), group, light)
