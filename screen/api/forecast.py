"""Forecasts over REST: the rows and figures of the page, and those of one project."""

from typing import Any, Final

from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.generics import get_object_or_404
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.http import UserApiRequest
from projects.models import Project
from screen.forecast.forms import ForecastForm
from screen.forecast.outlooks import KEYS
from screen.forecast.queries import KeyDate, Standing, of_project, standing
from screen.forecast.words import Due, State
from screen.models import Reckoning
from screen.narrowing import PLACES, NarrowingForm
from screen.reckoning.queries import latest

_MOST: Final = 500
_USUAL: Final = 100


class KeyDateSerializer(serializers.Serializer):
    """A key node. `chance` is that of keeping `due_on`, 0 to 1; null where it is reached or has no date. Where it is
    reached, `half_on` and `most_on` are `reached_on`. `is_thin`: the dates rest mostly on the plan."""

    project = serializers.IntegerField()
    name = serializers.CharField()
    town = serializers.CharField()
    key = serializers.ChoiceField([key.value for key in KEYS])
    due_on = serializers.DateField(allow_null=True)
    half_on = serializers.DateField(help_text="Reached by then in 50 of 100 draws.")
    most_on = serializers.DateField(help_text="Reached by then in 80 of 100 draws.")
    reached_on = serializers.DateField(allow_null=True)
    chance = serializers.FloatField(allow_null=True)
    is_thin = serializers.BooleanField()


class KeyCountSerializer(serializers.Serializer):
    """Of the dates of a key node that fall in this year: how many are likely to be kept, or were."""

    key = serializers.ChoiceField([key.value for key in KEYS])
    due = serializers.IntegerField()
    keep = serializers.IntegerField()


class ForecastsSerializer(serializers.Serializer):
    """`day` is the day that is forecast from, null before anything was reckoned; `results` hold the page asked for."""

    day = serializers.DateField(allow_null=True)
    made_at = serializers.DateTimeField(allow_null=True)
    count = serializers.IntegerField(help_text="All rows that match.")
    due_soon = serializers.IntegerField(help_text="Dates of the next 90 days.")
    missed_soon = serializers.IntegerField(help_text="Those of them that are likely to be missed.")
    late = serializers.IntegerField(help_text="Dates that have passed, not reached.")
    this_year = KeyCountSerializer(many=True)
    results = KeyDateSerializer(many=True)


class ProjectForecastSerializer(serializers.Serializer):
    """The key nodes of one project; empty where it has not been forecast yet."""

    day = serializers.DateField(allow_null=True)
    made_at = serializers.DateTimeField(allow_null=True)
    results = KeyDateSerializer(many=True)


class ForecastsView(APIView):
    """The key nodes of the projects in sight, the smallest chance to keep the date first."""

    @extend_schema(
        operation_id="forecasts", responses=ForecastsSerializer,
        parameters=[
            OpenApiParameter("key", str, enum=[key.value for key in KEYS]),
            OpenApiParameter("state", str, enum=list(State), description="`miss` if not said."),
            OpenApiParameter("due", str, enum=list(Due), description="`all` if not said."),
            *(OpenApiParameter(name, str, description="Narrows to these projects.") for name in PLACES),
            OpenApiParameter("page", int),
            OpenApiParameter("page_size", int, description="100, at most 500."),
        ],
    )  # fmt: skip
    def get(self, request: UserApiRequest) -> Response:
        said = request.query_params
        narrowing = NarrowingForm(said).narrowing(timezone.localdate())
        key, due, state = ForecastForm(said).asked()
        found = standing(request.user, narrowing)
        if found is None:
            return Response(
                {**_head(None), "count": 0, "due_soon": 0, "missed_soon": 0, "late": 0, "this_year": [],
                 "results": []}
            )  # fmt: skip
        places = found.worst_first(found.mask(key=key, due=due, state=state))
        size = min(max(1, _number(said.get("page_size"), _USUAL)), _MOST)
        first = (max(1, _number(said.get("page"), 1)) - 1) * size
        return Response({
            **_head(found.reckoning), "count": len(places), "due_soon": found.count(due=Due.SOON),
            "missed_soon": found.count(due=Due.SOON, state=State.MISS), "late": found.count(state=State.LATE),
            "this_year": _this_year(found),
            "results": KeyDateSerializer(found.rows(places[first : first + size]), many=True).data,
        })  # fmt: skip


class ProjectForecastView(APIView):
    """The forecast of one project."""

    @extend_schema(operation_id="forecasts_project", responses=ProjectForecastSerializer)
    def get(self, request: UserApiRequest, project: int) -> Response:
        visible = Project.objects.visible_to(request.user).select_related("town")
        shown = get_object_or_404(visible, pk=project)
        reckoning = latest()
        dates: list[KeyDate] = of_project(reckoning, shown) if reckoning else []
        return Response({**_head(reckoning), "results": KeyDateSerializer(dates, many=True).data})


def _head(reckoning: Reckoning | None) -> dict[str, Any]:
    if reckoning is None:
        return {"day": None, "made_at": None}
    return {"day": reckoning.day, "made_at": reckoning.made_at}


def _this_year(found: Standing) -> list[dict[str, Any]]:
    return [
        {
            "key": key.value, "due": found.count(key=key, due=Due.YEAR),
            "keep": found.count(key=key, due=Due.YEAR, state=State.KEEP),
        }
        for key in KEYS
    ]  # fmt: skip


def _number(text: str | None, usual: int) -> int:
    """Raises Http404 where it is no number."""
    if not text:
        return usual
    if not (text.isascii() and text.isdigit() and len(text) < 9):
        raise Http404
    return int(text)
