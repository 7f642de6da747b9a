"""The row of figures on the one screen: what each is called, what it says beside, where it opens."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from domain.lights import Light
from milestones.project_states import ProjectState
from milestones.templatetags.lights import day_text, reading
from screen import addresses
from screen.queries import Screen


@dataclass(frozen=True, slots=True)
class Note:
    """A remark beside a figure; `url` opens its rows, blank where it has none of its own."""

    text: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    label: str
    value: str
    url: str
    notes: tuple[Note, ...] = ()
    is_alarming: bool = False


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
    return [
        UnitBar(
            unit.name or _("no unit named"), unit.causes, max(2, 100 * unit.causes // most),
            unit.worst_days_late, addresses.unit_url(unit.pk),
        )
        for unit in screen.units[:10]
    ]  # fmt: skip


def day_figures(screen: Screen) -> list[DayFigure]:
    return [
        DayFigure(day.on, day.nodes, day.is_provisional, addresses.due_between_url(day.on, day.on))
        for day in screen.due_days
    ]


def figures(screen: Screen) -> list[Figure]:
    return [
        _under_way(screen),
        _causes(screen),
        _due(screen),
        _held(screen),
        _done(screen),
        _investment(screen),
    ]


def _under_way(screen: Screen) -> Figure:
    projects = screen.projects
    notes = [
        Note(
            _("%(count)s finished") % {"count": projects.finished},
            addresses.projects_url(state=ProjectState.FINISHED),
        )
    ]
    if projects.without_chain:
        url = addresses.projects_url(state=ProjectState.WITHOUT_CHAIN)
        notes.append(Note(_("%(count)s without a chain") % {"count": projects.without_chain}, url))
    return Figure(_("Projects under way"), str(projects.under_way), addresses.under_way_url(), tuple(notes))


def _causes(screen: Screen) -> Figure:
    knocked_on = _("%(count)s knocked on") % {"count": screen.knocked_on}
    new = _("%(count)s new this week") % {"count": screen.new_causes}
    notes = (
        Note(knocked_on, addresses.knocked_on_url()),
        Note(new, addresses.new_causes_url(screen.span)),
    )
    return Figure(
        _("Overdue causes"), str(screen.causes), addresses.causes_url(), notes, is_alarming=screen.causes > 0
    )


def _due(screen: Screen) -> Figure:
    until = _("until %(day)s") % {"day": screen.span.marked(day_text(screen.span.due_until, *reading()))}
    keys = _("%(count)s of them key nodes") % {"count": screen.due_soon_keys}
    notes = (Note(until), Note(keys)) if screen.due_soon_keys else (Note(until),)
    return Figure(_("Due within two weeks"), str(screen.due_soon), addresses.due_url(screen.span), notes)


def _held(screen: Screen) -> Figure:
    note = Note(_("the clock stands still"))
    return Figure(_("On hold"), str(screen.lights[Light.VIOLET]), addresses.light_url(Light.VIOLET), (note,))


def _done(screen: Screen) -> Figure:
    span, change = screen.span, screen.done_this_week - screen.done_last_week
    text = _("%(change)s on the same days of last week") % {"change": f"{change:+d}" if change else "±0"}
    note = Note(text.replace("-", "−"), addresses.done_url(*span.last_week))
    return Figure(
        _("Done this week"), str(screen.done_this_week), addresses.done_url(span.monday, span.today), (note,)
    )


def _investment(screen: Screen) -> Figure:
    projects = screen.projects
    if projects.without_amount:
        note = Note(_("%(count)s without an amount") % {"count": projects.without_amount})
    else:
        note = Note(_("of the projects under way"))
    return Figure(
        _("Total investment"), _money(projects.investment),
        addresses.projects_url(state=ProjectState.UNDER_WAY, ordering="-investment"), (note,),
    )  # fmt: skip


def _money(amount: Decimal) -> str:
    """`amount`, in 万元, as people say large sums: Chinese counts hundred millions, English billions."""
    if (get_language() or "").startswith("zh"):
        return _("%(amount)s hundred million yuan") % {"amount": f"{amount / 10_000:,.1f}"}
    return _("%(amount)s bn yuan") % {"amount": f"{amount / 100_000:,.2f}"}
