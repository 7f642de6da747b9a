"""The history of a project in words: one sentence for each change, with what changed."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy

from domain.lights import LightRule
from history.models import Change
from history.querysets import ChangeQuerySet
from milestones.project_page import issue_words, meeting_words
from milestones.project_page.timeline_words import Teller, stored_date

Verb = Change.Verb


class Kind(StrEnum):
    """What a change is about; the history can be narrowed to one of these."""

    PROGRESS = "progress"
    HOLDS = "holds"
    DATES = "dates"
    PROOFS = "proofs"
    ISSUES = "issues"
    MEETINGS = "meetings"
    PROJECT = "project"


KIND_LABELS = {
    Kind.PROGRESS: gettext_lazy("Progress"),
    Kind.HOLDS: gettext_lazy("Holds"),
    Kind.DATES: gettext_lazy("Date changes"),
    Kind.PROOFS: gettext_lazy("Proofs"),
    Kind.ISSUES: gettext_lazy("Issues, supervision, visits"),
    Kind.MEETINGS: gettext_lazy("Weekly meeting"),
    Kind.PROJECT: gettext_lazy("Project and chain"),
}

_KINDS: Mapping[Kind, frozenset[str]] = {
    Kind.PROGRESS: frozenset(
        {
            Verb.NODE_STARTED, Verb.NODE_FINISHED, Verb.NODE_REOPENED, Verb.NODE_WAIVED, Verb.NODE_ASSIGNED,
            Verb.NODE_REMINDED, Verb.NODES_RECORDED,
        }
    ),
    Kind.HOLDS: frozenset({Verb.NODE_HELD, Verb.NODE_RESUMED}),
    Kind.DATES: frozenset(
        {
            Verb.DATE_CHANGE_ASKED, Verb.DATE_CHANGE_APPROVED, Verb.DATE_CHANGE_REFUSED,
            Verb.DATE_CHANGE_RETURNED, Verb.DATE_CHANGE_WITHDRAWN,
        }
    ),
    Kind.PROOFS: frozenset({Verb.PROOF_ADDED, Verb.PROOF_WITHDRAWN}),
    Kind.ISSUES: frozenset(issue_words.SENTENCES),
    Kind.MEETINGS: frozenset(meeting_words.SENTENCES),
    Kind.PROJECT: frozenset(
        {
            Verb.PROJECT_ADDED, Verb.PROJECT_CHANGED, Verb.CHAIN_LAID, Verb.CHAIN_MOVED,
            Verb.INVESTMENT_RECORDED, Verb.INVESTMENT_PLANNED,
        }
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Entry:
    """One change; `said` goes on after the name of who made it. `is_back_filled`: recorded late (补录)."""

    pk: int
    at: datetime
    actor: str
    said: SafeString
    note: str
    is_back_filled: bool = False


def of_kind(changes: ChangeQuerySet, kind: str) -> ChangeQuerySet:
    """Those of this kind; all of them where there is no such kind."""
    return changes.filter(verb__in=_KINDS[Kind(kind)]) if kind in list(Kind) else changes


def entries(
    changes: Iterable[Change], rule: LightRule, address: Callable[[int], str] | None = None
) -> list[Entry]:
    """`changes` (with actor and node) in words. With `address` the nodes they speak of are links."""
    tell = Teller(rule, address)
    return [
        Entry(
            pk=change.pk, at=change.at, actor=str(change.actor), said=tell(change), note=change.note,
            is_back_filled=_is_back_filled(change, rule),
        )
        for change in changes
    ]  # fmt: skip


def _is_back_filled(change: Change, rule: LightRule) -> bool:
    pairs = (("started_on", "start_entered_on"), ("finished_on", "finish_entered_on"))
    return any(
        rule.is_back_filled(stored_date(change.after.get(actual)), stored_date(change.after.get(entered)))
        for actual, entered in pairs
    )
