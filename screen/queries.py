"""The one screen's figures: counted by the database over what the reader may see, one query a block.

The same lights, the same overdue causes and the same rows as the overdue list: the counts use ``light_condition`` and
``held_up`` of the nodes' QuerySet, the rows are ``node_rows``.

Half a million nodes are not looked at one by one. How many of a node kind are in which state is kept by parts of the
projects, and counted again in the part that has changed; only the few whose deadline has passed or comes within two
weeks are read, and take their lights from the rest.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import reduce
from itertools import chain
from operator import attrgetter, or_
from sys import intern
from typing import Any, NamedTuple

from django.db.models import Case, Count, Exists, F, IntegerField, OuterRef, Q, Sum, Value, When
from django.utils.translation import gettext

from accounts.models import Unit, User
from domain.lifecycle import Status
from domain.lights import Light, LightRule
from domain.workdays import near_until
from milestones.models import Node
from milestones.project_states import ProjectState, in_state, state_of_project
from milestones.queries import NodeRow, node_rows
from milestones.querysets import MOST_NAMED, NodeQuerySet, light_condition
from projects.models import Project
from projects.querysets import ProjectQuerySet
from screen.chains import Band, Column, StepTally, bands
from screen.keeping import (
    COUNT_ANEW,
    MOVES_NO_CHAIN,
    MOVES_NO_DEADLINE,
    MOVES_NO_NODE,
    PART,
    Keeper,
    Projects,
)
from screen.narrowing import Narrowing, everything

SOON_DAYS = 10
"""Two weeks, in working days."""

LISTED = 10
"""How many of the worst and of the next due nodes are shown."""

LOOKED_AT = 30
"""Of so many of the longest overdue causes it is looked at how many wait behind them."""

_CLOSED = {Status.DONE: Light.BLUE, Status.WAIVED: Light.WHITE, Status.HELD: Light.VIOLET}
_IN_TIME = {Status.WAITING: Light.GREY, Status.RUNNING: Light.GREEN}


@dataclass(frozen=True, slots=True)
class Span:
    """The days that the figures of one day are about."""

    today: date
    monday: date
    due_until: date
    is_provisional: bool
    """Whether the holidays up to `due_until` have not all been announced."""

    @classmethod
    def around(cls, rule: LightRule) -> "Span":
        monday = rule.today - timedelta(days=rule.today.weekday())
        until = near_until(rule.calendar, rule.today, SOON_DAYS)
        return cls(rule.today, monday, until, rule.calendar.is_provisional(until))

    def marked(self, until: str) -> str:
        """The last day, written in some way, with the mark that it may still move."""
        return f"{until} · {gettext('provisional')}" if self.is_provisional else until

    @property
    def late_since_monday(self) -> date:
        """What was due on this day or later has been overdue since Monday or later."""
        return self.monday - timedelta(days=1)

    @property
    def last_week(self) -> tuple[date, date]:
        """Last week's Monday and the same weekday as today's."""
        return self.monday - timedelta(days=7), self.today - timedelta(days=7)

    @property
    def last_year(self) -> tuple[date, date]:
        """The same days of the week, 52 weeks ago."""
        return self.monday - timedelta(days=364), self.today - timedelta(days=364)


@dataclass(frozen=True, slots=True)
class ProjectCounts:
    """How many projects are in which state.

    `investment` is the total of those under way, in 万元; `without_amount` of them name none. `last_week` and
    `last_year` are how many were under way then; None where no chain on record had begun.
    """

    under_way: int = 0
    finished: int = 0
    without_chain: int = 0
    investment: Decimal = Decimal(0)
    without_amount: int = 0
    last_week: int | None = None
    last_year: int | None = None

    @property
    def all(self) -> int:
        return self.under_way + self.finished + self.without_chain


class LateNode(NamedTuple):
    """An overdue node; what `is_cause` could be worked on now, the others wait for one that is open."""

    pk: int
    project: int
    step: int
    status: str
    unit: int | None
    deadline_on: date
    is_cause: bool


@dataclass(frozen=True, slots=True)
class UnitLoad:
    """How many overdue causes wait for one unit; days late are working days."""

    pk: int | None
    name: str
    causes: int
    new: int
    worst_days_late: int


@dataclass(frozen=True, slots=True)
class DueDay:
    """How many nodes fall due on a day."""

    on: date
    nodes: int
    is_provisional: bool


@dataclass(frozen=True, slots=True)
class Jam:
    """The node kind where most overdue causes are, over all chains in which it has this code and name.

    `unit` is the unit with which all of them lie, blank where there are several.
    """

    code: str
    label: str
    chains: tuple[str, ...]
    causes: int
    unit: str


@dataclass(frozen=True, slots=True)
class Screen:
    """What the one screen, the wall and the first sheet of the workbook show of projects and nodes.

    `done_last_year`: on the same days a year ago; None where nothing on record is as old. `late` are all overdue nodes,
    the longest overdue first, `candidates` the first of the causes among them, `worst` the first of these.
    """

    span: Span
    narrowing: Narrowing
    projects: ProjectCounts
    lights: dict[Light, int]
    causes: int
    new_causes: int
    knocked_on: int
    due_soon: int
    due_soon_keys: int
    done_this_week: int
    done_last_week: int
    done_last_year: int | None
    bands: tuple[Band, ...]
    units: tuple[UnitLoad, ...]
    jam: Jam | None
    late: Sequence[LateNode]
    candidates: list[NodeRow]
    worst: list[NodeRow]
    due: list[NodeRow]
    due_days: list[DueDay]


def screen_of(
    reader: User, rule: LightRule, narrowing: Narrowing | None = None, keeper: Keeper = COUNT_ANEW
) -> Screen:
    """The screen of what `reader` may see on the day of `rule`, of all of it or of what it is narrowed to."""
    span, narrowing = Span.around(rule), narrowing or everything(rule.today)
    nodes = narrowing.of_nodes(Node.objects.visible_to(reader))
    projects, projects_by_chain = keeper.kept(
        "projects", MOVES_NO_NODE, key=str(rule.today),
        count=lambda: _projects(narrowing.of_projects(Project.objects.visible_to(reader)), span, keeper),
    )  # fmt: skip
    states = keeper.by_part("states", MOVES_NO_NODE, lambda parts: _states(nodes, parts))
    this_week, last_week, last_year = keeper.kept(
        "done", MOVES_NO_NODE, lambda: _done(nodes, span), key=str(rule.today)
    )
    late, soon = late_nodes(nodes, rule, keeper), _soon(nodes, rule, span)
    tallies = _tallies(_summed(states.values()), late, soon)
    causes = [node for node in late if node.is_cause]
    by_step = Counter(node.step for node in causes)
    drawn = bands(tallies, by_step, projects_by_chain)
    lights = sum((tally.lights for tally in tallies.values()), Counter[Light]())
    units = _units(causes, rule, span)
    worst = [node.pk for node in causes[:LOOKED_AT]]
    next_due = list(due_soon(nodes, span).values_list("pk", flat=True)[:LISTED])
    rows = _rows([*worst, *next_due], rule)
    candidates = [rows[pk] for pk in worst if pk in rows]
    return Screen(
        span=span, narrowing=narrowing, projects=projects, lights={light: lights[light] for light in Light},
        causes=len(causes), new_causes=sum(unit.new for unit in units), knocked_on=len(late) - len(causes),
        due_soon=sum(tally.due_soon for tally in tallies.values()),
        due_soon_keys=sum(column.due_soon for band in drawn for column in band.columns if column.is_key),
        done_this_week=this_week, done_last_week=last_week, done_last_year=last_year,
        bands=drawn, units=units, jam=_jam(drawn, causes, units),
        late=late, candidates=candidates, worst=candidates[:LISTED],
        due=[rows[pk] for pk in next_due if pk in rows],
        due_days=_due_days(soon, rule),
    )  # fmt: skip


def overdue_causes(nodes: NodeQuerySet, rule: LightRule) -> NodeQuerySet:
    """Overdue nodes that could be worked on now, the longest overdue first."""
    return nodes.overdue(rule).not_held_up().order_by("deadline_on", "pk")


def knocked_on(nodes: NodeQuerySet, rule: LightRule) -> NodeQuerySet:
    """Overdue nodes that wait for another one, the longest overdue first."""
    return nodes.overdue(rule).held_up().order_by("deadline_on", "pk")


def due_soon(nodes: NodeQuerySet, span: Span) -> NodeQuerySet:
    """Nodes that fall due within the next ten working days, today among them, the next first."""
    return nodes.due_between(span.today, span.due_until).order_by("deadline_on", "pk")


def late_nodes(nodes: NodeQuerySet, rule: LightRule, keeper: Keeper = COUNT_ANEW) -> list[LateNode]:
    """The overdue ones among `nodes`, the longest overdue first."""
    found = keeper.by_project(
        "late", MOVES_NO_DEADLINE, key=f"{rule.today}|{keeper.record and keeper.record.calendar}",
        count=lambda some: _late(nodes if some is None else nodes.filter(project__in=some), rule),
    )  # fmt: skip
    return sorted(chain.from_iterable(found.values()), key=attrgetter("deadline_on", "pk"))


def _late(nodes: NodeQuerySet, rule: LightRule) -> dict[int, list[LateNode]]:
    """By project."""
    overdue = nodes.overdue(rule)
    columns = ("pk", "project_id", "template_node_id", "status", "unit_id", "deadline_on")
    rows: list[Any] = list(overdue.order_by("deadline_on", "pk").values_list(*columns))
    waiting = overdue.held_up_among([row[0] for row in rows])
    found: dict[int, list[LateNode]] = {}
    for pk, project, step, status, unit, deadline_on in rows:
        late = LateNode(pk, project, step, status, unit, deadline_on, pk not in waiting)
        found.setdefault(project, []).append(late)
    return found


class _Soon(NamedTuple):
    """Nodes of one kind and state that fall due on one day within two weeks; `yellow` of them soon enough for that."""

    step: int
    status: str
    on: date
    nodes: int
    yellow: int


def _soon(nodes: NodeQuerySet, rule: LightRule, span: Span) -> list[_Soon]:
    yellow = Count("template_node", filter=light_condition(Light.YELLOW, rule))
    counted = due_soon(nodes, span).order_by().values_list("template_node_id", "status", "deadline_on")
    return [_Soon(*row) for row in counted.annotate(nodes=Count("*"), yellow=yellow)]


def _rows(keys: Collection[int], rule: LightRule) -> dict[int, NodeRow]:
    """By number, of those that are still there."""
    rows = node_rows(Node.objects.filter(pk__in=keys).order_by(), rule) if keys else []
    return {row.pk: row for row in rows}


def _due_days(soon: Iterable[_Soon], rule: LightRule) -> list[DueDay]:
    days = Counter[date]()
    for each in soon:
        days[each.on] += each.nodes
    return [DueDay(on, days[on], rule.calendar.is_provisional(on)) for on in sorted(days)]


def _projects(
    visible: ProjectQuerySet, span: Span, keeper: Keeper
) -> tuple[ProjectCounts, Counter[str]]:  # fmt: skip
    """How far the projects are, and how many follow each chain: of all there are those that are not under way."""
    closed = keeper.by_project("closed", MOVES_NO_NODE, lambda some: _not_under_way(visible, some))
    all_ = keeper.kept("chains", MOVES_NO_CHAIN, lambda: _by_chain(visible, span), key=str(span.today))
    chains, known = Counter[str](), [False, False]
    under_way, then, total, without_amount = 0, [0, 0], Decimal(0), 0
    for one in all_:
        chains[one.chain or ""] += one.projects
        known = [known[0] or one.begun >= 1, known[1] or one.begun == 2]
    not_under_way = ~Q(in_state(ProjectState.UNDER_WAY)) if len(closed) > MOST_NAMED else Q(pk__in=closed)
    for sign, some in ((1, all_), (-1, _by_chain(visible.filter(not_under_way), span) if closed else [])):
        for one in some:
            under_way += sign * one.projects
            without_amount += sign * (one.projects - one.amounts)
            total += sign * (one.investment or 0)
            then = [
                then[0] + sign * one.projects * (one.begun >= 1),
                then[1] + sign * one.projects * (one.begun == 2),
            ]
    states = Counter(closed.values())
    if states[ProjectState.FINISHED]:
        finished = visible.filter(in_state(ProjectState.FINISHED)).order_by()
        days = (span.last_week[1], span.last_year[1])
        then = [count + _finished_since(finished, day) for count, day in zip(then, days, strict=True)]
    return ProjectCounts(
        under_way, **states, investment=total, without_amount=without_amount,
        last_week=then[0] if known[0] else None, last_year=then[1] if known[1] else None,
    ), chains  # fmt: skip


def _not_under_way(visible: ProjectQuerySet, some: Projects) -> dict[int, str]:
    """The states of those that are finished or have no chain."""
    projects = visible if some is None else visible.filter(pk__in=some)
    closed = projects.exclude(in_state(ProjectState.UNDER_WAY)).order_by()
    return dict(closed.values_list("pk", state_of_project()))


class _ByChain(NamedTuple):
    """Projects of one chain; `begun`: a year ago (2), a week ago (1), or not then."""

    chain: str | None
    begun: int
    projects: int
    amounts: int
    investment: Decimal | None


def _by_chain(projects: ProjectQuerySet, span: Span) -> list[_ByChain]:
    week, year = span.last_week[1], span.last_year[1]
    begun = Case(
        When(chain__starts_on__lte=year, then=Value(2)), When(chain__starts_on__lte=week, then=Value(1)),
        default=Value(0), output_field=IntegerField(),
    )  # fmt: skip
    counted = projects.annotate(begun=begun).order_by().values_list("chain__template__code", "begun")
    sums = {"projects": Count("pk"), "amounts": Count("investment"), "made": Sum("investment")}
    return [_ByChain(*row) for row in counted.annotate(**sums)]


def _finished_since(finished: ProjectQuerySet, day: date) -> int:
    """How many of the finished projects had begun by `day` and were not finished then."""
    closed_later = Node.objects.filter(
        Q(finished_on__gt=day) | Q(waived_on__gt=day), project=OuterRef("pk")
    ).order_by()
    return finished.filter(Exists(closed_later), chain__starts_on__lte=day).count()


def _states(nodes: NodeQuerySet, parts: Projects) -> dict[int, dict[tuple[int, str], int]]:
    """By part of the projects, how many nodes of each kind are in which state."""
    if parts is not None:
        within = (Q(project__gte=part * PART, project__lt=(part + 1) * PART) for part in parts)
        nodes = nodes.filter(reduce(or_, within, Q(pk__in=[])))
    counted = nodes.order_by().annotate(part=F("project_id") / PART)
    found: dict[int, dict[tuple[int, str], int]] = defaultdict(dict)
    for part, step, status, count in counted.values_list("part", "template_node_id", "status").annotate(
        nodes=Count("*")
    ):
        found[part][step, intern(status)] = count
    return dict(found)


def _summed(states: Iterable[Mapping[tuple[int, str], int]]) -> Mapping[tuple[int, str], int]:
    total = Counter[tuple[int, str]]()
    for each in states:
        total.update(each)
    return total


def _done(nodes: NodeQuerySet, span: Span) -> tuple[int, int, int | None]:
    """How many nodes were done this week, on the same days of last week, and of the year before where that is known.

    Of rows, not of numbers, and each week apart, so that an index is enough.
    """
    year_first, _last = span.last_year
    weeks = [(span.monday, span.today), span.last_week, span.last_year]
    this, last, year = (nodes.filter(finished_on__range=days).order_by().count() for days in weeks)
    is_known = year > 0 or nodes.filter(finished_on__lt=year_first).order_by().exists()
    return this, last, year if is_known else None


def _tallies(
    states: Mapping[tuple[int, str], int], late: Iterable[LateNode], soon: Iterable[_Soon]
) -> dict[int, StepTally]:
    """By template node, how many nodes show which light: what is late or due soon is taken from those of its state."""
    tallies = defaultdict[int, StepTally](StepTally)
    lit = Counter((node.step, node.status) for node in late)
    for (step, _status), count in lit.items():
        tallies[step].lights[Light.RED] += count
    for each in soon:
        tally = tallies[each.step]
        tally.lights[Light.YELLOW] += each.yellow
        tally.due_soon += each.nodes
        lit[each.step, each.status] += each.yellow
    for (step, status), count in states.items():
        light = _CLOSED.get(Status(status)) or _IN_TIME[Status(status)]
        # Asked one after the other: what somebody finishes in between must not make a count of less than nothing.
        tallies[step].lights[light] += max(0, count - lit[step, status])
    return tallies


def _units(causes: Iterable[LateNode], rule: LightRule, span: Span) -> tuple[UnitLoad, ...]:
    """Who has to act, the one with most to do first."""
    by_unit: dict[int | None, list[LateNode]] = {}
    for node in causes:
        by_unit.setdefault(node.unit, []).append(node)
    names = dict(Unit.objects.filter(pk__in=[pk for pk in by_unit if pk]).values_list("pk", "name"))
    loads = [
        UnitLoad(
            pk, names.get(pk, "") if pk else "", len(theirs),
            sum(node.deadline_on >= span.late_since_monday for node in theirs),
            rule.days_late(min(node.deadline_on for node in theirs)),
        )
        for pk, theirs in by_unit.items()
    ]  # fmt: skip
    return tuple(sorted(loads, key=lambda load: (-load.causes, -load.worst_days_late, load.name)))


def _jam(drawn: Iterable[Band], causes: Iterable[LateNode], units: Iterable[UnitLoad]) -> Jam | None:
    kinds: dict[tuple[str, str], list[tuple[str, Column]]] = {}
    for band in drawn:
        for column in band.columns:
            if column.causes:
                kinds.setdefault((column.code, column.name), []).append((band.code, column))
    if not kinds:
        return None
    found = max(kinds.values(), key=lambda found: sum(column.causes for _, column in found))
    steps = frozenset[int]().union(*(column.steps for _, column in found))
    theirs = {node.unit for node in causes if node.step in steps}
    names = {unit.pk: unit.name for unit in units}
    return Jam(
        code=found[0][1].code, label=found[0][1].label, chains=tuple(chain for chain, _ in found),
        causes=sum(column.causes for _, column in found), unit=names.get(theirs.pop(), "") if len(theirs) == 1 else "",
    )  # fmt: skip
