"""The boards of the race over REST, and the rows behind each number: those of the pages."""

from collections.abc import Iterable
from typing import Any

from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.generics import get_object_or_404
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.http import UserApiRequest
from accounts.models import Unit
from domain.lights import LightRule
from domain.race import MEASURES, Board, Line, Measure
from milestones.calendar_table import load_calendar
from screen.models import RaceBoard
from screen.race.evidence import Asked, Evidence, EvidenceRow, evidence
from screen.race.periods import PRESETS, PeriodForm
from screen.race.queries import KIND_OF, Race, frozen_race, race_now

_PERIOD = [
    OpenApiParameter("period", str, enum=list(PRESETS), description="Up to today; this quarter if not said."),
    OpenApiParameter("from", str, description="The first day, 2026-10-01."),
    OpenApiParameter("to", str, description="The last day, 2026-11-27."),
]
_MEETING = OpenApiParameter(
    "meeting", str, description="The number of a weekly meeting, 2026-48: the board that it froze."
)


def _points() -> serializers.DecimalField:
    return serializers.DecimalField(max_digits=8, decimal_places=2, allow_null=True)


class RacePartSerializer(serializers.Serializer):
    """One measure: points = `raised` × `value`, rounded to hundredths. Null where there was nothing to judge; then the
    weights of the others are raised in proportion to 100."""

    measure = serializers.CharField()
    weight = serializers.IntegerField()
    numerator = serializers.DecimalField(max_digits=20, decimal_places=2)
    denominator = serializers.DecimalField(max_digits=20, decimal_places=2)
    rows = serializers.IntegerField(help_text="How many rows were counted.")
    raised = _points()
    value = serializers.DecimalField(max_digits=6, decimal_places=4, allow_null=True)
    points = _points()


class RaceLineSerializer(serializers.Serializer):
    """One unit. `rank` is null where it has too few scored nodes, `rise` where it had no place last time."""

    unit = serializers.IntegerField()
    name = serializers.CharField()
    rank = serializers.IntegerField(allow_null=True)
    rise = serializers.IntegerField(allow_null=True)
    score = serializers.DecimalField(max_digits=8, decimal_places=2)
    adjusted = serializers.DecimalField(max_digits=8, decimal_places=2, help_text="Added or deducted.")
    adjustments = serializers.DecimalField(max_digits=8, decimal_places=2, help_text="Before the cap.")
    red_slips = serializers.IntegerField()
    knocked_on = serializers.IntegerField(help_text="Nodes that others held up; not counted.")
    marks = serializers.DictField(child=serializers.IntegerField(), help_text="Shown and not deducted.")
    parts = RacePartSerializer(many=True)


class RaceSerializer(serializers.Serializer):
    """`meeting`: the one that froze the boards, blank of those of now; `before`: the one they are compared with."""

    first = serializers.DateField()
    last = serializers.DateField()
    meeting = serializers.CharField()
    before = serializers.CharField()
    rules = serializers.IntegerField(help_text="The version of the weights.")
    minimum = serializers.IntegerField(help_text="Ranked from so many scored nodes.")
    towns = RaceLineSerializer(many=True)
    departments = RaceLineSerializer(many=True)


class EvidenceRowSerializer(serializers.Serializer):
    """`above` and `below`: what it adds to the numerator and to the denominator."""

    project = serializers.IntegerField()
    name = serializers.CharField()
    what = serializers.CharField()
    url = serializers.CharField()
    days = serializers.ListField(child=serializers.DateField(allow_null=True))
    above = serializers.DecimalField(max_digits=20, decimal_places=2)
    below = serializers.DecimalField(max_digits=20, decimal_places=2)


class EvidenceSerializer(serializers.Serializer):
    """The rows in sight; `apart` are nodes that others held up, which are not counted."""

    rows = EvidenceRowSerializer(many=True)
    apart = EvidenceRowSerializer(many=True)


class RaceView(APIView):
    """Both boards, as they stand or as a meeting froze them; published to everybody who has an account."""

    @extend_schema(operation_id="race", parameters=[*_PERIOD, _MEETING], responses=RaceSerializer)
    def get(self, request: UserApiRequest) -> Response:
        meeting = request.query_params.get("meeting", "")
        if meeting:
            frozen = get_object_or_404(RaceBoard.objects.select_related("rules"), meeting=meeting[:20])
            return Response(_race(frozen_race(frozen)))
        period = PeriodForm(request.query_params).asked(timezone.localdate())
        return Response(_race(race_now(period, _rule(), timezone.now())))


class RaceRowsView(APIView):
    """The rows of one measure of one unit, as far as the reader may see their projects."""

    @extend_schema(
        operation_id="race_rows", responses=EvidenceSerializer,
        parameters=[
            *_PERIOD,
            OpenApiParameter("board", str, OpenApiParameter.PATH, enum=[one.value for one in Board]),
            OpenApiParameter("measure", str, OpenApiParameter.PATH, enum=[one.value for one in Measure]),
        ],
    )  # fmt: skip
    def get(self, request: UserApiRequest, board: str, unit: int, measure: str) -> Response:
        try:
            one, what = Board(board), Measure(measure)
        except ValueError as error:
            raise Http404 from error
        of_unit = get_object_or_404(Unit, pk=unit, kind=KIND_OF[one])
        if what not in MEASURES[one]:
            raise Http404
        period = PeriodForm(request.query_params).asked(timezone.localdate())
        return Response(_evidence(evidence(what, Asked(one, of_unit, period, _rule(), request.user))))


def _rule() -> LightRule:
    return LightRule.on(timezone.localdate(), load_calendar())


def _race(race: Race) -> dict[str, Any]:
    return {
        "first": race.period.first, "last": race.period.last, "meeting": race.meeting, "before": race.before,
        "rules": race.rules.version, "minimum": race.rules.minimum,
        **{board.value: [_line(line) for line in race.boards[board]] for board in Board},
    }  # fmt: skip


def _line(line: Line) -> dict[str, Any]:
    found = line.found
    return {
        "unit": found.unit, "name": found.name, "rank": line.rank, "rise": line.rise,
        "score": f"{line.score:.2f}", "adjusted": f"{line.adjusted:.2f}", "adjustments": f"{found.adjustments:.2f}",
        "red_slips": found.red_slips, "knocked_on": found.knocked_on,
        "marks": {mark.value: count for mark, count in found.marks.items()},
        "parts": [
            {
                "measure": part.measure.value, "weight": part.weight,
                "numerator": f"{part.counted.numerator:.2f}", "denominator": f"{part.counted.denominator:.2f}",
                "rows": part.counted.rows,
                "raised": None if part.raised is None else f"{part.raised:.2f}",
                "value": None if part.value is None else f"{part.value:.4f}",
                "points": None if part.points is None else f"{part.points:.2f}",
            }
            for part in line.parts
        ],
    }  # fmt: skip


def _evidence(found: Evidence) -> dict[str, Any]:
    return {"rows": _rows(found.rows), "apart": _rows(found.apart)}


def _rows(rows: Iterable[EvidenceRow]) -> list[dict[str, Any]]:
    return [
        {
            "project": row.project_id, "name": row.project, "what": row.what, "url": row.url, "days": row.days,
            "above": f"{row.above:.2f}", "below": f"{row.below:.2f}",
        }
        for row in rows
    ]  # fmt: skip
