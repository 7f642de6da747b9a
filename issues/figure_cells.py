"""The figures of issues as the page writes them: their text, what they open, how they compare with a year earlier."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from domain.issue_figures import Period
from domain.issues import IssueStatus
from issues.figures import Compared, Figures, FiguresOf, change

Query = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Cell:
    """One figure: its text, the list of exactly its issues, and those of a year earlier.

    `change` is short (+24), `said` says it in words; both blank where there is nothing to compare.
    """

    text: str
    url: str
    before: str
    before_url: str
    change: str
    said: str


@dataclass(frozen=True, slots=True, eq=False)
class Measure:
    """What is measured: its `label` at a figure, its `head` above a column, its value, and the list behind it."""

    label: Promise
    head: Promise
    value: Callable[[Figures], int | None]
    asks: Callable[[Period], Query]
    suffix: str
    says: Callable[[int], str]


@dataclass(frozen=True, slots=True)
class FigureRow:
    """The figures of one unit or category; `bar` is its part of the longest, in percent, by what is open."""

    label: str
    cells: tuple[Cell, ...]
    bar: int


def _raised(period: Period) -> Query:
    # Whatever has become of them since.
    return {
        "raised_after": period.first.isoformat(),
        "raised_before": period.last.isoformat(),
        "open": "all",
    }


def _closed(period: Period) -> Query:
    return {"closed_after": period.first.isoformat(), "closed_before": period.last.isoformat()}


def _open(period: Period) -> Query:
    return {"open_on": period.last.isoformat()}


def _in_time(period: Period) -> Query:
    return {**_closed(period), "on_time": "true"}


def _count_said(by: int) -> str:
    if by > 0:
        return _("%(n)s more than a year earlier") % {"n": by}
    return _("%(n)s fewer than a year earlier") % {"n": -by} if by else _("as many as a year earlier")


def _days_said(by: int) -> str:
    if not by:
        return _("as long as a year earlier")
    said = (
        ngettext("%(n)s day longer than a year earlier", "%(n)s days longer than a year earlier", by)
        if by > 0
        else ngettext("%(n)s day shorter than a year earlier", "%(n)s days shorter than a year earlier", -by)
    )
    return said % {"n": abs(by)}


def _points_said(by: int) -> str:
    if by > 0:
        return _("%(n)s percentage points more than a year earlier") % {"n": by}
    if by < 0:
        return _("%(n)s percentage points less than a year earlier") % {"n": -by}
    return _("the same share as a year earlier")


MEASURES: Final = (
    Measure(gettext_lazy("Raised"), gettext_lazy("Raised"), lambda of: of.raised, _raised, "", _count_said),
    Measure(gettext_lazy("Closed"), gettext_lazy("Closed"), lambda of: of.closed, _closed, "", _count_said),
    Measure(
        gettext_lazy("Open at the end"), gettext_lazy("Open at the end"), lambda of: of.open, _open, "",
        _count_said,
    ),
    Measure(
        gettext_lazy("Half closed within, days"), gettext_lazy("Median days"), lambda of: of.median_days,
        _closed, "", _days_said,
    ),
    Measure(
        gettext_lazy("90% closed within, days"), gettext_lazy("90% within days"),
        lambda of: of.slow_days, _closed, "", _days_said,
    ),
    Measure(
        gettext_lazy("Closed on time"), pgettext_lazy("share of closed issues", "On time"),
        lambda of: of.on_time_percent, _in_time, "%", _points_said,
    ),
)  # fmt: skip


def whole_cells(whole: Compared, period: Period) -> list[tuple[Measure, Cell]]:
    return list(zip(MEASURES, _Writer(period).cells(whole, {}), strict=True))


def unit_rows(rows: tuple[FiguresOf, ...], period: Period) -> list[FigureRow]:
    """Rows by lead unit; what no unit has yet is what is only raised."""
    return _rows(
        rows, period, lambda row: {"unit": row.key} if row.key else {"status": IssueStatus.RAISED.value}
    )


def category_rows(rows: tuple[FiguresOf, ...], period: Period) -> list[FigureRow]:
    return _rows(rows, period, lambda row: {"category": row.key})


def _rows(
    rows: tuple[FiguresOf, ...], period: Period, narrowed: Callable[[FiguresOf], Query]
) -> list[FigureRow]:
    most = max((row.figures.now.open for row in rows), default=0)
    writer = _Writer(period)
    return [
        FigureRow(
            label=row.label or _("not assigned yet"),
            cells=writer.cells(row.figures, narrowed(row)),
            bar=100 * row.figures.now.open // most if most else 0,
        )
        for row in rows
    ]


class _Writer:
    """Puts the addresses of a period together once for all rows."""

    def __init__(self, period: Period) -> None:
        index, before = reverse("issues:index"), period.year_earlier()
        self.addresses = [
            tuple(f"{index}?{urlencode(measure.asks(one))}" for one in (period, before))
            for measure in MEASURES
        ]
        self.words: dict[tuple[Measure, int], str] = {}

    def cells(self, figures: Compared, narrowed: Query) -> tuple[Cell, ...]:
        """A cell for each measure of `figures`, which are those of the issues that `narrowed` asks for."""
        more = f"&{urlencode(narrowed)}" if narrowed else ""
        return tuple(
            self._cell(measure, figures, f"{now}{more}", f"{before}{more}")
            for measure, (now, before) in zip(MEASURES, self.addresses, strict=True)
        )

    def _cell(self, measure: Measure, figures: Compared, url: str, before_url: str) -> Cell:
        now, before = measure.value(figures.now), measure.value(figures.before)
        by = change(now, before)
        return Cell(
            text=_written(now, measure), url=url, before=_written(before, measure), before_url=before_url,
            change="" if by is None else f"{by:+d}" if by else "±0",
            said="" if by is None else self._words(measure, by),
        )  # fmt: skip

    def _words(self, measure: Measure, by: int) -> str:
        """The same few changes come again and again; their words are looked up once."""
        if (measure, by) not in self.words:
            self.words[measure, by] = measure.says(by)
        return self.words[measure, by]


def _written(value: int | None, measure: Measure) -> str:
    return "–" if value is None else f"{value}{measure.suffix}"
