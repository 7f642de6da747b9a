"""What was settled since the last cut-off, and what is not: closed issues and decisions, one dataclass a row."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NamedTuple

from django.db.models import Prefetch, Q

from accounts.models import User
from domain.issues import Level
from domain.lights import LightRule
from domain.meetings import DecisionStatus, is_decision_late
from issues.models import IssueFile
from issues.querysets import IssueQuerySet
from meetings.models import Decision, Meeting
from meetings.querysets import DecisionQuerySet
from milestones.models import in_reader_language
from projects.models import Project

CLOSED_WITHIN = timedelta(days=31)
"""So far back the issues that were closed are remembered, so that those closed between two meetings are found."""


class Since(NamedTuple):
    """From when a week counts: the day of the last cut-off, or Sunday where no meeting was frozen before.

    `closed` are the issues that the last snapshot knows as closed, each with the day: what was closed later on that
    very day, after the cut-off, is not among them and belongs to this week.
    """

    day: date
    closed: frozenset[tuple[int, str]] = frozenset()
    is_cut_off: bool = False

    @property
    def first(self) -> date:
        """The first day that counts. The day of the cut-off counts twice: what was done on it after the hour belongs to
        this week, and only the day is on record."""
        return self.day if self.is_cut_off else self.day + timedelta(days=1)


@dataclass(frozen=True, slots=True)
class ClosedRow:
    """An issue that somebody has verified to be gone. `days`: calendar days from raising to closing; `proofs`: numbers
    of documents, names of files; `rating`: 1 to 5."""

    pk: int
    number: str
    title: str
    project_id: int
    project: str
    town: str
    category: str
    level: Level
    unit: str
    raised_on: date
    due_on: date | None
    closed_on: date
    days: int
    proofs: tuple[str, ...]
    verifier: str
    rating: int | None
    rating_text: str


def closed_since(issues: IssueQuerySet, since: Since, today: date) -> IssueQuerySet:
    """Those of `issues` that were closed after the last cut-off, also on its day; closed again they are closed anew."""
    later = Q(closed_on__gt=since.day)
    if since.is_cut_off:
        known = [pk for pk, day in since.closed if day == since.day.isoformat()]
        later |= Q(closed_on=since.day) & ~Q(pk__in=known)
    return issues.filter(later, closed_on__lte=today).order_by("closed_on", "pk")


def closed_rows(issues: IssueQuerySet) -> list[ClosedRow]:
    """Rows for closed `issues`, in their order, with two queries."""
    found = list(issues.values_list(*_CLOSED))
    proofs = _proofs([values[0] for values in found])
    return [_closed_row(values, proofs.get(values[0], ())) for values in found]


_CLOSED = (
    "pk", "number", "title", "project_id", "project__name", "project__town__name", "category__name",
    "category__name_en", "level", "lead_unit__name", "raised_on", "due_on", "closed_on",
    "verified_by__display_name", "verified_by__username", "rating", "rating_text",
)  # fmt: skip


def _closed_row(values: Sequence[Any], proofs: tuple[str, ...]) -> ClosedRow:
    (
        pk, number, title, project_id, project, town, category, category_en, level, unit, raised_on, due_on,
        closed_on, verifier, verifier_login, rating, rating_text,
    ) = values  # fmt: skip
    return ClosedRow(
        pk=pk, number=number, title=title, project_id=project_id, project=project, town=town,
        category=in_reader_language(category, category_en), level=Level(level), unit=unit or "",
        raised_on=raised_on, due_on=due_on, closed_on=closed_on, days=(closed_on - raised_on).days,
        proofs=proofs, verifier=verifier or verifier_login or "", rating=rating, rating_text=rating_text,
    )  # fmt: skip


def _proofs(issues: Collection[int]) -> dict[int, tuple[str, ...]]:
    found: dict[int, list[str]] = defaultdict(list)
    files = IssueFile.objects.filter(issue__in=issues, purpose=IssueFile.Purpose.PROOF).order_by("pk")
    for issue, document_no, name in files.values_list("issue_id", "document_no", "name"):
        found[issue].append(document_no or name)
    return {issue: tuple(named) for issue, named in found.items()}


@dataclass(frozen=True, slots=True)
class DecisionRow:
    """A decision. `projects` are the names of those in sight, `project_id` that of the only one.

    Days late are working days.
    """

    pk: int
    number: str
    text: str
    taken_on: date
    projects: tuple[str, ...]
    project_id: int | None
    unit: str
    due_on: date | None
    status: DecisionStatus
    is_late: bool
    days_late: int
    outcome: str
    done_by: str
    done_on: date | None
    verified_by: str
    verified_on: date | None
    returned: int


def decisions_of_week(decisions: DecisionQuerySet, meeting: Meeting | None, since: Since) -> DecisionQuerySet:
    """Those of `decisions` that are not settled, those of this `meeting`, and those verified since the last cut-off."""
    asked = Q(pk__in=decisions.unsettled().order_by().values("pk")) | Q(verified_on__gte=since.first)
    if meeting is not None:
        asked |= Q(meeting=meeting)
    return decisions.filter(asked)


def decision_rows(decisions: DecisionQuerySet, reader: User, rule: LightRule) -> Iterator[DecisionRow]:
    """What is pressing first; with two queries. Names of projects that `reader` may not see are left out."""
    projects = Prefetch("projects", Project.objects.visible_to(reader).order_by("pk"), to_attr="in_sight")
    found = decisions.pressing_first().select_related("meeting", "lead_unit", "done_by", "verified_by")
    for decision in found.prefetch_related(projects):
        yield _decision_row(decision, decision.in_sight, rule)


def _decision_row(decision: Decision, projects: Sequence[Project], rule: LightRule) -> DecisionRow:
    status = DecisionStatus(decision.status)
    is_late = is_decision_late(status, decision.due_on, rule.today)
    return DecisionRow(
        pk=decision.pk, number=decision.number, text=decision.text, taken_on=decision.taken_on,
        projects=tuple(project.name for project in projects),
        project_id=projects[0].pk if len(projects) == 1 else None,
        unit=decision.lead_unit.name if decision.lead_unit else "", due_on=decision.due_on, status=status,
        is_late=is_late, days_late=rule.days_late(decision.due_on) if is_late else 0,
        outcome=decision.withdrawn_reason or decision.outcome, done_by=_named(decision.done_by),
        done_on=decision.done_on, verified_by=_named(decision.verified_by), verified_on=decision.verified_on,
        returned=decision.returned,
    )  # fmt: skip


def _named(user: User | None) -> str:
    return str(user) if user else ""
