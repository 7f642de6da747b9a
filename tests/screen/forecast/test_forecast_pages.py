"""`/forecast/`, what past forecasts were worth, the part of a project's page, and the same over REST."""

import re
from datetime import date
from typing import Any

import pytest
import time_machine

from accounts.models import User
from domain.forecast_score import OURS
from domain.lifecycle import Status
from issues.models import Block, Issue
from screen.forecast.past import past
from screen.narrowing import everything
from screen.reckoning.actions import reckon
from tests.make import make_issue, make_user
from tests.pages import client_of, text_of
from tests.rest import api
from tests.screen.forecast.forecast_district import (
    CALENDAR,
    DONE_ONES,
    LAST_WEEK,
    NOON,
    PRODUCING,
    TODAY,
    District,
    make_district,
    put,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def district() -> District:
    return make_district()


def page(address: str, user: User) -> Any:
    with time_machine.travel(NOON, tick=False):
        return client_of(user).get(address)


def names_on(response: Any) -> list[str]:
    return re.findall(r'class="name" href="/projects/[^>]*>([^<]+)<', response.content.decode())


def test_before_the_first_reckoning_the_page_says_so(district: District) -> None:
    shown = page("/forecast/", district.manager)

    assert shown.status_code == 200
    assert "Nothing has been forecast yet" in text_of(shown)
    assert "old enough to be judged" in text_of(page("/forecast/past/", district.manager))


def test_the_page_begins_with_who_is_likely_to_miss(district: District) -> None:
    reckon(TODAY, CALENDAR)

    shown = page("/forecast/", district.manager)

    assert "1 key date falls due, 1 of them is likely to be missed" in re.sub(r"\s+,", ",", text_of(shown))
    assert names_on(shown) == ["tight"]
    assert "as of 30 Jun" in text_of(shown)


def test_every_figure_opens_as_many_rows_as_it_counts(district: District) -> None:
    reckon(TODAY, CALENDAR)
    html = page("/forecast/", district.manager).content.decode()

    opened = re.findall(r'href="([^"]+)"[^>]* data-count="(\d+)"', html)
    assert len(opened) == 7
    for address, count in opened:
        assert len(names_on(page(address.replace("&amp;", "&"), district.manager))) == int(count)


def test_the_page_narrows_and_keeps_what_is_out_of_sight(district: District) -> None:
    reckon(TODAY, CALENDAR)

    assert (
        names_on(page(f"/forecast/?town={district.towns[1].pk}&state=all&key=producing", district.manager))[0]
        == "easy"
    )
    assert "tight" not in names_on(page("/forecast/?state=all", make_user(unit=district.towns[1])))
    assert page("/forecast/?state=nonsense", district.manager).status_code == 400


def test_an_old_forecast_says_what_is_not_in_it(district: District) -> None:
    reckon(date(2026, 6, 26), CALENDAR)

    assert "what was entered after 26 Jun is not in it" in text_of(page("/forecast/", district.manager))


def test_the_page_asks_as_much_for_many_projects(
    district: District, django_assert_max_num_queries: Any
) -> None:
    reckon(TODAY, CALENDAR)
    client = client_of(district.manager)
    with time_machine.travel(NOON, tick=False):
        client.get("/forecast/?state=all")
        with django_assert_max_num_queries(14):
            client.get("/forecast/?state=all")


def test_past_forecasts_stand_beside_what_happened(
    district: District, django_assert_max_num_queries: Any
) -> None:
    """On 30 June all three are forecast to produce by 10 July: one does on the 8th, one on the 17th, one not at all."""
    reckon(TODAY, CALENDAR)
    for name, ended in (("tight", date(2026, 7, 8)), ("easy", date(2026, 7, 17))):
        put(district.nodes[name]["b"], Status.DONE, LAST_WEEK, date(2026, 7, 3))
        put(district.nodes[name]["c"], Status.DONE, date(2026, 7, 3), ended)
    reckon(date(2026, 7, 31), CALENDAR)

    with django_assert_max_num_queries(3):
        found = past(district.manager, everything(TODAY), CALENDAR)

    assert found is not None
    (one,) = found.days
    assert (one.day, one.score.cases) == (TODAY, 6)
    # b was forecast by 3 July: two kept it, the third is open; c by 10 July: one kept it.
    assert (one.score.half.held, one.score.half.decided) == (3, 6)
    # Of the dated: 0 + 2 early of tight, 5 late of easy, and 15 since 10 July of the one that is open.
    assert one.score.errors[OURS].cases == 3
    assert one.score.errors[OURS].mean == pytest.approx((2 + 5 + 15) / 3)
    assert one.score.errors[OURS].open == 1
    assert sum(lead.score.cases for lead in found.leads) == 6
    assert sum(one.cases for one in found.bins) == 2  # 3 July and 8 May have come, 1 December has not


def test_the_page_of_past_forecasts_shows_the_scores(district: District) -> None:
    reckon(TODAY, CALENDAR)
    reckon(date(2026, 7, 31), CALENDAR)

    shown = page("/forecast/past/", district.manager)

    assert "dates that were to hold in 80 of 100 cases, 0 % held" in text_of(shown)
    assert "How it is scored" in text_of(shown)


def block_with(district: District) -> Issue:
    put(district.nodes["tight"]["b"], Status.RUNNING, LAST_WEEK)
    return make_issue(district.tight, nodes=[district.nodes["tight"]["b"]], today=LAST_WEEK)


def test_the_project_page_shows_the_dates_with_chances(district: District) -> None:
    reckon(TODAY, CALENDAR)

    said = text_of(page(f"/projects/{district.tight.pk}/", district.manager))

    assert "Piling start 26 Jun reached" in said
    assert "50 % by 10 Jul" in said
    assert "What if an issue" not in said


def test_a_project_without_forecast_shows_none(district: District) -> None:
    assert 'id="forecast"' not in page(f"/projects/{district.tight.pk}/", district.manager).content.decode()


def test_what_if_an_issue_were_solved_tomorrow(district: District) -> None:
    issue = block_with(district)
    reckon(TODAY, CALENDAR)
    address = f"/projects/{district.tight.pk}/?if_issue={issue.pk}&solved_by="

    soon, late = (page(address + day, district.manager) for day in ("2026-07-01", "2026-10-30"))

    assert "sooner" in text_of(soon)
    # Not before 30 October, a Friday, can b end; c takes five days more.
    assert re.search(r"Production 6 Nov", text_of(late))
    assert "later" in text_of(late)


def test_a_day_that_has_passed_is_refused_in_words(district: District) -> None:
    issue = block_with(district)
    reckon(TODAY, CALENDAR)

    shown = page(f"/projects/{district.tight.pk}/?if_issue={issue.pk}&solved_by=2026-06-01", district.manager)

    assert "can no longer be kept" in text_of(shown)
    assert "instead of" not in text_of(shown)
    assert (
        page(f"/projects/{district.tight.pk}/?if_issue=zzz&solved_by=never", district.manager).status_code
        == 200
    )


def test_only_open_issues_of_the_project_that_block_are_asked_for(district: District) -> None:
    issue = block_with(district)
    other = make_issue(district.easy, nodes=[district.nodes["easy"]["b"]], today=LAST_WEEK)
    loose = make_issue(district.tight, today=LAST_WEEK)
    reckon(TODAY, CALENDAR)

    html = page(
        f"/projects/{district.tight.pk}/?if_issue={other.pk}&solved_by=2026-07-01", district.manager
    ).content.decode()
    offered = re.findall(r'<option value="(\d+)"', html[html.index('id="forecast"') :])

    assert str(issue.pk) in offered
    assert not {str(other.pk), str(loose.pk)} & set(offered)
    assert "instead of" not in html
    Block.objects.all().delete()
    assert "if_issue" not in page(f"/projects/{district.tight.pk}/", district.manager).content.decode()


def test_rest_gives_the_rows_and_figures_of_the_page(district: District) -> None:
    assert api(district.manager).get("/api/v1/forecasts/").json()["day"] is None
    reckon(TODAY, CALENDAR)

    with time_machine.travel(NOON, tick=False):
        found = api(district.manager).get("/api/v1/forecasts/").json()
        of_one = api(district.manager).get(f"/api/v1/forecasts/{district.tight.pk}/").json()
        other = api(make_user(unit=district.towns[1]))
        hidden = other.get(f"/api/v1/forecasts/{district.tight.pk}/").status_code
        paged = api(district.manager).get("/api/v1/forecasts/?state=all&page_size=2&page=2").json()

    assert (found["count"], found["due_soon"], found["missed_soon"], found["late"]) == (1, 1, 1, 1)
    assert found["this_year"][-1] == {"key": PRODUCING, "due": DONE_ONES + 3, "keep": DONE_ONES + 1}
    assert [row["name"] for row in found["results"]] == ["tight"]
    assert of_one["results"][-1] == found["results"][0]
    assert hidden == 404
    assert (len(paged["results"]), paged["count"]) == (2, 3 * (DONE_ONES + 3))
    assert api(district.manager).get("/api/v1/forecasts/?page=x").status_code == 404
