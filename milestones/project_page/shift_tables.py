"""The shifted schedule of a date change, as its pages show it before and after."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from domain.date_changes import PENDING, RequestStatus, Shift
from domain.workdays import WorkCalendar
from milestones.graph import steps_of
from milestones.models import DateChange, Node
from milestones.replanning import shifted_schedule


@dataclass(frozen=True, slots=True)
class ShiftLine:
    """What becomes of one node: `moved` working days later (negative: earlier), None where it had no date.

    `needs`: the date before which it can hardly be done any more, where its plan becomes too tight.
    """

    pk: int
    label: str
    before: date | None
    after: date | None
    moved: int | None
    needs: date | None = None
    is_provisional: bool = False

    @property
    def is_moved(self) -> bool:
        return self.before != self.after


@dataclass(frozen=True, slots=True)
class ShiftTable:
    """The node itself first, then those behind it in chain order."""

    lines: tuple[ShiftLine, ...]

    @property
    def lead(self) -> ShiftLine:
        return self.lines[0]

    @property
    def moved(self) -> int:
        """How many nodes get another date."""
        return sum(line.is_moved for line in self.lines)

    @property
    def too_tight(self) -> int:
        """For how many nodes there is hardly enough time left."""
        return sum(line.needs is not None for line in self.lines)


def shift_table(node: Node, due_on: date, *, following: bool, calendar: WorkCalendar) -> ShiftTable:
    """What `due_on` as the new date of `node` does to the chain as it stands."""
    shifts = shifted_schedule(node, due_on, following=following)
    labels = _labels(node, [shift.key for shift in shifts])
    return ShiftTable(tuple(_line(shift, labels[shift.key], calendar) for shift in shifts))


def table_of(change: DateChange, calendar: WorkCalendar) -> ShiftTable:
    """While the request waits, what it would do now; afterwards, what it asked for."""
    lead = next(item for item in change.items.all() if item.node_id == change.node_id)
    if RequestStatus(change.status) in PENDING:
        return shift_table(change.node, lead.due_after, following=change.following, calendar=calendar)
    shifts = (
        Shift(item.node_id, item.due_before, item.due_after)
        for item in sorted(
            change.items.all(), key=lambda item: (item != lead, item.node.template_node.position)
        )
    )
    labels = {item.node_id: item.node.template_node.label for item in change.items.all()}
    return ShiftTable(tuple(_line(shift, labels[shift.key], calendar) for shift in shifts))


def _labels(node: Node, pks: Iterable[int]) -> dict[int, str]:
    steps = steps_of(node.template_node.template_id)
    rows = Node.objects.filter(pk__in=pks).order_by().values_list("pk", "template_node_id")
    return {pk: steps[step].label for pk, step in rows}


def _line(shift: Shift[int], label: str, calendar: WorkCalendar) -> ShiftLine:
    known = shift.before is not None and shift.after is not None
    return ShiftLine(
        pk=shift.key, label=label, before=shift.before, after=shift.after,
        moved=calendar.count(shift.before, shift.after) if known and shift.before and shift.after else None,
        needs=shift.needs, is_provisional=shift.after is not None and calendar.is_provisional(shift.after),
    )  # fmt: skip
