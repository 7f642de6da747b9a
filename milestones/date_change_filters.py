"""How requests for other due dates are narrowed: the same on the page and in the API."""

import django_filters
from django.utils.translation import gettext_lazy as _

from domain.date_changes import RequestStatus
from milestones.filters import WholeFilter
from milestones.models import REQUEST_LABELS, DateChange


class DateChangeFilter(django_filters.FilterSet):
    status = django_filters.MultipleChoiceFilter(
        choices=[(status, REQUEST_LABELS[status]) for status in RequestStatus], label=_("status")
    )
    project = WholeFilter(field_name="node__project", min_value=1, max_value=2**63 - 1, label=_("project"))
    node = WholeFilter(field_name="node", min_value=1, max_value=2**63 - 1, label=_("node"))
    decided_after = django_filters.DateFilter(
        field_name="decided_at", lookup_expr="date__gte", label=_("decided from")
    )
    decided_before = django_filters.DateFilter(
        field_name="decided_at", lookup_expr="date__lte", label=_("decided until")
    )

    class Meta:
        model = DateChange
        fields: list[str] = []
