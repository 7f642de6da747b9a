"""Recording the values of indicators: of a month or a year, of a unit or of the whole district."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from hashlib import sha256
from typing import Final

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext_noop

from accounts.access import may_edit_indicators
from accounts.models import Unit, User
from domain.errors import InputError, StaleError
from domain.recorded_days import refuse_future
from history.models import Change
from screen.models import Indicator, IndicatorValue

Place = tuple[int | None, date]
"""The number of a unit, None for the whole district, and the first day of the month or year."""

_TOO_LARGE: Final = Decimal(10) ** 14
_FINEST: Final = Decimal("0.0001")


@dataclass(frozen=True, slots=True)
class ValuesWritten:
    """How many values were new, changed, taken away, or stood there already."""

    created: int = 0
    updated: int = 0
    removed: int = 0
    unchanged: int = 0


@transaction.atomic
def record_values(
    indicator: Indicator, values: Mapping[Place, Decimal | None], *, actor: User, today: date,
    etag: str | None = None,
) -> ValuesWritten:  # fmt: skip
    """Set values of `indicator`; None takes a value away. What stays the same is neither written nor recorded.

    Any day of a month or year names it. The indicator is held until the transaction ends. Raises PermissionDenied
    unless `actor` may edit indicators, StaleError where the values of the only period are no longer what `etag` names,
    RuleError for a period that has not begun or lies before the year 2000, InputError for a value that cannot be.
    """
    if not may_edit_indicators(actor):
        raise PermissionDenied
    indicator = Indicator.objects.select_for_update(of=("self",), no_key=True).get(pk=indicator.pk)
    wanted: dict[Place, Decimal | None] = {}
    for (unit, day), value in values.items():
        period = period_of(indicator, day)
        refuse_future(period, today)
        wanted[unit, period] = _checked(indicator, value)
    periods = {period for _unit, period in wanted}
    stored = {
        (row.unit_id, row.period): row
        for row in IndicatorValue.objects.filter(indicator=indicator, period__in=periods)
    }
    if etag is not None and etag != values_etag({place: row.value for place, row in stored.items()}):
        raise StaleError(
            gettext_noop(
                "The values of “%(indicator)s” have changed since you read them; look at them again."
            ),
            indicator=indicator.label,
        )
    return _write(indicator, wanted, stored, actor)


def period_of(indicator: Indicator, day: date) -> date:
    """The first day of the month or year in which `day` lies."""
    annual = indicator.frequency == Indicator.Frequency.ANNUAL
    return date(day.year, 1, 1) if annual else day.replace(day=1)


def values_etag(values: Mapping[Place, Decimal]) -> str:
    """The entity tag of values, quotes included: another value, another tag."""
    said = sorted((str(unit), f"{period}", f"{value:.4f}") for (unit, period), value in values.items())
    return f'"{sha256(repr(said).encode()).hexdigest()[:24]}"'


def _checked(indicator: Indicator, value: Decimal | None) -> Decimal | None:
    if value is None:
        return None
    if not value.is_finite() or abs(value) >= _TOO_LARGE:
        raise InputError(gettext_noop("%(value)s is no value that can be kept."), value=str(value)[:40])
    if indicator.is_share and not 0 <= value <= 100:
        raise InputError(gettext_noop("A share of %(value)s %% cannot be."), value=value)
    return value.quantize(_FINEST)


def _write(
    indicator: Indicator,
    wanted: Mapping[Place, Decimal | None],
    stored: Mapping[Place, IndicatorValue],
    actor: User,
) -> ValuesWritten:
    names = dict(
        Unit.objects.filter(pk__in={unit for unit, _period in wanted if unit}).values_list("pk", "name")
    )
    new: list[IndicatorValue] = []
    changed: list[IndicatorValue] = []
    gone: list[int] = []
    before: dict[str, Decimal] = {}
    after: dict[str, Decimal | None] = {}
    for (unit, period), value in wanted.items():
        row = stored.get((unit, period))
        if (row.value if row else None) == value:
            continue
        called = f"{period:%Y-%m} {names.get(unit, '')}".strip() if unit else f"{period:%Y-%m}"
        after[called] = value
        if row is None and value is not None:
            new.append(IndicatorValue(indicator=indicator, unit_id=unit, period=period, value=value))
        elif row is not None:
            before[called] = row.value
            if value is None:
                gone.append(row.pk)
            else:
                row.value = value
                changed.append(row)
    IndicatorValue.objects.bulk_create(new)
    IndicatorValue.objects.bulk_update(changed, ["value"])
    IndicatorValue.objects.filter(pk__in=gone).delete()
    if after:
        Change.objects.create(
            verb=Change.Verb.INDICATOR_RECORDED, actor=actor, before=before,
            after={"indicator": indicator.code, "values": after},
        )  # fmt: skip
    return ValuesWritten(len(new), len(changed), len(gone), len(wanted) - len(after))
