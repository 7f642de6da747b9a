"""总览: this week beside last week, what has changed, and the charts of twelve weeks."""

import json
from datetime import timedelta
from io import BytesIO
from zipfile import ZipFile

import pytest

from accounts.models import User
from domain.lifecycle import Status
from meetings.models import Snapshot
from meetings.snapshot import dump, load, load_marks
from milestones.models import Node
from projects.models import Project
from tests.make import make_issue, make_project, make_template, make_unit, make_user
from tests.meetings.drafts import NOON, freeze, make_meeting
from tests.meetings.written_books import book_for, figures_of_book, week_for, written
from tests.screen.small_district import make_laid, make_small_district, put

pytestmark = pytest.mark.django_db

WEEK = timedelta(days=7)


def test_the_figures_stand_beside_those_that_last_weeks_meeting_froze_and_their_change() -> None:
    reader = make_small_district()
    make_issue(title="开闭所未建")
    freeze(make_meeting())
    late = Node.objects.visible_to(reader).filter(status=Status.RUNNING, template_node__code="b").first()
    assert late
    put(late, Status.DONE, NOON.date() + timedelta(days=3))
    make_issue(title="道路未通", today=NOON.date())

    book = book_for(reader, NOON + WEEK)

    figures = figures_of_book(book)
    now, before, change = figures["Open issues"]
    assert (now, before, change) == (2, 1, 1)
    causes, causes_before, causes_change = figures["Overdue causes"]
    assert causes_before == 2
    assert causes_change == causes - causes_before
    said = str(book["Overview"]["A4"].value)
    assert said.startswith("Since the last meeting's cut-off: Newly overdue ")
    assert "Issues raised 1" in said
    cells = [str(cell.value) for row in book["Overview"].iter_rows(min_row=35) for cell in row]
    assert any("道路未通" in cell for cell in cells), "the first are named"


def test_without_an_earlier_meeting_a_dash_stands_there_and_a_sentence_says_why() -> None:
    book = book_for(make_small_district())

    assert {figure[1:] for figure in figures_of_book(book).values()} == {("—", "—")}
    assert book["Overview"]["A4"].value == "There is no earlier week of the same scope to compare with."


def test_the_workbook_of_the_day_after_the_cut_off_still_compares_with_the_week_before() -> None:
    reader = make_small_district()
    freeze(make_meeting())
    freeze(make_meeting(NOON + WEEK), NOON + WEEK)
    make_issue(today=NOON.date())

    assert figures_of_book(book_for(reader, NOON + WEEK + timedelta(hours=3)))["Open issues"] == (1, 0, 1)


def test_a_reader_of_a_part_is_not_shown_the_figures_of_the_whole() -> None:
    make_small_district()
    freeze(make_meeting())
    stranger = make_user(User.Role.LIAISON, unit=make_unit("别处"))

    week = week_for(stranger, NOON + WEEK)

    assert {figure.before for figure in week.overview.figures} == {None}
    assert week.overview.changes == ()
    assert [tuple(each)[1:] for each in week.overview.trend] == [(0, 0)]


def test_the_trend_shows_at_most_twelve_weeks_this_one_last() -> None:
    reader = make_small_district()
    for number in range(13):
        freeze(make_meeting(NOON + number * WEEK), NOON + number * WEEK)
    first = Snapshot.objects.order_by("taken_at")[1]
    Snapshot.objects.filter(pk=first.pk).update(figures={"causes": 7, "issues": 9})

    trend = week_for(reader, NOON + 12 * WEEK).overview.trend

    assert len(trend) == 12
    assert (trend[0].label, trend[0].overdue, trend[0].issues) == ("26-11", 7, 9)
    assert trend[-1].label == "26-22"
    assert len({week.label for week in trend}) == 12


def test_the_charts_are_of_node_kinds_categories_lights_and_weeks_and_their_cells_hold_the_numbers() -> None:
    reader = make_small_district()
    make_issue(title="开闭所未建")
    week = week_for(reader)

    with ZipFile(BytesIO(written(week))) as parts:
        charts = [parts.read(name).decode() for name in parts.namelist() if "charts/chart" in name]

    assert len(charts) == 4
    assert sum("<c:lineChart>" in chart for chart in charts) == 1
    assert sum('barDir val="bar"' in chart for chart in charts) == 2
    assert any("Open issues by category" in chart for chart in charts)


def test_the_marks_of_a_snapshot_are_read_without_the_rest_of_it_whatever_is_written_there() -> None:
    Project.objects.filter(pk=make_project().pk).update(note='{"marks":{"overdue":[1]}}')
    make_small_district()
    make_issue()
    week = week_for(make_user())

    assert load_marks(dump(week)) == week.marks == load(dump(week)).marks
    assert week.marks.overdue


def test_a_snapshot_keeps_how_wide_a_sheet_is_printed_and_older_ones_are_read_without_it() -> None:
    make_small_district()
    week = week_for(make_user())
    kept = json.loads(dump(week))
    for table in kept["tables"]:
        del table["pages_wide"]

    assert load(dump(week)).table("projects").pages_wide == 2
    assert load(json.dumps(kept).encode()).table("projects").pages_wide == 1


def test_a_node_kind_of_two_processes_is_one_bar() -> None:
    reader, late = make_user(), NOON.date() - timedelta(days=9)
    for code in ("one", "two"):
        make_laid(make_template("power", code=code), project=make_project(), power=late)

    (kind,) = week_for(reader).overview.kinds

    assert (kind.node, kind.causes, kind.process) == ("Node power", 2, "Chain")
