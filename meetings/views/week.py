"""The workbook of the weekly meeting as the reader would get it now, and what its sheets hold."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import FileResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.http import UserRequest
from accounts.models import User
from domain.date_changes import PENDING, RequestStatus
from domain.lights import LONG_HOLD, Light, LightRule
from meetings.gathering import gather_week, one_moment
from meetings.queries import Agenda, agenda_of
from meetings.sheets.titles import titles
from meetings.workbook import write_workbook
from milestones.calendar_table import load_calendar
from projects.file_responses import workbook_response
from screen import addresses
from screen.queries import Screen


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
def workbook(request: UserRequest) -> FileResponse:
    """The workbook of what the reader may see, as of now."""
    now = timezone.localtime()
    rule = LightRule.on(now.date(), load_calendar())
    name = _("weekly meeting %(day)s") % {"day": rule.today.isoformat()}
    with one_moment():
        return workbook_response(
            name, lambda file: write_workbook(file, gather_week(request.user, rule, now))
        )


def live_sheets(reader: User, rule: LightRule, screen: Screen) -> list[Sheet]:
    """The twelve sheets of the workbook that `reader` would get now, each with the rows that it holds."""
    agenda = agenda_of(reader, rule)
    named, counted = titles(), {"causes": screen.causes, "knocked_on": screen.knocked_on}
    overview = _("the figures with last week's, what changed, where and with whom it is stuck, charts")
    overdue = _("%(causes)s causes first, then %(knocked_on)s knocked on") % counted
    due = _("what falls due within ten working days, the next first")
    late = addresses.light_url(Light.RED)
    return [
        Sheet(named.overview, [Part(overview)]),
        Sheet(named.overdue, [Part(overdue, screen.causes + screen.knocked_on, late)]),
        Sheet(named.due, [Part(due, screen.due_soon, addresses.due_url(screen.span))]),
        Sheet(named.issues, _issues(agenda)),
        Sheet(named.closed, [Part(_("closed since the last cut-off, with proof and verifier"))]),
        Sheet(named.decisions, _decisions(agenda)),
        Sheet(
            named.suggestions,
            [Part(_("issues that nobody has, and causes without one, each with a proposal"))],
        ),
        Sheet(named.standing, _standing(agenda)),
        Sheet(
            named.projects,
            [Part(_("the ledger, one row a project"), screen.projects.all, addresses.projects_url())],
        ),
        Sheet(named.race, [Part(_("the ranking of towns and departments"))]),
        Sheet(named.changes, _changes(agenda)),
        Sheet(named.definitions, [Part(_("what each figure means, the calendar and the processes in use"))]),
    ]


def _issues(agenda: Agenda) -> list[Part]:
    return [
        Part(_("open, the highest level first"), agenda.issues, addresses.issues_url(open="true")),
        Part(_("of these, overdue"), agenda.issues_late, addresses.issues_url(late="true")),
    ]


def _decisions(agenda: Agenda) -> list[Part]:
    url = reverse("meetings:decisions")
    return [
        Part(_("not settled yet, the first due first"), agenda.decisions, url),
        Part(_("of these, overdue"), agenda.decisions_late, f"{url}?state=late"),
    ]


def _standing(agenda: Agenda) -> list[Part]:
    monday, today = agenda.span.monday, agenda.span.today
    long_held = _("of these, for more than %(days)s days") % {"days": LONG_HOLD}
    return [
        Part(_("on hold, the longest first"), agenda.held, addresses.light_url(Light.VIOLET)),
        Part(long_held, agenda.long_held, addresses.held_over_url(LONG_HOLD)),
        Part(
            _("not started, though it could be for more than 5 working days"),
            agenda.idle,
            addresses.idle_url(),
        ),
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
