"""What is entered of a meeting, its agenda and its decisions on a page, read before any action is called."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop, pgettext_lazy

from accounts.models import Unit, User
from domain.errors import InputError
from domain.meetings import DecisionStep
from issues.forms import RowsField
from issues.models import Issue
from meetings.actions.meetings import DETAILS
from meetings.models import AgendaItem, Meeting
from meetings.querysets import AgendaItemQuerySet
from milestones.forms import VersionForm
from milestones.models import Node
from projects.models import Project

_LONGEST: Final = 2000


def _units_like(part: str) -> list[Unit]:
    """The units that a part of a name can mean: the one of that name, else those that begin with it, else those that
    hold it, else those that hold its signs in their order, 住建 in 住房和城乡建设局, else in any: 规划资源局 is called
    资规 too. ``decisions.js`` does the same."""
    units = list(Unit.objects.all())
    tests: tuple[Callable[[str], bool], ...] = (
        lambda name: name == part,
        lambda name: name.startswith(part),
        lambda name: part in name,
        lambda name: _is_within(part, name),
        lambda name: set(part) <= set(name),
    )
    for test in tests:
        found = [unit for unit in units if test(unit.name)]
        if found:
            return found
    return []


def _is_within(part: str, name: str) -> bool:
    rest = iter(name)
    return all(sign in rest for sign in part)


class UnitNameField(forms.CharField):
    """A unit by its name, or by a part of it that no other has: who types needs no list to choose from."""

    def clean(self, value: Any) -> Any:
        name = str(super().clean(value) or "").strip()
        if not name:
            return None
        found = _units_like(name)
        if len(found) == 1:
            return found[0]
        if found:
            raise ValidationError(_("Several units have “%(name)s” in their names."), params={"name": name})
        raise ValidationError(_("No unit is called “%(name)s”."), params={"name": name})


class MeetingForm(VersionForm):
    """When, where and with whom it is held."""

    held_at = forms.DateTimeField(
        label=gettext_lazy("held"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    place = forms.CharField(required=False, max_length=120, label=gettext_lazy("place"))
    chair = forms.CharField(required=False, max_length=60, label=gettext_lazy("chair"))
    recorder = forms.CharField(required=False, max_length=60, label=gettext_lazy("minutes taken by"))
    attendees = forms.CharField(
        required=False, max_length=_LONGEST, widget=forms.Textarea, label=gettext_lazy("who attends")
    )

    @classmethod
    def of(cls, meeting: Meeting) -> "MeetingForm":
        return cls(initial={name: getattr(meeting, name) for name in DETAILS})


class ItemsForm(VersionForm):
    """The ticked items of an agenda, among those that the reader may change."""

    item = RowsField(queryset=AgendaItem.objects.none(), required=False, label=gettext_lazy("agenda items"))

    def __init__(self, *args: Any, items: AgendaItemQuerySet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["item"].queryset = items  # type: ignore[attr-defined]


class SpeakerForm(ItemsForm):
    speaker = forms.CharField(required=False, max_length=60, label=gettext_lazy("who speaks"))


class DropForm(ItemsForm):
    reason = forms.CharField(required=False, max_length=300, label=gettext_lazy("reason"))


class WordsForm(VersionForm):
    """Something that is no node and no issue."""

    text = forms.CharField(max_length=300, label=gettext_lazy("what is to be talked about"))
    unit = UnitNameField(required=False, label=gettext_lazy("lead unit"))
    speaker = forms.CharField(required=False, max_length=60, label=gettext_lazy("who speaks"))


class ItemField(forms.ModelChoiceField):
    """The item that a decision is about. One that has been settled meanwhile is off the agenda; what was decided about
    it is not lost with it."""

    def to_python(self, value: Any) -> AgendaItem | None:
        try:
            found: AgendaItem | None = super().to_python(value)
        except forms.ValidationError:
            return None
        return found


class DecisionForm(VersionForm):
    """`key`: what the page calls a decision before it has a number. `item`: what it is about, of these `items`."""

    text = forms.CharField(
        required=False, max_length=_LONGEST, widget=forms.Textarea, label=gettext_lazy("what was decided")
    )
    lead_unit = UnitNameField(required=False, label=gettext_lazy("lead unit"))
    due_on = forms.DateField(required=False, label=pgettext_lazy("of a decision", "due"))
    key = forms.UUIDField(required=False)
    item = ItemField(queryset=AgendaItem.objects.none(), required=False, label=gettext_lazy("agenda item"))

    def __init__(self, *args: Any, items: AgendaItemQuerySet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["item"].queryset = items  # type: ignore[attr-defined]


class ChangeForm(VersionForm):
    """What was decided, and what it is about: the ticked `projects`, `nodes` and `issues`, and the one named in `more`.

    Without `links` the form does not say what it is about, and nothing of that changes.
    """

    text = forms.CharField(
        required=False, max_length=_LONGEST, widget=forms.Textarea, label=gettext_lazy("what was decided")
    )
    lead_unit = UnitNameField(required=False, label=gettext_lazy("lead unit"))
    due_on = forms.DateField(required=False, label=pgettext_lazy("of a decision", "due"))
    links = forms.BooleanField(required=False)
    projects = RowsField(queryset=Project.objects.none(), required=False, label=gettext_lazy("projects"))
    nodes = RowsField(queryset=Node.objects.none(), required=False, label=gettext_lazy("nodes"))
    issues = RowsField(queryset=Issue.objects.none(), required=False, label=gettext_lazy("issues"))
    more = forms.CharField(
        required=False, max_length=200, label=gettext_lazy("also about this project or issue"),
        help_text=gettext_lazy("The number of an issue, or the name or code of a project."),
    )  # fmt: skip

    def __init__(self, *args: Any, reader: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._projects = Project.objects.visible_to(reader)
        self._issues = Issue.objects.visible_to(reader)
        nodes = Node.objects.visible_to(reader)
        for name, rows in (("projects", self._projects), ("nodes", nodes), ("issues", self._issues)):
            self.fields[name].queryset = rows  # type: ignore[attr-defined]

    def clean_more(self) -> Project | Issue | None:
        text = self.cleaned_data["more"].strip()
        if not text:
            return None
        issue: Issue | None = self._issues.filter(number=text).first()
        if issue is not None:
            return issue
        exact = Q(name=text) | Q(code=text)
        named = list(self._projects.filter(exact)[:2]) or list(
            self._projects.filter(name__icontains=text)[:2]
        )
        if len(named) != 1:
            raise ValidationError(
                _("No issue and no single project is called “%(text)s”."), params={"text": text}
            )
        project: Project = named[0]
        return project

    def said(self) -> dict[str, Any]:
        """As the action takes it: the links only where the form had them."""
        data = dict(self.cleaned_data)
        named, has_links = data.pop("more"), data.pop("links")
        linked = {name: list(data.pop(name)) for name in ("projects", "nodes", "issues")}
        if named is not None:
            linked["issues" if isinstance(named, Issue) else "projects"].append(named)
        return {**data, **linked} if has_links else data


class DoneForm(VersionForm):
    outcome = forms.CharField(
        required=False, max_length=_LONGEST, widget=forms.Textarea, label=gettext_lazy("what came of it")
    )


class VerifyForm(VersionForm):
    note = forms.CharField(
        required=False, max_length=500, widget=forms.Textarea, label=gettext_lazy("what you found")
    )


class WhyForm(VersionForm):
    reason = forms.CharField(
        required=False, max_length=500, widget=forms.Textarea, label=gettext_lazy("reason")
    )


class ReopenForm(WhyForm):
    due_on = forms.DateField(required=False, label=pgettext_lazy("of a decision", "new due date"))


STEP_FORMS: Final[Mapping[str, type[VersionForm]]] = {
    DecisionStep.REPORT_DONE: DoneForm,
    DecisionStep.VERIFY: VerifyForm,
    DecisionStep.SEND_BACK: WhyForm,
    DecisionStep.WITHDRAW: WhyForm,
    DecisionStep.REOPEN: ReopenForm,
}
"""Of the steps; what is changed has ``ChangeForm``, which asks who reads it."""


def number_of(text: str) -> int:
    """The number of a row as an address or a button says it. Raises InputError for what is none."""
    if text.isascii() and text.isdigit() and len(text) < 19:
        return int(text)
    raise InputError(gettext_noop("“%(text)s” is not the number of a row."), text=text[:60])
