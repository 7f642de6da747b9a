"""A project's Gantt chart: what was planned first, what is planned now, what has happened, what is expected.

Only where things are drawn is decided here, in pixels; the tags in ``templatetags.gantt_chart`` write it down.
Every stage is a picture of its own, all on one scale, so that a printed page breaks between two of them.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from domain.lights import Light
from domain.outlook import drift
from domain.workdays import ONE_DAY, WorkCalendar
from milestones.drawing.time_scale import ROOM, Box, Span, Tick, TimeScale, Zoom, hull

ROW = 28
"""The height of a row; the stylesheet gives the names beside the pictures the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GanttRow:
    """One node as the chart asks for it; `href` is where its bars lead.

    `baseline` and `plan` run from the first working day to the planned end. A node that a ledger brought may be
    finished and never have started. `holds` are first and last day that did not count; a last day of None is
    a hold that goes on. `expected_on` is the day on which it should be finished as things stand, with
    `is_open_ended` no earlier than that.
    """

    pk: int
    label: str
    stage: str
    light: Light
    href: str
    baseline: Span | None = None
    plan: Span | None = None
    started_on: date | None = None
    finished_on: date | None = None
    expected_on: date | None = None
    holds: tuple[tuple[date, date | None], ...] = ()
    is_open_ended: bool = False
    is_critical: bool = False
    is_provisional: bool = False

    @property
    def is_done(self) -> bool:
        return self.light == Light.BLUE

    @property
    def is_waived(self) -> bool:
        return self.light == Light.WHITE

    @property
    def to_come_on(self) -> date | None:
        """The day on which it should be finished, while it is not."""
        return None if self.is_done or self.is_waived else self.expected_on

    @property
    def ends_on(self) -> date | None:
        """The day on which it was finished or should be; None where nobody can tell."""
        return self.finished_on or self.to_come_on


@dataclass(frozen=True, slots=True)
class Drawn:
    """A row in its place. `slip`: working days after the baseline (negative: before), None where unknown.

    `trail` is how far the expected end lies behind the planned one; `dot` the end of a node that was finished
    without ever having started.
    """

    row: GanttRow
    y: int
    baseline: Box | None
    plan: Box | None
    actual: Box | None
    holds: tuple[Box, ...]
    trail: Box | None
    expected: float | None
    dot: float | None
    slip: int | None
    slip_x: float


@dataclass(frozen=True, slots=True)
class Stage:
    """The rows of one stage below a line for its name; `span` is all its time, planned and actual."""

    label: str
    height: int
    rows: tuple[Drawn, ...]
    bracket: Box | None
    span: Span | None

    @property
    def done(self) -> int:
        return sum(drawn.row.is_done for drawn in self.rows)


@dataclass(frozen=True, slots=True)
class Gantt:
    """The whole chart. `is_cut`: there are dates before `first` or after `last`, which are not drawn."""

    zoom: Zoom
    first: date
    last: date
    today: date
    width: int
    height: int
    years: tuple[Tick, ...]
    columns: tuple[Tick, ...]
    days_off: tuple[Box, ...]
    stages: tuple[Stage, ...]
    today_x: float | None
    provisional_x: float | None
    is_cut: bool

    @property
    def fits(self) -> bool:
        """Whether a laptop shows all of it without scrolling sideways."""
        return self.width == ROOM


def zoom_of(asked: str) -> Zoom:
    """The zoom that an address asks for; months where there is no such one."""
    return Zoom(asked) if asked in list(Zoom) else Zoom.MONTH


def gantt(
    rows: Sequence[GanttRow], *, today: date, calendar: WorkCalendar, zoom: Zoom = Zoom.MONTH
) -> Gantt | None:
    """Draw `rows`, by stage in the order in which the stages come up; None where no row has any date."""
    spans = [span for span in map(_span, rows) if span]
    if not spans:
        return None
    is_open = any(not (row.is_done or row.is_waived) for row in rows)
    wanted = hull([*spans, (today, today)] if is_open else spans)
    scale = TimeScale.of(wanted, zoom, today)
    stages = tuple(_stages(rows, scale, today, calendar))
    return Gantt(
        zoom=zoom,
        first=scale.first,
        last=scale.last,
        today=today,
        width=scale.width,
        height=max(stage.height for stage in stages),
        years=tuple(scale.years()),
        columns=tuple(scale.columns()),
        days_off=tuple(scale.days_off(calendar)) if zoom == Zoom.WEEK else (),
        stages=stages,
        today_x=scale.middle(today),
        provisional_x=scale.provisional_x(calendar),
        is_cut=wanted[0] < scale.first or wanted[1] > scale.last,
    )


def _span(row: GanttRow) -> Span | None:
    """All the time that a row mentions."""
    days = [row.started_on, row.finished_on, row.ends_on, *(row.baseline or ()), *(row.plan or ())]
    known = [day for day in days if day]
    return (min(known), max(known)) if known else None


def _stages(
    rows: Iterable[GanttRow], scale: TimeScale, today: date, calendar: WorkCalendar
) -> Iterator[Stage]:
    by_stage: dict[str, list[GanttRow]] = {}
    for row in rows:
        by_stage.setdefault(row.stage, []).append(row)
    for label, members in by_stage.items():
        spans = [span for span in map(_span, members) if span]
        span = hull(spans) if spans else None
        drawn = tuple(
            _drawn(row, number * ROW, scale, today, calendar) for number, row in enumerate(members, start=1)
        )
        yield Stage(label, (len(members) + 1) * ROW, drawn, scale.box(*span) if span else None, span)


def _drawn(row: GanttRow, y: int, scale: TimeScale, today: date, calendar: WorkCalendar) -> Drawn:
    baseline, plan = (scale.box(*span) if span else None for span in (row.baseline, row.plan))
    actual = _actual(row, scale, today)
    holds = [scale.box(first, max(first, last or today)) for first, last in row.holds]
    expected = scale.middle(row.to_come_on) if row.to_come_on else None
    dot = scale.middle(row.finished_on) if row.finished_on and not row.started_on else None
    return Drawn(
        row=row, y=y, baseline=baseline, plan=plan, actual=actual,
        holds=tuple([hold for hold in holds if hold]),
        trail=_trail(row, scale),
        expected=expected, dot=dot, slip=_slip(row, calendar),
        slip_x=max([box.end for box in (baseline, plan, actual) if box] + [expected or 0, dot or 0]),
    )  # fmt: skip


def _actual(row: GanttRow, scale: TimeScale, today: date) -> Box | None:
    if row.started_on is None or row.is_waived:
        return None
    return scale.box(row.started_on, max(row.started_on, row.finished_on or today))


def _trail(row: GanttRow, scale: TimeScale) -> Box | None:
    if row.plan is None or row.to_come_on is None or row.to_come_on <= row.plan[1]:
        return None
    return scale.box(row.plan[1] + ONE_DAY, row.to_come_on)


def _slip(row: GanttRow, calendar: WorkCalendar) -> int | None:
    return drift(calendar, row.baseline[1], row.ends_on) if row.baseline and row.ends_on else None
