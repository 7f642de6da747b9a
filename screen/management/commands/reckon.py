"""``manage.py reckon``: how long nodes take and when projects will have got where, as the worker does at night."""

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from milestones.calendar_table import load_calendar
from screen.reckoning.actions import reckon


class Command(BaseCommand):
    help = "Reckon how long nodes take and forecast all projects, as of today or as known on an earlier day."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--day", type=date.fromisoformat, help="YYYY-MM-DD; what was known later is left out"
        )

    def handle(self, **options: Any) -> None:
        day = options["day"] or timezone.localdate()
        if day > timezone.localdate():
            raise CommandError(f"{day} has not come yet")
        made = reckon(day, load_calendar())
        self.stdout.write(f"reckoned {made.projects} projects, {made.nodes} nodes, in {made.seconds:.1f} s")
