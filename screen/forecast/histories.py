"""What steps, issues and holds have really taken, and what stands in the way now: all that forecasts are made from."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from domain.pace import FEWEST_ENDS, Pace, Paces, assumed_pace, cautious, likeness, pace, paces_of
from issues.models import Block, Issue
from milestones.models import Hold
from projects.models import Project
from screen.reckoning.facts import Facts
from screen.reckoning.spans import Spans

_ISSUE_DAYS, _HOLD_DAYS = 15.0, 20.0
"""Working days within which half of the issues and holds are assumed to end where too few have ended yet."""

_STEPS_TO_COMPARE = 50_000
_LATEST_ISSUES = 10_000


def paces_of_steps(spans: Spans, wanted: Collection[tuple[int, int]] | None = None) -> Paces:
    """The paces of the steps in these spans, by town and kind, each in multiples of its planned working days."""
    lead = spans.lead
    known = np.flatnonzero(lead >= 0)
    ratios = lead[known] / np.maximum(spans.plan[known], 1)
    return paces_of(ratios, spans.ended[known], spans.kind[known], spans.town[known], wanted=wanted)


def likeness_of_steps(spans: Spans) -> float:
    """How alike the steps of one project have been; of every so many projects, which say it as well as all."""
    lead = spans.lead
    rows = np.flatnonzero((lead >= 0) & spans.ended)
    if len(rows) > _STEPS_TO_COMPARE:
        rows = rows[spans.project[rows] % (len(rows) // _STEPS_TO_COMPARE + 1) == 0]
    return likeness(lead[rows] / np.maximum(spans.plan[rows], 1), spans.kind[rows], spans.project[rows])


def _pace_of_days(days: Sequence[float], ended: Sequence[bool], assumed: float) -> Pace:
    """The pace of what has no plan, in working days; assumed where fewer than FEWEST_ENDS have ended."""
    if sum(ended) < FEWEST_ENDS:
        return assumed_pace(assumed)
    return cautious(pace(np.array(days, dtype=np.float64), np.array(ended, dtype=bool)))


@dataclass(frozen=True)
class Obstacle:
    """An open issue that blocks a node, since so many working days."""

    issue: int
    pace: Pace
    days: float


@dataclass(frozen=True)
class Histories:
    """The paces, and by node what it waits for now: since when it is on hold (working days), which issues block it.

    `kinds` and `towns` find the pace of a step: the place of its kind (``template/node``), the town of its project.
    """

    paces: Paces
    kinds: Mapping[str, int]
    towns: Mapping[int, int]
    likeness: float
    hold: Pace
    held_for: Mapping[int, float]
    obstacles: Mapping[int, Sequence[Obstacle]]


def read_histories(facts: Facts, spans: Spans) -> Histories:
    """What is drawn from for `facts`; `spans` are those of all projects, whichever are to be forecast.

    Where `facts` are of one project, only what that one needs is made out.
    """
    kinds = {str(kind): place for place, kind in enumerate(spans.kinds)}
    projects = [int(pk) for batch in facts.batches for pk in batch.projects]
    of_all, nodes, wanted = Project.objects.all(), None, None
    is_one = len(projects) == 1
    towns = dict((of_all.filter(pk__in=projects) if is_one else of_all).values_list("pk", "town"))
    if is_one:
        nodes = [int(pk) for batch in facts.batches for pk in batch.nodes.ravel() if pk]
        steps = {
            f"{batch.steps[column].template.code}/{batch.steps[column].code}"
            for batch in facts.batches
            for column in np.flatnonzero(batch.matrix.is_open.any(axis=0)).tolist()
        }
        wanted = {(town, kinds.get(step, -1)) for town in towns.values() for step in steps}
    return Histories(
        paces=paces_of_steps(spans, wanted), kinds=kinds, towns=towns,
        likeness=likeness_of_steps(spans), hold=_pace_of_holds(facts),
        held_for=_held_for(facts, nodes), obstacles=_obstacles(facts, nodes),
    )  # fmt: skip


def _held_for(facts: Facts, nodes: Collection[int] | None) -> dict[int, float]:
    open_now = Hold.objects.filter(held_on__lte=facts.today).exclude(resumed_on__lte=facts.today)
    if nodes is not None:
        open_now = open_now.filter(node__in=nodes)
    return {
        node: max(0, facts.calendar.count(held_on, facts.today))
        for node, held_on in open_now.order_by("-held_on").values_list("node_id", "held_on")
    }


def _obstacles(facts: Facts, nodes: Collection[int] | None) -> dict[int, list[Obstacle]]:
    obstacles: dict[int, list[Obstacle]] = defaultdict(list)
    open_now = Block.objects.filter(issue__raised_on__lte=facts.today).exclude(
        issue__closed_on__lte=facts.today
    )
    if nodes is not None:
        open_now = open_now.filter(node__in=nodes)
    rows = list(
        open_now.order_by("pk").values_list(
            "node_id", "issue_id", "issue__category__code", "issue__raised_on"
        )
    )
    by_category, of_all = _paces_of_issues(facts) if rows else ({}, assumed_pace(_ISSUE_DAYS))
    for node, issue, category, raised_on in rows:
        days = max(0, facts.calendar.count(raised_on, facts.today))
        obstacles[node].append(Obstacle(issue, by_category.get(category, of_all), days))
    return obstacles


def _pace_of_holds(facts: Facts) -> Pace:
    """How long holds last."""
    rows = list(Hold.objects.filter(held_on__lte=facts.today).values_list("held_on", "resumed_on"))
    return _pace_between(facts, rows, _HOLD_DAYS)


def _paces_of_issues(facts: Facts) -> tuple[dict[str, Pace], Pace]:
    """How long issues stay open, by the code of the category where enough were closed, and all together.

    Of the latest ones, which say it as well as all.
    """
    known = Issue.objects.filter(raised_on__lte=facts.today).order_by("-pk")
    rows = list(known.values_list("category__code", "raised_on", "closed_on")[:_LATEST_ISSUES])
    by_code: dict[str, list[tuple[date, date | None]]] = defaultdict(list)
    for code, raised_on, closed_on in rows:
        by_code[code].append((raised_on, closed_on))
    of_all = _pace_between(facts, [row[1:] for row in rows], _ISSUE_DAYS)
    return {
        code: _pace_between(facts, own, _ISSUE_DAYS)
        for code, own in by_code.items()
        if sum(_is_over(closed_on, facts.today) for _, closed_on in own) >= FEWEST_ENDS
    }, of_all


def _pace_between(facts: Facts, rows: Sequence[tuple[date, date | None]], assumed: float) -> Pace:
    today = facts.today
    over = [_is_over(end, today) for _, end in rows]
    first = [start.toordinal() for start, _ in rows]
    last = [
        (end if end and is_over else today).toordinal() for (_, end), is_over in zip(rows, over, strict=True)
    ]
    days = np.maximum(facts.ranks.count(first, last), 0) if rows else np.zeros(0)
    return _pace_of_days([float(number) for number in days], over, assumed)


def _is_over(end: date | None, today: date) -> bool:
    return end is not None and end <= today
