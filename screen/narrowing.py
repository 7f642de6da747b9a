"""What the one screen is about: the parts of the district and the period that an address asks for.

The names are those of the lists that the screen opens into, so that every link carries the same words on.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from urllib.parse import urlencode

from django import forms
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit, User
from domain.periods import Months
from issues.querysets import IssueQuerySet
from milestones.filters import refuse_unreadable
from milestones.querysets import NodeQuerySet
from milestones.templatetags.amounts import months
from projects.models import Kind, Project
from projects.querysets import ProjectQuerySet
from screen.keeping import MOVES_NO_PROJECT, Keeper

PLACES: Final = ("town", "department", "kind", "sector", "leader")
"""What of a project narrows, by the names of its fields."""

PERIOD: Final = ("from", "to")


@dataclass(frozen=True, slots=True)
class Narrowing:
    """`places`: what is asked of projects, as written; `period`: the months that are asked for, silence filled in.

    `said` are the names and values of the address that say something, the period among them.
    """

    period: Months
    places: tuple[tuple[str, str], ...] = ()
    said: tuple[tuple[str, str], ...] = ()

    def condition(self, path: str = "") -> Q:
        """On rows whose project is reached through `path`."""
        return Q(*((f"{path}{name}", value) for name, value in self.places))

    def of_projects(self, projects: ProjectQuerySet) -> ProjectQuerySet:
        return projects.filter(self.condition()) if self.places else projects

    def of_nodes(self, nodes: NodeQuerySet) -> NodeQuerySet:
        return nodes.filter(self.condition("project__")) if self.places else nodes

    def of_issues(self, issues: IssueQuerySet) -> IssueQuerySet:
        return issues.filter(self.condition("project__")) if self.places else issues

    def carried(self, url: str) -> str:
        """The same address, narrowed as the screen is."""
        if not url or not self.places:
            return url
        return f"{url}{'&' if '?' in url else '?'}{urlencode(self.places)}"

    @property
    def key(self) -> str:
        """Names what is narrowed to, the period aside."""
        return urlencode(self.places)

    def as_read(self, today: date) -> str:
        """Names what is read of it on a day: the period too, and the language of now."""
        return f"{today}|{self.period}|{get_language()}"


def everything(today: date) -> Narrowing:
    """The whole of what is in sight, and the year to the last full month."""
    return Narrowing(Months.year_to_date(today))


class NarrowingForm(forms.Form):
    """The fields of the bar above the screen; the period is called ``from`` and ``to``, and the first is a word of
    Python."""

    town = forms.ModelChoiceField(
        required=False, queryset=Unit.objects.filter(kind=Unit.Kind.TOWN), label=_("town")
    )
    department = forms.ModelChoiceField(
        required=False,
        queryset=Unit.objects.filter(kind__in=[Unit.Kind.DEPARTMENT, Unit.Kind.BUREAU]),
        label=_("lead department"),
    )
    kind = forms.ChoiceField(required=False, choices=[("", "---"), *Kind.choices], label=_("project kind"))
    sector = forms.CharField(required=False, max_length=60, label=_("sector"))
    leader = forms.CharField(required=False, max_length=60, label=_("leader in charge"))

    def __init__(self, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data)
        for name, label in zip(PERIOD, (_("Investment from month"), _("Investment to month")), strict=True):
            self.fields[name] = forms.CharField(required=False, max_length=40, label=label)

    def chosen(self, period: Months) -> list[str]:
        """The words of what was chosen, once it has been read; `period` where it was."""
        said = {name: value for name, value in self.cleaned_data.items() if value}
        words = {**said, "kind": Kind(said["kind"]).label} if "kind" in said else said
        asked = [months(period)] if said.keys() & set(PERIOD) else []
        return [*(str(words[name]) for name in PLACES if name in said), *asked]

    def narrowing(self, today: date) -> Narrowing:
        """Raises InputError where a value cannot be read, or the period ends before it begins."""
        refuse_unreadable(self)
        said = {name: _written(value) for name, value in self.cleaned_data.items() if value}
        return Narrowing(
            period=Months.of(said.get("from", ""), said.get("to", ""), today),
            places=tuple((name, said[name]) for name in PLACES if name in said),
            said=tuple((name, said[name]) for name in (*PLACES, *PERIOD) if name in said),
        )


def _written(value: Any) -> str:
    """As it stands in an address."""
    return str(value.pk) if isinstance(value, Unit) else str(value).strip()


def said_of_projects(reader: User, keeper: Keeper) -> dict[str, list[tuple[str, str]]]:
    """The sectors and leaders that projects in sight name, for the selects; all of them, to choose others."""

    def read() -> list[tuple[str, str]]:
        projects = Project.objects.visible_to(reader).order_by()
        return list(projects.values_list("sector", "leader").distinct())

    said = keeper.not_narrowed().kept("said", MOVES_NO_PROJECT, read)
    return {
        name: [(text, text) for text in sorted({row[column] for row in said if row[column]})]
        for column, name in enumerate(("sector", "leader"))
    }
