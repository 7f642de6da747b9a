"""What a plan says, kept beside the upload as plain values, and shown again in the language of whoever reads it."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Unit
from accounts.refusals import sentence
from domain.errors import DomainError
from domain.issues import Level
from issues.models import LEVEL_LABELS, Category
from meetings.round_trip.marks import LONGEST_KEPT
from meetings.round_trip.merge import CellPlan, Outcome, Plan, RowPlan, choice_of
from meetings.round_trip.values import Value
from milestones.sheet_cells import plain

MOST_SHOWN: Final = 900
"""So many cells of each sort are shown on the page."""


@dataclass(frozen=True, slots=True)
class ShownCell:
    """A cell as the page shows it, or a whole row, then without `place` and `column`.

    `chosen`: of a conflict that was decided, the side that counts: ``theirs`` or ``ours``.
    """

    sheet: str
    place: str
    row: str
    url: str
    column: str
    before: str
    ours: str
    theirs: str
    reason: str
    choice: str
    chosen: str
    has_moved: bool


@dataclass(frozen=True, slots=True)
class ShownPlan:
    """What the page of an upload shows, sort by sort, and how many of each there are."""

    changes: Sequence[ShownCell] = ()
    conflicts: Sequence[ShownCell] = ()
    refused: Sequence[ShownCell] = ()
    locked: Sequence[ShownCell] = ()
    missing: Sequence[str] = ()
    untouched: int = 0
    meeting: str = ""
    made_at: datetime | None = None
    counts: Mapping[str, int] = field(default_factory=dict)

    @property
    def does_something(self) -> bool:
        return bool(self.changes or self.conflicts)

    @property
    def written(self) -> int:
        """How many cells an upload that was applied has written."""
        return self.counts["change"] + self.counts["chosen"]

    @property
    def kept(self) -> int:
        """Of how many conflicts what was stored has stayed."""
        return self.counts["conflict"] - self.counts["chosen"]


def kept_plan(plan: Plan, chosen: Mapping[str, str] | None = None) -> dict[str, Any]:
    """The plan as JSON; with what was `chosen` of its conflicts, once it is applied."""
    return {
        "rows": [_kept_row(row) for row in plan.rows],
        "missing": list(plan.missing),
        "untouched": plan.untouched,
        "meeting": plan.meeting,
        "made_at": plan.made_at.isoformat(),
        "chosen": dict(chosen or {}),
    }


def shown_plan(kept: Mapping[str, Any], choices: Mapping[str, str] | None = None) -> ShownPlan:
    """What ``kept_plan`` kept, in the language of now; with `choices` that were made and not carried out yet."""
    words, chosen = _Words(), {**kept.get("chosen", {}), **(choices or {})}
    found: dict[Outcome, list[ShownCell]] = {outcome: [] for outcome in Outcome}
    counts: dict[str, int] = {str(outcome): 0 for outcome in Outcome}
    counts["chosen"] = sum(side == "theirs" for side in chosen.values())
    for row in kept.get("rows", ()):
        for cell in row["cells"] or [None]:
            outcome = Outcome(cell["outcome"]) if cell else Outcome.REFUSED
            counts[outcome] += 1
            if len(found[outcome]) < MOST_SHOWN:
                found[outcome].append(_shown(row, cell, words, chosen))
    return ShownPlan(
        changes=found[Outcome.CHANGE], conflicts=found[Outcome.CONFLICT], refused=found[Outcome.REFUSED],
        locked=found[Outcome.LOCKED], missing=kept.get("missing", ()), untouched=kept.get("untouched", 0),
        meeting=kept.get("meeting", ""), counts=counts,
        made_at=datetime.fromisoformat(kept["made_at"]) if "made_at" in kept else None,
    )  # fmt: skip


def conflicts_of(plan: Plan) -> Collection[str]:
    """What has to be chosen."""
    return {
        choice_of(row.key, cell.key)
        for row in plan.rows
        for cell in row.cells
        if cell.outcome is Outcome.CONFLICT
    }


class _Words:
    """The values that are numbers and codes, in the reader's words."""

    def __init__(self) -> None:
        self._categories = {category.code: category.label for category in Category.objects.all()}
        self._units = dict(Unit.objects.values_list("pk", "name"))
        self._by_key: Mapping[str, Callable[[Any], str]] = {
            "category": lambda code: self._categories.get(code, code),
            "level": lambda level: str(LEVEL_LABELS[Level(level)]),
            "lead_unit": lambda pk: self._units.get(pk, ""),
        }

    def of(self, key: str, value: Value) -> str:
        """Blank for nothing; of a text that a mark does not repeat whole, its beginning."""
        if value is None or value == "":
            return ""
        if key in self._by_key:
            return self._by_key[key](value)
        text = str(value)
        return f"{text[:LONGEST_KEPT]}…" if text[LONGEST_KEPT : LONGEST_KEPT + 2] == "…#" else text


def _kept_row(row: RowPlan) -> dict[str, Any]:
    return {
        "sheet": row.sheet, "number": row.number, "key": row.key, "title": row.title, "has_moved": row.has_moved,
        "reason": _kept_reason(row.reason), "cells": [_kept_cell(cell) for cell in row.cells],
    }  # fmt: skip


def _kept_cell(cell: CellPlan) -> dict[str, Any]:
    return {
        "place": cell.place, "title": cell.title, "key": cell.key, "outcome": str(cell.outcome), "base": cell.base,
        "ours": cell.ours, "theirs": cell.theirs, "written": cell.written, "reason": _kept_reason(cell.reason),
    }  # fmt: skip


def _kept_reason(error: DomainError | None) -> dict[str, Any] | None:
    if error is None:
        return None
    params = {
        name: value if isinstance(value, int) else plain(str(value)) for name, value in error.params.items()
    }
    return {"template": error.template, "params": params}


def _said(reason: Mapping[str, Any] | None) -> str:
    return sentence(DomainError(reason["template"], **reason["params"])) if reason else ""


def _shown(
    row: Mapping[str, Any], cell: Mapping[str, Any] | None, words: _Words, chosen: Mapping[str, str]
) -> ShownCell:
    url = _url(row["key"]) if row["title"] else ""
    if cell is None:
        return ShownCell(
            row["sheet"], _("row %(number)s") % {"number": row["number"]}, row["title"], url, "", "", "", "",
            _said(row["reason"]), "", "", has_moved=False,
        )  # fmt: skip
    key = cell["key"]
    choice = choice_of(row["key"], key)
    return ShownCell(
        sheet=row["sheet"], place=cell["place"], row=row["title"], url=url, column=cell["title"],
        before=words.of(key, cell["base"]), ours=words.of(key, cell["ours"]),
        theirs=cell["written"] or words.of(key, cell["theirs"]), reason=_said(cell["reason"]), choice=choice,
        chosen=chosen.get(choice, ""), has_moved=row["has_moved"],
    )  # fmt: skip


def _url(key: str) -> str:
    return reverse("issues:issue" if key.startswith("i") else "milestones:project", args=[int(key[1:])])
