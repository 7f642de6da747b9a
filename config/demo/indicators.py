"""What is counted of the demonstration district beside its projects: ``indicators.csv`` by year, output by month."""

import csv
from collections import defaultdict
from datetime import date
from decimal import Decimal
from pathlib import Path
from random import Random

from config.demo.district import SEED, District
from domain.periods import months_later
from screen.indicators.actions import Place, record_values
from screen.models import Indicator

TABLE = Path(__file__).with_name("indicators.csv")
YEARS = ("now", "one_ago", "two_ago", "three_ago")
"""The columns, each a year before the one before it; the first is the year of the last full month."""

OUTPUT, OUTPUT_GROWTH = Decimal("46.5"), Decimal("0.007")
"""Value added in the first month, in 亿元, and by what part it grows from month to month."""

OUTPUT_MONTHS = 25
SPRING = {1: Decimal("0.93"), 2: Decimal("0.81"), 12: Decimal("1.08")}
"""Months in which less, or more, is made than in the others."""


def record_indicators(district: District) -> None:
    values = _by_year(district)
    values["industrial_output"] = _output(district)
    for indicator in Indicator.objects.filter(code__in=values):
        record_values(
            indicator, values[indicator.code], actor=district.manager, today=district.timeline.today
        )


def _by_year(district: District) -> dict[str, dict[Place, Decimal | None]]:
    """The values by indicator; of the whole district the sum of its units where it has no line of its own."""
    found: dict[str, dict[Place, Decimal | None]] = defaultdict(dict)
    sums: dict[tuple[str, date], Decimal] = defaultdict(Decimal)
    for row in _rows():
        code, unit = row["indicator"], row["unit"]
        for ago, column in enumerate(YEARS):
            year = date(district.timeline.last_month.year - ago, 1, 1)
            if row[column]:
                found[code][district.units[unit].pk if unit else None, year] = Decimal(row[column])
                sums[code, year] += Decimal(row[column])
    for (code, year), value in sums.items():
        found[code].setdefault((None, year), value)
    return found


def _rows() -> list[dict[str, str]]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _output(district: District) -> dict[Place, Decimal | None]:
    """Value added by month, up to the last full one."""
    random = Random(f"{SEED}/output")  # noqa: S311 - the same each time
    first = months_later(district.timeline.last_month, 1 - OUTPUT_MONTHS)
    found: dict[Place, Decimal | None] = {}
    for number in range(OUTPUT_MONTHS):
        month = months_later(first, number)
        value = OUTPUT * (1 + OUTPUT_GROWTH * number) * SPRING.get(month.month, Decimal(1))
        found[None, month] = (value * Decimal(random.uniform(0.97, 1.03))).quantize(Decimal("0.01"))
    return found
