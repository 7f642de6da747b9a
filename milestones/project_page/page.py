"""What the page of one project shows, read at once: the chain as it stands, and what follows from it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import groupby

from django.urls import reverse

from domain.chains import ClockOwner
from domain.elapsed import NodeTime
from domain.lifecycle import OPEN, Status
from domain.lights import Light, LightRule
from domain.outlook import Expected, Outlook, drift
from milestones.chain_states import ChainState, Forecast, state_of
from milestones.drawing.chain_picture import ChainPicture
from milestones.drawing.gantt import Gantt, gantt
from milestones.drawing.gantt_rows import gantt_rows
from milestones.drawing.time_scale import Zoom
from milestones.models import Chain
from milestones.project_lights import project_light
from milestones.project_page.clocks import Clocks, clocks_of
from milestones.project_page.code_meaning import CodeMeaning, code_meaning
from milestones.project_page.map import names_of, project_map
from milestones.project_page.sentence import Clause, project_clauses
from milestones.queries import NodeRow, node_rows
from milestones.querysets import NodeQuerySet
from projects.models import Project


@dataclass(frozen=True, slots=True)
class NodeLine:
    """A node as the list of its project shows it.

    `drift`: working days after the baseline that it was finished or is expected, negative before it. `time`:
    the working days it was worked on and on hold so far, of `owner`'s clock. `moved_days`: the working days on
    hold that its due date contains.
    """

    row: NodeRow
    owner: ClockOwner | None = None
    expected: Expected | None = None
    drift: int | None = None
    time: NodeTime | None = None
    moved_days: int = 0
    is_critical: bool = False


@dataclass(frozen=True, slots=True)
class StageLines:
    label: str
    lines: tuple[NodeLine, ...]


@dataclass(frozen=True, slots=True)
class Progress:
    """How many nodes are done, of those that are to be done; the waived ones apart."""

    done: int
    to_do: int
    waived: int


@dataclass(frozen=True)
class ProjectPage:
    """`left`: closed nodes of an earlier version of the chain, which the map does not show.

    `whole`: when the whole chain is expected to be done, None where it is or no chain was laid.
    """

    project: Project
    chain: Chain | None
    light: Light
    progress: Progress
    code: CodeMeaning | None
    sentence: tuple[Clause, ...]
    forecasts: tuple[Forecast, ...]
    whole: Forecast | None
    stages: tuple[StageLines, ...]
    left: tuple[NodeLine, ...]
    picture: ChainPicture | None
    clocks: Clocks | None
    gantt: Gantt | None


def node_address(pk: int) -> str:
    """Where a node has a page of its own; on its project's page it opens beside it."""
    return f"{_before_the_number()}{pk}/"


@cache
def _before_the_number() -> str:
    """Asked for once: a page has some two hundred addresses of nodes."""
    return reverse("milestones:node", args=[0]).removesuffix("0/")


def project_page(project: Project, nodes: NodeQuerySet, rule: LightRule, zoom: Zoom) -> ProjectPage:
    """The page of `project` (read with its chain and template), of which `nodes` are those to be shown.

    Five queries: three for the rows, two for the chain as it stands.
    """
    rows = node_rows(nodes.order_by("template_node__position", "pk"), rule)
    chain = getattr(project, "chain", None)
    state = state_of(chain) if chain else None
    if state is None:
        return _without_chain(project, rows, rule)
    outlook = state.outlook(rule)
    forecasts = state.forecasts(rule, outlook)
    mine = [row for row in rows if row.pk in state.pks]
    lines = node_lines(mine, state, outlook, rule)
    return ProjectPage(
        project=project, chain=chain, light=_light(mine), progress=_progress(mine),
        code=code_meaning(project.code),
        sentence=tuple(project_clauses(mine, forecasts, state.reasons, rule.today, node_address)),
        forecasts=tuple(forecasts), whole=_whole(mine, outlook, rule),
        stages=tuple(_stages(lines, names_of(state.chain.template.stages))),
        left=tuple(NodeLine(row) for row in rows if row.pk not in state.pks),
        picture=project_map(mine, state, outlook, node_address),
        clocks=clocks_of(state, rule), gantt=_gantt(mine, state, outlook, rule, zoom),
    )  # fmt: skip


def project_gantt(project: Project, nodes: NodeQuerySet, rule: LightRule, zoom: Zoom) -> Gantt | None:
    """The Gantt chart alone, for another zoom."""
    chain = getattr(project, "chain", None)
    if chain is None:
        return None
    state = state_of(chain)
    rows = node_rows(nodes.order_by("template_node__position", "pk"), rule)
    mine = [row for row in rows if row.pk in state.pks]
    return _gantt(mine, state, state.outlook(rule), rule, zoom)


def _without_chain(project: Project, rows: Sequence[NodeRow], rule: LightRule) -> ProjectPage:
    return ProjectPage(
        project=project, chain=None, light=_light(rows), progress=_progress(rows),
        code=code_meaning(project.code),
        sentence=tuple(project_clauses(rows, (), {}, rule.today, node_address)),
        forecasts=(), whole=None, stages=(), left=tuple(NodeLine(row) for row in rows),
        picture=None, clocks=None, gantt=None,
    )  # fmt: skip


def _light(rows: Sequence[NodeRow]) -> Light:
    waited_for = {near.pk for row in rows for near in row.blocked_by}
    return project_light(
        {row.pk: row.light for row in rows if row.status in OPEN}, waited_for, is_laid=bool(rows)
    )


def _progress(rows: Sequence[NodeRow]) -> Progress:
    statuses = [row.status for row in rows]
    waived = statuses.count(Status.WAIVED)
    return Progress(statuses.count(Status.DONE), len(rows) - waived, waived)


def _whole(rows: Sequence[NodeRow], outlook: Outlook[int], rule: LightRule) -> Forecast | None:
    """The whole chain as if it were one node."""
    if outlook.finishes_on is None:
        return None
    last = max((row.baseline_on for row in rows if row.baseline_on), default=None)
    return Forecast(
        pk=0, label="", code="", expected_on=outlook.finishes_on, baseline_on=last,
        drift=drift(rule.calendar, last, outlook.finishes_on) if last else None,
        is_done=False, is_open_ended=any(one.is_open_ended for one in outlook.expected.values()),
    )  # fmt: skip


def node_lines(
    rows: Iterable[NodeRow], state: ChainState, outlook: Outlook[int], rule: LightRule
) -> list[NodeLine]:
    """A line for each of `rows`, which are of the chain in `state`."""
    times, critical = state.times(rule), frozenset(outlook.critical_path)
    owners = {node.pk: ClockOwner(state.steps[step].clock) for step, node in state.nodes.items()}
    return [
        NodeLine(
            row=row, owner=owners[row.pk], expected=outlook.expected.get(row.pk),
            drift=_drift(row, outlook.expected.get(row.pk), rule), time=times.get(row.pk),
            moved_days=state.moved_days.get(row.pk, 0), is_critical=row.pk in critical,
        )
        for row in rows
    ]  # fmt: skip


def _drift(row: NodeRow, expected: Expected | None, rule: LightRule) -> int | None:
    ends_on: date | None = expected.finishes_on if expected else row.finished_on
    return drift(rule.calendar, row.baseline_on, ends_on) if row.baseline_on and ends_on else None


def _stages(lines: Sequence[NodeLine], names: Mapping[str, str]) -> Iterable[StageLines]:
    place = {code: number for number, code in enumerate(names)}
    ordered = sorted(lines, key=lambda line: place.get(line.row.stage, len(place)))
    for code, of_stage in groupby(ordered, key=lambda line: line.row.stage):
        yield StageLines(names.get(code, code), tuple(of_stage))


def _gantt(
    rows: Sequence[NodeRow], state: ChainState, outlook: Outlook[int], rule: LightRule, zoom: Zoom
) -> Gantt | None:
    bars = gantt_rows(rows, state, outlook, rule, node_address)
    return gantt(bars, today=rule.today, calendar=rule.calendar, zoom=zoom)
