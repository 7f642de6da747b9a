"""Chains as TOML: what is read, what is refused and in which words, and that writing loses nothing."""

from dataclasses import replace

import pytest

from domain.chain_files import read_chain, write_chain
from domain.chains import (
    ClockOwner,
    EdgeKind,
    EdgeSpec,
    FactSpec,
    LaneSpec,
    NodeSpec,
    PromiseSpec,
    StageSpec,
)
from domain.ledger_chains import linear_chain
from domain.schedule import ChainError
from domain.workdays import LimitUnit

HEAD = """
[chain]
code = "short"
kind = "expansion"
name = "短链"
name_en = "Short chain"
source = "S1"
note = "只有三步"

[promise]
from = "epp"
until = "pile"
days = 90
unit = "calendar"
source = "S56"
unconfirmed = true

[[stage]]
code = "permit"
name = "许可"
name_en = "Permits"

[[lane]]
code = "main"
name = "主线"

[[fact]]
code = "civil_defence"
name = "涉及人防"
name_en = "Civil defence"
"""

EPP = """
[[node]]
code = "epp"
name = "建设工程规划许可证"
stage = "permit"
lane = "main"
clock = "government"
limit = 7
"""

CP = """
[[node]]
code = "cp"
name = "施工许可证"
name_en = "Construction permit"
stage = "permit"
lane = "main"
unit = "住房和城乡建设局"
clock = "agency"
limit = 7
limit_unit = "calendar"
key = true
optional = true
condition = "civil_defence"
waits_for = ["epp"]
proof = "施工许可证扫描件与证号"
unconfirmed = true
source = "S69, S*65"
note = "法定7日"
"""

PILE = """
[[node]]
code = "pile"
name = "桩基施工"
stage = "permit"
lane = "main"
clock = "enterprise"
plan_days = 0
any_of = [["epp", "cp"]]
"""

GOOD = HEAD + EPP + CP + PILE


def complaint(text: str) -> str:
    with pytest.raises(ChainError) as caught:
        read_chain(text, where="short.toml")
    return str(caught.value)


def test_a_file_says_everything_about_the_chain() -> None:
    chain = read_chain(GOOD, where="short.toml")
    assert (chain.code, chain.kind, chain.name, chain.name_en) == (
        "short",
        "expansion",
        "短链",
        "Short chain",
    )
    assert (chain.source, chain.note) == ("S1", "只有三步")
    assert chain.stages == (StageSpec("permit", "许可", "Permits"),)
    assert chain.lanes == (LaneSpec("main", "主线", ""),)
    assert chain.facts == (FactSpec("civil_defence", "涉及人防", "Civil defence"),)
    assert chain.promise == PromiseSpec(
        since="epp", until="pile", days=90, unit=LimitUnit.CALENDAR, source="S56", unconfirmed=True
    )
    assert [node.code for node in chain.nodes] == ["epp", "cp", "pile"]
    assert chain.nodes[1] == NodeSpec(
        code="cp",
        name="施工许可证",
        name_en="Construction permit",
        stage="permit",
        lane="main",
        unit="住房和城乡建设局",
        clock=ClockOwner.AGENCY,
        limit=7,
        limit_unit=LimitUnit.CALENDAR,
        plan_days=5,
        is_key=True,
        optional=True,
        condition="civil_defence",
        proof="施工许可证扫描件与证号",
        unconfirmed=True,
        source="S69, S*65",
        note="法定7日",
    )


def test_what_a_node_does_not_say_is_blank() -> None:
    assert read_chain(GOOD, where="short.toml").nodes[0] == NodeSpec(
        code="epp",
        name="建设工程规划许可证",
        stage="permit",
        lane="main",
        clock=ClockOwner.GOVERNMENT,
        limit=7,
        plan_days=7,
    )


def test_plan_days_that_are_given_stand_beside_the_limit() -> None:
    chain = read_chain(GOOD.replace("limit = 7\n\n", "limit = 7\nplan_days = 3\n\n"), where="short.toml")
    assert (chain.nodes[0].limit, chain.nodes[0].plan_days) == (7, 3)


def test_nought_is_a_plan() -> None:
    assert read_chain(GOOD, where="short.toml").nodes[2].plan_days == 0


def test_waits_for_is_hard_prefers_is_soft_and_any_of_is_a_group() -> None:
    text = GOOD.replace('waits_for = ["epp"]', 'prefers = ["epp"]')
    text += PILE.replace('"pile"', '"found"').replace("any_of", 'waits_for = ["pile"]\nany_of')
    assert read_chain(text, where="short.toml").edges == (
        EdgeSpec("epp", "cp", EdgeKind.SOFT),
        EdgeSpec("epp", "pile", EdgeKind.HARD, "1"),
        EdgeSpec("cp", "pile", EdgeKind.HARD, "1"),
        EdgeSpec("pile", "found", EdgeKind.HARD),
        EdgeSpec("epp", "found", EdgeKind.HARD, "1"),
        EdgeSpec("cp", "found", EdgeKind.HARD, "1"),
    )


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("[[stage]]", "[[stages]]", "short.toml, [file]: the key “stages” means nothing here."),
        ("note = ", "notes = ", "short.toml, [chain] short: the key “notes” means nothing here."),
        ('"主线"', '"主线"\norder = 1', "short.toml, [lane] main: the key “order” means nothing here."),
        (
            '"涉及人防"',
            '"涉及人防"\non = 1',
            "short.toml, [fact] civil_defence: the key “on” means nothing here.",
        ),
        (
            'code = "civil_defence"',
            'code = "air_raid"',
            "short.toml, [node] cp: there is no fact “civil_defence”.",
        ),
        ("days = 90", "", "short.toml, [promise]: “days” is missing."),
        ("days = 90", 'days = "90"', "short.toml, [promise]: “days” cannot be “90”."),
        ("days = 90", "limit = 90", "short.toml, [promise]: the key “limit” means nothing here."),
        ('from = "epp"', 'from = "ep"', "short.toml, [promise]: there is no node “ep”."),
        ("key = true", "keys = true", "short.toml, [node] cp: the key “keys” means nothing here."),
        ('"calendar"', '"days"', "short.toml, [promise]: “unit” cannot be “days”."),
        (
            'limit_unit = "calendar"',
            'limit_unit = "days"',
            "short.toml, [node] cp: “limit_unit” cannot be “days”.",
        ),
        ('"agency"', '"bureau"', "short.toml, [node] cp: “clock” cannot be “bureau”."),
        ('clock = "agency"', "", "short.toml, [node] cp: “clock” is missing."),
        ("key = true", 'key = "yes"', "short.toml, [node] cp: “key” cannot be “yes”."),
        ("plan_days = 0", "plan_days = true", "short.toml, [node] pile: “plan_days” cannot be “True”."),
        ("plan_days = 0", "plan_days = 2.5", "short.toml, [node] pile: “plan_days” cannot be “2.5”."),
        ("plan_days = 0", "", "short.toml, [node] pile: it needs a limit or plan_days."),
        ('["epp"]', '"epp"', "short.toml, [node] cp: “waits_for” cannot be “epp”."),
        ('["epp"]', "[1]", "short.toml, [node] cp: “waits_for” cannot be “1”."),
        ('[["epp", "cp"]]', '["epp"]', "short.toml, [node] pile: “any_of” cannot be “epp”."),
        ('[["epp", "cp"]]', "[[]]", "short.toml, [node] pile: “any_of” cannot be “[[]]”."),
        ('name = "桩基施工"', "name = 1", "short.toml, [node] pile: “name” cannot be “1”."),
        ('name = "桩基施工"', "", "short.toml, [node] pile: the name is missing."),
        ('["epp"]', '["ep"]', "short.toml, [node] cp: it waits for “ep”, which does not exist."),
        (
            '["epp"]',
            '["pile"]',
            "short.toml: the chain runs in a circle: 施工许可证 (cp) → 桩基施工 (pile) → 施工许可证 (cp).",
        ),
        ('code = "cp"', 'code = "epp"', "short.toml, [node] epp: the code is there twice."),
    ],
)
def test_a_wrong_file_is_refused_with_the_place(old: str, new: str, sentence: str) -> None:
    assert old in GOOD
    assert complaint(GOOD.replace(old, new, 1)) == sentence


def test_a_byte_order_mark_is_not_part_of_the_text() -> None:
    assert read_chain("\ufeff" + GOOD, where="short.toml") == read_chain(GOOD, where="short.toml")


def test_what_is_not_toml_is_refused_with_the_line() -> None:
    sentence = complaint(HEAD + "[[node]\n")
    assert sentence.startswith("short.toml is not valid TOML: ")
    assert "line 31" in sentence


def test_brackets_and_numbers_without_end_are_refused() -> None:
    assert complaint("a = " + "[" * 20_000).startswith("short.toml is not valid TOML: ")
    assert complaint("a = " + "9" * 20_000).startswith("short.toml is not valid TOML: ")
    assert len(complaint(GOOD.replace('"agency"', f'"{"x" * 9999}"'))) < 200


@pytest.mark.parametrize("key", ["a", '"a b"', "'a'", "a "])
def test_a_key_with_dots_without_end_is_refused_before_it_is_read(key: str) -> None:
    text = f"{key}." * 5_000 + "b = 1"

    with pytest.raises(ChainError, match="has too many dots"):
        read_chain(text, where="short.toml")


def test_a_table_in_the_wrong_form_is_refused() -> None:
    assert complaint("chain = 1") == "short.toml, [file]: “chain” cannot be “1”."
    assert complaint("node = {}") == "short.toml, [file]: “node” cannot be “{}”."


def test_what_was_written_reads_as_the_same_chain() -> None:
    chain = read_chain(GOOD, where="short.toml")
    assert read_chain(write_chain(chain), where="again") == chain


def test_a_unit_without_a_limit_survives_writing() -> None:
    text = GOOD.replace("plan_days = 0", 'plan_days = 0\nlimit_unit = "calendar"')
    chain = read_chain(text, where="short.toml")
    assert chain.nodes[2].limit_unit is LimitUnit.CALENDAR
    assert read_chain(write_chain(chain), where="again") == chain


def test_a_ledger_s_own_chain_survives_writing() -> None:
    chain = linear_chain("phases", "School phases", [("scope", "Scope"), ("cm", "CM, etc.")])
    assert read_chain(write_chain(chain), where="again") == chain


def test_a_chain_without_a_promise_survives_writing() -> None:
    chain = replace(read_chain(GOOD, where="short.toml"), promise=None)
    assert "[promise]" not in write_chain(chain)
    assert read_chain(write_chain(chain), where="again") == chain


def test_quotes_and_line_breaks_survive_writing() -> None:
    chain = replace(read_chain(GOOD, where="short.toml"), note='"三步"\\\n第二行\t\r\n')
    assert read_chain(write_chain(chain), where="again") == chain
