"""Weighing the race anew, giving and taking points in it, and keeping the board of a meeting."""

from datetime import date, datetime
from decimal import Decimal
from typing import Final

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from accounts.access import may_edit_race
from accounts.models import Unit, User
from domain.errors import InputError, RuleError, StaleError, gettext_noop
from domain.race import Rules, check_points, line_as_data
from domain.recorded_days import refuse_future
from history.models import Change
from screen.models import RaceAdjustment, RaceBoard, RaceRules
from screen.race.queries import Race, rules_in_force

WEIGHED_MEANWHILE: Final = gettext_noop(
    "The race has been weighed anew since you opened this page; look at its weights again."
)


@transaction.atomic
def weigh_anew(rules: Rules, *, actor: User, note: str) -> RaceRules:
    """Keep `rules` as the next version, which counts from now on; boards that are frozen stay as they are.

    `rules.version` is the version that they are made from. Raises PermissionDenied unless `actor` may edit the race,
    InputError where the weights do not add up or nothing is said about why, RuleError where they are what is in force,
    StaleError where another version has come meanwhile.
    """
    if not may_edit_race(actor):
        raise PermissionDenied
    rules.check()
    if not note.strip():
        raise InputError(gettext_noop("Say why the race is weighed anew."))
    before = _stored_rules()
    if before.version != rules.version:
        raise StaleError(WEIGHED_MEANWHILE)
    if before.data == rules.as_data():
        raise RuleError(gettext_noop("These are the weights that are in force already."))
    try:
        with transaction.atomic():
            made = RaceRules.objects.create(
                version=before.version + 1, data=rules.as_data(), note=note.strip(), made_by=actor
            )
    except IntegrityError as error:  # two who save at once
        raise StaleError(WEIGHED_MEANWHILE) from error
    Change.objects.create(
        verb=Change.Verb.RACE_WEIGHED, actor=actor, note=made.note,
        before={"version": before.version, **before.data}, after={"version": made.version, **made.data},
    )  # fmt: skip
    return made


@transaction.atomic
def adjust(
    unit: Unit, *, kind: str, on: date, points: Decimal, reason: str, actor: User, today: date
) -> RaceAdjustment:
    """Give `unit` points, or take them where `points` is negative.

    Raises PermissionDenied unless `actor` may edit the race, InputError for points that cannot be or without a reason,
    RuleError for a day that has not come, or a unit that takes no part in the race.
    """
    if not may_edit_race(actor):
        raise PermissionDenied
    check_points(points)
    refuse_future(on, today)
    if not reason.strip():
        raise InputError(gettext_noop("Say what the points are for."))
    if unit.kind == Unit.Kind.BUREAU:
        raise RuleError(gettext_noop("%(unit)s runs the race and takes no part in it."), unit=unit.name)
    if (points > 0) != (kind == RaceAdjustment.Kind.PRAISE) and kind != RaceAdjustment.Kind.OTHER:
        raise InputError(gettext_noop("Praise adds points; criticism and faked entries deduct them."))
    made = RaceAdjustment.objects.create(
        unit=unit, kind=kind, on=on, points=points, reason=reason.strip(), made_by=actor
    )
    Change.objects.create(
        verb=Change.Verb.RACE_ADJUSTED, actor=actor, note=made.reason,
        after={"adjustment": made.pk, "unit": unit.name, "kind": kind, "on": on, "points": points},
    )  # fmt: skip
    return made


@transaction.atomic
def withdraw_adjustment(pk: int, *, reason: str, actor: User, now: datetime) -> RaceAdjustment:
    """Let points count no more; they stay on record.

    Raises PermissionDenied unless `actor` may edit the race, InputError without a reason, RuleError where they were
    withdrawn already.
    """
    if not may_edit_race(actor):
        raise PermissionDenied
    if not reason.strip():
        raise InputError(gettext_noop("Say why the points are withdrawn."))
    held = RaceAdjustment.objects.select_for_update(of=("self",)).get(pk=pk)
    if held.withdrawn_at is not None:
        raise RuleError(gettext_noop("These points were withdrawn already."))
    held.withdrawn_at, held.withdrawn_by, held.withdrawn_reason = now, actor, reason.strip()
    held.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_reason"])
    Change.objects.create(
        verb=Change.Verb.RACE_ADJUSTMENT_WITHDRAWN, actor=actor, note=held.withdrawn_reason,
        before={"adjustment": held.pk, "unit": held.unit.name, "points": held.points},
    )  # fmt: skip
    return held


@transaction.atomic
def keep_board(race: Race, *, meeting: str, actor: User, now: datetime) -> RaceBoard:
    """Freeze `race` under the number of the meeting that shows it, in the transaction of freezing that.

    Freezing is recorded with the meeting. Raises PermissionDenied unless `actor` may edit the race, RuleError where
    that meeting has a board.
    """
    if not may_edit_race(actor):
        raise PermissionDenied
    if RaceBoard.objects.filter(meeting=meeting).exists():
        raise RuleError(gettext_noop("The board of %(meeting)s is frozen already."), meeting=meeting)
    _stored_rules()  # the software's own version too is on record from its first board on
    return RaceBoard.objects.create(
        meeting=meeting, day=race.period.today, first=race.period.first, last=race.period.last, frozen_at=now,
        rules=RaceRules.objects.get(version=race.rules.version),
        boards={board.value: [line_as_data(line) for line in lines] for board, lines in race.boards.items()},
    )  # fmt: skip


def _stored_rules() -> RaceRules:
    """The version in force as a row, which the software's own first one is not before it is needed."""
    newest = RaceRules.objects.first()
    if newest is None:
        rules = rules_in_force()
        newest, _is_new = RaceRules.objects.get_or_create(
            version=rules.version, defaults={"data": rules.as_data()}
        )
    return newest
