"""Makes meetings for tests; the day is Friday, 6 March 2026, unless another is named."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from accounts.models import User
from domain.lights import LightRule
from domain.meetings import MeetingWeek
from domain.workdays import WorkCalendar
from meetings.actions import ask_to_freeze, carry_out, draft_meeting, take_job
from meetings.models import Meeting
from meetings.rhythm import rhythm
from milestones.calendar_table import load_calendar
from tests.make import make_user

NOON = datetime(2026, 3, 6, 12, tzinfo=ZoneInfo("Asia/Shanghai"))


def rule_on(now: datetime = NOON) -> LightRule:
    return LightRule.on(now.date(), load_calendar())


def make_week(now: datetime = NOON) -> MeetingWeek:
    week = rhythm().week(now.date(), WorkCalendar())
    assert week is not None
    return week


def make_meeting(now: datetime = NOON, *, actor: User | None = None, **fields: Any) -> Meeting:
    """A draft of the week of `now`, with the agenda of that day."""
    meeting, _is_new = draft_meeting(make_week(now), actor=actor or make_user(), rule=rule_on(now))
    Meeting.objects.filter(pk=meeting.pk).update(**fields)
    meeting.refresh_from_db()
    return meeting


def freeze(meeting: Meeting, now: datetime = NOON, *, actor: User | None = None) -> Meeting:
    """The meeting, frozen as of `now`, without a worker."""
    asked = ask_to_freeze(meeting, actor=actor or make_user(), now=now)
    job = take_job(asked.pk, now=now)
    assert job is not None
    return carry_out(job, rule=rule_on(now), now=now)
