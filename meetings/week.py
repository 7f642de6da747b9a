"""What a weekly workbook and the page of a meeting show, as plain values: gathered from the database, or read from a
snapshot. Nothing that is drawn or written from it asks the database again.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import NamedTuple

from domain.lights import Light
from domain.meetings import Marks
from milestones.sheet import Cell, Column
from screen.race.queries import Race


class Row(NamedTuple):
    """A row of a table: its cells, the project that its name leads to, and what travels with it unseen.

    `mark`: which row of the database it is and what could be changed of it had been, as ``round_trip`` reads it back.
    """

    cells: Sequence[Cell]
    project: int | None = None
    mark: str = ""


class Editable(NamedTuple):
    """A column that may be filled in offline: its place, the name of what it changes, and the words it is chosen from,
    none where anything of the column's kind may be written."""

    column: int
    key: str
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """One sheet that is a table. `rows` may be read once only, as they come from the database (see ``kept``)."""

    key: str
    name: str
    title: str
    under: str
    columns: tuple[Column, ...]
    rows: Iterable[Row]
    when_empty: str = ""
    freeze_columns: int = 0
    editable: tuple[Editable, ...] = ()
    project_column: int | None = None
    """The place of the column that names the project of a row, None where there is none."""
    pages_wide: int = 1
    """How many pages stand side by side where it is printed."""

    def kept(self) -> "Table":
        """The same table with its rows in memory."""
        return replace(self, rows=tuple(self.rows))


@dataclass(frozen=True, slots=True)
class Figure:
    """A number of the week, in whole rows or 万元; `before` is that of last week's snapshot, None where there is none.

    `url`: where it opens into the rows of today.
    """

    key: str
    label: str
    remark: str
    value: float
    before: float | None = None
    url: str = ""

    @property
    def change(self) -> float | None:
        return None if self.before is None else self.value - self.before


class Trend(NamedTuple):
    """The figures of one week in the chart of twelve weeks; `label` is the number of the week."""

    label: str
    overdue: int
    issues: int


class KindLoad(NamedTuple):
    """A node kind with its overdue causes and the nodes that wait behind others."""

    process: str
    node: str
    causes: int
    knocked_on: int


class Load(NamedTuple):
    """A unit with what waits for it: the longest delay in working days, overdue causes, those new this week."""

    unit: str
    worst: int
    causes: int
    new: int


class Change(NamedTuple):
    """What changed since last week, of one sort: how many, and what they are, the first of them."""

    key: str
    label: str
    rows: int
    named: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Overview:
    """The first sheet: a sentence, the figures, what changed, where and with whom it is stuck."""

    sentence: str
    figures: tuple[Figure, ...]
    changes: tuple[Change, ...]
    lights: tuple[tuple[Light, int], ...]
    kinds: tuple[KindLoad, ...]
    units: tuple[Load, ...]
    categories: tuple[tuple[str, int], ...]
    trend: tuple[Trend, ...]
    steps: tuple[tuple[Cell, ...], ...]
    """Every node kind: process, node, stage, then how many of each light."""


@dataclass(frozen=True, slots=True)
class AgendaRow:
    """An item of the agenda as page, workbook and minutes show it. `facts` are short words with their names.

    Days late are working days.
    """

    pk: int
    kind: str
    unit: str
    project_id: int | None
    project: str
    town: str
    title: str
    facts: tuple[tuple[str, str], ...]
    due_on: date | None
    days_late: int
    speaker: str
    dropped_reason: str
    url: str
    node_id: int | None
    issue_id: int | None
    decision_id: int | None


@dataclass(frozen=True, slots=True)
class Versions:
    """By what the figures were computed: the calendar, the rules, the templates in use."""

    calendar: str
    rules: str
    templates: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Week:
    """All of it. `name` is the meeting's, blank where the workbook belongs to none; `scope` whose view it is.

    `race` counts the boards that its sheet shows, once; None of a week that was read from a snapshot, whose board is a
    row of its own.
    """

    name: str
    made_at: datetime
    day: date
    scope: str
    versions: Versions
    overview: Overview
    tables: tuple[Table, ...]
    agenda: tuple[AgendaRow, ...]
    marks: Marks
    race: Callable[[], Race] | None = field(default=None, compare=False)

    @property
    def under(self) -> str:
        """The line under the title of the first sheet: the cut-off and whose view it is."""
        return self.table("projects").under

    def table(self, key: str) -> Table:
        """Raises KeyError for a sheet that there is not."""
        return next((table for table in self.tables if table.key == key), None) or _none(key)

    def kept(self) -> "Week":
        """The same with all rows in memory."""
        return replace(self, tables=tuple(table.kept() for table in self.tables))


def only_cells(rows: Iterable[Sequence[Cell]]) -> Iterator[Row]:
    """Rows that lead nowhere and travel with nothing."""
    return (Row(cells) for cells in rows)


def _none(key: str) -> Table:
    raise KeyError(key)
