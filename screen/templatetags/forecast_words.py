"""Chances, key nodes and scores of forecasts in words."""

from django.template import Library

from domain.chains import Milestone
from domain.forecast_score import FEW, Coverage, Error
from screen.forecast import words

register = Library()


@register.filter
def chance(value: float | None) -> str:
    return words.chance_words(value)


@register.filter
def key_label(key: Milestone) -> str:
    return str(words.KEY_LABELS[key])


@register.filter
def covered(value: Coverage) -> str:
    """The share of dates that held; a dash where none has come."""
    return "–" if value.share is None else words.share_words(value.share)


@register.filter
def is_few(value: Coverage | Error) -> bool:
    """Whether too few cases stand behind it to say much."""
    return (value.decided if isinstance(value, Coverage) else value.cases) < FEW


@register.filter
def mean_days(value: float | None) -> str:
    """Working days with one decimal; a dash where there is nothing to average."""
    return "–" if value is None else f"{value:,.1f}"
