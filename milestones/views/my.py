"""The page of the person on the building site: what is mine, one button each."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts.http import UserRequest
from domain.lights import LightRule
from milestones import obstacles
from milestones.calendar_table import load_calendar
from milestones.my_work import my_work


def my(request: UserRequest) -> HttpResponse:
    rule = LightRule.on(timezone.localdate(), load_calendar())
    issues, inbox = obstacles.source().waiting_for(request.user)
    context = {
        "work": my_work(request.user, rule), "today": rule.today, "issues": issues, "inbox": inbox,
    }  # fmt: skip
    return render(request, "milestones/my.html", context)
