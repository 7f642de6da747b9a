"""What the key nodes and the states of their dates are called."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from domain.chains import Milestone

KEY_LABELS: Final[Mapping[Milestone, Promise]] = {
    Milestone.STARTED: gettext_lazy("Piling start"),
    Milestone.COMPLETED: pgettext_lazy("key node of a project", "Completion"),
    Milestone.PRODUCING: pgettext_lazy("key node of a project", "Production"),
}


class State(StrEnum):
    """How the date of a key node stands by the forecast."""

    MISS = "miss"
    KEEP = "keep"
    LATE = "late"
    ALL = "all"


STATE_LABELS: Final[Mapping[State, Promise]] = {
    State.MISS: gettext_lazy("likely to miss the date"),
    State.KEEP: gettext_lazy("likely to keep the date, or kept it"),
    State.LATE: gettext_lazy("date has passed"),
    State.ALL: pgettext_lazy("state of a date", "all"),
}


class Due(StrEnum):
    """When the date of a key node falls."""

    SOON = "90"
    YEAR = "year"
    ALL = "all"


DUE_LABELS: Final[Mapping[Due, Promise]] = {
    Due.SOON: gettext_lazy("in the next 90 days"),
    Due.YEAR: gettext_lazy("this year"),
    Due.ALL: pgettext_lazy("when a date falls", "at any time"),
}


def chance_words(chance: float | None) -> str:
    """A chance in percent; never 0 or 100, which no forecast can know."""
    if chance is None:
        return "–"
    if chance < 0.01:
        return "<\N{NO-BREAK SPACE}1\N{NO-BREAK SPACE}%"
    if chance > 0.99:
        return ">\N{NO-BREAK SPACE}99\N{NO-BREAK SPACE}%"
    return share_words(chance)


def share_words(share: float) -> str:
    """A share of cases in whole percent."""
    return f"{share * 100:.0f}\N{NO-BREAK SPACE}%"


def difference_words(days: int) -> str:
    """By how many working days a date comes sooner or later."""
    if days == 0:
        return _("no difference")
    if days < 0:
        return ngettext("%(n)s working day sooner", "%(n)s working days sooner", -days) % {"n": -days}
    return ngettext("%(n)s working day later", "%(n)s working days later", days) % {"n": days}
