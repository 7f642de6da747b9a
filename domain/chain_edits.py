"""Changing a chain one part at a time, and what differs between two chains.

Every function returns another chain that can be laid and hangs together, or raises ChainError with the names of
the nodes that are in the way; the chain it was given stays as it is.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, fields, replace
from itertools import pairwise
from typing import Any, Final, Literal

from domain.chain_files import predecessors
from domain.chain_rules import check_chain, check_connected, named
from domain.chains import NOT, ChainSpec, EdgeSpec, FactSpec, LaneSpec, NodeSpec, StageSpec, fact_of
from domain.errors import gettext_noop
from domain.schedule import ChainError

Part = StageSpec | LaneSpec | FactSpec
Table = Literal["stages", "lanes", "facts"]

_NODE_FIELDS: Final = [field.name for field in fields(NodeSpec) if field.name != "code"]
_HEAD_FIELDS: Final = ("kind", "name", "name_en", "source", "note", "promise")


def accepted(chain: ChainSpec) -> ChainSpec:
    """The chain itself. Raises ChainError where it cannot be laid or where nodes stand apart from the rest."""
    check_chain(chain, where=chain.name)
    check_connected(chain, where=chain.name)
    return chain


def edges_of(chain: ChainSpec, code: str) -> tuple[EdgeSpec, ...]:
    """The edges into and out of a node."""
    return tuple(edge for edge in chain.edges if code in (edge.source, edge.target))


def add_node(chain: ChainSpec, node: NodeSpec, edges: Iterable[EdgeSpec]) -> ChainSpec:
    """With another node, the last of its stage; ``edges`` are all that touch it."""
    nodes = _with_last_of_stage(chain.nodes, node)
    return accepted(replace(chain, nodes=nodes, edges=(*chain.edges, *edges)))


def replace_node(chain: ChainSpec, code: str, node: NodeSpec, edges: Iterable[EdgeSpec]) -> ChainSpec:
    """With another node in the place of ``code``; ``edges``, all that touch it, say its new code.

    The promise follows a code that changes. In another stage the node becomes the last.
    """
    old = node_of(chain, code)
    others = tuple(edge for edge in chain.edges if code not in (edge.source, edge.target))
    if node.stage == old.stage:
        nodes = tuple(node if one is old else one for one in chain.nodes)
    else:
        nodes = _with_last_of_stage([one for one in chain.nodes if one is not old], node)
    promise = chain.promise
    if promise is not None:
        promise = replace(
            promise,
            since=node.code if promise.since == code else promise.since,
            until=node.code if promise.until == code else promise.until,
        )
    return accepted(
        replace(
            chain, nodes=nodes, edges=_in_old_order(chain, code, node, [*others, *edges]), promise=promise
        )
    )


def drop_node(chain: ChainSpec, code: str) -> ChainSpec:
    """Without a node. Refused where others wait for it or where the promise begins or ends with it."""
    node = node_of(chain, code)
    waiting = {edge.target for edge in chain.edges if edge.source == code}
    if waiting:
        raise ChainError(
            gettext_noop("“%(node)s” cannot go: %(nodes)s would wait for nothing. Change those first."),
            node=node.name,
            nodes=", ".join(named(chain, [one.code for one in chain.nodes if one.code in waiting])),
        )
    if chain.promise and code in (chain.promise.since, chain.promise.until):
        raise ChainError(
            gettext_noop("“%(node)s” cannot go: the promise begins or ends with it."), node=node.name
        )
    return accepted(
        replace(
            chain,
            nodes=tuple(one for one in chain.nodes if one is not node),
            edges=tuple(edge for edge in chain.edges if edge.target != code),
        )
    )


def move_node(chain: ChainSpec, code: str, *, later: bool) -> ChainSpec:
    """With a node one place earlier or later among those of its stage; at the end of the stage it stays."""
    node = node_of(chain, code)
    of_stage = [one for one in chain.nodes if one.stage == node.stage]
    pairs = {(first.code if later else second.code): (first, second) for first, second in pairwise(of_stage)}
    if code not in pairs:
        return chain
    first, second = pairs[code]
    swapped = {first.code: second, second.code: first}
    return replace(chain, nodes=tuple(swapped.get(one.code, one) for one in chain.nodes))


def replace_parts(chain: ChainSpec, table: Table, parts: Collection[tuple[str, Part]]) -> ChainSpec:
    """With other stages, lanes or facts, each after the code that it had until now (blank: it is new).

    The nodes follow a code that changes, and the order of the stages. Refused where a part that is gone still
    has nodes, which are named.
    """
    codes = {old: part.code for old, part in parts if old}
    for part in getattr(chain, table):
        left = [node.code for node in chain.nodes if _part_of(node, table) == part.code]
        if left and part.code not in codes:
            raise ChainError(
                gettext_noop("“%(part)s” cannot go: %(nodes)s would be left without it."),
                part=part.name,
                nodes=", ".join(named(chain, left)),
            )
    nodes = [_with_part(node, table, codes.get(_part_of(node, table), "")) for node in chain.nodes]
    if table == "stages":
        order = {part.code: place for place, (_old, part) in enumerate(parts)}
        nodes.sort(key=lambda node: order.get(node.stage, 0))
    changed: dict[str, Any] = {table: tuple(part for _old, part in parts), "nodes": tuple(nodes)}
    return accepted(replace(chain, **changed))


def node_of(chain: ChainSpec, code: str) -> NodeSpec:
    """The node with this code. Raises ChainError where there is none, as after somebody else's edit."""
    for node in chain.nodes:
        if node.code == code:
            return node
    raise ChainError(gettext_noop("There is no node “%(node)s” any more."), node=code)


@dataclass(frozen=True, slots=True)
class Difference:
    """One field that differs, and what it was and is; ``field`` as the definition calls it."""

    field: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class NodeDifference:
    node: NodeSpec
    fields: tuple[Difference, ...]


@dataclass(frozen=True, slots=True)
class ChainDifference:
    """What a chain has and another had not; ``head`` are fields of the chain itself, stages and the like."""

    added: tuple[NodeSpec, ...]
    dropped: tuple[NodeSpec, ...]
    changed: tuple[NodeDifference, ...]
    head: tuple[Difference, ...]
    is_reordered: bool

    def __bool__(self) -> bool:
        return bool(self.added or self.dropped or self.changed or self.head or self.is_reordered)


def diff_chains(before: ChainSpec, after: ChainSpec) -> ChainDifference:
    """What became of a chain. A node is the same where its code is."""
    old = {node.code: node for node in before.nodes}
    new = {node.code: node for node in after.nodes}
    both = [code for code in new if code in old]
    changed = [NodeDifference(new[code], tuple(_node_differences(before, after, code))) for code in both]
    return ChainDifference(
        added=tuple(node for code, node in new.items() if code not in old),
        dropped=tuple(node for code, node in old.items() if code not in new),
        changed=tuple(one for one in changed if one.fields),
        head=tuple(_differences(before, after, (*_HEAD_FIELDS, "stages", "lanes", "facts"))),
        is_reordered=both != [code for code in old if code in new],
    )


def _node_differences(before: ChainSpec, after: ChainSpec, code: str) -> Iterable[Difference]:
    yield from _differences(node_of(before, code), node_of(after, code), _NODE_FIELDS)
    was, now = predecessors(code, before.edges), predecessors(code, after.edges)
    for field in was:
        if _unordered(was[field]) != _unordered(now[field]):
            yield Difference(field, was[field], now[field])


def _unordered(codes: Iterable[str | list[str]]) -> list[Any]:
    """In an order of its own: which predecessor is named first means nothing."""
    return sorted(code if isinstance(code, str) else sorted(code) for code in codes)


def _differences(before: object, after: object, names: Iterable[str]) -> Iterable[Difference]:
    for name in names:
        was, now = getattr(before, name), getattr(after, name)
        if was != now:
            yield Difference(name, was, now)


def _with_last_of_stage(nodes: Iterable[NodeSpec], node: NodeSpec) -> tuple[NodeSpec, ...]:
    nodes = list(nodes)
    places = [place for place, one in enumerate(nodes, start=1) if one.stage == node.stage]
    nodes.insert(places[-1] if places else len(nodes), node)
    return tuple(nodes)


def _in_old_order(
    chain: ChainSpec, code: str, node: NodeSpec, edges: Iterable[EdgeSpec]
) -> tuple[EdgeSpec, ...]:
    """Edges that were there before in the order they had, so that what nobody changed reads the same."""
    called = {code: node.code}
    places = {
        (called.get(edge.source, edge.source), called.get(edge.target, edge.target)): place
        for place, edge in enumerate(chain.edges)
    }
    return tuple(sorted(edges, key=lambda edge: places.get((edge.source, edge.target), len(places))))


def _part_of(node: NodeSpec, table: Table) -> str:
    match table:
        case "stages":
            return node.stage
        case "lanes":
            return node.lane
        case "facts":
            return fact_of(node.condition)


def _with_part(node: NodeSpec, table: Table, code: str) -> NodeSpec:
    match table:
        case "stages":
            return replace(node, stage=code)
        case "lanes":
            return replace(node, lane=code)
        case "facts":
            return replace(node, condition=node.condition and NOT * node.condition.startswith(NOT) + code)
