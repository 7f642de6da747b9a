"""Sentences of the page “My work”."""

from django.template import Library
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from milestones.my_work import MyWork, Section

register = Library()


@register.simple_tag
def rest_of_work(work: MyWork) -> SafeString:
    """What there is beside today's, as one sentence of links to its sections; nothing where there is none."""
    week, idle, held = (work.counts[name] for name in (Section.WEEK, Section.IDLE, Section.HELD))
    others = work.for_others
    parts = [
        (
            Section.WEEK,
            week,
            ngettext(
                "%(n)d more is running or due this week", "%(n)d more are running or due this week", week
            ),
        ),
        (Section.IDLE, idle, ngettext("%(n)d lies idle", "%(n)d lie idle", idle)),
        (Section.HELD, held, ngettext("%(n)d is on hold", "%(n)d are on hold", held)),
        (Section.WAITING, others, ngettext("%(n)d waits for others", "%(n)d wait for others", others)),
    ]
    said = [(name, text % {"n": count}) for name, count, text in parts if count]
    if not said:
        return mark_safe("")
    links = format_html_join(pgettext("between parts of a sentence", ", "), '<a href="#{}">{}</a>', said)
    return format_html("{}{}", links, _("."))
