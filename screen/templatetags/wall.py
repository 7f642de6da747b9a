"""Sums of money and their growth as the wall says them."""

from decimal import Decimal

from django.template import Library
from django.utils.html import format_html
from django.utils.safestring import SafeString

from milestones.templatetags.amounts import growth_words
from projects.investments import Amount
from screen.wall.investment import money as _money

register = Library()


@register.simple_tag
def money(amount: Decimal) -> SafeString:
    """`amount` is in 万元."""
    return format_html('<span class="nowrap">{}<small>{}</small></span>', *_money(amount))


@register.simple_tag
def growth(amount: Amount) -> str:
    """On the same months a year earlier; nothing where there was nothing then."""
    return growth_words(amount.growth)
