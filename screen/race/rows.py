"""Which rows a race counts, said once: for the boards, which count them, and for the pages, which list them.

A node is done by its unit or, where it has none, by the town of its project. What is waived or on hold is not due. An
end of a hold has moved the deadline by the days held, so what was held is measured without them.
"""

from datetime import timedelta
from typing import Any, Final

from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Coalesce

from accounts.models import Unit
from domain.chains import ClockOwner, EdgeKind, Milestone
from domain.date_changes import RequestStatus
from domain.issues import IssueStatus
from domain.lifecycle import OPEN, Status
from domain.race import REPORTED_WITHIN, Board
from domain.supervision import SlipLevel
from history.models import Change
from issues.querysets import IssueQuerySet, SupervisionQuerySet
from milestones.milestone_states import steps_of_milestone
from milestones.models import DateChangeItem, Hold, Node
from milestones.querysets import HoldQuerySet, NodeQuerySet
from projects.querysets import ProjectQuerySet
from screen.race.periods import RacePeriod

ANSWERS: Final = Coalesce("unit_id", "project__town_id")
"""The unit that has a node to do."""

ANSWERS_OF_NODE: Final = Coalesce("node__unit_id", "node__project__town_id")
"""The same, of what hangs on a node."""

APPROVALS: Final = ~Q(template_node__clock=ClockOwner.ENTERPRISE)
"""What a department does for an enterprise, not what the enterprise does itself."""

ON_TIME: Final = Q(status=Status.DONE, finished_on__lte=F("deadline_on"))

NOT_BEGUN: Final = ~ON_TIME & (Q(started_on__isnull=True) | Q(started_on__gt=F("deadline_on")))
"""Late, and on its deadline not begun: only of these it is a question whether another node held them up."""

KEY_MILESTONES: Final = (Milestone.STARTED, Milestone.COMPLETED, Milestone.PRODUCING)
"""开工、竣工、投产."""

CAME_BACK: Final = (Change.Verb.ISSUE_RETURNED, Change.Verb.ISSUE_REOPENED)

REPORTS: Final = (
    Change.Verb.NODE_STARTED, Change.Verb.NODE_FINISHED, Change.Verb.NODE_REOPENED, Change.Verb.NODE_HELD,
    Change.Verb.NODE_RESUMED, Change.Verb.NODES_RECORDED, Change.Verb.PROOF_ADDED, Change.Verb.DATE_CHANGE_ASKED,
    Change.Verb.PROJECT_CHANGED, Change.Verb.INVESTMENT_RECORDED, Change.Verb.VISIT_RECORDED,
    Change.Verb.ISSUE_RAISED, Change.Verb.ISSUE_NOTED, Change.Verb.ISSUE_CLOSE_ASKED,
)  # fmt: skip
"""What says how a project stands; not what is decided about it, such as a reminder or an approval."""


def of_unit(unit: Unit, path: str = "") -> Q:
    """Nodes, reached along `path`, that `unit` has to do."""
    return Q((f"{path}unit", unit)) | Q((f"{path}unit__isnull", True), (f"{path}project__town", unit))


def due_nodes(nodes: NodeQuerySet, period: RacePeriod, board: Board) -> NodeQuerySet:
    """Nodes whose deadline lies in the days of the period that are over; of departments their approvals."""
    due = nodes.filter(deadline_on__range=(period.first, period.until)).exclude(
        status__in=[Status.WAIVED, Status.HELD]
    )
    return due.filter(APPROVALS) if board == Board.DEPARTMENTS else due


def not_on_time(nodes: NodeQuerySet) -> NodeQuerySet:
    return nodes.exclude(ON_TIME)


def held_up_when_due(late: NodeQuerySet) -> frozenset[int]:
    """Which of the nodes `late` (受累) were not begun when they were due, with a hard predecessor still open that day.

    The unit of that one answers, not the unit whose turn had not come. Of an any-of group one member done is enough.
    One question: joined by the database, since asked of each node in turn it takes ten times as long.
    """
    before = late.order_by().filter(
        NOT_BEGUN,
        template_node__incoming__kind=EdgeKind.HARD,
        project__nodes__template_node=F("template_node__incoming__source"),
    )
    alone, still_open, met = set[int](), set[tuple[int, str]](), set[tuple[int, str]]()
    for pk, due, group, status, finished_on, waived_on in before.values_list(
        "pk", "deadline_on", "template_node__incoming__group", "project__nodes__status",
        "project__nodes__finished_on", "project__nodes__waived_on",
    ):  # fmt: skip
        closed_on = finished_on or waived_on
        was_open = status in OPEN or (closed_on is not None and closed_on > due)
        if was_open and not group:
            alone.add(pk)
        elif was_open:
            still_open.add((pk, group))
        elif group and status == Status.DONE:
            met.add((pk, group))
    return frozenset(alone | {pk for pk, _group in still_open - met})


def milestones_due(nodes: NodeQuerySet, period: RacePeriod) -> NodeQuerySet:
    """The starts, completions and productions that were to be reached; the town answers for its whole projects."""
    due = nodes.filter(
        deadline_on__range=(period.first, period.until), template_node__in=steps_of_milestone(*KEY_MILESTONES)
    )
    return due.exclude(status__in=[Status.WAIVED, Status.HELD])


def reached(period: RacePeriod) -> Q:
    """Milestones that are reached by the end of the period."""
    return Q(status=Status.DONE, finished_on__lte=period.last)


def entries(nodes: NodeQuerySet, period: RacePeriod) -> NodeQuerySet:
    """Nodes that were entered as done in the period, whenever that was."""
    return nodes.filter(status=Status.DONE, finish_entered_on__range=(period.first, period.last))


def under_way(projects: ProjectQuerySet, period: RacePeriod) -> ProjectQuerySet:
    """Projects whose chain has begun and has a node that was still to be done at the end of the last day; one that is
    on hold waits for nobody's report."""
    to_do = Q(status__in=[Status.WAITING, Status.RUNNING])
    if period.last < period.today:  # what has been done since was to be done then
        to_do |= Q(finished_on__gt=period.last)
    return projects.filter(
        Exists(Node.objects.filter(to_do, project=OuterRef("pk"))), chain__starts_on__lte=period.last
    )


def reports(period: RacePeriod) -> Any:
    """What was reported of projects until the end of the period: ``Change``."""
    _first, end = period.moments
    return Change.objects.filter(verb__in=REPORTS, at__lt=end)


def is_updated(period: RacePeriod) -> Q:
    """Projects of which something was reported in the last week of the period."""
    _first, end = period.moments
    lately = reports(period).filter(at__gte=end - timedelta(days=REPORTED_WITHIN), project__isnull=False)
    return Q(pk__in=lately.order_by().values("project"))


def timed_approvals(nodes: NodeQuerySet, period: RacePeriod) -> NodeQuerySet:
    """Approvals with a limit that were finished in the period, and of which the start is known."""
    return nodes.filter(
        APPROVALS,
        status=Status.DONE,
        finished_on__range=(period.first, period.last),
        started_on__isnull=False,
        limit__gt=0,
    )


def issues_due(issues: IssueQuerySet, period: RacePeriod) -> IssueQuerySet:
    """Issues whose due date lies in the days that are over; what is suspended is late for nobody."""
    return issues.filter(due_on__range=(period.first, period.until)).exclude(status=IssueStatus.SUSPENDED)


CLOSED_IN_TIME: Final = Q(closed_on__lte=F("due_on"))


def issues_open(issues: IssueQuerySet, period: RacePeriod) -> IssueQuerySet:
    """Issues that are open at the end of the last day and not suspended."""
    return issues.open_on(period.last).exclude(status=IssueStatus.SUSPENDED)


def came_back(period: RacePeriod, verbs: tuple[str, ...] = CAME_BACK) -> Q:
    """Issues that were sent back or reopened in the period."""
    first, end = period.moments
    changes = Change.objects.filter(issue=OuterRef("pk"), verb__in=verbs, at__gte=first, at__lt=end)
    return (Q(returned__gt=0) | Q(reopened__gt=0)) & Q(Exists(changes))


def answered_issues(issues: IssueQuerySet, period: RacePeriod) -> IssueQuerySet:
    """Issues that were closed in the period, and those that came back in it."""
    closed = Q(closed_on__range=(period.first, period.last))
    return issues.filter(closed | came_back(period))


def stayed_closed(period: RacePeriod) -> Q:
    """Those of ``answered_issues`` that were closed in the period and came back in none of its days."""
    return Q(closed_on__range=(period.first, period.last)) & ~came_back(period)


def rated_issues(issues: IssueQuerySet, period: RacePeriod) -> IssueQuerySet:
    return issues.filter(rated_on__range=(period.first, period.last), rating__isnull=False)


def red_slips(slips: SupervisionQuerySet, period: RacePeriod) -> SupervisionQuerySet:
    return slips.issued().filter(level=SlipLevel.RED, issued_on__range=(period.first, period.last))


def moved_dates(period: RacePeriod) -> Any:
    """Dates that were moved by what was approved in the period: ``DateChangeItem``, with the day it was asked for."""
    first, end = period.moments
    return DateChangeItem.objects.filter(
        change__status=RequestStatus.APPROVED,
        change__decided_at__gte=first,
        change__decided_at__lt=end,
        due_before__isnull=False,
        due_after__gt=F("due_before"),
    )


def holds_begun(period: RacePeriod) -> HoldQuerySet:
    return Hold.objects.filter(held_on__range=(period.first, period.last))
