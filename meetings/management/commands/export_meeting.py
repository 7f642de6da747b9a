"""``manage.py export_meeting [--on YYYY-MM-DD] --output FILE.xlsx``: the weekly workbook of everything."""

from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone, translation

from accounts.models import User
from domain.lights import LightRule
from meetings.workbook import write_workbook
from milestones.calendar_table import load_calendar


class Command(BaseCommand):
    help = "Write the weekly workbook."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--on", type=date.fromisoformat, metavar="YYYY-MM-DD", help="judge as of this day (today)"
        )
        parser.add_argument("--output", type=Path, required=True, metavar="FILE.xlsx", help="where to write")

    def handle(self, *, on: date | None, output: Path, **options: Any) -> None:
        rule = LightRule.on(on or timezone.localdate(), load_calendar())
        try:
            with translation.override(settings.LANGUAGE_CODE), output.open("wb") as file:
                screen = write_workbook(file, reader=User.objects.system(), now=timezone.now(), rule=rule)
        except OSError as error:
            raise CommandError(f"{output} cannot be written: {error.strerror}") from error
        self.stdout.write(
            f"wrote {output}: projects {screen.projects.all}, causes {screen.causes}, "
            f"knocked on {screen.knocked_on}, due soon {screen.due_soon}"
        )
