"""What the panel of one node shows: its dates and whose they are, what it waits for, what can be done with it now."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from accounts.models import Unit, User
from accounts.permits import Permit, common_refusal
from domain.lifecycle import OPEN
from domain.lights import LightRule
from domain.workdays import ONE_DAY, LimitUnit, WorkCalendar
from history.models import Change
from milestones import obstacles
from milestones.chain_states import ChainState, state_of
from milestones.editing.words import limit_words
from milestones.models import CLOCK_LABELS, DateChange, Hold, Node, Proof
from milestones.permitted import Deed, permits
from milestones.project_page.page import NodeLine, node_address, node_lines
from milestones.project_page.timeline import Entry, entries
from milestones.queries import Neighbour, NodeRow, node_rows

ENTRIES = 30


@dataclass(frozen=True, slots=True)
class HoldLine:
    """A hold and how many working days it has lasted; `last_on` is its last day, None while it goes on."""

    hold: Hold
    last_on: date | None
    days: int


@dataclass(frozen=True)
class NodePanel:
    """`ready_on`: since when the node could be started. `prefers`: what usually comes first and is still open."""

    node: Node
    line: NodeLine
    stage: str
    clock: str
    limit: str
    ready_on: date | None
    prefers: tuple[Neighbour, ...]
    is_start_back_filled: bool
    is_finish_back_filled: bool
    holds: tuple[HoldLine, ...]
    date_changes: Sequence[DateChange]
    proofs: Sequence[Proof]
    entries: Sequence[Entry]
    permits: Mapping[Deed, Permit]
    units: Sequence[Unit]
    raise_url: str

    @property
    def row(self) -> NodeRow:
        return self.line.row

    @property
    def open_deeds(self) -> frozenset[Deed]:
        return frozenset(deed for deed, permit in self.permits.items() if permit.is_open)

    @property
    def closed_deeds(self) -> list[Permit]:
        return [permit for permit in self.permits.values() if not permit.is_open]

    @property
    def why_none(self) -> str:
        """Why nothing at all is open, where that has one reason."""
        return common_refusal(self.permits.values())

    @property
    def may_change(self) -> bool:
        """Whether the node is the reader's to change, whatever can be done with it now."""
        return bool(self.open_deeds)

    @property
    def open_holds(self) -> list[HoldLine]:
        return [line for line in self.holds if line.last_on is None]


def node_panel(node: Node, user: User, rule: LightRule, *, is_theirs: bool) -> NodePanel:
    """The panel of `node` (read with its project's chain and template) for `user`."""
    (row,) = node_rows([node], rule)
    chain = getattr(node.project, "chain", None)
    state = state_of(chain) if chain else None
    allowed = permits(row, user, rule, is_theirs=is_theirs)
    step = node.template_node
    return NodePanel(
        node=node,
        line=_line(row, state, rule),
        stage=step.stage_label,
        clock=str(CLOCK_LABELS.get(step.clock, "")),  # type: ignore[call-overload]
        limit=limit_words(node.limit, LimitUnit(step.limit_unit)) if node.limit else "",
        ready_on=state.ready_on(node.pk) if state and node.pk in state.pks else None,
        prefers=_prefers(node, state),
        is_start_back_filled=rule.is_back_filled(node.started_on, node.start_entered_on),
        is_finish_back_filled=rule.is_back_filled(node.finished_on, node.finish_entered_on),
        holds=tuple(_holds(node, rule)),
        date_changes=list(DateChange.objects.filter(node=node).for_list()),
        proofs=list(Proof.objects.filter(node=node).live().select_related("added_by")),
        entries=entries(_changes(node), rule, node_address),
        permits=allowed,
        units=list(Unit.objects.all()) if allowed[Deed.ASSIGN].is_open else (),
        raise_url=obstacles.source().raising(node, user) if row.status in OPEN else "",
    )


def _line(row: NodeRow, state: ChainState | None, rule: LightRule) -> NodeLine:
    if state is None or row.pk not in state.pks:
        return NodeLine(row)
    (line,) = node_lines([row], state, state.outlook(rule), rule)
    return line


def _prefers(node: Node, state: ChainState | None) -> tuple[Neighbour, ...]:
    if state is None:
        return ()
    statuses = {step: one.status for step, one in state.nodes.items()}
    open_before = state.graph.soft_before(node.template_node_id, statuses)
    return tuple(Neighbour(state.nodes[key].pk, state.steps[key].label, "") for key in open_before)


def _holds(node: Node, rule: LightRule) -> list[HoldLine]:
    found = Hold.objects.filter(node=node).select_related("held_by", "resumed_by")
    return [_hold_line(hold, rule.today, rule.calendar) for hold in found]


def _hold_line(hold: Hold, today: date, calendar: WorkCalendar) -> HoldLine:
    last = hold.resumed_on - ONE_DAY if hold.resumed_on else None
    return HoldLine(hold, last, max(0, calendar.count(hold.held_on - ONE_DAY, last or today)))


def _changes(node: Node) -> list[Change]:
    return list(node.changes.select_related("actor", "node__template_node", "issue")[:ENTRIES])
