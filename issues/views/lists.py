"""The list of issues, and the sheet of exactly what it shows."""

from typing import Any

from django.http import FileResponse, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.http import UserRequest
from domain.lights import LightRule
from issues.filters import USUAL_ORDER
from issues.issue_list import (
    ASKABLE,
    FIELDS,
    SHOWN,
    IssueList,
    address_of,
    count_issues,
    issue_list,
    quick_links,
    said_in_words,
)
from issues.models import ISSUE_LABELS, Category, Issue, SavedFilter, Topic
from issues.queries import each_issue_row, rows_of_page
from issues.workbook import write_issues
from milestones.calendar_table import load_calendar
from milestones.filter_choices import unit_choices
from milestones.filters import refuse_unreadable
from milestones.page_numbers import page_of
from projects.file_responses import workbook_response

_TYPED = ("search", "age_from", "closed_after")
"""What is wrong with these is said at their fields; anything else that cannot be read is no address of the list."""


def index(request: UserRequest) -> HttpResponse:
    rule = LightRule.on(timezone.localdate(), load_calendar())
    listed = _listed(request, rule)
    form = listed.filter.form
    refuse_unreadable(form, told=_TYPED)
    form.initial["ordering"] = USUAL_ORDER
    count = count_issues(listed, rule.today)
    page = page_of(request.GET.get("page", ""), count.found)
    query = address_of(request.GET)
    links = quick_links(request.GET, rule.today)
    context: dict[str, Any] = {
        "listed": listed,
        "count": count,
        "page": page,
        "rows": rows_of_page(listed.issues, page.slice, rule),
        "form": form,
        "kept": [(name, value) for name in _KEPT for value in request.GET.getlist(name) if value],
        "kept_words": said_in_words(listed, request, _KEPT),
        "links": links,
        "late_query": links[1].query,
        "is_narrowed": bool(set(listed.asked) - {"ordering"} - ({"open"} if listed.is_all_open else set())),
        "query": query,
        "saved": list(SavedFilter.objects.filter(user=request.user)),
        "today": rule.today,
    }
    if request.htmx and not request.htmx.history_restore_request:
        context["fields"] = [(form[name], None) for name in FIELDS]
        response = render(request, "issues/_list_answer.html", context)
        response["HX-Push-Url"] = f"{reverse('issues:index')}?{query}"
    else:
        choices = _choices(request, listed)
        context["fields"] = [(form[name], choices.get(name)) for name in FIELDS]
        context["states"] = [(str(value), label) for value, label in ISSUE_LABELS.items()]
        response = render(request, "issues/index.html", context)
    patch_vary_headers(response, ["HX-Request"])
    return response


_KEPT = tuple(name for name in ASKABLE if name not in SHOWN)
"""What an address may ask for beside the fields; a form that left it out would ask for something else."""


def export(request: UserRequest) -> FileResponse:
    """The sheet of every row that the page with the same address shows, all its pages."""
    now = timezone.localtime()
    rule = LightRule.on(now.date(), load_calendar())
    listed = _listed(request, rule)
    refuse_unreadable(listed.filter.form)
    title = _("Open issues") if listed.is_all_open else _("Issues")
    under = [
        _("As of %(moment)s") % {"moment": date_format(now, "Y-m-d H:i")},
        *said_in_words(listed, request),
    ]
    return workbook_response(
        f"issues-{now:%Y%m%d-%H%M}",
        lambda file: write_issues(
            file, each_issue_row(listed.issues, rule), name=pgettext("name of a sheet", "Issues"), title=title,
            under=" · ".join(under), when_empty=_("Nothing matches."),
        ),
    )  # fmt: skip


def _listed(request: UserRequest, rule: LightRule) -> IssueList:
    return issue_list(request.GET, Issue.objects.visible_to(request.user), rule, request)


def _choices(request: UserRequest, listed: IssueList) -> dict[str, list[tuple[str, str]]]:
    """What the selects offer that are read from tables, and yes or no."""
    units = unit_choices()
    return {
        "unit": units["unit"],
        "town": units["town"],
        "category": [(category.code, category.label) for category in Category.objects.all()],
        "topic": _topics(request, listed),
        "late": [("True", _("yes")), ("False", _("no"))],
    }


def _topics(request: UserRequest, listed: IssueList) -> list[tuple[str, str]]:
    """Those that are open, and the one that the address asks for."""
    visible = Topic.objects.visible_to(request.user)
    asked = listed.asked.get("topic")
    shown = visible.open() if asked is None else visible.open() | visible.filter(pk=asked)
    return [(str(pk), name) for pk, name in shown.order_by("name", "pk").values_list("pk", "name")]
