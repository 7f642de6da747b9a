"""Small renovations of the demonstration district: so many filed in each month as ``renovations.csv`` says."""

import csv
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from random import Random

from config.demo.course import AS_PLANNED
from config.demo.district import SEED, District
from config.demo.enterprises import Enterprise
from config.demo.entries import Entry, entry_reaching
from config.demo.stories import Story
from config.demo.timeline import Timeline
from domain.chains import Milestone
from domain.periods import first_of_month

TABLE = Path(__file__).with_name("renovations.csv")
KINDS_OF_WORK = ("智能化改造", "节能改造", "数字化改造", "自动化改造", "绿色化改造", "扩能改造")
QUICK = (0.25, 0.45)
"""How much of its planned days a node takes where nothing but equipment is bought: five months altogether."""

_ARE_QUICK = 0.7
_A_DAY = 0.7
"""Filings on a working day of this month."""


def renovations(
    district: District, enterprises: Sequence[Enterprise], told: Iterable[Entry]
) -> Iterator[Entry]:
    """Those that are missing to the filings of each month beside the ones already `told`."""
    random = Random(f"{SEED}/renovations")  # noqa: S311 - the same each time
    filed = [entry.reached_on(Milestone.FILED) for entry in told if entry.story.kind == "renovation"]
    known = Counter(first_of_month(day) for day in filed if day)
    number = 0
    for month, filings in _filings(district.timeline):
        days = district.timeline.working_days_of(month)
        for _ in range(max(0, filings - known[month]) if days else 0):
            story = _story(enterprises, number, random)
            pace = QUICK if random.random() < _ARE_QUICK else AS_PLANNED
            yield entry_reaching(story, "code", random.choice(days), district, random, pace=pace)
            number += 1


def _filings(timeline: Timeline) -> Iterator[tuple[date, int]]:
    """The months with how many renovations were filed in each, this month as far as it has gone."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            yield timeline.month(row["month"]), int(row["filings"])
    yield timeline.this_month, round(_A_DAY * len(timeline.working_days_of(timeline.this_month)))


def _story(enterprises: Sequence[Enterprise], number: int, random: Random) -> Story:
    """One more renovation; an enterprise that comes round again renovates something else."""
    enterprise = enterprises[number % len(enterprises)]
    objects = enterprise.trade.objects
    what = objects[(number + number // len(enterprises)) % len(objects)]
    return Story(
        kind="renovation", at="", late=0, town=enterprise.town, sector=enterprise.trade.sector,
        industry=enterprise.trade.industry, tier="", enterprise=enterprise.name,
        name=f"{enterprise.short}{what}{random.choice(KINDS_OF_WORK)}项目", land=None,
        money=Decimal(random.randrange(1_800, 7_500, 10)),
    )  # fmt: skip
