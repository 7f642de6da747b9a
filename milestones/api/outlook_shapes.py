"""How the forward view and the elapsed time of a project look over REST. Days are working days."""

from typing import Any, NamedTuple

from rest_framework import serializers

from domain.chains import ClockOwner
from domain.lights import LightRule
from domain.outlook import Outlook, drift
from milestones.chain_states import ChainState, NodeState, chain_state


class ForecastSerializer(serializers.Serializer):
    id = serializers.IntegerField(source="pk")
    label = serializers.CharField()  # type: ignore[assignment]  # a field of ours named as one of DRF's
    expected_on = serializers.DateField(help_text="When it will be done; the day it was, where it is.")
    baseline_on = serializers.DateField(allow_null=True)
    drift = serializers.IntegerField(allow_null=True, help_text="After the baseline; before where negative.")
    is_done = serializers.BooleanField()
    is_open_ended = serializers.BooleanField(help_text="Nobody knows: it or something before it is on hold.")


class OutlookSerializer(serializers.Serializer):
    """What is ahead of a project, from what has really happened so far."""

    finishes_on = serializers.DateField(allow_null=True, help_text="Null where everything is closed.")
    is_open_ended = serializers.BooleanField()
    milestones = serializers.DictField(
        child=ForecastSerializer(),
        help_text="By code: pile, accept and prod, or the key nodes of a chain that has none of them.",
    )


class PlaceSerializer(serializers.Serializer):
    """The place of a node in the forward view; days are working days."""

    expected_start_on = serializers.DateField(allow_null=True)
    expected_on = serializers.DateField(
        allow_null=True, help_text="When it will be done; the day it was, where it is."
    )
    is_open_ended = serializers.BooleanField(help_text="Nobody knows: it or something before it is on hold.")
    slack = serializers.IntegerField(
        allow_null=True, help_text="How much later it can be done before the project ends later."
    )
    is_critical = serializers.BooleanField()
    drift = serializers.IntegerField(allow_null=True, help_text="After the baseline; before where negative.")


class NodeOutlookSerializer(PlaceSerializer):
    id = serializers.IntegerField()
    code = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    status = serializers.CharField()
    baseline_on = serializers.DateField(allow_null=True)


class WholeOutlookSerializer(OutlookSerializer):
    critical_path = serializers.ListField(
        child=serializers.IntegerField(), help_text="The nodes that decide the end, in order."
    )
    nodes = NodeOutlookSerializer(many=True)


class SplitSerializer(serializers.Serializer):
    """Whose the working days of a project were; each is counted once. `promised`: all but the enterprise's."""

    total = serializers.IntegerField()
    government = serializers.IntegerField()
    agency = serializers.IntegerField()
    utility = serializers.IntegerField()
    enterprise = serializers.IntegerField()
    held = serializers.IntegerField()
    idle = serializers.IntegerField()
    promised = serializers.IntegerField()


class PromiseSerializer(serializers.Serializer):
    """How much of what is promised of the whole is used up, such as “most 90 days”."""

    days = serializers.IntegerField()
    counted = serializers.IntegerField()
    first_on = serializers.DateField()
    is_over = serializers.BooleanField()
    is_unconfirmed = serializers.BooleanField()
    source = serializers.CharField()  # type: ignore[assignment]


class NodeTimeSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    code = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    clock = serializers.ChoiceField(choices=[(owner, owner) for owner in ClockOwner])
    worked = serializers.IntegerField()
    held = serializers.IntegerField()


class ClocksSerializer(serializers.Serializer):
    split = SplitSerializer()
    promise = PromiseSerializer(allow_null=True)
    nodes = NodeTimeSerializer(many=True, help_text="Those that were started, in chain order.")


class Ahead(NamedTuple):
    """A chain with its forward view, computed once for all that an answer says of it."""

    state: ChainState
    outlook: Outlook[int]
    rule: LightRule

    @classmethod
    def of(cls, project_id: int, rule: LightRule) -> "Ahead | None":
        """None where the project has no chain."""
        state = chain_state(project_id)
        return cls(state, state.outlook(rule), rule) if state else None


def api_outlook(ahead: Ahead) -> dict[str, Any]:
    """The forward view as ``OutlookSerializer`` describes it."""
    forecasts = ahead.state.forecasts(ahead.rule, ahead.outlook)
    return {
        "finishes_on": ahead.outlook.finishes_on,
        "is_open_ended": any(expected.is_open_ended for expected in ahead.outlook.expected.values()),
        "milestones": {one.code: ForecastSerializer(one).data for one in forecasts},
    }


def whole_outlook(ahead: Ahead) -> dict[str, Any]:
    """The forward view with every node, as ``WholeOutlookSerializer`` describes it."""
    steps = ahead.state.steps
    nodes = [
        {
            "id": node.pk, "code": steps[step].code, "label": steps[step].label,
            "status": node.status.value, "baseline_on": node.baseline_on, **_place(node, ahead),
        }
        for step, node in ahead.state.nodes.items()
    ]  # fmt: skip
    return {**api_outlook(ahead), "critical_path": list(ahead.outlook.critical_path), "nodes": nodes}


def place_in(ahead: Ahead | None, pk: int) -> dict[str, Any]:
    """A node as ``PlaceSerializer`` describes it; nowhere, if it is not part of the chain, or no longer."""
    nodes = ahead.state.nodes.values() if ahead else ()
    node = next((one for one in nodes if one.pk == pk), None)
    if ahead is None or node is None:
        return {**dict.fromkeys(PlaceSerializer().fields), "is_open_ended": False, "is_critical": False}
    return _place(node, ahead)


def _place(node: NodeState, ahead: Ahead) -> dict[str, Any]:
    expected = ahead.outlook.expected.get(node.pk)
    day = expected.finishes_on if expected else node.finished_on
    calendar = ahead.rule.calendar
    return {
        "expected_start_on": expected.starts_on if expected else node.started_on,
        "expected_on": day,
        "is_open_ended": expected is not None and expected.is_open_ended,
        "slack": expected.slack if expected else None,
        "is_critical": expected is not None and expected.is_critical,
        "drift": drift(calendar, node.baseline_on, day) if day and node.baseline_on else None,
    }


def api_clocks(ahead: Ahead) -> dict[str, Any]:
    """The elapsed time as ``ClocksSerializer`` describes it."""
    state, rule = ahead.state, ahead.rule
    whole, promise, times = state.split(rule), state.promise(rule), state.times(rule)
    split = {"total": whole.total, "held": whole.held, "idle": whole.idle, "promised": whole.promised}
    return {
        "split": {**split, **{owner.value: days for owner, days in whole.by_owner.items()}},
        "promise": promise and PromiseSerializer(promise).data,
        "nodes": [
            {
                "id": node.pk, "code": state.steps[step].code, "label": state.steps[step].label,
                "clock": state.steps[step].clock,
                "worked": times[node.pk].worked, "held": times[node.pk].held,
            }
            for step, node in state.nodes.items()
            if node.pk in times
        ],
    }  # fmt: skip
