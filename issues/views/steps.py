"""Changes of one issue from its page: read the form, call the action, say what happened, go back."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.http import UserRequest
from issues.actions import (
    ask_to_close,
    assign_issue,
    note_issue,
    rate_issue,
    reopen_issue,
    send_back_issue,
    suspend_issue,
    take_up_issue,
    verify_issue,
)
from issues.models import Issue
from issues.step_forms import (
    AssignForm,
    CloseForm,
    ProgressForm,
    RateForm,
    ReopenForm,
    SuspendForm,
    TakeUpForm,
    VerifyForm,
    WhyForm,
)
from milestones.forms import read_form
from milestones.views.sending import sent_once
from projects.file_actions import stored_files


@require_POST
def assign(request: UserRequest, pk: int) -> HttpResponse:
    issue, sent = visible_issue(request, pk), read_form(AssignForm(request.POST))
    unit = str(sent["lead_unit"])
    said = _("%(issue)s is with %(unit)s now.") % {"issue": issue.number, "unit": unit}
    return _changed(request, issue, assign_issue, said, today=timezone.localdate(), **sent)


@require_POST
def note(request: UserRequest, pk: int) -> HttpResponse:
    issue, sent = visible_issue(request, pk), read_form(ProgressForm(request.POST))
    said = _("What was noted stands in the record of %(issue)s.") % {"issue": issue.number}
    with stored_files(request.FILES.getlist("files")) as files:
        return _changed(request, issue, note_issue, said, files=files, **sent)


@require_POST
def close(request: UserRequest, pk: int) -> HttpResponse:
    """With what proves that it is gone: files, or the number of a document."""
    issue, sent = visible_issue(request, pk), read_form(CloseForm(request.POST))
    said = _("%(issue)s waits for somebody else to verify that it is gone.") % {"issue": issue.number}
    with stored_files(request.FILES.getlist("files")) as files:
        return _changed(request, issue, ask_to_close, said, files=files, today=timezone.localdate(), **sent)


@require_POST
def verify(request: UserRequest, pk: int) -> HttpResponse:
    issue, form, today = visible_issue(request, pk), VerifyForm(request.POST), timezone.localdate()
    read_form(form)
    said = _("%(issue)s is closed.") % {"issue": issue.number}
    return _changed(request, issue, verify_issue, said, today=today, **form.said(today))


@require_POST
def send_back(request: UserRequest, pk: int) -> HttpResponse:
    issue, sent = visible_issue(request, pk), read_form(WhyForm(request.POST))
    said = _("%(issue)s is sent back to %(unit)s.") % {"issue": issue.number, "unit": issue.lead_unit}
    return _changed(request, issue, send_back_issue, said, **sent)


@require_POST
def suspend(request: UserRequest, pk: int) -> HttpResponse:
    issue, sent = visible_issue(request, pk), read_form(SuspendForm(request.POST))
    said = _("%(issue)s is suspended; it is late for nobody until it is taken up again.")
    return _changed(
        request, issue, suspend_issue, said % {"issue": issue.number}, today=timezone.localdate(), **sent
    )


@require_POST
def take_up(request: UserRequest, pk: int) -> HttpResponse:
    issue, sent = visible_issue(request, pk), read_form(TakeUpForm(request.POST))
    said = _("%(issue)s is being worked on again.") % {"issue": issue.number}
    return _changed(request, issue, take_up_issue, said, today=timezone.localdate(), **sent)


@require_POST
def reopen(request: UserRequest, pk: int) -> HttpResponse:
    issue, sent = visible_issue(request, pk), read_form(ReopenForm(request.POST))
    said = _("%(issue)s is open again under its number.") % {"issue": issue.number}
    return _changed(request, issue, reopen_issue, said, today=timezone.localdate(), **sent)


@require_POST
def rate(request: UserRequest, pk: int) -> HttpResponse:
    issue, sent = visible_issue(request, pk), read_form(RateForm(request.POST))
    said = _("The answer to %(issue)s is rated.") % {"issue": issue.number}
    return _changed(request, issue, rate_issue, said, today=timezone.localdate(), **sent)


def visible_issue(request: UserRequest, pk: int) -> Issue:
    return get_object_or_404(Issue.objects.visible_to(request.user).select_related("lead_unit"), pk=pk)


def _changed(
    request: UserRequest, issue: Issue, change: Callable[..., object], said: str, **sent: Any
) -> HttpResponse:
    """Make `change` once however often the form is sent, and go back to the page of the issue."""
    if sent_once(request, lambda: change(issue, actor=request.user, **sent)) is None:
        messages.info(
            request, _("%(issue)s: this had arrived already; it was done once.") % {"issue": issue.number}
        )
    else:
        messages.success(request, said)
    return redirect(issue)
