"""Counts and times of a period against a year earlier: a small district reckoned by hand."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.http import HttpRequest, QueryDict
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from accounts.models import Unit, User
from domain.issue_figures import Period, median, percentile
from domain.issues import IssueStatus
from domain.lifecycle import Status
from domain.lights import LightRule
from domain.workdays import WorkCalendar
from issues.actions import reopen_issue
from issues.figure_cells import MEASURES, category_rows, unit_rows, whole_cells
from issues.figures import Figures, IssueFigures, issue_figures, why_overdue
from issues.issue_list import issue_list
from issues.models import Category, Issue
from milestones.models import Node
from tests.make import make_category, make_issue, make_node, make_project, make_topic, make_unit, make_user
from tests.pages import client_of, tags_of, text_of

YEAR = Period(date(2026, 1, 1), date(2026, 6, 30))


def closed(unit: Unit, raised: date, on: date, due: date, **fields: Any) -> Issue:
    issue = make_issue(today=raised, lead_unit=unit, due_on=due, **fields)
    asker, verifier = _people()
    Issue.objects.filter(pk=issue.pk).update(
        status=IssueStatus.CLOSED, closed_on=on, verified_by=verifier, close_asked_by=asker
    )
    issue.refresh_from_db()
    return issue


def _people() -> tuple[User, User]:
    return make_user(), make_user()


def figures_for(user: User | None = None, period: Period = YEAR) -> IssueFigures:
    return issue_figures(Issue.objects.visible_to(user or make_user()), period)


@pytest.fixture
def district(db: None) -> dict[str, Unit]:
    """Power closes three in the first half of 2026 and one a year earlier; water has one open, nobody has another."""
    power = make_unit("供电公司", kind=Unit.Kind.DEPARTMENT)
    water = make_unit("水务公司", kind=Unit.Kind.DEPARTMENT)
    utilities = make_category("utilities")
    closed(power, date(2026, 1, 1), date(2026, 1, 11), date(2026, 1, 11))  # 10 days, on time: on the due day
    closed(power, date(2026, 2, 1), date(2026, 2, 21), date(2026, 2, 20))  # 20 days, one too late
    closed(power, date(2025, 12, 1), date(2026, 6, 30), date(2026, 7, 1))  # 211 days, on the last day
    closed(power, date(2025, 3, 1), date(2025, 3, 31), date(2025, 3, 1))  # 30 days, late, a year earlier
    closed(
        water, date(2026, 6, 1), date(2026, 7, 1), date(2026, 7, 1), category=utilities
    )  # after the period
    make_issue(today=date(2025, 6, 30), lead_unit=water, category=utilities)  # open at the end of both
    make_issue(today=date(2026, 6, 30))  # nobody has it; raised on the last day
    make_issue(today=date(2026, 7, 1))  # raised after it
    return {"power": power, "water": water}


def test_the_whole_is_what_was_reckoned_by_hand(district: dict[str, Unit]) -> None:
    whole = figures_for().whole
    assert whole.now == Figures(raised=4, closed=3, open=3, on_time=2, median_days=20, slow_days=211)
    assert whole.now.on_time_percent == 67
    assert whole.before == Figures(raised=2, closed=1, open=1, on_time=0, median_days=30, slow_days=30)
    assert whole.before.on_time_percent == 0


def test_each_unit_and_category_has_its_own(district: dict[str, Unit]) -> None:
    found = figures_for()
    by_unit = {row.key: row.figures for row in found.units}
    power, water = (by_unit[str(district[name].pk)] for name in ("power", "water"))
    assert power.now == Figures(raised=2, closed=3, open=0, on_time=2, median_days=20, slow_days=211)
    assert water.now == Figures(raised=1, open=2)
    assert by_unit[""].now == Figures(raised=1, open=1)
    assert [row.label for row in found.units] == ["供电公司", "水务公司", ""]
    by_category = {row.key: row.figures.now for row in found.categories}
    assert by_category["utilities"] == Figures(raised=1, open=2)
    assert by_category["power"].closed == 3


def test_what_was_reopened_counts_as_open_since_it_was_raised(district: dict[str, Unit]) -> None:
    issue = Issue.objects.get(raised_on=date(2026, 1, 1))
    reopen_issue(issue, actor=make_user(), reason="又跳闸", due_on=date(2026, 9, 1), today=date(2026, 8, 1))
    now = figures_for().whole.now
    assert (now.closed, now.open, now.raised) == (2, 4, 4)
    assert now.median_days == 20


@pytest.mark.django_db
def test_a_leap_day_is_compared_with_the_28th_of_the_year_before() -> None:
    power = make_unit(kind=Unit.Kind.DEPARTMENT)
    closed(power, date(2028, 2, 1), date(2028, 2, 29), date(2028, 3, 1))
    closed(power, date(2027, 2, 1), date(2027, 2, 28), date(2027, 3, 1))
    closed(power, date(2027, 2, 1), date(2027, 3, 1), date(2027, 3, 1))
    found = figures_for(period=Period(date(2028, 2, 29), date(2028, 2, 29)))
    assert found.before == Period(date(2027, 2, 28), date(2027, 2, 28))
    assert (found.whole.now.closed, found.whole.before.closed) == (1, 1)
    assert (found.whole.now.median_days, found.whole.before.median_days) == (28, 27)


@pytest.mark.django_db
def test_where_there_is_nothing_every_figure_says_so() -> None:
    found = figures_for()
    assert found.whole.now == Figures()
    assert found.whole.now.on_time_percent is None
    assert (found.units, found.categories, found.topics.top) == ((), (), ())


@pytest.mark.django_db
def test_only_what_the_reader_sees_is_counted() -> None:
    town = make_unit()
    issue, _foreign = make_issue(make_project(town=town), today=YEAR.first), make_issue(today=YEAR.first)
    make_topic(issue, _foreign)
    found = figures_for(make_user(unit=town))
    assert found.whole.now.raised == 1
    assert [(one.projects, one.issues) for one in found.topics.top] == [(1, 1)]


@pytest.mark.django_db
def test_topics_with_most_projects_come_first_and_projects_count_once() -> None:
    projects = [make_project() for _ in range(3)]
    power = make_topic(*(make_issue(project, today=YEAR.first) for project in projects), name="电力接口")
    twice = [make_issue(projects[0], today=YEAR.first) for _ in range(2)]
    road = make_topic(*twice, name="道路")
    make_topic(make_issue(today=YEAR.first, status=IssueStatus.CLOSED), name="已解决")
    topics = figures_for().topics
    assert (topics.projects, topics.topics) == (3, 2)
    assert [(one.pk, one.projects, one.issues) for one in topics.top] == [(power.pk, 3, 3), (road.pk, 1, 2)]


def _listed(url: str, user: User) -> int:
    """How many issues the list behind this address has."""
    request = HttpRequest()
    request.user = user
    rule = LightRule.on(date(2026, 12, 1), WorkCalendar())
    return issue_list(
        QueryDict(url.partition("?")[2]), Issue.objects.visible_to(user), rule, request
    ).issues.count()


def _listed_values(figures: Figures) -> list[int]:
    """How many issues stand behind each measure: those of a time are the closed ones."""
    return [
        figures.raised, figures.closed, figures.open, figures.closed, figures.closed, figures.on_time,
    ]  # fmt: skip


def test_every_number_opens_into_exactly_its_issues(district: dict[str, Unit]) -> None:
    user = make_user()
    found = figures_for(user)
    rows = [
        (found.whole, [cell for _measure, cell in whole_cells(found.whole, YEAR)]),
        *zip(
            [row.figures for row in (*found.units, *found.categories)],
            [row.cells for row in (*unit_rows(found.units, YEAR), *category_rows(found.categories, YEAR))],
            strict=True,
        ),
    ]
    for compared, cells in rows:
        assert len(cells) == len(MEASURES)
        assert [_listed(cell.url, user) for cell in cells] == _listed_values(compared.now)
        assert [_listed(cell.before_url, user) for cell in cells] == _listed_values(compared.before)


def test_a_change_is_said_in_words_too(district: dict[str, Unit]) -> None:
    found = figures_for()
    cells = [cell for _measure, cell in whole_cells(found.whole, YEAR)]
    assert [cell.text for cell in cells] == ["4", "3", "3", "20", "211", "67%"]
    assert [cell.change for cell in cells] == ["+2", "+2", "+2", "-10", "+181", "+67"]
    assert cells[0].said == "2 more than a year earlier"
    assert cells[3].said == "10 days shorter than a year earlier"
    assert cells[5].said == "67 percentage points more than a year earlier"
    nobody = unit_rows(found.units, YEAR)[-1]
    assert nobody.label == "not assigned yet"
    assert (nobody.cells[3].text, nobody.cells[3].change) == ("–", "")


@pytest.mark.django_db
def test_of_the_overdue_causes_it_says_how_many_are_blocked_and_by_what() -> None:
    power = make_unit("供电公司", kind=Unit.Kind.DEPARTMENT)
    today = date(2026, 6, 30)
    late, free = (
        make_node(status=Status.RUNNING, due_on=date(2026, 6, 1), started_on=date(2026, 5, 1))
        for _ in range(2)
    )
    in_time = make_node(status=Status.RUNNING, due_on=date(2026, 7, 30), started_on=date(2026, 5, 1))
    for node in (late, in_time):
        make_issue(node.project, nodes=[node], lead_unit=power, today=date(2026, 5, 1))
    rule = LightRule.on(today, WorkCalendar())
    because = why_overdue(Node.objects.visible_to(make_user()), rule)
    assert (because.nodes, because.blocked) == (2, 1)
    assert [(share.key, share.nodes) for share in because.categories] == [("power", 1)]
    assert [(share.key, share.nodes) for share in because.units] == [(str(power.pk), 1)]
    mine = why_overdue(Node.objects.visible_to(make_user(unit=free.project.town)), rule)
    assert (mine.nodes, mine.blocked) == (1, 0)


@pytest.mark.django_db
def test_the_number_of_questions_does_not_depend_on_the_rows(
    django_assert_num_queries: Any,
) -> None:
    user = make_user()

    def some(number: int) -> None:
        for _ in range(number):
            power = make_unit(kind=Unit.Kind.DEPARTMENT)
            make_topic(make_issue(today=YEAR.first, lead_unit=power), name="x")
            closed(power, YEAR.first, YEAR.last, YEAR.last)

    for number in (1, 4):
        some(number)
        with django_assert_num_queries(13):
            figures_for(user)


class TestAgainstPython(TestCase):
    """The database and plain Python reckon the same, whatever the dates."""

    @settings(max_examples=25, deadline=None)
    @given(
        st.lists(
            st.tuples(st.integers(0, 900), st.integers(0, 400), st.integers(0, 60), st.booleans()),
            max_size=12,
        ),
        st.dates(date(2025, 1, 1), date(2027, 6, 1)),
        st.integers(0, 500),
    )
    def test_the_figures_are_those_of_the_rows(
        self, rows: list[tuple[int, int, int, bool]], first: date, length: int
    ) -> None:
        unit = make_unit(kind=Unit.Kind.DEPARTMENT)
        project, bureau, people = make_project(), make_user(), _people()
        category = Category.objects.get(code="power")
        for serial, (raised, took, allowed, is_closed) in enumerate(rows, start=1):
            day = date(2024, 6, 1) + timedelta(days=raised)
            Issue.objects.create(
                year=2024, serial=serial, number=str(serial), project=project, title="x", category=category,
                source=Issue.Source.TOWN, raised_on=day, raised_by=bureau, lead_unit=unit,
                due_on=day + timedelta(days=allowed),
                status=IssueStatus.CLOSED if is_closed else IssueStatus.WORKING,
                closed_on=day + timedelta(days=took) if is_closed else None,
                verified_by=people[0] if is_closed else None,
                close_asked_by=people[1] if is_closed else None,
            )  # fmt: skip
        period = Period(first, first + timedelta(days=length))
        found = issue_figures(Issue.objects.all(), period)
        for one, shown in ((period, found.whole.now), (period.year_earlier(), found.whole.before)):
            assert shown == _in_python(list(Issue.objects.all()), one)
        for row in (*found.units, *found.categories):
            assert row.figures == found.whole


def _in_python(issues: list[Issue], period: Period) -> Figures:
    done = [one for one in issues if one.closed_on and period.first <= one.closed_on <= period.last]
    days: dict[int, int] = {}
    for one in done:
        assert one.closed_on is not None
        took = (one.closed_on - one.raised_on).days
        days[took] = days.get(took, 0) + 1
    return Figures(
        raised=sum(period.first <= one.raised_on <= period.last for one in issues),
        closed=len(done),
        open=sum(
            one.raised_on <= period.last and (one.closed_on is None or one.closed_on > period.last)
            for one in issues
        ),
        on_time=sum(one.closed_on <= one.due_on for one in done if one.closed_on and one.due_on),
        median_days=median(days),
        slow_days=percentile(days, 90),
    )


def test_the_page_says_it_in_a_sentence_and_opens_every_figure(district: dict[str, Unit]) -> None:
    make_topic(*Issue.objects.filter(closed_on__isnull=True), name="电力接口")
    page = client_of(make_user()).get("/issues/figures/?from=2026-01-01&to=2026-06-30")
    assert page.status_code == 200
    text = text_of(page)
    assert "3 issues were closed, 4 raised; 2 projects wait for “电力接口”" in text
    assert "compared with 1 Jan 2025 to 30 Jun 2025" in text
    assert "2 more than a year earlier" in text
    links = {attrs["href"] for tag, attrs in tags_of(page) if tag == "a"}
    power = district["power"].pk
    assert f"/issues/?closed_after=2026-01-01&closed_before=2026-06-30&on_time=true&unit={power}" in links
    assert all(
        client_of(make_user()).get(link).status_code == 200
        for link in links
        if link and link.startswith("/issues/?")
    )


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("from=2026-05-02&to=2026-05-01", "before it begins on 2026-05-02"),
        ("from=gestern", "from: Enter a valid date."),
        ("to=2026-02-30", "to: Enter a valid date."),
        ("from=0206-01-01", "before the year 2000"),
        ("from=%00", "valid"),
    ],
)
def test_a_period_that_is_none_is_refused_in_a_sentence(query: str, said: str) -> None:
    page = client_of(make_user()).get(f"/issues/figures/?{query}")
    assert page.status_code == 400
    assert said in text_of(page)


@pytest.mark.django_db
def test_without_a_period_it_is_the_year_to_date() -> None:
    today = date.today()  # noqa: DTZ011 - as the page reads it
    page = client_of(make_user()).get("/issues/figures/")
    values = {attrs["name"]: attrs["value"] for tag, attrs in tags_of(page) if attrs.get("type") == "date"}
    assert values == {"from": f"{today.year}-01-01", "to": today.isoformat()}


@pytest.mark.django_db
def test_why_nodes_are_overdue_comes_after_the_page_and_is_a_page_of_its_own() -> None:
    node = make_node(status=Status.RUNNING, due_on=date(2020, 1, 1), started_on=date(2019, 12, 1))
    power = make_unit("供电公司", kind=Unit.Kind.DEPARTMENT)
    make_issue(node.project, nodes=[node], lead_unit=power)
    client = client_of(make_user())
    part = client.get("/issues/figures/why/", headers={"HX-Request": "true"})
    whole = client.get("/issues/figures/why/")
    assert "<html" not in part.content.decode()
    assert "<html" in whole.content.decode()
    for page in (part, whole):
        assert "1 of 1 is blocked by an issue" in text_of(page)
        links = {attrs["href"] for tag, attrs in tags_of(page) if tag == "a"}
        assert {
            "/overdue/?blocked=true",
            "/overdue/?blocked=true&issue_category=power",
            f"/overdue/?blocked=true&issue_unit={power.pk}",
        } <= links
