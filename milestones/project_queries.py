"""What lists, sheets and the API show of projects: one dataclass a row, computed the same for all of them."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

from accounts.models import Unit
from domain.lifecycle import CLOSED, Status
from domain.lights import Light, LightRule
from domain.project_code import CodeWarning, ProjectCodeError, read_project_code
from milestones.graph import graph_of, steps_of
from milestones.models import Node, TemplateNode
from milestones.project_lights import project_light
from projects.models import Project
from projects.querysets import ProjectQuerySet

_STATUS = {status.value: status for status in Status}
_URGENCY = {light: place for place, light in enumerate(Light)}
_FEW = 1_000
"""Up to so many projects are named one by one when their nodes are asked for."""


@dataclass(frozen=True, slots=True)
class CurrentNode:
    """A node that could be worked on now. Days late are working days."""

    pk: int
    label: str
    stage: str
    unit: str
    status: Status
    light: Light
    deadline_on: date | None
    is_provisional: bool
    days_late: int


@dataclass(frozen=True, slots=True)
class ProjectRow:
    """One project as a list shows it. Money in 万元, land in 亩, days late in working days.

    `current`: the open nodes that wait for nothing, the most urgent first. `causes` and `knocked_on` count
    the overdue nodes that could be worked on now and those that wait behind others; `days_late` is that of
    the cause that is late longest. `next_due_on` is the first deadline that has not passed yet.
    """

    pk: int
    name: str
    code: str
    code_warnings: tuple[CodeWarning, ...]
    enterprise: str
    kind: str
    kind_label: str
    sector: str
    town: str
    department: str
    leader: str
    liaison: str
    land_mu: Decimal | None
    floor_area_m2: Decimal | None
    investment: Decimal | None
    fixed_investment: Decimal | None
    is_key: bool
    note: str
    light: Light
    current: tuple[CurrentNode, ...]
    next_due_on: date | None
    is_provisional: bool
    days_late: int
    nodes: int
    done: int
    waived: int
    running: int
    causes: int
    knocked_on: int

    @property
    def to_do(self) -> int:
        """How many nodes the project has to go through: all but the waived."""
        return self.nodes - self.waived


class _Facts(NamedTuple):
    """What is stored of a project, in the order of ``_FIELDS``."""

    pk: int
    name: str
    code: str
    enterprise: str
    kind: str
    sector: str
    town: str
    department: str | None
    leader: str
    liaison_name: str | None
    liaison_username: str | None
    land_mu: Decimal | None
    floor_area_m2: Decimal | None
    investment: Decimal | None
    fixed_investment: Decimal | None
    is_key: bool
    note: str


_FIELDS = (
    "pk", "name", "code", "enterprise", "kind", "sector", "town__name", "department__name", "leader",
    "liaison__display_name", "liaison__username", "land_mu", "floor_area_m2", "investment",
    "fixed_investment", "is_key", "note",
)  # fmt: skip


class _Member(NamedTuple):
    project: int
    step: int
    pk: int
    status: str
    deadline_on: date | None
    limit: int | None
    unit: int | None


@dataclass(frozen=True, slots=True)
class _Shape:
    """What follows from the statuses of a project alone; many projects stand at the same place."""

    waited_for: frozenset[int]
    free: frozenset[int]


@dataclass(slots=True)
class _Reading:
    """What is looked up once for all projects of a list."""

    rule: LightRule
    units: dict[int, str] = field(default_factory=lambda: dict(Unit.objects.values_list("pk", "name")))
    templates: dict[int, int] = field(
        default_factory=lambda: dict(TemplateNode.objects.order_by().values_list("pk", "template_id"))
    )
    kinds: dict[str, str] = field(
        default_factory=lambda: {value: str(label) for value, label in Project.Kind.choices}
    )
    shapes: dict[tuple[tuple[int, str], ...], _Shape] = field(default_factory=dict)
    labels: dict[int, tuple[str, str]] = field(default_factory=dict)
    lights: dict[tuple[str, date | None, int | None], Light] = field(default_factory=dict)

    def light(self, member: _Member) -> Light:
        key = (member.status, member.deadline_on, member.limit)
        found = self.lights.get(key)
        if found is None:
            status = _STATUS[member.status]
            found = self.lights[key] = self.rule.light(status, member.deadline_on, None, member.limit)
        return found

    def shape(self, template_id: int, members: list[_Member]) -> _Shape:
        key = tuple([(member.step, member.status) for member in members])
        found = self.shapes.get(key)
        if found is None:
            found = self.shapes[key] = _shape(template_id, members)
        return found

    def label_and_stage(self, step: int) -> tuple[str, str]:
        found = self.labels.get(step)
        if found is None:
            node = steps_of(self.templates[step])[step]
            found = self.labels[step] = (node.label, node.stage_label)
        return found


def project_rows(projects: ProjectQuerySet, rule: LightRule) -> list[ProjectRow]:
    """Rows for `projects`, in their order; the number of queries does not depend on how many they are."""
    facts = [_Facts(*row) for row in projects.values_list(*_FIELDS)]
    reading = _Reading(rule)
    found = {pk: _progress(members, reading) for pk, members in _members(projects, [one.pk for one in facts])}
    nothing = _progress([], reading)
    return [_row(one, found.get(one.pk, nothing), reading) for one in facts]


def _members(projects: ProjectQuerySet, pks: list[int]) -> Iterator[tuple[int, list[_Member]]]:
    """The nodes of each project, streamed: of ten thousand projects they would not fit comfortably."""
    if len(pks) <= _FEW or projects.query.is_sliced:
        nodes = Node.objects.filter(project__in=pks)
    else:
        nodes = Node.objects.filter(project__in=projects.order_by().values("pk"))
    facts = nodes.order_by("project_id", "template_node_id").values_list(
        "project_id", "template_node_id", "pk", "status", "deadline_on", "limit", "unit_id"
    )
    for pk, group in groupby(facts.iterator(chunk_size=10_000), key=itemgetter(0)):
        yield pk, [_Member(*row) for row in group]


@dataclass(frozen=True, slots=True)
class _Progress:
    light: Light
    current: tuple[CurrentNode, ...]
    next_due_on: date | None
    is_provisional: bool
    nodes: int
    done: int
    waived: int
    running: int
    causes: int
    knocked_on: int


def _progress(members: list[_Member], reading: _Reading) -> _Progress:
    rule = reading.rule
    template_id = reading.templates[members[0].step] if members else 0
    shape = reading.shape(template_id, members)
    open_members = [member for member in members if member.status not in CLOSED]
    lights = {member.step: reading.light(member) for member in open_members}
    statuses = [member.status for member in members]
    late = [step for step, light in lights.items() if light == Light.RED]
    ahead = [
        member.deadline_on
        for member in open_members
        if member.deadline_on and member.status != Status.HELD and member.deadline_on >= rule.today
    ]
    next_due_on = min(ahead, default=None)
    causes = sum(step in shape.free for step in late)
    return _Progress(
        light=project_light(lights, shape.waited_for, is_laid=bool(members)),
        current=_current(open_members, lights, shape, reading),
        next_due_on=next_due_on,
        is_provisional=next_due_on is not None and rule.calendar.is_provisional(next_due_on),
        nodes=len(members),
        done=statuses.count(Status.DONE),
        waived=statuses.count(Status.WAIVED),
        running=statuses.count(Status.RUNNING),
        causes=causes,
        knocked_on=len(late) - causes,
    )


def _shape(template_id: int, members: list[_Member]) -> _Shape:
    statuses = {member.step: _STATUS[member.status] for member in members}
    waited_for: set[int] = set()
    free: set[int] = set()
    for step, status in statuses.items():
        if status in CLOSED:
            continue
        before = graph_of(template_id).open_before(step, statuses)
        waited_for.update(before)
        if not before:
            free.add(step)
    return _Shape(frozenset(waited_for), frozenset(free))


def _current(
    members: list[_Member], lights: dict[int, Light], shape: _Shape, reading: _Reading
) -> tuple[CurrentNode, ...]:
    free = [member for member in members if member.step in shape.free]
    free.sort(key=lambda member: (_URGENCY[lights[member.step]], member.deadline_on or date.max, member.step))
    return tuple([_current_node(member, lights[member.step], reading) for member in free])


def _current_node(member: _Member, light: Light, reading: _Reading) -> CurrentNode:
    rule, day = reading.rule, member.deadline_on
    label, stage = reading.label_and_stage(member.step)
    return CurrentNode(
        pk=member.pk, label=label, stage=stage, unit=reading.units.get(member.unit or 0, ""),
        status=_STATUS[member.status], light=light, deadline_on=day,
        is_provisional=day is not None and rule.calendar.is_provisional(day),
        days_late=rule.days_late(day) if light == Light.RED else 0,
    )  # fmt: skip


def _row(facts: _Facts, progress: _Progress, reading: _Reading) -> ProjectRow:
    return ProjectRow(
        pk=facts.pk, name=facts.name, code=facts.code, code_warnings=code_warnings(facts.code),
        enterprise=facts.enterprise, kind=facts.kind, kind_label=reading.kinds.get(facts.kind, facts.kind),
        sector=facts.sector, town=facts.town, department=facts.department or "",
        leader=facts.leader, liaison=facts.liaison_name or facts.liaison_username or "",
        land_mu=facts.land_mu, floor_area_m2=facts.floor_area_m2,
        investment=facts.investment, fixed_investment=facts.fixed_investment,
        is_key=facts.is_key, note=facts.note,
        light=progress.light, current=progress.current, next_due_on=progress.next_due_on,
        is_provisional=progress.is_provisional,
        days_late=max([node.days_late for node in progress.current], default=0),
        nodes=progress.nodes, done=progress.done, waived=progress.waived, running=progress.running,
        causes=progress.causes, knocked_on=progress.knocked_on,
    )  # fmt: skip


def code_warnings(code: str) -> tuple[CodeWarning, ...]:
    """What is doubtful about a project's code; it stays visible wherever the code is shown."""
    try:
        return read_project_code(code).warnings if code else ()
    except ProjectCodeError:  # the actions admit none of these; a list must not fail over one
        return ()
