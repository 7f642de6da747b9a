"""The form in which a project's months and its plan of a year are entered."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.http import UserRequest
from domain.errors import InputError
from domain.periods import LATEST_YEAR, last_full_month
from domain.recorded_days import EARLIEST
from milestones.views.project_forms import editable_project, is_form
from milestones.views.sending import sent_once
from projects.investment_forms import InvestmentYearForm
from projects.investment_year_actions import record_year
from projects.investment_years import investment_years


@is_form
def investment(request: UserRequest, pk: int) -> HttpResponse:
    """``?year=``; without it the year of the last full month."""
    project, today, status = editable_project(request, pk), timezone.localdate(), 200
    year = _year(request.GET.get("year", ""), last_full_month(today).year)
    stored = investment_years(project, year)[year]
    if request.method == "POST":
        form = InvestmentYearForm(request.POST, stored=stored, today=today)
        if form.is_valid():
            sent = form.cleaned_data
            sent_once(
                request,
                lambda: record_year(
                    project, year, months=form.months, plan=sent["plan"], actor=request.user, today=today,
                    etag=stored.etag, confirmed=sent["confirmed"],
                ),
            )  # fmt: skip
            messages.success(request, _("The investment of %(year)s is saved.") % {"year": year})
            return redirect(f"{project.get_absolute_url()}#investment")
        status = 412 if form.is_stale else 400
    else:
        form = InvestmentYearForm(stored=stored, today=today)
    shown = {"project": project, "year": year, "form": form, "etag": stored.etag, "this_year": today.year}
    return render(request, "milestones/project_investment.html", shown, status=status)


def _year(text: str, usual: int) -> int:
    if not text:
        return usual
    if text.isascii() and text.isdigit() and len(text) == 4 and EARLIEST.year <= int(text) <= LATEST_YEAR:
        return int(text)
    raise InputError(gettext_noop("“%(year)s” is no year between 2000 and 2100."), year=text[:40])
