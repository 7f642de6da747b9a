"""Indicators of the district: entered by the bureau, beside a year earlier, with definition and source on the page."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Unit, User
from domain.errors import InputError, RuleError, StaleError
from history.models import Change
from screen.indicators.actions import ValuesWritten, record_values, values_etag
from screen.indicators.chart import series_chart, with_trends
from screen.indicators.forms import read_period
from screen.indicators.queries import indicator_rows, indicator_series
from screen.models import Indicator, IndicatorValue
from tests.make import make_unit, make_user
from tests.pages import client_of, tags_of, text_of

pytestmark = pytest.mark.django_db

TODAY = date(2026, 3, 2)


@pytest.fixture
def spending() -> Indicator:
    return Indicator.objects.get(code="rd_spending")


@pytest.fixture
def share() -> Indicator:
    return Indicator.objects.get(code="rd_share")


def put(indicator: Indicator, value: str | None, year: int = 2025, unit: Unit | None = None) -> ValuesWritten:
    return record_values(
        indicator, {(unit.pk if unit else None, date(year, 1, 1)): None if value is None else Decimal(value)},
        actor=make_user(), today=TODAY,
    )  # fmt: skip


def test_a_value_is_recorded_changed_left_alone_and_taken_away_with_its_history(spending: Indicator) -> None:
    assert put(spending, "120") == ValuesWritten(created=1)
    assert put(spending, "120") == ValuesWritten(unchanged=1)
    assert put(spending, "125.5") == ValuesWritten(updated=1)
    assert put(spending, None) == ValuesWritten(removed=1)
    assert not IndicatorValue.objects.exists()
    changes = Change.objects.filter(verb=Change.Verb.INDICATOR_RECORDED).order_by("pk")
    assert [(change.project_id, change.after["values"]) for change in changes] == [
        (None, {"2025-01": "120.0000"}), (None, {"2025-01": "125.5000"}), (None, {"2025-01": None}),
    ]  # fmt: skip
    assert changes[1].before == {"2025-01": "120.0000"}


def test_any_day_of_a_year_names_it(spending: Indicator) -> None:
    record_values(spending, {(None, date(2025, 8, 9)): Decimal(1)}, actor=make_user(), today=TODAY)
    assert IndicatorValue.objects.get().period == date(2025, 1, 1)


def test_what_cannot_be_is_refused(spending: Indicator, share: Indicator) -> None:
    with pytest.raises(RuleError):
        put(spending, "1", 2027)
    with pytest.raises(RuleError):
        put(spending, "1", 1999)
    with pytest.raises(InputError):
        put(share, "101")
    with pytest.raises(InputError):
        put(spending, "1e20")
    with pytest.raises(StaleError):
        record_values(spending, {(None, TODAY): Decimal(1)}, actor=make_user(), today=TODAY, etag='"other"')
    for nobody in (
        make_user(User.Role.LEADER),
        make_user(unit=make_unit()),
        make_user(User.Role.LIAISON, unit=make_unit()),
    ):
        with pytest.raises(PermissionDenied):
            record_values(spending, {(None, TODAY): Decimal(1)}, actor=nobody, today=TODAY)
    assert not IndicatorValue.objects.exists()


def test_growth_is_in_percent_and_of_a_share_in_points(spending: Indicator, share: Indicator) -> None:
    put(spending, "100", 2024)
    put(spending, "112", 2025)
    put(share, "3.0", 2024)
    put(share, "3.2", 2025)
    text = text_of(client_of(make_user()).get("/indicators/"))
    assert "R&amp;D spending in 2025: 112.00 100 m yuan, 12.0 % more than a year earlier" in text
    assert "R&amp;D share of GDP in 2025: 3.20 %, 0.2 points more" in text


def test_without_a_year_before_no_growth_is_shown(spending: Indicator) -> None:
    put(spending, "112", 2025)
    put(spending, "90", 2023)
    (row,) = indicator_rows([spending], IndicatorValue.objects.all())
    assert row.district.change is None
    text = text_of(client_of(make_user()).get("/indicators/"))
    assert "no value a year earlier" in text
    assert "+0.0" not in text
    assert "±0" not in text


def test_the_page_says_what_is_counted_in_what_and_from_where(spending: Indicator) -> None:
    text = text_of(client_of(make_user()).get("/indicators/"))
    assert spending.definition in text
    assert spending.source in text
    assert "No value of the district is recorded yet" in text


def test_units_stand_below_the_district_and_a_unit_has_its_own_series(spending: Indicator) -> None:
    town = make_unit("义蓬街道")
    for year in (2023, 2024, 2025):
        put(spending, str(year - 1923), year)
        if year != 2024:
            put(spending, "10", year, town)
    series = indicator_series(spending, IndicatorValue.objects.all())
    assert [period.year for period in series.periods] == [2023, 2024, 2025]
    assert [row.name for row in series.rows] == ["", "义蓬街道"]
    assert [reading.now for reading in series.rows[1].readings] == [10, None, 10]
    chart = series_chart(series, town.pk)
    assert chart is not None
    assert (len(chart.points), chart.lines) == (2, ())
    assert len(series_chart(series, None).lines) == 1  # type: ignore[union-attr]
    page = client_of(make_user()).get(f"/indicators/rd_spending/?unit={town.pk}")
    assert "义蓬街道 · 100 m yuan" in text_of(page)


def test_a_town_reads_the_district_and_itself(spending: Indicator) -> None:
    mine, other = make_unit("义蓬街道"), make_unit("河庄街道")
    for unit in (None, mine, other):
        put(spending, "7", unit=unit)
    text = text_of(client_of(make_user(unit=mine)).get("/indicators/rd_spending/"))
    assert "义蓬街道" in text
    assert "河庄街道" not in text
    assert "Enter values" not in text


def test_the_bureau_enters_the_values_of_a_period_in_one_form(spending: Indicator) -> None:
    town = make_unit("义蓬街道")
    client = client_of(make_user())
    address = "/indicators/rd_spending/record/?period=2024"
    sent = {"etag": values_etag({}), "district": "120.5", f"unit-{town.pk}": "3"}
    assert client.get(address).status_code == 200
    assert client.post(address, sent).status_code == 302
    assert {(row.unit_id, row.value) for row in IndicatorValue.objects.all()} == {
        (None, Decimal("120.5")), (town.pk, Decimal(3)),
    }  # fmt: skip
    assert client_of(make_user(unit=town)).get(address).status_code == 403


def test_a_form_from_before_a_change_is_refused_once_and_says_what_stands_there(spending: Indicator) -> None:
    client, address = client_of(make_user()), "/indicators/rd_spending/record/?period=2025"
    put(spending, "99")
    answer = client.post(address, {"etag": values_etag({}), "district": "120"})
    assert answer.status_code == 412
    assert "Now it says “99”." in text_of(answer)
    etag = next(tag["value"] for name, tag in tags_of(answer) if tag.get("name") == "etag")
    assert client.post(address, {"etag": etag, "district": "120"}).status_code == 302
    assert IndicatorValue.objects.get().value == 120


@pytest.mark.parametrize("period", ["abc", "1999", "2025-13"])
def test_a_period_that_cannot_be_read_is_refused(period: str) -> None:
    client = client_of(make_user())
    assert client.get(f"/indicators/industrial_output/record/?period={period}").status_code == 400


def test_a_monthly_indicator_is_entered_by_month() -> None:
    client = client_of(make_user())
    address = "/indicators/industrial_output/record/?period=2025-08"
    assert client.post(address, {"etag": values_etag({}), "district": "41.5"}).status_code == 302
    assert IndicatorValue.objects.get().period == date(2025, 8, 1)
    assert "August 2025" in text_of(client.get("/indicators/"))


def test_another_year_is_chosen(spending: Indicator) -> None:
    put(spending, "100", 2023)
    put(spending, "112", 2025)
    client = client_of(make_user())
    assert "in 2023: 100.00" in text_of(client.get("/indicators/?year=2023"))
    assert client.get("/indicators/?year=20x").status_code == 200


def test_the_number_of_queries_does_not_depend_on_how_many_values_there_are(spending: Indicator) -> None:
    client = client_of(make_user())
    client.get("/indicators/")
    counts = []
    for year in (2024, 2025):
        for _ in range(4):
            put(spending, "3", year, make_unit())
        with CaptureQueriesContext(connection) as seen:
            client.get("/indicators/")
        counts.append(len(seen))
    assert counts[1] <= counts[0] <= 12


@pytest.mark.parametrize("year", ["0000020250", "000002025" + "0" * 60, "２０２５", "nonsense", "2025.0"])
def test_a_year_that_is_none_shows_the_newest_values(spending: Indicator, year: str) -> None:
    assert client_of(make_user()).get("/indicators/", {"year": year}).status_code == 200


@pytest.mark.parametrize("period", ["2025abc", "2025-13", "2025-1", "20250"])
def test_a_period_that_is_none_is_refused(spending: Indicator, period: str) -> None:
    with pytest.raises(InputError):
        read_period(spending, period, date(2025, 1, 1))


def test_a_small_line_runs_over_the_last_periods_where_there_are_two(
    spending: Indicator, share: Indicator
) -> None:
    for year, value in ((2023, "30"), (2024, "20"), (2025, "40")):
        put(spending, value, year)
    put(share, "4.6")
    values = IndicatorValue.objects.all()

    shown = {
        row.indicator.code: trend
        for row, trend in with_trends(indicator_rows([spending, share], values), values)
    }

    trend = shown[spending.code]
    assert trend is not None
    assert (trend.path.count("L"), trend.x, trend.y) == (2, 145.0, 5.0)  # it ends at the right, at the top
    assert shown[share.code] is None
    assert client_of(make_user()).get("/indicators/").content.decode().count('class="trend"') == 1
