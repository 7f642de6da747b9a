"""The blocks of the one screen: what they count, and that each says the same as the list that it opens."""

from collections import Counter
from datetime import date
from decimal import Decimal

import pytest
from pytest_django import DjangoAssertNumQueries

from accounts.models import Unit
from domain.chains import NOT_YET
from domain.lifecycle import Status
from domain.lights import Light
from domain.periods import Months
from issues.models import Issue
from milestones.milestone_states import is_not_yet
from milestones.models import Node, OverdueFlag, TemplateNode
from projects.investments import Amount, PlanTotals, plan_totals, with_investment_plan
from projects.models import Investment, InvestmentPlan, Project
from projects.querysets import ProjectQuerySet
from screen.board import Board, board_of
from screen.narrowing import Narrowing, everything
from screen.urgent import Due
from screen.weeks import Compared
from tests.make import FRIDAY, make_issue, make_project, make_template, make_topic, make_user
from tests.screen.complete_district import make_complete_district
from tests.screen.small_district import (
    LAST_WEEK,
    LATER,
    LONG_AGO,
    RULE,
    THIS_WEEK,
    make_laid,
    make_small_district,
    put,
)

pytestmark = pytest.mark.django_db


def board(**places: str) -> Board:
    reader = make_complete_district()
    asked = tuple(places.items())
    return board_of(reader, RULE, Narrowing(Months.year_to_date(FRIDAY), asked, asked))


def test_the_week_is_compared_with_last_week_and_the_same_days_of_last_year() -> None:
    week = board().week

    assert week.done == Compared(2, 1, 1)
    assert week.raised == Compared(2, 2, 1)
    assert week.closed == Compared(1, 1, 1)
    assert week.closed_this_year == 2
    assert (week.under_way.now, week.under_way.last_week, week.under_way.last_year) == (4, 4, 0)


def test_of_a_year_that_is_not_on_record_nothing_is_said() -> None:
    reader = make_small_district()

    week = board_of(reader, RULE, everything(FRIDAY)).week

    assert (week.done.last_year, week.raised.last_year, week.closed.last_year) == (None, None, None)
    assert (week.under_way.last_year, week.overdue.last_week) == (None, None)


def test_what_was_overdue_a_week_ago_is_what_the_sweep_had_flagged_by_then() -> None:
    reader = make_complete_district()
    nodes = list(Node.objects.order_by("pk")[:3])
    for node, raised, cleared in zip(
        nodes,
        (date(2026, 2, 3), date(2026, 2, 3), date(2026, 3, 5)),
        (None, date(2026, 2, 20), None),
        strict=True,
    ):
        OverdueFlag.objects.create(node=node, deadline_on=raised, raised_on=raised, cleared_on=cleared)

    overdue = board_of(reader, RULE, everything(FRIDAY)).week.overdue

    assert overdue == Compared(4, 1, None)


def test_six_times_not_yet_says_what_the_list_of_projects_says() -> None:
    counted = board().not_yet

    assert [each.milestone for each in counted] == [after for _before, after in NOT_YET]
    for each in counted:
        assert each.projects == Project.objects.filter(is_not_yet(each.milestone)).count()
    assert [each.projects for each in counted] == [1, 0, 0, 0, 0, 0]


def test_the_matrix_begins_with_what_has_been_overdue_longest() -> None:
    matrix = board().matrix

    assert [(row.name, row.worst, row.days_late) for row in matrix.rows] == [
        ("晶圆材料二期", "Node b", 24),
        ("轮胎技改", "Node b", 2),
    ]
    assert [column.code for column in matrix.columns] == ["a", "b", "c"]
    assert {Node.objects.get(pk=row.worst_pk).template_node.code for row in matrix.rows} == {"b"}


def test_the_columns_of_the_matrix_begin_with_the_chain_that_most_rows_are_late_in() -> None:
    reader = make_user()
    road, short = make_template("a", "b", code="road"), make_template("b", "x", code="short")
    TemplateNode.objects.update(is_key=True)
    TemplateNode.objects.filter(template=short, code="b").update(name_en="Node b of a short one")
    for _ in range(2):
        make_laid(short, project=make_project(), b=LONG_AGO, x=LATER)
    for since in (LONG_AGO, LATER, LATER, LATER):  # more projects follow the road, but of one only it is late
        make_laid(road, project=make_project(), a=since, b=LATER)

    columns = board_of(reader, RULE, everything(FRIDAY)).matrix.columns

    assert [column.code for column in columns] == ["b", "x", "a"]
    assert columns[0].label == "Node b of a short one"  # two rows say so, one says otherwise


def test_the_chain_with_most_overdue_causes_comes_first_however_many_projects_follow_another() -> None:
    reader = make_user()
    many, late = make_template("a", code="a-many"), make_template("x", code="late")
    for _ in range(3):
        make_laid(many, project=make_project(), a=LATER)
    make_laid(late, project=make_project(), x=LONG_AGO)

    bands = board_of(reader, RULE, everything(FRIDAY)).screen.bands

    assert [(band.code, band.is_quiet) for band in bands] == [("late", False), ("a-many", True)]


def test_a_cell_of_the_matrix_shows_the_light_of_its_node_and_none_where_the_chain_has_none() -> None:
    matrix = board().matrix

    for row in matrix.rows:
        own = {
            node.template_node.code: node
            for node in Node.objects.filter(project=row.pk).select_related("template_node")
        }
        for column, cell in zip(matrix.columns, row.cells, strict=True):
            node = own.get(column.code)
            if node is None:
                assert cell is None
            else:
                assert cell
                light = RULE.light(Status(node.status), node.due_on, node.limit_on, node.limit)
                assert (cell.pk, cell.light) == (node.pk, light)
    assert {cell.light for row in matrix.rows for cell in row.cells if cell} >= {Light.RED, Light.BLUE}


def test_what_waits_for_one_topic_is_one_thing_with_its_unit_and_its_date() -> None:
    (urgent,) = board().urgent

    assert (urgent.row.project, urgent.row.label) == ("晶圆材料二期", "Node b")
    assert (urgent.why, urgent.topic_projects, urgent.unit) == ("电力接口", 2, "供电公司")
    assert (urgent.due, urgent.due_on, urgent.is_past) == (Due.SOLUTION, LAST_WEEK, True)
    assert urgent.reply_by == date(
        2026, 3, 9
    )  # a slip that is answered in time does not make the missed day good


def test_while_the_solution_is_not_past_due_the_answer_to_the_slip_is_what_is_due() -> None:
    reader = make_complete_district()
    Issue.objects.update(due_on=LATER)

    (urgent,) = board_of(reader, RULE, everything(FRIDAY)).urgent

    assert (urgent.due, urgent.due_on, urgent.is_past) == (Due.ANSWER, date(2026, 3, 9), False)
    assert urgent.reply_by is None


def test_three_things_each_stuck_somewhere_else_the_costliest_first() -> None:
    reader, template = make_user(), make_template("a", "b", "c")
    long_alone = make_laid(make_template("x"), project=make_project(name="拖得久"), x=LONG_AGO)["x"]
    for name, due in (("牵连多", LONG_AGO), ("刚超期", THIS_WEEK), ("更刚", date(2026, 3, 5))):
        make_laid(template, project=make_project(name=name), a=due, b=LATER, c=LATER)
    issue = make_issue(
        long_alone.project,
        today=LONG_AGO,
        title="业主未定",
        lead_unit=Unit.objects.first(),
        due_on=date(2026, 3, 1),
    )
    issue.blocks.create(node=long_alone)

    urgent = board_of(reader, RULE, everything(FRIDAY)).urgent

    assert [each.row.project for each in urgent] == ["牵连多", "拖得久", "刚超期"]
    assert (urgent[0].why, urgent[0].due) == ("", Due.NOTHING)
    assert (urgent[1].why, urgent[1].due_on, urgent[1].is_past) == ("业主未定", date(2026, 3, 1), True)


def test_open_issues_by_category_and_unit_add_up() -> None:
    issues = board().issues

    assert (issues.count, issues.late, issues.unassigned) == (3, 1, 1)
    assert sum(bar.count for bar in issues.categories) == 3
    assert [(bar.label, bar.count, bar.late) for bar in issues.units] == [("供电公司", 2, 1)]


def test_investment_stands_beside_last_year_and_the_plan() -> None:
    block = board().investment

    assert block
    assert block.totals.manufacturing == Amount(Decimal(2000), Decimal(800))
    assert block.plan.lights == {Light.RED: 0, Light.YELLOW: 0, Light.GREEN: 2}
    assert (block.filings.now, block.filings.before) == (1, None)


def test_a_part_counts_only_its_own_investment() -> None:
    block = board(sector="新材料", leader="陈副区长").investment

    assert block
    assert (block.totals.all.now, block.plan.planned) == (Decimal(1200), Decimal(6000))


@pytest.mark.parametrize("until", [1, 2, 6, 12])
def test_plans_added_up_by_the_database_are_those_added_up_one_by_one(until: int) -> None:
    for plan, amounts in ((1200, (100, 0)), (1200, (70, 70)), (900, (1, 2)), (0, (5, 5)), (700, ())):
        project = make_project()
        InvestmentPlan.objects.create(project=project, year=2026, amount=plan)
        for month, amount in enumerate(amounts, start=1):
            Investment.objects.create(project=project, month=date(2026, month, 1), amount=amount)
    months = Months(date(2026, 1, 1), date(2026, until, 1))
    projects = Project.objects.all()

    later = projects.filter(pk__gt=projects.earliest("pk").pk)

    assert plan_totals(projects, months, narrowed=False) == one_by_one(projects, months)
    assert plan_totals(later, months) == one_by_one(later, months)


def one_by_one(projects: ProjectQuerySet, months: Months) -> PlanTotals:
    rows = with_investment_plan(projects, months).values_list("planned", "made", "investment_light")
    planned, made, lights = zip(*rows, strict=True)
    return PlanTotals.to_the_end_of(months, sum(planned), sum(made), Counter(map(Light, lights)))


def test_a_topic_counts_only_projects_in_sight() -> None:
    reader, template = make_user(), make_template("a")
    node = make_laid(template, project=make_project(), a=LONG_AGO)["a"]
    issue, other = make_issue(node.project), make_issue(make_project())
    issue.blocks.create(node=node)
    put(node, Status.RUNNING, LONG_AGO)
    make_topic(issue, other)

    def projects(user: object) -> int:
        return board_of(user, RULE, everything(FRIDAY)).urgent[0].topic_projects  # type: ignore[arg-type]

    assert projects(reader) == 2
    assert projects(make_user(unit=node.project.town)) == 1


@pytest.mark.parametrize("projects", [1, 6])
def test_the_board_takes_the_same_number_of_queries_however_many_projects(
    projects: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    reader, template = make_user(), make_template()
    for _ in range(projects):
        nodes = make_laid(template, project=make_project(), a=LONG_AGO, b=LATER, c=FRIDAY)
        make_issue(nodes["a"].project).blocks.create(node=nodes["a"])
    board_of(reader, RULE, everything(FRIDAY))  # the graph of the template is read once for all

    with django_assert_num_queries(34):
        board_of(reader, RULE, everything(FRIDAY))
