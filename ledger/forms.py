"""The form that brings a ledger of projects, or what they invest by month."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from domain.errors import InputError
from domain.periods import LATEST_YEAR
from domain.recorded_days import EARLIEST
from ledger.mapping_files import built_in_mapping, built_in_names
from ledger.models import Import

_FOR_COMMANDS = {"nyc"}
"""Mappings of ledgers that no bureau here keeps: recognised, and to be named with ``import_ledger --mapping``."""


def _mappings() -> list[tuple[str, str]]:
    named = [(name, built_in_mapping(name).title) for name in built_in_names() if name not in _FOR_COMMANDS]
    return [("", str(_("Recognise the columns"))), *named]


def _units() -> list[tuple[str, str]]:
    return [("", str(_("As the sheet says, else 10,000 yuan"))), *((unit, str(word)) for unit, word in UNITS)]


UNITS = [("元", _("yuan")), ("万元", _("10,000 yuan")), ("亿元", _("100 million yuan"))]


class UploadForm(forms.Form):
    what = forms.ChoiceField(
        label=_("What it is about"), choices=Import.What.choices, initial=Import.What.PROJECTS,
        widget=forms.RadioSelect, required=False,
    )  # fmt: skip
    file = forms.FileField(
        label=_("Spreadsheet"),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xlsm,.xls,.xlsb,.ods,.csv,.tsv,.txt"}),
    )
    mapping = forms.ChoiceField(label=_("Columns"), choices=_mappings, required=False)
    year = forms.IntegerField(
        label=_("Year"), min_value=EARLIEST.year, max_value=LATEST_YEAR, required=False,
        help_text=_("Only where the title of the sheet names none."),
    )  # fmt: skip
    unit = forms.ChoiceField(label=_("Unit of the amounts"), choices=_units, required=False)

    def read(self) -> dict[str, object]:
        """What was sent. Raises InputError with the first thing that is wrong with it."""
        if not self.is_valid():
            field, problems = next(iter(self.errors.as_data().items()))
            raise InputError(
                gettext_noop("%(field)s: %(problem)s"),
                field=self[field].label, problem=" ".join(problems[0].messages),
            )  # fmt: skip
        return self.cleaned_data


class FormYear(forms.Form):
    """Of which year an empty form for investment is wanted."""

    year = forms.IntegerField(label=_("Year"), min_value=EARLIEST.year, max_value=LATEST_YEAR, required=False)
