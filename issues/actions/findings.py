"""What a visit found becomes an issue: when the visit is recorded, or later."""

from collections.abc import Collection, Sequence
from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_noop

from accounts.models import User
from domain.errors import RuleError
from domain.issues import Level
from issues.actions.issues import raise_issue
from issues.models import Category, Issue
from milestones.actions.holding import hold_project
from milestones.models import Node
from projects.file_actions import StoredFile
from projects.models import Finding, Project, Visit
from projects.visit_actions import record_visit

LONGEST_TITLE = 120
LONGEST_NAME = 120


@transaction.atomic
def record_visit_with_issues(
    project: Project, *, actor: User, visited_on: date, visitors: str, today: date,
    findings: Sequence[tuple[str, Category | None]] = (), files: Sequence[StoredFile] = (), met: str = "",
    summary: str = "", batch: UUID | None = None,
) -> Visit:  # fmt: skip
    """A visit with what it found; a finding with a category becomes an issue at once. All of it or nothing.

    Raises as ``record_visit`` and ``raise_issue`` do.
    """
    found = [(text.strip(), category) for text, category in findings if text.strip()]
    visit = record_visit(
        project, actor=actor, visited_on=visited_on, visitors=visitors, today=today, met=met, summary=summary,
        findings=[text for text, _category in found], files=files, batch=batch,
    )  # fmt: skip
    kept = Finding.objects.filter(visit=visit).select_related("visit__project").order_by("pk")
    for finding, (_text, category) in zip(kept, found, strict=True):
        if category is not None:
            raise_from_finding(finding, actor=actor, category=category, today=today)
    return visit


@transaction.atomic
def raise_from_finding(
    finding: Finding, *, actor: User, category: Category, today: date, title: str = "",
    nodes: Collection[Node] = (), level: Level = Level.DAILY, hold: bool = False,
) -> Issue:  # fmt: skip
    """The finding of a visit becomes an issue, told by whom the visitors met.

    Without a `title` it has the first 120 characters of the finding, and the whole of a longer one as description.
    Raises RuleError where an issue has come from it already or it has been removed, else as ``raise_issue`` does.
    """
    hold_project(finding.visit.project_id)
    # As it is now that nobody else changes it: it may have been reworded, or removed.
    held = Finding.objects.select_related("visit__project").filter(pk=finding.pk).first()
    if held is None:
        raise RuleError(gettext_noop("This finding has been removed from its visit."))
    finding = held
    earlier = Issue.objects.filter(finding=finding).first()
    if earlier is not None:
        raise RuleError(gettext_noop("This finding is issue %(issue)s already."), issue=earlier.number)
    return raise_issue(
        finding.visit.project, actor=actor, today=today, title=title.strip() or finding.text[:LONGEST_TITLE],
        description=finding.text if title.strip() or len(finding.text) > LONGEST_TITLE else "",
        category=category, source=Issue.Source.VISIT, nodes=nodes, level=level,
        raised_for=finding.visit.met[:LONGEST_NAME], finding=finding, hold=hold,
    )  # fmt: skip
