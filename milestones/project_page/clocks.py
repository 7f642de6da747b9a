"""Whose clock ran: the working days of a project by who had them, as its page shows them (domain.md 2.1, S56)."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from domain.chains import ClockOwner
from domain.elapsed import PROMISED, Split
from domain.lights import LightRule
from milestones.chain_states import ChainState, Promise
from milestones.models import CLOCK_LABELS
from milestones.publishing import promise_of


@dataclass(frozen=True, slots=True)
class Share:
    """One owner's working days; `start` and `width` in percent of the bar, `counts` to the promise."""

    key: str
    label: str
    days: int
    start: float
    width: float
    counts: bool = False


@dataclass(frozen=True, slots=True)
class Clocks:
    """The shares of all working days so far, in the order of the bar.

    `promise` is None where the template has none or its time has not begun; `since` and `until` are what its
    first and last node are called.
    """

    total: int
    shares: tuple[Share, ...]
    promise: Promise | None
    since: str
    until: str
    until_on: date | None

    @property
    def used(self) -> float:
        """How much of the promise is used up, in percent, at most 100."""
        return min(100.0, 100 * self.promise.counted / self.promise.days) if self.promise else 0.0

    @property
    def over(self) -> int:
        """By how many working days the promise is broken."""
        return max(0, self.promise.counted - self.promise.days) if self.promise else 0


def clocks_of(state: ChainState, rule: LightRule) -> Clocks | None:
    """None while nothing has been started."""
    split = state.split(rule)
    if not split.total:
        return None
    said = promise_of(state.chain.template)
    labels = {step.code: step.label for step in state.steps.values()}
    last = next(
        (node for node in state.nodes.values() if said and state.steps[node.step].code == said.until), None
    )
    return Clocks(
        total=split.total, shares=tuple(_shares(split)), promise=state.promise(rule),
        since=labels.get(said.since, "") if said else "", until=labels.get(said.until, "") if said else "",
        until_on=last.finished_on if last else None,
    )  # fmt: skip


def _shares(split: Split) -> list[Share]:
    owners = [(owner, str(CLOCK_LABELS[owner]), split.by_owner[owner]) for owner in ClockOwner]
    rest = [("held", _("on hold, nobody's"), split.held), ("idle", _("nobody was at it"), split.idle)]
    shares, start = [], 0.0
    for key, label, days in [*owners, *rest]:
        width = 100 * days / split.total
        shares.append(Share(str(key), label, days, start, width, key in PROMISED))
        start += width
    return shares
