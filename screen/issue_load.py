"""The open issues by category and by lead unit, and how many of each are past due."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from accounts.models import Unit
from domain.issues import TICKING_ISSUES
from domain.lights import LightRule
from issues.models import Category
from issues.querysets import IssueQuerySet
from screen.keeping import COUNT_ANEW, MOVES_NO_ISSUE, Keeper

SHOWN = 8
"""So many lines each; what is left is one line more."""

_Counted = list[tuple[int, int | None, int, int]]


@dataclass(frozen=True, slots=True)
class IssueBar:
    """`late` of `count` open issues are past due; the widths are percent of the longest bar.

    `asking` is what a list is asked for to show them; blank for those that have no lead unit yet and for the rest.
    """

    label: str
    asking: str
    count: int
    late: int
    late_width: float
    width: float


@dataclass(frozen=True, slots=True)
class IssueLoad:
    count: int
    late: int
    unassigned: int
    categories: tuple[IssueBar, ...]
    units: tuple[IssueBar, ...]


def issue_load(issues: IssueQuerySet, rule: LightRule, keeper: Keeper = COUNT_ANEW) -> IssueLoad:
    """Of the open ones among `issues`: one query for the counts, two for the names."""
    counted = keeper.kept("open-issues", MOVES_NO_ISSUE, lambda: _count(issues, rule), key=str(rule.today))
    categories = {category.pk: (category.label, category.code) for category in Category.objects.all()}
    names = dict(Unit.objects.filter(pk__in={row[1] for row in counted if row[1]}).values_list("pk", "name"))
    return IssueLoad(
        count=sum(row[2] for row in counted),
        late=sum(row[3] for row in counted),
        unassigned=sum(row[2] for row in counted if row[1] is None),
        categories=_bars(counted, lambda row: categories[row[0]]),
        units=_bars(
            (row for row in counted if row[1] is not None), lambda row: (names[row[1] or 0], str(row[1]))
        ),
    )


def _count(issues: IssueQuerySet, rule: LightRule) -> _Counted:
    late = Q(status__in=TICKING_ISSUES, due_on__lt=rule.today)
    by = issues.open().order_by().values_list("category", "lead_unit")
    return list(by.annotate(count=Count("pk"), late=Count("pk", filter=late)))


def _bars(
    counted: Iterable[tuple[int, int | None, int, int]],
    named: Callable[[tuple[int, int | None, int, int]], tuple[str, str]],
) -> tuple[IssueBar, ...]:
    """The ones with most first."""
    tallies: dict[tuple[str, str], list[int]] = {}
    for row in counted:
        tally = tallies.setdefault(named(row), [0, 0])
        tally[0] += row[2]
        tally[1] += row[3]
    ordered = sorted(tallies.items(), key=lambda one: (-one[1][0], -one[1][1], one[0]))
    lines = [(label, asking, count, late) for (label, asking), (count, late) in ordered]
    if len(lines) > SHOWN + 1:
        rest = lines[SHOWN:]
        text = _("%(count)s others together") % {"count": len(rest)}
        lines = [*lines[:SHOWN], (text, "", sum(one[2] for one in rest), sum(one[3] for one in rest))]
    most = max((count for _label, _asking, count, _late in lines), default=1)
    return tuple(
        IssueBar(label, asking, count, late, round(100 * late / most, 1), round(100 * count / most, 1))
        for label, asking, count, late in lines
    )
