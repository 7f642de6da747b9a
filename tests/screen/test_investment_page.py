"""The page of investment: its sentence, its figures and their rows, which add up to one another."""

import re
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from accounts.models import Unit, User
from domain.lifecycle import Status
from domain.periods import Months
from milestones.models import ChainTemplate, TemplateNode
from projects.investment_actions import MonthAmount, YearPlan, plan_investments, record_investments
from projects.investment_months import groups_of, investment_by_month, totals_of
from projects.investments import GROUPS, investment_totals, plan_totals
from projects.models import Project
from screen.investment.chart import investment_chart
from screen.investment.form import Asked
from screen.investment.page import investment_page
from tests.make import make_nodes, make_project, make_template, make_unit, make_user
from tests.pages import client_of, text_of
from tests.rest import api

pytestmark = pytest.mark.django_db

NOW = "2022-09-15 09:00+08:00"
TODAY = date(2022, 9, 15)
TO_AUGUST = Months(date(2022, 1, 1), date(2022, 8, 1))
ALL = Asked(TO_AUGUST, "all", None)


def invest(project: Project, plan: int | None = None, **amounts: int) -> Project:
    """`amounts` by month: m2022_08=100."""
    months = [
        MonthAmount(project.pk, date(int(name[1:5]), int(name[6:]), 1), Decimal(amount))
        for name, amount in amounts.items()
    ]
    record_investments(months, actor=User.objects.system(), today=TODAY)
    if plan is not None:
        plan_investments([YearPlan(project.pk, 2022, Decimal(plan))], actor=User.objects.system())
    return project


def small_district() -> dict[str, Project]:
    """Manufacturing 200,000 this year and 100,000 the year before, half of the industrial investment renovation."""
    return {
        "factory": invest(make_project(name="晶圆厂", industry="C3985"), 200_000, m2022_03=100_000, m2021_03=60_000),
        "rebuilt": invest(
            make_project(name="轮胎技改", industry="C2911", kind="renovation"),
            900_000, m2022_08=100_000, m2021_08=40_000,
        ),
        "office": invest(make_project(name="研发楼", industry="M7320"), m2022_01=10_000),
    }  # fmt: skip


def page(query: str = "", user: User | None = None, language: str = "en") -> Any:
    with time_machine.travel(NOW, tick=False):
        return client_of(user or make_user(), language=language).get(f"/investment/{query}")


def rows_of(response: Any) -> list[str]:
    return re.findall(r'<tr><td><a class="name"[^>]*>([^<]+)</a>', response.content.decode())


def test_it_opens_with_what_was_invested_what_grew_and_who_is_behind() -> None:
    small_district()
    text = text_of(page())
    assert (
        "January to August: 2 bn yuan of manufacturing investment, 100.0 % more than a year earlier" in text
    )
    assert "renovation is 50.0 % of industrial investment, 10.0 points more" in text
    assert "1 project is more than 30 points behind its plan" in text


def test_chinese_says_large_sums_in_hundred_millions() -> None:
    small_district()
    assert "20 亿元" in text_of(page(language="zh-hans"))


def test_rows_stand_worst_first_and_what_has_no_plan_last() -> None:
    small_district()
    assert rows_of(page()) == ["轮胎技改", "晶圆厂", "研发楼"]


def test_a_figure_opens_into_rows_that_add_up_to_it() -> None:
    small_district()
    for group in GROUPS:
        found = investment_page(Project.objects.all(), Asked(TO_AUGUST, group, None))
        amount = getattr(found.totals, group)
        assert (found.sum.now, found.sum.before) == (amount.now, amount.before), group
        assert sum(line.now for line in found.lines) == amount.now
    assert rows_of(page("?group=renovation")) == ["轮胎技改"]
    assert rows_of(page("?from=2022-03&to=2022-03&group=manufacturing"))[:1] == ["轮胎技改"]


def test_the_months_say_the_same_as_the_totals_in_sql() -> None:
    small_district()
    invest(make_project(industry="D44", kind="renovation"), m2022_02=7, m2021_02=3)
    projects = Project.objects.all()
    assert totals_of(investment_by_month(projects, TO_AUGUST), TO_AUGUST) == investment_totals(
        projects, TO_AUGUST
    )


def test_a_group_is_the_same_in_python_and_in_sql() -> None:
    for industry in ("", "B06", "C3985", "D44", "L72"):
        for kind in Project.Kind.values:
            project = make_project(industry=industry, kind=kind)
            in_sql = {
                name for name, of in GROUPS.items() if Project.objects.filter(of(""), pk=project.pk).exists()
            }
            assert in_sql == set(groups_of(industry[:1], kind)), (industry, kind)


def test_the_plan_says_the_same_as_its_totals_in_sql() -> None:
    small_district()
    found = investment_page(Project.objects.all(), ALL)
    assert found.plan == plan_totals(Project.objects.all(), TO_AUGUST)


def test_a_light_narrows_the_rows_and_not_the_figures() -> None:
    small_district()
    response = page("?investment_light=red")
    assert rows_of(response) == ["轮胎技改"]
    assert "2.1 bn yuan" in text_of(response)
    assert rows_of(page("?investment_light=grey")) == ["研发楼"]


def test_it_is_narrowed_like_the_list_of_projects() -> None:
    town = make_unit("义蓬街道")
    invest(make_project(name="在义蓬", town=town, industry="C13"), m2022_01=5)
    invest(make_project(name="在别处", industry="C13"), m2022_01=5)
    response = page(f"?town={town.pk}")
    assert rows_of(response) == ["在义蓬"]
    assert "5 × 10,000 yuan of manufacturing investment" in text_of(response)


def test_a_town_sees_its_own_projects_only() -> None:
    town = make_unit("义蓬街道")
    invest(make_project(name="在义蓬", town=town, industry="C13"), m2022_01=5)
    invest(make_project(name="在别处", industry="C13"), m2022_01=500)
    response = page(user=make_user(unit=town))
    assert rows_of(response) == ["在义蓬"]
    assert "505" not in text_of(response)


def test_what_is_made_since_january_is_told_apart_from_a_shorter_period() -> None:
    invest(make_project(industry="C13"), 120, m2022_01=50, m2022_08=20)
    text = text_of(page("?from=2022-08&to=2022-08"))
    assert "Since January" in text
    assert "8.3 points behind" in text


def test_filings_and_starts_are_counted_over_whole_months_and_open_the_projects() -> None:
    template = make_template("a", "b")
    TemplateNode.objects.filter(template=template, code="a").update(milestone="filed")
    TemplateNode.objects.filter(template=template, code="b").update(milestone="started")
    for kind, on in (
        ("renovation", date(2022, 8, 31)),
        ("new_build", date(2022, 9, 1)),
        ("renovation", date(2021, 5, 5)),
    ):
        _reach(template, make_project(kind=kind), "a", on)
    _reach(template, make_project(), "b", date(2022, 2, 1))
    found = investment_page(Project.objects.all(), ALL)
    assert (found.filed.now, found.filed.before, found.filed_renovation.change) == (1, 1, 0)
    assert (found.started.now, found.started.before, found.started.change) == (1, None, None)
    address = re.findall(r'href="([^"]*reached=filed[^"]*)"', page().content.decode())[0].replace(
        "&amp;", "&"
    )
    with time_machine.travel(NOW, tick=False):
        assert "1 project" in text_of(client_of(make_user()).get(address))


def test_filings_and_starts_follow_the_group_and_open_the_projects_of_it() -> None:
    template = make_template("a", "b")
    TemplateNode.objects.filter(template=template, code="a").update(milestone="filed")
    TemplateNode.objects.filter(template=template, code="b").update(milestone="started")
    for code in ("a", "b"):
        for kind, industry in (
            ("new_build", "C39"),
            ("renovation", "C29"),
            ("renovation", "I65"),
            ("new_build", "D44"),
        ):
            _reach(template, make_project(kind=kind, industry=industry), code, date(2022, 3, 1))
    counted = {
        group: investment_page(Project.objects.all(), Asked(TO_AUGUST, group, None), narrowed=False)
        for group in GROUPS
    }
    filed = {group: (found.filed.now, found.filed_renovation.now) for group, found in counted.items()}
    assert filed == {"all": (4, 2), "manufacturing": (2, 1), "industrial": (3, 1), "renovation": (1, 1)}
    assert {group: found.started.now for group, found in counted.items()} == {
        group: of_all for group, (of_all, _of_renovation) in filed.items()
    }
    reader = client_of(make_user())
    for group, (of_all, of_renovation) in filed.items():
        shown = page(f"?group={group}")
        for milestone in ("filed", "started"):
            said = re.findall(rf'href="([^"]*reached={milestone}[^"]*)"', shown.content.decode())
            addresses = dict.fromkeys(address.replace("&amp;", "&") for address in said)
            rows = [_projects_listed(reader, address) for address in addresses if "2021" not in address]
            several = milestone == "filed" and group != "renovation"
            assert rows == ([of_all, of_renovation] if several else [of_all]), (group, milestone)
    with time_machine.travel(NOW, tick=False):
        totals = api(make_user()).get("/api/v1/investments/totals/?group=manufacturing").json()
    assert (totals["filed"]["now"], totals["filed_renovation"]["now"], totals["started"]["now"]) == (2, 1, 2)


def _projects_listed(reader: Client, address: str) -> int:
    with time_machine.travel(NOW, tick=False):
        found = reader.get(address)
    rows: int = found.context["page"].rows
    return rows


def _reach(template: ChainTemplate, project: Project, code: str, on: date) -> None:
    node = make_nodes(template, project=project)[code]
    node.status, node.started_on, node.finished_on = Status.DONE, on, on
    node.save()


def test_a_period_in_the_future_says_so() -> None:
    small_district()
    response = page("?from=2023-01&to=2023-03")
    assert "January to March 2023 lies in the future" in text_of(response)
    assert rows_of(response) == []


def test_a_period_that_runs_is_marked() -> None:
    assert "the period is not over yet" in text_of(page("?from=2022-01&to=2022-09"))
    assert "the period is not over yet" not in text_of(page())


def test_without_any_amount_it_says_where_they_come_from() -> None:
    text = text_of(page())
    assert "No investment is recorded for January to August" in text
    assert "a ledger brings them in" in text


@pytest.mark.parametrize(
    "query", ["?from=2022-13", "?from=2022-08&to=2022-01", "?group=steel", "?investment_light=blue"]
)
def test_what_cannot_be_read_is_refused(query: str) -> None:
    assert page(query).status_code == 400


def test_the_number_of_queries_does_not_depend_on_how_many_projects_there_are() -> None:
    reader = client_of(make_user())
    reader.get("/investment/")  # what is read once
    counts = []
    for many in (1, 12):
        for _ in range(many):
            invest(make_project(industry="C13", town=make_unit()), 100, m2022_01=5, m2021_01=4)
        with time_machine.travel(NOW, tick=False), CaptureQueriesContext(connection) as seen:
            reader.get("/investment/")
        counts.append(len(seen))
    assert counts[1] <= counts[0] <= 14


def test_the_sheet_has_every_row_that_the_page_shows() -> None:
    small_district()
    with time_machine.travel(NOW, tick=False):
        answer: Any = client_of(make_user()).get("/investment/export/?group=manufacturing")
    sheet = load_workbook(BytesIO(b"".join(answer.streaming_content))).active
    assert sheet is not None
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=4)]
    assert [row[1] for row in rows] == ["轮胎技改", "晶圆厂"]
    assert [row[5] for row in rows] == [100_000, 100_000]
    assert rows[0][0] == "more than 30 points behind"


def test_the_picture_has_a_column_for_each_month_that_opens_it() -> None:
    small_district()
    by_month = investment_by_month(Project.objects.all(), TO_AUGUST)
    chart = investment_chart(by_month, TO_AUGUST, "all", lambda month: f"/{month:%Y-%m}/")
    assert chart is not None
    assert [column.url for column in chart.columns][::7] == ["/2022-01/", "/2022-08/"]
    august = chart.columns[-1]
    assert (int(august.now), int(august.before)) == (100_000, 40_000)
    earlier, now = august.bars
    assert now.height == chart.base - now.y > earlier.height
    assert max(tick.amount for tick in chart.ticks) >= 100_000
    assert investment_chart({}, TO_AUGUST, "all", str) is None


def test_the_places_of_figures_link_to_each_other_and_are_one_place_of_the_navigation() -> None:
    for address in ("/investment/", "/indicators/", "/programmes/"):
        html = client_of(make_user()).get(address).content.decode()
        assert {f'href="{one}"' in html for one in ("/investment/", "/indicators/", "/programmes/")} == {True}
        assert re.search(r'<a href="/investment/" aria-current="page">\s*Figures', html), address


def test_a_department_that_leads_nothing_sees_a_page_that_makes_sense() -> None:
    lonely = make_user(unit=make_unit(kind=Unit.Kind.DEPARTMENT))
    invest(make_project(industry="C13"), m2022_01=5)
    assert "No investment is recorded" in text_of(page(user=lonely))
