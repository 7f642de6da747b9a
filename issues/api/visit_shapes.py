"""How visits look over REST, and what is sent to record one and to make a finding an issue."""

from typing import Any

from django.urls import reverse
from rest_framework import serializers

from domain.issues import Level
from issues.models import LEVEL_LABELS, Category
from issues.visit_queries import FindingLine, finding_lines
from projects.models import Visit, VisitPhoto

HIGHEST_KEY = 2**63 - 1


def _category(**more: Any) -> serializers.SlugRelatedField:
    return serializers.SlugRelatedField(
        slug_field="code", queryset=Category.objects.filter(is_active=True), **more
    )


class FoundSerializer(serializers.Serializer):
    """What was found; with a `category` it becomes an issue at once."""

    text = serializers.CharField(max_length=500)
    category = _category(required=False, allow_null=True, default=None)


class RecordingSerializer(serializers.Serializer):
    """A visit, as JSON without files or as ``multipart/form-data`` with them: there findings are
    ``findings[0]text``, ``findings[0]category`` and so on.
    """

    project = serializers.IntegerField(min_value=1, max_value=HIGHEST_KEY)
    visited_on = serializers.DateField()
    visitors = serializers.CharField(max_length=200, help_text="Who went.")
    met = serializers.CharField(
        required=False, allow_blank=True, default="", max_length=200,
        help_text="Whom they met; issues of the visit name them as those who told it.",
    )  # fmt: skip
    summary = serializers.CharField(required=False, allow_blank=True, default="", max_length=5000)
    findings = FoundSerializer(many=True, required=False)
    files = serializers.ListField(child=serializers.FileField(allow_empty_file=True), required=False)

    def validate_findings(self, findings: list[dict[str, Any]]) -> list[tuple[str, Category | None]]:
        return [(found["text"], found["category"]) for found in findings]


class RaisingFromFindingSerializer(serializers.Serializer):
    """`title`: the first 120 characters of the finding where absent. `hold`: the blocked nodes that run stand still."""

    category = _category()
    title = serializers.CharField(required=False, allow_blank=True, default="", max_length=120)
    nodes = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=HIGHEST_KEY), required=False, default=list,
        max_length=200, help_text="Nodes of its project that it blocks.",
    )  # fmt: skip
    level = serializers.ChoiceField(
        choices=list(LEVEL_LABELS.items()), required=False, default=Level.DAILY.value
    )
    hold = serializers.BooleanField(required=False, default=False)

    def validate_level(self, level: int) -> Level:
        return Level(level)


class FindingSerializer(serializers.Serializer):
    """A finding and, once one has come from it, its issue."""

    id = serializers.IntegerField()
    text = serializers.CharField()
    issue = serializers.IntegerField(allow_null=True)
    issue_number = serializers.CharField()


class VisitPhotoSerializer(serializers.ModelSerializer):
    """`size` in bytes; `file` is the address of the file."""

    added_by = serializers.CharField()
    file = serializers.SerializerMethodField()

    class Meta:
        model = VisitPhoto
        fields = ["id", "visit", "name", "content_type", "size", "added_by", "added_at", "file"]

    def get_file(self, kept: VisitPhoto) -> str:
        return reverse("visit-photo-file", args=[kept.pk])


class VisitSerializer(serializers.ModelSerializer):
    """One visit with what it found and brought back; the day is ISO."""

    project_name = serializers.CharField(source="project.name")
    enterprise = serializers.CharField(source="project.enterprise")
    town = serializers.CharField(source="project.town.name")
    recorded_by = serializers.CharField()
    findings = serializers.SerializerMethodField()
    photos = VisitPhotoSerializer(many=True)

    class Meta:
        model = Visit
        fields = [
            "id", "project", "project_name", "enterprise", "town", "visited_on", "visitors", "met", "summary",
            "findings", "photos", "recorded_by", "recorded_at",
        ]  # fmt: skip

    def get_findings(self, visit: Visit) -> FindingSerializer(many=True):  # type: ignore[valid-type]  # for the schema
        return [_api_finding(line) for line in finding_lines(visit.findings.all())]


def _api_finding(line: FindingLine) -> dict[str, Any]:
    return {"id": line.pk, "text": line.text, "issue": line.issue_id, "issue_number": line.issue}
