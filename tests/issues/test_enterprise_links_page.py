"""The page on which whoever may change a project makes, copies and revokes its enterprise's links."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from issues.actions import make_link, revoke_link
from issues.links import address_of
from issues.models import EnterpriseLink
from projects.models import Project
from tests.make import make_project, make_unit, make_user
from tests.pages import client_of, tags_of, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def project() -> Project:
    town = make_unit()
    return make_project(town=town, liaison=make_user(User.Role.LIAISON, unit=town), enterprise="明阳电子")


def page_of(project: Project) -> str:
    return f"/projects/{project.pk}/enterprise/"


def liaison_of(project: Project) -> User:
    assert project.liaison
    return project.liaison


def made(project: Project, *, days_ago: int = 0, contact: str = "") -> EnterpriseLink:
    at = timezone.now() - timedelta(days=days_ago)
    return make_link(project, actor=liaison_of(project), now=at, contact=contact)


def test_the_liaison_makes_a_link_and_copies_its_whole_address(project: Project) -> None:
    client = client_of(liaison_of(project))
    assert "has no link that works" in text_of(client.get(page_of(project)))

    page = client.post(page_of(project), {"contact": "王经理", "days": 30}, follow=True)

    link = EnterpriseLink.objects.get()
    assert (link.contact, link.made_by) == ("王经理", project.liaison)
    assert timedelta(days=29) < link.expires_at - timezone.now() <= timedelta(days=30)
    assert "has 1 link that works" in text_of(page)
    addresses = [attrs["value"] for _, attrs in tags_of(page) if attrs.get("class") == "address"]
    assert addresses == [f"http://testserver{address_of(link)}"]
    assert [attrs["data-copy"] for _, attrs in tags_of(page) if "data-copy" in attrs] == [
        f"address-{link.pk}"
    ]
    assert "no-store" in page["Cache-Control"]


@pytest.mark.parametrize("days", ["0", "366", "", "x"])
def test_days_that_cannot_be_are_said_at_their_field(project: Project, days: str) -> None:
    page = client_of(liaison_of(project)).post(page_of(project), {"contact": "王经理", "days": days})

    assert page.status_code == 400
    assert "王经理" in page.content.decode()
    assert not EnterpriseLink.objects.exists()


def test_a_form_that_arrives_twice_makes_one_link(project: Project) -> None:
    client, form = client_of(liaison_of(project)), {"days": 90, "once": str(uuid4())}
    client.post(page_of(project), form)
    client.post(page_of(project), form)

    assert EnterpriseLink.objects.count() == 1


def test_a_revoked_link_shows_no_address_any_more(project: Project) -> None:
    link = made(project, contact="王经理")
    client = client_of(liaison_of(project))

    page = client.post(f"/enterprise-links/{link.pk}/revoke/", follow=True)

    link.refresh_from_db()
    assert link.revoked_at is not None
    assert "it opens nothing any more" in text_of(page)
    assert "王经理" in text_of(page)
    assert address_of(link) not in page.content.decode()


def test_an_expired_link_is_listed_without_its_address(project: Project) -> None:
    link = made(project, days_ago=91, contact="王经理")
    page = client_of(liaison_of(project)).get(page_of(project))

    assert "王经理" in text_of(page)
    assert "expired" in text_of(page)
    assert address_of(link) not in page.content.decode()


def test_only_who_may_change_the_project_sees_and_makes_links(project: Project) -> None:
    link = made(project)
    in_sight = [make_user(User.Role.LEADER), make_user(User.Role.LIAISON, unit=project.town)]
    stranger = make_user(unit=make_unit())
    for user, status in [(in_sight[0], 403), (in_sight[1], 403), (stranger, 404)]:
        client = client_of(user)
        assert client.get(page_of(project)).status_code == status
        assert client.post(page_of(project), {"days": 90}).status_code == status
        assert client.post(f"/enterprise-links/{link.pk}/revoke/").status_code == status
    link.refresh_from_db()
    assert EnterpriseLink.objects.count() == 1
    assert link.revoked_at is None
    assert client_of(make_user(unit=project.town)).get(page_of(project)).status_code == 200


def test_links_of_another_project_are_not_on_the_page(project: Project) -> None:
    other = make_link(make_project(), actor=make_user(), now=timezone.now(), contact="别家")

    page = client_of(make_user()).get(page_of(project)).content.decode()

    assert "别家" not in page
    assert address_of(other) not in page


def test_revoking_asks_for_a_form(project: Project) -> None:
    link = made(project)

    assert client_of(liaison_of(project)).get(f"/enterprise-links/{link.pk}/revoke/").status_code == 405


def test_what_people_write_is_text_and_nothing_else(project: Project) -> None:
    evil = "<script>alert(1)</script>"
    made(project, contact=evil)
    revoke_link(made(project, contact=evil), actor=liaison_of(project), now=timezone.now())

    page = client_of(liaison_of(project)).get(page_of(project)).content.decode()

    assert page.count("&lt;script&gt;alert") == 2
    assert "<script>" not in page


def test_the_page_asks_as_often_for_many_links_as_for_one(project: Project) -> None:
    client = client_of(liaison_of(project))

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            client.get(page_of(project))
        return len(queries)

    made(project)
    asked()
    one = asked()
    for days_ago in (0, 0, 91, 91):
        made(project, days_ago=days_ago)
    assert asked() == one
