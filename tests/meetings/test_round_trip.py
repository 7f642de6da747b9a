"""A workbook goes out, is filled in offline, and comes back: what it changes, what it meets, what is refused."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import translation

from accounts.models import Unit, User
from domain.errors import InputError, RuleError
from domain.issues import IssueStatus, Level
from history.models import Change
from issues.models import LEVEL_LABELS, Issue
from meetings.models import Upload
from meetings.round_trip import marks
from projects.models import Project
from tests.make import make_category, make_issue, make_project, make_unit, make_user
from tests.meetings.drafts import NOON, freeze, make_meeting
from tests.meetings.filling import (
    HEADER_ROW,
    ISSUES,
    PROJECTS,
    TODAY,
    Offline,
    bring,
    confirm,
    download,
    in_sheets,
    offline,
    only,
    shown,
)

pytestmark = pytest.mark.django_db

SECTOR, LEADER, LAND, NOTE = "Sector", "Leader in charge", "Land (mu)", "Remark"
FLOOR, INVESTMENT = "Floor area (m²)", "Total investment (10,000 yuan)"
CATEGORY, LEVEL, LEAD, DUE, PROGRESS = "Category", "Level", "Lead unit", "Due", "Progress of this week"


@pytest.fixture
def bureau() -> User:
    return make_user()


@pytest.fixture
def project() -> Project:
    return make_project(
        name="精密制造", sector="装备", leader="陈副区长", land_mu=Decimal("12.5"), investment=Decimal(30000),
        note="一期",
    )  # fmt: skip


@pytest.fixture
def department() -> Unit:
    return make_unit("供电公司", kind=Unit.Kind.DEPARTMENT)


@pytest.fixture
def issue(project: Project, department: Unit) -> Issue:
    return make_issue(project, title="缺一条专线", lead_unit=department, due_on=date(2026, 3, 20))


# What changes


def test_a_workbook_that_comes_back_as_it_went_out_changes_nothing(bureau: User, issue: Issue) -> None:
    upload = bring(offline(bureau), bureau)
    plan = shown(upload)
    assert not plan.does_something
    assert plan.counts == {"change": 0, "conflict": 0, "refused": 0, "locked": 0, "chosen": 0}
    assert plan.untouched == 2


def test_the_file_that_was_written_here_is_read_without_another_library_in_between(
    bureau: User, project: Project
) -> None:
    assert shown(bring(download(bureau), bureau)).untouched == 1


def test_what_was_filled_in_is_written_as_it_was_shown(bureau: User, project: Project) -> None:
    book = offline(bureau).fill(
        PROJECTS, project.name,
        {SECTOR: "新能源", LEADER: "王副区长", LAND: 20, FLOOR: 1500.5, INVESTMENT: "3.5亿元", NOTE: "一期\n二期"},
    )  # fmt: skip
    upload = bring(book, bureau)
    assert {(cell.column, cell.ours, cell.theirs) for cell in shown(upload).changes} == {
        (SECTOR, "装备", "新能源"), (LEADER, "陈副区长", "王副区长"), (LAND, "12.50", "20.00"), (FLOOR, "", "1500.50"),
        (INVESTMENT, "30000.00", "35000.00"), (NOTE, "一期", "一期\n二期"),
    }  # fmt: skip
    project.refresh_from_db()
    assert project.sector == "装备", "nothing is written before it is confirmed"
    confirm(upload)
    project.refresh_from_db()
    assert (project.sector, project.leader, project.land_mu) == ("新能源", "王副区长", Decimal(20))
    assert (project.floor_area_m2, project.investment) == (Decimal("1500.5"), Decimal(35000))
    assert project.note == "一期\n二期"


def test_text_that_begins_like_a_formula_is_text(bureau: User, project: Project) -> None:
    book = offline(bureau)
    cell = book.cell(PROJECTS, project.name, NOTE)
    cell.value = "=1+1 of the two halls"
    cell.data_type = "s"
    confirm(bring(book, bureau))
    project.refresh_from_db()
    assert project.note == "=1+1 of the two halls"


def test_a_blank_cell_takes_the_value_away(bureau: User, project: Project) -> None:
    upload = confirm(bring(offline(bureau).fill(PROJECTS, project.name, {LAND: None, NOTE: None}), bureau))
    project.refresh_from_db()
    assert (project.land_mu, project.note, shown(upload).written) == (None, "", 2)


def test_an_issue_gets_another_unit_day_category_level_and_its_progress(
    bureau: User, issue: Issue, department: Unit
) -> None:
    helper, other = make_unit("水务局"), make_unit("自然资源局", kind=Unit.Kind.DEPARTMENT)
    make_category("land", name="用地", name_en="Land")
    issue.supporting.set([helper])
    book = offline(bureau).fill(
        ISSUES, issue.number,
        {
            CATEGORY: "用地", LEVEL: "2 · heads of units", LEAD: other.name, DUE: date(2026, 4, 1),
            PROGRESS: "已现场踏勘",
        },
    )  # fmt: skip
    upload = confirm(bring(book, bureau))
    issue.refresh_from_db()
    assert (issue.category.code, issue.level, issue.lead_unit) == ("land", Level.KEY, other)
    assert (issue.due_on, issue.status) == (date(2026, 4, 1), IssueStatus.WORKING)
    assert list(issue.supporting.all()) == [helper], "who supports stays"
    assert [note.text for note in issue.notes.all()] == ["已现场踏勘"]
    verbs = Change.objects.filter(batch=upload.batch).values_list("verb", "actor")
    assert sorted(verbs) == sorted(
        (verb, bureau.pk)
        for verb in (
            Change.Verb.ISSUE_CHANGED, Change.Verb.ISSUE_ASSIGNED, Change.Verb.ISSUE_NOTED, Change.Verb.WORKBOOK_APPLIED
        )
    )  # fmt: skip


def test_another_day_alone_leaves_unit_and_state(bureau: User, issue: Issue, department: Unit) -> None:
    issue.status = IssueStatus.WORKING
    issue.save()
    confirm(bring(offline(bureau).fill(ISSUES, issue.number, {DUE: "2026年4月1日"}), bureau))
    issue.refresh_from_db()
    assert (issue.due_on, issue.lead_unit, issue.status) == (
        date(2026, 4, 1),
        department,
        IssueStatus.WORKING,
    )


def test_the_same_progress_is_not_noted_twice(bureau: User, issue: Issue) -> None:
    data = offline(bureau).fill(ISSUES, issue.number, {PROGRESS: "已踏勘"}).saved()
    confirm(bring(data, bureau))
    assert not shown(bring(data, bureau)).does_something
    assert issue.notes.count() == 1


def test_rows_may_be_sorted_and_deleted(bureau: User, issue: Issue, project: Project) -> None:
    others = [make_project(name=f"项目甲{number}", town=project.town) for number in range(4)]
    book = offline(bureau)
    sheet = book.sheet(PROJECTS)
    book.fill(PROJECTS, project.name, {SECTOR: "新能源"}).fill(PROJECTS, others[2].name, {SECTOR: "新材料"})
    sheet.delete_rows(book.row(PROJECTS, others[0].name))
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=HEADER_ROW + 1)]
    for number, values in enumerate(reversed(rows), start=HEADER_ROW + 1):
        for place, value in enumerate(values, start=1):
            sheet.cell(number, place).value = value
    upload = confirm(bring(book, bureau))
    found = dict(Project.objects.values_list("name", "sector"))
    assert (found[project.name], found[others[2].name]) == ("新能源", "新材料")
    assert shown(upload).written == 2
    assert not shown(upload).refused


def test_a_workbook_of_one_language_is_taken_back_in_another(bureau: User, issue: Issue) -> None:
    make_category("land", name="用地", name_en="Land")
    with translation.override("zh-hans"):
        book = offline(bureau)
        editables = {each.key: each.column + 1 for each in marks.issue_editables()}
        sheet, row = book.sheet(ISSUES), book.row(ISSUES, issue.number)
        sheet.cell(row, editables["category"]).value = "用地"
        sheet.cell(row, editables["level"]).value = str(LEVEL_LABELS[Level.SPECIAL])
    confirm(bring(book, bureau))
    issue.refresh_from_db()
    assert (issue.category.code, issue.level) == ("land", Level.SPECIAL)


def test_a_long_text_that_nobody_touched_stays(bureau: User, project: Project) -> None:
    Project.objects.filter(pk=project.pk).update(note="很长的备注\r\n" * 500)
    book = offline(bureau).fill(PROJECTS, project.name, {SECTOR: "新能源"})
    confirm(bring(book, bureau))
    project.refresh_from_db()
    assert (project.sector, len(project.note)) == ("新能源", 3500)


@pytest.mark.parametrize(
    "text",
    [
        "_x0041_", "_x005F_x0041_", "=1+1", "+86 571", "@now", "'甲", "  前后空格  ", "甲\t乙\n\n丙", "<b>&amp;</b>",
        "e\u0301\u2028🏭", "控制\x01符", "长" * 40_000, "<r>甲</r>",
    ],
)  # fmt: skip
def test_whatever_a_text_holds_it_comes_back_unchanged(bureau: User, project: Project, text: str) -> None:
    Project.objects.filter(pk=project.pk).update(note=text, name=f"精密{text[:50]}", enterprise=text[:60])
    plan = shown(bring(download(bureau), bureau))
    assert plan.counts == {"change": 0, "conflict": 0, "refused": 0, "locked": 0, "chosen": 0}
    assert plan.untouched == 1


def test_a_unit_that_was_renamed_since_is_no_mistake_of_the_row(
    bureau: User, issue: Issue, department: Unit
) -> None:
    book = offline(bureau).fill(ISSUES, issue.number, {PROGRESS: "已踏勘"})
    Unit.objects.filter(pk=department.pk).update(name="国网供电公司")
    plan = shown(bring(book, bureau))
    assert [cell.column for cell in plan.changes] == [PROGRESS]
    assert not plan.refused


# What conflicts


@pytest.fixture
def conflict(bureau: User, project: Project) -> Upload:
    book = offline(bureau).fill(PROJECTS, project.name, {SECTOR: "新能源", LEADER: "王副区长"})
    Project.objects.filter(pk=project.pk).update(sector="新材料")
    return bring(book, bureau)


def test_a_conflict_shows_what_was_and_both_values(conflict: Upload) -> None:
    cell = only(shown(conflict).conflicts)
    assert (cell.before, cell.ours, cell.theirs, cell.place) == ("装备", "新材料", "新能源", "F4")
    assert cell.has_moved
    assert [cell.column for cell in shown(conflict).changes] == [LEADER]


@pytest.mark.parametrize(
    ("side", "sector", "kept"), [("theirs", "新能源", 0), ("ours", "新材料", 1), ("", "新材料", 1)]
)
def test_the_chosen_side_of_a_conflict_counts(
    conflict: Upload, project: Project, side: str, sector: str, kept: int
) -> None:
    applied = confirm(conflict, choices={f"p{project.pk}-sector": side} if side else {})
    project.refresh_from_db()
    assert (project.sector, project.leader) == (sector, "王副区长")
    plan = shown(applied)
    assert (plan.kept, plan.written) == (kept, 2 - kept)
    assert only(plan.conflicts).chosen == ("theirs" if side == "theirs" else "ours")


def test_what_says_the_same_here_by_now_is_no_conflict(bureau: User, project: Project) -> None:
    book = offline(bureau).fill(PROJECTS, project.name, {SECTOR: "新能源"})
    Project.objects.filter(pk=project.pk).update(sector="新能源")
    assert not shown(bring(book, bureau)).does_something


def test_a_choice_that_cannot_be_carried_out_writes_nothing(bureau: User, project: Project) -> None:
    issue, department = make_issue(project, title="无人负责"), make_unit(kind=Unit.Kind.DEPARTMENT)
    book = offline(bureau).fill(ISSUES, issue.number, {LEAD: department.name, DUE: date(2026, 4, 1)})
    other = make_unit(kind=Unit.Kind.DEPARTMENT)
    Issue.objects.filter(pk=issue.pk).update(lead_unit=other)
    upload = bring(book, bureau)
    assert only(shown(upload).conflicts).column == LEAD
    confirm(upload, choices={f"i{issue.pk}-lead_unit": "ours"})
    issue.refresh_from_db()
    assert (issue.lead_unit, issue.due_on) == (other, date(2026, 4, 1))


# What is refused, cell by cell


@pytest.mark.parametrize(
    ("title", "value", "reason"),
    [
        (LAND, "三十", "“三十” is not an area."),
        (LAND, "很多", "“很多” gives a limit, not a number."),
        (LAND, -3, "“-3” is negative."),
        (INVESTMENT, "3亿美元", "“3亿美元” is in a foreign currency; amounts are in yuan."),
        (INVESTMENT, "超4亿", "“超4亿” gives a limit, not a number."),
        (SECTOR, "长" * 61, "The text has 61 characters; 60 are allowed."),
    ],
)
def test_a_value_that_cannot_be_taken_is_refused_where_it_stands(
    bureau: User, project: Project, title: str, value: Any, reason: str
) -> None:
    upload = bring(offline(bureau).fill(PROJECTS, project.name, {title: value, LEADER: "王副区长"}), bureau)
    cell = only(shown(upload).refused)
    assert (cell.column, cell.reason) == (title, reason)
    assert cell.place.endswith("4")
    assert cell.theirs in {str(value), str(value)[:60] + "…"}
    confirm(upload)
    project.refresh_from_db()
    assert project.leader == "王副区长", "the rest of the row is taken"


@pytest.mark.parametrize(
    ("title", "value", "reason"),
    [
        (CATEGORY, "不存在", "“不存在” is no category that can be chosen."),
        (CATEGORY, None, "An issue has a category; it cannot be taken away."),
        (LEVEL, "最高级", "“最高级” is none of the four levels."),
        (LEAD, "没有的局", "There is no unit called “没有的局”."),
        (LEAD, None, "The lead unit can be another one, but not be taken away."),
        (LEAD, "水务局", "水务局 cannot lead and support at once; take it out of the supporting units."),
        (DUE, "下周", "“下周” is not a date."),
        (DUE, "2026-02-30", "There is no day “2026-02-30” in the calendar."),
        (DUE, date(2026, 3, 5), "2026-03-05 has passed; the due date lies today or later."),
        (DUE, None, "The due date can be another one, but not be taken away."),
        (PROGRESS, "字" * 5001, "The text has 5001 characters; 5000 are allowed."),
    ],
)
def test_a_word_or_day_that_cannot_be_taken_is_refused_where_it_stands(
    bureau: User, issue: Issue, title: str, value: Any, reason: str
) -> None:
    issue.supporting.set([make_unit("水务局")])
    cell = only(shown(bring(offline(bureau).fill(ISSUES, issue.number, {title: value}), bureau)).refused)
    assert (cell.column, cell.reason) == (title, reason)


def test_a_formula_counts_by_the_value_that_is_kept_beside_it(bureau: User, project: Project) -> None:
    """Spreadsheets keep one, the library that fills in here none: the value is put beside the formula by hand."""
    data = offline(bureau).fill(PROJECTS, project.name, {LAND: "=10*2"}).saved()
    upload = bring(in_sheets(data, b"<f>10*2</f><v></v>", b"<f>10*2</f><v>20</v>"), bureau)
    assert only(shown(upload).changes).theirs == "20.00"


def test_an_error_in_a_cell_is_refused(bureau: User, project: Project) -> None:
    cell = only(shown(bring(offline(bureau).fill(PROJECTS, project.name, {LAND: "#N/A"}), bureau)).refused)
    assert (cell.theirs, cell.reason) == ("#N/A", "The cell holds an error: #N/A.")


def test_a_unit_needs_a_day_and_a_day_a_unit(bureau: User, project: Project, department: Unit) -> None:
    first, second = make_issue(project, title="甲"), make_issue(project, title="乙")
    book = offline(bureau).fill(ISSUES, first.number, {LEAD: department.name})
    book.fill(ISSUES, second.number, {DUE: date(2026, 4, 1)})
    assert {cell.reason for cell in shown(bring(book, bureau)).refused} == {
        "A lead unit is given together with the due date; name that too.",
        "A due date is given together with the lead unit; name that too.",
    }


def test_a_unit_is_not_given_a_day_that_passed(bureau: User, issue: Issue) -> None:
    other = make_unit(kind=Unit.Kind.DEPARTMENT)
    Issue.objects.filter(pk=issue.pk).update(due_on=date(2026, 3, 1))
    cell = only(shown(bring(offline(bureau).fill(ISSUES, issue.number, {LEAD: other.name}), bureau)).refused)
    assert cell.reason == "2026-03-01 has passed; the due date lies today or later."


def test_a_closed_issue_takes_nothing(bureau: User, issue: Issue) -> None:
    book = offline(bureau).fill(ISSUES, issue.number, {PROGRESS: "又有进展", DUE: date(2026, 5, 1)})
    issue.status, issue.closed_on, issue.verified_by = IssueStatus.CLOSED, TODAY, bureau
    issue.close_asked_on, issue.close_asked_by = TODAY, make_user()
    issue.save()
    assert {cell.reason for cell in shown(bring(book, bureau)).refused} == {
        f"{issue.number} is closed; reopen it before adding to it.",
        f"{issue.number} cannot be assigned now: it waits for verification, is suspended or closed.",
    }


def test_a_locked_cell_that_was_changed_is_told_and_not_read(bureau: User, project: Project) -> None:
    book = offline(bureau)
    book.fill(PROJECTS, project.name, {"Enterprise": "别的公司", "Project code": "X"})
    upload = bring(book, bureau)
    assert {(cell.column, cell.theirs) for cell in shown(upload).locked} == {
        ("Enterprise", "别的公司"), ("Project code", "X"),
    }  # fmt: skip
    assert not shown(upload).does_something


@pytest.mark.parametrize("title", [NOTE, LAND, LEADER, "Enterprise", "Project code"])
def test_signs_that_no_database_keeps_do_no_harm(bureau: User, project: Project, title: str) -> None:
    book = offline(bureau).fill(PROJECTS, project.name, {title: "甲_x0000_乙_xD800_丙"})
    plan = shown(confirm(bring(book, bureau)))
    assert "\x00" not in "".join(
        cell.theirs + cell.reason for cell in [*plan.changes, *plan.refused, *plan.locked]
    )


# Whose rows they are


def test_a_liaison_changes_the_own_projects_and_no_level(project: Project, issue: Issue) -> None:
    liaison = make_user(User.Role.LIAISON, unit=project.town)
    mine = make_project(name="我的项目", town=project.town, liaison=liaison)
    my_issue = make_issue(mine, title="缺水")
    book = offline(liaison)
    book.fill(PROJECTS, project.name, {SECTOR: "新能源"}).fill(PROJECTS, mine.name, {SECTOR: "新能源"})
    book.fill(ISSUES, issue.number, {PROGRESS: "不是我的"})
    book.fill(ISSUES, my_issue.number, {PROGRESS: "我的", LEVEL: "2", DUE: date(2026, 4, 1)})
    upload = bring(book, liaison)
    assert {(cell.column, cell.reason) for cell in shown(upload).refused} == {
        (SECTOR, "Only the liaison of the project may change it."),
        (PROGRESS, "This is not yours to decide about this issue."),
        (LEVEL, "At which level an issue is coordinated, a manager decides."),
        (DUE, "This is not yours to decide about this issue."),
    }
    confirm(upload)
    mine.refresh_from_db()
    assert (mine.sector, my_issue.notes.get().by) == ("新能源", liaison)


def test_a_manager_of_a_town_changes_the_projects_of_the_town(bureau: User, project: Project) -> None:
    elsewhere = make_project(name="别处项目")
    manager = make_user(unit=project.town)
    book = offline(bureau)
    book.fill(PROJECTS, project.name, {SECTOR: "新能源"}).fill(PROJECTS, elsewhere.name, {SECTOR: "新能源"})
    upload = bring(book, manager)
    refused = only(shown(upload).refused)
    assert refused.reason == "What this row is about is not there any more, or not in your sight."
    assert (refused.row, refused.url, refused.ours) == ("", "", ""), "nothing is told of it"
    confirm(upload)
    assert Project.objects.get(pk=project.pk).sector == "新能源"
    assert Project.objects.get(pk=elsewhere.pk).sector == ""


def test_the_lead_unit_notes_progress_and_decides_nothing(
    bureau: User, issue: Issue, department: Unit
) -> None:
    manager = make_user(unit=department)
    book = offline(manager).fill(ISSUES, issue.number, {PROGRESS: "已立项", DUE: date(2026, 6, 1)})
    upload = confirm(bring(book, manager))
    assert [cell.column for cell in shown(upload).changes] == [PROGRESS]
    assert only(shown(upload).refused).reason == "This is not yours to decide about this issue."
    assert issue.notes.get().by == manager


def test_a_leader_changes_nothing(project: Project) -> None:
    leader = make_user(User.Role.LEADER)
    upload = bring(offline(leader).fill(PROJECTS, project.name, {SECTOR: "新能源"}), leader)
    assert only(shown(upload).refused).reason == "Leaders see everything and change nothing."


def test_rights_that_were_lost_since_the_preview_make_it_stale(project: Project) -> None:
    manager = make_user(unit=project.town)
    upload = bring(offline(manager).fill(PROJECTS, project.name, {SECTOR: "新能源"}), manager)
    Project.objects.filter(pk=project.pk).update(town=make_unit())
    with pytest.raises(RuleError, match="no longer what you were shown"):
        confirm(upload)
    project.refresh_from_db()
    assert project.sector == "装备"


# What is refused as a row


def test_an_edited_hidden_key_refuses_the_row_alone(bureau: User, project: Project) -> None:
    other = make_project(name="另一个")
    book = offline(bureau)
    book.fill(PROJECTS, project.name, {SECTOR: "新能源"}).fill(PROJECTS, other.name, {SECTOR: "新能源"})
    mark, _seal = book.mark(PROJECTS, project.name)
    mark.value = str(mark.value).replace(f"p{project.pk}", f"p{other.pk}")
    upload = confirm(bring(book, bureau))
    refused = only(shown(upload).refused)
    assert refused.reason == "The hidden key of this row was changed."
    assert refused.place == f"row {book.row(PROJECTS, project.name)}"
    assert dict(Project.objects.values_list("name", "sector")) == {"精密制造": "装备", "另一个": "新能源"}


def test_a_key_of_an_issue_opens_no_row_of_projects(bureau: User, project: Project, issue: Issue) -> None:
    book = offline(bureau)
    for ours, theirs in zip(book.mark(PROJECTS, project.name), book.mark(ISSUES, issue.number), strict=True):
        ours.value = theirs.value
    assert only(shown(bring(book, bureau)).refused).reason == "The hidden key of this row was changed."


def test_a_row_of_another_workbook_is_refused(bureau: User, project: Project) -> None:
    older = offline(bureau, now=NOON.replace(hour=8))
    book = offline(bureau).fill(PROJECTS, project.name, {SECTOR: "新能源"})
    for ours, theirs in zip(
        book.mark(PROJECTS, project.name), older.mark(PROJECTS, project.name), strict=True
    ):
        ours.value = theirs.value
    assert only(shown(bring(book, bureau)).refused).reason == "The hidden key of this row was changed."


def test_a_row_that_stands_there_twice_is_refused_both_times(bureau: User, project: Project) -> None:
    book = offline(bureau).fill(PROJECTS, project.name, {SECTOR: "新能源"})
    sheet, row = book.sheet(PROJECTS), book.row(PROJECTS, project.name)
    sheet.append([cell.value for cell in sheet[row]])
    refused = shown(bring(book, bureau)).refused
    assert [cell.reason for cell in refused] == [
        "This row is in the sheet more than once, so it is not clear which one counts."
    ] * 2


def test_rows_of_one_title_that_were_sorted_without_their_hidden_columns_are_not_mixed_up(
    bureau: User,
) -> None:
    power, water = make_unit("供电公司"), make_unit("水务公司")
    first, second = (make_issue(title="临时用电", lead_unit=unit) for unit in (power, water))
    book = offline(bureau)
    sheet, rows = book.sheet(ISSUES), [book.row(ISSUES, issue.number) for issue in (first, second)]
    for column in range(1, sheet.max_column - 1):
        cells = [sheet.cell(row, column) for row in rows]
        cells[0].value, cells[1].value = cells[1].value, cells[0].value
    plan = shown(bring(book, bureau))
    assert [len(plan.changes), len(plan.conflicts)] == [0, 0]
    assert len(plan.refused) == 2


def test_a_formula_without_a_value_clears_nothing(bureau: User, project: Project) -> None:
    upload = bring(offline(bureau).fill(PROJECTS, project.name, {SECTOR: "=A1"}), bureau)
    plan = shown(upload)
    assert [len(plan.changes), len(plan.refused)] == [0, 1]


def test_a_sheet_that_was_sorted_without_its_hidden_columns_is_refused_row_by_row(bureau: User) -> None:
    town = make_unit()
    first, second = make_project(name="甲项目", town=town), make_project(name="乙项目", town=town)
    book = offline(bureau).fill(PROJECTS, first.name, {SECTOR: "新能源"})
    sheet, rows = book.sheet(PROJECTS), (book.row(PROJECTS, first.name), book.row(PROJECTS, second.name))
    for place in range(1, sheet.max_column - 1):
        above, below = sheet.cell(rows[0], place), sheet.cell(rows[1], place)
        above.value, below.value = below.value, above.value
    upload = bring(book, bureau)
    assert {cell.reason for cell in shown(upload).refused} == {
        "The hidden key is not that of what the row names: it was sorted or moved without the hidden columns."
    }
    assert not shown(upload).does_something


def test_a_row_that_was_added_by_hand_is_refused(bureau: User, project: Project) -> None:
    book = offline(bureau)
    book.sheet(PROJECTS).append([2, "", "新项目", "新公司"])
    assert (
        only(shown(bring(book, bureau)).refused).reason
        == "This row has no hidden key: it was added by hand, and new rows are not taken."
    )


def test_a_line_below_the_table_is_no_row(bureau: User, project: Project) -> None:
    book = offline(bureau)
    book.sheet(PROJECTS).append(["填报人：王五"])
    assert not shown(bring(book, bureau)).refused


# What is refused as a file


def test_a_column_that_was_moved_is_refused(bureau: User, project: Project) -> None:
    book = offline(bureau)
    book.sheet(PROJECTS).delete_cols(book.column(PROJECTS, "Sector"))
    with pytest.raises(RuleError, match=r"the column “Sector” is not where it was"):
        bring(book, bureau)
    assert not Upload.objects.exists()


def test_a_workbook_of_another_installation_is_refused(bureau: User, project: Project, settings: Any) -> None:
    data = download(bureau)
    settings.SECRET_KEY = "another installation has another one, long enough to be one"
    with pytest.raises(RuleError, match="comes from another installation"):
        bring(data, bureau)


def test_a_secret_that_was_changed_with_the_old_one_kept_still_opens_it(
    bureau: User, project: Project, settings: Any
) -> None:
    book = offline(bureau).fill(PROJECTS, project.name, {SECTOR: "新能源"})
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "the new one, which is long enough to be a secret of its own"
    assert only(shown(bring(book, bureau)).changes).theirs == "新能源"


def test_another_format_is_refused(bureau: User, project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(marks, "FORMAT", 99)
    data = download(bureau)
    monkeypatch.undo()
    with pytest.raises(RuleError, match="made by another version of the platform"):
        bring(data, bureau)


def test_an_edited_origin_is_refused(bureau: User, project: Project) -> None:
    book = offline(bureau)
    book.hidden["A1"].value = str(book.hidden["A1"].value).replace("2026-03-06", "2026-03-07")
    with pytest.raises(RuleError, match=r"The hidden sheet of “filled.xlsx” was changed"):
        bring(book, bureau)


@pytest.mark.parametrize("origin", [None, "", "[]", "{}", "{", "[[[[", '{"installation": [], "format": {}}'])
def test_a_workbook_without_our_origin_is_refused(bureau: User, project: Project, origin: str | None) -> None:
    book = offline(bureau)
    if origin is None:
        del book.book["_onescreen"]
    else:
        book.hidden["A1"].value = origin
    with pytest.raises((InputError, RuleError)):
        bring(book, bureau)
    assert not Upload.objects.exists()


def test_a_file_without_the_sheets_is_refused(bureau: User, project: Project) -> None:
    book = offline(bureau)
    del book.book[book.sheet(PROJECTS).title]
    del book.book[book.sheet(ISSUES).title]
    with pytest.raises(InputError, match="holds none of the sheets"):
        bring(book, bureau)


def test_a_sheet_that_was_deleted_is_told(bureau: User, project: Project) -> None:
    book = offline(bureau).fill(PROJECTS, project.name, {SECTOR: "新能源"})
    name = book.sheet(ISSUES).title
    del book.book[name]
    plan = shown(bring(book, bureau))
    assert (plan.missing, len(plan.changes)) == ([name], 1)


# Confirming


def test_an_upload_is_applied_once(bureau: User, project: Project) -> None:
    upload = bring(offline(bureau).fill(PROJECTS, project.name, {SECTOR: "新能源"}), bureau)
    confirm(upload)
    upload.refresh_from_db()
    with pytest.raises(RuleError, match="has been applied already"):
        confirm(upload)
    assert Change.objects.filter(verb=Change.Verb.WORKBOOK_APPLIED).count() == 1


def test_only_who_uploaded_it_confirms_it(bureau: User, project: Project) -> None:
    upload = bring(offline(bureau).fill(PROJECTS, project.name, {SECTOR: "新能源"}), bureau)
    upload.added_by = make_user()
    with pytest.raises(PermissionDenied, match="Only the one who uploaded"):
        confirm(upload)


def test_a_stale_preview_is_refused_and_made_anew(bureau: User, project: Project) -> None:
    upload = bring(offline(bureau).fill(PROJECTS, project.name, {SECTOR: "新能源"}), bureau)
    Project.objects.filter(pk=project.pk).update(sector="新材料")
    with pytest.raises(RuleError, match="no longer what you were shown"):
        confirm(upload)
    assert Project.objects.get(pk=project.pk).sector == "新材料"
    shown_again = Upload.objects.get(pk=upload.pk)
    assert only(shown(shown_again).conflicts).ours == "新材料"
    confirm(shown_again, choices={f"p{project.pk}-sector": "theirs"})
    assert Project.objects.get(pk=project.pk).sector == "新能源"


def test_a_change_elsewhere_in_the_row_does_not_make_it_stale(bureau: User, project: Project) -> None:
    upload = bring(offline(bureau).fill(PROJECTS, project.name, {SECTOR: "新能源"}), bureau)
    Project.objects.filter(pk=project.pk).update(leader="别的领导")
    confirm(upload)
    assert Project.objects.get(pk=project.pk).leader == "别的领导"


def test_a_failure_half_way_writes_nothing(
    bureau: User, project: Project, issue: Issue, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = offline(bureau).fill(PROJECTS, project.name, {SECTOR: "新能源"})
    upload = bring(book.fill(ISSUES, issue.number, {PROGRESS: "已踏勘"}), bureau)

    def fails(*_args: Any, **_kwargs: Any) -> None:
        raise OSError("the lights went out")

    monkeypatch.setattr("meetings.actions.uploads.note_issue", fails)
    with pytest.raises(OSError, match="lights"):
        confirm(upload)
    assert Project.objects.get(pk=project.pk).sector == "装备"
    assert Upload.objects.get(pk=upload.pk).state == Upload.State.PREVIEWED


def test_the_workbook_of_a_frozen_meeting_names_it(bureau: User, project: Project) -> None:
    meeting = freeze(make_meeting(), actor=bureau)
    kept = meeting.files.get()
    with kept.file.open("rb") as file:
        upload = bring(file.read(), bureau, today=TODAY)
    assert upload.meeting == meeting
    assert shown(upload).meeting == meeting.number
    assert shown(upload).made_at == NOON


def test_a_mark_is_small(bureau: User, project: Project) -> None:
    book: Offline = offline(bureau)
    mark, _seal = book.mark(PROJECTS, project.name)
    assert len(str(mark.value)) < 300
