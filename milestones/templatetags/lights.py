"""Lights, dates and doubts as pages show them: a light always by colour, shape and word together.

The tags are remembered by what they say, since a list says the same few things hundreds of times.
"""

from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache

from django.template import Library
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext, ngettext, pgettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from domain.lifecycle import Move, Status, moves_from
from domain.lights import Light
from domain.project_code import CodeWarning
from milestones.filters import LIGHT_LABELS
from milestones.models import STATUS_LABELS
from milestones.queries import NodeRow
from projects.templatetags.parts import chip, mark

register = Library()

Reading = tuple[str, int]
"""The language that is read and the year that goes without saying."""

THIS_YEAR = {"zh-hans": "n月j日", "en": "j M"}
OTHER_YEAR = {"zh-hans": "Y年n月j日", "en": "j M Y"}
WEEKDAYS = [
    pgettext_lazy("weekday", "Mon"),
    pgettext_lazy("weekday", "Tue"),
    pgettext_lazy("weekday", "Wed"),
    pgettext_lazy("weekday", "Thu"),
    pgettext_lazy("weekday", "Fri"),
    pgettext_lazy("weekday", "Sat"),
    pgettext_lazy("weekday", "Sun"),
]


@register.simple_tag
def reading() -> Reading:
    """Asked once before a long list and given to the filters, it spares them asking for every cell."""
    return get_language() or "en", timezone.localdate().year


@register.simple_tag
def light(value: str) -> SafeString:
    """The symbol of a light (``red`` …) and its word."""
    return _light(value, get_language())


@register.filter
def light_mark(value: str, here: Reading) -> SafeString:
    return _light(value, here[0])


@lru_cache(maxsize=32)
def _light(value: str, _language: str | None) -> SafeString:
    return mark(f"light-{value}", LIGHT_LABELS[Light(value)])


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
def day(value: date | None, here: Reading | None = None) -> SafeString:
    """A date as people write it, the year only where it is not this one; nothing where there is none."""
    if value is None:
        return mark_safe("")
    return _day(value, *(here or reading()))


@lru_cache(maxsize=4096)
def _day(value: date, language: str, year: int) -> SafeString:
    text = day_text(value, language, year)
    return format_html('<time datetime="{}" class="nowrap">{}</time>', value.isoformat(), text)


def day_text(value: date, language: str, year: int) -> str:
    """The words of ``day``, for sentences that are put together in Python."""
    forms = THIS_YEAR if value.year == year else OTHER_YEAR
    return date_format(value, forms.get(language, forms["en"]))


@register.filter
def moment(value: datetime) -> str:
    """A day of any year with its hour, as people write it."""
    here = timezone.localtime(value)
    form = OTHER_YEAR.get(get_language() or "en", OTHER_YEAR["en"])
    return f"{date_format(here, form)} {here:%H:%M}"


@register.filter
def weekday(value: date) -> str:
    return str(WEEKDAYS[value.weekday()])


@register.simple_tag
def dated(value: date | None, is_provisional: bool = False) -> SafeString:  # noqa: FBT001, FBT002
    """A date, marked 暂定 where a holiday notice that has not come yet may still move it."""
    return day(value) + provisional() if value and is_provisional else day(value)


@register.simple_tag
def provisional() -> SafeString:
    return _chip(
        "doubt", gettext("provisional"), gettext("The holidays of that year have not been announced yet.")
    )


@register.simple_tag
def unconfirmed() -> SafeString:
    """The mark 待核: taken from another place or from experience, not the district's own promise."""
    return _chip(
        "doubt", gettext("to be confirmed"), gettext("From another place or from experience; not a promise.")
    )


@register.simple_tag
def back_filled() -> SafeString:
    """The mark 补录: entered more than 5 working days after it happened."""
    return _chip(
        "doubt", gettext("back-filled"), gettext("Entered more than 5 working days after it happened.")
    )


@register.simple_tag
def idle_mark() -> SafeString:
    """The mark 待启动超期, by shape and word like a light; a node has it beside its light."""
    return _idle_mark(get_language())


@lru_cache(maxsize=4)
def _idle_mark(_language: str | None) -> SafeString:
    long = gettext("Could have been started more than 5 working days ago.")
    return mark("mark-idle", pgettext("mark of a node", "idle"), long)


@register.simple_tag
def proof_missing() -> SafeString:
    """The mark 缺印证."""
    return _chip(
        "warn", gettext("proof missing"), gettext("It is done, but the proof that is asked for is not there.")
    )


@register.simple_tag
def key_project() -> SafeString:
    """The mark 重点项目."""
    return _chip("strong", gettext("key project"), gettext("Marked as a key project of the district."))


@lru_cache(maxsize=32)
def _chip(kind: str, text: str, title: str) -> SafeString:
    return format_html(" {}", chip(text, kind, title))


@register.filter
def days_late(days: int, here: Reading | None = None) -> SafeString:
    return _days_late(days, here[0] if here else get_language())


@lru_cache(maxsize=2048)
def _days_late(days: int, _language: str | None) -> SafeString:
    text = ngettext("%(days)d working day late", "%(days)d working days late", days) % {"days": days}
    return format_html("{}", text)


@register.filter
def days_on_hold(days: int) -> str:
    return ngettext("%(days)d working day on hold", "%(days)d working days on hold", days) % {"days": days}


@register.filter
def days_left(days: int) -> str:
    """How long there is still time; nought where the last working day is today."""
    if days == 0:
        return gettext("due today")
    return ngettext("%(days)d working day left", "%(days)d working days left", days) % {"days": days}


@register.filter
def holds_up(nodes: int, here: Reading | None = None) -> SafeString:
    return _holds_up(nodes, here[0] if here else get_language())


@lru_cache(maxsize=512)
def _holds_up(nodes: int, _language: str | None) -> SafeString:
    return format_html("{}", ngettext("%(nodes)d node", "%(nodes)d nodes", nodes) % {"nodes": nodes})


@register.filter
def amount(value: Decimal) -> str:
    """A number with as many decimals as it needs, thousands set apart."""
    text = f"{value:,.2f}"
    return text.rstrip("0").rstrip(".")


CODE_WARNINGS = {
    CodeWarning.CHECK_DIGIT: (
        _("check digit"),
        _("The check digit of the project code does not fit."),
    ),
    CodeWarning.UNKNOWN_REGION: (
        _("region"),
        _("The project code names a region that does not exist."),
    ),
    CodeWarning.UNKNOWN_TYPE: (_("type"), _("The project code names a type that does not exist.")),
    CodeWarning.TOO_EARLY: (_("date"), _("The project code is older than codes of this form.")),
}


@register.filter
def code_warning(warning: CodeWarning) -> str:
    return str(CODE_WARNINGS[warning][1])


@register.filter
def code_warning_short(warning: CodeWarning) -> str:
    return str(CODE_WARNINGS[warning][0])


@register.filter
def version(row: NodeRow) -> str:
    """The version of the row that the page shows; a change sent from it is refused once there is a newer."""
    return row.etag.strip('"').rpartition("-")[2]


@register.filter
def moves(row: NodeRow) -> frozenset[Move]:
    """What can be done with a node that waits for nothing, short of undoing it."""
    return moves_from(row.status) - {Move.REOPEN}
