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
from milestones.obstacles import Obstacle
from milestones.queries import Neighbour, NodeRow
from milestones.templatetags.lights import (
    back_filled,
    day,
    days_late,
    days_left,
    days_on_hold,
    holds_up,
    idle_mark,
    light_mark,
    proof_missing,
    provisional,
    reading,
)
from milestones.templatetags.lights import unconfirmed as to_be_confirmed

register = Library()


@register.simple_tag
def node_table_rows(
    rows: Iterable[NodeRow],
    may_pick: bool = False,  # noqa: FBT001, FBT002
    are_picked: bool = False,  # noqa: FBT001, FBT002
) -> SafeString:
    """A ``<tr>`` for each row: project and node, light, due, who, what is in the way, what it holds up.

    With `may_pick`, each has a tick of the form ``bulk``, and is ticked already where they `are_picked`.
    """
    writer = _RowWriter(may_pick=may_pick, are_picked=are_picked)
    return mark_safe("\n".join([writer.row(row) for row in rows]))  # noqa: S308 - every part is escaped


class _RowWriter:
    """Looks up words and addresses once for all rows."""

    def __init__(self, *, may_pick: bool, are_picked: bool) -> None:
        self.here = reading()
        self.may_pick, self.checked = may_pick, " checked" if are_picked else ""
        self.pick = escape(_("Select %(node)s, %(project)s"))
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
        self.proof_missing, self.back_filled, self.idle = proof_missing(), back_filled(), idle_mark()
        self.ready = escape(_("could be since %(day)s"))
        self.moves = escape(_("moves when it is resumed"))
        self.issue, self.issue_late = escape(_("issue")), escape(_("overdue"))
        self.asked, self.on_hold = escape(_("asked: %(day)s")), escape(_("on hold since %(day)s"))

    def row(self, row: NodeRow) -> str:
        return (
            f'<tr id="row-{row.pk}"><td>{self._tick(row)}{self._project(row)}</td>'
            f"<td>{light_mark(row.light, self.here)}{self._days(row)}{self.idle if row.is_idle else ''}</td>"
            f'<td data-label="{self.due}">{self._due(row)}</td>'
            f'<td data-label="{self.who}">{self._who(row)}</td>'
            f'<td data-label="{self.why}">{self._in_the_way(row)}{self._issues(row)}</td>'
            f'<td data-label="{self.holds}">{self._holds_up(row)}</td></tr>'
        )

    def _tick(self, row: NodeRow) -> str:
        if not self.may_pick:
            return ""
        name = self.pick % {"node": escape(row.label), "project": escape(row.project)}
        version = row.etag.strip('"')
        return (
            f'<label class="pick"><input type="checkbox" name="row" form="bulk" value="{version}"'
            f' aria-label="{name}"{self.checked}></label>'
        )

    def _project(self, row: NodeRow) -> str:
        doubt = self.unconfirmed if row.is_unconfirmed else ""
        link = f'<a class="name" href="{self._node(row, row.pk)}">{escape(row.project)}</a>'
        return f"{link}<small>{escape(row.label)}{doubt}</small>"

    def _days(self, row: NodeRow) -> str:
        if row.days_late:
            return f"<small>{days_late(row.days_late, self.here)}</small>"
        if row.held_on:
            return f"<small>{escape(days_on_hold(row.days_held))}</small>"
        return "" if row.days_left is None else f"<small>{escape(days_left(row.days_left))}</small>"

    def _due(self, row: NodeRow) -> str:
        since = f"<small>{self.since % self._day(row.late_since)}</small>" if row.late_since else ""
        if row.held_on and row.deadline_on:
            since = f"<small>{self.moves}</small>"
        asked = f"<small>{self.asked % self._day(row.asked_due_on)}</small>" if row.asked_due_on else ""
        return (
            f"{day(row.deadline_on, self.here)}{self.provisional if row.is_provisional else ''}{since}{asked}"
        )

    def _who(self, row: NodeRow) -> str:
        liaison = f"<small>{self.liaison} {escape(row.liaison)}</small>" if row.liaison else ""
        return f"{escape(row.unit)}{liaison}"

    def _in_the_way(self, row: NodeRow) -> str:
        if row.finished_on:
            missing = self.proof_missing if row.lacks_proof else ""
            return f"{self.done % self._day(row.finished_on)}{self._late_entry(row)}{missing}"
        if row.held_on:
            return f"{self.on_hold % self._day(row.held_on)}{self._late_entry(row)}"
        if not row.blocked_by:
            if row.started_on:
                return f"{self.running % self._day(row.started_on)}{self._late_entry(row)}"
            return self._not_started(row) if row.status == Status.WAITING else ""
        waits_for = f"{self.waits_for} {self._neighbours(row, row.blocked_by)}"
        if row.causes == row.blocked_by:
            return waits_for
        return f"{waits_for}<small>{self.cause % {'nodes': self._neighbours(row, row.causes)}}</small>"

    def _issues(self, row: NodeRow) -> str:
        """The open issues that block the node, and whose turn it is there."""
        return "".join([self._obstacle(one) for one in row.obstacles])

    def _obstacle(self, one: Obstacle) -> str:
        late = f' <b class="red">{self.issue_late}</b>' if one.is_late else ""
        who = self.comma.join(map(escape, filter(None, (one.category, one.unit))))
        return (
            f'<small class="obstacle">{self.issue} <a href="{escape(one.url)}">{escape(one.number)} '
            f'{escape(one.title)}</a> <span class="faint">{who}</span>{late}</small>'
        )

    def _not_started(self, row: NodeRow) -> str:
        ready = f"<small>{self.ready % self._day(row.ready_on)}</small>" if row.ready_on else ""
        return f"{self.not_started}{ready}"

    def _late_entry(self, row: NodeRow) -> str:
        return self.back_filled if row.is_back_filled else ""

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
