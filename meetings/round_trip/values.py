"""What a cell that was filled in means: words, amounts and days into the plain values that a mark holds too."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import Final

from django.db.models import CharField
from django.utils.translation import gettext_noop, override

from accounts.models import Unit
from domain.errors import InputError
from domain.issues import Level
from domain.written import fold, shown
from domain.written_amounts import AREA_UNITS, read_amount, read_area
from domain.written_dates import read_date
from issues.models import LEVEL_LABELS, Category
from meetings.round_trip.filled_in import Cell, CellError
from meetings.round_trip.marks import as_in_a_cell
from projects.models import Project

Value = str | int | None
"""A text; an amount as ``"12.50"``; a category's code; a level; a unit's number; a day as ``"2026-03-06"``."""

AMOUNTS: Final = frozenset({"land_mu", "floor_area_m2", "investment", "fixed_investment"})
TEXTS: Final = frozenset({"sector", "leader", "note", "progress"})

LONGEST_PROGRESS: Final = 5_000
_CENT: Final = Decimal("0.01")
_LANGUAGES: Final = ("zh-hans", "en")
_NEEDED: Final[Mapping[str, str]] = {
    "category": gettext_noop("An issue has a category; it cannot be taken away."),
    "level": gettext_noop("An issue has a level; it cannot be taken away."),
    "lead_unit": gettext_noop("The lead unit can be another one, but not be taken away."),
    "due_on": gettext_noop("The due date can be another one, but not be taken away."),
}


class CellReader:
    """Reads the cells of one workbook; what may be chosen is looked up once, in every language."""

    def __init__(self) -> None:
        self.categories = {category.code: category for category in Category.objects.all()}
        self.units = {unit.pk: unit for unit in Unit.objects.all()}
        named = [(each.name, each.code) for each in self.categories.values() if each.is_active]
        named += [(each.name_en, each.code) for each in self.categories.values() if each.is_active]
        self._categories = {fold(name).casefold(): code for name, code in reversed(named) if name}
        names = [(unit.name_en, unit.pk) for unit in self.units.values()]
        names += [(unit.name, unit.pk) for unit in self.units.values()]
        self._units = {fold(name).casefold(): pk for name, pk in names if name}
        self._levels = dict(_levels())

    def read(self, key: str, cell: Cell, *, may_be_blank: bool = True) -> Value:
        """What the cell of this column says. Raises DomainError where that cannot be taken."""
        if isinstance(cell, CellError):
            raise InputError(gettext_noop("The cell holds an error: %(error)s."), error=cell.code)
        if key in TEXTS:
            return _text(key, cell)
        if key in AMOUNTS:
            amount = _AMOUNTS[key](cell)
            return None if amount is None else f"{amount.quantize(_CENT):.2f}"
        if cell is None or (isinstance(cell, str) and not fold(cell)):
            if may_be_blank:
                return None
            raise InputError(_NEEDED[key])
        return self._chosen(key, cell)

    def _chosen(self, key: str, cell: Cell) -> Value:
        if key == "due_on":
            return _day(cell)
        words: Mapping[str, Mapping[str, str | int]] = {
            "category": self._categories, "level": self._levels, "lead_unit": self._units,
        }  # fmt: skip
        found = words[key].get(fold(str(cell)).casefold())
        if found is None:
            raise InputError(_UNKNOWN[key], text=shown(cell))
        return found


_UNKNOWN: Final[Mapping[str, str]] = {
    "category": gettext_noop("“%(text)s” is no category that can be chosen."),
    "level": gettext_noop("“%(text)s” is none of the four levels."),
    "lead_unit": gettext_noop("There is no unit called “%(text)s”."),
}


def _levels() -> dict[str, int]:
    """Every label of each level, and its number alone."""
    found = {str(int(level)): int(level) for level in Level}
    for language in _LANGUAGES:
        with override(language):
            found.update({fold(str(label)).casefold(): int(level) for level, label in LEVEL_LABELS.items()})
    return found


def _text(key: str, cell: Cell) -> str:
    """Lines stay lines; a number that was typed is its digits."""
    if isinstance(cell, datetime) and cell.time() == time():
        cell = cell.date()
    text = "" if cell is None else as_in_a_cell(str(cell))
    longest = _LONGEST.get(key)
    if longest and len(text) > longest:
        raise InputError(
            gettext_noop("The text has %(length)d characters; %(longest)d are allowed."),
            length=len(text), longest=longest,
        )  # fmt: skip
    return text


def _longest(field: str) -> int:
    column = Project._meta.get_field(field)
    return (column.max_length or 0) if isinstance(column, CharField) else 0


_LONGEST: Final = {"sector": _longest("sector"), "leader": _longest("leader"), "progress": LONGEST_PROGRESS}


def _day(cell: Cell) -> str:
    if isinstance(cell, date):
        written = read_date(cell)
    else:
        written = read_date(cell if isinstance(cell, str | int | float) else str(cell))
    if written is None:
        raise InputError(_NEEDED["due_on"])
    return written.on.isoformat()


def _floor_area(cell: object) -> Decimal | None:
    """In square metres; the reader knows land in 亩 only and would refuse the word for a floor's area."""
    if isinstance(cell, str):
        cell = cell.replace("总建筑面积", "").replace("建筑面积", "")
    found = read_area(cell, unit="m2")
    return None if found is None else found / AREA_UNITS["m2"]


_AMOUNTS: Final[Mapping[str, Callable[[object], Decimal | None]]] = {
    "land_mu": read_area,
    "floor_area_m2": _floor_area,
    "investment": read_amount,
    "fixed_investment": read_amount,
}
