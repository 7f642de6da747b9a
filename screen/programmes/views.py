"""The page of programmes."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts.access import sees_the_district
from accounts.http import UserRequest
from domain.lights import LightRule
from milestones.calendar_table import load_calendar
from milestones.filter_choices import unit_choices
from milestones.filters import refuse_unreadable
from milestones.project_filters import ProjectFilter
from projects.models import Project
from screen.programmes.queries import programmes as programmes_of
from screen.programmes.words import programme_cards

_FIELDS = ("town", "department", "applied_in")


def programmes(request: UserRequest) -> HttpResponse:
    today = timezone.localdate()
    rule = LightRule.on(today, load_calendar())
    visible = Project.objects.visible_to(request.user)
    narrowed = ProjectFilter(request.GET, queryset=visible, request=request, rule=rule)
    refuse_unreadable(narrowed.form)
    is_narrowed = any(value for name, value in request.GET.items() if name != "ordering")
    found = programmes_of(
        request.user, narrowed.qs, narrowed=is_narrowed or not sees_the_district(request.user)
    )
    choices = unit_choices()
    context = {
        "cards": programme_cards(found, request.GET),
        "is_narrowed": is_narrowed,
        "is_empty": not any(programme.entries for programme in found),
        "form": narrowed.form,
        "fields": [(narrowed.form[name], choices[name]) for name in ("town", "department")],
        "years": range(today.year, today.year - 8, -1),
        "year": request.GET.get("applied_in", ""),
        "kept": [
            (name, value)
            for name, values in request.GET.lists()
            for value in values
            if value and name not in _FIELDS
        ],
    }
    return render(request, "screen/programmes.html", context)
