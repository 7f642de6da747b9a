"""The one screen."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts.http import UserRequest
from domain.lights import Light, LightRule
from milestones.calendar_table import load_calendar
from screen import addresses
from screen.drawing import draw
from screen.figures import day_figures, figures, unit_bars
from screen.queries import screen_of
from screen.sentence import clauses


def home(request: UserRequest) -> HttpResponse:
    now = timezone.localtime()
    screen = screen_of(request.user, LightRule.on(now.date(), load_calendar()))
    context = {
        "screen": screen,
        "now": now,
        "week": now.isocalendar().week,
        "clauses": clauses(screen),
        "figures": figures(screen),
        "drawings": [draw(band) for band in screen.bands],
        "lights": [(light, screen.lights[light], addresses.light_url(light)) for light in LIGHTS],
        "unit_bars": unit_bars(screen),
        "due_days": day_figures(screen),
        "causes_url": addresses.causes_url(),
        "due_url": addresses.due_url(screen.span),
    }
    return render(request, "screen/home.html", context)


LIGHTS = [Light.GREY, Light.GREEN, Light.YELLOW, Light.RED, Light.VIOLET, Light.BLUE, Light.WHITE]
"""In the order of a node's life, as the key below the chain names them."""
