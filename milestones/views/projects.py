"""The list of projects and the page of one."""

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from accounts.access import may_add_projects
from accounts.http import UserRequest
from domain.lifecycle import Move, moves_from
from domain.lights import Light, LightRule
from milestones.calendar_table import load_calendar
from milestones.chain_picture import ChainPicture, Edge, Step, chain_picture
from milestones.filter_choices import unit_choices
from milestones.graph import graph_of, steps_of
from milestones.models import ChainTemplate, Node, in_reader_language
from milestones.page_numbers import page_of
from milestones.project_filters import ProjectFilter
from milestones.project_lights import shows_light
from milestones.project_queries import project_rows
from milestones.queries import NodeRow, node_rows
from projects.models import Project

CHANGES_SHOWN = 50


def projects(request: UserRequest) -> HttpResponse:
    rule = LightRule.on(timezone.localdate(), load_calendar())
    visible = Project.objects.visible_to(request.user)
    narrowed = ProjectFilter(request.GET, queryset=visible, request=request, rule=rule)
    found = narrowed.qs.order_by()
    page = page_of(request.GET.get("page", ""), found.count())
    asked = request.GET.copy()
    asked.pop("page", None)
    context = {
        "rows": project_rows(narrowed.qs[page.slice], rule),
        "page": page,
        "red": 0 if asked.get("light") else found.filter(shows_light(Light.RED, rule)).count(),
        "form": narrowed.form,
        "choices": unit_choices(),
        "is_narrowed": any(value for name, value in asked.items() if name != "ordering"),
        "query": asked.urlencode(),
        "may_add": may_add_projects(request.user),
    }
    return render(request, "milestones/projects.html", context)


def project(request: UserRequest, pk: int) -> HttpResponse:
    visible = Project.objects.visible_to(request.user).for_list()
    shown = get_object_or_404(visible, pk=pk)
    rule = LightRule.on(timezone.localdate(), load_calendar())
    nodes = Node.objects.visible_to(request.user).filter(project=shown)
    rows = node_rows(nodes.for_list().order_by("template_node__position"), rule)
    (row,) = project_rows(visible.filter(pk=pk), rule)
    late = sorted(
        (one for one in rows if one.light == Light.RED and not one.blocked_by), key=lambda one: -one.days_late
    )
    steps = dict(nodes.order_by().values_list("pk", "template_node_id"))
    template = ChainTemplate.objects.filter(nodes__in=steps.values()).first()
    moves = _moves(request, shown, rows)
    context: dict[str, Any] = {
        "project": shown,
        "row": row,
        "late": late,
        "template": template,
        "stages": _stages(rows, template, moves),
        "picture": _picture(rows, steps, template) if template else None,
        "changes": shown.changes.select_related("actor", "node__template_node")[:CHANGES_SHOWN],
        "today": rule.today,
        "may_change": any(moves.values()),
    }
    return render(request, "milestones/project.html", context)


def _moves(request: UserRequest, shown: Project, rows: list[NodeRow]) -> dict[int, frozenset[Move]]:
    """What the reader may do with each node now; the actions check again."""
    mine = set(Node.objects.editable_by(request.user).filter(project=shown).values_list("pk", flat=True))
    return {row.pk: _moves_of(row, is_manager=request.user.is_manager) for row in rows if row.pk in mine}


def _moves_of(row: NodeRow, *, is_manager: bool) -> frozenset[Move]:
    moves = moves_from(row.status)
    if row.blocked_by:
        moves -= {Move.START}
    return moves if is_manager else moves - {Move.REOPEN}


def _stages(
    rows: list[NodeRow], template: ChainTemplate | None, moves: dict[int, frozenset[Move]]
) -> list[dict[str, Any]]:
    names = _names(template.stages) if template else {}
    return [
        {"name": names.get(code, code), "rows": [(row, moves.get(row.pk, frozenset())) for row in of_stage]}
        for code, of_stage in groupby(_by_stage(rows, list(names)), key=lambda row: row.stage)
    ]


def _by_stage(rows: list[NodeRow], order: list[str]) -> list[NodeRow]:
    place = {code: number for number, code in enumerate(order)}
    return sorted(rows, key=lambda row: place.get(row.stage, len(place)))


def _picture(rows: list[NodeRow], steps: dict[int, int], template: ChainTemplate) -> ChainPicture:
    labels, graph = steps_of(template.pk), graph_of(template.pk)
    drawn = [Step(steps[row.pk], labels[steps[row.pk]].lane, row) for row in rows]
    edges = [
        Edge(source, target, is_hard=True)
        for source, targets in graph.hard_after.items()
        for target in targets
    ]
    edges += [
        Edge(source, target, is_hard=False) for target, sources in graph.soft.items() for source in sources
    ]
    return chain_picture(drawn, edges, _names(template.lanes))


def _names(parts: Iterable[dict[str, str]]) -> dict[str, str]:
    """Stages or lanes of a template by code, in their order."""
    return {part["code"]: in_reader_language(part["name"], part.get("name_en", "")) for part in parts}
