from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook

from domain.lights import Light
from milestones.sheet import Book, Cell, Column, Kind, plain, sheet_name
from milestones.sheet_cells import in_xml

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
    assert sheet.print_area == "'超期'!$A$1:$D$5"
    assert "&P" in sheet.oddFooter.center.text


def test_a_wide_sheet_is_printed_on_pages_side_by_side_that_name_their_rows() -> None:
    target = BytesIO()
    with Book(target) as book:
        book.lines("台账", COLUMNS, [], title="台账", when_empty="没有", freeze_columns=2, pages_wide=2)
    sheet = load_workbook(BytesIO(target.getvalue()))["台账"]

    assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (2, 0)
    assert (sheet.print_title_cols, sheet.print_title_rows) == ("$A:$B", "$3:$3")
    assert sheet.print_area == "'台账'!$A$1:$D$4", "with the line that says that there is nothing"


def test_an_empty_table_says_so() -> None:
    assert written().cell(4, 1).value == "没有"


@pytest.mark.parametrize(
    ("asked", "given"), [("2026/09 [a]", "2026 09  a"), ("'", "-"), ("长" * 40, "长" * 31)]
)
def test_a_sheet_gets_a_name_that_excel_accepts(asked: str, given: str) -> None:
    assert sheet_name(asked) == given


@pytest.mark.parametrize(
    "text",
    ["<r><t>x</t></r>", "a & b < c > d", ' "quoted" ', "第一行\n第二行", "\ttab", "]]>", "&amp;"],
)
def test_text_comes_back_as_it_was_put_in(text: str) -> None:
    assert written((text, None, None, None)).cell(4, 1).value == text


def test_a_title_that_looks_like_markup_breaks_nothing() -> None:
    target = BytesIO()
    with Book(target) as book:
        book.table("超期", COLUMNS, [("甲", None, None, None)], title="<r><b></r>", under="")

    sheet = load_workbook(BytesIO(target.getvalue()))["超期"]

    assert str(sheet.cell(1, 1).value).strip() == "<r><b></r>"


def test_text_that_looks_like_an_escaped_sign_is_not_taken_for_one() -> None:
    assert in_xml("_x0041_") == '<t xml:space="preserve">_x005F_x0041_</t>'


def test_amounts_are_numbers_and_what_is_no_number_is_left_out() -> None:
    sheet = written(
        ("甲", None, None, Decimal("1234.56")),
        ("乙", None, None, float("nan")),
        ("丙", None, None, 10**12),
        ("丁", None, None, 0),
    )

    assert [sheet.cell(row, 4).value for row in range(4, 8)] == [1234.56, None, 10**12, 0]


def test_a_row_is_as_high_as_its_text_needs() -> None:
    sheet = written(
        ("短", None, None, None), ("很长的文字" * 20, None, None, None), ("一\n二", None, None, None)
    )

    one, many, two = (sheet.row_dimensions[row].height for row in (4, 5, 6))
    assert one == 18
    assert many > two > one


def test_no_row_is_higher_than_a_spreadsheet_shows() -> None:
    assert written(("长" * 40_000, None, None, None)).row_dimensions[4].height == 409


def test_cells_after_the_rows_of_a_table_stand_below_them() -> None:
    target = BytesIO()
    with Book(target) as book:
        book.table("甲", COLUMNS, [("一", None, None, 1), ("二", None, None, 2)], title="题", under="")
        book.table("乙", COLUMNS, [("三", None, None, 3)], title="题", under="")

    sheets = load_workbook(BytesIO(target.getvalue()))
    assert [[row[0].value for row in sheet.iter_rows(min_row=4)] for sheet in sheets] == [
        ["一", "二"],
        ["三"],
    ]
    assert sheets["甲"].dimensions == "A1:D5"
