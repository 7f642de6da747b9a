"""What the actions on meetings share: the lock, who may, the entry in the history."""

from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext_noop

from accounts.access import may_run_meetings
from accounts.models import User
from domain.errors import RuleError, StaleError
from history.models import Change
from meetings.models import Meeting
from milestones.models import Node
from projects.models import Project

NOT_YOURS = gettext_noop("The weekly meeting is run by the bureau; this is not yours to decide.")


def refuse_others(actor: User) -> None:
    """Raises PermissionDenied for whoever does not run the meeting."""
    if not may_run_meetings(actor):
        raise PermissionDenied(NOT_YOURS)


def lock_meeting(pk: int) -> Meeting:
    """The meeting as it is now, locked until the transaction ends: the unit of locking for all that belongs to it.

    Locks are taken in one order: projects by number, then the meeting.
    """
    return Meeting.objects.select_for_update(of=("self",), no_key=True).get(pk=pk)


def held_draft(meeting: Meeting, actor: User, version: int | None = None) -> Meeting:
    """The meeting as it is now, locked, for a change of its agenda.

    Raises PermissionDenied for whoever does not run it, RuleError where it is frozen, StaleError where it is no longer
    at `version`.
    """
    refuse_others(actor)
    held = lock_meeting(meeting.pk)
    refuse_frozen(held)
    refuse_stale(held, version)
    return held


def refuse_frozen(meeting: Meeting) -> None:
    if meeting.is_frozen:
        raise RuleError(
            gettext_noop("The meeting of %(meeting)s is frozen; its agenda no longer changes."),
            meeting=meeting.number,
        )


def refuse_stale(meeting: Meeting, version: int | None) -> None:
    if version is not None and meeting.version != version:
        raise StaleError(
            gettext_noop("The agenda of %(meeting)s has changed since you read it; look at it again."),
            meeting=meeting.number,
        )


def step_on(meeting: Meeting, *fields: str) -> None:
    """Write `fields` of a meeting in hand, at its next version."""
    meeting.version += 1
    meeting.save(update_fields=[*fields, "version"])


def record(
    meeting: Meeting, verb: Change.Verb, *, actor: User, note: str = "", batch: UUID | None = None,
    project: Project | None = None, node: Node | None = None,
    before: dict[str, Any] | None = None, **after: Any,
) -> None:  # fmt: skip
    """An entry of the history; the meeting is named in it, since history knows none."""
    Change.objects.create(
        verb=verb, actor=actor, project=project, node=node, before=before or {},
        after={**after, "meeting": meeting.number}, note=note, batch=batch,
    )  # fmt: skip
