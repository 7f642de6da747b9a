"""Which calendar feed."""

from hashlib import sha256
from typing import TYPE_CHECKING

from django.db import models

from accounts.models import User

if TYPE_CHECKING:
    from notices.models import CalendarFeed


def digest_of(secret: str) -> str:
    """What is kept of a secret. It is 32 random bytes, so its digest needs neither salt nor slowness."""
    return sha256(secret.encode()).hexdigest()


class CalendarFeedQuerySet(models.QuerySet["CalendarFeed"]):
    def of(self, user: User) -> "CalendarFeed | None":
        return self.filter(user=user).first()

    def behind(self, secret: str) -> "CalendarFeed | None":
        """The feed with this secret, unless its user may no longer log in.

        Digests are looked up, never secrets compared: how long it takes tells nothing of a secret, and what
        was never there, is revoked or belongs to somebody who has left is one answer of one query.
        """
        found = self.filter(digest=digest_of(secret), user__is_active=True)
        return found.select_related("user__unit").first()
