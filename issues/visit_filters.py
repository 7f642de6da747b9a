"""How visits, and the key projects that nobody has visited, are narrowed: the same on the page and in the API."""

from datetime import date, timedelta
from typing import Any

import django_filters
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit
from milestones.filters import WholeFilter, units
from projects.models import Project, Visit
from projects.querysets import ProjectQuerySet, VisitQuerySet

USUAL_DAYS = 60
"""A key project is visited every two months, unless the address asks for something else."""
MOST_DAYS = 3650

_ANY_ROW = {"min_value": 1, "max_value": 2**63 - 1}


class VisitFilter(django_filters.FilterSet):
    town = django_filters.ModelChoiceFilter(
        field_name="project__town", queryset=units(Unit.Kind.TOWN), label=_("town")
    )
    project = WholeFilter(field_name="project", label=_("project"), **_ANY_ROW)
    visited_after = django_filters.DateFilter(
        field_name="visited_on", lookup_expr="gte", label=_("visited from")
    )
    visited_before = django_filters.DateFilter(
        field_name="visited_on", lookup_expr="lte", label=_("visited until")
    )
    search = django_filters.CharFilter(method="matching", max_length=200, label=_("search"))

    class Meta:
        model = Visit
        fields: list[str] = []

    def matching(self, visits: VisitQuerySet, _name: str, text: str) -> VisitQuerySet:
        return visits.matching(text)


class UnvisitedFilter(django_filters.FilterSet):
    """Key projects that nobody has visited for so many `days` before `today`, never visited ones and longest first."""

    town = django_filters.ModelChoiceFilter(queryset=units(Unit.Kind.TOWN), label=_("town"))
    days = WholeFilter(
        method="not_visited_for", min_value=1, max_value=MOST_DAYS, label=_("days without a visit")
    )
    search = django_filters.CharFilter(method="matching", max_length=200, label=_("search"))

    class Meta:
        model = Project
        fields: list[str] = []

    def __init__(self, data: QueryDict, *args: Any, today: date, **kwargs: Any) -> None:
        asked = data.copy()
        asked["days"] = data.get("days", "").strip() or str(USUAL_DAYS)
        super().__init__(asked, *args, **kwargs)
        self.today = today

    def not_visited_for(self, projects: ProjectQuerySet, _name: str, days: int) -> ProjectQuerySet:
        return projects.not_visited_since(self.today - timedelta(days=int(days)))

    def matching(self, projects: ProjectQuerySet, _name: str, text: str) -> ProjectQuerySet:
        return projects.matching(text)

    def filter_queryset(self, queryset: ProjectQuerySet) -> ProjectQuerySet:
        projects: ProjectQuerySet = super().filter_queryset(queryset.filter(is_key=True))
        return projects.longest_unvisited_first()
