"""The chain that somebody's ledger brings."""

from collections.abc import Sequence
from itertools import pairwise

from domain.chain_rules import check_chain
from domain.chains import ChainSpec, ClockOwner, EdgeKind, EdgeSpec, LaneSpec, NodeSpec, StageSpec


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
