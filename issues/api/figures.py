"""The figures of issues over REST: those of the page."""

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.http import UserApiRequest
from domain.issue_figures import Period
from domain.lights import LightRule
from issues.figures import Compared, Figures, IssueFigures, issue_figures, why_overdue
from issues.models import Issue
from issues.period_form import PeriodForm
from milestones.calendar_table import load_calendar
from milestones.models import Node
from milestones.obstacles import Because, Share


class FiguresOfPeriodSerializer(serializers.Serializer):
    """`median_days` and `slow_days` (90 %) are calendar days from raised to closed by nearest rank, null where nothing
    was closed; `on_time` were closed on or before their due date."""

    raised = serializers.IntegerField()
    closed = serializers.IntegerField()
    open = serializers.IntegerField(help_text="At the end of the last day.")
    on_time = serializers.IntegerField()
    on_time_percent = serializers.IntegerField(allow_null=True)
    median_days = serializers.IntegerField(allow_null=True)
    slow_days = serializers.IntegerField(allow_null=True)


class ComparedSerializer(serializers.Serializer):
    now = FiguresOfPeriodSerializer()
    year_earlier = FiguresOfPeriodSerializer()


class UnitFiguresSerializer(ComparedSerializer):
    """Of one lead unit; `unit` is null for what no unit has yet."""

    unit = serializers.IntegerField(allow_null=True)
    name = serializers.CharField()


class CategoryFiguresSerializer(ComparedSerializer):
    category = serializers.CharField()
    name = serializers.CharField()


class TopicFiguresSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    name = serializers.CharField()
    projects = serializers.IntegerField()
    issues = serializers.IntegerField()


class OnTopicsSerializer(serializers.Serializer):
    """Projects with issues of topics that were open at the end of the period; `top` are those with the most."""

    projects = serializers.IntegerField()
    topics = serializers.IntegerField()
    top = TopicFiguresSerializer(many=True)


class ShareSerializer(serializers.Serializer):
    """`key`: the code of a category or the number of a unit, blank where no unit has it yet."""

    key = serializers.CharField()
    name = serializers.CharField()
    nodes = serializers.IntegerField()


class OverdueSerializer(serializers.Serializer):
    """Of the overdue nodes that could be worked on now: how many issues block, and which."""

    nodes = serializers.IntegerField()
    blocked = serializers.IntegerField()
    categories = ShareSerializer(many=True)
    units = ShareSerializer(many=True)


class IssueFiguresSerializer(serializers.Serializer):
    first = serializers.DateField()
    last = serializers.DateField()
    first_year_earlier = serializers.DateField()
    last_year_earlier = serializers.DateField()
    whole = ComparedSerializer()
    units = UnitFiguresSerializer(many=True)
    categories = CategoryFiguresSerializer(many=True)
    topics = OnTopicsSerializer()
    overdue = OverdueSerializer()


class IssueFiguresView(APIView):
    """How many issues were raised and closed in a period, how fast, and against the same period a year earlier."""

    request: UserApiRequest

    @extend_schema(
        operation_id="issues_figures",
        responses=IssueFiguresSerializer,
        parameters=[
            OpenApiParameter(
                "from", str, description="The first day; 1 January of the year of `to` where absent."
            ),
            OpenApiParameter("to", str, description="The last day; today where absent."),
        ],
    )
    def get(self, request: UserApiRequest) -> Response:
        today = timezone.localdate()
        period = PeriodForm(request.query_params).period(today)
        found = issue_figures(Issue.objects.visible_to(request.user), period)
        rule = LightRule.on(today, load_calendar())
        because = why_overdue(Node.objects.visible_to(request.user), rule)
        return Response({**_figures(found, period), "overdue": _overdue(because)})


def _figures(found: IssueFigures, period: Period) -> dict[str, Any]:
    return {
        "first": period.first,
        "last": period.last,
        "first_year_earlier": found.before.first,
        "last_year_earlier": found.before.last,
        "whole": _compared(found.whole),
        "units": [
            {"unit": int(row.key) if row.key else None, "name": row.label, **_compared(row.figures)}
            for row in found.units
        ],
        "categories": [
            {"category": row.key, "name": row.label, **_compared(row.figures)} for row in found.categories
        ],
        "topics": {
            "projects": found.topics.projects,
            "topics": found.topics.topics,
            "top": [
                {"id": one.pk, "name": one.name, "projects": one.projects, "issues": one.issues}
                for one in found.topics.top
            ],
        },
    }


def _compared(figures: Compared) -> dict[str, Any]:
    return {"now": _of_period(figures.now), "year_earlier": _of_period(figures.before)}


def _of_period(figures: Figures) -> dict[str, Any]:
    return {**asdict(figures), "on_time_percent": figures.on_time_percent}


def _overdue(because: Because) -> dict[str, Any]:
    return {
        "nodes": because.nodes, "blocked": because.blocked, "categories": _shares(because.categories),
        "units": _shares(because.units),
    }  # fmt: skip


def _shares(shares: Iterable[Share]) -> list[dict[str, Any]]:
    return [{"key": one.key, "name": one.label, "nodes": one.nodes} for one in shares]
