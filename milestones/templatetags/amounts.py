"""Sums of money, shares and their changes in words. Money comes in 万元 (ten thousand yuan), shares in percent."""

from datetime import date
from decimal import Decimal

from django.template import Library
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from domain.periods import Months
from milestones.templatetags.lights import Reading, reading
from projects.templatetags.parts import mark

register = Library()

_LARGE = Decimal(1_000)
"""In 万元: what is less is told in 万元, not in fractions of hundred millions."""

_MONTH = {"zh": ("n月", "Y年n月"), "en": ("F", "F Y")}
"""How a month is written in its own year, and in another one."""


@register.filter
def money(amount: Decimal) -> str:
    """As people say large sums: Chinese counts hundred millions, English billions; small ones in 万元."""
    if abs(amount) < _LARGE and amount:
        return _("%(amount)s × 10,000 yuan") % {"amount": _short(amount, 2)}
    if _is_chinese():
        return _("%(amount)s hundred million yuan") % {"amount": _short(amount / 10_000, 2)}
    return _("%(amount)s bn yuan") % {"amount": _short(amount / 100_000, 3)}


@register.filter
def percent(value: Decimal | float) -> str:
    return f"{value:,.1f}\N{NO-BREAK SPACE}%".replace("-", "−")


@register.filter
def signed_percent(value: Decimal | None) -> str:
    """A growth with its sign; nothing where there was nothing to grow from."""
    return "" if value is None else f"{_signed(value)}\N{NO-BREAK SPACE}%"


@register.filter
def signed_points(value: Decimal | None) -> str:
    """A difference of shares: “+4.9 points”."""
    return "" if value is None else _("%(change)s points") % {"change": _signed(value)}


@register.filter
def behind_words(value: Decimal) -> str:
    """How many points a project is behind its plan; those that are ahead say so."""
    points = f"{abs(value):,.1f}"
    if points == "0.0":
        return _("as planned")
    return (_("%(n)s points behind") if value > 0 else _("%(n)s points ahead")) % {"n": points}


def growth_words(value: Decimal | None) -> str:
    """“58.7 % more than a year earlier”; nothing where there was nothing to grow from."""
    if value is None:
        return ""
    rounded = percent(abs(value))
    if _signed(value) == "±0":
        return _("as much as a year earlier")
    return (
        _("%(percent)s more than a year earlier") if value > 0 else _("%(percent)s less than a year earlier")
    ) % {"percent": rounded}


def points_words(value: Decimal | None) -> str:
    """“4.9 points more”; nothing where there is nothing to compare with."""
    if value is None:
        return ""
    if _signed(value) == "±0":
        return _("the same share as a year earlier")
    return (_("%(n)s points more") if value > 0 else _("%(n)s points less")) % {"n": f"{abs(value):,.1f}"}


@register.filter
def month(first_day: date, here: Reading | None = None) -> str:
    """A month, its year only where it is not this one."""
    language, year = here or reading()
    own, other = _MONTH["zh" if language.startswith("zh") else "en"]
    return date_format(first_day, own if first_day.year == year else other)


@register.filter
def months(period: Months, here: Reading | None = None) -> str:
    """“January to August”, one month by its name; the year, where it is not this one, is said once."""
    here = here or reading()
    if period.first == period.last:
        return month(period.first, here)
    first, last = month(period.first, here), month(period.last, here)
    if period.first.year == period.last.year != here[1]:
        bare = (here[0], period.first.year)
        if here[0].startswith("zh"):
            last = month(period.last, bare)
        else:
            first = month(period.first, bare)
    return pgettext("from one month to another", "%(first)s to %(last)s") % {"first": first, "last": last}


def _is_chinese() -> bool:
    return (get_language() or "").startswith("zh")


def _short(value: Decimal, decimals: int) -> str:
    text = f"{value:,.{decimals}f}"
    return text.rstrip("0").rstrip(".").replace("-", "−") if "." in text else text


def _signed(value: Decimal) -> str:
    text = f"{value:+,.1f}"
    return "±0" if text in {"+0.0", "-0.0"} else text.replace("-", "−")


@register.simple_tag
def against_plan(light: str, behind: Decimal | None) -> SafeString:
    """How a project stands against its plan of investment: the light by shape and colour, its points as the word."""
    words = _("no plan") if behind is None else behind_words(behind)
    return mark(f"light-{light}", words)


@register.filter
def whole(amount: Decimal) -> str:
    """A sum that was reckoned, not recorded: without decimals."""
    return f"{amount:,.0f}"


@register.filter
def large(amount: Decimal) -> str:
    """The number alone, for pictures, all with the same decimals; ``large_unit`` says in what it is counted."""
    return f"{amount / 10_000:,.2f}" if _is_chinese() else f"{amount / 100_000:,.3f}"


@register.simple_tag
def large_unit() -> str:
    return _("in hundred million yuan") if _is_chinese() else _("in bn yuan")


@register.filter
def short_month(first_day: date, here: Reading) -> str:
    """Where there is little room: “Aug”, “8月”; January brings its year where it is another one."""
    if here[0].startswith("zh"):
        return date_format(
            first_day, "y年n月" if first_day.month == 1 and first_day.year != here[1] else "n月"
        )
    return date_format(first_day, "M y" if first_day.month == 1 and first_day.year != here[1] else "M")
