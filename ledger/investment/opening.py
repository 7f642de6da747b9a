"""From a file to a table of investment whose columns are understood: a column a month, or a row a month."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from django.utils.translation import gettext_noop

from ledger.columns import FieldColumn, columns_of, knower_of
from ledger.headers import normal_header
from ledger.investment.headings import (
    MonthHeading,
    PlanHeading,
    only_year,
    read_heading,
    unit_above,
    unit_in_brackets,
)
from ledger.mapping import Layout, LedgerMapping
from ledger.mapping_files import built_in_mapping
from ledger.tables import Column, Table, find_table_in
from projects.spreadsheets import Cell, Sheet, UnreadableFile, Workbook, filled, read_workbook

DEFAULT_UNIT: Final = "万元"
YUAN: Final = "元"

_ENGLISH: Final = {
    "name": ("Project", "Project name", "Name"),
    "code": ("Project code", "Code"),
    "enterprise": ("Enterprise", "Company"),
}
_LONG: Final = {
    "year": ("年份", "年度", "所属年份", "统计年份", "Year"),
    "month": (
        "月份", "月", "年月", "投资月份", "所属月份", "统计月份", "所属期", "报告期", "统计期", "日期", "时间",
        "Month", "Period",
    ),
    "amount": (
        "投资额", "金额", "完成投资", "完成投资额", "投资完成额", "实际投资", "实际完成投资", "当月投资", "当月投资额",
        "当月完成投资", "本月投资", "本月投资额", "本月完成投资", "当月完成", "本月完成", "月度投资", "月投资额",
        "投资", "投资金额", "Amount", "Investment",
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class AmountColumn:
    """A column of amounts: what it is of (None where the row says the month) and the unit of its numbers."""

    header: str
    index: int
    of: MonthHeading | PlanHeading | None
    unit: str


@dataclass(frozen=True, slots=True)
class InvestmentColumns:
    """What of a table is understood, and the headers that are not.

    `fields` are of the project (name, code, enterprise) and, with a row a month, ``month`` and ``year``.
    """

    fields: dict[str, FieldColumn]
    amounts: tuple[AmountColumn, ...]
    unused: tuple[str, ...]


@dataclass(frozen=True)
class OpenInvestment:
    """A file that was read: how it is understood, and what of it is not taken."""

    table: Table
    columns: InvestmentColumns
    year: int | None
    """Of months and plans that name none."""
    unit: str
    """Of numbers whose header names none."""
    other_sheets: tuple[str, ...]

    @property
    def units(self) -> tuple[str, ...]:
        """The units of the numbers, as their headers say or in silence the sheet; each once."""
        return tuple(dict.fromkeys(column.unit for column in self.columns.amounts))

    @property
    def has_a_row_a_month(self) -> bool:
        return "month" in self.columns.fields


def open_investment(
    path: Path, *, sheet: str | None = None, name: str | None = None, year: int | None = None, unit: str = ""
) -> OpenInvestment:
    """The table of investment in a file.

    `year` goes before the year in the title, the sheet's name or the file's, `unit` before every unit that
    the sheet names. Raises UnreadableFile where the file cannot be read, has no such sheet or no such table, where two
    columns are of one month, or where the year or the currency is not known.
    """
    called = name or path.name
    workbook = read_workbook(path, name=name)
    mapping = _mapping()
    knows = knower_of(mapping, ())
    table = find_table_in(
        workbook, lambda header: knows(header) or read_heading([header]) is not None, sheet_name=sheet
    )
    used = next(one for one in workbook.sheets if one.name == table.sheet)
    above = _texts_above(used, table.header_rows[0])
    general = unit or unit_above(above)
    if general is None:
        raise UnreadableFile(
            gettext_noop("“%(file)s” is in a foreign currency; amounts are in yuan."), file=called
        )
    opened = OpenInvestment(
        table=table,
        columns=_columns(mapping, table, _grouped(used, table), general or DEFAULT_UNIT, forced=bool(unit)),
        year=year or _year(above, table.sheet, called),
        unit=general or DEFAULT_UNIT,
        other_sheets=() if sheet else _others(workbook, table),
    )
    _refuse_what_is_no_investment(opened, called)
    return opened


def _mapping() -> LedgerMapping:
    """The columns that are no amounts, as the ledger looks for columns."""
    ours = built_in_mapping("chinese").project
    named = {field: (*ours[field], *words) for field, words in _ENGLISH.items()}
    return LedgerMapping(name="investment", title="", layout=Layout.WIDE, project={**named, **_LONG})


def _columns(
    mapping: LedgerMapping, table: Table, grouped: Sequence[tuple[str, ...]], unit: str, *, forced: bool
) -> InvestmentColumns:
    fields = {column.field: column for column in columns_of(mapping, table.columns, ()).fields}
    found = []
    for index, (column, parts) in enumerate(zip(table.columns, grouped, strict=True)):
        heading, own = read_heading(parts), unit_in_brackets(parts)
        if heading is not None and own is not None:
            found.append(AmountColumn(column.name, index, heading, unit if forced else own or unit))
    if any(isinstance(column.of, MonthHeading) for column in found):
        fields = {name: column for name, column in fields.items() if name not in _LONG}
    elif (amount := fields.pop("amount", None)) and "month" in fields:
        own = unit_in_brackets(table.columns[amount.indexes[0]].parts)
        if own is not None:
            found.insert(
                0, AmountColumn(amount.header, amount.indexes[0], None, unit if forced else own or unit)
            )
    taken = {index for column in fields.values() for index in column.indexes} | {one.index for one in found}
    unused = [one.name for index, one in enumerate(table.columns) if one.parts and index not in taken]
    return InvestmentColumns(fields, tuple(found), tuple(unused))


def _grouped(sheet: Sheet, table: Table) -> list[tuple[str, ...]]:
    """The lines of each header, and what stands in the row above it over some columns only (计划 over 1月 … 12月).

    A cell that also stands over the project's columns is the title of the whole.
    """
    row = table.header_rows[0] - 2
    if row < 0:
        return [column.parts for column in table.columns]
    cells = filled(sheet).rows[row]
    first = cells[0] if cells else None
    group: Cell = None
    parts: list[tuple[str, ...]] = []
    for column in table.columns:
        index = _index(column)
        cell = cells[index] if index < len(cells) else None
        group = cell if cell is not None or sheet.merged else group
        is_group = isinstance(group, str) and group.strip() and first is None
        parts.append((normal_header(group), *column.parts) if is_group and column.parts else column.parts)
    return parts


def _index(column: Column) -> int:
    number = 0
    for letter in column.letter:
        number = number * 26 + ord(letter) - 64
    return number - 1


def _texts_above(sheet: Sheet, header_row: int) -> list[str]:
    cells = (cell for row in sheet.rows[: header_row - 1] for cell in row)
    return [_text(cell) for cell in cells if isinstance(cell, str | dt.date)]


def _text(cell: str | dt.date) -> str:
    return cell if isinstance(cell, str) else cell.isoformat()


def _year(above: Sequence[str], sheet: str, file: str) -> int | None:
    years = (only_year(text) for text in (" ".join(above), sheet, file))
    return next((year for year in years if year), None)


def _others(workbook: Workbook, table: Table) -> tuple[str, ...]:
    return tuple(
        other.name
        for other in workbook.sheets
        if other.visible and other.name != table.sheet and any(other.rows)
    )


def _refuse_what_is_no_investment(opened: OpenInvestment, file: str) -> None:
    fields, amounts = opened.columns.fields, opened.columns.amounts
    if not fields.keys() & {"name", "code"}:
        raise UnreadableFile(
            gettext_noop("“%(file)s” has no column with the name or the code of the project."), file=file
        )
    if not amounts:
        raise UnreadableFile(
            gettext_noop(
                "“%(file)s” has no column of a month (1月, 2022-01), nor one of months with one of amounts."
            ),
            file=file,
        )
    if not opened.table.rows:
        raise UnreadableFile(gettext_noop("“%(file)s” has no rows below its header."), file=file)
    _refuse_unclear_years(opened, file)


def _refuse_unclear_years(opened: OpenInvestment, file: str) -> None:
    """Months of no year, and two columns of one month; with a row a month, each row says its own."""
    of: dict[MonthHeading | PlanHeading, AmountColumn] = {}
    for column in opened.columns.amounts:
        if column.of is None or opened.has_a_row_a_month:
            continue
        of_year = column.of._replace(year=column.of.year or opened.year)
        if of_year.year is None:
            raise UnreadableFile(
                gettext_noop("“%(file)s” does not say of which year its months are; choose the year."),
                file=file,
            )
        if of_year in of:
            raise UnreadableFile(
                gettext_noop("“%(file)s” has two columns of the same month or year: “%(one)s” and “%(other)s”."),
                file=file, one=of[of_year].header, other=column.header,
            )  # fmt: skip
        of[of_year] = column
