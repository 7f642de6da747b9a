"""Of which days a race is: what an address asks for, this quarter to date where it asks for nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from django import forms
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from domain.errors import InputError, gettext_noop
from domain.periods import Months, first_of_month, first_of_quarter, last_full_month, months_later
from domain.recorded_days import refuse_too_early
from domain.workdays import ONE_DAY
from milestones.filters import refuse_unreadable

PRESETS: Final[Mapping[str, Promise]] = {
    "month": _("this month"),
    "quarter": _("this quarter"),
    "last_quarter": _("last quarter"),
    "year": _("this year"),
}
USUAL: Final = "quarter"


@dataclass(frozen=True, slots=True)
class RacePeriod:
    """From `first` to `last`, both counted, as of `today`, which is `last` or a later day. `preset` names it, blank
    where its days were given."""

    first: date
    last: date
    today: date
    preset: str = ""

    @property
    def until(self) -> date:
        """The last day of it that is over: what was due by then is late where it is not done."""
        return min(self.last, self.today - ONE_DAY)

    @property
    def months(self) -> Months:
        """The months of which investment is set against the plan of the year: from January to the last full one."""
        last = last_full_month(self.last + ONE_DAY)
        return Months(date(last.year, 1, 1), last)

    @property
    def moments(self) -> tuple[datetime, datetime]:
        """When its first day begins and its last has ended."""
        return (
            timezone.make_aware(datetime.combine(self.first, time.min)),
            timezone.make_aware(datetime.combine(self.last + ONE_DAY, time.min)),
        )

    @property
    def query(self) -> str:
        """How an address asks for it."""
        return f"period={self.preset}" if self.preset else f"from={self.first}&to={self.last}"


def preset_period(preset: str, today: date) -> RacePeriod:
    """One of ``PRESETS``, up to today. Raises KeyError for another name."""
    quarter = first_of_quarter(today)
    days = {
        "month": (first_of_month(today), today),
        "quarter": (quarter, today),
        "last_quarter": (months_later(quarter, -3), quarter - ONE_DAY),
        "year": (date(today.year, 1, 1), today),
    }
    return RacePeriod(*days[preset], today, preset)


class PeriodForm(forms.Form):
    """``?period=quarter`` or ``?from=2026-10-01&to=2026-11-27``."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        super().__init__(data)
        self.fields["period"] = forms.ChoiceField(
            required=False, choices=list(PRESETS.items()), label=_("period")
        )
        self.fields["from"] = forms.DateField(required=False, label=_("first day"))
        self.fields["to"] = forms.DateField(required=False, label=_("last day"))

    def asked(self, today: date) -> RacePeriod:
        """What is asked for; of the days that have not come yet nothing is counted.

        Raises InputError where it cannot be read, ends before it begins, has not begun or is longer than two years.
        """
        refuse_unreadable(self)
        first, last = self.cleaned_data["from"], self.cleaned_data["to"]
        if first is None and last is None:
            return preset_period(self.cleaned_data["period"] or USUAL, today)
        last = min(last or today, today)
        first = first or date(last.year, 1, 1)
        refuse_too_early(first)
        if first > today:
            raise InputError(gettext_noop("The period begins on %(first)s and has not begun."), first=first)
        if last < first:
            raise InputError(
                gettext_noop("The period ends on %(last)s, before it begins on %(first)s."),
                first=first,
                last=last,
            )
        if last - first > timedelta(days=731):
            raise InputError(gettext_noop("A race is of at most two years."))
        return RacePeriod(first, last, today)
