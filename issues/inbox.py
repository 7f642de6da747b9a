"""The inbox of a unit: what it has to do about issues, and what its reader waits for."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.db.models import F
from django.utils.translation import gettext as _

from accounts.models import User
from domain.lights import LightRule
from issues.models import Issue, Supervision
from issues.queries import IssueRow, issue_rows
from issues.querysets import IssueQuerySet, SupervisionQuerySet

SHOWN: Final = 20
"""So many rows of each section; the rest stands in the list that it opens."""

WAITS_FOR_THE_READER: Final = frozenset({"assign", "work", "verify"})
"""Sections in which something waits for the reader; of the others somebody else has the word."""

_FIRST_DUE = (F("due_on").asc(nulls_last=True), "pk")


@dataclass(frozen=True, slots=True)
class Section:
    """`count` issues, of which the first `rows` are shown; ``?turn=`` with the `turn` asks for all of them.

    `is_theirs`: it waits for the reader and not for others.
    """

    turn: str
    title: str
    help: str
    count: int
    rows: Sequence[IssueRow]
    is_theirs: bool


@dataclass(frozen=True, slots=True)
class Inbox:
    """`sections` are those in which there is something."""

    sections: Sequence[Section]
    slips: Sequence[Supervision]

    @property
    def to_do(self) -> int:
        """How many things wait for the reader."""
        return sum(section.count for section in self.sections if section.is_theirs) + len(self.slips)

    @property
    def late(self) -> int:
        """How many of those shown that wait for the reader are late."""
        return sum(row.is_late for section in self.sections if section.is_theirs for row in section.rows)

    @property
    def is_empty(self) -> bool:
        return not self.slips and not self.sections


def inbox_of(visible: IssueQuerySet, slips: SupervisionQuerySet, user: User, rule: LightRule) -> Inbox:
    """The inbox of `user` among the issues in sight; `slips` are those that wait for the answer of the own unit."""
    named = [
        ("assign", _("To be assigned by me"), _("no unit has it yet"), visible.to_assign(user), "raised_on"),
        ("work", _("My unit leads"), _("first due first"), visible.to_work_on(user), None),
        (
            "verify", _("Waits for my verification"), _("somebody says that it is gone"),
            visible.verifiable_by(user), "close_asked_on",
        ),
        ("support", _("My unit supports"), _("another unit leads"), visible.to_support(user), None),
        ("raised", _("Raised by me and not closed"), "", visible.open().filter(raised_by=user), None),
    ]  # fmt: skip
    counts = {turn: issues.count() for turn, _title, _help, issues, _first in named}
    keys = {
        turn: list(
            issues.order_by(*((first, "pk") if first else _FIRST_DUE)).values_list("pk", flat=True)[:SHOWN]
        )
        for turn, _title, _help, issues, first in named
        if counts[turn]
    }
    rows = _rows_of({key for shown in keys.values() for key in shown}, rule)
    sections = [
        Section(
            turn, title, words, counts[turn], [rows[key] for key in keys[turn]],
            is_theirs=turn in WAITS_FOR_THE_READER,
        )
        for turn, title, words, _issues, _first in named
        if counts[turn]
    ]  # fmt: skip
    return Inbox(sections, list(slips.for_list().order_by("reply_by", "pk")))


def _rows_of(keys: set[int], rule: LightRule) -> dict[int, IssueRow]:
    return {row.pk: row for row in issue_rows(Issue.objects.filter(pk__in=keys), rule)}
