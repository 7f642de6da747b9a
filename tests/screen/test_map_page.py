"""The map: points by light, what falls together, what has no place, the outline and what replaces it."""

import json
import re
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test.utils import override_settings
from django.utils import timezone, translation

from accounts.models import Unit, User
from domain.lights import Light, LightRule
from history.models import Change
from milestones.actions import finish_node, start_node
from milestones.calendar_table import load_calendar
from milestones.project_queries import project_rows
from projects.models import Project
from screen.map import outline_files
from screen.map.filters import MapFilter
from screen.map.lights import lights_by_project, lights_of
from screen.map.page import Mark, Town, _beside
from tests.make import make_node, make_nodes, make_project, make_template, make_unit, make_user
from tests.pages import client_of, tags_of, text_of

pytestmark = pytest.mark.django_db

HERE = {"longitude": "120.5", "latitude": "30.3"}


@pytest.fixture(autouse=True)
def _nothing_remembered() -> None:
    cache.clear()
    outline_files._read.cache_clear()


def get(query: str = "", user: User | None = None) -> Any:
    return client_of(user or make_user()).get(f"/map/{query}")


def marks(response: Any) -> list[str]:
    return re.findall(r'<a class="spot" href="([^"]+)"', response.content.decode())


def upload(client: Any, data: bytes, name: str = "district.geojson") -> Any:
    return client.post("/map/outline/", {"file": SimpleUploadedFile(name, data)})


def square(name: str = "北镇", west: float = 100.0) -> bytes:
    ring = [[west, 10], [west + 1, 10], [west + 1, 11], [west, 11], [west, 10]]
    feature = {
        "type": "Feature",
        "properties": {"name": name},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }
    return json.dumps({"type": "FeatureCollection", "features": [feature]}).encode()


def test_a_project_is_a_point_with_its_light_that_opens_it() -> None:
    node = make_node(project=make_project(name="晶圆", **HERE), status="running", due_on=timezone.localdate())
    Project.objects.filter(pk=node.project_id).update(latitude="30.31")

    response = get()

    assert marks(response) == [f"/projects/{node.project_id}/"]
    assert "<title>晶圆, Due soon</title>" in response.content.decode()
    assert 'href="#light-yellow"' in response.content.decode()
    assert "1 project on the map" in text_of(response)


def test_projects_in_one_place_are_counted_and_the_number_opens_them() -> None:
    town = make_unit()
    for number in range(3):
        make_project(name=f"甲{number}", town=town, **HERE)
    make_project(name="乙", longitude="120.55", latitude="30.25", town=town)
    client = client_of(make_user())

    whole = client.get("/map/")
    (many,) = [url for url in marks(whole) if "within" in url]
    part = client.get(many.replace("&amp;", "&"))

    assert "3 projects: Waiting 3" in whole.content.decode()
    assert "3 projects on the map" in text_of(part)
    assert Counter(re.findall("甲[0-9]</a>", part.content.decode())) == {f"甲{n}</a>": 1 for n in range(3)}
    assert "乙" not in part.content.decode()


def test_those_without_a_place_are_counted_and_listed() -> None:
    make_project(name="有处", **HERE)
    make_project(name="无处")
    make_project(name="半处", longitude="120.5")
    client = client_of(make_user())

    whole = client.get("/map/")
    (link,) = [
        tag["href"]
        for name, tag in tags_of(whole)
        if name == "a" and str(tag.get("href")).endswith("placed=no#projects")
    ]
    listed = client.get(str(link))

    assert "2 have no place yet" in text_of(whole)
    assert "无处" in text_of(listed)
    assert "半处" in text_of(listed)
    assert "有处" not in text_of(listed)


def test_a_place_beyond_the_outline_is_told_and_drawn_nowhere() -> None:
    make_project(longitude="30.3", latitude="89.5")
    response = get()
    assert marks(response) == []
    assert "1 project has a place beyond the outline" in text_of(response)


def test_the_map_shows_only_what_the_reader_may_see() -> None:
    mine = make_project(name="我镇", **HERE)
    make_project(name="他镇", **HERE)
    response = get(user=make_user("liaison", unit=mine.town))
    assert marks(response) == [f"/projects/{mine.pk}/"]
    assert "他镇" not in response.content.decode()


def test_the_map_is_narrowed_like_the_list_of_projects() -> None:
    one = make_project(sector="芯片", leader="陈", kind="renovation", **HERE)
    other = make_project(sector="医药", leader="李", longitude="120.55", latitude="30.25")
    user = make_user()
    for query in ("sector=芯片", "leader=陈", "kind=renovation", f"town={one.town_id}"):
        assert marks(get(f"?{query}", user)) == [f"/projects/{one.pk}/"], query
    assert len(marks(get("?light=grey", user))) == 2
    assert marks(get("?light=red", user)) == []
    assert "Nothing matches." in text_of(get("?light=red", user))
    assert marks(get(f"?town={other.town_id}", user)) == [f"/projects/{other.pk}/"]


@pytest.mark.parametrize(
    "said", ["", "a,b,c,d", "1,2,3", "nan,nan,nan,nan", "inf,0,1,1", "130,10,120,20", "0,0,9e99,1"]
)
def test_a_part_that_is_none_narrows_nothing(said: str) -> None:
    make_project(**HERE)
    assert len(marks(get(f"?within={said}"))) == 1


def test_an_area_that_is_named_like_a_town_opens_its_projects() -> None:
    town = make_unit("义蓬街道")
    assert f'href="/map/?town={town.pk}"' in get().content.decode()


def test_the_lights_of_the_map_are_those_of_the_list() -> None:
    rule = LightRule.on(timezone.localdate(), load_calendar())
    template = make_template("a", "b", "c")
    for status, day in (("running", -9), ("running", 2), ("held", 0), ("done", 0), ("waiting", 90)):
        nodes = make_nodes(template)
        node = nodes["a"]
        node.status, node.due_on = status, rule.today + timedelta(days=day)
        node.started_on = node.finished_on = node.held_on = None
        node.started_on = rule.today if status != "waiting" else None
        node.held_on = rule.today if status == "held" else None
        node.finished_on = rule.today if status == "done" else None
        node.save()
    make_project()
    by_list = {row.pk: row.light for row in project_rows(Project.objects.all(), rule) if row.nodes}
    assert lights_of(None, rule) == by_list
    assert len(set(by_list.values())) >= 4


def test_a_light_that_has_changed_is_seen_at_once() -> None:
    rule = LightRule.on(timezone.localdate(), load_calendar())
    manager = make_user()
    first, second = make_node(), make_node()
    start_node(first, actor=manager, today=rule.today, on=rule.today)
    before = lights_by_project(rule)
    first.refresh_from_db()
    finish_node(first, actor=manager, today=rule.today, on=rule.today)
    after = lights_by_project(rule)
    assert before[first.project_id] != Light.BLUE
    assert after[first.project_id] == Light.BLUE
    assert after[second.project_id] == before[second.project_id]


def test_the_map_asks_as_much_for_many_projects_as_for_one(django_assert_num_queries: Any) -> None:
    town, client = make_unit(), client_of(make_user())
    make_project(town=town, **HERE)
    client.get("/map/")
    for number in range(30):
        make_project(town=town, longitude=f"120.{45 + number % 10}", latitude=f"30.{25 + number % 7}")
    with django_assert_num_queries(16):
        response = client.get("/map/")
    assert len(response.content) < 100_000


def test_the_bureau_replaces_the_outline_and_goes_back() -> None:
    manager = make_user()
    client = client_of(manager)

    upload(client, square("北镇"))
    own = client.get("/map/").content.decode()
    page = client.get("/map/outline/")
    file = client.get("/map/outline/file/")
    client.post("/map/outline/", {"built_in": "1"})
    again = client.get("/map/").content.decode()

    assert "北镇" in own
    assert "Yipeng" not in own
    assert "an outline of your own with 1 area" in text_of(page)
    assert file.content == square("北镇")
    assert "Yipeng" in again
    first, second = Change.objects.filter(verb=Change.Verb.OUTLINE_REPLACED).order_by("pk")
    assert (first.actor, first.after["name"], first.after["areas"]) == (manager, "district.geojson", 1)
    assert second.after["name"] == ""


@pytest.mark.parametrize(
    ("data", "said"),
    [(b"{", "no JSON: line 1"), (b"[1]", "no GeoJSON"), (b" " * (2 * 1024**2 + 9), "larger than 2 MB")],
)
def test_a_broken_outline_is_refused_in_one_sentence_and_changes_nothing(data: bytes, said: str) -> None:
    client = client_of(make_user())
    response = upload(client, data)
    assert response.status_code == 400
    assert said in text_of(response)
    assert "Yipeng" in client.get("/map/").content.decode()
    assert not Change.objects.exists()


def test_nobody_but_the_bureau_replaces_the_outline() -> None:
    for user in (make_user("leader"), make_user(unit=make_unit()), make_user("liaison", unit=make_unit())):
        client = client_of(user)
        assert client.get("/map/outline/").status_code == 403
        assert client.get("/map/outline/file/").status_code == 403
        assert upload(client, square()).status_code == 403
        assert "/map/outline/" not in client.get("/map/").content.decode()


def test_an_outline_that_has_become_unreadable_leaves_the_points() -> None:
    client = client_of(make_user())
    project = make_project(longitude="100.5", latitude="10.5")
    upload(client, square())
    (name,) = default_storage.listdir("outline")[1]
    default_storage.delete(f"outline/{name}")
    default_storage.save(f"outline/{name}", ContentFile(b"{"))
    outline_files._read.cache_clear()

    response = client.get("/map/")

    assert marks(response) == [f"/projects/{project.pk}/"]
    assert "cannot be read any more" in text_of(response)
    assert client.get("/map/outline/").status_code == 200


def test_a_large_outline_makes_no_large_page() -> None:
    ring = [[100 + i / 40_000, 10 + (i % 2) / 9_000] for i in range(40_000)]
    ring += [[101, 11], [100, 11], ring[0]]
    client = client_of(make_user())
    assert upload(client, json.dumps({"type": "Polygon", "coordinates": [ring]}).encode()).status_code == 302
    assert len(client.get("/map/").content) < 150_000


def test_tiles_are_asked_for_only_where_a_server_is_named() -> None:
    make_project(**HERE)
    user = make_user()
    assert "<image" not in get(user=user).content.decode()
    with override_settings(TILES_URL="https://tiles.example/{z}/{x}/{y}.png"):
        found = re.findall(
            r'<image href="(https://tiles\.example/\d+/\d+/\d+\.png)"', get(user=user).content.decode()
        )
    assert len(found) > 3


def test_an_empty_district_says_what_brings_projects_in() -> None:
    response = get()
    assert "0 projects on the map" in text_of(response)
    assert "A ledger brings them in." in text_of(response)


def test_the_built_in_outline_has_an_area_for_each_town_of_the_demonstration() -> None:
    from config.demo.people import TOWNS

    outline = outline_files.outline_in_use().outline
    assert outline is not None
    assert {(shape.name, shape.name_en) for shape in outline.shapes} == set(TOWNS)
    assert Unit.objects.count() == 0


def test_the_name_of_a_town_steps_aside_for_the_marks() -> None:
    town = Town("", "前进街道", 500.0, 300.0, "")
    here = Mark(500.0, 296.0, Light.GREEN, 7, "", "")

    assert _beside(town, ()) == town
    moved = _beside(town, (here,))
    assert (moved.x, abs(moved.y - town.y) > 12) == (500.0, True)


def test_the_filter_of_what_is_not_reached_yet_says_so() -> None:
    with translation.override("zh-hans"):
        assert str(MapFilter.base_filters["not_yet"].label) == "六未"


def test_the_name_of_a_town_stands_aside_where_marks_stand_one_below_the_other() -> None:
    town = Town("", "前进街道", 500.0, 300.0, "")
    column = tuple(Mark(530.0, float(y), Light.GREEN, 1, "", "") for y in range(200, 400, 14))

    moved = _beside(town, column)
    assert (moved.x < 500, moved.y) == (True, 300.0)
