"""The pipeline of programmes (domain.md 2.5): applied, in the pool, cultivated, recognised, by tier and year.

What counts is the nodes of the ordinary chains: a station is reached when a node that stands for it is done. The
counts are of projects, and cumulative: who is in the pool has applied as well.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from accounts.models import User
from domain.chains import PIPELINE, Milestone
from domain.lifecycle import Status
from milestones.milestone_states import steps_of_milestone
from milestones.models import Node
from projects.models import PROGRAMMES, Kind, Tier
from projects.querysets import ProjectQuerySet


@dataclass(frozen=True, slots=True)
class TierCounts:
    """How many projects of a tier reached each station; `tier` None: those to which none has been given."""

    tier: Tier | None
    entries: int
    reached: dict[Milestone, int]


@dataclass(frozen=True, slots=True)
class YearCounts:
    """The projects that applied in a year, and how far they have come since."""

    year: int
    reached: dict[Milestone, int]


@dataclass(frozen=True, slots=True)
class Programme:
    """How many projects are entered in a programme and reached each station, by tier and by year of application."""

    kind: Kind
    entries: int
    reached: dict[Milestone, int]
    tiers: tuple[TierCounts, ...]
    years: tuple[YearCounts, ...]


def programmes(reader: User, projects: ProjectQuerySet, *, narrowed: bool = True) -> list[Programme]:
    """Of `projects`, which are in sight of `reader`; `narrowed` False says that these are all. Three queries."""
    entered = projects.order_by().filter(kind__in=PROGRAMMES)
    facts = {pk: (Kind(kind), tier) for pk, kind, tier in entered.values_list("pk", "kind", "tier")}
    nodes = Node.objects.visible_to(reader) if narrowed else Node.objects.all()
    found = (
        nodes.filter(
            template_node__in=steps_of_milestone(*PIPELINE), status=Status.DONE,
            project__in=entered.values("pk"),
        )
        .order_by()
        .values_list("project_id", "template_node__milestone", "finished_on")
    )  # fmt: skip
    applied: dict[int, int] = {}
    stations: dict[int, set[Milestone]] = {}
    by_value = {milestone.value: milestone for milestone in PIPELINE}
    for pk, value, finished_on in found:
        milestone = by_value[value]
        stations.setdefault(pk, set()).add(milestone)
        if milestone is Milestone.APPLIED and finished_on:
            applied[pk] = min(applied.get(pk, finished_on.year), finished_on.year)
    tiers = list(Tier.objects.all())
    return [_programme(kind, facts, stations, applied, tiers) for kind in PROGRAMMES]


def _programme(
    kind: Kind, facts: Mapping[int, tuple[Kind, int | None]], stations: dict[int, set[Milestone]],
    applied: dict[int, int], tiers: Iterable[Tier],
) -> Programme:  # fmt: skip
    mine = {pk: tier for pk, (of, tier) in facts.items() if of is kind}
    whole: Counter[Milestone] = Counter()
    of_tier: dict[int | None, Counter[Milestone]] = {}
    of_year: dict[int, Counter[Milestone]] = {}
    entries = Counter(mine.values())
    for pk, tier in mine.items():
        reached = stations.get(pk, ())
        whole.update(reached)
        of_tier.setdefault(tier, Counter()).update(reached)
        if pk in applied:
            of_year.setdefault(applied[pk], Counter()).update(reached)
    counted = [
        TierCounts(tier, entries[tier.pk], _counts(of_tier.get(tier.pk, Counter())))
        for tier in tiers
        if tier.kind == kind
    ]
    if entries[None]:
        counted.append(TierCounts(None, entries[None], _counts(of_tier[None])))
    years = [YearCounts(year, _counts(of_year[year])) for year in sorted(of_year, reverse=True)]
    return Programme(kind, len(mine), _counts(whole), tuple(counted), tuple(years))


def _counts(counter: Counter[Milestone]) -> dict[Milestone, int]:
    return {milestone: counter[milestone] for milestone in PIPELINE}
