"""Meetings and decisions as pages show them: moments with their weekday, changes since last week, states by shape."""

from datetime import datetime
from functools import lru_cache
from uuid import uuid4

from django.forms import BoundField
from django.template import Library
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext, pgettext

from domain.meetings import DecisionStatus
from meetings.models import DECISION_LABELS
from meetings.week import Figure
from milestones.templatetags.fields import wrong
from milestones.templatetags.lights import day_text, reading, weekday
from projects.templatetags.parts import change as change_mark
from projects.templatetags.parts import figure as figure_part
from projects.templatetags.parts import mark

register = Library()

SYMBOLS = {
    DecisionStatus.OPEN: "state-raised",
    DecisionStatus.DONE: "state-asked",
    DecisionStatus.VERIFIED: "light-blue",
    DecisionStatus.WITHDRAWN: "light-white",
}


@register.filter
def day_and_hour(value: datetime) -> SafeString:
    """``Fri 27 Nov 12:00``: what people keep free in their calendars."""
    here = timezone.localtime(value)
    words = pgettext("a day, its weekday and hour", "%(weekday)s %(day)s %(hour)s") % {
        "weekday": weekday(here.date()), "day": day_text(here.date(), *reading()), "hour": f"{here:%H:%M}",
    }  # fmt: skip
    return format_html('<time datetime="{}" class="nowrap">{}</time>', here.isoformat(), words)


@register.simple_tag
def decision_state(status: str) -> SafeString:
    """The symbol of a decision's state and its word."""
    return _state(status, get_language())


@lru_cache(maxsize=16)
def _state(status: str, _language: str | None) -> SafeString:
    return mark(SYMBOLS[DecisionStatus(status)], DECISION_LABELS[DecisionStatus(status)])


@register.simple_tag
def week_change(change: float | None) -> SafeString:
    """``+3`` or ``−2`` since the week before; nothing where there was none, a sign of no change where it is nought."""
    if change is None:
        return mark_safe("")
    words = "±0" if change == 0 else f"{'+' if change > 0 else '−'}{abs(change):,.0f}"
    return format_html(" {}", change_mark(words, gettext("change since the week before") + f" {words}"))


@register.simple_tag
def week_figure(figure: Figure) -> SafeString:
    """A figure of the week with its change; it opens into the rows of today."""
    before = gettext("last week %(n)s") % {"n": whole(figure.before)} if figure.before is not None else ""
    return figure_part(
        figure.label,
        format_html("{}{}", whole(figure.value), week_change(figure.change)),
        url=figure.url,
        note=" · ".join(filter(None, (before, figure.remark))),
        title=gettext("the rows of today") if figure.url else "",
    )


@register.filter
def whole(value: float) -> str:
    """A figure, which is kept as a number with decimals, as people write it."""
    return f"{value:,.0f}"


@register.simple_tag
def unit_field(bound: BoundField) -> SafeString:
    """The field of a unit that is typed: its name is found among the ``all-units`` of the page."""
    label = str(bound.label)
    return format_html(
        '<div class="field"><label for="{}">{}</label><input type="text" name="{}" id="{}" value="{}" '
        'list="all-units" autocomplete="off" maxlength="60">{}</div>',
        bound.id_for_label, label[:1].upper() + label[1:], bound.html_name, bound.id_for_label,
        bound.value() or "", wrong(bound),
    )  # fmt: skip


@register.simple_tag
def new_key() -> str:
    """What a page calls a decision before it has a number."""
    return str(uuid4())
