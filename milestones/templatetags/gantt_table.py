"""A Gantt chart in words: its dates as a table says them, and as a bar does when it is pointed at.

Written in Python and not as a template, like ``node_table``. Everything that comes from data goes through ``escape``.
"""

from collections.abc import Callable
from datetime import date
from html import escape

from django.template import Library
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from milestones.drawing.gantt import Drawn, Gantt, Stage
from milestones.drawing.time_scale import Span
from milestones.templatetags.lights import day, light_mark, provisional, reading

register = Library()


@register.simple_tag
def gantt_table_rows(chart: Gantt) -> SafeString:
    """The chart as the rows of a table, a ``<tbody>`` for each stage."""
    writer = _TableWriter()
    return mark_safe("\n".join(map(writer.stage, chart.stages)))  # noqa: S308 - every part is escaped


class GanttWords:
    """Looks up once for all rows the words that a chart and its table share; `day` writes a date as HTML."""

    def __init__(self, day: Callable[[date], str]) -> None:
        self.day = day
        self.baseline, self.plan = escape(_("Baseline")), escape(_("Plan"))
        self.actual, self.held = escape(_("Actual")), escape(_("On hold"))
        self.expected, self.against = escape(_("Expected finish")), escape(_("Against baseline"))
        self.settled, self.critical = escape(_("to be settled")), escape(_("critical path"))
        self._since, self._until = escape(_("since %(day)s")), escape(_("finished %(day)s"))

    def span(self, span: Span) -> str:
        return f"{self.day(span[0])} – {self.day(span[1])}"

    def time(self, first: date | None, last: date | None) -> str:
        """A time of which the beginning or the end may not be known, or not have come."""
        if first and last:
            return self.span((first, last))
        if first:
            return self._since % {"day": self.day(first)}
        return self._until % {"day": self.day(last)} if last else ""

    def slip(self, days: int) -> str:
        """How many working days after or before the baseline, the sign said too."""
        if days == 0:
            return escape(_("as in the baseline"))
        words = ngettext("%(days)s working day", "%(days)s working days", abs(days))
        return escape(words % {"days": signed(days)})


def signed(days: int) -> str:
    return f"+{days}" if days > 0 else f"−{-days}"


class _TableWriter:
    def __init__(self) -> None:
        self.here = reading()
        self.words = GanttWords(lambda value: day(value, self.here))
        self.provisional = provisional()
        self.comma = escape(pgettext("between names", ", "))

    def stage(self, stage: Stage) -> str:
        rows = "".join([self._row(drawn) for drawn in stage.rows])
        heading = f'<tr class="stage"><th scope="rowgroup" colspan="8">{escape(stage.label)}</th></tr>'
        return f"<tbody>{heading}{rows}</tbody>"

    def _row(self, drawn: Drawn) -> str:
        row, words = drawn.row, self.words
        chip = f' <span class="chip">{words.critical}</span>' if row.is_critical else ""
        settled = f"<small>{words.settled}</small>" if row.to_come_on and row.is_open_ended else ""
        doubt = self.provisional if row.plan and row.is_provisional else ""
        return (
            f'<tr><td><a href="{escape(row.href)}">{escape(row.label)}</a>{chip}</td>'
            f"<td>{light_mark(row.light, self.here)}</td>"
            f'<td data-label="{words.baseline}">{self._span(row.baseline)}</td>'
            f'<td data-label="{words.plan}">{self._span(row.plan)}{doubt}</td>'
            f'<td data-label="{words.actual}">{words.time(row.started_on, row.finished_on)}</td>'
            f'<td data-label="{words.held}">{self.comma.join([words.time(*hold) for hold in row.holds])}</td>'
            f'<td data-label="{words.expected}">{day(row.to_come_on, self.here)}{settled}</td>'
            f'<td data-label="{words.against}">{"" if drawn.slip is None else words.slip(drawn.slip)}</td></tr>'
        )

    def _span(self, span: Span | None) -> str:
        return self.words.span(span) if span else ""
