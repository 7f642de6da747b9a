"""The open issues as the wall shows them: those of the one screen, in fewer and shorter lines."""

from collections import Counter
from dataclasses import dataclass

from django.utils.translation import gettext as _

from accounts.models import User
from domain.lights import LightRule
from issues.models import Issue
from screen.issue_load import IssueBar, issue_load
from screen.wall.words import without_brackets

SHOWN = 6
"""So many lines can be read from four metres; the last of more is all the others."""

FULL = 100.0
"""The length of the longest bar."""


@dataclass(frozen=True, slots=True)
class WallBar:
    """`late` of `count` are past due; their bars are parts of the hundred that the longest one has."""

    label: str
    count: int
    late: int
    late_width: float
    width: float
    is_rest: bool


@dataclass(frozen=True, slots=True)
class OpenIssues:
    """`unassigned` have no lead unit yet, and are in no line of `units`."""

    count: int
    late: int
    unassigned: int
    categories: tuple[WallBar, ...]
    units: tuple[WallBar, ...]


def open_issues(reader: User, rule: LightRule) -> OpenIssues:
    """As many queries as ``issue_load``: three."""
    load = issue_load(Issue.objects.visible_to(reader), rule)
    return OpenIssues(load.count, load.late, load.unassigned, _bars(load.categories), _bars(load.units))


def _bars(lines: tuple[IssueBar, ...]) -> tuple[WallBar, ...]:
    """What explains a name is left out, where the rest of it says which one it is."""
    short = Counter(without_brackets(line.label) for line in lines)
    shown = [line for line in lines if line.asking]
    if len(lines) > SHOWN or len(shown) < len(lines):
        shown = shown[: SHOWN - 1]
    rest = lines[len(shown) :]
    count, late = sum(line.count for line in rest), sum(line.late for line in rest)
    most = max([count, *(line.count for line in shown)], default=1)
    bars = [
        _bar(name if short[name := without_brackets(line.label)] == 1 else line.label, line.count, line.late, most)
        for line in shown
    ]  # fmt: skip
    return (*bars, _bar(_("all others"), count, late, most, is_rest=True)) if rest else tuple(bars)


def _bar(label: str, count: int, late: int, most: int, *, is_rest: bool = False) -> WallBar:
    return WallBar(label, count, late, round(FULL * late / most, 1), round(FULL * count / most, 1), is_rest)
