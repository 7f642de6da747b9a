"""The minutes of a meeting, to be printed and as a document; their template; and who has been sent the workbook."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone, translation
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import may_run_meetings, sees_the_district
from accounts.http import UserRequest
from domain.errors import InputError
from domain.lights import LightRule
from meetings.actions import replace_template, send_again
from meetings.actions.holding import NOT_YOURS
from meetings.minutes import Minutes, builtin_template, fill, minutes_of, template_in_use
from meetings.minutes.placeholders import GROUPS, MEANINGS, amount, change, facts, kind_label, written
from meetings.minutes.templates import MOST_BYTES
from meetings.models import Meeting, MinutesTemplate
from meetings.week import AgendaRow, Figure
from milestones.calendar_table import load_calendar
from milestones.views.sending import sent_once
from projects.file_actions import stored_files
from projects.files.kinds import DOCX


@dataclass(frozen=True, slots=True)
class FigureLine:
    """A figure as the page shows it."""

    figure: Figure
    value: str
    before: str
    change: str


@dataclass(frozen=True, slots=True)
class ItemLine:
    row: AgendaRow
    kind: str
    facts: str


@require_safe
def minutes(request: UserRequest, pk: int) -> HttpResponse:
    """Pages of A4 upright, to be printed from the browser."""
    meeting = _meeting(request, pk)
    if not sees_the_district(request.user):
        return _refused(request, meeting)
    said = _minutes(request, meeting)
    context = {
        "meeting": meeting, "minutes": said, "figures": list(_figure_lines(said)),
        "items": [ItemLine(row, kind_label(row.kind), facts(row)) for row in said.items],
        "may_run": may_run_meetings(request.user),
    }  # fmt: skip
    return render(request, "meetings/minutes.html", context)


@require_safe
def minutes_docx(request: UserRequest, pk: int) -> HttpResponse:
    """The document, in the language of the house whoever fetches it: it is a paper of the bureau."""
    meeting = _meeting(request, pk)
    if not sees_the_district(request.user):
        return _refused(request, meeting)
    with translation.override(settings.LANGUAGE_CODE):
        document = fill(template_in_use(), _minutes(request, meeting))
        name = _("minutes of the weekly meeting %(meeting)s") % {"meeting": meeting.number}
    return _document(document, f"{name}.docx")


@require_http_methods(["GET", "HEAD", "POST"])
def minutes_template(request: UserRequest) -> HttpResponse:
    """Which template is in use, what one may ask for, and another in its place."""
    _refuse_others(request)
    if request.method == "POST":
        return _replace(request)
    newest = MinutesTemplate.objects.select_related("added_by").order_by("-pk").first()
    context = {
        "newest": newest, "plain": [(written(name), meaning) for name, meaning in MEANINGS.items() if "." not in name],
        "groups": [
            (label, [(written(name), meaning) for name, meaning in MEANINGS.items() if name.startswith(f"{group}.")])
            for group, label in GROUPS.items()
        ],
        "accept": ",".join((DOCX.content_type, *DOCX.suffixes)), "megabytes": MOST_BYTES // 1024 // 1024,
    }  # fmt: skip
    return render(request, "meetings/minutes_template.html", context)


@require_safe
def minutes_template_file(request: UserRequest) -> HttpResponse:
    """The template in use, to be changed in Word."""
    _refuse_others(request)
    return _document(template_in_use(), _("template of the minutes") + ".docx")


@require_safe
def minutes_template_builtin(request: UserRequest) -> HttpResponse:
    """The template that comes with the software, to begin anew from."""
    _refuse_others(request)
    return _document(builtin_template(), _("template of the minutes as delivered") + ".docx")


@require_POST
def send_workbook_again(request: UserRequest, pk: int) -> HttpResponse:
    """What failed, or what nothing is known of, is tried anew within ten minutes."""
    meeting = _meeting(request, pk)
    again = sent_once(request, lambda: send_again(meeting, actor=request.user))
    if again is None:
        messages.info(request, _("This has been done already."))
    else:
        said = ngettext(
            "%(n)s letter goes out again within ten minutes.",
            "%(n)s letters go out again within ten minutes.",
            again,
        )
        messages.success(request, said % {"n": again})
    return redirect("meetings:meeting", meeting.pk)


def _replace(request: UserRequest) -> HttpResponse:
    file = request.FILES.get("file")
    if file is None:
        raise InputError(gettext_noop("Choose the file of the template."))
    with stored_files([file]) as (stored,):
        replaced = sent_once(request, lambda: replace_template(stored, actor=request.user))
    if replaced is None:
        messages.info(request, _("This has been done already."))
    else:
        messages.success(request, _("Minutes are filled into this template from now on."))
    return redirect("meetings:minutes_template")


def _meeting(request: UserRequest, pk: int) -> Meeting:
    meeting: Meeting = get_object_or_404(Meeting.objects.visible_to(request.user), pk=pk)
    return meeting


def _refused(request: UserRequest, meeting: Meeting) -> HttpResponse:
    """For who does not see the whole district, as minutes do: why, and where to find what concerns him or her."""
    return render(request, "meetings/minutes_refused.html", {"meeting": meeting}, status=403)


def _minutes(request: UserRequest, meeting: Meeting) -> Minutes:
    now = timezone.localtime()
    return minutes_of(meeting, request.user, LightRule.on(now.date(), load_calendar()), now)


def _figure_lines(said: Minutes) -> Iterator[FigureLine]:
    for figure in said.figures:
        before = "—" if figure.before is None else amount(figure.before)
        yield FigureLine(figure, amount(figure.value), before, change(figure))


def _refuse_others(request: UserRequest) -> None:
    if not may_run_meetings(request.user):
        raise PermissionDenied(NOT_YOURS)


def _document(data: bytes, name: str) -> HttpResponse:
    response = HttpResponse(data, content_type=DOCX.content_type)
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or ""
    response["X-Content-Type-Options"] = "nosniff"
    return response
