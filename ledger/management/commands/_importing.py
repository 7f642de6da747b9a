"""What the commands that bring spreadsheets in have in common: what they take, print, and how they end."""

import sys
from abc import ABC, abstractmethod
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any, Final, Generic, TypeVar

from django.core.exceptions import PermissionDenied
from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import User
from domain.errors import DomainError
from ledger.drafts import Verdict
from ledger.investment.plan import InvestmentChanges
from ledger.plan import Plan
from ledger.rejects import write_rejects
from ledger.sentences import Problem, Sentence

ALL_TAKEN: Final = 0
SOME_REJECTED: Final = 1
NOTHING_READABLE: Final = 2

Changes = TypeVar("Changes", Plan, InvestmentChanges)


class ImportCommand(BaseCommand, ABC, Generic[Changes]):
    """Says what a file would change or changes it; the last line counts, the exit code says how it went."""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--sheet", help="the sheet to read; without it the one with the most known columns"
        )
        parser.add_argument("--dry-run", action="store_true", help="say what would change and change nothing")
        parser.add_argument("--as", dest="username", help="whose changes they are; without it the system's")

    @abstractmethod
    def plan(self, path: Path, today: date, **options: Any) -> Changes:
        """What the file would change."""

    @abstractmethod
    def apply(self, path: Path, today: date, **options: Any) -> Changes:
        """Change it."""

    @abstractmethod
    def say(self, plan: Changes) -> None:
        """How the file was understood."""

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
        self.say(plan)
        self._say_what_is_wrong(plan)
        rejected = self._keep_rejects(plan, options["file"], dry_run=options["dry_run"])
        self.stdout.write(", ".join(f"{verdict} {plan.counts[verdict]}" for verdict in Verdict))
        if rejected:
            sys.exit(SOME_REJECTED)

    def _import(self, today: date, **options: Any) -> Changes:
        path: Path = options.pop("file")
        name = options["username"]
        options["actor"] = (
            User.objects.system() if name is None else User.objects.get(username=name, is_active=True)
        )
        if not options["dry_run"]:
            return self.apply(path, today, **options)
        with path.open("rb"):
            pass  # what cannot be opened is said as without a dry run
        return self.plan(path, today, **options)

    def _keep_rejects(self, plan: Changes, path: Path, *, dry_run: bool) -> int:
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

    def _say_what_is_wrong(self, plan: Changes) -> None:
        opened = plan.opened
        self.list_names(_("Columns that are not taken: %(names)s"), opened.columns.unused)
        self.list_names(_("Sheets that are not read: %(names)s"), opened.other_sheets)
        self.list_names(_("Units that are new: %(names)s"), [unit.name for unit in plan.new_units])
        skipped = [f"{skip.number} ({skip.text[:20]})" for skip in opened.table.skipped]
        self.list_names(_("Rows that are no data: %(names)s"), skipped)
        for warning in plan.warnings:
            self.stdout.write(_("warning: %(where)s") % {"where": _line(warning)})
        for problem in plan.problems:
            self.stdout.write(_("rejected: %(where)s") % {"where": _line(problem)})

    def list_names(self, sentence: str, names: Iterable[str]) -> None:
        if joined := pgettext("between names", ", ").join(names):
            self.stdout.write(sentence % {"names": joined})


def _line(problem: Problem) -> str:
    parts = {"row": problem.row, "column": problem.column, "value": problem.value, "reason": problem.reason}
    return _("row %(row)d, column “%(column)s”, “%(value)s”: %(reason)s") % parts
