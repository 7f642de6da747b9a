"""The forward view against hand-made projects around the Spring Festival, and rules that hold of every project."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from graphlib import CycleError
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.lifecycle import CLOSED, OPEN, Status
from domain.outlook import Expected, Fact, Outlook, drift, outlook
from domain.schedule import Activity, plan
from domain.workdays import ONE_DAY, WorkCalendar

FESTIVAL = WorkCalendar(
    {
        **{date(2026, 2, day): False for day in (16, 17, 18, 19, 20, 23)},
        **{date(2026, 2, day): True for day in (14, 28)},
    }
)
"""The Spring Festival of 2026: off from the 15th to the 23rd, at work on the Saturdays of the 14th and 28th."""

MONDAY = date(2026, 2, 9)
TODAY = date(2026, 2, 12)
EPOCH = date(2024, 1, 1)


def day(number: int) -> date:
    return date(2026, 2, number)


def view(
    *facts: Fact[str], today: date = TODAY, starts_on: date = MONDAY, calendar: WorkCalendar = FESTIVAL
) -> Outlook[str]:
    return outlook(facts, starts_on=starts_on, today=today, calendar=calendar)


def waiting(key: str, duration: int, *waits_for: str, any_of: tuple[str, ...] = ()) -> Fact[str]:
    groups = (any_of,) if any_of else ()
    return Fact(key=key, status=Status.WAITING, duration=duration, waits_for=waits_for, any_of=groups)


def running(key: str, duration: int, started_on: date, limit_on: date | None = None) -> Fact[str]:
    return Fact(key=key, status=Status.RUNNING, duration=duration, started_on=started_on, limit_on=limit_on)


def held(key: str, duration: int, started_on: date, held_days: int) -> Fact[str]:
    return Fact(key=key, status=Status.HELD, duration=duration, started_on=started_on, held_days=held_days)


def done(key: str, finished_on: date, *waits_for: str) -> Fact[str]:
    return Fact(
        key=key,
        status=Status.DONE,
        duration=9,
        started_on=MONDAY,
        finished_on=finished_on,
        waits_for=waits_for,
    )


def waived(key: str, *waits_for: str) -> Fact[str]:
    return Fact(key=key, status=Status.WAIVED, duration=9, waits_for=waits_for)


def test_what_waits_goes_around_the_holidays() -> None:
    seen = view(waiting("filing", 3), waiting("permit", 2, "filing"))

    assert seen.expected == {
        "filing": Expected(TODAY, day(24), slack=0, is_open_ended=False),
        "permit": Expected(day(24), day(26), slack=0, is_open_ended=False),
    }
    assert seen.critical_path == ("filing", "permit")
    assert seen.finishes_on == day(26)


def test_nothing_starts_before_the_first_working_day_of_the_chain() -> None:
    seen = view(waiting("filing", 1), starts_on=day(15))

    assert seen.expected["filing"] == Expected(day(24), day(25), slack=0, is_open_ended=False)


def test_what_can_start_on_a_day_off_starts_today_and_counts_from_the_next_working_day() -> None:
    seen = view(waiting("filing", 1), waiting("gate", 0, "filing"), waiting("sign", 0), today=day(21))

    assert seen.expected["filing"] == Expected(day(21), day(24), slack=0, is_open_ended=False)
    assert seen.expected["gate"].finishes_on == day(24)
    assert seen.expected["sign"] == Expected(day(21), day(21), slack=1, is_open_ended=False)


def test_what_runs_ends_with_its_clock_if_it_has_one() -> None:
    seen = view(running("with", 3, MONDAY, day(25)), running("without", 6, MONDAY))

    assert (seen.expected["with"].starts_on, seen.expected["with"].finishes_on) == (MONDAY, day(25))
    assert seen.expected["without"].finishes_on == day(24)


def test_a_clock_that_ends_on_a_saturday_lets_the_next_start_that_saturday() -> None:
    seen = view(
        running("survey", 3, MONDAY, day(21)), waiting("gate", 0, "survey"), waiting("next", 1, "gate")
    )

    assert seen.expected["survey"].finishes_on == day(21)
    assert seen.expected["gate"].finishes_on == day(21)
    assert seen.expected["next"] == Expected(day(21), day(24), slack=0, is_open_ended=False)
    assert seen.critical_path == ("survey", "gate", "next")


def test_what_should_have_ended_is_expected_today() -> None:
    seen = view(running("late", 2, MONDAY), running("over", 9, MONDAY, day(11)), waiting("next", 1, "late"))

    assert seen.expected["late"].finishes_on == TODAY
    assert seen.expected["over"].finishes_on == TODAY
    assert seen.expected["next"].finishes_on == day(13)


def test_days_held_in_the_past_are_added_to_what_runs() -> None:
    assert view(replace(running("a", 3, MONDAY), held_days=2)).expected["a"].finishes_on == day(14)


def test_what_is_on_hold_ends_as_if_it_went_on_today_and_leaves_open_what_is_behind_it() -> None:
    seen = view(
        held("test", 4, MONDAY, 2), waiting("permit", 1, "test"), waived("gate", "permit"),
        waiting("pile", 1, "gate"), waiting("other", 1),
    )  # fmt: skip

    # One of its four days was worked, three are left: the 13th, the 14th and the 24th.
    assert seen.expected["test"] == Expected(MONDAY, day(24), slack=0, is_open_ended=True)
    assert seen.expected["permit"] == Expected(day(24), day(25), slack=0, is_open_ended=True)
    assert seen.expected["pile"].is_open_ended
    assert not seen.expected["other"].is_open_ended


def test_what_is_on_hold_is_expected_at_the_end_of_its_clock_if_it_goes_on_today() -> None:
    assert view(replace(held("a", 4, MONDAY, 2), limit_on=day(28))).expected["a"].finishes_on == day(28)


def test_what_has_used_up_its_days_before_the_hold_is_expected_today() -> None:
    assert view(held("a", 1, MONDAY, 1)).expected["a"].finishes_on == TODAY


def test_what_already_runs_is_not_bound_by_what_it_should_have_waited_for() -> None:
    early = replace(running("early", 4, MONDAY), waits_for=("slow",))
    seen = view(waiting("slow", 9), early, done("ready", TODAY, "slow"), waiting("next", 1, "ready"))

    assert seen.expected["early"].finishes_on == day(13)
    assert seen.expected["next"].finishes_on == day(13)
    assert seen.critical_path == ("slow",)


def test_a_waived_node_takes_no_time_and_passes_on_what_is_before_it() -> None:
    seen = view(running("a", 3, MONDAY, day(25)), waived("b", "a"), waived("c"), waiting("d", 1, "b", "c"))

    assert seen.expected["d"] == Expected(day(25), day(26), slack=0, is_open_ended=False)
    assert seen.critical_path == ("a", "b", "d")
    assert set(seen.expected) == {"a", "d"}


def test_what_was_done_first_decides_a_group() -> None:
    open_or_late = waiting("next", 1, any_of=("open", "late"))
    late_or_early = waiting("next", 1, any_of=("late", "early"))

    assert view(waiting("open", 0), done("late", TODAY), open_or_late).critical_path == ("late", "next")
    assert view(done("late", TODAY), done("early", day(10)), late_or_early).critical_path == ("next",)


def test_what_is_on_hold_decides_a_group_if_it_would_end_first() -> None:
    seen = view(
        running("slow", 9, MONDAY), held("fast", 3, MONDAY, 1), waiting("next", 9, any_of=("slow", "fast"))
    )

    assert seen.expected["next"].starts_on == day(13)
    assert seen.expected["next"].is_open_ended


def test_the_open_member_that_ends_first_decides_a_group_in_which_none_is_done() -> None:
    seen = view(
        waived("none"), waiting("slow", 5), waiting("fast", 2), waiting("as_fast", 2),
        waiting("next", 9, any_of=("none", "slow", "fast", "as_fast")),
    )  # fmt: skip

    assert seen.expected["next"].starts_on == day(14)
    assert seen.critical_path == ("fast", "next")
    assert {key: expected.slack for key, expected in seen.expected.items()} == {
        "slow": 6, "fast": 0, "as_fast": 9, "next": 0,
    }  # fmt: skip


def test_a_group_that_was_waived_whole_passes_on_what_is_before_its_first() -> None:
    seen = view(
        waiting("a", 1), waiting("b", 2), waived("full", "b"), waived("phased", "a"),
        waiting("next", 1, any_of=("full", "phased")),
    )  # fmt: skip

    assert seen.expected["next"].starts_on == day(13)
    assert seen.critical_path == ("a", "phased", "next")


def test_nodes_that_the_project_does_not_have_are_passed_over() -> None:
    seen = view(
        waiting("a", 2),
        waiting("next", 1, "gone", "a", any_of=("gone", "a")),
        waiting("free", 1, any_of=("gone",)),
    )

    assert seen.expected["next"].starts_on == day(14)
    assert seen.expected["free"].starts_on == TODAY


def test_slack_counts_working_days_until_the_project_would_end_later() -> None:
    seen = view(
        running("a", 2, MONDAY), waiting("b", 1, "a"), waiting("c", 4, "a"), waiting("d", 1, "b", "c")
    )

    assert {key: (expected.slack, expected.is_critical) for key, expected in seen.expected.items()} == {
        "a": (0, True), "b": (3, False), "c": (0, True), "d": (0, True),
    }  # fmt: skip


def test_the_critical_path_begins_with_what_was_done_the_day_the_next_could_start() -> None:
    seen = view(done("filing", TODAY), waiting("permit", 3, "filing"))

    assert seen.critical_path == ("filing", "permit")


def test_of_two_that_end_today_the_one_that_can_still_slip_is_on_the_critical_path() -> None:
    seen = view(done("filing", TODAY), running("late", 1, MONDAY), waiting("permit", 3, "filing", "late"))

    assert seen.critical_path == ("late", "permit")


def test_a_project_whose_nodes_are_closed_has_nothing_ahead() -> None:
    seen = view(done("a", TODAY), waived("b", "a"))

    assert (seen.expected, seen.critical_path, seen.finishes_on) == ({}, (), None)


def test_a_project_without_nodes_has_nothing_ahead() -> None:
    assert view() == Outlook({}, (), None)


def test_the_order_of_the_facts_is_kept_and_does_not_matter() -> None:
    facts = [waiting("c", 1, "b"), waiting("b", 2, "a"), waiting("a", 3)]
    seen = view(*facts)

    assert list(seen.expected) == ["c", "b", "a"]
    assert seen.expected == view(*reversed(facts)).expected
    assert seen.critical_path == ("a", "b", "c")


def test_keys_may_be_numbers() -> None:
    facts = [Fact(key=7, status=Status.WAITING, duration=1), Fact(key=8, status=Status.WAITING, duration=1)]

    assert list(outlook(facts, starts_on=MONDAY, today=TODAY, calendar=FESTIVAL).expected) == [7, 8]


def test_a_circle_is_an_error() -> None:
    with pytest.raises(CycleError):
        view(waiting("a", 1, "b"), waiting("b", 1, "a"))


def test_drift_is_in_working_days_and_negative_when_early() -> None:
    assert drift(FESTIVAL, day(13), day(24)) == 2
    assert drift(FESTIVAL, day(24), day(13)) == -2
    assert drift(FESTIVAL, day(24), day(24)) == 0


days = st.integers(0, 60).map(lambda offset: EPOCH + timedelta(days=offset))
calendars = st.dictionaries(st.integers(0, 120).map(lambda n: EPOCH + timedelta(days=n)), st.booleans()).map(
    WorkCalendar
)


@st.composite
def projects(
    draw: st.DrawFn, *, statuses: Iterable[Status] = tuple(Status), groups: int = 3
) -> tuple[list[Fact[int]], date, date, WorkCalendar]:
    """Up to nine nodes in shuffled order as they may stand today; chain start, today and calendar."""
    calendar, starts_on, today = draw(calendars), draw(days), draw(days)
    facts = []
    for key in range(draw(st.integers(1, 9))):
        earlier = st.sampled_from([*range(key), 99])  # there is no node 99
        some = st.lists(earlier, max_size=3, unique=True).map(tuple)
        status = draw(st.sampled_from(list(statuses)))
        started_on = today - timedelta(days=draw(st.integers(0, 20)))
        elapsed = calendar.count(started_on, today)
        facts.append(
            Fact(
                key=key,
                status=status,
                duration=draw(st.integers(0, 6)),
                started_on=started_on,
                finished_on=started_on + (today - started_on) // 2,
                limit_on=draw(st.none() | days),
                held_days=draw(st.integers(0, elapsed)),
                waits_for=draw(some),
                any_of=tuple(draw(st.lists(some, max_size=min(groups, 2)))),
            )
        )
    return draw(st.permutations(facts)), starts_on, today, calendar


Project = tuple[list[Fact[int]], date, date, WorkCalendar]


def of(project: Project) -> Outlook[int]:
    facts, starts_on, today, calendar = project
    return outlook(facts, starts_on=starts_on, today=today, calendar=calendar)


@given(projects(statuses=[Status.WAITING]))
def test_with_nothing_started_the_outlook_from_the_start_is_the_plan_in_dates(project: Project) -> None:
    facts, starts_on, _, calendar = project
    present = {fact.key for fact in facts}

    def keys(named: tuple[int, ...]) -> tuple[str, ...]:
        return tuple(str(key) for key in named if key in present)

    schedule = plan(
        Activity(
            str(fact.key), fact.duration, keys(fact.waits_for), tuple(filter(None, map(keys, fact.any_of)))
        )
        for fact in facts
    )
    first = calendar.on_or_after(starts_on)

    seen = of((facts, starts_on, starts_on, calendar))

    assert seen.expected == {
        int(key): Expected(
            calendar.add(first, slot.earliest_start), calendar.add(first, slot.earliest_finish), slot.slack,
            is_open_ended=False,
        )
        for key, slot in schedule.slots.items()
    }  # fmt: skip
    assert seen.finishes_on == calendar.add(first, schedule.length)
    durations = {fact.key: fact.duration for fact in facts}
    assert sum(durations[key] for key in seen.critical_path) == schedule.length


@given(projects())
def test_every_open_node_and_no_other_is_expected_not_before_today(project: Project) -> None:
    facts, _, today, _ = project
    seen = of(project)

    assert list(seen.expected) == [fact.key for fact in facts if fact.status in OPEN]
    assert all(expected.finishes_on >= today for expected in seen.expected.values())
    assert seen.finishes_on == max((e.finishes_on for e in seen.expected.values()), default=None)


@given(projects())
def test_what_waits_starts_after_all_it_waits_for_and_takes_its_days(project: Project) -> None:
    facts, starts_on, today, calendar = project
    seen = of(project)

    for fact in facts:
        if fact.status is Status.WAITING:
            expected = seen.expected[fact.key]
            before = [seen.expected[key] for key in fact.waits_for if key in seen.expected]
            assert expected.starts_on >= max(today, calendar.on_or_after(starts_on))
            assert all(earlier.finishes_on <= expected.starts_on for earlier in before)
            assert expected.finishes_on == calendar.add(expected.starts_on, fact.duration)
            assert expected.is_open_ended >= any(earlier.is_open_ended for earlier in before)


@given(projects())
def test_nothing_has_less_than_no_slack(project: Project) -> None:
    assert all(expected.slack >= 0 for expected in of(project).expected.values())


def longer(fact: Fact[int], by: int, calendar: WorkCalendar, ends_on: date) -> Fact[int]:
    """The node as it must stand to end ``by`` working days later than ``ends_on``."""
    if fact.status is Status.RUNNING:
        return replace(fact, limit_on=calendar.add(ends_on, by))
    return replace(fact, duration=fact.duration + by)


@given(projects(statuses=[Status.DONE, Status.WAIVED, Status.RUNNING, Status.WAITING], groups=0))
def test_a_node_has_just_as_much_slack_as_it_can_slip(project: Project) -> None:
    facts, starts_on, today, calendar = project
    seen = of(project)

    for key, expected in seen.expected.items():

        def later(by: int, key: int = key, ends_on: date = expected.finishes_on) -> int:
            slipped = [longer(fact, by, calendar, ends_on) if fact.key == key else fact for fact in facts]
            finishes_on = of((slipped, starts_on, today, calendar)).finishes_on
            assert finishes_on is not None
            assert seen.finishes_on is not None
            return drift(calendar, seen.finishes_on, finishes_on)

        assert later(expected.slack) == 0
        assert later(expected.slack + 1) == 1


@given(projects())
def test_the_critical_path_is_a_row_of_neighbours_without_slack_or_gap(project: Project) -> None:
    facts, starts_on, today, calendar = project
    by_key = {fact.key: fact for fact in facts}
    seen = of(project)
    path = seen.critical_path

    assert bool(path) == bool(seen.expected)
    for earlier, later in pairwise(path):
        assert earlier in {
            *by_key[later].waits_for,
            *(key for group in by_key[later].any_of for key in group),
        }
        assert by_key[later].status in {Status.WAITING, Status.WAIVED}
    assert all(seen.expected[key].is_critical for key in path if key in seen.expected)
    ahead = [seen.expected[key] for key in path if key in seen.expected]
    assert all(earlier.finishes_on == later.starts_on for earlier, later in pairwise(ahead))
    if path:
        assert ahead[-1].finishes_on == seen.finishes_on
        assert by_key[path[-1]].status in OPEN
        if by_key[path[0]].status is Status.WAITING:
            assert ahead[0].starts_on == max(today, calendar.on_or_after(starts_on))


@given(projects(), st.data())
def test_finishing_a_critical_node_today_makes_nothing_later(project: Project, data: st.DataObject) -> None:
    facts, starts_on, today, calendar = project
    before = of(project)
    critical = [key for key, expected in before.expected.items() if expected.is_critical]
    if not critical:
        return
    finished = data.draw(st.sampled_from(critical))

    after = of(
        (
            [
                replace(fact, status=Status.DONE, finished_on=today) if fact.key == finished else fact
                for fact in facts
            ],
            starts_on,
            today,
            calendar,
        )
    )

    assert set(after.expected) == set(before.expected) - {finished}
    for key, expected in after.expected.items():
        assert expected.finishes_on <= before.expected[key].finishes_on
        assert expected.starts_on <= before.expected[key].starts_on


@given(projects())
def test_a_day_without_news_makes_nothing_earlier(project: Project) -> None:
    facts, starts_on, today, calendar = project
    tomorrow = today + ONE_DAY
    passed = calendar.count(today, tomorrow)
    then = [
        replace(fact, held_days=fact.held_days + passed) if fact.status is Status.HELD else fact
        for fact in facts
    ]

    before, after = of(project), of((then, starts_on, tomorrow, calendar))

    assert all(after.expected[key].finishes_on >= e.finishes_on for key, e in before.expected.items())
    # A day on hold is a day later for what is on hold and has no clock.
    for fact in facts:
        if fact.status is Status.HELD and fact.limit_on is None:
            seen, soon = before.expected[fact.key], after.expected[fact.key]
            assert drift(calendar, seen.finishes_on, soon.finishes_on) == passed


@given(projects())
def test_what_is_on_hold_is_expected_when_it_would_be_if_it_ran_on(project: Project) -> None:
    facts, starts_on, today, calendar = project
    resumed = [replace(fact, status=Status.RUNNING) if fact.status is Status.HELD else fact for fact in facts]
    held_view, running_view = (of((some, starts_on, today, calendar)) for some in (facts, resumed))

    for key, expected in held_view.expected.items():
        assert replace(expected, is_open_ended=False) == running_view.expected[key]
    assert held_view.critical_path == running_view.critical_path


@given(projects())
def test_closed_nodes_and_days_they_were_held_do_not_matter(project: Project) -> None:
    facts, starts_on, today, calendar = project
    other = [
        replace(fact, duration=fact.duration + 50, limit_on=None, held_days=0)
        if fact.status in CLOSED
        else fact
        for fact in facts
    ]

    assert of(project) == of((other, starts_on, today, calendar))
