"""One project's chain as it stands: the forward view, whose time it took, how the promise is kept."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from domain.chains import ClockOwner, PromiseSpec
from domain.lights import LightRule
from domain.workdays import LimitUnit, WorkCalendar
from milestones.actions import finish_node, hold_node, lay_chain, resume_node, start_node
from milestones.chain_states import ChainState, chain_state
from milestones.models import Node
from milestones.publishing import publish_template
from projects.models import Project
from tests.make import make_chain, make_project, make_template, make_user

pytestmark = pytest.mark.django_db

MON = date(2026, 3, 2)
LATER = date(2026, 5, 29)


def laid(
    *codes: str, owners: dict[str, ClockOwner] | None = None, promise: PromiseSpec | None = None
) -> Project:
    spec = make_chain(*codes)
    nodes = tuple(replace(node, clock=(owners or {}).get(node.code, node.clock)) for node in spec.nodes)
    spec = replace(spec, nodes=nodes, promise=promise)
    template, _ = publish_template(spec, actor=make_user())
    project = make_project()
    lay_chain(project, template, actor=make_user(), starts_on=MON)
    return project


def node(project: Project, code: str) -> Node:
    return Node.objects.get(project=project, template_node__code=code)


def act(project: Project, code: str, *, began: date | None = None, ended: date | None = None) -> None:
    actor = make_user()
    if began:
        start_node(node(project, code), actor=actor, on=began, today=LATER)
    if ended:
        finish_node(node(project, code), actor=actor, on=ended, today=LATER)


def state(project: Project) -> ChainState:
    found = chain_state(project.pk)
    assert found is not None
    return found


def rule(today: date) -> LightRule:
    return LightRule.on(today, WorkCalendar())


def test_before_anything_happens_the_forward_view_is_the_baseline() -> None:
    project = laid("a", "b", "c")

    expected = state(project).outlook(rule(MON)).expected

    assert {pk: one.finishes_on for pk, one in expected.items()} == dict(
        Node.objects.filter(project=project).values_list("pk", "baseline_on")
    )


def test_an_early_finish_brings_what_follows_forward_and_says_by_how_much() -> None:
    project = laid("a", "b", "prod")
    act(project, "a", began=MON, ended=date(2026, 3, 4))  # planned for the 9th

    found = state(project)
    (forecast,) = found.forecasts(rule(date(2026, 3, 4)), found.outlook(rule(date(2026, 3, 4))))

    assert (forecast.code, forecast.expected_on, forecast.drift) == ("prod", date(2026, 3, 18), -3)


def test_a_hold_leaves_the_end_open_and_its_days_push_what_follows() -> None:
    project = laid("a", "b", "prod")
    act(project, "a", began=MON)
    hold_node(node(project, "a"), actor=make_user(), on=date(2026, 3, 4), today=LATER, reason="听证")

    found = state(project)
    (forecast,) = found.forecasts(rule(date(2026, 3, 11)), found.outlook(rule(date(2026, 3, 11))))

    assert forecast.is_open_ended
    # One of five days was worked before the 4th; four are left from the 11th on, then ten behind.
    assert forecast.expected_on == date(2026, 3, 31)


def test_a_clock_on_hold_is_expected_to_end_as_if_it_ran_again_today() -> None:
    template = make_template("a", limit=20)
    project = make_project()
    lay_chain(project, template, actor=make_user(), starts_on=MON)
    act(project, "a", began=MON)
    hold_node(node(project, "a"), actor=make_user(), on=date(2026, 3, 4), today=LATER, reason="听证")

    found = state(project).outlook(rule(date(2026, 3, 11)))

    # 20 working days after 03-02 is 03-30; five of them were held so far.
    assert found.expected[node(project, "a").pk].finishes_on == date(2026, 4, 6)


def test_held_days_are_taken_out_of_the_time_of_a_node() -> None:
    project = laid("a")
    act(project, "a", began=MON)
    hold_node(node(project, "a"), actor=make_user(), on=date(2026, 3, 4), today=LATER, reason="听证")
    resume_node(node(project, "a"), actor=make_user(), on=date(2026, 3, 9), today=LATER)
    act(project, "a", ended=date(2026, 3, 11))

    time = state(project).times(rule(LATER))[node(project, "a").pk]

    assert (time.worked, time.held) == (4, 3)


def test_the_promise_counts_the_days_of_the_authorities_between_its_two_ends() -> None:
    owners = {"early": ClockOwner.GOVERNMENT, "prepare": ClockOwner.ENTERPRISE, "power": ClockOwner.UTILITY}
    promise = PromiseSpec(
        since="code", until="accept", days=90, unit=LimitUnit.WORKING, source="S56", unconfirmed=True
    )
    project = laid("early", "code", "prepare", "power", "accept", owners=owners, promise=promise)
    found = state(project).promise(rule(MON))
    assert found is None, "it begins with the code"
    act(project, "early", began=MON, ended=date(2026, 3, 6))
    act(project, "code", began=date(2026, 3, 9), ended=date(2026, 3, 11))  # 2 days
    act(project, "prepare", began=date(2026, 3, 11), ended=date(2026, 3, 20))  # not counted
    act(project, "power", began=date(2026, 3, 20), ended=date(2026, 3, 25))  # 3 days

    running = state(project).promise(rule(date(2026, 3, 27)))
    act(project, "accept", began=date(2026, 3, 27), ended=date(2026, 3, 30))  # 1 day
    over = state(project).promise(rule(LATER))

    assert running is not None
    assert (running.counted, running.days, running.is_over) == (5, 90, False)
    assert over is not None
    assert (over.counted, over.is_over, over.is_unconfirmed) == (6, True, True)


def test_the_split_of_a_project_adds_up() -> None:
    project = laid("a", "b", owners={"b": ClockOwner.ENTERPRISE})
    act(project, "a", began=MON, ended=date(2026, 3, 6))  # 4 days
    act(project, "b", began=date(2026, 3, 10), ended=date(2026, 3, 12))  # 2 idle days before, then 2

    found = state(project).split(rule(LATER))

    assert (found.by_owner[ClockOwner.GOVERNMENT], found.by_owner[ClockOwner.ENTERPRISE]) == (4, 2)
    assert (found.idle, found.held, found.total) == (2, 0, 8)


def test_a_project_without_a_chain_has_no_state(django_assert_num_queries: Any) -> None:
    assert chain_state(make_project().pk) is None
    project = make_project()
    lay_chain(project, make_template(*"abcdefgh"), actor=make_user(), starts_on=MON)
    state(project).outlook(rule(MON))
    with django_assert_num_queries(3):
        state(project).outlook(rule(MON))


def test_what_could_be_started_says_since_when() -> None:
    project = laid("a", "b")
    assert state(project).ready_on(node(project, "b").pk) is None

    act(project, "a", began=MON, ended=date(2026, 3, 6))

    assert state(project).ready_on(node(project, "b").pk) == date(2026, 3, 6)
