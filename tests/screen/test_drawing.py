"""The picture of a chain: that it fits, says what it counts, and hides nothing."""

from collections import Counter
from itertools import pairwise

import pytest

from domain.lights import Light
from milestones.drawing.lettering import cut, length, lines
from screen.chains import Band, Column
from screen.drawing import BELOW, Drawing, draw

INSIDE_A_CARD = 1360 - 2 * 24 - 2
INSIDE_A_SMALL_CARD = 1280 - 2 * 32 - 2 * 24 - 2


def make_column(code: str = "a", *, label: str = "施工许可证", causes: int = 0, **lights: int) -> Column:
    counted = Counter({Light(light): nodes for light, nodes in lights.items()})
    return Column(
        code=code, name=label, label=label, stage="施工", is_key=False, is_unconfirmed=False, steps=frozenset(),
        lights=counted, causes=causes, due_soon=0,
    )  # fmt: skip


def drawn(*columns: Column) -> Drawing:
    return draw(Band("road", "路", 1, columns))


@pytest.mark.parametrize(
    "label", ["施工许可证（基坑围护/桩基）", "Construction permit, phase 1 (pit and piles)"]
)
def test_fifty_node_kinds_fit_a_page_of_1360_pixels(label: str) -> None:
    picture = drawn(*(make_column(str(place), label=label, green=999) for place in range(50)))

    assert picture.width <= INSIDE_A_CARD
    assert picture.is_upright
    assert picture.step >= 25


def test_a_few_node_kinds_have_names_that_lie() -> None:
    picture = drawn(*(make_column(str(place), label="环评（承诺备案/报告表）") for place in range(14)))

    assert not picture.is_upright
    assert len(picture.columns[0].names) > 1


@pytest.mark.parametrize("many", [9, 14, 30, 44])
def test_a_chain_fits_a_page_of_1280_pixels_with_its_last_column(many: int) -> None:
    picture = drawn(*(make_column(str(place), label="环评（承诺备案/报告表）") for place in range(many)))

    assert picture.columns[-1].x + picture.step / 2 <= picture.width <= INSIDE_A_SMALL_CARD


@pytest.mark.parametrize("place", [0, 20, 39])
def test_the_mark_of_the_fullest_column_stands_over_it_and_inside(place: int) -> None:
    columns = [make_column(str(number), red=2, causes=2 if number == place else 0) for number in range(40)]
    picture = drawn(*columns)

    half = length(picture.mark) / 2
    assert abs(picture.mark_x - picture.columns[place].x) < half
    assert half <= picture.mark_x <= picture.width - half


def test_late_stands_above_the_line_and_on_its_way_below_it() -> None:
    picture = drawn(make_column(red=3, causes=1, yellow=2, green=4, violet=1))

    above = [bar for bar in picture.columns[0].bars if bar.y < picture.base]
    below = [bar for bar in picture.columns[0].bars if bar.y > picture.base]
    assert [bar.look for bar in above] == ["of-red", "knocked-on", "of-yellow"]
    assert [bar.look for bar in below] == ["of-green", "of-violet"]
    assert all(bar.y + bar.height < picture.base for bar in above)
    assert all(higher.y > lower.y for higher, lower in pairwise(above))


@pytest.mark.parametrize("many", [1, 40, 10_000])
def test_no_bar_leaves_the_picture_however_many_nodes_there_are(many: int) -> None:
    picture = drawn(make_column(red=many, causes=many, green=many), make_column("b", yellow=1, violet=1))

    for column in picture.columns:
        assert column.late_y > picture.top or not column.late
        assert all(bar.y > picture.top and bar.height > 0 for bar in column.bars)
        assert column.moving_y <= picture.base + BELOW + 26


def test_the_same_number_is_drawn_equally_high_in_every_column() -> None:
    picture = drawn(
        make_column(red=5, causes=5), make_column("b", red=5, causes=5), make_column("c", red=10, causes=10)
    )

    five, same, ten = (column.bars[0].height for column in picture.columns)
    assert five == same < ten


def test_only_the_fullest_column_is_marked() -> None:
    picture = drawn(make_column(red=2, causes=2), make_column("b", red=3, causes=3), make_column("c", red=9))

    assert [column.is_fullest for column in picture.columns] == [False, True, False]


def test_stages_stand_over_their_columns() -> None:
    picture = drawn(*(make_column(str(place)) for place in range(3)))

    (heading,) = picture.headings
    assert heading.left < picture.columns[0].x < picture.columns[2].x < heading.right


def test_a_column_of_nothing_but_done_opens_what_is_done() -> None:
    done, waiting, knocked_on = drawn(
        make_column(blue=1), make_column("b", grey=1), make_column("c", red=1)
    ).columns

    assert "light=blue" in done.url
    assert "light=grey" in waiting.url
    assert "knocked_on=true" in knocked_on.url


def test_words_are_broken_between_signs_and_words_only() -> None:
    assert lines("方案设计", 1000, 1) == ["方案设计"]
    assert lines("方案设计审查", 40, 3) == ["方案设", "计审查"]
    assert lines("Environmental impact assessment", 95, 3) == ["Environmental", "impact", "assessment"]
    assert lines("Environmental impact", 40, 3) is None


def test_no_line_begins_with_a_closing_mark() -> None:
    for room in range(48, 120, 6):
        broken = lines("环评（承诺备案/报告表）、能评", room, 9) or []
        assert not any(line[0] in "）、/" for line in broken)
        assert "".join(broken) == "环评（承诺备案/报告表）、能评"


def test_what_is_cut_fits_and_says_so() -> None:
    assert cut("立项与前期评价", 1000) == "立项与前期评价"
    assert cut("立项与前期评价", 60).endswith("…")
    assert length(cut("立项与前期评价", 60)) <= 60
    assert cut("立项", 5) == ""
