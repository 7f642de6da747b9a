"""Which nodes an issue blocks, their clocks put on hold because of it, and running again when it is gone."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date

from django.db.models import QuerySet
from django.utils.translation import gettext_noop

from accounts.models import User
from domain.errors import RuleError
from domain.lifecycle import Status
from issues.models import Block, Issue
from milestones.actions import hold_node, resume_node
from milestones.actions.nodes import refuse_closed
from milestones.models import Hold, Node

LONGEST_REASON = 500


def block_nodes(issue: Issue, nodes: Collection[Node]) -> None:
    """Let `issue` block exactly `nodes`; a node that it blocks no longer stays on hold until it is resumed.

    Raises RuleError for a node of another project, or one that is closed and was not blocked before.
    """
    known = set(Block.objects.filter(issue=issue).values_list("node", flat=True))
    for node in {node.pk: node for node in nodes}.values():
        if node.project_id != issue.project_id:
            raise RuleError(
                gettext_noop("“%(node)s” is no node of %(project)s."),
                node=node.template_node.label, project=issue.project.name,
            )  # fmt: skip
        if node.pk not in known:
            refuse_closed(Status(node.status), node=node.template_node.label)
            Block.objects.create(issue=issue, node=node)
    kept = {node.pk for node in nodes}
    Block.objects.filter(issue=issue, node__in=known - kept).delete()


def hold_blocked(issue: Issue, *, actor: User, today: date) -> list[str]:
    """Put the blocked nodes on hold as of `today`, the issue being the reason; their names.

    Raises PermissionDenied where `actor` may not change one of them, RuleError where there is none to be held.
    """
    held = []
    for block in to_be_held([issue]).select_related("node__template_node"):
        hold_node(
            block.node,
            actor=actor,
            on=today,
            today=today,
            reason=f"{issue.number} {issue.title}"[:LONGEST_REASON],
        )
        block.hold = Hold.objects.filter(node=block.node).open().latest("pk")
        block.save(update_fields=["hold"])
        held.append(block.node.template_node.label)
    if not held:
        raise RuleError(
            gettext_noop("No node that %(issue)s blocks is running; only running nodes are put on hold."),
            issue=issue.number,
        )
    return held


def to_be_held(issues: Iterable[Issue]) -> QuerySet[Block]:
    """The blocks of `issues` whose nodes run, or are on hold for other reasons alone: these may end before.

    One that was on hold because of the issue before, and runs again, is put on hold again.
    """
    blocks = Block.objects.filter(issue__in=issues, node__status__in=[Status.RUNNING, Status.HELD])
    return blocks.exclude(hold__isnull=False, hold__resumed_on__isnull=True)


def resume_blocked(issue: Issue, *, actor: User, on: date, today: date) -> list[str]:
    """Let the nodes that are on hold because of `issue` run again from `on`; their names.

    A node that is on hold for another reason too stays on hold for that. Raises as ``resume_node`` does.
    """
    resumed = []
    for block in open_holds(issue):
        resume_node(block.node, actor=actor, on=on, today=today, hold=block.hold, note=issue.number)
        resumed.append(block.node.template_node.label)
    return resumed


def open_holds(issue: Issue) -> Sequence[Block]:
    """The blocks of `issue` whose holds still go on."""
    blocks = Block.objects.filter(issue=issue, hold__isnull=False, hold__resumed_on__isnull=True)
    return list(blocks.select_related("node__template_node", "hold"))
