"""The rows of the list of a project's nodes, which says all that its map shows.

Written in Python and not as a template, like ``node_table``. Everything that comes from data goes through
``escape``.
"""

from collections.abc import Iterable
from html import escape

from django.template import Library
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from domain.lifecycle import Status
from domain.lights import Light
from milestones.models import CLOCK_LABELS
from milestones.project_page.page import NodeLine, StageLines, node_address
from milestones.queries import NodeRow
from milestones.templatetags.lights import (
    back_filled,
    day,
    days_late,
    days_left,
    light_mark,
    proof_missing,
    provisional,
    reading,
    unconfirmed,
)

register = Library()


@register.simple_tag
def project_node_rows(stages: Iterable[StageLines]) -> SafeString:
    """A ``<tbody>`` for each stage: node, light, due, limit, expected, started and finished, time, unit, waits for."""
    writer = _RowWriter()
    return mark_safe("\n".join([writer.stage(stage) for stage in stages]))  # noqa: S308 - every part is escaped


class _RowWriter:
    """Looks up words once for all rows."""

    def __init__(self) -> None:
        self.here = reading()
        self.due, self.limit, self.expected = escape(_("Due")), escape(_("Limit ends")), escape(_("Expected"))
        self.done, self.time, self.unit = (
            escape(_("Started – finished")),
            escape(_("Time taken")),
            escape(_("Who")),
        )
        self.waits_for, self.baseline = escape(_("Waits for")), escape(_("Baseline"))
        self.comma = escape(pgettext("between names", ", "))
        self.key, self.critical = escape(_("key node")), escape(_("critical path"))
        self.idle, self.settled = escape(_("could have been started long ago")), escape(_("to be settled"))
        self.asked = escape(_("asked for: %(day)s"))
        self.since = escape(_("since %(day)s"))
        self.unconfirmed, self.provisional, self.back_filled = unconfirmed(), provisional(), back_filled()
        self.proof_missing = proof_missing()
        self.owners = {owner: escape(str(label)) for owner, label in CLOCK_LABELS.items()}

    def stage(self, stage: StageLines) -> str:
        heading = f'<tr class="stage"><th scope="rowgroup" colspan="9">{escape(stage.label)}</th></tr>'
        return f"<tbody>{heading}{''.join([self._row(line) for line in stage.lines])}</tbody>"

    def _row(self, line: NodeLine) -> str:
        row = line.row
        return (
            f'<tr id="node-{row.pk}"><td>{self._name(line)}</td>'
            f"<td>{light_mark(row.light, self.here)}{self._days(row)}</td>"
            f'<td data-label="{self.due}">{self._due(line)}</td>'
            f'<td data-label="{self.limit}">{day(row.limit_on, self.here)}</td>'
            f'<td data-label="{self.expected}">{self._expected(line)}</td>'
            f'<td data-label="{self.done}">{self._done(row)}</td>'
            f'<td data-label="{self.time}">{self._time(line)}</td>'
            f'<td data-label="{self.unit}">{escape(row.unit)}</td>'
            f'<td data-label="{self.waits_for}">{self._waits_for(row)}</td></tr>'
        )

    def _name(self, line: NodeLine) -> str:
        row = line.row
        key = f' <span class="chip">{self.key}</span>' if row.is_key else ""
        critical = f' <span class="chip strong">{self.critical}</span>' if line.is_critical else ""
        doubt = self.unconfirmed if row.is_unconfirmed else ""
        return f'<a class="name" href="{node_address(row.pk)}">{escape(row.label)}</a>{key}{critical}{doubt}'

    def _days(self, row: NodeRow) -> str:
        if row.days_late:
            return f"<small>{days_late(row.days_late, self.here)}</small>"
        if row.status is Status.HELD:
            return f"<small>{escape(working_days(row.days_held))}</small>"
        if row.is_idle:
            return f'<small class="chip warn">{self.idle}</small>'
        if row.light is Light.YELLOW and row.days_left is not None:
            return f"<small>{escape(days_left(row.days_left))}</small>"
        return ""

    def _due(self, line: NodeLine) -> str:
        row = line.row
        parts = [f"{day(row.due_on, self.here)}{self.provisional if row.is_provisional else ''}"]
        if row.baseline_on and row.baseline_on != row.due_on:
            parts.append(f"<small>{self.baseline} {day(row.baseline_on, self.here)}</small>")
        if line.moved_days:
            parts.append(f"<small>{escape(held_words(line.moved_days))}</small>")
        if row.asked_due_on:
            asked = self.asked % {"day": day(row.asked_due_on, self.here)}
            parts.append(f'<small class="chip">{asked}</small>')
        return "".join(parts)

    def _expected(self, line: NodeLine) -> str:
        if line.expected is None:
            return self._drift(line.drift) if line.row.finished_on else ""
        ahead = line.expected
        slack = "" if ahead.is_critical else f"<small>{escape(slack_words(ahead.slack))}</small>"
        if ahead.is_open_ended:
            earliest = escape(_("not before %(day)s")) % {"day": day(ahead.finishes_on, self.here)}
            return f'<span class="violet">{self.settled}</span><small>{earliest}</small>'
        return f"{day(ahead.finishes_on, self.here)}{self._drift(line.drift)}{slack}"

    def _drift(self, drift: int | None) -> str:
        if not drift:
            return ""
        look = ' class="red"' if drift > 0 else ""
        return f"<small{look}>{escape(short_drift(drift))}</small>"

    def _done(self, row: NodeRow) -> str:
        late = self.back_filled if row.is_back_filled else ""
        if row.finished_on:
            first = f"{day(row.started_on, self.here)} – " if row.started_on else ""
            missing = self.proof_missing if row.lacks_proof else ""
            return f"{first}{day(row.finished_on, self.here)}{late}{missing}"
        return f"{self.since % {'day': day(row.started_on, self.here)}}{late}" if row.started_on else ""

    def _time(self, line: NodeLine) -> str:
        if line.time is None or line.owner is None:
            return ""
        held = _("on hold %(n)d") % {"n": line.time.held} if line.time.held else ""
        held = f'<small class="violet">{escape(held)}</small>' if held else ""
        return f"{escape(working_days(line.time.worked))}{held}<small>{self.owners[line.owner]}</small>"

    def _waits_for(self, row: NodeRow) -> str:
        return self.comma.join(
            [f'<a href="{node_address(near.pk)}">{escape(near.label)}</a>' for near in row.blocked_by]
        )


@register.filter
def working_days(days: int) -> str:
    return ngettext("%(n)d working day", "%(n)d working days", days) % {"n": days}


@register.filter
def signed(days: int) -> str:
    """With its sign: “+5”, “−5”."""
    return f"+{days}" if days > 0 else f"−{-days}"


@register.filter
def held_words(days: int) -> str:
    """That a due date contains working days on hold."""
    return ngettext(
        "includes %(n)d working day on hold", "includes %(n)d working days on hold", days
    ) % {"n": days}  # fmt: skip


@register.filter
def slack_words(days: int) -> str:
    """How much later a node can be done before the whole chain is."""
    return ngettext("%(n)d working day of slack", "%(n)d working days of slack", days) % {"n": days}


@register.filter
def short_drift(drift: int) -> str:
    """How far from the baseline, where there is little room."""
    if drift > 0:
        return _("%(n)d later than baseline") % {"n": drift}
    return _("%(n)d earlier than baseline") % {"n": -drift}
