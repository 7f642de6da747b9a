"""The links of an enterprise over REST."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from issues.actions import make_link
from issues.links import address_of
from issues.models import EnterpriseLink
from projects.models import Project
from tests.make import make_project, make_unit, make_user
from tests.rest import api, send

pytestmark = pytest.mark.django_db


@pytest.fixture
def project() -> Project:
    return make_project(enterprise="明阳电子")


def links_of(project: Project) -> str:
    return f"projects/{project.pk}/enterprise-links/"


def test_a_link_is_made_and_its_address_opens(project: Project) -> None:
    client = api(make_user(display_name="王科长"))

    answer = send(client, links_of(project), contact="王经理", days=30)

    assert answer.status_code == 201
    assert "no-store" in answer["Cache-Control"]
    (shown,) = answer.json()
    link = EnterpriseLink.objects.get()
    assert {key: shown[key] for key in ("id", "project", "contact", "made_by", "revoked_at", "last_used_at")} == {
        "id": link.pk, "project": project.pk, "contact": "王经理", "made_by": "王科长",
        "revoked_at": None, "last_used_at": None,
    }  # fmt: skip
    assert shown["address"] == f"http://testserver{address_of(link)}"
    assert Client().get(shown["address"]).status_code == 200
    assert client.get(f"/api/v1/{links_of(project)}").json()[0]["id"] == link.pk


def test_without_a_word_a_link_lasts_ninety_days(project: Project) -> None:
    send(api(make_user()), links_of(project))

    left = EnterpriseLink.objects.get().expires_at - timezone.now()
    assert timedelta(days=89, hours=23) < left <= timedelta(days=90)


@pytest.mark.parametrize(
    "wrong", [{"days": 0}, {"days": 366}, {"days": "x"}, {"contact": "长" * 121}, {"contact": "a\0"}]
)
def test_what_cannot_be_read_is_400(project: Project, wrong: dict[str, Any]) -> None:
    assert send(api(make_user()), links_of(project), **wrong).status_code == 400
    assert not EnterpriseLink.objects.exists()


def test_the_same_request_again_makes_no_second_link(project: Project) -> None:
    client, key = api(make_user()), uuid4()
    first, again = (send(client, links_of(project), key=key, days=9) for _ in range(2))

    assert [first.status_code, again.status_code] == [201, 201]
    assert len(again.json()) == EnterpriseLink.objects.count() == 1


def test_a_link_is_revoked_and_shows_no_address_any_more(project: Project) -> None:
    actor = make_user()
    link = make_link(project, actor=actor, now=timezone.now())

    answer = send(api(actor), f"enterprise-links/{link.pk}/revoke/")
    again = send(api(actor), f"enterprise-links/{link.pk}/revoke/")

    assert [answer.status_code, again.status_code] == [200, 200]
    assert answer.json()["address"] == ""
    assert answer.json()["revoked_at"] == again.json()["revoked_at"] is not None
    assert Client().get(address_of(link)).status_code == 410


def test_who_may_not_change_the_project_gets_no_link_of_it(project: Project) -> None:
    link = make_link(project, actor=make_user(), now=timezone.now())
    people = [
        (make_user(User.Role.LEADER), 403),
        (make_user(User.Role.LIAISON, unit=project.town), 403),
        (make_user(unit=make_unit()), 404),
    ]
    for user, status in people:
        client = api(user)
        assert client.get(f"/api/v1/{links_of(project)}").status_code == status
        assert send(client, links_of(project)).status_code == status
        assert send(client, f"enterprise-links/{link.pk}/revoke/").status_code == status
    assert EnterpriseLink.objects.count() == 1
    assert Client().get(f"/api/v1/{links_of(project)}").status_code == 401
    assert send(api(make_user()), "enterprise-links/999/revoke/").status_code == 404
    assert send(api(make_user()), "projects/999/enterprise-links/").status_code == 404
