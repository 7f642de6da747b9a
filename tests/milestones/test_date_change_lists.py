"""Requests for other dates are found by their state and their days."""

from datetime import datetime

import pytest
from django.utils import timezone

from accounts.models import User
from domain.date_changes import RequestStatus
from milestones.models import DateChange
from tests.make import make_node, make_unit, make_user
from tests.pages import client_of, text_of

pytestmark = pytest.mark.django_db


def make_request(status: RequestStatus, decided: str = "") -> DateChange:
    boss = make_user()
    return DateChange.objects.create(
        node=make_node(), reason="enterprise", asked_by=boss, status=status,
        decided_by=boss if decided else None,
        decided_at=timezone.make_aware(datetime.fromisoformat(decided)) if decided else None,
    )  # fmt: skip


def found(address: str, user: User | None = None) -> set[int]:
    page = client_of(user or make_user()).get(f"/date-changes/?{address}")
    assert page.status_code == 200
    return {
        change.pk
        for change in DateChange.objects.all()
        if f"/date-changes/{change.pk}/" in page.content.decode()
    }


def test_the_page_shows_what_the_address_asks_for_and_says_how_many() -> None:
    asked, returned = make_request(RequestStatus.ASKED), make_request(RequestStatus.RETURNED)
    make_request(RequestStatus.APPROVED, "2026-03-02 08:00")

    assert found("status=asked&status=returned") == {asked.pk, returned.pk}
    assert "2 date changes" in text_of(
        client_of(make_user()).get("/date-changes/?status=asked&status=returned")
    )


def test_decisions_are_found_by_the_day_in_the_districts_own_time() -> None:
    late = make_request(RequestStatus.APPROVED, "2026-03-02 00:10")
    make_request(RequestStatus.APPROVED, "2026-03-01 23:50")

    assert found("decided_after=2026-03-02&decided_before=2026-03-02") == {late.pk}


def test_what_cannot_be_read_is_refused_and_strangers_find_nothing() -> None:
    make_request(RequestStatus.ASKED)

    assert client_of(make_user()).get("/date-changes/?decided_after=x").status_code == 400
    assert found("status=asked", make_user(unit=make_unit())) == set()


def test_a_list_without_rows_says_so() -> None:
    client = client_of(make_user())
    assert "Date changes that are asked for, and how they were decided, stand here." in text_of(
        client.get("/date-changes/")
    )
    assert "Nothing matches." in text_of(client.get("/date-changes/?status=asked"))
    make_request(RequestStatus.APPROVED, timezone.localdate().isoformat() + " 08:00")
    assert "stand here." not in text_of(client.get("/date-changes/"))
