"""A Gantt chart written down: the header and, for each stage, the names and a picture.

Written in Python and not as a template, like ``node_table``: of some four hundred shapes and as many dates a
template would make the slowest part of the project page. Everything that comes from data goes through ``escape``.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from functools import lru_cache
from html import escape

from django.template import Library
from django.utils.formats import date_format
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from domain.lights import Light
from milestones.drawing.gantt import ROW, Drawn, Gantt, GanttRow, Stage
from milestones.drawing.time_scale import Box, Tick, Zoom
from milestones.templatetags.gantt_table import GanttWords, signed
from milestones.templatetags.lights import Reading, day_text, light_word, reading

register = Library()

LINE = 22
"""The height of each of the three lines of the header: years, columns, today."""
_HEADER = 3 * LINE
_FORMS = {
    "year": {"zh-hans": "Y年", "en": "Y"},
    "month of year": {"zh-hans": "Y年n月", "en": "M Y"},
    "month": {"zh-hans": "n月", "en": "M"},
}
_NARROWEST_YEAR = 40
_NARROWEST_COLUMN = 22
_NARROWEST_FLAG = 100
"""Less room than this holds no year, no column's name, no flag beside the line of today."""


@register.simple_tag
def gantt_zooms() -> list[tuple[Zoom, str]]:
    """The zooms to choose from, from near to far, with their words."""
    return [(Zoom.WEEK, _("Weeks")), (Zoom.MONTH, _("Months")), (Zoom.QUARTER, _("Quarters"))]


@register.simple_tag
def gantt_header(chart: Gantt) -> SafeString:
    """Years, columns and the flag of today; also what the pictures below it share."""
    return mark_safe("".join(_header(chart, reading())))  # noqa: S308 - dates and words of the catalogue


@register.simple_tag
def gantt_stages(chart: Gantt) -> SafeString:
    """For each stage the names and, beside them, the picture; both have a line for the stage and its rows."""
    writer = _StageWriter(chart)
    return mark_safe("\n".join(map(writer.stage, chart.stages)))  # noqa: S308 - every part is escaped


def _header(chart: Gantt, here: Reading) -> Iterator[str]:
    width, middle = chart.width, LINE - 7
    yield f'<svg width="{width}" height="{_HEADER}" viewBox="0 0 {width} {_HEADER}" aria-hidden="true"><defs>'
    yield _PATTERN
    yield f'<g id="gantt-ground">{"".join(_ground(chart))}</g></defs>'
    yield f'<path class="gantt-rule" d="M0 {LINE}H{width}{_verticals(chart.columns, LINE, LINE)}"/>'
    yield f'<path class="gantt-rule strong" d="{_verticals(chart.years, 0, LINE)}"/>'
    for tick in chart.years:
        if tick.width >= _NARROWEST_YEAR:
            yield f'<text x="{tick.x + 6:.1f}" y="{middle}">{_year(tick.day, chart.zoom, here[0])}</text>'
    named = [tick for tick in chart.columns if tick.width >= _NARROWEST_COLUMN]
    for tick, name in zip(named, _columns(named, chart.zoom, here[0]), strict=True):
        x = tick.x + tick.width / 2
        yield f'<text class="column" x="{x:.1f}" y="{LINE + middle}">{name}</text>'
    yield from _flags(chart, here)
    yield "</svg>"


_PATTERN = (
    '<pattern id="gantt-held" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    '<rect class="held-ground" width="5" height="5"/><rect class="held-stripe" width="2.4" height="5"/></pattern>'
)


def _ground(chart: Gantt) -> Iterator[str]:
    """What lies below all rows of all stages, as high as the highest."""
    height = chart.height
    if chart.days_off:
        path = "".join(
            [f"M{box.x:.1f} 0h{box.width:.1f}V{height}h-{box.width:.1f}z" for box in chart.days_off]
        )
        yield f'<path class="gantt-day-off" d="{path}"/>'
    yield f'<path class="gantt-rule" d="{_verticals(chart.columns, 0, height)}"/>'
    yield f'<path class="gantt-rule strong" d="{_verticals(chart.years, 0, height)}"/>'


def _verticals(ticks: Iterable[Tick], top: int, height: int) -> str:
    return "".join([f"M{tick.x:.1f} {top}v{height}" for tick in ticks if tick.x > 0])


def _flags(chart: Gantt, here: Reading) -> Iterator[str]:
    """Below the columns: where today is, and from where on dates are provisional."""
    baseline, today = 3 * LINE - 7, chart.today_x
    taken = 0.0
    if today is not None:
        text = _("Today %(day)s") % {"day": day_text(chart.today, *here)}
        side, x, taken = ("end", today - 5, today)
        if today < _NARROWEST_FLAG:
            side, x, taken = ("start", today + 5, today + _NARROWEST_FLAG)
        yield f'<text class="today" x="{x:.1f}" y="{baseline}" text-anchor="{side}">{escape(text)}</text>'
        yield f'<path class="today" d="M{today:.1f} {2 * LINE}V{_HEADER}"/>'
    if chart.provisional_x is not None:
        yield from _provisional(max(chart.provisional_x, taken), chart.width, baseline)


def _provisional(x: float, width: int, baseline: int) -> Iterator[str]:
    if width - x >= _NARROWEST_FLAG:
        title = escape(_("The holidays of that year have not been announced yet."))
        yield (
            f'<g class="provisional"><title>{title}</title><path d="M{x:.1f} {2 * LINE + 11}H{width}"/>'
            f'<text x="{x + 8:.1f}" y="{baseline}">{escape(_("provisional"))}</text></g>'
        )


def _year(value: date, zoom: Zoom, language: str) -> str:
    return _said(value, "month of year" if zoom == Zoom.WEEK else "year", language)


def _columns(ticks: Iterable[Tick], zoom: Zoom, language: str) -> Iterator[str]:
    """The names of months, of quarters, or of ISO weeks with the day of the month of their Monday."""
    if zoom == Zoom.MONTH:
        yield from (_said(tick.day, "month", language) for tick in ticks)
    elif zoom == Zoom.QUARTER:
        quarter = escape(_("Q%(quarter)d"))
        yield from (quarter % {"quarter": (tick.day.month + 2) // 3} for tick in ticks)
    else:
        week = escape(_("W%(week)d · %(day)d"))
        yield from (week % {"week": tick.day.isocalendar().week, "day": tick.day.day} for tick in ticks)


@lru_cache(maxsize=1024)
def _said(value: date, form: str, language: str) -> str:
    return escape(date_format(value, _FORMS[form].get(language, _FORMS[form]["en"])))


def _current(chart: Gantt) -> GanttRow:
    """The row that "Go to today" goes to: the first that is still open."""
    rows = [drawn.row for stage in chart.stages for drawn in stage.rows]
    return next((row for row in rows if not (row.is_done or row.is_waived)), rows[0])


@lru_cache(maxsize=4096)
def _day(value: date, language: str, year: int) -> str:
    return escape(day_text(value, language, year))


class _StageWriter:
    def __init__(self, chart: Gantt) -> None:
        here = reading()
        self.chart = chart
        self.words = GanttWords(lambda value: _day(value, *here))
        self.today = "" if chart.today_x is None else f"M{chart.today_x:.1f} 0V"
        self.current = _current(chart)
        self.lights = {light: escape(light_word(light)) for light in Light}
        self.provisional = escape(_("provisional"))
        self.summary = escape(_("%(stage)s: %(done)d of %(nodes)d nodes done, from %(first)s to %(last)s"))
        self.undated = escape(_("%(stage)s: %(done)d of %(nodes)d nodes done, without dates"))

    def stage(self, stage: Stage) -> str:
        summary = self._summary(stage)
        names = "".join([self._name(drawn.row) for drawn in stage.rows])
        shapes = "".join([self._row(drawn) for drawn in stage.rows])
        today = f'<path class="today" d="{self.today}{stage.height}"/>' if self.today else ""
        width, height = self.chart.width, stage.height
        return (
            f'<div class="stage"><ul class="names"><li title="{summary}"><b>{escape(stage.label)}</b>'
            f"<small>{stage.done}/{len(stage.rows)}</small></li>{names}</ul>"
            f'<svg width="{width}" height="{height}" viewBox="0 0 {width} {height}" role="group" '
            f'aria-label="{summary}"><rect class="band" width="{width}" height="{ROW}"/>'
            f'<use href="#gantt-ground"/>{self._bracket(stage.bracket)}{shapes}{today}</svg></div>'
        )

    def _summary(self, stage: Stage) -> str:
        said = {"stage": escape(stage.label), "done": stage.done, "nodes": len(stage.rows)}
        if stage.span is None:
            return self.undated % said
        first, last = map(self.words.day, stage.span)
        return self.summary % {**said, "first": first, "last": last}

    @staticmethod
    def _bracket(box: Box | None) -> str:
        return f'<path class="bracket" d="M{box.x:.1f} 19V13H{box.end:.1f}V19"/>' if box else ""

    def _name(self, row: GanttRow) -> str:
        label, light = escape(row.label), self.lights[row.light]
        critical = ' class="critical"' if row.is_critical else ""
        return (
            f'<li{critical}><a href="{escape(row.href)}" title="{label} · {light}"><svg aria-hidden="true">'
            f'<use href="#light-{row.light}"/></svg>{label}</a></li>'
        )

    def _row(self, drawn: Drawn) -> str:
        row, y = drawn.row, drawn.y
        look = f"{row.light} critical" if row.is_critical else row.light
        return (
            f'<a href="{escape(row.href)}" tabindex="-1" class="{look}" transform="translate(0 {y})">'
            f"<title>{self._title(row, drawn.slip)}</title>"
            f'<rect class="hit" width="{self.chart.width}" height="{ROW}"/>'
            f"{self._bars(drawn)}{self._end(drawn)}</a>{self._anchor(drawn)}"
        )

    def _anchor(self, drawn: Drawn) -> str:
        """What is scrolled into sight with today: some of the past and, where there is room, more of the future."""
        if self.chart.today_x is None or drawn.row is not self.current:
            return ""
        return f'<rect id="gantt-today" x="{self.chart.today_x - 110:.1f}" y="{drawn.y}" width="600" height="1"/>'

    @staticmethod
    def _bars(drawn: Drawn) -> str:
        if drawn.row.is_waived:
            planned = _rect(drawn.baseline, "waived", 6, 13)
        else:
            planned = _rect(drawn.plan, "plan", 6, 13) + _rect(drawn.baseline, "baseline", 22, 3)
        trail = drawn.trail and f'<path class="trail" d="M{drawn.trail.x:.1f} 12.5H{drawn.trail.end:.1f}"/>'
        actual = _rect(drawn.actual, f"of-{drawn.row.light}", 9, 7)
        holds = [_rect(hold, "held", 8, 9, ' fill="url(#gantt-held)"') for hold in drawn.holds]
        return "".join([planned, trail or "", actual, *holds])

    @staticmethod
    def _end(drawn: Drawn) -> str:
        """What stands at the end of a row: when it will be finished, and how far from the baseline."""
        parts = []
        if drawn.expected is not None:
            look = f"expected{' open' if drawn.row.is_open_ended else ''}{' late' if drawn.trail else ''}"
            parts.append(f'<path class="{look}" d="M{drawn.expected:.1f} 7l5.5 5.5-5.5 5.5-5.5-5.5z"/>')
        if drawn.dot is not None:
            parts.append(f'<circle class="of-{drawn.row.light}" cx="{drawn.dot:.1f}" cy="12.5" r="4.5"/>')
        if drawn.slip:
            look = "slip late" if drawn.trail else "slip"
            parts.append(
                f'<text class="{look}" x="{drawn.slip_x + 10:.1f}" y="17">{signed(drawn.slip)}</text>'
            )
        return "".join(parts)

    def _title(self, row: GanttRow, slip: int | None) -> str:
        """The dates of a row in words, a line for each."""
        lines = [f"{escape(row.label)} · {self.lights[row.light]}"]
        if row.is_critical:
            lines.append(self.words.critical)
        lines += [f"{word}: {text}" for word, text in self._dates(row)]
        if slip is not None:
            lines.append(f"{self.words.against}: {self.words.slip(slip)}")
        return "\n".join(lines)

    def _dates(self, row: GanttRow) -> Iterator[tuple[str, str]]:
        words = self.words
        if row.baseline:
            yield words.baseline, words.span(row.baseline)
        if row.plan:
            doubt = f" ({self.provisional})" if row.is_provisional else ""
            yield words.plan, words.span(row.plan) + doubt
        if row.started_on or row.finished_on:
            yield words.actual, words.time(row.started_on, row.finished_on)
        for first, last in row.holds:
            yield words.held, words.time(first, last)
        if row.to_come_on:
            doubt = f" ({words.settled})" if row.is_open_ended else ""
            yield words.expected, words.day(row.to_come_on) + doubt


def _rect(box: Box | None, look: str, y: int, height: int, more: str = "") -> str:
    if box is None:
        return ""
    return f'<rect class="{look}" x="{box.x:.1f}" y="{y}" width="{box.width:.1f}" height="{height}" rx="2"{more}/>'
