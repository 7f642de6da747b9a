"""Every decision about a supervision slip: issued, dismissed, answered. What is proposed says ``slip_sweep``."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext_noop

from accounts.models import Unit, User
from domain.errors import DomainError, InputError, RuleError, StaleError
from domain.issues import IssueStatus, check_due, is_issue_late, written_number
from domain.lifecycle import CLOSED
from domain.lights import LightRule
from domain.supervision import SlipLevel, check_level, check_reply_by, is_answer_late
from domain.supervision import reply_by as reply_by_of
from history.models import Change
from issues.actions.holding import text_given
from issues.actions.numbering import take_number
from issues.models import NumberSeries, Supervision
from issues.querysets import SupervisionQuerySet
from issues.slip_words import subject_of
from milestones.actions import MOST_AT_ONCE
from milestones.actions.holding import hold_project, hold_projects, reason_given
from milestones.calendar_table import load_calendar
from milestones.models import Node
from projects.actions import join_units

State = Supervision.State

LONGEST_TEXT = 500
"""Characters of each text of a slip, so that the whole of it fits on one A4 page."""


@dataclass(frozen=True)
class NotIssued:
    """A proposal that was not issued with others, and the refusal that it met."""

    slip: Supervision
    refusal: DomainError


@transaction.atomic
def issue_slip(
    slip: Supervision, *, actor: User, today: date, addressee: Unit | None = None, reply_by: date | None = None,
    text: str = "", attention: str = "", level: SlipLevel | None = None, version: int | None = None,
) -> Supervision:  # fmt: skip
    """Issue a proposed slip, with the next number of the year, for whoever coordinates the project.

    The `addressee` sees the project from now on; by default it is the unit of the node or the town, or the
    lead unit of the issue. `reply_by` is by default as many working days away as the level says. A blank
    `attention` is the person whom the level says (domain.md 5.3). With `level` the slip is more severe than
    proposed.

    Raises RuleError where it is not proposed, what it is about is closed or no longer late by the deadline,
    the level is milder or the reply date has passed; InputError where no unit can be told or a text is too
    long.
    """
    slip = _held_slip(slip, Supervision.objects.coordinated_by(actor), version)
    _refuse_decided(slip)
    calendar = load_calendar()
    _refuse_not_late(slip, LightRule.on(today, calendar))
    level = level or SlipLevel(slip.level)
    check_level(level, SlipLevel(slip.level))
    unit = addressee or usual_addressee(slip)
    if unit is None:
        raise InputError(gettext_noop("Say which unit has to answer."))
    wanted_by = reply_by or usual_reply_by(level, today)
    check_reply_by(wanted_by, today)
    join_units(slip.project, {unit.pk})
    number = written_number(today.year, take_number(NumberSeries.Of.SLIPS, today.year))
    _write(
        slip, Change.Verb.SLIP_ISSUED, actor=actor, note=_fitting(text),
        more={"slip": number, "level": int(level), "addressee": unit.name, "reply_by": wanted_by},
        state=State.ISSUED, number=number, level=level, days_late=calendar.count(slip.deadline_on, today),
        addressee=unit, attention=attention.strip(), text=_fitting(text), reply_by=wanted_by, issued_on=today,
        issued_by=actor,
    )  # fmt: skip
    return slip


@transaction.atomic
def issue_slips(
    slips: Sequence[tuple[Supervision, int | None]], *, actor: User, today: date
) -> tuple[list[Supervision], list[NotIssued]]:
    """Issue many proposals, each with its version where given, as proposed and with what is usual.

    Those that the rules refuse stay as they are and are told; the others go out. PermissionDenied as for one,
    InputError where there are none or more than ``MOST_AT_ONCE``.
    """
    if not slips:
        raise InputError(gettext_noop("No slip is selected."))
    if len(slips) > MOST_AT_ONCE:
        raise InputError(
            gettext_noop("%(count)s slips are selected; at most %(most)s go out at once."),
            count=len(slips), most=MOST_AT_ONCE,
        )  # fmt: skip
    hold_projects(slip.project_id for slip, _version in slips)
    issued, refused = [], []
    for slip, version in slips:
        try:
            issued.append(issue_slip(slip, actor=actor, today=today, version=version))
        except DomainError as refusal:
            refused.append(NotIssued(slip, refusal))
    return issued, refused


@transaction.atomic
def dismiss_slip(slip: Supervision, *, actor: User, reason: str, version: int | None = None) -> Supervision:
    """No slip for this step: it is not proposed again, a more severe one may be. For whoever coordinates the
    project.

    Raises InputError without a `reason`, RuleError where it is not proposed.
    """
    slip = _held_slip(slip, Supervision.objects.coordinated_by(actor), version)
    _refuse_decided(slip)
    reason = _fitting(reason_given(reason))
    _write(
        slip, Change.Verb.SLIP_DISMISSED, actor=actor, note=reason,
        more={"level": int(slip.level), "deadline_on": slip.deadline_on},
        state=State.DISMISSED, dismissed_reason=reason,
    )  # fmt: skip
    return slip


@transaction.atomic
def answer_slip(
    slip: Supervision, *, actor: User, answer: str, plan: str, today: date, planned_on: date | None = None,
    version: int | None = None,
) -> Supervision:  # fmt: skip
    """Answer a slip, with the plan (整改计划) by which it will be done, and by when.

    For the managers of the addressee, and for the bureau on its behalf. An answer after the reply date is
    taken; that it came late stays to be seen. Raises InputError without an `answer` or a `plan`, RuleError
    where the slip was not issued, was answered before, or `planned_on` has passed.
    """
    slip = _held_slip(slip, Supervision.objects.answerable_by(actor), version)
    if slip.state == State.ANSWERED:
        raise RuleError(gettext_noop("Slip %(slip)s was answered already."), slip=slip.number)
    if slip.state != State.ISSUED or slip.reply_by is None:
        raise RuleError(gettext_noop("This slip was not issued; there is nothing to answer."))
    answer = _fitting(text_given(answer, gettext_noop("Say why it is late.")))
    plan = _fitting(text_given(plan, gettext_noop("Say by which plan it will be done.")))
    if planned_on is not None:
        check_due(planned_on, today)
    _write(
        slip, Change.Verb.SLIP_ANSWERED, actor=actor, note=answer,
        more={
            "slip": slip.number, "level": int(slip.level), "plan": plan, "planned_on": planned_on,
            "is_late": is_answer_late(slip.reply_by, today, today),
        },
        state=State.ANSWERED, answer=answer, plan=plan, planned_on=planned_on, answered_on=today,
        answered_by=actor,
    )  # fmt: skip
    return slip


def usual_addressee(slip: Supervision) -> Unit | None:
    """Who has to answer: the unit that has the node, or else the town; the lead unit of the issue."""
    if slip.node is not None:
        return slip.node.unit or slip.project.town
    return slip.issue.lead_unit if slip.issue else None


def usual_reply_by(level: SlipLevel, today: date) -> date:
    return reply_by_of(level, today, load_calendar())


def _held_slip(slip: Supervision, among: SupervisionQuerySet, version: int | None) -> Supervision:
    """The slip as it is now, with its project locked until the transaction ends.

    Raises PermissionDenied where it is not `among` those that are the actor's to decide about, StaleError
    where it is no longer at `version`.
    """
    hold_project(slip.project_id)
    mine: Supervision | None = among.for_list().filter(pk=slip.pk).first()
    if mine is None:
        raise PermissionDenied(gettext_noop("This slip is not yours to decide about."))
    if version is not None and mine.version != version:
        raise StaleError(gettext_noop("The slip has changed since you read it; look at it again."))
    return mine


def _refuse_decided(slip: Supervision) -> None:
    match slip.state:
        case State.ISSUED | State.ANSWERED:
            raise RuleError(
                gettext_noop("A slip for this step was issued already: %(slip)s."), slip=slip.number
            )
        case State.DISMISSED:
            raise RuleError(gettext_noop("This proposal was dismissed; the step is not issued any more."))
        case State.LAPSED:
            raise RuleError(
                gettext_noop("“%(subject)s” is no longer late by %(day)s."),
                subject=subject_of(slip), day=slip.deadline_on,
            )  # fmt: skip


def _refuse_not_late(slip: Supervision, rule: LightRule) -> None:
    """Raises RuleError where the subject is closed or no longer late: the sweep may not have noticed yet."""
    subject, is_closed, is_late = subject_of(slip), False, False
    if slip.node is not None:
        is_closed = slip.node.status in CLOSED
        causes = Node.objects.overdue(rule).not_held_up()
        is_late = causes.filter(pk=slip.node.pk, deadline_on=slip.deadline_on).exists()
    elif slip.issue is not None:
        status, due_on = IssueStatus(slip.issue.status), slip.issue.due_on
        is_closed = status is IssueStatus.CLOSED
        is_late = is_issue_late(status, due_on, rule.today) and due_on == slip.deadline_on
    if is_closed:
        raise RuleError(gettext_noop("“%(subject)s” is closed; no slip is issued for it."), subject=subject)
    if not is_late:
        raise RuleError(
            gettext_noop("“%(subject)s” is no longer late by %(day)s."), subject=subject, day=slip.deadline_on
        )


def _fitting(text: str) -> str:
    """The text without the space around it. Raises InputError where it is too long for the page."""
    text = text.strip()
    if len(text) > LONGEST_TEXT:
        raise InputError(
            gettext_noop(
                "A text of a slip has at most %(most)s characters, so that the slip fits on a page."
            ),
            most=LONGEST_TEXT,
        )
    return text


def _write(
    slip: Supervision, verb: Change.Verb, *, actor: User, note: str, more: dict[str, Any], **fields: Any
) -> None:
    """Set `fields` of a slip and record it, with what `more` the timeline tells."""
    before = {"state": slip.state, "level": slip.level}
    for name, value in fields.items():
        setattr(slip, name, value)
    slip.version += 1
    slip.save(update_fields=[*fields, "version"])
    Change.objects.create(
        verb=verb, actor=actor, project=slip.project, node=slip.node, issue=slip.issue,
        before={name: value for name, value in before.items() if name in fields},
        after={"state": slip.state, "days_late": slip.days_late, **more}, note=note,
    )  # fmt: skip
