"""The programmes of the demonstration district: ``factories.csv`` says how many entries of a tier applied when."""

import csv
from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from random import Random

from config.demo.district import SEED, District
from config.demo.enterprises import Enterprise
from config.demo.entries import Entry, entry_reaching
from config.demo.stories import Story

TABLE = Path(__file__).with_name("factories.csv")
PACE = (0.5, 0.75)
NAMES = {
    "smart": "智能工厂培育项目", "workshop": "数字化车间培育项目", "cloud": "云端工厂培育项目",
    "new": "高新技术企业认定", "renewed": "高新技术企业重新认定",
    "vanguard": "关键技术“尖兵”攻关项目", "leading": "核心部件“领雁”攻关项目",
}  # fmt: skip
"""By the code of the tier, what comes after the enterprise."""

STILL_IN_REVIEW = 15
"""Working days within which those applied that are not in the pool yet."""


def programme_entries(district: District, enterprises: Sequence[Enterprise]) -> Iterator[Entry]:
    """Each enterprise is in one programme at most once; of those in the review the latest came this month."""
    random = Random(f"{SEED}/programmes")  # noqa: S311 - the same each time
    timeline = district.timeline
    with TABLE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    number = 0
    for row in rows:
        months = timeline.months(row["first"], row["last"])
        for turn in range(int(row["entries"])):
            if row["listed"] == "no":
                back = 1 + turn * STILL_IN_REVIEW // int(row["entries"])
                on = timeline.calendar.add(timeline.calendar.on_or_before(timeline.today), -back)
            else:
                on = random.choice(
                    timeline.working_days_of(months[turn * len(months) // int(row["entries"])])
                )
            story = _story(row, enterprises[-1 - number], random)
            yield entry_reaching(story, "apply", on, district, random, pace=PACE)
            number += 1


def _story(row: dict[str, str], enterprise: Enterprise, random: Random) -> Story:
    return Story(
        kind=row["kind"], at="", late=0, town=enterprise.town, sector=enterprise.trade.sector,
        industry=enterprise.trade.industry, tier=row["tier"], enterprise=enterprise.name,
        name=f"{enterprise.short}{NAMES[row['tier']]}", land=None,
        money=Decimal(random.randrange(800, 6_000, 50)),
    )  # fmt: skip
