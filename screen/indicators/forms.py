"""What is entered of an indicator: its values of one period, by unit."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext as _

from accounts.models import Unit
from domain.errors import InputError, gettext_noop
from domain.periods import LATEST_YEAR, read_month
from domain.recorded_days import EARLIEST
from screen.indicators.actions import Place, values_etag
from screen.models import Indicator


def read_period(indicator: Indicator, text: str, usual: date) -> date:
    """``2025`` or ``2025-08`` as the first day of the period, `usual` where nothing is said. Raises InputError."""
    said = text.strip()
    if not said:
        return usual
    if indicator.frequency == Indicator.Frequency.MONTHLY:
        return read_month(said)
    if len(said) == 7:  # a month of it: what comes from a field for months
        return read_month(said).replace(month=1)
    if len(said) == 4 and said.isascii() and said.isdigit() and EARLIEST.year <= int(said) <= LATEST_YEAR:
        return date(int(said), 1, 1)
    raise InputError(gettext_noop("“%(year)s” is no year between 2000 and 2100."), year=said[:40])


class ValuesForm(forms.Form):
    """A field for the district and one for each unit; blank is no value.

    Where the values have changed since the page was made (`etag`), the form is refused once (`is_stale`) and says
    at each field what stands there now.
    """

    etag = forms.CharField(required=False)

    def __init__(
        self, data: Mapping[str, Any] | None = None, *,
        units: Iterable[Unit], period: date, stored: Mapping[Place, Decimal],
    ) -> None:  # fmt: skip
        super().__init__(data)
        self.period, self.stored, self.is_stale = period, stored, False
        self.places: dict[str, Place] = {"district": (None, period)}
        labels = {"district": _("Whole district")}
        for unit in units:
            self.places[f"unit-{unit.pk}"], labels[f"unit-{unit.pk}"] = (unit.pk, period), unit.name
        for name, place in self.places.items():
            self.fields[name] = forms.DecimalField(
                required=False, max_digits=18, decimal_places=4, label=labels[name],
                initial=shown(stored.get(place)),
            )  # fmt: skip

    def value_fields(self) -> list[BoundField]:
        return [self[name] for name in self.places]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("etag") != values_etag(self.stored):
            self.is_stale = True
            self.add_error(
                None,
                _(
                    "The values have changed since you opened this form. Where one is another than yours, that stands "
                    "under the field; sent once more, what you say holds."
                ),
            )
            for name, place in self.places.items():
                if data.get(name) != self.stored.get(place):
                    value = shown(self.stored.get(place))
                    self.add_error(
                        name,
                        _("Now it says “%(value)s”.") % {"value": value} if value else _("Now it is empty."),
                    )
        return data

    @property
    def values(self) -> dict[Place, Decimal | None]:
        return {place: self.cleaned_data[name] for name, place in self.places.items()}


def shown(value: Decimal | None) -> str:
    """A stored value as its field shows it, without zeros that say nothing."""
    if value is None:
        return ""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
