"""How many issues were raised and closed in a period, how fast, and against the same period a year earlier."""

from datetime import date, timedelta

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.http import UserRequest
from domain.issue_figures import Period
from domain.lights import LightRule
from issues.figure_cells import category_rows, unit_rows, whole_cells
from issues.figures import issue_figures, why_overdue
from issues.models import Issue
from issues.period_form import PeriodForm
from milestones.calendar_table import load_calendar
from milestones.models import Node


def figures(request: UserRequest) -> HttpResponse:
    """The figures of a period; of the year to date where none is asked for."""
    today = timezone.localdate()
    form = PeriodForm(request.GET)
    period = form.period(today)
    found = issue_figures(Issue.objects.visible_to(request.user), period)
    context = {
        "figures": found,
        "whole": whole_cells(found.whole, period),
        "tables": [
            (_("By lead unit"), _("Lead unit"), unit_rows(found.units, period)),
            (_("By category"), _("Category"), category_rows(found.categories, period)),
        ],
        "top": found.topics.top[0] if found.topics.top else None,
        "form": form,
        "periods": _periods(today, period),
    }
    return render(request, "issues/figures.html", context)


def why(request: UserRequest) -> HttpResponse:
    """Of what is overdue now, how much is blocked, by which category and at which lead unit: asked after the page,
    which does not wait."""
    rule = LightRule.on(timezone.localdate(), load_calendar())
    context = {"because": why_overdue(Node.objects.visible_to(request.user), rule)}
    name = "_figures_why.html" if request.htmx else "figures_why.html"
    return render(request, f"issues/{name}", context)


def _periods(today: date, shown: Period) -> list[tuple[str, Period, bool]]:
    """Those that are a click away, and whether it is the one that is shown."""
    first = date(today.year, 1, 1)
    offered = [
        (_("This year to date"), Period(first, today)),
        (_("The last 90 days"), Period(today - timedelta(days=89), today)),
        (_("Last year"), Period(date(today.year - 1, 1, 1), first - timedelta(days=1))),
    ]
    return [(label, period, period == shown) for label, period in offered]
