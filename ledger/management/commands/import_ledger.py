"""Bring a ledger in from the command line."""

from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from ledger.actions import import_ledger
from ledger.keeping import chunks_of
from ledger.management.commands._importing import ImportCommand
from ledger.mapping import LedgerMapping
from ledger.mapping_files import built_in_names, load_mapping
from ledger.opening import open_ledger
from ledger.plan import Plan, make_plan
from ledger.sweeping import queue_sweep_and_reckoning


class Command(ImportCommand[Plan]):
    help = "Import a spreadsheet of projects; exit 0: all rows taken, 1: some rejected, 2: nothing readable."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--mapping",
            help="a mapping of ours by name, or a TOML file; without it the columns are recognised",
        )

    def plan(self, path: Path, today: date, **options: Any) -> Plan:
        mapping, _source = _mapping(options["mapping"])
        opened = open_ledger(path, mapping=mapping, sheet=options["sheet"])
        return make_plan(opened, actor=options["actor"], today=today)

    def apply(self, path: Path, today: date, **options: Any) -> Plan:
        mapping, source = _mapping(options["mapping"])
        _import, plan = import_ledger(
            chunks_of(path), file_name=path.name, actor=options["actor"], today=today,
            mapping=mapping, mapping_source=source, sheet=options["sheet"],
        )  # fmt: skip
        queue_sweep_and_reckoning()
        return plan

    def say(self, plan: Plan) -> None:
        opened = plan.opened
        self.stdout.write(
            _("Sheet “%(sheet)s”, header in row %(row)d, read with the mapping “%(mapping)s”.")
            % {
                "sheet": opened.table.sheet,
                "row": opened.table.header_rows[1],
                "mapping": opened.mapping.name,
            }
        )


def _mapping(name: str | None) -> tuple[LedgerMapping | None, str]:
    """The mapping, and its text where it is somebody's file: an import is kept with what it was read by."""
    if not name:
        return None, ""
    mapping = load_mapping(name)
    return mapping, "" if name in built_in_names() else Path(name).read_text(encoding="utf-8-sig")
