"""What lists, sheets and the API show of issues: one dataclass a row, computed the same for all of them."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import NamedTuple

from domain.issues import IssueStatus, Level, is_issue_late
from domain.lifecycle import Status
from domain.lights import LightRule
from issues.models import Block, Issue
from issues.querysets import IssueQuerySet
from milestones.models import etag_of, in_reader_language


@dataclass(frozen=True, slots=True)
class BlockedNode:
    """A node that an issue blocks; `is_held`: its clock stands still."""

    pk: int
    label: str
    is_held: bool


@dataclass(frozen=True, slots=True)
class IssueRow:
    """One issue as a list shows it.

    `age`: calendar days from the day it was raised to today, or to the day it was closed. `days_late`: working days
    since its due date where it `is_late`; none yet on a day off right after it.
    """

    pk: int
    number: str
    title: str
    project_id: int
    project: str
    enterprise: str
    town: str
    category: str
    category_code: str
    topic_id: int | None
    topic: str
    source: str
    status: IssueStatus
    level: Level
    raised_on: date
    age: int
    unit_id: int | None
    unit: str
    supporting: tuple[str, ...]
    due_on: date | None
    is_late: bool
    days_late: int
    close_asked_on: date | None
    closed_on: date | None
    suspended_word: str
    returned: int
    reopened: int
    rating: int | None
    nodes: tuple[BlockedNode, ...]
    etag: str

    @property
    def is_closed(self) -> bool:
        return self.status is IssueStatus.CLOSED


class _Facts(NamedTuple):
    """What is read of the issue of a row; ``_PATHS`` says from where."""

    pk: int
    number: str
    title: str
    project_id: int
    project: str
    enterprise: str
    town: str
    category: str
    category_en: str
    category_code: str
    topic_id: int | None
    topic: str | None
    source: str
    status: str
    level: int
    raised_on: date
    unit_id: int | None
    unit: str | None
    due_on: date | None
    close_asked_on: date | None
    closed_on: date | None
    suspended_word: str
    returned: int
    reopened: int
    rating: int | None
    version: int


_PATHS = (
    "pk", "number", "title", "project_id", "project__name", "project__enterprise", "project__town__name",
    "category__name", "category__name_en", "category__code", "topic_id", "topic__name", "source", "status", "level",
    "raised_on", "lead_unit_id", "lead_unit__name", "due_on", "close_asked_on", "closed_on", "suspended_word",
    "returned", "reopened", "rating", "version",
)  # fmt: skip


def issue_rows(issues: IssueQuerySet, rule: LightRule) -> list[IssueRow]:
    """Rows for `issues`, in their order, with three queries however many."""
    return _rows([_Facts(*row) for row in issues.values_list(*_PATHS)], rule)


def each_issue_row(issues: IssueQuerySet, rule: LightRule, *, at_once: int = 2000) -> Iterator[IssueRow]:
    """The same rows for a list of any length; only `at_once` of them are held in memory."""
    facts = issues.values_list(*_PATHS).iterator(chunk_size=at_once)
    while batch := [_Facts(*row) for row in islice(facts, at_once)]:
        yield from _rows(batch, rule)


def rows_of_page(issues: IssueQuerySet, part: slice, rule: LightRule) -> list[IssueRow]:
    """The rows of one page. Its keys are asked for first: so the database need not carry whole rows while it sorts."""
    keys = list(issues.values_list("pk", flat=True)[part])
    place = {pk: number for number, pk in enumerate(keys)}
    return sorted(issue_rows(Issue.objects.filter(pk__in=keys), rule), key=lambda row: place[row.pk])


def _rows(batch: list[_Facts], rule: LightRule) -> list[IssueRow]:
    keys = [facts.pk for facts in batch]
    blocked, supporting = _blocked(keys), _supporting(keys)
    return [_row(facts, blocked.get(facts.pk, ()), supporting.get(facts.pk, ()), rule) for facts in batch]


def _blocked(issues: Collection[int]) -> dict[int, tuple[BlockedNode, ...]]:
    found: dict[int, list[BlockedNode]] = defaultdict(list)
    blocks = Block.objects.filter(issue__in=issues).order_by("node__template_node__position", "pk")
    columns = blocks.values_list(
        "issue_id", "node_id", "node__template_node__name", "node__template_node__name_en", "node__status"
    )
    for issue, node, name, name_en, status in columns:
        found[issue].append(BlockedNode(node, in_reader_language(name, name_en), status == Status.HELD))
    return {issue: tuple(nodes) for issue, nodes in found.items()}


def _supporting(issues: Collection[int]) -> dict[int, tuple[str, ...]]:
    found: dict[int, list[str]] = defaultdict(list)
    links = Issue.supporting.through.objects.filter(issue__in=issues).order_by("unit__position", "unit__name")
    for issue, unit in links.values_list("issue_id", "unit__name"):
        found[issue].append(unit)
    return {issue: tuple(units) for issue, units in found.items()}


def _row(
    facts: _Facts, nodes: tuple[BlockedNode, ...], supporting: tuple[str, ...], rule: LightRule
) -> IssueRow:
    status = IssueStatus(facts.status)
    is_late = is_issue_late(status, facts.due_on, rule.today)
    return IssueRow(
        pk=facts.pk, number=facts.number, title=facts.title, project_id=facts.project_id,
        project=facts.project, enterprise=facts.enterprise, town=facts.town,
        category=in_reader_language(facts.category, facts.category_en), category_code=facts.category_code,
        topic_id=facts.topic_id, topic=facts.topic or "", source=facts.source, status=status,
        level=Level(facts.level), raised_on=facts.raised_on,
        age=((facts.closed_on or rule.today) - facts.raised_on).days,
        unit_id=facts.unit_id, unit=facts.unit or "", supporting=supporting, due_on=facts.due_on,
        is_late=is_late,
        days_late=rule.days_late(facts.due_on) if is_late else 0,
        close_asked_on=facts.close_asked_on, closed_on=facts.closed_on, suspended_word=facts.suspended_word,
        returned=facts.returned, reopened=facts.reopened, rating=facts.rating, nodes=nodes,
        etag=etag_of(facts.pk, facts.version),
    )  # fmt: skip


def ordered_rows(issues: Iterable[Issue], rule: LightRule) -> list[IssueRow]:
    """Rows for issues in hand, in their order, as the database has them now."""
    keys = [issue.pk for issue in issues]
    rows = {row.pk: row for row in issue_rows(Issue.objects.filter(pk__in=keys), rule)}
    return [rows[key] for key in keys]
