"""Raising an issue from a phone, and changing what was entered of it."""

import re
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from domain.issues import Level
from domain.lifecycle import Status
from history.models import Change
from issues.actions import change_issue
from issues.models import Block, Issue, IssueFile, Topic
from milestones.models import Node
from projects.models import Project
from tests.make import (
    FRIDAY,
    MONDAY,
    make_category,
    make_issue,
    make_node,
    make_nodes,
    make_project,
    make_template,
    make_unit,
    make_user,
)
from tests.pages import client_of, tags_of, text_of
from tests.projects.file_samples import PDF, photo, stored_paths

pytestmark = pytest.mark.django_db


@pytest.fixture
def node() -> Node:
    town = make_unit()
    liaison = make_user(User.Role.LIAISON, unit=town)
    return make_node(
        project=make_project(town=town, liaison=liaison), status=Status.RUNNING, started_on=MONDAY
    )


def liaison_of(node: Node) -> User:
    assert node.project.liaison
    return node.project.liaison


def form(project: Project, user: User, address: str = "") -> Any:
    return client_of(user).get(f"/projects/{project.pk}/issues/new/{address}")


def send(project: Project, user: User, *files: SimpleUploadedFile, **fields: Any) -> Any:
    way = "town" if user.is_manager else "liaison"
    said = {"title": "开闭所未建", "category": make_category().pk, "level": 1, "source": way, **fields}
    return client_of(user).post(f"/projects/{project.pk}/issues/new/", {**said, "files": list(files)})


def image(name: str = "现场.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, photo())


def values_of(page: Any, name: str) -> list[str | None]:
    return [
        attrs.get("value") for tag, attrs in tags_of(page) if attrs.get("name") == name and tag == "input"
    ]


def ticked(page: Any) -> list[str | None]:
    return [
        attrs["value"] for _tag, attrs in tags_of(page) if attrs.get("name") == "nodes" and "checked" in attrs
    ]


def test_a_liaison_raises_it_with_a_photo_and_stops_the_clock(node: Node) -> None:
    liaison = liaison_of(node)

    response = send(node.project, liaison, image(), nodes=[node.pk], hold="on", description="现场停工")

    issue = Issue.objects.get()
    assert (response.status_code, response["Location"]) == (302, issue.get_absolute_url())
    assert (issue.source, issue.raised_by, issue.level) == ("liaison", liaison, Level.DAILY)
    assert [block.node_id for block in issue.blocks.all()] == [node.pk]
    node.refresh_from_db()
    assert node.status == Status.HELD
    (file,) = issue.files.all()
    assert (file.purpose, file.name) == (IssueFile.Purpose.FOUND, "现场.jpg")
    page = client_of(liaison).get(issue.get_absolute_url())
    assert "现场停工" in text_of(page)


def test_what_a_liaison_may_not_say_is_not_taken(node: Node) -> None:
    topic = Topic.objects.create(name="供电", opened_on=MONDAY, opened_by=make_user())

    send(node.project, liaison_of(node), source="liaison", raised_for="x", level=4, topic=topic.pk)

    issue = Issue.objects.get()
    assert (issue.source, issue.raised_for, issue.level, issue.topic) == ("liaison", "", Level.DAILY, None)
    assert "meeting is not one of the available choices" in text_of(
        send(node.project, liaison_of(node), source="meeting")
    )
    assert Issue.objects.count() == 1


def test_a_liaison_says_that_the_enterprise_told_it(node: Node) -> None:
    send(node.project, liaison_of(node), source="enterprise", raised_for="张总")

    issue = Issue.objects.get()
    assert (issue.source, issue.raised_for) == ("enterprise", "张总")


def test_a_manager_says_by_way_of_what_and_who_told_it(node: Node) -> None:
    topic = Topic.objects.create(name="供电", opened_on=MONDAY, opened_by=make_user())

    send(node.project, make_user(), source="enterprise", raised_for="王总", level=3, topic=topic.pk)
    send(node.project, make_user(), source="town", raised_for="王总", title="另一个")

    told, own = Issue.objects.order_by("pk")
    assert (told.source, told.raised_for, told.level, told.topic) == (
        "enterprise",
        "王总",
        Level.SPECIAL,
        topic,
    )
    assert (own.source, own.raised_for) == ("town", "")


def test_the_form_is_kept_without_a_connection_and_has_a_camera(node: Node) -> None:
    page = form(node.project, liaison_of(node))

    (outbox,) = [attrs for tag, attrs in tags_of(page) if tag == "form" and "data-outbox" in attrs]
    assert outbox["data-what"]
    assert outbox["data-look"]
    assert outbox["enctype"] == "multipart/form-data"
    (key,) = [value for value in values_of(page, "once") if value]
    assert len(key) == 36
    cameras = [attrs for tag, attrs in tags_of(page) if attrs.get("capture") == "environment"]
    assert [(camera["name"], camera["accept"]) for camera in cameras] == [("files", "image/*")]
    plain = [attrs for tag, attrs in tags_of(page) if attrs.get("type") == "file" and "multiple" in attrs]
    assert "pdf" in str(plain[0]["accept"])


def test_what_runs_or_is_late_is_offered_first_and_the_node_of_the_address_is_ticked() -> None:
    nodes = make_nodes(make_template("a", "b", "c", "d"), c=FRIDAY)
    nodes["b"].status, nodes["b"].started_on = Status.RUNNING, MONDAY
    nodes["b"].save()
    nodes["a"].status, nodes["a"].finished_on = Status.DONE, MONDAY
    nodes["a"].save()

    page = form(nodes["a"].project, make_user(), f"?node={nodes['d'].pk}")

    offered = [str(nodes[code].pk) for code in ("d", "c", "b")]
    assert values_of(page, "nodes") == offered
    assert ticked(page) == [str(nodes["d"].pk)]
    assert ticked(form(nodes["a"].project, make_user(), "?node=x")) == []


def test_a_clock_can_be_stopped_only_where_one_runs_that_is_the_readers() -> None:
    running, waiting = make_node(status=Status.RUNNING), make_node()
    neighbour = make_user(User.Role.LIAISON, unit=running.project.town)

    assert values_of(form(running.project, make_user()), "hold")
    assert not [
        attrs for tag, attrs in tags_of(form(waiting.project, make_user())) if attrs.get("name") == "hold"
    ]
    assert not [
        attrs for tag, attrs in tags_of(form(running.project, neighbour)) if attrs.get("name") == "hold"
    ]


def test_an_error_gives_the_form_back_with_what_was_typed(node: Node) -> None:
    page = send(
        node.project, make_user(), title=" ", description="现场停工", nodes=[node.pk], source="meeting"
    )

    assert page.status_code == 400
    assert "现场停工" in page.content.decode()
    assert ticked(page) == [str(node.pk)]
    assert 'value="meeting" selected' in page.content.decode()
    assert re.search(r'id="wrong-title">[^<]+<', page.content.decode())
    (said,) = re.findall(r'<p class="problem"[^>]*>([^<]+)', page.content.decode())
    assert "what stands in the way" in said
    assert not Issue.objects.exists()


def test_a_file_that_is_not_taken_gives_one_sentence_and_nothing_is_stored(node: Node) -> None:
    bad = SimpleUploadedFile("病毒.exe", b"MZ" + b"x" * 40)

    page = send(node.project, make_user(), image(), bad, description="现场停工")

    assert page.status_code == 400
    assert "“病毒.exe” is none of what is taken" in text_of(page)
    assert "现场停工" in page.content.decode()
    assert not Issue.objects.exists()
    assert not stored_paths()


def test_files_of_a_form_that_is_given_back_are_to_be_chosen_again(node: Node) -> None:
    page = send(node.project, make_user(), image(), title="")

    assert "Choose the files once more" in text_of(page)
    assert not stored_paths()


def test_a_clock_that_does_not_run_is_not_stopped(node: Node) -> None:
    page = send(node.project, make_user(), hold="on")

    assert page.status_code == 400
    assert "None of the nodes that are chosen is running." in text_of(page)
    assert not Issue.objects.exists()


def test_a_clock_that_is_not_the_readers_is_not_stopped(node: Node) -> None:
    power = make_unit()
    own, others = make_nodes(make_template("a", "b", edges=()), project=node.project).values()
    own.unit = power
    for each in (own, others):
        each.status, each.started_on = Status.RUNNING, MONDAY
        each.save()
    node.project.units.add(power)
    clerk = make_user(unit=power)

    page = send(node.project, clerk, nodes=[own.pk, others.pk], hold="on")

    assert page.status_code == 400
    assert "is not yours to stop" in text_of(page)
    assert send(node.project, clerk, nodes=[own.pk], hold="on").status_code == 302


@pytest.mark.parametrize("wrong", ["0", "x", "99999999999999999999"])
def test_no_node_of_another_project_can_be_chosen(node: Node, wrong: str) -> None:
    foreign = make_node()

    assert send(node.project, make_user(), nodes=[foreign.pk]).status_code == 400
    assert send(node.project, make_user(), nodes=[wrong]).status_code == 400
    assert not Issue.objects.exists()


def test_leaders_raise_nothing_and_strangers_find_no_form(node: Node) -> None:
    for user, status in ((make_user(User.Role.LEADER), 403), (make_user(unit=make_unit()), 404)):
        assert form(node.project, user).status_code == status
        assert send(node.project, user).status_code == status
    assert not Issue.objects.exists()


def test_sent_twice_it_is_raised_once_and_both_lead_to_it(node: Node) -> None:
    liaison, key = liaison_of(node), str(uuid4())

    first = send(node.project, liaison, image(), once=key)
    again = send(node.project, liaison, image(), once=key)

    assert Issue.objects.count() == 1
    assert first["Location"] == again["Location"]
    assert IssueFile.objects.count() == 1
    assert len(stored_paths()) == 2


def test_more_nodes_cost_no_more_queries() -> None:
    client = client_of(make_user())

    def queries(*codes: str) -> int:
        project = make_nodes(make_template(*codes))[codes[0]].project
        with CaptureQueriesContext(connection) as seen:
            assert client.get(f"/projects/{project.pk}/issues/new/").status_code == 200
        return len(seen)

    queries("a")
    assert queries("a") == queries("a", "b", "c", "d", "e")


# What was entered, changed


def edited(issue: Issue, user: User, **fields: Any) -> Any:
    said = {
        "title": issue.title,
        "category": issue.category_id,
        "level": issue.level,
        "version": issue.version,
    }
    return client_of(user).post(f"/issues/{issue.pk}/edit/", {**said, **fields})


def test_another_wording_category_level_topic_and_nodes(node: Node) -> None:
    issue = make_issue(node.project, nodes=[node])
    other = make_nodes(make_template("x"), project=node.project)["x"]
    topic = Topic.objects.create(name="供电", opened_on=MONDAY, opened_by=make_user())

    page = client_of(make_user()).get(f"/issues/{issue.pk}/edit/")
    response = edited(
        issue, make_user(), title="线路未迁", category=make_category("land").pk, level=4, topic=topic.pk,
        nodes=[other.pk], description="两回 110kV",
    )  # fmt: skip

    assert ticked(page) == [str(node.pk)]
    assert response["Location"] == issue.get_absolute_url()
    issue.refresh_from_db()
    assert (issue.title, issue.category.code, issue.level, issue.topic) == ("线路未迁", "land", 4, topic)
    assert [block.node for block in Block.objects.filter(issue=issue)] == [other]


def test_a_stale_edit_is_refused_once_and_loses_nothing() -> None:
    issue, boss = make_issue(), make_user()
    change_issue(issue, actor=boss, title="别人的说法")

    page = edited(issue, boss, title="我的说法")

    assert page.status_code == 412
    assert 'value="我的说法"' in page.content.decode()
    assert "has changed since you opened this form" in text_of(page)
    (version,) = values_of(page, "version")
    assert edited(issue, boss, title="我的说法", version=version).status_code == 302
    issue.refresh_from_db()
    assert issue.title == "我的说法"


def test_who_raised_it_rewords_it_until_somebody_has_it() -> None:
    liaison = make_user(User.Role.LIAISON)
    project = make_project(liaison=liaison)
    raised = make_issue(project, raised_by=liaison)
    assigned = make_issue(project, lead_unit=make_unit(), raised_by=make_user())

    assert edited(raised, liaison, title="再说一遍").status_code == 302
    assert edited(assigned, liaison, title="再说一遍").status_code == 403
    assert client_of(liaison).get(f"/issues/{assigned.pk}/edit/").status_code == 403
    assert edited(raised, make_user(User.Role.LEADER)).status_code == 403
    assert edited(raised, make_user(unit=make_unit())).status_code == 404


def test_a_closed_issue_is_not_reworded() -> None:
    closed = make_issue(status="closed")

    page = edited(closed, make_user(), title="改写历史")

    assert page.status_code == 409
    assert "reopen it before adding to it" in text_of(page)
    assert client_of(make_user()).get(f"/issues/{closed.pk}/edit/").status_code == 409


def test_a_topic_that_others_chose_stays_where_the_reader_may_not_choose_one() -> None:
    town = make_unit()
    topic = Topic.objects.create(name="供电", opened_on=MONDAY, opened_by=make_user())
    issue = make_issue(make_project(town=town), topic=topic)

    assert edited(issue, make_user(unit=town), title="新说法").status_code == 302

    issue.refresh_from_db()
    assert (issue.title, issue.topic) == ("新说法", topic)
    assert Change.objects.filter(verb=Change.Verb.ISSUE_CHANGED).count() == 1


def test_a_document_can_be_brought_with_it(node: Node) -> None:
    send(node.project, make_user(), SimpleUploadedFile("来函.pdf", PDF))
    assert IssueFile.objects.get().name == "来函.pdf"
