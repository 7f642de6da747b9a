"""The row of figures on the one screen: what each is called, what it says beside, where it opens."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from django.utils.html import format_html
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from milestones.project_states import ProjectState
from milestones.templatetags.amounts import months, percent, signed_percent, signed_points
from milestones.templatetags.lights import day_text, reading
from screen import addresses
from screen.board import Board
from screen.queries import Screen
from screen.weeks import Compared


@dataclass(frozen=True, slots=True)
class Note:
    """A remark beside a figure; `url` opens its rows, of which there are `count`; blank where it has none."""

    text: str
    url: str = ""
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Figure:
    """`url` opens `count` rows; None where what it counts are not the rows of a list."""

    label: str
    value: str
    url: str
    notes: tuple[Note, ...] = ()
    is_alarming: bool = False
    count: int | None = None


@dataclass(frozen=True, slots=True)
class UnitBar:
    """A unit's overdue causes; `percent` of those of the unit with most."""

    name: str
    causes: int
    percent: int
    worst_days_late: int
    url: str


@dataclass(frozen=True, slots=True)
class DayFigure:
    on: date
    nodes: int
    is_provisional: bool
    url: str


def unit_bars(screen: Screen) -> list[UnitBar]:
    """The ten units that have most to do."""
    most = max((unit.causes for unit in screen.units), default=1)
    carried = screen.narrowing.carried
    return [
        UnitBar(
            unit.name or _("no unit named"), unit.causes, max(2, 100 * unit.causes // most),
            unit.worst_days_late, carried(addresses.unit_url(unit.pk)),
        )
        for unit in screen.units[:10]
    ]  # fmt: skip


def day_figures(screen: Screen) -> list[DayFigure]:
    carried = screen.narrowing.carried
    return [
        DayFigure(day.on, day.nodes, day.is_provisional, carried(addresses.due_between_url(day.on, day.on)))
        for day in screen.due_days
    ]


def figures(board: Board) -> list[Figure]:
    """Those of the week; those of investment only where any has been entered."""
    found = [
        _under_way(board),
        _causes(board),
        _due(board.screen),
        _done(board),
        _raised(board),
        _closed(board),
        *_investment(board),
    ]
    carried = board.screen.narrowing.carried
    return [
        replace(
            figure, url=carried(figure.url),
            notes=tuple(replace(note, url=carried(note.url)) for note in figure.notes),
        )
        for figure in found
    ]  # fmt: skip


def change(now: int, before: int) -> str:
    """+3, −2, ±0."""
    return f"{now - before:+,d}".replace("-", "−") if now != before else "±0"


def _changes(compared: Compared, week_url: str = "", year_url: str = "") -> list[Note]:
    """Against the same days of last week and of last year, as far as these are known."""
    notes = []
    if compared.last_week is not None:
        text = _("%(change)s on last week") % {"change": change(compared.now, compared.last_week)}
        notes.append(Note(text, week_url, compared.last_week if week_url else None))
    if compared.last_year is not None:
        text = _("%(change)s on a year ago") % {"change": change(compared.now, compared.last_year)}
        notes.append(Note(text, year_url, compared.last_year if year_url else None))
    return notes


def _under_way(board: Board) -> Figure:
    projects = board.screen.projects
    notes = _changes(board.week.under_way)
    if projects.finished:
        text, url = _("%(count)s finished"), addresses.projects_url(state=ProjectState.FINISHED)
        notes.append(Note(text % {"count": f"{projects.finished:,}"}, url, projects.finished))
    if projects.without_chain:
        text, url = _("%(count)s without a chain"), addresses.projects_url(state=ProjectState.WITHOUT_CHAIN)
        notes.append(Note(text % {"count": f"{projects.without_chain:,}"}, url, projects.without_chain))
    return Figure(
        _("Projects under way"), f"{projects.under_way:,}", addresses.under_way_url(), tuple(notes),
        count=projects.under_way,
    )  # fmt: skip


def _causes(board: Board) -> Figure:
    screen, overdue = board.screen, board.week.overdue
    notes = [
        Note(
            _("%(count)s new this week") % {"count": f"{screen.new_causes:,}"},
            addresses.new_causes_url(screen.span),
            screen.new_causes,
        ),
        Note(
            _("%(count)s knocked on") % {"count": f"{screen.knocked_on:,}"},
            addresses.knocked_on_url(),
            screen.knocked_on,
        ),
    ]  # fmt: skip
    if overdue.last_week is not None:
        text = _("both together %(change)s on last week")
        notes.append(Note(text % {"change": change(overdue.now, overdue.last_week)}))
    if overdue.last_year is not None:
        notes.append(Note(_("%(change)s on a year ago") % {"change": change(overdue.now, overdue.last_year)}))
    return Figure(
        _("Overdue causes"), f"{screen.causes:,}", addresses.causes_url(), tuple(notes), screen.causes > 0,
        screen.causes,
    )  # fmt: skip


def _due(screen: Screen) -> Figure:
    until = _("until %(day)s") % {"day": screen.span.marked(day_text(screen.span.due_until, *reading()))}
    keys = _("%(count)s of them key nodes") % {"count": f"{screen.due_soon_keys:,}"}
    notes = (Note(until), Note(keys)) if screen.due_soon_keys else (Note(until),)
    url = addresses.due_url(screen.span)
    return Figure(_("Due within two weeks"), f"{screen.due_soon:,}", url, notes, count=screen.due_soon)


def _done(board: Board) -> Figure:
    span, done = board.screen.span, board.week.done
    notes = _changes(done, addresses.done_url(*span.last_week), addresses.done_url(*span.last_year))
    url = addresses.done_url(span.monday, span.today)
    return Figure(_("Done this week"), f"{done.now:,}", url, tuple(notes), count=done.now)


def _raised(board: Board) -> Figure:
    span, raised, load = board.screen.span, board.week.raised, board.issues
    urls = [
        addresses.raised_url(*days) for days in ((span.monday, span.today), span.last_week, span.last_year)
    ]
    open_ = Note(
        _("%(count)s open") % {"count": f"{load.count:,}"}, addresses.issues_url(open="true"), load.count
    )
    notes = (*_changes(raised, *urls[1:]), open_)
    return Figure(_("Issues raised this week"), f"{raised.now:,}", urls[0], notes, count=raised.now)


def _closed(board: Board) -> Figure:
    span, closed, year = board.screen.span, board.week.closed, board.week.closed_this_year
    urls = [
        addresses.closed_url(*days) for days in ((span.monday, span.today), span.last_week, span.last_year)
    ]
    january = span.today.replace(month=1, day=1)
    of_year = Note(
        _("%(count)s closed this year") % {"count": f"{year:,}"},
        addresses.closed_url(january, span.today),
        year,
    )
    notes = (*_changes(closed, *urls[1:]), of_year)
    return Figure(_("Issues closed this week"), f"{closed.now:,}", urls[0], notes, count=closed.now)


def _investment(board: Board) -> list[Figure]:
    block = board.investment
    if not board.has_begun:
        return _not_begun(board)
    if block is None or not block.has_amounts:
        return []
    totals, said = block.totals, board.screen.narrowing.said
    of_period = Note(months(block.months))
    made = Figure(
        _("Manufacturing investment"), large_money(totals.manufacturing.now),
        addresses.investment_url(said, group="manufacturing"),
        (of_period, *_growth(signed_percent(totals.manufacturing.growth))),
    )  # fmt: skip
    if totals.renovation_share is None:
        return [made]
    share = Figure(
        _("Technical renovation of industrial investment"), percent(totals.renovation_share),
        addresses.investment_url(said, group="renovation"),
        (of_period, *_growth(signed_points(totals.renovation_share_change))),
    )  # fmt: skip
    return [made, share]


def _not_begun(board: Board) -> list[Figure]:
    """Their places, so that who asked for months that have not begun reads why there is nothing in them."""
    begins = Note(_("%(months)s has not begun") % {"months": months(board.screen.narrowing.period)})
    labels = (_("Manufacturing investment"), _("Technical renovation of industrial investment"))
    return [Figure(label, "–", "", (begins,)) for label in labels]


def large_money(amount: Decimal) -> str:
    """A sum in 万元 for a figure: the number as one reads it, with one decimal, and small what it is counted in."""
    if amount and abs(amount) < 1_000:
        number, said = amount, _("%(amount)s × 10,000 yuan")
    elif (get_language() or "").startswith("zh"):
        number, said = amount / 10_000, _("%(amount)s hundred million yuan")
    else:
        number, said = amount / 100_000, _("%(amount)s bn yuan")
    text = f"{number:,.1f}" if abs(number) >= 1 else f"{number:,.2f}"
    return format_html("{} <small>{}</small>", text.replace("-", "−"), (said % {"amount": ""}).strip())


def _growth(change: str) -> list[Note]:
    return [Note(_("%(change)s on a year earlier") % {"change": change})] if change else []
