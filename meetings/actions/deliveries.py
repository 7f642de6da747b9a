"""Who the workbook of a frozen meeting goes to, and whether it went. Sending itself is done above, by ``notices``.

These changes leave no line in the history: a delivery says by itself what became of it, and it is a worker that sends.

A mail server may take a message and the worker be killed before that is written down. So what is about to be sent is
noted first, and what was begun without a word since is never sent again by itself: one address gets it at most once,
and the page says of how many it is not known. What the server has refused was not sent, and is tried again.
"""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import models, transaction
from django.utils.translation import gettext_noop

from accounts.models import User
from domain.errors import RuleError
from meetings.actions.holding import lock_meeting, refuse_others
from meetings.models import Delivery, Meeting, Recipient

NEWS_FOR = timedelta(days=7)
"""So long after it was due a workbook still goes out, also to who is put on the list meanwhile; later it is no news."""

MOST_TRIES = 5
BEGUN = gettext_noop("Sending was begun; it is not known whether it arrived.")
_LONGEST_ERROR = 300


def plan_deliveries(meeting: Meeting, *, actor: User, now: datetime) -> list[Delivery]:
    """A delivery for every recipient who has none; the deliveries that are to be made now.

    Nobody gets the workbook whom the list no longer has, and no address gets it twice, however it is written. Raises
    PermissionDenied for whoever does not run the meeting, RuleError where it is a draft.
    """
    refuse_others(actor)
    with transaction.atomic():
        held = lock_meeting(meeting.pk)
        if not held.is_frozen:
            raise RuleError(gettext_noop("The workbook of a draft is not sent."))
        known = {delivery.email.casefold() for delivery in Delivery.objects.filter(meeting=held)}
        wanted = Recipient.objects.filter(is_active=True).order_by("pk")
        is_news = held.send_at <= now < held.send_at + NEWS_FOR
        for recipient in wanted if is_news else ():
            if recipient.email.casefold() not in known:
                known.add(recipient.email.casefold())
                Delivery.objects.create(meeting=held, name=recipient.name, email=recipient.email)
    listed = {recipient.email.casefold() for recipient in wanted}
    waiting = _to_make(held) if is_news else Delivery.objects.none()
    return [delivery for delivery in waiting.order_by("pk") if delivery.email.casefold() in listed]


def begin_delivery(delivery: Delivery) -> Delivery | None:
    """The delivery, now this worker's and written down as begun; None where another has it, or it is made."""
    with transaction.atomic():
        waiting = _to_make(delivery.meeting).select_for_update(of=("self",))
        held: Delivery | None = waiting.filter(pk=delivery.pk).first()
        if held is None:
            return None
        held.tries += 1
        _note(held, Delivery.State.WAITING, error=BEGUN)
    return held


def end_delivery(delivery: Delivery, *, at: datetime) -> None:
    """The server has taken the message."""
    delivery.sent_at = at
    _note(delivery, Delivery.State.SENT)


def fail_delivery(delivery: Delivery, *, error: str) -> None:
    """The server has refused it, for the reason that `error` says; tried again unless it was the last time."""
    _note(delivery, Delivery.State.FAILED, error=error or gettext_noop("The mail server gave no reason."))


def hold_up(deliveries: Collection[Delivery], *, error: str) -> None:
    """The server was not reached: that is no try, and says nothing against the addresses."""
    waiting = Delivery.objects.filter(pk__in=[each.pk for each in deliveries], state=Delivery.State.WAITING)
    waiting.exclude(error=BEGUN).update(error=error[:_LONGEST_ERROR])


@transaction.atomic
def send_again(meeting: Meeting, *, actor: User) -> int:
    """Let what failed, or what nothing is known of, be tried anew; how many these are.

    Raises PermissionDenied for whoever does not run the meeting, RuleError where there is nothing of the sort.
    """
    refuse_others(actor)
    held = lock_meeting(meeting.pk)
    unsent = Delivery.objects.filter(meeting=held).exclude(state=Delivery.State.SENT)
    again = unsent.update(state=Delivery.State.WAITING, tries=0, error="")
    if not again:
        raise RuleError(gettext_noop("There is nothing to send again."))
    return again


def _to_make(meeting: Meeting) -> models.QuerySet[Delivery]:
    unsent = Delivery.objects.filter(meeting=meeting).exclude(state=Delivery.State.SENT)
    return unsent.filter(tries__lt=MOST_TRIES).exclude(error=BEGUN)


def _note(delivery: Delivery, state: Delivery.State, *, error: str = "") -> None:
    delivery.state, delivery.error = state, error[:_LONGEST_ERROR]
    delivery.save(update_fields=["state", "sent_at", "tries", "error"])
