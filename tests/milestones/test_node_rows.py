"""Rows of nodes: the same from objects, from a QuerySet and in batches."""

from datetime import date

import pytest
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from domain.lifecycle import Status
from domain.lights import LightRule
from domain.workdays import WorkCalendar
from milestones.models import Node
from milestones.queries import each_node_row, node_rows
from tests.make import FRIDAY, MONDAY, make_nodes, make_project, make_template, make_user

pytestmark = pytest.mark.django_db

RULE = LightRule.on(FRIDAY, WorkCalendar())


def _late_chain() -> dict[str, Node]:
    project = make_project(liaison=make_user(User.Role.LIAISON, display_name="李明"))
    nodes = make_nodes(project=project, a=MONDAY, b=date(2026, 3, 4))
    Node.objects.filter(pk=nodes["a"].pk).update(status=Status.RUNNING, started_on=MONDAY, unit=None)
    return nodes


def test_rows_are_the_same_from_objects_and_from_a_queryset_and_in_batches() -> None:
    for _ in range(3):
        _late_chain()
    nodes = Node.objects.order_by("deadline_on", "pk").for_list()

    from_objects = node_rows(list(nodes), RULE)

    assert node_rows(nodes, RULE) == from_objects
    assert list(each_node_row(nodes, RULE, at_once=2)) == from_objects
    assert len(from_objects) == 9


def test_a_row_says_who_since_when_what_blocks_it_and_how_much_waits_behind_it() -> None:
    nodes = _late_chain()

    cause, knocked_on, last = node_rows(Node.objects.order_by("pk").for_list(), RULE)

    assert (cause.liaison, cause.unit, cause.etag) == ("李明", "", nodes["a"].etag)
    assert (cause.late_since, cause.days_late, cause.holds_up, cause.knocked_on) == (
        date(2026, 3, 3),
        4,
        2,
        1,
    )
    assert not cause.is_knocked_on
    assert knocked_on.is_knocked_on
    assert [neighbour.pk for neighbour in knocked_on.causes] == [nodes["a"].pk]
    assert (last.deadline_on, last.days_left, last.late_since) == (None, None, None)


@pytest.mark.parametrize("projects", [1, 5])
def test_four_queries_however_many_rows(
    projects: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    template = make_template()
    for _ in range(projects):
        nodes = make_nodes(template)
        Node.objects.filter(pk=nodes["a"].pk).update(status=Status.DONE, finished_on=MONDAY)
    node_rows(Node.objects.for_list()[:1], RULE)  # the template is read once for all

    with django_assert_num_queries(4):
        rows = node_rows(Node.objects.order_by("pk").for_list(), RULE)

    assert len(rows) == 3 * projects
