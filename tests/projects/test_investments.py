"""Investment by month: recorded once, totalled beside a year earlier, judged against the plan."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied

from accounts.models import User
from domain.errors import InputError, RuleError
from domain.investment import investment_light, planned_to_date, points_behind
from domain.lights import Light
from domain.periods import Months
from history.models import Change
from projects.investment_actions import MonthAmount, Written, YearPlan, plan_investments, record_investments
from projects.investments import Amount, investment_totals, plan_totals, with_investment_plan
from projects.models import Investment, Project
from tests.make import make_project, make_user

pytestmark = pytest.mark.django_db

TODAY = date(2022, 9, 15)
TO_AUGUST = Months(date(2022, 1, 1), date(2022, 8, 1))


def record(project: Project, month: str, amount: str | int, **how: object) -> Written:
    entry = MonthAmount(project.pk, date.fromisoformat(f"{month}-01"), Decimal(amount))
    return record_investments([entry], actor=make_user(), today=TODAY, **how)  # type: ignore[arg-type]


def pair(amount: Amount) -> tuple[int, int]:
    return int(amount.now), int(amount.before)


def test_an_amount_is_recorded_changed_and_left_alone_with_its_history() -> None:
    project = make_project()
    assert record(project, "2022-08", 100) == Written(1, 0, 0)
    assert record(project, "2022-08", 100) == Written(0, 0, 1)
    assert record(project, "2022-08", "120.5") == Written(0, 1, 0)

    assert Investment.objects.get().amount == Decimal("120.5")
    changes = Change.objects.filter(project=project, verb=Change.Verb.INVESTMENT_RECORDED).order_by("pk")
    assert [(c.before, c.after) for c in changes] == [
        ({}, {"2022-08": "100"}),
        ({"2022-08": "100.00"}, {"2022-08": "120.5"}),
    ]


def test_what_cannot_be_is_refused_and_nothing_is_written() -> None:
    project = make_project()
    with pytest.raises(InputError, match="below nought"):
        record(project, "2022-08", -1)
    with pytest.raises(InputError, match="meant in yuan"):
        record(project, "2022-08", 56_000_000)
    with pytest.raises(RuleError):
        record(project, "2022-10", 1)
    with pytest.raises(RuleError):
        record(project, "1999-12", 1)
    with pytest.raises(InputError):
        plan_investments([YearPlan(project.pk, 2201, Decimal(1))], actor=make_user())
    leader = make_user(User.Role.LEADER)
    with pytest.raises(PermissionDenied):
        record_investments([MonthAmount(project.pk, date(2022, 8, 1), Decimal(1))], actor=leader, today=TODAY)
    assert not Investment.objects.exists()
    assert record(project, "2022-08", 56_000_000, confirmed=True) == Written(1, 0, 0)


def test_totals_stand_beside_the_same_months_a_year_earlier_by_kind_and_industry() -> None:
    factory = make_project(industry="C3985")
    renovation = make_project(industry="C36", kind="renovation")
    power = make_project(industry="D44", kind="renovation")
    office = make_project(industry="L72", kind="renovation")
    for project, now, before in ((factory, 100, 80), (renovation, 60, 30), (power, 40, 10), (office, 7, 5)):
        record(project, "2022-01", now)
        record(project, "2021-08", before)
        record(project, "2022-09", 1_000)
        record(project, "2021-09", 1_000)

    totals = investment_totals(Project.objects.all(), TO_AUGUST)

    assert pair(totals.all) == (207, 125)
    assert pair(totals.manufacturing) == (160, 110)
    assert pair(totals.industrial) == (200, 120)
    assert pair(totals.renovation) == (100, 40)
    assert totals.renovation.growth == 150
    assert totals.renovation_share == 50
    assert totals.renovation_share_change is not None
    assert round(totals.renovation_share_change, 1) == Decimal("16.7")
    assert investment_totals(Project.objects.filter(pk=power.pk), TO_AUGUST).industrial.now == 40
    assert investment_totals(Project.objects.none(), TO_AUGUST).manufacturing.growth is None


@pytest.mark.parametrize(
    ("made", "light"),
    [(567, Light.GREEN), (566, Light.YELLOW), (367, Light.YELLOW), (366, Light.RED), (700, Light.GREEN)],
)
def test_the_light_against_the_plan_is_the_same_in_the_database_and_in_python(
    made: int, light: Light
) -> None:
    project = make_project()
    plan_investments([YearPlan(project.pk, 2022, Decimal(1000))], actor=make_user())
    record(project, "2022-02", made)
    record(project, "2021-12", 500)

    row = with_investment_plan(Project.objects.all(), TO_AUGUST).get()

    to_date = planned_to_date(Decimal(1000), 2022, date(2022, 8, 1))
    assert row.investment_light == light
    assert investment_light(points_behind(Decimal(made), Decimal(1000), to_date)) == light
    totals = plan_totals(Project.objects.all(), TO_AUGUST)
    assert [int(totals.planned), int(totals.made), totals.lights[light]] == [1000, made, 1]
    assert totals.light == light


def test_a_project_without_a_plan_has_no_light() -> None:
    record(make_project(), "2022-02", 10)
    assert not with_investment_plan(Project.objects.all(), TO_AUGUST).exists()
    assert plan_totals(Project.objects.all(), TO_AUGUST).behind is None
