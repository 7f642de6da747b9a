"""Lists of issues as sheets: the export of a list and the weekly workbook write the same columns."""

from collections.abc import Iterable, Iterator
from typing import IO

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from issues.models import ISSUE_LABELS, LEVEL_LABELS, Issue
from issues.queries import BlockedNode, IssueRow
from milestones.sheet import Book, Cell, Column, Kind


def issue_columns() -> list[Column]:
    """What a sheet of issues says of each, in the reader's language."""
    return [
        Column(pgettext("of an issue", "Number"), 12, Kind.WORD),
        Column(pgettext("of an issue", "What stands in the way"), 34),
        Column(_("Project"), 28),
        Column(_("Enterprise"), 26),
        Column(_("Town"), 14, Kind.WORD),
        Column(_("State"), 14, Kind.WORD),
        Column(_("Category"), 16, Kind.WORD),
        Column(_("Level"), 16, Kind.WORD),
        Column(_("Lead unit"), 18),
        Column(_("Supporting units"), 22),
        Column(pgettext("of an issue", "Due"), 12, Kind.DAY),
        Column(pgettext("of issues", "Overdue"), 9, Kind.WORD),
        Column(_("Working days late"), 10, Kind.NUMBER),
        Column(_("Raised"), 12, Kind.DAY),
        Column(_("Age in days"), 10, Kind.NUMBER),
        Column(_("Raised by way of"), 12, Kind.WORD),
        Column(_("Blocked nodes"), 26),
        Column(_("Topic"), 22),
        Column(_("Asked to close"), 12, Kind.DAY),
        Column(_("Closed"), 12, Kind.DAY),
        Column(_("Suspended with the word of"), 14, Kind.WORD),
        Column(_("Times sent back"), 10, Kind.NUMBER),
        Column(_("Times reopened"), 10, Kind.NUMBER),
        Column(_("Rating"), 9, Kind.NUMBER),
    ]


def issue_cells(rows: Iterable[IssueRow]) -> Iterator[list[Cell]]:
    """The cells of each row, one for each of ``issue_columns``."""
    states = {status: str(label) for status, label in ISSUE_LABELS.items()}
    levels = {level: str(label) for level, label in LEVEL_LABELS.items()}
    sources = {value: str(label) for value, label in Issue.Source.choices}
    yes, held = _("yes"), pgettext("behind a node", " (on hold)")
    for row in rows:
        yield [
            row.number, row.title, row.project, row.enterprise, row.town, states[row.status], row.category,
            levels[row.level], row.unit, "、".join(row.supporting), row.due_on, yes if row.is_late else "",
            row.days_late or None, row.raised_on, row.age, sources[row.source], _nodes(row.nodes, held),
            row.topic, row.close_asked_on, row.closed_on, row.suspended_word, row.returned or None,
            row.reopened or None, row.rating,
        ]  # fmt: skip


OF_MEETING = (0, 1, 2, 4, 5, 6, 7, 8, 9, 10, 12, 14, 16, 17)
"""The places of the columns that fit side by side on an A4 page: what the meeting asks of an open issue."""

PROJECT_OF_MEETING = 2
"""Where the name of the project stands among them."""

_WIDTHS_OF_MEETING = (11, 26, 26, 12, 11, 14, 14, 15, 14, 12, 8, 8, 20, 16)


def meeting_columns() -> list[Column]:
    """Those of ``issue_columns`` that the weekly workbook prints, and one to write the week's progress into."""
    columns = issue_columns()
    return [
        *(
            Column(columns[place].title, width, columns[place].kind)
            for place, width in zip(OF_MEETING, _WIDTHS_OF_MEETING, strict=True)
        ),
        Column(_("Progress of this week"), 26),
    ]


def meeting_cells(rows: Iterable[IssueRow]) -> Iterator[list[Cell]]:
    """The cells of each row, one for each of ``meeting_columns``; nothing has been written of its progress yet."""
    for cells in issue_cells(rows):
        yield [*(cells[place] for place in OF_MEETING), ""]


def write_issues(
    target: IO[bytes], rows: Iterable[IssueRow], *, name: str, title: str, under: str, when_empty: str
) -> int:
    """A workbook of one sheet with these rows; how many they were."""
    with Book(target) as book:
        return book.table(
            name, issue_columns(), issue_cells(rows),
            title=title, under=under, freeze_columns=2, when_empty=when_empty,
        )  # fmt: skip


def _nodes(nodes: Iterable[BlockedNode], held: str) -> str:
    return "、".join(f"{node.label}{held}" if node.is_held else node.label for node in nodes)
