"""The map of the projects, and the outline that it draws."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import may_run_the_platform
from accounts.http import UserRequest
from domain.errors import InputError
from domain.geojson import MOST_BYTES, MOST_POINTS
from domain.lights import LightRule
from history.models import Change
from milestones.calendar_table import load_calendar
from milestones.filter_choices import unit_choices
from milestones.page_numbers import page_of
from milestones.project_queries import project_rows
from milestones.views.sending import sent_once
from projects.models import Project
from projects.querysets import ProjectQuerySet
from screen.map.filters import MapFilter, box_of
from screen.map.lights import lights_by_project
from screen.map.outline_actions import replace_outline, use_built_in_outline
from screen.map.outline_files import outline_file, outline_in_use
from screen.map.page import map_of


@require_safe
def map_of_projects(request: UserRequest) -> HttpResponse:
    rule = LightRule.on(timezone.localdate(), load_calendar())
    visible = Project.objects.visible_to(request.user)
    narrowed = MapFilter(request.GET, queryset=visible, request=request, rule=rule)
    choices = unit_choices()
    asked = request.GET.copy()
    asked.pop("page", None)
    pairs = [(name, value) for name, values in asked.lists() for value in values if value]
    part = box_of(request.GET.get("within", ""))
    drawn = map_of(
        narrowed.qs, lights_by_project(rule), outline_in_use(),
        {name: int(pk) for pk, name in choices["town"]}, part=part, asked=pairs,
    )  # fmt: skip
    page = page_of(request.GET.get("page", ""), drawn.all)
    context = {
        "map": drawn, "rows": project_rows(narrowed.qs[page.slice], rule), "page": page, "form": narrowed.form,
        "choices": choices, "sectors": _said(visible, "sector"), "leaders": _said(visible, "leader"),
        "is_narrowed": any(name != "ordering" for name, _value in pairs), "part": part, "query": asked.urlencode(),
        "without_part": [pair for pair in pairs if pair[0] not in {"within", "placed"}],
        "may_replace": may_run_the_platform(request.user),
    }  # fmt: skip
    return render(request, "screen/map.html", context)


def _said(projects: ProjectQuerySet, field: str) -> list[tuple[str, str]]:
    """The values of a field that projects in sight have, for a choice."""
    found = projects.exclude(**{field: ""}).order_by(field).values_list(field, flat=True).distinct()
    return [(value, value) for value in found[:200]]


@require_http_methods(["GET", "HEAD", "POST"])
def map_outline(request: UserRequest) -> HttpResponse:
    """Which outline is in use, and another in its place."""
    if not may_run_the_platform(request.user):
        raise PermissionDenied
    if request.method == "POST":
        return _replace(request)
    in_use = outline_in_use()
    drawn = map_of(Project.objects.visible_to(request.user).none(), {}, in_use, {})
    last = Change.objects.visible_to(request.user).filter(verb=Change.Verb.OUTLINE_REPLACED)
    context = {
        "map": drawn, "in_use": in_use, "last": last.select_related("actor")[:10],
        "towns_without_area": _towns_without_area(in_use.outline.names if in_use.outline else ()),
        "megabytes": MOST_BYTES // 1024**2, "points": MOST_POINTS,
    }  # fmt: skip
    return render(request, "screen/map_outline.html", context)


def _towns_without_area(names: tuple[str, ...]) -> list[str]:
    return [name for _pk, name in unit_choices()["town"] if name not in names]


def _replace(request: UserRequest) -> HttpResponse:
    now = timezone.now()
    if request.POST.get("built_in"):
        use_built_in_outline(actor=request.user, now=now)
        messages.success(request, _("The map draws the outline that comes with the software again."))
        return redirect("screen:map_outline")
    file = request.FILES.get("file")
    if file is None:
        raise InputError(gettext_noop("Choose the file of the outline."))
    # One byte more than is taken is enough to see that it is too large.
    data = file.read(MOST_BYTES + 1)
    outline = sent_once(request, lambda: replace_outline(data, file.name or "", actor=request.user, now=now))
    if outline is None:
        messages.info(request, _("This has been done already."))
    else:
        messages.success(
            request,
            _("The map draws this outline from now on: %(areas)d areas, %(named)d of them with a name.")
            % {"areas": len(outline.shapes), "named": len(outline.names)},
        )
    return redirect("screen:map_outline")


@require_safe
def map_outline_file(request: UserRequest) -> HttpResponse:
    """The file in use, to be changed in a program for maps."""
    if not may_run_the_platform(request.user):
        raise PermissionDenied
    try:
        data = outline_file()
    except OSError as error:
        raise Http404 from error
    answer = HttpResponse(data, content_type="application/geo+json")
    answer["Content-Disposition"] = 'attachment; filename="outline.geojson"'
    return answer
