"""The sheets that are tables, in their order, each with the rows of what the reader may see."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, tee
from operator import attrgetter
from typing import TypeVar

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from domain.lights import LONG_HOLD, LightRule
from issues.models import Issue
from issues.queries import each_issue_row
from issues.workbook import PROJECT_OF_MEETING, meeting_cells, meeting_columns
from meetings.models import Decision, Meeting
from meetings.queries import Agenda, agenda_issues, change_rows, standing_rows
from meetings.round_trip.marks import issue_editables, issue_mark, project_editables, project_mark
from meetings.settled import Since, closed_rows, closed_since, decision_rows, decisions_of_week
from meetings.sheets import nodes, projects, settled, standing
from meetings.sheets import suggestions as suggested
from meetings.sheets.definitions import definition_cells, definition_columns, scope_of
from meetings.sheets.titles import titles
from meetings.suggestions import suggestions
from meetings.week import Row, Table, only_cells
from milestones.models import DateChange, Node
from milestones.project_queries import ProjectRow, project_rows
from milestones.queries import each_node_row
from milestones.sheet import Cell
from projects.models import Project
from screen.queries import Screen, due_soon, knocked_on, overdue_causes
from screen.race.queries import Race
from screen.race.workbook import FREEZE, quarter_under, race_cells, race_columns

Shown = TypeVar("Shown")


@dataclass(frozen=True, slots=True)
class Reading:
    """Who reads what of which day, and what was counted of it; `since` when the week counts."""

    reader: User
    rule: LightRule
    now: datetime
    meeting: Meeting | None
    since: Since
    screen: Screen
    agenda: Agenda
    closed: int
    race: Callable[[], Race]
    """Counts the boards of the race, once however often it is asked."""

    @property
    def under(self) -> str:
        """The line under each title: the cut-off, with the hour where it is today, and whose view it is."""
        moment, day = timezone.localtime(self.now), self.rule.today.isoformat()
        cut_off = f"{day} {moment:%H:%M}" if moment.date() == self.rule.today else day
        return _("cut-off %(moment)s · %(scope)s") % {"moment": cut_off, "scope": scope_of(self.reader)}


def tables(of: Reading) -> Iterator[Table]:
    yield _overdue(of)
    yield _due(of)
    yield _issues(of)
    yield _closed(of)
    yield _decisions(of)
    yield _suggestions(of)
    yield _standing(of)
    yield _projects(of)
    yield _race(of)
    yield _date_changes(of)
    yield Table(
        "definitions", titles().definitions, _("What the figures mean"), of.under, tuple(definition_columns()),
        only_cells(definition_cells(of.screen, of.reader, of.rule, of.now)),
    )  # fmt: skip


def led(
    rows: Iterable[Shown], cells: Callable[[Iterable[Shown]], Iterator[Sequence[Cell]]],
    project: Callable[[Shown], int | None], mark: Callable[[Shown, Sequence[Cell]], str] | None = None,
) -> Iterator[Row]:  # fmt: skip
    """Rows of `cells` that lead to their project and, with `mark`, travel with one. No more than one row is kept."""
    shown, kept = tee(rows)
    for each, row in zip(cells(shown), kept, strict=True):
        yield Row(each, project(row), mark(row, each) if mark else "")


_project_id: Callable[[object], int | None] = attrgetter("project_id")
_node_project: Callable[[object], int | None] = attrgetter("row.project_id")


def _overdue(of: Reading) -> Table:
    seen = Node.objects.visible_to(of.reader)
    late = chain(
        each_node_row(overdue_causes(seen, of.rule), of.rule),
        each_node_row(knocked_on(seen, of.rule), of.rule),
    )
    counted = _("%(causes)s causes, %(knocked_on)s knocked on, causes first") % {
        "causes": of.screen.causes, "knocked_on": of.screen.knocked_on,
    }  # fmt: skip
    return Table(
        "overdue", titles().overdue, _("Overdue nodes"), f"{counted} · {of.under}", tuple(nodes.overdue_columns()),
        led(late, nodes.overdue_cells, _project_id), _("Nothing is overdue."), freeze_columns=3,
        project_column=nodes.PROJECT_COLUMN,
    )  # fmt: skip


def _due(of: Reading) -> Table:
    span = of.screen.span
    until = _("due until %(day)s") % {"day": span.marked(span.due_until.isoformat())}
    rows = each_node_row(due_soon(Node.objects.visible_to(of.reader), span), of.rule)
    return Table(
        "due", titles().due, _("Nodes due within two weeks"), f"{until} · {of.under}", tuple(nodes.due_columns()),
        led(rows, nodes.due_cells, _project_id), _("Nothing falls due within two weeks."), freeze_columns=3,
        project_column=nodes.PROJECT_COLUMN,
    )  # fmt: skip


def _issues(of: Reading) -> Table:
    rows = each_issue_row(agenda_issues(Issue.objects.visible_to(of.reader)), of.rule)
    counted = _("%(open)s open, %(late)s of them overdue") % {
        "open": of.agenda.issues, "late": of.agenda.issues_late,
    }  # fmt: skip
    return Table(
        "issues", titles().issues, _("Open issues"), f"{counted} · {of.under}", tuple(meeting_columns()),
        led(rows, meeting_cells, _project_id, issue_mark), _("No issue is open."), freeze_columns=2,
        editable=issue_editables(), project_column=PROJECT_OF_MEETING,
    )  # fmt: skip


def _closed(of: Reading) -> Table:
    found = closed_since(Issue.objects.visible_to(of.reader), of.since, of.rule.today)
    counted = _("%(closed)s closed") % {"closed": of.closed}
    return Table(
        "closed", titles().closed, _("Issues closed since the last meeting's cut-off"),
        f"{counted} · {since_in_words(of)} · {of.under}", tuple(settled.closed_columns()),
        led(closed_rows(found), settled.closed_cells, _project_id), _("No issue was closed."), freeze_columns=2,
        project_column=settled.CLOSED_PROJECT,
    )  # fmt: skip


def since_in_words(of: Reading) -> str:
    """From when this week counts."""
    if of.since.is_cut_off:
        return _("since the cut-off of %(day)s") % {"day": of.since.day.isoformat()}
    return _("since Monday, %(day)s") % {"day": of.screen.span.monday.isoformat()}


def _decisions(of: Reading) -> Table:
    seen = decisions_of_week(Decision.objects.visible_to(of.reader), of.meeting, of.since)
    counted = _("%(open)s to be done or verified, %(late)s of them overdue") % {
        "open": of.agenda.decisions, "late": of.agenda.decisions_late,
    }  # fmt: skip
    return Table(
        "decisions", titles().decisions, _("What meetings have decided"), f"{counted} · {of.under}",
        tuple(settled.decision_columns()),
        led(decision_rows(seen, of.reader, of.rule), settled.decision_cells, _project_id),
        _("No decision waits to be done, and none was taken or verified this week."), freeze_columns=2,
        project_column=settled.DECISION_PROJECT,
    )  # fmt: skip


def _suggestions(of: Reading) -> Table:
    rows = suggestions(of.reader, of.rule)
    proposed = _("proposed by rule, decided by people")
    return Table(
        "suggestions", titles().suggestions, _("Suggested assignments"), f"{proposed} · {of.under}",
        tuple(suggested.suggestion_columns()), led(rows, suggested.suggestion_cells, _project_id),
        _("There is nothing to suggest."), freeze_columns=4, project_column=suggested.PROJECT_COLUMN,
    )  # fmt: skip


def _standing(of: Reading) -> Table:
    rows = standing_rows(Node.objects.visible_to(of.reader), of.rule, of.agenda.first)
    counted = _(
        "%(held)s on hold, %(long)s of them for more than %(days)s days; %(idle)s idle; %(waived)s waived this week"
    ) % {
        "held": of.agenda.held, "long": of.agenda.long_held, "days": LONG_HOLD, "idle": of.agenda.idle,
        "waived": of.agenda.waived,
    }  # fmt: skip
    return Table(
        "standing", titles().standing, _("Holds, idle nodes and waivers"), f"{counted} · {of.under}",
        tuple(standing.standing_columns()), led(rows, standing.standing_cells, _node_project),
        _("Nothing is on hold or idle, and nothing was waived this week."), freeze_columns=3,
        project_column=standing.PROJECT_COLUMN,
    )  # fmt: skip


def _projects(of: Reading) -> Table:
    seen = Project.objects.visible_to(of.reader).order_by("town__position", "town__name", "name", "pk")

    def cells(rows: Iterable[ProjectRow]) -> Iterator[list[Cell]]:
        return projects.project_cells(rows, of.rule)

    rows = led(project_rows(seen, of.rule), cells, attrgetter("pk"), project_mark)
    return Table(
        "projects", titles().projects, _("Project ledger"), of.under, tuple(projects.project_columns()), rows,
        _("There is no project."), freeze_columns=3, editable=project_editables(),
        project_column=projects.PROJECT_COLUMN, pages_wide=2,
    )  # fmt: skip


def _race(of: Reading) -> Table:
    def rows() -> Iterator[Row]:
        # Only who reads the rows has them counted: an overview of the week does not.
        yield from only_cells(race_cells(of.race()))

    return Table(
        "race", titles().race, _("Race of towns and departments"), f"{quarter_under(of.rule.today)} · {of.under}",
        tuple(race_columns()), rows(), _("No unit has anything to be scored by in this quarter."),
        freeze_columns=FREEZE,
    )  # fmt: skip


def _date_changes(of: Reading) -> Table:
    rows = change_rows(DateChange.objects.visible_to(of.reader), of.rule, of.agenda.first)
    counted = _("%(waiting)s waiting for an answer, %(decided)s decided this week") % {
        "waiting": of.agenda.waiting, "decided": of.agenda.decided,
    }  # fmt: skip
    return Table(
        "changes", titles().changes, _("Date changes"), f"{counted} · {of.under}", tuple(standing.change_columns()),
        led(rows, standing.change_cells, _project_id), _("No other date was asked for or decided this week."),
        freeze_columns=3, project_column=standing.PROJECT_COLUMN,
    )  # fmt: skip
