"""The page of one issue, and its files."""

from typing import Any

from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.http import UserRequest
from domain.lights import LightRule
from issues.issue_page import issue_page
from issues.models import Issue, IssueFile
from issues.step_forms import step_form
from milestones.calendar_table import load_calendar
from projects.file_responses import file_response, thumbnail_response


@require_safe
def issue(request: UserRequest, pk: int) -> HttpResponse:
    shown = get_object_or_404(visible_issues(request), pk=pk)
    rule = LightRule.on(timezone.localdate(), load_calendar())
    page = issue_page(shown, request.user, rule)
    context: dict[str, Any] = {
        "page": page,
        "steps": [
            {
                "permit": permit,
                "form": step_form(permit.step, page, rule.today),
                "template": f"issues/_step_{permit.step.replace('-', '_')}.html",
            }
            for permit in page.open_steps
        ],
        "today": rule.today,
    }
    return render(request, "issues/issue.html", context)


@require_safe
def show_file(request: UserRequest, pk: int) -> FileResponse:
    """The file itself, for whoever may see the project."""
    return file_response(_file(request, pk))


@require_safe
def thumbnail(request: UserRequest, pk: int) -> FileResponse:
    return thumbnail_response(_file(request, pk))


def visible_issues(request: UserRequest) -> Any:
    """With everybody and everything that the page names."""
    return (
        Issue.objects.visible_to(request.user)
        .for_list()
        .select_related("raised_by", "close_asked_by", "verified_by")
    )


def _file(request: UserRequest, pk: int) -> IssueFile:
    return get_object_or_404(IssueFile.objects.visible_to(request.user), pk=pk)
