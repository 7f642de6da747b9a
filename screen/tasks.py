"""Background work for what leaders look at; safe to run twice."""

import logging

from celery import shared_task
from django.utils import timezone

from milestones.calendar_table import load_calendar
from screen.ahead import count_ahead
from screen.reckoning.actions import reckon

log = logging.getLogger(__name__)


@shared_task
def reckon_today() -> None:
    """Reckon how long nodes take and when projects will have got where, as of today; count the one screen ahead."""
    today = timezone.localdate()
    made = reckon(today, load_calendar())
    log.info("reckoned %d projects with %d nodes in %.1f s", made.projects, made.nodes, made.seconds)
    count_ahead(today)
