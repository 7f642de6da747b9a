"""What lists, the page and the API show of topics: as much as the reader sees of their issues and projects."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, NamedTuple

from django.db.models import Count, Q

from domain.issues import WITH_THE_LEAD, IssueStatus, is_issue_late
from domain.lifecycle import Status
from domain.lights import Light, LightRule, worst
from domain.workdays import ONE_DAY
from issues.models import Block, Topic, TopicNote
from issues.queries import IssueRow, issue_rows
from issues.querysets import IssueQuerySet, TopicQuerySet
from issues.topic_record import TopicChange, topic_record
from milestones.models import Node
from milestones.page_numbers import Page, page_of
from milestones.project_queries import ProjectRow, project_rows
from projects.querysets import ProjectQuerySet

STAGES: Final = (
    IssueStatus.RAISED, IssueStatus.WORKING, IssueStatus.CLOSE_REQUESTED, IssueStatus.SUSPENDED,
    IssueStatus.CLOSED,
)  # fmt: skip
"""How far a project is with a topic, from the first to the last: that of its issue that is least far.

WORKING stands for every state in which the lead unit has the issue.
"""


@dataclass(frozen=True, slots=True)
class TopicCounts:
    """What the issues of a topic add up to. `stages`: projects by how far they are; `oldest` is the age in calendar
    days of the open issue that was raised first."""

    stages: Mapping[IssueStatus, int]
    open: int = 0
    closed: int = 0
    late: int = 0
    to_assign: int = 0
    oldest: int = 0

    @property
    def projects(self) -> int:
        return sum(self.stages.values())

    @property
    def waiting(self) -> int:
        """Projects that still wait for it."""
        return self.projects - self.stages.get(IssueStatus.CLOSED, 0)


@dataclass(frozen=True, slots=True)
class TopicRow:
    """One topic as a list shows it. `light`: the worst of the projects that still wait; None where none does.

    `days_late` in working days since its own due date, which counts while it is open.
    """

    topic: Topic
    counts: TopicCounts
    is_late: bool
    days_late: int
    light: Light | None


@dataclass(frozen=True, slots=True)
class TopicNode:
    """A node that an issue blocks; `days_held` are the working days of its hold, None where its clock runs."""

    pk: int
    label: str
    days_held: int | None


@dataclass(frozen=True, slots=True)
class TopicIssue:
    row: IssueRow
    nodes: tuple[TopicNode, ...]


@dataclass(frozen=True, slots=True)
class TopicProject:
    """A project of a topic with its light and its issues there, the one that is least far first."""

    project: ProjectRow
    issues: tuple[TopicIssue, ...]


@dataclass(frozen=True, slots=True)
class TopicPage:
    """One topic as its page shows it; `projects` are those of the `page`, who still wait before the others.

    `blocked` and `held` count the nodes that its open issues block, and those of them whose clocks stand still.
    """

    row: TopicRow
    blocked: int
    held: int
    page: Page
    projects: tuple[TopicProject, ...]
    notes: Sequence[TopicNote]
    record: Sequence[TopicChange]


class _Fact(NamedTuple):
    topic_id: int | None
    pk: int
    project_id: int
    status: IssueStatus
    raised_on: date
    due_on: date | None

    @property
    def stage(self) -> IssueStatus:
        return IssueStatus.WORKING if self.status in WITH_THE_LEAD else self.status

    @property
    def place(self) -> tuple[int, date]:
        """Who is least far comes first, of these who waits longest."""
        return STAGES.index(self.stage), self.raised_on


def topic_rows(
    topics: TopicQuerySet, issues: IssueQuerySet, projects: ProjectQuerySet, rule: LightRule
) -> list[TopicRow]:
    """Rows for `topics`, in their order, with what the reader sees: `issues` and `projects`. As many queries however
    many there are."""
    found = list(topics.select_related("category", "lead_unit"))
    facts = _facts(issues, found)
    waiting = {fact.project_id for fact in facts if fact.status is not IssueStatus.CLOSED}
    lights = {row.pk: row.light for row in project_rows(projects.filter(pk__in=waiting).order_by(), rule)}
    by_topic: dict[int | None, list[_Fact]] = defaultdict(list)
    for fact in facts:
        by_topic[fact.topic_id].append(fact)
    return [_row(topic, by_topic.get(topic.pk, []), lights, rule) for topic in found]


def topic_page(
    topic: Topic, issues: IssueQuerySet, projects: ProjectQuerySet, rule: LightRule, *, number: str = ""
) -> TopicPage:
    """What the reader, who sees these `issues` and `projects`, is shown of `topic`; as many queries however many."""
    facts = _facts(issues, [topic])
    by_project: dict[int, list[_Fact]] = defaultdict(list)
    for fact in sorted(facts, key=lambda fact: fact.place):
        by_project[fact.project_id].append(fact)
    page = page_of(number, len(by_project))
    shown = list(by_project)[page.slice]
    # Beside those of the page the others that wait: the worst light is that of all.
    asked = {*shown, *(fact.project_id for fact in facts if fact.status is not IssueStatus.CLOSED)}
    rows = {row.pk: row for row in project_rows(projects.filter(pk__in=asked).order_by(), rule)}
    lights = {pk: row.light for pk, row in rows.items()}
    lines = _lines(issues, [fact.pk for pk in shown for fact in by_project[pk]], rule)
    blocked = _open_blocks(issues, topic)
    return TopicPage(
        row=_row(topic, facts, lights, rule),
        blocked=blocked["blocked"],
        held=blocked["held"],
        page=page,
        projects=tuple(
            TopicProject(rows[pk], tuple(lines[fact.pk] for fact in by_project[pk])) for pk in shown
        ),
        notes=list(TopicNote.objects.filter(topic=topic).select_related("by")),
        record=topic_record(topic, issues),
    )


def _facts(issues: IssueQuerySet, topics: Iterable[Topic]) -> list[_Fact]:
    of_topics = issues.filter(topic__in=[topic.pk for topic in topics]).order_by("pk")
    return [
        _Fact(topic, pk, project, IssueStatus(status), raised_on, due_on)
        for topic, pk, project, status, raised_on, due_on in of_topics.values_list(
            "topic_id", "pk", "project_id", "status", "raised_on", "due_on"
        )
    ]


def _row(topic: Topic, facts: Collection[_Fact], lights: Mapping[int, Light], rule: LightRule) -> TopicRow:
    is_late = topic.closed_on is None and topic.due_on is not None and topic.due_on < rule.today
    waiting = {fact.project_id for fact in facts if fact.status is not IssueStatus.CLOSED}
    return TopicRow(
        topic=topic, counts=_counts(facts, rule.today), is_late=is_late,
        days_late=rule.days_late(topic.due_on) if is_late else 0,
        light=worst([lights[pk] for pk in waiting if pk in lights]) if waiting else None,
    )  # fmt: skip


def _counts(facts: Collection[_Fact], today: date) -> TopicCounts:
    least_far: dict[int, IssueStatus] = {}
    for fact in sorted(facts, key=lambda fact: fact.place):
        least_far.setdefault(fact.project_id, fact.stage)
    still_open = [fact for fact in facts if fact.status is not IssueStatus.CLOSED]
    return TopicCounts(
        stages=Counter(least_far.values()),
        open=len(still_open),
        closed=len(facts) - len(still_open),
        late=sum(is_issue_late(fact.status, fact.due_on, today) for fact in facts),
        to_assign=sum(fact.status is IssueStatus.RAISED for fact in facts),
        oldest=(today - min((fact.raised_on for fact in still_open), default=today)).days,
    )


def _lines(issues: IssueQuerySet, keys: Collection[int], rule: LightRule) -> dict[int, TopicIssue]:
    rows = issue_rows(issues.filter(pk__in=keys).order_by(), rule)
    standing = [node.pk for row in rows for node in row.nodes if node.is_held]
    held_on = dict(Node.objects.filter(pk__in=standing).order_by().values_list("pk", "held_on"))

    def days_held(pk: int) -> int | None:
        since = held_on.get(pk)
        return rule.calendar.count(since - ONE_DAY, rule.today) if since else None

    return {
        row.pk: TopicIssue(
            row, tuple(TopicNode(node.pk, node.label, days_held(node.pk)) for node in row.nodes)
        )
        for row in rows
    }


def _open_blocks(issues: IssueQuerySet, topic: Topic) -> dict[str, int]:
    seen = issues.open().filter(topic=topic).order_by().values("pk")
    return Block.objects.filter(issue__in=seen).aggregate(
        blocked=Count("node", distinct=True),
        held=Count("node", distinct=True, filter=Q(node__status=Status.HELD)),
    )
