"""The one screen."""

from typing import Any
from urllib.parse import urlencode

from django.contrib.messages import get_messages
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import pgettext

from accounts.http import UserRequest
from domain.lights import Light
from milestones.filter_choices import unit_choices
from screen import addresses
from screen.board import kept_board
from screen.board_words import investment_lines, issue_lines, not_yet_lines, urgent_lines
from screen.drawing import draw
from screen.figures import day_figures, figures, unit_bars
from screen.freshness import fresh, not_modified, page_tag
from screen.judgements import kept_judgements
from screen.keeping import Keeper
from screen.narrowing import PLACES, NarrowingForm, said_of_projects
from screen.on_record import OnRecord
from screen.sentence import clauses


def home(request: UserRequest) -> HttpResponse:
    """A page without a message for the reader may be kept; where it still holds, that is all that is said."""
    now = timezone.localtime()
    form = NarrowingForm(request.GET)
    narrowing = form.narrowing(now.date())
    record = OnRecord.now()
    tag = page_tag(request, request.user, narrowing, now.date(), record)
    has_message = bool(len(get_messages(request)))
    if not has_message and (unchanged := not_modified(request, tag)):
        return unchanged
    keeper = Keeper.of(request.user, narrowing.key, record)
    board = kept_board(request.user, now.date(), narrowing, keeper)
    screen, carried = board.screen, narrowing.carried
    loud = [band for band in screen.bands if not band.is_quiet] or list(screen.bands[:1])
    choices = {**unit_choices(), **said_of_projects(request.user, keeper)}
    context: dict[str, Any] = {
        "board": board,
        "screen": screen,
        "now": now,
        "tag": tag,
        "week": now.isocalendar().week,
        "form": form,
        "fields": [(form[name], choices.get(name)) for name in PLACES],
        "period": narrowing.period,
        "is_narrowed": bool(narrowing.said),
        "chosen": pgettext("between names", ", ").join(form.chosen(narrowing.period)),
        "clauses": clauses(screen),
        "figures": figures(board),
        "narrowed": f"{urlencode(narrowing.said)}&" if narrowing.said else "",
        "table": request.GET.get(
            "table", ""
        ),  # of one chain, where it is asked for: of all it is half of the page
        "drawings": [draw(band, carried) for band in loud],
        "quiet": [draw(band, carried) for band in screen.bands if band not in loud],
        "lights": [(light, screen.lights[light], carried(addresses.light_url(light))) for light in LIGHTS],
        "urgent": urgent_lines(board),
        "categories": issue_lines(board.issues.categories, "category", carried),
        "lead_units": issue_lines(board.issues.units, "unit", carried),
        "issues_url": carried(addresses.issues_url(open="true")),
        "not_yet": not_yet_lines(board),
        "investment": investment_lines(board),
        "unit_bars": unit_bars(screen),
        "due_days": day_figures(screen),
        "causes_url": carried(addresses.causes_url()),
        "due_url": carried(addresses.due_url(screen.span)),
        "judgements": kept_judgements(request.user, now.date(), narrowing, keeper),
        "under_way_url": carried(addresses.under_way_url()),
    }
    response = render(request, "screen/home.html", context)
    if has_message:
        response["Cache-Control"] = "private, no-store"
        return response
    return fresh(response, tag)


LIGHTS = [Light.GREY, Light.GREEN, Light.YELLOW, Light.RED, Light.VIOLET, Light.BLUE, Light.WHITE]
"""In the order of a node's life, as the key below the chain names them."""
