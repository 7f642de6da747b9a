"""Days that people enter of what has happened: a slip of the keyboard is noticed."""

from datetime import date

from domain.errors import RuleError, gettext_noop

EARLIEST = date(2000, 1, 1)
"""No project of today was begun before; an earlier date is a slip of the keyboard."""


def refuse_too_early(on: date) -> None:
    """Raises RuleError where `on` lies before EARLIEST."""
    if on < EARLIEST:
        raise RuleError(gettext_noop("%(on)s lies before the year 2000; check the year."), on=on)


def refuse_future(on: date, today: date) -> None:
    """Raises RuleError where `on` lies before EARLIEST or after `today`."""
    refuse_too_early(on)
    if on > today:
        raise RuleError(gettext_noop("%(on)s lies in the future; only what has happened is recorded."), on=on)
