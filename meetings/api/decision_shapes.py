"""How decisions look over REST, and what is sent to take, change and settle them."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from accounts.models import Unit
from domain.lights import LightRule
from domain.meetings import DecisionStatus, is_decision_late
from issues.api.issue_bodies import HIGHEST_KEY, LONGEST_TEXT, LONGEST_WORD
from meetings.models import DECISION_LABELS, Decision


class LinkedProjectSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    name = serializers.CharField()


class LinkedNodeSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    project = serializers.IntegerField()
    label = serializers.CharField()  # type: ignore[assignment]  # a field of ours named as one of DRF's


class LinkedIssueSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    number = serializers.CharField()
    title = serializers.CharField()


class DecisionSerializer(serializers.Serializer):
    """One decision (议定事项) with what it is about, as far as the reader sees that; `days_late` in working days.

    ``done`` is the word of the lead unit, ``verified`` that of somebody else.
    """

    id = serializers.IntegerField()
    number = serializers.CharField(help_text="Year, week and serial: 2026-48-03.")
    meeting = serializers.IntegerField()
    item = serializers.IntegerField(allow_null=True, help_text="The agenda item under which it was taken.")
    text = serializers.CharField()
    lead_unit = serializers.IntegerField(allow_null=True)
    lead_unit_name = serializers.CharField()
    due_on = serializers.DateField(allow_null=True)
    is_late = serializers.BooleanField()
    days_late = serializers.IntegerField()
    status = serializers.ChoiceField(choices=list(DECISION_LABELS.items()))
    projects = LinkedProjectSerializer(many=True)
    nodes = LinkedNodeSerializer(many=True)
    issues = LinkedIssueSerializer(many=True)
    taken_by = serializers.CharField()
    taken_on = serializers.DateField()
    done_by = serializers.CharField()
    done_on = serializers.DateField(allow_null=True)
    outcome = serializers.CharField()
    verified_by = serializers.CharField()
    verified_on = serializers.DateField(allow_null=True)
    returned = serializers.IntegerField(help_text="How often it was sent back.")
    withdrawn_reason = serializers.CharField()
    etag = serializers.CharField()


def _keys(what: str, **more: Any) -> serializers.ListField:
    key = serializers.IntegerField(min_value=1, max_value=HIGHEST_KEY)
    return serializers.ListField(child=key, max_length=200, help_text=what, **more)


class ChangingDecisionSerializer(serializers.Serializer):
    """What can be reworded; everything else changes by a step, so it is refused here."""

    text = serializers.CharField(max_length=LONGEST_TEXT)
    lead_unit = serializers.PrimaryKeyRelatedField(
        queryset=Unit.objects.all(), required=False, allow_null=True, default=None
    )
    due_on = serializers.DateField(required=False, allow_null=True, default=None)
    projects = _keys("Projects that it is about.", required=False, default=list)
    nodes = _keys("Nodes that it is about; their projects come with them.", required=False, default=list)
    issues = _keys("Issues that it is about; their projects come with them.", required=False, default=list)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        sent = getattr(self, "initial_data", {})
        if others := sorted(set(sent) - set(self.fields)):
            raise serializers.ValidationError(
                _("Not changed here: %(names)s.") % {"names": ", ".join(others)[:200]}
            )
        return attrs


class TakingDecisionSerializer(ChangingDecisionSerializer):
    """With an `item` of its agenda it is about what that is about."""

    meeting = serializers.IntegerField(min_value=1, max_value=HIGHEST_KEY)
    item = serializers.IntegerField(
        min_value=1, max_value=HIGHEST_KEY, required=False, allow_null=True, default=None
    )


class ReportingDoneSerializer(serializers.Serializer):
    outcome = serializers.CharField(max_length=LONGEST_TEXT, help_text="What came of it.")


class VerifyingDecisionSerializer(serializers.Serializer):
    note = serializers.CharField(required=False, allow_blank=True, default="", max_length=LONGEST_WORD)


class GivingReasonSerializer(serializers.Serializer):
    reason = serializers.CharField(max_length=LONGEST_WORD)


class ReopeningDecisionSerializer(GivingReasonSerializer):
    due_on = serializers.DateField(
        required=False, allow_null=True, default=None, help_text="Stays as it is where absent."
    )


def api_decision(decision: Decision, rule: LightRule) -> dict[str, Any]:
    """`decision` with its links prefetched, as far as the reader sees them."""
    status = DecisionStatus(decision.status)
    late = decision.due_on if is_decision_late(status, decision.due_on, rule.today) else None
    return {
        "id": decision.pk, "number": decision.number, "meeting": decision.meeting_id, "item": decision.item_id,
        "text": decision.text, "lead_unit": decision.lead_unit_id,
        "lead_unit_name": decision.lead_unit.name if decision.lead_unit else "", "due_on": decision.due_on,
        "is_late": late is not None, "days_late": rule.days_late(late) if late else 0, "status": status,
        **_links(decision),
        "taken_by": str(decision.taken_by), "taken_on": decision.taken_on,
        "done_by": str(decision.done_by or ""), "done_on": decision.done_on, "outcome": decision.outcome,
        "verified_by": str(decision.verified_by or ""), "verified_on": decision.verified_on,
        "returned": decision.returned, "withdrawn_reason": decision.withdrawn_reason, "etag": decision.etag,
    }  # fmt: skip


def _links(decision: Decision) -> dict[str, Any]:
    return {
        "projects": [{"id": each.pk, "name": each.name} for each in decision.projects.all()],
        "nodes": [
            {"id": each.pk, "project": each.project_id, "label": each.template_node.label}
            for each in decision.nodes.all()
        ],
        "issues": [
            {"id": each.pk, "number": each.number, "title": each.title} for each in decision.issues.all()
        ],
    }
