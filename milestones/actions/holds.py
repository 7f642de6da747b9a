"""Letting the clock of a node stand still, and letting it run again."""

from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_noop

from accounts.models import User
from domain.errors import RuleError
from domain.lifecycle import Move, Status, move
from domain.recorded_days import refuse_future
from domain.workdays import ONE_DAY, WorkCalendar, days_held
from history.models import Change
from milestones.actions.holding import closed_holds, held_node, reason_given, write
from milestones.actions.nodes import Outcome
from milestones.calendar_table import load_calendar
from milestones.models import Hold, Node


@transaction.atomic
def hold_node(
    node: Node, *, actor: User, on: date, today: date, reason: str, notice_no: str = "",
    until: date | None = None, version: int | None = None, batch: UUID | None = None,
) -> Outcome:  # fmt: skip
    """The clock stands still since `on`, the first day that does not count.

    With `until`, the day that the clock ran again, a hold that is over is entered afterwards: the node goes
    on, and its dates move at once. A node that is on hold can be held for another reason too; it goes on when
    the last one has ended.

    Raises InputError without a `reason`; RuleError where the node is not running, the hold would begin before
    the node's start, end before it begins, or lie in the future.
    """
    node = held_node(node, actor, version)
    target = move(Status(node.status), Move.HOLD, node=node.template_node.label)
    reason = reason_given(reason)
    _refuse_impossible(node, on, until, today)
    hold = Hold.objects.create(
        node=node, held_on=on, resumed_on=None, reason=reason, notice_no=notice_no.strip(), held_by=actor
    )
    more = {"held_from": on, "until": until, "notice_no": hold.notice_no}
    if until is not None:
        moved = _end([hold], node, until, actor)
        write(node, Change.Verb.NODE_HELD, actor=actor, note=reason, batch=batch, more=more, **moved)
        return Outcome(node)
    first = min(on, node.held_on or on)
    write(
        node, Change.Verb.NODE_HELD, actor=actor, note=reason, batch=batch, more=more,
        status=target, held_on=first,
    )  # fmt: skip
    return Outcome(node)


@transaction.atomic
def resume_node(
    node: Node, *, actor: User, on: date, today: date, hold: Hold | None = None, note: str = "",
    version: int | None = None, batch: UUID | None = None,
) -> Outcome:  # fmt: skip
    """The clock runs again from `on`, the first day that counts; all open holds end, or only `hold`.

    The node's due date moves by the working days held, each day once however many holds it lay in, and the
    end of its approval clock by the days held in the clock's own unit.

    Raises RuleError where the node is not on hold, `hold` has ended already, or `on` lies before a hold's
    first day or in the future.
    """
    node = held_node(node, actor, version)
    target = move(Status(node.status), Move.RESUME, node=node.template_node.label)
    refuse_future(on, today)
    still = list(Hold.objects.filter(node=node).open())
    ending = [one for one in still if hold is None or one.pk == hold.pk]
    if hold is not None and not ending:
        raise RuleError(
            gettext_noop("This hold of “%(node)s” has ended already."), node=node.template_node.label
        )
    for one in ending:
        _refuse_backwards(node, one.held_on, on)
    moved = _end(ending, node, on, actor)
    left = [one.held_on for one in still if one not in ending]
    write(
        node, Change.Verb.NODE_RESUMED, actor=actor, note=note, batch=batch, more={"resumed_on": on},
        status=Status.HELD if left else target, held_on=min(left, default=None), **moved,
    )  # fmt: skip
    return Outcome(node)


def _end(holds: list[Hold], node: Node, on: date, actor: User) -> dict[str, Any]:
    """End `holds` as of `on`; the dates of the node as they are then."""
    calendar, ended = load_calendar(), closed_holds(node)
    for hold in holds:
        before = days_held(calendar, ended)
        ended.append((hold.held_on, on - ONE_DAY))
        hold.resumed_on, hold.resumed_by, hold.moved_days = on, actor, days_held(calendar, ended) - before
        hold.save(update_fields=["resumed_on", "resumed_by", "moved_days"])
    return _moved_dates(node, sum(hold.moved_days for hold in holds), ended, calendar)


def _moved_dates(
    node: Node, days: int, ended: list[tuple[date, date]], calendar: WorkCalendar
) -> dict[str, Any]:
    due, limit = node.due_on, node.limit_on
    if due and days:
        due = calendar.add(due, days)
    if limit and node.started_on:
        limit = node.template_node.clock_ends_on(node.started_on, node.limit, calendar, ended)
    return {"due_on": due, "limit_on": limit}


def _refuse_impossible(node: Node, on: date, until: date | None, today: date) -> None:
    refuse_future(on, today)
    if node.started_on and on < node.started_on:
        raise RuleError(
            gettext_noop("“%(node)s” cannot be on hold from %(on)s, before its start on %(start)s."),
            node=node.template_node.label, on=on, start=node.started_on,
        )  # fmt: skip
    if until is not None:
        refuse_future(until, today)
        _refuse_backwards(node, on, until)


def _refuse_backwards(node: Node, held_on: date, resumed_on: date) -> None:
    if resumed_on < held_on:
        raise RuleError(
            gettext_noop("A hold of “%(node)s” that begins on %(first)s cannot end before, on %(last)s."),
            node=node.template_node.label, first=held_on, last=resumed_on,
        )  # fmt: skip
