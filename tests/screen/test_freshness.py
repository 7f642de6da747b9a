"""An unchanged page is not made again, a changed one always is, and nobody is shown what was kept for another."""

import pytest
import time_machine
from django.contrib import messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import Unit, User
from domain.lifecycle import Status
from history.models import Change
from milestones.actions import finish_node
from milestones.models import Node
from screen import keeping, queries
from screen.keeping import (
    COUNT_ANEW,
    MOVES_NO_ISSUE,
    MOVES_NO_MONEY,
    MOVES_NO_NODE,
    PART,
    Keeper,
    Projects,
)
from screen.narrowing import everything
from tests.make import FRIDAY, make_issue, make_project, make_unit, make_user
from tests.pages import client_of, text_of
from tests.screen.small_district import NOON, RULE, make_small_district

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _on_friday(time_machine: "time_machine.TimeMachineFixture") -> None:
    time_machine.move_to(NOON, tick=False)


def again(client: Client, tag: str, path: str = "/") -> int:
    return client.get(path, headers={"if-none-match": tag}).status_code


def test_an_unchanged_page_is_answered_before_anything_is_counted(
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    client = client_of(make_small_district())
    first = client.get("/")
    assert first["Cache-Control"] == "private, no-cache"

    with django_assert_max_num_queries(7):
        answer = client.get("/", headers={"if-none-match": first["ETag"]})

    assert (answer.status_code, answer.content, answer["ETag"]) == (304, b"", first["ETag"])
    assert answer["Cache-Control"] == "private, no-cache"


def test_whatever_an_action_changes_makes_another_page() -> None:
    reader = make_small_district()
    client = client_of(reader)
    tag = client.get("/")["ETag"]

    finish_node(
        Node.objects.get(project__name="抗体基地", template_node__code="a"),
        actor=reader,
        on=FRIDAY,
        today=FRIDAY,
    )
    changed = client.get("/", headers={"if-none-match": tag})

    assert changed.status_code == 200
    assert "2 Done this week" in text_of(changed) or "Done this week 2" in text_of(changed)


def test_the_name_of_the_page_hangs_on_reader_language_address_day_and_what_is_administered(
    time_machine: "time_machine.TimeMachineFixture",
) -> None:
    reader = make_small_district()
    client = client_of(reader)
    tag = client.get("/")["ETag"]

    assert again(client, tag) == 304
    assert again(client_of(make_user()), tag) == 200
    assert again(client_of(reader, language="zh-hans"), tag) == 200
    assert again(client, tag, f"/?town={Unit.objects.get(name='义蓬街道').pk}") == 200
    assert again(client, tag, "/?from=2026-01&to=2026-01") == 200
    time_machine.move_to("2026-03-07 00:01+08:00", tick=False)
    client = client_of(reader)
    assert again(client, tag) == 200
    tag = client.get("/")["ETag"]
    assert again(client, tag) == 304
    LogEntry.objects.create(user=reader, action_flag=CHANGE, object_repr="供电公司")
    assert again(client, tag) == 200


def test_a_page_with_a_message_is_shown_once_and_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    reader = make_small_district()
    client = client_of(reader)
    tag = client.get("/")["ETag"]
    client.post("/language/", {"language": "en"})
    monkeypatch.setattr("screen.views.get_messages", lambda _request: [messages])

    page = client.get("/", headers={"if-none-match": tag})

    assert (page.status_code, page["Cache-Control"], page.has_header("ETag")) == (
        200,
        "private, no-store",
        False,
    )


def test_a_hundred_leaders_cost_one_count() -> None:
    make_small_district()
    first, second = make_user(User.Role.LEADER), make_user(User.Role.LEADER)
    asked: list[str] = []

    for reader in (first, second):
        Keeper.of(reader, "").kept("x", MOVES_NO_NODE, lambda: asked.append("counted"))

    assert asked == ["counted"]


def test_what_is_kept_for_one_unit_is_not_shown_to_another() -> None:
    client_of(make_small_district()).get("/")

    other = client_of(make_user(User.Role.LIAISON, unit=make_unit("别处"))).get("/")

    assert "晶圆材料二期" not in text_of(other)
    assert "No project that you may see" in text_of(other)


@pytest.mark.parametrize(
    ("verb", "unmoved_by", "is_kept"),
    [
        (Change.Verb.NODE_FINISHED, MOVES_NO_NODE, False),
        (Change.Verb.NODES_RECORDED, MOVES_NO_NODE, False),
        (Change.Verb.ISSUE_RAISED, MOVES_NO_ISSUE, False),
        (Change.Verb.PROJECT_CHANGED, MOVES_NO_MONEY, False),
        (Change.Verb.PROJECT_CHANGED, MOVES_NO_NODE, False),
        (Change.Verb.INVESTMENT_RECORDED, MOVES_NO_MONEY, False),
        (Change.Verb.INVESTMENT_RECORDED, MOVES_NO_NODE, True),
        (Change.Verb.NODE_FINISHED, MOVES_NO_MONEY, True),
        (Change.Verb.DECISION_TAKEN, MOVES_NO_ISSUE, False),
    ],
)
def test_a_count_is_kept_until_something_changes_that_can_move_it(
    verb: Change.Verb, unmoved_by: frozenset[Change.Verb], is_kept: bool
) -> None:
    reader = make_user()
    counts = iter(range(10))

    def count() -> int:
        return Keeper.of(reader, "").kept("x", unmoved_by, lambda: next(counts))

    assert (count(), count()) == (0, 0)
    Change.objects.create(actor=reader, verb=verb)

    assert count() == (0 if is_kept else 1)


def test_what_was_changed_while_it_was_counted_is_counted_again() -> None:
    reader = make_user()
    keeper = Keeper.of(reader, "")

    def count() -> int:
        found = Change.objects.count()
        Change.objects.create(actor=reader, verb=Change.Verb.NODE_FINISHED)
        return found

    keeper.kept("x", MOVES_NO_NODE, count)

    assert Keeper.of(reader, "").kept("x", MOVES_NO_NODE, Change.objects.count) == Change.objects.count()


def test_a_change_of_status_moves_the_kept_tallies() -> None:
    reader = make_small_district()
    client = client_of(reader)
    client.get("/")
    node = Node.objects.get(project__name="抗体基地", template_node__code="a")

    finish_node(node, actor=reader, on=FRIDAY, today=FRIDAY)

    assert Node.objects.get(pk=node.pk).status == Status.DONE
    assert (
        f'data-count="{Node.objects.filter(status=Status.DONE).count()}"' in client.get("/").content.decode()
    )


def test_an_issue_moves_the_kept_counts_of_issues() -> None:
    reader = make_small_district()
    client = client_of(reader)
    assert "No issue is open." in text_of(client.get("/"))

    make_issue(Node.objects.all()[0].project, raised_by=reader, today=FRIDAY)

    assert "Open issues 1 open" in text_of(client.get("/"))


@pytest.mark.parametrize(
    ("verb", "unmoved_by"),
    [
        (Change.Verb.NODE_ASSIGNED, MOVES_NO_MONEY),
        (Change.Verb.ISSUE_ASSIGNED, MOVES_NO_MONEY),
        (Change.Verb.CHAIN_LAID, MOVES_NO_ISSUE),
        (Change.Verb.SLIP_ISSUED, MOVES_NO_MONEY),
    ],
)
def test_what_widens_the_sight_of_a_unit_moves_its_counts_and_not_those_of_the_district(
    verb: Change.Verb, unmoved_by: frozenset[Change.Verb]
) -> None:
    unit, bureau = make_user(unit=make_unit(kind=Unit.Kind.DEPARTMENT)), make_user()

    def count(reader: User, value: int) -> int:
        return Keeper.of(reader, "").kept("x", unmoved_by, lambda: value)

    assert (count(unit, 1), count(bureau, 1)) == (1, 1)
    Change.objects.create(actor=bureau, verb=verb)
    assert (count(unit, 2), count(bureau, 2)) == (2, 1)


def test_after_a_change_of_one_project_only_it_is_counted_again() -> None:
    reader, first, second = make_user(), make_project(), make_project()
    asked: list[object] = []

    def count(value: int) -> dict[int, int]:
        def counted(some: Projects) -> dict[int, int]:
            asked.append(some if some is None else set(some))
            keys = {first.pk, second.pk} if some is None else some
            return dict.fromkeys(keys, value)

        return Keeper.of(reader, "").by_project("x", MOVES_NO_NODE, counted)

    assert count(1) == {first.pk: 1, second.pk: 1}
    Change.objects.create(actor=reader, verb=Change.Verb.INVESTMENT_RECORDED, project=first)
    assert count(2) == {first.pk: 1, second.pk: 1}
    Change.objects.create(actor=reader, verb=Change.Verb.NODE_FINISHED, project=second)
    assert count(3) == {first.pk: 1, second.pk: 3}
    Change.objects.create(actor=reader, verb=Change.Verb.NODE_FINISHED)
    assert count(4) == {first.pk: 4, second.pk: 4}
    assert asked == [None, {second.pk}, None]


def test_after_a_change_only_the_part_of_its_project_is_counted_again() -> None:
    reader, project = make_user(), make_project()
    mine, other = project.pk // PART, project.pk // PART + 1
    asked: list[object] = []

    def count(value: int) -> dict[int, int]:
        def counted(some: Projects) -> dict[int, int]:
            asked.append(some if some is None else set(some))
            return dict.fromkeys((mine, other) if some is None else some, value)

        return Keeper.of(reader, "").by_part("x", MOVES_NO_NODE, counted)

    assert count(1) == {mine: 1, other: 1}
    Change.objects.create(actor=reader, verb=Change.Verb.NODE_FINISHED, project=project)
    assert count(2) == {mine: 2, other: 1}
    Change.objects.create(actor=reader, verb=Change.Verb.NODE_FINISHED)
    assert count(3) == {mine: 3, other: 3}
    assert asked == [None, {mine}, None]


def test_the_tallies_of_parts_are_those_of_the_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    """With parts of two projects, of which one is counted again after each change."""
    monkeypatch.setattr(keeping, "PART", 2)
    monkeypatch.setattr(queries, "PART", 2)
    reader = make_small_district()
    narrowing = everything(FRIDAY)

    def lights(keeper: Keeper) -> object:
        return queries.screen_of(reader, RULE, narrowing, keeper).lights

    for node in Node.objects.filter(status=Status.RUNNING):
        assert lights(Keeper.of(reader, "")) == lights(COUNT_ANEW)
        finish_node(node, actor=reader, on=FRIDAY, today=FRIDAY)
    assert lights(Keeper.of(reader, "")) == lights(COUNT_ANEW)


def test_a_project_that_counts_nothing_any_more_is_dropped() -> None:
    reader, project = make_user(), make_project()
    values = iter(({project.pk: 1}, {}))

    def count() -> dict[int, int]:
        return Keeper.of(reader, "").by_project("x", MOVES_NO_NODE, lambda _some: next(values))

    assert count() == {project.pk: 1}
    Change.objects.create(actor=reader, verb=Change.Verb.NODE_FINISHED, project=project)
    assert count() == {}


def test_what_hangs_on_all_that_is_on_record_is_made_anew_after_any_change_at_all() -> None:
    reader = make_user()
    made = iter(range(10))

    def make(key: str = "") -> int:
        return Keeper.of(reader, "").unchanged("x", lambda: next(made), key=key)

    assert (make(), make(), make("en")) == (0, 0, 1)
    Change.objects.create(actor=reader, verb=Change.Verb.INDICATOR_RECORDED)
    assert make() == 2
    LogEntry.objects.create(user=reader, action_flag=CHANGE, object_repr="供电公司")
    assert make() == 3


def test_a_second_reader_of_the_same_page_costs_no_count(
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    make_small_district()
    client_of(make_user(User.Role.LEADER)).get("/")
    other = client_of(make_user(User.Role.LEADER))

    with django_assert_max_num_queries(12):
        assert "晶圆材料二期" in text_of(other.get("/"))
