"""How nodes look over REST, and what is sent to change them."""

from typing import Any

from rest_framework import serializers

from accounts.models import Unit
from milestones.api.outlook_shapes import OutlookSerializer, PlaceSerializer
from milestones.models import Hold
from milestones.queries import NodeRow


class NeighbourSerializer(serializers.Serializer):
    id = serializers.IntegerField(source="pk")
    label = serializers.CharField()  # type: ignore[assignment]  # a field of ours named as one of DRF's
    unit = serializers.CharField()


class ObstacleSerializer(serializers.Serializer):
    """An open issue that blocks the node; `url` is its page."""

    number = serializers.CharField()
    title = serializers.CharField()
    category = serializers.CharField()
    unit = serializers.CharField(help_text="Who leads; empty while it is not assigned.")
    is_late = serializers.BooleanField()
    url = serializers.CharField()


class NodeSerializer(serializers.Serializer):
    """One node; dates are ISO, days late, left and on hold are working days."""

    id = serializers.IntegerField(source="pk")
    code = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    project = serializers.IntegerField(source="project_id")
    project_name = serializers.CharField(source="project")
    project_code = serializers.CharField()
    town = serializers.CharField()
    unit = serializers.CharField()
    liaison = serializers.CharField()
    status = serializers.CharField()
    light = serializers.CharField()
    is_key = serializers.BooleanField()
    is_unconfirmed = serializers.BooleanField()
    baseline_on = serializers.DateField(allow_null=True)
    due_on = serializers.DateField(allow_null=True)
    limit_on = serializers.DateField(allow_null=True)
    deadline_on = serializers.DateField(allow_null=True)
    is_provisional = serializers.BooleanField()
    started_on = serializers.DateField(allow_null=True)
    finished_on = serializers.DateField(allow_null=True)
    is_back_filled = serializers.BooleanField(help_text="Entered more than 5 working days after it happened.")
    held_on = serializers.DateField(allow_null=True, help_text="The first day of the hold that it is on.")
    days_held = serializers.IntegerField(help_text="Of the hold that it is on, so far.")
    ready_on = serializers.DateField(
        allow_null=True, help_text="Since when it could be started, where it waits for nothing any more."
    )
    is_idle = serializers.BooleanField(
        help_text="Could have been started for more than 5 working days and was not."
    )
    has_pending_change = serializers.BooleanField(help_text="Another date has been asked for.")
    asked_due_on = serializers.DateField(allow_null=True, help_text="The date that has been asked for.")
    lacks_proof = serializers.BooleanField(help_text="Done, but the proof that is asked for is not there.")
    late_since = serializers.DateField(allow_null=True)
    days_late = serializers.IntegerField()
    days_left = serializers.IntegerField(allow_null=True)
    is_knocked_on = serializers.BooleanField()
    blocked_by = NeighbourSerializer(many=True)
    causes = NeighbourSerializer(many=True)
    issues = ObstacleSerializer(many=True, help_text="Open issues that block it.")
    holds_up = serializers.IntegerField()
    holds_up_keys = serializers.ListField(child=serializers.CharField())
    knocked_on = serializers.IntegerField()
    etag = serializers.CharField()


class HoldSerializer(serializers.ModelSerializer):
    """`held_on` is the first day that does not count, `resumed_on` the first that counts again."""

    class Meta:
        model = Hold
        fields = ["id", "held_on", "resumed_on", "reason", "notice_no", "moved_days"]


class NodeDetailSerializer(PlaceSerializer, NodeSerializer):
    """One node with its holds and its place in the forward view of its project."""

    holds = HoldSerializer(many=True)


class ChangedNodeSerializer(NodeDetailSerializer):
    warnings = serializers.ListField(child=serializers.CharField(), help_text="Soft predecessors still open.")
    outlook = OutlookSerializer(
        allow_null=True, help_text="What is ahead of the project now; null without a chain."
    )


class DateSerializer(serializers.Serializer):
    on = serializers.DateField(required=False, help_text="The day it happened; today where absent.")
    note = serializers.CharField(required=False, allow_blank=True, default="", max_length=500)


class FinishingSerializer(DateSerializer):
    document_no = serializers.CharField(
        required=False, allow_blank=True, default="", max_length=120,
        help_text="Of the document that proves it; files are sent to the node's proofs.",
    )  # fmt: skip


class ReasonSerializer(serializers.Serializer):
    reason = serializers.CharField(max_length=500)


class NoteSerializer(serializers.Serializer):
    note = serializers.CharField(required=False, allow_blank=True, default="", max_length=500)


class HoldingSerializer(ReasonSerializer):
    on = serializers.DateField(
        required=False, help_text="The first day that does not count; today where absent."
    )
    until = serializers.DateField(
        required=False, allow_null=True, default=None,
        help_text="The first day that counted again, for a hold that is over.",
    )  # fmt: skip
    notice_no = serializers.CharField(required=False, allow_blank=True, default="", max_length=80)


class ResumingSerializer(NoteSerializer):
    on = serializers.DateField(
        required=False, help_text="The first day that counts again; today where absent."
    )
    hold = serializers.IntegerField(
        required=False, help_text="End this hold only; all open ones where absent."
    )


class AssigningSerializer(NoteSerializer):
    unit = serializers.PrimaryKeyRelatedField(queryset=Unit.objects.all())


_DIRECT = (
    "code", "label", "project_code", "town", "unit", "liaison", "is_key", "is_unconfirmed", "baseline_on",
    "due_on", "limit_on", "deadline_on", "is_provisional", "started_on", "finished_on", "is_back_filled",
    "held_on", "days_held", "ready_on", "is_idle", "asked_due_on", "lacks_proof", "late_since", "days_late",
    "days_left", "is_knocked_on", "holds_up", "knocked_on", "etag",
)  # fmt: skip


def api_node(row: NodeRow) -> dict[str, Any]:
    """A row as ``NodeSerializer`` describes it, without its cost of a field object for every cell."""
    return {
        "id": row.pk,
        "project": row.project_id,
        "project_name": row.project,
        "status": row.status.value,
        "light": row.light.value,
        "has_pending_change": row.asked_due_on is not None,
        "blocked_by": [{"id": near.pk, "label": near.label, "unit": near.unit} for near in row.blocked_by],
        "causes": [{"id": near.pk, "label": near.label, "unit": near.unit} for near in row.causes],
        "issues": [
            {
                "number": one.number, "title": one.title, "category": one.category, "unit": one.unit,
                "is_late": one.is_late, "url": one.url,
            }
            for one in row.obstacles
        ],
        "holds_up_keys": list(row.holds_up_keys),
        **{name: getattr(row, name) for name in _DIRECT},
    }  # fmt: skip
