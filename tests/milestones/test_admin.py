"""The administration: reference data only."""

import pytest
from django.test import Client

from milestones.models import CalendarDay
from tests.make import make_node, make_template, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin() -> Client:
    client = Client()
    client.force_login(make_user(is_staff=True, is_superuser=True))
    return client


def test_every_page_of_the_administration_opens(admin: Client) -> None:
    template = make_template()

    for address in ("", "accounts/unit/", "accounts/user/", "accounts/user/add/", "milestones/calendarday/",
                    "milestones/chaintemplate/", f"milestones/chaintemplate/{template.pk}/change/"):  # fmt: skip
        assert admin.get(f"/admin/{address}").status_code == 200, address


def test_a_day_is_set_by_hand(admin: Client) -> None:
    answer = admin.post(
        "/admin/milestones/calendarday/add/",
        {"on": "2027-02-05", "is_working": "", "name": "春节", "source": "override"},
    )

    assert answer.status_code == 302
    assert not CalendarDay.objects.get(on="2027-02-05").is_working


def test_neither_projects_nor_nodes_nor_published_templates_are_changed_here(admin: Client) -> None:
    template, node = make_template(), make_node()

    for address in ("milestones/chaintemplate/add/", f"milestones/chaintemplate/{template.pk}/delete/"):
        assert admin.get(f"/admin/{address}").status_code == 403
    assert (
        admin.post(f"/admin/milestones/chaintemplate/{template.pk}/change/", {"name": "改"}).status_code
        == 403
    )
    assert admin.get(f"/admin/milestones/node/{node.pk}/change/").status_code == 404
