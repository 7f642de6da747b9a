"""The chain of a project over REST: laid, moved, and what follows from how it stands."""

from collections.abc import Collection

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound
from rest_framework.generics import get_object_or_404
from rest_framework.response import Response

from accounts.http import UserApiRequest
from domain.lights import LightRule
from milestones.actions import lay_chain, relay_chain
from milestones.api.outlook_shapes import (
    Ahead,
    ClocksSerializer,
    WholeOutlookSerializer,
    api_clocks,
    whole_outlook,
)
from milestones.api.project_shapes import (
    ChainSerializer,
    LayingSerializer,
    MovingSerializer,
    RelayingSerializer,
    api_relaying,
)
from milestones.api.requests import CHANGE_HEADERS, IDEMPOTENCY_KEY, body_of, once, tag_asked_for
from milestones.chain_choices import known_choices
from milestones.models import Chain, ChainTemplate
from milestones.relaying import Relaying, relaying
from projects.models import Project

PREVIEW = OpenApiParameter(
    "preview", bool, description="Say only what would become of the nodes; nothing is changed."
)


class ChainEndpoints:
    """What the address of a project offers for its chain; an answer without a chain is 404."""

    request: UserApiRequest
    rule: LightRule

    def project(self) -> Project:
        raise NotImplementedError

    @extend_schema(responses=WholeOutlookSerializer)
    @action(detail=True, methods=["get"], filterset_class=None, pagination_class=None)
    def outlook(self, request: UserApiRequest, pk: str) -> Response:
        """When every open node is expected, from what has really happened so far."""
        return Response(whole_outlook(self._ahead()))

    @extend_schema(responses=ClocksSerializer)
    @action(detail=True, methods=["get"], filterset_class=None, pagination_class=None)
    def clocks(self, request: UserApiRequest, pk: str) -> Response:
        """Whose the working days were, of the project and of each node that was started."""
        return Response(api_clocks(self._ahead()))

    @extend_schema(request=LayingSerializer, responses={201: ChainSerializer}, parameters=[IDEMPOTENCY_KEY])
    @action(detail=True, methods=["post"], url_path="lay-chain")
    def lay_chain(self, request: UserApiRequest, pk: str) -> Response:
        project, sent = self.project(), body_of(request, LayingSerializer)
        template = _published(sent.pop("template"), sent.pop("version", None))
        once(request, lambda: lay_chain(project, template, actor=request.user, **sent))
        return Response(ChainSerializer(self._chain()).data, status=201)

    @extend_schema(
        request=MovingSerializer, responses=RelayingSerializer, parameters=[PREVIEW, *CHANGE_HEADERS]
    )
    @action(detail=True, methods=["post"], url_path="move-chain")
    def move_chain(self, request: UserApiRequest, pk: str) -> Response:
        """Let the chain follow another version or other facts; ``If-Match`` takes the ETag of a preview."""
        chain, sent = self._chain(), body_of(request, MovingSerializer)
        template = _published(chain.template.code, sent.get("version", chain.template.version))
        conditions = sent.get("conditions", known_choices(template, chain.conditions))
        if request.query_params.get("preview", "") in {"", "0", "false"}:
            moved = self._move(chain, template, conditions=conditions, note=sent["note"])
        else:
            moved = self._moving(template, conditions)
        shown = api_relaying(moved, template, conditions)
        return Response(shown, headers={"ETag": shown["etag"]})

    def _move(
        self, chain: Chain, template: ChainTemplate, *, conditions: Collection[str], note: str
    ) -> Relaying:
        tag = tag_asked_for(self.request.headers.get("If-Match", ""))
        moved = once(
            self.request,
            lambda: relay_chain(
                chain.project, template, actor=self.request.user, conditions=conditions,
                today=self.rule.today, note=note, digest=tag and tag.strip('"'),
            ),
        )  # fmt: skip
        return moved or self._moving(template, conditions)

    def _moving(self, template: ChainTemplate, conditions: Collection[str]) -> Relaying:
        """What would become of the chain as it stands now."""
        rule = self.rule
        return relaying(self._chain(), template, conditions, today=rule.today, calendar=rule.calendar)

    def _chain(self) -> Chain:
        chains = Chain.objects.visible_to(self.request.user).select_related("template", "project")
        return get_object_or_404(chains, project=self.project())

    def _ahead(self) -> Ahead:
        ahead = Ahead.of(self.project().pk, self.rule)
        if ahead is None:
            raise NotFound
        return ahead


def _published(code: str, version: int | None) -> ChainTemplate:
    """The published template, the newest one without a `version`. Raises NotFound where there is none."""
    published = ChainTemplate.objects.published()
    if version is not None:
        published = published.filter(version=version)
    template = published.newest(code)
    if template is None:
        raise NotFound
    return template
