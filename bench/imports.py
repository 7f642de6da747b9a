"""Bringing ledgers in through the command, in a process of its own: time and peak memory."""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

import django
from django.core.management import call_command
from django.utils import timezone
from python_calamine import CalamineWorkbook

from bench.memory import peak_mb
from bench.report import Figure, Report

django.setup()

from accounts.models import Unit  # noqa: E402
from ledger.samples.large import (  # noqa: E402
    DEPARTMENT,
    MAPPING,
    TOWN,
    write_large_ledger,
    write_months,
)
from projects.models import Project  # noqa: E402


def measure(report: Report) -> None:
    Unit.objects.get_or_create(name=TOWN, defaults={"kind": Unit.Kind.TOWN})
    Unit.objects.get_or_create(name=DEPARTMENT, defaults={"kind": Unit.Kind.DEPARTMENT})
    with tempfile.TemporaryDirectory() as folder:
        mapping = Path(folder) / "large.toml"
        mapping.write_text(MAPPING, encoding="utf-8")
        small, large = Path(folder) / "1000.xlsx", Path(folder) / "10000.xlsx"
        write_large_ledger(small, 1_000, bad_every=50, today=timezone.localdate())
        write_large_ledger(large, 10_000, first=2_001, bad_every=500, today=timezone.localdate())
        took, _memory, last = _import(small, mapping)
        report.add(
            Figure(
                f"import of 1,000 rows ({last})",
                took,
                "s",
                2,
                _read(small),
                "reading the cells",
                "NetBox 15.0, Redmine 27.9",
            )
        )
        took, memory, last = _import(large, mapping)
        report.add(
            Figure(f"import of 10,000 rows ({last})", took, "s", 15, _read(large), "reading the cells")
        )
        report.add(Figure("… peak memory of the process", memory, "MB", 300))
        _measure_months(report, Path(folder))


def _measure_months(report: Report, folder: Path) -> None:
    """60,000 project-months of the year that is over, and the same with every amount another."""
    year = timezone.localdate().year - 1
    projects = list(Project.objects.order_by("pk").values_list("code", "name", "enterprise")[:5_000])
    for what, offset in (("import of 60,000 project-months", 0), ("… each of them changed", 1)):
        path = folder / f"months{offset}.xlsx"
        write_months(path, projects, year, offset=offset)
        took, memory, last = _import(path, command="import_investment")
        report.add(Figure(f"{what} ({last})", took, "s", 15, _read(path), "reading the cells"))
        report.add(Figure("… peak memory of the process", memory, "MB", 300))


def _import(
    path: Path, mapping: Path | None = None, *, command: str = "import_ledger"
) -> tuple[float, float, str]:
    """Seconds that the command took, megabytes at the peak, and its last line."""
    asked = [sys.executable, "-m", "bench.imports", command, str(path), *([str(mapping)] if mapping else [])]
    answer = subprocess.run(asked, check=True, capture_output=True, text=True)
    *_rest, last, figures = answer.stdout.splitlines()
    took, memory = map(float, figures.split())
    return took, memory, last


def _command(name: str, path: str, mapping: str | None = None) -> None:
    """What a person would type; afterwards its seconds and the peak memory of the process in megabytes.

    The start of the process (Python, Django) is not counted: the peers were measured on running servers.
    """
    began = time.perf_counter()
    try:
        call_command(name, path, **({"mapping": mapping} if mapping else {}))
    except SystemExit as end:
        if end.code not in {0, 1}:
            raise
    print(time.perf_counter() - began, peak_mb())


def _read(path: Path) -> float:
    began = time.perf_counter()
    CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
    return time.perf_counter() - began


if __name__ == "__main__":
    _command(*sys.argv[1:])
