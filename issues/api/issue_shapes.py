"""How issues look over REST."""

from collections.abc import Collection
from typing import Any

from django.urls import reverse
from rest_framework import serializers

from accounts.models import User
from domain.issues import IssueStep
from domain.lights import LightRule
from issues.models import ISSUE_LABELS, LEVEL_LABELS, Block, Category, Issue, IssueFile, IssueNote
from issues.permitted import CHANGE, permits
from issues.queries import IssueRow, ordered_rows
from milestones.models import STATUS_LABELS, Hold
from milestones.querysets import HoldQuerySet

STEPS = [*((step, step) for step in IssueStep), (CHANGE, CHANGE)]


class CategorySerializer(serializers.ModelSerializer):
    """`lead_unit` is who usually has to remove it, `is_active` whether new issues can be of it."""

    lead_unit_name = serializers.CharField(source="lead_unit.name", default="")

    class Meta:
        model = Category
        fields = ["code", "name", "name_en", "lead_unit", "lead_unit_name", "is_active"]


class BlockedNodeSerializer(serializers.Serializer):
    """`is_held`: its clock stands still, because of the issue or for another reason."""

    id = serializers.IntegerField()
    label = serializers.CharField()  # type: ignore[assignment]  # a field of ours named as one of DRF's
    is_held = serializers.BooleanField()


class IssueSerializer(serializers.Serializer):
    """One issue; dates are ISO, `age` is calendar days, `days_late` working days."""

    id = serializers.IntegerField()
    number = serializers.CharField()
    title = serializers.CharField()
    project = serializers.IntegerField()
    project_name = serializers.CharField()
    enterprise = serializers.CharField()
    town = serializers.CharField()
    category = serializers.CharField(help_text="The code of the category.")
    category_name = serializers.CharField()
    topic = serializers.IntegerField(allow_null=True)
    topic_name = serializers.CharField()
    source = serializers.ChoiceField(choices=Issue.Source.choices)  # type: ignore[assignment]
    status = serializers.ChoiceField(choices=list(ISSUE_LABELS.items()))
    level = serializers.ChoiceField(choices=list(LEVEL_LABELS.items()))
    raised_on = serializers.DateField()
    age = serializers.IntegerField(help_text="Days since it was raised, of a closed one until it was closed.")
    lead_unit = serializers.IntegerField(allow_null=True)
    lead_unit_name = serializers.CharField()
    supporting = serializers.ListField(child=serializers.CharField())
    due_on = serializers.DateField(allow_null=True)
    is_late = serializers.BooleanField()
    days_late = serializers.IntegerField()
    close_asked_on = serializers.DateField(allow_null=True)
    closed_on = serializers.DateField(allow_null=True)
    suspended_word = serializers.CharField(help_text="The leader who said that it can wait.")
    returned = serializers.IntegerField(help_text="How often it was sent back.")
    reopened = serializers.IntegerField(help_text="How often it was reopened.")
    rating = serializers.IntegerField(
        allow_null=True, help_text="1 to 5, the enterprise's word on the answer."
    )
    nodes = BlockedNodeSerializer(many=True, help_text="The nodes that it blocks.")
    etag = serializers.CharField()


class IssueHoldSerializer(serializers.ModelSerializer):
    """The hold that a node was put on because of the issue; it goes on as long as `resumed_on` is null."""

    class Meta:
        model = Hold
        fields = ["id", "held_on", "resumed_on", "moved_days"]


class BlockSerializer(serializers.Serializer):
    """A node that the issue blocks, and the hold that the issue put it on, if it did and the reader sees it."""

    node = serializers.IntegerField()
    label = serializers.CharField()  # type: ignore[assignment]
    status = serializers.ChoiceField(choices=list(STATUS_LABELS.items()))
    due_on = serializers.DateField(allow_null=True)
    hold = IssueHoldSerializer(allow_null=True)


class IssueFileSerializer(serializers.ModelSerializer):
    """`size` in bytes; `file` is the address of the file, empty where a proof is a number alone."""

    added_by = serializers.CharField()
    file = serializers.SerializerMethodField()

    class Meta:
        model = IssueFile
        fields = [
            "id", "issue", "note", "purpose", "document_no", "name", "content_type", "size", "added_by", "added_at",
            "file",
        ]  # fmt: skip

    def get_file(self, kept: IssueFile) -> str:
        return reverse("issue-file-file", args=[kept.pk]) if kept.file else ""


class IssueNoteSerializer(serializers.ModelSerializer):
    """A line of the record; with `topic_note` it was noted at the topic. Its files name it as their `note`."""

    by = serializers.CharField()

    class Meta:
        model = IssueNote
        fields = ["id", "text", "by", "at", "topic_note"]


class IssueDetailSerializer(IssueSerializer):
    """One issue with its record. `steps`: what the reader can do with it now."""

    description = serializers.CharField()
    raised_by = serializers.CharField()
    raised_for = serializers.CharField(help_text="Who told it, where that is no user.")
    leader = serializers.CharField(help_text="The leader in charge.")
    supporting_ids = serializers.ListField(child=serializers.IntegerField())
    assigned_on = serializers.DateField(allow_null=True)
    close_asked_by = serializers.CharField()
    verified_by = serializers.CharField()
    suspended_on = serializers.DateField(allow_null=True)
    review_on = serializers.DateField(allow_null=True, help_text="When a suspended one is looked at again.")
    rating_text = serializers.CharField()
    rated_on = serializers.DateField(allow_null=True)
    rated_by_enterprise = serializers.BooleanField(help_text="By the enterprise itself, through its link.")
    blocks = BlockSerializer(many=True)
    notes = IssueNoteSerializer(many=True)
    files = IssueFileSerializer(many=True)
    steps = serializers.ListField(child=serializers.ChoiceField(choices=STEPS))


_DIRECT = (
    "number", "title", "enterprise", "town", "source", "raised_on", "age", "due_on", "is_late", "days_late",
    "close_asked_on", "closed_on", "suspended_word", "returned", "reopened", "rating", "etag",
)  # fmt: skip
_FACTS = (
    "description", "raised_for", "leader", "assigned_on", "suspended_on", "review_on", "rating_text", "rated_on",
    "rated_by_enterprise",
)  # fmt: skip


def api_issue(row: IssueRow) -> dict[str, Any]:
    """A row as ``IssueSerializer`` describes it, without its cost of a field object for every cell."""
    return {
        "id": row.pk,
        "project": row.project_id,
        "project_name": row.project,
        "category": row.category_code,
        "category_name": row.category,
        "topic": row.topic_id,
        "topic_name": row.topic,
        "status": row.status.value,
        "level": row.level.value,
        "lead_unit": row.unit_id,
        "lead_unit_name": row.unit,
        "supporting": list(row.supporting),
        "nodes": [{"id": node.pk, "label": node.label, "is_held": node.is_held} for node in row.nodes],
        **{name: getattr(row, name) for name in _DIRECT},
    }


def api_issue_detail(
    issue: Issue, user: User, rule: LightRule, *, files: Collection[IssueFile], holds: HoldQuerySet
) -> dict[str, Any]:
    """An issue as ``IssueDetailSerializer`` describes it; `files` and `holds` are those that the reader may see."""
    (row,) = ordered_rows([issue], rule)
    notes = IssueNote.objects.filter(issue=issue).select_related("by")
    return {
        **api_issue(row),
        **{name: getattr(issue, name) for name in _FACTS},
        "raised_by": str(issue.raised_by),
        "close_asked_by": str(issue.close_asked_by or ""),
        "verified_by": str(issue.verified_by or ""),
        "supporting_ids": list(issue.supporting.values_list("pk", flat=True)),
        "blocks": _blocks(issue, holds),
        "notes": IssueNoteSerializer(notes, many=True).data,
        "files": IssueFileSerializer(files, many=True).data,
        "steps": sorted(step for step, permit in permits(issue, user).items() if permit.is_open),
    }


def _blocks(issue: Issue, holds: HoldQuerySet) -> list[dict[str, Any]]:
    blocks = Block.objects.filter(issue=issue).select_related("node__template_node")
    seen = {hold.pk: IssueHoldSerializer(hold).data for hold in holds.filter(block__issue=issue)}
    return [
        {
            "node": block.node_id, "label": block.node.template_node.label, "status": block.node.status,
            "due_on": block.node.due_on, "hold": block.hold_id and seen.get(block.hold_id),
        }
        for block in blocks.order_by("node__template_node__position", "pk")
    ]  # fmt: skip
