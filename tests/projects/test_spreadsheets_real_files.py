"""Every real spreadsheet ends in its values or in a sentence, within 10 seconds and 512 MB."""

import csv
import datetime as dt
import io
import subprocess
import sys
import time
from pathlib import Path

import pytest

from projects.spreadsheets import Cell, CellError, Merge, Sheet, UnreadableFile, filled, read_workbook
from tests.conftest import SHARED_DATA

_FOLDER = SHARED_DATA / "spreadsheets"
FILES = sorted(str(path.relative_to(_FOLDER)) for path in _FOLDER.rglob("*") if path.is_file())

# Each file that is refused, with a part of its sentence. All others are read.
REFUSED = {
    "calamine/capitalized_wbook_stream.xls": "has no rows",
    "calamine/empty_sheet.xlsx": "has no rows",
    "calamine/issue_666_panic.xlsb": "has no rows",
    "calamine/pass_protected.xlsx": "protected by a password",
    "calamine/too_small.xls": "is not a spreadsheet; it begins with “Attachment f:",
    "sheetjs/ErrorTypes.slk": "SYLK format",
    "sheetjs/LO7322.fods": "flat OpenDocument format",
    "sheetjs/password_2002_40_xor.xls": "protected by a password",
    "sheetjs_expected/openpyxl_r_date_1900.xlsx.1.csv": "is empty",
    "sheetjs_expected/openpyxl_r_date_1900.xlsx.2.csv": "is empty",
    "sheetjs_expected/openpyxl_r_date_1904.xlsx.1.csv": "is empty",
    "sheetjs_expected/openpyxl_r_date_1904.xlsx.2.csv": "is empty",
}


@pytest.fixture(scope="session")
def spreadsheets(shared_data: Path) -> Path:
    return shared_data / "spreadsheets"


@pytest.mark.parametrize("file", FILES)
def test_a_file_is_read_or_refused_with_its_sentence_within_the_limits(spreadsheets: Path, file: str) -> None:
    began = time.monotonic()
    try:
        workbook = read_workbook(spreadsheets / file)
    except UnreadableFile as refused:
        sentence = str(refused)
        assert REFUSED.get(file, "this file is read") in sentence
        assert Path(file).name in sentence
        assert "Traceback" not in sentence
        assert "\n" not in sentence
    else:
        assert file not in REFUSED
        assert any(cell is not None for sheet in workbook.sheets for row in sheet.rows for cell in row)
    assert time.monotonic() - began < 10


# In a process of its own, because a child's peak begins with that of the process that started it.
_PEAK_OF_THE_READERS = """
import resource, sys
from pathlib import Path
from projects.spreadsheets import UnreadableFile, read_workbook
for file in sys.argv[1:]:
    try:
        read_workbook(Path(file))
    except UnreadableFile:
        pass
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="Linux tells the peak memory of children in kilobytes")
def test_no_file_takes_more_than_512_megabytes(spreadsheets: Path) -> None:
    peak = subprocess.run(
        [sys.executable, "-c", _PEAK_OF_THE_READERS, *(str(spreadsheets / file) for file in FILES)],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[2],
    ).stdout
    assert int(peak) < 512 * 1024


def _sheets(path: Path) -> dict[str, Sheet]:
    return {sheet.name: sheet for sheet in read_workbook(path).sheets}


def _rows(path: Path) -> tuple[tuple[Cell, ...], ...]:
    """The rows of the first sheet."""
    return read_workbook(path).sheets[0].rows


def _as_excel_says(cell: Cell, day: str) -> str:
    if isinstance(cell, bool):
        return str(cell).upper()
    if isinstance(cell, dt.date):
        return day.format(m=cell.month, d=cell.day, y=cell.year % 100)
    return "" if cell is None else str(cell)


def _expected(path: Path) -> list[list[str]]:
    # Excel wrote some of these with carriage returns alone between the rows.
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [row for row in csv.reader(io.StringIO(file.read(), newline="")) if row]


def test_attendance_has_the_values_that_excel_shows(spreadsheets: Path) -> None:
    rows = _rows(spreadsheets / "sheetjs/Attendance.xlsx")
    assert rows[0] == ()
    shown = [[_as_excel_says(cell, "{m}/{d}") for cell in row] for row in rows[1:]]
    assert shown == _expected(spreadsheets / "sheetjs_expected/Attendance.csv")


def test_error_types_have_the_values_that_excel_shows_and_errors_are_no_text(spreadsheets: Path) -> None:
    rows = _rows(spreadsheets / "sheetjs/ErrorTypes.xlsx")
    shown = [[_as_excel_says(cell, "{m}/{d}/{y}") for cell in row] for row in rows]
    assert shown == _expected(spreadsheets / "sheetjs_expected/ErrorTypes.csv")
    assert rows[1][0] == CellError("#NULL!")
    assert rows[1][2] == "#NULL?"
    assert sum(isinstance(cell, CellError) for row in rows for cell in row) == 20


def test_sushi_is_one_character(spreadsheets: Path) -> None:
    assert _rows(spreadsheets / "sheetjs/sushi.xlsx") == (("🍣",),)
    assert _rows(spreadsheets / "sheetjs_expected/sushi.xlsx.0.csv") == (("🍣",),)


def test_errors_are_marked_and_not_empty(spreadsheets: Path) -> None:
    codes = ("#DIV/0!", "#NAME?", "#VALUE!", "#NULL!", "#REF!", "#NUM!", "#N/A")
    assert _rows(spreadsheets / "calamine/errors.xlsx") == tuple((CellError(code),) for code in codes)


def test_dates_of_the_1904_calendar_are_read_by_it(spreadsheets: Path) -> None:
    assert _rows(spreadsheets / "calamine/date_1904.xlsx") == (
        (dt.date(2021, 1, 1), 15),
        (dt.date(2021, 1, 2), 16),
        (dt.timedelta(days=10, seconds=54610), 17),
    )


@pytest.mark.parametrize("file", ["1900.xlsx", "1904.xlsx", "1904.xls"])
def test_each_date_equals_the_text_beside_it(spreadsheets: Path, file: str) -> None:
    rows = _rows(spreadsheets / "sheetjs" / file)
    assert len(rows) == 5
    for row in rows:
        assert isinstance(row[1], dt.date)
        assert row[1].isoformat() == row[2] == row[3]


def test_dates_written_as_iso_text_and_quoted_formats_are_dates(spreadsheets: Path) -> None:
    assert _rows(spreadsheets / "calamine/date_iso.xlsx")[:3] == (
        (dt.date(2021, 1, 1),),
        (dt.datetime.fromisoformat("2021-01-01T10:10:10"),),
        (dt.time(10, 10, 10),),
    )
    assert _rows(spreadsheets / "calamine/date_quoted_format.xlsx")[:3] == ((dt.date(2021, 1, 1),),) * 3


def test_an_old_workbook_has_its_values(spreadsheets: Path) -> None:
    assert _rows(spreadsheets / "calamine/biff5_write.xls")[:3] == (
        (1, 2, 3),
        (True, False, None, "sheetjs"),
        ("foo", "bar", dt.datetime.fromisoformat("2014-02-19T14:30"), "0.3"),
    )
    assert _rows(spreadsheets / "sheetjs/A4X_2013.xls") == ((), (), (), ("x",))


@pytest.mark.parametrize("file", ["merge_cells.xlsx", "merge_cells.xls"])
def test_a_merged_value_is_filled_into_every_cell_of_its_range(spreadsheets: Path, file: str) -> None:
    (sheet,) = read_workbook(spreadsheets / "sheetjs" / file).sheets
    assert sheet.rows[0] == ("A1:B2", None, "C1:C2", "Separate blocks")
    assert Merge(1, 1, 2, 2) in sheet.merged
    assert filled(sheet).rows[:3] == (
        ("A1:B2", "A1:B2", "C1:C2", "Separate blocks"),
        ("A1:B2", "A1:B2", "C1:C2", "Separate blocks"),
        ("A3:B3", "A3:B3", "C3"),
    )


def test_merged_header_groups_are_filled(spreadsheets: Path) -> None:
    sheet = _sheets(spreadsheets / "calamine/merged_range.xlsx")["Sheet1"]
    assert len(sheet.merged) == 9
    assert filled(sheet).rows[1] == ("A1", "B1", "C1", "C1", "E1", "F1", "G1", "H1")


def test_a_table_that_begins_further_down_keeps_its_row_numbers(spreadsheets: Path) -> None:
    rows = _rows(spreadsheets / "calamine/header-row.xlsx")
    assert rows[:2] == ((), ())
    assert rows[2] == (None, None, "Note 1")
    assert len(rows) == 10
    assert _rows(spreadsheets / "calamine/no-header.xlsx")[:3] == ((), (), ("a", 0))


@pytest.mark.parametrize("file", ["sheet_visibility.xlsx", "sheet_visibility.xls"])
def test_hidden_sheets_are_read_and_marked(spreadsheets: Path, file: str) -> None:
    sheets = _sheets(spreadsheets / "sheetjs" / file)
    assert {name: sheet.visible for name, sheet in sheets.items()} == {
        "Visible": True,
        "Hidden": False,
        "VeryHidden": False,
    }
    assert sheets["Hidden"].rows[0] == tuple("Hidden")


def test_a_chart_is_no_sheet(spreadsheets: Path) -> None:
    assert list(_sheets(spreadsheets / "calamine/any_sheets.xlsx")) == ["Visible", "Hidden", "VeryHidden"]


def test_repeated_rows_of_an_opendocument_file_are_repeated(spreadsheets: Path) -> None:
    first, second = ("A", "B"), ("C", "D")
    sheets = _sheets(spreadsheets / "calamine/number_rows_repeated.ods")
    assert sheets["Sheet1"].rows == (first, second, second, (), (), second, (), second)
    assert sheets["Sheet2"].rows == ((), first, second, second, (), (), second, (), second)


def test_unusual_but_valid_files_have_their_values(spreadsheets: Path) -> None:
    strict = _rows(spreadsheets / "calamine/strict_iso_paths.xlsx")
    assert (len(strict), strict[0][:2]) == (76, ("Item", "Thickness"))
    assert _rows(spreadsheets / "calamine/nonstandard-xml-ns-prefix.xlsx") == (("a", "b"), (1, 3), (2, 4))
    assert _rows(spreadsheets / "calamine/has_x000D_.xlsx") == (("ABC\r\nDEF",),)
    assert _rows(spreadsheets / "calamine/special_cells.ods")[0] == ("Split\nLine",)
    assert _rows(spreadsheets / "sheetjs/phonetic_text.xlsx")[0] == ("漢字",)
    assert _rows(spreadsheets / "calamine/whitespace_trim.xlsx")[2] == ("日期 时间",)
    assert _rows(spreadsheets / "sheetjs/xlsx-stream-d-date-cell.xlsx")[9] == (
        "Duration 36 hours format #46",
        dt.timedelta(hours=36),
    )


def test_the_file_that_once_took_all_memory_has_its_values(spreadsheets: Path) -> None:
    sheets = _sheets(spreadsheets / "calamine/OOM_alloc.xls")
    assert len(sheets) == 10
    assert [name for name, sheet in sheets.items() if sheet.visible] == ["Weekly Report"]
    assert sheets["WE 2-22 EOL Data"].rows[2] == ("New Deals for:", "New Deals", "Volume", "Units")


def test_the_table_in_gb18030_has_every_row_and_its_leading_zeros(spreadsheets: Path) -> None:
    path = spreadsheets / "gb18030_crlf.csv"
    with path.open(encoding="gb18030", newline="") as file:
        expected = [tuple(cell or None for cell in row) for row in csv.reader(file)]
    rows = _rows(path)
    assert rows[3] == ("011", "3", "谷物种植", "01")
    assert [row + (None,) * (4 - len(row)) for row in rows] == expected
