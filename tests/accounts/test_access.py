"""Who sees and who changes what: the table of ``accounts/access.py``, cell by cell."""

import pytest
from django.contrib.auth.models import AnonymousUser

from accounts.access import may_add_projects, ties
from accounts.models import Unit, User
from milestones.models import Node
from projects.models import Project
from tests.make import make_node, make_project, make_unit, make_user

pytestmark = pytest.mark.django_db


class District:
    """One project with a town, a lead department, a third unit that has a node, and a liaison; and people."""

    def __init__(self) -> None:
        self.town, self.elsewhere = make_unit("义蓬街道"), make_unit("河庄街道")
        self.lead = make_unit("住房和城乡建设局", kind=Unit.Kind.DEPARTMENT)
        self.third = make_unit("供电公司", kind=Unit.Kind.DEPARTMENT)
        self.liaison = make_user(User.Role.LIAISON, unit=self.town)
        self.project = make_project(town=self.town, department=self.lead, liaison=self.liaison)
        self.node = make_node(project=self.project, unit=self.town)
        self.thirds_node = make_node(project=self.project, unit=self.third)
        self.project.units.add(self.third)
        make_node(unit=self.elsewhere)
        self.people: dict[str, User | AnonymousUser] = {
            "liaison": self.liaison,
            "liaison of the town": make_user(User.Role.LIAISON, unit=self.town),
            "liaison of nowhere": make_user(User.Role.LIAISON),
            "liaison elsewhere": make_user(User.Role.LIAISON, unit=self.elsewhere),
            "manager of the town": make_user(unit=self.town),
            "manager of the lead department": make_user(unit=self.lead),
            "manager of a third unit": make_user(unit=self.third),
            "manager elsewhere": make_user(unit=self.elsewhere),
            "manager of the bureau": make_user(),
            "leader": make_user(User.Role.LEADER),
            "system": User.objects.system(),
            "nobody": AnonymousUser(),
            "unknown role": make_user("visitor", unit=self.town),
            "left the service": make_user(unit=self.town, is_active=False),
        }


ALL, NONE = {"project", "node", "third's node"}, set[str]()


@pytest.mark.parametrize(
    ("person", "sees", "changes"),
    [
        ("liaison", ALL, ALL),
        ("liaison of the town", ALL, NONE),
        ("liaison of nowhere", NONE, NONE),
        ("liaison elsewhere", NONE, NONE),
        ("manager of the town", ALL, ALL),
        ("manager of the lead department", ALL, ALL),
        ("manager of a third unit", ALL, {"third's node"}),
        ("manager elsewhere", NONE, NONE),
        ("manager of the bureau", ALL, ALL),
        ("leader", ALL, NONE),
        ("system", ALL, ALL),
        ("nobody", NONE, NONE),
        ("unknown role", NONE, NONE),
        ("left the service", NONE, NONE),
    ],
)
def test_the_role_table_holds(person: str, sees: set[str], changes: set[str]) -> None:
    district = District()
    user = district.people[person]
    rows = {"project": district.project, "node": district.node, "third's node": district.thirds_node}

    seen = [*Project.objects.visible_to(user), *Node.objects.visible_to(user)]
    changed = [*Project.objects.editable_by(user), *Node.objects.editable_by(user)]

    assert {name for name, row in rows.items() if row in seen} == sees
    assert {name for name, row in rows.items() if row in changed} == changes


@pytest.mark.parametrize(
    "person", ["manager of the town", "manager of a third unit", "liaison", "manager of the bureau"]
)
def test_no_row_comes_twice(person: str) -> None:
    district = District()
    user = district.people[person]

    for rows in (
        Node.objects.visible_to(user),
        Node.objects.editable_by(user),
        Project.objects.visible_to(user),
    ):
        keys = list(rows.values_list("pk", flat=True))
        assert len(keys) == len(set(keys))


@pytest.mark.parametrize(
    ("person", "tied"),
    [
        ("liaison", {"liaison"}),
        ("liaison of nowhere", {"liaison"}),
        ("manager of the town", {"town"}),
        ("manager of the lead department", {"department"}),
        ("manager of the bureau", set()),
        ("system", set()),
    ],
)
def test_a_project_is_theirs_to_change_exactly_where_it_names_what_ties_it_to_them(
    person: str, tied: set[str]
) -> None:
    user = District().people[person]
    assert isinstance(user, User)
    rows = {"town": Unit, "department": Unit, "liaison": User}

    named = make_project(**{name: rows[name]._default_manager.get(pk=pk) for name, pk in ties(user).items()})
    other = make_project()

    assert may_add_projects(user)
    assert set(ties(user)) == tied
    assert named in Project.objects.editable_by(user)
    assert (other in Project.objects.editable_by(user)) == (not tied)


@pytest.mark.parametrize("person", ["leader", "nobody", "unknown role", "left the service"])
def test_who_can_change_no_project_cannot_add_one(person: str) -> None:
    assert not may_add_projects(District().people[person])


def test_there_is_one_system_user_who_cannot_log_in() -> None:
    first, second = User.objects.system(), User.objects.system()

    assert first == second
    assert not first.has_usable_password()
