"""Many sweep and issue at once: each step is proposed once, and a slip goes out with one number."""

from datetime import date
from functools import partial

import pytest
from django.db import connection

from accounts.models import User
from domain.errors import DomainError
from domain.lifecycle import Status
from domain.workdays import WorkCalendar
from history.models import Change
from issues.actions import Proposals, issue_slip, issue_slips, propose_slips
from issues.models import NumberSeries, Supervision
from tests.make import MONDAY, make_node, make_user
from tests.milestones.test_races import at_once

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]

CALENDAR = WorkCalendar()
BLUE_DAY, YELLOW_DAY = date(2026, 3, 6), date(2026, 3, 12)
NODES, ROUNDS = 12, 4
State = Supervision.State


@pytest.fixture(autouse=True)
def _rows_can_be_locked() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite writes one transaction at a time")


def late_nodes(many: int = NODES) -> None:
    for _ in range(many):
        make_node(status=Status.RUNNING, due_on=MONDAY)


def sweep(day: date) -> Proposals:
    return propose_slips(day, CALENDAR)


def test_sweeps_at_once_propose_each_step_once() -> None:
    late_nodes()

    found = at_once(*[partial(sweep, BLUE_DAY)] * 4)

    assert sum(one.proposed for one in found if isinstance(one, Proposals)) == NODES
    assert Supervision.objects.count() == Supervision.objects.values("node").distinct().count() == NODES


def test_sweeps_at_once_raise_each_step_once() -> None:
    late_nodes()
    sweep(BLUE_DAY)

    found = at_once(*[partial(sweep, YELLOW_DAY)] * 4)

    assert sum(one.raised for one in found if isinstance(one, Proposals)) == NODES
    assert set(Supervision.objects.values_list("level", "version")) == {(2, 2)}


def test_eight_issue_one_slip_and_one_number_is_taken() -> None:
    late_nodes(1)
    sweep(BLUE_DAY)
    slip, actor = Supervision.objects.get(), make_user()

    found = at_once(*[partial(issue_slip, slip, actor=actor, today=BLUE_DAY)] * 8)

    assert sum(isinstance(one, Supervision) for one in found) == 1
    assert sum("issued already" in str(one) for one in found if isinstance(one, DomainError)) == 7
    assert Supervision.objects.get().number == "2026-0001"
    assert NumberSeries.objects.get(of=NumberSeries.Of.SLIPS).last == 1
    assert Change.objects.filter(verb=Change.Verb.SLIP_ISSUED).count() == 1


def test_eight_issue_different_slips_and_the_numbers_have_no_gap() -> None:
    late_nodes(8)
    sweep(BLUE_DAY)
    actor = make_user()

    at_once(*[partial(issue_slip, slip, actor=actor, today=BLUE_DAY) for slip in Supervision.objects.all()])

    numbers = sorted(Supervision.objects.values_list("number", flat=True))
    assert numbers == [f"2026-{serial:04d}" for serial in range(1, 9)]


def test_what_goes_out_while_the_sweep_raises_stays_as_it_went_out() -> None:
    late_nodes()
    for _round in range(ROUNDS):
        Supervision.objects.all().delete()
        sweep(BLUE_DAY)
        actor = make_user()
        slips = [(slip, None) for slip in Supervision.objects.order_by("-pk")]

        at_once(partial(sweep, YELLOW_DAY), partial(issue_all, slips, actor), partial(sweep, YELLOW_DAY))
        sweep(YELLOW_DAY)

        for slip in Supervision.objects.issued():
            told = Change.objects.get(verb=Change.Verb.SLIP_ISSUED, after__slip=slip.number).after
            assert (told["slip"], told["level"]) == (slip.number, slip.level)
        # Issued blue before the sweep came, each has a yellow proposal beside; raised before, it went out yellow.
        for node in Supervision.objects.values_list("node", flat=True).distinct():
            steps = Supervision.objects.filter(node=node).order_by("level").values_list("level", "state")
            assert list(steps) in ([(1, State.ISSUED), (2, State.PROPOSED)], [(2, State.ISSUED)])


def issue_all(slips: list[tuple[Supervision, None]], actor: User) -> int:
    issued, refused = issue_slips(slips, actor=actor, today=YELLOW_DAY)
    assert not refused
    return len(issued)
