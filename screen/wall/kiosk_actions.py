"""Wall screens: made, given another end, revoked, and when they were last seen."""

import secrets
from datetime import datetime, timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext_noop

from accounts.access import may_make_kiosks
from accounts.models import User
from domain.errors import RuleError
from history.models import Change
from screen.models import Kiosk
from screen.wall.kiosks import digest_of

TOKEN_BYTES = 32
"""256 bits: nobody guesses that."""

NOTED_EVERY = timedelta(minutes=1)
"""A screen that asks twice a minute is not worth a write each time."""


@transaction.atomic
def make_kiosk(
    *, actor: User, name: str, now: datetime, expires_at: datetime | None = None
) -> tuple[Kiosk, str]:
    """A wall screen that shows what `actor` may see, and its token, which is kept nowhere and told only here.

    Raises PermissionDenied for who may not make any, RuleError without a name or where it would have ended already.
    """
    _check(actor)
    name = name.strip()
    if not name:
        raise RuleError(gettext_noop("Say where the screen hangs."))
    _check_end(expires_at, now)
    token = secrets.token_urlsafe(TOKEN_BYTES)
    kiosk = Kiosk.objects.create(name=name, digest=digest_of(token), made_by=actor, expires_at=expires_at)
    _record(Change.Verb.KIOSK_MADE, kiosk, actor)
    return kiosk, token


@transaction.atomic
def set_end_of_kiosk(kiosk: Kiosk, *, actor: User, now: datetime, expires_at: datetime | None) -> Kiosk:
    """Another end, or none: the screen that hangs there goes on, or comes back by itself, with the token it has.

    Raises PermissionDenied for who may not make any, RuleError where it was revoked or would have ended already.
    """
    held = _held(kiosk, actor)
    if held.revoked_at is not None:
        raise RuleError(gettext_noop("This wall screen has been revoked; make a new one."))
    _check_end(expires_at, now)
    if held.expires_at != expires_at:
        before, held.expires_at = held.expires_at, expires_at
        held.save(update_fields=["expires_at"])
        _record(Change.Verb.KIOSK_CHANGED, held, actor, before={"expires": before})
    return held


@transaction.atomic
def revoke_kiosk(kiosk: Kiosk, *, actor: User, now: datetime) -> Kiosk:
    """The token stops at once; doing it again changes nothing. Raises PermissionDenied for who may not make any."""
    held = _held(kiosk, actor)
    if held.revoked_at is None:
        held.revoked_at = now
        held.save(update_fields=["revoked_at"])
        _record(Change.Verb.KIOSK_REVOKED, held, actor)
    return held


def note_seen(kiosk: Kiosk, *, at: datetime) -> bool:
    """Remember that the screen has asked, to a minute; whether it was written down."""
    if kiosk.seen_at is not None and at - kiosk.seen_at < NOTED_EVERY:
        return False
    Kiosk.objects.filter(pk=kiosk.pk).update(seen_at=at)
    return True


def _check(actor: User) -> None:
    if not may_make_kiosks(actor):
        raise PermissionDenied


def _check_end(expires_at: datetime | None, now: datetime) -> None:
    if expires_at is not None and expires_at <= now:
        raise RuleError(gettext_noop("A wall screen cannot end before today is over."))


def _held(kiosk: Kiosk, actor: User) -> Kiosk:
    """The row, locked."""
    _check(actor)
    return Kiosk.objects.select_for_update(of=("self",)).get(pk=kiosk.pk)


def _record(verb: Change.Verb, kiosk: Kiosk, actor: User, *, before: dict[str, object] | None = None) -> None:
    Change.objects.create(
        verb=verb, actor=actor, before=before or {},
        after={"kiosk": kiosk.pk, "name": kiosk.name, "expires": kiosk.expires_at},
    )  # fmt: skip
