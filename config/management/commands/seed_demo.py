"""``manage.py seed_demo``: the demonstration district, only into an empty database."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from config.demo.people import PASSWORD, SHOWN
from config.demo.sowing import Progress, sow
from domain.errors import DomainError


class Command(BaseCommand):
    help = "Fill an empty database with the demonstration district: projects in every state."

    def handle(self, *, verbosity: int, **options: Any) -> None:
        try:
            projects = sow(timezone.localdate(), progress=self._progress())
        except DomainError as error:
            raise CommandError(str(error)) from error
        self.stdout.write("")
        if verbosity == 0:
            return
        self.stdout.write(f"{projects} projects; log in with the password {PASSWORD} as")
        for account in SHOWN:
            self.stdout.write(f"  {account.username:8} {account.name}")

    def _progress(self) -> Progress:
        """Says each further tenth of the work, all on one line."""
        said = 0

        def progress(part: float) -> None:
            nonlocal said
            if part * 10 >= said + 1:
                said = int(part * 10)
                self.stdout.write(f"{said * 10} % ", ending="")
                self.stdout.flush()

        return progress
