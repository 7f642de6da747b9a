"""A form that is sent again is carried out once; what differs, or comes from somebody else, is another one."""

from typing import Any
from uuid import uuid4

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone

from accounts.models import User
from domain.lifecycle import Status
from history.models import Change, Receipt
from milestones.models import Node, Proof
from tests.make import MONDAY, make_node, make_project, make_unit, make_user
from tests.pages import client_of, tags_of, text_of
from tests.projects.file_samples import photo

pytestmark = pytest.mark.django_db


@pytest.fixture
def node() -> Node:
    town = make_unit()
    project = make_project(town=town, liaison=make_user(User.Role.LIAISON, unit=town))
    return make_node(project=project, status=Status.RUNNING, started_on=MONDAY, due_on=MONDAY)


def finish(node: Node, by: User, **sent: Any) -> Any:
    return client_of(by).post(f"/nodes/{node.pk}/finish/", {"next": "/my/", **sent}, follow=True)


def finishes(node: Node) -> int:
    return Change.objects.filter(node=node, verb=Change.Verb.NODE_FINISHED).count()


def test_a_form_that_arrives_twice_is_done_once_and_both_are_told_so(node: Node) -> None:
    liaison = node.project.liaison
    assert liaison
    sent = {"once": str(uuid4()), "version": node.version}

    first = finish(node, liaison, **sent, files=ContentFile(photo(), "a.jpg"))
    again = finish(node, liaison, **sent, files=ContentFile(photo(), "a.jpg"))

    assert [first.status_code, again.status_code] == [200, 200]
    assert "is done." in text_of(first)
    assert "had arrived already" in text_of(again)
    assert finishes(node) == 1
    assert Proof.objects.count() == 1


def test_a_form_that_was_refused_can_be_sent_again_with_its_key(node: Node) -> None:
    liaison = node.project.liaison
    assert liaison
    sent = {"once": str(uuid4()), "on": "2020-01-01"}

    assert finish(node, liaison, **sent).status_code == 409
    assert not Receipt.objects.exists()
    Node.objects.update(started_on="2019-12-31")
    finish(node, liaison, **sent)

    assert finishes(node) == 1


def test_a_key_that_is_used_for_something_else_swallows_nothing(node: Node) -> None:
    manager, key = make_user(), str(uuid4())
    finish(node, manager, once=key)
    reopened = client_of(manager).post(f"/nodes/{node.pk}/reopen/", {"once": key, "reason": "补正"})
    assert reopened.status_code == 302
    finish(node, manager, once=key, on=timezone.localdate().isoformat())

    assert finishes(node) == 2


def test_the_key_of_one_person_is_not_that_of_another(node: Node) -> None:
    first, second, key = make_user(), make_user(), str(uuid4())
    finish(node, first, once=key)
    client_of(first).post(f"/nodes/{node.pk}/reopen/", {"reason": "补正"})

    assert "is done." in text_of(finish(node, second, once=key))
    assert finishes(node) == 2


def test_a_key_that_is_none_is_refused(node: Node) -> None:
    answer = finish(node, make_user(), once="abc")

    assert answer.status_code == 400
    assert "The form&#x27;s key abc is not a UUID." in answer.content.decode()
    assert finishes(node) == 0


def test_every_form_of_the_page_has_a_key_of_its_own(node: Node) -> None:
    liaison = node.project.liaison
    assert liaison
    client = client_of(liaison)

    keys = [
        attrs["value"]
        for _ in range(2)
        for tag, attrs in tags_of(client.get("/my/"))
        if tag == "input" and attrs.get("name") == "once"
    ]

    assert len(keys) == 4
    assert len(set(keys)) == 4
