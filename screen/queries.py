"""The one screen's figures: counted by the database over what the reader may see, one query a block.

The same lights, the same overdue causes and the same rows as the overdue list: the counts use
``with_light`` and ``not_held_up`` of the nodes' QuerySet, the rows are ``node_rows``.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Count, Min, Q, Sum
from django.utils.translation import gettext

from accounts.models import User
from domain.lights import Light, LightRule
from domain.workdays import near_until
from milestones.models import Node
from milestones.project_states import ProjectState, state_of_project
from milestones.queries import NodeRow, node_rows
from milestones.querysets import NodeQuerySet
from projects.models import Project
from screen.chains import Band, Column, StepTally, bands

SOON_DAYS = 10
"""Two weeks, in working days."""

LISTED = 10
"""How many of the worst and of the next due nodes are shown."""

_BY_STEP_AND_LIGHT = ("template_node_id", "light")


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


@dataclass(frozen=True, slots=True)
class ProjectCounts:
    """How many projects are in which state.

    `investment` is the total of those under way, in 万元; `without_amount` of them name none.
    """

    under_way: int = 0
    finished: int = 0
    without_chain: int = 0
    investment: Decimal = Decimal(0)
    without_amount: int = 0

    @property
    def all(self) -> int:
        return self.under_way + self.finished + self.without_chain


@dataclass(frozen=True, slots=True)
class Late:
    """Overdue causes of one node kind with one unit; `oldest` is the deadline that passed first."""

    step: int
    unit_id: int | None
    unit: str
    causes: int
    new: int
    oldest: date


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
    """Everything that the one screen and the first sheet of the workbook show."""

    span: Span
    projects: ProjectCounts
    lights: dict[Light, int]
    causes: int
    new_causes: int
    knocked_on: int
    due_soon: int
    due_soon_keys: int
    done_this_week: int
    done_last_week: int
    bands: tuple[Band, ...]
    units: tuple[UnitLoad, ...]
    jam: Jam | None
    worst: list[NodeRow]
    due: list[NodeRow]
    due_days: list[DueDay]


def screen_of(reader: User, rule: LightRule) -> Screen:
    """The screen of what `reader` may see on the day of `rule`."""
    span = Span.around(rule)
    nodes = Node.objects.visible_to(reader)
    projects, projects_by_chain = _projects(reader)
    tallies = _tallies(nodes, rule, span)
    late = _late(nodes, rule, span)
    drawn = bands(tallies, {step: _causes(late, step) for step in tallies}, projects_by_chain)
    lights = sum((tally.lights for tally in tallies.values()), Counter[Light]())
    causes = sum(each.causes for each in late)
    return Screen(
        span=span, projects=projects, lights={light: lights[light] for light in Light},
        causes=causes, new_causes=sum(each.new for each in late), knocked_on=lights[Light.RED] - causes,
        due_soon=sum(tally.due_soon for tally in tallies.values()),
        due_soon_keys=sum(column.due_soon for band in drawn for column in band.columns if column.is_key),
        done_this_week=sum(tally.done_this_week for tally in tallies.values()),
        done_last_week=sum(tally.done_last_week for tally in tallies.values()),
        bands=drawn, units=_units(late, rule), jam=_jam(drawn, late),
        worst=worst_rows(nodes, rule), due=due_rows(nodes, rule, span), due_days=_due_days(nodes, rule, span),
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


def worst_rows(nodes: NodeQuerySet, rule: LightRule) -> list[NodeRow]:
    return node_rows(overdue_causes(nodes, rule).for_list()[:LISTED], rule)


def due_rows(nodes: NodeQuerySet, rule: LightRule, span: Span) -> list[NodeRow]:
    return node_rows(due_soon(nodes, span).for_list()[:LISTED], rule)


def _due_days(nodes: NodeQuerySet, rule: LightRule, span: Span) -> list[DueDay]:
    by_day = due_soon(nodes, span).order_by("deadline_on").values_list("deadline_on")
    days = by_day.annotate(nodes=Count("pk"))
    return [DueDay(on, count, rule.calendar.is_provisional(on)) for on, count in days]


def _projects(reader: User) -> tuple[ProjectCounts, Counter[str]]:
    """How far the projects are, and how many follow each chain."""
    counted = (
        Project.objects.visible_to(reader)
        .annotate(state=state_of_project())
        .order_by()
        .values_list("state", "chain__template__code")
        .annotate(projects=Count("pk"), amounts=Count("investment"), investment=Sum("investment"))
    )
    states, chains = Counter[str](), Counter[str]()
    total, without_amount = Decimal(0), 0
    for state, chain, projects, amounts, investment in counted:
        states[state] += projects
        chains[chain or ""] += projects
        if state == ProjectState.UNDER_WAY:
            total += investment or 0
            without_amount += projects - amounts
    return ProjectCounts(**states, investment=total, without_amount=without_amount), chains


def _tallies(nodes: NodeQuerySet, rule: LightRule, span: Span) -> dict[int, StepTally]:
    """By template node, how many nodes show which light."""
    last_week = Q(finished_on__range=span.last_week)
    counted = (
        nodes.with_light(rule)
        .order_by()
        .values_list(*_BY_STEP_AND_LIGHT)
        .annotate(
            nodes=Count("pk"),
            due=Count("pk", filter=Q(deadline_on__range=(span.today, span.due_until))),
            done=Count("pk", filter=Q(finished_on__gte=span.monday)),
            done_before=Count("pk", filter=last_week),
        )
    )
    tallies: dict[int, StepTally] = {}
    for step, light, count, due, done, done_before in counted:
        tally = tallies.setdefault(step, StepTally())
        tally.lights[Light(light)] += count
        if Light(light) in {Light.YELLOW, Light.GREEN, Light.GREY}:  # a deadline that has been met is none
            tally.due_soon += due
        tally.done_this_week += done
        tally.done_last_week += done_before
    return tallies


def _late(nodes: NodeQuerySet, rule: LightRule, span: Span) -> list[Late]:
    counted = (
        overdue_causes(nodes, rule)
        .order_by()
        .values_list("template_node_id", "unit_id", "unit__name")
        .annotate(
            causes=Count("pk"),
            new=Count("pk", filter=Q(deadline_on__gte=span.late_since_monday)),
            oldest=Min("deadline_on"),
        )
    )
    return [Late(step, unit_id, unit or "", *facts) for step, unit_id, unit, *facts in counted]


def _causes(late: Iterable[Late], step: int) -> int:
    return sum(each.causes for each in late if each.step == step)


def _units(late: Iterable[Late], rule: LightRule) -> tuple[UnitLoad, ...]:
    """Who has to act, the one with most to do first."""
    by_unit: dict[int | None, list[Late]] = {}
    for each in late:
        by_unit.setdefault(each.unit_id, []).append(each)
    loads = [
        UnitLoad(
            pk, theirs[0].unit, sum(each.causes for each in theirs), sum(each.new for each in theirs),
            max(rule.days_late(each.oldest) for each in theirs),
        )
        for pk, theirs in by_unit.items()
    ]  # fmt: skip
    return tuple(sorted(loads, key=lambda load: (-load.causes, -load.worst_days_late, load.name)))


def _jam(drawn: Iterable[Band], late: Iterable[Late]) -> Jam | None:
    kinds: dict[tuple[str, str], list[tuple[str, Column]]] = {}
    for band in drawn:
        for column in band.columns:
            if column.causes:
                kinds.setdefault((column.code, column.name), []).append((band.code, column))
    if not kinds:
        return None
    found = max(kinds.values(), key=lambda found: sum(column.causes for _, column in found))
    steps = frozenset[int]().union(*(column.steps for _, column in found))
    units = {each.unit for each in late if each.step in steps}
    return Jam(
        code=found[0][1].code, label=found[0][1].label, chains=tuple(chain for chain, _ in found),
        causes=sum(column.causes for _, column in found), unit=units.pop() if len(units) == 1 else "",
    )  # fmt: skip
