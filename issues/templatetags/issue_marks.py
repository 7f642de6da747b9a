"""The state of an issue as pages show it: always by shape and word together."""

from functools import lru_cache

from django.template import Library
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext, ngettext

from domain.issues import IssueStatus, Level
from issues.forms import IssueForm
from issues.models import ISSUE_LABELS, LEVEL_LABELS, Issue
from issues.step_forms import rating_word
from projects.templatetags.parts import mark

register = Library()

SYMBOLS = {
    IssueStatus.RAISED: "state-raised",
    IssueStatus.ASSIGNED: "state-assigned",
    IssueStatus.WORKING: "state-working",
    IssueStatus.CLOSE_REQUESTED: "state-asked",
    IssueStatus.RETURNED: "state-returned",
    IssueStatus.SUSPENDED: "light-violet",
    IssueStatus.CLOSED: "light-blue",
}
"""A disc that fills from raised to closed; what was sent back and what is suspended have shapes of their own."""


@register.simple_tag
def issue_state(status: str) -> SafeString:
    """The symbol of a state and its word."""
    return _state(status, get_language())


@lru_cache(maxsize=32)
def _state(status: str, _language: str | None) -> SafeString:
    return mark(SYMBOLS[IssueStatus(status)], ISSUE_LABELS[IssueStatus(status)])


@register.simple_tag
def issue_mark(status: IssueStatus, words: str) -> SafeString:
    """The symbol of a state with other `words` than those of the district."""
    return mark(SYMBOLS[status], words)


@register.filter
def level_word(level: int) -> str:
    return str(LEVEL_LABELS[Level(level)])


@register.filter
def source_word(source: str) -> str:
    return str(Issue.Source(source).label)


@register.filter
def days_old(days: int) -> str:
    """The age of an issue in calendar days."""
    if days == 0:
        return gettext("today")
    return ngettext("%(days)d day", "%(days)d days", days) % {"days": days}


@register.filter
def rated(rating: int) -> str:
    """A rating of the answer in words."""
    return rating_word(rating)


@register.filter
def is_ticked(pk: int, form: IssueForm) -> bool:
    """Whether the node with this number is chosen in the form."""
    return str(pk) in form.ticked
