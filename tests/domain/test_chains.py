"""What a chain must be, how it becomes a plan, and the chain that a ledger brings."""

from dataclasses import replace

import pytest

from domain.chain_rules import check_chain, check_connected
from domain.chains import (
    ChainSpec,
    ClockOwner,
    EdgeKind,
    EdgeSpec,
    FactSpec,
    LaneSpec,
    NodeSpec,
    PromiseSpec,
    StageSpec,
    activities,
    fact_of,
    is_met,
    working_days,
)
from domain.ledger_chains import linear_chain
from domain.schedule import Activity, ChainError, plan
from domain.workdays import LimitUnit

HARD, SOFT = EdgeKind.HARD, EdgeKind.SOFT


def node(code: str, plan_days: int = 5, limit: int | None = None) -> NodeSpec:
    return NodeSpec(
        code=code,
        name=f"节点{code}",
        stage="permit",
        lane="main",
        clock=ClockOwner.GOVERNMENT,
        plan_days=plan_days,
        limit=limit,
    )


def chain(
    *edges: EdgeSpec, nodes: tuple[NodeSpec, ...] = (node("cp1", 5), node("cp", 9), node("pile", 3))
) -> ChainSpec:
    return ChainSpec(
        code="short",
        name="短链",
        stages=(StageSpec("permit", "许可"),),
        lanes=(LaneSpec("main", "主线"),),
        nodes=nodes,
        edges=edges,
    )


def complaint(spec: ChainSpec) -> str:
    with pytest.raises(ChainError) as caught:
        check_chain(spec, where="short.toml")
    return str(caught.value)


def test_a_plan_follows_hard_and_soft_edges_alike() -> None:
    spec = chain(EdgeSpec("cp1", "cp", SOFT), EdgeSpec("cp", "pile", HARD))
    assert activities(spec.nodes, spec.edges) == [
        Activity("cp1", 5),
        Activity("cp", 9, ("cp1",)),
        Activity("pile", 3, ("cp",)),
    ]
    assert plan(activities(spec.nodes, spec.edges)).length == 17


def test_edges_of_one_group_open_the_target_by_one_of_them() -> None:
    spec = chain(EdgeSpec("cp1", "pile", HARD, "1"), EdgeSpec("cp", "pile", HARD, "1"))
    assert activities(spec.nodes, spec.edges)[2] == Activity("pile", 3, (), (("cp1", "cp"),))


def test_each_group_is_a_choice_of_its_own() -> None:
    spec = chain(EdgeSpec("cp1", "pile", HARD, "1"), EdgeSpec("cp", "pile", HARD, "2"))
    assert activities(spec.nodes, spec.edges)[2].any_of == (("cp1",), ("cp",))


def test_a_node_that_the_project_does_not_have_holds_nothing_up() -> None:
    spec = chain(
        EdgeSpec("cp1", "cp", HARD), EdgeSpec("cp1", "pile", HARD, "1"), EdgeSpec("cp", "pile", HARD, "1")
    )
    assert activities(spec.nodes[1:], spec.edges) == [Activity("cp", 9), Activity("pile", 3, (), (("cp",),))]
    assert activities(spec.nodes[2:], spec.edges) == [Activity("pile", 3)]


@pytest.mark.parametrize(("limit", "days"), [(1, 1), (7, 5), (10, 8), (15, 11), (30, 22)])
def test_of_seven_calendar_days_five_are_worked_rounded_up(limit: int, days: int) -> None:
    assert working_days(limit, LimitUnit.CALENDAR) == days
    assert working_days(limit, LimitUnit.WORKING) == limit


def test_a_chain_that_keeps_the_rules_is_accepted() -> None:
    check_chain(
        chain(EdgeSpec("cp1", "pile", HARD, "1"), EdgeSpec("cp", "pile", HARD, "1")), where="short.toml"
    )
    check_chain(replace(chain(), kind="expansion"), where="short.toml")


@pytest.mark.parametrize(
    ("edges", "sentence"),
    [
        ([EdgeSpec("ep", "cp", HARD)], "short.toml, [node] cp: it waits for “ep”, which does not exist."),
        (
            [EdgeSpec("cp", "piles", SOFT)],
            "short.toml, [node] piles: it waits for “cp”, which does not exist.",
        ),
        (
            [EdgeSpec("cp", "pile", HARD), EdgeSpec("cp", "pile", SOFT)],
            "short.toml, [node] pile: it waits for “cp” twice.",
        ),
        ([EdgeSpec("cp", "pile", SOFT, "1")], "short.toml, [node] pile: only hard edges can have a group."),
        ([EdgeSpec("cp", "cp", HARD)], "short.toml: the chain runs in a circle: 节点cp (cp) → 节点cp (cp)."),
        (
            [EdgeSpec("cp", "pile", HARD), EdgeSpec("pile", "cp1", SOFT), EdgeSpec("cp1", "cp", HARD, "1")],
            "short.toml: the chain runs in a circle: 节点cp (cp) → 节点pile (pile) → 节点cp1 (cp1) → 节点cp (cp).",
        ),
    ],
)
def test_edges_that_make_no_chain_are_named(edges: list[EdgeSpec], sentence: str) -> None:
    assert complaint(chain(*edges)) == sentence


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (replace(node("cp"), stage="permits"), "[node] cp: there is no stage “permits”."),
        (replace(node("cp"), lane="side"), "[node] cp: there is no lane “side”."),
        (replace(node("cp"), name=" "), "[node] cp: the name is missing."),
        (replace(node("cp"), name="长" * 121), "[node] cp: the name is longer than 120 characters."),
        (replace(node("cp"), name_en="x" * 121), "[node] cp: the name is longer than 120 characters."),
        (
            replace(node(""), name="许可证"),
            "[node] 许可证: the code must be 1 to 40 letters, digits, - or _.",
        ),
        (node("施工"), "[node] 施工: the code must be 1 to 40 letters, digits, - or _."),
        (node("cp", plan_days=-1), "[node] cp: the plan days must be 0 to 9999."),
        (node("cp", plan_days=10000), "[node] cp: the plan days must be 0 to 9999."),
        (node("cp", limit=0), "[node] cp: the limit must be 1 to 9999 days."),
        (node("pile"), "[node] pile: the code is there twice."),
        (replace(node("cp"), unit="局" * 61), "[node] cp: “unit” is longer than 60 characters."),
        (replace(node("cp"), proof="照" * 201), "[node] cp: “proof” is longer than 200 characters."),
        (replace(node("cp"), source="S" * 201), "[node] cp: “source” is longer than 200 characters."),
        (replace(node("cp"), note="\x00"), "[node] cp: “note” has characters that cannot be printed."),
        (replace(node("cp"), name="许可\x07"), "[node] cp: “name” has characters that cannot be printed."),
    ],
)
def test_a_wrong_node_is_named(wrong: NodeSpec, sentence: str) -> None:
    assert complaint(chain(nodes=(node("pile"), wrong))) == f"short.toml, {sentence}"


def test_stages_lanes_and_the_chain_itself_need_codes_and_names() -> None:
    twice = (StageSpec("permit", "许可"), StageSpec("permit", "又一个"))
    assert complaint(replace(chain(), stages=twice)) == "short.toml, [stage] permit: the code is there twice."
    nameless = (LaneSpec("main", ""),)
    assert complaint(replace(chain(), lanes=nameless)) == "short.toml, [lane] main: the name is missing."
    assert complaint(replace(chain(), name="")) == "short.toml, [chain] short: the name is missing."


def test_a_chain_needs_a_known_kind_and_at_least_one_node() -> None:
    assert complaint(replace(chain(), kind="new")) == "short.toml: there is no project kind “new”."
    assert complaint(chain(nodes=())) == "short.toml: the chain has no nodes."


def test_a_chain_of_more_nodes_than_anybody_can_read_is_refused() -> None:
    many = tuple(node(f"n{number}") for number in range(201))
    check_chain(chain(nodes=many[:200]), where="short.toml")
    assert complaint(chain(nodes=many)) == "short.toml: the chain has more than 200 nodes."


def test_a_condition_is_met_by_its_fact_or_with_a_mark_before_it_by_the_lack_of_it() -> None:
    assert [is_met("basement", facts) for facts in ((), ("basement",))] == [False, True]
    assert [is_met("!land_held", facts) for facts in ((), ("land_held",))] == [True, False]
    assert (fact_of("basement"), fact_of("!land_held"), fact_of("")) == ("basement", "land_held", "")


def test_a_condition_must_be_a_fact_that_is_declared() -> None:
    basement = replace(node("cp"), condition="basement")
    without = replace(node("pile"), condition="!land_held")
    spec = chain(nodes=(basement, without))
    assert complaint(spec) == "short.toml, [node] cp: there is no fact “basement”."
    spec = replace(spec, facts=(FactSpec("basement", "有地下室"),))
    assert complaint(spec) == "short.toml, [node] pile: there is no fact “land_held”."
    check_chain(replace(spec, facts=(*spec.facts, FactSpec("land_held", "土地已取得"))), where="short.toml")


def test_a_fact_needs_a_name_and_a_code_that_no_node_has() -> None:
    assert (
        complaint(replace(chain(), facts=(FactSpec("x", ""),)))
        == "short.toml, [fact] x: the name is missing."
    )
    shared = replace(chain(), facts=(FactSpec("cp1", "分阶段"),))
    assert complaint(shared) == "short.toml, [node] cp1: a fact has the same code."


@pytest.mark.parametrize(
    ("promise", "sentence"),
    [
        (PromiseSpec(since="code", until="pile", days=90), "there is no node “code”."),
        (PromiseSpec(since="cp", until="accept", days=90), "there is no node “accept”."),
        (PromiseSpec(since="cp", until="pile", days=0), "the days must be 1 to 9999."),
        (PromiseSpec(since="cp", until="pile", days=10000), "the days must be 1 to 9999."),
        (
            PromiseSpec(since="cp", until="pile", days=90, source="S" * 201),
            "“source” is longer than 200 characters.",
        ),
    ],
)
def test_a_promise_lies_between_nodes_of_the_chain(promise: PromiseSpec, sentence: str) -> None:
    assert complaint(replace(chain(), promise=promise)) == f"short.toml, [promise]: {sentence}"
    check_chain(replace(chain(), promise=PromiseSpec(since="cp", until="pile", days=90)), where="short.toml")


def test_nodes_that_nothing_connects_to_the_rest_are_named() -> None:
    connected = chain(EdgeSpec("cp1", "cp", SOFT), EdgeSpec("pile", "cp", HARD))
    check_connected(connected, where="short.toml")
    check_connected(chain(nodes=(node("cp"),)), where="short.toml")
    apart = replace(connected, nodes=(node("alone"), *connected.nodes, node("last")))
    with pytest.raises(ChainError) as caught:
        check_connected(apart, where="short.toml")
    assert str(caught.value) == (
        "short.toml: nothing connects 节点alone (alone), 节点last (last) to the rest of the chain."
    )


def test_a_ledger_s_own_chain_is_a_recommended_order_without_limits() -> None:
    spec = linear_chain(
        "phases", "School phases", [("scope", "Scope"), ("design", "Design"), ("cm", "CM")], plan_days=30
    )
    assert spec.kind == ""
    assert [(n.code, n.name, n.plan_days, n.limit, n.unconfirmed) for n in spec.nodes] == [
        ("scope", "Scope", 30, None, True),
        ("design", "Design", 30, None, True),
        ("cm", "CM", 30, None, True),
    ]
    assert spec.edges == (EdgeSpec("scope", "design", SOFT), EdgeSpec("design", "cm", SOFT))
    assert plan(activities(spec.nodes, spec.edges)).length == 90


def test_a_ledger_s_own_chain_is_checked_too() -> None:
    with pytest.raises(ChainError, match=r"phases, \[node\] scope: the code is there twice"):
        linear_chain("phases", "School phases", [("scope", "Scope"), ("scope", "Design")])
