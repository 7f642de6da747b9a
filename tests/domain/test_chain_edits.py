"""Changing a chain part by part, what is refused with which names, and what differs between two chains."""

from dataclasses import replace

import pytest

from domain.chain_edits import (
    Difference,
    accepted,
    add_node,
    diff_chains,
    drop_node,
    edges_of,
    move_node,
    replace_node,
    replace_parts,
)
from domain.chain_files import read_chain, write_chain
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
)
from domain.schedule import ChainError

HARD, SOFT = EdgeKind.HARD, EdgeKind.SOFT


def node(code: str, stage: str = "permit", condition: str = "") -> NodeSpec:
    return NodeSpec(
        code=code, name=f"节点{code}", stage=stage, lane="main", clock=ClockOwner.GOVERNMENT, plan_days=5,
        condition=condition,
    )  # fmt: skip


CHAIN = ChainSpec(
    code="short",
    name="短链",
    stages=(StageSpec("permit", "许可"), StageSpec("build", "施工")),
    lanes=(LaneSpec("main", "主线"), LaneSpec("side", "并行")),
    facts=(FactSpec("basement", "有地下室"), FactSpec("land_held", "土地已取得")),
    promise=PromiseSpec(since="epp", until="cp", days=90),
    nodes=(node("epp"), node("pit", condition="basement"), node("cp"), node("pile", "build")),
    edges=(EdgeSpec("epp", "pit", SOFT), EdgeSpec("epp", "cp", HARD), EdgeSpec("cp", "pile", HARD)),
)


def refusal(edit: object, *args: object, **more: object) -> str:
    assert callable(edit)
    with pytest.raises(ChainError) as caught:
        edit(*args, **more)
    return str(caught.value)


def codes(chain: ChainSpec) -> str:
    return " ".join(node.code for node in chain.nodes)


def test_a_chain_that_hangs_together_is_accepted() -> None:
    assert accepted(CHAIN) is CHAIN
    apart = replace(CHAIN, nodes=(*CHAIN.nodes, node("alone")))
    assert refusal(accepted, apart) == "短链: nothing connects 节点alone (alone) to the rest of the chain."


def test_a_new_node_becomes_the_last_of_its_stage() -> None:
    chain = add_node(CHAIN, node("qs"), [EdgeSpec("qs", "cp", HARD)])
    assert codes(chain) == "epp pit cp qs pile"
    assert edges_of(chain, "qs") == (EdgeSpec("qs", "cp", HARD),)


def test_a_new_node_must_hang_together_with_the_others() -> None:
    assert "nothing connects 节点qs (qs)" in refusal(add_node, CHAIN, node("qs"), [])
    assert "the code is there twice" in refusal(add_node, CHAIN, node("cp"), [EdgeSpec("epp", "cp", HARD)])


def test_edges_follow_the_new_code_of_a_node_and_so_does_the_promise() -> None:
    chain = replace_node(
        CHAIN, "cp", node("permit1"), [EdgeSpec("epp", "permit1", HARD), EdgeSpec("permit1", "pile", SOFT)]
    )
    assert codes(chain) == "epp pit permit1 pile"
    assert set(edges_of(chain, "permit1")) == {
        EdgeSpec("epp", "permit1", HARD), EdgeSpec("permit1", "pile", SOFT),
    }  # fmt: skip
    assert chain.promise == PromiseSpec(since="epp", until="permit1", days=90)
    first = replace_node(
        CHAIN, "epp", node("lup"), [EdgeSpec("lup", "cp", HARD), EdgeSpec("lup", "pit", SOFT)]
    )
    assert first.promise == PromiseSpec(since="lup", until="cp", days=90)


def test_edges_that_stay_keep_their_order() -> None:
    for code in ("epp", "pit", "cp", "pile"):
        old = next(one for one in CHAIN.nodes if one.code == code)
        again = replace_node(CHAIN, code, old, edges_of(CHAIN, code)[::-1])
        assert write_chain(again) == write_chain(CHAIN)


def test_a_node_that_changes_its_stage_becomes_the_last_there() -> None:
    chain = replace_node(CHAIN, "pit", node("pit", "build", "basement"), edges_of(CHAIN, "pit"))
    assert codes(chain) == "epp cp pile pit"


def test_a_circle_is_refused_with_the_names() -> None:
    edges = [*edges_of(CHAIN, "epp"), EdgeSpec("pile", "epp", HARD)]
    assert refusal(replace_node, CHAIN, "epp", node("epp"), edges) == (
        "短链: the chain runs in a circle: 节点cp (cp) → 节点pile (pile) → 节点epp (epp) → 节点cp (cp)."
    )


def test_cutting_the_chain_in_two_is_refused_with_the_smaller_part() -> None:
    edges = [EdgeSpec("epp", "cp", HARD)]
    assert refusal(replace_node, CHAIN, "cp", node("cp"), edges) == (
        "短链: nothing connects 节点pile (pile) to the rest of the chain."
    )


def test_a_node_that_others_wait_for_cannot_go() -> None:
    assert refusal(drop_node, CHAIN, "epp") == (
        "“节点epp” cannot go: 节点pit (pit), 节点cp (cp) would wait for nothing. Change those first."
    )


def test_a_node_of_the_promise_cannot_go() -> None:
    chain = replace(CHAIN, promise=PromiseSpec(since="epp", until="pile", days=90))
    assert refusal(drop_node, chain, "pile") == ("“节点pile” cannot go: the promise begins or ends with it.")


def test_the_last_node_goes_with_what_it_waited_for() -> None:
    chain = drop_node(CHAIN, "pile")
    assert codes(chain) == "epp pit cp"
    assert chain.edges == (EdgeSpec("epp", "pit", SOFT), EdgeSpec("epp", "cp", HARD))


def test_a_node_that_is_not_there_is_missed() -> None:
    assert refusal(drop_node, CHAIN, "gone") == "There is no node “gone” any more."


def test_a_node_moves_among_those_of_its_stage_only() -> None:
    assert codes(move_node(CHAIN, "pit", later=True)) == "epp cp pit pile"
    assert codes(move_node(CHAIN, "cp", later=False)) == "epp cp pit pile"
    assert move_node(CHAIN, "epp", later=False) is CHAIN
    assert move_node(CHAIN, "cp", later=True) is CHAIN
    assert move_node(CHAIN, "pile", later=False) is CHAIN


def test_nodes_follow_the_new_code_and_the_order_of_their_stages() -> None:
    stages = [("build", StageSpec("carry", "施工")), ("permit", StageSpec("permit", "许可"))]
    chain = replace_parts(CHAIN, "stages", stages)
    assert [(node.code, node.stage) for node in chain.nodes] == [
        ("pile", "carry"), ("epp", "permit"), ("pit", "permit"), ("cp", "permit"),
    ]  # fmt: skip


def test_conditions_follow_the_new_code_of_their_fact() -> None:
    chain = replace(CHAIN, nodes=(node("epp", condition="!land_held"), *CHAIN.nodes[1:]))
    facts = [("basement", FactSpec("cellar", "有地下室")), ("land_held", FactSpec("stock", "存量用地"))]
    conditions = [node.condition for node in replace_parts(chain, "facts", facts).nodes]
    assert conditions == ["!stock", "cellar", "", ""]


def test_a_part_that_still_has_nodes_cannot_go_even_if_another_takes_its_code() -> None:
    sentence = "“许可” cannot go: 节点epp (epp), 节点pit (pit), 节点cp (cp) would be left without it."
    assert refusal(replace_parts, CHAIN, "stages", [("build", StageSpec("build", "施工"))]) == sentence
    assert refusal(replace_parts, CHAIN, "stages", [("build", StageSpec("permit", "施工"))]) == sentence
    facts = [("land_held", FactSpec("land_held", "土地已取得"))]
    assert "节点pit (pit) would be left without it" in refusal(replace_parts, CHAIN, "facts", facts)


def test_a_part_without_nodes_can_go_and_a_new_one_can_come() -> None:
    lanes = [("main", LaneSpec("main", "主线")), ("", LaneSpec("util", "用电"))]
    assert [lane.code for lane in replace_parts(CHAIN, "lanes", lanes).lanes] == ["main", "util"]


def test_chains_that_say_the_same_do_not_differ() -> None:
    assert not diff_chains(CHAIN, CHAIN)
    assert not diff_chains(CHAIN, read_chain(write_chain(CHAIN), where="again"))
    turned = replace(CHAIN, edges=CHAIN.edges[::-1])
    assert not diff_chains(CHAIN, turned)


def test_a_difference_names_the_nodes_and_the_fields() -> None:
    chain = drop_node(CHAIN, "pile")
    chain = add_node(chain, node("qs"), [EdgeSpec("epp", "qs", HARD)])
    chain = replace_node(
        chain, "cp", replace(node("cp"), plan_days=9, proof="许可证"), [EdgeSpec("epp", "cp", SOFT)]
    )
    found = diff_chains(CHAIN, chain)
    assert [node.code for node in found.added] == ["qs"]
    assert [node.code for node in found.dropped] == ["pile"]
    assert [(change.node.code, change.fields) for change in found.changed] == [
        (
            "cp",
            (
                Difference("plan_days", 5, 9),
                Difference("proof", "", "许可证"),
                Difference("waits_for", ["epp"], []),
                Difference("prefers", [], ["epp"]),
            ),
        )
    ]
    assert not found.is_reordered


def test_a_group_that_changes_is_a_difference() -> None:
    grouped = replace(
        CHAIN, edges=(*CHAIN.edges[:2], EdgeSpec("epp", "pile", HARD, "1"), EdgeSpec("cp", "pile", HARD, "1"))
    )
    (change,) = diff_chains(CHAIN, grouped).changed
    assert change.fields == (
        Difference("waits_for", ["cp"], []), Difference("any_of", [], [["epp", "cp"]]),
    )  # fmt: skip


def test_the_chain_itself_and_its_order_can_differ() -> None:
    chain = move_node(replace(CHAIN, name="长链", promise=None, lanes=CHAIN.lanes[:1]), "pit", later=True)
    found = diff_chains(CHAIN, chain)
    assert [change.field for change in found.head] == ["name", "promise", "lanes"]
    assert found.is_reordered
    assert found
