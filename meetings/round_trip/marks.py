"""What travels, unseen, with a workbook that can be filled in offline: which row each row is, what could be changed of
it as it was, and a seal that only this installation can set.

A mark holds the values as they were and not only a version, so that what comes back can be compared cell by cell with
what has changed here meanwhile, however old the workbook is.
"""

import hmac
import json
from array import array
from base64 import b64decode, b64encode
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from functools import lru_cache
from hashlib import blake2b
from typing import Any, Final, NamedTuple
from zlib import crc32

from django.conf import settings
from django.utils.crypto import salted_hmac
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from accounts.models import Unit
from domain.lights import Light
from issues.models import LEVEL_LABELS, Category
from issues.queries import IssueRow
from issues.workbook import meeting_columns
from meetings.sheets.projects import project_columns
from meetings.week import Editable, Table, Week
from milestones.project_queries import ProjectRow
from milestones.sheet import Cell, Column
from milestones.sheet_cells import plain

FORMAT: Final = 1
"""Of marks and origin; what has another one is not read."""

HIDDEN_SHEET: Final = "_onescreen"
"""The name of the hidden sheet whose first cells are the origin and its seal."""

PROJECT_KEYS: Final = (
    "sector", "leader", "land_mu", "floor_area_m2", "investment", "fixed_investment", "note",
)  # fmt: skip
ISSUE_KEYS: Final = ("category", "level", "lead_unit", "due_on", "progress")
"""What may be filled in, in the order in which a mark holds the values; the progress of the week is always new."""

LONGEST_KEPT: Final = 1_000
"""A longer text is not repeated in a mark: its beginning is, with a digest of the whole."""

_SEAL_LENGTH: Final = 27
_SALT: Final = "meetings.round_trip"
_ENCODE: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class Mark(NamedTuple):
    """A row as it was when the workbook was written: its key, its version, the values that may be changed.

    `named` are the checks of the texts that name it, all of which must still stand beside the mark; `checks`
    those of all its cells (``checks_of``), or blank.
    """

    row: str
    version: str
    base: tuple[Any, ...]
    named: tuple[int, ...]
    checks: str


def project_editables() -> tuple[Editable, ...]:
    """Where the columns of ``project_columns`` are that may be filled in."""
    titles = {
        "sector": _("Sector"), "leader": _("Leader in charge"), "land_mu": _("Land (mu)"),
        "floor_area_m2": _("Floor area (m²)"), "investment": _("Total investment (10,000 yuan)"),
        "fixed_investment": _("Fixed-asset investment (10,000 yuan)"), "note": _("Remark"),
    }  # fmt: skip
    places = _places(project_columns())
    return tuple(Editable(places[titles[key]], key) for key in PROJECT_KEYS)


def issue_editables() -> tuple[Editable, ...]:
    """Where those of ``meeting_columns`` are, the last of which is the week's progress; with what may be chosen."""
    columns = meeting_columns()
    places = _places(columns)
    categories = tuple(category.label for category in Category.objects.filter(is_active=True))
    return (
        Editable(places[_("Category")], "category", categories),
        Editable(places[_("Level")], "level", tuple(str(label) for label in LEVEL_LABELS.values())),
        Editable(places[_("Lead unit")], "lead_unit", tuple(Unit.objects.values_list("name", flat=True))),
        Editable(places[pgettext("of an issue", "Due")], "due_on"),
        Editable(len(columns) - 1, "progress"),
    )


def project_mark(row: ProjectRow, cells: Sequence[Cell] = ()) -> str:
    """Which project a row is and what could be changed of it; with its `cells`, a change of others is noticed too."""
    base = (
        kept_text(row.sector), kept_text(row.leader), _number(row.land_mu), _number(row.floor_area_m2),
        _number(row.investment), _number(row.fixed_investment), kept_text(row.note),
    )  # fmt: skip
    version = project_version(
        (row.name, row.code, row.enterprise, row.kind, row.town, row.department, row.liaison), base
    )
    named = [check_of(text) for text in (row.name, row.code, row.enterprise, row.town) if text]
    return _ENCODE([f"p{row.pk}", version, base, named, checks_of(cells) if cells else ""])


def issue_mark(row: IssueRow, cells: Sequence[Cell] = ()) -> str:
    """The same of an issue."""
    base = (
        row.category_code, int(row.level), row.unit_id, row.due_on.isoformat() if row.due_on else None, "",
    )  # fmt: skip
    named = [check_of(row.number)]
    return _ENCODE([f"i{row.pk}", row.etag.strip('"'), base, named, checks_of(cells) if cells else ""])


def project_version(said: Sequence[str], base: Sequence[Any]) -> str:
    """Names what was entered of a project, as far as the workbook shows it: another value, another version."""
    return blake2b(_ENCODE([said, base]).encode("utf-8", "replace"), digest_size=6).hexdigest()


def read_mark(text: str) -> Mark:
    """What ``project_mark`` or ``issue_mark`` wrote. Raises ValueError for anything else."""
    try:
        row, version, base, named, checks = json.loads(text)
        return Mark(row, version, tuple(base), tuple(named), checks)
    except (TypeError, RecursionError) as error:
        raise ValueError("no mark of ours") from error


def kept_text(text: str) -> str:
    """`text` as a mark keeps it and as it is compared: as a cell holds it, a very long one by its digest."""
    text = as_in_a_cell(text)
    if len(text) <= LONGEST_KEPT:
        return text
    digest = blake2b(text.encode("utf-8", "replace"), digest_size=12).hexdigest()
    return f"{text[:LONGEST_KEPT]}…#{digest}"


def as_in_a_cell(text: str) -> str:
    """`text` as it comes back from a cell: without what no cell can hold, without blanks around it."""
    return plain(text.replace("\r\n", "\n")).strip()


def origin_of(week: Week) -> str:
    """Where a workbook comes from, of which moment it is, and how its sheets that may be filled in are laid out."""
    return _ENCODE(
        {
            "installation": installation(),
            "format": FORMAT,
            "meeting": week.name,
            "made_at": week.made_at.isoformat(),
            "day": week.day.isoformat(),
            "language": get_language() or settings.LANGUAGE_CODE,
            "sheets": {table.key: _layout(table) for table in week.tables if table.editable},
        }
    )


def installation() -> str:
    """Names this installation and gives nothing of its secret away."""
    return _installation(settings.SECRET_KEY)


def installations() -> list[str]:
    """The names that this installation has and had, before its secret was changed."""
    return [_installation(secret) for secret in _secrets()]


def seal(text: str, origin: str = "") -> str:
    """What nobody else can put beside `text` in a workbook of this `origin`; of the origin itself without one."""
    return _seal(_key(settings.SECRET_KEY, origin), text)


def seal_fits(text: str, sealed: str, origin: str = "") -> bool:
    """Whether ``seal`` made `sealed` of this text, now or before the secret was changed."""
    given = sealed.encode("utf-8", "replace")
    return any(
        hmac.compare_digest(_seal(_key(secret, origin), text).encode(), given) for secret in _secrets()
    )


def checks_of(cells: Iterable[Cell]) -> str:
    """Two bytes for each cell, by which it is noticed that one was changed."""
    return b64encode(array("H", [check_of(cell) for cell in cells]).tobytes()).decode()


def read_checks(checks: str) -> Sequence[int]:
    """What ``check_of`` said of each cell. Raises ValueError for what ``checks_of`` has not written."""
    return array("H", b64decode(checks, validate=True))


IS_A_LIGHT: Final = 1
"""The check of a light, which is a word of some language once it is written, and not compared."""


def check_of(cell: object) -> int:
    """The same number for a cell that is to be written and for the one that was read, unless it was changed."""
    if cell.__class__ is Light:
        return IS_A_LIGHT
    if isinstance(cell, str):
        text = as_in_a_cell(cell)
    elif isinstance(cell, date):
        text = cell.isoformat()[:10]
    elif isinstance(cell, int | float | Decimal):
        text = f"{cell:.2f}"
    else:
        text = "" if cell is None else str(cell)
    return crc32(text.encode("utf-8", "replace")) & 0xFFFF


def _layout(table: Table) -> dict[str, Any]:
    return {
        "name": table.name,
        "titles": [column.title for column in table.columns],
        "editable": {each.key: each.column for each in table.editable},
    }


def _places(columns: Sequence[Column]) -> dict[str, int]:
    return {column.title: place for place, column in enumerate(columns)}


def _number(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:.2f}"


def _secrets() -> list[str]:
    return [settings.SECRET_KEY, *map(str, settings.SECRET_KEY_FALLBACKS)]


@lru_cache(maxsize=8)
def _installation(secret: str) -> str:
    return salted_hmac(f"{_SALT}.installation", "", secret=secret, algorithm="sha256").hexdigest()[:16]


@lru_cache(maxsize=8)
def _key(secret: str, origin: str) -> bytes:
    """Of one workbook: a row of another cannot be carried over into it."""
    return salted_hmac(f"{_SALT}.seal", origin, secret=secret, algorithm="sha256").digest()


def _seal(key: bytes, text: str) -> str:
    digest = hmac.digest(key, text.encode("utf-8", "replace"), "sha256")
    return b64encode(digest).decode()[:_SEAL_LENGTH]
