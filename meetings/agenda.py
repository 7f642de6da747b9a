"""What belongs on the agenda of a day, in its order: built from what is late, open or waiting, never typed."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain

from django.db.models import Count, Min, Q
from django.db.models.functions import Coalesce

from domain.issues import OPEN_ISSUES, IssueStatus, Level
from domain.lights import LONG_HOLD, LightRule
from issues.models import Issue, Supervision
from issues.querysets import IssueQuerySet
from meetings.models import AgendaItem, Decision, Meeting
from meetings.querysets import DecisionQuerySet
from milestones.models import DateChange, Node
from screen.queries import overdue_causes

Kind = AgendaItem.Kind

MOST_OF_A_KIND = 100
"""So many of a kind a meeting can go through at most; the page says how many more the lists hold."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """What would stand on the agenda: `subject` is the name of the field that holds `pk`."""

    kind: AgendaItem.Kind
    subject: str
    pk: int
    unit: int | None
    project: int | None
    deadline_on: date | None = None

    @property
    def key(self) -> tuple[str, int]:
        return (str(self.kind), self.pk)

    def fields(self) -> dict[str, object]:
        """What an AgendaItem says of it."""
        return {
            "kind": self.kind, f"{self.subject}_id": self.pk, "unit_id": self.unit, "project_id": self.project,
            "deadline_on": self.deadline_on,
        }  # fmt: skip


def candidates(meeting: Meeting, rule: LightRule) -> list[Candidate]:
    """All of them in the order of the agenda: what was decided before, then what is late, open and waiting.

    Overdue causes stand under the unit that answers for them, the unit with the worst first, and there the worst first.
    """
    return list(
        chain(
            _decisions(meeting),
            _grouped(_overdue(rule)),
            _issues(rule),
            _date_changes(),
            _holds(rule),
            _slips(),
        )
    )


def needs_decision(issues: IssueQuerySet, rule: LightRule) -> IssueQuerySet:
    """Open issues that the people at their desks cannot settle: those that nobody has, those that are late, those of
    the two highest levels, those sent back twice, and suspended ones that were to be looked at again by now."""
    higher = Q(level__gte=Level.SPECIAL) & ~Q(status=IssueStatus.SUSPENDED)
    looked_at = Q(status=IssueStatus.SUSPENDED, review_on__lte=rule.today)
    late = Q(pk__in=issues.late(rule.today).order_by().values("pk"))
    asked = Q(status=IssueStatus.RAISED) | late | higher | Q(returned__gte=2) | looked_at
    return issues.filter(asked, status__in=OPEN_ISSUES)


def waiting_counts(meeting: Meeting, rule: LightRule) -> dict[str, int]:
    """How many of each kind there are, also beyond those that an agenda takes."""
    return {
        Kind.DECISION: _open_decisions(meeting).count(),
        Kind.OVERDUE: overdue_causes(Node.objects.all(), rule).order_by().count(),
        Kind.ISSUE: needs_decision(Issue.objects.all(), rule).order_by().count(),
        Kind.DATE_CHANGE: DateChange.objects.pending().order_by().count(),
        Kind.HOLD: Node.objects.held_longer_than(LONG_HOLD, rule.today).order_by().count(),
        Kind.SLIP: Supervision.objects.unanswered().order_by().count(),
    }


def _open_decisions(meeting: Meeting) -> DecisionQuerySet:
    return Decision.objects.unsettled().exclude(meeting=meeting)


def _decisions(meeting: Meeting) -> Iterator[Candidate]:
    """Those about one project alone stand there with it."""
    found = _open_decisions(meeting).annotate(about=Count("projects", distinct=True), project=Min("projects"))
    rows = found.pressing_first().values_list("pk", "lead_unit_id", "about", "project", "due_on")
    for pk, unit, about, project, due_on in rows[:MOST_OF_A_KIND]:
        yield Candidate(Kind.DECISION, "decision", pk, unit, project if about == 1 else None, due_on)


def _overdue(rule: LightRule) -> Iterator[Candidate]:
    unit = Coalesce("unit_id", "project__town_id")
    rows = overdue_causes(Node.objects.all(), rule).values_list("pk", unit, "project_id", "deadline_on")
    for pk, unit_id, project, deadline_on in rows[:MOST_OF_A_KIND]:
        yield Candidate(Kind.OVERDUE, "node", pk, unit_id, project, deadline_on)


def _grouped(found: Iterable[Candidate]) -> Sequence[Candidate]:
    """Those of a unit together, in the order in which the units come first; worst first they come already."""
    by_unit: dict[int | None, list[Candidate]] = {}
    for one in found:
        by_unit.setdefault(one.unit, []).append(one)
    return [one for theirs in by_unit.values() for one in theirs]


def _issues(rule: LightRule) -> Iterator[Candidate]:
    issues = needs_decision(Issue.objects.all(), rule).order_by("-level", "due_on", "raised_on", "pk")
    for pk, unit, project, due_on in issues.values_list("pk", "lead_unit_id", "project_id", "due_on")[
        :MOST_OF_A_KIND
    ]:
        yield Candidate(Kind.ISSUE, "issue", pk, unit, project, due_on)


def _date_changes() -> Iterator[Candidate]:
    unit = Coalesce("node__unit_id", "node__project__town_id")
    rows = DateChange.objects.pending().order_by("asked_at", "pk")
    for pk, unit_id, project in rows.values_list("pk", unit, "node__project_id")[:MOST_OF_A_KIND]:
        yield Candidate(Kind.DATE_CHANGE, "date_change", pk, unit_id, project)


def _holds(rule: LightRule) -> Iterator[Candidate]:
    unit = Coalesce("unit_id", "project__town_id")
    rows = Node.objects.held_longer_than(LONG_HOLD, rule.today).order_by("held_on", "pk")
    for pk, unit_id, project in rows.values_list("pk", unit, "project_id")[:MOST_OF_A_KIND]:
        yield Candidate(Kind.HOLD, "node", pk, unit_id, project)


def _slips() -> Iterator[Candidate]:
    rows = Supervision.objects.unanswered().order_by("-level", "reply_by", "pk")
    for pk, unit, project, reply_by in rows.values_list("pk", "addressee_id", "project_id", "reply_by")[
        :MOST_OF_A_KIND
    ]:
        yield Candidate(Kind.SLIP, "slip", pk, unit, project, reply_by)
