"""What the minutes of a meeting say, as plain values: the print page and the document take the same.

Of a frozen meeting the figures, the agenda and how far earlier decisions were come from its snapshot. Who came, who
speaks and what was decided are known only afterwards; they are taken as they stand.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import User
from domain.lights import LightRule
from domain.meetings import DecisionStatus, is_decision_late
from meetings.gathering import gather_week, one_moment
from meetings.meeting_page import frozen_week, shown_agenda
from meetings.models import DECISION_LABELS, Decision, Meeting
from meetings.week import AgendaRow, Figure, Overview


@dataclass(frozen=True, slots=True)
class DecisionLine:
    """A decision and how far it is; `days_late` are working days, `outcome` is what came of it or why it was
    withdrawn."""

    pk: int
    number: str
    text: str
    unit: str
    due_on: date | None
    state: str
    outcome: str
    days_late: int
    projects: tuple[str, ...]
    url: str


@dataclass(frozen=True, slots=True)
class Minutes:
    """All that minutes say, with the figures as of `cut_off_at`.

    `earlier` are the decisions of the meeting before, and older ones that were still open. `items` are those that were
    talked about: without what was dropped.
    """

    name: str
    number: str
    year: int
    week: int
    held_at: datetime
    cut_off_at: datetime
    is_draft: bool
    place: str
    chair: str
    recorder: str
    attendees: str
    sentence: str
    figures: tuple[Figure, ...]
    items: tuple[AgendaRow, ...]
    decisions: tuple[DecisionLine, ...]
    earlier: tuple[DecisionLine, ...]


def minutes_of(meeting: Meeting, reader: User, rule: LightRule, now: datetime) -> Minutes:
    """The minutes of `meeting` as they stand; of a draft as of `now`, for somebody who may see the whole district."""
    overview = _overview(meeting, reader, rule, now)
    agenda = shown_agenda(meeting, reader, rule)
    decisions = Decision.objects.visible_to(reader).for_list()
    taken = decisions.filter(meeting=meeting).order_by("serial")
    return Minutes(
        name=str(meeting), number=meeting.number, year=meeting.year, week=meeting.week,
        held_at=meeting.held_at, cut_off_at=meeting.frozen_at or now, is_draft=not meeting.is_frozen,
        place=meeting.place, chair=meeting.chair, recorder=meeting.recorder, attendees=meeting.attendees,
        sentence=overview.sentence, figures=overview.figures,
        items=tuple(row for row in agenda if not row.dropped_reason),
        decisions=tuple(_line(decision, rule) for decision in taken),
        earlier=tuple(_earlier(meeting, reader, agenda, rule)),
    )  # fmt: skip


def _overview(meeting: Meeting, reader: User, rule: LightRule, now: datetime) -> Overview:
    if meeting.is_frozen:
        return frozen_week(meeting).overview
    with one_moment():
        return gather_week(reader, rule, now, meeting=meeting).overview


def _earlier(
    meeting: Meeting, reader: User, agenda: Collection[AgendaRow], rule: LightRule
) -> Iterator[DecisionLine]:
    """What was decided before; where the agenda of a frozen meeting says how far it was, that counts."""
    found_on = {row.decision_id: row for row in agenda if row.decision_id}
    last = Meeting.objects.before(meeting).first()
    earlier = Q(pk__in=found_on) | Q(meeting=last) if last else Q(pk__in=found_on)
    asked = Decision.objects.visible_to(reader).filter(earlier).exclude(meeting=meeting)
    for decision in asked.for_list().order_by("meeting__year", "meeting__week", "serial"):
        line = _line(decision, rule)
        yield _as_frozen(line, found_on) if meeting.is_frozen else line


def _as_frozen(line: DecisionLine, found_on: Mapping[int, AgendaRow]) -> DecisionLine:
    """`line` with the state, the outcome, the date and the delay that the agenda of the snapshot says."""
    row = found_on.get(line.pk)
    if row is None or not row.facts:
        return line
    state, *outcome = (value for _label, value in row.facts)
    return replace(
        line, state=state, outcome=outcome[0] if outcome else "", due_on=row.due_on, days_late=row.days_late
    )


def _line(decision: Decision, rule: LightRule) -> DecisionLine:
    status = DecisionStatus(decision.status)
    late = decision.due_on if is_decision_late(status, decision.due_on, rule.today) else None
    outcome = decision.outcome
    if decision.withdrawn_reason:
        outcome = _("Withdrawn: %(reason)s") % {"reason": decision.withdrawn_reason}
    return DecisionLine(
        pk=decision.pk, number=decision.number, text=decision.text,
        unit=decision.lead_unit.name if decision.lead_unit else "", due_on=decision.due_on,
        state=str(DECISION_LABELS[status]), outcome=outcome, days_late=rule.days_late(late) if late else 0,
        projects=tuple(project.name for project in decision.projects.all()), url=decision.get_absolute_url(),
    )  # fmt: skip
