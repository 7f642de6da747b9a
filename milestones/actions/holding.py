"""What the actions on nodes share: the lock, the write with its entry in the history, what every form is asked."""

from collections.abc import Collection, Iterable
from datetime import date
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext_noop, pgettext

from accounts.models import User
from domain.errors import InputError, StaleError
from domain.lifecycle import Status
from domain.lights import deadline as earlier_of
from domain.workdays import ONE_DAY
from history.models import Change
from milestones.graph import Statuses, steps_of
from milestones.models import Hold, Node
from projects.models import Project


def hold_project(project_id: int) -> None:
    """Lock a project until the transaction ends: the unit of locking.

    Against whoever changes it, not against whoever only names it: a row that refers to a project must not wait, for it
    waits at the end of its transaction and in no order (an agenda names many).
    """
    Project.objects.select_for_update(of=("self",), no_key=True).only("pk").get(pk=project_id)


def hold_projects(project_ids: Iterable[int]) -> None:
    """Lock projects, in the order of their numbers: so two who hold several never wait in a circle."""
    locked = Project.objects.filter(pk__in=set(project_ids)).order_by("pk")
    list(locked.select_for_update(of=("self",), no_key=True).values_list("pk"))


def held_node(node: Node, actor: User, version: int | None) -> Node:
    """The node as it is now, with its project locked until the transaction ends.

    Raises PermissionDenied where `actor` may not change it, StaleError where it is no longer at `version`.
    """
    hold_project(node.project_id)
    mine: Node | None = Node.objects.editable_by(actor).for_list().filter(pk=node.pk).first()
    if mine is None:
        raise PermissionDenied
    if version is not None and mine.version != version:
        raise StaleError(
            gettext_noop("“%(node)s” has changed since you read it; look at it again."),
            node=mine.template_node.label,
        )
    return mine


def write(
    node: Node, verb: Change.Verb, *, actor: User, note: str = "", batch: UUID | None = None,
    more: dict[str, Any] | None = None, **fields: Any,
) -> None:  # fmt: skip
    """Set `fields` of a node and record it, with `more` that belongs to the change but not to the row."""
    before = {name: getattr(node, name) for name in fields}
    for name, value in fields.items():
        setattr(node, name, value)
    node.version += 1
    node.save(update_fields=[*fields, "version"])
    # What the database generates from the two, without asking for it again.
    node.deadline_on = earlier_of(node.due_on, node.limit_on)
    Change.objects.create(
        verb=verb, actor=actor, project=node.project, node=node, before=before,
        after={**fields, **(more or {})}, note=note, batch=batch,
    )  # fmt: skip


def statuses_of(project: Project) -> Statuses:
    rows = Node.objects.filter(project=project).values_list("template_node_id", "status")
    return {key: Status(status) for key, status in rows}


def names_of(node: Node, steps: Collection[int]) -> str:
    labels = steps_of(node.template_node.template_id)
    return pgettext("between quoted names", "”, “").join(labels[key].label for key in steps)


def closed_holds(node: Node) -> list[tuple[date, date]]:
    """The first and last days of the holds of a node that have ended."""
    ended = Hold.objects.filter(node=node, resumed_on__isnull=False).order_by()
    return [
        (first, resumed - ONE_DAY)
        for first, resumed in ended.values_list("held_on", "resumed_on")
        if resumed is not None
    ]


def reason_given(text: str) -> str:
    if not text.strip():
        raise InputError(gettext_noop("Say why."))
    return text.strip()
