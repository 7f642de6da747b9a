"""What `/wall/` shows: a few pictures of the district, each to be read from four metres in twenty seconds.

The figures are those of the one screen; nothing on a wall is counted in a way of its own.
"""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from domain.lights import Light, LightRule
from milestones.templatetags.amounts import growth_words
from milestones.templatetags.lights import day_text, reading
from screen.keeping import Keeper
from screen.queries import Screen, screen_of
from screen.sentence import Clause, clauses
from screen.urgent import Urgent, most_urgent
from screen.wall.chain import WallChain, wall_chains
from screen.wall.investment import WallInvestment, money, wall_investment
from screen.wall.issues import OpenIssues, open_issues

WORST = 5


@dataclass(frozen=True, slots=True)
class WallFigure:
    """`measure` is what it counts in, where that does not go without saying."""

    label: str
    value: str
    note: str = ""
    measure: str = ""
    is_alarming: bool = False


@dataclass(frozen=True, slots=True)
class Wall:
    """All pictures. `worst` is what is most worth solving; `investment` is None where nothing was entered of it."""

    screen: Screen
    sentence: list[Clause]
    figures: tuple[WallFigure, ...]
    chains: tuple[WallChain, ...]
    issues: OpenIssues
    worst: tuple[Urgent, ...]
    investment: WallInvestment | None

    @property
    def is_empty(self) -> bool:
        return not self.screen.projects.all


def wall_of(reader: User, rule: LightRule) -> Wall:
    """The pictures of what `reader` may see on the day of `rule`; eight queries beside those of the one screen."""
    screen, issues = screen_of(reader, rule, keeper=Keeper.of(reader)), open_issues(reader, rule)
    investment = wall_investment(reader, rule.today)
    return Wall(
        screen=screen, sentence=clauses(screen), figures=_figures(screen, issues, investment),
        chains=wall_chains(screen.bands), issues=issues,
        worst=tuple(most_urgent(reader, screen, rule, WORST)), investment=investment,
    )  # fmt: skip


def _figures(screen: Screen, issues: OpenIssues, investment: WallInvestment | None) -> tuple[WallFigure, ...]:
    projects = screen.projects
    until = day_text(screen.span.due_until, *reading())
    return (
        WallFigure(
            _("Projects under way"), f"{projects.under_way:,}",
            _("%(count)s finished") % {"count": f"{projects.finished:,}"},
        ),
        WallFigure(
            _("Overdue causes"), f"{screen.causes:,}",
            _("%(count)s new this week") % {"count": f"{screen.new_causes:,}"}, is_alarming=screen.causes > 0,
        ),
        WallFigure(
            _("Due within two weeks"), f"{screen.due_soon:,}", _("until %(day)s") % {"day": screen.span.marked(until)}
        ),
        WallFigure(
            _("Open issues"), f"{issues.count:,}", ngettext("%(n)s past due", "%(n)s past due", issues.late)
            % {"n": f"{issues.late:,}"},
        ),
        WallFigure(
            _("Done this week"), f"{screen.done_this_week:,}",
            _("%(change)s on the same days of last week")
            % {"change": more(screen.done_this_week - screen.done_last_week)},
        ),
        _money_made(investment) if investment else WallFigure(
            _("On hold"), f"{screen.lights[Light.VIOLET]:,}", _("the clock stands still")
        ),
    )  # fmt: skip


def _money_made(investment: WallInvestment) -> WallFigure:
    value, measure = money(investment.totals.all.now)
    note = growth_words(investment.totals.all.growth)
    return WallFigure(_("Investment made this year"), value, note, measure)


def more(number: int) -> str:
    """A change with its sign, the minus a real one."""
    return f"{number:+,d}".replace("-", "−") if number else "±0"
