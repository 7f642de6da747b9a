"""``manage.py flag_overdue [--on YYYY-MM-DD]``: raise and clear overdue flags; safe to run any number of times."""

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from domain.errors import DomainError
from milestones.actions import sweep_overdue
from milestones.calendar_table import load_calendar


class Command(BaseCommand):
    help = "Raise a flag for every node that is overdue, clear those of nodes that no longer are."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--on", type=date.fromisoformat, metavar="YYYY-MM-DD", help="as if it were this day"
        )

    def handle(self, *, on: date | None, **options: Any) -> None:
        try:
            sweep = sweep_overdue(on or timezone.localdate(), load_calendar())
        except DomainError as error:
            raise CommandError(str(error)) from error
        except OverflowError as error:
            raise CommandError("The date lies too near the year 1 or 9999.") from error
        self.stdout.write(f"raised {sweep.raised}, cleared {sweep.cleared}, open {sweep.open}")
