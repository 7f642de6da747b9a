"""``manage.py export_meeting [--on YYYY-MM-DD] --output FILE.xlsx``: the weekly workbook of everything."""

import os
from argparse import ArgumentParser
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone, translation
from xlsxwriter.exceptions import FileCreateError

from accounts.models import User
from domain.errors import DomainError
from domain.lights import LightRule
from meetings.gathering import gather_week, one_moment
from meetings.workbook import write_workbook
from milestones.calendar_table import load_calendar
from screen.queries import screen_of


class Command(BaseCommand):
    help = "Write the weekly workbook."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--on", type=date.fromisoformat, metavar="YYYY-MM-DD", help="judge as of this day (today)"
        )
        parser.add_argument("--output", type=Path, required=True, metavar="FILE.xlsx", help="where to write")

    def handle(self, *, on: date | None, output: Path, **options: Any) -> None:
        file = BytesIO()
        try:
            rule = LightRule.on(on or timezone.localdate(), load_calendar())
            with translation.override(settings.LANGUAGE_CODE):
                reader = User.objects.system()
                with one_moment():
                    screen = screen_of(reader, rule)
                    write_workbook(file, gather_week(reader, rule, timezone.now()))
            _put(file.getvalue(), output.resolve())
        except DomainError as error:
            raise CommandError(str(error)) from error
        except OverflowError as error:
            raise CommandError("The date lies too near the year 1 or 9999.") from error
        except (OSError, FileCreateError) as error:
            reason = getattr(error, "strerror", None) or error
            raise CommandError(f"{output} cannot be written: {reason}") from error
        self.stdout.write(
            f"wrote {output}: projects {screen.projects.all}, causes {screen.causes}, "
            f"knocked on {screen.knocked_on}, due soon {screen.due_soon}"
        )


def _put(content: bytes, target: Path) -> None:
    """Write a file whole or not at all: what stood there stays until the new one is complete."""
    if target.exists() and not target.is_file():
        raise CommandError(f"{target} cannot be written: it is no ordinary file")
    beside = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        beside.write_bytes(content)
        beside.replace(target)
    finally:
        beside.unlink(missing_ok=True)
