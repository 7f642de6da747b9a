"""本周销号 and 议定事项: what was closed since the last meeting, and what was decided and is not done."""

from datetime import timedelta

import pytest

from accounts.models import Unit, User
from issues.actions import ask_to_close, reopen_issue, verify_issue
from issues.models import Issue
from meetings.actions import report_done, take_decision, verify_decision
from milestones.actions import waive_node
from tests.make import MONDAY, make_issue, make_node, make_project, make_unit, make_user
from tests.meetings.drafts import NOON, freeze, make_meeting
from tests.meetings.written_books import book_for, day, figures_of_book, rows_of

pytestmark = pytest.mark.django_db

WEEK = timedelta(days=7)


def close(
    issue: Issue, on: str, *, document_no: str = "经信函〔2026〕12号", verifier: User | None = None
) -> None:
    ask_to_close(issue, actor=make_user(), today=day(on), document_no=document_no)
    verify_issue(issue, actor=verifier or make_user(), today=day(on))


def make_assigned(title: str, **fields: object) -> Issue:
    return make_issue(title=title, lead_unit=make_unit(kind=Unit.Kind.DEPARTMENT), **fields)  # type: ignore[arg-type]


def test_a_closed_issue_stands_there_with_proof_verifier_days_and_rating() -> None:
    issue = make_assigned("开闭所未建", project=make_project(name="晶圆二期"))
    close(issue, "2026-03-05", verifier=make_user(display_name="王科长"))
    Issue.objects.filter(pk=issue.pk).update(rating=4, rating_text="办得快")

    (row,) = rows_of(book_for(make_user()), "Closed this week")

    assert (row["Number"], row["Project"], row["Proof"]) == (issue.number, "晶圆二期", "经信函〔2026〕12号")
    assert (row["Verified by"], row["Closed"], row["Days it took"]) == ("王科长", day("2026-03-05"), 3)
    assert (row["Rating"], row["What the enterprise says"]) == (4, "办得快")


def test_without_an_earlier_meeting_the_week_begins_on_monday() -> None:
    early, late = (
        make_assigned("上周", today=day("2026-02-20")),
        make_assigned("本周", today=day("2026-02-20")),
    )
    close(early, "2026-03-01")
    close(late, "2026-03-02")

    book = book_for(make_user())

    assert [row["What stands in the way"] for row in rows_of(book, "Closed this week")] == ["本周"]
    assert "since Monday, 2026-03-02" in str(book["Closed this week"]["A2"].value)


def test_what_was_closed_after_fridays_cut_off_is_not_lost_and_what_was_before_not_shown_twice() -> None:
    before, after = make_assigned("上午"), make_assigned("下午")
    close(before, "2026-03-06")
    freeze(make_meeting())
    close(after, "2026-03-06")

    book = book_for(make_user(), NOON + WEEK)

    assert [row["What stands in the way"] for row in rows_of(book, "Closed this week")] == ["下午"]
    assert figures_of_book(book)["Issues closed"] == (1, 1, 0)
    assert "since the cut-off of 2026-03-06" in str(book["Closed this week"]["A2"].value)


def test_what_came_back_and_was_closed_again_is_this_weeks() -> None:
    issue = make_assigned("反复")
    close(issue, "2026-03-05")
    freeze(make_meeting())
    reopen_issue(
        issue, actor=make_user(), today=day("2026-03-09"), reason="又断电了", due_on=day("2026-03-20")
    )
    close(issue, "2026-03-11")

    assert len(rows_of(book_for(make_user(), NOON + WEEK), "Closed this week")) == 1


def test_decisions_stand_with_state_unit_due_date_and_days_late_until_somebody_has_verified_them() -> None:
    boss, unit = make_user(), make_unit("供电公司", kind=Unit.Kind.DEPARTMENT)
    project = make_project(name="晶圆二期")
    meeting = freeze(make_meeting())
    late = take_decision(
        meeting, actor=boss, text="架设临时线路", today=MONDAY, lead_unit=unit, due_on=day("2026-03-11"),
        projects=[project],
    )  # fmt: skip
    done = take_decision(meeting, actor=boss, text="召开专题会", today=MONDAY, due_on=day("2026-03-10"))
    report_done(done, actor=boss, outcome="已召开", today=day("2026-03-09"))

    rows = rows_of(book_for(make_user(), NOON + WEEK), "Decisions")

    assert [row["Number"] for row in rows] == [done.number, late.number]
    first, second = rows
    assert (first["State"], first["What came of it"], first["Working days late"]) == (
        "reported done",
        "已召开",
        None,
    )
    assert (second["State"], second["Lead unit"], second["Project"]) == ("open", "供电公司", "晶圆二期")
    assert (second["Due"], second["Working days late"]) == (day("2026-03-11"), 2)
    figures = figures_of_book(book_for(make_user(), NOON + WEEK))
    assert (figures["Decisions to be done"], figures["Decisions overdue"]) == ((2, 0, 2), (1, 0, 1))


def test_a_decision_that_was_verified_before_the_last_meeting_has_gone_and_a_later_one_is_shown_once_more() -> (
    None
):
    boss, other = make_user(), make_user(display_name="李科长")
    meeting = freeze(make_meeting())
    old, same, new = (
        take_decision(meeting, actor=boss, text=text, today=MONDAY) for text in ("早", "当天下午", "晚")
    )
    for decision, on in ((old, "2026-03-05"), (same, "2026-03-06"), (new, "2026-03-12")):
        report_done(decision, actor=boss, outcome="已办", today=day(on))
        verify_decision(decision, actor=other, today=day(on))

    rows = rows_of(book_for(make_user(), NOON + WEEK), "Decisions")

    assert {row["What was decided"] for row in rows} == {"当天下午", "晚"}
    assert {(row["State"], row["Verified by"]) for row in rows} == {("done and verified", "李科长")}


def test_what_was_waived_after_the_cut_off_on_friday_is_in_the_next_workbook() -> None:
    freeze(make_meeting())
    node = make_node(project=make_project(name="盾构基地"))
    waive_node(node, actor=make_user(), reason="企业无需求", today=NOON.date())

    rows = rows_of(book_for(make_user(), NOON + WEEK), "Holds and waivers")

    assert [row["Project"] for row in rows] == ["盾构基地"]


def test_a_unit_reads_its_decision_without_the_names_of_projects_out_of_its_sight() -> None:
    boss, unit = make_user(), make_unit("供电公司", kind=Unit.Kind.DEPARTMENT)
    hidden = make_project(name="保密项目")
    take_decision(make_meeting(), actor=boss, text="牵头", today=MONDAY, lead_unit=unit, projects=[hidden])

    book = book_for(make_user(unit=unit))

    (row,) = rows_of(book, "Decisions")
    assert (row["What was decided"], row["Project"]) == ("牵头", None)
    for sheet in book:
        assert not any("保密项目" in str(cell.value) for row in sheet.iter_rows() for cell in row)
