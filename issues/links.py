"""The addresses of enterprises' links: who holds one speaks for the enterprise of one project.

The address is the row's number and the microsecond at which it was made, signed with SECRET_KEY (HMAC-SHA256), so it
cannot be guessed and need not be kept: it is written anew for whoever may change the project. The moment is in it so
that a row that gets an old number, as after a restored backup, does not bring an old address back to life. A new
SECRET_KEY ends all addresses, unless the old one stands among SECRET_KEY_FALLBACKS.
"""

from datetime import UTC, datetime, timedelta
from typing import Final

from django.core.signing import BadSignature, Signer
from django.urls import reverse

from issues.models import EnterpriseLink

# "." and not ":", which some chat programs take for the end of an address.
_SIGNER: Final = Signer(salt="issues.links", sep=".")
_SINCE: Final = datetime(1970, 1, 1, tzinfo=UTC)


def address_of(link: EnterpriseLink) -> str:
    """The path of the enterprise's page; the same each time."""
    return reverse("issues:enterprise", args=[token_of(link)])


def token_of(link: EnterpriseLink) -> str:
    return _SIGNER.sign_object([link.pk, _made(link)])


def link_behind(token: str) -> EnterpriseLink | None:
    """The link with this token, be it expired or revoked (``is_spent``); None where the token is none of ours.

    The signature is checked, in constant time, before the database is asked: guessing costs it nothing. An altered
    token and one whose row is gone are one answer.
    """
    try:
        pk, made = _SIGNER.unsign_object(token)
    except BadSignature:
        return None
    link: EnterpriseLink | None = EnterpriseLink.objects.select_related("project").filter(pk=pk).first()
    return link if link is not None and _made(link) == made else None


def is_spent(link: EnterpriseLink, now: datetime) -> bool:
    """Whether the link has expired or was revoked."""
    return link.revoked_at is not None or link.expires_at <= now


def _made(link: EnterpriseLink) -> int:
    """Microseconds, whole: a float would not come back as it was."""
    return (link.made_at - _SINCE) // timedelta(microseconds=1)
