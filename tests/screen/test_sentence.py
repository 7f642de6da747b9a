"""The sentence that opens the screen: nought, one, many."""

import pytest
from django.http import QueryDict
from django.utils import translation

from accounts.models import Unit, User
from domain.lifecycle import Status
from milestones.filters import NodeFilter
from milestones.models import Node, TemplateNode
from screen.queries import screen_of
from screen.sentence import clauses, sentence
from tests.make import make_project, make_template, make_user
from tests.screen.small_district import LATER, LONG_AGO, RULE, SOON, make_laid, make_small_district, put

pytestmark = pytest.mark.django_db


def said_to(reader: User) -> str:
    return sentence(screen_of(reader, RULE))


def late(*stuck: tuple[str, str]) -> None:
    """A project for each node code and unit, overdue there; the nodes wait for no other."""
    template = make_template("a", "b", edges=())
    for code, unit in stuck:
        nodes = make_laid(template, project=make_project(name="轮胎技改"), **{code: LONG_AGO})
        found, _made = Unit.objects.get_or_create(name=unit, kind=Unit.Kind.DEPARTMENT)
        put(nodes[code], Status.RUNNING, LONG_AGO, found)


def test_without_projects_it_says_so() -> None:
    assert said_to(make_user()) == "There is no project on record yet."


def test_projects_without_a_chain_are_not_under_way() -> None:
    make_project()
    assert said_to(make_user()) == "1 project is on record, not yet under way."

    make_project()
    assert said_to(make_user()) == "2 projects are on record, none is under way."


def test_when_all_is_finished_it_says_so() -> None:
    for _ in range(2):
        put(make_laid(make_template("a"), project=make_project())["a"], Status.DONE)

    assert said_to(make_user()) == "all 2 projects are finished."


def test_nothing_overdue_and_nothing_due() -> None:
    make_laid(make_template("a"), project=make_project(), a=LATER)

    assert said_to(make_user()) == "1 project is under way, nothing is overdue."


def test_nothing_overdue_but_something_due() -> None:
    template = make_template("a")
    for _ in range(2):
        make_laid(template, project=make_project(), a=SOON)

    assert said_to(make_user()) == (
        "2 projects are under way, nothing is overdue, 2 nodes fall due within two weeks."
    )


def test_one_overdue_node_is_named_with_its_project_and_unit() -> None:
    late(("a", "供电公司"))

    assert said_to(make_user()) == ("1 project is under way, “Node a” of 轮胎技改 is overdue, with 供电公司.")


def test_many_at_one_step_with_one_unit() -> None:
    assert said_to(make_small_district()) == (
        "4 projects are under way, 2 overdue causes, all of them stuck at Node b, with 供电公司."
    )


def test_some_of_many_at_one_step_with_several_units() -> None:
    late(("a", "供电公司"), ("a", "水务公司"), ("b", "供电公司"))

    assert said_to(make_user()) == ("3 projects are under way, 3 overdue causes, 2 of them stuck at Node a.")


def test_each_stuck_somewhere_else() -> None:
    late(("a", "供电公司"), ("b", "供电公司"))

    assert said_to(make_user()) == (
        "2 projects are under way, 2 overdue causes, the longest for 24 working days."
    )


def test_what_is_alarming_is_marked_and_opens() -> None:
    alarming = [clause for clause in clauses(screen_of(make_small_district(), RULE)) if clause.is_alarming]

    assert [clause.text for clause in alarming] == ["2 overdue causes", "all of them stuck at Node b"]
    assert all(clause.url for clause in alarming)


def test_a_node_kind_is_counted_over_all_chains_and_its_link_opens_exactly_these_nodes() -> None:
    late(("a", "供电公司"), ("b", "住建局"))
    late(("a", "供电公司"))
    manager = make_user()
    (*_, where, who) = clauses(screen_of(manager, RULE))
    assert (where.text, who.text) == ("2 of them stuck at Node a", "with 供电公司")

    found = NodeFilter(QueryDict(where.url.partition("?")[2]), queryset=Node.objects.all(), rule=RULE).qs

    assert [node.template_node.code for node in found] == ["a", "a"]
    assert found.values("template_node__template").distinct().count() == 2


def test_the_figures_of_the_sentence_are_the_same_in_every_language() -> None:
    late(("a", "供电公司"))
    late(("a", "供电公司"))
    late(("b", "住建局"))
    first = TemplateNode.objects.filter(name="节点a").earliest("pk")
    TemplateNode.objects.filter(pk=first.pk).update(name_en="Node of another English name")
    manager = make_user()

    with translation.override("en"):
        english = screen_of(manager, RULE).jam
    with translation.override("zh-hans"):
        chinese = screen_of(manager, RULE).jam

    assert english
    assert chinese
    assert (english.code, english.causes) == (chinese.code, chinese.causes) == ("a", 2)
