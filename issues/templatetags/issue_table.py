"""The rows of a long list of issues.

Written in Python and not as a template, as the rows of nodes are (``milestones.templatetags.node_table``): a template
takes more than ten times as long for a hundred rows. Everything that comes from data goes through ``escape``.
"""

from collections.abc import Iterable
from functools import cached_property
from html import escape

from django.template import Library
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from issues.models import LEVEL_LABELS
from issues.queries import BlockedNode, IssueRow
from issues.templatetags.issue_marks import days_old, issue_state
from milestones.templatetags.lights import day, days_late, reading

register = Library()


@register.simple_tag
def issue_table_rows(rows: Iterable[IssueRow]) -> SafeString:
    """A ``<tr>`` for each row: number, title and project, state, level, lead unit, due, age, blocked nodes, topic."""
    writer = _RowWriter()
    return mark_safe("\n".join([writer.row(row) for row in rows]))  # noqa: S308 - every part is escaped


class _RowWriter:
    """Looks up words and addresses once for all rows."""

    def __init__(self) -> None:
        self.here = reading()
        self.issues, self.projects = reverse("issues:index"), reverse("milestones:projects")
        self.level, self.lead, self.due = (
            escape(_("Level")),
            escape(_("Lead unit")),
            escape(pgettext("of an issue", "Due")),
        )
        self.age, self.blocks, self.topic = escape(_("Age")), escape(_("Blocks")), escape(_("Topic"))
        self.levels = {level: escape(str(label)) for level, label in LEVEL_LABELS.items()}
        self.nobody = escape(_("not assigned yet"))
        self.with_units, self.comma = escape(_("with %(units)s")), escape(pgettext("between names", ", "))
        self.overdue, self.closed = escape(_("overdue")), escape(_("closed %(day)s"))
        self.held = escape(_("on hold"))
        self.word, self.raised = escape(_("word of %(leader)s")), escape(_("raised %(day)s"))
        self.returned, self.reopened = escape(_("sent back %(n)s×")), escape(_("reopened %(n)s×"))
        self.rated = escape(_("rated %(rating)s of 5"))

    def row(self, row: IssueRow) -> str:
        return (
            f'<tr id="issue-{row.pk}"><td>{self._title(row)}</td>'
            f"<td>{issue_state(row.status)}{self._state(row)}</td>"
            f'<td data-label="{self.level}">{self.levels[row.level]}</td>'
            f'<td data-label="{self.lead}">{self._who(row)}</td>'
            f'<td data-label="{self.due}">{self._due(row)}</td>'
            f'<td data-label="{self.age}">{self._age(row)}</td>'
            f'<td data-label="{self.blocks}">{self._nodes(row)}</td>'
            f"{self._topic(row)}</tr>"
        )

    def _title(self, row: IssueRow) -> str:
        return (
            f'<a class="name" href="{self.issues}{row.pk}/">{escape(row.number)} {escape(row.title)}</a>'
            f'<small><a href="{self.projects}{row.project_id}/">{escape(row.project)}</a> · '
            f"{escape(row.category)}</small>"
        )

    def _state(self, row: IssueRow) -> str:
        """What has happened to it beside its state: the leader who let it wait, how often it came back, its rating."""
        said = []
        if row.suspended_word:
            said.append(self.word % {"leader": escape(row.suspended_word)})
        if row.returned:
            said.append(self.returned % {"n": row.returned})
        if row.reopened:
            said.append(self.reopened % {"n": row.reopened})
        if row.rating:
            said.append(self.rated % {"rating": row.rating})
        return "".join([f"<small>{words}</small>" for words in said])

    def _who(self, row: IssueRow) -> str:
        if not row.unit:
            return f'<span class="faint">{self.nobody}</span>'
        if not row.supporting:
            return escape(row.unit)
        units = self.comma.join(map(escape, row.supporting))
        return f"{escape(row.unit)}<small>{self.with_units % {'units': units}}</small>"

    def _due(self, row: IssueRow) -> str:
        if row.closed_on:
            return f"<small>{self.closed % {'day': day(row.closed_on, self.here)}}</small>"
        if not row.is_late:
            return str(day(row.due_on, self.here)) or '<span class="faint">–</span>'
        how = days_late(row.days_late, self.here) if row.days_late else self.overdue
        return f'{day(row.due_on, self.here)}<small class="red">{how}</small>'

    def _age(self, row: IssueRow) -> str:
        raised = self.raised % {"day": day(row.raised_on, self.here)}
        return f"{escape(days_old(row.age))}<small>{raised}</small>"

    def _nodes(self, row: IssueRow) -> str:
        """Nothing where it blocks none: a phone leaves the empty cell out."""
        return self.comma.join([self._node(row, node) for node in row.nodes])

    def _node(self, row: IssueRow, node: BlockedNode) -> str:
        held = (
            f'<span class="light" title="{self.held}"><svg aria-hidden="true"><use href="#light-violet"/></svg>'
            f'<span class="unseen">{self.held}</span></span>'
            if node.is_held
            else ""
        )
        return f'<a href="{self.projects}{row.project_id}/#node-{node.pk}">{escape(node.label)}</a>{held}'

    @cached_property
    def topics(self) -> str:
        return reverse("issues:topics")

    def _topic(self, row: IssueRow) -> str:
        """Without a topic, an empty cell, which a phone leaves out."""
        if row.topic_id is None:
            return "<td></td>"
        link = f'<a href="{self.topics}{row.topic_id}/">{escape(row.topic)}</a>'
        return f'<td data-label="{self.topic}">{link}</td>'
