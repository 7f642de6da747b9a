"""Everything that the page of the one screen shows, counted over what the reader may see and has asked for."""

from dataclasses import dataclass
from datetime import date

from accounts.access import sees_the_district
from accounts.models import User
from domain.lights import LightRule
from issues.models import Issue
from milestones.calendar_table import load_calendar
from projects.models import Project
from screen.investment_block import InvestmentBlock, investment_block
from screen.issue_load import IssueLoad, issue_load
from screen.keeping import COUNT_ANEW, SECONDS, Keeper
from screen.matrix import Matrix, matrix_of
from screen.narrowing import Narrowing
from screen.queries import Screen, screen_of
from screen.stations import NotYet, not_yet_counts
from screen.urgent import Urgent, most_urgent
from screen.weeks import Week, week_of


@dataclass(frozen=True, slots=True)
class Board:
    """`investment` is None where the period has not begun, or nothing has been entered of it."""

    screen: Screen
    week: Week
    matrix: Matrix
    urgent: list[Urgent]
    issues: IssueLoad
    not_yet: list[NotYet]
    investment: InvestmentBlock | None
    has_begun: bool


def board_of(reader: User, rule: LightRule, narrowing: Narrowing, keeper: Keeper = COUNT_ANEW) -> Board:
    """The number of queries does not grow with what there is."""
    screen = screen_of(reader, rule, narrowing, keeper)
    projects = narrowing.of_projects(Project.objects.visible_to(reader))
    narrowed = bool(narrowing.places) or not sees_the_district(reader)
    money = investment_block(projects, narrowing, rule.today, narrowed=narrowed, keeper=keeper)
    return Board(
        screen=screen,
        week=week_of(reader, screen, keeper),
        matrix=matrix_of(screen, rule),
        urgent=most_urgent(reader, screen, rule),
        issues=issue_load(narrowing.of_issues(Issue.objects.visible_to(reader)), rule, keeper),
        not_yet=not_yet_counts(projects, narrowed=narrowed, keeper=keeper),
        investment=None if money is None or money.is_empty else money,
        has_begun=money is not None,
    )


def kept_board(
    reader: User, today: date, narrowing: Narrowing, keeper: Keeper, *, seconds: int = SECONDS
) -> Board:  # fmt: skip
    """The same of `today` in the language of now, kept so long where nothing at all changes."""
    return keeper.unchanged(
        "board", key=narrowing.as_read(today), seconds=seconds,
        make=lambda: board_of(reader, LightRule.on(today, load_calendar()), narrowing, keeper),
    )  # fmt: skip
