"""One project's chain as it stands, read at once, and what follows from it: forward view and elapsed time."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from itertools import islice
from typing import NamedTuple

from domain.chains import ClockOwner, working_days
from domain.elapsed import NodeTime, Split, Work, node_time, split
from domain.lifecycle import Status
from domain.lights import LightRule
from domain.outlook import Fact, Outlook, drift, outlook
from domain.workdays import ONE_DAY
from milestones.graph import ChainGraph, graph_of, steps_of
from milestones.models import Chain, Hold, Node, TemplateNode
from milestones.publishing import promise_of

FORECAST_CODES = ("pile", "accept", "prod")
"""Piling start, completion and production, as the built-in chains call them: what everybody asks for first."""


class NodeState(NamedTuple):
    """What is read of a node."""

    pk: int
    step: int
    template: int
    status: Status
    baseline_on: date | None
    limit: int | None
    limit_on: date | None
    started_on: date | None
    finished_on: date | None
    waived_on: date | None


_COLUMNS = (
    "pk", "template_node_id", "template_node__template_id", "status", "baseline_on", "limit", "limit_on", "started_on",
    "finished_on", "waived_on",
)  # fmt: skip

_STATUS = {status.value: status for status in Status}
_AT_ONCE = 500

HoldDays = tuple[date, date | None]
"""The first day on hold and the day that the clock ran again, or None while it stands still."""


@dataclass(frozen=True, slots=True)
class Forecast:
    """When a node is expected, or was done, beside its baseline; `drift` in working days, negative: earlier."""

    pk: int
    label: str
    code: str
    expected_on: date
    baseline_on: date | None
    drift: int | None
    is_done: bool
    is_open_ended: bool


@dataclass(frozen=True)
class Promise:
    """How the promise of the whole is kept, such as “most 90 days” (S56): `counted` of `days` working days.

    `is_over`: the last node of the promise is done. `is_unconfirmed` is shown as 待核.
    """

    days: int
    counted: int
    first_on: date
    is_over: bool
    is_unconfirmed: bool
    source: str


@dataclass(frozen=True)
class ChainState:
    """The nodes of a project's chain and their holds; nodes of an earlier version are left out.

    Keys of what is computed are numbers of nodes.
    """

    chain: Chain
    nodes: Mapping[int, NodeState]
    """By number of the template's node."""
    holds: Mapping[int, tuple[HoldDays, ...]]
    reasons: Mapping[int, str] = field(default_factory=dict)
    """Why those are on hold that are."""
    moved_days: Mapping[int, int] = field(default_factory=dict)
    """The working days on hold that due dates contain."""

    @cached_property
    def pks(self) -> frozenset[int]:
        """The numbers of its nodes."""
        return frozenset(node.pk for node in self.nodes.values())

    @cached_property
    def graph(self) -> ChainGraph:
        return graph_of(self.chain.template_id)

    @cached_property
    def steps(self) -> Mapping[int, TemplateNode]:
        return steps_of(self.chain.template_id)

    def outlook(self, rule: LightRule) -> Outlook[int]:
        """The forward view on the day of the rule."""
        facts = [self._fact(step, node, rule) for step, node in self.nodes.items()]
        return outlook(facts, starts_on=self.chain.starts_on, today=rule.today, calendar=rule.calendar)

    def times(self, rule: LightRule) -> dict[int, NodeTime]:
        """The working days that each node that was started has worked and was held."""
        return {work.key: node_time(work, rule.today, rule.calendar) for work in self._works()}

    def split(self, rule: LightRule) -> Split:
        """Whose the working days of the project were, from the first start to the last end or today."""
        works = self._works()
        last = max((work.ended_on for work in works if work.ended_on), default=None)
        is_over = all(node.status in {Status.DONE, Status.WAIVED} for node in self.nodes.values())
        return split(works, last=last if is_over else None, today=rule.today, calendar=rule.calendar)

    def promise(self, rule: LightRule) -> Promise | None:
        """How far the promise of the template is used up; None where there is none or it has not begun."""
        said = promise_of(self.chain.template)
        first = self._by_code(said.since) if said else None
        if said is None or first is None or first.started_on is None:
            return None
        last = self._by_code(said.until)
        until = last.finished_on if last else None
        counted = split(
            self._works(), first=first.started_on, last=until, today=rule.today, calendar=rule.calendar
        ).promised
        return Promise(
            days=working_days(said.days, said.unit), counted=counted, first_on=first.started_on,
            is_over=until is not None, is_unconfirmed=said.unconfirmed, source=said.source,
        )  # fmt: skip

    def forecasts(self, rule: LightRule, expected: Outlook[int]) -> list[Forecast]:
        """Piling start, completion and production; where the chain has none of them, its key nodes."""
        wanted = [node for node in self.nodes.values() if self.steps[node.step].code in FORECAST_CODES]
        wanted = wanted or [node for node in self.nodes.values() if self.steps[node.step].is_key]
        found = (self._forecast(node, rule, expected) for node in wanted)
        return [forecast for forecast in found if forecast is not None]

    def ready_on(self, pk: int) -> date | None:
        """The day since when a node could be started; None while something before it is open."""
        closed = {
            step: (node.status, node.finished_on or node.waived_on) for step, node in self.nodes.items()
        }
        step = next(node.step for node in self.nodes.values() if node.pk == pk)
        return self.graph.ready_on(step, closed, self.chain.starts_on)

    def _fact(self, step: int, node: NodeState, rule: LightRule) -> Fact[int]:
        pks, graph = self._pks, self.graph
        before = (*graph.hard.get(step, ()), *graph.soft.get(step, ()))
        return Fact(
            key=node.pk, status=node.status, duration=self.steps[step].plan_days,
            started_on=node.started_on, finished_on=node.finished_on, limit_on=self._limit_on(node, rule),
            held_days=self._held(node, rule),
            waits_for=tuple([pks[key] for key in before if key in pks]),
            any_of=tuple(
                [tuple([pks[key] for key in group if key in pks]) for group in graph.groups.get(step, ())]
            ),
        )  # fmt: skip

    def _limit_on(self, node: NodeState, rule: LightRule) -> date | None:
        """The end of the approval clock; while the node is on hold, what it would be if that ended today."""
        if node.status is not Status.HELD or not (node.limit_on and node.limit and node.started_on):
            return node.limit_on
        holds = [(first, (resumed or rule.today) - ONE_DAY) for first, resumed in self.holds.get(node.pk, ())]
        return self.steps[node.step].clock_ends_on(node.started_on, node.limit, rule.calendar, holds)

    def _held(self, node: NodeState, rule: LightRule) -> int:
        if node.pk not in self.holds or node.started_on is None:
            return 0
        return node_time(self._work(node, node.started_on), rule.today, rule.calendar).held

    def _works(self) -> list[Work[int]]:
        return [self._work(node, node.started_on) for node in self.nodes.values() if node.started_on]

    def _work(self, node: NodeState, started_on: date) -> Work[int]:
        return Work(
            key=node.pk, owner=ClockOwner(self.steps[node.step].clock), started_on=started_on,
            ended_on=node.finished_on or node.waived_on, holds=self.holds.get(node.pk, ()),
        )  # fmt: skip

    def _forecast(self, node: NodeState, rule: LightRule, expected: Outlook[int]) -> Forecast | None:
        ahead = expected.expected.get(node.pk)
        day = ahead.finishes_on if ahead else node.finished_on
        if day is None:
            return None
        step = self.steps[node.step]
        return Forecast(
            pk=node.pk, label=step.label, code=step.code, expected_on=day, baseline_on=node.baseline_on,
            drift=drift(rule.calendar, node.baseline_on, day) if node.baseline_on else None,
            is_done=ahead is None, is_open_ended=ahead is not None and ahead.is_open_ended,
        )  # fmt: skip

    def _by_code(self, code: str) -> NodeState | None:
        return next((node for node in self.nodes.values() if self.steps[node.step].code == code), None)

    @cached_property
    def _pks(self) -> dict[int, int]:
        return {step: node.pk for step, node in self.nodes.items()}


def chain_state(project_id: int) -> ChainState | None:
    """The chain of a project as it stands, in three queries; None where none was laid."""
    return next(chain_states([project_id]), None)


def state_of(chain: Chain) -> ChainState:
    """A chain that was read with its template, as it stands; two queries."""
    return next(_states([chain]))


def chain_states(project_ids: Iterable[int]) -> Iterator[ChainState]:
    """The chains of many projects as they stand, three queries for every `_AT_ONCE` projects; in no order."""
    projects = iter(project_ids)
    while batch := list(islice(projects, _AT_ONCE)):
        yield from _states(Chain.objects.filter(project__in=batch).select_related("template"))


def _states(chains: Iterable[Chain]) -> Iterator[ChainState]:
    chains = list(chains)
    projects = [chain.project_id for chain in chains]
    nodes, holds = _nodes(projects), _holds(projects)
    for chain in chains:
        mine = [node for node in nodes[chain.project_id] if node.template == chain.template_id]
        held = {node.pk: holds[node.pk] for node in mine if node.pk in holds}
        yield ChainState(
            chain, {node.step: node for node in mine},
            {pk: tuple(hold.days) for pk, hold in held.items()},
            {pk: hold.reason for pk, hold in held.items() if hold.reason},
            {pk: hold.moved_days for pk, hold in held.items() if hold.moved_days},
        )  # fmt: skip


def _nodes(projects: list[int]) -> dict[int, list[NodeState]]:
    found: dict[int, list[NodeState]] = defaultdict(list)
    rows = Node.objects.filter(project__in=projects).order_by("template_node__position")
    for project, *row in rows.values_list("project_id", *_COLUMNS):
        found[project].append(NodeState._make((*row[:3], _STATUS[row[3]], *row[4:])))
    return found


@dataclass(slots=True)
class _Held:
    """The holds of a node; `reason` is that of the open one that began last."""

    days: list[HoldDays] = field(default_factory=list)
    reason: str = ""
    moved_days: int = 0


def _holds(projects: list[int]) -> dict[int, _Held]:
    found: dict[int, _Held] = defaultdict(_Held)
    holds = Hold.objects.filter(node__project__in=projects).order_by("held_on", "pk")
    for pk, first, resumed, reason, moved in holds.values_list(
        "node_id", "held_on", "resumed_on", "reason", "moved_days"
    ):
        found[pk].days.append((first, resumed))
        found[pk].moved_days += moved
        if resumed is None:
            found[pk].reason = reason
    return found
