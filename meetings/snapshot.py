"""A week as a document that is kept for ever: written when a meeting is frozen, read whenever it is shown.

The document is JSON in one order and without spaces, so the same week is the same bytes, and compressed. What a cell
is, is written with it: a day, a light, an amount are not texts.
"""

import gzip
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import date, datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any

from domain.errors import RuleError, gettext_noop
from domain.lights import Light
from domain.meetings import Marks
from meetings.week import (
    AgendaRow,
    Change,
    Editable,
    Figure,
    KindLoad,
    Load,
    Overview,
    Row,
    Table,
    Trend,
    Versions,
    Week,
)
from milestones.sheet import Cell, Column
from milestones.sheet_cells import Kind

FORMAT = 1


def dump(week: Week) -> bytes:
    """The document of `week`, whose rows are read once."""
    document = {
        "format": FORMAT,
        "name": week.name,
        "made_at": week.made_at.isoformat(),
        "day": week.day.isoformat(),
        "scope": week.scope,
        "versions": asdict(week.versions),
        "overview": _overview(week.overview),
        "tables": [_table(table) for table in week.tables],
        "agenda": [asdict(row) for row in week.agenda],
        "marks": {name: sorted(pks) for name, pks in asdict(week.marks).items()},
    }
    return json.dumps(
        document, ensure_ascii=False, separators=(",", ":"), sort_keys=True, default=_day
    ).encode()


def pack(document: bytes) -> tuple[bytes, str]:
    """The document compressed, the same way each time, and the digest of the document itself."""
    return gzip.compress(document, compresslevel=6, mtime=0), sha256(document).hexdigest()


def unpack(content: bytes, digest: str) -> bytes:
    """The document of a snapshot. Raises RuleError where it is no longer what was frozen."""
    document = gzip.decompress(content)
    if sha256(document).hexdigest() != digest:
        raise RuleError(gettext_noop("The snapshot has been altered since it was taken; it is not shown."))
    return document


def load(document: bytes) -> Week:
    """The week that ``dump`` wrote. Raises RuleError for a format that this version does not know."""
    read: dict[str, Any] = json.loads(document)
    if read["format"] != FORMAT:
        raise RuleError(
            gettext_noop("The snapshot has the format %(format)s, which this version does not read."),
            format=read["format"],
        )
    return Week(
        name=read["name"], made_at=datetime.fromisoformat(read["made_at"]), day=date.fromisoformat(read["day"]),
        scope=read["scope"],
        versions=Versions(
            read["versions"]["calendar"], read["versions"]["rules"], tuple(read["versions"]["templates"])
        ),
        overview=_read_overview(read["overview"]),
        tables=tuple(_read_table(table) for table in read["tables"]),
        agenda=tuple(_read_agenda_row(row) for row in read["agenda"]),
        marks=_read_marks(read["marks"]),
    )  # fmt: skip


def load_marks(document: bytes) -> Marks:
    """By what a week that ``dump`` wrote is compared with another. The rest, megabytes of rows, is not read for it."""
    # Quotes within a text are escaped: nothing but the key itself looks like this.
    begins = document.index(b'"marks":{') + len(b'"marks":')
    return _read_marks(json.loads(document[begins : document.index(b"}", begins) + 1]))


def figures_of(week: Week) -> dict[str, float]:
    """The figures by name, as ``Snapshot.figures`` keeps them."""
    return {figure.key: float(figure.value) for figure in week.overview.figures}


def _read_marks(read: dict[str, list[Any]]) -> Marks:
    closed = frozenset((pk, day) for pk, day in read["closed"])
    pks = {name: frozenset(found) for name, found in read.items() if name != "closed"}
    return Marks(closed=closed, **pks)


def _overview(overview: Overview) -> dict[str, Any]:
    return {
        "sentence": overview.sentence,
        "figures": [asdict(figure) for figure in overview.figures],
        "changes": [list(change) for change in overview.changes],
        "lights": [[light.value, count] for light, count in overview.lights],
        "kinds": [list(kind) for kind in overview.kinds],
        "units": [list(unit) for unit in overview.units],
        "categories": [list(category) for category in overview.categories],
        "trend": [list(week) for week in overview.trend],
        "steps": [[_cell(cell) for cell in cells] for cells in overview.steps],
    }


def _read_overview(read: dict[str, Any]) -> Overview:
    return Overview(
        sentence=read["sentence"],
        figures=tuple(Figure(**figure) for figure in read["figures"]),
        changes=tuple(
            Change(key, label, count, tuple(named)) for key, label, count, named in read["changes"]
        ),
        lights=tuple((Light(light), count) for light, count in read["lights"]),
        kinds=tuple(KindLoad(*kind) for kind in read["kinds"]),
        units=tuple(Load(*unit) for unit in read["units"]),
        categories=tuple((name, count) for name, count in read["categories"]),
        trend=tuple(Trend(*week) for week in read["trend"]),
        steps=tuple(tuple(_read_cell(cell) for cell in cells) for cells in read["steps"]),
    )


def _table(table: Table) -> dict[str, Any]:
    return {
        "key": table.key,
        "name": table.name,
        "title": table.title,
        "under": table.under,
        "columns": [[column.title, column.width, column.kind.value] for column in table.columns],
        "rows": [[_cells(row.cells), row.project, row.mark] for row in table.rows],
        "when_empty": table.when_empty,
        "freeze_columns": table.freeze_columns,
        "editable": [list(each) for each in table.editable],
        "project_column": table.project_column,
        "pages_wide": table.pages_wide,
    }


def _read_table(read: dict[str, Any]) -> Table:
    columns = tuple(Column(title, width, Kind(kind)) for title, width, kind in read["columns"])
    rows = tuple(
        Row(tuple(_read_cell(cell) for cell in cells), project, mark) for cells, project, mark in read["rows"]
    )
    return Table(
        key=read["key"], name=read["name"], title=read["title"], under=read["under"], columns=columns, rows=rows,
        when_empty=read["when_empty"], freeze_columns=read["freeze_columns"],
        editable=tuple(Editable(column, key, tuple(choices)) for column, key, choices in read["editable"]),
        project_column=read["project_column"], pages_wide=read.get("pages_wide", 1),
    )  # fmt: skip


def _read_agenda_row(read: dict[str, Any]) -> AgendaRow:
    due_on = read["due_on"]
    facts = tuple((label, value) for label, value in read["facts"])
    return AgendaRow(**{**read, "due_on": due_on and date.fromisoformat(due_on), "facts": facts})


def _cells(cells: Iterable[Cell]) -> Sequence[Any]:
    return [cell if cell.__class__ in _PLAIN else _cell(cell) for cell in cells]


_PLAIN = frozenset({str, int, float, bool, type(None)})


def _cell(cell: Cell) -> Any:
    """A value of JSON: what is no text, number or nothing is a pair of what it is and how it is written."""
    if isinstance(cell, Light):
        return ["light", cell.value]
    if isinstance(cell, date):
        return ["day", cell.isoformat()]
    if isinstance(cell, Decimal):
        return ["amount", str(cell)]
    if isinstance(cell, str):
        return str(cell)
    return cell


def _read_cell(read: Any) -> Cell:
    match read:
        case ["light", value]:
            return Light(value)
        case ["day", value]:
            return date.fromisoformat(value)
        case ["amount", value]:
            return Decimal(value)
        case _:
            cell: Cell = read
            return cell


def _day(value: Any) -> str:
    """Days in agenda rows; anything else is a mistake."""
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{value!r} cannot be kept in a snapshot")
