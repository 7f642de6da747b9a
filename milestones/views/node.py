"""The panel of one node: a page of its own, or a part beside the page of its project."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.cache import patch_vary_headers

from accounts.http import UserRequest
from domain.lights import LightRule
from milestones.calendar_table import load_calendar
from milestones.models import Node
from milestones.project_page.node_panel import node_panel


def node(request: UserRequest, pk: int) -> HttpResponse:
    visible = Node.objects.visible_to(request.user).for_list()
    shown = get_object_or_404(visible.select_related("project__chain__template"), pk=pk)
    rule = LightRule.on(timezone.localdate(), load_calendar())
    is_theirs = Node.objects.editable_by(request.user).filter(pk=pk).exists()
    beside = f"{shown.project.get_absolute_url()}#node-{pk}"
    context = {
        "panel": node_panel(shown, request.user, rule, is_theirs=is_theirs),
        "next": beside if request.htmx else request.path,
        "today": rule.today,
    }
    response = render(request, f"milestones/{'_panel' if request.htmx else 'node'}.html", context)
    patch_vary_headers(response, ["HX-Request"])
    return response
