"""What each row of a table says, with every cell that cannot be read named."""

import datetime as dt
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_noop

from accounts.models import Unit
from domain.errors import DomainError, InputError
from domain.industries import read_industry
from domain.lifecycle import Status
from domain.project_code import CodeWarning, read_project_code
from domain.written import fold, says_nothing, shown, squeeze
from domain.written_amounts import read_amount, read_area
from domain.written_dates import Precision, WrittenDate, read_date
from ledger.columns import Columns, FieldColumn, NodeColumn
from ledger.directory import Directory, NewUnit
from ledger.mapping import START, LedgerMapping, Says
from ledger.sentences import Problem, Sentence, storable
from ledger.tables import TableRow
from milestones.bulk_actions import Recorded
from projects.models import Project
from projects.spreadsheets import Cell, CellError

CODE_WARNINGS = {
    CodeWarning.CHECK_DIGIT: gettext_noop("The check digit of this project code does not fit; check it."),
    CodeWarning.UNKNOWN_REGION: gettext_noop("The region of this project code is not known."),
    CodeWarning.UNKNOWN_TYPE: gettext_noop("The project type of this project code is not known."),
    CodeWarning.TOO_EARLY: gettext_noop("This project code claims a month before codes of its form began."),
}
_LONGEST = {"name": 255, "enterprise": 200, "sector": 60, "leader": 60}
"""As the table of projects allows; a test holds the two together."""
_UNITS = {"town": Unit.Kind.TOWN, "department": Unit.Kind.DEPARTMENT}
_CHOSEN = frozenset({"kind", *_UNITS})
"""Fields with few values."""
_CENT = Decimal("0.01")
_M2_IN_MU = Decimal("0.0015")
_TELEPHONE = re.compile(r"[\s/,;:(（]*\+?[0-9][0-9\- ]{6,}[)）]?\s*$")


@dataclass(slots=True)
class RowReading:
    """One row: the project's fields that it fills, what it says of nodes, and what is wrong with it."""

    number: int
    cells: tuple[Cell, ...]
    fields: dict[str, Any] = field(default_factory=dict)
    nodes: list[tuple[str, Recorded]] = field(default_factory=list)
    """What the ledger calls the node, and what it says of it."""
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)

    @property
    def title(self) -> str:
        return str(self.fields.get("name", ""))

    def refuse(self, column: str, value: object, reason: Sentence) -> None:
        self.problems.append(Problem(self.number, column, shown(_text(value)), reason))

    def warn(self, column: str, value: object, reason: Sentence) -> None:
        self.warnings.append(Problem(self.number, column, shown(_text(value)), reason))


class RowReader:
    """Reads the rows of one table. Cells that repeat are read once."""

    def __init__(
        self, mapping: LedgerMapping, columns: Columns, directory: Directory, *,
        today: dt.date, default_year: int | None,
    ) -> None:  # fmt: skip
        self._mapping = mapping
        self._columns = columns
        self._directory = directory
        self._today = today
        self._default_year = default_year
        # The town is read first: it decides between two liaisons of the same name.
        self._fields = sorted(columns.fields, key=lambda column: column.field == "liaison")
        self._choices: dict[tuple[str, type, Cell], Any] = {}
        self._dates: dict[tuple[type, Cell], WrittenDate | DomainError | None] = {}

    def read(self, rows: Iterable[TableRow]) -> list[RowReading]:
        return [self._row(row.number, row.cells) for row in rows]

    def _row(self, number: int, cells: tuple[Cell, ...]) -> RowReading:
        row = RowReading(number, cells)
        for column in self._fields:
            self._field(row, column)
        name = self._columns.headers["name"]
        if not row.title and not any(problem.column == name for problem in row.problems):
            row.refuse(name, "", Sentence(gettext_noop("The name of the project is missing.")))
        row.nodes = [(label, Recorded(**facts)) for label, facts in self._nodes(row)]
        for label, said in row.nodes:
            self._check(row, label, said)
        return row

    def _field(self, row: RowReading, column: FieldColumn) -> None:
        value = _cell(row.cells, column)
        try:
            if isinstance(value, CellError):
                raise InputError(gettext_noop("The cell holds an error: %(error)s."), error=value.code)
            if column.field == START:
                self._start(row, value)
                return
            if column.field in _AMOUNTS:
                found: Any = _AMOUNTS[column.field](value, column.unit)
            else:
                found = self._text_field(row, column, value)
        except DomainError as error:
            row.refuse(column.header, value, Sentence.of(error))
            return
        if found is not None:
            row.fields[column.field] = found

    def _start(self, row: RowReading, value: Cell) -> None:
        date = self._date(value)
        if date is not None:
            row.fields[START] = date.on

    def _text_field(self, row: RowReading, column: FieldColumn, value: Cell) -> Any:
        if column.field in _CHOSEN:
            return self._chosen(column.field, value)
        text = _text(value)
        if says_nothing(text):
            return None
        if column.field == "code":
            return self._code(row, column, text)
        translated = self._translated(column.field, text)
        if column.field == "liaison":
            return self._liaison(row, column, translated)
        if column.field in _DOUBTFUL:
            return self._doubtful(row, column, translated)
        longest = _LONGEST.get(column.field)
        if longest and len(translated) > longest:
            raise InputError(
                gettext_noop("The text has %(length)d characters; %(longest)d are allowed."),
                length=len(translated), longest=longest,
            )  # fmt: skip
        return translated

    def _translated(self, field: str, text: str) -> str:
        values = self._mapping.values.get(field)
        return values.get(squeeze(text).casefold(), text) if values else text

    def _chosen(self, field: str, value: Cell) -> Any:
        """A kind or a unit. Each is looked up once; raises InputError again where it did."""
        key = (field, type(value), value)
        if key not in self._choices:
            self._choices[key] = self._choose(field, _text(value))
        found = self._choices[key]
        if isinstance(found, DomainError):
            raise found
        return found

    def _choose(self, field: str, text: str) -> Any:
        if says_nothing(text):
            return None
        translated = self._translated(field, text)
        try:
            if field == "kind":
                return _kind(translated)
            return self._directory.unit(translated, _UNITS[field])
        except DomainError as error:
            return error

    def _code(self, row: RowReading, column: FieldColumn, text: str) -> str:
        code = read_project_code(text)
        for warning in code.warnings:
            row.warn(column.header, text, Sentence(CODE_WARNINGS[warning]))
        return code.text

    def _liaison(self, row: RowReading, column: FieldColumn, text: str) -> Any:
        """A liaison without an account is no reason to refuse a project; it is said."""
        name = _TELEPHONE.sub("", text).strip()
        person = self._directory.person(name, row.fields.get("town"))
        if person is None:
            row.warn(
                column.header, text,
                Sentence(gettext_noop("No one liaison is called “%(name)s”; none is set."), {"name": name}),
            )  # fmt: skip
        return person

    def _doubtful(self, row: RowReading, column: FieldColumn, text: str) -> Any:
        """What tells more of a project than it needs: where it cannot be read, that is said and the row is taken."""
        try:
            return _DOUBTFUL[column.field](text)
        except DomainError as error:
            row.warn(column.header, text, Sentence.of(error))
            return None

    def _nodes(self, row: RowReading) -> Iterable[tuple[str, dict[str, Any]]]:
        if self._columns.node_name is not None:
            return self._long_node(row, self._columns.node_name)
        by_label: dict[str, dict[str, Any]] = {}
        for column in self._columns.nodes:
            value = _at(row.cells, column.index)
            if value is not None and (fact := self._fact(row, column, value)) is not None:
                told = Says.DUE if column.is_unnamed and fact > self._today else column.says
                by_label.setdefault(column.label, {}).setdefault(_FACTS[told], fact)
        return by_label.items()

    def _long_node(self, row: RowReading, name_column: FieldColumn) -> Iterable[tuple[str, dict[str, Any]]]:
        label = _text(_cell(row.cells, name_column))
        if says_nothing(label):
            row.refuse(name_column.header, label, Sentence(gettext_noop("The name of the node is missing.")))
            return []
        facts = {}
        for column in self._columns.nodes:
            fact = self._fact(row, column, _at(row.cells, column.index))
            if fact is not None:
                facts[_FACTS[column.says]] = fact
        return [(label, facts)]

    def _fact(self, row: RowReading, column: NodeColumn, value: Cell) -> Any:
        """A date or a status; None where the cell says that there is none, or cannot be read."""
        try:
            if column.says is Says.STATUS:
                return self._status(value)
            date = self._date(value)
            if date is None:
                return None
            may_be_planned = column.says is Says.DUE or column.is_unnamed
            if not may_be_planned and date.on > self._today:
                raise InputError(
                    gettext_noop("%(on)s lies in the future; only what has happened is recorded."), on=date.on
                )
        except DomainError as error:
            row.refuse(column.header, value, Sentence.of(error))
            return None
        if date.precision is not Precision.DAY:
            row.warn(
                column.header, value,
                Sentence(gettext_noop("No day is named; %(day)s is taken."), {"day": date.on}),
            )  # fmt: skip
        return date.on

    def _status(self, value: Cell) -> Status | None:
        text = _text(value)
        if says_nothing(text):
            return None
        status = self._mapping.values.get("status", {}).get(squeeze(text).casefold())
        if status is None:
            raise InputError(
                gettext_noop("“%(text)s” is not a status that the mapping knows."), text=shown(text)
            )
        return Status(status)

    def _date(self, value: Cell) -> WrittenDate | None:
        """Raises WrittenError, also for a cell that was read before."""
        if isinstance(value, dt.time | dt.timedelta):
            value = str(value)
        if isinstance(value, CellError):
            raise InputError(gettext_noop("The cell holds an error: %(error)s."), error=value.code)
        key = (type(value), value)  # True, 1 and 1.0 would be one key
        if key not in self._dates:
            self._dates[key] = self._read_date(value)
        found = self._dates[key]
        if isinstance(found, DomainError):
            raise found
        return found

    def _read_date(self, value: Cell) -> WrittenDate | DomainError | None:
        if isinstance(value, str) and squeeze(value).casefold() in self._mapping.no_date:
            return None
        try:
            return read_date(value, default_year=self._default_year, order=self._mapping.order)
        except DomainError as error:
            return error

    def _check(self, row: RowReading, label: str, said: Recorded) -> None:
        """What one row must not say of a node, whatever is on record."""
        if said.started_on and said.finished_on and said.finished_on < said.started_on:
            told = {"node": label, "on": said.finished_on, "start": said.started_on}
            self._refuse(row, label, Says.FINISHED, Sentence(_TURNED_ROUND, told))
        elif said.status is not None:
            template = _CONTRADICTIONS.get((said.status, bool(said.started_on), bool(said.finished_on)))
            headers = {self._columns.header_of(label, says) for says in Says}
            # A date that could not be read is missing here; that is said already.
            if template and not any(problem.column in headers for problem in row.problems):
                self._refuse(row, label, Says.STATUS, Sentence(template, {"node": label}))

    def _refuse(self, row: RowReading, label: str, says: Says, reason: Sentence) -> None:
        header = self._columns.header_of(label, says)
        row.refuse(header, self._columns.cell(row.cells, header), reason)


_TURNED_ROUND = gettext_noop("“%(node)s” cannot be finished on %(on)s, before its start on %(start)s.")
_NO_END = gettext_noop("“%(node)s” is said to be done, but not when.")
_NO_START = gettext_noop("“%(node)s” is said to be running, but not since when.")
_AN_END = gettext_noop("“%(node)s” has an end, but is not said to be done.")
_A_START = gettext_noop("“%(node)s” has a start, but is said not to have begun.")
_CONTRADICTIONS: dict[tuple[Status, bool, bool], str] = {
    # status, has a start, has an end
    (Status.DONE, False, False): _NO_END,
    (Status.DONE, True, False): _NO_END,
    (Status.RUNNING, False, False): _NO_START,
    (Status.RUNNING, False, True): _AN_END,
    (Status.RUNNING, True, True): _AN_END,
    (Status.WAITING, False, True): _AN_END,
    (Status.WAITING, True, True): _AN_END,
    (Status.WAITING, True, False): _A_START,
}
_FACTS = {Says.DUE: "due_on", Says.STARTED: "started_on", Says.FINISHED: "finished_on", Says.STATUS: "status"}


def _at(cells: tuple[Cell, ...], index: int) -> Cell:
    return cells[index] if index < len(cells) else None


def _cell(cells: tuple[Cell, ...], column: FieldColumn) -> Cell:
    if len(column.indexes) == 1:
        return _at(cells, column.indexes[0])
    parts = [_text(_at(cells, index)) for index in column.indexes]
    return column.pattern.format(*parts).strip() if any(parts) else None


def _text(value: object) -> str:
    """A cell as text on one line: a code that was typed as a number is its digits, a date is written out."""
    if value is None:
        return ""
    if isinstance(value, NewUnit | Unit):
        return value.name
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        value = value.date()
    return storable(" ".join(str(value).split()))


def _kind(text: str) -> str:
    if text in Project.Kind.values:
        return text
    by_label = {squeeze(str(label)).casefold(): value for value, label in Project.Kind.choices}
    kind = by_label.get(squeeze(text).casefold())
    if kind is None:
        raise InputError(gettext_noop("“%(text)s” is not a kind of project."), text=shown(text))
    return kind


def _amount(value: Cell, unit: str | None) -> Decimal | None:
    found = read_amount(value, unit=unit or "万元")
    return None if found is None else found.quantize(_CENT)


def _land(value: Cell, unit: str | None) -> Decimal | None:
    found = read_area(value, unit=unit or "亩")
    return None if found is None else found.quantize(_CENT)


def _floor_area(value: Cell, unit: str | None) -> Decimal | None:
    """In square metres. The reader knows land in 亩 only; of a floor it is told nothing but the number."""
    if isinstance(value, str):
        value = value.replace("总建筑面积", "").replace("建筑面积", "")
    found = read_area(value, unit=unit or "m2")
    return None if found is None else (found / _M2_IN_MU).quantize(_CENT)


def _industry(text: str) -> str:
    """A class that may stand beside its name: ``3985 电子专用材料制造``."""
    beside = _CLASS.search(fold(text).upper())
    return read_industry((beside[1] or beside[2]) if beside else text)


def _degrees(most: int) -> Callable[[str], Decimal]:
    def read(text: str) -> Decimal:
        match = _DEGREES.fullmatch(fold(text))
        degrees = Decimal(match[1]).quantize(_MICRO) if match else None
        if degrees is None or abs(degrees) > most:
            raise InputError(_NO_DEGREES, text=shown(text), most=most)
        return degrees

    return read


_CLASS = re.compile(r"^([A-T]?[0-9]{2,4})(?![0-9A-Z.年])|[(]([A-T]?[0-9]{2,4})[)]$")
_DEGREES = re.compile(r"[EN]?(-?[0-9]{1,3}(?:[.][0-9]+)?)°?[EN]?")
_MICRO = Decimal("0.000001")
_NO_DEGREES = gettext_noop("“%(text)s” is no number of degrees up to %(most)d; none is set.")
_DOUBTFUL: dict[str, Callable[[str], Any]] = {
    "industry": _industry, "longitude": _degrees(180), "latitude": _degrees(90), "tier": str,
}  # fmt: skip
"""Fields that are left out, with a warning, where they cannot be read; which tier is meant, the kind decides."""

_AMOUNTS = {
    "investment": _amount,
    "fixed_investment": _amount,
    "land_mu": _land,
    "floor_area_m2": _floor_area,
}
