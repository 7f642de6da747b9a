"""What an import said, kept with its record so that its page needs neither the file nor a second look.

Sentences are kept as sentences, so that every reader gets them in the own language.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from domain.lifecycle import Status
from history.models import Change
from ledger.drafts import CellChange, Verdict
from ledger.investment.doubts import Doubt
from ledger.investment.opening import DEFAULT_UNIT
from ledger.investment.plan import InvestmentChanges
from ledger.mapping import START
from ledger.plan import Plan
from ledger.sentences import Problem, Sentence, storable
from milestones.models import STATUS_LABELS, Node
from projects.models import Project

MOST_SHOWN = 200
"""How many rows, and how many sentences, the page shows; the counts are always of all."""


@dataclass(frozen=True)
class ShownChange:
    """One cell: what it is called, what is on record, what the ledger says."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class ShownRow:
    number: int
    title: str
    verdict: Verdict
    changes: tuple[ShownChange, ...]


@dataclass(frozen=True)
class Report:
    """What the page of an import shows; `total_…` count what there is, the lists stop at ``MOST_SHOWN``."""

    rows: tuple[ShownRow, ...]
    total_rows: int
    problems: tuple[Problem, ...]
    total_problems: int
    warnings: tuple[Problem, ...]
    total_warnings: int
    unused: tuple[str, ...]
    other_sheets: tuple[str, ...]
    new_units: tuple[str, ...]
    skipped: tuple[tuple[int, str], ...]
    year: int | None
    """Of investment: the one of months that name none."""
    unit: str
    """Of numbers whose header names none."""
    units: tuple[str, ...]
    doubt: Doubt | None
    late: int
    """How many nodes applying a preview would leave overdue, on the day of the preview."""
    late_projects: int

    @property
    def unit_in_words(self) -> str:
        """The unit the amounts were read in, where that was said, and that they are kept in another."""
        units = self.units or (self.unit,)
        words = pgettext("between names", ", ").join(units)
        if units != (self.unit,):
            words = _("%(unit)s (as the header says)") % {"unit": words}
        return (
            words if units == (DEFAULT_UNIT,) else _("%(unit)s, converted to 10,000 yuan") % {"unit": words}
        )


def report_of(plan: Plan | InvestmentChanges) -> dict[str, Any]:
    """The report as it is kept."""
    problems, warnings = list(plan.problems), list(plan.warnings)
    changing = [row for row in plan.rows if row.verdict in {Verdict.CREATED, Verdict.UPDATED}]
    report = {
        "rows": [
            {
                "row": row.number, "title": row.title, "verdict": row.verdict,
                "changes": [_kept_change(change) for change in row.changes if change.field != _SAME_AS_DUE],
            }
            for row in changing[:MOST_SHOWN]
        ],
        "total_rows": len(changing),
        "problems": [_kept(problem) for problem in problems[:MOST_SHOWN]],
        "total_problems": len(problems),
        "warnings": [_kept(warning) for warning in warnings[:MOST_SHOWN]],
        "total_warnings": len(warnings),
        "unused": [storable(name) for name in plan.opened.columns.unused],
        "other_sheets": [storable(name) for name in plan.opened.other_sheets],
        "new_units": [unit.name for unit in plan.new_units],
        "skipped": [[skip.number, storable(skip.text)] for skip in plan.opened.table.skipped[:MOST_SHOWN]],
    }  # fmt: skip
    if isinstance(plan, InvestmentChanges):
        report |= {"year": plan.opened.year, "unit": plan.opened.unit, "units": list(plan.opened.units)}
        report["doubt"] = plan.doubt.as_json() if plan.doubt else None
    return report


def read_report(kept: Mapping[str, Any]) -> Report:
    """The report as it is shown, in the language of now."""
    return Report(
        rows=tuple(
            ShownRow(
                row["row"], row["title"], Verdict(row["verdict"]),
                tuple(_shown_change(*change) for change in row["changes"]),
            )
            for row in kept.get("rows", ())
        ),
        total_rows=kept.get("total_rows", 0),
        problems=_problems(kept.get("problems", ())),
        total_problems=kept.get("total_problems", 0),
        warnings=_problems(kept.get("warnings", ())),
        total_warnings=kept.get("total_warnings", 0),
        unused=tuple(kept.get("unused", ())),
        other_sheets=tuple(kept.get("other_sheets", ())),
        new_units=tuple(kept.get("new_units", ())),
        skipped=tuple((number, text) for number, text in kept.get("skipped", ())),
        year=kept.get("year"),
        unit=kept.get("unit", ""),
        units=tuple(kept.get("units", ())),
        doubt=Doubt.from_json(kept["doubt"]) if kept.get("doubt") else None,
        late=kept.get("late", (0, 0))[0],
        late_projects=kept.get("late", (0, 0))[1],
    )  # fmt: skip


def field_label(field: str, *, of_node: bool) -> str:
    """A field, a month or the plan of a year as the reader calls it."""
    if field[:1].isdecimal():
        return field if "-" in field else _("plan of %(year)s") % {"year": field}
    if field == START:
        return _("first day of the chain")
    model = Node if of_node else Project
    column = model._meta.get_field(field)
    return str(getattr(column, "verbose_name", field))


def shown_value(field: str, value: Any) -> str:
    """A stored value as the reader calls it; a dash for none. What is named by a month or a year is an amount."""
    if value is None or value == "":
        return "—"
    if field[:1].isdecimal() or field in _AMOUNTS:
        return f"{Decimal(value):,.2f}".rstrip("0").rstrip(".")
    if field == "status":
        return str(STATUS_LABELS[Status(value)])
    if field == "kind":
        return str(Project.Kind(value).label)
    return str(value)


def changed_cells(change: Change) -> list[ShownChange]:
    """What an entry of the history changed, cell by cell; an import changes projects and nodes."""
    if change.verb == Change.Verb.CHAIN_LAID:
        return [
            ShownChange(str(label), "—", str(change.after.get(name, "")))
            for name, label in _CHAIN_LABELS.items()
        ]
    if change.verb == Change.Verb.NODES_RECORDED:
        return [
            _shown_change(node, name, change.before.get(node, {}).get(name), value)
            for node, fields in change.after.items()
            for name, value in fields.items()
            if name != _SAME_AS_DUE
        ]
    return [_shown_change("", name, change.before.get(name), value) for name, value in change.after.items()]


_AMOUNTS = {"investment", "fixed_investment", "land_mu", "floor_area_m2"}

_SAME_AS_DUE = "baseline_on"
"""Set only together with the due date, to the same day; saying so twice helps nobody."""

_CHAIN_LABELS = {
    "template": gettext_lazy("chain"),
    "version": gettext_lazy("version"),
    "starts_on": gettext_lazy("starts"),
    "nodes": gettext_lazy("nodes"),
}


def _kept_change(change: CellChange) -> list[str | None]:
    return [None if part is None else str(part) for part in change]


def _shown_change(node: str, field: str, before: str | None, after: str | None) -> ShownChange:
    label = field_label(field, of_node=bool(node))
    return ShownChange(
        f"{node} · {label}" if node else label, shown_value(field, before), shown_value(field, after)
    )


def _kept(problem: Problem) -> dict[str, Any]:
    return {
        "row": problem.row,
        "column": storable(problem.column),
        "value": problem.value,
        "reason": problem.reason.as_json(),
    }


def _problems(kept: Iterable[Mapping[str, Any]]) -> tuple[Problem, ...]:
    return tuple(
        Problem(one["row"], one["column"], one["value"], Sentence.from_json(one["reason"])) for one in kept
    )
