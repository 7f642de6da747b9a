"""Idle nodes (待启动超期): the graph in Python and the query in SQL give the same answer."""

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.lifecycle import Status
from domain.lights import IDLE_AFTER, LightRule
from domain.workdays import WorkCalendar
from milestones.filters import NodeFilter
from milestones.graph import graph_of
from milestones.models import Chain, Node
from milestones.queries import node_rows
from tests.make import make_nodes, make_project, make_template

pytestmark = pytest.mark.django_db

EDGES = (("a", "b"), ("b", "d"), ("c", "d"), ("d", "g"))
ANY_OF = (("e", "g", "permit"), ("f", "g", "permit"), ("a", "h", "x"), ("g", "h", "x"))
FIRST = date(2026, 3, 2)
days = st.integers(0, 30).map(lambda n: FIRST + timedelta(days=n))
TODAY = FIRST + timedelta(days=24)


def put(node: Node, status: Status, day: date) -> None:
    Node.objects.filter(pk=node.pk).update(
        status=status,
        started_on=day if status in {Status.RUNNING, Status.HELD} else None,
        held_on=day if status == Status.HELD else None,
        finished_on=day if status == Status.DONE else None,
        waived_on=day if status == Status.WAIVED else None,
        waived_reason="免" if status == Status.WAIVED else "",
    )


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    facts=st.lists(st.tuples(st.sampled_from(Status), days), min_size=8, max_size=8),
    absent=st.sampled_from([None, *"abcdefgh"]),
    starts_on=days,
)
def test_sql_and_python_agree_on_what_is_idle(
    facts: list[tuple[Status, date]], absent: str | None, starts_on: date
) -> None:
    Node.objects.all().delete()
    template = make_template(*"abcdefgh", edges=EDGES, any_of=ANY_OF, soft=(("a", "c"),), code="chain")
    project = make_project()
    Chain.objects.create(project=project, template=template, starts_on=starts_on)
    nodes = make_nodes(template, project=project)
    for node, fact in zip(nodes.values(), facts, strict=True):
        put(node, *fact)
    if absent:
        nodes.pop(absent).delete()
    rule = LightRule.on(TODAY, WorkCalendar())

    idle = set(Node.objects.idle(rule).values_list("template_node__code", flat=True))

    closings = {
        node.template_node_id: (Status(node.status), node.finished_on or node.waived_on)
        for node in Node.objects.filter(project=project)
    }
    graph = graph_of(template.pk)
    ready = {
        code: graph.ready_on(node.template_node_id, closings, starts_on)
        for code, node in nodes.items()
        if closings[node.template_node_id][0] == Status.WAITING
    }
    assert idle == {
        code for code, day in ready.items() if day and rule.calendar.count(day, TODAY) > IDLE_AFTER
    }
    rows = node_rows(Node.objects.filter(project=project), rule)
    assert {row.code for row in rows if row.is_idle} == idle
    assert {row.code: row.ready_on for row in rows if row.ready_on} == {
        code: day for code, day in ready.items() if day
    }


def test_a_node_is_idle_from_the_sixth_working_day_on() -> None:
    template = make_template("a", "b")
    nodes = make_nodes(template)
    Chain.objects.create(project=nodes["a"].project, template=template, starts_on=FIRST)
    put(nodes["a"], Status.DONE, FIRST)

    def idle(today: date) -> list[str]:
        rule = LightRule.on(today, WorkCalendar())
        found = NodeFilter({"idle": "true"}, queryset=Node.objects.all(), rule=rule).qs
        return [node.template_node.code for node in found]

    assert idle(FIRST + timedelta(days=7)) == []  # five working days
    assert idle(FIRST + timedelta(days=8)) == ["b"]


def test_a_chain_that_has_not_begun_has_no_idle_nodes() -> None:
    template = make_template("a")
    nodes = make_nodes(template)
    Chain.objects.create(project=nodes["a"].project, template=template, starts_on=TODAY)

    assert not Node.objects.idle(LightRule.on(TODAY, WorkCalendar())).exists()


def test_a_hold_comes_back_after_thirty_days() -> None:
    nodes = make_nodes(make_template("a", "b", edges=()))
    put(nodes["a"], Status.HELD, TODAY - timedelta(days=31))
    put(nodes["b"], Status.HELD, TODAY - timedelta(days=30))

    assert list(Node.objects.held_longer_than(30, TODAY)) == [nodes["a"]]


@pytest.mark.parametrize(("entered", "marked"), [(date(2026, 3, 9), False), (date(2026, 3, 10), True)])
def test_an_entry_more_than_five_working_days_late_is_marked(entered: date, *, marked: bool) -> None:
    node = make_nodes(make_template("a"))["a"]
    Node.objects.filter(pk=node.pk).update(status=Status.DONE, finished_on=FIRST, finish_entered_on=entered)

    (row,) = node_rows([node], LightRule.on(TODAY, WorkCalendar()))

    assert row.is_back_filled is marked
