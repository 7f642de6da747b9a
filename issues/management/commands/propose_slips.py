"""``manage.py propose_slips [--on YYYY-MM-DD]``: propose supervision slips; safe to run any number of times."""

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from domain.errors import DomainError
from issues.actions import propose_slips
from milestones.calendar_table import load_calendar


class Command(BaseCommand):
    help = "Propose the supervision slip that the ladder asks for, for every late node and issue."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--on", type=date.fromisoformat, metavar="YYYY-MM-DD", help="as if it were this day"
        )

    def handle(self, *, on: date | None, **options: Any) -> None:
        try:
            found = propose_slips(on or timezone.localdate(), load_calendar())
        except DomainError as error:
            raise CommandError(str(error)) from error
        except OverflowError as error:
            raise CommandError("The date lies too near the year 1 or 9999.") from error
        self.stdout.write(
            f"proposed {found.proposed}, raised {found.raised}, lapsed {found.lapsed}, open {found.open}"
        )
