"""What the projects of the demonstration district invested by month, and planned by year, in 万元.

Each spends from the start of its work to its completion, in uneven months. The amounts of the works that came by ledger
are then weighed so that those of a group of projects add up to its total of ``totals.csv`` from January to August, this
year and the year before, and rounded so that the sum is exact.
"""

import csv
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import partial
from pathlib import Path
from random import Random

from accounts.models import User
from config.demo.district import SEED, District, amounts
from config.demo.entries import Entry
from config.demo.events import Event
from config.demo.timeline import Timeline
from domain.periods import first_of_month, months_later
from projects.investment_actions import MonthAmount, YearPlan, plan_investments, record_investments
from projects.models import PROGRAMMES, Project

TABLE = Path(__file__).with_name("totals.csv")
TOLD_SHARE = Decimal("0.6")
"""At most so much of a total falls to the projects that ``projects.csv`` tells of."""

BEHIND = ((0.78, (-0.04, 0.08)), (0.93, (0.12, 0.26)), (1.0, (0.33, 0.45)))
"""Up to which share of the projects, how far they are behind the year's plan, as a part of it: green, yellow, red."""

SPENT = Decimal("0.9")
"""Of its fixed assets, until completion."""

_SENT_IN = 10
"""The day of the next month on which the amounts of a month come in."""


@dataclass(eq=False)
class Account:
    """What one project spends: by month, in whole 万元, and what it plans by year."""

    entry: Entry
    is_told: bool
    """Whether ``projects.csv`` tells of it; then what it costs altogether is given."""

    weights: Mapping[date, float]
    """By month of its work, gone and to come; one altogether."""

    by_month: dict[date, Decimal] = field(default_factory=dict)
    plans: dict[int, Decimal] = field(default_factory=dict)

    @property
    def size(self) -> Decimal:
        fixed: Decimal = self.entry.fields["fixed_investment"]
        return fixed * SPENT

    def made_in(self, year: int) -> Decimal:
        return sum((amount for month, amount in self.by_month.items() if month.year == year), Decimal(0))


def open_accounts(told: Iterable[Entry], came: Iterable[Entry], district: District) -> list[Account]:
    """The accounts of all that invests; of what came by ledger also settles what it costs altogether."""
    timeline, random = district.timeline, Random(f"{SEED}/investment")  # noqa: S311 - the same each time
    accounts = [
        Account(entry, is_told, _weights(entry, random))
        for is_told, entries in ((True, told), (False, came))
        for entry in entries
        if entry.story.kind not in PROGRAMMES
    ]
    groups: dict[str, list[Account]] = defaultdict(list)
    for account in accounts:
        groups[_group(account.entry)].append(account)
    for name, before, now in _totals():
        _settle(groups[name], before, now, timeline)
    for account in accounts:
        if not account.is_told:
            _cost_altogether(account, timeline, random)
        account.plans = dict(_plans(account, timeline, random))
    return accounts


def _group(entry: Entry) -> str:
    if entry.story.kind == "renovation":
        return "renovation"
    return "manufacturing" if entry.story.industry.startswith("C") else "energy"


def _totals() -> Iterator[tuple[str, Decimal, Decimal]]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            yield row["group"], Decimal(row["before"]), Decimal(row["now"])


def _weights(entry: Entry, random: Random) -> dict[date, float]:
    if entry.spends is None:
        return {}
    month, last = (first_of_month(day) for day in entry.spends)
    weights = {}
    while month <= last:
        weights[month] = random.uniform(0.5, 1.5)
        month = months_later(month, 1)
    whole = sum(weights.values())
    return {month: weight / whole for month, weight in weights.items()}


def _settle(accounts: Sequence[Account], before: Decimal, now: Decimal, timeline: Timeline) -> None:
    """Weigh the months up to last December by the one total, those from January by the other."""
    windows = (timeline.months("2021-01", "2021-08"), timeline.months("2022-01", "2022-08"))
    turn = timeline.month("2022-01")
    for months, total in zip(windows, (before, now), strict=True):
        factors = _factors(accounts, months, total)
        for account in accounts:
            for month, weight in account.weights.items():
                if month <= timeline.last_month and (month >= turn) == (months[0] >= turn):
                    account.by_month[month] = account.size * Decimal(weight) * factors[account.is_told]
    for account in accounts:
        for month in account.by_month.keys() - {month for window in windows for month in window}:
            account.by_month[month] = account.by_month[month].quantize(Decimal(1))
    for months, total in zip(windows, (before, now), strict=True):
        _round(
            [(account, month) for account in accounts for month in months if month in account.by_month], total
        )


def _factors(accounts: Sequence[Account], months: Sequence[date], total: Decimal) -> dict[bool, Decimal]:
    """By whether it is told of, what the size of a project is weighed by."""
    raw = {True: Decimal(0), False: Decimal(0)}
    for account in accounts:
        share = sum(account.weights.get(month, 0) for month in months)
        raw[account.is_told] += account.size * Decimal(share)
    told = min(Decimal(1), total * TOLD_SHARE / raw[True]) if raw[True] else Decimal(1)
    return {True: told, False: (total - raw[True] * told) / raw[False]}


def _round(cells: Sequence[tuple[Account, date]], total: Decimal) -> None:
    """Whole 万元 that add up to the total: those with the largest remainders are rounded up."""
    exact = [(account.by_month[month], account, month) for account, month in cells]
    for amount, account, month in exact:
        account.by_month[month] = amount // 1
    missing = int(total - sum(account.by_month[month] for _, account, month in exact))
    for _amount, account, month in sorted(exact, key=lambda cell: cell[0] // 1 - cell[0])[:missing]:
        account.by_month[month] += 1


def _cost_altogether(account: Account, timeline: Timeline, random: Random) -> None:
    """What it has spent and has still to spend, and what is no fixed assets beside."""
    gone = sum(weight for month, weight in account.weights.items() if month <= timeline.last_month)
    made = sum(account.by_month.values(), Decimal(0))
    fixed = made / Decimal(gone) / SPENT if made else account.entry.fields["fixed_investment"]
    money = (fixed * Decimal(random.uniform(1.1, 1.4)) / 10).quantize(Decimal(1)) * 10 or Decimal(10)
    account.entry.fields |= amounts(money, random)
    account.entry.fields["fixed_investment"] = fixed.quantize(Decimal(1))


def _plans(account: Account, timeline: Timeline, random: Random) -> Iterator[tuple[int, Decimal]]:
    """About what was made in the years that are over; of this year what leaves most green, some yellow, a few red."""
    this_year = timeline.last_month.year
    for year in sorted({month.year for month in account.by_month} - {this_year}):
        yield year, (account.made_in(year) * Decimal(random.uniform(0.95, 1.1))).quantize(Decimal(1))
    made = account.made_in(this_year)
    draw, within = random.random(), random.random()
    behind = next(low + within * (high - low) for share, (low, high) in BEHIND if draw <= share)
    if made:
        ends = max(account.weights)
        over = ends.year < this_year or ends <= timeline.last_month
        gone = timeline.last_month.month / 12
        part = 1 + behind / 4 if over else 1 / max(gone - behind, gone / 4)
        yield this_year, (made * Decimal(part)).quantize(Decimal(1))
    elif account.entry.spends is None and account.is_told and account.entry.starts_on < timeline.today:
        # Work was to begin this year.
        yield this_year, (account.size / 5).quantize(Decimal(1))


def investment_events(accounts: Sequence[Account], district: District) -> Iterator[Event]:
    """Month by month what was spent; in the end what is planned by year."""
    timeline, actor = district.timeline, district.manager
    for month in sorted({month for account in accounts for month in account.by_month}):
        sent_in = months_later(month, 1).replace(day=_SENT_IN)
        on = min(max(sent_in, timeline.opening), timeline.today)
        yield Event(on, partial(_record, accounts, month, on, actor))
    yield Event(timeline.today, partial(_plan, accounts, actor))


def _record(accounts: Sequence[Account], month: date, on: date, actor: User) -> None:
    said = [
        MonthAmount(_project(account).pk, month, account.by_month[month])
        for account in accounts
        if month in account.by_month
    ]
    record_investments(said, actor=actor, today=on)


def _plan(accounts: Sequence[Account], actor: User) -> None:
    plans = [
        YearPlan(_project(account).pk, year, amount)
        for account in accounts
        for year, amount in account.plans.items()
        if amount
    ]
    plan_investments(plans, actor=actor)


def _project(account: Account) -> Project:
    if account.entry.project is None:
        raise AssertionError("a project is added before it invests")
    return account.entry.project
