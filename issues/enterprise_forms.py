"""What an enterprise enters on its page, and what is entered of its link, read before any action is called."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from issues.actions.links import LONGEST_DAYS, USUAL_DAYS
from issues.models import Category
from issues.step_forms import RATING_LABELS
from projects.file_forms import FormWithFiles


class EnterpriseIssueForm(FormWithFiles):
    title = forms.CharField(max_length=120, label=_("what stands in the way"))
    category = forms.ModelChoiceField(
        queryset=Category.objects.filter(is_active=True), label=_("what it is about"),
        empty_label=pgettext_lazy("in a select", "choose"),
    )  # fmt: skip
    description = forms.CharField(
        required=False, max_length=5000, widget=forms.Textarea, label=_("description"),
        help_text=_("Since when, where, what you have tried, and by when you need it."),
    )  # fmt: skip
    contact = forms.CharField(
        required=False, max_length=120, label=_("your name and telephone"),
        help_text=_("Whom we can ask. Blank: the enterprise."),
    )  # fmt: skip

    def said(self) -> dict[str, Any]:
        """What was entered, the files left out."""
        return {name: self.cleaned_data[name] for name in ("title", "category", "description", "contact")}


class RatingForm(forms.Form):
    rating = forms.TypedChoiceField(choices=list(RATING_LABELS.items()), coerce=int, label=_("rating"))
    text = forms.CharField(required=False, max_length=500, label=_("what the enterprise says"))


class LinkForm(forms.Form):
    """`days`: how long it lasts, in calendar days."""

    contact = forms.CharField(
        required=False, max_length=120, label=_("for whom"),
        help_text=_("Who gets the link: it stands in the form there, as the name of who tells it."),
    )  # fmt: skip
    days = forms.IntegerField(
        min_value=1, max_value=LONGEST_DAYS, initial=USUAL_DAYS, label=_("how many days it lasts")
    )
