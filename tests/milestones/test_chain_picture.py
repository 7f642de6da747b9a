"""The plan of a chain: what stands where, what is drawn of what waits for what, and the line of today."""

from typing import Any

import pytest

from domain.chains import ChainSpec, activities
from domain.lights import Light
from domain.schedule import plan
from milestones.drawing.chain_columns import Edge
from milestones.drawing.chain_picture import ROOM, ChainPicture, Station, chain_picture
from milestones.publishing import built_in_chains


def picture(
    lanes: dict[int, str], *edges: tuple[int, int] | Edge, begun: set[int] | None = None, **facts: Any
) -> ChainPicture:
    critical = facts.pop("critical", ())
    stations = [
        Station(
            key=key,
            lane=lane,
            **{"label": "节点", "light": Light.GREY, "is_begun": key in (begun or ()), **facts},
        )
        for key, lane in lanes.items()
    ]
    drawn = [edge if isinstance(edge, Edge) else Edge(*edge) for edge in edges]
    return chain_picture(stations, drawn, {"main": "主线", "side": "评价"}, critical=critical)


def places(drawn: ChainPicture) -> dict[int, tuple[int, int]]:
    return {mark.station.key: (mark.x, mark.y) for mark in drawn.marks}


def kinds(drawn: ChainPicture) -> list[str]:
    return [line.kind for line in drawn.lines]


def test_a_node_stands_right_of_all_it_waits_for() -> None:
    at = places(picture({1: "main", 2: "side", 3: "main"}, (1, 2), (2, 3), (1, 3)))

    assert at[1][0] < at[2][0] < at[3][0]
    assert at[1][1] == at[3][1] != at[2][1]


def test_nodes_side_by_side_share_a_row_while_there_is_room() -> None:
    roomy = places(picture({1: "main", 2: "main", 3: "main", 4: "side", 5: "side"}, (1, 2), (2, 3)))
    tight = places(picture({1: "main", 2: "side", 3: "side", 4: "main"}, (1, 2), (1, 3), (2, 4), (3, 4)))

    assert roomy[4][1] == roomy[5][1]
    assert roomy[4][0] != roomy[5][0]
    assert tight[2][0] == tight[3][0]
    assert tight[2][1] != tight[3][1]
    assert len(set(roomy.values())) == 5


def test_whichever_has_least_room_stays_on_the_first_row() -> None:
    at = places(picture({1: "main", 2: "main", 3: "main", 4: "main"}, (1, 2), (1, 3), (3, 4)))

    assert at[1][1] == at[3][1] == at[4][1]


def test_stations_come_in_order_from_left_to_right() -> None:
    drawn = picture({3: "main", 2: "side", 1: "main"}, (1, 2), (2, 3))

    assert [mark.station.key for mark in drawn.marks] == [1, 2, 3]


def test_what_lies_ahead_stands_right_of_today_and_what_is_begun_left_of_it() -> None:
    drawn = picture(
        {1: "main", 2: "main", 3: "main", 4: "side", 5: "side"}, (1, 2), (2, 3), (4, 5), begun={1, 2, 4}
    )

    at, today = places(drawn), drawn.today_x
    assert today is not None
    assert max(at[1][0], at[2][0], at[4][0]) < today < min(at[3][0], at[5][0])


def test_a_node_that_was_passed_over_stands_left_of_today_too() -> None:
    drawn = picture({1: "main", 2: "main", 3: "main"}, Edge(1, 2, is_hard=False), (2, 3), begun={2})

    at = places(drawn)
    assert drawn.today_x is not None
    assert at[1][0] < at[2][0] < drawn.today_x < at[3][0]


@pytest.mark.parametrize("begun", [set(), {1, 2}])
def test_before_the_first_node_and_after_the_last_there_is_no_line_of_today(begun: set[int]) -> None:
    assert picture({1: "main", 2: "main"}, (1, 2), begun=begun).today_x is None


def test_an_edge_that_a_longer_way_says_already_is_left_out() -> None:
    assert len(picture({1: "main", 2: "main", 3: "main"}, (1, 2), (2, 3), (1, 3)).lines) == 2


def test_what_has_to_come_first_is_not_said_by_what_only_usually_does() -> None:
    soft = Edge(1, 2, is_hard=False)

    assert sorted(kinds(picture({1: "main", 2: "main", 3: "main"}, soft, (2, 3), (1, 3)))) == [
        "open",
        "open",
        "soft",
    ]


def test_the_critical_path_is_drawn_whole_and_on_top() -> None:
    drawn = picture({1: "main", 2: "main", 3: "main"}, (1, 2), (2, 3), (1, 3), critical=(1, 3))

    assert sorted(kinds(drawn)) == ["critical", "open", "open"]
    assert kinds(drawn)[-1] == "critical"


def test_each_of_several_of_which_one_is_enough_is_drawn_and_marked_once() -> None:
    groups = Edge(1, 3, group="a"), Edge(4, 3, group="a")
    drawn = picture({1: "main", 2: "main", 3: "main", 4: "side"}, (1, 2), (2, 3), *groups)

    assert len(drawn.lines) == 4
    assert drawn.any_of == (places(drawn)[3],)


def test_an_edge_says_whether_it_is_done_late_open_or_only_recommended() -> None:
    two = {1: "main", 2: "main"}

    assert kinds(picture(two, (1, 2), begun={1, 2}, light=Light.BLUE)) == ["done"]
    assert kinds(picture(two, (1, 2), light=Light.RED, is_late=True)) == ["late"]
    assert kinds(picture(two, (1, 2))) == ["open"]
    assert kinds(picture(two, Edge(1, 2, is_hard=False))) == ["soft"]


@pytest.mark.parametrize("chain", built_in_chains(), ids=lambda chain: chain.code)
@pytest.mark.parametrize("day", [0, 60, 120, 180, 400])
def test_every_built_in_chain_fits_a_laptop_on_any_day_of_its_plan(chain: ChainSpec, day: int) -> None:
    keys = {node.code: key for key, node in enumerate(chain.nodes)}
    slots = plan(activities(chain.nodes, chain.edges)).slots
    stations = [
        Station(
            key=key, lane=node.lane, label=node.name, light=Light.GREY, is_begun=slots[node.code].earliest_start < day
        )
        for key, node in enumerate(chain.nodes)
    ]  # fmt: skip
    edges = [
        Edge(keys[edge.source], keys[edge.target], edge.kind == "hard", edge.group) for edge in chain.edges
    ]

    drawn = chain_picture(stations, edges, {lane.code: lane.name for lane in chain.lanes}, narrowest=50)

    assert drawn.width == ROOM
    assert len(set(places(drawn).values())) == len(chain.nodes)
    assert all(0 < mark.x < drawn.width and 0 < mark.y < drawn.height for mark in drawn.marks)


def test_names_of_neighbours_do_not_run_into_each_other() -> None:
    drawn = picture({1: "main", 2: "main", 3: "main"}, (1, 2), (2, 3), label="出让合同及标准地投资建设协议书")

    apart = drawn.marks[1].x - drawn.marks[0].x
    assert all(len(line) * 12 <= apart for mark in drawn.marks for line in mark.lines)
