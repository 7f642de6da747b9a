"""How a demonstration project went: computed in working days from its start, before anything is written.

Nodes begin as soon as what they wait for is done and take a little less than planned, so that nothing is
late but the one node the story is about, and what cannot go on because of it.
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
    *, now: int, random: Random, pace: tuple[float, float] = AS_PLANNED,
) -> dict[int, Span]:  # fmt: skip
    """What happened to each node up to day `now`, by template node id, in an order that actions accept."""
    steps = {step.pk: step for step in plan.steps}
    before = {pk: {*_hard(graph, pk), *graph.soft.get(pk, ())} & steps.keys() for pk in steps}
    spans: dict[int, Span] = {}
    for pk in TopologicalSorter({pk: sorted(keys) for pk, keys in before.items()}).static_order():
        spans[pk] = _span(steps[pk], story, plan, graph, spans, now=now, pace=random.uniform(*pace))
    return spans


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
