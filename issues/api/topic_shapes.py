"""How topics look over REST, and what is sent to open, change and act on them."""

from typing import Any

from rest_framework import serializers

from accounts.models import Unit
from domain.lights import Light
from issues.api.issue_bodies import HIGHEST_KEY, LONGEST_TEXT
from issues.api.issue_shapes import IssueSerializer, api_issue
from issues.models import LEVEL_LABELS, Category
from issues.topic_queries import STAGES, TopicIssue, TopicPage, TopicProject, TopicRow
from issues.topic_record import TopicChange
from issues.topic_sentence import topic_sentence


class TopicSerializer(serializers.Serializer):
    """One topic with what the reader sees of it; `days_late` in working days, `oldest` in calendar days.

    `stages`: its projects by how far they are, each by its issue that is least far; ``working`` is every state in which
    the lead unit has it. `light`: the worst of the projects that still wait.
    """

    id = serializers.IntegerField()
    name = serializers.CharField()
    description = serializers.CharField()
    category = serializers.CharField(allow_null=True, help_text="The code of the category.")
    lead_unit = serializers.IntegerField(allow_null=True)
    lead_unit_name = serializers.CharField()
    due_on = serializers.DateField(allow_null=True)
    is_late = serializers.BooleanField()
    days_late = serializers.IntegerField()
    opened_on = serializers.DateField()
    closed_on = serializers.DateField(allow_null=True)
    light = serializers.ChoiceField(choices=[(light.value, light.value) for light in Light], allow_null=True)
    projects = serializers.IntegerField()
    waiting = serializers.IntegerField(help_text="Projects that still wait for it.")
    stages = serializers.DictField(child=serializers.IntegerField())
    open = serializers.IntegerField(help_text="Open issues.")
    closed = serializers.IntegerField(help_text="Closed issues.")
    late = serializers.IntegerField(help_text="Overdue issues.")
    to_assign = serializers.IntegerField()
    oldest = serializers.IntegerField()
    sentence = serializers.CharField()
    etag = serializers.CharField()


class TopicNodeSerializer(serializers.Serializer):
    """`days_held`: the working days of its hold; null where its clock runs."""

    id = serializers.IntegerField()
    label = serializers.CharField()  # type: ignore[assignment]  # a field of ours named as one of DRF's
    days_held = serializers.IntegerField(allow_null=True)


class TopicIssueSerializer(IssueSerializer):
    nodes = TopicNodeSerializer(many=True)  # type: ignore[assignment]


class TopicProjectSerializer(serializers.Serializer):
    """A project of the topic with its light, its issues there, the one that is least far first."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    town = serializers.CharField()
    light = serializers.ChoiceField(choices=[(light.value, light.value) for light in Light])
    days_late = serializers.IntegerField()
    issues = TopicIssueSerializer(many=True)


class TopicNoteSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    text = serializers.CharField()
    by = serializers.CharField()
    at = serializers.DateTimeField()


class TopicFieldSerializer(serializers.Serializer):
    """A field as it was and became: names, days, or lists of names; of issues those in sight, by number."""

    name = serializers.CharField()
    before = serializers.JSONField(allow_null=True)
    after = serializers.JSONField(allow_null=True)


class TopicChangeSerializer(serializers.Serializer):
    """What was done with the topic itself; its notes stand apart."""

    id = serializers.IntegerField()
    verb = serializers.CharField()
    by = serializers.CharField()
    at = serializers.DateTimeField()
    note = serializers.CharField()
    changed = TopicFieldSerializer(many=True)


class TopicDetailSerializer(TopicSerializer):
    """One topic with its projects, those that still wait first: 100 a page, `pages` of them (``?page=``)."""

    blocked = serializers.IntegerField(help_text="Nodes that its open issues block.")
    held = serializers.IntegerField(help_text="Those of them whose clocks stand still.")
    page = serializers.IntegerField()
    pages = serializers.IntegerField()
    rows = TopicProjectSerializer(many=True)
    notes = TopicNoteSerializer(many=True)
    record = TopicChangeSerializer(many=True, help_text="The latest first.")


class LeftSerializer(serializers.Serializer):
    status = serializers.CharField()
    issues = serializers.IntegerField()


class AssignedTopicSerializer(TopicDetailSerializer):
    """What assigning reached: so many issues; those `left` as they are, by their state; so many put nodes on hold.

    All three are null where the request had been carried out before.
    """

    assigned = serializers.IntegerField(allow_null=True)
    left = LeftSerializer(many=True, allow_null=True)
    put_on_hold = serializers.IntegerField(allow_null=True)


class OpeningTopicSerializer(serializers.Serializer):
    name = serializers.CharField(max_length=120)
    description = serializers.CharField(required=False, allow_blank=True, default="", max_length=LONGEST_TEXT)
    category = serializers.SlugRelatedField(
        slug_field="code", queryset=Category.objects.filter(is_active=True), required=False, allow_null=True,
        default=None,
    )  # fmt: skip
    lead_unit = serializers.PrimaryKeyRelatedField(
        queryset=Unit.objects.all(), required=False, allow_null=True, default=None
    )
    due_on = serializers.DateField(required=False, allow_null=True, default=None)


def _issues(**more: Any) -> serializers.ListField:
    return serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=HIGHEST_KEY), max_length=500,
        help_text="Open issues that belong to no other topic.", **more,
    )  # fmt: skip


class OpeningWithIssuesSerializer(OpeningTopicSerializer):
    issues = _issues(required=False, default=list)


class PickedIssuesSerializer(serializers.Serializer):
    issues = _issues()


class AssigningTopicSerializer(serializers.Serializer):
    """`supporting` support beside those that support an issue already. `hold`: the blocked nodes that run are put on
    hold."""

    lead_unit = serializers.PrimaryKeyRelatedField(queryset=Unit.objects.all())
    due_on = serializers.DateField()
    supporting = serializers.PrimaryKeyRelatedField(
        queryset=Unit.objects.all(), many=True, required=False, default=list
    )
    level = serializers.ChoiceField(
        choices=list(LEVEL_LABELS.items()), required=False, help_text="Of each issue as it is where absent."
    )
    note = serializers.CharField(required=False, allow_blank=True, default="", max_length=LONGEST_TEXT)
    hold = serializers.BooleanField(required=False, default=False)


class NotingTopicSerializer(serializers.Serializer):
    text = serializers.CharField(max_length=LONGEST_TEXT)


class ReopeningTopicSerializer(serializers.Serializer):
    reason = serializers.CharField(max_length=500)


def api_topic(row: TopicRow) -> dict[str, Any]:
    """A row as ``TopicSerializer`` describes it."""
    topic, counts = row.topic, row.counts
    return {
        "id": topic.pk,
        "name": topic.name,
        "description": topic.description,
        "category": topic.category.code if topic.category else None,
        "lead_unit": topic.lead_unit_id,
        "lead_unit_name": topic.lead_unit.name if topic.lead_unit else "",
        "due_on": topic.due_on,
        "is_late": row.is_late,
        "days_late": row.days_late,
        "opened_on": topic.opened_on,
        "closed_on": topic.closed_on,
        "light": row.light.value if row.light else None,
        "projects": counts.projects,
        "waiting": counts.waiting,
        "stages": {stage.value: counts.stages.get(stage, 0) for stage in STAGES},
        "open": counts.open,
        "closed": counts.closed,
        "late": counts.late,
        "to_assign": counts.to_assign,
        "oldest": counts.oldest,
        "sentence": topic_sentence(topic.name, counts),
        "etag": topic.etag,
    }


def api_topic_detail(page: TopicPage) -> dict[str, Any]:
    """A topic as ``TopicDetailSerializer`` describes it."""
    return {
        **api_topic(page.row),
        "blocked": page.blocked,
        "held": page.held,
        "page": page.page.number,
        "pages": page.page.pages,
        "rows": [_project(one) for one in page.projects],
        "notes": [
            {"id": note.pk, "text": note.text, "by": str(note.by), "at": note.at} for note in page.notes
        ],
        "record": [_change(done) for done in page.record],
    }


def _change(done: TopicChange) -> dict[str, Any]:
    change = done.change
    return {
        "id": change.pk,
        "verb": change.verb,
        "by": str(change.actor),
        "at": change.at,
        "note": change.note,
        "changed": [field._asdict() for field in done.fields],
    }


def _project(one: TopicProject) -> dict[str, Any]:
    project = one.project
    return {
        "id": project.pk,
        "name": project.name,
        "town": project.town,
        "light": project.light.value,
        "days_late": project.days_late,
        "issues": [_issue(line) for line in one.issues],
    }


def _issue(line: TopicIssue) -> dict[str, Any]:
    nodes = [{"id": node.pk, "label": node.label, "days_held": node.days_held} for node in line.nodes]
    return {**api_issue(line.row), "nodes": nodes}
