"""How a demonstration project went: computed in working days from its start, before anything is written.

Nodes begin as soon as what they wait for is done and take a little less than planned, so that nothing is
late but the one node the story is about, and what cannot go on because of it. Before that some links of the chain were
slow, as SLOW says; what came behind them caught up since, so that only who looks back sees it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from graphlib import TopologicalSorter
from random import Random

from config.demo.stories import Story
from domain.workdays import WorkCalendar
from milestones.graph import ChainGraph
from milestones.laying import Layout
from milestones.models import TemplateNode


@dataclass(frozen=True)
class Span:
    """When a node began and ended, in working days after the start of the chain; None: not yet."""

    began: int | None = None
    ended: int | None = None


NOT_YET = Span()
AS_PLANNED = (0.75, 1.0)
"""How much of its planned days a node takes, at least and at most; nothing is late."""


@dataclass(frozen=True)
class Slow:
    """In so large a `share` of the projects a node lay `idle` for so many working days, at least and at most, and then
    took so many `times` its limit."""

    share: float
    idle: tuple[int, int]
    times: tuple[float, float]


SLOW: Mapping[str, Slow] = {
    "eia": Slow(0.85, (8, 16), (2.6, 3.8)),
    "cp": Slow(0.9, (4, 10), (2.2, 3.6)),
    "pwplan": Slow(0.75, (8, 16), (1.3, 2.0)),
}
"""The weak links of the district, by the code of the node."""

CATCHES_UP = 0.45
"""What began late takes at least so much of its planned days until it is in time again."""

_SETTLED = 60
"""Working days: what was slow lies so far back that what came behind it has caught up."""

FOR_EVER = 1_000_000
"""Working days: a course that is followed to its end."""


@dataclass(frozen=True)
class Dates:
    """When a node began and ended; None: not yet."""

    began_on: date | None
    ended_on: date | None


def elapsed(story: Story, plan: Layout) -> int:
    """The working days since the project began, so that its node is late by what the story says."""
    if not story.at:
        return story.late + (plan.schedule.length if story.late >= 0 else 0)
    step = next(step for step in plan.steps if step.code == story.at)
    return plan.schedule.slots[step.code].earliest_finish + story.late


def course(
    story: Story, plan: Layout, graph: ChainGraph,
    *, now: int, random: Random, pace: tuple[float, float] = AS_PLANNED, settled: int = 0,
) -> dict[int, Span]:  # fmt: skip
    """What happened to each node up to day `now`, by template node id, in an order that actions accept.

    Only what ends up to day `settled` is slow.
    """
    steps = {step.pk: step for step in plan.steps}
    before = {pk: {*_hard(graph, pk), *graph.soft.get(pk, ())} & steps.keys() for pk in steps}
    spans: dict[int, Span] = {}
    for pk in TopologicalSorter({pk: sorted(keys) for pk, keys in before.items()}).static_order():
        span = _span(steps[pk], story, plan, graph, spans, now=now, pace=random.uniform(*pace))
        spans[pk] = _slow(steps[pk], span, story, settled) or _catching_up(steps[pk], span, plan)
    return spans


def settled(now: int) -> int:
    """Up to which day links were slow where today is day `now`."""
    return now - _SETTLED


def _slow(step: TemplateNode, span: Span, story: Story, settled: int) -> Span | None:
    """The same node where it was slow; None where it was not, or not long enough ago."""
    slow = SLOW.get(step.code)
    random = Random(f"slow/{story.name}/{step.code}")  # noqa: S311 - the same each time, whatever else is drawn
    if slow is None or span.began is None or span.ended is None or step.code in story.waived:
        return None
    if random.random() >= slow.share:
        return None
    began = span.began + random.randint(*slow.idle)
    ended = began + round((step.limit or step.plan_days) * random.uniform(*slow.times))
    return Span(began, ended) if ended <= settled else None


def _catching_up(step: TemplateNode, span: Span, plan: Layout) -> Span:
    """The same node, done in time where it began late and can be."""
    if span.began is None or span.ended is None:
        return span
    least = span.began + max(1, round(step.plan_days * CATCHES_UP))
    return Span(span.began, min(span.ended, max(least, plan.schedule.slots[step.code].earliest_finish)))


def so_far(spans: Mapping[int, Span], now: int) -> dict[int, Span]:
    """What of a course has happened up to day `now`."""
    return {
        pk: Span(span.began, span.ended if span.ended is not None and span.ended <= now else None)
        for pk, span in spans.items()
        if span.began is not None and span.began <= now
    }


def dated(spans: Mapping[int, Span], start: date, calendar: WorkCalendar) -> dict[int, Dates]:
    """Working days after `start` as dates; without the nodes that have not begun."""

    def on(days: int | None) -> date | None:
        return None if days is None else calendar.add(start, days)

    return {pk: Dates(on(span.began), on(span.ended)) for pk, span in spans.items() if span != NOT_YET}


def _hard(graph: ChainGraph, pk: int) -> list[int]:
    return [*graph.hard.get(pk, ()), *(key for group in graph.groups.get(pk, ()) for key in group)]


def _span(
    step: TemplateNode, story: Story, plan: Layout, graph: ChainGraph, spans: Mapping[int, Span],
    *, now: int, pace: float,
) -> Span:  # fmt: skip
    slot = plan.schedule.slots[step.code]
    ready = _ready(step.pk, graph, spans, planned=slot.earliest_start)
    if step.code in story.waived:
        return Span(0, 0)  # never worked on, in nobody's way
    stuck = step.code == story.at
    if stuck and ready is not None:
        ready = max(ready, slot.earliest_start)  # its approval clock ends about when its plan does
    if ready is None or ready > now or (stuck and "idle" in story.marks):
        return NOT_YET
    end = ready + max(1, round(step.plan_days * pace))
    return Span(ready, None if stuck or end > now else end)


def _ready(pk: int, graph: ChainGraph, spans: Mapping[int, Span], *, planned: int) -> int | None:
    """The first day on which the node can begin; None while something before it is open.

    What is only recommended to come before is not waited for beyond the planned start, once it has begun.
    """
    ends = [spans[key].ended for key in graph.hard.get(pk, ()) if key in spans]
    for group in graph.groups.get(pk, ()):
        members = [spans[key].ended for key in group if key in spans]
        ends += [min((end for end in members if end is not None), default=None)] if members else []
    recommended = [spans[key] for key in graph.soft.get(pk, ()) if key in spans]
    if None in ends or any(span.began is None for span in recommended):
        return None
    ready = max((end for end in ends if end is not None), default=0)
    waits = (planned if span.ended is None else min(span.ended, max(planned, ready)) for span in recommended)
    return max(ready, *waits, 0)
