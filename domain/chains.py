"""What a process chain is: stages, lanes, nodes and what waits for what (domain.md 2).

Immutable values and the rules that hold between them. ``domain.chain_files`` reads and writes them as TOML.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Final, Protocol

from domain.errors import gettext_noop
from domain.schedule import Activity, ChainError, plan
from domain.workdays import LimitUnit

KINDS: Final = frozenset({"new_build", "renovation", "expansion", "future_factory"})
"""The kinds of project that have a chain of their own; blank is a chain that a ledger brought."""

LONGEST_NAME: Final = 120
MOST_DAYS: Final = 9999

_CODE: Final = re.compile(r"[A-Za-z0-9_-]{1,40}")


class EdgeKind(StrEnum):
    """HARD: a legal gate, the target is refused before. SOFT: the recommended order, a warning."""

    HARD = "hard"
    SOFT = "soft"


class ClockOwner(StrEnum):
    """Whose time a node takes; all but the enterprise's count to the 90-day promise (domain.md 2.1)."""

    GOVERNMENT = "government"
    AGENCY = "agency"
    UTILITY = "utility"
    ENTERPRISE = "enterprise"


@dataclass(frozen=True, slots=True)
class StageSpec:
    """A stage of the chain (阶段); ``name_en`` may be blank, then the name serves both languages."""

    code: str
    name: str
    name_en: str = ""


@dataclass(frozen=True, slots=True)
class LaneSpec:
    """A line of nodes drawn side by side with other lines (并行线)."""

    code: str
    name: str
    name_en: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeSpec:
    """One step of a chain.

    ``limit`` counts in ``limit_unit`` and is a promise or the law; ``plan_days`` are the working days that
    the baseline reckons with. A blank ``unit`` is the project's own town or platform. ``condition`` names the
    fact that a project must have for the node to be laid; ``optional`` nodes are laid only when asked for.
    ``unconfirmed`` is shown as 待核: not the district's own promise. ``source``: S-numbers of domain.md 8.
    """

    code: str
    name: str
    name_en: str = ""
    stage: str
    lane: str
    unit: str = ""
    clock: ClockOwner
    limit: int | None = None
    limit_unit: LimitUnit = LimitUnit.WORKING
    plan_days: int
    is_key: bool = False
    optional: bool = False
    condition: str = ""
    unconfirmed: bool = False
    source: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class EdgeSpec:
    """``target`` waits for ``source``; of the hard edges into it that share a ``group``, one is enough."""

    source: str
    target: str
    kind: EdgeKind
    group: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainSpec:
    """A whole chain; ``nodes`` stand in chain order, ``edges`` by target in the same order."""

    code: str
    kind: str = ""
    name: str
    name_en: str = ""
    source: str = ""
    note: str = ""
    stages: tuple[StageSpec, ...]
    lanes: tuple[LaneSpec, ...]
    nodes: tuple[NodeSpec, ...]
    edges: tuple[EdgeSpec, ...]


def working_days(limit: int, unit: LimitUnit) -> int:
    """About how many working days a limit is: of seven calendar days five are worked, rounded up."""
    return limit if unit is LimitUnit.WORKING else -(-limit * 5 // 7)


class Planned(Protocol):
    """A node as far as a plan asks: a definition's, or one that is stored."""

    @property
    def code(self) -> str: ...
    @property
    def plan_days(self) -> int: ...


def activities(nodes: Iterable[Planned], edges: Iterable[EdgeSpec]) -> list[Activity]:
    """The nodes as the schedule reads them; hard and soft edges alike: a plan follows the recommended order.

    Edges from a node that is not among ``nodes`` (one that a project does not have) are passed over.
    """
    nodes = tuple(nodes)
    present = {node.code for node in nodes}
    waits: dict[str, list[str]] = {code: [] for code in present}
    groups: dict[str, dict[str, list[str]]] = {code: {} for code in present}
    for edge in edges:
        if edge.source not in present or edge.target not in present:
            continue
        if edge.group:
            groups[edge.target].setdefault(edge.group, []).append(edge.source)
        else:
            waits[edge.target].append(edge.source)
    return [
        Activity(
            node.code, node.plan_days, tuple(waits[node.code]), tuple(map(tuple, groups[node.code].values()))
        )
        for node in nodes
    ]


def linear_chain(
    code: str,
    name: str,
    nodes: Sequence[tuple[str, str]],
    *,
    name_en: str = "",
    source: str = "",
    plan_days: int = 20,
    clock: ClockOwner = ClockOwner.ENTERPRISE,
) -> ChainSpec:
    """A chain that somebody's ledger brings: ``nodes`` are (code, name) in order, in one stage and one lane.

    The edges are soft: a ledger states an order, not a legal gate. Its nodes have no limit, so that no clock
    but the plan runs, and are unconfirmed, since the ``plan_days`` of each are ours.

    Raises ChainError as ``check_chain`` does.
    """
    specs = tuple(
        NodeSpec(
            code=key, name=label, stage="all", lane="main", clock=clock, plan_days=plan_days,
            unconfirmed=True, source=source,
        )
        for key, label in nodes
    )  # fmt: skip
    chain = ChainSpec(
        code=code,
        name=name,
        name_en=name_en,
        source=source,
        stages=(StageSpec("all", name, name_en),),
        lanes=(LaneSpec("main", name, name_en),),
        nodes=specs,
        edges=tuple(EdgeSpec(before.code, after.code, EdgeKind.SOFT) for before, after in pairwise(specs)),
    )
    check_chain(chain, where=code)
    return chain


def check_chain(chain: ChainSpec, *, where: str) -> None:
    """Raise ChainError unless the chain can be laid; the sentence begins with ``where``, a file or a chain.

    Refused are: a kind that does not exist, no nodes, a code that is blank, malformed or given twice, a name
    that is missing or too long for the tables, a stage, lane or predecessor that does not exist, two edges
    between the same nodes, a soft edge in a group, days that nobody means, and a circle.
    """
    if chain.kind and chain.kind not in KINDS:
        raise ChainError(
            gettext_noop("%(where)s: there is no project kind “%(kind)s”."), where=where, kind=chain.kind
        )
    if not chain.nodes:
        raise ChainError(gettext_noop("%(where)s: the chain has no nodes."), where=where)
    _check_names("chain", [chain], where)
    _check_names("stage", chain.stages, where)
    _check_names("lane", chain.lanes, where)
    _check_names("node", chain.nodes, where)
    for node in chain.nodes:
        _check_node(node, chain, where)
    _check_edges(chain, where)
    try:
        plan(activities(chain.nodes, chain.edges))
    except ChainError as error:  # only a circle is left
        raise ChainError(gettext_noop("%(where)s: %(reason)s"), where=where, reason=error) from error


def _check_names(table: str, rows: Iterable[ChainSpec | StageSpec | LaneSpec | NodeSpec], where: str) -> None:
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
        seen.add(row.code)


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
