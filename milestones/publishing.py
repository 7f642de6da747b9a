"""From a chain's definition to a published template, and back to the graph of a template."""

import hashlib
from dataclasses import asdict
from json import dumps
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from accounts.models import User
from domain.chain_files import read_chain
from domain.chain_rules import check_chain
from domain.chains import ChainSpec
from history.models import Change
from milestones.models import ChainTemplate, TemplateEdge, TemplateNode

BUILT_IN = Path(__file__).parent / "chains"


def built_in_chains() -> list[ChainSpec]:
    """The chains that come with the software, one TOML file each."""
    return [
        read_chain(path.read_text(encoding="utf-8"), where=path.name)
        for path in sorted(BUILT_IN.glob("*.toml"))
    ]


@transaction.atomic
def publish_template(spec: ChainSpec, *, actor: User) -> tuple[ChainTemplate, bool]:
    """The published version of `spec`, and whether it was published just now.

    The newest version that says the same is returned as it is; any difference makes the next version, and
    projects stay on theirs. Raises ChainError where the definition has a circle or an edge to nowhere.
    """
    check_chain(spec, where=spec.code)
    digest = digest_of(spec)
    newest = ChainTemplate.objects.newest(spec.code)
    if newest and newest.digest == digest:
        return newest, False
    last = ChainTemplate.objects.filter(code=spec.code).aggregate(last=Max("version"))["last"] or 0
    template = ChainTemplate.objects.create(
        code=spec.code, version=last + 1, kind=spec.kind, name=spec.name, name_en=spec.name_en,
        stages=[asdict(stage) for stage in spec.stages], lanes=[asdict(lane) for lane in spec.lanes],
        source=spec.source, digest=digest, published_at=timezone.now(),
    )  # fmt: skip
    nodes = TemplateNode.objects.bulk_create(
        TemplateNode(template=template, position=position, **_columns(node))
        for position, node in enumerate(spec.nodes, start=1)
    )
    by_code = {node.code: node for node in nodes}
    TemplateEdge.objects.bulk_create(
        TemplateEdge(
            source=by_code[edge.source], target=by_code[edge.target], kind=edge.kind, group=edge.group
        )
        for edge in spec.edges
    )
    Change.objects.create(
        verb=Change.Verb.TEMPLATE_PUBLISHED,
        actor=actor,
        after={"template": spec.code, "version": template.version},
    )
    return template, True


def digest_of(spec: ChainSpec) -> str:
    """Names what a definition says: two that say the same have the same digest."""
    return hashlib.sha256(dumps(asdict(spec), sort_keys=True).encode()).hexdigest()


def _columns(node: Any) -> dict[str, Any]:
    """A node of a definition as columns of the table."""
    fields = asdict(node)
    fields["unit_name"] = fields.pop("unit")
    fields["is_optional"] = fields.pop("optional")
    fields["is_unconfirmed"] = fields.pop("unconfirmed")
    return fields
