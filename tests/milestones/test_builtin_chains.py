"""The chains that come with the software, held against domain.md 2.2 to 2.5."""

from functools import lru_cache
from pathlib import Path

import pytest

from domain.chain_files import read_chain, write_chain
from domain.chain_rules import check_connected
from domain.chains import (
    NOT_YET,
    PIPELINE,
    ChainSpec,
    ClockOwner,
    EdgeKind,
    Milestone,
    NodeSpec,
    PromiseSpec,
    activities,
    working_days,
)
from domain.schedule import plan
from domain.workdays import LimitUnit

FOLDER = Path(__file__).parents[2] / "milestones" / "chains"
KINDS = ("new_build", "renovation", "expansion", "future_factory", "high_tech", "research")
PROGRAMMES = ("future_factory", "high_tech", "research")
PRODUCTION = (
    Milestone.STARTED,
    Milestone.REGISTERED,
    Milestone.COMPLETED,
    Milestone.PRODUCING,
    Milestone.FULL,
)

# The predecessor column of domain.md, row by row: H hard, s soft, a slash is its "or". Not in its tables but
# in the remarks of 2.2 are prelim (below the table) and fire1 and cad before cp (above it). The remarks also
# name the basement as a fact: pit is what it adds.
NEW_BUILD = {
    "admit": "",
    "agree": "admit s",
    "landconv": "agree s",
    "regeval": "",
    "listing": "landconv H, regeval H",
    "won": "listing H",
    "contract": "won H",
    "fee": "contract H",
    "handover": "contract H",
    "landcert": "contract H, fee H",
    "code": "agree s",
    "eia": "code s",
    "energy": "code s",
    "water": "code s",
    "safety": "code s",
    "lup": "contract H, code H, landcert s",
    "scheme": "won s",
    "notice": "scheme s",
    "epp": "lup H, scheme H, notice H",
    "prelim": "scheme s",
    "cd": "scheme s, prelim s",
    "cdreview": "cd H",
    "fire1": "cd H",
    "cad": "cd H",
    "bid": "scheme s",
    "qs": "bid H",
    "site": "handover H",
    "pit": "bid H",
    "cp1": "epp H, bid H, qs H",
    "cp": "epp H, cdreview H, qs H, bid H, site H, fire1 s, cad s",
    "pile": "cp1/cp H",
    "stat": "code H, pile H",
    "found": "pile H, pit s",
    "top": "found H, cp H",
    "pwplan": "code s",
    "pwdesign": "pwplan H",
    "pwsub": "pwplan H",
    "pwcheck": "pwsub H",
    "pwon": "pwcheck H",
    "utils": "cp s",
    "equip": "top s",
    "plancheck": "top H",
    "fire2": "top H",
    "accept": "plancheck H, fire2 H",
    "file": "accept H",
    "bldcert": "file s",
    "envacc": "equip s",
    "prod": "accept H, pwon H, equip H, envacc s",
    "scale": "prod H",
    "full": "prod H",
    "review": "full H",
}
RENOVATION = {
    "plan": "",
    "code": "plan s",
    "promise": "code s",
    "eia": "code s",
    "energy": "code s",
    "build": "code s",
    "order": "code s",
    "stat": "code H, order/build H",
    "install": "order H",
    "trial": "install H, eia H",
    "accept": "trial s",
    "prod": "accept s",
    "full": "prod H",
    "subsidy": "accept s",
}
EXPANSION = {
    "agree": "",
    "code": "agree s",
    "owner": "",
    "cond": "owner H",
    "check": "",  # nothing waits for it in the table; here the scheme that adds storeys does
    "eia": "code s",
    "energy": "code s",
    "scheme": "cond H, check s",
    "notice": "cond H, scheme s",
    "epp": "scheme H, notice H",
    "cd": "scheme s",
    # As new_build from here on, but for the land that is there already and machines without a new hall.
    **dict(list(NEW_BUILD.items())[list(NEW_BUILD).index("cdreview") :]),
    "site": "owner H",
    "equip": "top s, code s",
}
FUTURE_FACTORY = {
    "pool": "",
    "level": "pool s",
    "apply": "level H",
    "district": "apply H",
    "city": "district H",
    "expert": "city H",
    "publicise": "expert H",
    "listed": "publicise H",
    "diag": "listed s",
    "build": "listed s",
    "eval": "build H",
    "recog": "eval H",
    "recheck": "recog s",
}

# The land lane of domain.md 2.2: a project on land that it holds already has none of it.
LAND = ("landconv", "regeval", "listing", "won", "contract", "fee", "handover", "landcert")


@lru_cache
def built_in(kind: str) -> ChainSpec:
    path = FOLDER / f"{kind}.toml"
    return read_chain(path.read_text(encoding="utf-8"), where=path.name)


def node(kind: str, code: str) -> NodeSpec:
    return next(node for node in built_in(kind).nodes if node.code == code)


def predecessors(chain: ChainSpec, code: str) -> set[str]:
    """In the notation of the tables above."""
    marks: set[str] = set()
    groups: dict[str, list[str]] = {}
    for edge in chain.edges:
        if edge.target != code:
            continue
        if edge.group:
            groups.setdefault(edge.group, []).append(edge.source)
        else:
            marks.add(f"{edge.source} {'H' if edge.kind is EdgeKind.HARD else 's'}")
    return marks | {f"{'/'.join(members)} H" for members in groups.values()}


def test_there_is_one_chain_for_each_kind_of_project() -> None:
    assert sorted(path.stem for path in FOLDER.iterdir()) == sorted(KINDS)
    assert [(built_in(kind).code, built_in(kind).kind) for kind in KINDS] == [(kind, kind) for kind in KINDS]


@pytest.mark.parametrize(
    ("kind", "count"), [("new_build", 49 + 2), ("renovation", 14), ("future_factory", 13)]
)
def test_a_chain_has_the_rows_of_its_table(kind: str, count: int) -> None:
    assert len(built_in(kind).nodes) == count


@pytest.mark.parametrize(
    ("kind", "table"),
    [
        ("new_build", NEW_BUILD),
        ("renovation", RENOVATION),
        ("expansion", EXPANSION),
        ("future_factory", FUTURE_FACTORY),
    ],
)
def test_every_node_stands_in_order_and_waits_for_what_the_table_says(
    kind: str, table: dict[str, str]
) -> None:
    chain = built_in(kind)
    assert [node.code for node in chain.nodes] == list(table)
    for code, column in table.items():
        assert predecessors(chain, code) == {mark for mark in column.split(", ") if mark}, code


def test_programmes_go_from_application_to_recognition_and_other_projects_from_filing_to_full_production() -> (
    None
):
    for kind in KINDS:
        milestones = {step.milestone for step in built_in(kind).nodes if step.milestone}
        is_programme = kind in PROGRAMMES
        assert milestones >= set(PIPELINE) if is_programme else milestones >= {*PRODUCTION, Milestone.FILED}
    assert {step.milestone for step in built_in("new_build").nodes if step.milestone} >= {
        each for pair in NOT_YET for each in pair
    }


def test_every_chain_stands_in_stage_order() -> None:
    for kind in KINDS:
        chain = built_in(kind)
        order = [stage.code for stage in chain.stages]
        stages = [order.index(node.stage) for node in chain.nodes]
        assert stages == sorted(stages)
        assert set(stages) == set(range(len(order))), "a stage without nodes"
        assert {node.lane for node in chain.nodes} == {lane.code for lane in chain.lanes}


def test_every_name_is_there_in_both_languages() -> None:
    for kind in KINDS:
        chain = built_in(kind)
        pairs = [(chain.name, chain.name_en)]
        pairs += [(stage.name, stage.name_en) for stage in chain.stages]
        pairs += [(lane.name, lane.name_en) for lane in chain.lanes]
        pairs += [(fact.name, fact.name_en) for fact in chain.facts]
        pairs += [(step.name, step.name_en) for step in chain.nodes]
        for name, name_en in pairs:
            assert not name.isascii(), name
            assert name_en, name
            assert name_en.isascii(), name
        names = [node.name for node in chain.nodes]
        assert len(set(names)) == len(names)


def test_what_is_background_knowledge_or_from_elsewhere_is_to_be_confirmed() -> None:
    for kind in KINDS:
        for step in built_in(kind).nodes:
            assert step.source, step
            marks = [mark.strip() for mark in step.source.split(",")]
            if any(mark in {"B", "D"} or mark.startswith("S*") for mark in marks):
                assert step.unconfirmed, step


def test_a_plan_that_is_not_the_limit_is_to_be_confirmed() -> None:
    for kind in KINDS:
        for step in built_in(kind).nodes:
            if step.limit is None or step.plan_days != working_days(step.limit, step.limit_unit):
                assert step.unconfirmed, step


def test_only_the_provincial_completion_stage_is_confirmed() -> None:
    confirmed = [step.code for step in built_in("new_build").nodes if not step.unconfirmed]
    assert confirmed == ["utils", "accept", "bldcert"]


@pytest.mark.parametrize(
    ("kind", "keys"),
    [
        ("new_build", "landconv listing code epp cp pile top accept prod full"),
        ("renovation", "code order accept prod full"),
        ("expansion", "code epp cp pile top accept prod full"),
        ("future_factory", "listed recog"),
    ],
)
def test_the_key_nodes_are_marked(kind: str, keys: str) -> None:
    assert [step.code for step in built_in(kind).nodes if step.is_key] == keys.split()


@pytest.mark.parametrize(
    ("kind", "conditions"),
    [
        (
            "new_build",
            {
                **dict.fromkeys(LAND, "!land_held"),
                "safety": "safety_review",
                "notice": "public_notice",
                "fire1": "fire_review",
                "cad": "civil_defence",
                "pit": "basement",
            },
        ),
        ("renovation", {"build": "building_work"}),
        ("future_factory", {}),
    ],
)
def test_conditional_nodes_name_their_fact(kind: str, conditions: dict[str, str]) -> None:
    assert {step.code: step.condition for step in built_in(kind).nodes if step.condition} == conditions


def test_an_expansion_always_builds_and_checks_the_old_structure_only_where_storeys_are_added() -> None:
    conditions = {step.code: step.condition for step in built_in("expansion").nodes if step.condition}
    assert conditions == {
        "check": "storey_addition",
        "fire1": "fire_review",
        "cad": "civil_defence",
        "pit": "basement",
        "review": "standard_land",
    }


def test_every_fact_switches_some_node() -> None:
    for kind in KINDS:
        chain = built_in(kind)
        asked = {step.condition.removeprefix("!") for step in chain.nodes} - {""}
        assert {fact.code for fact in chain.facts} == asked


def test_no_node_stands_apart() -> None:
    for kind in KINDS:
        check_connected(built_in(kind), where=kind)


def test_on_land_that_is_held_no_land_is_waited_for() -> None:
    chain = built_in("new_build")
    steps = [step for step in chain.nodes if step.code not in LAND and not step.condition]
    whole = plan(activities([step for step in chain.nodes if not step.optional], chain.edges))
    assert plan(activities(steps, chain.edges)).length < whole.length - 60


@pytest.mark.parametrize("kind", ["new_build", "renovation", "expansion"])
def test_from_filing_to_acceptance_ninety_working_days_are_promised_and_to_be_confirmed(kind: str) -> None:
    assert built_in(kind).promise == PromiseSpec(
        since="code", until="accept", days=90, unit=LimitUnit.WORKING, source="S56", unconfirmed=True
    )


def test_growing_a_future_factory_is_promised_nothing() -> None:
    assert built_in("future_factory").promise is None


def test_permits_registrations_and_starts_ask_for_proof() -> None:
    assert node("new_build", "cp").proof == "施工许可证扫描件与证号"
    assert node("new_build", "pile").proof == "带日期的现场照片"
    assert node("new_build", "stat").proof == "备案文件、施工合同、带日期的现场照片"
    assert node("renovation", "stat").proof == "合同、付款凭证、到位照片"
    for kind in KINDS:
        for step in built_in(kind).nodes:
            assert step.proof or not step.is_key, step


def test_optional_nodes_are_off_until_asked_for() -> None:
    optional = [(kind, step.code) for kind in KINDS for step in built_in(kind).nodes if step.optional]
    assert optional == [
        ("new_build", "prelim"),
        ("new_build", "cp1"),
        ("renovation", "subsidy"),
        ("expansion", "cp1"),
    ]


@pytest.mark.parametrize(
    ("code", "limit", "unit"),
    [
        ("contract", 10, LimitUnit.WORKING),
        ("landcert", 30, LimitUnit.WORKING),
        ("code", 1, LimitUnit.WORKING),
        ("eia", 30, LimitUnit.CALENDAR),
        ("lup", 5, LimitUnit.WORKING),
        ("epp", 7, LimitUnit.WORKING),
        ("cp1", 7, LimitUnit.CALENDAR),
        ("cp", 7, LimitUnit.CALENDAR),
        ("pwplan", 15, LimitUnit.WORKING),
        ("pwcheck", 10, LimitUnit.WORKING),
        ("accept", 30, LimitUnit.CALENDAR),
        ("file", 15, LimitUnit.CALENDAR),
    ],
)
def test_limits_are_those_of_the_sources(code: str, limit: int, unit: LimitUnit) -> None:
    step = node("new_build", code)
    assert (step.limit, step.limit_unit) == (limit, unit)


def test_the_clock_is_the_owner_s() -> None:
    assert node("new_build", "cp").clock is ClockOwner.GOVERNMENT
    assert node("new_build", "cdreview").clock is ClockOwner.AGENCY
    assert node("new_build", "pwsub").clock is ClockOwner.UTILITY
    assert node("new_build", "pile").clock is ClockOwner.ENTERPRISE


def test_what_the_enterprise_does_itself_is_the_duty_of_its_town() -> None:
    assert node("new_build", "pile").unit == ""
    assert node("new_build", "cp").unit == "住房和城乡建设局"
    assert node("renovation", "code").unit == "经济和信息化局"
    for kind in KINDS:
        for step in built_in(kind).nodes:
            if step.clock in {ClockOwner.GOVERNMENT, ClockOwner.UTILITY} and step.code != "regeval":
                assert step.unit, step


@pytest.mark.parametrize(
    ("kind", "last", "least", "most"),
    [
        ("new_build", "prod", 420, 700),
        ("renovation", "prod", 80, 300),
        ("expansion", "prod", 250, 600),
        ("future_factory", "recog", 250, 500),
    ],
)
def test_the_plan_is_of_a_plausible_length(kind: str, last: str, least: int, most: int) -> None:
    chain = built_in(kind)
    assert least <= plan(activities(chain.nodes, chain.edges)).slots[last].earliest_finish <= most


def test_the_built_in_chains_survive_writing() -> None:
    for kind in KINDS:
        assert read_chain(write_chain(built_in(kind)), where="again") == built_in(kind)
