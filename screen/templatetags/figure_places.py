"""The row of links between the pages of figures: investment, indicators, programmes, the map."""

from typing import NamedTuple

from django.template import Library
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

register = Library()

_PLACES = (
    ("screen:investment", _("Investment")),
    ("screen:indicators", _("Indicators")),
    ("screen:programmes", _("Programmes")),
    ("screen:map", _("Map")),
)


class Place(NamedTuple):
    url: str
    label: str
    is_here: bool


@register.simple_tag(takes_context=True)
def figure_places(context: dict[str, object]) -> list[Place]:
    """Those that this installation has; the page that is shown is marked."""
    path = getattr(context.get("request"), "path", "")
    places = []
    for name, label in _PLACES:
        try:
            url = reverse(name)
        except NoReverseMatch:
            continue
        places.append(Place(url, str(label), path.startswith(url)))
    return places
