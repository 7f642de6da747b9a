"""``make bench``: builds the district in a database of its own on PostgreSQL, measures, prints, drops it.

``DATABASE_URL`` names the server (default: PostgreSQL on this machine). The exit code is 0 whether or not a
figure misses its budget: machines differ, and the table says what misses.
"""

import os
import tempfile
from pathlib import Path

from bench import databases

NAME = "onescreen_bench"
LARGE = "onescreen_bench_large"


def _server() -> str:
    url = os.environ.get("DATABASE_URL", "")
    return url if url.startswith("postgres") else "postgres://postgres@127.0.0.1:5432/postgres"


def main() -> None:
    server = _server()
    with databases.made(server, NAME) as address, tempfile.TemporaryDirectory() as folder:
        os.environ["DATABASE_URL"] = address
        _run(server, Path(folder))


def _run(server: str, folder: Path) -> None:
    os.environ["DATA_DIR"] = str(folder)
    os.environ["LOG_LEVEL"] = "ERROR"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connections
    from django.utils import timezone

    from bench import (
        bulk,
        chains,
        district,
        forecast,
        imports,
        investment,
        issues,
        lists,
        meetings,
        permits,
        race,
        screen,
        screen_district,
        sweep,
        wall,
        weak_link,
        workbook,
    )
    from bench.report import HEADER, Report

    call_command("migrate", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    manager = district.build(timezone.localdate())
    district.analyse()
    print(HEADER)
    report = Report()
    lists.measure(report, manager)
    sweep.measure(report)
    workbook.measure(report)
    imports.measure(report)
    chains.measure(report, manager)
    bulk.measure(report, manager)
    issues.measure(report, manager)
    investment.measure(report, manager)
    wall.measure(report, manager)
    meetings.measure(report, server)
    with databases.made(server, LARGE) as large:
        with databases.used(large):
            call_command("migrate", verbosity=0)
            screen_district.build(timezone.localdate())
            district.analyse()
        for part in (screen, race, weak_link, forecast):
            with databases.made(server, f"{LARGE}_copy", like=LARGE) as copy, databases.used(copy):
                part.measure(report, screen_district.manager())
    permits.measure(report)
    forecast.print_scores()
    report.close()
    connections.close_all()


if __name__ == "__main__":
    main()
