"""A form of a page that brings photos or documents: they are read apart, since what they are their content says."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any, ClassVar

from django import forms
from django.core.files import File
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.refusals import sentence
from domain.errors import InputError
from projects.file_actions import StoredFile, stored_files


class FormWithFiles(forms.Form):
    """`files_field` is what the page calls them; not always ``files``, which is an attribute of every form."""

    files_field: ClassVar[str] = "photos"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields[self.files_field] = forms.FileField(required=False, label=gettext_lazy("photos or files"))

    @contextmanager
    def stored(self, uploads: Sequence["File[Any]"]) -> Iterator[list[StoredFile]]:
        """The files, as ``stored_files`` keeps them; of one that is not taken the form says why, and is not valid.

        Where the form is not valid, none is kept. So it comes back with what was typed; the files themselves no
        browser sends back.
        """
        with ExitStack() as stack:
            files: list[StoredFile] = []
            if self.is_valid():
                try:
                    files = stack.enter_context(stored_files(uploads))
                except InputError as error:
                    self.add_error(self.files_field, sentence(error))
            yield files

    def ask_for_files_again(self) -> None:
        """Say at their field that the files that came with a refused form are to be chosen once more."""
        if not self.has_error(self.files_field):
            self.add_error(
                self.files_field, _("Choose the files once more: a form that comes back comes without them.")
            )
