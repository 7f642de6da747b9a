"""The wall: its pictures, what an unchanged one costs, and districts that are empty, small or badly named."""

import re
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.test import Client

from accounts.models import Unit, User
from domain.lights import Light, LightRule
from issues.models import Block
from milestones.models import Node
from projects.actions import add_project
from projects.models import Investment, InvestmentPlan, Project
from screen.wall import views
from screen.wall.chain import SIGN, wall_chains
from screen.wall.issues import SHOWN, open_issues
from screen.wall.kiosk_actions import make_kiosk
from screen.wall.pictures import Wall, wall_of
from tests.make import (
    FRIDAY,
    MONDAY,
    make_category,
    make_issue,
    make_nodes,
    make_project,
    make_template,
    make_topic,
    make_unit,
    make_user,
)
from tests.pages import client_of, tags_of, text_of
from tests.screen.small_district import NOON, RULE, make_small_district

pytestmark = pytest.mark.django_db

RULE_NOW = datetime.fromisoformat(NOON)


@pytest.fixture(autouse=True)
def _on_friday(time_machine: "time_machine.TimeMachineFixture") -> None:
    time_machine.move_to(NOON, tick=False)


def names_of(page: Any) -> list[str | None]:
    return [attrs["data-name"] for _tag, attrs in tags_of(page) if "data-name" in attrs]


# Pictures --------------------------------------------------------------------------------------------


def test_the_wall_shows_the_one_screen_the_chain_the_issues_and_the_worst() -> None:
    page = client_of(make_small_district()).get("/wall/")

    assert names_of(page) == ["One screen", "Chain", "Issues", "Most worth solving"]
    said = text_of(page)
    assert "4 projects are under way" in said
    assert "2 overdue causes" in said
    assert "The 2 things most worth solving" in said


def test_the_figures_are_those_of_the_one_screen() -> None:
    wall = wall_of(make_small_district(), RULE)

    assert [(figure.label, figure.value) for figure in wall.figures] == [
        ("Projects under way", str(wall.screen.projects.under_way)),
        ("Overdue causes", "2"),
        ("Due within two weeks", str(wall.screen.due_soon)),
        ("Open issues", "0"),
        ("Done this week", str(wall.screen.done_this_week)),
        ("On hold", "1"),
    ]


def test_the_worst_say_project_node_unit_days_why_and_when_it_is_back() -> None:
    boss = make_small_district()
    project = Project.objects.get(name="晶圆材料二期")
    late = Node.objects.get(project=project, template_node__code="b")
    for title in ("开闭所未建", "外线未通"):
        issue = make_issue(
            project, title=title, category=make_category(name_en="Power"), due_on=MONDAY + timedelta(days=2),
            lead_unit=Unit.objects.get(name="供电公司"),
        )  # fmt: skip
        Block.objects.create(issue=issue, node=late)

    first, second = wall_of(boss, RULE).worst

    assert (first.row.project, first.row.label, first.unit) == ("晶圆材料二期", "Node b", "供电公司")
    assert first.row.days_late > second.row.days_late > 0
    assert (first.why, first.is_past, second.why) == ("开闭所未建", True, "")
    said = text_of(client_of(boss).get("/wall/"))
    assert "开闭所未建 was due 4 Mar" in said
    assert "Nobody has said why" in said


def test_open_issues_are_summed_by_category_and_unit_with_what_is_past_due_apart() -> None:
    boss, power = make_user(), make_unit("供电公司", kind=Unit.Kind.DEPARTMENT)
    electricity, land = make_category(name_en="Power"), make_category("land", name_en="Land")
    make_issue(category=electricity, lead_unit=power, due_on=MONDAY)
    make_issue(category=electricity, lead_unit=power, due_on=FRIDAY)
    make_issue(category=land)
    make_issue(category=land, lead_unit=power, status="closed", due_on=MONDAY)

    found = open_issues(boss, RULE)

    assert (found.count, found.late, found.unassigned) == (3, 1, 1)
    assert [(bar.label, bar.count, bar.late) for bar in found.categories] == [("Power", 2, 1), ("Land", 1, 0)]
    assert [(bar.width, bar.late_width) for bar in found.categories] == [(100.0, 50.0), (50.0, 0.0)]
    assert [(bar.label, bar.count) for bar in found.units] == [("供电公司", 2)]


def test_more_units_than_find_room_are_summed_up_in_the_last_line() -> None:
    boss, project = make_user(), make_project()
    for number in range(SHOWN + 3):
        make_issue(project, lead_unit=make_unit(f"单位{number}号", kind=Unit.Kind.DEPARTMENT))

    units = open_issues(boss, RULE).units

    assert len(units) == SHOWN
    assert (units[-1].label, units[-1].count, units[-1].is_rest) == ("all others", 4, True)
    assert max(bar.width for bar in units) <= 100


def test_the_chain_names_the_fullest_node_kinds_and_numbers_them_in_the_picture() -> None:
    road, *_ = wall_of(make_small_district(), RULE).chains

    assert next((each.place, each.label, each.causes) for each in road.named) == (1, "Node b", 2)
    marked = {column.mark: column for column in road.columns if column.mark}
    assert set(marked) == {each.place for each in road.named}
    assert road.named[0].light is Light.RED
    for column in road.columns:
        for bar in column.bars:
            assert road.top < bar.y < bar.y + bar.height < road.top + road.height
        if column.mark:
            assert column.mark_y - SIGN > road.stage_line


def test_what_waits_for_one_topic_is_one_thing() -> None:
    boss, topic = make_small_district(), make_topic(name="郊区供电")
    nodes = Node.objects.filter(template_node__code="b", status="running")
    for node in nodes:
        Block.objects.create(issue=make_issue(node.project, topic=topic), node=node)

    (only,) = wall_of(boss, RULE).worst

    assert (only.why, only.topic_projects) == ("郊区供电", 2)
    assert "郊区供电 2 projects · no date yet" in text_of(client_of(boss).get("/wall/"))


def test_only_whole_stage_names_are_written() -> None:
    road, *_ = wall_of(make_small_district(), RULE).screen.bands
    first, *others = road.columns
    long = replace(road, columns=(replace(first, stage="前期手续办理与要素保障阶段"), *others))

    (drawn,) = wall_chains((long,))

    assert drawn.stages[0].text == ""
    assert all(each.text == "" or each.text in {column.stage for column in others} for each in drawn.stages)


def test_a_hundred_walls_on_which_something_has_changed_cost_one_rendering(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    boss, same = make_small_district(), make_user()
    elsewhere = make_user(User.Role.LIAISON, unit=make_unit("别处"))
    made: list[int | None] = []

    def counted(reader: User, rule: LightRule) -> Wall:
        made.append(reader.pk)
        return wall_of(reader, rule)

    monkeypatch.setattr(views, "wall_of", counted)
    first, second, other = (client_of(who).get("/wall/pictures/").content for who in (boss, same, elsewhere))

    assert made == [boss.pk, elsewhere.pk]
    assert first == second != other
    add_project(actor=boss, name="另一个", kind="new_build", town=make_unit())
    client_of(same).get("/wall/pictures/")
    assert made == [boss.pk, elsewhere.pk, same.pk]


def test_a_chain_where_nothing_is_late_is_shown_only_where_there_is_no_other() -> None:
    wall = wall_of(make_small_district(), RULE)
    assert [chain.code for chain in wall.chains] == ["road"]
    calm = [band for band in wall.screen.bands if band.code == "short"]
    assert [chain.code for chain in wall_chains(tuple(calm))] == ["short"]


def test_investment_is_shown_where_it_was_entered() -> None:
    boss = make_small_district()
    project = Project.objects.get(name="轮胎技改")
    Project.objects.filter(pk=project.pk).update(industry="C29", kind=Project.Kind.RENOVATION)
    for month, amount in ((date(2025, 1, 1), 1000), (date(2026, 1, 1), 1500), (date(2026, 2, 1), 500)):
        Investment.objects.create(project=project, month=month, amount=Decimal(amount))
    InvestmentPlan.objects.create(project=project, year=2026, amount=Decimal(24_000))

    page = client_of(boss).get("/wall/")

    assert names_of(page)[-1] == "Investment"
    said = text_of(page)
    assert "8.3 % of the year's plan is made, 16.7 % is planned to date" in said
    assert "100.0 % more than a year earlier" in said
    assert "100.0 % of industry" in said


# Who sees what ---------------------------------------------------------------------------------------


def test_a_reader_sees_only_what_he_may_see() -> None:
    make_small_district()
    make_issue(Project.objects.get(name="晶圆材料二期"), title="开闭所未建")
    stranger = make_user(User.Role.LIAISON, unit=make_unit("别处"))

    page = client_of(stranger).get("/wall/")

    assert page.status_code == 200
    assert "晶圆" not in text_of(page)
    assert "There is no project on record yet" in text_of(page)


def test_two_readers_never_share_a_name_for_what_they_see() -> None:
    boss = make_small_district()
    tags = {
        client_of(reader).get("/wall/pictures/")["ETag"]
        for reader in (boss, make_user(User.Role.LIAISON, unit=make_unit()), make_user(User.Role.LEADER))
    }
    assert len(tags) == 3
    before = client_of(boss).get("/wall/pictures/")["ETag"]
    User.objects.filter(pk=boss.pk).update(role=User.Role.LIAISON)
    assert client_of(boss).get("/wall/pictures/")["ETag"] != before
    assert client_of(boss, language="zh-hans").get("/wall/pictures/")["ETag"] != before


# Refresh ---------------------------------------------------------------------------------------------


def test_what_has_not_changed_costs_a_304_and_says_what_time_it_is() -> None:
    client = client_of(make_small_district())
    first = client.get("/wall/pictures/")
    again = client.get("/wall/pictures/", headers={"if-none-match": first["ETag"]})

    assert (first.status_code, again.status_code, again.content) == (200, 304, b"")
    for answer in (first, again):
        assert answer["ETag"] == first["ETag"]
        assert answer["Onescreen-Time"] == "1772769600000"
        assert answer["Onescreen-Version"]
        assert "no-store" in answer["Cache-Control"]
    page = dict(tags_of(client.get("/wall/")))["main"]
    assert (page["data-etag"], page["data-version"]) == (first["ETag"], first["Onescreen-Version"])


def test_a_change_another_day_and_ten_minutes_make_it_another_one(
    time_machine: "time_machine.TimeMachineFixture",
) -> None:
    boss = make_small_district()
    client = client_of(boss)
    tags = [client.get("/wall/pictures/")["ETag"]]
    add_project(actor=boss, name="新项目", kind="new_build", town=make_unit())
    tags.append(client.get("/wall/pictures/")["ETag"])
    time_machine.move_to("2026-03-06 12:10+08:00", tick=False)
    tags.append(client.get("/wall/pictures/")["ETag"])
    assert len(set(tags)) == 3


def test_another_script_is_another_version(monkeypatch: pytest.MonkeyPatch) -> None:
    client = client_of(make_small_district())
    before = client.get("/wall/pictures/")
    monkeypatch.setattr("screen.wall.freshness.static", lambda name: f"/static/new/{name}")
    after = client.get("/wall/pictures/", headers={"if-none-match": before["ETag"]})
    assert after["Onescreen-Version"] != before["Onescreen-Version"]


def test_a_refresh_of_a_wall_screen_asks_little(django_assert_num_queries: Any) -> None:
    boss = make_small_district()
    _kiosk, token = make_kiosk(actor=boss, name="大厅", now=RULE_NOW)
    screen = Client(headers={"accept-language": "en"})
    screen.get(f"/wall/k/{token}/")
    tag = screen.get("/wall/pictures/")["ETag"]

    # the screen, the newest change and how many, the last edit, the calendar, the last reckoning
    with django_assert_num_queries(6):
        assert screen.get("/wall/pictures/", headers={"if-none-match": tag}).status_code == 304


def test_all_pictures_ask_as_much_for_forty_projects_as_for_two(django_assert_max_num_queries: Any) -> None:
    boss, template = make_user(), make_template("a", "b", "c")
    for _number in range(40):
        make_nodes(template, project=make_project(), starts_on=MONDAY, a=date(2026, 2, 2))
    client = client_of(boss)
    client.get("/wall/pictures/")
    with django_assert_max_num_queries(40) as asked:
        assert client.get("/wall/pictures/").status_code == 200
    before = len(asked)
    for _number in range(20):
        make_nodes(template, project=make_project(), starts_on=MONDAY, a=date(2026, 2, 2))
    with django_assert_max_num_queries(before):
        client.get("/wall/pictures/")


# Bad cases -------------------------------------------------------------------------------------------


def test_an_empty_district_has_one_picture_that_says_so() -> None:
    page = client_of(make_user()).get("/wall/")

    assert names_of(page) == ["One screen"]
    assert "There is no project on record yet" in text_of(page)
    assert "nobody has to do anything at this screen" in text_of(page)


def test_one_project_without_a_chain_has_all_that_there_is_to_say() -> None:
    make_project(name="独苗")
    page = client_of(make_user()).get("/wall/")

    assert names_of(page) == ["One screen", "Issues", "Most worth solving"]
    assert "No issue is open" in text_of(page)
    assert "Nothing is overdue." in text_of(page)


def test_names_are_escaped() -> None:
    boss = make_small_district()
    Project.objects.filter(name="晶圆材料二期").update(name="<i>&")
    Unit.objects.filter(name="供电公司").update(name="<b>“")

    for path in ("/wall/", "/wall/pictures/"):
        html = client_of(boss).get(path).content.decode()
        assert "&lt;i&gt;&amp;" in html
        assert "<i>&" not in html
        assert "<b>“" not in html


@pytest.mark.parametrize(
    ("asked", "every"),
    [("", 20), ("30", 30), ("1", 5), ("99999", 600), ("-3", 20), ("²", 20), ("999999999", 20)],
)
def test_the_seconds_of_a_picture_can_be_asked_for_and_nonsense_is_not_refused(
    asked: str, every: int
) -> None:
    page = client_of(make_user()).get("/wall/", {"every": asked})
    assert dict(tags_of(page))["main"]["data-every"] == str(every)


def test_only_a_wall_screen_gets_the_script_that_keeps_the_page() -> None:
    boss = make_user()
    _kiosk, token = make_kiosk(actor=boss, name="大厅", now=RULE_NOW)
    screen = Client()
    screen.get(f"/wall/k/{token}/")

    assert dict(tags_of(screen.get("/wall/")))["main"]["data-worker"] == "/wall/worker.js"
    assert "data-worker" not in dict(tags_of(client_of(boss).get("/wall/")))["main"]
    script = screen.get("/wall/worker.js")
    assert (script.status_code, script["Content-Type"]) == (200, "text/javascript")
    assert "wall.js" in script.content.decode()
    assert Client().get("/wall/worker.js").status_code == 401


def test_the_wall_is_as_dark_as_the_other_pages_are_in_the_dark() -> None:
    css = (Path(settings.BASE_DIR) / "config" / "static" / "onescreen.css").read_text(encoding="utf-8")

    def colours(rule: str) -> dict[str, str]:
        found = dict(re.findall(r"(--[a-z-]+): ([^;]+);", rule))
        return {name: value for name, value in found.items() if name not in {"--u", "--shade"}}

    dark = css.partition("(prefers-color-scheme: dark)")[2].partition("}")[0]
    assert colours(css.partition("\n.wall {")[2].partition("}")[0]) == colours(dark) != {}
