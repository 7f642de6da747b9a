"""The weekly meeting: what its workbook holds, and the workbook."""

from dataclasses import dataclass
from tempfile import SpooledTemporaryFile

from django.http import FileResponse, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.http import UserRequest
from domain.lights import Light, LightRule
from meetings.sheets.titles import titles
from meetings.workbook import write_workbook
from milestones.calendar_table import load_calendar
from screen import addresses
from screen.queries import Screen, screen_of
from screen.sentence import clauses

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
IN_MEMORY = 2 * 1024 * 1024
"""Bytes of a workbook that are kept in memory; a larger one waits in a file that nobody else can open."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """What the page says of a sheet; `url` opens the same rows as a page, blank where there is none."""

    name: str
    holds: str
    rows: int | None = None
    url: str = ""


@require_safe
def index(request: UserRequest) -> HttpResponse:
    now = timezone.localtime()
    screen = screen_of(request.user, LightRule.on(now.date(), load_calendar()))
    context = {"screen": screen, "now": now, "clauses": clauses(screen), "sheets": _sheets(screen)}
    return render(request, "meetings/index.html", context)


@require_safe
def workbook(request: UserRequest) -> FileResponse:
    """The workbook of what the reader may see, as of now."""
    now = timezone.localtime()
    rule = LightRule.on(now.date(), load_calendar())
    file = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - the response closes it
    write_workbook(file, reader=request.user, now=now, rule=rule)
    file.seek(0)
    name = _("weekly meeting %(day)s") % {"day": rule.today.isoformat()}
    return FileResponse(file, as_attachment=True, filename=f"{name}.xlsx", content_type=XLSX)


def _sheets(screen: Screen) -> list[Sheet]:
    counted = {"causes": screen.causes, "knocked_on": screen.knocked_on}
    named = titles()
    return [
        Sheet(
            named.overview,
            _("the figures, where and with whom it is stuck, every node kind, two charts"),
        ),
        Sheet(
            named.overdue, _("%(causes)s causes first, then %(knocked_on)s knocked on") % counted,
            screen.causes + screen.knocked_on, addresses.light_url(Light.RED),
        ),
        Sheet(
            named.due, _("what falls due within ten working days, the next first"),
            screen.due_soon, addresses.due_url(screen.span),
        ),
        Sheet(
            named.projects, _("the ledger, one row a project"), screen.projects.all, addresses.projects_url()
        ),
        Sheet(named.definitions, _("what each figure means, the calendar and the processes in use")),
    ]  # fmt: skip
