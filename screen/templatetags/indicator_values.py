"""Values of indicators as pages write them: with their decimals, in what they count, beside a year earlier."""

from datetime import date
from decimal import Decimal

from django.template import Library
from django.utils.translation import get_language

from milestones.templatetags.amounts import growth_words, month, points_words, signed_percent, signed_points
from screen.indicators.queries import Reading
from screen.models import Indicator

register = Library()


@register.filter
def bare_value(value: Decimal | None, indicator: Indicator) -> str:
    """The number alone; a dash where nothing is recorded."""
    return "–" if value is None else f"{value:,.{min(indicator.decimals, 4)}f}".replace("-", "−")


@register.filter
def indicator_value(value: Decimal | None, indicator: Indicator) -> str:
    """The number with what it counts in."""
    return "–" if value is None else f"{bare_value(value, indicator)} {indicator.measure_label}"


@register.filter
def change_mark(reading: Reading) -> str:
    """Short, with its sign: in points of a share, in percent of anything else."""
    return signed_points(reading.change) if reading.is_share else signed_percent(reading.change)


def change_words(reading: Reading) -> str:
    return points_words(reading.change) if reading.is_share else growth_words(reading.change)


@register.filter
def period_text(period: date, indicator: Indicator) -> str:
    """A year or a month, the year always said."""
    language = get_language() or "en"
    if indicator.frequency == Indicator.Frequency.ANNUAL:
        return f"{period.year}年" if language.startswith("zh") else f"{period.year}"
    return month(period, (language, 0))


@register.filter
def period_key(period: date, indicator: Indicator) -> str:
    """As addresses write it: 2025, 2025-08."""
    return f"{period.year}" if indicator.frequency == Indicator.Frequency.ANNUAL else f"{period:%Y-%m}"
