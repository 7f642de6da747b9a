"""Indicators of the district and their values over REST."""

from typing import Any, Final

from django.core.exceptions import PermissionDenied
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.generics import get_object_or_404
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from accounts.access import may_edit_indicators
from accounts.http import UserApiRequest
from accounts.models import Unit
from domain.errors import InputError, gettext_noop
from milestones.api.requests import IDEMPOTENCY_KEY, once
from milestones.paging import Paging
from screen.api.investment_shapes import MOST_AT_ONCE
from screen.indicators.actions import ValuesWritten, record_values
from screen.indicators.forms import read_period
from screen.models import Indicator, IndicatorValue
from screen.querysets import IndicatorValueQuerySet

_LONGEST_PERIOD: Final = 7


class IndicatorSerializer(serializers.ModelSerializer):
    """`is_share`: its change is told in percentage points, not in percent."""

    class Meta:
        model = Indicator
        fields = [
            "code", "name", "name_en", "definition", "measure", "measure_en", "source", "frequency", "is_share",
            "decimals",
        ]  # fmt: skip


class IndicatorValueSerializer(serializers.ModelSerializer):
    """`unit` null is the whole district; `period` is a year or a month, ``2025`` or ``2025-08``."""

    period = serializers.SerializerMethodField()

    class Meta:
        model = IndicatorValue
        fields = ["unit", "period", "value"]

    def get_period(self, row: IndicatorValue) -> str:
        annual = row.indicator.frequency == Indicator.Frequency.ANNUAL
        return f"{row.period.year}" if annual else f"{row.period:%Y-%m}"


class SentValueSerializer(serializers.Serializer):
    unit = serializers.PrimaryKeyRelatedField(
        queryset=Unit.objects.all(), allow_null=True, required=False, default=None,
        help_text="Null: the whole district.",
    )  # fmt: skip
    period = serializers.CharField(max_length=_LONGEST_PERIOD, help_text="2025, or 2025-08 of a monthly one.")
    value = serializers.DecimalField(
        max_digits=18, decimal_places=4, allow_null=True, help_text="Null takes the value away."
    )


class ValuesWrittenSerializer(serializers.Serializer):
    """How many values were new, changed, taken away, or stood there already."""

    created = serializers.IntegerField()
    updated = serializers.IntegerField()
    removed = serializers.IntegerField()
    unchanged = serializers.IntegerField()


class IndicatorViewSet(ListModelMixin, RetrieveModelMixin, GenericViewSet):
    """What is counted of the district beside its projects. Definitions are no secret to whoever is logged in."""

    queryset = Indicator.objects.all()
    serializer_class = IndicatorSerializer
    pagination_class = None
    filter_backends = []
    lookup_field = "code"
    request: UserApiRequest

    @extend_schema(
        operation_id="indicators_values_list", responses=IndicatorValueSerializer(many=True),
        parameters=[
            OpenApiParameter("unit", str, description="The number of a unit; `none` for the whole district."),
            OpenApiParameter("from", str, description="The first period, 2024 or 2024-08."),
            OpenApiParameter("to", str, description="The last period."),
        ],
    )  # fmt: skip
    @action(detail=True, methods=["get"], pagination_class=Paging)
    def values(self, request: UserApiRequest, code: str) -> Response:
        """Its values, the latest first."""
        found = self.paginate_queryset(self._narrowed(self._indicator()))
        return self.get_paginated_response(IndicatorValueSerializer(found, many=True).data)

    @extend_schema(
        operation_id="indicators_values_record", request=SentValueSerializer(many=True),
        responses=ValuesWrittenSerializer, parameters=[IDEMPOTENCY_KEY],
    )  # fmt: skip
    @values.mapping.post
    def record(self, request: UserApiRequest, code: str) -> Response:
        """Set values, all or none of them."""
        indicator = self._indicator()
        if not may_edit_indicators(request.user):
            raise PermissionDenied
        shape: Any = SentValueSerializer
        read = shape(data=request.data, many=True, max_length=MOST_AT_ONCE)
        read.is_valid(raise_exception=True)
        today = timezone.localdate()
        values = {
            (row["unit"].pk if row["unit"] else None, _period(indicator, row["period"])): row["value"]
            for row in read.validated_data
        }
        done = once(
            request, lambda: record_values(indicator, values, actor=request.user, today=today)
        ) or ValuesWritten(unchanged=len(values))
        return Response(
            {
                "created": done.created, "updated": done.updated, "removed": done.removed,
                "unchanged": done.unchanged,
            }
        )  # fmt: skip

    def _indicator(self) -> Indicator:
        found: Indicator = get_object_or_404(self.get_queryset(), code=self.kwargs["code"])
        return found

    def _narrowed(self, indicator: Indicator) -> IndicatorValueQuerySet:
        visible = IndicatorValue.objects.visible_to(self.request.user).filter(indicator=indicator)
        rows = visible.select_related("indicator").order_by("-period", "unit")
        said = self.request.query_params
        unit = said.get("unit", "")
        if unit == "none":
            rows = rows.filter(unit__isnull=True)
        elif unit:
            rows = rows.filter(unit=int(unit)) if _is_number(unit) else rows.none()
        for name, condition in (("from", "period__gte"), ("to", "period__lte")):
            if said.get(name):
                rows = rows.filter(**{condition: _period(indicator, said[name])})
        return rows


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 19


def _period(indicator: Indicator, text: str) -> Any:
    if not text.strip():
        raise InputError(gettext_noop("“%(year)s” is no year between 2000 and 2100."), year=text)
    return read_period(indicator, text, timezone.localdate())
