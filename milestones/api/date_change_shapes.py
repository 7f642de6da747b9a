"""How requests for other due dates look over REST, and what is sent to make and to answer them."""

from collections.abc import Collection
from datetime import date
from typing import Any

from rest_framework import serializers

from accounts.models import User
from domain.date_changes import Decision, RequestStatus, decisions_on, is_locked
from domain.lights import LightRule
from milestones.models import DateChange, Node
from milestones.querysets import NodeQuerySet
from milestones.replanning import shifted_schedule


class AskingSerializer(serializers.Serializer):
    due_on = serializers.DateField()
    reason = serializers.ChoiceField(choices=DateChange.Reason.choices)
    text = serializers.CharField(required=False, allow_blank=True, default="", max_length=2000)
    following = serializers.BooleanField(
        required=False, default=False, help_text="Move the open nodes behind it by as many working days."
    )


class AnswerSerializer(serializers.Serializer):
    answer = serializers.CharField(max_length=500)


class ConsentSerializer(serializers.Serializer):
    answer = serializers.CharField(required=False, allow_blank=True, default="", max_length=500)


class MovedDateSerializer(serializers.Serializer):
    node = serializers.IntegerField()
    label = serializers.CharField()  # type: ignore[assignment]  # a field of ours named as one of DRF's
    due_before = serializers.DateField(allow_null=True)
    due_after = serializers.DateField()


class DateChangeSerializer(serializers.Serializer):
    """A request for another due date. `decisions`: what the reader can say of it now."""

    id = serializers.IntegerField()
    project = serializers.IntegerField()
    project_name = serializers.CharField()
    node = serializers.IntegerField()
    node_label = serializers.CharField()
    reason = serializers.ChoiceField(choices=DateChange.Reason.choices)
    text = serializers.CharField()
    following = serializers.BooleanField()
    status = serializers.ChoiceField(choices=[(status, status) for status in RequestStatus])
    asked_by = serializers.CharField()
    asked_at = serializers.DateTimeField()
    decided_by = serializers.CharField()
    decided_at = serializers.DateTimeField(allow_null=True)
    answer = serializers.CharField()
    items = MovedDateSerializer(many=True)
    decisions = serializers.ListField(
        child=serializers.ChoiceField(choices=[(decision, decision) for decision in Decision])
    )


class PreviewQuerySerializer(serializers.Serializer):
    due_on = serializers.DateField()
    following = serializers.BooleanField(required=False, default=False)


class ShiftSerializer(serializers.Serializer):
    """`needs`: the date before which it can hardly be done when the new dates hold, where that is too late."""

    node = serializers.IntegerField()
    label = serializers.CharField()  # type: ignore[assignment]
    due_before = serializers.DateField(allow_null=True)
    due_after = serializers.DateField(allow_null=True)
    needs = serializers.DateField(allow_null=True)


class PreviewSerializer(serializers.Serializer):
    is_locked = serializers.BooleanField(
        help_text="Its due date is at most 5 working days away: only a manager may ask."
    )
    items = ShiftSerializer(many=True, help_text="The node itself, then the open nodes behind it.")


def api_date_changes(changes: Collection[DateChange], user: User) -> list[dict[str, Any]]:
    """Requests (with ``for_list()``) as ``DateChangeSerializer`` describes them, with one query more."""
    asked = DateChange.objects.visible_to(user).filter(pk__in=[change.pk for change in changes])
    decidable = set(asked.decidable_by(user).values_list("pk", flat=True))
    return [_date_change(change, user, is_decidable=change.pk in decidable) for change in changes]


def _date_change(change: DateChange, user: User, *, is_decidable: bool) -> dict[str, Any]:
    node = change.node
    mine = dict.fromkeys(Decision, is_decidable)
    mine[Decision.WITHDRAW] = change.asked_by_id == user.pk
    return {
        "id": change.pk,
        "project": node.project_id,
        "project_name": node.project.name,
        "node": node.pk,
        "node_label": node.template_node.label,
        "reason": change.reason,
        "text": change.text,
        "following": change.following,
        "status": change.status,
        "asked_by": str(change.asked_by),
        "asked_at": change.asked_at,
        "decided_by": str(change.decided_by or ""),
        "decided_at": change.decided_at,
        "answer": change.answer,
        "items": [
            {
                "node": item.node_id, "label": item.node.template_node.label,
                "due_before": item.due_before, "due_after": item.due_after,
            }
            for item in change.items.all()
        ],
        "decisions": sorted(one for one in decisions_on(RequestStatus(change.status)) if mine[one]),
    }  # fmt: skip


def api_preview(
    node: Node, nodes: NodeQuerySet, rule: LightRule, *, due_on: date, following: bool
) -> dict[str, Any]:
    """The shifted schedule as ``PreviewSerializer`` describes it; `nodes` are those the reader may see."""
    shifts = shifted_schedule(node, due_on, following=following)
    steps = nodes.filter(pk__in=[shift.key for shift in shifts]).select_related("template_node")
    labels = {one.pk: one.template_node.label for one in steps}
    return {
        "is_locked": is_locked(node.due_on, rule.today, rule.calendar),
        "items": [
            {
                "node": shift.key, "label": labels[shift.key],
                "due_before": shift.before, "due_after": shift.after, "needs": shift.needs,
            }
            for shift in shifts
        ],
    }  # fmt: skip
