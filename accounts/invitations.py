"""Links that let a person in once: how their tokens are made, and what a token that comes back stands for."""

from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from secrets import token_urlsafe

from accounts.models import Invitation

LASTS = timedelta(days=14)


class State(StrEnum):
    OPEN = "open"
    USED = "used"
    EXPIRED = "expired"
    UNKNOWN = "unknown"


def new_token() -> str:
    return token_urlsafe(32)


def digest_of(token: str) -> str:
    return sha256(token.encode("utf-8", "replace")).hexdigest()


def invitation_of(token: str) -> Invitation | None:
    return Invitation.objects.select_related("user__unit").filter(digest=digest_of(token)).first()


def state_of(invitation: Invitation | None, now: datetime) -> State:
    """Somebody who has been shut out since is not let in either."""
    if invitation is None:
        return State.UNKNOWN
    if invitation.used_at is not None:
        return State.USED
    is_over = invitation.expires_at <= now or not invitation.user.is_active
    return State.EXPIRED if is_over else State.OPEN
