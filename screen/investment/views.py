"""The page of investment, and the workbook of exactly what it shows."""

from django.http import FileResponse, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.access import sees_the_district
from accounts.http import UserRequest
from domain.lights import LightRule
from milestones.calendar_table import load_calendar
from milestones.filter_choices import unit_choices
from milestones.filters import refuse_unreadable
from milestones.page_numbers import page_of
from milestones.project_filters import ProjectFilter
from milestones.templatetags.amounts import months
from projects.file_responses import workbook_response
from projects.investments import GROUP_LABELS
from projects.models import Project
from projects.querysets import ProjectQuerySet
from screen.investment.chart import investment_chart
from screen.investment.form import LIGHT_LABELS, LIGHTS, InvestmentForm
from screen.investment.page import InvestmentPage, investment_page, named
from screen.investment.words import Addresses, investment_clauses, investment_figures
from screen.investment.workbook import write_investment

_FIELDS = ("search", "kind", "town", "department", "sector", "leader")
"""What of the projects' filter the form shows; an address may say more."""


def investment(request: UserRequest) -> HttpResponse:
    today = timezone.localdate()
    shown, projects, narrowed = _shown(request)
    asked = request.GET.copy()
    asked.pop("page", None)
    addresses = Addresses(asked, shown.asked.months)
    page = page_of(request.GET.get("page", ""), len(shown.lines))
    choices = unit_choices()
    context = {
        "shown": shown,
        "months": shown.asked.months,
        "clauses": investment_clauses(shown, addresses, today),
        "figures": investment_figures(shown, addresses),
        "chart": investment_chart(shown.by_month, shown.asked.months, shown.asked.group, addresses.month)
        if shown.asked.months.has_begun(today)
        else None,
        "rows": named(shown.lines[page.slice], projects),
        "page": page,
        "query": asked.urlencode(),
        "has_begun": shown.asked.months.has_begun(today),
        "is_over": shown.asked.months.is_over(today),
        "groups": [
            (name, label, addresses.rows(anchor="", group=name), name == shown.asked.group)
            for name, label in GROUP_LABELS.items()
        ],
        "lights": [(light, LIGHT_LABELS[light]) for light in LIGHTS],
        "fields": [(narrowed.form[name], choices.get(name)) for name in _FIELDS[1:]],
        "form": narrowed.form,
        "kept": [
            (name, value) for name, values in asked.lists() for value in values if _is_kept(name, value)
        ],
        "is_narrowed": any(value for name, value in asked.items() if name not in {"from", "to"}),
    }
    return render(request, "screen/investment.html", context)


def export(request: UserRequest) -> FileResponse:
    """The sheet of every row that the page with the same address shows, all its pages."""
    now = timezone.localtime()
    shown, projects, _narrowed = _shown(request)
    under = [
        _("As of %(moment)s") % {"moment": date_format(now, "Y-m-d H:i")},
        months(shown.asked.months),
        str(GROUP_LABELS[shown.asked.group]),
    ]
    return workbook_response(
        f"investment-{now:%Y%m%d-%H%M}",
        lambda file: write_investment(file, shown, named(shown.lines, projects), under=" · ".join(under)),
    )


def _is_kept(name: str, value: str) -> bool:
    return bool(value) and name not in {*_FIELDS, "from", "to", "investment_light"}


def _shown(request: UserRequest) -> tuple[InvestmentPage, ProjectQuerySet, ProjectFilter]:
    """What the address asks for, the projects it is of, and how they are narrowed."""
    asked = InvestmentForm(request.GET).asked(timezone.localdate())
    rule = LightRule.on(timezone.localdate(), load_calendar())
    visible = Project.objects.visible_to(request.user)
    narrowed = ProjectFilter(request.GET, queryset=visible, request=request, rule=rule)
    refuse_unreadable(narrowed.form)
    is_narrowed = not sees_the_district(request.user) or any(
        request.GET.get(name) for name in narrowed.form.fields if name != "ordering"
    )
    projects: ProjectQuerySet = narrowed.qs
    has_begun = asked.months.has_begun(rule.today)
    shown = investment_page(projects, asked, narrowed=is_narrowed, has_begun=has_begun)
    return shown, projects, narrowed
