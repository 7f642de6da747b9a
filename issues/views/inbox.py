"""What waits for the reader's unit: to be assigned, worked on, verified, supported; and what the reader raised."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts.http import UserRequest
from domain.lights import LightRule
from issues.inbox import inbox_of
from issues.models import Issue, Supervision
from milestones.calendar_table import load_calendar


def inbox(request: UserRequest) -> HttpResponse:
    rule = LightRule.on(timezone.localdate(), load_calendar())
    slips = Supervision.objects.visible_to(request.user).to_answer(request.user)
    shown = inbox_of(Issue.objects.visible_to(request.user), slips, request.user, rule)
    return render(request, "issues/inbox.html", {"inbox": shown, "today": rule.today})
