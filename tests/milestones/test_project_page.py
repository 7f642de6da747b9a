"""The page of one project: what is the matter, its whole way, and what follows from it."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Unit, User
from domain.lifecycle import Status
from history.models import Change
from milestones.actions import finish_node, hold_node, lay_chain, relay_chain, start_node
from milestones.models import ChainTemplate, Node
from milestones.publishing import built_in_chains, publish_template
from projects.models import Project
from tests.make import make_chain, make_node, make_nodes, make_project, make_template, make_unit, make_user
from tests.pages import client_of, tags_of, text_of

pytestmark = pytest.mark.django_db


def chain_of(project: Project, **due: int) -> dict[str, Node]:
    """Nodes a, b, c in a row, of a chain that began a month ago; `due` in days from today."""
    today = timezone.localdate()
    return make_nodes(
        make_template("a", "b", "c"), project=project, starts_on=today - timedelta(days=30),
        **{code: today + timedelta(days=days) for code, days in due.items()},
    )  # fmt: skip


def page_of(project: Project, user: User | None = None, *, language: str = "en", query: str = "") -> Any:
    return client_of(user or make_user(), language=language).get(f"/projects/{project.pk}/{query}")


def laid(code: str = "new_build", *, ago: int = 100) -> Project:
    """A project with a built-in chain that began so many days ago."""
    spec = next(spec for spec in built_in_chains() if spec.code == code)
    template, _new = publish_template(spec, actor=make_user())
    project = make_project(liaison=make_user(User.Role.LIAISON, unit=make_unit()))
    starts_on = timezone.localdate() - timedelta(days=ago)
    lay_chain(project, template, actor=make_user(), starts_on=starts_on)
    return project


def run(node: Node, began: date, ended: date | None = None) -> None:
    actor, today = make_user(), timezone.localdate()
    start_node(node, actor=actor, on=began, today=today)
    if ended:
        finish_node(node, actor=actor, on=ended, today=today)


def stations(response: Any) -> list[dict[str, str | None]]:
    return [attrs for tag, attrs in tags_of(response) if tag == "a" and "mark" in str(attrs.get("class"))]


def test_it_begins_with_what_is_the_matter() -> None:
    nodes = chain_of(make_project(name="轮胎技改", enterprise="示例橡胶"), a=-10, b=-5, c=90)
    power = make_unit("供电公司", kind=Unit.Kind.DEPARTMENT)
    Node.objects.filter(pk=nodes["a"].pk).update(unit=power)

    words = text_of(page_of(nodes["a"].project))

    assert re.search(r"Node a is \d+ working days late \(供电公司\) and holds up 2 nodes behind it", words)
    assert "示例橡胶" in words


def test_a_hold_is_part_of_the_sentence_and_leaves_the_rest_to_be_settled() -> None:
    nodes, today = chain_of(make_project(), a=60, b=70, c=90), timezone.localdate()
    run(nodes["a"], today - timedelta(days=20))
    hold_node(
        nodes["a"], actor=make_user(), on=today - timedelta(days=14), today=today, reason="电力投资界面"
    )

    words = text_of(page_of(nodes["a"].project))

    assert re.search(r"Node a has been on hold for \d+ working days \(电力投资界面\)", words)
    assert "to be settled" in words
    assert "held " in words


def test_a_project_in_time_says_what_falls_due_next() -> None:
    nodes = chain_of(make_project(), a=50, b=70, c=90)
    Node.objects.filter(pk=nodes["a"].pk).update(status=Status.RUNNING, started_on=timezone.localdate())

    assert "nothing is late ; the next node, Node a, falls due on" in text_of(page_of(nodes["a"].project))


def test_the_goals_stand_beside_their_baseline() -> None:
    project = laid(ago=400)

    words = text_of(page_of(project))

    for goal in ("Piling", "Joint acceptance", "Start of production", "The whole chain"):
        assert re.search(rf"{goal}[^.]*working days later than the baseline", words), goal


def test_a_goal_that_is_reached_says_when_it_was() -> None:
    project, today = laid("renovation"), timezone.localdate()
    node = Node.objects.get(project=project, template_node__code="accept")
    Node.objects.filter(pk=node.pk).update(status=Status.DONE, finished_on=today, baseline_on=today)

    assert "done · as the baseline has it" in text_of(page_of(project))


def test_the_code_says_what_it_means_and_marks_a_check_digit_that_is_off() -> None:
    fits, off = make_project(code="2208-330114-04-01-123451"), make_project(code="2208-330114-04-01-123456")

    words, doubtful = text_of(page_of(fits)), text_of(page_of(off))

    assert "August 2022" in words
    assert "Zhejiang" in words
    assert "capital construction" in words
    assert "does not fit" not in words
    assert "The check digit of the project code does not fit." in doubtful
    buttons = [attrs for tag, attrs in tags_of(page_of(fits)) if attrs.get("popovertarget") == "code-meaning"]
    assert "Zhejiang" in str(buttons[0]["title"])


def test_every_node_is_a_station_that_opens_it_and_a_row_that_says_the_same() -> None:
    nodes = chain_of(make_project(), a=-10, b=5, c=90)

    page = page_of(nodes["a"].project)

    assert [mark["href"] for mark in stations(page)] == [f"/nodes/{nodes[code].pk}/" for code in "abc"]
    across = [int(str(mark["transform"])[10:].split()[0]) for mark in stations(page)]
    assert across == sorted(across)
    rows = {attrs["id"] for tag, attrs in tags_of(page) if tag == "tr" and "id" in attrs}
    assert {f"node-{node.pk}" for node in nodes.values()} <= rows
    titles = re.findall(r"<title>(Node [^<]+)</title>", page.content.decode())
    assert titles[0].startswith("Node a · Overdue · ")


def test_the_critical_path_begins_with_the_last_closed_node_that_decided() -> None:
    nodes, today = chain_of(make_project(), a=5, b=50, c=90), timezone.localdate()
    run(nodes["a"], today - timedelta(days=9), today)

    lines = [attrs.get("class") for tag, attrs in tags_of(page_of(nodes["a"].project)) if tag == "path"]

    assert lines.count("edge critical") - 1 == 2, "two edges, and one in the key to the map"


def test_the_list_says_what_is_expected_how_long_it_took_and_what_a_hold_has_moved() -> None:
    nodes, today = chain_of(make_project(), a=30, b=60, c=90), timezone.localdate()
    run(nodes["a"], today - timedelta(days=20))
    began, ended = today - timedelta(days=13), today - timedelta(days=6)
    hold_node(nodes["a"], actor=make_user(), on=began, until=ended, today=today, reason="听证")

    words = text_of(page_of(nodes["a"].project))

    assert re.search(r"includes \d working days? on hold", words)
    assert re.search(r"\d+ working days? on hold \d government approval", words)
    assert "back-filled" in words
    assert re.search(r"\d+ (later|earlier) than baseline", words)


def test_whose_clock_ran_is_split_and_the_promise_counted() -> None:
    project, today = laid(), timezone.localdate()
    nodes = {node.template_node.code: node for node in Node.objects.filter(project=project).for_list()}
    run(nodes["agree"], today - timedelta(days=60), today - timedelta(days=40))
    run(nodes["code"], today - timedelta(days=40))

    words = text_of(page_of(project))

    assert "government approval" in words
    assert re.search(r"\d+ of the 90 working days that are promised to be confirmed", words)
    assert "until today; it ends with Joint acceptance" in words


def test_a_zoom_of_the_gantt_chart_is_fetched_alone() -> None:
    nodes = chain_of(make_project(), a=-10, b=5, c=90)
    client = client_of(make_user())

    part = client.get(
        f"/projects/{nodes['a'].project_id}/?zoom=week", headers={"hx-request": "true", "hx-target": "gantt"}
    )

    assert part.content.decode().startswith('<section class="card gantt')
    assert "<html" not in part.content.decode()


def test_closed_nodes_of_an_earlier_version_are_listed_apart_and_not_drawn() -> None:
    first = publish_template(make_chain("a", "b", code="x"), actor=make_user())[0]
    project, today = make_project(), timezone.localdate()
    lay_chain(project, first, actor=make_user(), starts_on=today - timedelta(days=20))
    run(Node.objects.get(project=project, template_node__code="a"), today - timedelta(days=9), today)
    second = publish_template(make_chain("b", "c", code="x"), actor=make_user())[0]
    relay_chain(project, second, actor=make_user(), conditions=(), today=today)

    page = page_of(project)

    assert "Done in an earlier version of the chain" in text_of(page)
    assert len(stations(page)) == 2


def test_a_project_without_a_chain_has_a_page() -> None:
    assert "no chain has been laid yet" in text_of(page_of(make_project()))


def test_who_may_change_the_project_is_shown_the_way_and_others_are_not() -> None:
    project = make_project()
    edit = f"/projects/{project.pk}/edit/"

    assert edit in page_of(project).content.decode()
    assert edit not in page_of(project, make_user(User.Role.LEADER)).content.decode()


def test_the_template_and_its_version_are_a_link() -> None:
    project = laid()

    template = ChainTemplate.objects.get()
    links = [attrs.get("href") for tag, attrs in tags_of(page_of(project)) if tag == "a"]
    assert f"/templates/new_build/v{template.version}/" in links


def test_the_history_is_one_sentence_each_and_can_be_narrowed() -> None:
    nodes, today = chain_of(make_project(), a=30, b=60, c=90), timezone.localdate()
    run(nodes["a"], today - timedelta(days=9))
    hold_node(nodes["a"], actor=make_user(), on=today, today=today, reason="听证")
    client, address = client_of(make_user()), f"/projects/{nodes['a'].project_id}/history/"

    holds = text_of(client.get(address, {"kind": "holds"}))

    assert re.search(r"put Node a on hold from .+ 听证", holds)
    assert "started Node a" not in holds.replace(" ", " ")
    assert re.search(r"started Node a on", text_of(client.get(address)))
    part = client.get(address, headers={"hx-request": "true"}).content.decode()
    assert part.startswith('<div id="timeline">')


def test_a_long_history_goes_on_where_it_stopped() -> None:
    project, actor = make_project(), make_user()
    for number in range(25):
        Change.objects.create(
            verb=Change.Verb.PROJECT_ADDED, actor=actor, project=project, note=f"note {number}!"
        )
    client, address = client_of(actor), f"/projects/{project.pk}/history/"

    first = client.get(address)
    further = next(
        str(attrs["href"])
        for tag, attrs in tags_of(first)
        if tag == "a" and "before=" in str(attrs.get("href"))
    )
    second = text_of(client.get(further))

    assert "note 24!" in text_of(first)
    assert "note 4!" not in text_of(first)
    assert "note 4!" in second
    assert "note 5!" not in second
    assert client.get(address, {"before": "x"}).status_code == 200


def test_out_of_sight_is_404() -> None:
    project, stranger = make_project(), client_of(make_user(unit=make_unit()))

    for address in (f"/projects/{project.pk}/", f"/projects/{project.pk}/history/"):
        assert stranger.get(address).status_code == 404


def test_names_are_shown_as_text_and_not_as_page() -> None:
    evil = "<script>alert(1)</script>"
    nodes = chain_of(make_project(name=evil, enterprise=evil, note=evil), a=-9)
    run(nodes["a"], timezone.localdate())
    hold_node(nodes["a"], actor=make_user(), on=timezone.localdate(), today=timezone.localdate(), reason=evil)
    client, pk = client_of(make_user()), nodes["a"].project_id

    for address in ("/projects/", f"/projects/{pk}/", f"/projects/{pk}/history/", f"/nodes/{nodes['a'].pk}/"):
        assert "<script>alert" not in client.get(address).content.decode()
    assert "<script>alert" not in client.get("/overdue/?light=grey").content.decode()


def test_it_takes_at_most_nineteen_queries_however_much_has_happened() -> None:
    """Nineteen is what the page may cost; six of them are the session, the reader, the calendar and the menu, three
    what issues and visits say, two what was invested, two the forecast."""
    project, today = laid(ago=200), timezone.localdate()
    client, address = client_of(make_user()), f"/projects/{project.pk}/"
    client.get(address)
    for code in ("admit", "agree", "code", "eia"):
        node = Node.objects.get(project=project, template_node__code=code)
        run(node, today - timedelta(days=20), today if code != "eia" else None)
    hold_node(node, actor=make_user(), on=today - timedelta(days=5), today=today, reason="听证")

    with CaptureQueriesContext(connection) as seen:
        assert client.get(address).status_code == 200

    assert len(seen) <= 19, [query["sql"][:90] for query in seen]


def test_in_chinese_it_says_so_in_chinese() -> None:
    node = make_node(status=Status.RUNNING, started_on=timezone.localdate())

    assert "节点" in text_of(page_of(node.project, language="zh-hans"))
