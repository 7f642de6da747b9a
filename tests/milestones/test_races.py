"""Many change one chain at once: what was accepted is in the history, and the final state follows from it."""

from collections.abc import Callable
from datetime import date
from threading import Barrier, Thread
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, connections

from accounts.models import User
from domain.errors import DomainError
from domain.lifecycle import Status
from history.models import Change
from milestones.actions import (
    approve_date_change,
    finish_node,
    hold_node,
    lay_chain,
    request_date_change,
    resume_node,
    start_node,
)
from milestones.models import DateChange, Hold, Node
from tests.make import make_project, make_template, make_user
from tests.pages import client_of

MON, TUE, FRI = date(2026, 3, 2), date(2026, 3, 3), date(2026, 3, 6)
ROUNDS = 6

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def _rows_can_be_locked() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite writes one transaction at a time")


def at_once(*works: Callable[[], object]) -> list[object]:
    """Run all together; what each returned, or the refusal that it met."""
    barrier, found = Barrier(len(works)), []

    def run(work: Callable[[], object]) -> None:
        barrier.wait()
        try:
            found.append(work())
        except DomainError as refusal:
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


def running_chain() -> tuple[Any, Node, Node]:
    """A manager, a running node and the one behind it."""
    project, actor = make_project(), make_user()
    lay_chain(project, make_template("a", "b", "c"), actor=actor, starts_on=MON)
    first, second = Node.objects.filter(project=project).order_by("pk")[:2]
    start_node(first, actor=actor, on=MON, today=FRI)
    return actor, first, second


def replayed(node: Node) -> dict[str, Any]:
    """The fields of a node as its history tells them, one change after the other."""
    fields: dict[str, Any] = {}
    for change in Change.objects.filter(node=node).order_by("pk"):
        for name, value in change.before.items():
            assert name not in fields or fields[name] == value, f"{change.verb} did not see what came before"
        fields |= change.after
    return fields


def test_finish_hold_and_shift_at_once_leave_a_state_that_follows_from_the_history() -> None:
    for _round in range(ROUNDS):
        actor, node, _behind = running_chain()

        def shift(node: Node = node, actor: Any = actor) -> DateChange:
            asked = request_date_change(
                node, actor=actor, due_on=date(2026, 4, 1), reason="enterprise", today=FRI, following=True
            )
            return approve_date_change(asked, actor=actor)

        found = at_once(
            lambda node=node, actor=actor: finish_node(node, actor=actor, on=FRI, today=FRI),  # type: ignore[misc]
            lambda node=node, actor=actor: hold_node(  # type: ignore[misc]
                node, actor=actor, on=TUE, today=FRI, reason="听证"
            ),
            shift,
        )

        stored = Node.objects.get(pk=node.pk)
        told = replayed(node)
        assert stored.status == told["status"]
        assert str(stored.due_on) == told.get("due_on", str(stored.baseline_on))
        assert (
            stored.version
            == 1 + Change.objects.filter(node=node).exclude(verb=Change.Verb.DATE_CHANGE_ASKED).count()
        )
        accepted = [one for one in found if not isinstance(one, DomainError)]
        assert accepted, found
        if stored.status == Status.HELD:
            assert Hold.objects.filter(node=node).open().count() == 1


def test_eight_finish_one_node_and_one_does() -> None:
    actor, node, _behind = running_chain()

    found = at_once(*[lambda: finish_node(node, actor=actor, on=FRI, today=FRI)] * 8)

    assert sum(not isinstance(one, DomainError) for one in found) == 1
    assert Change.objects.filter(node=node, verb=Change.Verb.NODE_FINISHED).count() == 1


def test_two_resume_one_hold_and_its_days_move_the_date_once() -> None:
    actor, node, _behind = running_chain()
    due = Node.objects.get(pk=node.pk).due_on
    hold_node(node, actor=actor, on=TUE, today=FRI, reason="听证")

    found = at_once(*[lambda: resume_node(node, actor=actor, on=FRI, today=FRI)] * 4)

    assert sum(not isinstance(one, DomainError) for one in found) == 1
    stored = Node.objects.get(pk=node.pk)
    assert due is not None
    assert stored.due_on == date(2026, 3, 12)  # three days after the 9th
    assert due == date(2026, 3, 9)


def test_two_ask_for_another_date_and_one_request_waits() -> None:
    actor, node, _behind = running_chain()

    def ask() -> DateChange:
        return request_date_change(node, actor=actor, due_on=date(2026, 4, 1), reason="enterprise", today=FRI)

    found = at_once(ask, ask, ask)

    assert sum(isinstance(one, DateChange) for one in found) == 1
    assert DateChange.objects.count() == 1


def test_one_form_that_arrives_several_times_at_once_is_done_once() -> None:
    for _round in range(ROUNDS):
        actor, first, _second = running_chain()
        sent = {"once": str(uuid4()), "on": FRI.isoformat(), "document_no": "330100202600001"}

        def send(node: Node = first, by: User = actor, sent: dict[str, str] = sent) -> int:
            return client_of(by).post(f"/nodes/{node.pk}/finish/", sent).status_code

        assert at_once(send, send, send, send) == [302] * 4
        assert Change.objects.filter(node=first, verb=Change.Verb.NODE_FINISHED).count() == 1
        assert first.proofs.count() == 1
