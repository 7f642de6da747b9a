"""Which chains can be laid: what is refused, and in which words (domain.md 2)."""

import re
from collections.abc import Iterable
from typing import Final

from domain.chains import (
    KINDS,
    ChainSpec,
    EdgeKind,
    FactSpec,
    LaneSpec,
    NodeSpec,
    PromiseSpec,
    StageSpec,
    activities,
    fact_of,
)
from domain.errors import gettext_noop
from domain.schedule import ChainError, CircleError, plan

LONGEST_CODE: Final = 40
LONGEST_NAME: Final = 120
LONGEST_UNIT: Final = 60
LONGEST_TEXT: Final = 200
LONGEST_NOTE: Final = 2000
MOST_DAYS: Final = 9999
MOST_NODES: Final = 200

_CODE: Final = re.compile(rf"[A-Za-z0-9_-]{{1,{LONGEST_CODE}}}")
_TEXTS: Final = {"unit": LONGEST_UNIT, "proof": LONGEST_TEXT, "source": LONGEST_TEXT, "note": LONGEST_NOTE}
_UNPRINTABLE: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def check_chain(chain: ChainSpec, *, where: str) -> None:
    """Raise ChainError unless the chain can be laid; the sentence begins with ``where``, a file or a chain.

    Refused are: a kind that does not exist, no nodes or more than MOST_NODES, a code that is blank, malformed
    or given twice, a name that is missing, a text too long for the tables or with characters that cannot be
    printed, a stage, lane, fact or predecessor that does not exist, two edges between the same nodes, a soft
    edge in a group, a promise about nodes that do not exist, days that nobody means, and a circle.
    """
    if chain.kind and chain.kind not in KINDS:
        raise ChainError(
            gettext_noop("%(where)s: there is no project kind “%(kind)s”."), where=where, kind=chain.kind
        )
    _check_size(chain, where)
    _check_names("chain", [chain], where)
    _check_names("stage", chain.stages, where)
    _check_names("lane", chain.lanes, where)
    _check_names("fact", chain.facts, where)
    _check_names("node", chain.nodes, where)
    _check_texts(chain, f"{where}, [chain] {chain.code}")
    for node in chain.nodes:
        _check_node(node, chain, where)
        _check_texts(node, f"{where}, [node] {node.code}")
    _check_facts(chain, where)
    _check_edges(chain, where)
    _check_promise(chain, where)
    try:
        plan(activities(chain.nodes, chain.edges))
    except CircleError as error:
        raise ChainError(
            gettext_noop("%(where)s: the chain runs in a circle: %(circle)s."),
            where=where,
            circle=" → ".join(named(chain, error.keys)),
        ) from error


def check_connected(chain: ChainSpec, *, where: str) -> None:
    """Raise ChainError where no edge, whichever way, connects some nodes to the rest; it names them.

    The rest is the larger part, or of two equal ones the part with the first node.
    """
    parts = sorted(_parts(chain), key=len, reverse=True)
    if len(parts) < 2:
        return
    apart = set().union(*parts[1:])
    alone = named(chain, [node.code for node in chain.nodes if node.code in apart])
    raise ChainError(
        gettext_noop("%(where)s: nothing connects %(nodes)s to the rest of the chain."),
        where=where,
        nodes=", ".join(alone),
    )


def named(chain: ChainSpec, codes: Iterable[str]) -> list[str]:
    """Nodes as a sentence calls them: the name, and the code by which a file finds them."""
    names = {node.code: node.name for node in chain.nodes}
    return [f"{names[code]} ({code})" for code in codes]


def _parts(chain: ChainSpec) -> list[set[str]]:
    """The codes of the nodes, those together that edges connect, in the order of their first nodes."""
    beside: dict[str, list[str]] = {node.code: [] for node in chain.nodes}
    for edge in chain.edges:
        beside[edge.source].append(edge.target)
        beside[edge.target].append(edge.source)
    parts: list[set[str]] = []
    left = dict.fromkeys(beside)
    while left:
        reached = [next(iter(left))]
        part: set[str] = set()
        while reached:
            code = reached.pop()
            if code in left:
                del left[code]
                part.add(code)
                reached += beside[code]
        parts.append(part)
    return parts


def _check_size(chain: ChainSpec, where: str) -> None:
    if not chain.nodes:
        raise ChainError(gettext_noop("%(where)s: the chain has no nodes."), where=where)
    if len(chain.nodes) > MOST_NODES:
        raise ChainError(
            gettext_noop("%(where)s: the chain has more than %(most)d nodes."), where=where, most=MOST_NODES
        )


def _check_names(
    table: str, rows: Iterable[ChainSpec | StageSpec | LaneSpec | FactSpec | NodeSpec], where: str
) -> None:
    seen: set[str] = set()
    for row in rows:
        at = f"{where}, [{table}] {row.code or row.name}"
        if not _CODE.fullmatch(row.code):
            raise ChainError(
                gettext_noop("%(where)s: the code must be 1 to 40 letters, digits, - or _."), where=at
            )
        if row.code in seen:
            raise ChainError(gettext_noop("%(where)s: the code is there twice."), where=at)
        if not row.name.strip():
            raise ChainError(gettext_noop("%(where)s: the name is missing."), where=at)
        if max(len(row.name), len(row.name_en)) > LONGEST_NAME:
            raise ChainError(
                gettext_noop("%(where)s: the name is longer than %(longest)d characters."),
                where=at,
                longest=LONGEST_NAME,
            )
        if _UNPRINTABLE.search(row.name + row.name_en):
            raise _unprintable(at, "name")
        seen.add(row.code)


def _check_texts(row: ChainSpec | NodeSpec | PromiseSpec, at: str) -> None:
    """That the texts beside the name fit the tables."""
    for key, longest in _TEXTS.items():
        text = getattr(row, key, "")
        if _UNPRINTABLE.search(text):
            raise _unprintable(at, key)
        if len(text) > longest:
            raise ChainError(
                gettext_noop("%(where)s: “%(key)s” is longer than %(longest)d characters."),
                where=at,
                key=key,
                longest=longest,
            )


def _unprintable(at: str, key: str) -> ChainError:
    return ChainError(
        gettext_noop("%(where)s: “%(key)s” has characters that cannot be printed."), where=at, key=key
    )


def _check_node(node: NodeSpec, chain: ChainSpec, where: str) -> None:
    at = f"{where}, [node] {node.code}"
    if node.stage not in {stage.code for stage in chain.stages}:
        raise ChainError(
            gettext_noop("%(where)s: there is no stage “%(stage)s”."), where=at, stage=node.stage
        )
    if node.lane not in {lane.code for lane in chain.lanes}:
        raise ChainError(gettext_noop("%(where)s: there is no lane “%(lane)s”."), where=at, lane=node.lane)
    if node.limit is not None and not 1 <= node.limit <= MOST_DAYS:
        raise ChainError(
            gettext_noop("%(where)s: the limit must be 1 to %(most)d days."), where=at, most=MOST_DAYS
        )
    if not 0 <= node.plan_days <= MOST_DAYS:
        raise ChainError(
            gettext_noop("%(where)s: the plan days must be 0 to %(most)d."), where=at, most=MOST_DAYS
        )


def _check_edges(chain: ChainSpec, where: str) -> None:
    codes = {node.code for node in chain.nodes}
    seen: set[tuple[str, str]] = set()
    for edge in chain.edges:
        at = f"{where}, [node] {edge.target}"
        if edge.target not in codes or edge.source not in codes:
            raise ChainError(
                gettext_noop("%(where)s: it waits for “%(earlier)s”, which does not exist."),
                where=at,
                earlier=edge.source,
            )
        if (edge.source, edge.target) in seen:
            raise ChainError(
                gettext_noop("%(where)s: it waits for “%(earlier)s” twice."), where=at, earlier=edge.source
            )
        if edge.group and edge.kind is not EdgeKind.HARD:
            raise ChainError(gettext_noop("%(where)s: only hard edges can have a group."), where=at)
        seen.add((edge.source, edge.target))


def _check_facts(chain: ChainSpec, where: str) -> None:
    """That every condition is a declared fact. Facts and optional nodes are chosen by code, so no two share one."""
    facts = {fact.code for fact in chain.facts}
    for node in chain.nodes:
        at = f"{where}, [node] {node.code}"
        if node.code in facts:
            raise ChainError(gettext_noop("%(where)s: a fact has the same code."), where=at)
        if node.condition and fact_of(node.condition) not in facts:
            raise ChainError(
                gettext_noop("%(where)s: there is no fact “%(fact)s”."),
                where=at,
                fact=fact_of(node.condition),
            )


def _check_promise(chain: ChainSpec, where: str) -> None:
    if chain.promise is None:
        return
    at = f"{where}, [promise]"
    codes = {node.code for node in chain.nodes}
    for code in (chain.promise.since, chain.promise.until):
        if code not in codes:
            raise ChainError(gettext_noop("%(where)s: there is no node “%(node)s”."), where=at, node=code)
    if not 1 <= chain.promise.days <= MOST_DAYS:
        raise ChainError(gettext_noop("%(where)s: the days must be 1 to %(most)d."), where=at, most=MOST_DAYS)
    _check_texts(chain.promise, at)
