"""The rows behind one number of one unit: what each adds above and below the line, so that it can be added up by hand.

The same rows as ``screen.race.queries`` counts, as far as the reader may see them.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.db.models import Case, OuterRef, Subquery, Value, When
from django.db.models.functions import TruncDate
from django.urls import reverse

from accounts.models import Unit, User
from domain.investment import planned_to_date
from domain.lights import LightRule
from domain.race import HIGHEST_RATING, Board, Mark, Measure
from history.models import Change
from issues.models import Issue
from issues.querysets import IssueQuerySet
from milestones.models import Node, in_reader_language
from milestones.querysets import NodeQuerySet
from projects.investments import with_investment_plan
from projects.models import Project
from screen.race import rows
from screen.race.periods import RacePeriod
from screen.race.queries import days_used, held_days, holds_with_due, was_held_late, was_moved_late

_FEN: Final = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class EvidenceRow:
    """One row. `above` and `below` are what it adds to the numerator and to the denominator; of ages and marks only
    `above` says something. `days` stand in the columns that ``screen.race.words.EVIDENCE_DAYS`` names."""

    project_id: int
    project: str
    what: str
    url: str
    days: tuple[date | None, ...]
    above: Decimal
    below: Decimal = Decimal(1)


@dataclass(frozen=True, slots=True)
class Evidence:
    """`rows` the reader may see, the ones that cost points first; `apart` are listed and not counted."""

    rows: Sequence[EvidenceRow]
    apart: Sequence[EvidenceRow] = ()

    @property
    def above(self) -> Decimal:
        return sum((row.above for row in self.rows), Decimal(0))

    @property
    def below(self) -> Decimal:
        return sum((row.below for row in self.rows), Decimal(0))


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose rows of which days: of a `unit` on a `board`, as far as `reader` may see them."""

    board: Board
    unit: Unit
    period: RacePeriod
    rule: LightRule
    reader: User

    def nodes(self) -> NodeQuerySet:
        """Those that the unit has to do."""
        return self.all_nodes().filter(rows.of_unit(self.unit))

    def all_nodes(self) -> NodeQuerySet:
        return Node.objects.visible_to(self.reader)

    def issues(self) -> IssueQuerySet:
        """Of a town those of its projects, of a department those that it leads."""
        seen = Issue.objects.visible_to(self.reader)
        if self.board == Board.TOWNS:
            return seen.filter(project__town=self.unit)
        return seen.filter(lead_unit=self.unit)


def evidence(measure: Measure, asked: Asked) -> Evidence:
    """The rows of a measure, those that cost most first; one or two queries however many rows."""
    if measure == Measure.NODES:
        return _nodes(asked)
    is_better_high = measure not in {Measure.PACE, Measure.ISSUE_AGE}
    return Evidence(
        sorted(_OF_MEASURE[measure](asked), key=_costly_first if is_better_high else _longest_first)
    )


def marked(mark: Mark, asked: Asked) -> Evidence:
    """The rows of a mark."""
    return Evidence(_OF_MARK[mark](asked))


def _costly_first(row: EvidenceRow) -> tuple[Decimal, date, int]:
    share = row.above / row.below if row.below else row.above
    return share, next((day for day in row.days if day), date.max), row.project_id


def _longest_first(row: EvidenceRow) -> tuple[Decimal, int]:
    return -(row.above / row.below if row.below else row.above), row.project_id


def _nodes(asked: Asked) -> Evidence:
    due = rows.due_nodes(asked.nodes(), asked.period, asked.board)
    held_up = rows.held_up_when_due(rows.not_on_time(due))
    found: dict[bool, list[EvidenceRow]] = {True: [], False: []}
    for pk, row in _numbered(due, "deadline_on", "finished_on", above=rows.ON_TIME):
        found[pk in held_up].append(row)
    return Evidence(sorted(found[False], key=_costly_first), sorted(found[True], key=_costly_first))


_NODE: Final = ("pk", "project_id", "project__name", "template_node__name", "template_node__name_en")


def _numbered(nodes: Any, *days: str, above: Any) -> Iterable[tuple[int, EvidenceRow]]:
    """The nodes as rows, each with its number; 1 above the line where the condition `above` holds."""
    found = nodes.order_by("pk").annotate(above=Case(When(above, then=Value(1)), default=Value(0)))
    for pk, project, name, node, node_en, *said, counted in found.values_list(*_NODE, *days, "above"):
        yield pk, _node_row(pk, (project, name, node, node_en), tuple(said), Decimal(counted))


def _node_row(
    pk: int, names: tuple[int, str, str, str], days: tuple[date | None, ...], above: Decimal,
    below: Decimal = Decimal(1),
) -> EvidenceRow:  # fmt: skip
    project, name, node, node_en = names
    url = reverse("milestones:node", args=[pk])
    return EvidenceRow(project, name, in_reader_language(node, node_en), url, days, above, below)


def _node_rows(nodes: Any, *days: str, above: Any) -> list[EvidenceRow]:
    return [row for _pk, row in _numbered(nodes, *days, above=above)]


def _entries(asked: Asked) -> list[EvidenceRow]:
    entered: Any = rows.entries(asked.nodes(), asked.period).with_marks().order_by("pk")
    found = []
    for pk, *names, lacks_proof, finished_on, entered_on in entered.values_list(
        *_NODE, "lacks_proof", "finished_on", "finish_entered_on"
    ):
        is_good = not (asked.rule.is_back_filled(finished_on, entered_on) or lacks_proof)
        found.append(_node_row(pk, tuple(names), (finished_on, entered_on), Decimal(is_good)))
    return found


def _updates(asked: Asked) -> list[EvidenceRow]:
    seen = Project.objects.visible_to(asked.reader).filter(town=asked.unit)
    reported = rows.reports(asked.period).filter(project=OuterRef("pk")).order_by("-at")
    under_way: Any = rows.under_way(seen, asked.period).annotate(
        reported_on=TruncDate(Subquery(reported.values("at")[:1])),
        above=Case(When(rows.is_updated(asked.period), then=Value(1)), default=Value(0)),
    )
    return [
        EvidenceRow(
            pk, name, enterprise, reverse("milestones:project", args=[pk]), (reported_on,), Decimal(counted)
        )
        for pk, name, enterprise, reported_on, counted in under_way.order_by("pk").values_list(
            "pk", "name", "enterprise", "reported_on", "above"
        )
    ]


def _pace(asked: Asked) -> list[EvidenceRow]:
    done = rows.timed_approvals(asked.nodes(), asked.period).order_by("pk")
    holds = defaultdict[int, list[tuple[date, date | None]]](list)
    for node, held_on, resumed_on in done.filter(holds__isnull=False).values_list(
        "pk", "holds__held_on", "holds__resumed_on"
    ):
        holds[node].append((held_on, resumed_on))
    found = []
    for pk, *names, limit, limit_unit, started_on, finished_on in done.values_list(
        *_NODE, "limit", "template_node__limit_unit", "started_on", "finished_on"
    ):
        used = days_used(asked.rule.calendar, limit_unit, started_on, finished_on)
        used -= held_days(asked.rule.calendar, limit_unit, started_on, finished_on, holds[pk])
        found.append(_node_row(pk, tuple(names), (started_on, finished_on), Decimal(used), Decimal(limit)))
    return found


def _investment(asked: Asked) -> list[EvidenceRow]:
    months = asked.period.months
    planned = with_investment_plan(Project.objects.visible_to(asked.reader).filter(town=asked.unit), months)
    return [
        EvidenceRow(
            pk, name, enterprise, reverse("milestones:project", args=[pk]), (), made,
            planned_to_date(plan, months.last.year, months.last),
        )
        for pk, name, enterprise, plan, made in planned.order_by("pk").values_list(
            "pk", "name", "enterprise", "planned", "made"
        )
    ]  # fmt: skip


_ISSUE: Final = ("pk", "project_id", "project__name", "number", "title")


def _issue_rows(
    issues: IssueQuerySet, *days: str, above: Any = None, value: str = "", below: Decimal = Decimal(1)
) -> list[EvidenceRow]:
    """The issues as rows; above the line stands 1 where the condition `above` holds, or the field `value`."""
    found: Any = issues.order_by("pk")
    if above is not None:
        found = found.annotate(above=Case(When(above, then=Value(1)), default=Value(0)))
    return [
        _issue_row((pk, project, name, number, title), tuple(said), Decimal(counted), below)
        for pk, project, name, number, title, *said, counted in found.values_list(
            *_ISSUE, *days, value or "above"
        )
    ]


def _issue_row(
    names: tuple[int, int, str, str, str],
    days: tuple[date | None, ...],
    above: Decimal,
    below: Decimal = Decimal(1),
) -> EvidenceRow:
    pk, project, name, number, title = names
    url = reverse("issues:issue", args=[pk])
    return EvidenceRow(project, name, f"{number} {title}", url, days, above, below)


def _ages(asked: Asked) -> list[EvidenceRow]:
    still_open: Any = rows.issues_open(asked.issues(), asked.period).order_by("pk")
    return [
        _issue_row(
            tuple(names),
            (raised_on, due_on),
            Decimal(asked.rule.calendar.count(raised_on, asked.period.last)),
            Decimal(0),
        )
        for *names, raised_on, due_on in still_open.values_list(*_ISSUE, "raised_on", "due_on")
    ]


_OF_NODE: Final = tuple(f"node__{name}" for name in _NODE)


def _moved(asked: Asked) -> list[EvidenceRow]:
    seen = asked.nodes().order_by().values("pk")
    moved: Any = (
        rows.moved_dates(asked.period).filter(node__in=seen).annotate(asked_on=TruncDate("change__asked_at"))
    )
    found = []
    for pk, *names, asked_on, before, after in moved.order_by("pk").values_list(
        *_OF_NODE, "asked_on", "due_before", "due_after"
    ):
        if was_moved_late(asked.rule.calendar, asked_on, before):
            found.append(_node_row(pk, tuple(names), (asked_on, before, after), Decimal(1)))
    return found


def _held(asked: Asked) -> list[EvidenceRow]:
    seen = asked.nodes().order_by().values("pk")
    holds = rows.holds_begun(asked.period).filter(node__in=seen)
    found = []
    for pk, *names, resumed_on, held_on, due in holds_with_due(
        holds, asked.rule.calendar, *_OF_NODE, "resumed_on"
    ):
        if was_held_late(asked.rule.calendar, held_on, due):
            found.append(_node_row(pk, tuple(names), (held_on, due, resumed_on), Decimal(1)))
    return found


def _milestones(asked: Asked) -> list[EvidenceRow]:
    due = rows.milestones_due(asked.all_nodes().filter(project__town=asked.unit), asked.period)
    return _node_rows(due, "deadline_on", "finished_on", above=rows.reached(asked.period))


def _issues(asked: Asked) -> list[EvidenceRow]:
    due = rows.issues_due(asked.issues(), asked.period)
    return _issue_rows(due, "due_on", "closed_on", above=rows.CLOSED_IN_TIME)


def _returns(asked: Asked) -> list[EvidenceRow]:
    answered = rows.answered_issues(asked.issues(), asked.period)
    return _issue_rows(answered, "raised_on", "closed_on", above=rows.stayed_closed(asked.period))


def _ratings(asked: Asked) -> list[EvidenceRow]:
    rated = rows.rated_issues(asked.issues(), asked.period)
    return _issue_rows(rated, "closed_on", "rated_on", value="rating", below=Decimal(HIGHEST_RATING))


def _back_filled(asked: Asked) -> list[EvidenceRow]:
    return [row for row in _entries(asked) if asked.rule.is_back_filled(*row.days)]


def _reopened(asked: Asked) -> list[EvidenceRow]:
    came_back = rows.came_back(asked.period, (Change.Verb.ISSUE_REOPENED,))
    return _issue_rows(asked.issues().filter(came_back), "raised_on", "closed_on", value="reopened")


_OF_MEASURE: Final[Mapping[Measure, Callable[[Asked], list[EvidenceRow]]]] = {
    Measure.INVESTMENT: _investment,
    Measure.MILESTONES: _milestones,
    Measure.ISSUES: _issues,
    Measure.ISSUE_AGE: _ages,
    Measure.ENTRIES: _entries,
    Measure.UPDATES: _updates,
    Measure.PACE: _pace,
    Measure.RETURNS: _returns,
    Measure.RATING: _ratings,
}
_OF_MARK: Final[Mapping[Mark, Callable[[Asked], list[EvidenceRow]]]] = {
    Mark.BACK_FILLED: _back_filled,
    Mark.MOVED: _moved,
    Mark.REOPENED: _reopened,
    Mark.HELD: _held,
}
