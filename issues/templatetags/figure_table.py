"""The rows of the figures by lead unit and by category, written in Python as those of other long lists are; everything
that comes from data goes through ``escape``."""

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape

from django.template import Library
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from issues.figure_cells import Cell, FigureRow, Measure
from projects.templatetags.parts import change, figure

register = Library()

_UNCHANGED = '<span class="change"></span>'
"""Keeps the figures of a column below each other."""


@register.simple_tag
def figure_rows(rows: Iterable[FigureRow]) -> SafeString:
    """A ``<tr>`` for each row: its name, a bar, and a figure with its change in each cell."""
    return mark_safe("\n".join([_row(row) for row in rows]))  # noqa: S308 - every part is escaped


@register.simple_tag
def issue_figure(measure: Measure, cell: Cell) -> SafeString:
    """One figure of the whole, with its change and what it was a year earlier."""
    before = Note(_("%(n)s a year earlier") % {"n": cell.before}, cell.before_url)
    changed = [Note(change(cell.change, cell.said))] if cell.change else []
    return figure(str(measure.label), cell.text, url=cell.url, notes=[*changed, before])


@dataclass(frozen=True, slots=True)
class Note:
    text: str
    url: str = ""


def _row(row: FigureRow) -> str:
    bar = f'<rect class="of-blue" width="{row.bar}%" height="12" rx="2"/>'
    return (
        f'<tr><th scope="row">{escape(row.label)}</th>'
        f'<td class="bar"><svg width="100%" height="12" aria-hidden="true">{bar}</svg></td>'
        f"{''.join([_cell(cell) for cell in row.cells])}</tr>"
    )


def _cell(cell: Cell) -> str:
    """Beside the figure the change for the eye, and in words for who does not see it."""
    return (
        f'<td class="n"><a href="{escape(cell.url)}">{escape(cell.text)}</a>'
        f"{change(cell.change, cell.said) or _UNCHANGED}</td>"
    )
