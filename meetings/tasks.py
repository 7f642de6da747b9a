"""Background work of the weekly meeting; each task is safe to run twice, by two workers at once, and to be killed."""

import logging

from celery import shared_task
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from accounts.models import User
from domain.errors import RuleError
from domain.lights import LightRule
from meetings.actions import TakenOverError, ask_to_freeze, carry_out, draft_meeting, refresh_agenda, take_job
from meetings.models import Job, Meeting
from meetings.rhythm import rhythm
from milestones.calendar_table import load_calendar

log = logging.getLogger(__name__)


@shared_task
def keep_meetings() -> None:
    """What the clock asks for: draft the week's meeting, bring drafts up to date, freeze at the cut-off, and take up
    what a killed worker has left."""
    now = timezone.localtime()
    rule = LightRule.on(now.date(), load_calendar())
    system = User.objects.system()
    week = rhythm().week(now.date(), rule.calendar)
    if week and timezone.make_aware(week.drafted_at) <= now:
        draft_meeting(week, actor=system, rule=rule)
    for meeting in Meeting.objects.drafts():
        if meeting.cut_off_at <= now:
            _ask(meeting, system)
        else:
            _refresh(meeting, system, rule)
    for pk in Job.objects.to_run(now).order_by("pk").values_list("pk", flat=True):
        run_job(pk)


def _ask(meeting: Meeting, system: User) -> None:
    try:
        ask_to_freeze(meeting, actor=system, now=timezone.now())
    except RuleError:
        log.info("the meeting of %s is being frozen already", meeting.number)


def _refresh(meeting: Meeting, system: User, rule: LightRule) -> None:
    try:
        refresh_agenda(meeting, actor=system, rule=rule)
    except RuleError:
        log.info("the meeting of %s was frozen meanwhile", meeting.number)


@shared_task
def run_job(pk: int) -> None:
    """Do a job that nobody else does: to be called as soon as it is asked for, and again by ``keep_meetings``."""
    now = timezone.localtime()
    job = take_job(pk, now=now)
    if job is None:
        return
    try:
        meeting = carry_out(job, rule=LightRule.on(now.date(), load_calendar()), now=now)
    except TakenOverError:
        log.warning("job %d was taken up by another worker", pk)
    except (RuleError, PermissionDenied) as error:
        log.warning("job %d failed: %s", pk, error)
    except Exception:
        log.exception("job %d failed", pk)
    else:
        log.info("the meeting of %s is frozen", meeting.number)
