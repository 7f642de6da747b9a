"""Where a number of the weak link opens into its nodes, and a link into its evidence; the narrowing is carried on."""

from functools import lru_cache
from urllib.parse import urlencode

from django.urls import reverse

from domain.weak_link import Cell
from screen.narrowing import Narrowing
from screen.weak_link.queries import NO_SECTOR, Division, Selection


def page_url(narrowing: Narrowing, **more: str) -> str:
    return _with(reverse("screen:weak_link"), {**dict(narrowing.said), **more})


def export_url(narrowing: Narrowing, **more: str) -> str:
    return _with(reverse("screen:weak_link_export"), {**dict(narrowing.said), **more})


def kind_url(narrowing: Narrowing, kind: str) -> str:
    chain, _slash, node = kind.partition("/")
    return _with(reverse("screen:weak_link_kind", args=[chain, node]), dict(narrowing.said))


def link_url(narrowing: Narrowing, division: Division, of: str) -> str:
    """The evidence of a node kind; of a town or sector, the node kinds in it; of a unit, its nodes."""
    match division:
        case Division.KIND:
            return kind_url(narrowing, of)
        case _ if division == Division.UNIT or of == NO_SECTOR:
            return nodes_url(narrowing, Selection(Cell.SAMPLE, division=division, of=of))
        case _:
            return page_url(narrowing, **{division.value: of})


def nodes_url(narrowing: Narrowing, selection: Selection) -> str:
    said = {
        "cell": selection.cell.value, "node_kind": selection.kind, "quarter": selection.quarter,
        "category": selection.category,
    }  # fmt: skip
    if selection.of:
        said |= {"by": selection.division.value, "of": selection.of}
    if selection.longer is not None:
        said["longer"] = str(selection.longer)
    return _with(_nodes(), {**dict(narrowing.said), **said})


@lru_cache(maxsize=1)
def _nodes() -> str:
    """Asked for once, since a page has some hundreds of such links."""
    return reverse("screen:weak_link_nodes")


def _with(url: str, said: dict[str, str]) -> str:
    asked = urlencode({name: value for name, value in said.items() if value})
    return f"{url}?{asked}" if asked else url
