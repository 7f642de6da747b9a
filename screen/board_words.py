"""The blocks of the one screen in words, each line with the address of its rows."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from domain.chains import Milestone
from domain.lights import Light
from milestones.project_filters import NOT_YET_LABELS
from milestones.templatetags.amounts import money, percent, signed_percent, signed_points
from projects.investments import Amount
from projects.models import Kind
from screen import addresses
from screen.board import Board
from screen.figures import change, large_money
from screen.investment.form import LIGHT_LABELS
from screen.investment_block import InvestmentBlock
from screen.issue_load import IssueBar
from screen.reached import Reached
from screen.urgent import Due, Urgent

Carried = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class IssueLine:
    """A bar of open issues; `url` opens them, `late_url` those past due; blank where no list shows just these."""

    bar: IssueBar
    url: str
    late_url: str


@dataclass(frozen=True, slots=True)
class NotYetLine:
    label: str
    projects: int
    percent: float
    url: str


@dataclass(frozen=True, slots=True)
class UrgentLine:
    """`due_words` says what is due on the day."""

    urgent: Urgent
    due_words: str


@dataclass(frozen=True, slots=True)
class MoneyLine:
    """`count` rows open at `url`, None where these are not rows of their own."""

    label: str
    value: str
    changes: tuple[str, ...]
    url: str
    count: int | None = None


@dataclass(frozen=True, slots=True)
class PlanLight:
    """`words` say how far these are behind their plan."""

    light: Light
    words: str
    projects: int
    url: str


@dataclass(frozen=True, slots=True)
class InvestmentLines:
    """`plan` is blank where there is none; `light` is that of all plans together."""

    lines: tuple[MoneyLine, ...]
    plan: str
    light: Light
    plan_url: str
    lights: tuple[PlanLight, ...]


def issue_lines(bars: Iterable[IssueBar], name: str, carried: Carried) -> list[IssueLine]:
    return [
        IssueLine(
            bar,
            carried(addresses.issues_url(open="true", **{name: bar.asking})) if bar.asking else "",
            carried(addresses.issues_url(open="true", late="true", **{name: bar.asking})) if bar.asking else "",
        )
        for bar in bars
    ]  # fmt: skip


def not_yet_lines(board: Board) -> list[NotYetLine]:
    carried = board.screen.narrowing.carried
    most = max((each.projects for each in board.not_yet), default=0) or 1
    return [
        NotYetLine(
            str(NOT_YET_LABELS[each.milestone]), each.projects, round(100 * each.projects / most, 1),
            carried(addresses.not_yet_url(each.milestone)),
        )
        for each in board.not_yet
    ]  # fmt: skip


def urgent_lines(board: Board) -> list[UrgentLine]:
    words = {
        Due.ANSWER: _("answer due"),
        Due.SOLUTION: _("solution due"),
        Due.NOTHING: _("no date set"),
    }
    return [UrgentLine(urgent, words[urgent.due]) for urgent in board.urgent]


def investment_lines(board: Board) -> InvestmentLines | None:
    block = board.investment
    if block is None:
        return None
    said = board.screen.narrowing.said
    plan = block.plan
    lights = tuple(
        PlanLight(
            light, str(LIGHT_LABELS[light]), plan.lights[light],
            addresses.investment_url(said, investment_light=light),
        )
        for light in (Light.RED, Light.YELLOW, Light.GREEN)
    )  # fmt: skip
    words = ""
    if block.has_plan:
        facts = {"made": money(plan.made), "due": money(plan.to_date)}
        words = _("%(made)s made of the %(due)s planned to date") % facts
    return InvestmentLines(
        lines=(*_amounts(block, said), *_reached(block, board.screen.narrowing.carried)),
        plan=words, light=plan.light, plan_url=addresses.investment_url(said),
        lights=lights if block.has_plan else (),
    )  # fmt: skip


def _amounts(block: InvestmentBlock, said: Iterable[tuple[str, str]]) -> list[MoneyLine]:
    totals = block.totals
    if not block.has_amounts:
        return []
    share, points = totals.renovation_share, signed_points(totals.renovation_share_change)
    of_industry = []
    if share is not None:
        of_industry.append(_("%(share)s of industrial investment") % {"share": percent(share)})
    if points:
        of_industry.append(points)
    return [
        _amount(_("All investment"), totals.all, addresses.investment_url(said)),
        _amount(_("Manufacturing"), totals.manufacturing, addresses.investment_url(said, group="manufacturing")),
        _amount(
            _("Technical renovation"), totals.renovation, addresses.investment_url(said, group="renovation"),
            *of_industry,
        ),
    ]  # fmt: skip


def _amount(label: str, amount: Amount, url: str, *more: str) -> MoneyLine:
    growth = signed_percent(amount.growth)
    return MoneyLine(label, large_money(amount.now), tuple(filter(None, (growth, *more))), url)


def _reached(block: InvestmentBlock, carried: Carried) -> list[MoneyLine]:
    months = block.months
    filed = carried(addresses.reached_url(Milestone.FILED, months))
    started = carried(addresses.reached_url(Milestone.STARTED, months))
    lines = [_count(_("Filings"), block.filings, filed)]
    if "kind=" not in filed:  # else all filings are of the one kind that is asked for
        url = carried(addresses.reached_url(Milestone.FILED, months, kind=Kind.RENOVATION.value))
        lines.append(_count(_("Renovation filings"), block.renovation_filings, url))
    return [*lines, _count(_("New starts"), block.starts, started)]


def _count(label: str, reached: Reached, url: str) -> MoneyLine:
    changes = () if reached.before is None else (change(reached.now, reached.before),)
    return MoneyLine(label, f"{reached.now:,}", changes, url, reached.now)
