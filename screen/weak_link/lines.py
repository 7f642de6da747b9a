"""One link as a line of a table: its words, and where each of its numbers opens."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from domain.weak_link import Cell, Link, Ranked
from screen.narrowing import Narrowing
from screen.weak_link.addresses import link_url, nodes_url
from screen.weak_link.queries import Division, Part, Selection, link_name
from screen.weak_link.words import (
    KindName,
    allowed_days,
    allowed_word,
    band_days,
    clock_word,
    few_sentence,
    link_names,
    mean_days,
    number,
    quantile_days,
    share,
)


@dataclass(frozen=True, slots=True)
class Count:
    """A number that opens the nodes it counts."""

    count: int
    url: str


@dataclass(frozen=True, slots=True)
class Line:
    """`few` says why a link has no place. Days are working days."""

    place: int | None
    link: Link
    code: str
    name: KindName
    url: str
    clock: str
    handed: str
    per_node: str
    median: str
    band: str
    mean: str
    most: str
    allowed: str
    allowed_by: str
    beyond: str
    idle: str
    idle_share: str
    blocked: str
    few: str
    cells: Mapping[str, Count]


def lines(
    part: Part, narrowing: Narrowing, division: Division, ranked: Iterable[Ranked], *, kind: str = ""
) -> list[Line]:
    """The ranked links in words; with a `kind` their numbers open only its nodes. One query for the names."""
    ranked = list(ranked)
    names = link_names(part, division, (one.link for one in ranked))
    return [_line(part, narrowing, division, one, names[one.link.key], kind) for one in ranked]


def _line(
    part: Part, narrowing: Narrowing, division: Division, ranked: Ranked, name: KindName, kind: str
) -> Line:
    link, code = ranked.link, link_name(part, division, ranked.link)
    return Line(
        place=ranked.place, link=link, code=code, name=name,
        url="" if kind else link_url(narrowing, division, code),
        clock=clock_word(link), handed=number(link.handed),
        per_node="–" if link.per_node is None else number(link.per_node),
        median=quantile_days(link.curve, 0.5), band=band_days(link.curve), mean=mean_days(link.curve),
        most=quantile_days(link.curve, 0.8), allowed=allowed_days(link), allowed_by=allowed_word(link),
        beyond=share(link.beyond), idle="–" if link.mean_idle is None else number(link.mean_idle),
        idle_share=share(link.idle_share), blocked=share(link.blocked_share),
        few="" if link.is_sayable else few_sentence(link),
        cells=cells_of(link, narrowing, division, code, kind=kind),
    )  # fmt: skip


def cells_of(
    link: Link, narrowing: Narrowing, division: Division, code: str, *, kind: str = ""
) -> dict[str, Count]:
    """The counts of a link by cell, each with the address of its nodes."""

    def selection(cell: Cell) -> Selection:
        if division == Division.KIND:
            return Selection(cell, kind=code)
        return Selection(cell, kind=kind, division=division, of=code)

    return {
        cell.value: Count(count, nodes_url(narrowing, selection(cell))) for cell, count in link.counts.items()
    }
