"""All chains as they were known to stand on a day, read into matrices: one for each version of a template."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice

import numpy as np
import numpy.typing as npt
from django.db.models import QuerySet

from domain.chain_matrix import ABSENT, CODES, DONE, HELD, RUNNING, WAITING, WAIVED, ChainMatrix, StepGraph
from domain.day_ranks import UNKNOWN, DayRanks, Days
from domain.schedule import Activity, order
from domain.workdays import LimitUnit, WorkCalendar, days_held
from milestones.graph import graph_of, steps_of
from milestones.models import Chain, Hold, Node, TemplateNode

_AT_ONCE = 20_000
_HORIZON = timedelta(days=80 * 365)
"""What is expected later than this is expected on the last day of it."""

Ids = npt.NDArray[np.int64]

_CODE_OF = {status.value: code for status, code in CODES.items()}


@dataclass(frozen=True)
class Batch:
    """The chains of one version of a template; `projects` names the rows of the matrix, `steps` its columns.

    `nodes` and `units` are primary keys, nought where there is none.
    """

    template: int
    steps: Sequence[TemplateNode]
    projects: Ids
    nodes: Ids
    units: Ids
    matrix: ChainMatrix


@dataclass(frozen=True)
class Facts:
    """All chains as known at the end of `today`."""

    today: date
    calendar: WorkCalendar
    ranks: DayRanks
    batches: Sequence[Batch]


def read_facts(today: date, calendar: WorkCalendar, *, projects: Iterable[int] | None = None) -> Facts:
    """The chains of all projects, or of these, as they were known to stand at the end of `today`.

    For a day in the past, what happened or was entered later is not known: a node finished since is still open. Its
    due date is the one of now, since the earlier ones are not kept as such. A finish that is dated in the future has
    not happened.
    """
    nodes, holds, of_projects = Node.objects.all(), Hold.objects.all(), Chain.objects.all()
    if projects is not None:
        chosen = list(projects)
        nodes, holds = nodes.filter(project__in=chosen), holds.filter(node__project__in=chosen)
        of_projects = of_projects.filter(project__in=chosen)
    chains = list(of_projects.order_by("template", "project").values_list("template", "project", "starts_on"))
    first = min((starts_on for _, _, starts_on in chains), default=today)
    ranks = DayRanks(calendar, min(first, today), today + _HORIZON)
    makers = _makers(chains)
    for rows in _node_rows(nodes, today):
        for maker in makers:
            maker.take(rows)
    on_hold = _on_hold(holds, today)
    return Facts(today, calendar, ranks, [maker.batch(today, calendar, ranks, on_hold) for maker in makers])


def step_graph(template: int) -> tuple[list[TemplateNode], StepGraph]:
    """The steps of a published template in their order, and what each waits for as numbers of columns."""
    steps = list(steps_of(template).values())
    columns = {step.pk: column for column, step in enumerate(steps)}
    graph = graph_of(template)

    def numbers(keys: Iterable[int]) -> tuple[int, ...]:
        return tuple(columns[key] for key in keys)

    activities = [Activity(str(step.pk), 0, tuple(map(str, graph.before(step.pk)))) for step in steps]
    return steps, StepGraph(
        hard=[numbers(graph.hard.get(step.pk, ())) for step in steps],
        groups=[[numbers(group) for group in graph.groups.get(step.pk, ())] for step in steps],
        soft=[numbers(graph.soft.get(step.pk, ())) for step in steps],
        order=numbers(map(int, order(activities))),
    )


@dataclass(frozen=True)
class _Rows:
    """Some nodes, a column for each thing that is known of them."""

    project: Ids
    step: Ids
    node: Ids
    unit: Ids
    status: npt.NDArray[np.int8]
    started: Days
    closed: Days
    due: Days
    limit: Days


def _node_rows(nodes: QuerySet[Node], today: date) -> Iterator[_Rows]:
    """The nodes, with what was known of them on the day."""
    rows = (
        nodes.values_list(
            "project_id", "template_node_id", "pk", "unit_id", "status", "started_on", "finished_on",
            "waived_on", "due_on", "limit", "start_entered_on", "finish_entered_on",
        )
        .iterator(_AT_ONCE)
    )  # fmt: skip
    while part := list(islice(rows, _AT_ONCE)):
        columns = list(zip(*part, strict=True))
        project, step, node, unit = (_ids(column) for column in columns[:4])
        status = np.array([_CODE_OF[said] for said in columns[4]], dtype=np.int8)
        started, finished, waived, due = (_days(column) for column in columns[5:9])
        limit = np.array([-1 if said is None else said for said in columns[9]], dtype=np.int32)
        start_entered, finish_entered = (_days(column) for column in columns[10:])
        yield _known_on(
            today,
            _Rows(project, step, node, unit, status, started, finished, due, limit),
            waived, start_entered, finish_entered,
        )  # fmt: skip


def _known_on(today: date, rows: _Rows, waived: Days, start_entered: Days, finish_entered: Days) -> _Rows:
    """The rows without what happened, or was entered, after the day."""
    day = today.toordinal()
    started = np.where(np.maximum(rows.started, start_entered) <= day, rows.started, UNKNOWN)
    status = rows.status.copy()
    undone = (status == DONE) & (np.maximum(rows.closed, finish_entered) > day)
    unwaived = (status == WAIVED) & (waived > day)
    begun = np.isin(status, (RUNNING, HELD)) | undone
    status[(undone | unwaived) & (started != UNKNOWN)] = RUNNING
    status[((undone | unwaived) | begun) & (started == UNKNOWN)] = WAITING
    closed = np.where(status == DONE, rows.closed, np.where(status == WAIVED, waived, UNKNOWN))
    return _Rows(
        rows.project, rows.step, rows.node, rows.unit, status,
        started.astype(np.int32), closed.astype(np.int32), rows.due, rows.limit,
    )  # fmt: skip


def _ids(column: Sequence[int | None]) -> Ids:
    return np.array([said or 0 for said in column], dtype=np.int64)


def _days(column: Sequence[date | None]) -> Days:
    return np.array([said.toordinal() if said else UNKNOWN for said in column], dtype=np.int32)


@dataclass(frozen=True)
class _Holds:
    """First and last days on hold up to the day, by node; `now` are the nodes on hold on the day itself."""

    spans: Mapping[int, Sequence[tuple[date, date]]]
    now: Ids

    def of(self, nodes: Ids) -> npt.NDArray[np.bool_]:
        return np.isin(nodes, np.array(list(self.spans), dtype=np.int64))


def _on_hold(holds: QuerySet[Hold], today: date) -> _Holds:
    spans: dict[int, list[tuple[date, date]]] = defaultdict(list)
    now = set[int]()
    rows = holds.filter(held_on__lte=today).values_list("node_id", "held_on", "resumed_on")
    for node, held_on, resumed_on in rows.iterator(_AT_ONCE):
        if resumed_on is None or resumed_on > today:
            now.add(node)
        last = today if resumed_on is None else min(today, resumed_on - timedelta(days=1))
        spans[node].append((held_on, last))
    return _Holds(spans, np.array(sorted(now), dtype=np.int64))


class _Maker:
    """Fills the matrices of one version of a template."""

    def __init__(self, template: int, projects: Sequence[int], starts_on: Sequence[date]) -> None:
        self.template = template
        self.steps, self.graph = step_graph(template)
        self.projects = np.array(projects, dtype=np.int64)
        self.starts_on = _days(starts_on)
        keys = np.array([step.pk for step in self.steps], dtype=np.int64)
        self._order = np.argsort(keys)
        self._keys = keys[self._order]
        shape = (len(projects), len(self.steps))
        self.nodes, self.units = np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.int64)
        self.status = np.full(shape, ABSENT, dtype=np.int8)
        self.started, self.closed, self.due = (np.zeros(shape, dtype=np.int32) for _ in range(3))
        self.limit = np.full(shape, -1, dtype=np.int32)

    def take(self, rows: _Rows) -> None:
        """Put those of the rows that are ours in their places."""
        if not len(self._keys) or not len(self.projects):
            return
        column = np.minimum(np.searchsorted(self._keys, rows.step), len(self._keys) - 1)
        row = np.minimum(np.searchsorted(self.projects, rows.project), len(self.projects) - 1)
        ours = (self._keys[column] == rows.step) & (self.projects[row] == rows.project)
        at = (row[ours], self._order[column[ours]])
        self.nodes[at], self.units[at] = rows.node[ours], rows.unit[ours]
        self.status[at] = rows.status[ours]
        self.started[at], self.closed[at] = rows.started[ours], rows.closed[ours]
        self.due[at], self.limit[at] = rows.due[ours], rows.limit[ours]

    def batch(self, today: date, calendar: WorkCalendar, ranks: DayRanks, holds: _Holds) -> Batch:
        self._mark_held(holds)
        plan = np.array([max(1, step.plan_days) for step in self.steps], dtype=np.int32)
        matrix = ChainMatrix(
            graph=self.graph, starts_on=self.starts_on, status=self.status,
            started_on=self.started, closed_on=self.closed, due_on=self.due,
            plan=np.broadcast_to(plan, self.status.shape),
            limit=self._limits(today, ranks), held=self._held(today, calendar, holds),
        )  # fmt: skip
        return Batch(self.template, self.steps, self.projects, self.nodes, self.units, matrix)

    def _mark_held(self, holds: _Holds) -> None:
        on_hold = np.isin(self.nodes, holds.now)
        self.status[(self.status == HELD) & ~on_hold] = RUNNING
        self.status[(self.status == RUNNING) & on_hold] = HELD

    def _limits(self, today: date, ranks: DayRanks) -> Days:
        """The limits in working days: of those in calendar days, the working days that lie in them."""
        limits = self.limit.copy()
        for column, step in enumerate(self.steps):
            if step.limit_unit == LimitUnit.CALENDAR:
                began = np.where(
                    self.started[:, column] == UNKNOWN, today.toordinal(), self.started[:, column]
                )
                within = ranks.count(began, began + limits[:, column])
                limits[:, column] = np.where(limits[:, column] >= 0, within, -1)
        return limits

    def _held(self, today: date, calendar: WorkCalendar, holds: _Holds) -> Days:
        """The working days on hold up to the end of each node, or today."""
        held = np.zeros(self.status.shape, dtype=np.int32)
        for row, column in zip(*np.nonzero(holds.of(self.nodes)), strict=True):
            closed = int(self.closed[row, column])
            end = date.fromordinal(closed) if closed != UNKNOWN else today
            pairs = [(first, min(last, end)) for first, last in holds.spans[int(self.nodes[row, column])]]
            held[row, column] = days_held(calendar, pairs)
        return held


def _makers(chains: Sequence[tuple[int, int, date]]) -> list[_Maker]:
    of_template: dict[int, list[tuple[int, date]]] = defaultdict(list)
    for template, project, starts_on in chains:
        of_template[template].append((project, starts_on))
    return [
        _Maker(template, [project for project, _ in rows], [starts_on for _, starts_on in rows])
        for template, rows in of_template.items()
    ]
