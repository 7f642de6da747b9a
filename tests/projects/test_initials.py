"""Who types the initials finds the project, whatever way its name came in."""

from typing import Any

import pytest

from projects.actions import add_project, change_project
from projects.bulk_actions import add_projects, change_projects
from projects.initials import LONGEST, could_be_initials, initials_of
from projects.models import Project
from tests.make import make_unit, make_user

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("names", "initials"),
    [
        (("晶圆抛光材料二期项目",), "jypgcleqxm"),
        (("12英寸晶圆", "杭州澜芯"), "12ycjy hzlx"),
        (("重庆长安",), "cqca"),
        (("重要通知",), "zytz"),
        (("AI大模型（一期）",), "aidmxyq"),
        (("", "。！"), ""),
        (("Ünïcode",), "ncode"),
    ],
)
def test_the_initials_of_a_name(names: tuple[str, ...], initials: str) -> None:
    assert initials_of(*names) == initials


def test_a_name_that_is_too_long_is_cut() -> None:
    assert len(initials_of("项" * 600)) == LONGEST


@pytest.mark.parametrize(
    ("text", "could"),
    [("jy", True), ("12yc", True), ("2026", False), ("j", False), ("晶圆", False), ("j y", False)],
)
def test_what_may_be_meant_as_initials(text: str, could: bool) -> None:
    assert could_be_initials(text) is could


def fields(name: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "kind": "new_build", "town": make_unit(), **more}


def test_every_way_in_writes_the_initials() -> None:
    boss = make_user()
    one = add_project(actor=boss, **fields("晶圆材料", enterprise="澜芯"))
    many = add_projects([fields("抗体基地"), fields("轮胎技改")], actor=boss)
    assert [project.initials for project in (one, *many)] == ["jycl lx", "ktjd", "ltjg"]
    change_project(one, actor=boss, name="晶圆二期")
    change_projects({many[0].pk: {"enterprise": "沐元"}}, actor=boss)
    stored = dict(Project.objects.values_list("name", "initials"))
    assert stored == {"晶圆二期": "jyeq lx", "抗体基地": "ktjd my", "轮胎技改": "ltjg"}


def test_projects_on_record_get_theirs_by_the_migration() -> None:
    from importlib import import_module

    from django.apps import apps

    project = add_project(actor=make_user(), **fields("晶圆材料"))
    Project.objects.update(initials="")
    import_module("projects.migrations.0004_initials_of_projects").fill(apps, None)
    project.refresh_from_db()
    assert project.initials == "jycl"


def test_a_list_is_searched_word_by_word_in_any_order_and_by_initials() -> None:
    boss = make_user()
    add_project(actor=boss, **fields("晶圆抛光材料二期", enterprise="澜芯半导体"))
    add_project(actor=boss, **fields("晶体管封装"))

    def found(text: str) -> list[str]:
        return [project.name for project in Project.objects.matching(text).best_first(text)]

    assert found("jy") == ["晶圆抛光材料二期"]
    assert found("JYPG") == ["晶圆抛光材料二期"]
    assert found("二期 晶圆") == ["晶圆抛光材料二期"]
    assert found("lx 材料") == ["晶圆抛光材料二期"]
    assert found("晶") == ["晶体管封装", "晶圆抛光材料二期"]
    assert found("封装 晶圆") == []
    assert found("%") == found("_") == []


def test_what_begins_so_comes_first() -> None:
    boss = make_user()
    for name in ("智能晶圆厂", "晶圆二期", "京元大厦"):
        add_project(actor=boss, **fields(name))
    assert [p.name for p in Project.objects.matching("晶圆").best_first("晶圆")] == ["晶圆二期", "智能晶圆厂"]
    assert [p.name for p in Project.objects.matching("jy").best_first("jy")] == [
        "京元大厦",
        "晶圆二期",
        "智能晶圆厂",
    ]
