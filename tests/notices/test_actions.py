from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest
from django.db import connection

from accounts.models import User
from domain.errors import RuleError, StaleError
from notices.actions import change_feed, make_feed, note_reading, revoke_feed
from notices.models import CalendarFeed
from tests.make import make_user

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def made(user: User, **more: int) -> str:
    return make_feed(actor=user, scope="own", language="en", **more)


def test_only_the_digest_of_a_secret_is_stored() -> None:
    secret = made(make_user())

    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM notices_calendarfeed")
        (row,) = cursor.fetchall()
    assert len(secret) == 43
    assert sha256(secret.encode()).hexdigest() in row
    assert not [value for value in row if secret in str(value)]


def test_no_two_secrets_are_alike() -> None:
    assert len({made(make_user()) for _ in range(20)}) == 20


def test_a_new_address_ends_the_old_one() -> None:
    user = make_user()
    old = made(user)
    feed = CalendarFeed.objects.get()

    new = made(user, replaces=feed.pk)

    assert CalendarFeed.objects.behind(old) is None
    assert CalendarFeed.objects.behind(new) == CalendarFeed.objects.get()


def test_a_page_sent_twice_makes_one_address() -> None:
    user = make_user()
    first = made(user)

    with pytest.raises(StaleError):
        made(user)
    second = made(user, replaces=CalendarFeed.objects.get().pk)
    with pytest.raises(StaleError):
        made(user, replaces=CalendarFeed.objects.get().pk - 1)

    assert CalendarFeed.objects.behind(first) is None
    assert CalendarFeed.objects.behind(second)


def test_what_replaces_an_address_that_was_revoked_is_refused() -> None:
    user = make_user()
    made(user)
    pk = CalendarFeed.objects.get().pk
    revoke_feed(actor=user)

    with pytest.raises(StaleError):
        made(user, replaces=pk)

    assert not CalendarFeed.objects.exists()


def test_dates_and_language_change_at_the_same_address() -> None:
    user = make_user()
    secret = made(user)

    change_feed(actor=user, scope="seen", language="zh-hans")

    feed = CalendarFeed.objects.behind(secret)
    assert feed
    assert (feed.scope, feed.language) == ("seen", "zh-hans")


def test_without_an_address_there_is_nothing_to_change_and_nothing_to_revoke() -> None:
    user = make_user()
    other = made(make_user())

    with pytest.raises(RuleError):
        change_feed(actor=user, scope="seen", language="en")
    revoke_feed(actor=user)

    assert CalendarFeed.objects.behind(other), "somebody else's stays"


def test_a_reading_is_remembered_and_what_it_said_keeps_its_moment() -> None:
    made(make_user())

    first = note_reading(CalendarFeed.objects.get(), tag="a", at=NOON + timedelta(microseconds=7))
    again = note_reading(CalendarFeed.objects.get(), tag="a", at=NOON + timedelta(hours=1))
    later = note_reading(CalendarFeed.objects.get(), tag="a", at=NOON + timedelta(hours=2))
    changed = note_reading(CalendarFeed.objects.get(), tag="b", at=NOON + timedelta(hours=3))

    assert (first, again, later, changed) == (NOON, NOON, NOON, NOON + timedelta(hours=3))
    assert CalendarFeed.objects.get().last_read_at == NOON + timedelta(hours=3)


def test_a_program_that_asks_all_the_time_is_not_written_down_each_time() -> None:
    made(make_user())
    note_reading(CalendarFeed.objects.get(), tag="a", at=NOON)

    note_reading(CalendarFeed.objects.get(), tag="a", at=NOON + timedelta(minutes=4))
    assert CalendarFeed.objects.get().last_read_at == NOON

    note_reading(CalendarFeed.objects.get(), tag="a", at=NOON + timedelta(minutes=5))
    assert CalendarFeed.objects.get().last_read_at == NOON + timedelta(minutes=5)


def test_a_reading_does_not_bring_back_what_was_revoked_meanwhile() -> None:
    user = make_user()
    made(user)
    feed = CalendarFeed.objects.get()
    revoke_feed(actor=user)

    note_reading(feed, tag="a", at=NOON)

    assert not CalendarFeed.objects.exists()
