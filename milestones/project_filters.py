"""How lists of projects are narrowed: the same on the page, in the API and in the ledger."""

from datetime import date
from typing import Any

import django_filters
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from drf_spectacular.utils import extend_schema_field

from accounts.models import Unit
from domain.chains import Milestone
from domain.lights import Light, LightRule
from milestones.filters import LIGHT_LABELS, WholeFilter, units
from milestones.milestone_states import BEFORE, has_reached, is_not_yet
from milestones.models import MILESTONE_LABELS
from milestones.project_lights import PROJECT_LIGHTS, shows_lights
from milestones.project_states import ProjectState, in_state
from projects.investments import GROUP_LABELS, GROUPS
from projects.models import Project, Tier
from projects.querysets import ProjectQuerySet

ORDERINGS = {
    "name": ("name", "pk"),
    "town": ("town__position", "town__name", "name", "pk"),
    "kind": ("kind", "name", "pk"),
    "-investment": ("-investment", "name", "pk"),
    "-created": ("-pk",),
}
ORDERING_LABELS = {
    "name": _("by name"),
    "town": _("by town"),
    "kind": _("by kind"),
    "-investment": _("largest investment first"),
    "-created": _("newest first"),
}

NOT_YET_LABELS = {
    Milestone.SUPPLIED: _("signed, land not supplied"),
    Milestone.STARTED: _("land supplied, not started"),
    Milestone.REGISTERED: _("started, not in the statistics"),
    Milestone.COMPLETED: _("started, not completed"),
    Milestone.PRODUCING: _("completed, not in production"),
    Milestone.FULL: _("in production, not in full production"),
}
"""The six “not yet” (六未), by what has not been reached."""


def tiers(_request: HttpRequest | None) -> QuerySet[Tier]:
    return Tier.objects.all()


class ProjectFilter(django_filters.FilterSet):
    """Needs the `rule` of the day beside the request's parameters."""

    search = django_filters.CharFilter(method="matching", max_length=200, label=_("search"))
    light = django_filters.MultipleChoiceFilter(
        choices=[(light, LIGHT_LABELS[light]) for light in PROJECT_LIGHTS],
        method="in_lights",
        label=_("light"),
    )
    state = django_filters.ChoiceFilter(choices=ProjectState.choices, method="in_state", label=_("how far"))
    kind = django_filters.ChoiceFilter(choices=Project.Kind.choices, label=_("project kind"))
    town = django_filters.ModelChoiceFilter(queryset=units(Unit.Kind.TOWN), label=_("town"))
    department = django_filters.ModelChoiceFilter(
        queryset=units(Unit.Kind.DEPARTMENT, Unit.Kind.BUREAU), label=_("lead department")
    )
    unit = django_filters.ModelChoiceFilter(
        field_name="units", queryset=units(), label=_("unit that takes part")
    )
    sector = django_filters.CharFilter(max_length=60, label=_("sector"))
    leader = django_filters.CharFilter(max_length=60, label=_("leader in charge"))
    tier = django_filters.ModelChoiceFilter(
        queryset=tiers, label=_("tier"), null_label=_("no tier yet"), null_value="none"
    )
    key = django_filters.BooleanFilter(field_name="is_key", label=_("key project"))
    not_yet = django_filters.ChoiceFilter(
        choices=[(milestone.value, NOT_YET_LABELS[milestone]) for milestone in BEFORE],
        method="not_yet_reached",
        label=pgettext_lazy("filter of projects", "not yet"),
    )
    reached = django_filters.ChoiceFilter(
        choices=[(milestone.value, label) for milestone, label in MILESTONE_LABELS.items()],
        method="has_milestone",
        label=_("milestone reached"),
    )
    investment_group = django_filters.ChoiceFilter(
        choices=list(GROUP_LABELS.items()), method="of_group", label=_("investment of")
    )
    applied_in = WholeFilter(
        min_value=2000, max_value=2100, method="applied_in_year", label=_("year of application")
    )
    reached_after = django_filters.DateFilter(method="with_milestone", label=_("milestone reached since"))
    reached_before = django_filters.DateFilter(method="with_milestone", label=_("milestone reached until"))
    ordering = django_filters.ChoiceFilter(
        choices=list(ORDERING_LABELS.items()), method="ordered", label=_("order"), empty_label=None
    )

    class Meta:
        model = Project
        fields: list[str] = []

    def __init__(self, *args: Any, rule: LightRule, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rule = rule

    def matching(self, projects: ProjectQuerySet, _name: str, text: str) -> ProjectQuerySet:
        return projects.matching(text)

    @extend_schema_field({"type": "array", "items": {"type": "string", "enum": list(PROJECT_LIGHTS)}})
    def in_lights(self, projects: ProjectQuerySet, _name: str, lights: list[str]) -> ProjectQuerySet:
        return projects.filter(shows_lights(map(Light, lights), self.rule)) if lights else projects

    def in_state(self, projects: ProjectQuerySet, _name: str, state: str) -> ProjectQuerySet:
        return projects.filter(in_state(ProjectState(state)))

    def not_yet_reached(self, projects: ProjectQuerySet, _name: str, milestone: str) -> ProjectQuerySet:
        return projects.filter(is_not_yet(Milestone(milestone)))

    def has_milestone(self, projects: ProjectQuerySet, _name: str, milestone: str) -> ProjectQuerySet:
        """With the days of ``reached_after`` and ``reached_before``, which mean nothing without a milestone."""
        said = self.form.cleaned_data
        days = said.get("reached_after"), said.get("reached_before")
        return projects.filter(has_reached(Milestone(milestone), *days))

    def of_group(self, projects: ProjectQuerySet, _name: str, group: str) -> ProjectQuerySet:
        return projects.filter(GROUPS[group](""))

    def applied_in_year(self, projects: ProjectQuerySet, _name: str, year: int) -> ProjectQuerySet:
        """Entries of programmes by the year in which they were applied for, as the pipeline counts them."""
        days = date(int(year), 1, 1), date(int(year), 12, 31)
        return projects.filter(has_reached(Milestone.APPLIED, *days))

    def with_milestone(self, projects: ProjectQuerySet, _name: str, _day: date) -> ProjectQuerySet:
        return projects

    def ordered(self, projects: ProjectQuerySet, _name: str, key: str) -> ProjectQuerySet:
        return projects.order_by(*ORDERINGS[key])

    def filter_queryset(self, queryset: ProjectQuerySet) -> ProjectQuerySet:
        projects: ProjectQuerySet = super().filter_queryset(queryset)
        return projects if self.form.cleaned_data.get("ordering") else projects.order_by(*ORDERINGS["name"])
