"""What is entered of a visit on a page, read before any action is called."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, cast

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from accounts.refusals import sentence
from domain.errors import DomainError
from domain.recorded_days import refuse_future
from issues.models import Category
from projects.file_forms import FormWithFiles
from projects.models import Finding, Visit

ROWS = 8
"""So many findings can be entered at once; those of the second half are folded away."""
MOST_ROWS = 50

_LONGEST_FINDING = 500


class VisitForm(FormWithFiles):
    """`visit`: the one that is changed. Where it has changed since the page was made (`version`), the form is refused
    once (`is_stale`); sent once more, what it says holds.
    """

    visited_on = forms.DateField(label=gettext_lazy("day of the visit"))
    visitors = forms.CharField(max_length=200, label=gettext_lazy("who went"))
    met = forms.CharField(
        required=False, max_length=200, label=gettext_lazy("whom they met"),
        help_text=gettext_lazy("An issue that comes from the visit names them as those who told it."),
    )  # fmt: skip
    summary = forms.CharField(
        required=False, max_length=5000, widget=forms.Textarea, label=gettext_lazy("what was talked about")
    )
    version = forms.IntegerField(required=False)

    def __init__(self, data: QueryDict | None = None, *, today: date, visit: Visit | None = None) -> None:
        self.today, self.visit, self.is_stale = today, visit, False
        self._findings = list(visit.findings.filter(issue__isnull=True)) if visit else []
        if data is not None:
            data = data.copy()
            for finding in self._findings:  # one that came after the page was made is not meant to go
                data.setdefault(_name_of(finding), finding.text)
        super().__init__(data, initial=_entered(visit) if visit else {"visited_on": today})
        for finding in self._findings:
            self.fields[_name_of(finding)] = forms.CharField(
                required=False, max_length=_LONGEST_FINDING, initial=finding.text,
                widget=forms.Textarea, label=gettext_lazy("finding"),
            )  # fmt: skip

    def finding_fields(self) -> list[forms.BoundField]:
        """Those that can still be reworded: no issue has come from them."""
        return [self[_name_of(finding)] for finding in self._findings]

    def clean_visited_on(self) -> date:
        day: date = self.cleaned_data["visited_on"]
        try:
            refuse_future(day, self.today)
        except DomainError as error:
            raise forms.ValidationError(sentence(error)) from error
        return day

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.visit and data.get("version") not in {None, self.visit.version}:
            self.is_stale = True
            self.add_error(
                None,
                _(
                    "The visit has changed since you opened this form. Look at it again; sent once more, what "
                    "you say holds."
                ),
            )
        return data

    def said(self) -> dict[str, Any]:
        """What was entered of the visit itself."""
        return {name: self.cleaned_data[name] for name in ("visited_on", "visitors", "met", "summary")}

    def said_findings(self, raised: Mapping[int, str]) -> dict[int, str]:
        """The findings by number with their words; those in `raised` stay as they are."""
        return {
            **raised,
            **{finding.pk: self.cleaned_data[_name_of(finding)] for finding in self._findings},
        }


class FindingForm(forms.Form):
    """A finding, and whether it becomes an issue at once; `categories` are those to choose from, by number."""

    text = forms.CharField(
        required=False, max_length=_LONGEST_FINDING, widget=forms.Textarea, label=gettext_lazy("finding")
    )
    raises = forms.BooleanField(required=False, label=gettext_lazy("make it an issue"))
    category = forms.ChoiceField(required=False, label=gettext_lazy("category"))

    def __init__(self, *args: Any, categories: Mapping[str, Category], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.categories = categories
        field = cast("forms.ChoiceField", self.fields["category"])
        field.choices = [("", pgettext("in a select", "choose")), *_choices(categories)]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("raises") and not data.get("text") and not self.has_error("text"):
            self.add_error("text", _("Say what was found."))
        if data.get("raises") and not data.get("category") and not self.has_error("category"):
            self.add_error("category", _("Choose a category for the issue."))
        return data

    def said(self) -> tuple[str, Category | None]:
        """The words, and the category of the issue that it becomes."""
        data = self.cleaned_data
        return data["text"], self.categories[data["category"]] if data["raises"] else None


class RaisingForm(forms.Form):
    """The one button that makes a finding an issue."""

    category = forms.ModelChoiceField(
        queryset=Category.objects.filter(is_active=True), label=gettext_lazy("category")
    )


_FindingSet = forms.formset_factory(FindingForm, extra=ROWS, max_num=MOST_ROWS, validate_max=True)


def finding_set(data: QueryDict | None, categories: Iterable[Category]) -> "forms.BaseFormSet[FindingForm]":
    """The rows of new findings; `categories` are read once for all of them."""
    by_number = {str(category.pk): category for category in categories}
    return _FindingSet(data, prefix="findings", form_kwargs={"categories": by_number})


def said_findings(rows: "forms.BaseFormSet[FindingForm]") -> list[tuple[str, Category | None]]:
    return [row.said() for row in rows if row.cleaned_data.get("text")]


def _choices(categories: Mapping[str, Category]) -> list[tuple[str, str]]:
    return [(number, category.label) for number, category in categories.items()]


def _entered(visit: Visit) -> dict[str, Any]:
    return {name: getattr(visit, name) for name in ("visited_on", "visitors", "met", "summary", "version")}


def _name_of(finding: Finding) -> str:
    return f"finding-{finding.pk}"
