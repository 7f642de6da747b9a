"""Every change of the agenda of a draft: it fills itself, and people add, drop, order and say who speaks."""

from collections.abc import Collection, Sequence
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext_noop

from accounts.models import Unit, User
from domain.errors import InputError, RuleError
from domain.lights import LightRule
from domain.meetings import in_order
from history.models import Change
from issues.models import Issue
from meetings.actions.holding import (
    held_draft,
    lock_meeting,
    record,
    refuse_others,
    refuse_stale,
    step_on,
)
from meetings.agenda import Candidate, candidates
from meetings.models import AgendaItem, Meeting
from milestones.actions.holding import reason_given
from milestones.models import Node
from projects.models import Project

_SUBJECTS = {
    AgendaItem.Kind.DECISION: "decision_id", AgendaItem.Kind.OVERDUE: "node_id", AgendaItem.Kind.ISSUE: "issue_id",
    AgendaItem.Kind.DATE_CHANGE: "date_change_id", AgendaItem.Kind.HOLD: "node_id", AgendaItem.Kind.SLIP: "slip_id",
}  # fmt: skip


@transaction.atomic
def refresh_agenda(meeting: Meeting, *, actor: User, rule: LightRule, version: int | None = None) -> Meeting:
    """Bring the agenda of a draft up to the day of `rule`: what has been settled goes, what has come up is added.

    What people added, dropped, ordered and assigned stays. Raises as ``held_draft`` does.
    """
    meeting = held_draft(meeting, actor, version)
    fill_agenda(meeting, rule)
    return meeting


def fill_agenda(meeting: Meeting, rule: LightRule) -> None:
    """Let the items of a meeting that is locked be what ``meetings.agenda`` finds; nothing else is touched.

    Nothing is written to the history: an agenda that fills itself is computed, nobody decides anything.
    """
    items = list(AgendaItem.objects.filter(meeting=meeting).order_by("position", "pk"))
    by_hand = {item.node_id for item in items if item.kind == AgendaItem.Kind.OTHER}
    found = [
        one for one in candidates(meeting, rule)
        if one.kind != AgendaItem.Kind.OVERDUE or one.pk not in by_hand
    ]  # fmt: skip
    known = {_key(item): item for item in items}
    wanted = {one.key for one in found}
    gone = [item.pk for item in items if item.added_by_id is None and _key(item) not in wanted]
    # A decision keeps its words when the item under which it was taken goes.
    AgendaItem.objects.filter(pk__in=gone).delete()
    new = [AgendaItem(meeting=meeting, **one.fields()) for one in found if one.key not in known]
    AgendaItem.objects.bulk_create(new)
    _update_facts(found, known)
    kept = [item for item in items if item.pk not in set(gone)]
    changed = _put_in_order(meeting, found, kept, new)
    if gone or new or changed:
        step_on(meeting)


def _key(item: AgendaItem) -> tuple[str, int]:
    subject = _SUBJECTS.get(AgendaItem.Kind(item.kind))
    return (item.kind, getattr(item, subject) if subject else -item.pk)


def _update_facts(found: Sequence[Candidate], known: dict[tuple[str, int], AgendaItem]) -> None:
    """The unit and project under which an item stands, and its deadline, as they are today."""
    changed = []
    for one in found:
        item = known.get(one.key)
        if item is None or item.added_by_id:
            continue
        if (item.unit_id, item.project_id, item.deadline_on) != (one.unit, one.project, one.deadline_on):
            item.unit_id, item.project_id, item.deadline_on = one.unit, one.project, one.deadline_on
            changed.append(item)
    AgendaItem.objects.bulk_update(changed, ["unit", "project", "deadline_on"])


def _put_in_order(
    meeting: Meeting, found: Sequence[Candidate], kept: Sequence[AgendaItem], new: Sequence[AgendaItem]
) -> bool:
    """Number the items; whether any place changed. Where somebody has ordered them, new ones come last."""
    if meeting.is_ordered:
        ordered = [*kept, *new]
    else:
        place = {one.key: number for number, one in enumerate(found)}
        ordered = sorted([*kept, *new], key=lambda item: place.get(_key(item), len(place)))
    return _number(ordered)


def _number(items: Sequence[AgendaItem]) -> bool:
    moved = []
    for position, item in enumerate(items, start=1):
        if item.position != position:
            item.position = position
            moved.append(item)
    AgendaItem.objects.bulk_update(moved, ["position"], batch_size=500)
    return bool(moved)


@transaction.atomic
def add_item(
    meeting: Meeting, *, actor: User, text: str = "", project: Project | None = None, node: Node | None = None,
    issue: Issue | None = None, unit: Unit | None = None, speaker: str = "", version: int | None = None,
) -> AgendaItem:  # fmt: skip
    """Put something on the agenda of a draft, at its end: a node, an issue, or in words what it is about.

    A node or issue that stands there already is put back where it was dropped. Raises InputError where nothing is
    named, else as ``held_draft`` does.
    """
    meeting = held_draft(meeting, actor, version)
    fields: dict[str, Any] = {"text": text.strip(), "unit": unit, "speaker": speaker.strip()}
    if issue is not None:
        fields |= {"kind": AgendaItem.Kind.ISSUE, "issue": issue, "project": issue.project}
        fields["unit"] = unit or issue.lead_unit
    elif node is not None:
        # Not as an overdue one: those the agenda finds itself, and somebody may want to talk about one before.
        fields |= {"kind": AgendaItem.Kind.OTHER, "node": node, "project": node.project}
        fields["text"] = fields["text"] or node.template_node.label
        fields["unit"] = unit or node.unit or node.project.town
        fields["deadline_on"] = node.deadline_on
    elif fields["text"]:
        fields |= {"kind": AgendaItem.Kind.OTHER, "project": project}
    else:
        raise InputError(gettext_noop("Say what is to be talked about."))
    standing = _standing_already(meeting, fields)
    if standing is not None:
        return _put_back(meeting, standing, actor)
    last = AgendaItem.objects.filter(meeting=meeting).order_by("-position").first()
    item = AgendaItem.objects.create(
        meeting=meeting, position=last.position + 1 if last else 1, added_by=actor, **fields
    )
    step_on(meeting)
    record(meeting, Change.Verb.AGENDA_ADDED, actor=actor, project=item.project, node=node, item=str(item))
    return item


def _standing_already(meeting: Meeting, fields: dict[str, Any]) -> AgendaItem | None:
    items = AgendaItem.objects.filter(meeting=meeting)
    if "issue" in fields:
        return items.filter(kind=AgendaItem.Kind.ISSUE, issue=fields["issue"]).first()
    if "node" in fields:
        kinds = [AgendaItem.Kind.OVERDUE, AgendaItem.Kind.OTHER]
        return items.filter(kind__in=kinds, node=fields["node"]).first()
    return None


def _put_back(meeting: Meeting, item: AgendaItem, actor: User) -> AgendaItem:
    if not item.is_dropped:
        raise RuleError(gettext_noop("“%(item)s” stands on the agenda already."), item=str(item))
    item.dropped_reason, item.dropped_by = "", None
    item.save(update_fields=["dropped_reason", "dropped_by"])
    step_on(meeting)
    record(
        meeting,
        Change.Verb.AGENDA_RESTORED,
        actor=actor,
        project=item.project,
        node=item.node,
        item=str(item),
    )
    return item


@transaction.atomic
def drop_item(item: AgendaItem, *, actor: User, reason: str, version: int | None = None) -> AgendaItem:
    """Take something off the agenda of a draft, with the reason. Raises InputError without one, RuleError where it is
    off already, else as ``held_draft`` does."""
    meeting, item = _held(item, actor, version)
    if item.is_dropped:
        raise RuleError(gettext_noop("“%(item)s” has been dropped already."), item=str(item))
    item.dropped_reason, item.dropped_by = reason_given(reason)[:300], actor
    item.save(update_fields=["dropped_reason", "dropped_by"])
    step_on(meeting)
    record(
        meeting, Change.Verb.AGENDA_DROPPED, actor=actor, project=item.project, node=item.node,
        note=item.dropped_reason, item=str(item),
    )  # fmt: skip
    return item


@transaction.atomic
def restore_item(item: AgendaItem, *, actor: User, version: int | None = None) -> AgendaItem:
    """Put something that was dropped back on the agenda of a draft. Raises RuleError where it stands there."""
    meeting, item = _held(item, actor, version)
    return _put_back(meeting, item, actor)


@transaction.atomic
def assign_speaker(
    items: Collection[AgendaItem], *, actor: User, speaker: str, version: int | None = None
) -> list[AgendaItem]:
    """Say who speaks about these items of one meeting; blank: nobody is named. Also when it is frozen: it is no figure.

    Raises PermissionDenied for whoever does not run the meeting, InputError without an item.
    """
    refuse_others(actor)
    if not items:
        raise InputError(gettext_noop("Choose at least one item."))
    meeting = lock_meeting(next(iter(items)).meeting_id)
    refuse_stale(meeting, version)
    held = list(AgendaItem.objects.filter(meeting=meeting, pk__in=[item.pk for item in items]).for_list())
    changed = [item for item in held if item.speaker != speaker.strip()]
    for item in changed:
        item.speaker = speaker.strip()
    AgendaItem.objects.bulk_update(changed, ["speaker"])
    if changed:
        step_on(meeting)
        record(
            meeting, Change.Verb.AGENDA_ASSIGNED, actor=actor,
            speaker=speaker.strip(), items=[str(item) for item in changed],
        )  # fmt: skip
    return held


@transaction.atomic
def order_items(
    meeting: Meeting, order: Sequence[int], *, actor: User, version: int | None = None
) -> Meeting:
    """Put the items of a draft in this order, by their numbers; what is not named comes after, in its old order.

    Raises PermissionDenied where an item is of another meeting, else as ``held_draft`` does.
    """
    meeting = held_draft(meeting, actor, version)
    items = {item.pk: item for item in AgendaItem.objects.filter(meeting=meeting).order_by("position", "pk")}
    if set(order) - set(items):
        raise PermissionDenied(gettext_noop("An item of another meeting cannot be ordered here."))
    ordered = [items[pk] for pk in in_order(order, list(items))]
    if _number(ordered):
        meeting.is_ordered = True
        step_on(meeting, "is_ordered")
        record(meeting, Change.Verb.AGENDA_ORDERED, actor=actor, items=len(ordered))
    return meeting


def _held(item: AgendaItem, actor: User, version: int | None) -> tuple[Meeting, AgendaItem]:
    """The draft and the item of it as they are now, locked."""
    meeting = held_draft(Meeting(pk=item.meeting_id), actor, version)
    held: AgendaItem | None = AgendaItem.objects.filter(pk=item.pk, meeting=meeting).for_list().first()
    if held is None:
        raise RuleError(gettext_noop("This item is no longer on the agenda: it has been settled."))
    return meeting, held
