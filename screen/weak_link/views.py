"""`/weak-link/`: the links ranked, one node kind with its evidence, the nodes behind a number, the sheet."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.http import UserRequest
from domain.periods import Months, first_of_quarter, months_later
from domain.weak_link import MINIMUM_ENDED, Cell, Link, Order
from milestones.filter_choices import unit_choices
from milestones.templatetags.amounts import months
from projects.file_responses import workbook_response
from screen.keeping import Keeper
from screen.models import Reckoning
from screen.narrowing import PERIOD, PLACES, Narrowing, NarrowingForm, said_of_projects
from screen.reckoning.queries import latest
from screen.weak_link.addresses import export_url, kind_url, nodes_url, page_url
from screen.weak_link.chart import TrendPoint, survival_chart, trend_chart
from screen.weak_link.forms import LinksForm, SelectionForm
from screen.weak_link.lines import lines
from screen.weak_link.nodes import node_page
from screen.weak_link.queries import (
    Division,
    Part,
    Quarter,
    Selection,
    asked_period,
    kind_link,
    kind_number,
    link_name,
    part_of,
    quarters,
    ranked,
)
from screen.weak_link.words import (
    CELL_LABELS,
    DIVISION_LABELS,
    ORDER_LABELS,
    band_days,
    category_labels,
    evidence,
    few_sentence,
    kind_names,
    link_names,
    quantile_days,
    quarter_name,
)
from screen.weak_link.workbook import write_links


@dataclass(frozen=True, slots=True)
class _Place:
    """What every page here begins with."""

    narrowing: Narrowing
    form: NarrowingForm
    reckoning: Reckoning | None
    part: Part | None


def weak_link(request: UserRequest) -> HttpResponse:
    """The links of a division, the weakest first."""
    place = _place(request)
    division, order = LinksForm(request.GET).asked()
    context = _context(request, place)
    narrowing, part = place.narrowing, place.part
    if part is not None:
        shown = lines(part, narrowing, division, ranked(part, division, order))
        said = [line for line in shown if line.place is not None]
        context |= {
            "said": said, "few": [line for line in shown if line.place is None], "division": division, "order": order,
            "worst": next(iter(said), None), "evidence": evidence(said[0].link) if said else "",
            "tabs": [
                (one, label, page_url(narrowing, by=one.value, sort=order.value), one == division)
                for one, label in DIVISION_LABELS.items()
            ],
            "orders": [
                (label, page_url(narrowing, by=division.value, sort=one.value), one == order)
                for one, label in ORDER_LABELS.items()
            ],
            "export_url": export_url(narrowing, by=division.value, sort=order.value),
            "is_kind": division == Division.KIND, "is_by_handed": order == Order.HANDED,
            "kept": [("by", division.value), ("sort", order.value)], "order_label": ORDER_LABELS[order],
        }  # fmt: skip
    return render(request, "screen/weak_link/weak_link.html", context)


def export(request: UserRequest) -> FileResponse:
    """The sheet of what the page with the same address shows."""
    place = _place(request)
    division, order = LinksForm(request.GET).asked()
    if place.part is None or place.reckoning is None:
        raise Http404
    shown = lines(place.part, place.narrowing, division, ranked(place.part, division, order))
    under = _("reckoned as of %(day)s; delay handed on in %(period)s; ranked by %(order)s") % {
        "day": place.reckoning.day.isoformat(), "period": months(place.part.period), "order": ORDER_LABELS[order],
    }  # fmt: skip
    name = f"weak-link-{timezone.localtime():%Y%m%d-%H%M}"
    return workbook_response(name, lambda file: write_links(file, shown, under=under))


def kind(request: UserRequest, chain: str, node: str) -> HttpResponse:
    """One node kind with its evidence."""
    place, code = _place(request), f"{chain}/{node}"
    name = kind_names([code])[code]
    part = place.part
    if name.is_gone and (part is None or kind_number(part, code) is None):
        raise Http404
    context = _context(request, place) | {"name": name, "code": code}
    link = kind_link(part, code) if part else None
    if part is not None and link is not None:
        context |= _evidence(request, place, part, link, code)
    return render(request, "screen/weak_link/kind.html", context)


def nodes(request: UserRequest) -> HttpResponse:
    """The nodes that one number counts."""
    place = _place(request)
    selection = SelectionForm(request.GET).asked()
    context = _context(request, place)
    if place.part is not None:
        page, rows = node_page(request.user, place.part, selection, request.GET.get("page", ""))
        asked = request.GET.copy()
        asked.pop("page", None)
        context |= {
            "page": page, "rows": rows, "query": asked.urlencode(), "label": CELL_LABELS[selection.cell],
            "of": _said(place.part, selection),
            "kind_url": kind_url(place.narrowing, selection.kind) if selection.kind.count("/") == 1 else "",
        }  # fmt: skip
    return render(request, "screen/weak_link/nodes.html", context)


def _place(request: UserRequest) -> _Place:
    form = NarrowingForm(request.GET)
    narrowing = form.narrowing(timezone.localdate())
    reckoning = latest()
    part = part_of(request.user, narrowing, reckoning) if reckoning else None
    return _Place(narrowing, form, reckoning, part)


def _context(request: UserRequest, place: _Place) -> dict[str, Any]:
    today, narrowing = timezone.localdate(), place.narrowing
    choices = {**unit_choices(), **said_of_projects(request.user, Keeper.of(request.user, narrowing.key))}
    period = asked_period(narrowing, place.reckoning.day if place.reckoning else today)
    return {
        "part": place.part, "reckoning": place.reckoning, "period": period, "form": place.form,
        "is_old": bool(place.reckoning and place.reckoning.day < today), "is_narrowed": bool(narrowing.said),
        "chosen": pgettext("between names", ", ").join(place.form.chosen(narrowing.period)),
        "fields": [(place.form[name], choices.get(name)) for name in PLACES], "minimum": MINIMUM_ENDED,
        "periods": [
            (label, _period_url(request, span), is_usual if span is None else span == period)
            for label, span in _periods(place.reckoning.day if place.reckoning else today)
            for is_usual in [not any(name in PERIOD for name, _value in narrowing.said)]
        ],
        "page_url": page_url(narrowing),
    }  # fmt: skip


def _periods(day: date) -> list[tuple[str, Months | None]]:
    quarter = first_of_quarter(day)
    return [
        (_("last 12 months"), None),
        (_("this quarter"), Months(quarter, months_later(quarter, 2))),
        (_("last quarter"), Months(months_later(quarter, -3), months_later(quarter, -1))),
        (
            _("last year"),
            Months(
                day.replace(year=day.year - 1, month=1, day=1),
                day.replace(year=day.year - 1, month=12, day=1),
            ),
        ),
    ]


def _period_url(request: UserRequest, period: Months | None) -> str:
    """The same page of another period."""
    asked = request.GET.copy()
    for name in (*PERIOD, "page"):
        asked.pop(name, None)
    if period is not None:
        asked["from"], asked["to"] = f"{period.first:%Y-%m}", f"{period.last:%Y-%m}"
    return f"?{asked.urlencode()}"


def _evidence(request: UserRequest, place: _Place, part: Part, link: Link, code: str) -> dict[str, Any]:
    narrowing = place.narrowing
    number = kind_number(part, code)
    order = ranked(part, Division.KIND)
    line = lines(part, narrowing, Division.KIND, [one for one in order if one.link.key == number])[0]
    page, rows = node_page(
        request.user, part, Selection(Cell.REACHED, kind=code), request.GET.get("page", "")
    )
    asked = request.GET.copy()
    asked.pop("page", None)
    categories = {one: str(part.spans.categories[one]) for one in link.categories}
    labels = category_labels(categories.values())
    trend = trend_chart(quarters(part, code), link.allowed)
    return {
        "line": line, "link": link, "evidence": evidence(link), "few": few_sentence(link),
        "ranked": sum(one.place is not None for one in order),
        "chart": survival_chart(link.curve, link.allowed), "trend": trend,
        "trend_rows": [_quarter(narrowing, code, point) for point in trend.points] if trend else [],
        "longer_url": nodes_url(narrowing, Selection(Cell.SAMPLE, kind=code)),
        "splits": [
            (label, lines(part, narrowing, division, ranked(part, division, kind=code), kind=code))
            for division, label in DIVISION_LABELS.items()
            if division != Division.KIND
        ],
        "times": [
            (_("idle before the start"), link.days_idle, "earlier", line.cells["idle"]),
            (_("being worked on"), link.days_worked, "of-now", line.cells["sample"]),
            (_("on hold"), link.days_held, "of-violet", line.cells["held"]),
        ],
        "days": link.days_idle + link.days_worked + link.days_held,
        "categories": [
            (labels[category], link.categories[one],
             nodes_url(narrowing, Selection(Cell.BLOCKED, kind=code, category=category)))
            for one, category in categories.items()
        ],
        "page": page, "rows": rows, "query": asked.urlencode(),
    }  # fmt: skip


@dataclass(frozen=True, slots=True)
class QuarterLine:
    """One quarter in words, with its place in the picture."""

    point: TrendPoint
    name: str
    median: str
    band: str
    url: str
    open_url: str

    @property
    def quarter(self) -> Quarter:
        return self.point.quarter

    @property
    def open(self) -> int:
        return self.quarter.curve.observations - self.quarter.curve.ends

    @property
    def is_thin(self) -> bool:
        return self.quarter.curve.ends < MINIMUM_ENDED


def _quarter(narrowing: Narrowing, code: str, point: TrendPoint) -> QuarterLine:
    quarter = point.quarter

    def url(cell: Cell) -> str:
        return nodes_url(narrowing, Selection(cell, kind=code, quarter=quarter.code))

    return QuarterLine(
        point, quarter_name(quarter.code), quantile_days(quarter.curve, 0.5), band_days(quarter.curve),
        url(Cell.SAMPLE), url(Cell.OPEN),
    )  # fmt: skip


def _said(part: Part, selection: Selection) -> str:
    """What the nodes are, beside what is counted: the kind, the town, the quarter …"""
    said = [kind_names([selection.kind])[selection.kind].name] if selection.kind else []
    if selection.of:
        found = [one.link for one in ranked(part, selection.division)]
        names = link_names(part, selection.division, found)
        said += [
            names[link.key].name
            for link in found
            if link_name(part, selection.division, link) == selection.of
        ]
    if selection.quarter:
        said.append(_("begun in %(quarter)s") % {"quarter": quarter_name(selection.quarter)})
    if selection.longer is not None:
        said.append(_("more than %(days)s working days") % {"days": selection.longer})
    if selection.category:
        said.append(category_labels([selection.category])[selection.category])
    return " · ".join(said)
