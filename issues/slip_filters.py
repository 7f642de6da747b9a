"""How supervision slips are narrowed: the same on the page and in the API."""

from typing import Any

import django_filters
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Unit
from domain.lights import LightRule
from issues.models import SLIP_LABELS, Supervision
from issues.querysets import SupervisionQuerySet
from milestones.filters import WholeFilter, units


class SlipFilter(django_filters.FilterSet):
    """Needs the `rule` of the day beside the request's parameters."""

    state = django_filters.MultipleChoiceFilter(choices=Supervision.State.choices, label=_("state"))
    level = django_filters.ChoiceFilter(
        choices=list(SLIP_LABELS.items()), label=pgettext_lazy("slip", "level")
    )
    unit = django_filters.ModelChoiceFilter(
        field_name="addressee", queryset=units(), method="is_for", label=_("addressee")
    )
    late = django_filters.BooleanFilter(method="is_late", label=_("answer late"))
    project = WholeFilter(field_name="project", min_value=1, max_value=2**63 - 1, label=_("project"))
    node = WholeFilter(field_name="node", min_value=1, max_value=2**63 - 1, label=_("node"))
    issue = WholeFilter(field_name="issue", min_value=1, max_value=2**63 - 1, label=_("issue"))

    class Meta:
        model = Supervision
        fields: list[str] = []

    def __init__(self, *args: Any, rule: LightRule, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rule = rule

    def is_for(self, slips: SupervisionQuerySet, _name: str, unit: Unit) -> SupervisionQuerySet:
        return slips.for_unit(unit)

    def is_late(self, slips: SupervisionQuerySet, _name: str, yes: bool) -> SupervisionQuerySet:  # noqa: FBT001
        late = slips.with_late_answer(self.rule.today)
        return late if yes else slips.exclude(pk__in=late.order_by().values("pk"))
