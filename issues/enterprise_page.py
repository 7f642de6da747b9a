"""What an enterprise sees behind its link: the issues that were raised in its name, and of them no more than this."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from domain.issues import OPEN_ISSUES, TICKING_ISSUES, IssueStatus
from issues.models import EnterpriseLink, Issue, IssueFile
from issues.querysets import IssueQuerySet

MOST_SHOWN: Final = 100

STATES: Final[dict[IssueStatus, str | Promise]] = {
    IssueStatus.RAISED: _("received, not given to a unit yet"),
    IssueStatus.ASSIGNED: _("given to a unit"),
    IssueStatus.WORKING: _("being worked on"),
    IssueStatus.CLOSE_REQUESTED: _("said to be solved, being verified"),
    IssueStatus.RETURNED: _("being worked on"),
    IssueStatus.SUSPENDED: _("put off for now"),
    IssueStatus.CLOSED: _("closed"),
}
"""In the enterprise's words: that the bureau has sent an answer back is between it and the unit."""

_FACTS = (
    "pk", "number", "title", "status", "raised_on", "lead_unit__name", "due_on", "closed_on", "rating", "rating_text",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class OwnIssue:
    """One issue as its enterprise sees it. `due_on` only while it counts; `files`: the names of what it sent."""

    pk: int
    number: str
    title: str
    status: IssueStatus
    raised_on: date
    lead_unit: str
    due_on: date | None
    closed_on: date | None
    rating: int | None
    rating_text: str
    files: tuple[str, ...]

    @property
    def state(self) -> str:
        return str(STATES[self.status])

    @property
    def is_closed(self) -> bool:
        return self.status is IssueStatus.CLOSED


@dataclass(frozen=True, slots=True)
class OwnIssues:
    """The newest `MOST_SHOWN`; the counts are of all. `unrated`: closed ones whose answer nobody has rated."""

    rows: tuple[OwnIssue, ...]
    count: int
    open: int
    unrated: int

    @property
    def closed(self) -> int:
        return self.count - self.open


def own_issues(link: EnterpriseLink) -> IssueQuerySet:
    return Issue.objects.of_enterprise(link.project_id)


def own_issues_page(link: EnterpriseLink) -> OwnIssues:
    """With five queries, however many there are."""
    issues = own_issues(link)
    facts = list(issues.order_by("-pk").values_list(*_FACTS)[:MOST_SHOWN])
    files = _files_sent([row[0] for row in facts])
    return OwnIssues(
        rows=tuple([_own_issue(row, files) for row in facts]),
        count=issues.count(),
        open=issues.filter(status__in=OPEN_ISSUES).count(),
        unrated=issues.filter(status=IssueStatus.CLOSED, rating__isnull=True).count(),
    )


def _own_issue(row: tuple, files: dict[int, list[str]]) -> OwnIssue:
    pk, number, title, status, raised_on, unit, due_on, closed_on, rating, text = row
    return OwnIssue(
        pk=pk, number=number, title=title, status=IssueStatus(status), raised_on=raised_on, lead_unit=unit or "",
        due_on=due_on if status in TICKING_ISSUES else None, closed_on=closed_on, rating=rating, rating_text=text,
        files=tuple(files.get(pk, ())),
    )  # fmt: skip


def _files_sent(issues: list[int]) -> dict[int, list[str]]:
    """The names of the files that came through the link; what the district added is not for the enterprise."""
    names: dict[int, list[str]] = {}
    for issue, name in (
        IssueFile.objects.sent_through_links().filter(issue__in=issues).values_list("issue", "name")
    ):
        names.setdefault(issue, []).append(name)
    return names
