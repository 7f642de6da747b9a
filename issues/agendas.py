"""How often the weekly meeting has found something unsolved; the ladder of supervision asks.

Meetings lie above: ``meetings/apps.py`` says who answers.
"""

from collections.abc import Callable, Mapping
from datetime import date
from typing import NamedTuple


class LateSince(NamedTuple):
    """A node or an issue, by number, that is late by this deadline."""

    node: int | None
    issue: int | None
    deadline_on: date


TimesUnsolved = Mapping[LateSince, int]

_asked: list[Callable[[date], TimesUnsolved]] = []


def register(source: Callable[[date], TimesUnsolved]) -> None:
    """Let `source` say how many frozen meetings before a day had each on the agenda; the last one counts."""
    _asked[:] = [source]


def times_unsolved(today: date) -> TimesUnsolved:
    """How many weekly meetings held by `today` found each late thing on their agenda; the others are absent."""
    return _asked[0](today) if _asked else {}
