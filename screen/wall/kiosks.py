"""Who stands before a wall screen: the token of the screen, which opens `/wall/` and nothing else.

Only the SHA-256 of a token is kept: whoever reads the table, or a backup of it, opens nothing with that. The tokens are
random (256 bits), so a digest needs no salt and can be looked up.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum, auto
from hashlib import sha256
from typing import Final

from accounts.models import User
from screen.models import Kiosk

LONGEST_TOKEN: Final = 100


class Refusal(StrEnum):
    """Why a screen shows nothing."""

    UNKNOWN = auto()
    """Nobody logged in, no token, or one that is none of ours."""
    EXPIRED = auto()
    REVOKED = auto()
    MAKER_LEFT = auto()


@dataclass(frozen=True, slots=True)
class Held:
    """What is known of the holder of a token: the screen, where there is one, and why it shows nothing, if so."""

    kiosk: Kiosk | None
    refusal: Refusal | None

    @property
    def reader(self) -> User | None:
        """Whose eyes the screen has; None where it shows nothing."""
        return self.kiosk.made_by if self.kiosk and self.refusal is None else None


def digest_of(token: str) -> str:
    return sha256(token.encode()).hexdigest()


def held_by(token: str, now: datetime) -> Held:
    """One query. A token that was never given out and one whose row is gone are one answer."""
    if not 0 < len(token) <= LONGEST_TOKEN:
        return Held(None, Refusal.UNKNOWN)
    found = Kiosk.objects.select_related("made_by__unit").filter(digest=digest_of(token)).first()
    return Held(found, _refusal(found, now))


def _refusal(kiosk: Kiosk | None, now: datetime) -> Refusal | None:
    """``KioskQuerySet.holding`` says the same in SQL."""
    if kiosk is None:
        return Refusal.UNKNOWN
    if kiosk.revoked_at is not None:
        return Refusal.REVOKED
    if not kiosk.holds(now):
        return Refusal.EXPIRED
    return None if kiosk.made_by.is_active else Refusal.MAKER_LEFT
