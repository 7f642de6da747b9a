"""What holds a node up: the graph in Python and the query in SQL give the same answer."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.lifecycle import Status
from milestones.graph import graph_of
from milestones.models import Node
from tests.make import make_nodes, make_template
from tests.milestones.test_light_in_sql import write

EDGES = (("a", "b"), ("b", "d"), ("c", "d"), ("d", "g"))
ANY_OF = (("e", "g", "permit"), ("f", "g", "permit"), ("a", "h", "x"), ("g", "h", "x"))


@pytest.mark.django_db
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    statuses=st.lists(st.sampled_from(Status), min_size=8, max_size=8),
    absent=st.sampled_from([None, *"abcdefgh"]),
)
def test_sql_and_python_agree_on_what_is_held_up(statuses: list[Status], absent: str | None) -> None:
    Node.objects.all().delete()
    template = make_template(*"abcdefgh", edges=EDGES, any_of=ANY_OF, soft=(("a", "c"),), code="chain")
    nodes = make_nodes(template)
    for node, status in zip(nodes.values(), statuses, strict=True):
        write(node, status, None, None, None)
    if absent:
        nodes.pop(absent).delete()

    held_up = set(Node.objects.held_up().values_list("template_node__code", flat=True))

    known = {node.template_node_id: Status(node.status) for node in Node.objects.all()}
    graph = graph_of(template.pk)
    assert held_up == {
        code for code, node in nodes.items() if graph.open_before(node.template_node_id, known)
    }
    assert held_up.isdisjoint(Node.objects.not_held_up().values_list("template_node__code", flat=True))


@pytest.mark.django_db
def test_the_cause_is_the_open_node_that_waits_for_nothing() -> None:
    template = make_template("a", "b", "c", "d")
    a, b, c, d = template.nodes.order_by("position")
    statuses = {a.pk: Status.DONE, b.pk: Status.RUNNING, c.pk: Status.WAITING, d.pk: Status.WAITING}
    graph = graph_of(template.pk)

    assert graph.causes(d.pk, statuses) == [b.pk]
    assert graph.causes(b.pk, statuses) == []
    assert graph.held_up_by(b.pk, statuses) == {c.pk, d.pk}
    assert graph.held_up_by(c.pk, statuses) == {d.pk}


@pytest.mark.django_db
def test_a_group_that_has_its_one_is_held_up_by_no_other_member() -> None:
    template = make_template(
        "cp1", "cp", "pile", edges=(), any_of=(("cp1", "pile", "p"), ("cp", "pile", "p"))
    )
    cp1, cp, pile = template.nodes.order_by("position")
    statuses = {cp1.pk: Status.DONE, cp.pk: Status.RUNNING, pile.pk: Status.WAITING}

    assert graph_of(template.pk).held_up_by(cp.pk, statuses) == set()
