"""What an import would do, row by row, before anything is written.

The plan that is applied is always made under the locks of the transaction that applies it; the one of a
preview is only shown.
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.utils.translation import gettext_noop

from accounts.models import Unit, User
from domain.errors import DomainError
from ledger.chains import ChainBook
from ledger.directory import Directory, NewUnit, read_directory
from ledger.drafts import NOT_YOURS, CellChange, Draft, Reach, Rules, Verdict
from ledger.mapping import Layout, LedgerMapping
from ledger.match import Matcher, name_key, read_matcher
from ledger.opening import OpenLedger
from ledger.rows import RowReader, RowReading
from ledger.sentences import Problem, Sentence
from milestones.bulk_actions import NodeState, may_move_dates, node_states
from milestones.calendar_table import load_calendar
from projects.bulk_actions import editable_projects

_TWICE = gettext_noop("Row %(row)d is about the same project.")
_CODE_TWICE = gettext_noop("Row %(row)d has the project code %(code)s already.")


@dataclass(frozen=True, slots=True)
class PlannedRow:
    """A row of the ledger and what becomes of it; `changes` are kept of the first rows only."""

    number: int
    title: str
    verdict: Verdict
    changes: tuple[CellChange, ...]
    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...]


@dataclass(frozen=True)
class Plan:
    """What an import would do. The four counts of rows add up to the rows of the table."""

    opened: OpenLedger
    rows: tuple[PlannedRow, ...]
    drafts: tuple[Draft, ...]
    """The projects that change, in the order of their first rows."""
    new_units: tuple[NewUnit, ...]
    digest: str
    """Two plans that would do the same have the same digest."""

    @cached_property
    def counts(self) -> Mapping[Verdict, int]:
        found = Counter(row.verdict for row in self.rows)
        return {verdict: found[verdict] for verdict in Verdict}

    @property
    def problems(self) -> Iterator[Problem]:
        return (problem for row in self.rows for problem in row.problems)

    @property
    def warnings(self) -> Iterator[Problem]:
        return (warning for row in self.rows for warning in row.warnings)


def make_plan(
    opened: OpenLedger, *, actor: User, today: date, holds: bool = False, keep_changes: int = 200
) -> Plan:
    """What importing an open ledger would do for `actor` on the day `today`.

    Where it `holds`, the projects that rows mean are locked until the transaction ends. Cell changes are kept
    of the first `keep_changes` rows that change something.
    """
    reach = Reach(actor)
    mapping = opened.mapping
    directory = read_directory(may_add=mapping.create_units and reach.is_everything)
    reader = RowReader(mapping, opened.columns, directory, today=today, default_year=opened.default_year)
    readings = reader.read(opened.table.rows)
    record = _Record(readings, opened, actor, directory, holds=holds)
    rules = Rules(
        opened.columns, _defaults(mapping, directory), record.chains, reach, today, load_calendar(),
        may_move_dates(actor),
    )  # fmt: skip
    return _Planner(opened, record, rules, keep_changes).plan(readings)


class _Record:
    """What is on record of the projects that rows mean, read in a few queries."""

    def __init__(
        self,
        readings: Iterable[RowReading],
        opened: OpenLedger,
        actor: User,
        directory: Directory,
        *,
        holds: bool,
    ) -> None:
        self.chains = ChainBook(opened.mapping)
        self._headers = opened.columns.headers
        codes = {code for row in readings if (code := row.fields.get("code"))}
        self.matcher: Matcher = read_matcher(actor, codes)
        self._found = {row.number: self._find(row) for row in readings if row.title}
        wanted = {pk for pk in self._found.values() if pk is not None}
        self.projects = editable_projects(actor, wanted, lock=holds)
        for project in self.projects.values():
            directory.introduce(project)
        for row in readings:
            self._choose_tier(row, opened.mapping.defaults.get("kind", ""), directory)
        self.steps = self.chains.of_projects(self.projects)
        self.states = self._read_states(readings)

    def _find(self, row: RowReading) -> int | None:
        try:
            return self.matcher.find(row.fields)
        except DomainError as error:
            column = self._headers["code" if row.fields.get("code") else "name"]
            row.refuse(column, row.fields.get("code", row.title), Sentence.of(error))
            return None

    def _choose_tier(self, row: RowReading, default_kind: str, directory: Directory) -> None:
        """A tier is one of the project's kind; another is said and left out."""
        written = row.fields.pop("tier", None)
        if written is None:
            return
        project = self.projects.get(self._found.get(row.number) or 0)
        kind = row.fields.get("kind") or (project.kind if project else default_kind)
        try:
            row.fields["tier"] = directory.tier(written, kind)
        except DomainError as error:
            row.warn(self._headers["tier"], written, Sentence.of(error))

    def project_of(self, row: RowReading) -> int | None:
        return self._found.get(row.number)

    def _read_states(self, readings: Iterable[RowReading]) -> Mapping[int, Mapping[int, NodeState]]:
        labels = {label for row in readings for label, _ in row.nodes}
        used = (self.chains.step(steps, label) for steps in set(self.steps.values()) for label in labels)
        wanted = {step.pk for step in used if step is not None}
        states: dict[int, dict[int, NodeState]] = defaultdict(dict)
        for state in node_states(self.steps, wanted) if wanted else ():
            states[state.project_id][state.step_id] = state
        return states


class _Planner:
    """Takes row after row and knows which projects earlier rows were about."""

    def __init__(self, opened: OpenLedger, record: _Record, rules: Rules, keep_changes: int) -> None:
        self._opened = opened
        self._record = record
        self._rules = rules
        self._keep = keep_changes
        self._one_row_each = opened.mapping.layout is Layout.WIDE
        self._by_pk: dict[int, Draft] = {}
        self._by_code: dict[str, Draft] = {}
        self._by_name: dict[tuple[str, str], Draft] = {}
        self._drafts: list[Draft] = []
        self._digest = hashlib.sha256()

    def plan(self, readings: Iterable[RowReading]) -> Plan:
        rows = tuple(map(self._row, readings))
        drafts = tuple(draft for draft in self._drafts if draft.changes_something)
        return Plan(self._opened, rows, drafts, _new_units(drafts), self._digest.hexdigest())

    def _row(self, row: RowReading) -> PlannedRow:
        draft = self._draft_of(row) if row.title else None
        verdict, changes = draft.take(row, self._rules) if draft else (Verdict.REJECTED, [])
        self._digest.update(repr((row.number, verdict, [tuple(map(str, one)) for one in changes])).encode())
        kept: tuple[CellChange, ...] = ()
        if changes and self._keep > 0:
            self._keep -= 1
            kept = tuple(changes)
        return PlannedRow(row.number, row.title, verdict, kept, tuple(row.problems), tuple(row.warnings))

    def _draft_of(self, row: RowReading) -> Draft | None:
        """The project that the row is about; None, with the reason in the row, where it must not be taken."""
        pk = self._record.project_of(row)
        draft = self._earlier(row, pk)
        if draft is not None and self._one_row_each:
            self._refuse_second(row, draft)
        elif draft is None and (self._one_row_each or not row.problems):
            draft = self._first(row, pk)
        if pk is not None and pk not in self._record.projects and not row.problems:
            row.refuse(self._header("name"), row.title, Sentence(NOT_YOURS, {"name": row.title}))
        if draft is not None and (code := row.fields.get("code")):
            self._by_code.setdefault(code, draft)
        return None if row.problems else draft

    def _earlier(self, row: RowReading, pk: int | None) -> Draft | None:
        """The project, if an earlier row of this ledger was about it."""
        if (code := row.fields.get("code")) in self._by_code:
            return self._by_code[code]
        if pk is not None:
            return self._by_pk.get(pk)
        return self._by_name.get(_name_key(row))

    def _first(self, row: RowReading, pk: int | None) -> Draft:
        project = self._record.projects.get(pk) if pk is not None else None
        steps = self._record.steps.get(pk) if pk is not None else None
        draft = Draft(row.number, project, steps, self._record.states.get(pk or 0, {}))
        if pk is not None:
            self._by_pk[pk] = draft
        self._by_name.setdefault(_name_key(row), draft)
        self._drafts.append(draft)
        return draft

    def _refuse_second(self, row: RowReading, draft: Draft) -> None:
        code = row.fields.get("code")
        if code and self._by_code.get(code) is draft:
            row.refuse(self._header("code"), code, Sentence(_CODE_TWICE, {"row": draft.row, "code": code}))
        else:
            row.refuse(self._header("name"), row.title, Sentence(_TWICE, {"row": draft.row}))

    def _header(self, field: str) -> str:
        return self._opened.columns.headers.get(field, "")


def _name_key(row: RowReading) -> tuple[str, str]:
    return name_key(row.title, row.fields.get("enterprise", ""))


def _new_units(drafts: Iterable[Draft]) -> tuple[NewUnit, ...]:
    named = (value for draft in drafts for value in draft.fields.values() if isinstance(value, NewUnit))
    return tuple(dict.fromkeys(named))


def _defaults(mapping: LedgerMapping, directory: Directory) -> dict[str, Any]:
    """Raises InputError where the mapping names a unit that the district does not have."""
    kinds = {"town": Unit.Kind.TOWN, "department": Unit.Kind.DEPARTMENT}
    return {
        name: directory.unit(value, kinds[name]) if name in kinds else value
        for name, value in mapping.defaults.items()
    }
