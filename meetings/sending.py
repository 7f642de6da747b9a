"""How far the workbook of a meeting has gone out, as its pages say it."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext

from meetings.actions.deliveries import BEGUN
from meetings.models import Delivery, Meeting, Recipient

_NOT_SENDING = (
    "django.core.mail.backends.console.EmailBackend",
    "django.core.mail.backends.dummy.EmailBackend",
)


@dataclass(frozen=True, slots=True)
class Sending:
    """Numbers of deliveries: `sent`, `waiting` for their turn, `failed` (given up, or tried again soon), and `unknown`,
    of which a worker that was killed said nothing.

    `recipients`: how many are on the list; `has_server`: a mail server is set. `refusals` are the addresses that
    failed, each with the reason.
    """

    sent: int
    waiting: int
    failed: int
    unknown: int
    recipients: int
    has_server: bool
    refusals: tuple[tuple[str, str], ...]

    @property
    def letters(self) -> int:
        """How many there are, whatever became of them."""
        return self.sent + self.waiting + self.failed + self.unknown

    @property
    def can_be_repeated(self) -> bool:
        """Whether there is something that is not tried any more by itself."""
        return bool(self.failed or self.unknown)


def has_mail_server() -> bool:
    """Whether ``EMAIL_URL`` names a server; without one nothing leaves the house, and nothing is pretended."""
    return settings.EMAIL_BACKEND not in _NOT_SENDING


def sending_of(meeting: Meeting) -> Sending:
    """How far the workbook of `meeting` has gone out. Two queries."""
    deliveries = list(Delivery.objects.filter(meeting=meeting).order_by("pk"))
    return _counted(deliveries, Recipient.objects.filter(is_active=True).count())


def _counted(deliveries: Iterable[Delivery], recipients: int) -> Sending:
    found = {"sent": 0, "waiting": 0, "failed": 0, "unknown": 0}
    refusals = []
    for delivery in deliveries:
        found[_name(delivery)] += 1
        if delivery.state == Delivery.State.FAILED:
            refusals.append((delivery.email, gettext(delivery.error)))
    return Sending(**found, recipients=recipients, has_server=has_mail_server(), refusals=tuple(refusals))


def _name(delivery: Delivery) -> str:
    if delivery.state == Delivery.State.WAITING and delivery.error == BEGUN:
        return "unknown"
    return str(delivery.state)
