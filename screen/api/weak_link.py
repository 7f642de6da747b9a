"""The weak link over REST: the links ranked, and one node kind with its evidence; the figures of the pages."""

from typing import Any

from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.http import UserApiRequest
from domain.survival import Curve
from domain.weak_link import MINIMUM_ENDED, Cell, Order
from screen.narrowing import PERIOD, PLACES, Narrowing, NarrowingForm
from screen.reckoning.queries import latest
from screen.reckoning.spans import CLOCKS
from screen.weak_link.forms import LinksForm
from screen.weak_link.lines import Line, lines
from screen.weak_link.queries import Division, Part, kind_number, part_of, quarters, ranked
from screen.weak_link.words import kind_names

_NARROWED = [
    *(OpenApiParameter(name, str, description="As on the page and in the lists.") for name in PLACES),
    *(OpenApiParameter(name, str, description="A month, 2026-10: delay handed on in it.") for name in PERIOD),
]


class CurveSerializer(serializers.Serializer):
    """Working days, what is unfinished counted as censored. Null where not so large a share is seen to end; the mean is
    a lower bound where the longest has not ended (`mean_is_bound`). `low` and `high` hold the median with 95 %
    confidence."""

    begun = serializers.IntegerField()
    ended = serializers.IntegerField()
    open = serializers.IntegerField()
    median = serializers.IntegerField(allow_null=True)
    low = serializers.IntegerField(allow_null=True)
    high = serializers.IntegerField(allow_null=True)
    mean = serializers.FloatField(allow_null=True)
    mean_is_bound = serializers.BooleanField()
    within_80 = serializers.IntegerField(allow_null=True, help_text="80 of 100 are over within so many days.")


class LinkSerializer(serializers.Serializer):
    """One link. `place` is null where too few nodes have ended. Shares lie between 0 and 1. `counts` are nodes:
    begun, ended, open, beyond the limit, handing delay on, idle, waiting, held, reached, blocked, undated."""

    place = serializers.IntegerField(allow_null=True)
    link = serializers.CharField(help_text="chain/node, or the number of a unit, or a sector.")
    name = serializers.CharField()
    chain = serializers.CharField()
    clock = serializers.CharField(help_text="Whose clock most of its nodes are on.")
    handed_days = serializers.IntegerField(help_text="Working days of delay handed on in the period.")
    handed_per_node = serializers.FloatField(allow_null=True)
    allowed = serializers.FloatField(help_text="The median limit, or plan, in working days.")
    allowed_is_limit = serializers.BooleanField()
    beyond_share = serializers.FloatField(allow_null=True)
    idle_mean = serializers.FloatField(allow_null=True)
    idle_share = serializers.FloatField(allow_null=True)
    blocked_share = serializers.FloatField(allow_null=True)
    took = CurveSerializer()
    counts = serializers.DictField(child=serializers.IntegerField())
    categories = serializers.DictField(
        child=serializers.IntegerField(), help_text="Blocked nodes by the code of the category."
    )


class WeakLinksSerializer(serializers.Serializer):
    """`day` is the day that was reckoned, null before the worker has reckoned at all; then there are no links."""

    day = serializers.DateField(allow_null=True)
    made_at = serializers.DateTimeField(allow_null=True)
    first = serializers.DateField(allow_null=True)
    last = serializers.DateField(allow_null=True)
    by = serializers.ChoiceField([one.value for one in Division])
    sort = serializers.ChoiceField([one.value for one in Order])
    minimum = serializers.IntegerField(help_text="Ranked from so many ended nodes.")
    links = LinkSerializer(many=True)


class QuarterSerializer(serializers.Serializer):
    """The nodes that began in one quarter."""

    quarter = serializers.CharField()
    took = CurveSerializer()


class StepSerializer(serializers.Serializer):
    """After so many working days `share` is not over, with 95 % confidence between `low` and `high`."""

    days = serializers.IntegerField()
    share = serializers.FloatField()
    low = serializers.FloatField()
    high = serializers.FloatField()


class WeakLinkKindSerializer(WeakLinksSerializer):
    """`links` holds the node kind alone; `towns`, `units` and `sectors` the same of its nodes there."""

    curve = StepSerializer(many=True)
    quarters = QuarterSerializer(many=True)
    towns = LinkSerializer(many=True)
    units = LinkSerializer(many=True)
    sectors = LinkSerializer(many=True)


class WeakLinksView(APIView):
    """The links of the chains in sight, the weakest first, as the worker last reckoned them."""

    @extend_schema(
        operation_id="weak_links", responses=WeakLinksSerializer,
        parameters=[
            *_NARROWED,
            OpenApiParameter("by", str, enum=[one.value for one in Division]),
            OpenApiParameter("sort", str, enum=[one.value for one in Order]),
        ],
    )  # fmt: skip
    def get(self, request: UserApiRequest) -> Response:
        division, order = LinksForm(request.query_params).asked()
        narrowing = NarrowingForm(request.query_params).narrowing(timezone.localdate())
        reckoning = latest()
        part = part_of(request.user, narrowing, reckoning) if reckoning else None
        found = lines(part, narrowing, division, ranked(part, division, order)) if part else []
        return Response(_answer(part, found, division, order))


class WeakLinkKindView(APIView):
    """One node kind with its evidence."""

    @extend_schema(operation_id="weak_link_kind", responses=WeakLinkKindSerializer, parameters=_NARROWED)
    def get(self, request: UserApiRequest, chain: str, node: str) -> Response:
        kind = f"{chain}/{node}"
        narrowing = NarrowingForm(request.query_params).narrowing(timezone.localdate())
        part = part_of(request.user, narrowing)
        number = kind_number(part, kind) if part else None
        if number is None and kind_names([kind])[kind].is_gone:
            raise Http404
        order = ranked(part, Division.KIND) if part else []
        mine = [one for one in order if one.link.key == number]
        found = lines(part, narrowing, Division.KIND, mine) if part else []
        splits = {
            name: _split(part, narrowing, division, kind) if part else []
            for name, division in (
                ("towns", Division.TOWN),
                ("units", Division.UNIT),
                ("sectors", Division.SECTOR),
            )
        }
        curve = found[0].link.curve if found else Curve((), 0, 0, 0)
        return Response(
            _answer(part, found, Division.KIND, Order.HANDED)
            | splits
            | {
                "curve": [
                    {"days": step.days, "share": step.survival, "low": low, "high": high}
                    for step in curve.steps
                    for low, high in [curve.band(step.days)]
                ],
                "quarters": [
                    {"quarter": one.code, "took": _curve(one.curve)}
                    for one in (quarters(part, kind) if part else [])
                ],
            }
        )


def _split(part: Part, narrowing: Narrowing, division: Division, kind: str) -> list[dict[str, Any]]:
    found = lines(part, narrowing, division, ranked(part, division, kind=kind), kind=kind)
    return [_link(part, line) for line in found]


def _answer(part: Part | None, found: list[Line], division: Division, order: Order) -> dict[str, Any]:
    return {
        "day": part.day if part else None, "made_at": part.made_at if part else None,
        "first": part.period.first if part else None, "last": part.period.last_day if part else None,
        "by": division, "sort": order, "minimum": MINIMUM_ENDED,
        "links": [_link(part, line) for line in found] if part else [],
    }  # fmt: skip


def _link(part: Part, line: Line) -> dict[str, Any]:
    link = line.link
    return {
        "place": line.place, "link": line.code, "name": line.name.name, "chain": line.name.chain,
        "clock": "" if link.clock is None else CLOCKS[link.clock].value, "handed_days": link.handed,
        "handed_per_node": link.per_node, "allowed": link.allowed, "allowed_is_limit": link.is_limit,
        "beyond_share": link.beyond, "idle_mean": link.mean_idle, "idle_share": link.idle_share,
        "blocked_share": link.blocked_share, "took": _curve(link.curve),
        "counts": {cell.value: link.counts[cell] for cell in Cell},
        "categories": {str(part.spans.categories[one]): count for one, count in link.categories.items()},
    }  # fmt: skip


def _curve(curve: Curve) -> dict[str, Any]:
    low, high = curve.quantile_band(0.5)
    return {
        "begun": curve.observations, "ended": curve.ends, "open": curve.observations - curve.ends,
        "median": curve.median, "low": low, "high": high,
        "mean": curve.mean() if curve.observations else None,
        "mean_is_bound": not curve.steps or curve.steps[-1].survival > 0, "within_80": curve.quantile(0.8),
    }  # fmt: skip
