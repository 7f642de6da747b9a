"""``manage.py fill_calendar``: the announced years from the ``holidays`` package into the calendar table."""

from typing import Any

from django.core.management.base import BaseCommand

from milestones.calendar_table import fill_calendar


class Command(BaseCommand):
    help = "Enter the announced holidays and make-up working days; what was set by hand stays."

    def handle(self, **options: Any) -> None:
        filled = fill_calendar()
        self.stdout.write(
            f"added {filled.added}, changed {filled.changed}, announced through {filled.announced_through}"
        )
