"""One node: what its panel says, what it offers to whom, and what the forms of it do."""

import re
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from accounts.models import Unit, User
from domain.lifecycle import Status
from history.models import Change
from milestones.actions import hold_node, request_date_change, resume_node
from milestones.actions.proofs import add_proofs
from milestones.models import DateChange, Hold, Node
from projects.models import Project
from tests.make import make_node, make_nodes, make_project, make_template, make_unit, make_user
from tests.pages import client_of, tags_of, text_of

pytestmark = pytest.mark.django_db

HTMX = {"hx-request": "true"}


def ago(days: int) -> date:
    return timezone.localdate() - timedelta(days=days)


def running(**fields: Any) -> Node:
    return make_node(**{"status": Status.RUNNING, "started_on": ago(30), "due_on": ago(-60), **fields})


def chain_of(project: Project | None = None, **due: int) -> dict[str, Node]:
    return make_nodes(
        make_template("a", "b", "c"), project=project, starts_on=ago(30),
        **{code: ago(-days) for code, days in due.items()},
    )  # fmt: skip


def panel(node: Node, user: User | None = None) -> Any:
    return client_of(user or make_user()).get(f"/nodes/{node.pk}/")


def forms_of(response: Any) -> set[str]:
    """The verbs of the forms and links that change a node."""
    found = set()
    for tag, attrs in tags_of(response):
        address = str(attrs.get("action" if tag == "form" else "href"))
        if tag in {"form", "a"} and (match := re.fullmatch(r"/nodes/\d+/([\w-]+)/", address)):
            found.add(match.group(1))
    return found


def post(node: Node, verb: str, user: User | None = None, **sent: Any) -> Any:
    return client_of(user or make_user()).post(f"/nodes/{node.pk}/{verb}/", sent)


def stored(node: Node) -> Node:
    return Node.objects.get(pk=node.pk)


def moved(node: Node) -> int:
    """By how many days the due date lies later than when the node was read."""
    before, after = node.due_on, stored(node).due_on
    assert before
    assert after
    return (after - before).days


# What it says


def test_it_is_a_page_of_its_own_and_a_part_for_whoever_asks_for_that() -> None:
    node, client = make_node(), client_of(make_user())

    whole = client.get(f"/nodes/{node.pk}/")
    part = client.get(f"/nodes/{node.pk}/", headers=HTMX)

    assert "<html" in whole.content.decode()
    assert part.content.decode().lstrip().startswith(f'<article data-node="{node.pk}"')
    assert "HX-Request" in whole["Vary"]


def test_it_says_the_dates_and_how_they_came_about() -> None:
    nodes = chain_of(a=60, b=70, c=80)
    node, actor = nodes["a"], make_user()
    Node.objects.filter(pk=node.pk).update(
        status=Status.RUNNING, started_on=ago(30), start_entered_on=ago(10), limit=20, limit_on=ago(-40)
    )
    hold_node(node, actor=actor, on=ago(28), today=ago(0), reason="专家评审", notice_no="12号")
    resume_node(node, actor=actor, on=ago(14), today=ago(0))

    words = text_of(panel(node))

    assert re.search(r"includes 1?\d working days on hold", words)
    assert "20 working days" in words
    assert re.search(r"entered on \d+ \w+", words)
    assert "back-filled" in words
    assert "government approval" in words
    assert re.search(r"due date moved by 1?\d working days", words)
    assert "专家评审" in words
    assert "12号" in words
    assert "Holds up 2 nodes" in words


def test_it_names_what_it_waits_for_and_what_usually_comes_first() -> None:
    nodes = make_nodes(
        make_template("a", "b", "c", edges=(("a", "c"),), soft=(("b", "c"),)), starts_on=ago(30)
    )

    page = panel(nodes["c"])

    assert "Waits for Node a" in text_of(page)
    assert "Usually after Node b" in text_of(page)
    links = {attrs.get("href") for tag, attrs in tags_of(page) if tag == "a"}
    assert {f"/nodes/{nodes[code].pk}/" for code in "ab"} <= links


def test_proofs_requests_and_history_stand_below() -> None:
    node, actor = running(), make_user()
    add_proofs(node, actor=actor, document_no="建字第3301号")
    request_date_change(node, actor=actor, due_on=ago(-90), reason=DateChange.Reason.POLICY, today=ago(0))

    words = text_of(panel(node))

    assert "建字第3301号" in words
    assert "policy or planning changed" in words
    assert "asked for another date of Node only" in words
    assert "asked for:" in words


def test_a_waiver_says_why() -> None:
    assert "园区已做区域评估" in text_of(
        panel(make_node(status=Status.WAIVED, waived_reason="园区已做区域评估"))
    )


# What it offers


def test_only_what_the_reader_may_do_now_is_offered() -> None:
    town = make_unit()
    liaison = make_user(User.Role.LIAISON, unit=town)
    done = chain_of(make_project(town=town, liaison=liaison), a=60, b=70, c=80)["a"]
    Node.objects.filter(pk=done.pk).update(status=Status.DONE, finished_on=ago(0))
    waiting = Node.objects.get(project=done.project, template_node__code="b")

    assert forms_of(panel(waiting, liaison)) - {"proofs"} == {"start", "waive", "date-change"}
    assert forms_of(panel(waiting)) - {"proofs"} == {"start", "waive", "date-change", "assign", "remind"}
    assert forms_of(panel(done)) - {"proofs"} == {"reopen"}
    assert forms_of(panel(waiting, make_user(User.Role.LEADER))) == set()
    assert forms_of(panel(waiting, make_user(User.Role.LIAISON, unit=town))) == set()


def test_what_is_not_open_says_why_not() -> None:
    nodes = chain_of(a=60, b=70, c=80)
    liaison = make_user(User.Role.LIAISON, unit=nodes["a"].project.town)

    words = text_of(panel(nodes["b"]))
    assert "“Node b” cannot be started before “Node a” is done." in words
    assert "“Node b” cannot be finished: it is not running." in words
    assert "Only the liaison of the project may change it." in text_of(panel(nodes["b"], liaison))


def test_of_two_holds_the_one_that_has_ended_can_be_chosen() -> None:
    node, actor = running(), make_user()
    hold_node(node, actor=actor, on=ago(20), today=ago(0), reason="听证")
    assert "Which hold has ended" not in text_of(panel(node))
    hold_node(node, actor=actor, on=ago(10), today=ago(0), reason="补件")

    assert "Which hold has ended" in text_of(panel(node))
    second = Hold.objects.get(reason="补件")
    post(node, "resume", actor, on=ago(2).isoformat(), hold=second.pk)

    assert stored(node).status == Status.HELD
    assert list(Hold.objects.open().values_list("reason", flat=True)) == ["听证"]


# What its forms do


def test_a_node_is_started_finished_reopened_and_waived() -> None:
    boss, node = make_user(), make_node()
    said = []
    for verb, sent in [
        ("start", {}), ("finish", {"on": timezone.localdate().isoformat()}), ("reopen", {"reason": "误报"}),
        ("waive", {"reason": "企业无需求"}),
    ]:  # fmt: skip
        answer = post(node, verb, boss, version=stored(node).version, **sent)
        said.append((answer.status_code, answer["Location"], Status(stored(node).status)))

    back = f"/projects/{node.project_id}/#node-{node.pk}"
    statuses = [Status.RUNNING, Status.DONE, Status.RUNNING, Status.WAIVED]
    assert said == [(302, back, status) for status in statuses]


def test_a_node_is_held_and_resumed() -> None:
    node = running()

    post(node, "hold", on=ago(10).isoformat(), reason="电力投资界面", notice_no="7号")
    assert (stored(node).status, stored(node).held_on) == (Status.HELD, ago(10))
    post(node, "resume", on=ago(3).isoformat())

    assert stored(node).status == Status.RUNNING
    assert moved(node) > 0


def test_a_hold_that_is_over_is_entered_in_one() -> None:
    node = running()

    answer = client_of(make_user()).post(
        f"/nodes/{node.pk}/hold/", {"on": ago(20).isoformat(), "until": ago(6).isoformat(), "reason": "听证"},
        follow=True,
    )  # fmt: skip

    assert "was on hold; its dates have moved." in text_of(answer)
    assert stored(node).status == Status.RUNNING
    assert moved(node) > 0


def test_a_node_is_handed_over_and_reminded_of() -> None:
    node, unit = make_node(), make_unit("50% 合资公司", kind=Unit.Kind.DEPARTMENT)
    client = client_of(make_user())

    words = text_of(
        client.post(f"/nodes/{node.pk}/assign/", {"unit": unit.pk, "note": "由你办"}, follow=True)
    )
    assert "“Node only” is with 50% 合资公司 now." in words
    client.post(f"/nodes/{node.pk}/remind/", {"note": "请抓紧"})

    assert stored(node).unit == unit
    assert Change.objects.filter(verb=Change.Verb.NODE_REMINDED, note="请抓紧").exists()


def test_a_form_that_is_sent_twice_is_carried_out_once() -> None:
    node, client, key = running(), client_of(make_user()), str(uuid4())
    sent = {"on": ago(1).isoformat(), "reason": "听证", "once": key}

    first = client.post(f"/nodes/{node.pk}/hold/", sent, follow=True)
    second = client.post(f"/nodes/{node.pk}/hold/", sent, follow=True)

    assert "is on hold." in text_of(first)
    assert "this had arrived already; it was done once" in text_of(second)
    assert Hold.objects.count() == 1


def test_every_form_carries_its_key_and_the_version_it_was_read_at() -> None:
    node = running(version=7)

    tags = tags_of(panel(node))

    once = {attrs["value"] for _tag, attrs in tags if attrs.get("name") == "once"}
    versions = [attrs["value"] for _tag, attrs in tags if attrs.get("name") == "version"]
    assert len(once) == len(versions) >= 6
    assert set(versions) == {"7"}


@pytest.mark.parametrize("verb", ["start", "finish", "hold", "resume", "waive", "reopen", "assign"])
def test_a_stale_page_is_refused_with_a_sentence(verb: str) -> None:
    node = make_node(version=2)

    answer = post(node, verb, version=1, reason="x", unit=make_unit().pk)

    assert answer.status_code == 412
    assert "has changed since you read it" in text_of(answer)
    assert stored(node).status == Status.WAITING


def test_to_a_script_a_refusal_is_a_sentence_and_success_a_request_to_read_anew() -> None:
    node, client = make_node(), client_of(make_user())

    refused = client.post(f"/nodes/{node.pk}/finish/", {}, headers=HTMX)
    done = client.post(f"/nodes/{node.pk}/start/", {}, headers=HTMX)

    assert refused.status_code == 409
    assert refused.content.decode().startswith('<p class="problem"')
    assert done["HX-Refresh"] == "true"


def test_going_back_stays_in_the_house() -> None:
    assert post(make_node(), "start", next="/my/")["Location"] == "/my/"
    assert post(make_node(), "start", next="https://elsewhere.example/")["Location"].startswith("/projects/")


def test_a_start_before_its_predecessor_is_refused_with_a_sentence() -> None:
    nodes = chain_of()

    answer = post(nodes["b"], "start")

    assert answer.status_code == 409
    assert "cannot be started before" in text_of(answer)
    assert not Change.objects.filter(node=nodes["b"]).exists()


def test_a_recommended_predecessor_only_warns() -> None:
    nodes = make_nodes(make_template("a", "b", edges=(), soft=(("a", "b"),)))

    answer = client_of(make_user()).post(f"/nodes/{nodes['b'].pk}/start/", follow=True)

    assert "Usually “Node a” is done first" in text_of(answer)


@pytest.mark.parametrize(
    ("verb", "sent"),
    [
        ("start", {"on": "gestern"}), ("waive", {}), ("finish", {"version": "x"}), ("hold", {"reason": ""}),
        ("hold", {"reason": "x", "until": "bald"}), ("resume", {"hold": "x"}), ("assign", {}),
        ("start", {"once": "x"}), ("assign", {"unit": "999"}),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_with_a_sentence(verb: str, sent: dict[str, str]) -> None:
    node = running() if verb == "hold" else make_node()

    answer = client_of(make_user()).post(f"/nodes/{node.pk}/{verb}/", sent)

    assert answer.status_code == 400
    assert "problem" in answer.content.decode()
    assert not Change.objects.filter(node=node).exists()


def test_a_hold_that_ends_before_it_begins_is_refused_with_a_sentence() -> None:
    answer = post(running(), "hold", on=ago(5).isoformat(), until=ago(9).isoformat(), reason="x")

    assert answer.status_code == 409
    assert "cannot end before" in text_of(answer)


VERBS = ["start", "finish", "hold", "resume", "waive", "reopen", "assign", "remind"]


@pytest.mark.parametrize("verb", VERBS)
def test_out_of_sight_is_404_and_in_sight_but_not_yours_is_403(verb: str) -> None:
    node, sent = running(), {"reason": "x", "unit": make_unit().pk}

    assert post(node, verb, make_user(unit=make_unit()), **sent).status_code == 404
    assert post(node, verb, make_user(User.Role.LEADER), **sent).status_code == 403
    assert client_of(make_user()).get(f"/nodes/{node.pk}/{verb}/").status_code == 405
    assert not Change.objects.filter(node=node).exists()


def test_the_panel_of_what_is_out_of_sight_is_not_found() -> None:
    assert panel(make_node(), make_user(unit=make_unit())).status_code == 404


def test_another_nodes_hold_cannot_be_ended_here() -> None:
    node, other = running(), running()
    for one in (node, other):
        hold_node(one, actor=make_user(), on=ago(5), today=ago(0), reason="x")

    answer = post(node, "resume", hold=Hold.objects.get(node=other).pk)

    assert answer.status_code == 404
    assert Hold.objects.open().count() == 2
