"""总览: the sentence, the figures and lights of the one screen, where and with whom it is stuck."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from domain.lights import LONG_HOLD, Light
from meetings.queries import Agenda
from meetings.sheets.grid import Grid
from milestones.sheet import Book, Cell, Column, Kind
from screen.queries import Screen, UnitLoad
from screen.sentence import sentence

WIDTHS = (22, 32, 16, 11, 11, 11, 11, 11, 11, 11, 11)
MOST = 8
"""How many node kinds and units the two short tables and the chart show."""

CHART_ROWS = 10
_FILLS = {
    Light.RED: "#D2362F", Light.YELLOW: "#D99A00", Light.VIOLET: "#7D57C2", Light.GREEN: "#2E9E6B",
}  # fmt: skip
"""The lights of nodes that are being worked on or late; the others are not news."""


FIGURES_AT, KINDS_AT = 5, 20
"""The rows where the figures begin and, below the last of them, what is late by node kind."""


def write_overview(book: Book, screen: Screen, agenda: Agenda, *, name: str, title: str, under: str) -> None:
    sheet = book.sheet(name, title=title, under=under)
    for column, width in enumerate(WIDTHS):
        sheet.set_column(column, column, width)
    grid = Grid(book, sheet, name)
    grid.heading(3, 0, sentence(screen))
    grid.heading(FIGURES_AT, 0, _("Figures"))
    grid.table(FIGURES_AT + 1, 0, _figure_columns(), figure_cells(screen, agenda))
    grid.heading(FIGURES_AT, 4, _("Nodes by light"))
    lights = [Column(_("Light"), 10, Kind.LIGHT), Column(_("Nodes"), 10, Kind.NUMBER)]
    grid.table(FIGURES_AT + 1, 4, lights, light_cells(screen))
    _kinds(grid, screen, KINDS_AT)
    _units(grid, screen, KINDS_AT + CHART_ROWS + 2)
    top = KINDS_AT + 2 * (CHART_ROWS + 2)
    grid.heading(top, 0, _("Every node kind"))
    grid.table(top + 1, 0, _column_columns(), column_cells(screen))
    grid.write()
    sheet.freeze_panes(2, 0)
    sheet.repeat_rows(top + 1)  # on the pages after the one where it stands
    sheet.set_h_pagebreaks([top])


def figure_cells(screen: Screen, agenda: Agenda) -> list[list[Cell]]:
    """What is counted, a remark, the number."""
    projects, span = screen.projects, screen.span
    finished = _("%(finished)s finished, %(without)s without a chain") % {
        "finished": projects.finished, "without": projects.without_chain,
    }  # fmt: skip
    causes = _("%(count)s new this week") % {"count": screen.new_causes}
    until = _("until %(day)s") % {"day": span.marked(span.due_until.isoformat())}
    last_week = _("%(count)s on the same days of last week") % {"count": screen.done_last_week}
    long_held = _("%(count)s for more than %(days)s days") % {"count": agenda.long_held, "days": LONG_HOLD}
    decided = _("%(count)s decided this week") % {"count": agenda.decided}
    amounts = _("10,000 yuan; %(count)s without an amount") % {"count": projects.without_amount}
    return [
        [_("Projects under way"), finished, projects.under_way],
        [_("Overdue causes"), causes, screen.causes],
        [_("Knocked on"), _("overdue, but waiting for another node"), screen.knocked_on],
        [_("Due within two weeks"), until, screen.due_soon],
        [_("Idle"), _("not started, though it could be for more than 5 working days"), agenda.idle],
        [_("On hold"), long_held, screen.lights[Light.VIOLET]],
        [_("Waived this week"), _("not needed, with a reason"), agenda.waived],
        [_("Date changes waiting"), decided, agenda.waiting],
        [_("Done this week"), last_week, screen.done_this_week],
        [_("Total investment under way"), amounts, projects.investment],
    ]


def light_cells(screen: Screen) -> list[list[Cell]]:
    return [[light, screen.lights[light]] for light in Light]


def kind_cells(screen: Screen) -> list[tuple[str, str, int, int]]:
    """The node kinds with most overdue causes: chain, node, causes, knocked on."""
    late = [(band, column) for band in screen.bands for column in band.columns if column.causes]
    late.sort(key=lambda pair: -pair[1].causes)
    return [(band.label, column.label, column.causes, column.knocked_on) for band, column in late[:MOST]]


def unit_cells(units: Sequence[UnitLoad]) -> list[list[Cell]]:
    return [
        [unit.name or _("no unit named"), unit.worst_days_late, unit.causes, unit.new]
        for unit in units[:MOST]
    ]


def column_cells(screen: Screen) -> list[list[Cell]]:
    return [
        [
            band.label, column.label, column.stage, column.waiting, column.running, column.soon,
            column.causes, column.knocked_on, column.held, column.done, column.waived,
        ]
        for band in screen.bands
        for column in band.columns
    ]  # fmt: skip


def _figure_columns() -> list[Column]:
    return [Column(_("Figure"), 24), Column(_("Remark"), 32), Column(_("Number"), 18, Kind.NUMBER)]


def _column_columns() -> list[Column]:
    titles = [
        _("Waiting"), _("On time"), _("Due soon"), _("Overdue causes"), _("Knocked on"), _("On hold"),
        _("Done"), _("Waived"),
    ]  # fmt: skip
    return [
        Column(_("Process"), 24), Column(_("Node"), 32), Column(_("Stage"), 18),
        *(Column(title, 10, Kind.NUMBER) for title in titles),
    ]  # fmt: skip


def _kinds(grid: Grid, screen: Screen, top: int) -> None:
    """Where it is stuck, with a chart beside."""
    columns = [
        Column(_("Process"), 24), Column(_("Node"), 32),
        Column(_("Overdue causes"), 18, Kind.NUMBER), Column(_("Knocked on"), 10, Kind.NUMBER),
    ]  # fmt: skip
    rows = kind_cells(screen)
    grid.heading(top, 0, _("Where most is overdue"))
    grid.table(top + 1, 0, columns, rows, when_empty=_("Nothing is overdue."))
    if rows:
        chart = grid.chart("bar", _("Overdue causes by node kind"))
        chart.add_series(
            grid.series(top + 2, (1, 2), [(label, causes) for _band, label, causes, _late in rows])
            | {"fill": {"color": _FILLS[Light.RED]}, "data_labels": {"value": True}, "gap": 40}
        )
        chart.set_y_axis({"reverse": True, "num_font": {"size": 9}})
        chart.set_x_axis({"visible": False, "major_gridlines": {"visible": False}})
        grid.insert(chart, top, 5, CHART_ROWS)


def _units(grid: Grid, screen: Screen, top: int) -> None:
    """Who has to act, and a chart of the lights of what is being worked on."""
    columns = [
        Column(_("Responsible unit"), 24), Column(_("Longest, working days late"), 32, Kind.NUMBER),
        Column(_("Overdue causes"), 18, Kind.NUMBER), Column(_("New this week"), 10, Kind.NUMBER),
    ]  # fmt: skip
    grid.heading(top, 0, _("Whose turn it is"))
    grid.table(top + 1, 0, columns, unit_cells(screen.units), when_empty=_("Nothing is overdue."))
    chart = grid.chart("column", _("Nodes late, due soon, on hold and on time"))
    lights = [(grid.book.light_words[light], screen.lights[light]) for light in _FILLS]
    points: list[dict[str, Any]] = [{"fill": {"color": colour}} for colour in _FILLS.values()]
    chart.add_series(
        grid.series(FIGURES_AT + 2, (4, 5), lights)
        | {"points": points, "data_labels": {"value": True}, "gap": 60}
    )
    chart.set_y_axis({"visible": False, "major_gridlines": {"visible": False}})
    grid.insert(chart, top, 5, CHART_ROWS)
