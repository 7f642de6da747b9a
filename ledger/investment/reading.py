"""What each row of a table of investment says, with every cell that cannot be read named."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final, NamedTuple

from django.utils.translation import gettext_noop

from domain.errors import DomainError, InputError
from domain.periods import LATEST_YEAR
from domain.project_code import read_project_code
from domain.recorded_days import EARLIEST, refuse_future
from domain.written import says_nothing, shown
from domain.written_amounts import read_amount
from ledger.investment.headings import PlanHeading, read_month_of_year
from ledger.investment.opening import AmountColumn, OpenInvestment
from ledger.sentences import Problem, Sentence, storable
from ledger.tables import TableRow
from projects.models import Investment
from projects.spreadsheets import Cell, CellError

_CENT: Final = Decimal("0.01")
_LARGEST: Final = Decimal(10) ** (Investment._meta.get_field("amount").max_digits - 2) - _CENT
"""What the table can hold. Larger than any district's investment: what is merely absurd is asked about."""

Key = dt.date | int
"""What an amount is of: the month that begins on a day, or the plan of a year."""


class Said(NamedTuple):
    """One amount of a row, in 万元, and the cell it stands in."""

    key: Key
    amount: Decimal
    header: str
    value: Cell


@dataclass(slots=True)
class InvestmentRow:
    """One row: which project it names, what it says, and what is wrong with it."""

    number: int
    cells: tuple[Cell, ...]
    fields: dict[str, str] = field(default_factory=dict)
    said: list[Said] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    @property
    def title(self) -> str:
        return self.fields.get("name") or self.fields.get("code", "")

    def refuse(self, column: str, value: object, reason: Sentence) -> None:
        self.problems.append(Problem(self.number, column, shown(storable(str(value))), reason))


class InvestmentReader:
    """Reads the rows of one table, as of the day `today`."""

    def __init__(self, opened: OpenInvestment, *, today: dt.date) -> None:
        self._opened, self._columns, self._today = opened, opened.columns, today
        self._keys = {} if opened.has_a_row_a_month else {
            column.index: _key(column, opened.year) for column in self._columns.amounts
        }  # fmt: skip

    def read(self, rows: Iterable[TableRow]) -> list[InvestmentRow]:
        return [self._row(row) for row in rows]

    def _row(self, read: TableRow) -> InvestmentRow:
        row = InvestmentRow(read.number, read.cells)
        for name in ("name", "code", "enterprise"):
            self._field(row, name)
        if self._opened.has_a_row_a_month:
            self._month_of_row(row)
        else:
            for column in self._columns.amounts:
                self._amount(row, column, self._keys[column.index])
        if (row.said or row.problems) and not row.title:
            header = next(
                self._columns.fields[name].header for name in ("name", "code") if name in self._columns.fields
            )
            row.refuse(header, "", Sentence(gettext_noop("The project is not named.")))
        return row

    def _field(self, row: InvestmentRow, name: str) -> None:
        value = self._cell(row, name)
        text = _text(value)
        if says_nothing(text):
            return
        try:
            if isinstance(value, CellError):
                raise InputError(_AN_ERROR, error=value.code)
            row.fields[name] = read_project_code(text).text if name == "code" else text
        except DomainError as error:
            row.refuse(self._columns.fields[name].header, text, Sentence.of(error))

    def _month_of_row(self, row: InvestmentRow) -> None:
        if all(_is_blank(_at(row.cells, column.index)) for column in self._columns.amounts):
            return
        value = self._cell(row, "month")
        try:
            month = self._month(value, self._cell(row, "year"))
        except DomainError as error:
            row.refuse(self._columns.fields["month"].header, _text(value), Sentence.of(error))
            return
        for column in self._columns.amounts:
            key = month if column.of is None else column.of.year or month.year
            self._amount(row, column, key)

    def _month(self, value: Cell, year: Cell) -> dt.date:
        """Raises InputError where the cells name no month, or no year is known."""
        if isinstance(value, dt.date):
            return dt.date(value.year, value.month, 1)
        if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= 12:
            value = f"{value}月"
        found = None if isinstance(value, CellError) else read_month_of_year(_text(value))
        if found is None:
            raise InputError(
                gettext_noop("“%(text)s” is no month; it looks like 2022-08."), text=shown(_text(value))
            )
        digits = _text(year).removesuffix("度").removesuffix("年")
        in_year = found.year or (int(digits) if digits.isdecimal() else None) or self._opened.year
        if in_year is None:
            raise InputError(
                gettext_noop("The year of “%(text)s” is not known; choose it."), text=shown(_text(value))
            )
        if not EARLIEST.year <= in_year <= LATEST_YEAR:
            raise InputError(gettext_noop("%(year)s is no year between 2000 and 2100."), year=in_year)
        return dt.date(in_year, found.month, 1)

    def _amount(self, row: InvestmentRow, column: AmountColumn, key: Key) -> None:
        value = _at(row.cells, column.index)
        if value is None:
            return
        try:
            if isinstance(value, CellError):
                raise InputError(_AN_ERROR, error=value.code)
            amount = read_amount(value, unit=column.unit, largest=_LARGEST)
            if amount is None:
                return
            if isinstance(key, dt.date):
                if amount == 0 and key > self._today:
                    return  # formulas fill months that have not begun with noughts
                refuse_future(key, self._today)
        except DomainError as error:
            row.refuse(column.header, _text(value), Sentence.of(error))
            return
        row.said.append(Said(key, amount.quantize(_CENT), column.header, value))

    def _cell(self, row: InvestmentRow, field: str) -> Cell:
        column = self._columns.fields.get(field)
        return _at(row.cells, column.indexes[0]) if column else None


_AN_ERROR = gettext_noop("The cell holds an error: %(error)s.")


def _key(column: AmountColumn, year: int | None) -> Key:
    of = column.of
    in_year = (of.year if of else None) or year
    if of is None or in_year is None:
        raise AssertionError("a table whose months have no year is not opened")
    return in_year if isinstance(of, PlanHeading) else dt.date(in_year, of.month, 1)


def _at(cells: tuple[Cell, ...], index: int) -> Cell:
    return cells[index] if index < len(cells) else None


def _is_blank(value: Cell) -> bool:
    return value is None or (isinstance(value, str) and says_nothing(value))


def _text(value: Cell) -> str:
    return "" if value is None else storable(" ".join(str(value).split()))
