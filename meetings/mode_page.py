"""Meeting mode: one item of the agenda as it stood at the cut-off, and beside it how its project stands now."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q

from accounts.models import User
from domain.lights import LightRule
from domain.meetings import DecisionStatus
from domain.outlook import Expected
from history.models import Change
from issues.models import Issue
from issues.queries import IssueRow, issue_rows
from meetings.meeting_page import GROUP_LABELS, decisions_of, judged_on, late_items, shown_agenda
from meetings.models import AgendaItem, Decision, Meeting
from meetings.settled import DecisionRow, decision_rows
from meetings.week import AgendaRow
from milestones.chain_states import state_of
from milestones.drawing.chain_picture import ChainPicture
from milestones.models import Node
from milestones.project_page.map import project_map
from milestones.project_page.page import node_address
from milestones.project_page.timeline import Entry, entries
from milestones.queries import NodeRow, node_rows
from projects.models import Project

ENTRIES = 6
"""So many entries of the record are shown on the screen."""


@dataclass(frozen=True, slots=True)
class Stop:
    """An item in the list of all: its place, counted from one, and whether something was decided about it."""

    pk: int
    number: int
    title: str
    project: str
    is_decided: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """How the project of an item stands now. `node` is the item's own, or the first that its issue blocks; `expected`
    is when it is expected to be done.

    `picture` is None where the project has no chain or the reader does not see it.
    """

    project: Project
    picture: ChainPicture | None
    node: NodeRow | None
    expected: Expected | None


@dataclass(frozen=True, slots=True)
class ModePage:
    """`row` is the item as it stood at the cut-off, `is_late` on that day; `issues` with their `record` block it, or
    are it.

    `open_decisions` are those of other meetings about the same; `taken` what this one decided about it.
    """

    meeting: Meeting
    row: AgendaRow
    is_late: bool
    label: str
    number: int
    stops: Sequence[Stop]
    now: Standing | None
    issues: Sequence[IssueRow]
    record: Sequence[Entry]
    open_decisions: Sequence[DecisionRow]
    taken: Sequence[DecisionRow]

    @property
    def before(self) -> Stop | None:
        return self.stops[self.number - 2] if self.number > 1 else None

    @property
    def after(self) -> Stop | None:
        return self.stops[self.number] if self.number < len(self.stops) else None

    @property
    def left(self) -> int:
        """How many items come after this one."""
        return len(self.stops) - self.number

    @property
    def decided(self) -> int:
        return sum(stop.is_decided for stop in self.stops)


def mode_page(meeting: Meeting, reader: User, rule: LightRule, item: int | None) -> ModePage | None:
    """The item with this number, the first one where none is asked for; None where the reader sees no item at all.

    As many queries however long the agenda is. Raises AgendaItem.DoesNotExist where the item asked for does not stand
    on the agenda or is out of sight.
    """
    stops = _stops(meeting, reader, rule)
    if item is None and not stops:
        return None
    here = next((stop for stop in stops if item in {None, stop.pk}), None)
    row = next(iter(shown_agenda(meeting, reader, rule, among=[here.pk])), None) if here else None
    if here is None or row is None:  # the second: it was settled between the two questions
        raise AgendaItem.DoesNotExist
    issues = _issues(row, reader, rule)
    node = _node(row, issues, reader, rule)
    return ModePage(
        meeting=meeting, row=row, is_late=bool(late_items([row], judged_on(meeting, rule))),
        label=str(GROUP_LABELS[AgendaItem.Kind(row.kind)]), number=here.number,
        stops=stops, now=_standing(row, reader, rule, node),
        issues=issues, record=_record(issues, reader, rule),
        open_decisions=_open_decisions(meeting, row, reader, rule),
        taken=decisions_of(meeting, reader, rule, item=here.pk),
    )  # fmt: skip


def _stops(meeting: Meeting, reader: User, rule: LightRule) -> list[Stop]:
    decided = set(
        Decision.objects.visible_to(reader)
        .filter(meeting=meeting, item__isnull=False)
        .exclude(status=DecisionStatus.WITHDRAWN)
        .values_list("item", flat=True)
    )
    if meeting.is_frozen:
        rows = [row for row in shown_agenda(meeting, reader, rule) if not row.dropped_reason]
        named = [(row.pk, row.title, row.project) for row in rows]
    else:
        named = _as_it_stands(meeting, reader)
    return [
        Stop(pk, number, title, project, pk in decided)
        for number, (pk, title, project) in enumerate(named, start=1)
    ]


def _as_it_stands(meeting: Meeting, reader: User) -> list[tuple[int, str, str]]:
    """The items of a draft by number, name and project; a project out of sight is not named."""
    items = AgendaItem.objects.visible_to(reader).filter(meeting=meeting).standing().for_list()
    found = list(items.order_by("position", "pk"))
    seen = Project.objects.seen_among((item.project_id for item in found), by=reader)
    return [
        (item.pk, _title(item), item.project.name if item.project and item.project_id in seen else "")
        for item in found
    ]


def _title(item: AgendaItem) -> str:
    """What the list calls it; a node by its name alone, since its project stands beside it."""
    return item.node.template_node.label if item.node else str(item)


def _node(row: AgendaRow, issues: Sequence[IssueRow], reader: User, rule: LightRule) -> NodeRow | None:
    """The node of the item; of an issue the first that it blocks."""
    blocked = next((node.pk for issue in issues for node in issue.nodes), 0)
    nodes = Node.objects.visible_to(reader).filter(pk=row.node_id or blocked).order_by("pk")
    return next(iter(node_rows(nodes, rule)), None)


def _standing(row: AgendaRow, reader: User, rule: LightRule, node: NodeRow | None) -> Standing | None:
    projects = Project.objects.visible_to(reader).select_related(
        "town", "department", "liaison", "chain__template"
    )
    project = projects.filter(pk=row.project_id or 0).first()
    if project is None:
        return None
    chain = getattr(project, "chain", None)
    if chain is None:
        return Standing(project, None, node, None)
    rows = node_rows(
        Node.objects.visible_to(reader).filter(project=project).order_by("template_node__position", "pk"),
        rule,
    )
    state = state_of(chain)
    outlook = state.outlook(rule)
    mine = [one for one in rows if one.pk in state.pks]
    expected = outlook.expected.get(node.pk) if node else None
    return Standing(project, project_map(mine, state, outlook, node_address), node, expected)


def _issues(row: AgendaRow, reader: User, rule: LightRule) -> list[IssueRow]:
    """The issue that the item is about, and the open ones that block its node."""
    about = Q(pk=row.issue_id or 0)
    if row.node_id:
        blocking = Issue.objects.visible_to(reader).open().filter(blocks__node=row.node_id).order_by()
        about |= Q(pk__in=blocking.values("pk"))
    return issue_rows(Issue.objects.visible_to(reader).filter(about).order_by("-level", "pk"), rule)


def _record(issues: Sequence[IssueRow], reader: User, rule: LightRule) -> list[Entry]:
    changes = Change.objects.visible_to(reader).filter(issue__in=[issue.pk for issue in issues])
    latest = changes.select_related("actor", "node__template_node", "issue").order_by("-pk")[:ENTRIES]
    return entries(latest, rule, node_address)


def _open_decisions(meeting: Meeting, row: AgendaRow, reader: User, rule: LightRule) -> list[DecisionRow]:
    """Those of other meetings that are not settled yet: about the node or the issue, else about the project."""
    if row.decision_id:
        about = Q(pk=row.decision_id)
    elif row.node_id or row.issue_id:
        about = Q(nodes=row.node_id or 0) | Q(issues=row.issue_id or 0)
    else:
        about = Q(projects=row.project_id or 0)
    keys = Decision.objects.visible_to(reader).unsettled().filter(about).exclude(meeting=meeting)
    found = Decision.objects.visible_to(reader).filter(pk__in=keys.order_by().values("pk"))
    return list(decision_rows(found, reader, rule))
