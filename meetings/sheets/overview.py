"""总览: the sentence, the week's figures beside last week's, charts; then where and with whom it is stuck."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from domain.lights import Light
from meetings.queries import Agenda
from meetings.sheets.figures import figures
from meetings.sheets.grid import Grid
from meetings.week import Change, Figure, KindLoad, Load, Overview, Trend
from milestones.sheet import Book, Cell, Column, Kind
from screen.chains import Band
from screen.chains import Column as StepColumn
from screen.queries import Screen, UnitLoad
from screen.sentence import sentence

WIDTHS = (32, 40, 14, 14, 11, 18, 20, 13, 13, 13, 13)
MOST = 8
"""How many node kinds, units and categories the short tables and the charts show."""

RED, BLUE = "#D2362F", "#2B6CB0"
_FILLS = {Light.RED: RED, Light.YELLOW: "#D99A00", Light.VIOLET: "#7D57C2", Light.GREEN: "#2E9E6B"}
"""The lights of nodes that are being worked on or late; the others are not news."""

SENTENCE_AT, CHANGES_AT, FIGURES_AT, TREND_AT, PAGE_2 = 2, 3, 4, 22, 34
"""The rows where the parts of the first page begin, and the first row of the second page: what the charts draw."""

UNITS_AT = PAGE_2 + 15
"""Below the twelve weeks."""

CHARTS_AT = 5
"""The column where the right half begins."""


@dataclass(frozen=True, slots=True)
class Compared:
    """This week beside those before: last week's figures by name, what differs since, the figures of twelve weeks."""

    figures: Mapping[str, float]
    changes: Sequence[Change]
    trend: Sequence[Trend]


def overview_of(
    screen: Screen, agenda: Agenda, *, closed: int, since: str, categories: Sequence[tuple[str, int]],
    compared: Compared,
) -> Overview:  # fmt: skip
    """The first sheet as values; `closed` issues were closed `since` a day, said in words."""
    return Overview(
        sentence=sentence(screen), figures=tuple(figures(screen, agenda, closed, since, compared.figures)),
        changes=tuple(compared.changes), lights=tuple((light, screen.lights[light]) for light in Light),
        kinds=tuple(kinds_of(screen)), units=tuple(units_of(screen.units)), categories=tuple(categories),
        trend=tuple(compared.trend), steps=tuple(tuple(cells) for cells in column_cells(screen)),
    )  # fmt: skip


def kinds_of(screen: Screen) -> list[KindLoad]:
    """The node kinds with most overdue causes, over all processes in which they have the same code and name."""
    kinds: dict[tuple[str, str], list[tuple[Band, StepColumn]]] = {}
    for band in screen.bands:
        for column in band.columns:
            if column.causes:
                kinds.setdefault((column.code, column.name), []).append((band, column))
    loads = [
        KindLoad(
            "、".join(dict.fromkeys(band.label for band, _ in found)), found[0][1].label,
            sum(column.causes for _, column in found), sum(column.knocked_on for _, column in found),
        )
        for found in kinds.values()
    ]  # fmt: skip
    return sorted(loads, key=lambda load: -load.causes)[:MOST]


def units_of(units: Sequence[UnitLoad]) -> list[Load]:
    return [
        Load(unit.name or _("no unit named"), unit.worst_days_late, unit.causes, unit.new)
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


def write_overview(book: Book, overview: Overview, *, name: str, title: str, under: str) -> None:
    sheet = book.sheet(name, title=title, under=under)
    grid = Grid(book, sheet, name, WIDTHS)
    grid.heading(SENTENCE_AT, 0, overview.sentence)
    grid.say(CHANGES_AT, 0, changes_sentence(overview.changes))
    grid.heading(FIGURES_AT, 0, _("Figures"))
    grid.table(FIGURES_AT + 1, 0, _figure_columns(), [_figure_cells(each) for each in overview.figures])
    _kinds(grid, overview, PAGE_2)
    _lights(grid, overview, PAGE_2)
    _trend(grid, overview, PAGE_2)
    _categories(grid, overview, PAGE_2 + MOST + 3)
    _units(grid, overview, UNITS_AT)
    _changes(grid, overview, UNITS_AT + MOST + 3)
    top = UNITS_AT + MOST + 3 + len(overview.changes) + 3
    grid.heading(top, 0, _("Every node kind"))
    grid.table(top + 1, 0, _column_columns(), overview.steps)
    grid.write()
    sheet.freeze_panes(2, 0)
    sheet.repeat_rows(top + 1)  # on the pages after the one where it stands
    sheet.set_h_pagebreaks([PAGE_2, top])
    book.lock(sheet)


def changes_sentence(changes: Sequence[Change]) -> str:
    """What changed since the last meeting, in one line."""
    if not changes:
        return _("There is no earlier week of the same scope to compare with.")
    counted = "、".join(
        _("%(what)s %(count)s") % {"what": each.label, "count": each.rows} for each in changes
    )
    return _("Since the last meeting's cut-off: %(changes)s.") % {"changes": counted}


def _figure_columns() -> list[Column]:
    return [
        Column(_("Figure"), WIDTHS[0]), Column(_("Remark"), WIDTHS[1]),
        Column(_("This week"), WIDTHS[2], Kind.NUMBER), Column(_("Last week"), WIDTHS[3], Kind.NUMBER),
        Column(pgettext("of a figure", "Change"), WIDTHS[4], Kind.CHANGE),
    ]  # fmt: skip


def _figure_cells(figure: Figure) -> list[Cell]:
    nothing = "—"
    return [
        figure.label, figure.remark, figure.value, nothing if figure.before is None else figure.before,
        nothing if figure.change is None else figure.change,
    ]  # fmt: skip


def _column_columns() -> list[Column]:
    titles = [
        _("Waiting"), _("On time"), _("Due soon"), _("Overdue causes"), _("Knocked on"), _("On hold"),
        _("Done"), _("Waived"),
    ]  # fmt: skip
    return [
        Column(_("Process"), 24), Column(_("Node"), 32), Column(_("Stage"), 18),
        *(Column(title, 10, Kind.NUMBER) for title in titles),
    ]  # fmt: skip


def _kinds(grid: Grid, overview: Overview, top: int) -> None:
    """Where it is stuck."""
    columns = [
        Column(_("Process"), WIDTHS[0]), Column(_("Node"), WIDTHS[1]),
        Column(_("Overdue causes"), WIDTHS[2], Kind.NUMBER), Column(_("Knocked on"), WIDTHS[3], Kind.NUMBER),
    ]  # fmt: skip
    rows = overview.kinds
    grid.heading(top, 0, _("Where most is overdue"))
    grid.table(top + 1, 0, columns, rows, when_empty=_("Nothing is overdue."))
    title = _("Overdue causes by node kind")
    _bars(
        grid, title, top + 2, (1, 2), [(row.node, row.causes) for row in rows], RED,
        at=FIGURES_AT, rows=10, when_empty=_("Nothing is overdue."),
    )  # fmt: skip


def _units(grid: Grid, overview: Overview, top: int) -> None:
    """Who has to act."""
    columns = [
        Column(_("Responsible unit"), WIDTHS[5]),
        Column(_("Longest, working days late"), WIDTHS[6], Kind.NUMBER),
        Column(_("Overdue causes"), WIDTHS[7], Kind.NUMBER), Column(_("New this week"), WIDTHS[8], Kind.NUMBER),
    ]  # fmt: skip
    grid.heading(top, CHARTS_AT, _("Whose turn it is"))
    grid.table(top + 1, CHARTS_AT, columns, overview.units, when_empty=_("Nothing is overdue."))


def _lights(grid: Grid, overview: Overview, top: int) -> None:
    """All lights, and a chart of those that are news."""
    columns = [Column(_("Light"), WIDTHS[5], Kind.LIGHT), Column(_("Nodes"), WIDTHS[6], Kind.NUMBER)]
    grid.heading(top, CHARTS_AT, _("Nodes by light"))
    grid.table(top + 1, CHARTS_AT, columns, [list(pair) for pair in overview.lights])
    chart = grid.chart("column", _("Nodes late, due soon, on hold and on time"))
    counts = dict(overview.lights)
    shown = [(grid.book.light_words[light], counts[light]) for light in _FILLS]
    points: list[dict[str, Any]] = [{"fill": {"color": colour}} for colour in _FILLS.values()]
    chart.add_series(
        grid.series(top + 2, (CHARTS_AT, CHARTS_AT + 1), shown)
        | {"points": points, "data_labels": {"value": True}, "gap": 60}
    )
    chart.set_y_axis({"visible": False, "major_gridlines": {"visible": False}})
    grid.insert(chart, FIGURES_AT + 10, CHARTS_AT, rows=7, columns=6)


def _categories(grid: Grid, overview: Overview, top: int) -> None:
    """What stands in the way, by category: those with most issues, the rest as one."""
    first, rest = overview.categories[:MOST], overview.categories[MOST:]
    rows = [*first, (_("other categories"), sum(count for _name, count in rest))] if rest else list(first)
    columns = [Column(_("Category"), WIDTHS[0]), Column(_("Open issues"), WIDTHS[1], Kind.NUMBER)]
    grid.heading(top, 0, _("Open issues by category"))
    grid.table(top + 1, 0, columns, rows, when_empty=_("No issue is open."))
    _bars(
        grid, _("Open issues by category"), top + 2, (0, 1), rows, BLUE,
        at=TREND_AT, rows=11, when_empty=_("No issue is open."),
    )  # fmt: skip


def _trend(grid: Grid, overview: Overview, top: int) -> None:
    """Twelve weeks as two lines."""
    column = CHARTS_AT + 3
    columns = [
        Column(_("Week"), WIDTHS[8], Kind.WORD), Column(_("Overdue causes"), WIDTHS[9], Kind.NUMBER),
        Column(_("Open issues"), WIDTHS[10], Kind.NUMBER),
    ]  # fmt: skip
    grid.heading(top, column, _("Twelve weeks"))
    grid.table(top + 1, column, columns, overview.trend)
    chart = grid.chart("line", _("Overdue causes and open issues of twelve weeks"))
    for place, (colour, values) in enumerate(
        ((RED, [week.overdue for week in overview.trend]), (BLUE, [week.issues for week in overview.trend])),
        start=1,
    ):
        named = [(week.label, value) for week, value in zip(overview.trend, values, strict=True)]
        chart.add_series(
            grid.series(top + 2, (column, column + place), named)
            | {
                "name": columns[place].title, "line": {"color": colour, "width": 2.25},
                "marker": {"type": "circle", "size": 5, "fill": {"color": colour}, "border": {"color": colour}},
            }
        )  # fmt: skip
    chart.set_legend({"position": "bottom"})
    highest = max((max(week.overdue, week.issues) for week in overview.trend), default=0)
    axis: dict[str, Any] = {"min": 0, "major_gridlines": {"visible": True, "line": {"color": "#E3E8ED"}}}
    # Left to itself an axis with hardly anything on it counts in fifths of a node.
    chart.set_y_axis(axis | {"max": 5, "major_unit": 1} if highest < 5 else axis)
    grid.insert(chart, TREND_AT, 0, rows=11, columns=5)


def _changes(grid: Grid, overview: Overview, top: int) -> None:
    """What has changed since the last meeting, with the names of the first."""
    if not overview.changes:
        return
    grid.heading(top, 0, _("What has changed since the last meeting"))
    for row, change in enumerate(overview.changes, start=top + 1):
        more = ["…"] if change.rows > len(change.named) else []
        counted = _("%(what)s %(count)s") % {"what": change.label, "count": change.rows}
        grid.wide(row, (0, 0), counted)
        grid.wide(row, (1, len(WIDTHS) - 1), "；".join([*change.named, *more]))


def _bars(
    grid: Grid, title: str, top: int, columns: tuple[int, int], named: Sequence[tuple[str, int]], colour: str, *,
    at: int, rows: int, when_empty: str,
) -> None:  # fmt: skip
    """A chart of lying bars in the right half from the row `at`, or a line that says why there is none."""
    if not named:
        grid.heading(at, CHARTS_AT, title)
        grid.say(at + 1, CHARTS_AT, when_empty)
        return
    chart = grid.chart("bar", title)
    chart.add_series(
        grid.series(top, columns, named)
        | {"fill": {"color": colour}, "data_labels": {"value": True}, "gap": 40}
    )
    chart.set_y_axis({"reverse": True, "num_font": {"size": 9}})
    chart.set_x_axis({"visible": False, "major_gridlines": {"visible": False}})
    grid.insert(chart, at, CHARTS_AT, rows=rows, columns=6)
