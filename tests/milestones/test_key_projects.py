"""Key projects (重点项目): entered, shown, asked for."""

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from domain.lights import LightRule
from history.models import Change
from milestones.calendar_table import load_calendar
from milestones.project_page.timeline import entries
from projects.models import Project
from tests.make import make_project, make_unit, make_user
from tests.pages import client_of, tags_of, text_of
from tests.rest import api, send

pytestmark = pytest.mark.django_db


def entered(project: Project, **fields: str) -> dict[str, str]:
    return {
        "name": project.name,
        "kind": project.kind,
        "town": str(project.town_id),
        "etag": project.etag,
        **fields,
    }


def test_a_project_is_marked_as_key_on_its_form_and_the_history_says_so() -> None:
    project, client = make_project(), client_of(make_user())
    address = reverse("milestones:project_edit", args=[project.pk])

    client.post(address, entered(project, is_key="on"))

    project.refresh_from_db()
    assert project.is_key
    change = Change.objects.get(project=project)
    assert (change.before, change.after) == ({"is_key": False}, {"is_key": True})
    (entry,) = entries([change], LightRule.on(timezone.localdate(), load_calendar()))
    assert "key project: no → yes" in entry.said
    ticks = [tag[1] for tag in tags_of(client.get(address)) if tag[1].get("name") == "is_key"]
    assert ["checked" in tick for tick in ticks] == [True]

    client.post(address, entered(project))  # the tick taken away
    project.refresh_from_db()
    assert not project.is_key


def test_what_others_ticked_meanwhile_is_said_at_the_tick() -> None:
    project, client = make_project(), client_of(make_user())
    sent = entered(project)
    Project.objects.filter(pk=project.pk).update(is_key=True)
    response = client.post(reverse("milestones:project_edit", args=[project.pk]), sent)
    assert response.status_code == 412
    assert "Now it is ticked." in text_of(response)


def test_a_key_project_says_so_on_its_page_and_in_the_list() -> None:
    key, other = make_project(is_key=True), make_project()
    client = client_of(make_user())
    assert "key project" in text_of(client.get(key.get_absolute_url()))
    assert "key project" not in text_of(client.get(other.get_absolute_url()))
    said = text_of(client.get(reverse("milestones:projects")))
    assert said.count("key project") == 1


def test_the_list_of_projects_can_be_narrowed_to_key_projects() -> None:
    key, other = make_project(is_key=True), make_project()
    client = client_of(make_user())
    page = client.get(reverse("milestones:projects"), {"key": "true"})
    assert key.name in text_of(page)
    assert other.name not in text_of(page)
    assert "checked" in next(tag[1] for tag in tags_of(page) if tag[1].get("name") == "key")


def test_key_projects_over_rest() -> None:
    town = make_unit()
    client = api(make_user())
    made = send(client, "projects/", name="a", kind="new_build", town=town.pk, is_key=True).json()
    plain = send(client, "projects/", name="b", kind="new_build", town=town.pk).json()
    assert (made["is_key"], plain["is_key"]) == (True, False)
    for asked, found in (("true", made), ("false", plain)):
        (row,) = client.get(f"/api/v1/projects/?key={asked}").json()["results"]
        assert row["id"] == found["id"]
    changed = send(client, f"projects/{plain['id']}/", method="patch", if_match=plain["etag"], is_key=True)
    assert changed.json()["is_key"] is True
    assert changed["ETag"] != plain["etag"]
    leader = api(make_user(User.Role.LEADER))
    assert send(leader, f"projects/{plain['id']}/", method="patch", is_key=False).status_code == 403
