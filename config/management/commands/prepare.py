"""``manage.py prepare [--demo]``: what has to be there before the first page, and after each update."""

from argparse import ArgumentParser
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand

from projects.models import Project


class Command(BaseCommand):
    help = "Bring database, calendar, chain templates and collected files up to date; again changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--demo", action="store_true", help="with demonstration data if there are no projects"
        )

    def handle(self, *, demo: bool, **options: Any) -> None:
        call_command("migrate", verbosity=0, interactive=False)
        call_command("fill_calendar", stdout=self.stdout)
        call_command("publish_templates", stdout=self.stdout)
        call_command("collectstatic", verbosity=0, interactive=False)
        if demo and not Project.objects.exists():
            self.stdout.write("Sowing the demonstration district (a minute at most) ...")
            call_command("seed_demo", verbosity=0)
