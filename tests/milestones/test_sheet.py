from datetime import date
from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook

from domain.lights import Light
from milestones.sheet import Book, Cell, Column, Kind, plain, sheet_name

COLUMNS = [
    Column("项目", 30),
    Column("灯", 10, Kind.LIGHT),
    Column("到期", 12, Kind.DAY),
    Column("天数", 8, Kind.NUMBER),
]


def written(*rows: tuple[Cell, ...]) -> Any:
    target = BytesIO()
    with Book(target) as book:
        book.table("超期", COLUMNS, rows, title="超期节点", under="截至今天", when_empty="没有")
    return load_workbook(BytesIO(target.getvalue()))["超期"]


@pytest.mark.parametrize(
    "text", ["=1+1", "+86", "-5", "@SUM(A1)", "{=1}", "http://a.b/", "internal:Sheet1!A1"]
)
def test_text_stays_text_whatever_it_begins_with(text: str) -> None:
    cell = written((text, None, None, None)).cell(4, 1)

    assert (cell.value, cell.data_type, cell.hyperlink) == (text, "s", None)


def test_dates_and_numbers_are_what_they_are() -> None:
    sheet = written(("甲", Light.RED, date(2026, 9, 16), 12))

    assert sheet.cell(4, 3).is_date
    assert sheet.cell(4, 3).value.date() == date(2026, 9, 16)
    assert (sheet.cell(4, 4).value, sheet.cell(4, 4).data_type) == (12, "n")


def test_a_date_before_the_first_that_excel_knows_is_kept_as_text() -> None:
    assert written(("甲", None, date(1899, 1, 1), None)).cell(4, 3).value == "1899-01-01"


def test_a_light_is_told_by_colour_and_by_word() -> None:
    sheet = written(*[("甲", light, None, None) for light in Light])

    words = {sheet.cell(row, 2).value for row in range(4, 11)}
    grounds = {sheet.cell(row, 2).fill.fgColor.rgb for row in range(4, 11)}
    assert len(words) == len(grounds) == len(Light)


def test_characters_that_no_cell_can_hold_are_left_out() -> None:
    assert plain("甲\x00\x0b\ud800乙\n丙") == "甲乙\n丙"
    assert len(plain("长" * 40_000)) == 32_767


def test_a_sheet_can_be_printed() -> None:
    sheet = written(("甲", None, None, None), ("乙", None, None, None))

    assert sheet.page_setup.orientation == "landscape"
    assert sheet.page_setup.paperSize == 9
    assert sheet.page_setup.fitToHeight == 0
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert sheet.print_title_rows == "$3:$3"
    assert sheet.freeze_panes == "A4"
    assert sheet.auto_filter.ref == "A3:D5"
    assert "&P" in sheet.oddFooter.center.text


def test_an_empty_table_says_so() -> None:
    assert written().cell(4, 1).value == "没有"


@pytest.mark.parametrize(
    ("asked", "given"), [("2026/09 [a]", "2026 09  a"), ("'", "-"), ("长" * 40, "长" * 31)]
)
def test_a_sheet_gets_a_name_that_excel_accepts(asked: str, given: str) -> None:
    assert sheet_name(asked) == given
