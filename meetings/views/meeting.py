"""The page of one meeting, its kept workbook, who chairs it and where, and freezing it."""

import logging
from datetime import datetime, timedelta

from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_POST, require_safe
from kombu.exceptions import OperationalError

from accounts.access import may_run_meetings, sees_the_district
from accounts.http import UserRequest
from accounts.models import Unit
from domain.lights import LightRule
from meetings.actions import ask_to_freeze, change_meeting
from meetings.forms import MeetingForm
from meetings.meeting_page import due_choices, meeting_page
from meetings.models import Job, Meeting, MeetingFile
from meetings.querysets import SILENT_AFTER
from meetings.sending import sending_of
from meetings.tasks import run_job
from milestones.calendar_table import load_calendar
from milestones.forms import read_form
from milestones.views.sending import sent_once
from projects.file_responses import file_response

log = logging.getLogger(__name__)

WAITS_LONG = timedelta(seconds=10)
"""A job that nobody has begun after so long says that no worker seems to run."""

NO_FILE = gettext_noop(
    "Minutes and workbook of a meeting hold the whole district; they are for those who may see it."
)


@require_safe
def meeting(request: UserRequest, pk: int) -> HttpResponse:
    return meeting_response(request, meeting_in_sight(request, pk))


def meeting_response(request: UserRequest, shown: Meeting) -> HttpResponse:
    """The page of a meeting, or its agenda alone where that is what htmx asked for."""
    rule = day_rule()
    page = meeting_page(shown, request.user, rule)
    may_run = may_run_meetings(request.user)
    context = {
        "page": page,
        "meeting": shown,
        "may_run": may_run,
        "may_edit": may_run and not shown.is_frozen,
        "today": rule.today,
    }
    if request.htmx and request.htmx.target == "agenda":
        response = render(request, "meetings/_agenda.html", context)
    else:
        context |= {
            "details": MeetingForm.of(shown),
            "job": _told(page.job, timezone.now()),
            "units": Unit.objects.all() if may_run else (),
            "choices": due_choices(shown, rule),
            "is_early": not shown.is_frozen and timezone.now() < shown.cut_off_at,
            "sending": sending_of(shown) if page.week else None,
            "last": Meeting.objects.visible_to(request.user).frozen().before(shown).first(),
        }
        response = render(request, "meetings/meeting.html", context)
    patch_vary_headers(response, ["HX-Request", "HX-Target"])
    return response


@require_safe
def file(request: UserRequest, pk: int) -> FileResponse | HttpResponse:
    """The workbook that was written when the meeting was frozen, for whoever may see the whole district."""
    shown = meeting_in_sight(request, pk)
    if not sees_the_district(request.user):
        return render(request, "problem.html", {"sentence": _(NO_FILE)}, status=403)
    files = MeetingFile.objects.visible_to(request.user).filter(kind=MeetingFile.Kind.WORKBOOK)
    return file_response(get_object_or_404(files, meeting=shown))


@require_POST
def change(request: UserRequest, pk: int) -> HttpResponse:
    shown, sent = meeting_in_sight(request, pk), read_form(MeetingForm(request.POST))
    sent_once(request, lambda: change_meeting(shown, actor=request.user, **sent))
    messages.success(request, _("The meeting of %(meeting)s is saved.") % {"meeting": shown})
    return redirect(shown)


@require_POST
def freeze(request: UserRequest, pk: int) -> HttpResponse:
    """Ask a worker to freeze it now; the page shows how far that is."""
    shown = meeting_in_sight(request, pk)
    job = sent_once(request, lambda: ask_to_freeze(shown, actor=request.user, now=timezone.now()))
    if job is not None:
        _start(job)
    return redirect(shown)


def _start(job: Job) -> None:
    """A broker that does not answer costs some minutes: the schedule takes the job up as well."""
    try:
        run_job.delay(job.pk)
    except (OperationalError, OSError) as error:
        log.warning("job %d was not queued: %s", job.pk, error)


@require_safe
def job(request: UserRequest, pk: int) -> HttpResponse:
    """How far a job is, as the page of its meeting asks again and again; the whole page anew when it has ended."""
    meetings = Meeting.objects.visible_to(request.user)
    shown = get_object_or_404(
        Job.objects.filter(meeting__in=meetings).select_related("meeting", "asked_by"), pk=pk
    )
    if not request.htmx:
        return redirect(shown.meeting)
    response = render(
        request, "meetings/_job.html",
        {
            "job": _told(shown, timezone.now()), "meeting": shown.meeting,
            "may_run": may_run_meetings(request.user),
        },
    )  # fmt: skip
    if not shown.is_open:
        response["HX-Refresh"] = "true"
    return response


def _told(job: Job | None, now: datetime) -> dict[str, object] | None:
    """A job with what is to be said of it; None of one that has done its work."""
    if job is None or job.state == Job.State.DONE:
        return None
    return {
        "row": job,
        "waits_long": job.state == Job.State.QUEUED and now - job.asked_at > WAITS_LONG,
        "is_silent": job.state == Job.State.RUNNING and now - (job.beat_at or now) > SILENT_AFTER,
    }


def meeting_in_sight(request: UserRequest, pk: int) -> Meeting:
    return get_object_or_404(Meeting.objects.visible_to(request.user).select_related("frozen_by"), pk=pk)


def day_rule() -> LightRule:
    return LightRule.on(timezone.localdate(), load_calendar())
