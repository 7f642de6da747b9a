"""Background work on nodes; each task is safe to run twice."""

import logging

from celery import shared_task
from django.utils import timezone

from milestones.actions import sweep_overdue
from milestones.calendar_table import load_calendar

log = logging.getLogger(__name__)


@shared_task
def flag_overdue() -> None:
    """Raise and clear overdue flags as of today."""
    sweep = sweep_overdue(timezone.localdate(), load_calendar())
    log.info("overdue flags: raised %d, cleared %d, open %d", sweep.raised, sweep.cleared, sweep.open)
