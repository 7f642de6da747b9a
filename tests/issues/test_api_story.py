"""The way of one issue over REST, each step by the one whose step it is."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from accounts.models import Unit, User
from domain.lifecycle import Status
from milestones.models import Node
from tests.make import make_category, make_node, make_project, make_unit, make_user
from tests.projects.file_samples import photo
from tests.rest import api, send

pytestmark = pytest.mark.django_db


def test_an_issue_goes_its_whole_way_over_the_interface_and_every_step_is_in_the_history() -> None:
    today, power = timezone.localdate(), make_unit("供电公司", kind=Unit.Kind.DEPARTMENT)
    liaison = make_user(User.Role.LIAISON, unit=make_unit("义蓬街道"))
    project = make_project(town=liaison.unit, liaison=liaison)
    began, due = today - timedelta(days=30), today + timedelta(days=7)
    node = make_node(project=project, unit=power, status=Status.RUNNING, started_on=began, due_on=due)
    manager, clerk = api(make_user()), api(make_user(unit=power))
    other = make_user()

    raised = api(liaison).post(
        "/api/v1/issues/",
        {
            "project": project.pk, "title": "开闭所未建", "category": make_category().code, "nodes": [node.pk],
            "source": "liaison", "files": [SimpleUploadedFile("IMG_1.jpg", photo(), "image/jpeg")],
        },
    )  # fmt: skip
    assert raised.status_code == 201, raised.json()
    issue = f"issues/{raised.json()['id']}"
    assert [file["purpose"] for file in raised.json()["files"]] == ["found"]
    given = send(
        manager, f"{issue}/assign/", if_match=raised["ETag"], lead_unit=power.pk, hold=True,
        due_on=(today + timedelta(days=10)).isoformat(),
    )  # fmt: skip
    assert (given.json()["status"], given.json()["blocks"][0]["status"]) == ("assigned", "held")
    noted = send(clerk, f"{issue}/note/", if_match=given["ETag"], text="土建已进场")
    assert noted.json()["status"] == "working"
    asked = send(clerk, f"{issue}/ask-to-close/", if_match=noted["ETag"], document_no="钱电〔2026〕3号")
    assert asked.json()["status"] == "close_requested"
    assert send(clerk, f"{issue}/verify/", if_match=asked["ETag"]).status_code == 403
    closed = send(api(other), f"{issue}/verify/", if_match=asked["ETag"], resume_on=today.isoformat())
    assert (closed.json()["status"], closed.json()["blocks"][0]["status"]) == ("closed", "running")
    rated = send(api(liaison), f"{issue}/rate/", if_match=closed["ETag"], rating=5)
    assert (rated.status_code, rated.json()["rating"]) == (200, 5)

    history = manager.get(f"/api/v1/projects/{project.pk}/history/").json()["results"]
    assert [change["verb"] for change in reversed(history)] == [
        "issue_raised", "issue_assigned", "node_held", "issue_noted", "issue_close_asked", "node_resumed",
        "issue_closed", "issue_rated",
    ]  # fmt: skip
    assert Node.objects.get(pk=node.pk).status == Status.RUNNING
