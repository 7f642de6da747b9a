"""The weekly workbook with 10,000 ledger rows as a page downloads it, read from the database as it is written, beside
the same cells written bare; each in a process of its own. What is kept of a frozen meeting: ``bench.meetings``.
"""

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import xlsxwriter
from python_calamine import CalamineWorkbook

from bench.memory import peak_mb
from bench.report import Figure, Report


def measure(report: Report) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "weekly.xlsx"
        ours, bare = _child("ours", path), _child("bare", path)
    cells = f"{bare['cells']:,.0f} cells bare"
    report.add(
        Figure(
            "weekly workbook, 10,000 ledger rows",
            ours["seconds"],
            "s",
            4,
            bare["seconds"],
            cells,
            "Plane 28.7",
        )
    )
    report.add(
        Figure(
            "… memory it needs on top of the process",
            ours["growth_mb"],
            "MB",
            100,
            bare["growth_mb"],
            cells,
            "Plane 6,150 (100,000 rows)",
        )
    )


def _child(which: str, path: Path) -> dict[str, float]:
    """The best of three runs, each in a new process: memory is only known of a process as a whole."""
    runs = []
    for _ in range(3):
        command = [sys.executable, "-m", "bench.workbook", which, str(path)]
        answer = subprocess.run(command, check=True, capture_output=True, text=True)
        runs.append(json.loads(answer.stdout.splitlines()[-1]))
    return min(runs, key=lambda run: float(run["seconds"]))


def _ours(path: Path) -> dict[str, float]:
    import django

    django.setup()
    from django.urls import reverse
    from django.utils import timezone

    from accounts.models import User
    from domain.lights import LightRule
    from meetings.gathering import gather_week, one_moment
    from meetings.workbook import write_workbook
    from milestones.calendar_table import load_calendar

    rule = LightRule.on(timezone.localdate(), load_calendar())
    reader = User.objects.get(username="bench")
    reverse("meetings:workbook")  # who serves the page has the addresses loaded
    before, began = peak_mb(), time.perf_counter()
    with path.open("wb") as file, one_moment():
        write_workbook(file, gather_week(reader, rule, timezone.now()))
    return {"seconds": time.perf_counter() - began, "growth_mb": peak_mb() - before}


def _bare(path: Path) -> dict[str, float]:
    book = CalamineWorkbook.from_path(path)
    sheets = {
        name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names
    }
    cells = sum(cell != "" for rows in sheets.values() for row in rows for cell in row)
    before, began = peak_mb(), time.perf_counter()
    options: dict[str, Any] = {
        "constant_memory": True,
        "default_date_format": "yyyy-mm-dd",
        "strings_to_formulas": False,
    }
    with xlsxwriter.Workbook(str(path.with_suffix(".bare.xlsx")), options) as out:
        for name, rows in sheets.items():
            sheet = out.add_worksheet(name)
            for number, row in enumerate(rows):
                for column, cell in enumerate(row):
                    if cell != "":
                        sheet.write(number, column, cell)
    return {"seconds": time.perf_counter() - began, "growth_mb": peak_mb() - before, "cells": cells}


if __name__ == "__main__":
    print(json.dumps({"ours": _ours, "bare": _bare}[sys.argv[1]](Path(sys.argv[2]))))
