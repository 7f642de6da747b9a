"""From a file to a table whose columns are understood."""

import re
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext_noop

from ledger.chains import newest_templates
from ledger.columns import Columns, columns_of, knower_of
from ledger.mapping import Layout, LedgerMapping
from ledger.mapping_files import built_in_mapping, built_in_names
from ledger.tables import NoTable, Table, find_table_in
from milestones.models import TemplateNode
from projects.spreadsheets import UnreadableFile, Workbook, read_workbook

_YEAR = re.compile(r"(?<![0-9])(20[0-9]{2})(?![0-9])")


@dataclass(frozen=True)
class OpenLedger:
    """A file that was read: how it is understood, and what of it is not taken."""

    mapping: LedgerMapping
    table: Table
    columns: Columns
    default_year: int | None
    other_sheets: tuple[str, ...]
    """Visible sheets that have rows and are not read."""


def open_ledger(
    path: Path, *, mapping: LedgerMapping | None = None, sheet: str | None = None, name: str | None = None
) -> OpenLedger:
    """The table in the file, read by the `mapping` or by the built-in one that understands most of it.

    `name` is what the file is called in sentences. Raises UnreadableFile where the file cannot be read, has
    no such sheet, or no table in which a mapping finds a project's name (and, one row a node, a node's).
    """
    workbook = read_workbook(path, name=name)
    mappings = [mapping] if mapping else [built_in_mapping(known) for known in built_in_names()]
    best: OpenLedger | None = None
    reason: NoTable | None = None
    for candidate in mappings:
        try:
            opened = _opened(workbook, candidate, sheet, name or path.name)
        except NoTable as error:
            reason = reason or error
            continue
        if opened.columns.fits(candidate) and _better(opened, best):
            best = opened
    if best is not None:
        if not best.table.rows:
            raise UnreadableFile(
                gettext_noop("“%(file)s” has no rows below its header."), file=name or path.name
            )
        return best
    if reason is not None:
        raise reason
    raise UnreadableFile(
        gettext_noop("“%(file)s” has no column with the name of the project."), file=name or path.name
    )


def _better(opened: OpenLedger, best: OpenLedger | None) -> bool:
    return best is None or opened.columns.understood > best.columns.understood


def _opened(workbook: Workbook, mapping: LedgerMapping, sheet: str | None, name: str) -> OpenLedger:
    node_names = names_of_nodes(mapping)
    table = find_table_in(workbook, knower_of(mapping, node_names), sheet_name=sheet)
    others = [
        other.name
        for other in workbook.sheets
        if other.visible and other.name != table.sheet and any(other.rows)
    ]
    return OpenLedger(
        mapping=mapping,
        table=table,
        columns=columns_of(mapping, table.columns, node_names),
        default_year=mapping.default_year or _year(workbook, table, name),
        other_sheets=tuple(others) if sheet is None else (),
    )


def names_of_nodes(mapping: LedgerMapping) -> list[str]:
    """The nodes that headers may name: those of the mapping's own chain, else of the newest templates."""
    if mapping.chain is not None:
        return [node.name for node in mapping.chain.nodes]
    if mapping.layout is Layout.LONG:
        return []
    names = TemplateNode.objects.filter(template__in=newest_templates()).values_list("name", flat=True)
    return list(dict.fromkeys(names))


def _year(workbook: Workbook, table: Table, name: str) -> int | None:
    """The year of dates that name none (8月底): the one year above the header, or in the names."""
    sheet = next(sheet for sheet in workbook.sheets if sheet.name == table.sheet)
    above = " ".join(
        str(cell) for row in sheet.rows[: table.header_rows[0] - 1] for cell in row if cell is not None
    )
    for text in (above, table.sheet, name):
        years = set(_YEAR.findall(text))
        if len(years) == 1:
            return int(years.pop())
    return None
