"""What the bar below a list asks for, for each kind of work on the selected rows."""

from collections.abc import Iterable
from datetime import date
from typing import Any, ClassVar

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop, pgettext_lazy

from accounts.models import Unit
from domain.errors import InputError
from milestones.actions import BulkWork, HandOver, Picked, PutOnHold, Remind, Resume, ShiftDates
from milestones.models import DateChange

MOST_DAYS = 250
"""A year of working days; a plan that slips further is another plan."""


class BulkForm(forms.Form):
    """`kind` names the work in addresses and forms, `title` on its button."""

    kind: ClassVar[str]
    title: ClassVar[Promise]

    def __init__(self, data: Any = None, *, today: date) -> None:
        super().__init__(data, prefix=self.kind)
        self.today = today
        if "on" in self.fields:
            self.fields["on"].initial = today

    @property
    def sent(self) -> list[tuple[str, str]]:
        """What was sent, name by name, to be sent again when it is confirmed."""
        return [(bound.html_name, self.data.get(bound.html_name, "")) for bound in self if bound.data]

    def work(self) -> BulkWork:
        """The work that a valid form asks for."""
        raise NotImplementedError


class ShiftForm(BulkForm):
    kind, title = "shift", _("Move dates")
    days = forms.IntegerField(
        required=False, min_value=1, max_value=MOST_DAYS, label=_("later by so many working days")
    )
    to = forms.DateField(required=False, label=_("or to the day"))
    following = forms.BooleanField(required=False, label=_("with all following nodes"))
    reason = forms.ChoiceField(choices=DateChange.Reason.choices, label=_("reason"))
    text = forms.CharField(
        required=False,
        max_length=500,
        label=_("explanation"),
        help_text=_("needed where the reason is “other”"),
    )

    def clean(self) -> dict[str, Any]:
        sent: dict[str, Any] = self.cleaned_data
        if not self.errors and (sent["days"] is None) == (sent["to"] is None):
            self.add_error("days", _("Give a number of working days or a day."))
        if sent.get("to") and sent.get("following"):
            self.add_error(
                "following", _("Following nodes move by a number of working days, not to one day.")
            )
        if sent.get("reason") == DateChange.Reason.OTHER and not sent.get("text"):
            self.add_error("text", _("Say why."))
        return sent

    def work(self) -> BulkWork:
        return ShiftDates(**self.cleaned_data)


class HoldForm(BulkForm):
    kind, title = "hold", _("Put on hold")
    on = forms.DateField(label=_("first day that does not count"))
    reason = forms.CharField(max_length=500, label=_("reason"))
    notice_no = forms.CharField(required=False, max_length=80, label=_("number of the notice"))

    def work(self) -> BulkWork:
        return PutOnHold(**self.cleaned_data)


class ResumeForm(BulkForm):
    kind, title = "resume", _("Resume")
    on = forms.DateField(label=_("first day that counts again"))
    note = forms.CharField(required=False, max_length=500, label=_("note"))

    def work(self) -> BulkWork:
        return Resume(**self.cleaned_data)


class AssignForm(BulkForm):
    kind, title = "assign", pgettext_lazy("to a unit", "Hand over")
    unit = forms.ModelChoiceField(
        queryset=Unit.objects.all(),
        empty_label=pgettext_lazy("a unit", "choose …"),
        label=_("responsible unit"),
    )
    note = forms.CharField(required=False, max_length=500, label=_("note"))

    def offer(self, units: Iterable[tuple[str, str]]) -> None:
        """These units and no others, without asking the database."""
        choices = self.fields["unit"]
        choices.choices = [("", choices.empty_label), *units]  # type: ignore[attr-defined]

    def work(self) -> BulkWork:
        return HandOver(**self.cleaned_data)


class RemindForm(BulkForm):
    kind, title = "remind", _("Remind")
    note = forms.CharField(required=False, max_length=500, label=_("note"))

    def work(self) -> BulkWork:
        return Remind(**self.cleaned_data)


BULK_FORMS: dict[str, type[BulkForm]] = {
    form.kind: form for form in (ShiftForm, HoldForm, ResumeForm, AssignForm, RemindForm)
}


def bulk_forms(today: date, units: Iterable[tuple[str, str]]) -> list[BulkForm]:
    """One of each kind, for the bar below a list; `units` are those read already."""
    forms = [form(today=today) for form in BULK_FORMS.values()]
    for form in forms:
        if isinstance(form, AssignForm):
            form.offer(units)
    return forms


def picked_rows(values: list[str]) -> list[Picked]:
    """The selected rows, each sent as the number of a node and the version that the list showed.

    Raises InputError where one is neither.
    """
    return [_picked(value) for value in values]


def _picked(value: str) -> Picked:
    pk, _dash, version = value.partition("-")
    if not all(part.isascii() and part.isdigit() and len(part) < 19 for part in (pk, version)):
        raise InputError(gettext_noop("“%(text)s” is no row of a list."), text=value[:40])
    return Picked(int(pk), int(version))
