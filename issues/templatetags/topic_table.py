"""The rows of the projects of a topic, written in Python as those of other long lists are; everything that comes from
data goes through ``escape``."""

from collections.abc import Iterable
from html import escape

from django.template import Library
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from issues.models import Topic
from issues.templatetags.issue_marks import days_old, issue_state
from issues.topic_queries import TopicCounts, TopicIssue, TopicNode, TopicPage, TopicProject
from issues.topic_sentence import how_far, topic_sentence
from milestones.templatetags.lights import day, days_late, days_on_hold, light_mark, reading
from projects.templatetags.parts import figure, mark

register = Library()

register.filter("topic_sentence", topic_sentence)
register.filter("how_far", how_far)


@register.simple_tag
def topic_project_rows(
    projects: Iterable[TopicProject],
    may_take_out: bool = False,  # noqa: FBT001, FBT002
) -> SafeString:
    """A ``<tr>`` for each issue, those of one project together beside its name and its light.

    With `may_take_out`, each open issue has a button of the form ``take-out``.
    """
    writer = _RowWriter(may_take_out=may_take_out)
    return mark_safe("\n".join([writer.rows(one) for one in projects]))  # noqa: S308 - every part is escaped


@register.simple_tag
def topic_figures(topic: Topic, counts: TopicCounts, shown: TopicPage) -> SafeString:
    """What is counted of a topic; each figure opens the issues it counts."""
    issues = f"{reverse('issues:index')}?topic={topic.pk}"
    closed, of_all = _("%(n)s closed") % {"n": counts.closed}, _("of %(n)s") % {"n": counts.projects}
    held = _("%(n)s on hold") % {"n": shown.held}
    parts = [
        figure(_("Projects that still wait"), counts.waiting, url=issues, note=of_all),
        figure(_("Open issues"), counts.open, url=issues, note=closed),
        figure(
            _("Overdue issues"), counts.late, url=f"{issues}&late=true", tone="red" if counts.late else ""
        ),
        figure(_("Not assigned"), counts.to_assign, url=f"{issues}&status=raised"),
        figure(_("Blocked nodes"), shown.blocked, url=f"{issues}&blocking=true", note=held),
    ]
    if topic.due_on:
        row = shown.row
        late = (days_late(row.days_late) if row.days_late else _("overdue")) if row.is_late else ""
        tone = "red" if row.is_late else ""
        parts.append(figure(_("Topic due"), day(topic.due_on), note=late, tone=tone))
    return mark_safe("".join(parts))  # noqa: S308 - every part is escaped


class _RowWriter:
    """Looks up words and addresses once for all rows."""

    def __init__(self, *, may_take_out: bool) -> None:
        self.may_take_out, self.here = may_take_out, reading()
        self.issues, self.projects = reverse("issues:index"), reverse("milestones:projects")
        self.issue, self.state, self.lead = escape(_("Issue")), escape(_("State")), escape(_("Lead unit"))
        self.due, self.blocks = escape(pgettext("of an issue", "Due")), escape(_("Blocks"))
        self.nobody, self.overdue = escape(_("not assigned yet")), escape(_("overdue"))
        self.closed, self.comma = escape(_("closed %(day)s")), escape(pgettext("between names", ", "))
        self.with_units, self.word = escape(_("with %(units)s")), escape(_("word of %(leader)s"))
        self.take_out, self.take_out_of = escape(_("Take out")), escape(_("Take %(issue)s out of the topic"))

    def rows(self, one: TopicProject) -> str:
        first, *others = one.issues
        span = f' rowspan="{len(one.issues)}"' if others else ""
        project = one.project
        late = (
            f'<small class="red">{days_late(project.days_late, self.here)}</small>'
            if project.days_late
            else ""
        )
        head = (
            f'<td{span}><a class="name" href="{self.projects}{project.pk}/">{escape(project.name)}</a>'
            f"<small>{escape(project.town)}</small></td>"
            f"<td{span}>{light_mark(project.light, self.here)}{late}</td>"
        )
        return f"<tr>{head}{self._cells(first)}</tr>" + "".join(
            [f'<tr class="same">{self._cells(line)}</tr>' for line in others]
        )

    def _cells(self, line: TopicIssue) -> str:
        row = line.row
        said = (
            f"<small>{self.word % {'leader': escape(row.suspended_word)}}</small>"
            if row.suspended_word
            else ""
        )
        return (
            f'<td data-label="{self.issue}"><a href="{self.issues}{row.pk}/">{escape(row.number)}'
            f" {escape(row.title)}</a><small>{escape(days_old(row.age))}</small></td>"
            f'<td data-label="{self.state}">{issue_state(row.status)}{said}</td>'
            f'<td data-label="{self.lead}">{self._who(line)}</td>'
            f'<td data-label="{self.due}">{self._due(line)}</td>'
            f"{self._nodes(line)}{self._take_out(line)}"
        )

    def _who(self, line: TopicIssue) -> str:
        row = line.row
        if not row.unit:
            return f'<span class="faint">{self.nobody}</span>'
        units = self.comma.join(map(escape, row.supporting))
        return (
            f"{escape(row.unit)}<small>{self.with_units % {'units': units}}</small>"
            if units
            else escape(row.unit)
        )

    def _due(self, line: TopicIssue) -> str:
        row = line.row
        if row.closed_on:
            return f"<small>{self.closed % {'day': day(row.closed_on, self.here)}}</small>"
        if not row.is_late:
            return str(day(row.due_on, self.here)) or '<span class="faint">–</span>'
        how = days_late(row.days_late, self.here) if row.days_late else self.overdue
        return f'{day(row.due_on, self.here)}<small class="red">{how}</small>'

    def _nodes(self, line: TopicIssue) -> str:
        if not line.nodes:
            return "<td></td>"
        nodes = "<br>".join([self._node(line.row.project_id, node) for node in line.nodes])
        return f'<td data-label="{self.blocks}">{nodes}</td>'

    def _node(self, project: int, node: TopicNode) -> str:
        link = f'<a href="{self.projects}{project}/#node-{node.pk}">{escape(node.label)}</a>'
        if node.days_held is None:
            return link
        return (
            f"{link} {mark('light-violet', days_on_hold(node.days_held) if node.days_held else _('on hold'))}"
        )

    def _take_out(self, line: TopicIssue) -> str:
        if not self.may_take_out:
            return ""
        if line.row.is_closed:
            return "<td></td>"
        name = self.take_out_of % {"issue": escape(line.row.number)}
        return (
            f'<td class="n"><button class="plain soft" form="take-out" name="issue" value="{line.row.pk}"'
            f' aria-label="{name}">{self.take_out}</button></td>'
        )
