"""What a filled-in workbook would change, cell by cell: what was written out, what it says now, what is stored now.

Three ways: a cell that still says what was written out changes nothing; one that differs is a change where nobody has
changed the same here meanwhile, and otherwise a conflict, of which somebody chooses one side.
"""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from enum import StrEnum
from hashlib import sha256
from typing import Any, Final

from django.utils.translation import gettext_noop

from accounts.access import refusal
from accounts.models import User
from domain.errors import DomainError, InputError, RuleError
from domain.issues import IssueStatus, IssueStep, check_due, check_units, move_issue
from domain.written import shown
from issues.models import Issue, IssueNote
from meetings.round_trip.filled_in import FilledIn, FilledRow
from meetings.round_trip.marks import ISSUE_KEYS, PROJECT_KEYS, kept_text, project_version
from meetings.round_trip.values import AMOUNTS, TEXTS, CellReader, Value
from milestones.sheet_cells import plain
from projects.models import Project


class Outcome(StrEnum):
    """What becomes of a cell. LOCKED: it may not be filled in, was changed nevertheless, and is not read."""

    CHANGE = "change"
    CONFLICT = "conflict"
    REFUSED = "refused"
    LOCKED = "locked"


@dataclass(frozen=True, slots=True)
class CellPlan:
    """A cell that says something else than it did. `written` is what it says, where that cannot be taken."""

    place: str
    title: str
    key: str
    outcome: Outcome
    base: Value = None
    ours: Value = None
    theirs: Value = None
    written: str = ""
    reason: DomainError | None = None


@dataclass(frozen=True, slots=True)
class RowPlan:
    """A row of which a cell was changed. `has_moved`: it was changed here too since the workbook was made."""

    sheet: str
    number: int
    key: str
    title: str
    cells: tuple[CellPlan, ...]
    has_moved: bool = False
    reason: DomainError | None = None

    @property
    def pk(self) -> int:
        return int(self.key[1:])

    @property
    def is_issue(self) -> bool:
        return self.key.startswith("i")

    def taken(self, chosen: Collection[str] = ()) -> dict[str, Value]:
        """What is to be written, with the conflicts of which the workbook's side was chosen (``choice_of``)."""
        return {
            cell.key: cell.theirs
            for cell in self.cells
            if cell.outcome is Outcome.CHANGE
            or (cell.outcome is Outcome.CONFLICT and choice_of(self.key, cell.key) in chosen)
        }


@dataclass(frozen=True, slots=True)
class Plan:
    """All rows of which something was changed, and the sheets that are not in the file. `untouched` rows say what they
    said. `meeting` and `made_at`: of what the workbook was, and when it was made."""

    rows: tuple[RowPlan, ...]
    missing: tuple[str, ...]
    untouched: int
    meeting: str
    made_at: datetime

    @property
    def digest(self) -> str:
        """Names what this plan does: another outcome, another digest."""
        facts = [
            [row.key, row.number, _told(row.reason), [_facts(cell) for cell in row.cells]]
            for row in self.rows
        ]
        return sha256(json.dumps([facts, self.missing], sort_keys=True, default=str).encode()).hexdigest()


def choice_of(row: str, key: str) -> str:
    """How a conflict is called where one of its sides is chosen."""
    return f"{row}-{key}"


def touched_rows(filled: FilledIn, cells: CellReader) -> dict[str, dict[str, CellPlan]]:
    """By row, the cells that say something else than they did, as far as they can be read; nothing is asked yet."""
    found = {}
    for row in filled.rows:
        said = {plan.key: plan for plan in _said(row, cells)}
        if said:
            found[row.mark.row] = said
    return found


def make_plan(filled: FilledIn, *, actor: User, today: date) -> Plan:
    """What applying the workbook today would do under the rights of `actor`; nothing is written."""
    reader = CellReader()
    said = touched_rows(filled, reader)
    merge = _Merge(actor, today, reader, said)
    rows = [RowPlan(row.sheet, row.number, "", "", (), reason=row.reason) for row in filled.refused]
    untouched = 0
    for row in filled.rows:
        plan = merge.row(row, said.get(row.mark.row, {}))
        if plan is None:
            untouched += 1
        else:
            rows.append(plan)
    order = {
        name: place for place, name in enumerate(layout.name for layout in filled.origin.sheets.values())
    }
    rows.sort(key=lambda row: (order[row.sheet], row.number))
    return Plan(tuple(rows), tuple(filled.missing), untouched, filled.origin.meeting, filled.origin.made_at)


def row_keys(filled: FilledIn) -> dict[str, list[int]]:
    """The numbers of the projects (``p``) and issues (``i``) of which a cell was changed."""
    keys: dict[str, list[int]] = {"p": [], "i": []}
    for key in touched_rows(filled, CellReader()):
        keys[key[0]].append(int(key[1:]))
    return keys


def _said(row: FilledRow, cells: CellReader) -> Iterator[CellPlan]:
    """What was changed of a row, each cell read; a change as long as nobody has looked at what is stored."""
    keys = PROJECT_KEYS if row.mark.row.startswith("p") else ISSUE_KEYS
    for key, base in zip(keys, row.mark.base, strict=False):
        cell = row.cells.get(key)
        if cell is None:
            continue
        plan = CellPlan(cell.place, cell.title, key, Outcome.CHANGE, base=base)
        try:
            theirs = cells.read(key, cell.value, may_be_blank=base is None)
        except DomainError as error:
            if not cell.is_as_written:  # a unit or category that was renamed since is no mistake of this row
                yield replace(plan, outcome=Outcome.REFUSED, written=_written(cell.value), reason=error)
        else:
            if comparable(key, theirs) != base:
                yield replace(plan, theirs=theirs)


def comparable(key: str, value: Value) -> Value:
    """A value that is stored or was filled in, as a mark keeps it."""
    return kept_text(value) if key in TEXTS and isinstance(value, str) else value


class _Merge:
    """What is looked up once for all rows: what is stored now, and what of it the actor may change."""

    def __init__(
        self, actor: User, today: date, reader: CellReader, said: Mapping[str, Mapping[str, CellPlan]]
    ) -> None:
        self.actor, self.today, self.reader = actor, today, reader
        pks = {letter: [int(key[1:]) for key in said if key.startswith(letter)] for letter in "pi"}
        projects = Project.objects.filter(pk__in=pks["p"])
        issues = Issue.objects.filter(pk__in=pks["i"])
        self.projects = {
            project.pk: project
            for project in projects.visible_to(actor).select_related("town", "department", "liaison")
        }
        self.editable = _numbers(projects.editable_by(actor))
        self.issues = {
            issue.pk: issue for issue in issues.visible_to(actor).for_list().prefetch_related("supporting")
        }
        changeable = _numbers(issues.changeable_by(actor))
        coordinated = _numbers(issues.coordinated_by(actor))
        self.may: Mapping[str, Collection[int]] = {
            "category": changeable,
            "level": changeable if actor.is_manager else frozenset(),
            "lead_unit": coordinated,
            "due_on": coordinated,
            "progress": _numbers(issues.workable_by(actor)),
        }
        progress = [key for key, cells in said.items() if "progress" in cells]
        notes = IssueNote.objects.filter(issue__in=[int(key[1:]) for key in progress])
        self.noted = set(notes.values_list("issue", "text"))
        """What the record says already: a workbook that is uploaded again does not say it twice."""

    def row(self, row: FilledRow, said: Mapping[str, CellPlan]) -> RowPlan | None:
        """None where nothing of it was changed."""
        altered = tuple(
            CellPlan(cell.place, cell.title, "", Outcome.LOCKED, written=_written(cell.value))
            for cell in row.altered
        )
        if not said:
            return RowPlan(row.sheet, row.number, row.mark.row, "", altered) if altered else None
        pk = int(row.mark.row[1:])
        if row.mark.row.startswith("p"):
            return self._project(row, self.projects.get(pk), said, altered)
        return self._issue(row, self.issues.get(pk), said, altered)

    def _project(
        self,
        row: FilledRow,
        project: Project | None,
        said: Mapping[str, CellPlan],
        altered: tuple[CellPlan, ...],
    ) -> RowPlan:
        if project is None:
            return RowPlan(row.sheet, row.number, row.mark.row, "", (), reason=RuleError(_GONE))
        ours = project_values(project)
        cells = [self._project_cell(project, cell, ours[cell.key]) for cell in said.values()]
        return RowPlan(
            row.sheet, row.number, row.mark.row, project.name, (*_only(cells), *altered),
            has_moved=version_of(project, ours) != row.mark.version,
        )  # fmt: skip

    def _project_cell(self, project: Project, cell: CellPlan, ours: Value) -> CellPlan | None:
        if project.pk not in self.editable:
            return _refused(replace(cell, ours=ours), RuleError(refusal(self.actor)))
        return _merged(cell, ours)

    def _issue(
        self, row: FilledRow, issue: Issue | None, said: Mapping[str, CellPlan], altered: tuple[CellPlan, ...]
    ) -> RowPlan:
        if issue is None:
            return RowPlan(row.sheet, row.number, row.mark.row, "", (), reason=RuleError(_GONE))
        ours = issue_values(issue)
        cells = {key: self._issue_cell(issue, cell, ours[key]) for key, cell in said.items()}
        self._check_together(issue, cells)
        return RowPlan(
            row.sheet, row.number, row.mark.row, f"{issue.number} {issue.title}",
            (*_only(cells.values()), *altered), has_moved=issue.etag.strip('"') != row.mark.version,
        )  # fmt: skip

    def _issue_cell(self, issue: Issue, cell: CellPlan, ours: Value) -> CellPlan | None:
        if issue.pk not in self.may[cell.key]:
            level = cell.key == "level" and not self.actor.is_manager
            return _refused(replace(cell, ours=ours), RuleError(_LEVEL if level else _NOT_YOURS))
        merged = _merged(cell, ours)
        if merged is None or (cell.key == "progress" and (issue.pk, merged.theirs) in self.noted):
            return None
        if merged.outcome is Outcome.REFUSED:
            return merged
        try:
            self._check(issue, merged.key, merged.theirs)
        except DomainError as error:
            return _refused(merged, error)
        return merged

    def _check(self, issue: Issue, key: str, value: Value) -> None:
        """The rules by which the actions refuse what this one cell says."""
        step = IssueStep.ASSIGN if key in {"lead_unit", "due_on"} else IssueStep.NOTE
        move_issue(IssueStatus(issue.status), step, issue=issue.number)
        if key == "lead_unit" and isinstance(value, int):
            check_units(
                value, [unit.pk for unit in issue.supporting.all()], unit=self.reader.units[value].name
            )
        if key == "due_on" and isinstance(value, str):
            check_due(date.fromisoformat(value), self.today)

    def _check_together(self, issue: Issue, cells: dict[str, CellPlan | None]) -> None:
        """Assigning names a unit and a day. As long as one of the two is a conflict, its choice decides."""
        unit, due = cells.get("lead_unit"), cells.get("due_on")
        if any(cell is not None and cell.outcome is Outcome.CONFLICT for cell in (unit, due)):
            return
        new = {
            key: cell
            for key, cell in (("lead_unit", unit), ("due_on", due))
            if cell is not None and cell.outcome is Outcome.CHANGE
        }
        if not new:
            return
        values = issue_values(issue) | {key: cell.theirs for key, cell in new.items()}
        try:
            check_assignment(values["lead_unit"], values["due_on"], self.today)
        except DomainError as error:
            cells.update({key: _refused(cell, error) for key, cell in new.items()})


_GONE: Final = gettext_noop("What this row is about is not there any more, or not in your sight.")
_NOT_YOURS: Final = gettext_noop("This is not yours to decide about this issue.")
_LEVEL: Final = gettext_noop("At which level an issue is coordinated, a manager decides.")


def check_assignment(lead_unit: Value, due_on: Value, today: date) -> None:
    """Raises InputError where an issue would be given to nobody or without a day, RuleError for a day that passed."""
    if lead_unit is None:
        raise InputError(gettext_noop("A due date is given together with the lead unit; name that too."))
    if due_on is None:
        raise InputError(gettext_noop("A lead unit is given together with the due date; name that too."))
    check_due(date.fromisoformat(str(due_on)), today)


def project_values(project: Project) -> dict[str, Value]:
    """What is stored now of what may be filled in."""
    return {key: _value(key, getattr(project, key)) for key in PROJECT_KEYS}


def issue_values(issue: Issue) -> dict[str, Value]:
    return {
        "category": issue.category.code,
        "level": int(issue.level),
        "lead_unit": issue.lead_unit_id,
        "due_on": issue.due_on.isoformat() if issue.due_on else None,
        "progress": "",
    }


def version_of(project: Project, values: Mapping[str, Value]) -> str:
    """The version of a project that a mark would have now."""
    liaison = project.liaison
    return project_version(
        (
            project.name, project.code, project.enterprise, project.kind, project.town.name,
            project.department.name if project.department else "",
            (liaison.display_name or liaison.username) if liaison else "",
        ),
        [comparable(key, values[key]) for key in PROJECT_KEYS],
    )  # fmt: skip


def _value(key: str, stored: Any) -> Value:
    if key in AMOUNTS:
        return None if stored is None else f"{stored:.2f}"
    return str(stored)


def _merged(cell: CellPlan, ours: Value) -> CellPlan | None:
    """The cell against what is stored now; None where that says the same already."""
    cell = replace(cell, ours=ours)
    if cell.outcome is Outcome.REFUSED:
        return cell
    stored, theirs = comparable(cell.key, ours), comparable(cell.key, cell.theirs)
    if stored == theirs:
        return None
    return cell if stored == cell.base else replace(cell, outcome=Outcome.CONFLICT)


def _refused(cell: CellPlan, error: DomainError) -> CellPlan:
    """What it says stays as it was read, unless that could not even be read."""
    return replace(cell, outcome=Outcome.REFUSED, reason=error)


def _written(value: object) -> str:
    """What a cell says, as it can be shown; a day without its hours."""
    if isinstance(value, datetime) and value.time() == time():
        value = value.date()
    return "" if value is None else plain(shown(value))


def _only(cells: Collection[CellPlan | None]) -> Sequence[CellPlan]:
    return [cell for cell in cells if cell is not None]


def _numbers(rows: Any) -> frozenset[int]:
    return frozenset(rows.order_by().values_list("pk", flat=True))


def _facts(cell: CellPlan) -> list[Any]:
    return [
        cell.key,
        cell.place,
        cell.outcome,
        cell.base,
        cell.ours,
        cell.theirs,
        cell.written,
        _told(cell.reason),
    ]


def _told(reason: DomainError | None) -> str:
    return str(reason) if reason else ""
