"""Recording which nodes crossed the line."""

from dataclasses import dataclass
from datetime import date

from django.db import transaction

from domain.lights import LightRule
from domain.workdays import WorkCalendar
from milestones.models import Node, OverdueFlag


@dataclass(frozen=True)
class Sweep:
    """How many flags a sweep raised and cleared, and how many are open after it."""

    raised: int
    cleared: int
    open: int


@transaction.atomic
def sweep_overdue(today: date, calendar: WorkCalendar) -> Sweep:
    """Raise a flag for every overdue node without one; clear those of nodes that no longer are overdue.

    Three statements however many nodes. A flag is its own record of when and by which deadline it was
    raised, so nothing is written to the history. Two sweeps at once raise each flag once.
    """
    overdue = Node.objects.overdue(LightRule.on(today, calendar))
    raised = OverdueFlag.objects.raise_for(overdue, on=today)
    # NOT IN, not NOT EXISTS: the overdue nodes are read once from their index, whatever the planner expects.
    stale = OverdueFlag.objects.open().exclude(node__in=overdue.values("pk"))
    # A sweep as of an earlier day knows nothing of flags that were raised after it.
    cleared = stale.filter(raised_on__lte=today).update(cleared_on=today)
    return Sweep(raised, cleared, OverdueFlag.objects.open().count())
