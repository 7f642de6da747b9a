"""Freezing a meeting and writing its workbook, in two sizes of district; the sheets beside the same cells written bare.

Each in a process of its own, on a database of its own: memory is only known of a process as a whole.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import xlsxwriter
from python_calamine import CalamineWorkbook

from bench import databases
from bench.memory import peak_mb
from bench.report import Figure, Report

DATABASE = "onescreen_bench_meetings"
MOST_MB = 500
SECONDS = {"small": 2.0, "large": 15.0}
NAMES = {
    "small": "freezing 1,000 projects, 200 overdue, 300 issues",
    "large": "freezing 10,000 projects, 150,000 nodes, 10,000 issues",
}


def measure(report: Report, server: str) -> None:
    """`server` is the address of a PostgreSQL where databases may be made."""
    for size, seconds in SECONDS.items():
        with tempfile.TemporaryDirectory() as folder, databases.made(server, DATABASE) as address:
            path = Path(folder) / "weekly.xlsx"
            environment = {**os.environ, "DATABASE_URL": address, "DATA_DIR": folder}
            _child(environment, "build", size, path)
            frozen = _child(environment, "freeze", size, path)
            report.add(Figure(NAMES[size], frozen["seconds"], "s", seconds))
            report.add(Figure("… memory of the whole process", frozen["peak_mb"], "MB", MOST_MB))
            ours, bare = (_child(environment, which, size, path) for which in ("write", "bare"))
        cells = f"{bare['cells']:,.0f} cells bare"
        report.add(
            Figure(
                "… its twelve sheets from the snapshot", ours["seconds"], "s", seconds, bare["seconds"], cells
            )
        )
        report.add(
            Figure("… as a multiple of the same cells bare", ours["seconds"] / bare["seconds"], "x", 1.5)
        )


def _child(environment: dict[str, str], which: str, size: str, path: Path) -> dict[str, float]:
    command = [sys.executable, "-m", "bench.meetings", which, size, str(path)]
    answer = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env=environment)
    found: dict[str, float] = json.loads(answer.stdout.splitlines()[-1])
    return found


def _build(size: str, _path: Path) -> dict[str, float]:
    from django.core.management import call_command
    from django.db import connection
    from django.utils import timezone

    from bench.meeting_district import SIZES, build

    call_command("migrate", verbosity=0)
    build(SIZES[size], timezone.localdate())
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    return {}


def _freeze(_size: str, _path: Path) -> dict[str, float]:
    """From the drafted meeting to the kept snapshot and workbook, as the worker does it."""
    from django.utils import timezone

    from accounts.models import User
    from domain.lights import LightRule
    from meetings.actions import ask_to_freeze, carry_out, draft_meeting, take_job
    from meetings.rhythm import rhythm
    from milestones.calendar_table import load_calendar

    now, system = timezone.localtime(), User.objects.system()
    rule = LightRule.on(now.date(), load_calendar())
    week = rhythm().week(now.date(), rule.calendar)
    if week is None:
        raise SystemExit("There is no working day this week.")
    meeting, _is_new = draft_meeting(week, actor=system, rule=rule)
    job = take_job(ask_to_freeze(meeting, actor=system, now=now).pk, now=now)
    if job is None:
        raise SystemExit("Somebody else has taken the job.")
    began = time.perf_counter()
    carry_out(job, rule=rule, now=now)
    return {"seconds": time.perf_counter() - began, "peak_mb": peak_mb()}


def _write(_size: str, path: Path) -> dict[str, float]:
    """The workbook from the rows that the snapshot keeps."""
    from django.conf import settings
    from django.utils import translation

    from meetings.gathering import week_of
    from meetings.models import Snapshot
    from meetings.workbook import write_workbook

    week = week_of(Snapshot.objects.get())

    def write() -> None:
        with path.open("wb") as file:
            write_workbook(file, week)

    with translation.override(settings.LANGUAGE_CODE):
        return {"seconds": _quickest(write)}


def _quickest(work: Callable[[], None]) -> float:
    """In seconds, of three times, by a process that has been at work before, as a worker has."""
    took = []
    for _ in range(3):
        began = time.perf_counter()
        work()
        took.append(time.perf_counter() - began)
    return min(took)


def _bare(_size: str, path: Path) -> dict[str, float]:
    """The cells of that workbook, written by XlsxWriter and nothing else: no styles, no heights, no links."""
    book = CalamineWorkbook.from_path(path)
    sheets = {
        name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names
    }
    cells = sum(cell != "" for rows in sheets.values() for row in rows for cell in row)
    options: dict[str, Any] = {
        "constant_memory": True,
        "default_date_format": "yyyy-mm-dd",
        "strings_to_formulas": False,
    }

    def write() -> None:
        with xlsxwriter.Workbook(str(path.with_suffix(".bare.xlsx")), options) as out:
            for name, rows in sheets.items():
                sheet = out.add_worksheet(name)
                for number, row in enumerate(rows):
                    for column, cell in enumerate(row):
                        if cell != "":
                            sheet.write(number, column, cell)

    return {"seconds": _quickest(write), "cells": cells}


def main() -> None:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from django.urls import reverse

    reverse("meetings:index")  # as in a worker that has been at work: the addresses are loaded
    which, size, path = sys.argv[1:]
    steps = {"build": _build, "freeze": _freeze, "write": _write, "bare": _bare}
    print(json.dumps(steps[which](size, Path(path))))


if __name__ == "__main__":
    main()
