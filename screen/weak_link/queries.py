"""The links of the chains in a reader's sight, measured; and the nodes behind each of their numbers.

All of it comes from the spans of one reckoning. A `Part` is what of them the reader may see and has asked for: one for
the page, the block of the one screen, the API and the workbook.
"""

from collections.abc import Hashable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from hashlib import sha256
from typing import Final

import numpy as np
import numpy.typing as npt

from accounts.models import User
from domain.chain_matrix import WAITING, Mask
from domain.day_ranks import UNKNOWN, DayRanks
from domain.periods import Months, first_of_month, months_later
from domain.survival import Curve
from domain.weak_link import (
    NOT_KNOWN,
    Cell,
    Link,
    Numbers,
    Observations,
    Order,
    Ranked,
    curves_of,
    measured,
    rank,
    within,
)
from domain.workdays import ONE_DAY
from milestones.calendar_table import load_calendar
from screen.models import Reckoning
from screen.narrowing import PERIOD, Narrowing
from screen.reckoning.queries import latest, projects_in_sight, spans_of
from screen.reckoning.spans import Spans
from screen.weak_link.kept import kept

MONTHS: Final = 12
QUARTERS: Final = 8
_EPOCH: Final = date(1970, 1, 1).toordinal()


class Division(StrEnum):
    """What the links are: node kinds, or all nodes of a town, of a responsible unit, of a sector."""

    KIND = "kind"
    TOWN = "town"
    UNIT = "unit"
    SECTOR = "sector"


@dataclass(frozen=True)
class Part:
    """What of the spans of a reckoning is looked at: their rows `at`, None for all, and the delay of `period`.

    `key` names it among all parts.
    """

    spans: Spans
    day: date
    made_at: datetime
    period: Months
    at: npt.NDArray[np.int64] | None
    rows: Observations
    key: tuple[Hashable, ...]

    def column(self, values: npt.NDArray[np.int32]) -> Numbers:
        return values if self.at is None else values[self.at]

    @property
    def nodes(self) -> npt.NDArray[np.int64]:
        return self.spans.node if self.at is None else self.spans.node[self.at]


@dataclass(frozen=True)
class Quarter:
    """Three months by their first day, with the curve of the nodes that began in them."""

    first: date
    curve: Curve

    @property
    def code(self) -> str:
        return f"{self.first.year}-{(self.first.month + 2) // 3}"


@dataclass(frozen=True, slots=True)
class Selection:
    """Which nodes one number counts: those of a `cell`, of the link `of` a `division`, of a node `kind`, begun in a
    `quarter` (``2026-1``), with an issue of a `category`, or that took `longer` than so many days.
    """

    cell: Cell
    kind: str = ""
    division: Division = Division.KIND
    of: str = ""
    quarter: str = ""
    category: str = ""
    longer: int | None = None


def asked_period(narrowing: Narrowing, day: date) -> Months:
    """The months that were asked for; else the twelve up to the month of the reckoning."""
    if any(name in PERIOD for name, _value in narrowing.said):
        return narrowing.period
    return Months(months_later(first_of_month(day), 1 - MONTHS), first_of_month(day))


def part_of(reader: User, narrowing: Narrowing, reckoning: Reckoning | None = None) -> Part | None:
    """What `reader` may see of the newest reckoning, narrowed; None before anything has been reckoned.

    Who may see the district and narrows nothing costs no query beyond the one for the reckoning; all others one more,
    for which projects are meant is asked anew each time.
    """
    reckoning = reckoning or latest()
    if reckoning is None:
        return None
    try:
        spans = spans_of(reckoning)
    except Reckoning.DoesNotExist:  # given up since it was found: there is a newer one
        return part_of(reader, narrowing, latest())
    projects = projects_in_sight(reader, narrowing)
    period = asked_period(narrowing, reckoning.day)
    sight = None if projects is None else sha256(projects.tobytes()).hexdigest()
    key = (reckoning.pk, reckoning.made_at, period.first, period.last, sight)
    return kept(("part", *key), lambda: _part(spans, reckoning, period, projects, key))


def _part(
    spans: Spans,
    reckoning: Reckoning,
    period: Months,
    projects: npt.NDArray[np.int64] | None,
    key: tuple[Hashable, ...],
) -> Part:
    at = None if projects is None else np.flatnonzero(np.isin(spans.project, projects))
    allowed = np.where(spans.limit != NOT_KNOWN, spans.limit, spans.plan)

    def column(values: npt.NDArray[np.int32]) -> Numbers:
        return values if at is None else values[at]

    pair_rows, pair_words = spans.blocked.astype(np.int64), spans.by_category
    if at is not None:
        place = np.full(len(spans), NOT_KNOWN, dtype=np.int64)
        place[at] = np.arange(len(at))
        mine = place[pair_rows] != NOT_KNOWN
        pair_rows, pair_words = place[pair_rows[mine]], pair_words[mine]
    rows = Observations(
        took=column(spans.took), ended=spans.ended if at is None else spans.ended[at], idle=column(spans.idle),
        held=column(spans.held), allowed=column(allowed), has_limit=column(spans.limit) != NOT_KNOWN,
        handed=column(_handed_within(spans, reckoning.day, period)), clock=column(spans.clock),
        pair_rows=pair_rows, pair_words=pair_words,
    )  # fmt: skip
    return Part(spans, reckoning.day, reckoning.made_at, period, at, rows, key)


def _handed_within(spans: Spans, day: date, period: Months) -> Numbers:
    """The days that each node handed on in the period; they lie directly before its end, or the reckoning."""
    guilty = np.flatnonzero(spans.handed > 0)
    handed = np.zeros(len(spans), dtype=np.int32)
    if len(guilty):
        last = min(period.last_day, day)
        ends = spans.end_on[guilty]
        days = [date.fromordinal(int(ends.min())), period.first - ONE_DAY, last, day]
        ranks = DayRanks(load_calendar(), min(days), max(days))
        bounds = ranks.rank(
            [(period.first - ONE_DAY).toordinal(), max(last, period.first - ONE_DAY).toordinal()]
        )
        handed[guilty] = within(ranks.rank(ends), spans.handed[guilty], int(bounds[0]), int(bounds[1]))
    return handed


def ranked(part: Part, division: Division, order: Order = Order.HANDED, *, kind: str = "") -> list[Ranked]:
    """The links of a division, the weakest first; with a `kind` only its nodes."""
    key = ("ranked", *part.key, division, order, kind)
    return kept(key, lambda: rank(links(part, division, kind=kind), order))


def links(part: Part, division: Division, *, kind: str = "") -> list[Link]:
    """The links of a division in no order; their keys are those of ``link_name``."""

    def count() -> list[Link]:
        groups = _groups(part, division)
        if kind:
            groups = np.where(_of_kind(part, kind), groups, NOT_KNOWN)
        return measured(part.rows, groups)

    return kept(("links", *part.key, division, kind), count)


def _groups(part: Part, division: Division) -> Numbers:
    """The number of each row's link; of a town or unit that is the primary key, 0 where there is none."""
    spans = part.spans
    values = {
        Division.KIND: spans.kind, Division.TOWN: spans.town, Division.UNIT: spans.unit, Division.SECTOR: spans.sector
    }[division]  # fmt: skip
    return part.column(values)


def kind_number(part: Part, kind: str) -> int | None:
    """The place of ``template/node`` among the kinds of the reckoning; None where it has no node of it."""
    found = np.flatnonzero(part.spans.kinds == kind)
    return int(found[0]) if len(found) else None


def _of_kind(part: Part, kind: str) -> Mask:
    number = kind_number(part, kind)
    kinds = part.column(part.spans.kind)
    return np.asarray(kinds == (NOT_KNOWN if number is None else number), dtype=np.bool_)


def kind_link(part: Part, kind: str) -> Link | None:
    """The link of one node kind; None where the reader sees no node of it."""
    number = kind_number(part, kind)
    return next((link for link in links(part, Division.KIND) if link.key == number), None)


def quarters(part: Part, kind: str) -> list[Quarter]:
    """The curves of a node kind by the quarter in which its nodes began, the last eight."""

    def count() -> list[Quarter]:
        last = (part.day.year * 12 + part.day.month - 1) // 3
        first = last + 1 - QUARTERS
        mask = part.rows.masks()[Cell.SAMPLE] & _of_kind(part, kind)
        groups = _begun_in(part) - first
        mask &= (groups >= 0) & (groups < QUARTERS)
        curves = curves_of(groups[mask], QUARTERS, part.rows.took[mask], part.rows.ended[mask])
        return [
            Quarter(date((first + number) // 4, (first + number) % 4 * 3 + 1, 1), curve)
            for number, curve in enumerate(curves)
        ]

    return kept(("quarters", *part.key, kind), count)


def _begun_in(part: Part) -> Numbers:
    """The quarter in which each node began, counted from the year nought; below nought where it has not."""
    began = part.column(part.spans.began_on)
    months = (
        (began.astype(np.int64) - _EPOCH).astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    )
    return np.where(began == UNKNOWN, NOT_KNOWN, (months + 1970 * 12) // 3).astype(np.int32)


def selected(part: Part, selection: Selection) -> npt.NDArray[np.int64]:
    """The rows of the part that a number counts, those that handed on most first, then the longest."""
    mask = part.rows.masks()[selection.cell]
    if selection.kind:
        mask = mask & _of_kind(part, selection.kind)
    if selection.of:
        mask = mask & _of_link(part, selection.division, selection.of)
    if selection.quarter:
        mask = mask & (_begun_in(part) == _quarter_number(selection.quarter))
    if selection.category:
        blocked = np.zeros(len(part.rows), dtype=np.bool_)
        words = (
            part.spans.categories[part.rows.pair_words]
            if len(part.spans.categories)
            else part.rows.pair_words
        )
        blocked[part.rows.pair_rows[words == selection.category]] = True
        mask = mask & blocked
    if selection.longer is not None:
        mask = mask & (part.rows.took > selection.longer)
    found = np.flatnonzero(mask)
    time = np.maximum(part.rows.took, part.rows.idle)
    return found[np.lexsort((part.nodes[found], -time[found], -part.rows.handed[found]))]


def _of_link(part: Part, division: Division, of: str) -> Mask:
    groups = _groups(part, division)
    if division == Division.KIND:
        return _of_kind(part, of)
    if division == Division.SECTOR:
        found = np.flatnonzero(part.spans.sectors == ("" if of == NO_SECTOR else of))
        number = int(found[0]) if len(found) else NOT_KNOWN
    else:
        number = int(of) if of.isascii() and of.isdigit() and len(of) < 10 else NOT_KNOWN
    return np.asarray(groups == number, dtype=np.bool_)


NO_SECTOR: Final = "-"
"""Stands in an address for the projects of no sector."""


def link_name(part: Part, division: Division, link: Link) -> str:
    """How an address names a link: ``template/node``, the number of a town or unit, a sector."""
    match division:
        case Division.KIND:
            return str(part.spans.kinds[link.key])
        case Division.SECTOR:
            return str(part.spans.sectors[link.key]) or NO_SECTOR
        case _:
            return str(link.key)


def _quarter_number(code: str) -> int:
    """``2026-1`` as a number of quarters; what is no quarter is none that anything began in."""
    year, _dash, number = code.partition("-")
    if year.isascii() and year.isdigit() and len(year) == 4 and number in {"1", "2", "3", "4"}:
        return int(year) * 4 + int(number) - 1
    return -2


@dataclass(frozen=True, slots=True)
class SpanRow:
    """One node as the reckoning saw it; days that are not known are None, also where there is no limit."""

    node: int
    project: int
    kind: str
    unit: int
    is_waiting: bool
    began_on: date | None
    ended_on: date | None
    took: int | None
    idle: int | None
    held: int
    limit: int | None
    plan: int
    handed: int


def span_rows(part: Part, at: npt.NDArray[np.int64]) -> list[SpanRow]:
    """The rows at these places of the part."""
    spans, rows = part.spans, part.rows
    return [
        SpanRow(
            node=int(spans.node[whole]), project=int(spans.project[whole]), kind=str(spans.kinds[spans.kind[whole]]),
            unit=int(spans.unit[whole]), is_waiting=bool(spans.status[whole] == WAITING),
            began_on=_day(spans.began_on[whole]), ended_on=_day(spans.end_on[whole]) if spans.ended[whole] else None,
            took=_known(spans.took[whole]), idle=_known(spans.idle[whole]), held=int(spans.held[whole]),
            limit=_known(spans.limit[whole]), plan=int(spans.plan[whole]), handed=int(rows.handed[place]),
        )
        for place in at.tolist()
        for whole in [place if part.at is None else int(part.at[place])]
    ]  # fmt: skip


def _known(days: np.int32) -> int | None:
    return None if days == NOT_KNOWN else int(days)


def _day(ordinal: np.int32) -> date | None:
    return None if ordinal == UNKNOWN else date.fromordinal(int(ordinal))
