"""The form that brings a ledger."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from domain.errors import InputError
from ledger.mapping_files import built_in_mapping, built_in_names


def _mappings() -> list[tuple[str, str]]:
    named = [(name, built_in_mapping(name).title) for name in built_in_names()]
    return [("", str(_("Recognise the columns"))), *named]


class UploadForm(forms.Form):
    file = forms.FileField(
        label=_("Spreadsheet"),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xlsm,.xls,.xlsb,.ods,.csv,.tsv,.txt"}),
    )
    mapping = forms.ChoiceField(label=_("Columns"), choices=_mappings, required=False)

    def read(self) -> dict[str, object]:
        """What was sent. Raises InputError with the first thing that is wrong with it."""
        if not self.is_valid():
            field, problems = next(iter(self.errors.as_data().items()))
            raise InputError(
                gettext_noop("%(field)s: %(problem)s"),
                field=self[field].label, problem=" ".join(problems[0].messages),
            )  # fmt: skip
        return self.cleaned_data
