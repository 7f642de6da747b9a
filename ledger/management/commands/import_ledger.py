"""Bring a ledger in from the command line."""

import sys
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import User
from domain.errors import DomainError
from ledger.actions import import_ledger
from ledger.drafts import Verdict
from ledger.keeping import chunks_of
from ledger.mapping import LedgerMapping
from ledger.mapping_files import built_in_names, load_mapping
from ledger.opening import open_ledger
from ledger.plan import Plan, make_plan
from ledger.rejects import write_rejects
from ledger.sentences import Problem, Sentence
from ledger.sweeping import queue_sweep

ALL_TAKEN, SOME_REJECTED, NOTHING_READABLE = 0, 1, 2


class Command(BaseCommand):
    help = "Import a spreadsheet of projects; exit 0: all rows taken, 1: some rejected, 2: nothing readable."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--mapping",
            help="a mapping of ours by name, or a TOML file; without it the columns are recognised",
        )
        parser.add_argument(
            "--sheet", help="the sheet to read; without it the one with the most known columns"
        )
        parser.add_argument("--dry-run", action="store_true", help="say what would change and change nothing")
        parser.add_argument("--as", dest="username", help="whose changes they are; without it the system's")

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            plan = self._import(timezone.localdate(), **options)
        except DomainError as error:
            self.stderr.write(str(Sentence.of(error)))
            sys.exit(NOTHING_READABLE)
        except OSError as error:
            self.stderr.write(
                _("“%(file)s”: %(reason)s") % {"file": options["file"], "reason": error.strerror}
            )
            sys.exit(NOTHING_READABLE)
        except (User.DoesNotExist, PermissionDenied):
            self.stderr.write(_("“%(name)s” may not import anything.") % {"name": options["username"]})
            sys.exit(NOTHING_READABLE)
        self._say(plan)
        rejected = self._keep_rejects(plan, options["file"], dry_run=options["dry_run"])
        self.stdout.write(", ".join(f"{verdict} {plan.counts[verdict]}" for verdict in Verdict))
        if rejected:
            sys.exit(SOME_REJECTED)

    def _import(self, today: date, **options: Any) -> Plan:
        path: Path = options["file"]
        name = options["username"]
        actor = User.objects.system() if name is None else User.objects.get(username=name, is_active=True)
        mapping, source = _mapping(options["mapping"])
        if options["dry_run"]:
            with path.open("rb"):
                pass  # what cannot be opened is said as without a dry run
            opened = open_ledger(path, mapping=mapping, sheet=options["sheet"])
            return make_plan(opened, actor=actor, today=today)
        _import, plan = import_ledger(
            chunks_of(path), file_name=path.name, actor=actor, today=today,
            mapping=mapping, mapping_source=source, sheet=options["sheet"],
        )  # fmt: skip
        queue_sweep()
        return plan

    def _keep_rejects(self, plan: Plan, path: Path, *, dry_run: bool) -> int:
        if dry_run:
            return plan.counts[Verdict.REJECTED]
        target = path.with_name(f"{path.stem}.rejects.xlsx")
        try:
            rejected = write_rejects(plan, target, file_name=path.name)
        except OSError as error:
            reason = _("The rejected rows could not be written to “%(file)s”: %(reason)s")
            self.stderr.write(reason % {"file": target, "reason": error})
            return plan.counts[Verdict.REJECTED]
        if rejected:
            self.stdout.write(_("The rejected rows are in “%(file)s”.") % {"file": target})
        return rejected

    def _say(self, plan: Plan) -> None:
        opened = plan.opened
        self.stdout.write(
            _("Sheet “%(sheet)s”, header in row %(row)d, read with the mapping “%(mapping)s”.")
            % {
                "sheet": opened.table.sheet,
                "row": opened.table.header_rows[1],
                "mapping": opened.mapping.name,
            }
        )
        self._list(_("Columns that are not taken: %(names)s"), opened.columns.unused)
        self._list(_("Sheets that are not read: %(names)s"), opened.other_sheets)
        self._list(_("Units that are new: %(names)s"), [unit.name for unit in plan.new_units])
        skipped = [f"{skip.number} ({skip.text[:20]})" for skip in opened.table.skipped]
        self._list(_("Rows that are no data: %(names)s"), skipped)
        for warning in plan.warnings:
            self.stdout.write(_("warning: %(where)s") % {"where": _line(warning)})
        for problem in plan.problems:
            self.stdout.write(_("rejected: %(where)s") % {"where": _line(problem)})

    def _list(self, sentence: str, names: Iterable[str]) -> None:
        if joined := pgettext("between names", ", ").join(names):
            self.stdout.write(sentence % {"names": joined})


def _line(problem: Problem) -> str:
    parts = {"row": problem.row, "column": problem.column, "value": problem.value, "reason": problem.reason}
    return _("row %(row)d, column “%(column)s”, “%(value)s”: %(reason)s") % parts


def _mapping(name: str | None) -> tuple[LedgerMapping | None, str]:
    """The mapping, and its text where it is somebody's file: an import is kept with what it was read by."""
    if not name:
        return None, ""
    mapping = load_mapping(name)
    return mapping, "" if name in built_in_names() else Path(name).read_text(encoding="utf-8-sig")
