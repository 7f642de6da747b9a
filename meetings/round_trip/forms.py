"""The form that brings a filled-in workbook back."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from domain.errors import InputError


class UploadForm(forms.Form):
    file = forms.FileField(
        label=_("Filled-in workbook"),
        widget=forms.FileInput(attrs={"accept": ".xlsx"}),
        allow_empty_file=True,
    )

    def read(self) -> Any:
        """The file that was sent. Raises InputError where there is none."""
        if not self.is_valid():
            raise InputError(gettext_noop("Choose the workbook that you have filled in."))
        return self.cleaned_data["file"]
