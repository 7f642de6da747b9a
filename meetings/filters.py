"""How the list of decisions is narrowed."""

from typing import Any

import django_filters
from django.db.models import Q
from django.http import QueryDict
from django.utils.translation import gettext_lazy, pgettext_lazy

from domain.lights import LightRule
from domain.meetings import DecisionStatus
from meetings.models import Decision
from meetings.querysets import DecisionQuerySet
from milestones.filters import WholeFilter, units
from projects.models import Project

STATES = {
    "open": gettext_lazy("not settled yet"),
    "late": pgettext_lazy("decisions", "overdue"),
    "done": pgettext_lazy("decisions", "waiting to be verified"),
    "settled": gettext_lazy("settled"),
    "all": pgettext_lazy("decisions", "all"),
}
"""What the list can show; the first where nothing is asked for."""


def asked_for(params: QueryDict) -> QueryDict:
    """What an address asks for, silence filled in: what is not settled yet, of one meeting everything."""
    asked = params.copy()
    if not asked.get("state"):
        asked["state"] = "all" if asked.get("meeting") else "open"
    return asked


class DecisionFilter(django_filters.FilterSet):
    """Needs the `rule` of the day beside the request's parameters."""

    state = django_filters.ChoiceFilter(
        choices=list(STATES.items()), method="in_state", label=gettext_lazy("state"), empty_label=None
    )
    unit = django_filters.ModelChoiceFilter(
        field_name="lead_unit", queryset=units(), label=gettext_lazy("lead unit")
    )
    meeting = WholeFilter(
        field_name="meeting", min_value=1, max_value=2**63 - 1, label=gettext_lazy("meeting")
    )
    project = WholeFilter(
        method="about_project", min_value=1, max_value=2**63 - 1, label=gettext_lazy("project")
    )
    search = django_filters.CharFilter(method="matching", max_length=200, label=gettext_lazy("search"))

    class Meta:
        model = Decision
        fields: list[str] = []

    def __init__(self, *args: Any, rule: LightRule, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rule = rule

    def in_state(self, decisions: DecisionQuerySet, _name: str, state: str) -> DecisionQuerySet:
        match state:
            case "late":
                return decisions.late(self.rule.today)
            case "done":
                return decisions.filter(status=DecisionStatus.DONE)
            case "settled":
                return decisions.exclude(pk__in=decisions.unsettled().order_by().values("pk"))
            case "all":
                return decisions
        return decisions.unsettled()

    def about_project(self, decisions: DecisionQuerySet, _name: str, pk: int) -> DecisionQuerySet:
        """Of a project in sight: which others a decision is about is not to be guessed by asking for them."""
        seen = Project.objects.visible_to(self.request.user).filter(pk=pk)
        through = decisions.model.projects.through._default_manager
        return decisions.filter(pk__in=through.filter(project__in=seen).values("decision"))

    def matching(self, decisions: DecisionQuerySet, _name: str, text: str) -> DecisionQuerySet:
        """By words of it, the name of its unit or of its meeting's week: 2026-48, or 2026-48-03."""
        asked = Q(text__icontains=text) | Q(outcome__icontains=text) | Q(lead_unit__name__icontains=text)
        parts = text.strip().split("-")
        if len(parts) in {2, 3} and all(
            part.isascii() and part.isdigit() and len(part) < 5 for part in parts
        ):
            named = dict(zip(("meeting__year", "meeting__week", "serial"), map(int, parts), strict=False))
            asked |= Q(**named)
        return decisions.filter(asked)
