"""Drafting a week's meeting, and who chairs it, where and when it is held."""

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from accounts.models import User
from domain.errors import RuleError
from domain.lights import LightRule
from domain.meetings import MeetingWeek
from history.models import Change
from meetings.actions.agenda import fill_agenda
from meetings.actions.holding import lock_meeting, record, refuse_others, refuse_stale, step_on
from meetings.models import Meeting

HELD_WITHIN = timedelta(days=60)
"""A meeting is held so long after its cut-off at most; what lies beyond is a slip of the pen."""

DRAFTED_BEFORE, DRAFTED_AFTER = timedelta(days=15), timedelta(days=8)
"""A meeting is drafted so long before its cut-off at most, and so long after it."""

DETAILS = ("held_at", "place", "chair", "recorder", "attendees")


@transaction.atomic
def draft_meeting(week: MeetingWeek, *, actor: User, rule: LightRule) -> tuple[Meeting, bool]:
    """The meeting of `week` and whether it is new; a new one has the agenda of the day of `rule`.

    Whoever comes second, be it at the same moment, gets the first one's. Raises PermissionDenied for whoever does not
    run meetings, RuleError for a week that lies too far from the day of `rule`.
    """
    refuse_others(actor)
    cut_off_on = week.cut_off_at.date()
    if not rule.today - DRAFTED_AFTER <= cut_off_on <= rule.today + DRAFTED_BEFORE:
        raise RuleError(
            gettext_noop(
                "A meeting is drafted for this week, the one before or the next two; not for %(day)s."
            ),
            day=cut_off_on,
        )
    moments: dict[str, Any] = {
        "cut_off_at": timezone.make_aware(week.cut_off_at),
        "held_at": timezone.make_aware(week.held_at),
        "send_at": timezone.make_aware(week.sent_at),
    }
    meeting, is_new = Meeting.objects.get_or_create(
        year=week.year, week=week.week, defaults={**moments, **_as_last_time()}
    )
    if is_new:
        meeting = lock_meeting(meeting.pk)
        record(meeting, Change.Verb.MEETING_DRAFTED, actor=actor, **moments)
        fill_agenda(meeting, rule)
    return meeting, is_new


def _as_last_time() -> dict[str, Any]:
    """Place, chair and those who attend, as the meeting before had them."""
    last = Meeting.objects.order_by("-year", "-week").first()
    return {name: getattr(last, name) for name in DETAILS[1:]} if last else {}


@transaction.atomic
def change_meeting(meeting: Meeting, *, actor: User, version: int | None = None, **fields: Any) -> Meeting:
    """Another day, place, chair, recorder or other attendees: `held_at`, `place`, `chair`, `recorder`, `attendees`.

    Also of a frozen one: who came is known only afterwards; none of it is a figure. Raises PermissionDenied for
    whoever does not run it, RuleError where it would be held before its cut-off or long after it, StaleError where it
    is no longer at `version`.
    """
    refuse_others(actor)
    meeting = lock_meeting(meeting.pk)
    refuse_stale(meeting, version)
    changed = {name: value for name, value in fields.items() if getattr(meeting, name) != value}
    if not changed:
        return meeting
    if "held_at" in changed and changed["held_at"] < meeting.cut_off_at:
        raise RuleError(gettext_noop("A meeting is held after its cut-off."))
    if "held_at" in changed and changed["held_at"] > meeting.cut_off_at + HELD_WITHIN:
        raise RuleError(
            gettext_noop("A meeting is held within %(days)s days after its cut-off."), days=HELD_WITHIN.days
        )
    before = {name: getattr(meeting, name) for name in changed}
    for name, value in changed.items():
        setattr(meeting, name, value)
    step_on(meeting, *changed)
    record(meeting, Change.Verb.MEETING_CHANGED, actor=actor, before=before, **changed)
    return meeting
