"""The rows of a project's Gantt chart, made of what its page has read already: there is no query here."""

from collections.abc import Callable, Iterable
from datetime import date

from domain.lifecycle import CLOSED, Status
from domain.lights import LightRule
from domain.outlook import Outlook
from domain.workdays import ONE_DAY, WorkCalendar
from milestones.chain_states import ChainState, HoldDays
from milestones.drawing.gantt import GanttRow
from milestones.drawing.time_scale import Span
from milestones.models import in_reader_language
from milestones.queries import NodeRow


def gantt_rows(
    rows: Iterable[NodeRow],
    state: ChainState,
    expected: Outlook[int],
    rule: LightRule,
    address: Callable[[int], str],
) -> list[GanttRow]:
    """A row for each of `rows`, by stage in the order of the template; `address` says where a node's page is.

    The baseline, and the plan of what has not begun, reach back from their end by the working days that the
    template reckons with; the plan of what has begun reaches from its start to the day that is due now. Of a
    node that was waived only what had been planned is shown, however far it had come.
    """
    names = {
        stage["code"]: in_reader_language(stage["name"], stage.get("name_en", ""))
        for stage in state.chain.template.stages
    }
    days = {node.pk: state.steps[step].plan_days for step, node in state.nodes.items()}
    critical = frozenset(expected.critical_path)
    place = {code: number for number, code in enumerate(names)}
    found = []
    for row in sorted(rows, key=lambda row: place.get(row.stage, len(place))):
        ahead = expected.expected.get(row.pk)
        found.append(
            GanttRow(
                pk=row.pk, label=row.label, stage=names.get(row.stage, row.stage), light=row.light,
                href=address(row.pk),
                baseline=_reaching_back(row.baseline_on, days.get(row.pk, 0), rule.calendar),
                plan=_plan(row, days.get(row.pk, 0), rule.calendar),
                started_on=None if row.status is Status.WAIVED else row.started_on,
                finished_on=row.finished_on,
                expected_on=ahead.finishes_on if ahead else None,
                holds=() if row.status is Status.WAIVED else tuple(_days_held(state.holds.get(row.pk, ()))),
                is_open_ended=ahead is not None and ahead.is_open_ended,
                is_critical=row.pk in critical, is_provisional=_is_provisional(row, rule.calendar),
            )
        )  # fmt: skip
    return found


def _plan(row: NodeRow, days: int, calendar: WorkCalendar) -> Span | None:
    if row.due_on and row.started_on and row.started_on <= row.due_on:
        return row.started_on, row.due_on
    return _reaching_back(row.due_on, days, calendar)


def _reaching_back(end: date | None, days: int, calendar: WorkCalendar) -> Span | None:
    """The `days` working days that end on `end`; at least that day itself."""
    if end is None:
        return None
    return min(end, calendar.add(calendar.on_or_before(end), 1 - max(1, days))), end


def _days_held(holds: Iterable[HoldDays]) -> Iterable[tuple[date, date | None]]:
    """First and last day of each hold; one that was lifted on the day it began held none."""
    for first, resumed in holds:
        if resumed is None:
            yield first, None
        elif resumed > first:
            yield first, resumed - ONE_DAY


def _is_provisional(row: NodeRow, calendar: WorkCalendar) -> bool:
    return row.status not in CLOSED and row.due_on is not None and calendar.is_provisional(row.due_on)
