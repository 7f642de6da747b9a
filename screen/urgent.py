"""The things most worth solving: where it is stuck, why, whose turn it is, and when an answer is due."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from django.db.models import Count, Q

from accounts.models import User
from domain.issues import OPEN_ISSUES
from domain.lights import LightRule
from domain.urgency import weight
from issues.blocking import issue_address
from issues.models import Block, Issue, Supervision, Topic
from milestones.queries import NodeRow
from screen.queries import Screen

SHOWN = 3


class Due(StrEnum):
    """What it is that is due."""

    ANSWER = "answer"
    SOLUTION = "solution"
    NOTHING = ""


@dataclass(frozen=True, slots=True)
class Urgent:
    """One of them; `why` is blank where nobody has said it.

    `topic_projects`: so many projects in sight wait for the same topic, 0 where it is none. `due_on` is when the slip
    has to be answered or the issue solved, None where no date has been set; of a solution that is past due it is the
    day of that, and `reply_by` that of the slip, which does not make it good.
    """

    row: NodeRow
    why: str
    why_url: str
    topic_projects: int
    unit: str
    due: Due
    due_on: date | None
    is_past: bool
    reply_by: date | None = None


class _Why(NamedTuple):
    """The open issue that blocks a node, the highest and longest one first, with its topic."""

    issue: int
    number: str
    title: str
    due_on: date | None
    unit: str | None
    topic: int | None
    topic_name: str | None
    topic_due_on: date | None
    topic_unit: str | None


_PATHS = (
    "pk", "number", "title", "due_on", "lead_unit__name", "topic_id", "topic__name", "topic__due_on",
    "topic__lead_unit__name",
)  # fmt: skip


def most_urgent(reader: User, screen: Screen, rule: LightRule, shown: int = SHOWN) -> list[Urgent]:
    """Of the longest overdue causes those that cost most days; what waits for one topic is one thing. Three queries."""
    rows = screen.candidates
    if not rows:
        return []
    whys = _whys([row.pk for row in rows])
    slips = _answers_due(reader, [row.pk for row in rows], [why.issue for why in whys.values()])
    topics = _projects_of({why.topic for why in whys.values() if why.topic}, reader)
    found: list[Urgent] = []
    seen = Counter[int]()
    for row in sorted(rows, key=lambda row: (-weight(row.days_late, row.holds_up), row.deadline_on, row.pk)):
        why = whys.get(row.pk)
        if why and why.topic:
            seen[why.topic] += 1
            if seen[why.topic] > 1:
                continue
        found.append(_urgent(row, why, slips, topics, rule.today))
        if len(found) == shown:
            break
    return found


def _urgent(
    row: NodeRow, why: _Why | None, slips: Mapping[tuple[str, int], date], topics: Mapping[int, int], today: date
) -> Urgent:  # fmt: skip
    asked = [slips.get(("node", row.pk)), slips.get(("issue", why.issue)) if why else None]
    answer = min((day for day in asked if day), default=None)
    solution = (why.due_on or why.topic_due_on) if why else None
    is_missed = solution is not None and solution < today
    due, due_on = (Due.ANSWER, answer) if answer and not is_missed else (Due.SOLUTION, solution)
    unit = (why.unit or why.topic_unit) if why else ""
    text, url, projects = "", "", 0
    if why:
        text, url = why.title, issue_address(why.issue)
        if why.topic and why.topic_name:
            text, url = why.topic_name, Topic(pk=why.topic).get_absolute_url()
            projects = topics.get(why.topic, 0)
    return Urgent(
        row, text, url, projects, unit or row.unit or row.town,
        due=due if due_on else Due.NOTHING, due_on=due_on, is_past=due_on is not None and due_on < today,
        reply_by=answer if is_missed else None,
    )  # fmt: skip


def _whys(nodes: list[int]) -> dict[int, _Why]:
    blocks = Block.objects.filter(node__in=nodes, issue__status__in=OPEN_ISSUES)
    ordered = blocks.order_by("-issue__level", "issue__raised_on", "issue_id")
    found: dict[int, _Why] = {}
    for node, *facts in ordered.values_list("node_id", *[f"issue__{path}" for path in _PATHS]):
        found.setdefault(node, _Why(*facts))
    return found


def _answers_due(reader: User, nodes: list[int], issues: list[int]) -> dict[tuple[str, int], date]:
    """Until when the slips about these that nobody has answered want an answer, the earliest of each."""
    slips = Supervision.objects.visible_to(reader).unanswered()
    about = slips.filter(Q(node__in=nodes) | Q(issue__in=issues)).order_by("-reply_by")
    found: dict[tuple[str, int], date] = {}
    for node, issue, reply_by in about.values_list("node_id", "issue_id", "reply_by"):
        if reply_by:
            found["node" if node else "issue", node or issue or 0] = reply_by
    return found


def _projects_of(topics: set[int], reader: User) -> dict[int, int]:
    """In how many projects in sight there are open issues of these topics."""
    if not topics:
        return {}
    issues = Issue.objects.visible_to(reader).open().filter(topic__in=topics).order_by()
    return dict(issues.values_list("topic").annotate(projects=Count("project", distinct=True)))
