"""What a draft adds, drops and changes, in the reader's language."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from domain.chain_edits import ChainDifference, Difference, NodeDifference
from domain.chains import ChainSpec, NodeSpec
from milestones.editing.words import (
    FIELD_LABELS,
    UNIT_LABELS,
    ChainWords,
    condition_words,
    label_of,
    promise_words,
)
from milestones.models import CLOCK_LABELS
from projects.models import Project


@dataclass(frozen=True, slots=True)
class FieldLine:
    """A field that differs, and what it says before and after, in the reader's language."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class NodeChange:
    label: str
    code: str
    fields: tuple[FieldLine, ...]


@dataclass(frozen=True, slots=True)
class DifferencePage:
    """What a draft adds, drops and changes against the newest published version."""

    added: tuple[str, ...]
    dropped: tuple[str, ...]
    changed: tuple[NodeChange, ...]
    head: tuple[FieldLine, ...]
    is_reordered: bool


def difference_page(found: ChainDifference, before: ChainSpec, after: ChainSpec) -> DifferencePage:
    """A difference in the reader's language."""
    said = _Said(before, after)
    return DifferencePage(
        added=tuple(_named(node) for node in found.added),
        dropped=tuple(_named(node) for node in found.dropped),
        changed=tuple(said.node(change) for change in found.changed),
        head=tuple(said.line(change) for change in found.head),
        is_reordered=found.is_reordered,
    )


class _Said:
    """Puts values of fields into words; codes are called what either chain calls them, the later one first."""

    def __init__(self, before: ChainSpec, after: ChainSpec) -> None:
        was, now = ChainWords(before), ChainWords(after)
        self.nodes = {**was.nodes, **now.nodes}
        self.facts = {**was.facts, **now.facts}
        self.lanes = {**was.lanes, **now.lanes}
        self.stages = {stage.code: label_of(stage) for stage in (*before.stages, *after.stages)}

    def node(self, change: NodeDifference) -> NodeChange:
        return NodeChange(
            label_of(change.node), change.node.code, tuple(self.line(one) for one in change.fields)
        )

    def line(self, change: Difference) -> FieldLine:
        return FieldLine(
            str(FIELD_LABELS[change.field]),
            self.value(change.field, change.before) or "—",
            self.value(change.field, change.after) or "—",
        )

    def value(self, name: str, value: Any) -> str:
        match name:
            case "stage" | "lane":
                return self.stages[value] if name == "stage" else self.lanes[value]
            case "condition":
                return condition_words(value, self.facts)
            case "waits_for" | "prefers" | "any_of":
                return self._listed(value)
            case "stages" | "lanes" | "facts":
                return pgettext("between names", ", ").join(f"{part.name} ({part.code})" for part in value)
            case "promise":
                return promise_words(value, self.nodes) if value else ""
            case _:
                return _plain(name, value)

    def _listed(self, codes: Iterable[str | list[str]]) -> str:
        """Names of nodes, those of a group with an "or" between."""
        names = [
            self.nodes[one] if isinstance(one, str) else _(" or ").join(self.nodes[code] for code in one)
            for one in codes
        ]
        return pgettext("between names", ", ").join(names)


def _plain(name: str, value: Any) -> str:
    """A value that says itself, but for words of the definition's file."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    match name:
        case "clock":
            return str(CLOCK_LABELS[value])
        case "limit_unit":
            return str(UNIT_LABELS[value])
        case "kind":
            return str(Project.Kind(value).label) if value else ""
        case _:
            return str(value)


def _named(node: NodeSpec) -> str:
    return f"{label_of(node)} ({node.code})"
