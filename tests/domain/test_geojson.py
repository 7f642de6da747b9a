"""What is taken as the outline of a district, and what is said of what is not."""

import json
from typing import Any

import pytest

from domain.errors import InputError
from domain.geojson import MOST_BYTES, MOST_POINTS, read_outline

RING = [[120.1, 30.1], [120.2, 30.1], [120.2, 30.2], [120.1, 30.1]]


def polygon(*rings: Any) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": list(rings or [RING])}


def feature(geometry: Any, **properties: Any) -> dict[str, Any]:
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def written(document: Any) -> bytes:
    return json.dumps(document).encode()


def refused(data: bytes) -> str:
    with pytest.raises(InputError) as caught:
        read_outline(data)
    return str(caught.value)


def test_towns_are_read_with_their_names() -> None:
    towns = [feature(polygon(), name=" 义蓬\n街道 ", name_en="Yipeng"), feature(polygon(RING, RING))]

    outline = read_outline(b"\xef\xbb\xbf" + written({"type": "FeatureCollection", "features": towns}))

    assert [shape.name for shape in outline.shapes] == ["义蓬 街道", ""]
    assert outline.shapes[0].rings[0][1] == (120.2, 30.1)
    assert outline.points == 12
    assert outline.names == ("义蓬 街道",)


@pytest.mark.parametrize(
    "document",
    [
        polygon(),
        {"type": "MultiPolygon", "coordinates": [[RING], [RING]]},
        {"type": "GeometryCollection", "geometries": [{"type": "Point", "coordinates": [1, 2]}, polygon()]},
        feature(polygon()),
        feature({"type": "Polygon", "coordinates": [[[*point, 12.5] for point in RING]]}),
    ],
)
def test_each_form_of_an_area_is_read(document: Any) -> None:
    assert read_outline(written(document)).shapes[0].rings[0] == tuple((x, y) for x, y in RING)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "line 1, column 1"),
        (b"{", "line 1"),
        (b"\xff\xfe{}", "byte 1"),
        ("义蓬".encode("gbk"), "UTF-8"),
        (b"[]", "no GeoJSON"),
        (b'{"type": "Topology"}', "no GeoJSON"),
        (written({"type": "FeatureCollection", "features": []}), "no area"),
        (written(feature({"type": "Point", "coordinates": [1, 2]})), "no area"),
        (written(feature(None)), "no area"),
        (written({"type": "FeatureCollection", "features": [feature(polygon()), 7]}), "Area 2 is no Polygon"),
        (written(polygon([[1, 2], [3, 4]])), "four points"),
        (written(polygon("abc")), "four points"),
        (written({"type": "Polygon", "coordinates": "abc"}), "Area 1 is no Polygon"),
        (written(polygon([*RING[:2], [200, 30], RING[0]])), "point 3: “[200, 30]”"),
        (written(polygon([*RING[:2], [120, 91], RING[0]])), "point 3"),
        (written(polygon([[30.1e5, 1], *RING])), "point 1"),
        (written(polygon([["120", "30"], *RING])), "point 1"),
        (written(polygon([[True, False], *RING])), "point 1"),
        (written(polygon([[120], *RING])), "point 1"),
        (written(polygon([[float("nan"), 30], *RING])), "number is none"),
        (b'{"type": "Polygon", "coordinates": [[[1e999, 30], [1, 2], [1, 2], [1, 2]]]}', "point 1"),
        (
            b'{"type": "Polygon", "coordinates": [[[%s, 30], [1, 2], [1, 2], [1, 2]]]}' % (b"9" * 400),
            "point 1",
        ),
        (b'{"type": "Polygon", "coordinates": [[[%s, 30]]]}' % (b"9" * 9000), "number is none"),
        (b'{"type": "Polygon", "coordinates": ' + b"[" * 200_000, "too deep"),
        (b" " * (MOST_BYTES + 1), "2 MB"),
    ],
)
def test_one_sentence_says_what_is_wrong_and_where(data: bytes, said: str) -> None:
    assert said in refused(data)


def test_too_many_points_are_refused() -> None:
    rings = [[[1, 1]] * 100] * (MOST_POINTS // 100)
    assert read_outline(written(polygon(*rings))).points == MOST_POINTS
    assert "50000 points" in refused(written(polygon(*rings, RING)))


def test_too_many_areas_are_refused() -> None:
    many = {"type": "FeatureCollection", "features": [feature(polygon())] * 1001}
    assert "1000 areas" in refused(written(many))


def test_a_name_that_no_page_can_be_written_with_is_made_one_that_can() -> None:
    outline = read_outline(
        b'{"type":"Feature","properties":{"name":"\\ud800East","name_en":7},"geometry":'
        b'{"type":"Polygon","coordinates":[[[120,30],[121,30],[121,31],[120,30]]]}}'
    )
    (shape,) = outline.shapes
    assert shape.name == "?East"
    assert shape.name_en == ""
    shape.name.encode()
