"""The schedule against 480 published instances, brute force over random graphs, and hand-made chains."""

import re
import tarfile
from collections.abc import Iterator
from itertools import pairwise, product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.schedule import Activity, ChainError, Schedule, Slot, downstream, order, plan


def psplib_instances(archive: Path) -> Iterator[tuple[str, list[Activity], int]]:
    """Name, activities and the critical-path length that the file states, read straight from the archive."""
    with tarfile.open(archive) as tar:
        for member in tar:
            if member.name.endswith(".sm"):
                text = tar.extractfile(member)
                assert text is not None
                yield member.name, *read_psplib(text.read().decode("ascii"))


def read_psplib(text: str) -> tuple[list[Activity], int]:
    sections = dict(re.findall(r"^([A-Z/ ]+):\n(.*?)\n\*{9}", text, re.DOTALL | re.MULTILINE))
    mpm_time = int(sections["PROJECT INFORMATION"].splitlines()[-1].split()[5])
    durations = {row[0]: int(row[2]) for row in numbers(sections["REQUESTS/DURATIONS"])}
    waits_for: dict[str, list[str]] = {key: [] for key in durations}
    for key, _modes, count, *successors in numbers(sections["PRECEDENCE RELATIONS"]):
        assert len(successors) == int(count)
        for successor in successors:
            waits_for[successor].append(key)
    return [Activity(key, durations[key], tuple(waits_for[key])) for key in durations], mpm_time


def numbers(section: str) -> list[list[str]]:
    return [line.split() for line in section.splitlines() if re.fullmatch(r"[\d ]+", line)]


def path_length(schedule: Schedule, activities: list[Activity]) -> int:
    durations = {activity.key: activity.duration for activity in activities}
    return sum(durations[key] for key in schedule.critical_path)


def test_all_480_published_instances_have_the_length_they_state(shared_data: Path) -> None:
    read = 0
    for name, activities, mpm_time in psplib_instances(shared_data / "psplib" / "j30.sm.tar.gz"):
        assert len(activities) == 32, name
        schedule = plan(activities)
        assert schedule.length == mpm_time, name
        assert all(slot.slack >= 0 for slot in schedule.slots.values()), name
        assert path_length(schedule, activities) == mpm_time, name
        assert schedule.critical_path[0] == "1", name
        assert schedule.critical_path[-1] == "32", name
        read += 1
    assert read == 480


@st.composite
def chains(draw: st.DrawFn) -> list[Activity]:
    """Up to nine activities in shuffled order, with up to four any-of groups among them."""
    keys = [str(number) for number in range(draw(st.integers(1, 9)))]
    activities = [Activity(keys[0], draw(st.integers(0, 5)))]
    groups_left = 4
    for index, key in enumerate(keys[1:], start=1):
        earlier = st.sampled_from(keys[:index])
        some = st.lists(earlier, max_size=3, unique=True).map(tuple)
        group = st.lists(earlier, min_size=1, max_size=3).map(tuple)
        groups = tuple(draw(st.lists(group, max_size=min(2, groups_left))))
        groups_left -= len(groups)
        activities.append(Activity(key, draw(st.integers(0, 5)), draw(some), groups))
    return draw(st.permutations(activities))


def choices(activities: list[Activity]) -> Iterator[dict[str, tuple[str, ...]]]:
    """Every way to take one member of every any-of group: what each activity then waits for."""
    options = [
        [(*activity.waits_for, *members) for members in product(*activity.any_of)] for activity in activities
    ]
    for chosen in product(*options):
        yield dict(zip((activity.key for activity in activities), chosen, strict=True))


def longest_to(key: str, waits: dict[str, tuple[str, ...]], durations: dict[str, int]) -> int:
    """The longest of all paths that end with ``key``, each walked."""
    return durations[key] + max((longest_to(earlier, waits, durations) for earlier in waits[key]), default=0)


@given(chains())
def test_every_activity_finishes_when_the_longest_path_to_it_does(activities: list[Activity]) -> None:
    durations = {activity.key: activity.duration for activity in activities}
    finishes = dict.fromkeys(durations, 10_000)
    for waits in choices(activities):
        for key in durations:
            finishes[key] = min(finishes[key], longest_to(key, waits, durations))

    schedule = plan(activities)

    assert {key: slot.earliest_finish for key, slot in schedule.slots.items()} == finishes
    assert schedule.length == max(finishes.values())


@given(chains())
def test_an_activity_has_just_as_much_slack_as_it_can_slip(activities: list[Activity]) -> None:
    chain = [Activity(a.key, a.duration, a.predecessors) for a in activities]
    schedule = plan(chain)
    for slipping in chain:
        slack = schedule.slots[slipping.key].slack
        longer = [Activity(a.key, a.duration + (slack if a is slipping else 0), a.waits_for) for a in chain]
        too_long = [
            Activity(a.key, a.duration + (slack + 1 if a is slipping else 0), a.waits_for) for a in chain
        ]
        assert plan(longer).length == schedule.length
        assert plan(too_long).length == schedule.length + 1


@given(chains())
def test_the_critical_path_is_a_path_without_slack_as_long_as_the_chain(activities: list[Activity]) -> None:
    by_key = {activity.key: activity for activity in activities}
    schedule = plan(activities)
    path = schedule.critical_path

    assert path_length(schedule, activities) == schedule.length
    assert all(schedule.slots[key].critical for key in path)
    assert by_key[path[0]].predecessors == ()
    assert all(earlier in by_key[later].predecessors for earlier, later in pairwise(path))


@given(chains())
def test_every_slot_fits_its_activity_and_the_chain(activities: list[Activity]) -> None:
    schedule = plan(activities)

    assert list(schedule.slots) == [activity.key for activity in activities]
    for activity in activities:
        slot = schedule.slots[activity.key]
        assert slot.earliest_finish - slot.earliest_start == activity.duration
        assert slot.latest_finish - slot.latest_start == activity.duration
        assert 0 <= slot.earliest_start <= slot.latest_start
        assert slot.latest_finish <= schedule.length


@given(chains())
def test_the_order_takes_the_first_given_that_can_come_next(activities: list[Activity]) -> None:
    left, expected = list(activities), list[str]()
    while left:
        ready = next(activity for activity in left if set(activity.predecessors) <= set(expected))
        expected.append(ready.key)
        left.remove(ready)

    assert order(activities) == tuple(expected)


@given(chains())
def test_downstream_is_all_that_can_be_reached(activities: list[Activity]) -> None:
    edges: dict[str, set[str]] = {}
    for activity in activities:
        for earlier in activity.predecessors:
            edges.setdefault(earlier, set()).add(activity.key)

    def reach(key: str) -> set[str]:
        return {key}.union(*(reach(near) for near in edges.get(key, ())))

    named = set(edges).union(*edges.values())
    assert downstream(edges) == {key: reach(key) - {key} for key in named}


def test_a_diamond_has_its_slack_on_the_shorter_side() -> None:
    schedule = plan(
        [
            Activity("sign", 2),
            Activity("plan", 3, ("sign",)),
            Activity("survey", 5, ("sign",)),
            Activity("build", 4, ("plan", "survey")),
        ]
    )

    assert schedule.slots["plan"] == Slot(2, 5, 4, 7)
    assert schedule.slots["plan"].slack == 2
    assert not schedule.slots["plan"].critical
    assert schedule.slots["survey"].critical
    assert schedule.length == 11
    assert schedule.critical_path == ("sign", "survey", "build")


def test_the_first_of_a_group_to_finish_lets_the_next_start() -> None:
    schedule = plan(
        [Activity("slow", 9), Activity("fast", 2), Activity("next", 10, any_of=(("slow", "fast"),))]
    )

    assert schedule.slots["next"].earliest_start == 2
    assert schedule.slots["fast"] == Slot(0, 2, 0, 2)
    assert schedule.slots["slow"] == Slot(0, 9, 3, 12)
    assert schedule.critical_path == ("fast", "next")


def test_at_a_tie_the_member_named_first_decides() -> None:
    activities = [Activity("a", 2), Activity("b", 2), Activity("next", 1, any_of=(("b", "a"),))]

    assert plan(activities).critical_path == ("b", "next")


def test_every_group_and_every_single_predecessor_must_be_satisfied() -> None:
    activities = [
        Activity("a", 1),
        Activity("b", 4),
        Activity("c", 6),
        Activity("next", 1, ("a",), (("a", "c"), ("b", "c"))),
    ]

    assert plan(activities).slots["next"].earliest_start == 4


def test_a_slow_member_that_nothing_needs_can_make_the_chain_longer() -> None:
    schedule = plan(
        [Activity("slow", 9), Activity("fast", 2), Activity("next", 1, any_of=(("slow", "fast"),))]
    )

    assert schedule.length == 9
    assert schedule.critical_path == ("slow",)


def test_an_order_that_is_right_stays_as_it_is() -> None:
    activities = [Activity("c", 1), Activity("a", 1, ("c",)), Activity("b", 1), Activity("d", 1, ("a", "b"))]

    assert order(activities) == ("c", "a", "b", "d")
    assert order(activities[::-1]) == ("b", "c", "a", "d")


def test_a_chain_without_activities_takes_no_time() -> None:
    schedule = plan([])

    assert (schedule.slots, schedule.length, schedule.critical_path) == ({}, 0, ())
    assert order([]) == ()
    assert downstream({}) == {}


def test_a_predecessor_named_twice_counts_once() -> None:
    schedule = plan([Activity("a", 2), Activity("b", 1, ("a", "a"), (("a",),))])

    assert schedule.length == 3


def test_a_chain_of_ten_thousand_activities_is_no_trouble() -> None:
    activities = [Activity(str(n), 1, (str(n - 1),) if n else ()) for n in range(10_000)]

    assert plan(activities).length == 10_000


@pytest.mark.parametrize("turn", range(3))
def test_a_circle_is_named_in_order_wherever_it_is_found(turn: int) -> None:
    ring = [Activity("b", 1, ("a",)), Activity("c", 1, ("b",)), Activity("a", 1, any_of=(("c", "free"),))]
    activities = [Activity("free", 1), *ring[turn:], *ring[:turn], Activity("end", 1, ("c",))]

    with pytest.raises(ChainError, match="in a circle: a → b → c → a"):
        plan(activities)
    with pytest.raises(ChainError, match="in a circle: a → b → c → a"):
        order(activities)


def test_an_activity_that_waits_for_itself_is_a_circle() -> None:
    with pytest.raises(ChainError, match="in a circle: a → a"):
        plan([Activity("a", 1, ("a",))])


def test_a_circle_of_edges_is_named_in_the_direction_of_the_edges() -> None:
    with pytest.raises(ChainError, match="in a circle: a → b → c → a"):
        downstream({"c": ["a"], "a": ["b"], "b": ["c", "d"]})


@pytest.mark.parametrize(
    ("activities", "sentence"),
    [
        ([Activity("a", 1, ("ghost",))], "“a” waits for “ghost”, which is not in the chain"),
        ([Activity("a", 1), Activity("b", 1, any_of=(("a", "ghost"),))], "“b” waits for “ghost”"),
        ([Activity("a", 1), Activity("a", 2)], "“a” is in the chain twice"),
        ([Activity("a", -1)], "“a” cannot take -1 days"),
        ([Activity("a", 1, any_of=((),))], "“a” waits for one of an empty group"),
    ],
)
def test_what_is_no_chain_is_refused(activities: list[Activity], sentence: str) -> None:
    for ask in (plan, order):
        with pytest.raises(ChainError, match=sentence):
            ask(activities)
