"""Fills in weekly workbooks offline, with another library than the one that wrote them; the words are English."""

from collections.abc import Mapping
from datetime import date, datetime
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import openpyxl
from django.core.files.base import ContentFile
from openpyxl.cell import Cell, MergedCell
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from accounts.models import User
from meetings.actions import apply_upload, upload_workbook
from meetings.gathering import gather_week, one_moment
from meetings.models import Meeting, Upload
from meetings.round_trip.marks import HIDDEN_SHEET
from meetings.round_trip.report import ShownCell, ShownPlan, shown_plan
from meetings.sheets.titles import titles
from meetings.workbook import write_workbook
from tests.meetings.drafts import NOON, rule_on

HEADER_ROW = 3
PROJECTS, ISSUES = "projects", "issues"
TODAY = NOON.date()


def download(reader: User, *, now: datetime = NOON, meeting: Meeting | None = None) -> bytes:
    """The workbook of what `reader` sees."""
    file = BytesIO()
    with one_moment():
        write_workbook(file, gather_week(reader, rule_on(now), now, meeting=meeting))
    return file.getvalue()


class Offline:
    """A workbook that somebody has opened without a connection."""

    def __init__(self, data: bytes) -> None:
        self.book: Workbook = openpyxl.load_workbook(BytesIO(data))

    def sheet(self, key: str) -> Worksheet:
        return self.book[getattr(titles(), key)]

    @property
    def hidden(self) -> Worksheet:
        return self.book[HIDDEN_SHEET]

    def column(self, key: str, title: str) -> int:
        """Counted from one."""
        return next(
            place for place, cell in enumerate(self.sheet(key)[HEADER_ROW], start=1) if cell.value == title
        )

    def row(self, key: str, name: str) -> int:
        """The row in which a cell says `name`."""
        return next(
            int(row[0].row or 0)
            for row in self.sheet(key).iter_rows(min_row=HEADER_ROW + 1)
            if name in {cell.value for cell in row}
        )

    def cell(self, key: str, name: str, title: str) -> Cell | MergedCell:
        return self.sheet(key).cell(self.row(key, name), self.column(key, title))

    def mark(self, key: str, name: str) -> tuple[Cell | MergedCell, Cell | MergedCell]:
        """The hidden cells of the row: its mark and the seal of it."""
        sheet, row = self.sheet(key), self.row(key, name)
        width = sheet.max_column
        return sheet.cell(row, width - 1), sheet.cell(row, width)

    def fill(self, key: str, name: str, values: Mapping[str, Any]) -> "Offline":
        row = self.row(key, name)
        for title, value in values.items():
            self.sheet(key).cell(row, self.column(key, title)).value = value
        return self

    def saved(self) -> bytes:
        file = BytesIO()
        self.book.save(file)
        return file.getvalue()


def in_sheets(data: bytes, old: bytes, new: bytes) -> bytes:
    """The file with `old` replaced in the markup of its sheets, where it must stand."""
    found, changed = BytesIO(), 0
    with ZipFile(BytesIO(data)) as before, ZipFile(found, "w", ZIP_DEFLATED) as after:
        for part in before.namelist():
            content = before.read(part)
            if part.startswith("xl/worksheets/"):
                changed += content.count(old)
                content = content.replace(old, new)
            after.writestr(part, content)
    assert changed
    return found.getvalue()


def offline(reader: User, **more: Any) -> Offline:
    return Offline(download(reader, **more))


def bring(book: Offline | bytes, actor: User, *, name: str = "filled.xlsx", today: date = TODAY) -> Upload:
    """The workbook, brought back by `actor`."""
    data = book if isinstance(book, bytes) else book.saved()
    return upload_workbook(ContentFile(data, name=name), actor=actor, today=today)


def confirm(upload: Upload, *, today: date = TODAY, choices: Mapping[str, str] | None = None) -> Upload:
    """Confirmed by whoever uploaded it, as it was shown."""
    return apply_upload(upload, actor=upload.added_by, today=today, digest=upload.digest, choices=choices)


def shown(upload: Upload) -> ShownPlan:
    return shown_plan(upload.report)


def only(cells: Any) -> ShownCell:
    (cell,) = cells
    found: ShownCell = cell
    return found
