"""Every change of a calendar feed.

They leave no line in the history: that is the history of projects, and a feed belongs to none. It is its
owner's own, nobody else makes or changes it, and what was has no meaning for anybody.
"""

import secrets
from datetime import datetime, timedelta

from django.db import transaction

from accounts.models import User
from domain.errors import RuleError, StaleError, gettext_noop
from notices.models import CalendarFeed
from notices.querysets import digest_of

SECRET_BYTES = 32
NOTED_EVERY = timedelta(minutes=5)
"""A program that asks all the time is not worth a write each time."""


@transaction.atomic
def make_feed(*, actor: User, scope: str, language: str, replaces: int | None = None) -> str:
    """A feed with a new secret, which is returned here and kept nowhere; `replaces` is the key of the old one.

    The old address stops at once. Raises StaleError where `actor` has another feed than that (or none, or one
    at all): a page that is sent twice must not end the address that the first sending has just shown.
    """
    _hold(actor)
    old = CalendarFeed.objects.of(actor)
    if (old.pk if old else None) != replaces:
        raise StaleError(
            gettext_noop(
                "Your calendar address has been made, replaced or revoked since this page was shown."
            )
        )
    if old:
        old.delete()
    secret = secrets.token_urlsafe(SECRET_BYTES)
    CalendarFeed.objects.create(user=actor, digest=digest_of(secret), scope=scope, language=language)
    return secret


@transaction.atomic
def change_feed(*, actor: User, scope: str, language: str) -> None:
    """Other dates or another language at the same address. Raises RuleError where there is no address."""
    _hold(actor)
    if not CalendarFeed.objects.filter(user=actor).update(scope=scope, language=language):
        raise RuleError(gettext_noop("You have no calendar address."))


@transaction.atomic
def revoke_feed(*, actor: User) -> None:
    """The address stops at once; doing it again changes nothing."""
    _hold(actor)
    CalendarFeed.objects.filter(user=actor).delete()


def note_reading(feed: CalendarFeed, *, tag: str, at: datetime) -> datetime:
    """Remember that `feed` was read and said what `tag` names; since when it has said that, to the second."""
    at = at.replace(microsecond=0)
    known = feed.content_since if feed.content_tag == tag else None
    if known is None or feed.last_read_at is None or at - feed.last_read_at >= NOTED_EVERY:
        CalendarFeed.objects.filter(pk=feed.pk).update(
            last_read_at=at, content_tag=tag, content_since=known or at
        )
    return known or at


def _hold(user: User) -> None:
    """Two changes of one person's feed go one after the other, also where there is no feed yet."""
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
