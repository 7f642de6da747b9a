"""Building permits of a Dutch municipality (BPI Challenge 2015, log 1) as chains: each case a project, its steps nodes.

The mapping is ours, since the log knows only when a step was recorded as done: a step could be begun, and is taken to
have been begun, on the day of the event before it in its case; it ended on its own day. The first event of a case
began on its own day. Of a step that a case repeats the first time counts. What a case had not recorded by a day was
still open then: that is how steps are censored. Only steps that MINIMUM cases have are taken, and no more than a chain
may have; the others are not chains of anything.
"""

import csv
import gzip
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import groupby
from pathlib import Path
from time import perf_counter
from typing import Final, NamedTuple

from django.db import transaction

from accounts.models import Unit, User
from bench.report import Figure, Report
from domain.chain_rules import MOST_NODES
from domain.chains import ChainSpec, ClockOwner, LaneSpec, NodeSpec, StageSpec
from domain.lifecycle import Status
from domain.workdays import WorkCalendar
from milestones.models import Chain, Node
from milestones.publishing import publish_template
from projects.models import Project
from screen.reckoning.facts import read_facts
from screen.reckoning.spans import spans_of

MINIMUM: Final = 20
CHAIN: Final = "permits"
LOG: Final = "bpic15_1_events.csv.gz"
_IN_PLACE: Final = Path(__file__).resolve().parents[2] / "shared" / "data" / LOG


class Step(NamedTuple):
    """One step of one case."""

    case: str
    activity: str
    began_on: date
    ended_on: date


def read_steps(path: Path, *, cases: int | None = None) -> list[Step]:
    """The steps of all cases, or of the first ones, as the mapping has them."""
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        rows = [
            (row["case"], row["time:timestamp"], number, row["concept:name"])
            for number, row in enumerate(csv.DictReader(file))
        ]
    wanted = set(list(dict.fromkeys(case for case, *_ in rows))[:cases])
    return list(_steps(sorted(row for row in rows if row[0] in wanted)))


def _steps(rows: Sequence[tuple[str, str, int, str]]) -> Iterator[Step]:
    for case, events in groupby(rows, key=lambda row: row[0]):
        before: date | None = None
        seen = set[str]()
        for _case, moment, _number, activity in events:
            day = date.fromisoformat(moment[:10])
            if activity not in seen:
                seen.add(activity)
                yield Step(case, activity, before or day, day)
            before = day


def build(steps: Sequence[Step]) -> list[str]:
    """Write them as chains into the database; the activities that were taken, in their order as node kinds."""
    counts = Counter(step.activity for step in steps)
    taken = sorted(name for name, count in counts.most_common(MOST_NODES) if count >= MINIMUM)
    spec = ChainSpec(
        code=CHAIN, kind="", name="建设许可", name_en="Building permit", stages=(StageSpec("all", "全程", "All"),),
        lanes=(LaneSpec("main", "主线", "Main"),), edges=(),
        nodes=tuple(
            NodeSpec(
                code=name, name=name, name_en=name, stage="all", lane="main", clock=ClockOwner.GOVERNMENT, plan_days=5
            )
            for name in taken
        ),
    )  # fmt: skip
    template, _new = publish_template(spec, actor=User.objects.system())
    town = Unit.objects.create(name="Municipality 1", kind=Unit.Kind.TOWN)
    cases = list(dict.fromkeys(step.case for step in steps))
    projects = dict(
        zip(
            cases,
            Project.objects.bulk_create(
                (Project(name=case, kind=Project.Kind.NEW_BUILD, town=town) for case in cases),
                batch_size=2000,
            ),
            strict=True,
        )
    )
    first: dict[str, date] = {}
    for step in steps:
        first[step.case] = min(step.began_on, first.get(step.case, step.began_on))
    Chain.objects.bulk_create(
        (Chain(project=projects[case], template=template, starts_on=first[case]) for case in cases),
        batch_size=2000,
    )
    kinds = {node.code: node for node in template.nodes.all()}
    Node.objects.bulk_create(
        (
            Node(
                project=projects[step.case], template_node=kinds[step.activity], unit=town, status=Status.DONE,
                started_on=step.began_on, start_entered_on=step.began_on, finished_on=step.ended_on,
                finish_entered_on=step.ended_on,
            )
            for step in steps
            if step.activity in kinds
        ),
        batch_size=5000,
    )  # fmt: skip
    return taken


def measure(report: Report) -> None:
    """The durations of a real log through our chains; left out where it is not there."""
    if not _IN_PLACE.is_file():
        return
    with transaction.atomic():
        began = perf_counter()
        steps = read_steps(_IN_PLACE)
        taken = build(steps)
        imported = perf_counter()
        cases = Chain.objects.filter(template__code=CHAIN).values_list("project", flat=True)
        last = max(step.ended_on for step in steps)
        spans = spans_of(read_facts(last, WorkCalendar(), projects=cases))
        what = f"BPIC 2015: {len(steps):,} steps of {len(taken)} kinds, imported as chains"
        report.add(Figure(what, imported - began, "s", 30))
        report.add(Figure(f"… {len(spans):,} durations reckoned of them", perf_counter() - imported, "s", 5))
        transaction.set_rollback(True)
