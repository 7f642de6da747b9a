"""What one person has to do, in the order in which it matters."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from django.db.models import Case, CharField, Exists, F, OuterRef, Q, Value, When
from django.utils import timezone

from accounts.access import visible
from accounts.models import User
from domain.date_changes import RequestStatus
from domain.lifecycle import OPEN, Status
from domain.lights import Light, LightRule
from history.models import Change
from milestones.models import DateChangeItem, Hold, Node
from milestones.queries import NodeRow, node_rows
from milestones.querysets import NodeQuerySet, light_condition

MOST_CARDS, MOST_LINES = 30, 300
"""So many rows of a section are shown; who has more to do works from the lists."""

WEEK = timedelta(days=7)


class Section(StrEnum):
    """Where an open node stands on the page; the first that fits.

    OWED: overdue or due soon, or somebody has reminded of it. HELD: its clock stands still. WAITING: it cannot
    go on because of something before it. WEEK: running, or due within a week. IDLE: it could have been started
    for more than 5 working days (待启动超期). STARTABLE: it could be started.
    """

    OWED = "owed"
    HELD = "held"
    WAITING = "waiting"
    WEEK = "week"
    IDLE = "idle"
    STARTABLE = "startable"


@dataclass(frozen=True, slots=True)
class Reminder:
    by: str
    on: date
    text: str


@dataclass(frozen=True, slots=True)
class Card:
    """One node and what is to be said of it here: the proof that its template asks for, who reminded of it
    since anything was done about it, and why it is on hold.
    """

    row: NodeRow
    proof: str
    reminder: Reminder | None
    why_held: str

    @property
    def may_start(self) -> bool:
        return self.row.status == Status.WAITING and not self.row.blocked_by


@dataclass(frozen=True, slots=True)
class WaitsFor:
    """Those rows that wait for a node of the unit `who` (blank: of nobody in particular).

    `is_own`: that is the reader's own unit.
    """

    who: str
    is_own: bool
    rows: Sequence[NodeRow]


@dataclass(frozen=True, slots=True)
class SentBack:
    """A date change that somebody wants to have completed before deciding."""

    node_id: int
    node: str
    project_id: int
    project: str
    due_before: date | None
    due_after: date
    by: str
    answer: str


@dataclass(frozen=True)
class MyWork:
    """The cards of the sections, at most `MOST_CARDS` of each; `counts` says how many there are."""

    cards: Mapping[Section, Sequence[Card]]
    counts: Mapping[Section, int]
    waiting: Sequence[WaitsFor] = field(default_factory=list)
    sent_back: Sequence[SentBack] = field(default_factory=list)

    @property
    def for_others(self) -> int:
        """How many of the rows shown wait for somebody else."""
        return sum(len(group.rows) for group in self.waiting if not group.is_own)

    @property
    def waiting_shown(self) -> int:
        return sum(len(group.rows) for group in self.waiting)

    @property
    def today(self) -> int:
        """How many things are to be done today."""
        return self.counts[Section.OWED] + len(self.sent_back)

    @property
    def is_nothing(self) -> bool:
        """Whether there is nothing that could be done now, not even on what is on hold."""
        return not self.today and all(
            not count for section, count in self.counts.items() if section is not Section.WAITING
        )


def my_nodes(user: User) -> NodeQuerySet:
    """The open nodes that are this person's to move: the own projects', or for managers the own unit's."""
    mine = Node.objects.editable_by(user).filter(status__in=OPEN)
    return mine if user.role == User.Role.LIAISON else mine.filter(unit=user.unit_id)


def my_work(user: User, rule: LightRule) -> MyWork:
    """At most eight questions, however much there is to do."""
    mine = my_nodes(user)
    reminders = _reminders(mine)
    found = _in_sections(mine, reminders, rule)
    shown = {section: pks[: _most(section)] for section, pks in found.items()}
    rows = _rows([pk for pks in shown.values() for pk in pks], rule)
    proofs, reasons = _proofs(rows), _why_held(rows)
    cards: dict[Section, Sequence[Card]] = {
        section: [
            Card(rows[pk], proofs.get(pk, ""), reminders.get(pk), reasons.get(pk, ""))
            for pk in shown[section]
            if pk in rows
        ]
        for section in Section
        if section is not Section.WAITING
    }
    return MyWork(
        cards=cards,
        counts={section: len(found[section]) for section in Section},
        waiting=_by_who([rows[pk] for pk in shown[Section.WAITING] if pk in rows], user),
        sent_back=_sent_back(user),
    )


def _most(section: Section) -> int:
    return MOST_LINES if section is Section.WAITING else MOST_CARDS


def _in_sections(
    mine: NodeQuerySet, reminded: Iterable[int], rule: LightRule
) -> Mapping[Section, Sequence[int]]:
    """The nodes of each section, the earliest deadline first; in one question."""
    all_mine = mine.order_by()
    week = Q(status=Status.RUNNING) | Q(deadline_on__lte=rule.today + WEEK)
    section = Case(
        When(pk__in=list(reminded), then=Value(Section.OWED)),
        When(status=Status.HELD, then=Value(Section.HELD)),
        When(pk__in=all_mine.held_up().values("pk"), then=Value(Section.WAITING)),
        When(
            light_condition(Light.RED, rule) | light_condition(Light.YELLOW, rule), then=Value(Section.OWED)
        ),
        When(week, then=Value(Section.WEEK)),
        When(pk__in=all_mine.idle(rule).values("pk"), then=Value(Section.IDLE)),
        default=Value(Section.STARTABLE),
        output_field=CharField(),
    )
    found: dict[Section, list[int]] = {section: [] for section in Section}
    rows = mine.annotate(section=section).order_by(F("deadline_on").asc(nulls_last=True), "pk")
    for pk, name in rows.values_list("pk", "section"):
        found[Section(name)].append(pk)
    return found


def _rows(pks: Sequence[int], rule: LightRule) -> dict[int, NodeRow]:
    return {row.pk: row for row in node_rows(Node.objects.filter(pk__in=pks), rule)}


def _reminders(mine: NodeQuerySet) -> dict[int, Reminder]:
    """By node, the last reminder that nothing has been done about since."""
    of_node = Change.objects.filter(node=OuterRef("node"), pk__gt=OuterRef("pk"))
    unheard = (
        Change.objects.filter(verb=Change.Verb.NODE_REMINDED, node__in=mine.order_by().values("pk"))
        .exclude(Exists(of_node.exclude(verb=Change.Verb.NODE_REMINDED)))
        .select_related("actor")
        .order_by("pk")
    )
    return {
        change.node_id: Reminder(str(change.actor), timezone.localtime(change.at).date(), change.note)
        for change in unheard
        if change.node_id
    }


def _proofs(pks: Iterable[int]) -> dict[int, str]:
    asking = Node.objects.filter(pk__in=pks).exclude(template_node__proof="")
    return dict(asking.values_list("pk", "template_node__proof"))


def _why_held(pks: Iterable[int]) -> dict[int, str]:
    """The reason of the hold that a node is on, the last one where there are several."""
    holds = Hold.objects.filter(node__in=pks).open().order_by("held_on", "pk")
    return dict(holds.values_list("node_id", "reason"))


def _by_who(rows: Iterable[NodeRow], user: User) -> list[WaitsFor]:
    """Rows by the unit that could let them go on; whom most rows wait for first, the own unit last."""
    own = user.unit.name if user.unit else None
    groups: dict[str, list[NodeRow]] = defaultdict(list)
    for row in rows:
        groups[next((near.unit for near in row.causes or row.blocked_by), "")].append(row)
    found = [WaitsFor(who, who == own, of) for who, of in groups.items()]
    return sorted(found, key=lambda group: (group.is_own, -len(group.rows)))


def _sent_back(user: User) -> list[SentBack]:
    """The date changes that `user` asked for and is to complete."""
    items = DateChangeItem.objects.filter(
        visible(user, "node__project__"),
        change__status=RequestStatus.RETURNED, change__asked_by=user,
        node=F("change__node"), node__status__in=OPEN,
    ).select_related("change__decided_by", "node__template_node", "node__project").order_by("change")  # fmt: skip
    return [
        SentBack(
            node_id=item.node_id, node=item.node.template_node.label,
            project_id=item.node.project_id, project=item.node.project.name,
            due_before=item.due_before, due_after=item.due_after,
            by=str(item.change.decided_by or ""), answer=item.change.answer,
        )
        for item in items
    ]  # fmt: skip
