"""Many people change issues at once: numbers have no gaps, and what was accepted is in the history."""

from collections.abc import Callable
from datetime import date
from threading import Barrier, Thread
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection, connections, transaction

from accounts.models import Unit, User
from domain.errors import DomainError, RuleError, StaleError
from domain.issues import IssueStatus
from domain.lifecycle import Status
from history.models import Change
from issues.actions import (
    ask_to_close,
    assign_issue,
    close_topic,
    note_issue,
    note_topic,
    open_topic,
    raise_issue,
    verify_issue,
)
from issues.models import Block, Category, Issue, IssueNote, NumberSeries, Topic
from milestones.models import Hold, Node
from projects.models import Project
from tests.make import (
    FRIDAY,
    MONDAY,
    make_category,
    make_issue,
    make_node,
    make_nodes,
    make_project,
    make_template,
    make_unit,
    make_user,
)
from tests.rest import api, send

ROUNDS = 6
THREADS = 8
LATER = date(2026, 3, 20)

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def _rows_can_be_locked() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite writes one transaction at a time")


def at_once(*works: Callable[[], object]) -> list[object]:
    """Run all together; what each returned, or the refusal that it met. Whatever else a thread meets fails the test."""
    barrier, found = Barrier(len(works)), []

    def run(work: Callable[[], object]) -> None:
        barrier.wait()
        try:
            found.append(work())
        except (DomainError, PermissionDenied) as refusal:
            found.append(refusal)
        finally:
            connections.close_all()

    threads = [Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert len(found) == len(works), "a thread died or hangs"
    return found


def refused(found: list[object]) -> list[DomainError]:
    return [one for one in found if isinstance(one, DomainError)]


def raised_in(project: Project, actor: User, category: Category, **more: Any) -> Issue:
    return raise_issue(
        project,
        actor=actor,
        title="开闭所未建",
        category=category,
        source=Issue.Source.TOWN,
        today=MONDAY,
        **more,
    )


def numbers_have_no_gap(year: int = 2026) -> bool:
    taken = sorted(Issue.objects.filter(year=year).values_list("serial", flat=True))
    last = NumberSeries.objects.filter(of=NumberSeries.Of.ISSUES, year=year).values_list("last", flat=True)
    return taken == list(range(1, len(taken) + 1)) and list(last) == [len(taken)]


def replayed(issue: Issue) -> dict[str, Any]:
    """The fields of an issue as its history tells them, one change after the other."""
    fields: dict[str, Any] = {"status": str(IssueStatus.RAISED)}
    for change in Change.objects.filter(issue=issue).order_by("pk"):
        for name, value in change.before.items():
            assert name not in fields or fields[name] == value, f"{change.verb} did not see what came before"
        fields |= change.after
    return fields


def test_eight_raise_in_different_projects_and_numbers_are_gapless_and_unique() -> None:
    actor, category = make_user(), make_category()
    projects = [make_project() for _ in range(THREADS)]
    for done in range(1, ROUNDS + 1):
        found = at_once(
            *[lambda project=project: raised_in(project, actor, category) for project in projects]
        )

        assert not refused(found)
        assert Issue.objects.count() == THREADS * done
        assert numbers_have_no_gap()
    assert Issue.objects.values("number").distinct().count() == THREADS * ROUNDS


def test_eight_raise_in_one_project() -> None:
    actor, category, project = make_user(), make_category(), make_project()
    for done in range(1, ROUNDS + 1):
        assert not refused(at_once(*[lambda: raised_in(project, actor, category)] * THREADS))
        assert Issue.objects.count() == THREADS * done
        assert numbers_have_no_gap()


def test_eight_raise_the_first_of_a_year() -> None:
    """The series itself is made once; nobody starts a second one."""
    actor, category = make_user(), make_category()
    projects = [make_project() for _ in range(THREADS)]
    for year in range(2026, 2026 + ROUNDS):

        def first(project: Project, year: int = year) -> Issue:
            return raise_issue(
                project, actor=actor, title="开闭所未建", category=category, source=Issue.Source.TOWN,
                today=date(year, 1, 5),
            )  # fmt: skip

        found = at_once(*[lambda project=project: first(project) for project in projects])

        assert not refused(found)
        assert numbers_have_no_gap(year)


def test_who_is_refused_or_rolled_back_leaves_no_gap() -> None:
    actor, category, foreign = make_user(), make_category(), make_node()
    projects = [make_project() for _ in range(THREADS)]

    def given_up(project: Project) -> None:
        """The number was taken already when the transaction ends in an error."""
        with transaction.atomic():
            raised_in(project, actor, category)
            raise RuleError("the connection is lost")

    for done in range(1, ROUNDS + 1):
        works: list[Callable[[], object]] = []
        for number, project in enumerate(projects):
            if number % 4 == 1:
                works.append(lambda project=project: given_up(project))  # type: ignore[misc]
            elif number % 4 == 3:
                works.append(lambda project=project: raised_in(project, actor, category, nodes=[foreign]))  # type: ignore[misc]
            else:
                works.append(lambda project=project: raised_in(project, actor, category))  # type: ignore[misc]

        found = at_once(*works)

        assert len(refused(found)) == THREADS // 2
        assert Issue.objects.count() == THREADS // 2 * done
        assert numbers_have_no_gap()


def test_two_verify_at_once_and_one_closes() -> None:
    for _round in range(ROUNDS):
        issue, managers = make_issue(status="close_requested"), [make_user() for _ in range(4)]

        found = at_once(
            *[
                lambda manager=manager, issue=issue: verify_issue(issue, actor=manager, today=FRIDAY)
                for manager in managers
            ]
        )

        assert len(refused(found)) == 3
        (closed,) = Change.objects.filter(issue=issue, verb=Change.Verb.ISSUE_CLOSED)
        stored = Issue.objects.get(pk=issue.pk)
        assert (stored.status, stored.verified_by) == (IssueStatus.CLOSED, closed.actor)
        assert stored.version == issue.version + 1


def test_two_act_on_one_reading_and_the_second_is_told() -> None:
    for _round in range(ROUNDS):
        issue, manager = make_issue(lead_unit=make_unit()), make_user()

        def note(issue: Issue = issue, manager: User = manager) -> IssueNote:
            return note_issue(issue, actor=manager, text="进展", version=issue.version)

        found = at_once(note, note, note, note)

        assert [type(one) for one in refused(found)] == [StaleError] * 3
        assert IssueNote.objects.filter(issue=issue).count() == 1


def test_note_ask_and_verify_at_once_leave_a_state_that_follows_from_the_history() -> None:
    for _round in range(ROUNDS):
        power = make_unit(kind=Unit.Kind.DEPARTMENT)
        issue, clerk, manager = make_issue(lead_unit=power), make_user(unit=power), make_user()

        def note(issue: Issue = issue, clerk: User = clerk) -> IssueNote:
            return note_issue(issue, actor=clerk, text="进展")

        def ask(issue: Issue = issue, clerk: User = clerk) -> Issue:
            return ask_to_close(issue, actor=clerk, today=FRIDAY, document_no="1")

        def verify(issue: Issue = issue, manager: User = manager) -> Issue:
            return verify_issue(issue, actor=manager, today=FRIDAY)

        found = at_once(note, ask, verify, note, verify, ask)

        stored, told = Issue.objects.get(pk=issue.pk), replayed(issue)
        assert stored.status == told["status"]
        accepted = [one for one in found if not isinstance(one, DomainError)]
        assert stored.version == issue.version + len(accepted)
        notes = [one for one in accepted if isinstance(one, IssueNote)]
        assert IssueNote.objects.filter(issue=issue).count() == len(notes)
        assert (stored.closed_on is None) == (stored.status != IssueStatus.CLOSED)
        assert stored.files.count() == 1


def test_assigning_and_raising_with_a_hold_at_once_wait_for_each_other_and_not_in_a_circle() -> None:
    manager, category, template = make_user(), make_category(), make_template("a", "b", "c", edges=())
    for _round in range(ROUNDS):
        nodes = list(make_nodes(template).values())
        Node.objects.filter(pk__in=[node.pk for node in nodes]).update(
            status=Status.RUNNING, started_on=MONDAY
        )
        project = nodes[0].project
        issue = make_issue(project, nodes=[nodes[0]])
        running = make_node(status=Status.RUNNING)
        other = make_issue(running.project, nodes=[running])
        lead = make_unit(kind=Unit.Kind.DEPARTMENT)

        def assign(issue: Issue, lead: Unit = lead) -> Issue:
            return assign_issue(issue, actor=manager, lead_unit=lead, due_on=LATER, today=MONDAY, hold=True)

        found = at_once(
            lambda issue=issue: assign(issue),  # type: ignore[misc]
            lambda project=project, node=nodes[1]: raised_in(  # type: ignore[misc]
                project, manager, category, nodes=[node], hold=True
            ),
            lambda other=other: assign(other),  # type: ignore[misc]
            lambda project=other.project: raised_in(project, manager, category),  # type: ignore[misc]
            lambda project=project, node=nodes[2]: raised_in(  # type: ignore[misc]
                project, manager, category, nodes=[node], hold=True
            ),
        )

        assert not refused(found)
        assert Hold.objects.filter(node__in=nodes).open().count() == 3
        assert Block.objects.filter(node__in=nodes, hold__isnull=False).count() == 3
        assert numbers_have_no_gap()


def test_raising_alone_and_after_something_else_in_the_project_is_no_circle() -> None:
    """The project is locked before a number is taken, whoever else holds either of them."""
    manager, category = make_user(), make_category()
    for _round in range(ROUNDS):
        issue = make_issue()

        def noted_and_raised(issue: Issue = issue) -> Issue:
            with transaction.atomic():
                note_issue(issue, actor=manager, text="进展")
                return raised_in(issue.project, manager, category)

        def raised(issue: Issue = issue) -> Issue:
            return raised_in(issue.project, manager, category)

        assert not refused(at_once(noted_and_raised, raised, raised, noted_and_raised, raised, raised))
        assert numbers_have_no_gap()


def test_three_that_put_one_node_on_hold_at_once_have_a_hold_each() -> None:
    manager, category = make_user(), make_category()
    for _round in range(ROUNDS):
        node = make_node(status=Status.RUNNING)

        def held(node: Node = node) -> Issue:
            return raised_in(node.project, manager, category, nodes=[node], hold=True)

        found = at_once(held, held, held)

        assert refused(found) == []
        holds = set(Hold.objects.filter(node=node).values_list("pk", flat=True))
        assert len(holds) == 3
        assert set(Block.objects.filter(node=node).values_list("hold", flat=True)) == holds
        assert numbers_have_no_gap()


def test_a_topic_that_is_noted_and_closed_while_issues_join_it_ends_without_open_ones() -> None:
    manager, category = make_user(), make_category()
    for _round in range(ROUNDS):
        projects = [make_project() for _ in range(3)]
        topic = open_topic(actor=manager, name="电力接入", today=MONDAY, issues=[make_issue(projects[0])])
        Issue.objects.filter(topic=topic).update(topic=None)

        def join(project: Project, topic: Topic = topic) -> Issue:
            return raised_in(project, manager, category, topic=topic)

        at_once(
            *[lambda project=project, join=join: join(project) for project in projects],
            lambda topic=topic: note_topic(topic, actor=manager, text="进展"),  # type: ignore[misc]
            lambda topic=topic: close_topic(topic, actor=manager, today=FRIDAY),  # type: ignore[misc]
        )

        topic.refresh_from_db()
        assert topic.closed_on is None or not Issue.objects.filter(topic=topic).exists()
        assert numbers_have_no_gap()


def test_one_request_that_arrives_several_times_at_once_is_done_once() -> None:
    manager, lead = make_user(), make_unit(kind=Unit.Kind.DEPARTMENT)
    make_category()
    api(manager)  # its token is made once
    for done in range(1, ROUNDS + 1):
        issue, key, project = make_issue(lead_unit=lead), uuid4(), make_project()

        def raised(key: Any = key, project: Project = project) -> Any:
            said: dict[str, Any] = {"title": "开闭所未建", "category": "power", "source": "town"}
            return send(api(manager), "issues/", key=key, project=project.pk, **said)

        def noted(key: Any = key, issue: Issue = issue) -> Any:
            return send(api(manager), f"issues/{issue.pk}/note/", key=key, text="进展")

        answers: list[Any] = at_once(raised, raised, raised, raised, noted, noted, noted, noted)

        assert sorted(answer.status_code for answer in answers) == [200] * 4 + [201] * 4
        assert len({answer.json()["id"] for answer in answers if answer.status_code == 201}) == 1
        assert Issue.objects.filter(project=project).count() == 1
        assert IssueNote.objects.filter(issue=issue).count() == 1
        assert Issue.objects.count() == 2 * done
        assert numbers_have_no_gap()
