"""The rows of a long list of nodes.

Written in Python and not as a template: a template takes more than ten times as long for a hundred rows, and the
overdue list is the page that is read most. Everything that comes from data goes through ``escape``.
"""

from collections.abc import Iterable
from datetime import date
from html import escape

from django.template import Library
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from domain.lifecycle import Status
from milestones.queries import Neighbour, NodeRow
from milestones.templatetags.lights import (
    day,
    days_late,
    days_left,
    holds_up,
    light_mark,
    proof_missing,
    provisional,
    reading,
)
from milestones.templatetags.lights import unconfirmed as to_be_confirmed

register = Library()


@register.simple_tag
def node_table_rows(rows: Iterable[NodeRow]) -> SafeString:
    """A ``<tr>`` for each row: project and node, light, due, who, what is in the way, what it holds up."""
    writer = _RowWriter()
    return mark_safe("\n".join([writer.row(row) for row in rows]))  # noqa: S308 - every part is escaped


class _RowWriter:
    """Looks up words and addresses once for all rows."""

    def __init__(self) -> None:
        self.here = reading()
        self.projects, self.overdue = reverse("milestones:projects"), reverse("milestones:overdue")
        self.due, self.who = escape(_("Due")), escape(_("Who"))
        self.why, self.holds = escape(_("What is in the way")), escape(_("Holds up"))
        self.since, self.liaison = escape(_("overdue since %(day)s")), escape(_("Liaison"))
        self.waits_for, self.cause = escape(_("waits for")), escape(_("cause: %(nodes)s"))
        self.running, self.not_started = escape(_("running since %(day)s")), escape(_("not started"))
        self.done, self.knocked_on = escape(_("done %(day)s")), escape(_("%(count)s knocked on"))
        self.comma = escape(pgettext("between names", ", "))
        self.unit = escape(pgettext("unit behind its node", " (%(unit)s)"))
        self.unconfirmed, self.provisional = to_be_confirmed(), provisional()
        self.proof_missing = proof_missing()

    def row(self, row: NodeRow) -> str:
        return (
            f'<tr id="row-{row.pk}"><td>{self._project(row)}</td>'
            f"<td>{light_mark(row.light, self.here)}{self._days(row)}</td>"
            f'<td data-label="{self.due}">{self._due(row)}</td>'
            f'<td data-label="{self.who}">{self._who(row)}</td>'
            f'<td data-label="{self.why}">{self._in_the_way(row)}</td>'
            f'<td data-label="{self.holds}">{self._holds_up(row)}</td></tr>'
        )

    def _project(self, row: NodeRow) -> str:
        doubt = self.unconfirmed if row.is_unconfirmed else ""
        link = f'<a class="name" href="{self._node(row, row.pk)}">{escape(row.project)}</a>'
        return f"{link}<small>{escape(row.label)}{doubt}</small>"

    def _days(self, row: NodeRow) -> str:
        if row.days_late:
            return f"<small>{days_late(row.days_late, self.here)}</small>"
        return "" if row.days_left is None else f"<small>{escape(days_left(row.days_left))}</small>"

    def _due(self, row: NodeRow) -> str:
        since = f"<small>{self.since % self._day(row.late_since)}</small>" if row.late_since else ""
        return f"{day(row.deadline_on, self.here)}{self.provisional if row.is_provisional else ''}{since}"

    def _who(self, row: NodeRow) -> str:
        liaison = f"<small>{self.liaison} {escape(row.liaison)}</small>" if row.liaison else ""
        return f"{escape(row.unit)}{liaison}"

    def _in_the_way(self, row: NodeRow) -> str:
        if row.finished_on:
            missing = self.proof_missing if row.lacks_proof else ""
            return f"{self.done % self._day(row.finished_on)}{missing}"
        if not row.blocked_by:
            if row.started_on:
                return self.running % self._day(row.started_on)
            return self.not_started if row.status == Status.WAITING else ""
        waits_for = f"{self.waits_for} {self._neighbours(row, row.blocked_by)}"
        if row.causes == row.blocked_by:
            return waits_for
        return f"{waits_for}<small>{self.cause % {'nodes': self._neighbours(row, row.causes)}}</small>"

    def _holds_up(self, row: NodeRow) -> str:
        if not row.holds_up:
            return '<span class="faint">–</span>'
        keys = (
            f"<small>{self.comma.join(map(escape, row.holds_up_keys))}</small>" if row.holds_up_keys else ""
        )
        return f"{holds_up(row.holds_up, self.here)}{keys}{self._behind(row)}"

    def _behind(self, row: NodeRow) -> str:
        """What is knocked on, folded: fetched when it is opened; without a script, a link to it."""
        if not row.knocked_on:
            return ""
        address, words = f"{self.overdue}behind/{row.pk}/", self.knocked_on % {"count": row.knocked_on}
        return (
            f'<details class="behind" hx-get="{address}" hx-trigger="toggle once" hx-target="find .fold">'
            f'<summary>{words}</summary><div class="fold"><a href="{address}">{words}</a></div></details>'
        )

    def _neighbours(self, row: NodeRow, neighbours: Iterable[Neighbour]) -> str:
        return self.comma.join([self._neighbour(row, near) for near in neighbours])

    def _neighbour(self, row: NodeRow, near: Neighbour) -> str:
        unit = f'<span class="faint">{self.unit % {"unit": escape(near.unit)}}</span>' if near.unit else ""
        return f'<a href="{self._node(row, near.pk)}">{escape(near.label)}</a>{unit}'

    def _day(self, value: date) -> dict[str, str]:
        return {"day": day(value, self.here)}

    def _node(self, row: NodeRow, pk: int) -> str:
        return f"{self.projects}{row.project_id}/#node-{pk}"
