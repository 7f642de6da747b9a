"""The chain as the one screen draws it: every node kind in order, all versions of a template together."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db.models import QuerySet

from domain.lights import Light
from milestones.graph import steps_of
from milestones.models import ChainTemplate, TemplateNode


@dataclass(slots=True)
class StepTally:
    """What is counted of the nodes of one template node."""

    lights: Counter[Light] = field(default_factory=Counter)
    due_soon: int = 0


@dataclass(frozen=True, slots=True)
class Column:
    """One node kind over all projects that have it; every node is counted under one light.

    `label` is the `name` in the reader's language.
    """

    code: str
    name: str
    label: str
    stage: str
    is_key: bool
    is_unconfirmed: bool
    steps: frozenset[int]
    lights: Mapping[Light, int]
    causes: int
    due_soon: int

    @property
    def late(self) -> int:
        return self.lights[Light.RED]

    @property
    def knocked_on(self) -> int:
        return self.late - self.causes

    @property
    def soon(self) -> int:
        return self.lights[Light.YELLOW]

    @property
    def running(self) -> int:
        return self.lights[Light.GREEN]

    @property
    def held(self) -> int:
        return self.lights[Light.VIOLET]

    @property
    def waiting(self) -> int:
        return self.lights[Light.GREY]

    @property
    def done(self) -> int:
        return self.lights[Light.BLUE]

    @property
    def waived(self) -> int:
        return self.lights[Light.WHITE]

    @property
    def total(self) -> int:
        return sum(self.lights.values())


@dataclass(frozen=True, slots=True)
class Band:
    """One chain; `projects` is how many of those that the reader may see follow it."""

    code: str
    label: str
    projects: int
    columns: tuple[Column, ...]

    @property
    def causes(self) -> int:
        return sum(column.causes for column in self.columns)

    @property
    def is_quiet(self) -> bool:
        """Nothing of it is late or falls due soon."""
        return not any(column.late or column.due_soon for column in self.columns)

    @property
    def fullest(self) -> Column | None:
        """The node kind with most overdue causes, the earliest of equals; none where all are single."""
        late = [column for column in self.columns if column.causes]
        column = max(late, key=lambda column: column.causes, default=None)
        return column if column and (column.causes > 1 or len(late) == 1) else None


def bands(
    tallies: Mapping[int, StepTally], causes: Mapping[int, int], projects: Mapping[str, int]
) -> tuple[Band, ...]:
    """A band for each chain that any of the counted nodes belongs to, the one with most overdue causes first."""
    by_code: dict[str, list[ChainTemplate]] = {}
    for template in _templates(tallies):
        by_code.setdefault(template.code, []).append(template)
    drawn = [
        Band(code, versions[0].label, projects.get(code, 0), _columns(versions, tallies, causes))
        for code, versions in by_code.items()
    ]
    return tuple(sorted(drawn, key=lambda band: (-band.causes, -band.projects, band.code)))


def _templates(tallies: Mapping[int, StepTally]) -> QuerySet[ChainTemplate]:
    """The templates of these template nodes, by code, the newest version first."""
    of_steps = TemplateNode.objects.filter(pk__in=tallies).values("template")
    return ChainTemplate.objects.filter(pk__in=of_steps).order_by("code", "-version")


def _columns(
    versions: list[ChainTemplate], tallies: Mapping[int, StepTally], causes: Mapping[int, int]
) -> tuple[Column, ...]:
    """In the order of the newest version; steps that only an older one has stand where they stood there."""
    same: dict[str, list[TemplateNode]] = {}
    for version in versions:
        for step in steps_of(version.pk).values():
            if step.pk in tallies:
                same.setdefault(step.code, []).append(step)
    columns = [_column(steps, tallies, causes) for steps in same.values()]
    place = {code: (steps[0].position, -steps[0].template_id) for code, steps in same.items()}
    return tuple(sorted(columns, key=lambda column: place[column.code]))


def _column(steps: list[TemplateNode], tallies: Mapping[int, StepTally], causes: Mapping[int, int]) -> Column:
    newest = steps[0]
    mine = [tallies[step.pk] for step in steps]
    lights = sum((tally.lights for tally in mine), Counter[Light]())
    return Column(
        code=newest.code, name=newest.name, label=newest.label, stage=newest.stage_label,
        is_key=newest.is_key, is_unconfirmed=newest.is_unconfirmed,
        steps=frozenset(step.pk for step in steps), lights=lights,
        causes=sum(causes.get(step.pk, 0) for step in steps),
        due_soon=sum(tally.due_soon for tally in mine),
    )  # fmt: skip
