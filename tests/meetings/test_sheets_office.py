"""The workbook as other programs open it: two libraries read it cell by cell, LibreOffice prints it."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from python_calamine import CalamineWorkbook

from domain.lights import Light
from meetings.actions import take_decision
from meetings.gathering import week_of
from meetings.models import MeetingFile, Snapshot
from meetings.sheets.titles import titles
from meetings.week import Table, Week
from meetings.workbook import SHEETS
from milestones.filters import LIGHT_LABELS
from milestones.sheet import SHAPES, Cell
from projects.models import Project
from tests.make import MONDAY, make_issue, make_user
from tests.meetings.drafts import NOON, freeze, make_meeting
from tests.meetings.written_books import week_for, written
from tests.screen.small_district import make_small_district

pytestmark = pytest.mark.django_db

OFFICE = shutil.which("soffice")
HEADER = 3
"""The row of the header, counted from one."""

PAGES = SHEETS + 4
"""Three for the first sheet, two side by side for the ledger and two for what the figures mean; so small a district
fits on one page otherwise."""


def make_full_week() -> Week:
    """A week with something in every sheet, and one before it to compare with."""
    reader = make_small_district()
    meeting = freeze(make_meeting())
    project = Project.objects.get(name="晶圆材料二期")
    Project.objects.filter(pk=project.pk).update(
        note="=1+1\n第二行", land_mu=Decimal("12.50"), sector="集成电路"
    )
    take_decision(meeting, actor=make_user(), text="架设临时线路", today=MONDAY, projects=[project])
    make_issue(project, title="开闭所未建")
    make_issue(project, title="已通电", status="closed", today=NOON.date() + timedelta(days=3))
    return week_for(reader, NOON + timedelta(days=7))


def expected(cell: Cell) -> Any:
    """A cell as a reader finds it."""
    match cell:
        case None | "":
            return None
        case Light():
            return f"{SHAPES[cell]} {LIGHT_LABELS[cell]}"
        case Decimal() | float() | int():
            return float(cell)
        case _:
            return cell


def found(cell: Any) -> Any:
    match cell:
        case None | "":
            return None
        case datetime():
            return cell.date()
        case int() | float():
            return float(cell)
        case _:
            return cell


def with_openpyxl(content: bytes) -> Iterator[tuple[str, list[list[Any]]]]:
    for sheet in load_workbook(BytesIO(content)):
        yield sheet.title, [list(row) for row in sheet.iter_rows(values_only=True)]


def with_calamine(content: bytes) -> Iterator[tuple[str, list[list[Any]]]]:
    book = CalamineWorkbook.from_filelike(BytesIO(content))
    for name in book.sheet_names:
        yield name, book.get_sheet_by_name(name).to_python(skip_empty_area=False)


def cells_of(table: Table) -> list[list[Any]]:
    return [[expected(cell) for cell in row.cells] for row in table.rows]


@pytest.mark.parametrize("read", [with_openpyxl, with_calamine])
def test_every_cell_of_every_sheet_comes_back_as_it_stands_in_the_week(read: Any) -> None:
    week = make_full_week()

    sheets = dict(read(written(week)))

    assert [table.name for table in week.tables if not table.rows] == ["Date changes"]
    for table in week.tables:
        wide, rows = len(table.columns), sheets[table.name]
        assert rows[0][0] == table.title
        assert rows[1][0] == table.under
        assert rows[HEADER - 1][:wide] == [column.title for column in table.columns]
        body = [[found(cell) for cell in row[:wide]] for row in rows[HEADER:]]
        assert body == (cells_of(table) or [[table.when_empty, *[None] * (wide - 1)]]), table.name
        if table.editable:
            assert [row[wide] for row in rows[HEADER:]] == [row.mark for row in table.rows]
    _check_overview(week, sheets[titles().overview])


def _check_overview(week: Week, rows: Sequence[Sequence[Any]]) -> None:
    overview = week.overview
    assert rows[2][0] == overview.sentence
    for figure, row in zip(overview.figures, rows[6:], strict=False):
        assert [found(cell) for cell in row[:5]] == [
            figure.label, expected(figure.remark), figure.value, figure.before, figure.change,
        ]  # fmt: skip
    (top,) = [number for number, row in enumerate(rows) if row[0] == "Every node kind"]
    shown = [[found(cell) for cell in row[: len(overview.steps[0])]] for row in rows[top + 2 :]]
    assert shown == [[expected(cell) for cell in step] for step in overview.steps]


def test_the_kept_workbook_of_a_frozen_meeting_says_what_its_snapshot_says() -> None:
    make_small_district()
    meeting = freeze(make_meeting())

    with MeetingFile.objects.get(meeting=meeting).file.open() as file:
        sheets = dict(with_calamine(file.read()))

    for table in week_of(Snapshot.objects.get(meeting=meeting)).tables:
        rows = [[found(cell) for cell in row[: len(table.columns)]] for row in sheets[table.name][HEADER:]]
        if table.rows and table.key not in {"overdue", "due", "standing", "projects", "definitions"}:
            assert rows == cells_of(table), "lights are words of another language there"
        else:
            assert len(rows) == max(1, len(tuple(table.rows)))


def needs_office() -> str:
    """Where LibreOffice is; the test is skipped without it, and fails where ``REQUIRE_OFFICE`` asks for it."""
    if OFFICE is None:
        assert os.environ.get("REQUIRE_OFFICE") != "1", "REQUIRE_OFFICE=1, but there is no soffice"
        pytest.skip("LibreOffice (soffice) is not installed")
    return OFFICE


def printed(content: bytes, folder: Path) -> bytes:
    """The workbook as LibreOffice prints it."""
    (folder / "weekly.xlsx").write_bytes(content)
    subprocess.run(
        [
            needs_office(), f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless",
            "--convert-to", "pdf", "--outdir", str(folder), str(folder / "weekly.xlsx"),
        ],
        check=True, capture_output=True, timeout=180,
    )  # fmt: skip
    return (folder / "weekly.pdf").read_bytes()


def pages_of(pdf: bytes) -> list[tuple[float, float]]:
    """Width and height of each page in points."""
    boxes = re.findall(rb"/Type\s*/Page\b.*?/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)\s*\]", pdf, re.DOTALL)
    return [(float(width), float(height)) for width, height in boxes]


@pytest.mark.office
def test_libreoffice_opens_it_and_prints_every_sheet_on_a4_across(tmp_path: Path) -> None:
    needs_office()

    pages = pages_of(printed(written(make_full_week()), tmp_path))

    assert len(pages) == PAGES
    for width, height in pages:
        assert (round(width), round(height)) == (842, 595), "A4 across"


@pytest.mark.office
def test_libreoffice_prints_the_workbook_of_an_empty_district(tmp_path: Path) -> None:
    needs_office()

    pages = pages_of(printed(written(week_for(make_user())), tmp_path))

    assert len(pages) == PAGES
