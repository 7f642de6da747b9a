"""Whose clock ran: hand-made projects around the Spring Festival, and counting day by day."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.chains import ClockOwner
from domain.elapsed import PROMISED, NodeTime, Split, Work, node_time, split
from domain.workdays import ONE_DAY, LimitUnit, WorkCalendar, deadline

FESTIVAL = WorkCalendar(
    {
        **{date(2026, 2, day): False for day in (16, 17, 18, 19, 20, 23)},
        **{date(2026, 2, day): True for day in (14, 28)},
    }
)
"""The Spring Festival of 2026: off from the 15th to the 23rd, at work on the Saturdays of the 14th and 28th."""

EPOCH = date(2024, 1, 1)
GOVERNMENT, AGENCY, UTILITY, ENTERPRISE = ClockOwner


def day(number: int) -> date:
    return date(2026, 2, number)


def work(
    owner: ClockOwner,
    started_on: date,
    ended_on: date | None = None,
    *holds: tuple[date, date | None],
) -> Work[str]:
    return Work(key="node", owner=owner, started_on=started_on, ended_on=ended_on, holds=holds)


def by(
    *, government: int = 0, agency: int = 0, utility: int = 0, enterprise: int = 0
) -> dict[ClockOwner, int]:
    return {GOVERNMENT: government, AGENCY: agency, UTILITY: utility, ENTERPRISE: enterprise}


def test_day_one_is_the_day_after_the_start_and_the_last_day_counts() -> None:
    # The 13th, the Saturday of the 14th, and the 24th.
    assert node_time(work(GOVERNMENT, day(12), day(24)), day(28), FESTIVAL) == NodeTime(worked=3, held=0)
    assert node_time(work(GOVERNMENT, day(12), day(12)), day(28), FESTIVAL) == NodeTime(worked=0, held=0)


def test_what_has_not_ended_is_counted_up_to_today() -> None:
    assert node_time(work(GOVERNMENT, day(12)), day(13), FESTIVAL) == NodeTime(worked=1, held=0)
    assert node_time(work(GOVERNMENT, day(12)), day(10), FESTIVAL) == NodeTime(worked=0, held=0)


def test_an_end_after_today_has_not_come_yet() -> None:
    assert node_time(work(GOVERNMENT, day(12), day(28)), day(13), FESTIVAL) == NodeTime(worked=1, held=0)


def test_the_day_of_the_hold_does_not_count_and_the_day_of_going_on_does() -> None:
    held = work(GOVERNMENT, day(9), day(14), (day(11), day(13)))

    assert node_time(held, day(28), FESTIVAL) == NodeTime(worked=3, held=2)


def test_overlapping_holds_count_once_and_days_off_are_not_held() -> None:
    held = work(GOVERNMENT, day(9), day(26), (day(13), day(20)), (day(14), day(25)), (day(10), day(10)))

    assert node_time(held, day(28), FESTIVAL) == NodeTime(worked=5, held=3)


def test_an_open_hold_lasts_until_today() -> None:
    assert node_time(work(GOVERNMENT, day(9), None, (day(11), None)), day(24), FESTIVAL) == NodeTime(1, 5)


def test_a_hold_outside_the_time_of_the_node_or_backwards_holds_nothing() -> None:
    holds = ((day(2), day(9)), (day(25), None), (day(12), day(11)))

    assert node_time(work(GOVERNMENT, day(9), day(24), *holds), day(28), FESTIVAL) == NodeTime(6, 0)


def test_a_day_belongs_to_the_first_owner_who_worked_on_it() -> None:
    works = [
        work(ENTERPRISE, day(2), day(14)),
        work(UTILITY, day(4), day(11)),
        work(AGENCY, day(5), day(9)),
        work(GOVERNMENT, day(6), day(10)),
    ]

    seen = split(works, today=day(28), last=day(14), calendar=FESTIVAL)

    # Enterprise 3, 4, 12, 13, 14; utility 5, 11; agency 6; government 9, 10.
    assert seen.by_owner == by(enterprise=5, utility=2, agency=1, government=2)
    assert (seen.total, seen.promised, seen.held, seen.idle) == (10, 5, 0, 0)


def test_the_enterprise_s_days_and_days_on_hold_do_not_count_to_the_promise() -> None:
    works = [work(GOVERNMENT, day(2), day(11), (day(5), day(11))), work(ENTERPRISE, day(2), day(9))]

    seen = split(works, today=day(13), calendar=FESTIVAL)

    # Government 3, 4, 11; meanwhile enterprise 5, 6, 9; held 10; nothing begun after the 11th.
    assert seen == Split(total=9, by_owner=by(government=3, enterprise=3), held=1, idle=2)
    assert seen.promised == 3


def test_a_project_is_idle_between_its_nodes() -> None:
    works = [work(GOVERNMENT, day(2), day(4)), work(AGENCY, day(9), day(10))]

    assert split(works, last=day(10), today=day(28), calendar=FESTIVAL) == Split(
        total=6, by_owner=by(government=2, agency=1), held=0, idle=3
    )


def test_only_the_days_of_the_period_count_and_none_after_today() -> None:
    works = [work(GOVERNMENT, day(2), day(24))]

    assert split(works, first=day(5), last=day(10), today=day(28), calendar=FESTIVAL).promised == 3
    assert split(works, first=day(5), last=day(10), today=day(9), calendar=FESTIVAL).promised == 2
    assert split(works, first=day(5), today=day(9), calendar=FESTIVAL).promised == 2
    assert split(works, first=day(10), last=day(5), today=day(28), calendar=FESTIVAL).total == 0


def test_nothing_begun_is_no_time() -> None:
    assert split([], today=day(12), calendar=FESTIVAL) == Split(0, by(), 0, 0)
    assert split([], first=day(9), today=day(12), calendar=FESTIVAL) == Split(3, by(), 0, 3)


def test_all_but_the_enterprise_promised() -> None:
    assert set(ClockOwner) - set(PROMISED) == {ENTERPRISE}


days = st.integers(0, 60).map(lambda offset: EPOCH + timedelta(days=offset))
calendars = st.dictionaries(st.integers(0, 90).map(lambda n: EPOCH + timedelta(days=n)), st.booleans()).map(
    WorkCalendar
)
works_of_projects = st.lists(
    st.builds(
        Work,
        key=st.integers(),
        owner=st.sampled_from(ClockOwner),
        started_on=days,
        ended_on=st.none() | days,
        holds=st.lists(st.tuples(days, st.none() | days), max_size=3).map(tuple),
    ),
    max_size=6,
)


def state(work: Work[int], day: date, today: date) -> str:
    """What a node did on a day: its owner's name, held, or nothing."""
    if not work.started_on < day <= (work.ended_on or today):
        return ""
    on_hold = any(held <= day and (resumed is None or day < resumed) for held, resumed in work.holds)
    return "held" if on_hold else work.owner.value


@given(works_of_projects, st.none() | days, st.none() | days, days, calendars)
def test_every_day_is_counted_once_for_whom_it_belongs_to(
    works: list[Work[int]], first: date | None, last: date | None, today: date, calendar: WorkCalendar
) -> None:
    begin = first or min((work.started_on for work in works), default=today)
    end = min(last or today, today)
    order = ["government", "agency", "utility", "enterprise", "held", ""]
    counts = dict.fromkeys(order, 0)
    at = begin + ONE_DAY
    while at <= end:
        if calendar.is_working_day(at):
            counts[min((state(work, at, today) for work in works), key=order.index, default="")] += 1
        at += ONE_DAY

    seen = split(works, first=first, last=last, today=today, calendar=calendar)

    assert {owner.value: number for owner, number in seen.by_owner.items()} == {
        name: counts[name] for name in order[:4]
    }
    assert (seen.held, seen.idle) == (counts["held"], counts[""])
    assert seen.total == sum(counts.values()) == sum(seen.by_owner.values()) + seen.held + seen.idle
    assert seen.promised == sum(counts[name] for name in order[:3])


@given(works_of_projects, st.tuples(days, days, days).map(sorted), calendars)
def test_periods_that_follow_one_another_add_up(
    works: list[Work[int]], ends: list[date], calendar: WorkCalendar
) -> None:
    first, between, last = ends
    one, two, whole = (
        split(works, first=begin, last=end, today=last, calendar=calendar)
        for begin, end in ((first, between), (between, last), (first, last))
    )

    assert (one.total + two.total, one.held + two.held) == (whole.total, whole.held)
    assert {owner: days + two.by_owner[owner] for owner, days in one.by_owner.items()} == whole.by_owner


@given(works_of_projects, days, calendars)
def test_a_project_of_one_node_has_that_node_s_time(
    works: list[Work[int]], today: date, calendar: WorkCalendar
) -> None:
    for work in works:
        time = node_time(work, today, calendar)
        seen = split([work], today=today, last=work.ended_on, calendar=calendar)

        assert (seen.by_owner[work.owner], seen.held, seen.idle) == (time.worked, time.held, 0)


@pytest.mark.parametrize("limit", [1, 5, 20])
@given(st.lists(st.tuples(days, days), max_size=3), calendars)
def test_a_node_that_ends_with_its_limit_has_worked_just_its_limit(
    limit: int, holds: list[tuple[date, date]], calendar: WorkCalendar
) -> None:
    through = [(held_on, resumed_on - ONE_DAY) for held_on, resumed_on in holds]
    ends_on = deadline(calendar, EPOCH, limit, LimitUnit.WORKING, through)
    node = Work(key=1, owner=GOVERNMENT, started_on=EPOCH, ended_on=ends_on, holds=tuple(holds))

    assert node_time(node, ends_on, calendar).worked == limit
