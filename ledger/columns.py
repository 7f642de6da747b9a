"""Which column of a table says what, by its header and a mapping."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Literal

from domain.written import squeeze
from domain.written_amounts import AMOUNT_UNITS, AREA_UNITS
from ledger.mapping import Layout, LedgerMapping, Says
from ledger.tables import Column
from projects.spreadsheets import Cell

_BRACKETED = re.compile(r"^(?P<base>.+?)\((?P<inside>[^()]*)\)$")
_MARKS = re.compile(r"^[*★☆#]+|[*★☆:：]+$")
_AROUND_A_NODE = re.compile(r"时间|日期|年月|节点|情况|[()\[\]_\-/:·.、]")
_IN_BRACES = re.compile(r"\{([^{}]+)\}")

UNITS_OF = {
    "investment": AMOUNT_UNITS,
    "fixed_investment": AMOUNT_UNITS,
    "land_mu": AREA_UNITS,
    "floor_area_m2": AREA_UNITS,
}
"""Fields whose header may name the unit of the numbers below it."""


@dataclass(frozen=True, slots=True)
class FieldColumn:
    """A field of the project. Several `indexes` are put together by `pattern` (``{0} {1}``)."""

    field: str
    header: str
    indexes: tuple[int, ...]
    pattern: str = "{0}"
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class NodeColumn:
    """What a cell says of the node that the header names, or that it means without naming it."""

    label: str
    header: str
    index: int
    says: Says
    is_unnamed: bool = False


@dataclass(frozen=True)
class Columns:
    """What of a table is understood, and the headers that are not."""

    fields: tuple[FieldColumn, ...]
    nodes: tuple[NodeColumn, ...]
    node_name: FieldColumn | None
    unused: tuple[str, ...]

    @cached_property
    def headers(self) -> Mapping[str, str]:
        """The headers of the fields."""
        return {column.field: column.header for column in self.fields}

    def header_of(self, label: str, *says: Says) -> str:
        """The header of the first column there is that says one of these of the node."""
        found = (self._node_headers.get((key, what)) for what in says for key in (label, ""))
        return next(
            (header for header in found if header), self.node_name.header if self.node_name else label
        )

    def cell(self, cells: Sequence[Cell], header: str) -> Cell:
        """The cell below a header, as it stands."""
        index = self._indexes.get(header)
        return cells[index] if index is not None and index < len(cells) else None

    @cached_property
    def _indexes(self) -> Mapping[str, int]:
        named = (self.node_name,) if self.node_name else ()
        singles = {column.header: column.indexes[0] for column in (*self.fields, *named)}
        return singles | {column.header: column.index for column in self.nodes}

    @cached_property
    def _node_headers(self) -> Mapping[tuple[str, Says], str]:
        return {(column.label, column.says): column.header for column in self.nodes}

    @cached_property
    def unnamed(self) -> Mapping[str, str]:
        """The headers of nodes that they do not name; no chain need have these nodes."""
        return {column.label: column.header for column in self.nodes if column.is_unnamed}

    @property
    def understood(self) -> int:
        return len(self.fields) + len(self.nodes) + (self.node_name is not None)

    def has(self, field: str) -> bool:
        return any(column.field == field for column in self.fields)

    def fits(self, mapping: LedgerMapping) -> bool:
        """Whether a project, and in the long layout its node, can be named."""
        return self.has("name") and (mapping.layout is Layout.WIDE or self.node_name is not None)


def columns_of(mapping: LedgerMapping, columns: Sequence[Column], node_names: Iterable[str]) -> Columns:
    """`node_names` are the nodes that chains have, beside what the mapping calls them."""
    places = _Places(columns)
    fields = [
        column
        for field, synonyms in mapping.project.items()
        if (column := _field_column(field, synonyms, places)) is not None
    ]
    if mapping.layout is Layout.LONG:
        named = _field_column("node", mapping.node["name"], places)
        nodes = _long_columns(mapping, places)
    else:
        named = None
        nodes = _wide_columns(mapping, places, _Labels(mapping, node_names))
    return Columns(tuple(fields), tuple(nodes), named, tuple(places.unused()))


def knower_of(mapping: LedgerMapping, node_names: Iterable[str]) -> Callable[[str], bool]:
    """Whether the mapping understands a header, as ``ledger.tables`` asks to find the header row."""
    synonyms = (text for texts in _headers(mapping) for text in texts)
    known = {taken_apart(part)[0] for text in synonyms for part in _IN_BRACES.findall(text) or [text]}
    labels = _Labels(mapping, () if mapping.layout is Layout.LONG else node_names)

    @lru_cache(maxsize=4096)
    def knows(header: str) -> bool:
        exact, base, _ = taken_apart(header)
        return exact in known or base in known or labels.read(header) is not None

    return knows


def _headers(mapping: LedgerMapping) -> Iterable[Sequence[str]]:
    return (*mapping.project.values(), *mapping.node.values(), *mapping.finished.values())


class _Places:
    """Where each header stands; a place is given away once.

    A header on two lines is looked for as a whole, then by its lower line (投资(万元) over 总投资).
    """

    def __init__(self, columns: Sequence[Column]) -> None:
        self.names = [column.name for column in columns]
        self.parts = [column.parts for column in columns]
        self._found: dict[str, list[int]] = {}
        self._taken: set[int] = set()
        keys: list[tuple[str, int]] = []
        for index, column in enumerate(columns):
            texts = ["/".join(column.parts), *reversed(column.parts)]
            keys += [(key, index) for text in texts for key in (taken_apart(text)[0],)]
        for index, column in enumerate(columns):
            keys += [(taken_apart(text)[1], index) for text in reversed(column.parts)]
        for key, index in keys:
            self._found.setdefault(key, []).append(index)

    def find(self, header: str) -> int | None:
        """The first free column that is headed so, remarks in brackets included if there is one."""
        found = self._found.get(taken_apart(header)[0], ())
        return next((index for index in found if index not in self._taken), None)

    def take(self, *indexes: int) -> None:
        self._taken.update(indexes)

    def is_free(self, index: int) -> bool:
        return index not in self._taken

    def unused(self) -> list[str]:
        return [
            name
            for index, (name, parts) in enumerate(zip(self.names, self.parts, strict=True))
            if parts and index not in self._taken
        ]


class _Labels:
    """What nodes are called, the longest name first: 竣工验收备案 is not 竣工验收."""

    def __init__(self, mapping: LedgerMapping, node_names: Iterable[str]) -> None:
        self._labels = {squeeze(name).casefold(): name for name in (*node_names, *mapping.nodes)}
        self._by_length = sorted(self._labels, key=len, reverse=True)
        self._words, self._bare = mapping.says, mapping.bare

    def read(self, header: str) -> tuple[str, Says] | None:
        """The node in a header whose other words say something: 施工许可证 + 计划完成时间."""
        text = taken_apart(header)[0]
        for label in self._by_length:
            before, found, after = text.partition(label)
            if found:
                word = _AROUND_A_NODE.sub("", before + after)
                if not word:
                    return self._labels[label], self._bare
                if word in self._words:
                    return self._labels[label], self._words[word]
        return None


@lru_cache(maxsize=4096)
def taken_apart(header: str) -> tuple[str, str, str]:
    """A header as it is compared, the same without what stands in brackets behind it, and that."""
    exact = _MARKS.sub("", squeeze(header).casefold())
    match = _BRACKETED.match(exact)
    return (exact, match["base"], match["inside"]) if match else (exact, exact, "")


def _field_column(field: str, synonyms: Sequence[str], places: _Places) -> FieldColumn | None:
    for synonym in synonyms:
        if parts := _IN_BRACES.findall(synonym):
            indexes = tuple(index for part in parts if (index := places.find(part)) is not None)
            if len(indexes) < len(parts):
                continue
            places.take(*indexes)
            header = " + ".join(places.names[index] for index in indexes)
            return FieldColumn(field, header, indexes, _IN_BRACES.sub("{}", synonym))
        index = places.find(synonym)
        if index is not None and (unit := _unit(field, places.parts[index])) is not False:
            places.take(index)
            return FieldColumn(field, places.names[index], (index,), unit=unit)
    return None


def _unit(field: str, parts: Sequence[str]) -> str | Literal[False] | None:
    """The unit that a header gives in brackets; None where it gives none, False for one that is not ours."""
    if field not in UNITS_OF:
        return None
    insides = [taken_apart(part)[2].removeprefix("单位:") for part in reversed(parts)]
    inside = next(filter(None, insides), None)
    return inside if inside is None or inside in UNITS_OF[field] else False


def _long_columns(mapping: LedgerMapping, places: _Places) -> list[NodeColumn]:
    columns = []
    for says in Says:
        for header in mapping.node.get(says, ()):
            if (index := places.find(header)) is not None:
                places.take(index)
                columns.append(NodeColumn("", places.names[index], index, says))
                break
    return columns


def _wide_columns(mapping: LedgerMapping, places: _Places, labels: _Labels) -> list[NodeColumn]:
    """A column that names its node goes before one that only means it."""
    columns: list[NodeColumn] = []
    taken: set[tuple[str, Says]] = set()
    unnamed = {
        index: label
        for label, headers in mapping.finished.items()
        for header in reversed(headers)
        if (index := places.find(header)) is not None
    }
    for index, parts in enumerate(places.parts):
        may_name = parts and places.is_free(index) and index not in unnamed
        found = labels.read("/".join(parts)) if may_name else None
        if found and found not in taken:
            taken.add(found)
            places.take(index)
            columns.append(NodeColumn(found[0], places.names[index], index, found[1]))
    # Of several headers for one node the first in the mapping's list was found last.
    for index, label in reversed(unnamed.items()):
        if (label, Says.FINISHED) not in taken:
            taken.add((label, Says.FINISHED))
            places.take(index)
            columns.append(NodeColumn(label, places.names[index], index, Says.FINISHED, is_unnamed=True))
    return columns
