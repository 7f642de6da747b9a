"""The one screen as a page."""

import pytest
import time_machine
from django.test import Client

from accounts.models import User
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
    assert "4 projects are under way , 2 nodes are overdue , all of them stuck at Node b" in said
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


def test_the_picture_has_the_same_numbers_as_a_table() -> None:
    page = client_of(make_small_district()).get("/").content.decode()

    assert page.count('class="picture"') == page.count("The same numbers as a table") == 2
    assert 'class="fullest"' in page
    assert (
        "Node b: 2 overdue causes, 0 knocked on, 0 due soon, 0 on time, 0 on hold, 1 waiting, 0 done" in page
    )


def test_an_empty_district_says_what_to_do_first() -> None:
    page = client_of(make_user()).get("/")

    assert "There is no project on record yet" in text_of(page)
    assert {"href": "/ledger/", "class": "button main"} in [attributes for _tag, attributes in tags_of(page)]


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
