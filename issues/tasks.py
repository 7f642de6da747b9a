"""Background work on issues and supervision; each task is safe to run twice."""

import logging

from celery import shared_task
from django.utils import timezone

from issues import actions
from milestones.calendar_table import load_calendar

log = logging.getLogger(__name__)


@shared_task
def propose_slips() -> None:
    """Propose supervision slips as of today."""
    found = actions.propose_slips(timezone.localdate(), load_calendar())
    log.info(
        "supervision slips: proposed %d, raised %d, lapsed %d, open %d",
        found.proposed, found.raised, found.lapsed, found.open,
    )  # fmt: skip
