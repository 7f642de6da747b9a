"""Dates as readers of each language write them."""

from datetime import UTC, date, datetime

import pytest
from django.utils.translation import override

from milestones.templatetags.lights import day_text, moment, weekday

NOVEMBER = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("language", "this_year", "another_year"),
    [("zh-hans", "11月23日", "2026年11月23日"), ("en", "23 Nov", "23 Nov 2026")],
)
def test_a_date_says_its_year_only_where_it_is_not_this_one(
    language: str, this_year: str, another_year: str
) -> None:
    with override(language):
        assert day_text(NOVEMBER, language, 2026) == this_year
        assert day_text(NOVEMBER, language, 2027) == another_year


@pytest.mark.parametrize(
    ("language", "words", "name"),
    [("zh-hans", "2026年11月23日 07:05", "周一"), ("en", "23 Nov 2026 07:05", "Mon")],
)
def test_a_moment_has_its_hour_in_shanghai_and_a_day_its_name(language: str, words: str, name: str) -> None:
    with override(language):
        assert moment(datetime(2026, 11, 22, 23, 5, tzinfo=UTC)) == words
        assert weekday(NOVEMBER) == name
