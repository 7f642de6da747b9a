"""Definitions of chains in the reader's language: what codes are called, limits, conditions and promises."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from domain.chain_edits import Part
from domain.chains import NOT, ChainSpec, NodeSpec, PromiseSpec, fact_of
from domain.workdays import LimitUnit
from milestones.models import in_reader_language

FIELD_LABELS: Final = {
    "kind": gettext_lazy("project kind"),
    "name": gettext_lazy("name"),
    "name_en": gettext_lazy("English name"),
    "stage": gettext_lazy("stage"),
    "lane": gettext_lazy("lane"),
    "unit": gettext_lazy("responsible unit"),
    "clock": gettext_lazy("clock owner"),
    "limit": gettext_lazy("limit"),
    "limit_unit": gettext_lazy("limit in"),
    "plan_days": gettext_lazy("planned working days"),
    "is_key": gettext_lazy("key node"),
    "milestone": gettext_lazy("milestone"),
    "optional": gettext_lazy("optional"),
    "condition": gettext_lazy("which projects have it"),
    "proof": gettext_lazy("proof asked for"),
    "unconfirmed": gettext_lazy("to be confirmed"),
    "source": gettext_lazy("source"),
    "note": gettext_lazy("note"),
    "promise": gettext_lazy("promise of the whole"),
    "stages": gettext_lazy("stages"),
    "lanes": gettext_lazy("lanes"),
    "facts": gettext_lazy("facts of a project"),
    "waits_for": gettext_lazy("waits for"),
    "any_of": gettext_lazy("waits for one of"),
    "prefers": gettext_lazy("usually after"),
}
"""What people call the fields of a definition."""

UNIT_LABELS: Final = {
    LimitUnit.WORKING: pgettext_lazy("limit in", "working days"),
    LimitUnit.CALENDAR: pgettext_lazy("limit in", "calendar days"),
}


@dataclass(frozen=True)
class ChainWords:
    """What the codes of a definition are called in the reader's language."""

    spec: ChainSpec
    nodes: Mapping[str, str] = field(init=False)
    lanes: Mapping[str, str] = field(init=False)
    facts: Mapping[str, str] = field(init=False)

    def __post_init__(self) -> None:
        for table in ("nodes", "lanes", "facts"):
            rows = {row.code: label_of(row) for row in getattr(self.spec, table)}
            object.__setattr__(self, table, rows)


def label_of(row: ChainSpec | NodeSpec | Part) -> str:
    """What a chain or a part of one is called in the reader's language."""
    return in_reader_language(row.name, row.name_en)


def limit_words(days: int, unit: LimitUnit) -> str:
    """How many days, of which kind."""
    if unit is LimitUnit.WORKING:
        return ngettext("%(n)d working day", "%(n)d working days", days) % {"n": days}
    return ngettext("%(n)d calendar day", "%(n)d calendar days", days) % {"n": days}


def condition_words(condition: str, facts: Mapping[str, str]) -> str:
    """Which projects have a node; `facts`: what they are called."""
    if not condition:
        return _("every project")
    fact = facts.get(fact_of(condition), fact_of(condition))
    sentence = _("not where: %(fact)s") if condition.startswith(NOT) else _("only where: %(fact)s")
    return sentence % {"fact": fact}


def promise_words(promise: PromiseSpec, nodes: Mapping[str, str]) -> str:
    return _("from “%(since)s” to “%(until)s” at most %(days)s") % {
        "since": nodes.get(promise.since, promise.since),
        "until": nodes.get(promise.until, promise.until),
        "days": limit_words(promise.days, promise.unit),
    }
