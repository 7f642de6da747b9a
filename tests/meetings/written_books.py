"""Reads back what the weekly workbook says; the words are English, the day is Friday, 6 March 2026, noon."""

from datetime import date, datetime
from io import BytesIO
from typing import Any

from openpyxl import Workbook, load_workbook

from accounts.models import User
from meetings.gathering import gather_week, one_moment
from meetings.models import Meeting
from meetings.week import Week
from meetings.workbook import write_workbook
from tests.meetings.drafts import NOON, rule_on


def week_for(reader: User, now: datetime = NOON, meeting: Meeting | None = None) -> Week:
    """The week with all its rows."""
    with one_moment():
        return gather_week(reader, rule_on(now), now, meeting=meeting).kept()


def written(week: Week) -> bytes:
    file = BytesIO()
    write_workbook(file, week)
    return file.getvalue()


def book_for(reader: User, now: datetime = NOON, meeting: Meeting | None = None) -> Workbook:
    return load_workbook(BytesIO(written(week_for(reader, now, meeting))))


def rows_of(book: Workbook, name: str) -> list[dict[str, Any]]:
    """The rows below the header by the titles of the columns; days as days."""
    titles, *rows = book[name].iter_rows(min_row=3, values_only=True)
    return [dict(zip(map(str, titles), map(_read, row), strict=True)) for row in rows]


def _read(value: Any) -> Any:
    return value.date() if isinstance(value, datetime) else value


def figures_of_book(book: Workbook) -> dict[str, tuple[Any, Any, Any]]:
    """This week's number of each figure, last week's, and the change."""
    rows = book["Overview"].iter_rows(min_row=7, max_row=21, max_col=5, values_only=True)
    return {str(label): (now, before, change) for label, _remark, now, before, change in rows}


def day(text: str) -> date:
    return date.fromisoformat(text)
