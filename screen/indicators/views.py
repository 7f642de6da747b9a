"""The pages of the indicators: all of them, one over time, and the form in which its values are entered."""

from datetime import date

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import may_edit_indicators
from accounts.http import UserRequest
from domain.periods import last_full_month
from milestones.views.sending import sent_once
from screen.indicators.actions import period_of, record_values, values_etag
from screen.indicators.chart import series_chart, with_trends
from screen.indicators.forms import ValuesForm, read_period
from screen.indicators.queries import indicator_rows, indicator_series, units_to_ask, values_of
from screen.indicators.words import indicator_clauses
from screen.models import Indicator, IndicatorValue


def indicators(request: UserRequest) -> HttpResponse:
    values = IndicatorValue.objects.visible_to(request.user)
    years = [each.year for each in values.order_by().dates("period", "year", order="DESC")]
    asked = request.GET.get("year", "")
    year = next((year for year in years if str(year) == asked), None)
    rows = indicator_rows(Indicator.objects.all(), values, year=year)
    context = {
        "rows": with_trends(rows, values),
        "clauses": indicator_clauses(rows),
        "years": years,
        "year": year,
        "may_edit": may_edit_indicators(request.user),
    }
    return render(request, "screen/indicators.html", context)


def indicator(request: UserRequest, code: str) -> HttpResponse:
    """One indicator; ``?unit=`` draws another series than the district's."""
    shown = get_object_or_404(Indicator, code=code)
    series = indicator_series(shown, IndicatorValue.objects.visible_to(request.user))
    asked = request.GET.get("unit", "")
    units = [row.pk for row in series.rows]
    unit = (
        int(asked)
        if asked.isascii() and asked.isdigit() and len(asked) < 19 and int(asked) in units
        else None
    )
    if unit is None and units and None not in units:
        unit = units[0]
    context = {
        "indicator": shown,
        "series": series,
        "chart": series_chart(series, unit),
        "unit": unit,
        "drawn": next((row for row in series.rows if row.pk == unit), None),
        "may_edit": may_edit_indicators(request.user),
    }
    return render(request, "screen/indicator.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def record(request: UserRequest, code: str) -> HttpResponse:
    """The values of one period (``?period=2025``, ``?period=2025-08``), of the district and of each unit."""
    if not may_edit_indicators(request.user):
        raise PermissionDenied
    shown, today = get_object_or_404(Indicator, code=code), timezone.localdate()
    period = read_period(shown, request.GET.get("period", ""), _usual(shown, today))
    values, status = IndicatorValue.objects.visible_to(request.user), 200
    stored, units = values_of(shown, values, period), units_to_ask(shown, values)
    form = ValuesForm(
        request.POST if request.method == "POST" else None, units=units, period=period, stored=stored
    )
    if request.method == "POST":
        if form.is_valid():
            sent = form.values
            sent_once(
                request,
                lambda: record_values(shown, sent, actor=request.user, today=today, etag=values_etag(stored)),
            )
            messages.success(request, _("The values of “%(indicator)s” are saved.") % {"indicator": shown})
            return redirect("screen:indicator", code=shown.code)
        status = 412 if form.is_stale else 400
    context = {"indicator": shown, "form": form, "period": period, "etag": values_etag(stored)}
    return render(request, "screen/indicator_record.html", context, status=status)


def _usual(shown: Indicator, today: date) -> date:
    """The last period that is over."""
    if shown.frequency == Indicator.Frequency.MONTHLY:
        return last_full_month(today)
    return period_of(shown, date(today.year - 1, 1, 1))
