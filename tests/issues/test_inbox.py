"""What waits for a unit, as each of its people sees it."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Unit, User
from issues.inbox import SHOWN
from issues.models import Issue, Supervision
from tests.make import make_issue, make_project, make_unit, make_user
from tests.pages import client_of, tags_of, text_of

pytestmark = pytest.mark.django_db


def inbox(user: User) -> Any:
    return client_of(user).get("/issues/inbox/")


def sections(page: Any) -> set[str]:
    return {str(attrs["id"]) for tag, attrs in tags_of(page) if tag == "h2" and "id" in attrs}


def slip(unit: Unit, *, reply_by: date, number: str = "2026-0001") -> Supervision:
    issue, today = make_issue(lead_unit=unit), timezone.localdate()
    return Supervision.objects.create(
        project=issue.project, issue=issue, level=1, deadline_on=today, days_late=2, proposed_on=today,
        state="issued", number=number, addressee=unit, reply_by=reply_by, issued_on=today,
        issued_by=make_user(),
    )  # fmt: skip


def test_each_sees_what_waits_for_the_own_unit() -> None:
    town, power, helper = (
        make_unit(),
        make_unit(kind=Unit.Kind.DEPARTMENT),
        make_unit(kind=Unit.Kind.DEPARTMENT),
    )
    project = make_project(town=town)
    project.units.add(power, helper)
    clerk = make_user(unit=power)
    raised = make_issue(project)
    led = make_issue(project, lead_unit=power, supporting=[helper], raised_by=make_user())
    asked = make_issue(project, lead_unit=power, status="close_requested")

    of_town, of_lead, of_helper = (inbox(make_user(unit=unit)) for unit in (town, power, helper))

    assert sections(of_town) == {"assign", "verify"}
    assert raised.title in text_of(of_town)
    assert asked.title in text_of(of_town)
    assert "2 things wait for you" in text_of(of_town)
    assert sections(of_lead) == {"work"}
    assert led.title in text_of(of_lead)
    assert sections(of_helper) == {"support"}
    assert "Nothing waits for you." in text_of(of_helper)
    assert sections(inbox(clerk)) == {"work"}


def test_who_raised_an_issue_finds_it_until_it_is_closed() -> None:
    liaison = make_user(User.Role.LIAISON)
    project = make_project(liaison=liaison)
    make_issue(project, raised_by=liaison, title="临时道路不通")

    assert sections(inbox(liaison)) == {"raised"}
    Issue.objects.update(
        status="closed", closed_on=timezone.localdate(), verified_by=make_user(), lead_unit=make_unit(),
        due_on=timezone.localdate(),
    )  # fmt: skip
    assert sections(inbox(liaison)) == set()


def test_what_is_late_comes_first_and_is_counted() -> None:
    power, today = make_unit(kind=Unit.Kind.DEPARTMENT), timezone.localdate()
    for days in (9, -9):
        make_issue(
            lead_unit=power, title=f"限期{days}", today=today - timedelta(days=30),
            due_on=today + timedelta(days=days),
        )  # fmt: skip

    words = text_of(inbox(make_user(unit=power)))

    assert words.index("限期-9") < words.index("限期9 ")
    assert "1 is overdue" in words


def test_of_many_the_first_are_shown_and_all_are_a_click_away() -> None:
    power, boss = make_unit(kind=Unit.Kind.DEPARTMENT), make_user()
    project = make_project()
    for _ in range(SHOWN + 1):
        make_issue(project, lead_unit=power, raised_by=boss)
    clerk = make_user(unit=power)

    page = inbox(clerk)

    assert len([tag for tag, _attrs in tags_of(page) if tag == "article"]) == SHOWN
    assert "/issues/?turn=work" in [attrs.get("href") for tag, attrs in tags_of(page)]
    whole = client_of(clerk).get("/issues/?turn=work")
    assert f"{SHOWN + 1} issues are open" in text_of(whole)


def test_slips_wait_for_an_answer_and_say_when_it_is_late() -> None:
    power, today = make_unit(kind=Unit.Kind.DEPARTMENT), timezone.localdate()
    late = slip(power, reply_by=today - timedelta(days=1))

    page = inbox(make_user(unit=power))

    assert "slips" in sections(page)
    assert "answer overdue" in text_of(page)
    assert f"/supervision/{late.pk}/" in [attrs.get("href") for tag, attrs in tags_of(page)]
    assert "slips" not in sections(inbox(make_user(unit=make_unit())))


def test_where_nothing_waits_the_page_says_so() -> None:
    make_issue()
    page = inbox(make_user(unit=make_unit()))
    assert "Nothing waits for you." in text_of(page)
    assert "none of those that you raised is open" in text_of(page)


def test_more_rows_cost_no_more_queries() -> None:
    power = make_unit(kind=Unit.Kind.DEPARTMENT)
    client = client_of(make_user(unit=power))

    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert client.get("/issues/inbox/").status_code == 200
        return len(seen)

    make_issue(lead_unit=power)
    slip(power, reply_by=timezone.localdate())
    queries()
    one = queries()
    for number in range(2, 6):
        make_issue(lead_unit=power)
        slip(power, reply_by=timezone.localdate(), number=f"2026-000{number}")

    assert queries() == one
