"""The months and the plan of a project's year: its card on the page, its form, and its history in words."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import time_machine

from accounts.models import User
from domain.errors import StaleError
from history.models import Change
from projects.investment_actions import MonthAmount, YearPlan, plan_investments, record_investments
from projects.investment_year_actions import record_year
from projects.investment_years import InvestmentYear, investment_years
from projects.models import Investment, Project
from tests.make import make_project, make_unit, make_user
from tests.pages import client_of, tags_of, text_of

pytestmark = pytest.mark.django_db

TODAY = date(2022, 9, 15)


@pytest.fixture(autouse=True)
def _in_september(time_machine: "time_machine.TimeMachineFixture") -> None:
    time_machine.move_to("2022-09-15 09:00+08:00", tick=False)


def invest(project: Project, plan: int | None = None, **amounts: int) -> None:
    months = [
        MonthAmount(project.pk, date(int(name[1:5]), int(name[6:]), 1), Decimal(amount))
        for name, amount in amounts.items()
    ]
    record_investments(months, actor=User.objects.system(), today=TODAY)
    if plan is not None:
        plan_investments([YearPlan(project.pk, 2022, Decimal(plan))], actor=User.objects.system())


def form_of(project: Project, user: User | None = None, **sent: str) -> Any:
    """What the form answers; the tag of what stands there now unless another is sent."""
    sent.setdefault("etag", investment_years(project, 2022)[2022].etag)
    fields = {name.replace("month_", "month-"): value for name, value in sent.items()}
    return client_of(user or make_user()).post(f"/projects/{project.pk}/investment/?year=2022", fields)


def test_the_card_says_what_was_made_against_the_plan_and_a_year_earlier() -> None:
    project = make_project()
    invest(project, 1_200, m2022_03=300, m2022_08=100, m2022_09=77, m2021_02=250, m2021_12=9_000)
    text = text_of(client_of(make_user()).get(f"/projects/{project.pk}/"))
    assert "Investment January to August" in text
    assert "Invested 400 250 a year earlier" in text
    assert "Plan of 2022 1,200 800 of it by now" in text
    assert "33.3 points behind" in text


def test_without_anything_recorded_only_who_may_enter_it_sees_the_card() -> None:
    project = make_project()
    assert "Enter investment" in text_of(client_of(make_user()).get(f"/projects/{project.pk}/"))
    leader = text_of(client_of(make_user(User.Role.LEADER)).get(f"/projects/{project.pk}/"))
    assert "nothing recorded yet" not in leader


def test_an_entry_of_a_programme_has_no_card() -> None:
    project = make_project(kind="high_tech")
    assert "Enter investment" not in text_of(client_of(make_user()).get(f"/projects/{project.pk}/"))


def test_months_and_plan_are_entered_in_one_form() -> None:
    project = make_project()
    answer = form_of(project, plan="1200", month_1="10.5", month_9="0", month_3="")
    assert (answer.status_code, answer["Location"]) == (302, f"/projects/{project.pk}/#investment")
    year = investment_years(project, 2022)[2022]
    assert year == InvestmentYear(2022, Decimal(1200), {1: Decimal("10.5"), 9: Decimal(0)})


def test_months_that_have_not_begun_are_not_asked_for() -> None:
    project = make_project()
    names = {
        tag.get("name")
        for _name, tag in tags_of(client_of(make_user()).get(f"/projects/{project.pk}/investment/"))
    }
    assert {"month-1", "month-9"} <= names
    assert "month-10" not in names
    coming = client_of(make_user()).get(f"/projects/{project.pk}/investment/?year=2023")
    assert "The year has not begun" in text_of(coming)


def test_what_is_recorded_cannot_be_emptied() -> None:
    project = make_project()
    invest(project, m2022_01=5)
    answer = form_of(project, month_1="")
    assert answer.status_code == 400
    assert "cannot be emptied" in text_of(answer)
    assert Investment.objects.get().amount == 5


def test_an_amount_in_yuan_is_asked_about_once() -> None:
    project = make_project()
    answer = form_of(project, month_1="56000000")
    assert answer.status_code == 400
    assert "was it meant in yuan?" in text_of(answer)
    assert form_of(project, month_1="56000000", confirmed="on").status_code == 302
    assert Investment.objects.get().amount == 56_000_000


def test_a_form_from_before_a_change_is_refused_once_and_says_what_stands_there() -> None:
    project = make_project()
    before = investment_years(project, 2022)[2022].etag
    invest(project, m2022_01=99)
    answer = form_of(project, etag=before, month_1="5")
    assert answer.status_code == 412
    assert "Now it says “99”." in text_of(answer)
    assert Investment.objects.get().amount == 99
    etag = next(str(tag["value"]) for _name, tag in tags_of(answer) if tag.get("name") == "etag")
    assert form_of(project, etag=etag, month_1="5").status_code == 302


def test_two_who_save_at_once_do_not_overwrite_each_other() -> None:
    project = make_project()
    before = investment_years(project, 2022)[2022].etag
    invest(project, m2022_01=99)
    with pytest.raises(StaleError):
        record_year(
            project, 2022, months={1: Decimal(5)}, plan=None, actor=make_user(), today=TODAY, etag=before
        )
    assert Investment.objects.get().amount == 99


def test_who_may_not_change_the_project_may_not_enter_its_investment() -> None:
    project = make_project()
    assert form_of(project, make_user(User.Role.LEADER), month_1="5").status_code == 403
    assert form_of(project, make_user(unit=make_unit()), month_1="5").status_code == 404
    assert client_of(make_user()).get(f"/projects/{project.pk}/investment/?year=abc").status_code == 400


def test_the_history_tells_the_amounts_before_and_after() -> None:
    project = make_project()
    invest(project, 1_200, m2022_01=5)
    invest(project, m2022_01=7, m2022_02=8)
    text = text_of(client_of(make_user()).get(f"/projects/{project.pk}/"))
    assert "recorded investment: 2022-01: 5 → 7 × 10,000 yuan, 2022-02: 8 × 10,000 yuan" in text
    assert "planned the investment of a year: 2022: 1,200 × 10,000 yuan" in text
    assert Change.objects.filter(project=project).count() == 3
