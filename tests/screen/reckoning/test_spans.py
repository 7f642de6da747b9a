"""What the worker reckons of the chains: as known on a day, held against each node by itself; kept and given up."""

from datetime import date, timedelta
from random import Random
from typing import Any

import numpy as np
import pytest
from pytest_django import DjangoAssertNumQueries

from domain.chain_matrix import ABSENT
from domain.day_ranks import UNKNOWN
from domain.lifecycle import Status
from domain.workdays import LimitUnit, WorkCalendar
from milestones.graph import graph_of
from milestones.models import Chain, Hold, Node, TemplateNode
from screen.models import Reckoning
from screen.reckoning import actions
from screen.reckoning.columns import pack, unpack
from screen.reckoning.facts import Batch, read_facts
from screen.reckoning.queries import kept, latest
from screen.reckoning.queries import spans_of as kept_spans
from screen.reckoning.spans import NOT_KNOWN, Spans, spans_of
from tests.make import (
    MONDAY,
    make_category,
    make_issue,
    make_nodes,
    make_project,
    make_template,
    make_unit,
    make_user,
)

pytestmark = pytest.mark.django_db

CALENDAR = WorkCalendar({date(2026, 4, 6): False, date(2026, 3, 14): True})
TODAY = date(2026, 5, 29)
EDGES = (("a", "b"), ("b", "d"), ("c", "d"), ("d", "g"))
ANY_OF = (("e", "g", "permit"), ("f", "g", "permit"))


def a_day(random: Random) -> date:
    return MONDAY + timedelta(days=random.randrange(0, 80))


def scattered(random: Random, projects: int) -> None:
    """Chains with every status, dates in any order, steps that are absent, holds."""
    template = make_template(*"abcdefg", edges=EDGES, any_of=ANY_OF, soft=(("a", "c"),), code="scattered")
    manager = make_user()
    for _ in range(projects):
        nodes = make_nodes(template, project=make_project(), starts_on=MONDAY)
        for node in list(nodes.values()):
            if random.random() < 0.1:
                node.delete()
                continue
            _scatter(node, random)
            if node.status == Status.HELD and node.held_on:
                Hold.objects.create(node=node, held_on=node.held_on, reason="等待", held_by=manager)


def _scatter(node: Node, random: Random) -> None:
    node.status = random.choice(list(Status))
    node.due_on = a_day(random)
    if node.status in {Status.RUNNING, Status.HELD} or (node.status == Status.DONE and random.random() < 0.8):
        node.started_on = a_day(random)
        node.start_entered_on = node.started_on
    if node.status == Status.DONE:
        node.finished_on = (node.started_on or MONDAY) + timedelta(days=random.randrange(30))
        node.finish_entered_on = node.finished_on
    if node.status == Status.HELD:
        node.held_on = (node.started_on or MONDAY) + timedelta(days=random.randrange(9))
    if node.status == Status.WAIVED:
        node.waived_on, node.waived_reason = a_day(random), "无需"
    node.save()


@pytest.mark.parametrize("seed", range(4))
def test_columns_say_of_each_node_what_one_by_one_says(seed: int) -> None:
    scattered(Random(seed), 12)
    today = date(2026, 7, 31)  # after everything
    spans = spans_of(read_facts(today, CALENDAR))
    starts = dict(Chain.objects.values_list("project", "starts_on"))
    of_project: dict[int, dict[int, tuple[Status, date | None]]] = {}
    nodes = {node.pk: node for node in Node.objects.select_related("template_node")}
    for node in nodes.values():
        closing = (Status(node.status), node.finished_on or node.waived_on)
        of_project.setdefault(node.project_id, {})[node.template_node_id] = closing

    assert set(spans.node.tolist()) == {pk for pk, node in nodes.items() if node.status != Status.WAIVED}
    for row, pk in enumerate(spans.node.tolist()):
        node = nodes[pk]
        graph = graph_of(node.template_node.template_id)
        ready = graph.ready_on(node.template_node_id, of_project[node.project_id], starts[node.project_id])
        end = node.finished_on if node.status == Status.DONE else today
        began = node.started_on
        if node.status == Status.DONE and began is None and ready is not None:
            began = min(ready, node.finished_on or ready)
        held = 0
        if node.status == Status.HELD and node.held_on:
            held = CALENDAR.count(node.held_on - timedelta(days=1), today)
        assert end is not None
        took = NOT_KNOWN
        if began is not None and node.status != Status.WAITING:
            took = max(0, CALENDAR.count(began, end) - held)
        idle = NOT_KNOWN
        if ready is not None and ready <= end:
            idle = max(0, CALENDAR.count(ready, end if took == NOT_KNOWN else began or end))
        assert (spans.took[row], spans.idle[row], spans.held[row]) == (took, idle, held), node
        assert bool(spans.ended[row]) == (node.status == Status.DONE)
        assert (spans.ready_on[row] or None) == (ready.toordinal() if ready else None)


def test_what_was_entered_or_happened_later_is_not_known() -> None:
    nodes = make_nodes(starts_on=MONDAY)
    on = MONDAY + timedelta(days=4)
    Node.objects.filter(pk=nodes["a"].pk).update(
        status=Status.DONE, started_on=MONDAY, start_entered_on=MONDAY, finished_on=on,
        finish_entered_on=on + timedelta(days=10),
    )  # fmt: skip
    then, later = (spans_of(read_facts(on + timedelta(days=days), CALENDAR)) for days in (9, 10))
    assert (then.ended.tolist(), later.ended.tolist()) == ([False] * 3, [True, False, False])
    assert (then.took[0], later.took[0]) == (
        CALENDAR.count(MONDAY, on + timedelta(days=9)),
        CALENDAR.count(MONDAY, on),
    )


def test_a_limit_in_calendar_days_is_the_working_days_in_it() -> None:
    template = make_template("a", "b", code="calendar", limit=14)
    TemplateNode.objects.filter(template=template).update(limit_unit=LimitUnit.CALENDAR)
    nodes = make_nodes(template, starts_on=MONDAY)
    Node.objects.filter(pk=nodes["a"].pk).update(
        status=Status.RUNNING, started_on=MONDAY, start_entered_on=MONDAY
    )
    spans = spans_of(read_facts(MONDAY, WorkCalendar()))
    assert spans.limit[spans.node == nodes["a"].pk].tolist() == [10]


def test_the_categories_of_the_issues_that_block() -> None:
    nodes = make_nodes(starts_on=MONDAY)
    for code in ("power", "land"):
        make_issue(nodes["a"].project, category=make_category(code), nodes=[nodes["a"]], today=MONDAY)
    spans = spans_of(read_facts(MONDAY, CALENDAR))
    assert spans.node[spans.blocked].tolist() == [nodes["a"].pk] * 2
    assert {str(spans.categories[one]) for one in spans.by_category} == {"power", "land"}
    before = spans_of(read_facts(MONDAY - timedelta(days=1), CALENDAR))
    assert before.blocked.tolist() == []


def test_only_the_projects_that_are_asked_for_are_read() -> None:
    first, _other = make_nodes(starts_on=MONDAY), make_nodes(starts_on=MONDAY)
    facts = read_facts(TODAY, CALENDAR, projects=[first["a"].project_id])
    assert [batch.projects.tolist() for batch in facts.batches] == [[first["a"].project_id]]


def test_a_step_that_a_project_has_not_is_absent_and_a_node_of_no_chain_is_not_read() -> None:
    nodes = make_nodes(starts_on=MONDAY)
    nodes["b"].delete()
    make_nodes()
    (batch,) = read_facts(TODAY, CALENDAR).batches
    assert isinstance(batch, Batch)
    assert batch.matrix.status[0, 1] == ABSENT
    assert batch.matrix.ready_on()[0, 2] == MONDAY.toordinal(), "c waits for nothing that is there"


def test_a_district_without_chains_is_reckoned_too() -> None:
    made = actions.reckon(TODAY, CALENDAR, draws=5)
    assert (made.projects, made.nodes) == (0, 0)
    assert len(kept_spans(made)) == 0


@pytest.mark.parametrize("projects", [1, 4])
def test_as_many_queries_however_many_projects(
    projects: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    template = make_template()
    for _ in range(projects):
        make_nodes(template, starts_on=MONDAY)
    read_facts(TODAY, CALENDAR)
    with django_assert_num_queries(5):  # chains, nodes, holds; projects and blocks
        spans_of(read_facts(TODAY, CALENDAR))


def test_what_is_packed_comes_back_the_same() -> None:
    scattered(Random(7), 3)
    spans = spans_of(read_facts(TODAY, CALENDAR))
    again = unpack(Spans, pack(spans))
    for name, value in vars(spans).items():
        assert np.array_equal(getattr(again, name), value), name


@pytest.mark.parametrize("packed", [None, b"", b"nonsense", b"PK\x03\x04"])
def test_what_is_no_columns_is_refused(packed: Any) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - numpy's own words differ
        unpack(Spans, packed)


def test_a_reckoning_that_is_killed_in_the_middle_leaves_the_last_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    make_nodes(starts_on=MONDAY)
    actions.reckon(TODAY - timedelta(days=1), CALENDAR, draws=5)

    def killed(*_args: Any, **_more: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(actions, "outlooks_of", killed)
    with pytest.raises(KeyboardInterrupt):
        actions.reckon(TODAY, CALENDAR, draws=5)
    found = latest()
    assert found is not None
    assert found.day == TODAY - timedelta(days=1)
    assert len(kept_spans(found)) == 3


def test_an_earlier_day_reckoned_later_is_kept_and_is_not_the_newest() -> None:
    make_nodes(starts_on=MONDAY)
    actions.reckon(TODAY, CALENDAR, draws=5)
    actions.reckon(TODAY - timedelta(days=30), CALENDAR, draws=5)
    newest = latest()
    assert newest is not None
    assert newest.day == TODAY
    assert [one.day for one in kept()] == [TODAY, TODAY - timedelta(days=30)]


def test_spans_that_were_given_up_say_so() -> None:
    make_nodes(starts_on=MONDAY)
    old = actions.reckon(TODAY - timedelta(days=1), CALENDAR, draws=5)
    actions.reckon(TODAY, CALENDAR, draws=5)
    with pytest.raises(Reckoning.DoesNotExist):
        kept_spans(old)


def test_a_chain_that_begins_in_the_future_has_nothing_to_begin() -> None:
    make_nodes(starts_on=TODAY + timedelta(days=300))
    spans = spans_of(read_facts(TODAY, CALENDAR))
    assert spans.took.tolist() == spans.idle.tolist() == [NOT_KNOWN] * 3
    assert spans.began_on.tolist() == [UNKNOWN] * 3
    assert spans.lead.tolist() == [NOT_KNOWN] * 3


def test_towns_and_sectors_are_those_of_the_project() -> None:
    town = make_unit()
    nodes = make_nodes(project=make_project(town=town, sector="新材料"), starts_on=MONDAY)
    spans = spans_of(read_facts(TODAY, CALENDAR))
    assert set(spans.town.tolist()) == {town.pk}
    assert spans.sectors[spans.sector[0]] == "新材料"
    assert set(spans.unit.tolist()) == {nodes["a"].unit_id}
