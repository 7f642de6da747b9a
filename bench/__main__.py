"""``make bench``: builds the district in a database of its own on PostgreSQL, measures, prints, drops it.

``DATABASE_URL`` names the server (default: PostgreSQL on this machine). The exit code is 0 whether or not a
figure misses its budget: machines differ, and the table says what misses.
"""

import os
import tempfile
from pathlib import Path

import psycopg

NAME = "onescreen_bench"


def _server() -> str:
    url = os.environ.get("DATABASE_URL", "")
    return url if url.startswith("postgres") else "postgres://postgres@127.0.0.1:5432/postgres"


def main() -> None:
    server = _server()
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)")
        connection.execute(f"CREATE DATABASE {NAME}")
    try:
        with tempfile.TemporaryDirectory() as folder:
            _run(server, Path(folder))
    finally:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)")


def _run(server: str, folder: Path) -> None:
    os.environ["DATABASE_URL"] = server.rsplit("/", 1)[0] + f"/{NAME}"
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
        race,
        screen,
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
    meetings.measure(report, server)
    screen.measure(report, server)
    investment.measure(report, manager)
    race.measure(report, server)
    wall.measure(report, manager)
    forecast.measure(report, server)
    weak_link.measure(report, server)
    report.close()
    connections.close_all()


if __name__ == "__main__":
    main()
