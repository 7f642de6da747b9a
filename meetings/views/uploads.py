"""Filled-in workbooks: bring one back, see what it would change, choose and confirm, look up what it did."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import may_raise_issues, refusal
from accounts.http import UserRequest
from accounts.refusals import sentence, status_of
from meetings.actions import OutdatedPreviewError, apply_upload, upload_workbook
from meetings.models import Meeting, Upload
from meetings.round_trip.filled_in import MEGABYTES
from meetings.round_trip.forms import UploadForm
from meetings.round_trip.report import MOST_SHOWN, shown_plan
from milestones.page_numbers import page_of

_CHOICE = "choose-"
"""How the names of the fields begin that say which side of a conflict counts."""


@require_http_methods(["GET", "HEAD", "POST"])
def index(request: UserRequest) -> HttpResponse:
    """What has come back, newest first, and the form for the next one; not for those who may not change anything."""
    may_fill_in = may_raise_issues(request.user)
    if request.method == "POST":
        if not may_fill_in:
            raise PermissionDenied(refusal(request.user))
        file = UploadForm(request.POST, request.FILES).read()
        return redirect(upload_workbook(file, actor=request.user, today=timezone.localdate()))
    seen = Upload.objects.visible_to(request.user)
    page = page_of(request.GET.get("page", ""), seen.count())
    rows = seen.select_related("added_by", "meeting").defer("report")[page.slice]
    context = {
        "rows": rows, "page": page, "form": UploadForm(), "megabytes": MEGABYTES, "may_fill_in": may_fill_in
    }  # fmt: skip
    return render(request, "meetings/uploads.html", context)


@require_safe
def upload(request: UserRequest, pk: int) -> HttpResponse:
    """What a workbook would change or, once it is applied, what it changed."""
    return render(request, "meetings/upload.html", _context(request, _seen(request, pk)))


@require_POST
def apply(request: UserRequest, pk: int) -> HttpResponse:
    """Write what was shown; where that is no longer true, nothing is written and it is shown anew."""
    sent = _seen(request, pk)
    choices = {
        name.removeprefix(_CHOICE): str(side)
        for name, side in request.POST.items()
        if name.startswith(_CHOICE)
    }
    try:
        done = apply_upload(
            sent, actor=request.user, today=timezone.localdate(), digest=request.POST.get("digest", ""),
            choices=choices,
        )  # fmt: skip
    except OutdatedPreviewError as error:
        context = {**_context(request, _seen(request, pk), choices), "problem": sentence(error)}
        return render(request, "meetings/upload.html", context, status=status_of(error))
    messages.success(request, _("“%(file)s” is applied.") % {"file": done.name})
    return redirect(done)


def _seen(request: UserRequest, pk: int) -> Upload:
    uploads = Upload.objects.visible_to(request.user).select_related("added_by", "meeting")
    return get_object_or_404(uploads, pk=pk)


def _context(
    request: UserRequest, shown: Upload, choices: Mapping[str, str] | None = None
) -> Mapping[str, Any]:
    plan = shown_plan(shown.report, choices)
    latest = Meeting.objects.visible_to(request.user).frozen().first()
    return {
        "upload": shown,
        "plan": plan,
        "may_confirm": shown.state == Upload.State.PREVIEWED and shown.added_by_id == request.user.pk,
        "latest": latest.number if latest and plan.meeting and plan.meeting != latest.number else "",
        "most": MOST_SHOWN,
    }
