"""Lights, dates and doubts as pages show them: a light always by colour, shape and word together.

The tags are remembered by what they say, since a list says the same few things hundreds of times.
"""

from datetime import date
from functools import lru_cache

from django.template import Library
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from domain.lifecycle import Status
from domain.lights import Light
from milestones.filters import LIGHT_LABELS
from milestones.models import STATUS_LABELS

register = Library()

THIS_YEAR = {"zh-hans": "n月j日", "en": "j M"}
OTHER_YEAR = {"zh-hans": "Y年n月j日", "en": "j M Y"}


@register.simple_tag
def light(value: str) -> SafeString:
    """The symbol of a light (``red`` …) and its word."""
    return _light(value, get_language())


@lru_cache(maxsize=32)
def _light(value: str, _language: str | None) -> SafeString:
    return format_html(
        '<span class="light"><svg aria-hidden="true"><use href="#light-{}"/></svg>{}</span>',
        value, LIGHT_LABELS[Light(value)],
    )  # fmt: skip


@register.filter
def light_word(value: str) -> str:
    return str(LIGHT_LABELS[Light(value)])


@register.filter
def status_word(value: str) -> str:
    return str(STATUS_LABELS[Status(value)])


@register.simple_tag
def all_lights() -> list[Light]:
    """Every light, for a key to the symbols."""
    return [Light.GREY, Light.GREEN, Light.YELLOW, Light.RED, Light.VIOLET, Light.BLUE, Light.WHITE]


@register.filter
def day(value: date | None) -> SafeString:
    """A date as people write it, the year only where it is not this one; nothing where there is none."""
    if value is None:
        return mark_safe("")
    return _day(value, get_language() or "en", timezone.localdate().year)


@lru_cache(maxsize=4096)
def _day(value: date, language: str, year: int) -> SafeString:
    forms = THIS_YEAR if value.year == year else OTHER_YEAR
    text = date_format(value, forms.get(language, forms["en"]))
    return format_html('<time datetime="{}" class="nowrap">{}</time>', value.isoformat(), text)


@register.simple_tag
def dated(value: date | None, is_provisional: bool = False) -> SafeString:  # noqa: FBT001, FBT002
    """A date, marked 暂定 where a holiday notice that has not come yet may still move it."""
    return day(value) + provisional() if value and is_provisional else day(value)


@register.simple_tag
def provisional() -> SafeString:
    return _chip("doubt", _("provisional"), _("The holidays of that year have not been announced yet."))


@register.simple_tag
def unconfirmed() -> SafeString:
    """The mark 待核: taken from another place or from experience, not the district's own promise."""
    return _chip("doubt", _("to be confirmed"), _("From another place or from experience; not a promise."))


@lru_cache(maxsize=32)
def _chip(kind: str, text: str, title: str) -> SafeString:
    return format_html(' <span class="chip {}" title="{}">{}</span>', kind, title, text)
