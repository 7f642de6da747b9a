"""Periods of whole months, as an address asks for them."""

from datetime import date

import pytest

from domain.errors import InputError
from domain.periods import Months, last_full_month, months_later, read_month

TODAY = date(2022, 9, 15)


def asked(first: str, last: str, today: date = TODAY) -> tuple[str, str]:
    months = Months.of(first, last, today)
    return f"{months.first:%Y-%m}", f"{months.last:%Y-%m}"


def test_silence_means_the_year_up_to_the_last_full_month_and_in_january_the_year_before() -> None:
    assert asked("", "") == ("2022-01", "2022-08")
    assert asked("", "", date(2023, 1, 31)) == ("2022-01", "2022-12")
    assert last_full_month(date(2022, 3, 1)) == date(2022, 2, 1)


def test_one_end_brings_the_other() -> None:
    assert asked("2022-03", "") == ("2022-03", "2022-08")
    assert asked("2021-03", "") == ("2021-03", "2021-12")
    assert asked("2022-09", "") == ("2022-09", "2022-09"), (
        "the month that is running is not judged at the year's end"
    )
    assert asked("2022-10", "") == ("2022-10", "2022-12")
    assert asked("", "2021-6") == ("2021-01", "2021-06")
    assert asked("2021-11", "2022-02") == ("2021-11", "2022-02")


@pytest.mark.parametrize(
    ("first", "last"),
    [
        ("2022-08", "2022-07"),
        ("2022-13", ""),
        ("8月", ""),
        ("1999-12", ""),
        ("", "2101-01"),
        ("2000-01", "2022-01"),
    ],
)
def test_what_is_no_period_is_refused(first: str, last: str) -> None:
    with pytest.raises(InputError):
        Months.of(first, last, TODAY)


def test_months_are_counted_and_stepped_over_the_end_of_a_year() -> None:
    months = Months(date(2021, 11, 1), date(2022, 2, 1))
    assert [f"{month:%y-%m}" for month in months] == ["21-11", "21-12", "22-01", "22-02"]
    assert len(months) == 4
    assert months.last_day == date(2022, 2, 28)
    assert months.year_earlier() == Months(date(2020, 11, 1), date(2021, 2, 1))
    assert months_later(date(2022, 1, 1), -1) == date(2021, 12, 1)
    assert read_month(" 2022-8 ") == date(2022, 8, 1)


def test_a_period_knows_whether_it_is_over_and_whether_it_has_begun() -> None:
    august, september = (Months(date(2022, n, 1), date(2022, n, 1)) for n in (8, 9))
    assert august.is_over(TODAY)
    assert not september.is_over(TODAY)
    assert september.has_begun(TODAY)
    assert not Months(date(2022, 10, 1), date(2022, 10, 1)).has_begun(TODAY)
