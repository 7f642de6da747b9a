"""The list of projects."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts.access import may_add_projects
from accounts.http import UserRequest
from domain.lights import Light, LightRule
from milestones.calendar_table import load_calendar
from milestones.filter_choices import unit_choices
from milestones.page_numbers import page_of
from milestones.project_filters import ProjectFilter
from milestones.project_lights import shows_light
from milestones.project_queries import project_rows
from projects.models import Project


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
