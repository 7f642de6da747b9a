"""The Gantt chart: where bars, marks and lines stand, and what the page writes of them."""

import re
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
import time_machine
from django.template.loader import render_to_string
from django.utils import translation

from domain.lights import Light
from domain.workdays import WorkCalendar
from milestones.drawing.gantt import ROW, Drawn, Gantt, GanttRow, gantt, zoom_of
from milestones.drawing.time_scale import ROOM, Box, Zoom

MON = date(2026, 3, 2)
FRI = date(2026, 3, 6)
TODAY = date(2026, 3, 11)
DAY = 11.2
"""Pixels for a day where the columns are weeks."""


def row(**facts: Any) -> GanttRow:
    said = {"pk": 1, "label": "环评", "stage": "开工", "light": Light.GREY, "href": "/nodes/1/"}
    return GanttRow(**{**said, **facts})


def chart(*rows: GanttRow, zoom: Zoom = Zoom.WEEK, today: date = TODAY, **calendar: Any) -> Gantt:
    drawn = gantt(rows, today=today, calendar=WorkCalendar(**calendar), zoom=zoom)
    assert drawn is not None
    return drawn


def drawn(**facts: Any) -> Drawn:
    """One row between two long ones, on a chart that begins on Monday, 2 March 2026."""
    others = row(pk=2, plan=(MON, MON + timedelta(days=60)))
    (stage,) = chart(row(**facts), others).stages
    return stage.rows[0]


def at(box: Box | None) -> tuple[float, float]:
    """First day and length of a box, in days from the beginning of the chart."""
    assert box is not None
    return round(box.x / DAY, 2), round(box.width / DAY, 2)


def page(shown: Gantt | None, language: str = "en") -> str:
    with translation.override(language), time_machine.travel(TODAY):
        return render_to_string("milestones/_gantt.html", {"gantt": shown})


def words(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def test_a_bar_reaches_from_the_morning_of_its_first_day_to_the_evening_of_its_last() -> None:
    one = drawn(baseline=(MON, FRI), plan=(FRI, TODAY), started_on=FRI, finished_on=FRI, light=Light.BLUE)

    assert at(one.baseline) == (0, 5)
    assert at(one.plan) == (4, 6)
    assert at(one.actual) == (4, 1)


def test_what_runs_is_drawn_until_today() -> None:
    assert at(drawn(started_on=FRI, light=Light.GREEN).actual) == (4, 6)


def test_a_start_after_today_is_a_day_long() -> None:
    assert at(drawn(started_on=TODAY + timedelta(days=5), light=Light.GREEN).actual) == (14, 1)


def test_a_hold_that_goes_on_is_hatched_until_today_and_a_past_one_until_its_last_day() -> None:
    holds = drawn(started_on=MON, light=Light.VIOLET, holds=((MON, MON), (FRI, None))).holds

    assert [at(hold) for hold in holds] == [(0, 1), (4, 6)]


def test_what_was_finished_without_ever_having_started_is_a_dot_on_its_day() -> None:
    one = drawn(finished_on=FRI, light=Light.BLUE)

    assert one.actual is None
    assert one.dot == pytest.approx(4.5 * DAY)
    assert drawn(started_on=FRI, finished_on=FRI, light=Light.BLUE).dot is None


def test_a_waived_node_keeps_its_baseline_and_expects_nothing() -> None:
    one = drawn(baseline=(MON, FRI), plan=(MON, FRI), started_on=MON, expected_on=TODAY, light=Light.WHITE)

    assert at(one.baseline) == (0, 5)
    assert (one.actual, one.expected, one.trail, one.slip) == (None, None, None, None)
    html = page(chart(row(baseline=(MON, FRI), plan=(MON, FRI), light=Light.WHITE)))
    assert 'class="waived"' in html.split('class="key"')[0]
    assert 'class="plan"' not in html.split('class="key"')[0]


def test_an_expected_end_after_the_planned_one_leaves_a_trail_of_working_days_after_the_baseline() -> None:
    late = drawn(baseline=(MON, FRI), plan=(MON, FRI), expected_on=TODAY)
    approved = drawn(baseline=(MON, FRI), plan=(MON, TODAY), expected_on=TODAY)
    early = drawn(baseline=(MON, TODAY), plan=(MON, TODAY), expected_on=FRI)

    assert at(late.trail) == (5, 5)
    assert late.expected == pytest.approx(9.5 * DAY)
    assert (approved.trail, early.trail) == (None, None)
    assert (late.slip, approved.slip, early.slip) == (3, 3, -3)


def test_a_finished_node_slips_by_its_end_whatever_was_expected() -> None:
    one = drawn(
        baseline=(MON, FRI), started_on=MON, finished_on=MON + timedelta(days=7),
        expected_on=TODAY, light=Light.BLUE,
    )  # fmt: skip

    assert (one.slip, one.expected) == (1, None)


def test_the_slip_stands_right_of_everything_in_its_row() -> None:
    late = drawn(baseline=(MON, FRI), plan=(MON, FRI), expected_on=TODAY)
    early = drawn(baseline=(MON, TODAY), started_on=MON, finished_on=FRI, light=Light.BLUE)

    assert late.slip_x == late.expected
    assert early.baseline is not None
    assert early.slip_x == early.baseline.end


def test_rows_stand_below_their_stage_wherever_they_come_in_the_list() -> None:
    shown = chart(
        row(pk=1, stage="签约", plan=(MON, FRI), light=Light.BLUE, finished_on=FRI),
        row(pk=2, stage="开工", plan=(FRI, TODAY)),
        row(pk=3, stage="签约"),
    )

    assert [(stage.label, stage.height, stage.done) for stage in shown.stages] == [
        ("签约", 3 * ROW, 1), ("开工", 2 * ROW, 0),
    ]  # fmt: skip
    assert [(one.row.pk, one.y) for one in shown.stages[0].rows] == [(1, ROW), (3, 2 * ROW)]
    assert at(shown.stages[0].bracket) == (0, 5)
    assert shown.height == 3 * ROW


def test_a_chain_without_any_date_is_not_drawn() -> None:
    assert gantt([row()], today=TODAY, calendar=WorkCalendar()) is None
    assert gantt([], today=TODAY, calendar=WorkCalendar()) is None
    assert "No node has a date yet." in page(None)
    assert "<svg" not in page(None)


@pytest.mark.parametrize("zoom", list(Zoom))
def test_a_single_day_is_a_chart_too(zoom: Zoom) -> None:
    shown = chart(row(plan=(MON, MON)), zoom=zoom, today=MON)

    assert shown.width == ROOM
    bar = shown.stages[0].rows[0].plan
    assert bar is not None
    assert bar.width >= 3


def test_three_years_fit_a_laptop_by_months_and_by_quarters_and_not_by_weeks() -> None:
    years = row(plan=(MON, date(2029, 2, 28)))

    assert [chart(years, zoom=zoom).fits for zoom in Zoom] == [False, True, True]
    assert ["gantt fits" in page(chart(years, zoom=zoom)) for zoom in Zoom] == [False, True, True]


def test_months_are_as_wide_as_the_room_allows() -> None:
    short = chart(row(plan=(MON, date(2026, 12, 31))), zoom=Zoom.MONTH)
    long = chart(row(plan=(MON, date(2028, 12, 31))), zoom=Zoom.MONTH)

    assert short.width == long.width == ROOM
    assert short.columns[0].width > 2 * long.columns[0].width


@pytest.mark.parametrize("zoom", list(Zoom))
def test_the_header_covers_the_chart_without_gaps(zoom: Zoom) -> None:
    shown = chart(row(plan=(date(2025, 12, 24), date(2028, 2, 29))), zoom=zoom)

    for ticks in (shown.columns, shown.years):
        assert ticks[0].x == 0
        assert all(left.x + left.width == pytest.approx(right.x) for left, right in pairwise(ticks))
        assert ticks[-1].x + ticks[-1].width == pytest.approx(shown.width)


def test_columns_begin_on_mondays_on_firsts_and_with_quarters() -> None:
    span = (date(2026, 5, 20), date(2026, 8, 20))

    first = {zoom: chart(row(plan=span), zoom=zoom, today=span[0]).columns[0].day for zoom in Zoom}

    assert first == {
        Zoom.WEEK: date(2026, 5, 18), Zoom.MONTH: date(2026, 5, 1), Zoom.QUARTER: date(2026, 4, 1),
    }  # fmt: skip


def test_the_line_of_today_stands_in_the_middle_of_its_day() -> None:
    assert chart(row(plan=(MON, FRI))).today_x == pytest.approx(9.5 * DAY)


def test_a_chain_that_was_closed_long_ago_does_not_reach_to_today() -> None:
    done = row(plan=(MON, FRI), finished_on=FRI, light=Light.BLUE)

    assert chart(done, today=date(2029, 1, 1)).today_x is None
    assert 'id="gantt-today"' not in page(chart(done, today=date(2029, 1, 1)))
    assert chart(done, row(pk=2), today=date(2029, 1, 1)).today_x is not None


def test_dates_twenty_years_apart_are_cut_to_the_years_around_today() -> None:
    wrong, right = row(plan=(date(2006, 3, 2), date(2006, 3, 6))), row(pk=2, plan=(MON, FRI))

    shown = chart(wrong, right, zoom=Zoom.MONTH)

    assert shown.is_cut
    assert shown.today_x is not None
    assert (shown.last - shown.first).days < 7 * 366
    lost, kept = shown.stages[0].rows
    assert lost.plan is None
    assert kept.plan is not None
    assert "dates before and after are in the table below" in page(shown)
    assert "2 Mar 2006" in page(shown).split("<details>")[1]


def test_of_too_long_a_time_two_years_before_today_and_four_after_are_drawn() -> None:
    ages = [row(pk=year, plan=(date(year, 3, 2), date(year, 3, 6))) for year in (2006, 2025, 2029, 2046)]

    shown = chart(*ages, zoom=Zoom.MONTH)

    assert (shown.first.year, shown.last.year) == (2024, 2030)
    assert [one.plan is not None for one in shown.stages[0].rows] == [False, True, True, False]


def test_a_bar_that_begins_before_the_chart_is_cut_at_its_edge() -> None:
    shown = chart(row(plan=(date(1990, 1, 1), TODAY)), row(pk=2, plan=(MON, FRI)), zoom=Zoom.MONTH)

    bar = shown.stages[0].rows[0].plan
    assert bar is not None
    assert bar.x == 0
    assert shown.today_x is not None
    assert bar.end == pytest.approx(shown.today_x, abs=2)


@pytest.mark.parametrize("day", [date.min, date(1900, 1, 1), date(2999, 12, 31), date.max])
def test_dates_of_another_age_are_survived(day: date) -> None:
    closed = row(plan=(day, day), finished_on=day, light=Light.BLUE)

    assert chart(closed, zoom=Zoom.QUARTER).is_cut
    assert chart(closed, row(pk=2, plan=(MON, FRI))).is_cut


def test_days_off_are_shaded_by_weeks_only_and_a_make_up_day_is_not() -> None:
    works = {date(2026, 3, 7): True, date(2026, 3, 9): False}
    shown = chart(row(plan=(MON, TODAY)), exceptions=works)

    assert at(shown.days_off[0]) == (6, 2)
    assert at(shown.days_off[1]) == (12, 2)
    assert chart(row(plan=(MON, TODAY)), zoom=Zoom.MONTH).days_off == ()


def test_a_weekend_at_the_end_of_the_chart_is_shaded_to_its_edge() -> None:
    shown = chart(row(plan=(MON, MON + timedelta(days=94))))

    assert shown.last.weekday() == 6
    assert shown.days_off[-1].end == pytest.approx(shown.width)


def test_dates_are_provisional_from_where_the_announced_holidays_end() -> None:
    plan = (MON, date(2026, 5, 1))

    assert chart(row(plan=plan), announced_through=FRI).provisional_x == pytest.approx(5 * DAY)
    assert chart(row(plan=plan), announced_through=date(2025, 12, 31)).provisional_x == 0
    assert chart(row(plan=plan)).provisional_x == 0
    assert chart(row(plan=plan), announced_through=date(2099, 12, 31)).provisional_x is None


@pytest.mark.parametrize(
    ("asked", "zoom"),
    [("week", Zoom.WEEK), ("quarter", Zoom.QUARTER), ("", Zoom.MONTH), ("decade", Zoom.MONTH)],
)
def test_an_address_that_asks_for_no_zoom_there_is_gets_months(asked: str, zoom: Zoom) -> None:
    assert zoom_of(asked) == zoom


def full_chart(zoom: Zoom = Zoom.WEEK) -> Gantt:
    return chart(
        row(
            label="<环评> & 审批", stage="开工 <一>", baseline=(MON, FRI), plan=(MON, date(2026, 3, 9)),
            started_on=MON, holds=((date(2026, 3, 4), date(2026, 3, 5)), (date(2026, 3, 10), None)),
            expected_on=date(2026, 3, 13), light=Light.VIOLET, is_open_ended=True, is_critical=True,
            is_provisional=True,
        ),
        row(
            pk=2, label="交地", href="/nodes/2/", stage="开工 <一>", baseline=(MON, FRI), finished_on=FRI,
            light=Light.BLUE,
        ),
        row(pk=3, label="图审", stage="开工 <一>"),
        zoom=zoom,
    )  # fmt: skip


def test_a_row_says_all_its_dates_when_it_is_pointed_at() -> None:
    titles = re.findall(r"<title>(.*?)</title>", page(full_chart()), re.DOTALL)

    assert titles[1].splitlines() == [
        "&lt;环评&gt; &amp; 审批 · On hold",
        "critical path",
        "Baseline: 2 Mar – 6 Mar",
        "Plan: 2 Mar – 9 Mar (provisional)",
        "Actual: since 2 Mar",
        "On hold: 4 Mar – 5 Mar",
        "On hold: since 10 Mar",
        "Expected finish: 13 Mar (to be settled)",
        "Against baseline: +5 working days",
    ]
    assert titles[2].splitlines()[2:] == ["Actual: finished 6 Mar", "Against baseline: as in the baseline"]
    assert titles[3] == "图审 · Waiting"
    assert 'title="图审 · Waiting"' in page(full_chart())


def test_the_table_says_the_same_as_the_picture() -> None:
    table = words(page(full_chart()).split("<tbody>")[1])

    assert "critical path On hold 2 Mar" in table
    assert "2 Mar – 6 Mar 2 Mar – 9 Mar provisional since 2 Mar 4 Mar – 5 Mar , since 10 Mar" in table
    assert "13 Mar to be settled +5 working days" in table
    assert "finished 6 Mar as in the baseline" in table


def test_names_and_bars_lead_to_their_node_and_only_the_names_take_the_tab_key() -> None:
    html = page(full_chart())

    links = re.findall(r'<a href="/nodes/2/"[^>]*>', html)
    assert [("tabindex" in link) for link in links] == [False, True, False]
    assert 'class="chart" tabindex="0"' in html


def test_every_picture_says_in_a_sentence_what_it_shows() -> None:
    assert 'role="group" aria-label="开工 &lt;一&gt;: 1 of 3 nodes done, from 2 Mar to 13 Mar"' in page(
        full_chart()
    )
    undated = chart(row(stage="签约"), row(pk=2, plan=(MON, FRI)))
    assert 'aria-label="签约: 0 of 1 nodes done, without dates"' in page(undated)


def test_what_comes_from_data_is_escaped_and_nothing_is_painted_inline() -> None:
    html = page(full_chart())

    assert "<环评>" not in html
    assert "开工 <一>" not in html
    assert not re.search(r"\sstyle\s*=|<style|<script", html)


def test_the_zoom_is_chosen_by_links_that_work_without_a_script() -> None:
    html = page(full_chart(Zoom.QUARTER))

    links = re.findall(
        r'<a class="chip" href="(\?zoom=\w+#[\w-]+)" hx-get="(\?zoom=\w+)"[^>]*?( aria-current)?[=>]', html
    )
    assert [(link, asked) for link, asked, _ in links] == [
        ("?zoom=week#gantt-today", "?zoom=week"), ("?zoom=month#gantt", "?zoom=month"),
        ("?zoom=quarter#gantt", "?zoom=quarter"),
    ]  # fmt: skip
    assert re.search(r'\?zoom=quarter"[^>]* aria-current="true"', html)
    assert html.count('aria-current="true"') == 1


@pytest.mark.parametrize(
    ("zoom", "language", "said"),
    [
        (Zoom.WEEK, "en", [">Mar 2026<", ">W10 · 2<"]),
        (Zoom.MONTH, "en", [">2026<", ">Mar<"]),
        (Zoom.QUARTER, "en", [">2026<", ">Q1<", ">Q2<"]),
        (Zoom.WEEK, "zh-hans", [">2026年3月<"]),
        (Zoom.MONTH, "zh-hans", [">2026年<", ">3月<"]),
    ],
)
def test_the_header_names_its_columns_in_the_language_of_the_reader(
    zoom: Zoom, language: str, said: list[str]
) -> None:
    html = page(full_chart(zoom), language)

    assert [one for one in said if one not in html] == []


def test_the_picture_shows_bars_holds_marks_and_how_many_are_done() -> None:
    html = page(full_chart()).split('class="key"')[0]

    assert html.count('fill="url(#gantt-held)"') == 2
    assert html.count('class="of-violet"') == html.count('class="expected open late"') == 1
    assert html.count("<circle") == html.count('<path class="trail"') == 1
    assert html.count('<li class="critical">') == 1
    assert "<small>1/3</small>" in html
    assert 'class="gantt-day-off"' in html
    assert 'class="gantt-day-off"' not in page(full_chart(Zoom.MONTH))
    running = chart(row(plan=(MON, FRI), started_on=FRI, light=Light.GREEN))
    assert f'<rect class="of-green" x="{4 * DAY:.1f}" y="9" width="{6 * DAY:.1f}"' in page(running)


def test_only_columns_with_room_for_it_have_a_name() -> None:
    shown = chart(row(plan=(MON, date(2028, 12, 31))), zoom=Zoom.MONTH)

    narrow = [tick for tick in shown.columns if tick.width < 20]
    assert narrow
    assert page(shown).count('<text class="column"') == len(shown.columns) - len(narrow)


def test_the_slip_is_red_only_where_it_is_later_than_planned() -> None:
    late = chart(row(baseline=(MON, FRI), plan=(MON, FRI), expected_on=TODAY))
    approved = chart(row(baseline=(MON, FRI), plan=(MON, TODAY), expected_on=TODAY))

    assert 'class="slip late"' in page(late)
    assert 'class="slip"' in page(approved)
    assert 'class="slip late"' not in page(approved)


def test_going_to_today_goes_to_the_first_row_that_is_still_open() -> None:
    done = {"plan": (MON, FRI), "finished_on": FRI, "light": Light.BLUE}
    shown = chart(row(**done), row(pk=2, light=Light.WHITE), row(pk=3, plan=(MON, FRI)), row(pk=4))
    over = chart(row(**done), row(pk=2, **done), today=MON)

    assert re.findall(r'<rect id="gantt-today"[^>]* y="(\d+)"', page(shown)) == [str(3 * ROW)]
    assert re.findall(r'<rect id="gantt-today"[^>]* y="(\d+)"', page(over)) == [str(ROW)]


def test_today_and_the_provisional_days_do_not_cover_each_other() -> None:
    def places(today: date) -> tuple[float, float]:
        html = page(chart(row(plan=(MON, date(2026, 8, 31))), today=today))
        (today_x,) = re.findall(r'<text class="today" x="([\d.]+)"', html)
        (doubt_x,) = re.findall(r'<g class="provisional">.*?<text x="([\d.]+)"', html)
        return float(today_x), float(doubt_x)

    early, late = places(MON), places(date(2026, 6, 1))

    at_the_edge = chart(row(plan=(MON, FRI)), announced_through=date(2026, 5, 25))
    assert 'class="provisional"' not in page(at_the_edge)
    assert early[1] - early[0] > 80
    assert late[0] < late[1]
