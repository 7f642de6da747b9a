"""What the pages of templates show: the chains with their versions, and one chain as it stands."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import User
from domain.chain_files import predecessors
from domain.chains import NOT, ChainSpec, EdgeKind, NodeSpec, activities
from domain.lights import Light
from domain.schedule import plan
from milestones.drawing.chain_columns import Edge
from milestones.drawing.chain_picture import ChainPicture, Station, chain_picture
from milestones.editing.words import ChainWords, condition_words, label_of, limit_words, promise_words
from milestones.models import CLOCK_LABELS, ChainTemplate, TemplateDraft
from projects.models import Project


@dataclass(frozen=True, slots=True)
class VersionLine:
    template: ChainTemplate
    nodes: int
    projects: int


@dataclass(frozen=True, slots=True)
class ChainLine:
    """A chain with its versions, newest first; `label` in the reader's language."""

    code: str
    label: str
    kind: str
    versions: tuple[VersionLine, ...]
    draft: TemplateDraft | None


def chain_lines(user: User) -> list[ChainLine]:
    """All chains: those of the kinds of project first, then what ledgers brought, then drafts of new ones.

    The projects counted are those that `user` may see.
    """
    of_template = projects_on_versions(user)
    versions: dict[str, list[VersionLine]] = {}
    published = ChainTemplate.objects.published().annotate(steps=Count("nodes"))
    for template in published.order_by("code", "-version"):
        line = VersionLine(template, template.steps, of_template.get(template.pk, 0))
        versions.setdefault(template.code, []).append(line)
    drafts = {draft.code: draft for draft in TemplateDraft.objects.select_related("changed_by")}
    kinds = list(Project.Kind.values)
    lines = [_chain_line(lines, drafts.pop(code, None)) for code, lines in versions.items()]
    lines.sort(key=lambda line: kinds.index(line.versions[0].template.kind) if line.kind else len(kinds))
    return lines + [ChainLine(code, code, "", (), draft) for code, draft in drafts.items()]


def projects_on_versions(user: User) -> dict[int, int]:
    """Template number → how many of the projects that `user` may see follow it."""
    counted = Project.objects.visible_to(user).order_by().values_list("chain__template")
    return {pk: n for pk, n in counted.annotate(n=Count("pk", distinct=True)) if pk is not None}


def _chain_line(lines: list[VersionLine], draft: TemplateDraft | None) -> ChainLine:
    newest = lines[0].template
    return ChainLine(newest.code, newest.label, newest.get_kind_display(), tuple(lines), draft)


@dataclass(frozen=True, slots=True)
class NamedNode:
    """A node that another one mentions; `pk` is its place in the chain, by which the page finds it."""

    pk: int
    code: str
    label: str


@dataclass(frozen=True, slots=True)
class NodeLine:
    """A node of a definition as its page shows it."""

    pk: int
    spec: NodeSpec
    label: str
    lane: str
    clock: str
    limit: str
    condition: str
    waits_for: tuple[NamedNode, ...]
    one_of: tuple[tuple[NamedNode, ...], ...]
    prefers: tuple[NamedNode, ...]
    is_first: bool
    is_last: bool


@dataclass(frozen=True, slots=True)
class StageLines:
    label: str
    nodes: tuple[NodeLine, ...]


@dataclass(frozen=True, slots=True)
class FactLine:
    """A fact, the nodes that a project has where it is true, and those that it has not."""

    label: str
    brings: tuple[NodeLine, ...]
    drops: tuple[NodeLine, ...]


@dataclass(frozen=True)
class ChainPage:
    """A definition as its page shows it; `length` in planned working days, facts left out of account."""

    spec: ChainSpec
    label: str
    stages: tuple[StageLines, ...]
    lanes: tuple[str, ...]
    facts: tuple[FactLine, ...]
    promise: str
    length: int
    picture: ChainPicture

    @property
    def nodes(self) -> int:
        return len(self.spec.nodes)

    @property
    def keys(self) -> int:
        return sum(node.is_key for node in self.spec.nodes)

    @property
    def doubtful(self) -> int:
        return sum(node.unconfirmed for node in self.spec.nodes)


def chain_page(spec: ChainSpec, address: Callable[[NodeLine], str]) -> ChainPage:
    """The page of a definition in the reader's language; `address` says where a node of its picture leads."""
    words = ChainWords(spec)
    schedule = plan(activities(spec.nodes, spec.edges))
    lines = _node_lines(spec, words)
    return ChainPage(
        spec=spec,
        label=label_of(spec),
        stages=tuple(
            StageLines(label_of(stage), tuple(line for line in lines if line.spec.stage == stage.code))
            for stage in spec.stages
        ),
        lanes=tuple(label_of(lane) for lane in spec.lanes),
        facts=tuple(
            FactLine(
                label_of(fact),
                tuple(line for line in lines if line.spec.condition == fact.code),
                tuple(line for line in lines if line.spec.condition == NOT + fact.code),
            )
            for fact in spec.facts
        ),
        promise=promise_words(spec.promise, words.nodes) if spec.promise else "",
        length=schedule.length,
        picture=_picture(spec, lines, words, schedule.critical_path, address),
    )


def _node_lines(spec: ChainSpec, words: ChainWords) -> list[NodeLine]:
    places = {node.code: place for place, node in enumerate(spec.nodes, start=1)}
    of_stage: dict[str, list[str]] = {}
    for node in spec.nodes:
        of_stage.setdefault(node.stage, []).append(node.code)

    def called(codes: Iterable[str]) -> tuple[NamedNode, ...]:
        return tuple(NamedNode(places[code], code, words.nodes[code]) for code in codes)

    return [
        NodeLine(
            pk=places[node.code], spec=node, label=words.nodes[node.code],
            lane=words.lanes[node.lane], clock=str(CLOCK_LABELS[node.clock]),
            limit=limit_words(node.limit, node.limit_unit) if node.limit else "",
            condition=condition_words(node.condition, words.facts) if node.condition else "",
            waits_for=called(before["waits_for"]), prefers=called(before["prefers"]),
            one_of=tuple(called(group) for group in before["any_of"]),
            is_first=of_stage[node.stage][0] == node.code, is_last=of_stage[node.stage][-1] == node.code,
        )
        for node in spec.nodes
        for before in [predecessors(node.code, spec.edges)]
    ]  # fmt: skip


def _picture(
    spec: ChainSpec, lines: Sequence[NodeLine], words: ChainWords,
    critical: Iterable[str], address: Callable[[NodeLine], str],
) -> ChainPicture:  # fmt: skip
    """As a project's map shows it on the first day: every node waits; what decides the length is thick."""
    places = {line.spec.code: line.pk for line in lines}
    return chain_picture(
        [
            Station(
                key=line.pk, lane=line.spec.lane, label=line.label, light=Light.GREY, href=address(line),
                title=_title(line), note=_doubt(line),
            )
            for line in lines
        ],
        [
            Edge(places[edge.source], places[edge.target], edge.kind is EdgeKind.HARD, edge.group)
            for edge in spec.edges
        ],
        words.lanes,
        critical=[places[code] for code in critical],
    )  # fmt: skip


def _doubt(line: NodeLine) -> str:
    """What stands above a node that not every project has."""
    return pgettext("above a node", "if needed") if line.condition or line.spec.optional else ""


def _title(line: NodeLine) -> str:
    """A node in words, for whoever points at it or cannot see it."""
    optional = _("optional") if line.spec.optional else ""
    return " · ".join(filter(None, [line.label, line.spec.unit, line.limit, optional, line.condition]))
