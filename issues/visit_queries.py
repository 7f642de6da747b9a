"""What pages and the API show of visits, and of the key projects that nobody has visited."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import F

from domain.issues import IssueStatus
from domain.lights import LightRule
from issues.models import ISSUE_LABELS, Issue
from milestones.project_queries import ProjectRow, project_rows
from projects.models import Finding, Visit
from projects.querysets import ProjectQuerySet, VisitQuerySet


@dataclass(frozen=True, slots=True)
class FindingLine:
    """What a visit found, and the issue that came from it, if any."""

    pk: int
    text: str
    issue_id: int | None = None
    issue: str = ""
    status: str = ""


@dataclass(frozen=True, slots=True)
class VisitRow:
    """One visit as a list shows it; `photos`: how many files were brought back."""

    pk: int
    visited_on: date
    project_id: int
    project: str
    enterprise: str
    town: str
    is_key: bool
    visitors: str
    met: str
    findings: tuple[FindingLine, ...]
    photos: int

    @property
    def issues(self) -> int:
        return sum(finding.issue_id is not None for finding in self.findings)


@dataclass(frozen=True, slots=True)
class UnvisitedRow:
    """A key project, the day it was visited last, and the calendar days since; None where it never was."""

    project: ProjectRow
    last_visited_on: date | None
    days: int | None


def visit_rows(visits: VisitQuerySet) -> list[VisitRow]:
    """Rows for `visits`, in their order; four queries however many they are."""
    return [_row(visit) for visit in visits.for_list()]


def unvisited_rows(projects: ProjectQuerySet, rule: LightRule) -> list[UnvisitedRow]:
    """Rows for `projects`, which know their last visit, in their order; a constant number of queries."""
    last = dict(projects.values_list("pk", F("last_visited_on")))
    return [
        UnvisitedRow(row, last.get(row.pk), _days_since(last.get(row.pk), rule.today))
        for row in project_rows(projects, rule)
    ]


def finding_lines(findings: Iterable[Finding]) -> tuple[FindingLine, ...]:
    """`findings`, read with their issues."""
    return tuple(_line(finding, getattr(finding, "issue", None)) for finding in findings)


def _row(visit: Visit) -> VisitRow:
    project = visit.project
    return VisitRow(
        pk=visit.pk, visited_on=visit.visited_on, project_id=project.pk, project=project.name,
        enterprise=project.enterprise, town=project.town.name, is_key=project.is_key, visitors=visit.visitors,
        met=visit.met, findings=finding_lines(visit.findings.all()), photos=len(visit.photos.all()),
    )  # fmt: skip


def _line(finding: Finding, issue: Issue | None) -> FindingLine:
    if issue is None:
        return FindingLine(finding.pk, finding.text)
    return FindingLine(
        finding.pk, finding.text, issue.pk, issue.number, str(ISSUE_LABELS[IssueStatus(issue.status)])
    )


def _days_since(day: date | None, today: date) -> int | None:
    return (today - day).days if day else None
