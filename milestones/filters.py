"""How lists of nodes are narrowed: the same on the page, in the API and in the export."""

from collections.abc import Collection
from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from drf_spectacular.utils import extend_schema_field

from accounts.models import Unit
from domain.errors import InputError, gettext_noop
from domain.lights import Light, LightRule
from milestones import obstacles
from milestones.models import Node
from milestones.querysets import NodeQuerySet
from projects.models import Project

LIGHT_LABELS = {
    Light.RED: _("Overdue"),
    Light.YELLOW: _("Due soon"),
    Light.VIOLET: _("On hold"),
    Light.GREEN: _("On time"),
    Light.GREY: _("Waiting"),
    Light.BLUE: _("Done"),
    Light.WHITE: _("Waived"),
}

PROOF_LABELS = {"missing": pgettext_lazy("proof", "missing")}

ORDERINGS = {
    "deadline": ("deadline_on", "pk"),
    "-deadline": ("-deadline_on", "-pk"),
    "project": ("project__name", "project", "template_node__position"),
    "unit": ("unit__position", "unit__name", "deadline_on", "pk"),
    "node": ("template_node__position", "deadline_on", "pk"),
    "held": ("held_on", "pk"),
}
ORDERING_LABELS = {
    "cause": _("causes first"),
    "deadline": _("most days late first"),
    "-deadline": _("latest deadline first"),
    "project": _("by project"),
    "unit": _("by responsible unit"),
    "node": _("by place in the chain"),
    "held": _("longest on hold first"),
}


def units(*kinds: Unit.Kind) -> Any:
    """The choices of a unit filter: units are no secret, projects are."""

    def choices(_request: object) -> QuerySet[Unit]:
        return Unit.objects.filter(kind__in=kinds) if kinds else Unit.objects.all()

    return choices


MOST_DAYS = 9999
"""More working days late than anything can be, so that no date is looked for beyond the calendar."""


class WholeFilter(django_filters.NumberFilter):
    """A whole number; a decimal such as 1e1000000 would be a number of a million digits."""

    field_class = forms.IntegerField

    def get_max_validator(self) -> None:
        return None  # ours have a maximum of their own


def refuse_unreadable(form: forms.Form, *, told: Collection[str] = ()) -> None:
    """Raise InputError for the first value that cannot be read, those `told` at their fields aside."""
    for name, errors in form.errors.items():
        if name not in told:
            label = form.fields[name].label if name in form.fields else name
            raise InputError(gettext_noop("%(field)s: %(problem)s"), field=label, problem=errors[0])


class CodesFilter(django_filters.BaseInFilter, django_filters.CharFilter):
    """One code or several, with commas between them."""


class NodeFilter(django_filters.FilterSet):
    """Needs the `rule` of the day beside the request's parameters."""

    light = django_filters.MultipleChoiceFilter(
        choices=list(LIGHT_LABELS.items()), method="in_lights", label=_("light")
    )
    unit = django_filters.ModelChoiceFilter(queryset=units(), label=_("responsible unit"))
    department = django_filters.ModelChoiceFilter(
        field_name="project__department",
        queryset=units(Unit.Kind.DEPARTMENT, Unit.Kind.BUREAU),
        label=_("lead department"),
    )
    town = django_filters.ModelChoiceFilter(
        field_name="project__town", queryset=units(Unit.Kind.TOWN), label=_("town")
    )
    kind = django_filters.ChoiceFilter(
        field_name="project__kind", choices=Project.Kind.choices, label=_("project kind")
    )
    sector = django_filters.CharFilter(field_name="project__sector", max_length=60, label=_("sector"))
    leader = django_filters.CharFilter(
        field_name="project__leader", max_length=60, label=_("leader in charge")
    )
    chain = CodesFilter(
        field_name="template_node__template__code", lookup_expr="in", label=_("process template")
    )
    node_kind = django_filters.CharFilter(field_name="template_node__code", label=_("node kind"))
    project = WholeFilter(field_name="project", min_value=1, max_value=2**63 - 1, label=_("project"))
    status = django_filters.CharFilter(field_name="status", label=_("status"))
    late_from = WholeFilter(
        method="late_at_least", min_value=0, max_value=MOST_DAYS, label=_("working days late, from")
    )
    late_to = WholeFilter(
        method="late_at_most", min_value=0, max_value=MOST_DAYS, label=_("working days late, to")
    )
    due_after = django_filters.DateFilter(field_name="deadline_on", lookup_expr="gte", label=_("due from"))
    due_before = django_filters.DateFilter(field_name="deadline_on", lookup_expr="lte", label=_("due until"))
    finished_after = django_filters.DateFilter(
        field_name="finished_on", lookup_expr="gte", label=_("done from")
    )
    finished_before = django_filters.DateFilter(
        field_name="finished_on", lookup_expr="lte", label=_("done until")
    )
    waived_after = django_filters.DateFilter(
        field_name="waived_on", lookup_expr="gte", label=_("waived from")
    )
    waived_before = django_filters.DateFilter(
        field_name="waived_on", lookup_expr="lte", label=_("waived until")
    )
    knocked_on = django_filters.BooleanFilter(method="is_held_up", label=_("knocked on"))
    idle = django_filters.BooleanFilter(method="is_idle", label=_("idle"))
    held_over = WholeFilter(
        method="is_held_over", min_value=0, max_value=MOST_DAYS, label=_("days on hold, more than")
    )
    blocked = django_filters.BooleanFilter(method="is_blocked", label=_("blocked by an issue"))
    issue_category = django_filters.ChoiceFilter(
        choices=lambda: obstacles.source().categories(), method="has_issue", label=_("category of the issue")
    )
    issue_unit = django_filters.ModelChoiceFilter(
        queryset=units(), method="has_issue", label=_("lead unit of the issue")
    )
    proof = django_filters.ChoiceFilter(
        choices=list(PROOF_LABELS.items()), method="without_proof", label=_("proof")
    )
    search = django_filters.CharFilter(method="matching", max_length=200, label=_("search"))
    ordering = django_filters.ChoiceFilter(
        choices=list(ORDERING_LABELS.items()), method="ordered", label=_("order"), empty_label=None
    )

    class Meta:
        model = Node
        fields: list[str] = []

    def __init__(self, *args: Any, rule: LightRule, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rule = rule

    @extend_schema_field(
        {"type": "array", "items": {"type": "string", "enum": [light.value for light in Light]}}
    )
    def in_lights(self, nodes: NodeQuerySet, _name: str, lights: list[str]) -> NodeQuerySet:
        return nodes.in_lights([Light(light) for light in lights], self.rule) if lights else nodes

    def late_at_least(self, nodes: NodeQuerySet, _name: str, days: int) -> NodeQuerySet:
        return nodes.late_by_more_than(int(days) - 1, self.rule)

    def late_at_most(self, nodes: NodeQuerySet, _name: str, days: int) -> NodeQuerySet:
        return nodes.late_by_at_most(int(days), self.rule)

    def is_held_up(self, nodes: NodeQuerySet, _name: str, yes: bool) -> NodeQuerySet:  # noqa: FBT001
        return nodes.held_up() if yes else nodes.not_held_up()

    def is_idle(self, nodes: NodeQuerySet, _name: str, yes: bool) -> NodeQuerySet:  # noqa: FBT001
        idle = nodes.idle(self.rule)
        return idle if yes else nodes.exclude(pk__in=idle.order_by().values("pk"))

    def is_held_over(self, nodes: NodeQuerySet, _name: str, days: int) -> NodeQuerySet:
        return nodes.held_longer_than(int(days), self.rule.today)

    def is_blocked(self, nodes: NodeQuerySet, _name: str, yes: bool) -> NodeQuerySet:  # noqa: FBT001
        blocked = nodes.blocked()
        return blocked if yes else nodes.exclude(pk__in=blocked.order_by().values("pk"))

    def has_issue(self, nodes: NodeQuerySet, name: str, value: Any) -> NodeQuerySet:
        """Both conditions are asked of the same issue, so whichever comes first asks for both."""
        asked = self.form.cleaned_data
        if name == "issue_unit" and asked.get("issue_category"):
            return nodes
        unit = asked.get("issue_unit")
        return nodes.blocked(asked.get("issue_category") or "", unit.pk if unit else None)

    def without_proof(self, nodes: NodeQuerySet, _name: str, _missing: str) -> NodeQuerySet:
        return nodes.lacking_proof()

    def matching(self, nodes: NodeQuerySet, _name: str, text: str) -> NodeQuerySet:
        return nodes.filter(
            Q(project__name__icontains=text)
            | Q(project__code__icontains=text)
            | Q(project__enterprise__icontains=text)
            | Q(template_node__name__icontains=text)
            | Q(template_node__name_en__icontains=text)
        )

    def ordered(self, nodes: NodeQuerySet, _name: str, key: str) -> NodeQuerySet:
        return nodes.causes_first() if key == "cause" else nodes.order_by(*ORDERINGS[key])

    def filter_queryset(self, queryset: NodeQuerySet) -> NodeQuerySet:
        """Without an order asked for, what has been due or, where holds are asked for, on hold longest is first."""
        nodes: NodeQuerySet = super().filter_queryset(queryset)
        return (
            nodes if self.form.cleaned_data.get("ordering") else nodes.order_by(*ORDERINGS[self.usual_order])
        )

    @property
    def usual_order(self) -> str:
        return "deadline" if self.form.cleaned_data.get("held_over") is None else "held"
