"""What a stranger or a slip of the keyboard sends: one sentence, the right status, nothing lost."""

from datetime import date, timedelta

import pytest
from django.test import Client

from domain.errors import RuleError
from domain.lifecycle import Status
from domain.workdays import WorkCalendar
from milestones.actions import start_node, sweep_overdue
from milestones.models import Node, OverdueFlag
from tests.make import FRIDAY, MONDAY, make_node, make_project, make_user
from tests.pages import client_of

pytestmark = pytest.mark.django_db
WRONG = [
    "project=-1e1000000",
    "project=9223372036854775808",
    "project=x",
    "light=purple",
    "finished_after=soon",
]


@pytest.mark.parametrize("query", WRONG)
@pytest.mark.parametrize("address", ["/overdue/", "/overdue/export/", "/api/v1/nodes/"])
def test_an_address_that_cannot_be_read_is_400(address: str, query: str) -> None:
    assert client_of(make_user()).get(f"{address}?{query}").status_code == 400


def test_an_export_is_never_wider_than_what_was_asked_for() -> None:
    answer = client_of(make_user()).get("/overdue/export/?unit=999999")

    assert answer.status_code == 400


def test_a_search_as_long_as_a_book_is_told_so() -> None:
    client = client_of(make_user())

    assert client.get(f"/api/v1/nodes/?search={'长' * 5000}").status_code == 400
    assert client.get(f"/overdue/?search={'长' * 5000}").status_code == 200


def test_projects_are_filtered_over_rest_as_on_the_page() -> None:
    make_project(name="晶圆材料二期", kind="expansion")
    make_project(name="轮胎技改", kind="renovation")
    client = client_of(make_user())

    for query in ("search=晶圆", "kind=expansion"):
        found = client.get(f"/api/v1/projects/?{query}").json()
        assert [project["name"] for project in found["results"]] == ["晶圆材料二期"]
    assert client.get("/api/v1/projects/?light=purple").status_code == 400


@pytest.mark.parametrize("tag", ['"1-' + "9" * 5000 + '"', "²-1", '"1-²"'])
def test_an_etag_of_nonsense_is_400_and_changes_nothing(tag: str) -> None:
    node = make_node(status=Status.RUNNING)

    answer = client_of(make_user()).post(
        f"/api/v1/nodes/{node.pk}/finish/", {}, "application/json", headers={"If-Match": tag}
    )

    assert answer.status_code == 400
    assert Node.objects.get(pk=node.pk).status == Status.RUNNING


def test_json_that_is_nested_without_end_is_400() -> None:
    node = make_node()

    answer = client_of(make_user()).post(f"/api/v1/nodes/{node.pk}/start/", "[" * 100_000, "application/json")

    assert answer.status_code == 400


def test_a_note_has_an_end() -> None:
    node = make_node(status=Status.RUNNING)

    answer = client_of(make_user()).post(
        f"/api/v1/nodes/{node.pk}/finish/", {"note": "长" * 501}, "application/json"
    )

    assert answer.status_code == 400
    assert Node.objects.get(pk=node.pk).status == Status.RUNNING


def test_a_year_that_was_mistyped_is_refused() -> None:
    with pytest.raises(RuleError, match="before the year 2000"):
        start_node(make_node(), actor=make_user(), on=date(206, 3, 2), today=FRIDAY)


def test_a_sweep_as_of_an_earlier_day_leaves_later_flags_alone() -> None:
    make_node(status=Status.RUNNING, due_on=MONDAY)
    sweep_overdue(FRIDAY, WorkCalendar())

    sweep = sweep_overdue(MONDAY - timedelta(days=30), WorkCalendar())

    assert (sweep.cleared, sweep.open) == (0, 1)
    assert OverdueFlag.objects.get().cleared_on is None


@pytest.mark.parametrize(
    "address", ["signup/", "email/", "password/set/", "password/reset/", "confirm-email/"]
)
def test_nobody_makes_an_account_or_has_mail_sent_by_the_login_pages(address: str) -> None:
    assert Client().get(f"/accounts/{address}").status_code == 404
    assert Client().post(f"/accounts/{address}", {"email": "a@b.example"}).status_code == 404
