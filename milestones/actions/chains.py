"""Giving a project its chain, and moving it to another version or to other facts."""

from collections.abc import Collection
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_noop, pgettext

from accounts.models import User
from domain.errors import RuleError, StaleError
from domain.lifecycle import Status
from domain.recorded_days import refuse_too_early
from history.models import Change
from milestones import obstacles
from milestones.actions.holding import write
from milestones.calendar_table import load_calendar
from milestones.chain_choices import refuse_unknown
from milestones.laying import nodes_for, units_by_name
from milestones.models import Chain, ChainTemplate, DateChange, Hold, Node, Proof, TemplateNode
from milestones.relaying import AddedNode, Relaying, relaying
from projects.actions import join_units
from projects.models import Project


@transaction.atomic
def lay_chain(
    project: Project, template: ChainTemplate, *,
    actor: User, starts_on: date, conditions: Collection[str] = (), batch: UUID | None = None,
) -> Chain:  # fmt: skip
    """Pin `project` to a published `template` and give it nodes, with dates planned from `starts_on`.

    Raises RuleError where the project has a chain already, the template is a draft or `starts_on` lies before
    the year 2000, InputError where `conditions` are none of the template's.
    """
    project = Project.objects.lock_for(actor, project.pk)
    _refuse_draft(template)
    refuse_too_early(starts_on)
    refuse_unknown(template, conditions)
    if Chain.objects.filter(project=project).exists():
        raise RuleError(gettext_noop("“%(project)s” has a chain already."), project=project.name)
    chain = Chain.objects.create(
        project=project, template=template, starts_on=starts_on, conditions=sorted(set(conditions))
    )
    nodes = Node.objects.bulk_create(
        nodes_for(
            project, template, starts_on=starts_on, conditions=frozenset(conditions),
            calendar=load_calendar(), units=units_by_name(),
        )
    )  # fmt: skip
    join_units(project, {node.unit_id for node in nodes})
    Change.objects.create(
        verb=Change.Verb.CHAIN_LAID, actor=actor, project=project, batch=batch,
        after={
            "template": template.code, "version": template.version, "starts_on": starts_on,
            "conditions": chain.conditions, "nodes": len(nodes),
        },
    )  # fmt: skip
    return chain


@transaction.atomic
def relay_chain(
    project: Project, template: ChainTemplate, *,
    actor: User, conditions: Collection[str], today: date, note: str = "", digest: str | None = None,
) -> Relaying:  # fmt: skip
    """Let the chain of `project` follow another published version of its template, or other facts.

    What is added, dropped and kept says ``milestones.relaying``; nothing that was recorded is lost. Raises
    RuleError where the project has no chain, the template is a draft or of another chain, or a node that
    would be dropped is being worked on; InputError where `conditions` are none of the template's; StaleError
    where it would no longer come out as `digest` names it.
    """
    project = Project.objects.lock_for(actor, project.pk)
    _refuse_draft(template)
    chain = Chain.objects.select_related("template").filter(project=project).first()
    if chain is None:
        raise RuleError(gettext_noop("“%(project)s” has no chain yet."), project=project.name)
    if chain.template.code != template.code:
        raise RuleError(
            gettext_noop("“%(template)s” is another chain, not a version of this one."),
            template=template.name,
        )
    moved = relaying(chain, template, conditions, today=today, calendar=load_calendar())
    if digest is not None and digest != moved.digest:
        raise StaleError(
            gettext_noop("The chain of “%(project)s” would no longer change as it was shown; look again."),
            project=project.name,
        )
    if moved.in_the_way:
        names = pgettext("between quoted names", "”, “").join(str(node) for node in moved.in_the_way)
        raise RuleError(
            gettext_noop("“%(nodes)s” would be dropped while being worked on; finish or waive it first."),
            nodes=names,
        )  # fmt: skip
    before = {"version": chain.template.version, "conditions": chain.conditions}
    reason = pgettext("why waived", "not in version %(version)d of the chain") % {"version": template.version}
    _drop(moved.dropped, actor=actor, reason=note.strip() or reason, today=today)
    _keep(moved)
    _add(project, moved.added)
    chain.template, chain.conditions = template, sorted(set(conditions))
    chain.save(update_fields=["template", "conditions"])
    Change.objects.create(
        verb=Change.Verb.CHAIN_MOVED, actor=actor, project=project, note=note.strip(), before=before,
        after={"version": template.version, "conditions": chain.conditions, **_counted(moved)},
    )  # fmt: skip
    return moved


def _refuse_draft(template: ChainTemplate) -> None:
    if template.published_at is None:
        raise RuleError(gettext_noop("“%(template)s” is a draft; publish it first."), template=template.name)


def _drop(nodes: Collection[Node], *, actor: User, reason: str, today: date) -> None:
    """Nodes that nothing is recorded of go; the others are waived, so that their records keep their node."""
    on_record = set(
        Node.objects.filter(pk__in=[node.pk for node in nodes])
        .filter(
            Exists(Change.objects.filter(node=OuterRef("pk")))
            | Exists(Hold.objects.filter(node=OuterRef("pk")))
            | Exists(Proof.objects.filter(node=OuterRef("pk")))
            | Exists(DateChange.objects.filter(node=OuterRef("pk")))
            | obstacles.source().on_record()
        )
        .values_list("pk", flat=True)
    )
    Node.objects.filter(pk__in=[node.pk for node in nodes if node.pk not in on_record]).delete()
    for node in nodes:
        if node.pk in on_record:
            write(
                node, Change.Verb.NODE_WAIVED, actor=actor, note=reason,
                status=Status.WAIVED, waived_on=today, waived_reason=reason, limit_on=None,
            )  # fmt: skip


def _keep(moved: Relaying) -> None:
    """Kept nodes become nodes of the new version; a limit that has not begun to run follows it."""
    for node, step in moved.kept:
        if node.template_node_id == step.pk:
            continue
        node.template_node = step
        if node.started_on is None:
            node.limit = step.limit
        node.version += 1
        node.save(update_fields=["template_node", "limit", "version"])


def _add(project: Project, added: Collection[AddedNode]) -> None:
    units = units_by_name()
    nodes = Node.objects.bulk_create(
        _node(project, one.step, one.due_on, units.get(one.step.unit_name)) for one in added
    )
    join_units(project, {node.unit_id for node in nodes})


def _node(project: Project, step: TemplateNode, due: date, unit: Any) -> Node:
    return Node(
        project=project, template_node=step, unit_id=unit.pk if unit else project.town_id,
        baseline_on=due, due_on=due, limit=step.limit,
    )  # fmt: skip


def _counted(moved: Relaying) -> dict[str, Any]:
    """What moved, by name: names outlive rows."""
    return {
        "added": [one.step.name for one in moved.added],
        "dropped": [node.template_node.name for node in moved.dropped],
        "left": [node.template_node.name for node in moved.left],
        "kept": len(moved.kept),
    }
