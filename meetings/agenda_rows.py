"""The agenda as page, workbook and minutes show it: each item with the facts of its day."""

from collections.abc import Iterable, Sequence
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from domain.date_changes import RequestStatus
from domain.lights import LightRule
from domain.meetings import DecisionStatus, is_decision_late
from domain.supervision import SlipLevel
from issues.models import ISSUE_LABELS, LEVEL_LABELS, SLIP_LABELS, Issue, Supervision
from issues.queries import IssueRow, issue_rows
from meetings.models import DECISION_LABELS, AgendaItem, Decision, Meeting
from meetings.querysets import AgendaItemQuerySet
from meetings.week import AgendaRow
from milestones.models import REQUEST_LABELS, DateChange, Node
from milestones.queries import NodeRow, node_rows
from milestones.workbook import issues_in_words

Facts = tuple[tuple[str, str], ...]


def agenda_rows(
    meeting: Meeting, rule: LightRule, items: AgendaItemQuerySet | None = None
) -> list[AgendaRow]:
    """The items of `meeting`, or those of `items`, in their order, dropped ones among them; a query for each sort."""
    items = AgendaItem.objects.filter(meeting=meeting) if items is None else items
    found = list(
        items.for_list().select_related("date_change__node__template_node").order_by("position", "pk")
    )
    nodes = _nodes(found, rule)
    issues = {
        row.pk: row
        for row in issue_rows(Issue.objects.filter(pk__in=[i.issue_id for i in found if i.issue_id]), rule)
    }
    return [_row(item, rule, nodes, issues) for item in found]


def _nodes(items: Iterable[AgendaItem], rule: LightRule) -> dict[int, NodeRow]:
    pks = {item.node_id for item in items if item.node_id}
    return {row.pk: row for row in node_rows(Node.objects.filter(pk__in=pks).order_by("pk"), rule)}


def _row(
    item: AgendaItem, rule: LightRule, nodes: dict[int, NodeRow], issues: dict[int, IssueRow]
) -> AgendaRow:
    title, facts, due_on, days_late, url = _subject(item, rule, nodes, issues)
    node_id, issue_id = _about(item)
    return AgendaRow(
        pk=item.pk, kind=item.kind, unit=item.unit.name if item.unit else "",
        project_id=item.project_id, project=item.project.name if item.project else "",
        town=item.project.town.name if item.project else "", title=title, facts=facts, due_on=due_on,
        days_late=days_late, speaker=item.speaker, dropped_reason=item.dropped_reason, url=url,
        node_id=node_id, issue_id=issue_id,
        decision_id=item.decision_id,
    )  # fmt: skip


def _about(item: AgendaItem) -> tuple[int | None, int | None]:
    """The node and the issue that an item is about; of a decision those that it is linked to alone."""
    if item.decision:
        nodes, issues = item.decision.nodes.all(), item.decision.issues.all()
        return (nodes[0].pk if len(nodes) == 1 else None, issues[0].pk if len(issues) == 1 else None)
    if item.slip:
        return item.slip.node_id, item.slip.issue_id
    if item.date_change:
        return item.date_change.node_id, None
    return item.node_id, item.issue_id


_Said = tuple[str, Facts, date | None, int, str]
"""Title, facts, due date, working days late, address."""


def _subject(
    item: AgendaItem, rule: LightRule, nodes: dict[int, NodeRow], issues: dict[int, IssueRow]
) -> _Said:
    if item.decision:
        return _of_decision(item.decision, rule)
    if item.slip:
        return _of_slip(item.slip, rule)
    if item.date_change:
        return _of_date_change(item.date_change)
    if item.issue_id:
        return _of_issue(issues[item.issue_id])
    if item.node_id:
        return _of_node(nodes[item.node_id], rule)
    return (item.text, (), None, 0, "")


def _of_decision(decision: Decision, rule: LightRule) -> _Said:
    status = DecisionStatus(decision.status)
    late = decision.due_on if is_decision_late(status, decision.due_on, rule.today) else None
    facts = [(_("State"), str(DECISION_LABELS[status]))]
    if decision.outcome:
        facts.append((_("What came of it"), decision.outcome))
    title = f"{decision.number} {decision.text}"
    return (
        title, tuple(facts), decision.due_on, rule.days_late(late) if late else 0, decision.get_absolute_url()
    )  # fmt: skip


def _of_slip(slip: Supervision, rule: LightRule) -> _Said:
    reply_by = slip.reply_by or rule.today  # what was issued has a day by which it wants its answer
    facts = ((_("Level"), str(SLIP_LABELS[SlipLevel(slip.level)])), (_("Answer by"), reply_by.isoformat()))
    days = rule.calendar.count(reply_by, rule.today) if reply_by < rule.today else 0
    return (f"{slip.number} {slip.issue or slip.node}", facts, reply_by, days, slip.get_absolute_url())


def _of_date_change(change: DateChange) -> _Said:
    asked = next((each for each in change.items.all() if each.node_id == change.node_id), None)
    facts = [
        (_("State"), str(REQUEST_LABELS[RequestStatus(change.status)])),
        (_("Reason"), str(DateChange.Reason(change.reason).label)),
    ]
    if asked:
        facts.append((_("Asked for"), f"{asked.due_before or '—'} → {asked.due_after}"))
    if change.text:
        facts.append((_("Explanation"), change.text))
    url = reverse("milestones:project", args=[change.node.project_id])
    return (change.node.template_node.label, tuple(facts), asked.due_before if asked else None, 0, url)


def _of_issue(row: IssueRow) -> _Said:
    facts = [
        (_("State"), str(ISSUE_LABELS[row.status])), (_("Category"), row.category),
        (_("Level"), str(LEVEL_LABELS[row.level])), (_("Age in days"), str(row.age)),
    ]  # fmt: skip
    if row.nodes:
        facts.append((_("Blocked nodes"), "、".join(node.label for node in row.nodes)))
    url = reverse("issues:issue", args=[row.pk])
    return (f"{row.number} {row.title}", tuple(facts), row.due_on, row.days_late, url)


def _of_node(row: NodeRow, rule: LightRule) -> _Said:
    facts: list[tuple[str, str]] = []
    if row.held_on:
        facts.append((_("On hold since"), f"{row.held_on} · {_days((rule.today - row.held_on).days)}"))
    if row.holds_up:
        waiting = _nodes_waiting(row.holds_up, row.holds_up_keys)
        facts.append((_("Waiting behind it"), waiting))
    if row.obstacles:
        facts.append((_("Blocked by issues"), issues_in_words(row.obstacles)))
    if row.asked_due_on:
        facts.append((_("Asked for"), row.asked_due_on.isoformat()))
    if row.liaison:
        facts.append((_("Liaison"), row.liaison))
    return (
        row.label,
        tuple(facts),
        row.deadline_on,
        row.days_late,
        reverse("milestones:project", args=[row.project_id]),
    )


def _days(days: int) -> str:
    return ngettext("%(count)s day", "%(count)s days", days) % {"count": days}


def _nodes_waiting(count: int, keys: Sequence[str]) -> str:
    said = ngettext("%(count)s node", "%(count)s nodes", count) % {"count": count}
    return f"{said}（{'、'.join(keys)}）" if keys else said
