"""Where places lie in the picture of the map."""

from math import isclose

from hypothesis import given
from hypothesis import strategies as st

from domain.map_frame import HIGHEST, MARGIN, WIDTH, Box, Frame, clusters, snapped

HERE = Box(120.4, 30.2, 120.6, 30.4)

places = st.tuples(st.floats(120.4, 120.6), st.floats(30.2, 30.4))


@given(places)
def test_a_place_is_found_again_by_where_it_lies(place: tuple[float, float]) -> None:
    frame = Frame(HERE)
    x, y = frame.place(*place)
    longitude, latitude = frame.degrees(x, y)
    assert isclose(longitude, place[0], abs_tol=1e-9)
    assert isclose(latitude, place[1], abs_tol=1e-9)
    assert MARGIN - 1 <= x <= frame.width - MARGIN + 1
    assert MARGIN - 1 <= y <= frame.height - MARGIN + 1


def test_north_is_up_and_east_is_right() -> None:
    frame = Frame(HERE)
    assert frame.place(120.4, 30.4)[1] < frame.place(120.4, 30.2)[1]
    assert frame.place(120.4, 30.4)[0] < frame.place(120.6, 30.4)[0]


def test_distances_are_the_same_in_both_directions() -> None:
    """At 30 degrees a degree of latitude is longer by 1 / cos 30° than one of longitude."""
    frame = Frame(HERE)
    x0, y0 = frame.place(120.5, 30.3)
    x1, y1 = frame.place(120.51, 30.31)
    assert isclose((y0 - y1) / (x1 - x0), 1 / 0.8634, rel_tol=0.001)


def test_the_picture_has_bounds_whatever_the_district() -> None:
    for box in (HERE, Box(0, 0, 90, 1), Box(0, -80, 1, 80), Box(120, 30, 120, 30)):
        frame = Frame(box.widened(0.05))
        assert 400 <= frame.width <= WIDTH + 1
        assert 400 <= frame.height <= HIGHEST + 1


def test_a_box_of_one_point_can_be_looked_at() -> None:
    box = Box(120.5, 30.3, 120.5, 30.3).widened(0.1)
    assert box.west < 120.5 < box.east
    assert box.holds(120.5, 30.3)
    assert Box.around([]) is None


@given(st.lists(st.tuples(st.floats(0, 1000), st.floats(0, 760)), max_size=60))
def test_every_place_is_in_one_cluster(found: list[tuple[float, float]]) -> None:
    members = [number for cluster in clusters(found, 24, 30) for number in cluster.members]
    assert sorted(members) == list(range(len(found)))
    assert len(clusters(found, 24, 30)) <= 30


def test_places_that_fall_together_are_one_and_others_are_not() -> None:
    assert [cluster.members for cluster in clusters([(1, 1), (2, 2), (300, 1)], 24, 30)] == [(0, 1), (2,)]
    # on both sides of the edge between two squares
    assert len(clusters([(23, 5), (25, 5)], 24, 30)) == 1


@given(st.lists(st.tuples(st.floats(0, 1000), st.floats(0, 760)), max_size=60))
def test_no_two_marks_cover_each_other(found: list[tuple[float, float]]) -> None:
    marks = clusters(found, 44, 300)
    for number, one in enumerate(marks):
        for other in marks[:number]:
            assert abs(one.x - other.x) >= 44 or abs(one.y - other.y) >= 26


def test_a_border_that_two_towns_share_stays_shared() -> None:
    border = [(10.2, 0.1), (10.4, 5.3), (10.1, 9.9)]
    left, right = snapped(
        [[(0, 0), *border, (0, 10), (0, 0)], [*reversed(border), (20, 0), (20, 10), (10.1, 9.9)]], 2
    )
    assert set(left) & set(right) == {(10, 0), (10, 6), (10, 10)}
    assert snapped([[(0, 0), (0.1, 0.1), (0.2, 0), (0, 0)]], 2) == []


def test_tiles_cover_the_picture() -> None:
    frame = Frame(HERE)
    tiles = list(frame.tiles())
    assert 4 <= len(tiles) <= 40
    assert min(tile.x for tile in tiles) <= 0
    assert max(tile.x + tile.side for tile in tiles) >= frame.width
    assert min(tile.y for tile in tiles) <= 0
    assert max(tile.y + tile.side for tile in tiles) >= frame.height
    # Hangzhou Bay lies in this tile of zoom 11; tiles are named as every server names them.
    names = {(tile.column >> (tile.zoom - 8), tile.row >> (tile.zoom - 8)) for tile in tiles}
    assert names == {(213, 105)}
