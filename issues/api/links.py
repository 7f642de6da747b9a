"""The links of the enterprise of a project over REST, for whoever may change the project."""

from django.core.exceptions import PermissionDenied
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import get_object_or_404
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.access import refusal
from accounts.http import UserApiRequest
from issues.actions.links import LONGEST_DAYS, USUAL_DAYS, make_link, revoke_link
from issues.links import address_of, is_spent
from issues.models import EnterpriseLink
from milestones.api.requests import IDEMPOTENCY_KEY, body_of, once
from projects.models import Project


class EnterpriseLinkSerializer(serializers.ModelSerializer):
    """`address`: the whole of it, which is the key; blank where the link has expired or was revoked."""

    made_by = serializers.CharField()
    address = serializers.SerializerMethodField()

    class Meta:
        model = EnterpriseLink
        fields = [
            "id", "project", "contact", "made_by", "made_at", "expires_at", "revoked_at", "last_used_at", "address",
        ]  # fmt: skip

    def get_address(self, link: EnterpriseLink) -> str:
        if is_spent(link, timezone.now()):
            return ""
        address: str = self.context["request"].build_absolute_uri(address_of(link))
        return address


class MakingLinkSerializer(serializers.Serializer):
    """`days`: how long the link lasts, in calendar days."""

    contact = serializers.CharField(required=False, allow_blank=True, default="", max_length=120)
    days = serializers.IntegerField(required=False, default=USUAL_DAYS, min_value=1, max_value=LONGEST_DAYS)


class EnterpriseLinksView(APIView):
    """The links of the enterprise of a project, the newest first."""

    request: UserApiRequest

    @extend_schema(responses=EnterpriseLinkSerializer(many=True))
    def get(self, request: UserApiRequest, project: int) -> Response:
        return self._answer(self._project(project))

    @extend_schema(
        request=MakingLinkSerializer,
        responses={201: EnterpriseLinkSerializer(many=True)},
        parameters=[IDEMPOTENCY_KEY],
    )
    def post(self, request: UserApiRequest, project: int) -> Response:
        """Make a link. All the links of the project come back, the new one first."""
        changed, sent = self._project(project), body_of(request, MakingLinkSerializer)
        once(request, lambda: make_link(changed, actor=request.user, now=timezone.now(), **sent))
        return self._answer(changed, status=201)

    def _project(self, pk: int) -> Project:
        project = get_object_or_404(Project.objects.visible_to(self.request.user), pk=pk)
        if not Project.objects.editable_by(self.request.user).filter(pk=pk).exists():
            raise PermissionDenied(refusal(self.request.user))
        return project

    def _answer(self, project: Project, *, status: int = 200) -> Response:
        links = EnterpriseLink.objects.editable_by(self.request.user).filter(project=project)
        shown = EnterpriseLinkSerializer(
            links.select_related("made_by"), many=True, context={"request": self.request}
        )
        return Response(shown.data, status=status, headers={"Cache-Control": "private, no-store"})


class RevokeLinkView(APIView):
    """Ends a link."""

    @extend_schema(request=None, responses=EnterpriseLinkSerializer)
    def post(self, request: UserApiRequest, pk: int) -> Response:
        """The address stops at once; doing it again changes nothing."""
        link = get_object_or_404(EnterpriseLink.objects.visible_to(request.user), pk=pk)
        link = revoke_link(link, actor=request.user, now=timezone.now())
        return Response(EnterpriseLinkSerializer(link, context={"request": request}).data)
