"""The overdue list, what is folded under its rows, and the sheet of exactly what is shown."""

from typing import Any

from django.http import FileResponse, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.http import UserRequest
from domain.lights import Light, LightRule
from milestones import obstacles
from milestones.bulk_forms import bulk_forms
from milestones.calendar_table import load_calendar
from milestones.filter_choices import node_kinds, unit_choices
from milestones.filters import LIGHT_LABELS, PROOF_LABELS, refuse_unreadable
from milestones.models import STATUS_LABELS, ChainTemplate, Node
from milestones.node_lists import (
    NodeList,
    because_links,
    count_lists,
    count_nodes,
    list_links,
    node_list,
    rows_behind,
    rows_of_page,
)
from milestones.page_numbers import page_of
from milestones.queries import each_node_row
from milestones.workbook import write_nodes
from projects.file_responses import workbook_response
from projects.models import Project

_FIELDS = (
    "unit", "department", "town", "kind", "node_kind", "late_from", "late_to",
    "due_after", "due_before", "issue_category", "issue_unit", "ordering",
)  # fmt: skip
_KEPT = (
    "light", "sector", "leader", "chain", "project", "status", "finished_after", "finished_before", "waived_after",
    "waived_before", "proof", "idle", "held_over", "blocked",
)  # fmt: skip
_ASKED = ("search", *(name for name in _FIELDS if name != "ordering"), *_KEPT[1:])


def overdue(request: UserRequest) -> HttpResponse:
    rule = LightRule.on(timezone.localdate(), load_calendar())
    listed = _listed(request, rule)
    form = listed.filter.form
    refuse_unreadable(form, told=(*_FIELDS, "search"))
    count = count_nodes(listed)
    form.initial["ordering"] = listed.filter.usual_order
    page = page_of(request.GET.get("page", ""), count.shown(listed.knocked_on))
    context = {
        "listed": listed,
        "count": count,
        "page": page,
        "rows": rows_of_page(listed, page.slice, rule),
        "form": form,
        "fields": [(form[name], None) for name in _FIELDS],
        "kept": _kept(listed, request.GET),
        "links": list_links(request.GET, listed.kind),
        "is_narrowed": not listed.is_overdue or any(request.GET.get(name) for name in _ASKED),
        "query": _address(request.GET),
        "here": _here(request.GET, page.number),
        "today": rule.today,
        "may_pick": request.user.is_manager,
        "are_picked": bool(request.GET.get("picked")),
    }
    if request.htmx and not request.htmx.history_restore_request:
        response = render(request, "milestones/_overdue_answer.html", context)
        if "picked" not in request.GET:
            response["HX-Push-Url"] = f"{reverse('milestones:overdue')}?{_address(request.GET)}"
    else:
        units = unit_choices()
        choices = {**units, "node_kind": node_kinds(), "issue_unit": units["unit"]}
        context["fields"] = [(form[name], choices.get(name)) for name in _FIELDS]
        if request.user.is_manager:
            context["bulk_forms"] = bulk_forms(rule.today, units["unit"])
        response = render(request, "milestones/overdue.html", context)
    patch_vary_headers(response, ["HX-Request"])
    return response


def lists(request: UserRequest) -> HttpResponse:
    """How many rows the lists beside the one of this address have, and how many of its own are blocked by issues:
    asked after the page, which does not wait."""
    rule = LightRule.on(timezone.localdate(), load_calendar())
    visible = Node.objects.visible_to(request.user)
    listed = node_list(request.GET, visible, rule, request)
    rows = count_lists(request.GET, visible, rule, request)
    context = {
        "links": list_links(request.GET, listed.kind, rows), "counted": True,
        "because": because_links(request.GET, listed), "listed": listed,
    }  # fmt: skip
    return render(request, "milestones/_lists.html", context)


def behind(request: UserRequest, pk: int) -> HttpResponse:
    """The overdue nodes that wait behind one: folded under its row."""
    node = get_object_or_404(Node.objects.visible_to(request.user).for_list(), pk=pk)
    rule = LightRule.on(timezone.localdate(), load_calendar())
    visible = Node.objects.visible_to(request.user)
    context = {"node": node, "rows": rows_behind(node, visible, rule)}
    name = "_behind.html" if request.htmx else "behind.html"
    return render(request, f"milestones/{name}", context)


def export(request: UserRequest) -> FileResponse:
    """The sheet of every row that the page with the same address shows, all its pages."""
    now = timezone.localtime()
    rule = LightRule.on(now.date(), load_calendar())
    listed = _listed(request, rule)
    refuse_unreadable(listed.filter.form)
    lights = listed.filter.form.cleaned_data.get("light") or []
    comma = pgettext("between names", ", ")
    words = comma.join(str(LIGHT_LABELS[Light(light)]) for light in lights) or listed.title
    under = [_("As of %(moment)s") % {"moment": date_format(now, "Y-m-d H:i")}, *_said(listed)]
    return workbook_response(
        f"nodes-{now:%Y%m%d-%H%M}",
        lambda file: write_nodes(
            file, each_node_row(listed.nodes, rule), name=words, title=_("%(light)s: nodes") % {"light": words},
            under=" · ".join(under), when_empty=_("Nothing matches."),
        ),
    )  # fmt: skip


def _listed(request: UserRequest, rule: LightRule) -> NodeList:
    return node_list(request.GET, Node.objects.visible_to(request.user), rule, request)


def _said(listed: NodeList) -> list[str]:
    """The filters in words, as they stand under the title of the sheet."""
    form = listed.filter.form
    words = [
        _("%(field)s: %(value)s") % {"field": form[name].label, "value": _shown(name, value)}
        for name in _ASKED
        if (value := form.cleaned_data.get(name)) not in (None, "")
    ]
    if listed.knocked_on == "false" and listed.is_overdue:
        words.insert(0, _("causes only"))
    return words


def _shown(name: str, value: Any) -> str:
    """What a filter asks for, by its word where the address has a code."""
    match name:
        case "kind":
            return str(Project.Kind(value).label)
        case "node_kind":
            kinds = dict(choice for _chain, group in node_kinds() for choice in group)
            return kinds.get(value, str(value))
        case "chain":
            chains = ChainTemplate.objects.published().filter(code__in=value)
            return pgettext("between names", ", ").join({chain.label: None for chain in chains})
        case "proof":
            return str(PROOF_LABELS[value])
        case "idle" | "blocked":
            return _("yes") if value else _("no")
        case "issue_category":
            return dict(obstacles.source().categories()).get(value, str(value))
        case "status":
            return str(STATUS_LABELS.get(value, value))
        case _:
            return str(value)


def _kept(listed: NodeList, params: QueryDict) -> list[tuple[str, str]]:
    """What the address asks for beside the fields; a form that left it out would ask for something else."""
    asked = [(name, value) for name in _KEPT for value in params.getlist(name) if value]
    said_light = any(name == "light" for name, _value in asked)
    return [*asked, ("light", Light.RED)] if listed.is_overdue and not said_light else asked


def _here(params: QueryDict, page: int) -> str:
    """The address of the page that is shown, to come back to."""
    said = "&".join(filter(None, [_address(params), f"page={page}" if page > 1 else ""]))
    return f"{reverse('milestones:overdue')}{'?' if said else ''}{said}"


def _address(params: QueryDict) -> str:
    """The part of the address that says what is shown, without what says nothing."""
    said = QueryDict(mutable=True)
    for name, values in params.lists():
        if name not in {"page", "picked"} and any(values):
            said.setlist(name, [value for value in values if value])
    return said.urlencode()
