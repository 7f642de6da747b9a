"""The columns of a ledger that tell more of a project than it needs: industry, place and tier."""

from pathlib import Path

import pytest

from accounts.models import Unit, User
from history.models import Change
from ledger.actions import import_ledger
from ledger.keeping import chunks_of
from ledger.opening import open_ledger
from ledger.plan import make_plan
from projects.models import Project
from tests.ledger.making import TODAY, TOWN, counts, doubts, make_towns, write_csv
from tests.make import make_project, make_template

pytestmark = pytest.mark.django_db


def test_industry_place_and_tier_are_taken_and_what_of_them_is_wrong_is_only_said(tmp_path: Path) -> None:
    make_towns()
    for kind in ("new_build", "future_factory", "high_tech", "research"):
        make_template("a", code=kind)
    path = write_csv(
        tmp_path,
        "项目名称|属地|项目类型|国民经济行业|经度|纬度|梯度",
        f"甲|{TOWN}|未来工厂|3985 电子专用材料制造|120.1234567|30.2|智能工厂",
        f"乙|{TOWN}|高企|C99|200|东经三十度|链主工厂",
        f"丙|{TOWN}|科研攻关|通用设备制造业（c34）|120°|N30.5|vanguard",
        f"丁|{TOWN}||2022年|120.1,30.2|—|尖兵",
    )

    opened = open_ledger(path)
    plan = make_plan(opened, actor=User.objects.system(), today=TODAY)

    assert counts(plan) == (4, 0, 0, 0)
    taken = [
        {name: str(draft.fields.get(name, "")) for name in ("kind", "industry", "longitude", "latitude")}
        for draft in plan.drafts
    ]
    assert taken == [
        {"kind": "future_factory", "industry": "C3985", "longitude": "120.123457", "latitude": "30.200000"},
        {"kind": "high_tech", "industry": "", "longitude": "", "latitude": ""},
        {"kind": "research", "industry": "C34", "longitude": "120.000000", "latitude": "30.500000"},
        {"kind": "new_build", "industry": "", "longitude": "", "latitude": ""},
    ]
    assert [getattr(draft.fields.get("tier"), "code", None) for draft in plan.drafts] == [
        "smart", None, "vanguard", None,
    ]  # fmt: skip
    assert [(row, column) for row, column, _reason in doubts(plan)] == [
        (3, "国民经济行业"), (3, "经度"), (3, "纬度"), (3, "梯度"), (5, "国民经济行业"), (5, "经度"), (5, "梯度"),
    ]  # fmt: skip


def test_a_tier_is_one_of_the_kind_on_record_and_the_same_again_changes_nothing(tmp_path: Path) -> None:
    make_towns()
    make_template("a", code="future_factory")
    make_project(name="甲", kind="future_factory", town=Unit.objects.get(name=TOWN))
    path = write_csv(tmp_path, "项目名称|属地|梯度|行业代码", f"甲|{TOWN}|数字化车间|39")

    for expected in ((0, 1, 0, 0), (0, 0, 1, 0)):
        _, plan = import_ledger(
            chunks_of(path), file_name=path.name, actor=User.objects.system(), today=TODAY
        )
        assert counts(plan) == expected

    project = Project.objects.get()
    assert project.tier is not None
    assert (project.tier.code, project.industry) == ("workshop", "C39")
    assert Change.objects.get(verb="project_changed").after == {"tier": "数字化车间", "industry": "C39"}
