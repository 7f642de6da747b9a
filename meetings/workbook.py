"""The weekly workbook: the one screen and its rows as sheets that can be printed and handed round.

The figures come from where the pages take them: ``screen_of``, ``agenda_of``, ``each_node_row`` and
``project_rows``.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import chain
from typing import IO

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from domain.lights import LONG_HOLD, LightRule
from meetings.queries import Agenda, agenda_of, change_rows, idle_rows, standing_rows
from meetings.sheets.definitions import definition_cells, definition_columns, scope_of
from meetings.sheets.nodes import due_cells, due_columns, overdue_cells, overdue_columns
from meetings.sheets.overview import write_overview
from meetings.sheets.projects import project_cells, project_columns
from meetings.sheets.standing import (
    change_cells,
    change_columns,
    idle_cells,
    idle_columns,
    standing_cells,
    standing_columns,
)
from meetings.sheets.titles import titles
from milestones.models import DateChange, Node
from milestones.project_queries import project_rows
from milestones.queries import each_node_row
from milestones.sheet import Book
from projects.models import Project
from screen.queries import Screen, due_soon, knocked_on, overdue_causes, screen_of


def write_workbook(file: IO[bytes], *, reader: User, now: datetime, rule: LightRule) -> Screen:
    """Write the workbook of what `reader` may see on the day of `rule`, made at `now`; its figures."""
    with _one_moment(), Book(file) as book:
        screen, agenda = screen_of(reader, rule), agenda_of(reader, rule)
        under = _under(reader, rule, now)
        write_overview(
            book, screen, agenda, name=titles().overview, title=_("Weekly meeting: overview"), under=under
        )
        _nodes(book, reader, rule, screen, under)
        _standing(book, reader, rule, agenda, under)
        projects = Project.objects.visible_to(reader).order_by("town__position", "town__name", "name", "pk")
        book.table(
            titles().projects, project_columns(), project_cells(project_rows(projects, rule), rule),
            title=_("Project ledger"), under=under, freeze_columns=3, when_empty=_("There is no project."),
        )  # fmt: skip
        _changes(book, reader, rule, agenda, under)
        book.table(
            titles().definitions, definition_columns(), definition_cells(screen, reader, rule, now),
            title=_("What the figures mean"), under=under,
        )  # fmt: skip
    return screen


def _nodes(book: Book, reader: User, rule: LightRule, screen: Screen, under: str) -> None:
    nodes = Node.objects.visible_to(reader)
    late = chain(
        each_node_row(overdue_causes(nodes, rule), rule), each_node_row(knocked_on(nodes, rule), rule)
    )
    book.table(
        titles().overdue, overdue_columns(), overdue_cells(late), title=_("Overdue nodes"),
        under=f"{_counted(screen)} · {under}", freeze_columns=4, when_empty=_("Nothing is overdue."),
    )  # fmt: skip
    book.table(
        titles().idle, idle_columns(), idle_cells(idle_rows(nodes, rule), rule), title=_("Idle nodes"),
        under=under, freeze_columns=3, when_empty=_("Whatever could be started is started within 5 working days."),
    )  # fmt: skip
    until = _("due until %(day)s") % {"day": screen.span.marked(screen.span.due_until.isoformat())}
    book.table(
        titles().due, due_columns(), due_cells(each_node_row(due_soon(nodes, screen.span), rule)),
        title=_("Nodes due within two weeks"), under=f"{until} · {under}", freeze_columns=3,
        when_empty=_("Nothing falls due within two weeks."),
    )  # fmt: skip


def _standing(book: Book, reader: User, rule: LightRule, agenda: Agenda, under: str) -> None:
    rows = standing_rows(Node.objects.visible_to(reader), rule)
    counted = _("%(held)s on hold, %(long)s of them for more than %(days)s days; %(waived)s waived this week") % {
        "held": agenda.held, "long": agenda.long_held, "days": LONG_HOLD, "waived": agenda.waived,
    }  # fmt: skip
    book.table(
        titles().standing, standing_columns(), standing_cells(rows), title=_("Holds and waivers"),
        under=f"{counted} · {under}", freeze_columns=3,
        when_empty=_("Nothing is on hold, and nothing was waived this week."),
    )  # fmt: skip


def _changes(book: Book, reader: User, rule: LightRule, agenda: Agenda, under: str) -> None:
    rows = change_rows(DateChange.objects.visible_to(reader), rule)
    counted = _("%(waiting)s waiting for an answer, %(decided)s decided this week") % {
        "waiting": agenda.waiting, "decided": agenda.decided,
    }  # fmt: skip
    book.table(
        titles().changes, change_columns(), change_cells(rows), title=_("Date changes"),
        under=f"{counted} · {under}", freeze_columns=3,
        when_empty=_("No other date was asked for or decided this week."),
    )  # fmt: skip


def _counted(screen: Screen) -> str:
    counts = {"causes": screen.causes, "knocked_on": screen.knocked_on}
    return _("%(causes)s causes, %(knocked_on)s knocked on, causes first") % counts


def _under(reader: User, rule: LightRule, now: datetime) -> str:
    """The line under each title: the cut-off, with the hour where it is today, and whose view it is."""
    moment = timezone.localtime(now)
    day = rule.today.isoformat()
    cut_off = f"{day} {moment:%H:%M}" if moment.date() == rule.today else day
    return _("cut-off %(moment)s · %(scope)s") % {"moment": cut_off, "scope": scope_of(reader)}


@contextmanager
def _one_moment() -> Iterator[None]:
    """All sheets read the same state of the database, whatever is changed meanwhile."""
    is_outermost = not connection.in_atomic_block
    with transaction.atomic():
        if is_outermost and connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield
