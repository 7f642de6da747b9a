"""Larger works of the last years that went as planned, ``works.csv``: some supply power and heat."""

import csv
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from random import Random

from config.demo.district import SEED, District
from config.demo.entries import Entry, entry_beginning
from config.demo.stories import Story

TABLE = Path(__file__).with_name("works.csv")
PACE = (0.7, 0.9)


def works(district: District) -> Iterator[Entry]:
    timeline = district.timeline
    with TABLE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            story = Story(
                kind="expansion", at="", late=0, town=row["town"], sector=row["sector"], industry=row["industry"],
                tier="", enterprise=row["enterprise"], name=row["name"], land=None, money=Decimal(row["money"]),
            )  # fmt: skip
            on = timeline.calendar.on_or_after(timeline.month(row["begins"]))
            random = Random(f"{SEED}/{story.name}")  # noqa: S311 - the same each time
            yield entry_beginning(story, on, district, random, pace=PACE)
