"""What pages and the API show of the district's indicators: values beside those of a year earlier.

Where a year earlier nothing was recorded, nothing is compared: no growth is not a growth of nought.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import reduce
from operator import or_

from django.db.models import Max, Q

from accounts.models import Unit
from domain.investment import growth
from domain.periods import months_later
from screen.indicators.actions import Place
from screen.models import Indicator
from screen.querysets import IndicatorValueQuerySet


@dataclass(frozen=True, slots=True)
class Reading:
    """A value and that of a year earlier; either may be missing."""

    now: Decimal | None
    before: Decimal | None
    is_share: bool

    @property
    def change(self) -> Decimal | None:
        """In percentage points of a share, in percent of anything else; None where nothing can be compared."""
        if self.now is None or self.before is None:
            return None
        return self.now - self.before if self.is_share else growth(self.now, self.before)


@dataclass(frozen=True, slots=True)
class OfUnit:
    """The reading of one unit; `pk` None is the whole district."""

    pk: int | None
    name: str
    reading: Reading


@dataclass(frozen=True, slots=True)
class IndicatorRow:
    """An indicator in one period: of the district, where it is recorded, and of each unit that has a value."""

    indicator: Indicator
    period: date | None
    district: Reading
    units: tuple[OfUnit, ...]


@dataclass(frozen=True, slots=True)
class SeriesRow:
    """The values of one unit over the periods of the table, in their order."""

    pk: int | None
    name: str
    readings: tuple[Reading, ...]


@dataclass(frozen=True, slots=True)
class IndicatorSeries:
    """An indicator over time; `periods` from the earliest to the latest."""

    indicator: Indicator
    periods: tuple[date, ...]
    rows: tuple[SeriesRow, ...]


def indicator_rows(
    indicators: Iterable[Indicator], values: IndicatorValueQuerySet, *, year: int | None = None
) -> list[IndicatorRow]:
    """Each indicator in its latest period, of `year` where one is named. Two queries."""
    some = values.filter(period__year=year) if year else values
    latest = dict(some.order_by().values_list("indicator").annotate(latest=Max("period")))
    asked = [Q(indicator=pk, period__in=(period, months_later(period, -12))) for pk, period in latest.items()]
    found: dict[int, dict[Place, Decimal]] = {}
    names: dict[int | None, str] = {}
    order: dict[int | None, tuple[int, str]] = {}
    if asked:
        rows = values.filter(reduce(or_, asked)).order_by()
        for pk, unit, name, position, period, value in rows.values_list(
            "indicator", "unit", "unit__name", "unit__position", "period", "value"
        ):
            found.setdefault(pk, {})[unit, period] = value
            names[unit], order[unit] = name or "", (position or 0, name or "")
    return [_row(one, latest.get(one.pk), found.get(one.pk, {}), names, order) for one in indicators]


def _row(
    indicator: Indicator, period: date | None, values: Mapping[Place, Decimal],
    names: Mapping[int | None, str], order: Mapping[int | None, tuple[int, str]],
) -> IndicatorRow:  # fmt: skip
    if period is None:
        return IndicatorRow(indicator, None, Reading(None, None, indicator.is_share), ())
    units = sorted({unit for unit, _period in values if unit}, key=lambda unit: order[unit])
    return IndicatorRow(
        indicator, period, _reading(indicator, values, None, period),
        tuple(OfUnit(unit, names[unit], _reading(indicator, values, unit, period)) for unit in units),
    )  # fmt: skip


def _reading(
    indicator: Indicator, values: Mapping[Place, Decimal], unit: int | None, period: date
) -> Reading:
    return Reading(
        values.get((unit, period)), values.get((unit, months_later(period, -12))), indicator.is_share
    )


MOST_PERIODS = {Indicator.Frequency.ANNUAL.value: 10, Indicator.Frequency.MONTHLY.value: 13}
"""So many columns the table of an indicator has."""


def indicator_series(indicator: Indicator, values: IndicatorValueQuerySet) -> IndicatorSeries:
    """The latest periods of `indicator`, the district first, then unit by unit. Two queries."""
    mine = values.filter(indicator=indicator)
    last = mine.aggregate(latest=Max("period"))["latest"]
    if last is None:
        return IndicatorSeries(indicator, (), ())
    apart = 12 if indicator.frequency == Indicator.Frequency.ANNUAL else 1
    most = MOST_PERIODS[indicator.frequency]
    periods = [months_later(last, -apart * place) for place in range(most - 1, -1, -1)]
    rows = mine.filter(period__gte=months_later(periods[0], -12)).order_by("unit__position", "unit__name")
    found: dict[Place, Decimal] = {}
    names: dict[int | None, str] = {}
    for unit, name, period, value in rows.values_list("unit", "unit__name", "period", "value"):
        found[unit, period], names[unit] = value, name or ""
    first = min(period for _unit, period in found)
    shown = tuple(period for period in periods if period >= first)
    units = sorted(names, key=lambda unit: unit is not None)
    return IndicatorSeries(
        indicator, shown,
        tuple(
            SeriesRow(unit, names[unit], tuple(_reading(indicator, found, unit, period) for period in shown))
            for unit in units
        ),
    )  # fmt: skip


def values_of(indicator: Indicator, values: IndicatorValueQuerySet, period: date) -> dict[Place, Decimal]:
    """What is recorded for one period, by unit."""
    rows = values.filter(indicator=indicator, period=period).values_list("unit", "period", "value")
    return {(unit, on): value for unit, on, value in rows}


def units_to_ask(indicator: Indicator, values: IndicatorValueQuerySet) -> list[Unit]:
    """The towns, and whatever other unit has had a value."""
    had = values.filter(indicator=indicator, unit__isnull=False).order_by().values("unit")
    return list(Unit.objects.filter(Q(kind=Unit.Kind.TOWN) | Q(pk__in=had)))
