"""What changes for a project when its chain follows another version of its template, or other facts."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from hashlib import sha256

from domain.lifecycle import OPEN, Status
from domain.workdays import WorkCalendar
from milestones.chain_choices import refuse_unknown
from milestones.laying import layout
from milestones.models import Chain, ChainTemplate, Node, TemplateNode


@dataclass(frozen=True)
class AddedNode:
    """A step that the project gets, and the day it is planned for."""

    step: TemplateNode
    due_on: date


@dataclass(frozen=True)
class Relaying:
    """What is added, dropped and kept; each in the order of its chain.

    Kept nodes keep their dates and what is recorded of them. Dropped nodes that nothing is recorded of go;
    the others stay on record as waived (`dropped`) or as they are closed (`left`). Nodes that are being worked
    on (`in_the_way`) forbid it.
    """

    added: tuple[AddedNode, ...]
    kept: tuple[tuple[Node, TemplateNode], ...]
    dropped: tuple[Node, ...]
    left: tuple[Node, ...]
    in_the_way: tuple[Node, ...]

    @property
    def digest(self) -> str:
        """Names what becomes of which node: what was shown holds as long as this is the same."""
        parts = (
            [(one.step.pk, one.due_on.isoformat()) for one in self.added],
            [(node.pk, step.pk) for node, step in self.kept],
            *([node.pk for node in nodes] for nodes in (self.dropped, self.left, self.in_the_way)),
        )
        return sha256(repr(parts).encode()).hexdigest()[:32]

    @property
    def changes_nothing(self) -> bool:
        return not (self.added or self.dropped or self.left or self.in_the_way)


def relaying(
    chain: Chain, template: ChainTemplate, conditions: Collection[str], *, today: date, calendar: WorkCalendar
) -> Relaying:
    """What becomes of the nodes of `chain` under `template` and `conditions`.

    A node is kept where the new chain has a step of the same code. An added node is planned where a new
    chain begun on the same day would have it, but not before its own time from `today` on, so that nothing is
    born overdue. Raises InputError where `conditions` are none of the template's.
    """
    refuse_unknown(template, conditions)
    plan = layout(template.pk, frozenset(conditions))
    start = calendar.on_or_after(chain.starts_on)
    nodes = Node.objects.filter(project=chain.project_id).for_list().order_by("template_node__position")
    by_code = {node.template_node.code: node for node in nodes}
    steps = {step.code: step for step in plan.steps}
    gone = [node for code, node in by_code.items() if code not in steps]
    return Relaying(
        added=tuple(
            AddedNode(
                step,
                max(
                    calendar.add(start, plan.schedule.slots[code].earliest_finish),
                    calendar.add(today, step.plan_days),
                ),
            )
            for code, step in steps.items()
            if code not in by_code
        ),
        kept=tuple((by_code[code], step) for code, step in steps.items() if code in by_code),
        dropped=tuple(node for node in gone if node.status == Status.WAITING),
        left=tuple(node for node in gone if node.status not in OPEN),
        in_the_way=tuple(node for node in gone if node.status in OPEN and node.status != Status.WAITING),
    )
