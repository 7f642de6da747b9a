"""The page of one project, its Gantt chart in another zoom, and its history."""

from django.db.models import Exists, OuterRef
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.cache import patch_vary_headers

from accounts.http import UserRequest
from domain.lights import LightRule
from history.models import Change
from milestones import obstacles
from milestones.calendar_table import load_calendar
from milestones.drawing.gantt import zoom_of
from milestones.models import Node
from milestones.project_page.extras import extras
from milestones.project_page.investment import InvestmentCard, investment_card
from milestones.project_page.page import node_address, project_gantt, project_page
from milestones.project_page.timeline import KIND_LABELS, entries, of_kind
from milestones.querysets import NodeQuerySet
from projects.models import PROGRAMMES, Project

ENTRIES = 20
"""So many entries of the history at once."""


def project(request: UserRequest, pk: int) -> HttpResponse:
    shown = _project(request, pk)
    rule = LightRule.on(timezone.localdate(), load_calendar())
    nodes, zoom = _nodes(request, shown), zoom_of(request.GET.get("zoom", ""))
    if request.htmx and request.htmx.target == "gantt":
        response = render(
            request, "milestones/_gantt.html", {"gantt": project_gantt(shown, nodes, rule, zoom)}
        )
    else:
        context = {
            "page": project_page(shown, nodes, rule, zoom),
            "in_the_way": obstacles.source().of_project(
                shown, request.user, rule.today, is_theirs=getattr(shown, "is_theirs", False)
            ),
            "extras": extras(shown, request.user, rule.today, request.GET.dict()),
            "investment": _investment(shown, rule),
            "today": rule.today,
            **_history(request, shown, rule),
        }
        response = render(request, "milestones/project.html", context)
    patch_vary_headers(response, ["HX-Request"])
    return response


def history(request: UserRequest, pk: int) -> HttpResponse:
    """The history further back, or of one kind: a page of its own, or the part of the project's page."""
    shown = _project(request, pk)
    rule = LightRule.on(timezone.localdate(), load_calendar())
    name = "_timeline.html" if request.htmx else "project_history.html"
    response = render(request, f"milestones/{name}", {"project": shown, **_history(request, shown, rule)})
    patch_vary_headers(response, ["HX-Request"])
    return response


def _project(request: UserRequest, pk: int) -> Project:
    """With its chain, and whether the reader may change it (``is_theirs``)."""
    visible = Project.objects.visible_to(request.user)
    theirs = Project.objects.editable_by(request.user).order_by().filter(pk=OuterRef("pk"))
    related = visible.select_related("town", "department", "liaison", "chain__template")
    return get_object_or_404(related.annotate(is_theirs=Exists(theirs)), pk=pk)


def _investment(shown: Project, rule: LightRule) -> InvestmentCard | None:
    """None for a programme's entry, and where nothing is recorded for readers who may not enter it."""
    if shown.kind in PROGRAMMES:
        return None
    card = investment_card(shown, rule.today)
    return None if card.is_empty and not getattr(shown, "is_theirs", False) else card


def _nodes(request: UserRequest, shown: Project) -> NodeQuerySet:
    return Node.objects.visible_to(request.user).filter(project=shown)


def _history(request: UserRequest, shown: Project, rule: LightRule) -> dict[str, object]:
    """Newest first; `before` is the entry that the next page begins behind."""
    kind, before = request.GET.get("kind", ""), request.GET.get("before", "")
    changes = of_kind(Change.objects.visible_to(request.user).filter(project=shown), kind)
    if before.isascii() and before.isdigit() and len(before) < 19:
        changes = changes.filter(pk__lt=int(before))
    found = list(changes.select_related("actor", "node__template_node", "issue")[: ENTRIES + 1])
    return {
        "entries": entries(found[:ENTRIES], rule, node_address),
        "before": found[ENTRIES - 1].pk if len(found) > ENTRIES else None,
        "is_first": not before,
        "kind": kind,
        "kinds": KIND_LABELS.items(),
    }
