"""What each demonstration project is about and where it stands: ``projects.csv``, one line a project."""

import csv
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

TABLE = Path(__file__).with_name("projects.csv")


@dataclass(frozen=True)
class Story:
    """One project.

    It stands `at` a node of its chain whose due date passed `late` working days ago (a negative number: is
    still that far off). Without a node, all is done and was finished `late` working days ago, or, where
    `late` is negative, begins that far in the future. `industry` is a class of GB/T 4754, `tier` the code
    of one of a programme. `land` is in 亩, `money` in 万元.
    """

    kind: str
    at: str
    late: int
    town: str
    sector: str
    industry: str
    tier: str
    enterprise: str
    name: str
    land: Decimal | None
    money: Decimal
    conditions: frozenset[str] = frozenset()
    marks: frozenset[str] = frozenset()
    """Peculiarities: ``waived:CODE``, ``reopened``, ``idle`` (not begun though it could), ``held:DAYS`` (on hold
    for so many working days), ``held-once`` (was on hold and goes on), ``held-late`` (put on hold just before it is
    due), ``asked`` and ``moved`` (another date is asked for, was approved), ``moved-late`` (approved, asked for just
    before it was due), ``late-entries`` (entered after the event), ``reminded``, ``wrong-code``,
    ``old-code``."""

    @property
    def waived(self) -> frozenset[str]:
        return frozenset(mark.partition(":")[2] for mark in self.marks if mark.startswith("waived:"))

    @property
    def held_for(self) -> int:
        """The working days that the node it stands at has been on hold; 0: it is not."""
        return next((int(mark.partition(":")[2]) for mark in self.marks if mark.startswith("held:")), 0)


def read_stories() -> list[Story]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        return [_story(row) for row in csv.DictReader(file)]


def _story(row: dict[str, str]) -> Story:
    return Story(
        kind=row["kind"],
        at=row["at"],
        late=int(row["late"]),
        town=row["town"],
        sector=row["sector"],
        industry=row["industry"],
        tier=row["tier"],
        enterprise=row["enterprise"],
        name=row["name"],
        land=Decimal(row["land"]) if row["land"] else None,
        money=Decimal(row["money"]),
        conditions=frozenset(row["conditions"].split()),
        marks=frozenset(row["marks"].split()),
    )
