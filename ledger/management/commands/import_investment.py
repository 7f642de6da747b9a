"""Bring what projects invest by month in from the command line."""

from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from domain.errors import InputError, gettext_noop
from domain.periods import LATEST_YEAR
from domain.recorded_days import EARLIEST
from ledger.actions import import_investment
from ledger.investment.opening import open_investment
from ledger.investment.plan import InvestmentChanges, plan_changes
from ledger.keeping import chunks_of
from ledger.management.commands._importing import ImportCommand


class Command(ImportCommand[InvestmentChanges]):
    help = "Import investment by month; exit 0: all amounts taken, 1: some rejected, 2: nothing readable or taken."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--year", type=int, help="of months that name none; without it the title's")
        parser.add_argument(
            "--unit",
            default="",
            choices=["元", "万元", "亿元"],
            help="of the amounts; without it the sheet's, else 万元",
        )
        parser.add_argument(
            "--amounts-are-right",
            action="store_true",
            help="take amounts though they look like yuan for 10,000 yuan",
        )

    def plan(self, path: Path, today: date, **options: Any) -> InvestmentChanges:
        opened = open_investment(
            path, sheet=options["sheet"], year=_year(options["year"]), unit=options["unit"]
        )
        return plan_changes(opened, actor=options["actor"], today=today)

    def apply(self, path: Path, today: date, **options: Any) -> InvestmentChanges:
        _import, plan = import_investment(
            chunks_of(path), file_name=path.name, actor=options["actor"], today=today,
            year=_year(options["year"]), unit=options["unit"], sheet=options["sheet"],
            amounts_are_right=options["amounts_are_right"],
        )  # fmt: skip
        return plan

    def say(self, plan: InvestmentChanges) -> None:
        opened = plan.opened
        self.stdout.write(
            _("Sheet “%(sheet)s”, header in row %(row)d, amounts in %(unit)s.")
            % {"sheet": opened.table.sheet, "row": opened.table.header_rows[1], "unit": opened.unit}
        )
        if plan.doubt is not None:
            for sentence in plan.doubt.sentences:
                self.stdout.write(sentence)


def _year(year: int | None) -> int | None:
    if year is not None and not EARLIEST.year <= year <= LATEST_YEAR:
        raise InputError(gettext_noop("%(year)s is no year between 2000 and 2100."), year=year)
    return year
