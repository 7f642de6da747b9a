"""What a process chain is: stages, lanes, nodes and what waits for what (domain.md 2).

Immutable values. ``domain.chain_rules`` says which of them make a chain that can be laid,
``domain.chain_files`` reads and writes them as TOML, ``domain.chain_edits`` changes them one node at a time.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Protocol

from domain.schedule import Activity
from domain.workdays import LimitUnit

KINDS: Final = frozenset({"new_build", "renovation", "expansion", "future_factory", "high_tech", "research"})
"""The kinds of project that have a chain of their own; blank is a chain that a ledger brought."""

NOT: Final = "!"
"""Before the code of a fact in a condition: the fact must not be true."""


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


class Milestone(StrEnum):
    """What reaching a node means for the figures of the district, whatever the node is called in its chain.

    The first seven are the stations of a project (domain.md 2.6: between each two lies one of the “not yet”), FILED is
    the filing that gives it its code (备案赋码). The last four are those of a programme: applied, in the pool,
    cultivated, recognised (申报, 入库, 培育, 认定).
    """

    SIGNED = "signed"
    SUPPLIED = "supplied"
    STARTED = "started"
    REGISTERED = "registered"
    COMPLETED = "completed"
    PRODUCING = "producing"
    FULL = "full"
    FILED = "filed"
    APPLIED = "applied"
    POOLED = "pooled"
    CULTIVATED = "cultivated"
    RECOGNISED = "recognised"


NOT_YET: Final = (
    (Milestone.SIGNED, Milestone.SUPPLIED),
    (Milestone.SUPPLIED, Milestone.STARTED),
    (Milestone.STARTED, Milestone.REGISTERED),
    (Milestone.STARTED, Milestone.COMPLETED),
    (Milestone.COMPLETED, Milestone.PRODUCING),
    (Milestone.PRODUCING, Milestone.FULL),
)
"""The six “not yet” (六未, domain.md 2.6 [D]): the first has been reached, the second has not."""

PIPELINE: Final = (Milestone.APPLIED, Milestone.POOLED, Milestone.CULTIVATED, Milestone.RECOGNISED)
"""The stations of a programme, in order."""


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


@dataclass(frozen=True, slots=True)
class FactSpec:
    """Something that is true of a project or is not, and decides which nodes it has (domain.md 2.2)."""

    code: str
    name: str
    name_en: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PromiseSpec:
    """How long the authorities may take from the start of one node to the end of another, all in all.

    Only days on the clock of government, commissioned agencies and utilities count ("at most 90 days", S56).
    ``since`` and ``until`` are codes of nodes; ``days`` count in ``unit``.
    """

    since: str
    until: str
    days: int
    unit: LimitUnit = LimitUnit.WORKING
    source: str = ""
    unconfirmed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeSpec:
    """One step of a chain.

    ``limit`` counts in ``limit_unit`` and is a promise or the law; ``plan_days`` are the working days that
    the baseline reckons with. A blank ``unit`` is the project's own town or platform. ``condition`` names the
    fact that must be true of a project for the node to be laid, or, after a ``!``, must not be; ``optional``
    nodes are laid only when asked for. ``milestone``: what reaching the node means for the district. ``proof`` says
    what shows that the node is done; blank asks for none. ``unconfirmed`` is shown as 待核: not the district's own
    promise. ``source``: S-numbers of domain.md 8.
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
    milestone: Milestone | None = None
    proof: str = ""
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
    """A whole chain; ``nodes`` stand in chain order, ``edges`` by target in the same order.

    ``facts`` are what a project is asked for; every condition of a node names one of them.
    """

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
    facts: tuple[FactSpec, ...] = ()
    promise: PromiseSpec | None = None


def fact_of(condition: str) -> str:
    """The code of the fact that a condition asks about; blank where there is no condition."""
    return condition.removeprefix(NOT)


def is_met(condition: str, facts: Collection[str]) -> bool:
    """Whether a node with this condition is laid for a project of which ``facts`` are true."""
    return (fact_of(condition) in facts) != condition.startswith(NOT)


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
