"""Getting started: the four steps, who sees them, and that they go by themselves."""

import re
from typing import Any

import pytest
from django.utils import timezone

from accounts.actions import add_unit, invite
from accounts.models import Unit
from milestones.publishing import publish_built_in_chains
from projects.actions import add_project
from tests.make import make_unit, make_user
from tests.pages import client_of, text_of

pytestmark = pytest.mark.django_db


def steps(response: Any) -> list[tuple[str, str]]:
    """What each step says of itself, in order."""
    return re.findall(
        r"</svg>([^<]+) <small>([^<]+)</small>", response.content.decode().partition('class="start"')[2]
    )


def test_an_empty_installation_shows_the_steps_in_place_of_the_figures() -> None:
    response = client_of(make_user("liaison", is_staff=True)).get("/")
    assert steps(response) == [
        ("Units", "0 units · next"), ("Process templates", "0 templates · later"),
        ("Projects", "0 projects · later"), ("People", "1 person · later"),
    ]  # fmt: skip


def test_each_step_says_what_is_there_and_the_next_one_is_marked() -> None:
    manager = make_user()
    client = client_of(manager)
    add_unit(actor=manager, name="东镇", kind="town")
    assert steps(client.get("/start/"))[0] == ("Units", "2 units · there")
    assert steps(client.get("/start/"))[1][1].endswith("next")
    list(publish_built_in_chains(actor=manager))
    assert steps(client.get("/start/"))[1:3] == [
        ("Process templates", "6 templates · there"), ("Projects", "0 projects · next"),
    ]  # fmt: skip
    invite(actor=manager, now=timezone.now(), username="li", role="leader", unit=None)
    assert steps(client.get("/start/"))[3] == ("People", "2 people · there")
    assert "1 step is left" in text_of(client.get("/start/"))


def test_the_steps_go_by_themselves() -> None:
    manager = make_user()
    client = client_of(manager)
    assert 'class="start"' in client.get("/").content.decode()
    add_project(actor=manager, name="晶圆", kind="new_build", town=make_unit())
    assert 'class="start"' not in client.get("/").content.decode()


def test_who_cannot_take_the_steps_is_told_whom_to_ask() -> None:
    manager = make_user(display_name="王科长")
    manager.set_password("correct horse battery")
    manager.save()
    for user in (make_user("leader"), make_user("liaison", unit=make_unit())):
        for path in ("/", "/start/"):
            response = client_of(user).get(path)
            assert steps(response) == []
            assert "王科长 · 经济和信息化局" in text_of(response)


def test_where_there_is_no_manager_the_bureau_is_to_be_asked() -> None:
    assert "ask the coordinating bureau" in text_of(client_of(make_user("leader")).get("/start/"))


def test_an_administrator_is_led_to_the_bureau_first() -> None:
    make_unit(kind=Unit.Kind.BUREAU)
    make_unit()
    response = client_of(make_user("liaison", is_staff=True)).get("/start/")
    assert "becomes a manager of the bureau" in text_of(response)
    assert steps(response)[0][1] == "2 units · next"
    assert f"Still missing: to become a manager of {Unit.objects.get(kind=Unit.Kind.BUREAU)}" in text_of(
        response
    )


def test_the_first_step_names_each_part_that_is_missing() -> None:
    client = client_of(make_user("liaison", is_staff=True))
    assert "Still missing: the coordinating bureau, a town or platform" in text_of(client.get("/start/"))
    make_unit()
    assert "Still missing" not in text_of(client_of(make_user()).get("/start/"))


def test_the_start_page_asks_little(django_assert_max_num_queries: Any) -> None:
    client = client_of(make_user())
    with django_assert_max_num_queries(9):
        client.get("/start/")
