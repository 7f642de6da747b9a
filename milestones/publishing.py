"""From a chain's definition to a published template, and from a published template back to its definition."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from accounts.models import User
from domain.chain_files import read_chain, write_chain
from domain.chain_rules import check_chain
from domain.chains import (
    ChainSpec,
    ClockOwner,
    EdgeKind,
    EdgeSpec,
    FactSpec,
    LaneSpec,
    Milestone,
    NodeSpec,
    PromiseSpec,
    StageSpec,
    fact_of,
)
from domain.workdays import LimitUnit
from history.models import Change
from milestones.models import ChainTemplate, TemplateEdge, TemplateNode

BUILT_IN = Path(__file__).parent / "chains"

_FIELDS = [field.name for field in fields(NodeSpec)]
_COLUMNS = {"unit": "unit_name", "optional": "is_optional", "unconfirmed": "is_unconfirmed"}
"""Fields of a definition that the table calls otherwise."""


def built_in_chains() -> list[ChainSpec]:
    """The chains that come with the software, one TOML file each."""
    return [
        read_chain(path.read_text(encoding="utf-8"), where=path.name)
        for path in sorted(BUILT_IN.glob("*.toml"))
    ]


def publish_built_in_chains(*, actor: User) -> Iterator[tuple[ChainTemplate, bool]]:
    """The published version of each built-in chain, and whether it was published just now.

    A chain that was published once is not published again, so that what managers have made of it since stays
    the newest version; a file that has changed makes the next version.
    """
    for spec in built_in_chains():
        published = ChainTemplate.objects.published().filter(code=spec.code, digest=digest_of(spec))
        template = published.order_by("-version").first()
        yield (template, False) if template else publish_template(spec, actor=actor)


@transaction.atomic
def publish_template(spec: ChainSpec, *, actor: User) -> tuple[ChainTemplate, bool]:
    """The published version of `spec`, and whether it was published just now.

    The newest version that says the same is returned as it is; any difference makes the next version, and
    projects stay on theirs. Raises ChainError where the definition has a circle or an edge to nowhere.
    """
    check_chain(spec, where=spec.code)
    # Two who publish versions of one chain at once take turns, each on what the other has made of it.
    list(ChainTemplate.objects.select_for_update().filter(code=spec.code).values_list("pk"))
    digest = digest_of(spec)
    newest = ChainTemplate.objects.newest(spec.code)
    if newest and newest.digest == digest:
        return newest, False
    last = ChainTemplate.objects.filter(code=spec.code).aggregate(last=Max("version"))["last"] or 0
    template = ChainTemplate.objects.create(
        code=spec.code, version=last + 1, kind=spec.kind, name=spec.name, name_en=spec.name_en,
        stages=[asdict(stage) for stage in spec.stages], lanes=[asdict(lane) for lane in spec.lanes],
        facts=[asdict(fact) for fact in spec.facts], promise=_promise_column(spec.promise),
        source=spec.source, note=spec.note, digest=digest, published_at=timezone.now(),
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
    return hashlib.sha256(write_chain(spec).encode()).hexdigest()


def spec_of(template: ChainTemplate) -> ChainSpec:
    """A template as the definition that it was published from."""
    edges = TemplateEdge.objects.filter(target__template=template).order_by("target__position", "pk")
    columns = edges.values_list("source__code", "target__code", "kind", "group")
    nodes = tuple(_node_spec(node) for node in template.nodes.order_by("position"))
    return ChainSpec(
        code=template.code, kind=template.kind, name=template.name, name_en=template.name_en,
        source=template.source, note=template.note,
        stages=tuple(StageSpec(**stage) for stage in template.stages),
        lanes=tuple(LaneSpec(**lane) for lane in template.lanes),
        facts=_facts(template, nodes), promise=promise_of(template), nodes=nodes,
        edges=tuple(EdgeSpec(source, target, EdgeKind(kind), group) for source, target, kind, group in columns),
    )  # fmt: skip


def _facts(template: ChainTemplate, nodes: Iterable[NodeSpec]) -> tuple[FactSpec, ...]:
    """Versions from before facts were named know them only by the conditions of their nodes."""
    facts = {fact["code"]: FactSpec(**fact) for fact in template.facts}
    for code in (fact_of(node.condition) for node in nodes if node.condition):
        facts.setdefault(code, FactSpec(code, code))
    return tuple(facts.values())


def promise_of(template: ChainTemplate) -> PromiseSpec | None:
    """What is promised of the whole chain; None where nothing is."""
    if not template.promise:
        return None
    columns = dict(template.promise)
    return PromiseSpec(since=columns.pop("from"), unit=LimitUnit(columns.pop("unit")), **columns)


def _promise_column(promise: PromiseSpec | None) -> dict[str, Any]:
    """With the words of the definition's file: ``from``, ``until``, ``days``, ``unit`` and so on."""
    if promise is None:
        return {}
    columns = asdict(promise)
    return {"from": columns.pop("since"), **columns}


def _columns(node: NodeSpec) -> dict[str, Any]:
    """A node of a definition as columns of the table."""
    columns = {_COLUMNS.get(field, field): value for field, value in asdict(node).items()}
    return {**columns, "milestone": node.milestone or ""}


def _node_spec(node: TemplateNode) -> NodeSpec:
    values = {field: getattr(node, _COLUMNS.get(field, field)) for field in _FIELDS}
    values["clock"], values["limit_unit"] = ClockOwner(node.clock), LimitUnit(node.limit_unit)
    values["milestone"] = Milestone(node.milestone) if node.milestone else None
    return NodeSpec(**values)
