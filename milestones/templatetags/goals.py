"""When a goal is expected, as a figure with what it is beside its baseline."""

from django.template import Library
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from milestones.chain_states import Forecast
from milestones.project_page.page import Progress
from milestones.project_page.sentence import drift_words
from milestones.templatetags.lights import day
from projects.templatetags.parts import figure

register = Library()


@register.simple_tag
def goal(forecast: Forecast, label: str, url: str = "") -> SafeString:
    """The day (to be settled while something before it is on hold), and the difference to the baseline."""
    if forecast.is_open_ended:
        earliest = mark_safe(escape(_("not before %(day)s")) % {"day": day(forecast.expected_on)})  # noqa: S308
        return figure(label, _("to be settled"), url=url, note=earliest, tone="violet")
    drift = drift_words(forecast.drift)
    said = _("done") + " · " + drift if forecast.is_done else drift
    if (forecast.drift or 0) > 0:
        said = format_html('<span class="late">{}</span>', said)
    return figure(label, day(forecast.expected_on), url=url, note=said)


@register.simple_tag
def goal_progress(progress: Progress) -> SafeString:
    """How many of the nodes that are to be done are done."""
    waived = ngettext("%(n)s waived", "%(n)s waived", progress.waived) % {"n": progress.waived}
    return figure(
        _("Progress"), f"{progress.done} / {progress.to_do}", note=waived if progress.waived else ""
    )
