"""The figures of the one screen: what is counted, and for whom."""

from datetime import date

import pytest
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from domain.lifecycle import Status
from domain.lights import Light
from milestones.models import Node
from milestones.queries import node_rows
from projects.models import Project
from screen.queries import screen_of
from tests.make import FRIDAY, MONDAY, make_project, make_template, make_unit, make_user
from tests.screen.small_district import LATER, LONG_AGO, RULE, THIS_WEEK, make_laid, make_small_district, put

pytestmark = pytest.mark.django_db


def test_the_figures_count_what_is_there() -> None:
    screen = screen_of(make_small_district(), RULE)

    projects = screen.projects
    assert (projects.under_way, projects.finished, projects.without_chain, projects.all) == (4, 1, 1, 6)
    assert (int(projects.investment), projects.without_amount) == (20_000, 2)
    assert (screen.causes, screen.knocked_on, screen.new_causes) == (2, 2, 1)
    assert (screen.due_soon, screen.lights[Light.VIOLET]) == (2, 1)
    assert (screen.done_this_week, screen.done_last_week) == (1, 2)
    assert sum(screen.lights.values()) == Node.objects.count()


def test_a_reader_counts_only_what_he_or_she_may_see() -> None:
    make_small_district()
    town = Project.objects.get(name="老厂房").town
    reader = make_user(User.Role.LIAISON, unit=town)

    screen = screen_of(reader, RULE)

    assert (screen.projects.all, screen.causes, screen.worst) == (1, 0, [])
    assert [band.code for band in screen.bands] == ["short"]


def test_the_worst_and_the_next_due_are_the_rows_of_the_overdue_list() -> None:
    reader = make_small_district()
    nodes = Node.objects.visible_to(reader)

    screen = screen_of(reader, RULE)

    late = nodes.overdue(RULE).not_held_up().order_by("deadline_on", "pk")
    due = nodes.due_between(FRIDAY, screen.span.due_until).order_by("deadline_on", "pk")
    assert screen.worst == node_rows(late.for_list(), RULE)
    assert [row.project for row in screen.worst] == ["晶圆材料二期", "轮胎技改"]
    assert screen.due == node_rows(due.for_list(), RULE)
    assert sum(day.nodes for day in screen.due_days) == screen.due_soon == len(screen.due)


def test_ten_working_days_from_today_are_due_soon_and_the_eleventh_is_not() -> None:
    reader, template = make_user(), make_template("only")
    for due in ("2026-03-06", "2026-03-20", "2026-03-21", "2026-03-22", "2026-03-23"):
        make_laid(template, project=make_project(), only=date.fromisoformat(due))

    screen = screen_of(reader, RULE)

    assert screen.due_soon == 4  # the weekend after the tenth leaves no working day more
    assert str(screen.span.due_until) == "2026-03-22"


def test_last_week_is_compared_up_to_the_same_weekday() -> None:
    reader, template = make_user(), make_template("only")
    for on in (
        "2026-02-22",
        "2026-02-23",
        "2026-02-27",
        "2026-02-28",
        "2026-03-01",
        "2026-03-02",
        "2026-03-06",
    ):
        nodes = make_laid(template, project=make_project(), only=LATER)
        put(nodes["only"], Status.DONE, date.fromisoformat(on))

    screen = screen_of(reader, RULE)

    assert (screen.done_this_week, screen.done_last_week) == (2, 2)


def test_versions_of_a_chain_share_their_columns_in_the_newest_order() -> None:
    reader = make_user()
    first = make_template("a", "old", "b", code="road")
    second = make_template("new", "a", "b", code="road")
    make_laid(first, project=make_project(), a=LONG_AGO)
    make_laid(second, project=make_project(), a=LONG_AGO)

    (band,) = screen_of(reader, RULE).bands

    assert (band.projects, [column.code for column in band.columns]) == (2, ["new", "a", "old", "b"])
    assert [column.total for column in band.columns] == [1, 2, 1, 2]


def test_the_chain_that_most_projects_follow_comes_first() -> None:
    screen = screen_of(make_small_district(), RULE)

    assert [(band.code, band.projects) for band in screen.bands] == [("road", 3), ("short", 2)]


def test_the_fullest_column_is_where_most_causes_are_not_where_most_is_late() -> None:
    reader, template = make_user(), make_template("a", "b", "c")
    for _ in range(2):
        make_laid(template, project=make_project(), a=LONG_AGO, b=LONG_AGO, c=LONG_AGO)
    nodes = make_laid(template, project=make_project(), b=LONG_AGO)
    put(nodes["a"], Status.DONE)

    (band,) = screen_of(reader, RULE).bands

    by_code = {column.code: column for column in band.columns}
    assert (by_code["a"].causes, by_code["b"].causes, by_code["b"].knocked_on) == (2, 1, 2)
    assert band.fullest is by_code["a"]


def test_no_column_is_marked_where_every_cause_is_single() -> None:
    reader, template = make_user(), make_template("a", "b", edges=())
    make_laid(template, project=make_project(), a=LONG_AGO, b=LONG_AGO)

    (band,) = screen_of(reader, RULE).bands

    assert band.fullest is None


def test_units_are_ordered_by_what_waits_for_them() -> None:
    reader, template = make_user(), make_template("a")
    power, water = make_unit("供电公司"), make_unit("水务公司")
    for unit, due in ((water, LONG_AGO), (power, THIS_WEEK), (power, MONDAY)):
        put(make_laid(template, project=make_project(), a=due)["a"], Status.RUNNING, LONG_AGO, unit)

    units = screen_of(reader, RULE).units

    assert [(unit.name, unit.causes, unit.worst_days_late, unit.new) for unit in units] == [
        ("供电公司", 2, 4, 2),
        ("水务公司", 1, 24, 0),
    ]


@pytest.mark.parametrize("projects", [1, 5])
def test_the_screen_takes_the_same_number_of_queries_however_many_projects(
    projects: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    reader, template = make_user(), make_template()
    for _ in range(projects):
        make_laid(template, project=make_project(), a=LONG_AGO, b=LATER, c=FRIDAY)
    screen_of(reader, RULE)  # the graph of the template is read once for all

    with django_assert_num_queries(16):
        assert screen_of(reader, RULE).causes == projects
