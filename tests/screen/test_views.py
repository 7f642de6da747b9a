"""The one screen as a page."""

import pytest
import time_machine
from django.test import Client

from accounts.models import Unit, User
from projects.models import Project
from tests.make import make_unit, make_user
from tests.pages import client_of, tags_of, text_of
from tests.screen.small_district import NOON, make_small_district

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _on_friday(time_machine: "time_machine.TimeMachineFixture") -> None:
    time_machine.move_to(NOON, tick=False)


def test_the_page_opens_with_the_sentence_and_shows_the_figures() -> None:
    page = client_of(make_small_district()).get("/")

    assert page.status_code == 200
    said = text_of(page)
    assert "4 projects are under way , 2 overdue causes , all of them stuck at Node b" in said
    assert "晶圆材料二期" in said
    assert "week 10" in said


def test_everything_that_can_be_opened_opens() -> None:
    client = client_of(make_small_district())

    links = {attributes["href"] for tag, attributes in tags_of(client.get("/")) if tag == "a"}

    assert len(links) > 40
    for link in links:
        assert link
        if not link.startswith(("#", "/accounts/")):
            assert client.get(link).status_code == 200, link


def test_the_picture_has_the_same_numbers_as_a_table_that_is_sent_where_it_is_asked_for() -> None:
    client = client_of(make_small_district())
    page = client.get("/").content.decode()
    links = [
        each["href"]
        for tag, each in tags_of(client.get("/"))
        if tag == "a" and "table=" in (each["href"] or "")
    ]

    assert page.count('class="picture"') == len(links) == 2
    assert 'scope="row">Node b' not in page
    assert 'scope="row">Node b' in client.get(str(links[0]).partition("#")[0]).content.decode()
    assert 'class="fullest"' in page
    assert (
        "Node b: 2 overdue causes, 0 knocked on, 0 due soon, 0 on time, 0 on hold, 1 waiting, 0 done" in page
    )


def test_an_empty_district_says_what_to_do_first() -> None:
    page = client_of(make_user()).get("/")

    assert "There is no project on record yet" in text_of(page)
    assert "units" in text_of(page)


def test_a_stranger_sees_nothing_of_a_project() -> None:
    make_small_district()
    stranger = make_user(User.Role.LIAISON, unit=make_unit("别处"))

    assert "晶圆材料二期" not in text_of(client_of(stranger).get("/"))


def test_who_has_not_logged_in_is_asked_to() -> None:
    page = Client().get("/")

    assert (page.status_code, page["Location"].split("?")[0]) == (302, "/accounts/login/")


def test_the_page_needs_no_style_or_script_of_its_own() -> None:
    tags = tags_of(client_of(make_small_district()).get("/"))

    assert not [tag for tag, attributes in tags if "style" in attributes or tag == "style"]
    assert all(attributes.get("src") for tag, attributes in tags if tag == "script")


def test_names_are_escaped_in_the_picture_and_in_the_lists() -> None:
    reader = make_small_district()
    Project.objects.filter(name="晶圆材料二期").update(name="<i>&")

    assert "<i>&" not in client_of(reader).get("/").content.decode()


def test_the_filters_are_folded_until_something_is_chosen_and_what_was_chosen_is_said() -> None:
    reader = make_small_district()
    client, town = client_of(reader), Unit.objects.get(name="义蓬街道")
    whole = client.get("/")
    part = client.get(f"/?town={town.pk}&kind=new_build&from=2026-01&to=2026-02")

    assert ("details", {"class": "narrowing"}) in tags_of(whole)
    assert "narrowed to" not in text_of(whole)
    assert ("details", {"class": "narrowing", "open": None}) in tags_of(part)
    assert "narrowed to 义蓬街道, New build, January to February" in text_of(part)


def test_chains_without_anything_late_are_folded_below_the_others() -> None:
    page = client_of(make_small_district()).get("/").content.decode()

    loud, folded = page.split('<details class="quiet"')
    assert 'id="chain-road"' in loud
    assert 'id="chain-short"' in folded
    assert "1 more chain, nothing overdue" in folded


def test_the_key_says_how_many_of_the_overdue_are_knocked_on() -> None:
    said = text_of(client_of(make_small_district()).get("/"))

    assert "Overdue 4 (2 of them knocked on)" in said
