"""Projects over REST."""

from rest_framework import serializers
from rest_framework.viewsets import ReadOnlyModelViewSet

from accounts.http import UserApiRequest
from domain.project_code import read_project_code
from milestones.api.requests import RuleFilterBackend, RuleOfTheDay
from milestones.paging import Paging
from milestones.project_filters import ProjectFilter
from projects.models import Project
from projects.querysets import ProjectQuerySet


class ProjectSerializer(serializers.ModelSerializer):
    town = serializers.CharField(source="town.name")
    department = serializers.CharField(source="department.name", default="")
    liaison = serializers.CharField(default="")
    code_warnings = serializers.SerializerMethodField()

    class Meta:
        model = Project
        fields = [
            "id", "name", "code", "code_warnings", "enterprise", "kind", "sector", "town", "department",
            "leader", "liaison", "land_mu", "floor_area_m2", "investment", "fixed_investment", "note",
        ]  # fmt: skip

    def get_code_warnings(self, project: Project) -> list[str]:
        return [warning.value for warning in read_project_code(project.code).warnings] if project.code else []


class ProjectViewSet(RuleOfTheDay, ReadOnlyModelViewSet):
    serializer_class = ProjectSerializer
    filterset_class = ProjectFilter
    filter_backends = [RuleFilterBackend]
    pagination_class = Paging
    request: UserApiRequest

    def get_queryset(self) -> ProjectQuerySet:
        return Project.objects.visible_to(self.request.user).for_list()
