"""What is sent and answered of investment over REST. Amounts are in 万元, shares and growth in percent."""

from typing import Any, Final

from rest_framework import serializers

from domain.errors import InputError
from domain.periods import LATEST_YEAR, read_month
from domain.recorded_days import EARLIEST
from projects.investments import GROUPS, Amount, PlanTotals
from projects.models import Investment, InvestmentPlan
from screen.investment.page import InvestmentPage
from screen.reached import Reached

_HIGHEST_KEY: Final = 2**63 - 1
MOST_AT_ONCE: Final = 5_000
"""Amounts in one request; a ledger takes more."""


class MonthField(serializers.CharField):
    """A month as ``2022-08``."""

    def to_internal_value(self, data: Any) -> Any:
        try:
            return read_month(super().to_internal_value(data))
        except InputError as error:
            raise serializers.ValidationError(str(error)) from error

    def to_representation(self, value: Any) -> str:
        return f"{value:%Y-%m}"


def _amount(**more: Any) -> serializers.DecimalField:
    return serializers.DecimalField(max_digits=14, decimal_places=2, **more)


class InvestmentSerializer(serializers.ModelSerializer):
    """What a project invested in a month, in 万元."""

    month = MonthField(help_text="2022-08")

    class Meta:
        model = Investment
        fields = ["project", "month", "amount"]


class InvestmentPlanSerializer(serializers.ModelSerializer):
    """What a project is to invest in a year, in 万元."""

    class Meta:
        model = InvestmentPlan
        fields = ["project", "year", "amount"]


class MonthAmountSerializer(serializers.Serializer):
    project = serializers.IntegerField(min_value=1, max_value=_HIGHEST_KEY)
    month = MonthField(help_text="2022-08")
    amount = _amount(help_text="In 万元; what stands there is replaced.")


class YearPlanSerializer(serializers.Serializer):
    project = serializers.IntegerField(min_value=1, max_value=_HIGHEST_KEY)
    year = serializers.IntegerField(min_value=EARLIEST.year, max_value=LATEST_YEAR)
    amount = _amount(help_text="In 万元; what stands there is replaced.")


class WrittenSerializer(serializers.Serializer):
    """How many amounts were new, changed, or stood there already."""

    created = serializers.IntegerField()
    updated = serializers.IntegerField()
    unchanged = serializers.IntegerField()


class AmountSerializer(serializers.Serializer):
    """`growth` in percent, null where there was nothing a year earlier."""

    now = serializers.DecimalField(max_digits=20, decimal_places=2)
    year_earlier = serializers.DecimalField(max_digits=20, decimal_places=2)
    growth = serializers.FloatField(allow_null=True)


class ReachedSerializer(serializers.Serializer):
    """How many projects; null of a year earlier that is not on record, and of a period that has not begun."""

    now = serializers.IntegerField()
    year_earlier = serializers.IntegerField(allow_null=True)
    change = serializers.IntegerField(allow_null=True)


class LightsOfPlansSerializer(serializers.Serializer):
    red = serializers.IntegerField()
    yellow = serializers.IntegerField()
    green = serializers.IntegerField()


class PlanTotalsSerializer(serializers.Serializer):
    """Of the projects with a plan for the year in which the period ends; `behind` in percentage points of the plan."""

    year = serializers.IntegerField()
    planned = serializers.DecimalField(max_digits=20, decimal_places=2)
    to_date = serializers.DecimalField(max_digits=20, decimal_places=2)
    made = serializers.DecimalField(max_digits=20, decimal_places=2)
    behind = serializers.FloatField(allow_null=True)
    light = serializers.CharField(help_text="grey, green, yellow or red")
    projects = LightsOfPlansSerializer(help_text="How many projects show which light.")


class InvestmentTotalsSerializer(serializers.Serializer):
    """The key figures of a period beside the same months a year earlier.

    `manufacturing` is class C of GB/T 4754, `industrial` B, C and D, `renovation` the industrial projects of that
    kind. `filed` and `started` count projects.
    """

    first = MonthField(help_text="2022-01")
    last = MonthField(help_text="2022-08")
    all = AmountSerializer()
    manufacturing = AmountSerializer()
    industrial = AmountSerializer()
    renovation = AmountSerializer()
    renovation_share = serializers.FloatField(allow_null=True, help_text="Percent of industrial investment.")
    renovation_share_change = serializers.FloatField(allow_null=True, help_text="In percentage points.")
    plan = PlanTotalsSerializer()
    filed = ReachedSerializer()
    filed_renovation = ReachedSerializer()
    started = ReachedSerializer()


def api_totals(page: InvestmentPage) -> dict[str, Any]:
    totals = page.totals
    return {
        "first": f"{totals.months.first:%Y-%m}", "last": f"{totals.months.last:%Y-%m}",
        **{name: _of(getattr(totals, name)) for name in GROUPS},
        "renovation_share": _rounded(totals.renovation_share),
        "renovation_share_change": _rounded(totals.renovation_share_change),
        "plan": _plan(page.plan),
        "filed": _counted(page.filed), "filed_renovation": _counted(page.filed_renovation),
        "started": _counted(page.started),
    }  # fmt: skip


def _of(amount: Amount) -> dict[str, Any]:
    return {
        "now": f"{amount.now:.2f}", "year_earlier": f"{amount.before:.2f}", "growth": _rounded(amount.growth),
    }  # fmt: skip


def _plan(plan: PlanTotals) -> dict[str, Any]:
    return {
        "year": plan.year, "planned": f"{plan.planned:.2f}", "to_date": f"{plan.to_date:.2f}",
        "made": f"{plan.made:.2f}", "behind": _rounded(plan.behind), "light": plan.light.value,
        "projects": {light.value: count for light, count in plan.lights.items()},
    }  # fmt: skip


def _counted(reached: Reached) -> dict[str, int | None]:
    return {"now": reached.now, "year_earlier": reached.before, "change": reached.change}


def _rounded(value: Any) -> float | None:
    return None if value is None else round(float(value), 4)
