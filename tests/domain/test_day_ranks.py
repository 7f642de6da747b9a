"""Working days by the column are those of the calendar one by one."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from domain.day_ranks import DayRanks
from domain.workdays import WorkCalendar

FIRST, LAST = date(2025, 1, 1), date(2026, 12, 31)

days = st.dates(FIRST, LAST)
calendars = st.builds(
    WorkCalendar,
    st.dictionaries(
        st.dates(FIRST - timedelta(days=90), LAST + timedelta(days=90)), st.booleans(), max_size=40
    ),
)


@given(calendar=calendars, pairs=st.lists(st.tuples(days, days), min_size=1, max_size=8))
def test_as_many_working_days_lie_between(calendar: WorkCalendar, pairs: list[tuple[date, date]]) -> None:
    ranks = DayRanks(calendar, FIRST, LAST)
    starts, ends = ([day.toordinal() for day in side] for side in zip(*pairs, strict=True))
    assert ranks.count(starts, ends).tolist() == [_count(calendar, start, end) for start, end in pairs]


def _count(calendar: WorkCalendar, start: date, end: date) -> int:
    return calendar.count(start, end) if start <= end else -calendar.count(end, start)


@given(calendar=calendars, day=days, later=st.integers(0, 200))
def test_so_many_working_days_later_is_the_same_day(calendar: WorkCalendar, day: date, later: int) -> None:
    ranks = DayRanks(calendar, FIRST, LAST)
    start = calendar.on_or_before(day) if calendar.is_working_day(day) else calendar.on_or_after(day)
    found = ranks.of_rank(ranks.rank([start.toordinal()]) + later)
    assert date.fromordinal(int(found[0])) == calendar.add(start, later)


def test_a_day_beyond_the_table_is_counted_by_its_last() -> None:
    ranks = DayRanks(WorkCalendar(), FIRST, LAST)
    assert ranks.rank([1, 10**7]).tolist() == [
        ranks.rank([1])[0],
        ranks.rank([date(2030, 1, 1).toordinal()])[0],
    ]
    assert ranks.of_rank([0, 10**6]).tolist() == ranks.of_rank([1, 10**5]).tolist()


def test_the_first_and_last_dates_there_are_do_no_harm() -> None:
    ranks = DayRanks(WorkCalendar(), date.min, date(1, 6, 1))
    assert ranks.count([date(1, 3, 1).toordinal()], [date(1, 3, 8).toordinal()]).tolist() == [5]
