"""Invented enterprises: a name put together from syllables, a town, and a trade of ``trades.csv``."""

import csv
from dataclasses import dataclass
from pathlib import Path
from random import Random

from config.demo.people import TOWNS

TABLE = Path(__file__).with_name("trades.csv")
FIRST = "砚岚澜屿溯岑曜沅翎泓璟衍泠榆桉汀"
SECOND = "川衡岳陌辰序桥野舟朔原麓"
AT_HOME = {"生物医药": "江海生物医药平台", "半导体": "江海集成电路平台", "航空航天": "江海航空产业平台"}
"""The platform on which half of the enterprises of a sector have settled; nobody else does there."""


@dataclass(frozen=True)
class Trade:
    sector: str
    industry: str
    name: str
    objects: tuple[str, ...]
    """What its enterprises renovate."""


@dataclass(frozen=True)
class Enterprise:
    brand: str
    town: str
    trade: Trade

    @property
    def name(self) -> str:
        return f"杭州{self.short}有限公司"

    @property
    def short(self) -> str:
        return f"{self.brand}{self.trade.name}"


def invent_enterprises(random: Random) -> list[Enterprise]:
    """As many as there are brands, no two with the same brand; of every trade about as many."""
    brands = [first + second for first in FIRST for second in SECOND]
    random.shuffle(brands)
    trades = _read_trades()
    return [
        Enterprise(brand, _town_of(trades[number % len(trades)], random), trades[number % len(trades)])
        for number, brand in enumerate(brands)
    ]


def _town_of(trade: Trade, random: Random) -> str:
    platform = AT_HOME.get(trade.sector)
    if platform and random.random() < 0.5:
        return platform
    return random.choice([name for name, _ in TOWNS if name not in AT_HOME.values()])


def _read_trades() -> list[Trade]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        return [
            Trade(row["sector"], row["industry"], row["trade"], tuple(row["objects"].split()))
            for row in csv.DictReader(file)
        ]
