from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Unit, User
from domain.lifecycle import Status
from milestones.models import Node
from tests.make import make_node, make_nodes, make_project, make_template, make_unit, make_user
from tests.pages import client_of, tags_of, text_of

pytestmark = pytest.mark.django_db


def cards(response: Any) -> list[str]:
    return [str(attrs["id"])[5:] for tag, attrs in tags_of(response) if tag == "article"]


def due(days: int) -> Any:
    return timezone.localdate() + timedelta(days=days)


def test_the_most_urgent_comes_first_and_what_waits_for_others_is_folded() -> None:
    liaison = make_user(User.Role.LIAISON)
    project = make_project(liaison=liaison)
    nodes = make_nodes(make_template("a", "b"), project=project, a=due(90), b=due(100))
    running = make_node(project=project, status=Status.RUNNING, due_on=due(80))
    late = make_node(project=project, status=Status.RUNNING, due_on=due(-9))

    page = client_of(liaison).get("/my/")

    assert cards(page) == [str(late.pk), str(running.pk), str(nodes["a"].pk)]
    assert "1 thing today" in text_of(page)
    assert "Waiting for others 1" in text_of(page)


def test_two_taps_finish_a_node() -> None:
    liaison = make_user(User.Role.LIAISON)
    node = make_node(project=make_project(liaison=liaison), status=Status.RUNNING, due_on=due(-9))
    client = client_of(liaison)

    tags = tags_of(client.get("/my/"))
    opens = [
        attrs["popovertarget"]
        for tag, attrs in tags
        if tag == "button" and "main" in str(attrs.get("class")) and "popovertarget" in attrs
    ]
    sent = {
        str(attrs["name"]): str(attrs.get("value") or "")
        for tag, attrs in tags
        if tag == "input" and attrs.get("name") in {"on", "version", "next"}
    }
    answer = client.post(f"/nodes/{node.pk}/finish/", sent, follow=True)

    assert opens == [f"change-{node.pk}"]
    assert sent["on"] == timezone.localdate().isoformat()
    assert answer.redirect_chain == [("/my/", 302)]
    assert "is done." in text_of(answer)
    node.refresh_from_db()
    assert node.status == Status.DONE


def test_a_manager_of_a_department_has_the_nodes_of_the_own_unit() -> None:
    department = make_unit(kind=Unit.Kind.DEPARTMENT)
    project = make_project()
    project.units.add(department)
    mine = make_node(project=project, unit=department, due_on=due(-9))
    make_node(project=project, due_on=due(-9))

    assert cards(client_of(make_user(unit=department)).get("/my/")) == [str(mine.pk)]


def test_others_have_nothing_to_do_there() -> None:
    make_node(due_on=due(-9))

    for user in (make_user(User.Role.LIAISON), make_user(User.Role.LEADER), make_user(unit=make_unit())):
        page = client_of(user).get("/my/")
        assert cards(page) == []
        assert "Nothing is waiting for you" in text_of(page)


def test_more_work_costs_no_more_queries() -> None:
    liaison = make_user(User.Role.LIAISON)
    client = client_of(liaison)
    template = make_template("a", "b")

    def more() -> None:
        make_nodes(template, project=make_project(liaison=liaison), a=due(-9))

    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            client.get("/my/")
        return len(seen)

    more()
    queries()
    one = queries()
    for _ in range(4):
        more()

    assert queries() == one
    assert len(cards(client.get("/my/"))) == Node.objects.count() / 2
