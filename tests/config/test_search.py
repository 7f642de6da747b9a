"""The field on every page finds projects, issues, topics and units, of what the reader may see."""

from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import Unit, User
from config.search import AT_ONCE, found
from domain.lights import LightRule
from domain.workdays import WorkCalendar
from projects.actions import add_project
from projects.models import Project
from tests.make import FRIDAY, make_issue, make_topic, make_unit, make_user
from tests.pages import client_of

pytestmark = pytest.mark.django_db

RULE = LightRule.on(FRIDAY, WorkCalendar())


def add(name: str, **more: Any) -> Project:
    return add_project(
        actor=make_user(), name=name, kind="new_build", town=more.pop("town", None) or make_unit(), **more
    )


def titles(reader: User, text: str) -> dict[str, list[str]]:
    return {one.label: [hit.title for hit in one.hits] for one in found(reader, text, AT_ONCE, RULE)}


def test_whatever_is_typed_of_it_it_is_found() -> None:
    boss = make_user()
    power = make_unit("供电公司", kind=Unit.Kind.DEPARTMENT)
    project = add("晶圆抛光材料二期", enterprise="澜芯半导体", code="2603-330114-04-01-435852")
    issue = make_issue(project, title="开闭所未建", lead_unit=power)
    make_topic(issue, name="电力接口专题", lead_unit=power)
    for text in ("晶圆", "抛光材料", "jypg", "澜芯", "lxbdt", "330114-04"):
        assert titles(boss, text)["Projects"] == ["晶圆抛光材料二期"], text
    for text in (
        issue.number,
        issue.number[:6],
        f"{issue.serial:04d}",
        str(issue.serial),
        "开闭所",
        "未建 开闭",
    ):
        assert titles(boss, text)["Issues"] == [f"{issue.number} 开闭所未建"], text
    assert titles(boss, "电力")["Topics"] == ["电力接口专题"]
    for text in ("供电", "gdgs"):
        assert titles(boss, text)["Units"] == ["供电公司"], text
    assert titles(boss, "没有的") == {}


def test_a_closed_issue_is_found_by_its_number_alone() -> None:
    boss, issue = make_user(), make_issue(title="开闭所未建", status="closed")
    assert titles(boss, issue.number) == {"Issues": [f"{issue.number} 开闭所未建"]}
    assert titles(boss, "开闭所") == {}


def test_what_is_found_opens_what_it_is() -> None:
    client = client_of(make_user())
    project = add("晶圆二期")
    make_issue(project, title="晶圆厂无电")
    make_unit("晶圆平台")
    page = client.get("/search/hits/", {"q": "晶圆"})
    import re

    addresses = re.findall(r'href="([^"]+)" data-hit', page.content.decode())
    assert len(addresses) == 3
    for address in addresses:
        assert client.get(address.replace("&amp;", "&")).status_code == 200


def test_nobody_finds_what_is_out_of_sight() -> None:
    town = make_unit("义蓬街道")
    mine, other = add("晶圆二期", town=town), add("晶圆三期")
    make_issue(other, title="晶圆厂无电")
    of_town = make_user(User.Role.MANAGER, unit=town)
    assert titles(of_town, "晶圆") == {"Projects": [mine.name]}
    assert titles(make_user(User.Role.LIAISON), "晶圆") == {}


def test_a_stranger_is_sent_to_the_login() -> None:
    for address in ("/search/", "/search/hits/"):
        assert Client().get(address, {"q": "晶圆"}).status_code == 302


def test_the_first_of_many_stand_there_with_the_way_to_the_rest() -> None:
    client = client_of(make_user())
    town = make_unit()
    for number in range(AT_ONCE + 1):
        add(f"晶圆{number}期", town=town)
    page = client.get("/search/hits/", {"q": "晶圆"}).content.decode()
    assert page.count("data-hit") == AT_ONCE + 1
    assert 'href="/projects/?search=%E6%99%B6%E5%9C%86"' in page
    assert "晶圆6期" not in page
    everything = client.get("/search/", {"q": "晶圆"}).content.decode()
    assert "晶圆6期" in everything


@pytest.mark.parametrize(
    "asked",
    ["", "   ", "x" * 5000, "\x00", "%", "'; --", "<script>alert(1)</script>", "＼", "１２", "9" * 90, "-"],
)
def test_nonsense_gets_a_page_that_makes_sense(asked: str) -> None:
    add("晶圆二期")
    client = client_of(make_user())
    for address in ("/search/", "/search/hits/"):
        page = client.get(address, {"q": asked})
        assert page.status_code == 200
        assert "<script>alert" not in page.content.decode()
        assert "晶圆二期" not in page.content.decode()


def test_it_asks_the_same_number_of_queries_however_much_there_is(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    boss, town = make_user(), make_unit("晶圆平台")
    for number in range(5):
        project = add(f"晶圆{number}期", town=town)
        make_topic(make_issue(project, title="晶圆厂无电"), name=f"晶圆专题{number}")
    list(found(boss, "晶圆", AT_ONCE, RULE))
    with django_assert_num_queries(8):
        list(found(boss, "晶圆", AT_ONCE, RULE))


def test_the_field_stands_on_every_page() -> None:
    client = client_of(make_user())
    for address in ("/", "/my/", "/overdue/", "/issues/", "/projects/", "/meetings/", "/ledger/", "/search/"):
        page = client.get(address).content.decode()
        assert 'id="find"' in page
        assert 'href="/search/"' in page
