"""Raising and clearing overdue flags."""

from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from pytest_django import DjangoAssertNumQueries

from domain.lifecycle import Status
from domain.lights import LightRule
from domain.workdays import WorkCalendar
from milestones.actions import Sweep, finish_node, sweep_overdue
from milestones.models import Node, OverdueFlag
from milestones.tasks import flag_overdue
from tests.make import FRIDAY, MONDAY, make_node, make_user

pytestmark = pytest.mark.django_db
CALENDAR = WorkCalendar()


def late_node() -> Node:
    return make_node(status=Status.RUNNING, due_on=MONDAY)


def test_a_node_is_flagged_once_however_often_the_sweep_runs() -> None:
    node = late_node()

    assert sweep_overdue(FRIDAY, CALENDAR) == Sweep(raised=1, cleared=0, open=1)
    assert sweep_overdue(FRIDAY, CALENDAR) == Sweep(raised=0, cleared=0, open=1)

    flag = OverdueFlag.objects.get()
    assert (flag.node, flag.deadline_on, flag.raised_on, flag.cleared_on) == (node, MONDAY, FRIDAY, None)


def test_a_flag_is_cleared_when_the_node_is_done_and_raised_anew_when_it_is_late_again() -> None:
    node = late_node()
    sweep_overdue(FRIDAY, CALENDAR)
    finish_node(node, actor=make_user(), on=FRIDAY, today=FRIDAY)

    assert sweep_overdue(FRIDAY, CALENDAR) == Sweep(raised=0, cleared=1, open=0)
    Node.objects.filter(pk=node.pk).update(status=Status.RUNNING, finished_on=None)
    assert sweep_overdue(FRIDAY, CALENDAR) == Sweep(raised=1, cleared=0, open=1)

    assert OverdueFlag.objects.count() == 2


@pytest.mark.parametrize("status", [Status.DONE, Status.WAIVED, Status.HELD])
def test_done_waived_and_held_nodes_are_not_flagged(status: Status) -> None:
    make_node(status=status, due_on=MONDAY)

    assert sweep_overdue(FRIDAY, CALENDAR) == Sweep(0, 0, 0)


def test_the_due_day_itself_is_not_late() -> None:
    make_node(status=Status.RUNNING, due_on=FRIDAY)

    assert sweep_overdue(FRIDAY, CALENDAR).raised == 0
    assert sweep_overdue(FRIDAY + timedelta(days=1), CALENDAR).raised == 1


@pytest.mark.parametrize("nodes", [1, 5])
def test_a_sweep_takes_the_same_number_of_queries_however_many_nodes(
    nodes: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(nodes):
        late_node()

    with django_assert_num_queries(5):  # the three statements between savepoint and release
        assert sweep_overdue(FRIDAY, CALENDAR).raised == nodes


def test_lists_are_right_though_no_sweep_has_run() -> None:
    node = late_node()

    assert list(Node.objects.overdue(LightRule.on(FRIDAY, CALENDAR))) == [node]
    assert not OverdueFlag.objects.exists()


def test_the_command_ends_with_the_three_counts() -> None:
    late_node()
    out = StringIO()

    call_command("flag_overdue", "--on", "2026-03-06", stdout=out)

    assert out.getvalue().splitlines()[-1] == "raised 1, cleared 0, open 1"
    assert OverdueFlag.objects.get().raised_on == date(2026, 3, 6)


def test_the_command_says_that_a_day_is_too_late_to_count_from() -> None:
    with pytest.raises(CommandError, match="outside the years 1 to 9999"):
        call_command("flag_overdue", "--on", "9999-12-31")


def test_the_task_sweeps_as_of_today() -> None:
    late_node()

    flag_overdue()

    assert OverdueFlag.objects.open().count() == 1
