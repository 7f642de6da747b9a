"""What of the workbook may be filled in and what may not, what travels unseen, and where its rows lead."""

import subprocess
import sys
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter

from accounts.models import Unit
from meetings.round_trip.marks import HIDDEN_SHEET, origin_of, read_mark, seal_fits
from meetings.week import Row
from milestones.sheet import Book, Column, Entry, Kind, Line
from milestones.sheet_rows import MOST_LINKS
from projects.models import Project
from tests.make import make_issue, make_project, make_unit, make_user
from tests.meetings.written_books import book_for, week_for, written
from tests.screen.small_district import make_small_district

pytestmark = pytest.mark.django_db

FILLED_IN = {
    "Projects": [
        "Sector", "Leader in charge", "Land (mu)", "Floor area (m²)", "Total investment (10,000 yuan)",
        "Fixed-asset investment (10,000 yuan)", "Remark",
    ],
    "Issues": ["Category", "Level", "Lead unit", "Due", "Progress of this week"],
}  # fmt: skip


def unlocked(sheet: Any) -> list[str]:
    """The titles of the columns whose cells may be written into, in their order."""
    return [
        str(sheet.cell(3, cell.column).value)
        for row in sheet.iter_rows(min_row=4, max_row=4)
        for cell in row
        if not cell.protection.locked
    ]


def allowed(sheet: Any, title: str) -> Any:
    """The validation of the column under `title`."""
    (place,) = [cell.column for cell in sheet[3] if cell.value == title]
    cell = f"{get_column_letter(place)}4"
    return next(each for each in sheet.data_validations.dataValidation if cell in each.sqref)


def test_only_the_named_columns_of_two_sheets_are_open_and_every_sheet_is_protected_without_a_password() -> (
    None
):
    reader = make_small_district()
    make_issue()

    book = book_for(reader)

    for sheet in book:
        assert sheet.protection.sheet, sheet.title
        assert not sheet.protection.password
        assert unlocked(sheet) == FILLED_IN.get(sheet.title, [])
    visible = [sheet for sheet in book if sheet.sheet_state == "visible"]
    for sheet in visible:
        assert not sheet.protection.sort, "what is not forbidden is allowed"
        assert not sheet.protection.autoFilter
        assert not sheet.protection.formatColumns


def test_what_may_be_chosen_stands_in_drop_downs_and_days_and_numbers_are_checked() -> None:
    make_unit("供电公司", kind=Unit.Kind.DEPARTMENT)
    make_issue(project=make_project(name="晶圆二期"))

    book = book_for(make_user())

    issues = book["Issues"]
    assert allowed(issues, "Category").type == "list"
    assert "3 · special meeting" in allowed(issues, "Level").formula1
    assert "供电公司" in allowed(issues, "Lead unit").formula1
    assert allowed(issues, "Due").type == "date"
    assert allowed(book["Projects"], "Land (mu)").type == "decimal"
    assert {each.showErrorMessage for each in issues.data_validations.dataValidation} == {True}


def test_a_list_too_long_for_a_cell_stands_in_a_hidden_sheet_under_a_name() -> None:
    names = [f"第{number}号指挥部办公室" for number in range(40)]
    for name in names:
        make_unit(name)
    make_issue()

    book = book_for(make_user())

    source = allowed(book["Issues"], "Lead unit").formula1
    assert source.startswith("list_of_choices_")
    sheet, cells = book.defined_names[source].attr_text.split("!")
    hidden = book[sheet.strip("'")]
    assert hidden.sheet_state == "veryHidden"
    assert set(names) <= {row[0].value for row in hidden[cells.replace("$", "")]}


@pytest.mark.parametrize("name", ['=1+1,"x"', "甲,乙", '"&A1&"', "'!A1", "<r>a</r>"])
def test_a_word_that_means_something_else_in_a_list_is_only_a_word_there(name: str) -> None:
    make_unit(name)
    make_issue()

    book = book_for(make_user())

    source = allowed(book["Issues"], "Lead unit").formula1
    words = [
        (str(cell.value).strip(), cell.data_type) for sheet in book for row in sheet.iter_rows() for cell in row
        if sheet.title == "_lists"
    ]  # fmt: skip
    assert (name, "s") in words or name in source.strip('"').split(",")
    assert '"' not in source.strip('"')


def test_rows_that_can_be_filled_in_carry_their_sealed_key_unseen_and_within_reach_of_the_filter() -> None:
    reader = make_small_district()
    issue = make_issue()
    week = week_for(reader)

    book: Any = load_workbook(BytesIO(written(week)))

    origin = book[HIDDEN_SHEET]["A1"].value
    assert book[HIDDEN_SHEET].sheet_state == "veryHidden"
    assert origin == origin_of(week)
    assert seal_fits(origin, book[HIDDEN_SHEET]["A2"].value)
    for name in FILLED_IN:
        sheet = book[name]
        marked, sealed = sheet.max_column - 1, sheet.max_column
        assert sheet.column_dimensions[get_column_letter(marked)].hidden
        assert sheet.auto_filter.ref.endswith(f"{get_column_letter(sealed)}{sheet.max_row}")
        for row in range(4, sheet.max_row + 1):
            assert seal_fits(sheet.cell(row, marked).value, sheet.cell(row, sealed).value, origin)
    sheet = book["Issues"]
    assert read_mark(sheet.cell(4, sheet.max_column - 1).value).row == f"i{issue.pk}"
    assert book["Overdue nodes"].max_column == 15, "what cannot be filled in carries nothing"


def test_the_note_stands_alone_and_the_mark_of_the_date_beside_the_date() -> None:
    make_small_district()
    Project.objects.filter(name="晶圆材料二期").update(note="已列入重点")

    sheet = book_for(make_user())["Projects"]

    (row,) = [row for row in sheet.iter_rows(min_row=4, values_only=True) if row[2] == "晶圆材料二期"]
    assert (row[18], row[21]) == ("provisional", "已列入重点")


def test_each_project_name_leads_to_its_page_and_what_is_no_project_leads_nowhere(
    settings: Any,
) -> None:
    settings.SITE_URL = "https://onescreen.example"
    reader = make_small_district()
    make_issue(project=Project.objects.get(name="晶圆材料二期"))
    pages = {
        name: f"https://onescreen.example/projects/{pk}/"
        for pk, name in Project.objects.values_list("pk", "name")
    }

    book: Any = book_for(reader)

    for name in (
        "Overdue nodes",
        "Due soon",
        "Issues",
        "Suggested assignments",
        "Holds and waivers",
        "Projects",
    ):
        links = [cell for row in book[name].iter_rows() for cell in row if cell.hyperlink]
        assert len(links) == book[name].max_row - 3, name
        for cell in links:
            assert book[name].cell(3, cell.column).value == "Project"
            assert cell.hyperlink.target == pages[str(cell.value)]
            assert cell.data_type == "s", "no formula"
    assert not any(cell.hyperlink for row in book["Definitions"].iter_rows() for cell in row)


def test_a_sheet_has_no_more_links_than_excel_takes() -> None:
    target = BytesIO()
    with Book(target) as book:
        book.lines(
            "甲", [Column("项目", 20)], (Line([f"项目{n}"], f"http://a.b/{n % 3}/") for n in range(MOST_LINKS + 5)),
            title="题", linked=0,
        )  # fmt: skip

    with ZipFile(target) as parts:
        sheet = parts.read("xl/worksheets/sheet1.xml").decode()
        targets = parts.read("xl/worksheets/_rels/sheet1.xml.rels").decode()
    assert sheet.count("<hyperlink ") == MOST_LINKS
    assert targets.count("<Relationship ") == 3, "the same address is written once"
    assert f"项目{MOST_LINKS + 4}" in sheet


@pytest.mark.parametrize("address", ['http://a.b/"><x/>', "http://a.b/&<>'"])
def test_an_address_is_only_an_address(address: str) -> None:
    target = BytesIO()
    with Book(target) as book:
        book.lines("甲", [Column("项目", 20)], [Line(["项目"], address)], title="题", linked=0)

    cell: Any = load_workbook(target)["甲"]["A4"]

    assert cell.hyperlink.target == address


@pytest.mark.parametrize("text", ["=1+1", "+86", "@SUM(A1)", "<r>x</r>", "a\x00b\x0bc", "长" * 40_000])
def test_what_nobody_sees_and_what_may_be_filled_in_are_texts_too(text: str) -> None:
    target = BytesIO()
    with Book(target) as book:
        book.lines(
            "甲", [Column("项目", 20), Column("备注", 20, Kind.TEXT)], [Line(["项目", text], "", (text, "s"))],
            title="题", entries=[Entry(1, (text[:50], "乙"))], unseen=("_mark", "_seal"), is_locked=True,
        )  # fmt: skip

    sheet = load_workbook(target)["甲"]

    for cell in (sheet["B4"], sheet["C4"]):
        assert cell.data_type == "s"
        assert len(str(cell.value)) <= 32_767
        assert "\x00" not in str(cell.value)


def test_the_site_address_must_be_one(tmp_path: Path) -> None:
    for address, is_good in (("javascript:alert(1)", False), ("https://a.b", True)):
        ran = subprocess.run(
            [sys.executable, "-c", "import config.settings"],
            env={"SITE_URL": address, "DATA_DIR": str(tmp_path), "PATH": ""}, capture_output=True, check=False,
        )  # fmt: skip
        assert (ran.returncode == 0) == is_good, ran.stderr


def test_a_row_without_a_project_is_written_as_text_alone() -> None:
    week = week_for(make_small_district())
    table = week.table("projects")
    bare = replace(table, rows=tuple(Row(row.cells) for row in table.rows))
    week = replace(week, tables=tuple(bare if each.key == "projects" else each for each in week.tables))

    sheet = load_workbook(BytesIO(written(week)))["Projects"]

    assert not any(cell.hyperlink for row in sheet.iter_rows() for cell in row)
