"""All meetings: what the next one is about, those that were held with their files, and drafting one by hand."""

from datetime import date

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_POST, require_safe

from accounts.access import may_raise_issues, may_run_meetings, sees_the_district
from accounts.http import UserRequest
from domain.errors import InputError
from domain.lights import LightRule
from meetings.actions import draft_meeting
from meetings.meeting_list import draft_lines, frozen_lines, to_be_held, week_to_draft
from meetings.models import Decision, Meeting
from meetings.rhythm import rhythm
from meetings.views.week import live_sheets
from milestones.calendar_table import load_calendar
from milestones.page_numbers import page_of
from screen.keeping import Keeper
from screen.queries import screen_of
from screen.sentence import clauses


@require_safe
def index(request: UserRequest) -> HttpResponse:
    now = timezone.localtime()
    rule = LightRule.on(now.date(), load_calendar())
    screen = screen_of(request.user, rule, keeper=Keeper.of(request.user))
    meetings = Meeting.objects.visible_to(request.user)
    frozen = meetings.frozen()
    page = page_of(request.GET.get("page", ""), frozen.count())
    # What is counted in groups keeps no order of its own.
    counted = frozen.with_completion(rule.today)
    may_run = may_run_meetings(request.user)
    decisions = Decision.objects.visible_to(request.user)
    drafts = draft_lines(meetings, request.user)
    context = {
        "now": now,
        "screen": screen,
        "clauses": clauses(screen),
        "sheets": live_sheets(request.user, rule, screen),
        "coming": to_be_held(meetings, rule.today),
        "drafts": drafts,
        "lines": frozen_lines(counted.order_by("-year", "-week")[page.slice], request.user),
        "page": page,
        "query": "",
        "is_whole": sees_the_district(request.user),
        "may_run": may_run,
        "may_fill_in": may_raise_issues(request.user),
        "to_draft": week_to_draft(rule.today, rule.calendar) if may_run and not drafts else None,
        "open_decisions": decisions.unsettled().count(),
        "late_decisions": decisions.late(rule.today).count(),
    }
    return render(request, "meetings/index.html", context)


@require_POST
def draft(request: UserRequest) -> HttpResponse:
    """Draft the meeting of the week in which the day lies that is sent, where the scheduler has not yet."""
    rule = LightRule.on(timezone.localdate(), load_calendar())
    week = rhythm().week(_day(request.POST.get("day", "")), rule.calendar)
    offered = week_to_draft(rule.today, rule.calendar)
    if week is None or (offered is None or week.cut_off_at > offered.cut_off_at):
        raise InputError(gettext_noop("There is no meeting to be drafted for that day."))
    meeting, is_new = draft_meeting(week, actor=request.user, rule=rule)
    said = (
        _("The meeting of %(meeting)s is drafted.")
        if is_new
        else _("There is a meeting of %(meeting)s already.")
    )
    messages.success(request, said % {"meeting": meeting})
    return redirect(meeting)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InputError(gettext_noop("“%(text)s” is no day."), text=text[:60]) from None
