"""The weekly workbook, read back: the same figures as the pages, and fit to print."""

from collections.abc import Sequence
from datetime import datetime
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation
from openpyxl import Workbook, load_workbook
from openpyxl.utils import get_column_letter

from accounts.models import User
from domain.lights import Light, LightRule
from domain.workdays import WorkCalendar
from meetings.gathering import gather_week, one_moment
from meetings.sheets.definitions import templates_in_use
from meetings.sheets.nodes import names
from meetings.workbook import UNSEEN, write_workbook
from milestones.filters import LIGHT_LABELS
from milestones.models import CalendarDay, Node
from milestones.project_queries import project_rows
from milestones.queries import node_rows
from milestones.sheet import SHAPES
from milestones.workbook import issues_in_words
from projects.models import Project
from screen.queries import screen_of
from screen.sentence import sentence
from tests.make import FRIDAY, MONDAY, make_issue, make_project, make_template, make_unit, make_user
from tests.screen.small_district import LONG_AGO, NOON, RULE, make_laid, make_small_district

pytestmark = pytest.mark.django_db

NOW = datetime.fromisoformat(NOON)
SHEETS = [
    "Overview", "Overdue nodes", "Due soon", "Issues", "Closed this week", "Decisions", "Suggested assignments",
    "Holds and waivers", "Projects", "Race", "Date changes", "Definitions",
]  # fmt: skip
TABLES = SHEETS[1:]
FIRST = 4
"""The row of a table below its title, its second line and its header."""


def book_for(reader: User) -> Workbook:
    return load_workbook(BytesIO(bytes_for(reader)))


def bytes_for(reader: User) -> bytes:
    file = BytesIO()
    with one_moment():
        write_workbook(file, gather_week(reader, RULE, NOW))
    return file.getvalue()


def seen(book: Workbook) -> list[str]:
    """The names of the sheets that a reader sees."""
    return [sheet.title for sheet in book if sheet.sheet_state == "visible"]


def rows_of(book: Workbook, name: str) -> list[list[Any]]:
    """The cells below the header, days as days, blanks as they are."""
    return [[_read(value) for value in row] for row in book[name].iter_rows(min_row=FIRST, values_only=True)]


def _read(value: Any) -> Any:
    return value.date() if isinstance(value, datetime) else value


def word(light: Light) -> str:
    return f"{SHAPES[light]} {LIGHT_LABELS[light]}"


def blanks(cells: Sequence[Any]) -> list[Any]:
    """As they come back: an empty text is an empty cell."""
    return [None if cell == "" else cell for cell in cells]


def test_the_workbook_has_its_twelve_sheets_in_their_order() -> None:
    book = book_for(make_small_district())

    assert seen(book) == SHEETS
    assert book.sheetnames[:12] == SHEETS


def test_in_chinese_they_have_the_names_that_the_meeting_knows() -> None:
    reader = make_small_district()

    with translation.override("zh-hans"):
        assert seen(book_for(reader)) == [
            "总览", "超期节点", "临期节点", "问题清单", "本周销号", "议定事项", "问题交办建议", "停表免办",
            "项目台账", "赛马榜", "延期申请", "口径说明",
        ]  # fmt: skip


def test_the_overdue_sheet_is_the_overdue_list_causes_first() -> None:
    reader = make_small_district()
    late = Node.objects.visible_to(reader).overdue(RULE)

    cells = rows_of(book_for(reader), "Overdue nodes")

    rows = node_rows(late.causes_first().for_list(), RULE)
    assert len(rows) == 4
    assert cells == [
        blanks([
            number, "knocked on" if row.is_knocked_on else "cause", row.project, row.town,
            row.label, row.unit, row.liaison, row.deadline_on, row.late_since, row.days_late,
            names(row.causes), issues_in_words(row.obstacles), row.holds_up, "、".join(row.holds_up_keys),
            "provisional",
        ])
        for number, row in enumerate(rows, start=1)
    ]  # fmt: skip
    assert [row[1] for row in cells] == ["cause", "cause", "knocked on", "knocked on"]
    assert cells[2][10] == "Node b（供电公司）"


def test_the_sheet_of_issues_is_the_list_of_the_page_and_late_nodes_say_what_blocks_them() -> None:
    reader = make_small_district()
    late = Node.objects.visible_to(reader).overdue(RULE).not_held_up().order_by("deadline_on", "pk")[0]
    issue = make_issue(late.project, nodes=[late], title="开闭所未建", today=MONDAY)
    gone = make_issue(late.project, status="closed", today=MONDAY)

    book = book_for(reader)

    (found,) = rows_of(book, "Issues")
    assert {issue.number, "开闭所未建", late.project.name, late.template_node.label, "raised"} <= set(found)
    assert gone.number not in [row[0] for row in rows_of(book, "Issues")]
    assert rows_of(book, "Overdue nodes")[0][11] == "2026-0001 开闭所未建（not assigned yet）"
    figures = {row[0].value: row[1:3] for row in book["Overview"].iter_rows(min_row=7, max_row=21)}
    remark, count = figures["Open issues"]
    assert (remark.value, count.value) == ("0 overdue", 1)
    assert figures["Blocked by issues"][1].value == 1
    assert figures["Issues closed"][1].value == 1
    assert [row[0] for row in rows_of(book, "Closed this week")] == [gone.number]


def test_the_sheet_of_what_falls_due_is_the_list_of_the_page() -> None:
    reader = make_small_district()
    screen = screen_of(reader, RULE)

    cells = rows_of(book_for(reader), "Due soon")

    assert len(cells) == screen.due_soon == 2
    assert cells == [
        blanks([
            number, word(row.light), row.project, row.town, row.label, None, row.unit, row.liaison,
            row.deadline_on, row.days_left, "Running" if number == 1 else "Waiting",
            names(row.blocked_by), "provisional",
        ])
        for number, row in enumerate(screen.due, start=1)
    ]  # fmt: skip


def test_the_ledger_has_one_row_a_project_with_its_most_urgent_node() -> None:
    reader = make_small_district()
    projects = Project.objects.visible_to(reader).order_by("town__position", "town__name", "name", "pk")

    cells = rows_of(book_for(reader), "Projects")

    for number, (row, found) in enumerate(zip(project_rows(projects, RULE), cells, strict=True), start=1):
        node = row.current[0] if row.current else None
        assert found[:11] == blanks([
            number, row.code, row.name, row.enterprise, row.kind_label, row.sector, row.town, row.department,
            row.leader, node.unit if node else "", row.liaison,
        ])  # fmt: skip
        assert found[13] == (float(row.investment) if row.investment is not None else None)
        assert found[17] == (node.deadline_on if node else None)
        assert found[20] == word(row.light)
        assert found[21] == (row.note or None)
    by_name = {row[2]: row for row in cells}
    assert by_name["晶圆材料二期"][15:20] == ["All", "Node b", LONG_AGO, "provisional", -24]
    assert by_name["抗体基地"][19] == 1
    assert by_name["刚签约"][15:20] == [None, None, None, None, None]


def test_the_overview_shows_the_figures_of_the_one_screen() -> None:
    reader = make_small_district()
    screen = screen_of(reader, RULE)

    sheet = book_for(reader)["Overview"]

    cells = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert cells[2][0] == sentence(screen)
    assert {row[0]: row[2] for row in cells[6:22]} == {
        "Projects under way": 4, "Overdue causes": 2, "Knocked on": 2, "Due within two weeks": 2, "Idle": 0,
        "Blocked by issues": 0, "Open issues": 0, "Issues closed": 0, "Decisions to be done": 0,
        "Decisions overdue": 0, "On hold": 1, "Waived this week": 0, "Date changes waiting": 0, "Done this week": 1,
        "Total investment under way": 20_000, None: None,
    }  # fmt: skip
    assert {tuple(row[3:5]) for row in cells[6:21]} == {("—", "—")}, "there is no week before to compare with"
    assert {row[5]: row[6] for row in cells[36:43]} == {word(light): screen.lights[light] for light in Light}
    (top,) = (number for number, row in enumerate(cells) if row[0] == "Every node kind")
    columns = [(band, column) for band in screen.bands for column in band.columns]
    assert [row[:11] for row in cells[top + 2 :]] == [
        [
            band.label, column.label, column.stage, column.waiting, column.running, column.soon,
            column.causes, column.knocked_on, column.held, column.done, column.waived,
        ]
        for band, column in columns
    ]  # fmt: skip


def test_the_sums_of_the_sheets_are_the_figures_of_the_overview() -> None:
    reader = make_small_district()
    book = book_for(reader)
    screen = screen_of(reader, RULE)

    kinds = [row[1] for row in rows_of(book, "Overdue nodes")]

    assert (kinds.count("cause"), kinds.count("knocked on")) == (screen.causes, screen.knocked_on)
    assert len(rows_of(book, "Due soon")) == screen.due_soon
    assert len(rows_of(book, "Projects")) == screen.projects.all


def test_the_definitions_name_day_calendar_rules_and_processes() -> None:
    reader = make_small_district()

    said = {row[0]: row[1] for row in rows_of(book_for(reader), "Definitions")}

    assert "2026-03-06 12:00" in said["Made"]
    assert "0 days entered, last changed —;" in said["Working days"]
    assert {"Overdue", "Cause", "Knocked on", "provisional", "to be confirmed"} < set(said)
    assert all(word(light) in said for light in Light)
    assert [template.projects for template in templates_in_use(reader)] == [3, 2]
    assert "followed by 2 projects; 0 of its 2 steps are to be confirmed" in said["Chain v1"]


def test_the_definitions_name_the_calendar_by_its_days_and_when_it_was_changed_by_the_clock_here() -> None:
    with time_machine.travel("2026-03-05T17:30:00Z", tick=False):
        CalendarDay.objects.create(on=FRIDAY, is_working=True, source=CalendarDay.Source.NOTICE)

    said = {row[0]: row[1] for row in rows_of(book_for(make_small_district()), "Definitions")}

    assert "1 days entered, last changed 2026-03-06 01:30; holidays" in said["Working days"]


def test_a_reader_gets_only_what_he_or_she_may_see() -> None:
    make_small_district()
    reader = make_user(User.Role.LIAISON, unit=Project.objects.get(name="老厂房").town)

    book = book_for(reader)

    assert [row[2] for row in rows_of(book, "Projects")] == ["老厂房"]
    assert rows_of(book, "Overdue nodes") == [["Nothing is overdue.", *[None] * 14]]
    for sheet in book:
        assert not any("晶圆材料二期" in str(cell.value) for row in sheet.iter_rows() for cell in row)


def test_an_empty_district_makes_a_workbook_that_says_so() -> None:
    book = book_for(make_user())

    assert book["Overview"]["A3"].value == "There is no project on record yet."
    assert rows_of(book, "Projects")[0][0] == "There is no project."


@pytest.mark.parametrize("name", ["=1+1", "+86", "-5", "@SUM(A1)", "<r>x</r>", "a&b<c"])
def test_text_stays_text_in_every_sheet(name: str) -> None:
    make_laid(make_template("a"), project=make_project(name=name, note=name), a=LONG_AGO)
    make_laid(make_template("a"), project=make_project(name=name), a=FRIDAY)

    book = book_for(make_user())

    for sheet, column in (("Overdue nodes", "C4"), ("Due soon", "C4"), ("Projects", "C4")):
        assert (book[sheet][column].value, book[sheet][column].data_type) == (name, "s")


def test_every_sheet_can_be_printed() -> None:
    book = book_for(make_small_district())

    for sheet in map(book.__getitem__, SHEETS):
        assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
        wide = 2 if sheet.title == "Projects" else 1
        assert (sheet.page_setup.fitToWidth or 1, sheet.page_setup.fitToHeight) == (wide, 0)
        assert sheet.freeze_panes
        assert sheet.print_title_rows
        assert sheet.oddFooter
        assert "&P" in str(sheet.oddFooter.center.text)
        assert "cut-off 2026-03-06 12:00" in str(sheet["A2"].value)
    for name in TABLES:
        assert book[name].auto_filter.ref
        assert book[name].print_title_rows == "$3:$3"
    assert book["Projects"].print_title_cols == "$A:$C", "the name stands on both pages of a row"


def test_what_nobody_sees_is_not_printed() -> None:
    reader = make_small_district()
    make_issue(Project.objects.get(name="轮胎技改"))
    book = book_for(reader)

    for name in TABLES:
        sheet = book[name]
        titles = [cell.value for cell in sheet[3] if cell.value not in UNSEEN]
        last = get_column_letter(len(titles))
        assert sheet.print_area == f"'{name}'!$A$1:${last}${sheet.max_row}"
    assert [cell.value for cell in book["Projects"][3]][-2:] == list(UNSEEN)


def test_figures_say_nothing_beside_last_week_that_it_contradicts() -> None:
    sheet = book_for(make_small_district())["Overview"]

    remarks = {row[0]: row[1] for row in sheet.iter_rows(min_row=7, max_row=21, values_only=True)}
    assert remarks["Done this week"] is None
    assert remarks["Overdue causes"] == "1 new since Monday"


def test_lights_are_told_by_colour_and_word() -> None:
    sheet = book_for(make_small_district())["Projects"]

    late = next(cell for cell in sheet["U"] if cell.value == "◆ Overdue")
    assert late.fill.fgColor.rgb == "FFFBDEDC"


def test_the_charts_are_native_and_speak_of_cells_that_are_there() -> None:
    reader = make_small_district()
    content = bytes_for(reader)

    with ZipFile(BytesIO(content)) as parts:
        charts = [parts.read(name).decode() for name in parts.namelist() if "charts/chart" in name]

    cells = load_workbook(BytesIO(content))["Overview"]
    assert len(charts) == 3, "there is no issue, and a chart of nothing is none"
    by_kind = next(chart for chart in charts if 'barDir val="bar"' in chart)
    assert "<c:f>'Overview'!$B$37</c:f>" in by_kind
    assert cells["B37"].value == "Node b"
    assert cells["C37"].value == 2


def test_two_sheets_of_one_language_never_have_the_same_name() -> None:
    reader = make_small_district()
    with translation.override("zh-hans"):
        assert len(set(seen(book_for(reader)))) == len(SHEETS)


def test_the_number_of_queries_does_not_grow_with_the_projects() -> None:
    reader, template = make_user(), make_template()
    counts = []
    for more in (1, 1, 4):
        for _ in range(more):
            make_laid(template, project=make_project(town=make_unit()), a=LONG_AGO, b=FRIDAY)
        with CaptureQueriesContext(connection) as queries:
            bytes_for(reader)
        counts.append(len(queries))

    assert counts[1] == counts[2]


def test_another_day_is_judged_by_that_day() -> None:
    reader = make_small_district()
    file = BytesIO()
    with one_moment():
        write_workbook(file, gather_week(reader, LightRule.on(LONG_AGO, WorkCalendar()), timezone.now()))

    book = load_workbook(file)

    assert str(book["Overview"]["A2"].value).startswith("cut-off 2026-02-02 ·")
    assert rows_of(book, "Overdue nodes")[0][0] == "Nothing is overdue."
