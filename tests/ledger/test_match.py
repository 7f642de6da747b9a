"""Which project a row means."""

import pytest

from accounts.models import User
from domain.errors import RuleError
from ledger.match import Known, Matcher, read_matcher
from tests.make import make_project, make_unit, make_user

A = Known(1, "c-1", "甲 项目", "企业甲")
B = Known(2, "", "乙项目", "企业乙")
C = Known(3, "", "丙项目", "企业丙")
D = Known(4, "", "丙项目", "企业丁")
MATCHER = Matcher([A, B, C, D], {"c-1", "c-9"})


@pytest.mark.parametrize(
    ("fields", "pk"),
    [
        ({"name": "another name", "code": "c-1"}, 1),
        ({"name": "乙项目", "enterprise": "企业乙"}, 2),
        ({"name": "甲项目", "enterprise": "企业甲"}, 1),
        ({"name": "乙项目", "code": "c-2", "enterprise": "企业乙"}, 2),
        ({"name": "乙项目"}, 2),
        ({"name": "丙项目", "enterprise": "企业丙"}, 3),
        ({"name": "乙项目", "enterprise": "another"}, None),
        ({"name": "new"}, None),
    ],
)
def test_a_project_is_known_by_its_code_or_by_name_and_enterprise(
    fields: dict[str, str], pk: int | None
) -> None:
    assert MATCHER.find(fields) == pk


def test_a_name_without_enterprise_must_be_the_only_one() -> None:
    with pytest.raises(RuleError, match="2 projects are called “丙项目”"):
        MATCHER.find({"name": "丙项目"})


def test_a_code_out_of_sight_is_taken_and_no_more_is_said() -> None:
    with pytest.raises(RuleError, match=r"^Another project already has the code c-9\.$"):
        MATCHER.find({"name": "new", "code": "c-9"})


def test_the_code_on_record_is_not_replaced_by_another() -> None:
    with pytest.raises(RuleError, match="“甲项目” is on record with the code c-1"):
        MATCHER.find({"name": "甲项目", "code": "c-2", "enterprise": "企业甲"})


@pytest.mark.django_db
def test_only_projects_in_sight_are_matched() -> None:
    town = make_unit("here")
    here = make_project(name="one", town=town)
    make_project(name="two", code="x")
    manager = make_user(User.Role.MANAGER, unit=town)

    matcher = read_matcher(manager, {"x"})

    assert matcher.find({"name": "one"}) == here.pk
    assert matcher.find({"name": "two"}) is None
    with pytest.raises(RuleError, match="Another project"):
        matcher.find({"name": "three", "code": "x"})
