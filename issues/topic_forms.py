"""What is entered of a topic on a page, read before any action is called."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy, pgettext_lazy

from accounts.models import Unit
from issues.models import Category, Topic
from issues.step_forms import AssignForm
from milestones.forms import VersionForm

_NONE = pgettext_lazy("in a select", "none")

ENTERED = ("name", "description", "category", "lead_unit", "due_on")


class TopicForm(VersionForm):
    """The fields of a topic; a category that can no longer be chosen is kept where it stands."""

    name = forms.CharField(max_length=120, label=gettext_lazy("what these projects wait for"))
    description = forms.CharField(
        required=False, max_length=4000, widget=forms.Textarea, label=gettext_lazy("description")
    )
    category = forms.ModelChoiceField(
        queryset=Category.objects.none(), required=False, empty_label=_NONE, label=gettext_lazy("category")
    )
    lead_unit = forms.ModelChoiceField(
        queryset=Unit.objects.all(), required=False, empty_label=_NONE, label=gettext_lazy("lead unit"),
        help_text=gettext_lazy("Of the topic itself; its issues are given to a unit by “Assign all”."),
    )  # fmt: skip
    due_on = forms.DateField(required=False, label=gettext_lazy("due"))

    def __init__(self, *args: Any, topic: Topic | None = None, **kwargs: Any) -> None:
        if topic is not None:
            kwargs["initial"] = {name: _shown(getattr(topic, name)) for name in ENTERED}
        super().__init__(*args, **kwargs)
        offered = Category.objects.filter(is_active=True)
        if topic is not None and topic.category_id:
            offered |= Category.objects.filter(pk=topic.category_id)
        self.fields["category"].queryset = offered  # type: ignore[attr-defined]

    def said(self) -> dict[str, Any]:
        """What was entered, without the version that was read."""
        return {name: self.cleaned_data[name] for name in ENTERED}


class TopicAssignForm(AssignForm):
    """As one issue is assigned; who is in charge is a matter of each."""

    leader = None  # type: ignore[assignment]


class TopicNoteForm(VersionForm):
    text = forms.CharField(
        required=False, max_length=5000, widget=forms.Textarea, label=gettext_lazy("how it goes on")
    )


def _shown(value: Any) -> Any:
    return value.pk if isinstance(value, Category | Unit) else value
