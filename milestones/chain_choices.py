"""What a project is asked before its chain is laid: facts that switch nodes, and nodes that can be added."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.utils.translation import gettext_noop, pgettext

from domain.chains import NOT, fact_of
from domain.errors import InputError
from milestones.graph import steps_of
from milestones.models import ChainTemplate, TemplateNode, in_reader_language
from projects.models import Project


@dataclass(frozen=True, slots=True)
class Choice:
    """A fact of a project, or (`is_node`) an optional node, by the code that a chain keeps in its conditions.

    `adds` and `drops` name the nodes that a project has only if it is chosen, or only if it is not.
    """

    code: str
    label: str
    is_node: bool
    adds: tuple[str, ...] = ()
    drops: tuple[str, ...] = ()


def newest_templates() -> list[ChainTemplate]:
    """The newest published version of each chain: the built-in kinds first, then what ledgers brought."""
    newest: dict[str, ChainTemplate] = {}
    for template in ChainTemplate.objects.published().order_by("code", "version"):
        newest[template.code] = template
    kinds = [*Project.Kind.values, ""]
    return sorted(newest.values(), key=lambda template: (kinds.index(template.kind), template.code))


def chain_choices(template: ChainTemplate) -> list[Choice]:
    """What can be chosen of a published template: its facts in their order, then its optional nodes."""
    steps = steps_of(template.pk).values()
    labels = {
        fact["code"]: in_reader_language(fact["name"], fact.get("name_en", "")) for fact in template.facts
    }
    # Versions from before facts were named know them only by the conditions of their nodes.
    codes = dict.fromkeys([*labels, *(fact_of(step.condition) for step in steps if step.condition)])
    facts = [
        Choice(
            code, labels.get(code, code), is_node=False,
            adds=_labels(step for step in steps if step.condition == code),
            drops=_labels(step for step in steps if step.condition == NOT + code),
        )
        for code in codes
    ]  # fmt: skip
    optional = [step for step in steps if step.is_optional and not step.condition]
    return [*facts, *(Choice(step.code, step.label, is_node=True) for step in optional)]


def known_choices(template: ChainTemplate, codes: Iterable[str]) -> frozenset[str]:
    """Those of `codes` that can be chosen of the template."""
    return frozenset(codes) & {choice.code for choice in chain_choices(template)}


def refuse_unknown(template: ChainTemplate, codes: Collection[str]) -> None:
    """Raise InputError, naming them, where `codes` has some that cannot be chosen of the template."""
    unknown = sorted(set(codes) - known_choices(template, codes))
    if unknown:
        raise InputError(
            gettext_noop("“%(template)s” knows nothing of “%(codes)s”."), template=template.label,
            codes=pgettext("between quoted names", "”, “").join(code[:40] for code in unknown[:5]),
        )  # fmt: skip


def _labels(steps: Iterable[TemplateNode]) -> tuple[str, ...]:
    return tuple(step.label for step in steps)
