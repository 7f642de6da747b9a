"""Which chain a project has, or gets from a ledger, and which of its steps a name in the ledger means."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from domain.chains import NOT, ChainSpec
from domain.written import squeeze
from history.bulk_actions import ROWS_AT_ONCE
from ledger.mapping import LayOnly, LedgerMapping
from milestones.models import Chain, ChainTemplate, TemplateNode
from milestones.publishing import digest_of


@dataclass(frozen=True, eq=False)
class Steps:
    """The steps of one template. A template that is not published yet has none of its rows on record."""

    template: ChainTemplate
    nodes: tuple[TemplateNode, ...]

    @cached_property
    def _by_word(self) -> Mapping[str, TemplateNode]:
        by_name = {squeeze(node.name).casefold(): node for node in self.nodes}
        return {node.code.casefold(): node for node in self.nodes} | by_name

    def named(self, words: Iterable[str]) -> TemplateNode | None:
        """The first step that one of these words is the name or the code of."""
        found = (self._by_word.get(squeeze(word).casefold()) for word in words)
        return next((step for step in found if step is not None), None)

    def conditions(self, named: Collection[str], lay: LayOnly) -> frozenset[str]:
        """What must be true for the steps with these codes to be laid, beside those that always are."""
        wanted = (step for step in self.nodes if (lay is LayOnly.ALL and self._is_own) or step.code in named)
        needed = {step.condition or step.code for step in wanted if step.condition or step.is_optional}
        return frozenset(fact for fact in needed if not fact.startswith(NOT))

    @property
    def _is_own(self) -> bool:
        """Brought by a ledger: its steps are all optional, and no date of it is reckoned."""
        return not self.template.kind

    @property
    def plans(self) -> bool:
        return not self._is_own


def newest_templates() -> list[int]:
    """The newest published template of each kind of project, by number."""
    published = ChainTemplate.objects.published().exclude(kind="").order_by("version")
    return list({template.code: template.pk for template in published.only("code", "version")}.values())


class ChainBook:
    """Looks chains up for one import."""

    def __init__(self, mapping: LedgerMapping) -> None:
        self._mapping = mapping
        self._steps: dict[int, Steps] = {}
        self._new: dict[str, Steps | None] = {}
        self._found: dict[tuple[int, str], TemplateNode | None] = {}

    def step(self, steps: Steps, label: str) -> TemplateNode | None:
        """The step that the ledger calls `label`.

        By its own name, as the mapping translates it, or as the step of the same code in another chain: what
        one kind of project calls 项目赋码备案 is 技改备案赋码 for another.
        """
        key = (id(steps), label)
        if key not in self._found:
            elsewhere = self._codes_by_name.get(squeeze(label).casefold())
            words = (label, *self._mapping.nodes.get(label, ()), *filter(None, [elsewhere]))
            self._found[key] = steps.named(words)
        return self._found[key]

    @cached_property
    def _codes_by_name(self) -> dict[str, str]:
        if self._mapping.chain is not None:
            return {}
        steps = TemplateNode.objects.filter(template__in=newest_templates())
        return {squeeze(name).casefold(): code for name, code in steps.values_list("name", "code")}

    def of_projects(self, projects: Iterable[int]) -> dict[int, Steps]:
        """The chains on record, by project number."""
        wanted = sorted(projects)
        found: dict[int, int] = {}
        for start in range(0, len(wanted), ROWS_AT_ONCE):
            chains = Chain.objects.filter(project__in=wanted[start : start + ROWS_AT_ONCE])
            found.update(chains.values_list("project_id", "template_id"))
        return {project: self._of_template(template) for project, template in found.items()}

    def for_kind(self, kind: str) -> Steps | None:
        """The chain that a project of this kind gets; None where no such template is published."""
        if self._mapping.chain is not None:
            kind = ""
        if kind not in self._new:
            self._new[kind] = self._own(self._mapping.chain) if self._mapping.chain else self._newest(kind)
        return self._new[kind]

    def _newest(self, kind: str) -> Steps | None:
        template = ChainTemplate.objects.newest(kind)
        return self._of_template(template.pk) if template else None

    def _own(self, spec: ChainSpec) -> Steps:
        """The published version that says the same; until there is one, the steps as they will be."""
        newest = ChainTemplate.objects.newest(spec.code)
        if newest and newest.digest == digest_of(spec):
            return self._of_template(newest.pk)
        nodes = tuple(
            TemplateNode(
                pk=-place, code=node.code, name=node.name, clock=node.clock, is_optional=node.optional
            )
            for place, node in enumerate(spec.nodes, start=1)
        )
        return Steps(ChainTemplate(code=spec.code, name=spec.name), nodes)

    def _of_template(self, pk: int) -> Steps:
        if pk not in self._steps:
            nodes = tuple(TemplateNode.objects.filter(template=pk).order_by("position"))
            self._steps[pk] = Steps(ChainTemplate.objects.get(pk=pk), nodes)
        return self._steps[pk]
