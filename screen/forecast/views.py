"""`/forecast/`: the key nodes and their dates, the worst first; and how right past forecasts were."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.http import UserRequest
from domain.chains import Milestone
from milestones.calendar_table import load_calendar
from milestones.filter_choices import unit_choices
from milestones.page_numbers import page_of
from screen.forecast.addresses import page_url
from screen.forecast.chart import calibration_chart
from screen.forecast.forms import ForecastForm
from screen.forecast.outlooks import KEYS
from screen.forecast.past import past as past_of
from screen.forecast.queries import Standing, standing
from screen.forecast.words import KEY_LABELS, Due, State
from screen.keeping import Keeper
from screen.narrowing import PLACES, Narrowing, NarrowingForm, said_of_projects


@dataclass(frozen=True, slots=True)
class Remark:
    """What is said below a figure, and the rows it counts."""

    text: str
    url: str
    count: int


@dataclass(frozen=True, slots=True)
class KeyFigure:
    """Of a key node: how many of the dates of this year are likely to be kept, or were; and the rows."""

    label: str
    value: str
    keep: int
    url: str
    notes: tuple[Remark, ...]


def forecast(request: UserRequest) -> HttpResponse:
    """The key nodes asked for, the smallest chance to keep the date first."""
    form, narrowing = _narrowed(request)
    own = ForecastForm(request.GET)
    key, due, state = own.asked()
    found = standing(request.user, narrowing)
    context = _context(request, form, narrowing) | {
        "standing": found, "own": own, "key": key, "due": due, "state": state,
        "today": timezone.localdate(),
    }  # fmt: skip
    if found is not None:
        places = found.worst_first(found.mask(key=key, due=due, state=state))
        page = page_of(request.GET.get("page", ""), len(places))
        context |= {
            "page": page, "rows": found.rows(places[page.slice]), "figures": _figures(found, narrowing),
            "soon": found.count(due=Due.SOON), "soon_missed": found.count(due=Due.SOON, state=State.MISS),
            "soon_url": page_url(narrowing, due=Due.SOON, state=State.ALL),
            "missed_url": page_url(narrowing, due=Due.SOON, state=State.MISS),
            "late": found.count(state=State.LATE), "late_url": page_url(narrowing, state=State.LATE),
        }  # fmt: skip
    return render(request, "screen/forecast/forecast.html", context)


def past(request: UserRequest) -> HttpResponse:
    """How right past forecasts were."""
    form, narrowing = _narrowed(request)
    found = past_of(request.user, narrowing, load_calendar())
    context = _context(request, form, narrowing) | {
        "past": found, "chart": calibration_chart(found.bins) if found else None,
    }  # fmt: skip
    return render(request, "screen/forecast/past.html", context)


def _narrowed(request: UserRequest) -> tuple[NarrowingForm, Narrowing]:
    form = NarrowingForm(request.GET)
    return form, form.narrowing(timezone.localdate())


def _context(request: UserRequest, form: NarrowingForm, narrowing: Narrowing) -> dict[str, Any]:
    choices = {**unit_choices(), **said_of_projects(request.user, Keeper.of(request.user, narrowing.key))}
    asked = request.GET.copy()
    asked.pop("page", None)
    return {
        "form": form,
        "fields": [(form[name], choices.get(name)) for name in PLACES],
        "is_narrowed": bool(narrowing.places),
        "chosen": pgettext("between names", ", ").join(form.chosen(narrowing.period)),
        "query": asked.urlencode(),
        "narrowed": narrowing.key,
    }


def _figures(found: Standing, narrowing: Narrowing) -> list[KeyFigure]:
    return [_figure(found, narrowing, key) for key in KEYS]


def _figure(found: Standing, narrowing: Narrowing, key: Milestone) -> KeyFigure:
    due = found.count(key=key, due=Due.YEAR)
    keep = found.count(key=key, due=Due.YEAR, state=State.KEEP)
    said = _("likely to keep the date or kept it, of %(n)s") % {"n": due}
    return KeyFigure(
        _("%(label)s, due this year") % {"label": KEY_LABELS[key]}, f"{keep} / {due}", keep,
        page_url(narrowing, key=key, due=Due.YEAR, state=State.KEEP),
        (Remark(said, page_url(narrowing, key=key, due=Due.YEAR, state=State.ALL), due),),
    )  # fmt: skip
