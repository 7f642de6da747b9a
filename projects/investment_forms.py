"""What is entered of a project's year: the plan, and the months that have begun. Amounts are in 万元."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.formats import date_format
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from domain.investment import was_meant_in_yuan
from projects.investment_years import InvestmentYear


class InvestmentYearForm(forms.Form):
    """The plan and a field for each month that has begun; an amount that is recorded can be changed, not emptied.

    An amount as no project spends it in a month was meant in yuan: it is asked about once and taken when `confirmed`
    is ticked. Where the year has changed since the page was made (`etag`), the form is refused once (`is_stale`) and
    says at each field what stands there now.
    """

    etag = forms.CharField(required=False)
    plan = forms.DecimalField(
        required=False, min_value=0, max_digits=14, decimal_places=2,
        label=gettext_lazy("planned investment (10,000 yuan)"),
    )  # fmt: skip
    confirmed = forms.BooleanField(
        required=False, label=gettext_lazy("the amounts are right, in units of 10,000 yuan")
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, stored: InvestmentYear, today: date) -> None:
        super().__init__(data)
        self.stored, self.is_stale, self.asks_for_unit = stored, False, False
        last = 12 if stored.year < today.year else today.month if stored.year == today.year else 0
        self.numbers = range(1, last + 1)
        self.fields["plan"].initial = _shown(stored.plan)
        form = "n月" if (get_language() or "").startswith("zh") else "F"
        for number in self.numbers:
            self.fields[f"month-{number}"] = forms.DecimalField(
                required=False, min_value=0, max_digits=14, decimal_places=2,
                label=date_format(date(stored.year, number, 1), form),
                initial=_shown(stored.amounts.get(number)),
            )  # fmt: skip

    def month_fields(self) -> list[BoundField]:
        return [self[f"month-{number}"] for number in self.numbers]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("etag") != self.stored.etag:
            self.is_stale = True
            self._say_what_stands_there(data)
            return data
        for name, stored in self._stored().items():
            if name in data and data[name] is None and stored is not None:
                self.add_error(
                    name, _("What is recorded cannot be emptied; 0 says that nothing was invested.")
                )
        if not data.get("confirmed"):
            self._ask_for_unit(data)
        return data

    def _ask_for_unit(self, data: Mapping[str, Any]) -> None:
        for name, stored in self._stored().items():
            amount = data.get(name)
            if amount is None or amount == stored:
                continue
            if was_meant_in_yuan(amount / 12 if name == "plan" else amount):
                self.asks_for_unit = True
                self.add_error(
                    name,
                    _(
                        "That is more than any project spends; was it meant in yuan? Tick below if it is right."
                    ),
                )

    def _say_what_stands_there(self, data: Mapping[str, Any]) -> None:
        self.add_error(
            None,
            _(
                "The amounts have changed since you opened this form. Where one is another than yours, that stands "
                "under the field; sent once more, what you say holds."
            ),
        )
        for name, stored in self._stored().items():
            if name in data and data[name] != stored:
                said = (
                    _("Now it is empty.")
                    if stored is None
                    else _("Now it says “%(value)s”.") % {"value": _shown(stored)}
                )
                self.add_error(name, said)

    def _stored(self) -> dict[str, Decimal | None]:
        months = {f"month-{number}": self.stored.amounts.get(number) for number in self.numbers}
        return {"plan": self.stored.plan, **months}

    @property
    def months(self) -> dict[int, Decimal]:
        """The months that were filled in."""
        said = {number: self.cleaned_data[f"month-{number}"] for number in self.numbers}
        return {number: amount for number, amount in said.items() if amount is not None}


def _shown(value: Decimal | None) -> str:
    """Without zeros that say nothing."""
    return (
        "" if value is None else f"{value:f}".rstrip("0").rstrip(".") if "." in f"{value:f}" else f"{value:f}"
    )
