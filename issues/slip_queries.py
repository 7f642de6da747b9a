"""What lists, pages and the API show of supervision slips."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q
from django.urls import reverse

from accounts.models import User
from domain.lights import LightRule
from domain.supervision import SlipLevel, answer_days_late, is_answer_late
from issues.actions.slips import usual_addressee
from issues.blocking import issue_address
from issues.models import Supervision
from issues.querysets import SupervisionQuerySet
from issues.slip_words import attention_of, subject_of
from milestones import obstacles
from milestones.obstacles import Obstacle

State = Supervision.State

ORDERINGS: dict[str, tuple[str, ...]] = {
    State.PROPOSED: ("-level", "deadline_on", "pk"),
    State.ISSUED: ("reply_by", "pk"),
    State.ANSWERED: ("-answered_on", "-pk"),
}
"""What is most severe or most late first."""


@dataclass(frozen=True, slots=True)
class SlipRow:
    """One slip as a list shows it.

    `days_late`: working days that its subject is late, of a proposal today, else when it was issued. `unit`:
    who has to answer, of a proposal who usually would. `is_answer_late`: the answer came, or is so far,
    `answer_days_late` working days after the reply date.
    """

    pk: int
    number: str
    level: SlipLevel
    state: str
    project_id: int
    project: str
    node_id: int | None
    issue_id: int | None
    subject: str
    subject_url: str
    deadline_on: date
    days_late: int
    unit_id: int | None
    unit: str
    attention: str
    proposed_on: date
    issued_on: date | None
    reply_by: date | None
    answered_on: date | None
    is_answer_late: bool
    answer_days_late: int
    dismissed_reason: str
    version: int
    etag: str

    @property
    def is_proposed(self) -> bool:
        return self.state == State.PROPOSED


@dataclass(frozen=True, slots=True)
class SlipCounts:
    """How many slips are proposed, wait for an answer, of these late, are answered and dismissed; `mine` wait
    for the reader's unit."""

    proposed: int
    waiting: int
    late: int
    answered: int
    dismissed: int
    mine: int


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a slip says beside its row: what is in the way of its node, as far as issues say it."""

    row: SlipRow
    obstacles: tuple[Obstacle, ...]


def slip_rows(slips: Iterable[Supervision], rule: LightRule) -> list[SlipRow]:
    """Rows for slips that were read with ``for_list``; no query more."""
    return [_row(slip, rule) for slip in slips]


def sheet_of(slip: Supervision, rule: LightRule) -> Sheet:
    """A slip that was read with ``for_list``, with one query more."""
    found = obstacles.source().of_nodes([slip.node_id], rule.today) if slip.node_id else {}
    return Sheet(_row(slip, rule), found.get(slip.node_id or 0, ()))


def count_slips(slips: SupervisionQuerySet, reader: User, today: date) -> SlipCounts:
    """Counts of `slips`, those that `reader` sees, with one query."""
    mine = Supervision.objects.seen_by(reader).to_answer(reader).order_by().values("pk")
    counted = slips.order_by().aggregate(
        proposed=Count("pk", filter=Q(state=State.PROPOSED)),
        waiting=Count("pk", filter=Q(state=State.ISSUED)),
        late=Count("pk", filter=Q(state=State.ISSUED, reply_by__lt=today)),
        answered=Count("pk", filter=Q(state=State.ANSWERED)),
        dismissed=Count("pk", filter=Q(state=State.DISMISSED)),
        mine=Count("pk", filter=Q(pk__in=mine)),
    )
    return SlipCounts(**counted)


def _row(slip: Supervision, rule: LightRule) -> SlipRow:
    unit = slip.addressee or usual_addressee(slip)
    is_late, days = False, 0
    if slip.reply_by is not None:
        is_late = is_answer_late(slip.reply_by, slip.answered_on, rule.today)
        days = answer_days_late(slip.reply_by, slip.answered_on, rule.today, rule.calendar)
    return SlipRow(
        pk=slip.pk, number=slip.number, level=SlipLevel(slip.level), state=slip.state, project_id=slip.project_id,
        project=slip.project.name, node_id=slip.node_id, issue_id=slip.issue_id, subject=subject_of(slip),
        subject_url=_subject_url(slip), deadline_on=slip.deadline_on,
        days_late=rule.days_late(slip.deadline_on) if slip.state == State.PROPOSED else slip.days_late,
        unit_id=unit.pk if unit else None, unit=unit.name if unit else "", attention=attention_of(slip),
        proposed_on=slip.proposed_on, issued_on=slip.issued_on, reply_by=slip.reply_by,
        answered_on=slip.answered_on, is_answer_late=is_late, answer_days_late=days,
        dismissed_reason=slip.dismissed_reason, version=slip.version, etag=slip.etag,
    )  # fmt: skip


def _subject_url(slip: Supervision) -> str:
    if slip.issue_id is not None:
        return issue_address(slip.issue_id)
    return f"{reverse('milestones:projects')}{slip.project_id}/#node-{slip.node_id}"
