"""The light matrix: overdue projects × key nodes, those that have been overdue longest first."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from domain.lifecycle import Status
from domain.lights import Light, LightRule
from milestones.models import Node, TemplateNode
from projects.models import Project
from screen.chains import Band
from screen.queries import LateNode, Screen

ROWS = 30


@dataclass(frozen=True, slots=True)
class MatrixColumn:
    """A key node, whatever chain and version it stands in."""

    code: str
    label: str


@dataclass(frozen=True, slots=True)
class MatrixCell:
    """A key node of a project; `days_late` are working days, 0 where it is not overdue."""

    pk: int
    light: Light
    days_late: int
    deadline_on: date | None


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """`cells` in the order of the columns, None where the project's chain has no such node.

    `worst` is the name of the node that has been overdue longest, key node or not, `worst_pk` its number.
    """

    pk: int
    name: str
    worst: str
    worst_pk: int
    days_late: int
    cells: tuple[MatrixCell | None, ...]


@dataclass(frozen=True, slots=True)
class Matrix:
    columns: tuple[MatrixColumn, ...] = ()
    rows: tuple[MatrixRow, ...] = ()


def matrix_of(screen: Screen, rule: LightRule) -> Matrix:
    """Of the projects in which something is overdue those where it has been longest: three queries."""
    keys = list(dict.fromkeys(node.project for node in screen.late))[:ROWS]
    if not keys:
        return Matrix()
    names = dict(Project.objects.filter(pk__in=keys).values_list("pk", "name"))
    cells: dict[int, dict[str, MatrixCell]] = {key: {} for key in keys}
    found = Node.objects.filter(project__in=keys, template_node__is_key=True).order_by()
    columns = (
        "project_id", "template_node_id", "template_node__code", "pk", "status", "due_on", "limit_on", "limit",
        "deadline_on",
    )  # fmt: skip
    used = Counter[int]()
    for project, step, code, pk, status, due_on, limit_on, limit, deadline_on in found.values_list(*columns):
        light = rule.light(Status(status), due_on, limit_on, limit)
        late = rule.days_late(deadline_on) if light == Light.RED else 0
        cells[project][code] = MatrixCell(pk, light, late, deadline_on)
        used[step] += 1
    shown = _columns(_most_rows_first(screen, keys), used)
    worst = _worst(screen, keys, rule)
    return Matrix(
        shown,
        tuple(
            MatrixRow(
                key, names.get(key, ""), *worst[key],
                tuple(cells[key].get(column.code) for column in shown),
            )
            for key in keys
        ),
    )  # fmt: skip


def _most_rows_first(screen: Screen, keys: Iterable[int]) -> list[Band]:
    """The chains, first the one that most of the projects are late in."""
    shown, band_of = set(keys), {}
    for place, band in enumerate(screen.bands):
        band_of.update({step: place for column in band.columns for step in column.steps})
    late = {(band_of[node.step], node.project) for node in screen.late if node.project in shown}
    rows = Counter(place for place, _project in late)
    places = sorted(range(len(screen.bands)), key=lambda place: (-rows[place], place))
    return [screen.bands[place] for place in places]


def _worst(screen: Screen, keys: Iterable[int], rule: LightRule) -> dict[int, tuple[str, int, int]]:
    """By project what has been overdue longest, of equals what could be worked on; for how many working days."""
    wanted, found = set(keys), dict[int, LateNode]()
    theirs = [node for node in screen.late if node.project in wanted]
    for node in sorted(theirs, key=lambda node: (node.deadline_on, not node.is_cause)):
        found.setdefault(node.project, node)
    labels = TemplateNode.objects.in_bulk([node.step for node in found.values()])
    return {
        key: (labels[node.step].label, node.pk, rule.days_late(node.deadline_on))
        for key, node in found.items()
    }


def _columns(bands: Iterable[Band], used: Mapping[int, int]) -> tuple[MatrixColumn, ...]:
    """The key nodes that any of the rows has, in the order of the chains; each is called what most rows call it."""
    rows: dict[str, Counter[str]] = {}
    for band in bands:
        for column in band.columns:
            if mine := sum(used.get(step, 0) for step in column.steps):
                rows.setdefault(column.code, Counter())[column.label] += mine
    return tuple(MatrixColumn(code, labels.most_common(1)[0][0]) for code, labels in rows.items())
