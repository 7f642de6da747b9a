"""Adding and changing projects: each success, each refusal."""

from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied

from accounts.models import Unit, User
from domain.errors import RuleError, StaleError
from domain.project_code import ProjectCodeError
from history.models import Change
from projects.actions import add_project, change_project
from projects.models import Project
from tests.make import make_project, make_unit, make_user

pytestmark = pytest.mark.django_db
CODE = "2505-330354-04-01-274607"


def test_a_project_is_added_with_its_history_and_the_units_that_take_part() -> None:
    town, department = make_unit("义蓬街道"), make_unit("住建局", kind=Unit.Kind.DEPARTMENT)
    actor = make_user()

    project = add_project(
        actor=actor, name="晶圆材料二期", code=CODE, kind="new_build", town=town, department=department,
        investment=Decimal(124000),
    )  # fmt: skip

    assert set(project.units.all()) == {town, department}
    change = Change.objects.get(project=project)
    assert (change.actor, change.verb) == (actor, Change.Verb.PROJECT_ADDED)
    assert change.after["town"] == "义蓬街道"
    assert change.after["investment"] == "124000"


def test_a_code_is_stored_in_its_normal_form() -> None:
    project = add_project(
        actor=make_user(),
        name="项目",
        code=f" {CODE.replace('-', '－')} ",
        kind="new_build",
        town=make_unit(),
    )

    assert project.code == CODE


def test_a_code_of_a_wrong_form_is_refused_and_a_wrong_check_digit_is_not() -> None:
    town, actor = make_unit(), make_user()

    with pytest.raises(ProjectCodeError):
        add_project(actor=actor, name="项目", code="2513-330354-04-01-274607", kind="new_build", town=town)
    add_project(actor=actor, name="项目", code="2208-330114-04-01-123456", kind="new_build", town=town)

    assert Project.objects.count() == 1


def test_two_projects_do_not_share_a_code() -> None:
    make_project(code=CODE)
    other, actor = make_project(), make_user()

    with pytest.raises(RuleError, match="already has the code"):
        add_project(actor=actor, name="另一项目", code=CODE, kind="new_build", town=make_unit())
    with pytest.raises(RuleError, match="already has the code"):
        change_project(other, actor=actor, code=CODE)

    assert Project.objects.filter(code=CODE).count() == 1


def test_what_stays_the_same_is_neither_written_nor_recorded() -> None:
    project = make_project(name="甲", sector="半导体")

    change_project(project, actor=make_user(), name="甲", sector="生物医药")

    change = Change.objects.get()
    assert (change.before, change.after) == ({"sector": "半导体"}, {"sector": "生物医药"})
    change_project(project, actor=make_user(), name="甲")
    assert Change.objects.count() == 1


def test_a_change_of_something_newer_than_was_read_is_refused() -> None:
    project, actor = make_project(name="甲"), make_user()
    read = Project.objects.get(pk=project.pk).etag
    change_project(project, actor=actor, etag=read, note="", land_mu=Decimal("86.5"))

    with pytest.raises(StaleError, match="has changed since you read it"):
        change_project(project, actor=actor, etag=read, name="乙")

    project.refresh_from_db()
    assert project.name == "甲"
    assert project.etag != read


def test_a_town_adds_projects_of_its_own_and_of_nobody_else() -> None:
    town = make_unit()
    actor = make_user(unit=town)

    add_project(actor=actor, name="本街道项目", kind="new_build", town=town)
    with pytest.raises(PermissionDenied):
        add_project(actor=actor, name="别处项目", kind="new_build", town=make_unit())

    assert [project.name for project in Project.objects.all()] == ["本街道项目"]


def test_a_project_cannot_be_moved_out_of_ones_own_reach() -> None:
    town = make_unit()
    project = make_project(town=town)

    with pytest.raises(PermissionDenied):
        change_project(project, actor=make_user(unit=town), town=make_unit())

    project.refresh_from_db()
    assert project.town == town


@pytest.mark.parametrize("role", [User.Role.LEADER, User.Role.LIAISON])
def test_leaders_and_strange_liaisons_change_nothing(role: str) -> None:
    project = make_project(name="甲")

    with pytest.raises(PermissionDenied):
        change_project(project, actor=make_user(role, unit=project.town), name="乙")

    project.refresh_from_db()
    assert project.name == "甲"
