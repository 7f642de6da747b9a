"""The workbook of a meeting by e-mail: what the letter says, and handing it to the mail server."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from email.utils import formataddr
from smtplib import SMTPException, SMTPRecipientsRefused, SMTPResponseException, SMTPServerDisconnected
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from meetings.actions import begin_delivery, end_delivery, fail_delivery, hold_up
from meetings.meeting_page import frozen_week
from meetings.minutes.placeholders import amount, change
from meetings.models import Delivery, Meeting, MeetingFile
from meetings.week import Figure

log = logging.getLogger(__name__)

MAIN_FIGURES = ("causes", "blocked", "knocked_on", "due_soon", "issues", "done")
"""What the letter says itself; the workbook says the rest."""


@dataclass(frozen=True, slots=True)
class Letter:
    """What every recipient gets: the same words, the same file."""

    subject: str
    body: str
    file_name: str
    content_type: str
    file: bytes


def letter_of(meeting: Meeting, workbook: MeetingFile) -> Letter:
    """The letter of a frozen meeting with its kept workbook, in the language of the house.

    Raises FileNotFoundError where the storage has lost the file, RuleError where the snapshot has been altered.
    """
    with workbook.file.open("rb") as file, translation.override(settings.LANGUAGE_CODE):
        return Letter(
            subject=_("Weekly meeting of industrial projects, %(meeting)s: workbook") % {"meeting": meeting},
            body=_body(meeting), file_name=workbook.name, content_type=workbook.content_type,
            file=bytes(file.read()),
        )  # fmt: skip


def send_letter(letter: Letter, deliveries: Sequence[Delivery]) -> None:
    """Hand the letter over once for each delivery; one that fails does not hinder the others."""
    connection = get_connection()
    try:
        for place, delivery in enumerate(deliveries):
            try:
                connection.open()
            except OSError as error:
                log.warning("the mail server was not reached: %s", error)
                hold_up(deliveries[place:], error=_reason(error))
                return
            _send(letter, delivery, connection)
    finally:
        connection.close()


def _send(letter: Letter, delivery: Delivery, connection: Any) -> None:
    begun = begin_delivery(delivery)
    if begun is None:
        return
    try:
        _message(letter, begun, connection).send()
    except SMTPServerDisconnected as error:
        _leave_begun(begun, connection, error)
    except (SMTPException, ValueError) as error:
        fail_delivery(begun, error=_reason(error))
        connection.close()  # whatever state it is in: the next one gets a fresh one
    except OSError as error:
        _leave_begun(begun, connection, error)
    else:
        end_delivery(begun, at=timezone.now())


def _leave_begun(delivery: Delivery, connection: Any, error: Exception) -> None:
    """The server fell silent: it may have taken the message, so nothing is claimed and nothing sent again."""
    log.warning("whether delivery %d arrived is not known: %s", delivery.pk, error)
    connection.close()


def _message(letter: Letter, delivery: Delivery, connection: Any) -> EmailMessage:
    """The message to one address alone, so that nobody reads who else gets it.

    Its name is the same each time that it is tried: a mail server that has had it can tell.
    """
    host = settings.SITE_URL.partition("://")[2].partition("/")[0].partition(":")[0] or "localhost"
    message = EmailMessage(
        subject=letter.subject, body=letter.body, to=[formataddr((delivery.name, delivery.email))],
        connection=connection, headers={"Message-ID": f"<workbook-{delivery.meeting_id}-{delivery.pk}@{host}>"},
    )  # fmt: skip
    message.attach(letter.file_name, letter.file, letter.content_type)
    return message


def _body(meeting: Meeting) -> str:
    overview = frozen_week(meeting).overview
    named = {figure.key: figure for figure in overview.figures}
    cut_off = date_format(timezone.localtime(meeting.frozen_at or meeting.cut_off_at), "DATETIME_FORMAT")
    held = date_format(timezone.localtime(meeting.held_at), "DATETIME_FORMAT")
    return "\n".join(
        [
            _("The workbook of the weekly meeting, %(meeting)s, is attached.") % {"meeting": meeting},
            "",
            overview.sentence,
            "",
            *(_line(named[key]) for key in MAIN_FIGURES if key in named),
            "",
            _("Figures as of: %(moment)s") % {"moment": cut_off},
            _("Meeting: %(moment)s") % {"moment": held}
            + (pgettext("before a place", ", %(place)s") % {"place": meeting.place} if meeting.place else ""),
            _("Page of the meeting: %(address)s")
            % {"address": f"{settings.SITE_URL.rstrip('/')}{meeting.get_absolute_url()}"},
            "",
            _("This letter is sent by the system; please do not answer it."),
        ]
    )


def _line(figure: Figure) -> str:
    """A figure, and against last week where there is one."""
    colon = pgettext("before a list", ": ")
    if figure.before is None:
        return f"{figure.label}{colon}{amount(figure.value)}"
    than = _("last week %(before)s, %(change)s") % {
        "before": amount(figure.before), "change": change(figure),
    }  # fmt: skip
    return f"{figure.label}{colon}{amount(figure.value)}" + pgettext("in brackets", " (%(text)s)") % {
        "text": than
    }


def _reason(error: Exception) -> str:
    """What the server said, as text."""
    if isinstance(error, SMTPRecipientsRefused):
        said = [_said(code, text) for code, text in error.recipients.values()]
        return "; ".join(said)
    if isinstance(error, SMTPResponseException):
        return _said(error.smtp_code, error.smtp_error)
    return str(error) or type(error).__name__


def _said(code: int, text: bytes | str) -> str:
    return f"{code} {text.decode(errors='replace') if isinstance(text, bytes) else text}"
