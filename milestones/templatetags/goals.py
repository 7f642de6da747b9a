"""When a goal is expected, as a figure with what it is beside its baseline."""

from django.template import Library
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from milestones.chain_states import Forecast
from milestones.project_page.sentence import drift_words
from milestones.templatetags.lights import day

register = Library()


@register.simple_tag
def goal(forecast: Forecast) -> SafeString:
    """The day (to be settled while something before it is on hold), and the difference to the baseline."""
    drift = drift_words(forecast.drift)
    if forecast.is_open_ended:
        earliest = mark_safe(escape(_("not before %(day)s")) % {"day": day(forecast.expected_on)})  # noqa: S308
        return format_html(
            '<span class="n violet">{}</span><span class="d">{}</span>', _("to be settled"), earliest
        )
    look = "late" if (forecast.drift or 0) > 0 else "in-time"
    done = _("done") + " · " if forecast.is_done else ""
    return format_html(
        '<span class="n">{}</span><span class="d {}">{}{}</span>',
        day(forecast.expected_on),
        look,
        done,
        drift,
    )
