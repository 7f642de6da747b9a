from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Unit, User
from domain.lifecycle import Status
from domain.lights import Light, LightRule
from domain.workdays import WorkCalendar
from milestones.models import Node
from notices import queries
from notices.queries import DueDates, count_due_dates, default_scope, due_dates
from tests.make import make_node, make_nodes, make_project, make_template, make_unit, make_user

pytestmark = pytest.mark.django_db

TODAY = date(2026, 3, 18)
RULE = LightRule.on(TODAY, WorkCalendar())


def due(days: int) -> date:
    return TODAY + timedelta(days=days)


def dates_of(user: User, scope: str = "seen") -> DueDates:
    dates = due_dates(user, scope, RULE)
    assert count_due_dates(user, scope, TODAY) == len(dates.rows)
    return dates


def keys(user: User, scope: str = "seen") -> list[int]:
    return [row.pk for row in dates_of(user, scope).rows]


def test_open_nodes_with_a_date_are_in_it_in_the_order_of_their_dates() -> None:
    later = make_node(status=Status.WAITING, due_on=due(30))
    late = make_node(status=Status.RUNNING, due_on=due(-10))
    held = make_node(status=Status.HELD, due_on=due(-3))
    today = make_node(status=Status.RUNNING, limit_on=due(0), due_on=due(5))
    make_node(status=Status.DONE, due_on=due(3))
    make_node(status=Status.WAIVED, due_on=due(3))
    make_node(status=Status.RUNNING)

    assert keys(make_user()) == [late.pk, held.pk, today.pk, later.pk]


def test_the_calendar_goes_sixty_days_back_and_four_hundred_ahead() -> None:
    in_it = [make_node(due_on=due(days)).pk for days in (-60, 400)]
    make_node(due_on=due(401))
    make_node(due_on=due(-61))
    make_node(due_on=due(-200))
    make_node(due_on=due(-200), status=Status.HELD)

    dates = dates_of(make_user())

    assert [row.pk for row in dates.rows] == in_it
    assert dates.older == 2, "held ones are not overdue"


def test_where_there_are_too_many_the_nearest_to_today_are_kept(monkeypatch: Any) -> None:
    monkeypatch.setattr(queries, "MOST_PAST", 2)
    monkeypatch.setattr(queries, "MOST_AHEAD", 3)
    pks = {days: make_node(due_on=due(days)).pk for days in (-9, -5, -1, 0, 1, 20)}

    assert not due_dates(make_user(unit=make_unit()), "seen", RULE).is_cut
    dates = dates_of(make_user())
    assert [row.pk for row in dates.rows] == [pks[days] for days in (-5, -1, 0, 1, 20)]
    assert dates.is_cut

    Node.objects.filter(pk=pks[-9]).update(due_on=due(3))
    assert dates_of(make_user()).is_cut, "also where only what is to come is cut"
    Node.objects.filter(pk=pks[-9]).update(due_on=None)
    assert not dates_of(make_user()).is_cut


def test_a_liaisons_own_duty_is_the_own_projects_and_all_is_the_towns() -> None:
    town = make_unit()
    liaison = make_user(User.Role.LIAISON, unit=town)
    own = make_node(project=make_project(town=town, liaison=liaison), due_on=due(1))
    colleagues = make_node(project=make_project(town=town), due_on=due(2))
    make_node(due_on=due(3))

    assert keys(liaison, "own") == [own.pk]
    assert keys(liaison, "seen") == [own.pk, colleagues.pk]


def test_a_managers_own_duty_is_what_the_own_unit_must_do() -> None:
    department = make_unit(kind=Unit.Kind.DEPARTMENT)
    manager = make_user(User.Role.MANAGER, unit=department)
    project = make_project(department=department)
    own = make_node(project=project, unit=department, due_on=due(1))
    of_town = make_node(project=project, due_on=due(2))
    elsewhere = make_node(unit=department, due_on=due(3))

    assert keys(manager, "own") == [own.pk], "no dates of a project that the unit takes no part in"
    assert keys(manager, "seen") == [own.pk, of_town.pk]
    assert elsewhere.pk in keys(make_user(), "seen")


def test_a_leader_has_no_duty_of_the_own_and_is_offered_all() -> None:
    node = make_node(due_on=due(1))
    leader = make_user(User.Role.LEADER)

    assert keys(leader, "own") == []
    assert keys(leader, default_scope(leader)) == [node.pk]
    assert default_scope(make_user(User.Role.LIAISON)) == "own"
    assert default_scope(make_user()) == "own"


def test_who_may_no_longer_log_in_has_no_dates() -> None:
    make_node(due_on=due(1))

    assert keys(make_user(is_active=False)) == []


def test_a_date_says_what_is_the_matter() -> None:
    nodes = make_nodes(make_template("a", "b"), a=due(-7), b=due(-2))
    held = make_node(status=Status.HELD, due_on=due(4), held_on=due(-1), limit_on=due(5))

    first, second, third = dates_of(make_user()).rows

    assert (first.pk, first.light, first.days_late, first.is_knocked_on) == (
        nodes["a"].pk,
        Light.RED,
        5,
        False,
    )
    assert (second.pk, second.days_late, second.is_knocked_on) == (nodes["b"].pk, 2, True)
    assert (third.pk, third.light, third.days_late, third.held_on) == (held.pk, Light.VIOLET, 0, due(-1))
    assert (third.on, third.due_on, third.limit_on) == (due(4), due(4), due(5))


def test_dates_beyond_the_announced_holidays_are_marked() -> None:
    make_node(due_on=date(2026, 12, 31), limit_on=date(2027, 1, 4))
    rule = LightRule.on(TODAY, WorkCalendar(announced_through=date(2026, 12, 31)))

    (row,) = due_dates(make_user(), "seen", rule).rows

    assert (row.is_due_provisional, row.is_limit_provisional) == (False, True)


def test_it_takes_four_questions_however_many_dates_there_are() -> None:
    user = make_user()
    template = make_template("a", "b")
    make_nodes(template, a=due(-7), b=due(2))
    due_dates(user, "seen", RULE)  # the steps of the template are read once for all
    for _ in range(5):
        make_nodes(template, a=due(-8), b=due(1))

    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert len(due_dates(user, "seen", RULE).rows) == 12

    assert len(asked) == 4
