"""Visits over REST: the same rules as on the pages."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django.fixtures import DjangoAssertNumQueries

from accounts.models import User
from domain.lifecycle import Status
from issues.actions import raise_from_finding
from issues.models import Issue
from milestones.models import Node
from projects.file_actions import stored_files
from projects.models import Finding, Project, Visit
from tests.make import make_category, make_node, make_project, make_unit, make_user, make_visit
from tests.projects.file_samples import photo, stored_paths
from tests.rest import api, send

pytestmark = pytest.mark.django_db


def today() -> Any:
    return timezone.localdate()


def visit_of(project: Project | None = None, **fields: Any) -> Visit:
    return make_visit(project, today=today(), **fields)


def body(project: Project, **more: Any) -> dict[str, Any]:
    return {"project": project.pk, "visited_on": today().isoformat(), "visitors": "陈副区长", **more}


def finding(**fields: Any) -> Finding:
    (found,) = visit_of(findings=["电不够"], **fields).findings.all()
    return found


def test_a_visit_is_recorded_and_a_finding_with_a_category_becomes_an_issue() -> None:
    project, client, category = make_project(enterprise="某某公司"), api(make_user()), make_category()

    made = send(
        client, "visits/",
        **body(
            project, met="王总", summary="谈投产",
            findings=[{"text": "电不够", "category": category.code}, {"text": "厂房已封顶"}],
        ),
    )  # fmt: skip

    assert made.status_code == 201, made.json()
    visit, issue = Visit.objects.get(), Issue.objects.get()
    shown = made.json()
    assert made["Location"] == f"/api/v1/visits/{visit.pk}/"
    assert (shown["project"], shown["project_name"], shown["enterprise"]) == (
        project.pk,
        project.name,
        "某某公司",
    )
    assert (shown["town"], shown["met"], shown["photos"]) == (project.town.name, "王总", [])
    assert [(one["text"], one["issue"], one["issue_number"]) for one in shown["findings"]] == [
        ("电不够", issue.pk, issue.number), ("厂房已封顶", None, ""),
    ]  # fmt: skip
    assert client.get(made["Location"]).json() == shown


def test_photos_come_as_multipart_and_are_read_again() -> None:
    project, client = make_project(), api(make_user())
    sent = {
        **body(project), "findings[0]text": "电不够", "findings[0]category": make_category().code,
        "files": [SimpleUploadedFile("现场.jpg", photo(), "image/jpeg")],
    }  # fmt: skip

    made = client.post("/api/v1/visits/", sent)

    assert made.status_code == 201, made.json()
    (kept,) = made.json()["photos"]
    assert (kept["name"], kept["content_type"]) == ("现场.jpg", "image/jpeg")
    shown = client.get(kept["file"])
    assert b"".join(shown.streaming_content) == photo()  # type: ignore[attr-defined]
    assert client.get(f"/api/v1/visit-photos/{kept['id']}/").json() == kept
    assert Issue.objects.get().finding is not None


def test_a_request_that_is_sent_again_is_done_once() -> None:
    project, client, key = make_project(), api(make_user()), uuid4()
    first = send(client, "visits/", key=key, **body(project, findings=[{"text": "电不够"}]))
    again = send(client, "visits/", key=key, **body(project, findings=[{"text": "电不够"}]))
    other = send(client, "visits/", key=key, **body(project))
    assert first.json() == again.json()
    assert again.status_code == 201
    assert other.json()["id"] != first.json()["id"]
    assert Visit.objects.count() == 2


def test_what_cannot_be_read_is_said_and_nothing_is_kept() -> None:
    project, client = make_project(), api(make_user())
    for wrong in (
        {"visited_on": "x"}, {"visitors": ""}, {"visitors": "x" * 201}, {"findings": [{"text": ""}]},
        {"findings": [{"text": "电", "category": "nothing"}]}, {"findings": "x"}, {"project": "x"},
        {"project": 2**70},
    ):  # fmt: skip
        assert send(client, "visits/", **{**body(project), **wrong}).status_code == 400, wrong
    future = send(client, "visits/", **body(project, visited_on=(today() + timedelta(days=1)).isoformat()))
    assert future.status_code == 409
    assert "lies in the future" in future.json()["detail"]
    liar = client.post(
        "/api/v1/visits/",
        {**body(project), "files": [SimpleUploadedFile("a.pdf", photo(), "application/pdf")]},
    )
    assert liar.status_code == 400
    assert "is not what its name says" in liar.json()["detail"]
    assert client.post("/api/v1/visits/", body(project), headers={"Idempotency-Key": "x"}).status_code == 400
    assert not Visit.objects.exists()
    assert not stored_paths()


def test_strangers_find_nothing_and_others_record_nothing() -> None:
    with stored_files([ContentFile(photo(), "a.jpg")]) as files:
        found = finding(files=files)
    visit, kept = found.visit, found.visit.photos.get()
    stranger, leader = api(make_user(unit=make_unit())), api(make_user(User.Role.LEADER))
    raising: dict[str, Any] = {"category": make_category().code}

    assert stranger.get("/api/v1/visits/").json()["count"] == 0
    for address in (f"visits/{visit.pk}/", f"visit-photos/{kept.pk}/", f"visit-photos/{kept.pk}/file/"):
        assert stranger.get(f"/api/v1/{address}").status_code == 404
        assert leader.get(f"/api/v1/{address}").status_code == 200
        assert Client().get(f"/api/v1/{address}").status_code == 401
    assert send(stranger, f"findings/{found.pk}/raise-issue/", **raising).status_code == 404
    assert send(stranger, "visits/", **body(visit.project)).status_code == 404
    assert send(leader, f"findings/{found.pk}/raise-issue/", **raising).status_code == 403
    liaison = api(make_user(User.Role.LIAISON, unit=visit.project.town))
    for client in (leader, liaison):
        assert send(client, "visits/", **body(visit.project)).status_code == 403
    assert (Visit.objects.count(), Issue.objects.count()) == (1, 0)


def test_a_finding_becomes_an_issue_once() -> None:
    node, client, key = make_node(status=Status.RUNNING), api(make_user()), uuid4()
    found = finding(project=node.project, met="王总")
    sent: dict[str, Any] = {
        "category": make_category().code, "nodes": [node.pk], "level": 2, "hold": True, "title": "开闭所未建",
    }  # fmt: skip

    first = send(client, f"findings/{found.pk}/raise-issue/", key=key, **sent)
    again = send(client, f"findings/{found.pk}/raise-issue/", key=key, **sent)
    other = send(client, f"findings/{found.pk}/raise-issue/", **sent)

    issue = Issue.objects.get()
    assert (first.status_code, first["Location"]) == (201, f"/api/v1/issues/{issue.pk}/")
    assert first.json() == again.json()
    shown = first.json()
    assert (shown["number"], shown["title"], shown["source"]) == (issue.number, "开闭所未建", "visit")
    assert (shown["level"], [one["id"] for one in shown["nodes"]]) == (2, [node.pk])
    assert first["ETag"] == shown["etag"]
    assert (issue.raised_for, issue.description, issue.finding) == ("王总", "电不够", found)
    assert Node.objects.get(pk=node.pk).status == Status.HELD
    assert other.status_code == 409
    assert issue.number in other.json()["detail"]


def test_nodes_out_of_sight_and_nodes_of_others_are_refused() -> None:
    found, client = finding(), api(make_user())
    theirs = make_node()
    sent: dict[str, Any] = {"category": make_category().code}
    of_town = api(make_user(unit=found.visit.project.town))
    assert send(of_town, f"findings/{found.pk}/raise-issue/", nodes=[theirs.pk], **sent).status_code == 404
    assert send(client, f"findings/{found.pk}/raise-issue/", nodes=[theirs.pk], **sent).status_code == 409
    assert send(client, f"findings/{found.pk}/raise-issue/").status_code == 400
    assert send(client, f"findings/{found.pk}/raise-issue/", level=9, **sent).status_code == 400
    assert not Issue.objects.exists()


def test_the_list_is_narrowed_as_on_the_page() -> None:
    old = make_visit(today=today() - timedelta(days=10), findings=["缺水"])
    new, client = visit_of(visitors="王局长"), api(make_user())

    def found(**asked: Any) -> list[int]:
        return [one["id"] for one in client.get("/api/v1/visits/", asked).json()["results"]]

    day = (today() - timedelta(days=5)).isoformat()
    assert found() == [new.pk, old.pk]
    assert found(project=old.project_id) == found(town=old.project.town_id) == [old.pk]
    assert found(visited_after=day) == found(search="王局长") == [new.pk]
    assert found(visited_before=day) == found(search="缺水") == [old.pk]
    assert client.get("/api/v1/visits/?visited_after=x").status_code == 400


def test_a_longer_list_asks_no_more_questions(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    def one() -> None:
        with stored_files([ContentFile(photo(), "a.jpg")]) as files:
            found = finding(files=files)
        raise_from_finding(found, actor=make_user(), category=make_category(), today=today())

    client = api(make_user())
    one()
    client.get("/api/v1/visits/")
    with CaptureQueriesContext(connection) as few:
        client.get("/api/v1/visits/")
    for _ in range(4):
        one()
    with django_assert_num_queries(len(few)):
        assert client.get("/api/v1/visits/").json()["count"] == 5


def test_a_file_is_withdrawn_once_by_who_may() -> None:
    with stored_files([ContentFile(photo(), "a.jpg")]) as files:
        visit = visit_of(files=files)
    (kept,) = visit.photos.all()
    address, manager = f"visit-photos/{kept.pk}/withdraw/", api(make_user())
    assert send(api(make_user(User.Role.LEADER)), address, reason="x").status_code == 403
    assert send(api(make_user(unit=make_unit())), address, reason="x").status_code == 404
    assert send(manager, address, reason=" ").status_code == 400
    assert send(manager, address, reason="拍错了").status_code == 204
    again = send(manager, address, reason="拍错了")
    assert again.status_code == 409
    assert again.json()["detail"] == "“a.jpg” was withdrawn already."
    assert manager.get(f"/api/v1/visits/{visit.pk}/").json()["photos"] == []
    assert manager.get(f"/api/v1/visit-photos/{kept.pk}/").status_code == 404
