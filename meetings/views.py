"""The weekly meeting: what its workbook holds, and the workbook."""

from collections.abc import Sequence
from dataclasses import dataclass
from tempfile import SpooledTemporaryFile

from django.http import FileResponse, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.http import UserRequest
from domain.date_changes import PENDING, RequestStatus
from domain.lights import LONG_HOLD, Light, LightRule
from meetings.queries import Agenda, agenda_of
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
class Part:
    """What a sheet holds; `url` opens the same rows as a page, blank where there is none."""

    holds: str
    rows: int | None = None
    url: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """What the page says of a sheet."""

    name: str
    parts: Sequence[Part]


@require_safe
def index(request: UserRequest) -> HttpResponse:
    now = timezone.localtime()
    rule = LightRule.on(now.date(), load_calendar())
    screen, agenda = screen_of(request.user, rule), agenda_of(request.user, rule)
    context = {"screen": screen, "now": now, "clauses": clauses(screen), "sheets": _sheets(screen, agenda)}
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


def _sheets(screen: Screen, agenda: Agenda) -> list[Sheet]:
    named, counted = titles(), {"causes": screen.causes, "knocked_on": screen.knocked_on}
    overview = _("the figures, where and with whom it is stuck, every node kind, two charts")
    overdue = _("%(causes)s causes first, then %(knocked_on)s knocked on") % counted
    due = _("what falls due within ten working days, the next first")
    definitions = _("what each figure means, the calendar and the processes in use")
    return [
        Sheet(named.overview, [Part(overview)]),
        Sheet(
            named.overdue,
            [Part(overdue, screen.causes + screen.knocked_on, addresses.light_url(Light.RED))],
        ),
        Sheet(named.idle, [_idle(agenda)]),
        Sheet(named.due, [Part(due, screen.due_soon, addresses.due_url(screen.span))]),
        Sheet(named.standing, _standing(agenda)),
        Sheet(
            named.projects,
            [Part(_("the ledger, one row a project"), screen.projects.all, addresses.projects_url())],
        ),
        Sheet(named.changes, _changes(agenda)),
        Sheet(named.definitions, [Part(definitions)]),
    ]


def _idle(agenda: Agenda) -> Part:
    said = _("not started, though it could be for more than 5 working days")
    return Part(said, agenda.idle, addresses.idle_url())


def _standing(agenda: Agenda) -> list[Part]:
    monday, today = agenda.span.monday, agenda.span.today
    long_held = _("of these, for more than %(days)s days") % {"days": LONG_HOLD}
    return [
        Part(_("on hold, the longest first"), agenda.held, addresses.light_url(Light.VIOLET)),
        Part(long_held, agenda.long_held, addresses.held_over_url(LONG_HOLD)),
        Part(_("waived this week"), agenda.waived, addresses.waived_url(monday, today)),
    ]


def _changes(agenda: Agenda) -> list[Part]:
    decided = addresses.changes_url(
        RequestStatus.APPROVED, RequestStatus.REFUSED,
        decided_after=agenda.span.monday, decided_before=agenda.span.today,
    )  # fmt: skip
    return [
        Part(_("waiting for an answer"), agenda.waiting, addresses.changes_url(*sorted(PENDING))),
        Part(_("decided this week"), agenda.decided, decided),
    ]
