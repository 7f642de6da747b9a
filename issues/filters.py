"""How lists of issues are narrowed: the same on the page, in the API and in the export."""

from datetime import timedelta
from typing import Any

import django_filters
from django.db.models import F, Q
from django.db.models.expressions import OrderBy
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Unit
from domain.issues import IssueStatus
from domain.lights import LightRule
from issues.models import ISSUE_LABELS, LEVEL_LABELS, Category, Issue
from issues.querysets import IssueQuerySet
from milestones.filters import MOST_DAYS, WholeFilter, units
from projects.models import Project

TURN_LABELS = {
    "assign": _("to be assigned by me"),
    "work": _("my unit leads"),
    "support": _("my unit supports"),
    "verify": _("to be verified by me"),
    "raised": _("raised by me and not closed"),
}
"""Whose turn it is, as the reader sees it; what the inbox of a unit is made of."""

ORDERINGS: dict[str, tuple[str | OrderBy, ...]] = {
    "due": (F("due_on").asc(nulls_last=True), "pk"),
    "raised": ("raised_on", "pk"),
    "-raised": ("-raised_on", "-pk"),
    "level": ("-level", "raised_on", "pk"),
    "-closed": (F("closed_on").desc(nulls_last=True), "-pk"),
    "project": ("project__name", "project", "pk"),
    "unit": ("lead_unit__position", "lead_unit__name", F("due_on").asc(nulls_last=True), "pk"),
}
ORDERING_LABELS = {
    "due": _("first due first"),
    "raised": _("oldest first"),
    "-raised": _("newest first"),
    "level": _("highest level first"),
    "-closed": _("latest closed first"),
    "project": _("by project"),
    "unit": _("by lead unit"),
}
USUAL_ORDER = "due"

SAYS_WHICH_STATES = ("status", "open", "open_on", "closed_after", "closed_before", "on_time", "turn", "rated")
"""Who says one of these asks for more than what is open."""


def asked_for(params: QueryDict) -> QueryDict:
    """What an address asks for, silence filled in: open issues."""
    asked = params.copy()
    if not any(asked.get(name) for name in SAYS_WHICH_STATES):
        asked["open"] = "true"
    return asked


def categories(_request: object) -> Any:
    """Categories are no secret: also those that can no longer be chosen are asked for."""
    return Category.objects.all()


class IssueFilter(django_filters.FilterSet):
    """Needs the `rule` of the day beside the request's parameters; `turn` asks for whose request it is."""

    status = django_filters.MultipleChoiceFilter(
        choices=[(status, ISSUE_LABELS[status]) for status in IssueStatus], label=_("state")
    )
    open = django_filters.BooleanFilter(method="is_open", label=_("open"))
    category = django_filters.ModelChoiceFilter(
        queryset=categories, to_field_name="code", label=_("category")
    )
    unit = django_filters.ModelChoiceFilter(field_name="lead_unit", queryset=units(), label=_("lead unit"))
    level = django_filters.ChoiceFilter(choices=list(LEVEL_LABELS.items()), label=_("level"))
    town = django_filters.ModelChoiceFilter(
        field_name="project__town", queryset=units(Unit.Kind.TOWN), label=_("town")
    )
    department = django_filters.ModelChoiceFilter(
        field_name="project__department",
        queryset=units(Unit.Kind.DEPARTMENT, Unit.Kind.BUREAU),
        label=_("lead department"),
    )
    sector = django_filters.CharFilter(field_name="project__sector", max_length=60, label=_("sector"))
    leader = django_filters.CharFilter(
        field_name="project__leader", max_length=60, label=_("leader in charge of the project")
    )
    kind = django_filters.ChoiceFilter(
        field_name="project__kind", choices=Project.Kind.choices, label=_("project kind")
    )
    source = django_filters.ChoiceFilter(choices=Issue.Source.choices, label=_("raised by way of"))
    late = django_filters.BooleanFilter(method="is_late", label=pgettext_lazy("of issues", "overdue"))
    age_from = WholeFilter(method="older_than", min_value=0, max_value=MOST_DAYS, label=_("days old, from"))
    topic = WholeFilter(field_name="topic", min_value=1, max_value=2**63 - 1, label=_("topic"))
    project = WholeFilter(field_name="project", min_value=1, max_value=2**63 - 1, label=_("project"))
    node = WholeFilter(field_name="blocks__node", min_value=1, max_value=2**63 - 1, label=_("node"))
    blocking = django_filters.BooleanFilter(method="is_blocking", label=_("blocks a node"))
    turn = django_filters.ChoiceFilter(
        choices=list(TURN_LABELS.items()), method="is_the_turn", label=_("whose turn")
    )
    raised_after = django_filters.DateFilter(
        field_name="raised_on", lookup_expr="gte", label=_("raised from")
    )
    raised_before = django_filters.DateFilter(
        field_name="raised_on", lookup_expr="lte", label=_("raised until")
    )
    closed_after = django_filters.DateFilter(
        field_name="closed_on", lookup_expr="gte", label=_("closed from")
    )
    closed_before = django_filters.DateFilter(
        field_name="closed_on", lookup_expr="lte", label=_("closed until")
    )
    open_on = django_filters.DateFilter(method="was_open_on", label=_("open at the end of"))
    on_time = django_filters.BooleanFilter(method="was_on_time", label=_("closed on time"))
    rated = django_filters.BooleanFilter(
        field_name="rating", lookup_expr="isnull", exclude=True, label=_("rated")
    )
    search = django_filters.CharFilter(method="matching", max_length=200, label=_("search"))
    ordering = django_filters.ChoiceFilter(
        choices=list(ORDERING_LABELS.items()), method="ordered", label=_("order"), empty_label=None
    )

    class Meta:
        model = Issue
        fields: list[str] = []

    def __init__(self, *args: Any, rule: LightRule, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rule = rule

    def is_open(self, issues: IssueQuerySet, _name: str, yes: bool) -> IssueQuerySet:  # noqa: FBT001
        return issues.open() if yes else issues.filter(status=IssueStatus.CLOSED)

    def is_late(self, issues: IssueQuerySet, _name: str, yes: bool) -> IssueQuerySet:  # noqa: FBT001
        late = issues.late(self.rule.today)
        return late if yes else issues.exclude(pk__in=late.order_by().values("pk"))

    def is_blocking(self, issues: IssueQuerySet, _name: str, yes: bool) -> IssueQuerySet:  # noqa: FBT001
        return issues.filter(blocks__isnull=not yes).distinct()

    def older_than(self, issues: IssueQuerySet, _name: str, days: int) -> IssueQuerySet:
        return issues.filter(raised_on__lte=self.rule.today - timedelta(days=int(days)))

    def is_the_turn(self, issues: IssueQuerySet, _name: str, whose: str) -> IssueQuerySet:
        user = self.request.user
        match whose:
            case "assign":
                return issues.to_assign(user)
            case "work":
                return issues.to_work_on(user)
            case "support":
                return issues.to_support(user)
            case "raised":
                return issues.open().filter(raised_by=user)
            case _:
                return issues.verifiable_by(user)

    def was_open_on(self, issues: IssueQuerySet, _name: str, day: Any) -> IssueQuerySet:
        return issues.open_on(day)

    def was_on_time(self, issues: IssueQuerySet, _name: str, yes: bool) -> IssueQuerySet:  # noqa: FBT001
        in_time = Q(closed_on__lte=F("due_on"))
        return issues.filter(in_time if yes else ~in_time, status=IssueStatus.CLOSED)

    def matching(self, issues: IssueQuerySet, _name: str, text: str) -> IssueQuerySet:
        return issues.matching(text)

    def ordered(self, issues: IssueQuerySet, _name: str, key: str) -> IssueQuerySet:
        return issues.order_by(*ORDERINGS[key])

    def filter_queryset(self, queryset: IssueQuerySet) -> IssueQuerySet:
        issues: IssueQuerySet = super().filter_queryset(queryset)
        return issues if self.form.cleaned_data.get("ordering") else issues.order_by(*ORDERINGS[USUAL_ORDER])
