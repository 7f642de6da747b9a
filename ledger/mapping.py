"""What the columns of a ledger say: the mapping, as it is known to the program.

A mapping is a TOML file (``ledger.mapping_files`` reads it). It knows two layouts: one row a project, whose
node dates stand in columns of their own (wide), or one row a node, which names its project again and again
(long).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from domain.chains import ChainSpec
from domain.written_dates import Order

PROJECT_FIELDS = (
    "name", "code", "enterprise", "kind", "tier", "sector", "industry", "town", "department", "leader", "liaison",
    "land_mu", "floor_area_m2", "investment", "fixed_investment", "longitude", "latitude", "note",
)  # fmt: skip
"""The columns of a project that a ledger may fill; in this order changes are shown."""

START = "starts_on"
"""The column that says when the chain begins: the day the plan of a new chain is reckoned from."""


class Layout(StrEnum):
    WIDE = "wide"
    """One row a project."""
    LONG = "long"
    """One row a node."""


class Says(StrEnum):
    """What a cell tells of a node."""

    DUE = "due"
    STARTED = "started"
    FINISHED = "finished"
    STATUS = "status"


class LayOnly(StrEnum):
    """Which nodes of its own chain a ledger gives a project."""

    ALL = "all"
    NAMED = "named"
    """Those that the ledger has a row or a date for; the others are not known to exist."""


@dataclass(frozen=True, slots=True)
class LedgerMapping:
    """Headers are compared without white space, case, width and what stands in brackets behind them."""

    name: str
    title: str
    layout: Layout
    project: Mapping[str, tuple[str, ...]]
    """Field → headers, the likeliest first; ``{Building} {Description}`` puts two columns together."""
    node: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Long layout: ``name``, ``due``, ``started``, ``finished``, ``status`` → headers."""
    nodes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """What ledgers call a node → codes or names of template nodes, the likeliest first."""
    says: Mapping[str, Says] = field(default_factory=dict)
    """Wide layout: the words around a node's name in a header → what the column says."""
    finished: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Wide layout: node → whole headers that say when it was finished without naming it (签约时间). A day to come below
    one is a plan; where the project's chain has no such node, it is said and not taken."""
    bare: Says = Says.DUE
    """What a column says that is headed by a node's name and nothing else."""
    defaults: Mapping[str, str] = field(default_factory=dict)
    """For a new project whose row leaves the field blank, or whose ledger has no such column."""
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Field, or ``status`` → what is written → what is meant."""
    no_date: frozenset[str] = frozenset()
    order: Order | None = None
    default_year: int | None = None
    create_units: bool = False
    """Unknown units are made, where the actor may change everything; otherwise their rows are refused."""
    chain: ChainSpec | None = None
    """The chain the ledger brings; without one, the built-in chain of the project's kind is laid."""
    lay: LayOnly = LayOnly.ALL
