"""The pages of the weak link, its sheet and its API: the same numbers, each of which opens into its nodes."""

import json
import re
from io import BytesIO
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from domain.lifecycle import Status
from domain.weak_link import Cell
from issues.models import Category
from tests.make import make_unit, make_user
from tests.pages import client_of, tags_of, text_of
from tests.screen.weak_link.weak_district import (
    ENDED,
    HANDED,
    NOON,
    OPEN,
    OPEN_HANDED,
    WeakDistrict,
    make_weak_district,
    put,
    reckoned,
)

pytestmark = pytest.mark.django_db

TOTAL = ENDED * HANDED + OPEN * OPEN_HANDED


@pytest.fixture(autouse=True)
def _on_the_day() -> Any:
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def district() -> WeakDistrict:
    made = make_weak_district()
    reckoned()
    return made


@pytest.fixture
def manager(district: WeakDistrict) -> Client:
    return client_of(district.manager)


def counted(response: Any) -> list[tuple[int, str]]:
    """The numbers of a page that open nodes: how many, and where."""
    return [
        (int(attributes["data-count"] or ""), attributes["href"] or "")
        for tag, attributes in tags_of(response)
        if tag == "a" and "data-count" in attributes
    ]


def rows_of(response: Any) -> int:
    found = re.search(r'data-rows="(\d+)"', response.content.decode())
    return int(found[1]) if found else -1


def test_the_page_says_which_link_and_why(manager: Client) -> None:
    text = text_of(manager.get("/weak-link/"))
    assert "The weak link is Node b" in text
    assert f"median 8 working days, plan 5, {TOTAL} working days of delay handed on" in text
    assert "2 links ranked" in text
    assert "Too few to say" in text
    assert "none has ended; too few to say" in text


@pytest.mark.parametrize(
    "address",
    ["/weak-link/", "/weak-link/?by=town", "/weak-link/?by=sector&sort=idle", "/weak-link/?by=unit",
     "/weak-link/road/b/", "/weak-link/road/b/?from=2026-03&to=2026-03"],
)  # fmt: skip
def test_every_number_opens_as_many_nodes_as_it_says(manager: Client, address: str) -> None:
    found = counted(manager.get(address))
    assert len(found) > 10
    for count, url in found:
        assert url.startswith("/weak-link/nodes/?")
        assert rows_of(manager.get(url)) == count, url


def test_the_evidence_of_one_link(manager: Client) -> None:
    response = manager.get("/weak-link/road/b/")
    text = text_of(response)
    assert "Node b : place 1 of 2 by the days handed on".replace(" :", ":") in text.replace(" :", ":")
    assert "after 5 working days 100 % are not over" in text
    assert "2026 Q1: median 8 working days (8 to 8), 16 nodes begun, 4 of them open" in text
    assert "By towns" in text
    assert Category.objects.get(code="power").label in text
    assert text.count("项目") == ENDED + OPEN


def test_the_nodes_of_a_number(manager: Client, district: WeakDistrict) -> None:
    response = manager.get("/weak-link/nodes/?cell=open&node_kind=road/b")
    text = text_of(response)
    hrefs = {attributes.get("href") for tag, attributes in tags_of(response) if tag == "a"}
    assert "Node b: 4 nodes begun and still open" in text
    assert {reverse("milestones:node", args=[chain["b"].pk]) for chain in district.nodes[ENDED:]} <= hrefs
    assert f"项目{ENDED}" in text


def test_a_node_that_has_been_taken_away_since_is_still_counted(
    manager: Client, district: WeakDistrict
) -> None:
    gone = district.nodes[-1]["b"]
    gone.delete()
    response = manager.get("/weak-link/nodes/?cell=open&node_kind=road/b")
    assert rows_of(response) == OPEN
    assert "the node has been taken away since" in text_of(response)


def test_the_api_and_the_sheet_say_the_same(manager: Client) -> None:
    answer = json.loads(manager.get("/api/v1/weak-link/").content)
    first = answer["links"][0]
    assert (answer["day"], answer["first"], answer["last"], answer["minimum"]) == (
        "2026-06-30",
        "2025-07-01",
        "2026-06-30",
        10,
    )
    assert (first["link"], first["name"], first["place"], first["handed_days"]) == (
        "road/b",
        "Node b",
        1,
        TOTAL,
    )
    assert (first["took"]["median"], first["took"]["low"], first["took"]["high"], first["clock"]) == (
        8,
        8,
        8,
        "government",
    )
    assert first["counts"][Cell.OPEN] == OPEN
    assert first["categories"] == {"power": 1}

    sheet = load_workbook(BytesIO(b"".join(manager.get("/weak-link/export/").streaming_content))).active  # type: ignore[attr-defined, unused-ignore]
    assert sheet is not None
    rows = [row for row in sheet.iter_rows(values_only=True) if row[1] == "Node b"]
    assert rows[0][:6] == (1, "Node b", "Chain", "government approval", TOTAL, 16)


def test_the_api_of_one_kind(manager: Client) -> None:
    answer = json.loads(manager.get("/api/v1/weak-link/road/b/").content)
    assert [step["days"] for step in answer["curve"]] == [8]
    assert answer["curve"][0]["share"] == pytest.approx(OPEN / (ENDED + OPEN))
    assert [one["took"]["begun"] for one in answer["quarters"]] == [0, 0, 0, 0, 0, 0, 16, 0]
    assert sum(town["handed_days"] for town in answer["towns"]) == TOTAL
    assert {sector["link"] for sector in answer["sectors"]} == {"智能制造", "-"}
    assert manager.get("/api/v1/weak-link/road/nothing/").status_code == 404


def test_who_sees_one_town_gets_its_numbers_alone(district: WeakDistrict) -> None:
    town = client_of(make_user(User.Role.MANAGER, unit=district.towns[0]))
    assert json.loads(town.get("/api/v1/weak-link/").content)["links"][0]["counts"]["sample"] == 8
    assert "项目01" not in text_of(town.get("/weak-link/road/b/"))
    stranger = client_of(make_user(User.Role.MANAGER, unit=make_unit()))
    assert "no node of this kind is in sight" in text_of(stranger.get("/weak-link/road/b/"))
    assert "No node of these projects can be begun yet." in text_of(stranger.get("/weak-link/"))


def test_before_anything_is_reckoned_the_pages_say_so() -> None:
    client = client_of(make_user())
    for address in ("/weak-link/", "/weak-link/nodes/"):
        assert "Nothing has been reckoned yet" in text_of(client.get(address))
    assert json.loads(client.get("/api/v1/weak-link/").content)["links"] == []
    assert client.get("/weak-link/export/").status_code == 404


def test_where_too_few_have_ended_nobody_is_blamed(district: WeakDistrict) -> None:
    for chain in district.nodes[:8]:
        for node in chain.values():
            put(node, Status.WAITING)
    with time_machine.travel("2026-06-30 13:00+08:00", tick=False):
        reckoned()
        text = text_of(client_of(district.manager).get("/weak-link/"))
    assert "Too few nodes have ended to say which link is the weak one: 10 of a kind are needed" in text


def test_a_page_that_is_not_of_today_says_so(district: WeakDistrict) -> None:
    with time_machine.travel("2026-07-03 12:00+08:00", tick=False):
        text = text_of(client_of(district.manager).get("/weak-link/"))
    assert "not of today" in text


@pytest.mark.parametrize(
    "address",
    ["/weak-link/?by=nothing", "/weak-link/?sort=x", "/weak-link/?from=x", "/weak-link/nodes/?cell=x",
     "/weak-link/nodes/?longer=-1", "/weak-link/?from=2026-03&to=2025-01"],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_with_a_sentence(manager: Client, address: str) -> None:
    assert manager.get(address).status_code == 400


@pytest.mark.parametrize(
    "address",
    ["/weak-link/nodes/?of=zzz&by=town", "/weak-link/nodes/?quarter=nonsen", "/weak-link/nodes/?page=999",
     "/weak-link/nodes/?node_kind=x", "/weak-link/nodes/?category=zzz", "/weak-link/?from=2099-01&to=2099-03"],
)  # fmt: skip
def test_what_there_is_not_is_an_empty_page(manager: Client, address: str) -> None:
    assert manager.get(address).status_code == 200


def test_a_kind_that_there_is_not_is_not_found(manager: Client) -> None:
    assert manager.get("/weak-link/road/nothing/").status_code == 404


def test_the_page_takes_as_many_queries_however_many_links(
    manager: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    manager.get("/weak-link/")
    with django_assert_max_num_queries(16):
        manager.get("/weak-link/")
    with django_assert_max_num_queries(24):
        manager.get("/weak-link/road/b/")
