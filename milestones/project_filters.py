"""How lists of projects are narrowed: the same on the page, in the API and in the ledger."""

from functools import reduce
from operator import or_
from typing import Any

import django_filters
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field

from accounts.models import Unit
from domain.lights import Light, LightRule
from milestones.filters import LIGHT_LABELS, units
from milestones.project_lights import PROJECT_LIGHTS, shows_light
from milestones.project_states import ProjectState, in_state
from projects.models import Project
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
        shown = [shows_light(light, self.rule) for light in {Light(light) for light in lights}]
        return projects.filter(reduce(or_, shown, Q(pk__in=[]))) if lights else projects

    def in_state(self, projects: ProjectQuerySet, _name: str, state: str) -> ProjectQuerySet:
        return projects.filter(in_state(ProjectState(state)))

    def ordered(self, projects: ProjectQuerySet, _name: str, key: str) -> ProjectQuerySet:
        return projects.order_by(*ORDERINGS[key])

    def filter_queryset(self, queryset: ProjectQuerySet) -> ProjectQuerySet:
        projects: ProjectQuerySet = super().filter_queryset(queryset)
        return projects if self.form.cleaned_data.get("ordering") else projects.order_by(*ORDERINGS["name"])
