"""What the week counts beside last week and the same week of last year, as far as what is on record reaches back."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q

from accounts.models import User
from issues.models import Issue
from issues.querysets import IssueQuerySet
from milestones.models import OverdueFlag
from milestones.querysets import OverdueFlagQuerySet
from screen.keeping import COUNT_ANEW, MOVES_NO_ISSUE, Keeper
from screen.queries import Screen, Span


@dataclass(frozen=True, slots=True)
class Compared:
    """A count of now, of a week ago and of 52 weeks ago; None where nothing on record is as old."""

    now: int
    last_week: int | None = None
    last_year: int | None = None


@dataclass(frozen=True, slots=True)
class Week:
    """`overdue`: all overdue nodes, those that only wait for another among them; of the past, as the sweep saw them."""

    under_way: Compared
    overdue: Compared
    done: Compared
    raised: Compared
    closed: Compared
    closed_this_year: int


def week_of(reader: User, screen: Screen, keeper: Keeper = COUNT_ANEW) -> Week:
    """Three queries, for issues and flags; what is counted of nodes and projects stands in `screen`."""
    span, narrowing = screen.span, screen.narrowing
    issues = narrowing.of_issues(Issue.objects.visible_to(reader))
    raised, closed, this_year = keeper.kept(
        "issues-of-the-week", MOVES_NO_ISSUE, lambda: _issues(issues, span), key=str(span.today)
    )
    flags = OverdueFlag.objects.visible_to(reader).filter(narrowing.condition("node__project__"))
    projects = screen.projects
    return Week(
        under_way=Compared(projects.under_way, projects.last_week, projects.last_year),
        overdue=Compared(len(screen.late), *_standing(flags, span)),
        done=Compared(screen.done_this_week, screen.done_last_week, screen.done_last_year),
        raised=raised, closed=closed, closed_this_year=this_year,
    )  # fmt: skip


def _standing(flags: OverdueFlagQuerySet, span: Span) -> tuple[int | None, int | None]:
    """How many flags stood at the end of the same day a week ago and 52 weeks ago."""
    week, year = span.last_week[1], span.last_year[1]

    def stood(day: date) -> Q:
        return Q(raised_on__lte=day) & (Q(cleared_on__isnull=True) | Q(cleared_on__gt=day))

    found = flags.order_by().filter(raised_on__lte=week).aggregate(
        known=Count("pk"), known_then=Count("pk", filter=Q(raised_on__lte=year)),
        week=Count("pk", filter=stood(week)), year=Count("pk", filter=stood(year)),
    )  # fmt: skip
    return found["week"] if found["known"] else None, found["year"] if found["known_then"] else None


def _issues(issues: IssueQuerySet, span: Span) -> tuple[Compared, Compared, int]:
    """Raised and closed this week, on the same days of last week and of the year before; closed since January."""
    january = span.today.replace(month=1, day=1)
    year_first, year_until = span.last_year
    is_known = issues.filter(raised_on__lte=year_until).order_by().exists()
    compared = [
        issues.order_by().aggregate(
            **{
                name: Count("pk", filter=Q((f"{column}__range", days)))
                for name, days in (
                    ("now", (span.monday, span.today)), ("week", span.last_week), ("year", span.last_year),
                )
            }
        )
        for column, issues in (
            ("raised_on", issues.filter(raised_on__gte=year_first)),
            ("closed_on", issues.filter(closed_on__gte=year_first)),
        )
    ]  # fmt: skip
    raised, closed = (
        Compared(found["now"], found["week"], found["year"] if is_known else None) for found in compared
    )
    return raised, closed, issues.closed_between(january, span.today).order_by().count()
