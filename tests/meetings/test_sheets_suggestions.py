"""问题交办建议: what the rules propose, to whom, by when, and why."""

from datetime import date
from typing import Any

import pytest

from accounts.models import Unit, User
from domain.issues import Level
from domain.meetings import RAISE_BEYOND, SUGGESTED_WITHIN, next_level, suggested_due
from domain.workdays import WorkCalendar
from tests.make import FRIDAY, make_category, make_issue, make_project, make_template, make_unit, make_user
from tests.meetings.written_books import book_for, day, rows_of
from tests.screen.small_district import RULE, make_laid

pytestmark = pytest.mark.django_db


def suggested(reader: User | None = None) -> list[dict[str, Any]]:
    return rows_of(book_for(reader or make_user()), "Suggested assignments")


def test_an_issue_that_nobody_has_goes_to_the_usual_unit_of_its_category_by_a_day_of_its_level() -> None:
    power = make_category("power", lead_unit=make_unit("供电公司", kind=Unit.Kind.DEPARTMENT))
    issue = make_issue(title="开闭所未建", category=power, level=Level.KEY)

    (row,) = suggested()

    assert (row["Suggestion"], row["Number of the issue"]) == ("assign it", issue.number)
    assert (row["Suggested lead unit"], row["Suggested due date"]) == ("供电公司", day("2026-03-17"))
    assert row["Suggested level"] == row["Level now"] == "2 · heads of units"
    assert (
        row["Why"] == "Raised on 2026-03-02, 4 days ago; nobody has it. 供电公司 usually leads this category."
    )


def test_a_category_without_a_usual_unit_is_said_to_have_none() -> None:
    make_issue(category=make_category("other", lead_unit=None))

    (row,) = suggested()

    assert row["Suggested lead unit"] is None
    assert row["Why"].endswith("its category names no lead unit.")


def test_an_issue_that_is_late_is_to_be_raised_by_one_level_and_not_above_the_highest() -> None:
    unit = make_unit("供电公司", kind=Unit.Kind.DEPARTMENT)
    late: dict[str, Any] = {"lead_unit": unit, "today": day("2026-02-02"), "due_on": day("2026-02-26")}
    make_issue(title="低", level=Level.DAILY, **late)
    make_issue(title="高", level=Level.HEAD, **late)

    high, low = suggested()

    assert (low["Suggestion"], low["Level now"], low["Suggested level"]) == (
        "raise its level", "1 · daily coordination", "2 · heads of units",
    )  # fmt: skip
    assert low["Why"] == "Due on 2026-02-26, 6 working days late: one level higher."
    assert high["Suggested level"] == "4 · head of the district"
    assert high["Why"].endswith("it is at the highest level already.")


def test_a_cause_that_is_late_for_long_without_an_open_issue_should_become_one() -> None:
    unit = make_unit("规划资源分局", kind=Unit.Kind.DEPARTMENT)
    for name, due in (("刚好", day("2026-02-13")), ("更久", day("2026-02-12"))):
        node = make_laid(make_template("a", "b"), project=make_project(name=name), a=due, b=due)["a"]
        node.unit = unit
        node.save()
    assert [RULE.days_late(on) for on in (day("2026-02-13"), day("2026-02-12"))] == [
        RAISE_BEYOND,
        RAISE_BEYOND + 1,
    ]

    (row,) = suggested()

    assert (row["Suggestion"], row["Project"], row["What it is about"]) == (
        "raise an issue",
        "更久",
        "Node a",
    )
    assert (row["Suggested lead unit"], row["Suggested level"]) == ("规划资源分局", "2 · heads of units")
    assert row["Why"] == (
        "16 working days late, more than 15, without an open issue. 1 node waits behind it."
    )  # fmt: skip
    make_issue(node.project, nodes=[node], today=FRIDAY)
    assert [row["Suggestion"] for row in suggested()] == ["assign it"]


def test_a_reader_gets_suggestions_about_what_is_in_sight_only() -> None:
    make_issue(title="看不见")
    stranger = make_user(User.Role.LIAISON, unit=make_unit("别处"))

    assert suggested(stranger)[0]["No."] == "There is nothing to suggest."


def test_the_number_of_queries_does_not_grow_with_the_suggestions(django_assert_max_num_queries: Any) -> None:
    reader = make_user()
    for _ in range(2):
        make_issue()
    suggested(reader)
    for _ in range(6):
        make_issue()

    with django_assert_max_num_queries(85):
        suggested(reader)


@pytest.mark.parametrize("level", list(Level))
def test_the_higher_the_level_the_sooner_it_is_due_and_the_next_level_is_the_next(level: Level) -> None:
    calendar, today = WorkCalendar(), date(2026, 3, 6)

    assert calendar.count(today, suggested_due(level, today, calendar)) == SUGGESTED_WITHIN[level]
    assert next_level(level) == (level if level == Level.HEAD else level + 1)
    assert suggested_due(next_level(level), today, calendar) <= suggested_due(level, today, calendar)
