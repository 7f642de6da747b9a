"""Asking for another date with its effect in sight, and saying yes or no to it."""

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from accounts.models import Unit, User
from domain.date_changes import RequestStatus
from domain.lifecycle import Status
from milestones.actions import request_date_change
from milestones.models import DateChange, Node
from projects.models import Project
from tests.make import make_node, make_nodes, make_project, make_template, make_unit, make_user
from tests.pages import client_of, tags_of, text_of

pytestmark = pytest.mark.django_db

FIRST = date(2027, 3, 19)
WEEK = timedelta(days=7)


def chain_of(project: Project | None = None) -> dict[str, Node]:
    """Three nodes in a row, a week apart, with 5 working days each."""
    return make_nodes(
        make_template("a", "b", "c"), project=project, a=FIRST, b=FIRST + WEEK, c=FIRST + 2 * WEEK
    )


def ask(node: Node, *, actor: User | None = None, **more: Any) -> DateChange:
    more = {"due_on": FIRST + WEEK, "reason": DateChange.Reason.POLICY, **more}
    return request_date_change(node, actor=actor or make_user(), today=timezone.localdate(), **more)


def due(node: Node) -> date | None:
    return Node.objects.get(pk=node.pk).due_on


def preview(node: Node, user: User | None = None, **asked: Any) -> Any:
    asked = {"due_on": (FIRST + WEEK).isoformat(), "reason": "policy", **asked}
    return client_of(user or make_user()).get(f"/nodes/{node.pk}/date-change/", asked)


def shifts(response: Any) -> list[str]:
    """The rows of the shifted schedule as text."""
    table = response.content.decode().partition("<tbody>")[2].partition("</tbody>")[0]
    return [
        " ".join(text_of(type("Row", (), {"content": row.encode()})).split())
        for row in table.split("</tr>")[:-1]
    ]


def decide(change: DateChange, verb: str, user: User | None = None, **sent: Any) -> Any:
    return client_of(user or make_user()).post(f"/date-changes/{change.pk}/{verb}/", sent)


def status(change: DateChange) -> str:
    return DateChange.objects.get(pk=change.pk).status


# Asking


def test_the_form_first_asks_for_a_date_and_a_reason() -> None:
    page = client_of(make_user()).get(f"/nodes/{chain_of()['a'].pk}/date-change/")

    fields = {attrs.get("name") for _tag, attrs in tags_of(page)}
    assert {"due_on", "reason", "following"} <= fields
    assert "<tbody>" not in page.content.decode()


def test_before_it_is_sent_the_whole_shifted_schedule_is_shown() -> None:
    nodes = chain_of()

    moved = shifts(preview(nodes["a"], following="on"))

    assert moved == [
        "Node a 19 Mar 2027 26 Mar 2027 provisional +5",
        "Node b 26 Mar 2027 2 Apr 2027 provisional +5",
        "Node c 2 Apr 2027 9 Apr 2027 provisional +5",
    ]
    assert due(nodes["a"]) == FIRST, "a preview moves nothing"
    assert not DateChange.objects.exists()


def test_where_the_others_stay_it_says_which_become_too_tight() -> None:
    page = preview(chain_of()["a"], due_on=(FIRST + 2 * WEEK).isoformat())

    first, second, third = shifts(page)
    assert first.endswith("+10")
    assert "too tight can hardly be done before 9 Apr 2027" in second
    assert "too tight can hardly be done before 16 Apr 2027" in third
    assert "2 nodes get too tight" in text_of(page)


def test_it_is_sent_with_an_explanation_and_then_waits() -> None:
    nodes, boss = chain_of(), make_user()
    sent = {
        "due_on": (FIRST + WEEK).isoformat(),
        "reason": "other",
        "following": "on",
        "text": "企业调整方案",
    }

    answer = client_of(boss).post(f"/nodes/{nodes['a'].pk}/date-change/", sent)

    change = DateChange.objects.get()
    assert answer["Location"] == f"/date-changes/{change.pk}/"
    assert (change.reason, change.text, change.following, change.status) == (
        "other",
        "企业调整方案",
        True,
        "asked",
    )
    assert due(nodes["a"]) == FIRST


def test_it_is_sent_once_however_often() -> None:
    node, client, key = chain_of()["a"], client_of(make_user()), str(uuid4())
    sent = {"due_on": (FIRST + WEEK).isoformat(), "reason": "policy", "once": key}

    client.post(f"/nodes/{node.pk}/date-change/", sent)
    second = client.post(f"/nodes/{node.pk}/date-change/", sent, follow=True)

    assert "this had arrived already" in text_of(second)
    assert DateChange.objects.count() == 1


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        ({"due_on": "bald", "reason": "policy"}, 400),
        ({"due_on": "2027-03-26", "reason": "laune"}, 400),
        ({"due_on": "2027-03-26", "reason": "other"}, 400),
        ({"due_on": FIRST.isoformat(), "reason": "policy"}, 409),
        ({"due_on": "2027-03-26", "reason": "policy", "version": "99"}, 412),
    ],
)
def test_what_cannot_be_asked_for_is_refused_with_a_sentence(sent: dict[str, str], code: int) -> None:
    answer = client_of(make_user()).post(f"/nodes/{chain_of()['a'].pk}/date-change/", sent)

    assert answer.status_code == code
    assert "problem" in answer.content.decode()
    assert not DateChange.objects.exists()


def test_a_date_that_cannot_be_read_is_told_beside_its_field() -> None:
    page = preview(chain_of()["a"], due_on="bald")

    assert page.status_code == 200
    assert 'id="wrong-due_on">Enter a valid date.' in page.content.decode()


def test_where_nothing_can_be_asked_for_it_says_why() -> None:
    town = make_unit()
    liaison = make_user(User.Role.LIAISON, unit=town)
    soon = make_node(project=make_project(town=town, liaison=liaison), due_on=timezone.localdate())

    assert "only a manager may ask for another date now" in text_of(preview(soon, liaison))
    assert "is waived; it has no date" in text_of(preview(make_node(status=Status.WAIVED)))
    assert "Leaders see everything" in text_of(preview(chain_of()["a"], make_user(User.Role.LEADER)))


def test_a_request_that_was_sent_back_is_filled_in_again() -> None:
    nodes, boss = chain_of(), make_user()
    change = ask(nodes["a"], actor=boss, text="初次说明", following=True)
    decide(change, "return", answer="请补充材料")

    page = client_of(boss).get(f"/nodes/{nodes['a'].pk}/date-change/")

    values = {attrs.get("name"): attrs.get("value") for tag, attrs in tags_of(page) if tag == "input"}
    assert values["due_on"] == (FIRST + WEEK).isoformat()
    assert (
        "初次说明"
        in client_of(boss)
        .get(f"/nodes/{nodes['a'].pk}/date-change/", {"due_on": "2027-04-01", "reason": "policy"})
        .content.decode()
    )


# Deciding


def test_the_list_shows_what_waits_for_the_reader_and_what_the_reader_asked_for() -> None:
    town = make_unit()
    liaison, boss = make_user(User.Role.LIAISON, unit=town), make_user(display_name="王科长")
    project = make_project(name="氢能", town=town, liaison=liaison)
    ask(chain_of(project)["a"], actor=liaison, text="企业调整")

    for_boss, for_liaison = (text_of(client_of(user).get("/date-changes/")) for user in (boss, liaison))

    assert "1 date change waits for your answer" in for_boss
    assert "氢能" in for_boss
    assert "No date change waits for your answer" in for_liaison
    assert "Asked for by you" in for_liaison
    assert "企业调整" in for_liaison


def test_the_menu_counts_what_waits_for_the_reader() -> None:
    town = make_unit()
    liaison = make_user(User.Role.LIAISON, unit=town)
    ask(chain_of(make_project(town=town, liaison=liaison))["a"])

    def counted(user: User) -> int:
        return client_of(user).get("/projects/").content.decode().count('class="count"')

    assert counted(make_user()) == 2
    assert counted(liaison) == 0


def test_a_request_shows_its_effect_as_things_stand_and_afterwards_what_was_asked() -> None:
    nodes = chain_of()
    change = ask(nodes["a"], following=True)
    client = client_of(make_user())

    pending = shifts(client.get(f"/date-changes/{change.pk}/"))
    decide(change, "approve")
    decided = shifts(client.get(f"/date-changes/{change.pk}/"))

    assert pending[2] == "Node c 2 Apr 2027 9 Apr 2027 provisional +5"
    assert decided == pending
    assert [due(nodes[code]) for code in "abc"] == [FIRST + WEEK, FIRST + 2 * WEEK, FIRST + 3 * WEEK]


def test_approving_moves_the_dates_and_thanks_are_said_in_a_sentence() -> None:
    nodes = chain_of()
    change = ask(nodes["a"])

    answer = client_of(make_user()).post(
        f"/date-changes/{change.pk}/approve/", {"answer": "同意"}, follow=True
    )

    assert "The dates have moved as asked." in text_of(answer)
    assert "同意" in text_of(answer)
    assert (status(change), due(nodes["a"])) == (RequestStatus.APPROVED, FIRST + WEEK)


@pytest.mark.parametrize(
    ("verb", "after"), [("refuse", RequestStatus.REFUSED), ("return", RequestStatus.RETURNED)]
)
def test_refusing_and_sending_back_need_a_reason(verb: str, after: RequestStatus) -> None:
    change = ask(chain_of()["a"])

    assert decide(change, verb).status_code == 400
    assert status(change) == RequestStatus.ASKED
    decide(change, verb, answer="材料不全")

    assert status(change) == after
    assert "材料不全" in text_of(client_of(make_user()).get(f"/date-changes/{change.pk}/"))


def test_what_one_has_asked_for_one_can_take_back() -> None:
    town = make_unit()
    liaison = make_user(User.Role.LIAISON, unit=town)
    change = ask(chain_of(make_project(town=town, liaison=liaison))["a"], actor=liaison)

    page = client_of(liaison).get(f"/date-changes/{change.pk}/").content.decode()
    assert "/withdraw/" in page
    assert "/approve/" not in page
    decide(change, "withdraw", liaison)

    assert status(change) == RequestStatus.WITHDRAWN


def test_a_request_that_the_chain_has_outrun_says_so_and_cannot_be_approved() -> None:
    nodes = chain_of()
    change = ask(nodes["a"])
    Node.objects.filter(pk=nodes["a"].pk).update(due_on=FIRST - WEEK)

    page = client_of(make_user()).get(f"/date-changes/{change.pk}/")

    assert "it can only be refused or sent back" in text_of(page)
    assert decide(change, "approve").status_code == 409


@pytest.mark.parametrize("verb", ["approve", "refuse", "return", "withdraw"])
def test_out_of_sight_is_404_and_not_yours_to_decide_403(verb: str) -> None:
    change = ask(chain_of()["a"])

    assert decide(change, verb, make_user(unit=make_unit()), answer="x").status_code == 404
    assert decide(change, verb, make_user(User.Role.LEADER), answer="x").status_code == 403
    assert client_of(make_user()).get(f"/date-changes/{change.pk}/{verb}/").status_code == 405
    assert status(change) == RequestStatus.ASKED


def test_the_pages_of_what_is_out_of_sight_are_not_found() -> None:
    node, stranger = chain_of()["a"], make_user(unit=make_unit(kind=Unit.Kind.DEPARTMENT))
    change = ask(node)

    assert preview(node, stranger).status_code == 404
    assert client_of(stranger).get(f"/date-changes/{change.pk}/").status_code == 404
    assert "Node a" not in text_of(client_of(stranger).get("/date-changes/"))


@pytest.mark.parametrize("requests", [1, 5])
def test_more_requests_cost_no_more_queries(requests: int, django_assert_max_num_queries: Any) -> None:
    client = client_of(make_user())
    for _ in range(requests):
        ask(chain_of()["a"])

    with django_assert_max_num_queries(14):
        client.get("/date-changes/")
