"""Nodes that are done without the proof that their template asks for: found, marked, counted the same."""

from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from domain.lifecycle import Status
from domain.lights import LightRule
from domain.workdays import WorkCalendar
from milestones.actions.proofs import add_proofs, withdraw_proof
from milestones.models import Node, TemplateNode
from milestones.queries import node_rows
from tests.make import FRIDAY, MONDAY, make_node, make_unit, make_user
from tests.pages import client_of, text_of
from tests.projects.file_samples import make_proof

pytestmark = pytest.mark.django_db

RULE = LightRule.on(FRIDAY, WorkCalendar())


def make_asked(status: Status = Status.DONE, *, proof: str = "施工许可证编号") -> Node:
    """A node whose template asks for this proof."""
    node = make_node(status=status)
    TemplateNode.objects.filter(pk=node.template_node_id).update(proof=proof)
    return node


def lacking() -> set[int]:
    """The nodes that lack a proof, by the list; rows must say the same."""
    found = set(Node.objects.lacking_proof().values_list("pk", flat=True))
    rows = node_rows(Node.objects.order_by("pk").for_list(), RULE)
    assert {row.pk for row in rows if row.lacks_proof} == found
    return found


def test_done_without_the_proof_asked_for_is_lacking() -> None:
    node = make_asked()
    for status in (Status.WAITING, Status.RUNNING, Status.WAIVED):
        make_asked(status)
    make_asked(proof="")

    assert lacking() == {node.pk}


def test_a_number_or_a_file_is_enough_until_it_is_withdrawn() -> None:
    actor, numbered, filed = make_user(), make_asked(), make_asked()
    (number,) = add_proofs(numbered, actor=actor, document_no="3301")
    make_proof(filed, actor=actor)
    assert lacking() == set()

    withdraw_proof(number, actor=actor, reason="传错了")
    assert lacking() == {numbered.pk}


def test_the_filter_finds_them_on_the_page_in_the_export_and_over_rest() -> None:
    user, node, other = make_user(), make_asked(), make_asked()
    make_proof(other, actor=user)
    client = client_of(user)

    page = client.get("/overdue/", {"proof": "missing"})
    rows = client.get("/api/v1/nodes/", {"proof": "missing"}).json()["results"]

    assert node.project.name in text_of(page)
    assert other.project.name not in text_of(page)
    assert "proof missing" in text_of(page)
    assert [(row["id"], row["lacks_proof"]) for row in rows] == [(node.pk, True)]
    sheet: Any = client.get("/overdue/export/", {"proof": "missing"})
    assert b"".join(sheet.streaming_content)[:2] == b"PK"
    assert client.get("/overdue/", {"proof": "maybe"}).status_code == 400
    stranger = client_of(make_user(unit=make_unit()))
    assert stranger.get("/api/v1/nodes/", {"proof": "missing"}).json()["results"] == []


def test_the_page_of_the_project_marks_them() -> None:
    node, user = make_asked(), make_user(User.Role.LEADER)
    client = client_of(user)
    assert "proof missing" in text_of(client.get(node.project.get_absolute_url()))
    make_proof(node, actor=make_user())
    assert "proof missing" not in text_of(client.get(node.project.get_absolute_url()))


@pytest.mark.parametrize("nodes", [1, 5])
def test_the_mark_costs_a_list_no_question(
    nodes: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(nodes):
        make_asked()
    Node.objects.update(finished_on=MONDAY)
    node_rows(Node.objects.for_list(), RULE)  # what is remembered of templates is read
    with django_assert_num_queries(2):
        assert len(node_rows(Node.objects.for_list(), RULE)) == nodes
