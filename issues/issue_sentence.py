"""The sentence that opens the page of an issue: who noticed it, who has it, until when, and what waits for it."""

from collections.abc import Iterator, Sequence
from datetime import date

from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from domain.issues import IssueStatus
from domain.lights import LightRule
from issues.models import Issue
from issues.queries import IssueRow
from milestones.project_page.page import node_address
from milestones.project_page.sentence import Clause
from milestones.queries import NodeRow
from milestones.templatetags.lights import day_text

Held = tuple[NodeRow, date | None, int]
"""A node that is on hold because of the issue, since when, and for how many working days."""


def issue_clauses(issue: Issue, row: IssueRow, held: Sequence[Held], rule: LightRule) -> Iterator[Clause]:
    """The clauses in their order."""
    today = rule.today
    yield _raised(issue, today)
    match row.status:
        case IssueStatus.RAISED:
            yield Clause(_("no unit has it yet"))
        case IssueStatus.CLOSED:
            yield from _closed(issue, today)
        case _:
            yield _led(issue, today)
            yield _stands(issue, row, rule)
    yield from _blocks(row, held, today)


def _raised(issue: Issue, today: date) -> Clause:
    said = {
        "person": str(issue.raised_by), "day": _day(issue.raised_on, today), "told_by": issue.raised_for,
        "way": issue.get_source_display(),
    }  # fmt: skip
    if issue.raised_for:
        return Clause("", _("%(person)s raised it on %(day)s (%(way)s), told by %(told_by)s") % said)
    return Clause("", _("%(person)s raised it on %(day)s (%(way)s)") % said)


def _led(issue: Issue, today: date) -> Clause:
    since = _day(issue.assigned_on, today)
    said = _(" leads since %(day)s, with %(leader)s in charge") if issue.leader else _(" leads since %(day)s")
    return Clause(str(issue.lead_unit), said % {"day": since, "leader": issue.leader})


def _stands(issue: Issue, row: IssueRow, rule: LightRule) -> Clause:
    """Where it stands against its due date, or why that does not count now."""
    due = {"day": _day(issue.due_on, rule.today)}
    if row.status is IssueStatus.SUSPENDED:
        return _suspended(issue, rule.today)
    if row.status is IssueStatus.CLOSE_REQUESTED:
        asked = {"person": str(issue.close_asked_by), "day": _day(issue.close_asked_on, rule.today)}
        return Clause(
            "", _("%(person)s asked to close it on %(day)s, and somebody else has to verify that") % asked
        )
    if row.is_late and row.days_late:
        late = ngettext("%(n)d working day late", "%(n)d working days late", row.days_late)
        return Clause(late % {"n": row.days_late}, _(", it was due on %(day)s") % due)
    if row.is_late:
        return Clause(pgettext("of issues", "overdue"), _(", it was due on %(day)s") % due)
    left = rule.days_left(issue.due_on) if issue.due_on else 0
    return Clause(
        "",
        ngettext(
            "it is due on %(day)s, in %(n)d working day", "it is due on %(day)s, in %(n)d working days", left
        )
        % {**due, "n": left}
        if left
        else _("it is due today"),
    )


def _suspended(issue: Issue, today: date) -> Clause:
    said = {"leader": issue.suspended_word, "day": _day(issue.suspended_on, today)}
    if issue.review_on is None:
        return Clause("", _("it waits since %(day)s with the word of %(leader)s") % said)
    return Clause(
        "",
        _("it waits since %(day)s with the word of %(leader)s and is to be looked at again on %(review)s")
        % {**said, "review": _day(issue.review_on, today)},
    )


def _closed(issue: Issue, today: date) -> Iterator[Clause]:
    said = {
        "day": _day(issue.closed_on, today), "person": str(issue.verified_by), "unit": str(issue.lead_unit),
        "due": _day(issue.due_on, today),
    }  # fmt: skip
    yield Clause("", _("%(unit)s led, and %(person)s verified on %(day)s that it is gone") % said)
    if issue.closed_on and issue.due_on:
        in_time = issue.closed_on <= issue.due_on
        yield Clause(
            "",
            _("that was in time, it was due on %(due)s") % said
            if in_time
            else _("that was late, it was due on %(due)s") % said,
        )


def _blocks(row: IssueRow, held: Sequence[Held], today: date) -> Iterator[Clause]:
    if not row.nodes:
        return
    names = pgettext("between names", ", ").join(node.label for node in row.nodes[:3])
    more = len(row.nodes) - 3
    if more > 0:
        names = ngettext("%(names)s and %(n)d more", "%(names)s and %(n)d more", more) % {
            "names": names,
            "n": more,
        }
    yield Clause(
        "", (_("it blocked %(nodes)s") if row.is_closed else _("it blocks %(nodes)s")) % {"nodes": names}
    )
    if held:
        yield _on_hold(*max(held, key=lambda one: one[2]), today)


def _on_hold(row: NodeRow, since: date | None, days: int, today: date) -> Clause:
    """The node that has been on hold longest; not for how long where no working day has passed yet."""
    said = ngettext(
        "%(node)s has been on hold for %(n)d working day", "%(node)s has been on hold for %(n)d working days",
        days,
    ) if days else _("%(node)s is on hold")  # fmt: skip
    because = _(" because of it, since %(day)s") % {"day": _day(since, today)}
    return Clause(said % {"node": row.label, "n": days}, because, node_address(row.pk))


def _day(value: date | None, today: date) -> str:
    return day_text(value, get_language() or "en", today.year) if value else ""
