"""Every number of the page opens exactly the rows that it counts, of the whole district and of any part of it."""

from urllib.parse import urlencode, urlsplit

import pytest
import time_machine
from django.http import HttpRequest, QueryDict
from django.urls import reverse

from accounts.models import Unit, User
from domain.lights import LightRule
from issues.issue_list import issue_list
from issues.models import Issue
from milestones.calendar_table import load_calendar
from milestones.models import Node
from milestones.node_lists import node_list
from milestones.project_filters import ProjectFilter
from projects.models import Project
from tests.make import FRIDAY, make_project, make_user
from tests.pages import client_of, tags_of, text_of
from tests.screen.complete_district import make_complete_district
from tests.screen.small_district import NOON, make_small_district

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _on_friday(time_machine: "time_machine.TimeMachineFixture") -> None:
    time_machine.move_to(NOON, tick=False)


def rows_behind(url: str, reader: User) -> int:
    """How many rows the page at this address lists."""
    rule, parts = LightRule.on(FRIDAY, load_calendar()), urlsplit(url)
    request, asked = HttpRequest(), QueryDict(parts.query)
    request.user = reader
    if parts.path == reverse("milestones:projects"):
        narrowed = ProjectFilter(
            asked, queryset=Project.objects.visible_to(reader), request=request, rule=rule
        )
        assert narrowed.form.is_valid()
        count: int = narrowed.qs.count()
        return count
    if parts.path == reverse("issues:index"):
        listed = issue_list(asked, Issue.objects.visible_to(reader), rule, request)
        assert set(listed.filter.form.errors) <= {"open"}
        return listed.issues.count()
    assert parts.path == reverse("milestones:overdue"), url
    nodes = node_list(asked, Node.objects.visible_to(reader), rule, request)
    assert not nodes.filter.form.errors
    return nodes.nodes.count()


def counted(reader: User, **asked: object) -> dict[str, int]:
    """The addresses of the page's links that count something, with what they say."""
    page = client_of(reader).get(f"/?{urlencode(asked)}")
    assert page.status_code == 200
    links = [attributes for tag, attributes in tags_of(page) if tag == "a" and "data-count" in attributes]
    found: dict[str, int] = {}
    for link in links:
        url, count = link["href"] or "", int(link["data-count"] or "")
        assert found.setdefault(url, count) == count, (
            f"{url} opens {found[url]} rows and is told to open {count}"
        )
    return found


def check(reader: User, at_least: int, **asked: object) -> None:
    found = counted(reader, **asked)
    assert len(found) >= at_least
    for url, count in found.items():
        assert rows_behind(url, reader) == count, url


def test_every_number_opens_exactly_what_it_counts() -> None:
    check(make_complete_district(), 40)


@pytest.mark.parametrize("name", ["town", "department", "kind", "sector", "leader"])
def test_every_number_of_a_part_opens_exactly_what_it_counts(name: str) -> None:
    reader = make_complete_district()
    of = Project.objects.get(name="晶圆材料二期")
    value = getattr(of, f"{name}_id" if name in {"town", "department"} else name)

    check(reader, 30, **{name: value})


def test_a_part_is_smaller_than_the_whole_and_every_link_carries_it_on() -> None:
    reader = make_complete_district()

    whole, part = counted(reader), counted(reader, sector="新材料")

    assert set(whole) & set(part) == set()
    assert all("sector=%E6%96%B0%E6%9D%90%E6%96%99" in url for url in part)
    assert max(part.values()) < max(whole.values())


def test_who_sees_a_part_counts_that_part() -> None:
    make_complete_district()
    power = Unit.objects.get(name="供电公司")

    check(make_user(User.Role.MANAGER, unit=power), 30)
    check(make_user(User.Role.LIAISON, unit=Unit.objects.get(name="河庄街道")), 5)


def test_without_an_issue_or_investment_there_is_no_empty_looking_block() -> None:
    said = text_of(client_of(make_small_district()).get("/"))

    assert "No issue is open." in said
    assert "Manufacturing" not in said


def test_one_project_without_a_chain_has_a_page_that_makes_sense() -> None:
    make_project()

    said = text_of(client_of(make_user()).get("/"))

    assert "1 project is on record, not yet under way" in said
    assert "Nothing is overdue." in said


def test_a_part_without_a_project_says_so_and_leads_back() -> None:
    reader = make_complete_district()

    page = client_of(reader).get("/?sector=海洋经济")

    assert "No project matches" in text_of(page)
    assert ("a", {"class": "button", "href": "/"}) in tags_of(page)


@pytest.mark.parametrize(
    "asked", ["town=999", "kind=castle", "department=x", "from=2022-13", "from=2022-09&to=2022-01"]
)
def test_what_cannot_be_read_in_the_address_is_refused(asked: str) -> None:
    assert client_of(make_user()).get(f"/?{asked}").status_code == 400


def test_a_period_in_the_future_has_its_places_without_figures_and_says_so() -> None:
    reader = make_complete_district()

    said = text_of(client_of(reader).get("/?from=2027-01&to=2027-03"))

    assert "January to March 2027, has not begun; there are no figures of it yet." in said
    assert "Manufacturing investment – January to March 2027 has not begun" in said
    assert "New starts" not in said
