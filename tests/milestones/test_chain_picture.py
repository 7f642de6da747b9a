from typing import Any

import pytest

from domain.lifecycle import Status
from domain.lights import Light
from milestones.chain_picture import ChainPicture, Edge, Step, chain_picture
from milestones.queries import NodeRow


def row(key: int, **facts: Any) -> NodeRow:
    said = dict.fromkeys(NodeRow.__dataclass_fields__)
    said |= {"pk": key, "label": "节点", "status": Status.WAITING, "light": Light.GREY, "days_late": 0}
    return NodeRow(**{**said, "blocked_by": (), **facts})


def picture(lanes: dict[int, str], *edges: tuple[int, int], **facts: Any) -> ChainPicture:
    steps = [Step(key, lane, row(key, **facts)) for key, lane in lanes.items()]
    drawn = [Edge(source, target, is_hard=True) for source, target in edges]
    return chain_picture(steps, drawn, {"main": "主线", "side": "评价"})


def places(drawn: ChainPicture) -> dict[int, tuple[int, int]]:
    return {mark.row.pk: (mark.x, mark.y) for mark in drawn.marks}


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


def test_an_edge_that_a_longer_way_says_already_is_left_out() -> None:
    assert len(picture({1: "main", 2: "main", 3: "main"}, (1, 2), (2, 3), (1, 3)).lines) == 2


def test_an_edge_from_a_cause_is_marked() -> None:
    late = picture({1: "main", 2: "main"}, (1, 2), light=Light.RED, days_late=12)
    done = picture({1: "main", 2: "main"}, (1, 2), status=Status.DONE, light=Light.BLUE)

    assert [line.kind for line in late.lines] == ["late"]
    assert late.marks[0].note == "+12"
    assert [line.kind for line in done.lines] == ["done"]


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("桩基施工", ("桩基施工",)),
        ("建设用地规划许可证", ("建设用地规划许", "可证")),
        ("出让合同及标准地投资建设协议书", ("出让合同及标准", "地投资建设协议…")),
        ("施工许可证（整体或主体）", ("施工许可证", "（整体或主体）")),
        ("环评（承诺备案/报告表）", ("环评（承诺备", "案/报告表）")),
        ("企业自行建设（环境影响评价）", ("企业自行建设", "（环境影响评…")),
        ("Planning permit for building", ("Planning permit", "for building")),
    ],
)
def test_a_name_is_broken_into_two_short_lines(name: str, lines: tuple[str, ...]) -> None:
    assert picture({1: "main"}, label=name).marks[0].lines == lines
