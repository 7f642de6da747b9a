"""The plan of a chain written down as SVG.

Written in Python and not as a template, like ``node_table``: of fifty stations with their names and edges a
template would take several times as long. Everything that comes from data goes through ``escape``.
"""

from collections.abc import Iterator
from datetime import date
from html import escape

from django.template import Library
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from milestones.drawing.chain_picture import ChainPicture, Mark
from milestones.templatetags.lights import day_text, reading

register = Library()

_FIRST_LINE, _LINE = 24, 14
_HALO = 13
"""How far around a station its track is interrupted."""


@register.simple_tag
def chain_map(picture: ChainPicture, today: date | None = None) -> SafeString:
    """The picture; with `today` its line says which day that is. Stations come in order from left to right."""
    return mark_safe("\n".join(_parts(picture, today)))  # noqa: S308 - every part is escaped


def _parts(picture: ChainPicture, today: date | None) -> Iterator[str]:
    width, height = picture.width, picture.height
    yield f'<svg width="{width}" height="{height}" viewBox="0 0 {width} {height}" role="group">'
    yield from _tracks(picture)
    for line in picture.lines:
        yield f'<path class="edge {line.kind}" d="{line.path}"/>'
    if picture.today_x is not None:
        yield from _today(picture.today_x, height, today)
    either = escape(pgettext("one of several", "or"))
    for x, y in picture.any_of:
        yield f'<text class="either" x="{x - _HALO - 1}" y="{y - 5}">{either}</text>'
    for mark in picture.marks:
        yield _station(mark)
    yield "</svg>"


def _tracks(picture: ChainPicture) -> Iterator[str]:
    for track in picture.tracks:
        if track.is_shaded:
            yield f'<rect class="lane" y="{track.top}" width="{picture.width}" height="{track.height}"/>'
        for number, line in enumerate(track.lines):
            y = track.text_y + number * (_LINE + 2)
            yield f'<text class="lane-name" x="12" y="{y}">{escape(line)}</text>'


def _today(x: int, height: int, today: date | None) -> Iterator[str]:
    yield f'<path class="today" d="M{x} 4V{height}"/>'
    if today is not None:
        text = _("Today %(day)s") % {"day": day_text(today, *reading())}
        yield f'<text class="today" id="map-today" x="{x + 6}" y="14">{escape(text)}</text>'


def _station(mark: Mark) -> str:
    station = mark.station
    classes = ["mark", station.light, *(["idle"] if station.is_idle else [])]
    at = f'class="{" ".join(classes)}" transform="translate({mark.x} {mark.y})"'
    names = "".join(
        [
            f'<text y="{_FIRST_LINE + number * _LINE}">{escape(line)}</text>'
            for number, line in enumerate(mark.lines)
        ]
    )
    note = f'<text class="note" y="-15">{escape(station.note)}</text>' if station.note else ""
    issue = '<path class="issue" d="M7-13h10v9h-10z"/>' if station.blocked_by_issue else ""
    inside = (
        f"<title>{escape(station.title)}</title>"
        f'<circle class="ground" r="{_HALO - 1}"/><use href="#light-{station.light}" x="-10" y="-10" width="20" '
        f'height="20"/>{issue}{note}{names}'
    )
    if not station.href:
        return f"<g {at}>{inside}</g>"
    return f'<a href="{escape(station.href)}" {at}>{inside}</a>'
