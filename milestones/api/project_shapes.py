"""How projects, their chains and their history look over REST, and what is sent to change them."""

from collections.abc import Collection
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from accounts.models import Unit, User
from accounts.refusals import sentence
from domain.industries import IndustryError, read_industry
from history.models import Change
from milestones.models import Chain, ChainTemplate, Node
from milestones.project_queries import code_warnings
from milestones.relaying import Relaying
from projects.models import ENTERED, Project, Tier


class ChainSerializer(serializers.ModelSerializer):
    """`conditions`: the codes of the facts that are true of the project, and of the optional nodes it has."""

    template = serializers.CharField(source="template.code")
    version = serializers.IntegerField(source="template.version")
    conditions = serializers.ListField(child=serializers.CharField())

    class Meta:
        model = Chain
        fields = ["template", "version", "starts_on", "conditions"]


class ProjectSerializer(serializers.ModelSerializer):
    """Money in 10,000 yuan, land in mu (1/15 hectare)."""

    town = serializers.CharField(source="town.name")
    department = serializers.CharField(source="department.name", default="")
    liaison = serializers.CharField(default="")
    liaison_username = serializers.CharField(source="liaison.username", default="")
    tier = serializers.CharField(source="tier.code", default="", help_text="Its code, within the kind.")
    tier_label = serializers.CharField(source="tier", default="")
    code_warnings = serializers.SerializerMethodField()
    chain = ChainSerializer(allow_null=True, default=None)
    etag = serializers.CharField()

    class Meta:
        model = Project
        fields = [
            "id", "name", "code", "code_warnings", "enterprise", "kind", "tier", "tier_label", "sector", "industry",
            "town", "town_id", "department", "department_id", "leader", "liaison", "liaison_username", "land_mu",
            "floor_area_m2", "investment", "fixed_investment", "longitude", "latitude", "is_key", "note", "chain",
            "etag",
        ]  # fmt: skip

    def get_code_warnings(self, project: Project) -> list[str]:
        return [warning.value for warning in code_warnings(project.code)]


class EnteredProjectSerializer(serializers.ModelSerializer):
    """What is entered of a project: units by number, the liaison by user name, the tier by its code within the kind."""

    tier = serializers.CharField(required=False, allow_null=True, allow_blank=True, max_length=40)
    industry = serializers.CharField(
        required=False, allow_blank=True, max_length=20, help_text="Such as C3985."
    )
    code = serializers.CharField(required=False, allow_blank=True, max_length=30)
    town = serializers.PrimaryKeyRelatedField(queryset=Unit.objects.filter(kind=Unit.Kind.TOWN))
    department = serializers.PrimaryKeyRelatedField(
        queryset=Unit.objects.exclude(kind=Unit.Kind.TOWN), required=False, allow_null=True
    )
    liaison = serializers.SlugRelatedField(
        slug_field="username",
        queryset=User.objects.filter(role=User.Role.LIAISON, is_active=True),
        required=False,
        allow_null=True,
    )

    class Meta:
        model = Project
        fields = list(ENTERED)

    def validate_industry(self, text: str) -> str:
        try:
            return read_industry(text)
        except IndustryError as error:
            raise serializers.ValidationError(sentence(error)) from error

    def validate(self, sent: dict[str, Any]) -> dict[str, Any]:
        """The tier itself in place of its code."""
        kind = sent.get("kind") or getattr(self.instance, "kind", "")
        stored = getattr(self.instance, "tier", None)
        if stored and stored.kind != kind and "tier" not in sent:
            sent["tier"] = None  # a tier of the programme that it no longer is one of
        elif "tier" in sent:
            code = sent["tier"]
            sent["tier"] = Tier.objects.filter(kind=kind, code=code).first() if code else None
            if code and sent["tier"] is None:
                raise serializers.ValidationError(
                    {"tier": _("Projects of this kind have no tier “%(name)s”.") % {"name": code}}
                )
        return sent


class LayingSerializer(serializers.Serializer):
    template = serializers.SlugField(max_length=60, help_text="The code of a published template.")
    version = serializers.IntegerField(required=False, help_text="Its newest published one where absent.")
    starts_on = serializers.DateField()
    conditions = serializers.ListField(
        child=serializers.CharField(max_length=60), required=False, default=list,
        help_text="Codes of the facts that are true of the project, and of the optional nodes it is to have.",
    )  # fmt: skip


class MovingSerializer(serializers.Serializer):
    version = serializers.IntegerField(required=False, help_text="The chain's own version where absent.")
    conditions = serializers.ListField(
        child=serializers.CharField(max_length=60), required=False,
        help_text="Those that the chain has, as far as the version knows them, where absent.",
    )  # fmt: skip
    note = serializers.CharField(required=False, allow_blank=True, default="", max_length=500)


class AddedNodeSerializer(serializers.Serializer):
    code = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # a field of ours named as one of DRF's
    due_on = serializers.DateField()


class MovedNodeSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    code = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    status = serializers.CharField()


class RelayingSerializer(serializers.Serializer):
    """What becomes of the nodes of a chain; those `in_the_way` forbid it. `etag` names exactly this."""

    template = serializers.CharField()
    version = serializers.IntegerField()
    conditions = serializers.ListField(child=serializers.CharField())
    added = AddedNodeSerializer(many=True)
    kept = MovedNodeSerializer(many=True)
    dropped = MovedNodeSerializer(
        many=True, help_text="Waiting: gone, or waived where something is recorded."
    )
    left = MovedNodeSerializer(many=True, help_text="Closed: they stay on record beside the chain.")
    in_the_way = MovedNodeSerializer(many=True, help_text="Being worked on: finish or waive them first.")
    etag = serializers.CharField()


class ChangeSerializer(serializers.ModelSerializer):
    """One line of the history; `before` and `after` hold the fields that changed."""

    by = serializers.CharField(source="actor")
    node_label = serializers.CharField(source="node.template_node.label", default="")

    class Meta:
        model = Change
        fields = ["id", "at", "by", "verb", "node", "node_label", "before", "after", "note"]


def api_relaying(moved: Relaying, template: ChainTemplate, conditions: Collection[str]) -> dict[str, Any]:
    """What becomes of a chain's nodes as ``RelayingSerializer`` describes it."""
    return {
        "template": template.code,
        "version": template.version,
        "conditions": sorted(conditions),
        "added": [
            {"code": one.step.code, "label": one.step.label, "due_on": one.due_on} for one in moved.added
        ],
        "kept": [_moved_node(node) for node, _step in moved.kept],
        "dropped": [_moved_node(node) for node in moved.dropped],
        "left": [_moved_node(node) for node in moved.left],
        "in_the_way": [_moved_node(node) for node in moved.in_the_way],
        "etag": etag_of_relaying(moved),
    }


def etag_of_relaying(moved: Relaying) -> str:
    return f'"{moved.digest}"'


def _moved_node(node: Node) -> dict[str, Any]:
    step = node.template_node
    return {"id": node.pk, "code": step.code, "label": step.label, "status": node.status}
