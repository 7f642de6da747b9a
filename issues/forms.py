"""What is entered of an issue on a page, new or changed, read before any action is called."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, cast

from django import forms
from django.http import QueryDict
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from accounts.access import may_lead_topics
from accounts.models import User
from domain.issues import Level
from domain.lifecycle import OPEN, Status
from issues.models import LEVEL_LABELS, Category, Issue, Topic
from milestones.models import Node
from projects.file_forms import FormWithFiles
from projects.models import Project

TOLD_BY: Final = (Issue.Source.ENTERPRISE, Issue.Source.MEETING)
"""Where an issue that a manager enters was told by somebody else, who is named."""

_LONGEST_NUMBER: Final = 18
"""Digits; a longer number no database could hold."""


class RowsField(forms.ModelMultipleChoiceField):
    """Several rows by number; a number too large for any row is none of them, like any other that there is not."""

    def clean(self, value: Any) -> Any:
        for number in value or ():
            if len(str(number)) > _LONGEST_NUMBER:
                raise forms.ValidationError(
                    self.error_messages["invalid_choice"], code="invalid_choice", params={"value": number}
                )
        return super().clean(value)


class IssueForm(forms.Form):
    """What is said of an issue, be it new or changed; only what the `user` may say has a field."""

    title = forms.CharField(max_length=120, label=gettext_lazy("what stands in the way"))
    category = forms.ModelChoiceField(
        queryset=Category.objects.none(), label=gettext_lazy("category"),
        empty_label=pgettext_lazy("in a select", "choose"),
    )  # fmt: skip
    description = forms.CharField(
        required=False, max_length=5000, widget=forms.Textarea, label=gettext_lazy("description")
    )
    nodes = RowsField(
        queryset=Node.objects.none(), required=False, label=gettext_lazy("nodes that it blocks")
    )
    level = forms.TypedChoiceField(
        choices=list(LEVEL_LABELS.items()), coerce=lambda text: Level(int(text)), label=gettext_lazy("level")
    )
    topic = forms.ModelChoiceField(
        queryset=Topic.objects.none(), required=False, label=gettext_lazy("topic"),
        empty_label=pgettext_lazy("in a select", "none"),
    )  # fmt: skip

    def __init__(
        self, data: QueryDict | None = None, *, user: User, project: Project,
        initial: Mapping[str, Any] | None = None, issue: Issue | None = None,
    ) -> None:  # fmt: skip
        super().__init__(data, initial={"level": Level.DAILY, **(initial or {})})
        self.user = user
        blocked = Node.objects.visible_to(user).filter(project=project, issues=issue) if issue else None
        open_nodes = Node.objects.visible_to(user).filter(project=project, status__in=OPEN)
        nodes = Node.objects.visible_to(user).filter(pk__in={*_keys(open_nodes), *_keys(blocked)})
        self._choices("nodes").queryset = nodes.select_related("template_node")
        categories = Category.objects.filter(is_active=True)
        self._choices("category").queryset = (
            categories | Category.objects.filter(pk=issue.category_id) if issue else categories
        )
        if not user.is_manager:
            del self.fields["level"]
        if may_lead_topics(user):
            topics = Topic.objects.visible_to(user)
            kept = topics.filter(pk=issue.topic_id) if issue and issue.topic_id else topics.none()
            self._choices("topic").queryset = topics.open() | kept
        else:
            del self.fields["topic"]

    def _choices(self, name: str) -> "forms.ModelChoiceField[Any]":
        return cast("forms.ModelChoiceField[Any]", self.fields[name])

    @cached_property
    def ticked(self) -> frozenset[str]:
        """The numbers of the nodes that are chosen, as the form says them."""
        return frozenset(str(getattr(one, "pk", one)) for one in self["nodes"].value() or ())


def _keys(nodes: Any) -> list[int]:
    return [] if nodes is None else list(nodes.order_by().values_list("pk", flat=True))


WAYS_OF_MANAGERS = (Issue.Source.TOWN, Issue.Source.ENTERPRISE, Issue.Source.VISIT, Issue.Source.MEETING)
WAYS_OF_LIAISONS = (Issue.Source.LIAISON, Issue.Source.ENTERPRISE)
"""By way of what people hear of an issue, the usual way first: on a building site it is often the enterprise that
says it, and what was raised in its name it sees and rates (``issues.links``)."""


class RaiseForm(FormWithFiles, IssueForm):
    """`can_hold`: there are nodes that run and whose clocks the user may stop."""

    files_field = "files"
    source = forms.ChoiceField(required=False, label=gettext_lazy("raised by way of"))
    raised_for = forms.CharField(required=False, max_length=120, label=gettext_lazy("told by"))
    hold = forms.BooleanField(
        required=False, label=gettext_lazy("put the clocks of these nodes on hold"),
        help_text=gettext_lazy("Of the nodes that are chosen, those that run stand still from today."),
    )  # fmt: skip

    def __init__(
        self, data: QueryDict | None = None, *, user: User, project: Project, can_hold: bool,
        initial: Mapping[str, Any] | None = None,
    ) -> None:  # fmt: skip
        ways = WAYS_OF_MANAGERS if user.is_manager else WAYS_OF_LIAISONS
        super().__init__(data, user=user, project=project, initial={"source": ways[0], **(initial or {})})
        self.usual_source = ways[0]
        self._choices("source").choices = [(way.value, way.label) for way in ways]
        if not can_hold:
            del self.fields["hold"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("hold"):
            self._check_clocks([node for node in data.get("nodes", ()) if node.status == Status.RUNNING])
        return data

    def _check_clocks(self, running: Sequence[Node]) -> None:
        """Say why the clocks of the nodes that run cannot be put on hold, where they cannot."""
        if not running:
            self.add_error("hold", _("None of the nodes that are chosen is running."))
        theirs = set(_keys(Node.objects.editable_by(self.user).filter(pk__in=[node.pk for node in running])))
        others = [node.template_node.label for node in running if node.pk not in theirs]
        if others:
            self.add_error("hold", _("The clock of “%(node)s” is not yours to stop.") % {"node": others[0]})

    def said(self) -> dict[str, Any]:
        """As the action takes it."""
        data = {name: value for name, value in self.cleaned_data.items() if name != "files"}
        data["source"] = Issue.Source(data["source"] or self.usual_source)
        if data["source"] not in TOLD_BY:
            data.pop("raised_for", None)
        data["nodes"] = list(data["nodes"])
        return data


class EditForm(IssueForm):
    """Where the issue has changed since the page was made (`version`), the form is refused once (`is_stale`); sent
    once more, what it says holds."""

    version = forms.IntegerField(required=False)

    def __init__(self, data: QueryDict | None = None, *, user: User, issue: Issue) -> None:
        stored = {
            "title": issue.title, "description": issue.description, "category": issue.category_id,
            "level": issue.level, "topic": issue.topic_id,
        }  # fmt: skip
        if data is None:
            stored["nodes"] = list(issue.blocks.values_list("node", flat=True))
        super().__init__(data, user=user, project=issue.project, initial=stored, issue=issue)
        self.issue, self.is_stale = issue, False

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("version") not in {None, self.issue.version}:
            self.is_stale = True
            self.add_error(
                None,
                _(
                    "%(issue)s has changed since you opened this form. Look at it again; sent once more, what you "
                    "say holds."
                )
                % {"issue": self.issue.number},
            )
        return data

    def said(self) -> dict[str, Any]:
        """As the action takes it."""
        return {**self.cleaned_data, "nodes": list(self.cleaned_data["nodes"])}
