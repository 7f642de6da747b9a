"""Investment and indicators over REST: the figures of the pages, the refusals of the actions."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
import time_machine

from accounts.models import User
from projects.models import Investment, InvestmentPlan
from screen.models import IndicatorValue
from tests.make import make_project, make_unit, make_user
from tests.rest import api

pytestmark = pytest.mark.django_db

NOW = "2022-09-15 09:00+08:00"


@pytest.fixture(autouse=True)
def _in_september(time_machine: "time_machine.TimeMachineFixture") -> None:
    time_machine.move_to(NOW, tick=False)


def post(address: str, rows: list[dict[str, Any]], user: User | None = None, key: object = "") -> Any:
    headers = {"Idempotency-Key": str(key)} if key else {}
    return api(user or make_user()).post(f"/api/v1/{address}", rows, "application/json", headers=headers)


def get(address: str, user: User | None = None) -> Any:
    return api(user or make_user()).get(f"/api/v1/{address}").json()


def test_amounts_are_sent_as_a_list_and_read_back_narrowed() -> None:
    one, other = make_project(), make_project()
    rows = [{"project": each.pk, "month": "2022-08", "amount": "12.50"} for each in (one, other)]
    rows.append({"project": one.pk, "month": "2022-01", "amount": "3"})
    assert post("investments/", rows).json() == {"created": 3, "updated": 0, "unchanged": 0}
    assert post("investments/", rows).json()["unchanged"] == 3
    assert get("investments/")["count"] == 3
    found = get(f"investments/?project={one.pk}&from=2022-08&to=2022-08")["results"]
    assert found == [{"project": one.pk, "month": "2022-08", "amount": "12.50"}]
    assert get(f"investments/?town={other.town_id}")["count"] == 1


def test_a_request_that_comes_twice_is_carried_out_once() -> None:
    project, key, sender = make_project(), uuid4(), make_user()
    rows = [{"project": project.pk, "month": "2022-08", "amount": "12.50"}]
    assert post("investments/", rows, sender, key).json()["created"] == 1
    Investment.objects.all().delete()
    assert post("investments/", rows, sender, key).json() == {"created": 0, "updated": 0, "unchanged": 1}
    assert not Investment.objects.exists()


def test_amounts_are_refused_as_on_the_page() -> None:
    town = make_unit()
    mine, other = make_project(town=town), make_project()
    manager = make_user(unit=town)

    def status(row: dict[str, Any], user: User | None = None) -> int:
        code: int = post("investments/", [row], user).status_code
        return code

    row = {"project": mine.pk, "month": "2022-08", "amount": "1"}
    assert status({**row, "project": other.pk}, manager) == 404
    assert status(row, make_user(User.Role.LEADER)) == 403
    assert status({**row, "month": "2022-10"}) == 409
    assert status({**row, "month": "August"}) == 400
    assert status({**row, "amount": "-1"}) == 400
    assert status({**row, "amount": "56000000"}) == 400
    assert not Investment.objects.exists()
    assert post("investments/?confirmed=true", [{**row, "amount": "56000000"}]).status_code == 200


def test_plans_are_sent_by_year() -> None:
    project = make_project()
    row = {"project": project.pk, "year": 2022, "amount": "1200"}
    assert post("investment-plans/", [row]).json()["created"] == 1
    assert InvestmentPlan.objects.get().amount == 1200
    assert get("investment-plans/?year=2022")["results"] == [{**row, "amount": "1200.00"}]
    assert get("investment-plans/?year=2021")["count"] == 0


def test_the_key_figures_are_those_of_the_page() -> None:
    factory = make_project(industry="C3985")
    renovation = make_project(industry="C36", kind="renovation")
    rows = [
        {"project": factory.pk, "month": "2022-08", "amount": "150"},
        {"project": factory.pk, "month": "2021-08", "amount": "90"},
        {"project": renovation.pk, "month": "2022-08", "amount": "50"},
        {"project": renovation.pk, "month": "2021-08", "amount": "10"},
    ]
    post("investments/", rows)
    post("investment-plans/", [{"project": factory.pk, "year": 2022, "amount": "450"}])
    found = get("investments/totals/")
    assert (found["first"], found["last"]) == ("2022-01", "2022-08")
    assert found["manufacturing"] == {"now": "200.00", "year_earlier": "100.00", "growth": 100.0}
    assert (found["renovation_share"], found["renovation_share_change"]) == (25.0, 15.0)
    assert found["filed"] == {"now": 0, "year_earlier": None, "change": None}
    assert found["plan"]["light"] == "red"
    assert found["plan"]["projects"] == {"red": 1, "yellow": 0, "green": 0}
    assert get(f"investments/totals/?town={renovation.town_id}")["all"]["now"] == "50.00"
    assert api(make_user()).get("/api/v1/investments/totals/?from=x").status_code == 400


def test_a_town_reads_its_own_investment() -> None:
    town = make_unit()
    mine, other = make_project(town=town, industry="C13"), make_project(industry="C13")
    post("investments/", [{"project": each.pk, "month": "2022-08", "amount": "7"} for each in (mine, other)])
    manager = make_user(unit=town)
    assert get("investments/", manager)["count"] == 1
    assert get("investments/totals/", manager)["all"]["now"] == "7.00"


def test_indicators_are_listed_and_their_values_sent_and_read() -> None:
    town = make_unit()
    assert "rd_spending" in {one["code"] for one in get("indicators/")}
    assert get("indicators/rd_share/")["is_share"] is True
    rows: list[dict[str, Any]] = [
        {"period": "2021", "value": "120.5"},
        {"unit": town.pk, "period": "2021", "value": "3"},
    ]
    assert post("indicators/rd_spending/values/", rows).json()["created"] == 2
    assert IndicatorValue.objects.get(unit=town).period == date(2021, 1, 1)
    found = get("indicators/rd_spending/values/?unit=none&from=2021")["results"]
    assert found == [{"unit": None, "period": "2021", "value": "120.5000"}]
    gone = post("indicators/rd_spending/values/", [{"period": "2021", "value": None}])
    assert gone.json() == {"created": 0, "updated": 0, "removed": 1, "unchanged": 0}


def test_values_of_indicators_are_refused_as_on_the_page() -> None:
    row = {"period": "2021", "value": "1"}
    assert post("indicators/rd_spending/values/", [row], make_user(unit=make_unit())).status_code == 403
    assert post("indicators/rd_spending/values/", [{**row, "period": "2023"}]).status_code == 409
    assert post("indicators/rd_spending/values/", [{**row, "period": "x"}]).status_code == 400
    assert post("indicators/rd_share/values/", [{**row, "value": "101"}]).status_code == 400
    assert post("indicators/nothing/values/", [row]).status_code == 404
    assert not IndicatorValue.objects.filter(value=Decimal(1)).exists()
