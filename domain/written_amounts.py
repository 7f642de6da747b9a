"""Amounts of money in 万元 (ten thousand yuan) and areas in 亩 as people write them."""

import re
from collections.abc import Mapping
from decimal import Decimal

from domain.errors import gettext_noop
from domain.written import WrittenError, fold, says_nothing, shown, squeeze

# One unit in 万元.
AMOUNT_UNITS: Mapping[str, Decimal] = {
    "元": Decimal("0.0001"),
    "千元": Decimal("0.1"),
    "万": Decimal(1),
    "万元": Decimal(1),
    "百万": Decimal(100),
    "百万元": Decimal(100),
    "千万": Decimal(1000),
    "千万元": Decimal(1000),
    "亿": Decimal(10_000),
    "亿元": Decimal(10_000),
    "万亿": Decimal(100_000_000),
    "万亿元": Decimal(100_000_000),
    "yuan": Decimal("0.0001"),
    "thousand": Decimal("0.1"),
    "million": Decimal(100),
    "billion": Decimal(100_000),
}

# One unit in 亩. 15 亩 are one hectare exactly, so 1 亩 = 2000/3 ㎡ (666.67 ㎡ rounded) and 1 ㎡ = 0.0015 亩.
AREA_UNITS: Mapping[str, Decimal] = {
    "亩": Decimal(1),
    "万亩": Decimal(10_000),
    "m2": Decimal("0.0015"),
    "万m2": Decimal(15),
    "平方米": Decimal("0.0015"),
    "万平方米": Decimal(15),
    "平米": Decimal("0.0015"),
    "万平米": Decimal(15),
    "平方": Decimal("0.0015"),
    "万平方": Decimal(15),
    "方": Decimal("0.0015"),
    "万方": Decimal(15),
    "公顷": Decimal(15),
    "ha": Decimal(15),
    "平方公里": Decimal(1500),
    "km2": Decimal(1500),
}

# 1 万亿元: no district has such a project, but many a column has the wrong unit.
_LARGEST_AMOUNT = Decimal(100_000_000)
# 1,000 km²: a whole district.
_LARGEST_AREA = Decimal(1_500_000)

_FOREIGN = re.compile(
    r"美元|美金|欧元|港元|港币|日元|英镑|韩元|台币|澳元|加元|新加坡元|法郎|卢布|[$€£₩]|usd|eur|hkd|jpy|gbp"
)
_BOUND = re.compile(r"超过?|逾|余|多|以上|以下|不低于|不少于|不超过|至少|最多|[<>≤≥]")
_RANGE = re.compile(r"[0-9][^0-9.,]*(?:[-–—~―−]|至|到)[^0-9]*[0-9]")
_NEGATIVE = re.compile(r"^(?:[-−–负]|\([^0-9]*[0-9][0-9.,]*[^0-9]*\)$)")
_REMARK = re.compile(r"\([^()0-9]*\)$")
_NUMBER = r"(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?"
_PART = re.compile(rf"({_NUMBER})([^0-9.,]*(?:m2)?)")
_AMOUNT_BEFORE = re.compile(
    r"^(?:(?:今年|本年|年度|计划|预计|总|完成|累计|固定资产)*(?:投资|固投)(?:额|总额)?(?:为|达|:)?)?"
    r"(?:大约|约为|约|近|~|≈)?(?:人民币|rmb|cny|¥)?(?:大约|约|近)?"
)
_AMOUNT_AFTER = re.compile(r"(?:左右|上下|人民币|rmb|cny|整)+$")
_AREA_BEFORE = re.compile(
    r"^(?:(?:总|净|项目|规划|拟|新增|出让)*(?:用地|占地|土地|面积)+(?:面积)?(?:为|达|共|:)?)?(?:大约|约为|约|近|~|≈)?"
)
_AREA_AFTER = re.compile(r"(?:左右|上下)+$")
_GAP_IN_DIGITS = re.compile(r"(?<=[0-9])\s+(?=[0-9])")


def read_amount(value: object, *, unit: str = "万元", largest: Decimal = _LARGEST_AMOUNT) -> Decimal | None:
    """The amount in 万元, exactly as written (not rounded), or None where the cell says that there is none.

    A number without a unit is in ``unit``, the unit of its column (a key of ``AMOUNT_UNITS``, else KeyError).
    A unit in the text wins: ``56亿元``, ``3500万元``, ``4.68亿``, ``约50亿元``, ``1亿2000万元``.
    Raises WrittenError for another currency, a range, a bound (超4亿), a negative amount, one above
    `largest` (in 万元; 1 万亿元), and for anything else.
    """
    plain = AMOUNT_UNITS[unit]
    if not isinstance(value, str):
        return _checked_amount(value, _of_number(value, plain), largest)
    if says_nothing(value):
        return None
    text = squeeze(_without_spaced_digits(value)).casefold()
    if _FOREIGN.search(text):
        raise WrittenError(
            gettext_noop("“%(text)s” is in a foreign currency; amounts are in yuan."), text=shown(value)
        )
    _refuse_what_is_no_single_value(value, text)
    text = _AMOUNT_AFTER.sub("", _AMOUNT_BEFORE.sub("", _REMARK.sub("", text), count=1))
    amount = _sum_of_parts(text, AMOUNT_UNITS, plain)
    if amount is None:
        raise WrittenError(gettext_noop("“%(text)s” is not an amount of money."), text=shown(value))
    return _checked_amount(value, amount, largest)


def read_area(value: object, *, unit: str = "亩") -> Decimal | None:
    """The area of land in 亩, or None where the cell says that there is none.

    A number without a unit is in ``unit`` (a key of ``AREA_UNITS``; ``㎡`` is ``m2``; KeyError otherwise).
    Reads ``约216亩``, ``216.5``, ``144000㎡``, ``4.7万方``, ``用地面积约551亩``, ``2公顷``.
    Raises WrittenError for the area of a building, a range, a bound, a negative area, more than 1,000 km²,
    and for anything else.
    """
    plain = AREA_UNITS[squeeze(unit)]
    if not isinstance(value, str):
        return _checked_area(value, _of_number(value, plain))
    if says_nothing(value):
        return None
    text = squeeze(_without_spaced_digits(value)).casefold()
    if "建筑" in text:
        raise WrittenError(
            gettext_noop("“%(text)s” is the area of a building, not of land."), text=shown(value)
        )
    _refuse_what_is_no_single_value(value, text)
    text = _AREA_AFTER.sub("", _AREA_BEFORE.sub("", _REMARK.sub("", text), count=1))
    area = _single_part(text, AREA_UNITS, plain)
    if area is None:
        raise WrittenError(gettext_noop("“%(text)s” is not an area."), text=shown(value))
    return _checked_area(value, area)


def _of_number(value: object, unit: Decimal) -> Decimal | None:
    """A number cell in the column's unit; 15 digits, because that is what a spreadsheet keeps."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise WrittenError(gettext_noop("“%(text)s” is not a number."), text=shown(value))
    number = Decimal(f"{value:.15g}") if isinstance(value, float) else Decimal(value)
    if not number.is_finite():
        raise WrittenError(gettext_noop("“%(text)s” is not a number."), text=shown(value))
    if number < 0:
        raise WrittenError(gettext_noop("“%(text)s” is negative."), text=shown(value))
    return number * unit


def _refuse_what_is_no_single_value(value: str, text: str) -> None:
    if _NEGATIVE.search(text):
        raise WrittenError(gettext_noop("“%(text)s” is negative."), text=shown(value))
    if _RANGE.search(text):
        raise WrittenError(gettext_noop("“%(text)s” is a range; one number is needed."), text=shown(value))
    if _BOUND.search(text):
        raise WrittenError(gettext_noop("“%(text)s” gives a limit, not a number."), text=shown(value))


def _without_spaced_digits(value: str) -> str:
    """Spaces between digits are kept as an unreadable mark, so that ``3 500`` is not silently 3500."""
    return _GAP_IN_DIGITS.sub("␣", fold(value))


def _sum_of_parts(text: str, units: Mapping[str, Decimal], plain: Decimal) -> Decimal | None:
    """``1亿2000万元`` is a sum; each part must have a unit, smaller than the one before."""
    parts = _PART.findall(text)
    if "".join(number + name for number, name in parts) != text:
        return None
    if len(parts) <= 1:
        return _single_part(text, units, plain)
    total, last = Decimal(0), None
    for number, name in parts:
        factor = units.get(name)
        if factor is None or (last is not None and factor >= last):
            return None
        total, last = total + _decimal(number) * factor, factor
    return total


def _single_part(text: str, units: Mapping[str, Decimal], plain: Decimal) -> Decimal | None:
    match = _PART.fullmatch(text)
    if match is None:
        return None
    number, name = match.groups()
    factor = units.get(name) if name else plain
    return None if factor is None else _decimal(number) * factor


def _decimal(digits: str) -> Decimal:
    return Decimal(digits.replace(",", ""))


def _checked_amount(value: object, amount: Decimal | None, largest: Decimal) -> Decimal | None:
    if amount is not None and amount > largest:
        raise WrittenError(
            gettext_noop("“%(text)s” would be more than 1 万亿元; check its unit."), text=shown(value)
        )
    return amount


def _checked_area(value: object, area: Decimal | None) -> Decimal | None:
    if area is not None and area > _LARGEST_AREA:
        raise WrittenError(
            gettext_noop("“%(text)s” would be more than 1,000 km²; check its unit."), text=shown(value)
        )
    return area
