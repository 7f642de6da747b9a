"""What goes out by the clock; safe to run twice, by two workers at once, and to be killed."""

import logging

from celery import shared_task
from django.utils import timezone

from accounts.models import User
from domain.errors import RuleError
from meetings.actions import plan_deliveries
from meetings.actions.deliveries import NEWS_FOR
from meetings.models import Meeting, MeetingFile
from meetings.sending import has_mail_server
from notices.mailing import letter_of, send_letter

log = logging.getLogger(__name__)


@shared_task
def send_workbooks() -> None:
    """Send the workbooks of frozen meetings that are due, to whoever has not had them.

    Without a mail server the deliveries are written down and wait.
    """
    now, system = timezone.now(), User.objects.system()
    due = Meeting.objects.to_send(now).filter(send_at__gt=now - NEWS_FOR)
    for meeting in due.order_by("year", "week"):
        deliveries = plan_deliveries(meeting, actor=system, now=now)
        if not deliveries:
            continue
        if not has_mail_server():
            log.warning("no mail server is set: the workbook of %s waits", meeting.number)
            continue
        workbook = MeetingFile.objects.visible_to(system).filter(meeting=meeting).first()
        try:
            letter = letter_of(meeting, workbook) if workbook else None
        except (FileNotFoundError, RuleError) as error:
            log.error("the workbook of %s cannot be sent: %s", meeting.number, error)
            continue
        if letter:
            send_letter(letter, deliveries)
